"""In real Chromium: Rosa moves to another address with two codes, is asked whether she is still there, finds what she
had not sent, and prints her page on one sheet."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import MODE_WITH_SCRIPT, Person, Stack, code_in
from tests.journeys import ACCESS, asks, comes_back

pytestmark = [pytest.mark.browser, pytest.mark.postgres, pytest.mark.redis]
STORY = "It began with a call in May."
MINUTE = 60_000
MOVED = "Your privacy request: where we reach you has changed"


def sheets(person: Person) -> int:
    """How many sheets of paper the page takes."""
    printed = person.page.pdf(format="Letter")
    return printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ")


def test_rosa_moves_to_another_address_without_script(browser: Browser, stack: Stack):
    rosa = Person(browser, stack.site, script=False, phone=True, dark=True)
    old, new = "moves-old@mail.example", "moves-new@mail.example"
    (reference,) = asks(rosa, old, ACCESS)
    comes_back(rosa, stack, old, reference)
    rosa.follows("Change how we reach you")
    rosa.fills_in({"Your new e-mail address": new})
    rosa.presses("Go on")
    codes = {
        "The code that we sent to the old address": code_in(stack.mail(old, "Your code", 2)),
        "The code that we sent to the new address": code_in(stack.mail(new, "Your code")),
    }
    rosa.fills_in(codes)
    rosa.presses("Change how you reach me")
    rosa.sees("From now on we reach you at the new address.")
    assert "From now on we write to another address" in stack.mail(old, MOVED).as_string()
    rosa.presses("Leave this page")
    comes_back(rosa, stack, new, reference, time=2)


def test_what_rosa_types_comes_along_into_the_other_language(browser: Browser, stack: Stack):
    rosa = Person(browser, stack.site, mode=MODE_WITH_SCRIPT)
    rosa.opens("/ask/retaliation/")
    rosa.presses("Continue")
    story = rosa.page.get_by_role("textbox").first
    story.fill(STORY)
    rosa.follows("Español")
    assert rosa.page.get_by_role("textbox").first.input_value() == STORY
    assert rosa.page.evaluate("sessionStorage.length") == 0, "it stays no longer than one page takes to come"
    rosa.page.reload()
    assert rosa.page.get_by_role("textbox").first.input_value() == ""


def test_rosa_is_asked_whether_she_is_still_there_and_finds_what_she_wrote(browser: Browser, stack: Stack):
    rosa = Person(browser, stack.site, mode=MODE_WITH_SCRIPT)
    mail = "still-there@mail.example"
    (reference,) = asks(rosa, mail, ACCESS)
    assert sheets(rosa) == 1
    comes_back(rosa, stack, mail, reference)
    assert sheets(rosa) == 1
    rosa.page.clock.install()
    rosa.follows(f"Send us a message {reference}")
    rosa.fills_in({"Your message": STORY})
    asked = rosa.page.get_by_role("dialog", name="Do you need more time?")
    rosa.page.clock.fast_forward(14 * MINUTE)
    expect(asked).not_to_be_visible()
    with rosa.page.expect_response("**/message/keep/"):
        rosa.page.clock.fast_forward(MINUTE + 5000)
    expect(rosa.page.get_by_role("button", name="Give me more time")).to_be_focused()
    rosa.hands.press(rosa.page.get_by_role("button", name="Give me more time"))
    expect(asked).not_to_be_visible()
    rosa.page.clock.fast_forward(16 * MINUTE)
    expect(asked).to_be_visible()
    rosa.page.clock.fast_forward(5 * MINUTE)
    rosa.page.wait_for_url("**/your-request/ended/")
    rosa.look()
    rosa.is_at("This page was closed")
    comes_back(rosa, stack, mail, reference, time=2)
    rosa.sees("You had not sent this yet", STORY)
    rosa.follows(f"Send or change it {reference}")
    rosa.presses("Send the message")
    rosa.sees("We have your message. It stands below.", STORY)
