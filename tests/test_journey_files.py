"""Files both ways in real Chromium, on real parts: in messages, and in an answer until they are gone."""

from datetime import timedelta

import psycopg
import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator

from tests.browser import Clerk, Person, Stack, body_of, code_in, words
from tests.journeys import (
    ACCESS,
    FACT_LABELS,
    Team,
    asks,
    browser,
    comes_back,
    long_known,
    looks_and_decides,
    shows_who_she_is,
    stack,
    team,
)

__all__ = ["browser", "stack", "team"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.postgres, pytest.mark.redis]

BILL, COPY = b"%PDF-1.7 the bill of May", b"name,number\nRosa Marquez,972-555-0143\n"
NO_CALL_RECORDS = "No call records are in this text and these files"
SWEEP = """
import django
django.setup()
from primevox_privacy.celery import ring
ring("primevox_privacy.sealed.tasks.end_lives")
"""


def unfolds(clerk: Clerk, step: str) -> Locator:
    form = clerk.page.locator("details").filter(has=clerk.page.locator("summary", has_text=words(step)))
    form.locator("summary").click()
    return form


def in_words(instant) -> str:
    day = timezone.localtime(instant)
    return f"{day.day} {day:%B %Y}"


def test_messages_carry_files_both_ways(browser: Browser, stack: Stack, team: Team):
    mail = "messages@mail.example"
    rosa = Person(browser, stack.site, script=False, phone=True, dark=True)
    (reference,) = asks(rosa, mail, ACCESS)
    comes_back(rosa, stack, mail, reference)
    rosa.follows(f"Send us a message {reference}")
    rosa.fills_in({"Your message": "This is the bill I mean."})
    rosa.chooses("Files", {"film.mp4": b"\x00\x00\x00\x18ftypisom", "empty.pdf": b""})
    rosa.presses("Send the message")
    rosa.sees("There is a problem", "“film.mp4” is a kind of file that we cannot open.", "“empty.pdf” is empty.")
    rosa.chooses("Files", {"bill of May.pdf": BILL})
    rosa.presses("Send the message")
    rosa.sees("We have your message.", "This is the bill I mean.")
    assert rosa.saves("Open bill of May.pdf (24 bytes)") == BILL
    team.tess.goes_to(reference)
    team.tess.sees("From the requester", "This is the bill I mean.")
    assert team.tess.saves("Open bill of May.pdf (24 bytes)") == BILL
    tess_writes_back(team.tess)
    letter = stack.mail(mail, "We wrote to you about your request")
    assert "account" not in body_of(letter)
    rosa.opens("/your-request/all/")
    rosa.sees("Is this the account?")
    assert "colleague" not in rosa.text
    assert rosa.saves("Open account.bin (8 bytes)") == b"\x00account"
    rosa.opens("/your-request/all/")
    rosa.sees("You opened a file that we sent you.")


def tess_writes_back(tess: Clerk) -> None:
    tess.does("Write an internal note", "Keep the note", {"Text": "I asked a colleague about it."})
    tess.sees("Internal note: the requester never sees it", "I asked a colleague about it.")
    form = unfolds(tess, "Write to the requester")
    tess.fills_in({"Message to the requester": "Is this the account?"}, form)
    tess.chooses("Files", {"account.bin": b"\x00account"}, form)
    tess.presses("Send it", form)
    tess.sees("To the requester", "Is this the account?", "Opened a paper")


def test_files_in_an_answer_are_downloaded_kept_longer_and_gone(browser: Browser, stack: Stack, team: Team):
    mail = "files@mail.example"
    rosa = Person(browser, stack.site)
    (reference,) = asks(rosa, mail, ACCESS)
    comes_back(rosa, stack, mail, reference)
    shows_who_she_is(rosa)
    vera_finds_it_is_her(team.vera, mail, reference)
    tess_collects_and_answers(team.tess, reference)
    team.bea.goes_to(reference)
    assert team.bea.saves("Open your-data.csv") == COPY
    team.bea.does("Release the answer", "Release it", {"I have read the letter and checked who gets it": True})
    rosa_downloads(rosa, stack, mail, reference)
    rosa.presses("Keep them 14 days longer")
    rosa.sees("We keep the files 14 days longer.", in_words(timezone.now() + timedelta(days=28)))
    assert not rosa.page.get_by_role("button", name="Keep them 14 days longer").count()
    time_runs_out(stack)
    rosa.reloads_until("These files were deleted on")
    rosa.sees("You can ask for them again.")
    assert not rosa.page.get_by_role("button", name=words("Download…")).count()
    rosa.follows("Back to your requests")
    rosa.sees("You downloaded a file.", "You asked us to keep the files 14 days longer.")
    team.tess.goes_to(reference)
    team.tess.sees("Downloaded on", "Deleted on")


def vera_finds_it_is_her(vera: Clerk, mail: str, reference: str) -> None:
    vera.goes_to(reference)
    contact = {"E-mail address in our own record": long_known(mail), "In our record since": "2021-03-01"}
    vera.does("Enter a contact from our record", "Keep this contact", contact)
    looks_and_decides(vera, "Identity is shown", tuple(FACT_LABELS.values()))


def tess_collects_and_answers(tess: Clerk, reference: str) -> None:
    tess.goes_to(reference)
    tess.does("Take it", "Take it")
    form = unfolds(tess, "Add files to the answer")
    tess.chooses("Files for the requester", {"your-data.csv": COPY, "wrong.txt": b"Not hers."}, form)
    tess.presses("Add them", form)
    tess.sees("Collected. They leave with the answer.", "Added by Tess.")
    tess.does("Remove a file from the answer", "Remove it", {"wrong.txt…": True})
    assert "wrong.txt" not in tess.text
    tess.does("Answer", "Write the answer", {"Done": True, NO_CALL_RECORDS: True})
    tess.sees("your-data.csv")
    assert not tess.page.get_by_text("Add files to the answer").count()


def rosa_downloads(rosa: Person, stack: Stack, mail: str, reference: str) -> None:
    """After a fresh code to the contact on file."""
    assert "your-data" not in str(stack.mail(long_known(mail), "Our answer is ready"))
    rosa.opens("/your-request/all/")
    rosa.sees("Files for you are open until", in_words(timezone.now() + timedelta(days=14)))
    rosa.presses(f"Read our answer {reference}")
    rosa.fills_in({"Enter the code": code_in(stack.mail(long_known(mail), "Your code"))})
    rosa.presses("Continue")
    rosa.sees("Files for you", "your-data.csv", f"{len(COPY)} bytes")
    assert rosa.saves("Download your-data.csv") == COPY
    rosa.page.reload()
    rosa.sees("Downloaded on")


def time_runs_out(stack: Stack) -> None:
    """28 days in an instant; the worker sweeps."""
    with psycopg.connect(stack.environ["DATABASE_URL"], autocommit=True) as database:
        database.execute("UPDATE sealed_datakey SET ends_at = now() WHERE life = 'package' AND destroyed_at IS NULL")
    swept = stack.run("-c", SWEEP)
    assert swept.returncode == 0, swept.stderr
