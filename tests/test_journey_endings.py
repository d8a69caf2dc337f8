"""Endings in real Chromium: a withdrawal undone, “this was not me” pressed from the mail, and where to go instead."""

import pytest
from playwright.sync_api import Browser

from tests.browser import Person, Stack, body_of, stop_link_in
from tests.journeys import ACCESS, Team, asks, comes_back

pytestmark = [pytest.mark.browser, pytest.mark.postgres, pytest.mark.redis]


@pytest.mark.parametrize("script", [True, False], ids=["with_script", "without_script"])
def test_rosa_takes_a_request_back_and_undoes_it(browser: Browser, stack: Stack, script: bool):
    mail = f"undone-{script}@mail.example".lower()
    rosa = Person(browser, stack.site, script=script, phone=not script)
    (reference,) = asks(rosa, mail, ACCESS)
    comes_back(rosa, stack, mail, reference)
    rosa.follows(f"Take this request back {reference}")
    rosa.sees("For 24 hours you can undo this on your page.")
    rosa.presses("Take it back")
    rosa.sees("You took this request back.", "You can undo this until", "Nothing to wait for")
    rosa.presses(f"Undo {reference}")
    rosa.sees("Your request is open again, with the same dates.", "We need to check who you are.")
    assert reference in body_of(stack.mail(mail, "Your request goes on"))


def test_rosa_who_never_asked_presses_the_link_in_the_mail(browser: Browser, stack: Stack, team: Team):
    mail = "not-me@mail.example"
    stan = Person(browser, stack.site)
    (reference,) = asks(stan, mail, ACCESS)
    rosa = Person(browser, stack.site, phone=True, dark=True)
    rosa.opens(stop_link_in(stack.mail(mail, "We have your request")))
    rosa.is_at("Was this not you?")
    assert rosa.page.url.endswith("/not-me/")
    team.tess.goes_to(reference)
    assert "FROZEN" not in team.tess.page.content(), "looking changes nothing"
    rosa.fills_in({"Is there something that we should know?": "I never asked for this."})
    rosa.presses("This was not me: stop everything")
    rosa.is_at("We stopped everything")
    team.tess.goes_to(reference)
    team.tess.sees("FROZEN", "said “this was not me” on", "I never asked for this.")
    team.tess.goes_to_queue("?flag=frozen")
    team.tess.sees(reference)
    assert reference in body_of(
        stack.mail("compliance@primevox.net", f"{reference}: frozen, somebody says it was not them")
    )
    team.abe.goes_to(reference)
    how = {"How you know": "She called from the number of record."}
    team.abe.does("It was not theirs", "End and shut all that was asked together", how)
    team.abe.sees("Not sent by this person")
    comes_back(rosa, stack, mail, reference)
    rosa.sees("We closed this request. If you have questions, call or write to us.")


def test_what_the_policy_does_not_cover_ends_kindly_with_where_to_go(browser: Browser, stack: Stack, team: Team):
    mail = "out-of-scope@mail.example"
    rosa = Person(browser, stack.site)
    (reference,) = asks(rosa, mail, ACCESS)
    team.tess.takes_all([reference])
    team.tess.goes_to(reference)
    why = {"It is about a job application": True, "Why, in your own words": "You wrote about a job with us."}
    team.tess.does("End: out of scope", "Write the letter", why)
    team.bea.goes_to(reference)
    team.bea.does("Release the answer", "Release it", {"I have read the letter and checked who gets it": True})
    stack.mail(mail, "Our answer is ready")
    comes_back(rosa, stack, mail, reference)
    rosa.sees("This portal cannot help with this. Our answer says who can.")
    rosa.presses(f"Read our answer {reference}")
    rosa.sees("You wrote about a job with us.", "Where you can go", "write to the people team")
