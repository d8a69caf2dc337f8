"""A morning at the desk in real Chromium: Today, the queue with its views, the next one, passing on, and back. Each
page is looked at in both themes (`tests/browser.py`), and none of these scrolls sideways on a small screen."""

import pytest
from playwright.sync_api import Browser

from tests.browser import DESK, PHONE, TOO_WIDE, Clerk, Person, Stack
from tests.journeys import ACCESS, asks

pytestmark = [pytest.mark.browser, pytest.mark.postgres, pytest.mark.redis]


def fits_a_small_screen(clerk: Clerk) -> None:
    clerk.page.set_viewport_size(PHONE)
    beyond = clerk.page.evaluate(TOO_WIDE)
    clerk.page.set_viewport_size(DESK)
    assert beyond <= 0, f"{beyond} pixels beyond a small screen at {clerk.page.url}"


def test_tess_begins_her_day(browser: Browser, stack: Stack):
    mails = ("morning@mail.example", "noon@mail.example")
    references = [asks(Person(browser, stack.site), mail, ACCESS)[0] for mail in mails]
    tess = Clerk(browser, stack.site, "Tess")
    tess.is_at("Today")
    tess.sees("You have no request now.", "No request is frozen, and none was left alone.")
    fits_a_small_screen(tess)
    tess.page.get_by_role("link", name="2 new").click()
    tess.is_at("Queue")
    tess.sees(*references)
    tess.look()
    fits_a_small_screen(tess)
    cut = tess.page.evaluate("(one => one.scrollWidth - one.clientWidth)(document.querySelector('.results'))")
    assert cut <= 0, "no column is cut off on a desk"

    tess.page.locator("summary", has_text="Save these filters as a view").click()
    tess.fills_in({"Name of the view": "Fresh ones"})
    tess.presses("Save")
    tess.sees("The view “Fresh ones” is saved.", "Fresh ones 2")

    tess.presses("Take next")
    tess.sees("This request is yours now.")
    tess.opens("/admin/requests/rightsrequest/?handler=me")
    tess.page.get_by_role("row").nth(1).get_by_role("checkbox").check()
    tess.fills_in({"Action:…": "Pass on the selected requests"})
    tess.presses("Go")
    tess.is_at("Pass on requests")
    tess.fills_in({"To whom": "Abe"})
    tess.presses("Show who goes")
    tess.sees("Goes to Abe: 1")
    fits_a_small_screen(tess)
    tess.presses("Pass them on")
    tess.is_at("1 request was passed on.")
    fits_a_small_screen(tess)
    tess.presses("Undo all of it")
    tess.is_at("1 request is back.")

    tess.opens("/admin/requests/rightsrequest/")
    tess.fills_in({"Search": "marquez, rosa"})
    tess.presses("Search")
    tess.sees("Looked for by name", *references)
    assert "marquez" not in tess.page.url
    tess.opens("/admin/requests/rightsrequest/?due=late")
    tess.sees("No request fits these filters now.")
