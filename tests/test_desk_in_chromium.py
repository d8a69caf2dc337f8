"""Every page of the desk in Chromium, light and dark: nothing that axe finds, and nothing that the content security
policy refuses. With PROVE=1 all pages and all states of a case; else a few that differ most."""

import os
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from requests.terms import Role
from tests.browser import AXE, AXE_RUN, DESK, PHONE, THEMES, UNFOLD
from tests.cast import person, signed_in
from tests.desk_pages import at_the_door, cases_of, kinds, pages_of, unlike
from tests.journeys import browser
from tests.page_states import STATES
from tests.shelf import Shelf, database_beside_chromium, desk_shelf

__all__ = ["browser", "database_beside_chromium", "desk_shelf"]
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("database_beside_chromium"), pytest.mark.django_db]

ALL = bool(os.environ.get("PROVE"))
FEW = ("hub_with_a_question", "hub_frozen")
BY_ITSELF = ("/here/", "/keep/")  # what a page asks with nobody at it; the shelf has no answer
# Parts that scroll in themselves and say so to the keyboard may be wider; Django's own frames may not.
TOO_WIDE = """() => [...document.querySelectorAll('html, .main, main, #content')].map(
    one => one.scrollWidth - document.documentElement.clientWidth).filter(beyond => beyond > 0)[0] || 0"""
figures = {"pages": 0, "states": 0}


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[Page]:
    context: BrowserContext = browser.new_context(viewport=DESK, locale="en-US")
    yield context.new_page()
    context.close()
    print("\n{pages} pages of the desk and of {states} states seen in two themes: no fault.".format(**figures))


def faults(page: Page, address: str) -> list[str]:
    """What is wrong with a page as it is seen in both themes, and on the smallest screen."""
    found: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        asked = message.location["url"]
        is_no_page = message.text.startswith("Failed to load") and (asked == address or asked.endswith(BY_ITSELF))
        if message.type in ("error", "warning") and not is_no_page:
            found.append(f"console: {message.text} {asked}")

    page.on("console", hear)
    page.goto(address)
    page.evaluate(UNFOLD)
    page.evaluate(AXE.axe_script)
    for theme, rules in THEMES:
        page.emulate_media(color_scheme=theme)
        violations = page.evaluate(AXE_RUN, rules)
        found += [f"axe, {theme}: {one['id']}: {node['html'][:200]}" for one in violations for node in one["nodes"]]
    page.set_viewport_size(PHONE)
    if beyond := page.evaluate(TOO_WIDE):
        found.append(f"{beyond} pixels beyond a small screen")
    page.set_viewport_size(DESK)
    page.remove_listener("console", hear)
    figures["pages"] += 1
    return found


known: set[frozenset[str]] = set()


@pytest.mark.parametrize("role", Role if ALL else [Role.ADMINISTRATOR])
def test_every_page_of_the_desk(role, desk_shelf: Shelf, window, db):
    desk_shelf.put(signed_in(person("Reader", role)).get("/admin/jsi18n/"))  # a script of Django's asks for it
    looked_at(pages_of(role, known), desk_shelf, window, every=1 if ALL else 4)


def test_every_page_at_the_door(desk_shelf: Shelf, window, db):
    looked_at(unlike(at_the_door(), known), desk_shelf, window)


def looked_at(pages: Iterable[tuple[str, Any]], shelf: Shelf, window: Page, every: int = 1) -> None:
    wrong: dict[str, list[str]] = {}
    for number, (name, answer) in enumerate(pages):
        if number % every == 0 and (found := faults(window, shelf.put(answer))):
            wrong[name] = found
    assert not wrong, "\n".join(f"{name}\n  " + "\n  ".join(found) for name, found in wrong.items())


@pytest.mark.parametrize("name", list(STATES) if ALL else FEW)
def test_the_page_of_a_case_in_every_state(name, situation, desk_shelf: Shelf, window):
    STATES[name](situation)
    figures["states"] += 1
    looked_at(cases_of((situation.team.abe, situation.team.vera), known, press=ALL), desk_shelf, window)


def test_what_is_looked_for_would_be_found(window, desk_shelf: Shelf, tess):
    answer = signed_in(tess).get("/admin/requests/rightsrequest/")
    spoilt = b'<p style="color: #ccc">Pale</p><img src="/x.png"><hr width="2000"></main>'
    assert b"</main>" in answer.content
    answer.content = answer.content.replace(b"</main>", spoilt)
    del answer["Content-Length"]
    found = "\n".join(faults(window, desk_shelf.put(answer)))
    for fault in (
        "Content Security Policy directive 'style-src 'self''",
        "axe, light: image-alt",
        "beyond a small screen",
    ):
        assert fault in found


def test_pages_of_the_same_kinds_are_told_from_others():
    one, alike, other = '<body><p class="a">1</p>', '<body><p class="a">2</p>', '<body><p class="b">1</p>'
    assert kinds(one) == kinds(alike) != kinds(other)
