"""Every page of the desk in Chromium, light and dark: nothing that axe finds, and nothing that the content security
policy refuses. With PROVE=1 all pages and all states of a case; else a few that differ most."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.browser import ALL_RULES, AXE, AXE_RUN, DESK, OF_COLOUR, PHONE, TOO_WIDE, UNFOLD
from tests.desk_pages import cases_of, every_page, kinds
from tests.journeys import browser
from tests.page_states import STATES
from tests.shelf import Shelf, database_beside_chromium, desk_shelf

__all__ = ["browser", "database_beside_chromium", "desk_shelf"]
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("database_beside_chromium"), pytest.mark.django_db]

ALL = bool(os.environ.get("PROVE"))
FEW = ("hub_with_a_question", "hub_frozen", "appeal_upheld")
BY_ITSELF = ("/here/", "/keep/")  # what a page asks with nobody at it; the shelf has no answer
figures = {"pages": 0, "states": 0}


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[Page]:
    context: BrowserContext = browser.new_context(viewport=DESK, locale="en-US")  # type: ignore[arg-type]
    yield context.new_page()
    context.close()
    print("\n{pages} pages of the desk and of {states} states seen in two themes: no fault.".format(**figures))


def faults(page: Page, address: str) -> list[str]:
    """What is wrong with a page as it is seen in both themes, and on the smallest screen."""
    found: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        asked = message.location["url"]
        if message.type in ("error", "warning") and asked != address and not asked.endswith(BY_ITSELF):
            found.append(f"console: {message.text} {asked}")

    page.on("console", hear)
    page.goto(address)
    page.evaluate(UNFOLD)
    page.evaluate(AXE.axe_script)
    for theme, rules in (("light", ALL_RULES), ("dark", OF_COLOUR)):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        violations = page.evaluate(AXE_RUN, rules)
        found += [f"axe, {theme}: {one['id']}: {node['html'][:200]}" for one in violations for node in one["nodes"]]
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    if beyond := page.evaluate(TOO_WIDE):
        found.append(f"{beyond} pixels beyond a small screen")
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.remove_listener("console", hear)
    figures["pages"] += 1
    return found


def test_every_page_of_the_desk_is_for_everybody_and_keeps_to_the_policy(desk_shelf: Shelf, window, db):
    wrong: dict[str, list[str]] = {}
    for number, (name, answer) in enumerate(every_page()):
        if (ALL or number % 12 == 0) and (found := faults(window, desk_shelf.put(answer))):
            wrong[name] = found
    assert not wrong, "\n".join(f"{name}\n  " + "\n  ".join(found) for name, found in wrong.items())


known: set[frozenset[str]] = set()


@pytest.mark.parametrize("name", list(STATES) if ALL else FEW)
def test_the_page_of_a_case_in_every_state(name, situation, desk_shelf: Shelf, window):
    STATES[name](situation)
    wrong: dict[str, list[str]] = {}
    for called, answer in cases_of((situation.team.abe, situation.team.vera), known):
        if found := faults(window, desk_shelf.put(answer)):
            wrong[called] = found
    figures["states"] += 1
    assert not wrong, "\n".join(f"{name}, {called}\n  " + "\n  ".join(found) for called, found in wrong.items())


def test_pages_of_the_same_kinds_are_told_from_others():
    one, alike, other = '<body><p class="a">1</p>', '<body><p class="a">2</p>', '<body><p class="b">1</p>'
    assert kinds(one) == kinds(alike) != kinds(other)
