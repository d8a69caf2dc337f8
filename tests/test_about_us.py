"""What we say of ourselves is so: what we keep, how to tell a mail of ours, how else to ask, how accessible it is."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as portal
from django.utils.translation import override

from primevox_privacy.outbox import letters as outbox
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from requests import retention, sign_in, what_we_keep
from requests.terms import Ending
from tests.test_about_whom import main_of
from tests.test_mails import kinds
from tests.test_pages import looked_at

NUMBERS = {name: value for name, value in vars(retention).items() if isinstance(value, int | timedelta)}
SOME_DAY = datetime(2026, 3, 10, tzinfo=UTC)
LETTERS_ABOUT_POLICY = retention.policy_letter_until(SOME_DAY.date()) - SOME_DAY.date() + timedelta(days=1)


# --- What we keep -------------------------------------------------------------------------------------------------
def said_of(*lives: Life) -> str:
    return " ".join(f"{line.what} {line.until}" for line in what_we_keep.lines() if set(line.lives) & set(lives))


def test_every_life_has_its_line():
    of_staff = {Life.SECOND_FACTOR}  # nobody who asks has one
    assert {life for line in what_we_keep.lines() for life in line.lives} == set(Life) - of_staff


@pytest.mark.parametrize("name", NUMBERS)
def test_every_number_of_how_long_we_keep_is_said(monkeypatch, name):
    """Another number makes another page."""
    before = what_we_keep.lines()
    monkeypatch.setattr(retention, name, NUMBERS[name] * 3)
    assert what_we_keep.lines() != before


@pytest.mark.parametrize(
    ("lives", "ends_at"),
    [
        ([Life.PACKAGE], retention.package_ends_at(SOME_DAY, kept_longer=False)),
        ([Life.PACKAGE], retention.package_ends_at(SOME_DAY, kept_longer=True)),
        ([Life.CONTACT, Life.CONTENT], retention.contact_ends_at(SOME_DAY, [])),
        ([Life.CONTACT], SOME_DAY + LETTERS_ABOUT_POLICY),
    ],
)
def test_the_days_that_are_said_are_those_that_are_reckoned(lives, ends_at):
    for life in lives:
        assert f"{(ends_at - SOME_DAY).days} days" in said_of(life)


def test_what_is_said_of_proof_and_of_the_record_is_what_is_reckoned():
    taken_back = retention.proof_ends_at([(Ending.WITHDRAWN, SOME_DAY)])
    assert f"{(taken_back - SOME_DAY) // timedelta(hours=1)} hours later if you took it back" in said_of(Life.PROOF)
    assert retention.record_ends_at(SOME_DAY).year - SOME_DAY.year == 2
    assert "24 months" in said_of(Life.RECORD)


def test_references_typed_and_network_addresses_go_on_the_same_day():
    assert sign_in.KEPT == what_we_keep.COUNTED


def test_every_line_stands_on_the_page(client, db):
    page = main_of(client.get("/privacy/"))
    for line in what_we_keep.lines():
        assert f"{line.what} {line.until}" in page


# --- Is this mail from us? ----------------------------------------------------------------------------------------
def test_the_page_names_our_sender_and_where_our_links_lead(client, db, settings):
    settings.DEFAULT_FROM_EMAIL = "Primevox privacy requests <privacy@primevox.example>"
    settings.PUBLIC_URL = "https://privacy.primevox.example"
    page = main_of(client.get("/is-it-us/"))
    assert "Comes from privacy@primevox.example" in page
    assert "Leads to https://privacy.primevox.example" in page
    assert "never attach a file" in page


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("kind", kinds())
def test_every_mail_leads_to_it_in_its_last_line_and_nowhere_but_to_us(client, db, kind, language):
    key = DataKey.make(uuid.uuid4(), Life.CONTACT)
    page = f"{portal.PUBLIC_URL}/your-request/"
    given = {"key": "k", "about": key.owner, "address": "a@b.example", "address_key": key, "page": page}
    text = outbox.letter(kind, language=language, not_me=page, **given).text
    links = re.findall(r"https?://\S+", text)
    assert all(link.startswith(f"{portal.PUBLIC_URL}/") for link in links)
    last = re.findall(r"https?://\S+", text.strip().rsplit("\n\n", 1)[1])
    with override(language):
        assert last == [portal.PUBLIC_URL + ("/is-it-us/" if language == "en" else "/es/is-it-us/")]


def test_it_is_one_click_from_every_page(client, db):
    assert "/is-it-us/" in {link.attrs["href"] for link in looked_at(client.get("/ask/")).all("a")}


# --- Other ways, and accessibility --------------------------------------------------------------------------------
def test_a_postal_address_is_shown_wherever_other_ways_are_once_it_is_set(client, db, settings):
    assert "Call us for the address." in main_of(client.get("/other-ways/"))
    settings.COMPLIANCE_POSTAL_ADDRESS = "Primevox Privacy\n1 Elm & Oak Street\nPlano, TX 75023"
    page = main_of(client.get("/other-ways/"))
    assert "Primevox Privacy 1 Elm &amp; Oak Street Plano, TX 75023" in page
    assert "Call us for the address." not in page
    assert "1 Elm &amp; Oak Street" in client.get("/ask/").content.decode()


@pytest.mark.parametrize("way", ["Call us", "Write to us", "Send a letter", "Let somebody help you", "Come to us"])
def test_each_way_has_its_heading(client, db, way):
    assert way in [heading.text for heading in looked_at(client.get("/other-ways/")).all("h2")]


def test_the_statement_on_accessibility_says_of_which_day_it_is(client, db):
    page = main_of(client.get("/accessibility/"))
    assert "WCAG 2.2, level AA" in page
    assert "We last compared it with the site on Thursday 26 November 2026." in page
