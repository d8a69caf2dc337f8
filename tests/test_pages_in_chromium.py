"""Every page in every state, in Chromium, light and dark, on a desk and on the smallest phone: nothing that axe finds
(WCAG 2.2 A and AA), and what axe does not look at: ids and groups, the way of the Tab key, focus that can be seen,
targets for a thumb, nothing to scroll sideways. With PROVE=1 all states; else a few that differ most."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.browser import AXE, DESK, PHONE, UNFOLD
from tests.journeys import browser
from tests.page_states import STATES
from tests.shelf import Shelf, database_beside_chromium, shelf

__all__ = ["browser", "database_beside_chromium", "shelf"]
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("database_beside_chromium"), pytest.mark.django_db]

FEW = ("rights_with_nothing_ticked", "hub_of_every_right", "identity_with_many_errors")
EACH = list(STATES) if os.environ.get("PROVE") else FEW
THEMES, SIZES = ("light", "dark"), {"desk": DESK, "phone": PHONE}
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
RUN = """async rules => (await axe.run({resultTypes: ['violations'], preload: false, ...rules})).violations.flatMap(
    one => one.nodes.map(node => `axe, ${one.id}: ${node.html.slice(0, 160)} ${node.failureSummary.slice(0, 200)}`))"""
MISSED = Path(__file__).with_name("what_axe_misses.js").read_text()
SPOILT = """<!DOCTYPE html><html lang="en"><head><title>Spoilt</title><style>
* { outline: none; } .row { display: flex; flex-direction: row-reverse; } .row a { padding: 20px; }
.late { position: absolute; top: 2000px; padding: 20px; } .wide { width: 2000px; } .pale { color: #ccc; }
</style></head><body><main><h1>One</h1><h1>Two</h1><p class="pale wide" aria-describedby="nobody">Pale</p>
<fieldset><input type="checkbox" id="i"><label for="i">Yes</label></fieldset>
<p class="late"><a class="button" href="/1">Late</a></p>
<div class="row"><a href="/2">Two</a><a href="/3">Three</a></div>
<a href="/4" tabindex="-1">Never</a></main></body></html>"""
SEEN_IN_IT = (
    *("axe, color-contrast", "nothing has the id nobody", "a group without a legend", "2 first headings"),
    *("pixels to scroll sideways", "a target of", "looks the same in focus", "lies before", "Tab does not reach"),
)
figures = {"pages": 0, "stops": 0, "states": 0}


@pytest.fixture(scope="module")
def windows(browser: Browser) -> Iterator[dict[tuple[str, str], Page]]:
    """One window for each theme and size."""
    opened: list[BrowserContext] = []
    pages = {}
    for theme in THEMES:
        for size, viewport in SIZES.items():
            opened.append(browser.new_context(viewport=viewport, color_scheme=theme, locale="en-US"))  # type: ignore
            pages[theme, size] = opened[-1].new_page()
    yield pages
    for one in opened:
        one.close()
    print("\n{states} states, {pages} pages seen, {stops} stops of the Tab key: no fault.".format(**figures))


@pytest.mark.parametrize("name", EACH)
def test_nobody_is_shut_out_of_a_page(name, situation, shelf: Shelf, windows):
    address = shelf.put(STATES[name](situation))
    found: dict[str, None] = {}
    for (theme, size), page in windows.items():
        heard: list[str] = []

        def hear(message: ConsoleMessage, heard: list[str] = heard) -> None:
            # Of the page itself Chromium says so when it is a 404, such as ours may be.
            if message.location["url"] != address or not message.text.startswith("Failed to load"):
                heard.append(f"console: {message.text}")

        page.on("console", hear)
        page.goto(address)
        faults = seen(page) + walked(page)
        page.remove_listener("console", hear)
        found |= {f"{theme}, {size}: {one}": None for one in faults}
        found |= dict.fromkeys(heard)
        figures["pages"] += 1
    figures["states"] += 1
    assert not found, f"{name} at {address}\n" + "\n".join(found)


def seen(page: Page) -> list[str]:
    page.evaluate(UNFOLD)
    page.evaluate(MISSED)
    page.evaluate(AXE.axe_script)
    found = page.evaluate(RUN, RULES)
    for question in ("namesAndGroups", "tooWide", "smallTargets"):
        found += page.evaluate(f"looking.{question}()")
    return found


def walked(page: Page) -> list[str]:
    """From the top through the whole page, with the key that people press."""
    page.evaluate("looking.begin()")
    page.keyboard.press("Tab")
    while page.evaluate("looking.step()"):
        page.keyboard.press("Tab")
    walk = page.evaluate("looking.end()")
    figures["stops"] += walk["stops"]
    return walk["found"]


def test_what_is_looked_for_would_be_found(windows):
    page = windows["light", "phone"]
    page.goto("about:blank")
    page.set_content(SPOILT)
    found = "\n".join(seen(page) + walked(page))
    assert [fault for fault in SEEN_IN_IT if fault not in found] == []
