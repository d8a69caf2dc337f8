"""Takes a picture of every page in every state, in both languages: `make pictures` fills var/pictures/.

English in the small light window of a telephone, in a dark window on a desk, and in forced colours; Spanish in the
first of these. Nothing is checked here: it is for eyes. `-k hub` takes those whose name says hub.
"""

from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page

from tests.browser import UNFOLD
from tests.journeys import browser
from tests.page_states import STATES
from tests.shelf import Shelf, database_beside_chromium, shelf

__all__ = ["browser", "database_beside_chromium", "shelf"]
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("database_beside_chromium"), pytest.mark.django_db]

TELEPHONE, DESK = {"width": 390, "height": 780}, {"width": 1280, "height": 900}
WINDOWS = {
    "telephone": {"viewport": TELEPHONE},
    "dark": {"viewport": DESK, "color_scheme": "dark"},
    "forced-colours": {"viewport": TELEPHONE, "color_scheme": "dark", "forced_colors": "active"},
}
LOOKS = {"en": tuple(WINDOWS), "es": ("telephone",)}
FOLDER = settings.BASE_DIR / "var" / "pictures"


@pytest.fixture(scope="module")
def windows(browser: Browser) -> Iterator[dict[str, Page]]:
    contexts = {look: browser.new_context(**how) for look, how in WINDOWS.items()}  # type: ignore[arg-type]
    yield {look: context.new_page() for look, context in contexts.items()}
    for context in contexts.values():
        context.close()


@pytest.mark.parametrize("language", LOOKS)
@pytest.mark.parametrize("name", STATES)
def test_picture(name, language, situation, shelf: Shelf, windows):
    situation.language = language
    address = shelf.put(STATES[name](situation))
    for look in LOOKS[language]:
        page = windows[look]
        page.goto(address)
        page.evaluate(UNFOLD)
        page.screenshot(path=FOLDER / language / look / f"{name}.png", full_page=True)
