"""Asking us to look again, in real Chromium on real parts: the first answer stays, or is overturned and given anew."""

import re
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from tests.browser import Clerk, Person, Stack, body_of, code_in
from tests.journeys import (
    ACCESS,
    FACT_LABELS,
    Team,
    asks,
    comes_back,
    long_known,
    looks_and_decides,
    shows_who_she_is,
)
from tests.real_parts import REFERENCE

pytestmark = [pytest.mark.browser, pytest.mark.postgres, pytest.mark.redis]

REPETITIVE = "The request is repetitive. (policy section 7)"
READ = {"I have read the letter and checked who gets it": True}
WHY = "In May I asked for my bills. Now I ask for everything."


def in_words(day) -> str:
    return f"{day.day} {day:%B %Y}"


def in_two_weeks() -> str:
    """From the day on which something reaches us now: that of the office, or of California where it is earlier."""
    here, in_california = timezone.localdate(), timezone.localdate(timezone=ZoneInfo("America/Los_Angeles"))
    return in_words(min(here, in_california) + timedelta(days=14))


def rosa_is_refused(rosa: Person, stack: Stack, team: Team, mail: str) -> str:
    """She shows who she is; Tess refuses, Abe releases. The reference of her request."""
    (reference,) = asks(rosa, mail, ACCESS)
    comes_back(rosa, stack, mail, reference)
    shows_who_she_is(rosa)
    team.vera.goes_to(reference)
    contact = {"E-mail address in our own record": long_known(mail), "In our record since": "2021-03-01"}
    team.vera.does("Enter a contact from our record", "Keep this contact", contact)
    looks_and_decides(team.vera, "Identity is shown", tuple(FACT_LABELS.values()))
    team.tess.goes_to(reference)
    team.tess.does("Take it", "Take it")
    refusal: dict[str, Any] = {REPETITIVE: True, "Why, in your own words": "You asked for the same in May."}
    team.tess.does("Refuse", "Write the refusal", refusal)
    team.abe.goes_to(reference)
    team.abe.does("Release the answer", "Release it", READ)
    stack.mail(long_known(mail), "Our answer is ready")
    return reference


def asks_to_look_again(rosa: Person, stack: Stack, mail: str, reference: str) -> str:
    """With a click too many. The reference of the appeal, from the mail."""
    rosa.opens("/your-request/all/")
    rosa.sees("We did not do what you asked for.", "you can ask us to look again")
    rosa.follows(f"Ask us to look again {reference}")
    rosa.is_at("Ask us to look again")
    until = in_two_weeks()
    rosa.sees("Somebody else decides", until)
    rosa.presses("Ask us to look again")
    rosa.sees("There is a problem", "Write why we should look again.")
    second_tab = rosa.context.new_page()
    second_tab.goto(rosa.page.url)
    rosa.fills_in({"What did we get wrong, or miss?": WHY})
    rosa.presses("Ask us to look again")
    rosa.sees("We look again.", "We are looking again.", "Waiting for us", until)
    rosa.page, first_tab = second_tab, rosa.page
    rosa.fills_in({"What did we get wrong, or miss?": WHY})
    rosa.presses("Ask us to look again")
    rosa.sees("We have it already, once.", "We are looking again.")
    rosa.page.close()
    rosa.page = first_tab
    letter = body_of(stack.mail(mail, "We look at your request again"))
    assert until in letter
    assert WHY not in letter
    (appeal,) = set(REFERENCE.findall(letter))
    rosa.sees(appeal)
    return appeal


def goes_to_appeal(clerk: Clerk, appeal: str) -> None:
    clerk.opens("/admin/requests/appeal/")
    clerk.follows(appeal)


def bea_decides(team: Team, appeal: str, outcome: str, reasons: str) -> None:
    """Not Abe, who released the first answer."""
    goes_to_appeal(team.abe, appeal)
    team.abe.sees("Somebody else has to decide this appeal.", WHY)
    assert not team.abe.page.get_by_text("Decide it").count()
    goes_to_appeal(team.bea, appeal)
    team.bea.sees(WHY, "You asked for the same in May.", "Tess", "14 days from")
    team.bea.does("Take it", "Take it")
    team.bea.sees("Bea")
    team.bea.does("Decide it", "Decide it", {outcome: True})
    team.bea.sees("Write the reasons. The requester reads them.")
    team.bea.fills_in({"Your reasons": reasons})
    team.bea.presses("Decide it")
    team.bea.sees("This appeal is decided.", reasons)


def reads_letters(rosa: Person, stack: Stack, mail: str, reference: str) -> None:
    """With a fresh code to the contact on file."""
    told = stack.mail(long_known(mail), "We have looked again")
    assert not re.search("copy|refus|May", body_of(told))
    rosa.opens("/your-request/all/")
    rosa.presses(f"Read our letters {reference}")
    rosa.fills_in({"Enter the code": code_in(stack.mail(long_known(mail), "Your code"))})
    rosa.presses("Continue")


def test_the_first_answer_stays_and_the_letter_names_the_authority(browser, stack: Stack, team: Team):
    """On a phone, without script."""
    mail = "upheld@mail.example"
    rosa = Person(browser, stack.site, script=False, phone=True)
    reference = rosa_is_refused(rosa, stack, team, mail)
    appeal = asks_to_look_again(rosa, stack, mail, reference)
    bea_decides(team, appeal, "The first answer stays", "In May you asked for everything, too.")
    reads_letters(rosa, stack, mail, reference)
    rosa.sees("It stays.", "In May you asked for everything, too.", "California Privacy Protection Agency")
    rosa.sees("Our first answer", "You asked for the same in May.")
    rosa.follows("Back to your requests")
    rosa.sees("We looked again, and our answer stays.", "Nothing to wait for")


def test_overturned_it_is_open_again_and_is_answered_anew(browser, stack: Stack, team: Team):
    mail = "overturned@mail.example"
    rosa = Person(browser, stack.site)
    reference = rosa_is_refused(rosa, stack, team, mail)
    appeal = asks_to_look_again(rosa, stack, mail, reference)
    bea_decides(team, appeal, "The first answer is overturned", "You are right, we mixed up two requests.")
    reads_letters(rosa, stack, mail, reference)
    until = in_words(timezone.localdate() + timedelta(days=14))  # our own act, so our own day
    rosa.sees("your request is open again", "we mixed up two requests", f"{until}.")
    rosa.follows("Back to your requests")
    rosa.sees("We looked again and changed our decision.", "We are working on it.", "Waiting for us", until)
    team.tess.goes_to(reference)
    team.tess.sees("The first answer is overturned", "Our own target after the appeal")
    team.tess.does("Take it", "Take it")
    copy = {"Done": True, "Our answer": "Name: Rosa Marquez.", "No call records are in this text": True}
    team.tess.does("Answer", "Write the answer", copy)
    team.abe.goes_to(reference)
    team.abe.does("Release the answer", "Release it", READ)
    stack.mail(long_known(mail), "Our answer is ready", 2)
    rosa.opens("/your-request/all/")
    rosa.sees("We did what you asked for.")
    rosa.presses(f"Read our letters {reference}")
    rosa.sees("Name: Rosa Marquez.", "we mixed up two requests", "You asked for the same in May.")
    kept = stack.run("manage.py", "verify_ledger")
    assert kept.returncode == 0, kept.stdout + kept.stderr
