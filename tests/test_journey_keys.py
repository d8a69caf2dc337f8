"""The desk without a mouse, in real Chromium: single keys for whoever turned them on, and new requests worked through
with nothing but a keyboard, each press counted. `PROVE=1` makes it twenty of them."""

import os
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import Clerk, Stack
from tests.test_journey_desk import fits_a_small_screen

pytestmark = [pytest.mark.browser, pytest.mark.postgres, pytest.mark.redis]

MANY = 20 if os.environ.get("PROVE") else 5
UNSURE = MANY // 5  # of them: the right has to be said
MOST = MANY + 2 * UNSURE + 4  # one press each; two more to say a right; two to join a pair, and to begin and end
HERE = "document.activeElement === document.body ? '' : document.activeElement.textContent.trim()"
JOINED, UNSAID = "They are joined.", "It is not said yet which right it is."
COME_IN = """
import sys, django
django.setup()
from datetime import timedelta
from django.utils import timezone
from requests.models import Submission
from requests.terms import Right
from tests.cast import submit
many, unsure = int(sys.argv[1]), int(sys.argv[2])
for number in range(many):
    right = Right.UNSURE if number < unsure else Right.OPT_OUT if number < unsure + 2 else Right.ACCESS
    mail = "twice@mail.example" if right is Right.OPT_OUT else f"asks{number}@mail.example"
    made = submit(right, email=mail, received_at=timezone.now() - timedelta(hours=many - number))
    Submission.objects.filter(pk=made.pk).update(contact_confirmed_at=timezone.now())
"""


@pytest.fixture(scope="module")
def tess(browser: Browser, stack: Stack) -> Iterator[Clerk]:
    """Keys are on; so many requests are new."""
    made = stack.run("-c", COME_IN, str(MANY), str(UNSURE))
    assert made.returncode == 0, made.stderr
    tess = Clerk(browser, stack.site, "Tess")
    tess.goes_to_queue()
    tess.page.keyboard.type("jxan?")
    assert tess.page.evaluate(HERE) == "", "keys are off until somebody wants them"
    assert "/rightsrequest/" in tess.page.url
    assert not tess.page.locator("dialog").count()
    tess.follows("Your settings")
    tess.fills_in({"Keys on": True})
    tess.presses("Save")
    tess.sees("Keys are on.")
    fits_a_small_screen(tess)
    yield tess
    assert tess.faults == []


def presses(tess: Clerk, key: str) -> None:
    """A key that leads to another page."""
    with tess.page.expect_navigation():
        tess.page.keyboard.press(key)


def test_tess_walks_the_queue_by_keys(tess: Clerk):
    tess.goes_to_queue()
    keyboard = tess.page.keyboard
    links = tess.page.locator("#result_list tbody th a").all_inner_texts()
    keyboard.type("jjk")
    assert tess.page.evaluate(HERE) == links[0]
    keyboard.press("j")
    assert tess.page.evaluate(HERE) == links[1]
    keyboard.press("x")
    assert tess.page.locator(".action-select").nth(1).is_checked()

    keyboard.press("?")
    dialog = tess.page.get_by_role("dialog", name="The keys of this page")
    assert dialog.is_visible()
    assert "Select it, or no longer" in dialog.inner_text()
    assert "Say which right it is" not in dialog.inner_text()
    tess.look()
    keyboard.press("j")
    keyboard.press("Escape")
    assert not dialog.is_visible()
    assert tess.page.evaluate(HERE) == links[1], "the focus is back where it was"
    keyboard.press("?")
    keyboard.press("Tab")
    dialog.get_by_role("button", name="Close").press("Enter")
    assert not dialog.is_visible()

    keyboard.press("Control+j")
    assert tess.page.evaluate(HERE) == links[1], "with another key held, a letter is the browser's"
    keyboard.type("/j?n")
    assert tess.page.locator("#searchbar").input_value() == "j?n", "in a field a letter is a letter"
    tess.page.locator("#searchbar").fill("")
    tess.page.locator("#result_list tbody th a").nth(1).focus()
    presses(tess, "a")
    tess.is_at("Pass on requests")
    keyboard.press("g")
    presses(tess, "t")
    tess.is_at("Today")
    keyboard.press("g")
    presses(tess, "q")
    keyboard.press("j")
    presses(tess, "Enter")
    tess.is_at(links[0])


def test_tess_finds_her_way_on_a_case(tess: Clerk):
    tess.goes_to_queue()
    tess.page.keyboard.press("j")
    presses(tess, "Enter")
    for key, label in (("r", "Message to the requester"), ("i", "Note for colleagues"), ("a", "To whom")):
        tess.page.locator("main").focus()
        tess.page.keyboard.press(key)
        assert tess.page.evaluate("document.activeElement.labels[0].innerText").startswith(label)


def test_tess_presses_a_key_of_her_own(tess: Clerk):
    case, focused = tess.page.url, "document.activeElement.labels?.[0]?.innerText ?? document.activeElement.innerText"
    tess.page.locator("main").focus()
    tess.page.keyboard.press(".")
    assert tess.page.evaluate(focused) == "Other steps"
    own_key(tess, "w")
    tess.page.goto(case)
    tess.page.keyboard.press("r")
    assert tess.page.evaluate(HERE) == "", "it is not the key of the desk any more"
    tess.page.keyboard.press("w")
    assert tess.page.evaluate(focused).startswith("Message to the requester")
    own_key(tess, "")


def own_key(tess: Clerk, key: str) -> None:
    tess.follows("Your settings")
    if key:
        tess.page.get_by_text("Choose keys of your own").click()
    tess.fills_in({"Write to the requester": key})
    tess.presses("Save")
    tess.sees("Keys are on.")


def test_a_digit_says_that_another_right_was_meant(tess: Clerk):
    tess.goes_to_queue()
    tess.follows(tess.page.locator("#result_list tbody tr", has_text="Access").first.locator("th a").inner_text())
    form = tess.page.locator("#do-change_right")
    assert not form.is_visible()
    tess.page.keyboard.press("4")
    assert form.get_by_label("Right to deletion").is_checked()
    assert form.is_visible()
    presses(tess, "Enter")
    tess.sees("Write what you understood, and why.")
    tess.look()
    fits_a_small_screen(tess)


def test_new_requests_are_worked_through_with_keys_alone(tess: Clerk):
    tess.opens("/admin/")
    began, pressed, joined = time.monotonic(), list[str](), False

    def key(which: str, *, stays: bool = False) -> None:
        pressed.append(which)
        tess.page.keyboard.press(which) if stays else presses(tess, which)

    key("n")
    looked = set[bool]()
    while "Nothing is left that waits" not in tess.text:
        unsaid, double = UNSAID in tess.text, not joined and "Side by side with" in tess.text
        if unsaid not in looked:
            looked.add(unsaid)
            tess.look()
            fits_a_small_screen(tess)
        if unsaid:
            key("4", stays=True)
            key("Enter")
            tess.sees("“Right to deletion” now.", "What we understood")
        elif double:
            key("m")
            tess.sees("Join them?")
            key("m", stays=True)
            key("Enter")
            joined = True
            tess.sees(JOINED)
        key("n" if double else "Enter")
        assert len(pressed) <= MOST, pressed
    seconds = time.monotonic() - began
    print(f"\n{MANY} new requests: {len(pressed)} keys, {seconds:.0f} s: {' '.join(pressed)}")
    assert looked == {True, False}
    assert joined
    tess.goes_to_queue("?step=received")
    assert tess.page.locator("#result_list").count() == 0, "none is left new"
    tess.goes_to_queue("?handler=me")
    assert tess.page.locator("#result_list tbody tr").count() == MANY - 1


def test_keys_can_be_turned_off_again(tess: Clerk):
    tess.follows("Your settings")
    tess.look()
    tess.fills_in({"Keys on": False})
    tess.presses("Save")
    tess.sees("Keys are off.", "Take next")
    tess.goes_to_queue()
    tess.page.keyboard.press("j")
    assert tess.page.evaluate(HERE) == ""
