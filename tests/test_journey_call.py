"""In real Chromium: Tess takes down a call by keyboard alone, and a letter on paper is printed and posted."""

import re
import time

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import Person, Stack
from tests.journeys import Team, references_on

pytestmark = [pytest.mark.browser, pytest.mark.postgres, pytest.mark.redis]
PAPER = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b")
LOG, LETTERS = "/admin/requests/rightsrequest/new/", "/admin/requests/rightsrequest/letters/"
KEYS_A_SECOND = 3.3  # of somebody who types 40 words a minute
MOST_TABS = 80


class Keyboard:
    """Keys alone, counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.strokes = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.strokes += 1

    def types(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.strokes += len(text)

    def goes_to(self, name: str, value: str = "") -> None:
        """Tab on to a field or button."""
        for _tab in range(MOST_TABS):
            at = self.page.evaluate("() => [document.activeElement.name || '', document.activeElement.value || '']")
            if at[0] == name and (not value or at[1] == value):
                return
            self.press("Tab")
        raise AssertionError(f"no tab leads to {name} {value}")


def test_a_known_caller_is_taken_down_by_keyboard_within_a_minute(browser: Browser, stack: Stack, team: Team):
    """The first call of Rosa's is known at the second."""
    for number in (1, 2):
        team.tess.opens(LOG)
        started, keys = time.monotonic(), Keyboard(team.tess.page)
        keys.goes_to("name")
        keys.types("Rosa Marquez")
        keys.goes_to("phone")
        keys.types("972-555-0143")
        with team.tess.page.expect_navigation():
            keys.press("Enter")  # looks up and never sends
        team.tess.look()
        team.tess.sees("What we know of this caller", "No record fits.")
        assert ("Open requests with the same address or number" in team.tess.text) is (number == 2)
        keys.goes_to("said")
        keys.types("A copy of my data.")
        keys.goes_to("rights", "access")
        keys.press("Space")
        keys.goes_to("residence")
        keys.types("Texas")
        keys.goes_to("take_down")
        with team.tess.page.expect_navigation():
            keys.press("Enter")
        took = time.monotonic() - started
        team.tess.look()
        team.tess.is_at("Taken down")
    print(
        f"\n{keys.strokes} keystrokes, {keys.strokes / KEYS_A_SECOND:.0f} s at 40 words a minute; script {took:.1f} s"
    )
    assert keys.strokes / KEYS_A_SECOND <= 60
    rosa_comes_back_with_what_she_heard(browser, stack, team)


def rosa_comes_back_with_what_she_heard(browser: Browser, stack: Stack, team: Team) -> None:
    (reference,) = references_on(team.tess)
    found = PAPER.search(team.tess.text)
    assert found
    rosa = Person(browser, stack.site)
    rosa.opens("/your-request/")
    rosa.follows("I have a code on paper")
    rosa.fills_in({"Your reference": reference, "Your code on paper": found.group()})
    rosa.presses("Continue")
    rosa.is_at("Your requests")


def test_a_mistake_loses_nothing_and_a_letter_is_printed_and_posted(team: Team):
    team.tess.opens(LOG)
    team.tess.fills_in({"A letter": True, "Name of who asks": "Rosa Marquez", "In their own words": "All of it."})
    team.tess.presses("Take it down")
    team.tess.sees("There is a problem", "Enter one way to reach them", "Tick at least one.")
    assert team.tess.page.get_by_label("In their own words").input_value() == "All of it."
    team.tess.fills_in({"Postal address": "12 Elm Street\nPlano", "Get a copy of my data": True})
    team.tess.fills_in({"Where does the person live…": "Texas"})
    team.tess.presses("Take it down")
    team.tess.is_at("Taken down")
    (reference,) = references_on(team.tess)
    team.tess.opens(LETTERS)
    team.tess.sees("We have your request", reference)
    team.tess.presses("Print what is ticked")
    team.tess.sees("12 Elm Street", reference)
    assert PAPER.search(team.tess.text)
    team.tess.follows("Back: say when you posted them")
    team.tess.page.get_by_role("checkbox").first.check()
    team.tess.presses("What is ticked was posted")
    assert "1 letter counts as posted." in team.tess.page.content()
    team.tess.sees("Posted in the last 60 days")
