"""Two of staff at one case, in Chromium: who is here, what is kept while one types, what the other did meanwhile."""

import pytest
from playwright.sync_api import Locator

from tests.browser import Clerk, Stack
from tests.journeys import Team

pytestmark = [pytest.mark.browser, pytest.mark.redis, pytest.mark.postgres]
ASKED = """
import django
django.setup()
from requests.terms import Right
from tests.cast import ask
for _ in range(2):
    one = ask(Right.ACCESS, phone="972-555-0143", postal_address="12 Elm Street, Plano TX")
    print(one.pk)
"""
CASE = "/admin/requests/rightsrequest/{}/"


@pytest.fixture(scope="module")
def two(stack: Stack) -> list[str]:
    """Two requests of Rosa's for the same right."""
    made = stack.run("-c", ASKED)
    assert made.returncode == 0, made.stderr
    return made.stdout.split()


def box(clerk: Clerk, label: str) -> Locator:
    return clerk.page.locator("textarea").and_(clerk.page.get_by_label(label))


def unfolds(clerk: Clerk, step: str) -> None:
    clerk.page.locator("summary", has_text=step).click()


def test_contacts_are_masked_until_tess_says_why(team: Team, two: list[str]):
    tess = team.tess
    tess.opens(CASE.format(two[0]) + "change/")
    tess.sees("r…@m….example", "…43", "… E… S… P… T…")
    unfolds(tess, "Show names and contacts")
    tess.page.get_by_label("To call them").check()
    tess.presses("Show them")
    tess.sees("Names and contacts are shown until you leave this page", "rosa@mail.example", "972-555-0143")
    tess.opens(CASE.format(two[0]) + "change/")
    tess.sees("Looked at names and contacts: To call them", "r…@m….example")


def test_what_tess_types_is_kept_and_bea_who_comes_by_is_seen_and_overwrites_nothing(team: Team, two: list[str]):
    tess, bea = team.tess, team.bea
    tess.opens(CASE.format(two[0]) + "change/")
    unfolds(tess, "Write to the requester")
    box(tess, "Message to the requester").fill("We look into the bill of May.")
    tess.page.get_by_text("Only you see it.").wait_for()
    bea.opens(CASE.format(two[0]) + "change/")
    bea.page.get_by_text("Also here now: Tess (writing)").wait_for(timeout=40_000)
    bea.does("Write an internal note", "Keep as internal note", {"Note for colleagues": "They called: it is May."})
    tess.page.get_by_text("Also here now: Bea").wait_for(timeout=40_000)
    tess.presses("Send to the requester")
    tess.sees("Not done yet: “Write to the requester”", "They called: it is May.", "We look into the bill of May.")
    tess.presses("See how it reads first")
    tess.sees("As they will read it")
    tess.presses("Send to the requester")
    tess.sees("The message stands on the requester’s page.")


def test_two_cases_side_by_side(team: Team, two: list[str]):
    tess = team.tess
    tess.opens(CASE.format(two[0]) + "change/")
    tess.follows("Side by side with…")
    tess.sees("= the same", "Join them?", "First both need to be shown")


def test_tess_reads_who_has_how_much_and_hands_over_what_bea_has(team: Team, two: list[str]):
    tess, bea = team.tess, team.bea
    bea.opens(CASE.format(two[1]) + "change/")
    bea.does("Take it", "Take it")
    tess.goes_to_queue()
    tess.follows("Who has how much")
    tess.fills_in({"Who is away": "Vera", "First day away…": "2026-01-01"})
    tess.presses("Keep it")
    tess.sees("Away from Thursday 1 January 2026 until further notice.")
    tess.follows("Hand over: Bea")
    tess.fills_in({"Abe": True})
    tess.presses("Show what would happen")
    tess.sees("Goes to them")
    tess.presses("Hand over 1 request")
    tess.sees("1 request was handed over", "Handed over")


def test_a_text_is_kept_by_a_button_too(team: Team, two: list[str]):
    tess = team.tess
    tess.opens(CASE.format(two[1]) + "change/")
    unfolds(tess, "Write an internal note")
    box(tess, "Note for colleagues").fill("Half a thought")
    tess.presses("Keep for later", tess.page.locator("details[open]"))
    tess.sees("Only you see it.", "not sent yet")
