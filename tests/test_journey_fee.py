"""In real Chromium: a fee that Rosa hears of, declines and gets back, coming each time with her code on paper."""

import re

import pytest
from playwright.sync_api import Browser

from tests.browser import Person, Stack, body_of
from tests.journeys import ACCESS, Team, asks, comes_back

pytestmark = [pytest.mark.browser, pytest.mark.postgres, pytest.mark.redis]
PAPER = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b")
AMOUNT, WHY = "25.00 US dollars", "You got the same copy in May and in June."


@pytest.mark.parametrize("script", [True, False], ids=["with_script", "without_script"])
def test_rosa_declines_a_fee_and_thinks_again(browser: Browser, stack: Stack, team: Team, script: bool):
    rosa = Person(browser, stack.site, script=script, phone=not script, dark=not script)
    mail = f"fee-{script}@mail.example".lower()
    (reference,) = asks(rosa, mail, ACCESS)
    comes_back(rosa, stack, mail, reference)
    code = rosa_gets_a_code_on_paper(rosa)
    abe_tells_a_fee(team, reference)
    assert AMOUNT not in body_of(stack.mail(mail, "Your request waits for you"))
    comes_back_on_paper(rosa, reference, code)
    rosa.sees("We told you of a fee and wait for your word.", "Waiting for you")
    rosa.follows(f"See the fee {reference}")
    rosa.is_at("There is a fee")
    rosa.sees(AMOUNT, "You asked for the same thing before.", WHY, "2 free requests in 12 months")
    rosa.presses("No, take the request back")
    rosa.sees("You took the request back.", "You took this request back.")
    team.abe.goes_to(reference)
    team.abe.sees("Declined: the request was taken back.")
    rosa.presses(f"Undo {reference}")
    rosa.follows(f"See the fee {reference}")
    rosa.presses("Accept the fee")
    rosa.sees("You accepted the fee. We write to you with how to pay it.")
    team.abe.goes_to(reference)
    team.abe.sees("Accepted; not paid yet.")


def rosa_gets_a_code_on_paper(rosa: Person) -> str:
    rosa.presses("Get a code to come back without mail")
    rosa.is_at("Your code to come back")
    found = PAPER.search(rosa.text)
    assert found, rosa.text
    assert found.group() in rosa.saves("Save it as text").decode()
    rosa.follows("Back to your requests")
    rosa.presses("Leave this page")
    return found.group()


def comes_back_on_paper(rosa: Person, reference: str, code: str) -> None:
    """Typed by hand, after a slip."""
    rosa.opens("/your-request/")
    rosa.follows("I have a code on paper")
    rosa.fills_in({"Your reference": reference.lower(), "Your code on paper": code[:-1]})
    rosa.presses("Continue")
    rosa.sees("There is a problem", "Check the code")
    rosa.fills_in({"Your code on paper": code.replace("-", " ").lower()})
    rosa.presses("Continue")
    rosa.is_at("Your requests")


def abe_tells_a_fee(team: Team, reference: str) -> None:
    team.abe.goes_to(reference)
    team.abe.does("Take it", "Take it")
    fee = {"Amount in US dollars": "25", "The request is repetitive.": True, "Why, in your own words": WHY}
    team.abe.does("Tell a fee", "Tell the requester", fee)
    team.abe.sees(AMOUNT, "Told; waits for the requester's word.")
