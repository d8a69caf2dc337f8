"""How heavy each page is, as Chromium gets it over the wire with nothing kept from before: the page compressed by the
portal, style sheet and script as whitenoise serves them in production. Bytes are no matter of how busy a machine is."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession

from tests.journeys import browser
from tests.page_states import STATES
from tests.shelf import ASKED_BY, Shelf, database_beside_chromium, shelf

__all__ = ["browser", "database_beside_chromium", "shelf"]
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("database_beside_chromium"), pytest.mark.django_db]

FIRST_PAGE, ANY_PAGE, SCRIPT, REQUESTS = 20_000, 35_000, 5_000, 4  # bytes; how many, with the icon
EACH = list(STATES) if os.environ.get("PROVE") else ("start", "hub_of_every_right", "start_while_the_policy_is_new")
figures: dict[str, "Weight"] = {}


@dataclass
class Weight:
    """What one page took."""

    sizes: dict[str, int] = field(default_factory=dict)

    @property
    def whole(self) -> int:
        return sum(self.sizes.values())

    @property
    def script(self) -> int:
        return sum(size for url, size in self.sizes.items() if url.endswith(".js"))


@pytest.fixture(scope="module")
def wire(browser: Browser) -> Iterator[CDPSession]:
    context = browser.new_context()
    wire = context.new_cdp_session(context.new_page())
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    yield wire
    context.close()
    heaviest = max(figures, key=lambda name: figures[name].whole)
    print(
        f"\n{len(figures)} pages; {next(iter(figures))} {next(iter(figures.values())).whole} bytes;"
        f" the heaviest {heaviest} with {figures[heaviest].whole};"
        f" script {max(one.script for one in figures.values())};"
        f" at most {max(len(one.sizes) for one in figures.values())} requests."
    )


@pytest.mark.parametrize("name", EACH)
def test_a_page_is_light(name, situation, shelf: Shelf, browser: Browser, wire: CDPSession):
    situation.browser.defaults |= ASKED_BY
    address = shelf.put(STATES[name](situation))
    weight = figures[name] = loaded(browser, wire, shelf, address)
    assert all(url.startswith((shelf.site, "data:")) for url in weight.sizes), "another host"
    assert weight.whole <= (FIRST_PAGE if name == "start" else ANY_PAGE), weight.sizes
    assert weight.script <= SCRIPT
    assert len(weight.sizes) <= REQUESTS, list(weight.sizes)


def loaded(browser: Browser, wire: CDPSession, shelf: Shelf, address: str) -> Weight:
    """What Chromium says each part took, headers included; of the icon it says nothing, so its size is added."""
    weight, urls = Weight(), dict[str, str]()

    def asks(event: dict[str, Any]) -> None:
        urls[event["requestId"]] = event["request"]["url"]

    def has(event: dict[str, Any]) -> None:
        if not urls[event["requestId"]].startswith("data:"):
            weight.sizes[urls[event["requestId"]]] = int(event["encodedDataLength"])

    wire.on("Network.requestWillBeSent", asks)
    wire.on("Network.loadingFinished", has)
    page = browser.contexts[-1].pages[-1]
    page.goto(address, wait_until="networkidle")
    wire.remove_listener("Network.requestWillBeSent", asks)
    wire.remove_listener("Network.loadingFinished", has)
    for icon in page.locator("link[rel=icon]").all():
        url = f"{shelf.site}{icon.get_attribute('href')}"
        weight.sizes.setdefault(url, len(page.request.get(url).body()))
    return weight
