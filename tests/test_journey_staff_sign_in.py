"""Signing in, in Chromium: Nora is invited, sets up a passkey and comes back with it alone; Tess has an app."""

import re

import pytest
from playwright.sync_api import Browser

from tests.browser import PASSWORD, Clerk, Person, Stack, body_of, link_in

pytestmark = [pytest.mark.browser, pytest.mark.redis, pytest.mark.postgres]
WORDS = "four words that do not belong"


class Newcomer(Clerk):
    """Somebody whose account is not set up yet; their laptop can hold passkeys."""

    def __init__(self, browser: Browser, site: str) -> None:
        Person.__init__(self, browser, site, at_the_desk=True)
        self.name, self.has_passkey = "Nora", True
        self.holds()


def test_nora_is_invited_sets_up_a_passkey_and_comes_back_with_it_alone(browser: Browser, stack: Stack):
    ada = Clerk(browser, stack.site, "Ada")
    ada.opens("/admin/staff/user/add/")
    ada.fills_in({"Username": "nora", "First name": "Nora", "Email address": "nora@primevox.example"})
    ada.fills_in({"verifier": True})
    ada.presses("Save")
    mail = stack.mail("nora@primevox.example", "Set up your account")
    assert "Nora" not in body_of(mail)
    nora = Newcomer(browser, stack.site)
    nora.opens(link_in(mail))
    nora.presses("Begin")
    nora.fills_in({"New password": WORDS, "The same once more": WORDS})
    nora.presses("Continue")
    nora.is_at("Set up a passkey")
    nora.fills_in({"A name for it, such as “blue key”": "laptop"})
    nora.presses("Make a passkey")
    nora.is_at("Your recovery codes")
    assert len(re.findall(r"\b\d{8}\b", nora.text)) == 10
    nora.follows("I have kept them")
    nora.is_at("Today")
    nora.follows("Your settings")
    nora.follows("Your sign-in")
    nora.sees("passkey “laptop”", "this one")
    nora.presses("Log out")
    nora.opens("/admin/")
    nora.presses("Sign in with a passkey")
    nora.is_at("Today")
    nora.sees("You last signed in on")


def test_a_code_of_tess_works_once_and_a_passkey_that_is_not_there_says_so(browser: Browser, stack: Stack):
    tess = Clerk(browser, stack.site, "Tess")
    used = tess.used[-1]
    stan = Person(browser, stack.site, at_the_desk=True)
    stan.opens("/admin/")
    stan.fills_in({"Username": "tess", "Password": PASSWORD})
    stan.presses("Continue")
    stan.fills_in({"Code": used})
    stan.presses("Sign in")
    stan.is_at("Show your second factor")
    stan.sees("This does not fit")
    tess.opens("/admin/your-sign-in/")
    tess.sees("Tried in vain (code)")


def test_abe_changes_his_ways_in(browser: Browser, stack: Stack):
    abe = Clerk(browser, stack.site, "Abe")
    abe.opens("/admin/your-sign-in/")
    abe.follows("Add a passkey")
    abe.holds()
    abe.presses("Make a passkey")
    abe.is_at("Your recovery codes")
    abe.opens("/admin/your-sign-in/app/")
    abe.is_at("Set up an app")
    abe.opens("/admin/password_change/")
    abe.fills_in({"New password": "short", "The same once more": "short"})
    abe.presses("Change it")
    abe.sees("at least 15 characters")
    abe.opens("/admin/confirm/?next=/admin/your-sign-in/")
    abe.has_passkey = True
    abe.presses("Confirm with your passkey")
    abe.is_at("Your sign-in")
