"""The whole job in real Chromium, on real parts: from the first page to the certificate of a destroyed proof."""

import re
from datetime import date, timedelta
from email.message import EmailMessage

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from tests.browser import MODE, MODES, Person, Stack, body_of, code_in, link_in
from tests.journeys import (
    ACCESS,
    CORRECT,
    DELETE,
    FACT_LABELS,
    OPT_OUT,
    Team,
    asks,
    comes_back,
    long_known,
    looks_and_decides,
    references_on,
    sends,
    shows_who_she_is,
)
from tests.real_parts import REFERENCE

pytestmark = [pytest.mark.browser, pytest.mark.postgres, pytest.mark.redis]

WHOLE_COPY = "Name: Rosa Marquez. Account: PV-004417, since March 2021."
REPETITIVE = "The request is repetitive. (policy section 7)"


# --- Stories -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("script", [True, False], ids=["with_script", "without_script"])
def test_rosa_asks_shows_who_she_is_and_reads_what_becomes_of_it(browser, stack: Stack, team: Team, script: bool):
    rosa = Person(browser, stack.site, script=script, phone=not script, dark=not script)
    mail = f"rosa-{script}@mail.example".lower()
    references = rosa_asks(rosa, mail)
    assert sorted(rosas_receipt_by_mail(stack, mail)) == sorted(references)
    by_right = dict(zip((ACCESS, DELETE, OPT_OUT), in_order(rosa, references), strict=True))
    comes_back(rosa, stack, mail, by_right[ACCESS])
    shows_who_she_is(rosa)
    tess_takes_them_and_asks(team, by_right)
    rosa_replies(rosa, stack, mail, by_right[ACCESS])
    vera_finds_it_is_her(team, mail, by_right[ACCESS])
    two_people_answer(team, by_right)
    rosa_reads_each_answer(rosa, stack, mail, by_right)
    her_proof_is_destroyed(rosa)
    kept = stack.run("manage.py", "verify_ledger")
    assert kept.returncode == 0, kept.stdout + kept.stderr


def rosa_asks(rosa: Person, mail: str) -> list[str]:
    """With a changed answer, and sending twice."""
    rosa.opens("/")
    rosa.follows("Start a request")
    rosa.presses("Continue")
    rosa.sees("There is a problem", "Tick at least one.")
    rosa.fills_in({ACCESS: True, DELETE: True, OPT_OUT: True})
    rosa.presses("Continue")
    rosa.is_at("What should we delete?")
    rosa.fills_in({"Only some of it": True, "If only some: which data?": "My call recordings"})
    rosa.presses("Continue")
    rosa.fills_in({"Which e-mail address or telephone number…": mail})
    rosa.presses("Continue")
    rosa.is_at("Who is it about?")
    rosa.fills_in({"Me, I am a customer": True})
    rosa.presses("Continue")
    rosa.is_at("Where do you live?")
    rosa.fills_in({"Where do you live?": "Texas"})
    rosa.presses("Continue")
    rosa.is_at("How can we reach you?")
    rosa.fills_in({"Your name": "Rosa Marquez", "Your e-mail address": "no address"})
    rosa.presses("Continue")
    rosa.sees("Enter an e-mail address like name@example.org.")
    rosa.fills_in({"Your e-mail address": mail})
    rosa.presses("Continue")
    rosa.sees("My call recordings", "Texas", mail)
    rosa.follows("Change Where do you live?")
    rosa.fills_in({"Where do you live?": "California"})
    rosa.presses("Continue")
    rosa.sees("California", mail)
    return sends_twice(rosa)


def sends_twice(rosa: Person) -> list[str]:
    """From two tabs, and by going back."""
    first = rosa.page
    rosa.page = rosa.context.new_page()
    rosa.opens("/ask/check/")
    references = sends(rosa)
    rosa.page.close()
    rosa.page = first
    assert sends(rosa) == references
    rosa.goes_back()
    assert references_on(rosa) == references, "going back leads to the receipt"
    rosa.sees("We received this on", "We send this receipt to your e-mail address.")
    return references


def in_order(rosa: Person, references: list[str]) -> list[str]:
    """The references of access, delete and opt-out, as the receipt says which is which."""
    panel = " ".join(rosa.page.locator(".panel").first.inner_text().split())
    return [panel[panel.index(right) + len(right) :].split()[0] for right in (ACCESS, DELETE, OPT_OUT)]


def rosas_receipt_by_mail(stack: Stack, mail: str) -> list[str]:
    receipt = stack.mail(mail, "We have your request")
    body = body_of(receipt)
    assert link_in(receipt) == "/your-request/"
    assert "recordings" not in body
    assert len([one for one in stack.sink.to(mail) if one["Subject"] == receipt["Subject"]]) == 1
    return re.findall(rf"(?<!\w){REFERENCE.pattern}(?!\w)", body)


def tess_takes_them_and_asks(team: Team, by_right: dict[str, str]) -> None:
    team.tess.takes_all(list(by_right.values()))
    assert "3 requests are yours now." in team.tess.page.content()
    team.tess.follows(by_right[ACCESS])
    team.tess.does(
        "Ask the requester",
        "Send the question to the requester",
        {"Question to the requester": "Since when are you with us?"},
    )


def rosa_replies(rosa: Person, stack: Stack, mail: str, reference: str) -> None:
    waiting = stack.mail(mail, "A question about your request")
    assert "Since when" not in str(waiting)
    rosa.opens("/your-request/all/")
    rosa.sees("We have a question for you.", "Waiting for you")
    rosa.follows(f"Answer our question {reference}")
    rosa.sees("Since when are you with us?")
    rosa.fills_in({"Your message": "Since March 2021."})
    rosa.presses("Send the message")
    rosa.sees("Since March 2021.")


def vera_finds_it_is_her(team: Team, mail: str, reference: str) -> None:
    team.vera.goes_to(reference)
    contact = {"E-mail address in our own record": long_known(mail), "In our record since": "2021-03-01"}
    team.vera.does("Enter a contact from our record", "Keep this contact", contact)
    looks_and_decides(team.vera, "Identity is shown", tuple(FACT_LABELS.values()))
    team.vera.sees("Shown, at level T3.")


def two_people_answer(team: Team, by_right: dict[str, str]) -> None:
    """Access by Tess and a refusal by Abe, both released by Bea; the opt-out needs one person."""
    team.tess.goes_to(by_right[OPT_OUT])
    team.tess.does("Answer", "Write the answer", {"Done": True})
    team.tess.goes_to(by_right[ACCESS])
    team.tess.sees("Since March 2021.")
    copy = {"Done": True, "Our answer": WHOLE_COPY, "No call records are in this text": True}
    team.tess.does("Answer", "Write the answer", copy)
    team.abe.goes_to(by_right[DELETE])
    refusal = {REPETITIVE: True, "Why, in your own words": "You asked for the same in May."}
    team.abe.does("Refuse", "Write the refusal", refusal)
    team.abe.sees("You drafted this answer, so another approver needs to release it.")
    assert not team.abe.page.get_by_text("Release the answer").count()
    for right in (ACCESS, DELETE):
        team.bea.goes_to(by_right[right])
        read = {"I have read the letter and checked who gets it": True}
        team.bea.does("Release the answer", "Release it", read)
        team.bea.sees("Closed")


def rosa_reads_each_answer(rosa: Person, stack: Stack, mail: str, by_right: dict[str, str]) -> None:
    """With a fresh code to the contact on file; the mail itself says nothing."""
    ready = stack.mail(long_known(mail), "Our answer is ready")
    assert not any(said in str(ready) for said in ("PV-004417", "copy", "delete", "Marquez"))
    rosa.opens("/your-request/all/")
    rosa.presses(f"Read our answer {by_right[ACCESS]}")
    rosa.sees("If we already have a way to reach this person, we sent a code there.")
    rosa.fills_in({"Enter the code": code_in(stack.mail(long_known(mail), "Your code"))})
    rosa.presses("Continue")
    rosa.sees("We did what you asked for.", WHOLE_COPY)
    rosa.follows("Back to your requests")
    rosa.presses(f"Read our answer {by_right[DELETE]}")
    rosa.sees("We did not do what you asked for.", "You asked for the same thing before.", "(policy section 7)")
    rosa.sees("You asked for the same in May.", "You can ask us to look again until", "California")
    rosa.follows("Back to your requests")
    rosa.presses(f"Read our answer {by_right[OPT_OUT]}")
    rosa.sees("We no longer sell or share your data")
    stack.mail(mail, "Our answer is ready")
    told = [reference for one in stack.sink.to(mail) for reference in by_right.values() if is_ready(one, reference)]
    assert told.count(by_right[OPT_OUT]) == len(told) > 0, "only what needs no proof is told to the typed address"


def is_ready(mail: EmailMessage, reference: str) -> bool:
    """Told to open it; the typed address otherwise only learns that the answer went elsewhere."""
    body = body_of(mail)
    return mail["Subject"] == "Our answer is ready" and reference in body and "Read it on your page" in body


def her_proof_is_destroyed(rosa: Person) -> None:
    """By the worker, within seconds; the certificate is signed by us, and a changed one is not."""
    rosa.opens("/your-request/all/")
    rosa.reloads_until("Proof that we destroyed what you sent")
    rosa.sees("You opened our answer.", "Gone from use", "Beyond recovery by")
    certificate = rosa.page.locator("pre.signed").text_content() or ""
    rosa.opens("/check/")
    rosa.fills_in({"Paste the text here": certificate.replace("certificate of", "certificate  of", 1)})
    rosa.presses("Check it")
    rosa.sees("There is a problem")
    rosa.fills_in({"Paste the text here": certificate})
    rosa.presses("Check it")
    rosa.sees("Yes, this is from us, and nobody changed it.", "certificate of destruction")


@pytest.mark.parametrize("mode", [MODE] if MODE else MODES)
def test_an_opt_out_asks_for_one_number_and_nothing_else(browser: Browser, stack: Stack, mode: str):
    rosa = Person(browser, stack.site, mode=mode)
    rosa.opens("/")
    rosa.follows(OPT_OUT)
    rosa.fills_in({"Which e-mail address or telephone number…": "972-555-0177"})
    rosa.presses("Continue")
    (_reference,) = sends(rosa)
    rosa.sees("This page is your receipt")
    assert "show who you are" not in rosa.text
    rosa.page.reload()
    rosa.is_at("We have your request")


def in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def test_an_extension_is_told_by_letter_with_the_new_day(browser: Browser, stack: Stack, team: Team):
    rosa = Person(browser, stack.site)
    (reference,) = asks(rosa, "more-time@mail.example", ACCESS)
    team.tess.goes_to(reference)
    until = timezone.localdate() + timedelta(days=25)
    why = {"Which date": "Our own target", "Why": "The request is complex", "New date": until.isoformat()}
    team.tess.does("Take more time", "Extend and tell the requester", why)
    letter = stack.mail("more-time@mail.example", "We need more time for your request")
    assert in_words(until) in body_of(letter)
    comes_back(rosa, stack, "more-time@mail.example", reference)
    rosa.reloads_until("Changed")
    rosa.sees(in_words(until))


def test_who_does_not_show_identity_is_told_kindly_and_keeps_a_way_on(browser: Browser, stack: Stack, team: Team):
    mail = "not-shown@mail.example"
    rosa = Person(browser, stack.site)
    (reference,) = asks(rosa, mail, DELETE, words={"Everything that you can delete": True})
    comes_back(rosa, stack, mail, reference)
    shows_who_she_is(rosa)
    team.vera.goes_to(reference)
    team.vera.does("Take it", "Take it")
    looks_and_decides(team.vera, "Identity is not shown")
    team.vera.does("End: identity not shown", "Write the letter", {"What else the requester can do": "Call us."})
    team.bea.goes_to(reference)
    team.bea.does("Release the answer", "Release it", {"I have read the letter and checked who gets it": True})
    stack.mail(mail, "Our answer is ready")
    rosa.opens("/your-request/all/")
    rosa.presses("Read our answer…")
    rosa.sees("we could not be sure that it was you", "Call us.", "You can send us a new request at any time.")


def test_staff_withdraw_on_her_behalf_and_she_is_told(browser: Browser, stack: Stack, team: Team):
    mail = "by-telephone@mail.example"
    rosa = Person(browser, stack.site)
    (reference,) = asks(
        rosa, mail, CORRECT, words={"What is wrong or missing?": "Elk Street.", "What is right?": "Elm Street."}
    )
    team.tess.goes_to(reference)
    how = {"When and how the requester told us": "By telephone today."}
    team.tess.does("Withdraw on the requester's behalf", "Withdraw it", how)
    team.tess.sees("Taken back")
    assert reference in body_of(stack.mail(mail, "Your request is closed"))


def test_rosa_takes_one_request_back_and_the_other_goes_on(browser: Browser, stack: Stack):
    mail = "took-back@mail.example"
    rosa = Person(browser, stack.site)
    references = asks(rosa, mail, ACCESS, OPT_OUT, words={"Which e-mail address or telephone number…": mail})
    comes_back(rosa, stack, mail, references[0])
    rosa.follows(f"Take this request back {references[0]}")
    rosa.presses("Take it back")
    rosa.is_at("Your requests")
    stack.mail(mail, "Your request is closed")
    assert rosa.page.get_by_role("link", name="Take this request back").count() == 1
