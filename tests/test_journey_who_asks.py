"""In real Chromium on real parts: an agent, a parent and a company, each from the first page to the answer."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser

from tests.browser import Clerk, Person, Stack, body_of, code_in, stop_link_in
from tests.cast import FACTS
from tests.journeys import ACCESS, FACT_LABELS, Team, comes_back, looks_and_decides, sends, shows_who_she_is
from tests.test_journey_fee import PAPER, comes_back_on_paper
from verification.models import EvidenceKind

pytestmark = [pytest.mark.browser, pytest.mark.postgres, pytest.mark.redis]


def photo_of(text: str) -> bytes:
    """A sheet of paper with these words on it, as a phone takes it."""
    sheet, kept = Image.new("RGB", (800, 600), "white"), BytesIO()
    ImageDraw.Draw(sheet).text((60, 80), text, fill="black", font_size=40)
    sheet.save(kept, "PNG")
    return kept.getvalue()


PERMISSION = {"permission.png": photo_of("signed by Rosa Marquez")}
PHOTO = {"birth.png": photo_of("a birth certificate")}
COPY = "Name: Rosa Marquez. Account: PV-004417."


# --- What each of them does -----------------------------------------------------------------------------------------
def asks_for(gia: Person, who: str, about: dict[str, Any], where: str, reach: dict[str, str]) -> str:
    """From the first page to the receipt; the reference on it."""
    gia.opens("/")
    gia.follows("Start a request")
    gia.fills_in({ACCESS: True})
    gia.presses("Continue")
    gia.is_at("Who is it about?")
    gia.presses("Continue")
    gia.sees("There is a problem", "Choose one.")
    gia.fills_in({who: True})
    gia.presses("Continue")
    gia.fills_in(about)
    gia.presses("Continue")
    gia.fills_in({where: "Texas"})
    gia.presses("Continue")
    gia.fills_in({"Your name": "Gia Holt"} | reach)
    gia.presses("Continue")
    gia.sees(*(said for said in about.values() if isinstance(said, str)), *reach.values())
    (reference,) = sends(gia)
    return reference


def shows_a_paper(gia: Person, paper: dict[str, bytes], whom: str = "them") -> None:
    gia.follows("Show the paper")
    gia.is_at(f"Show that you may act for {whom}")
    gia.presses("Send it for checking")
    gia.sees("There is a problem", "No file arrived.")
    gia.chooses("Photo or scan of the paper", paper)
    gia.presses("Send it for checking")
    gia.sees("We have your paper.", "We look at whether you may act for")


def vera_decides(vera: Clerk, reference: str, on_file: str) -> None:
    """The authority first, by its paper; then identity, by the facts."""
    vera.goes_to(reference)
    contact = {"E-mail address in our own record": on_file, "In our record since": "2021-03-01"}
    vera.does("Enter a contact from our record", "Keep this contact", contact)
    vera.follows("Look at the paper and decide")
    vera.reloads_until("Look at paper 1")
    vera.follows("Look at paper 1")
    vera.sees("It is blurred until you say why you look.")
    vera.fills_in({"To see whether they may act": True})
    vera.presses("Show the pages")
    vera.sees("Page 1 of 1")
    vera.follows("Back to identity")
    vera.fills_in({"Accepted: they may act for…": True})
    vera.presses("Record the authority")
    vera.sees("accepted (Access)")
    vera.goes_to(reference)
    looks_and_decides(vera, "Identity is shown", tuple(FACT_LABELS.values()))
    vera.sees("Shown, at level T3.")


def answers(team: Team, reference: str) -> None:
    team.tess.goes_to(reference)
    team.tess.does("Take it", "Take it")
    copy = {"Done": True, "Our answer": COPY, "No call records are in this text": True}
    team.tess.does("Answer", "Write the answer", copy)
    team.bea.goes_to(reference)
    team.bea.does("Release the answer", "Release it", {"I have read the letter and checked who gets it": True})
    team.bea.sees("Closed")


def reads_with_a_code_from(gia: Person, stack: Stack, on_file: str, whom: str = "person") -> None:
    """Only a code that went to the contact on file opens the answer."""
    gia.opens("/your-request/all/")
    gia.presses("Read our answer…")
    gia.sees(f"Our answer is only for the {whom} it is about.")
    gia.fills_in({"Enter the code": code_in(stack.mail(on_file, "Your code"))})
    gia.presses("Continue")
    gia.sees(COPY)


# --- Stories --------------------------------------------------------------------------------------------------------
def test_gia_asks_for_rosa_who_is_told_and_gets_the_answer(browser: Browser, stack: Stack, team: Team):
    gia, rosas, on_file = Person(browser, stack.site), "rosa-named@mail.example", "rosa@known-since-2021.example"
    about = {"Their name": "Rosa Marquez", "Their e-mail address": rosas, "A permission that they signed": True}
    where, reach = "Where does the person live that you act for?", {"Your e-mail address": "gia@agents.example"}
    reference = asks_for(gia, "Somebody I act for", about, where, reach)
    gia.sees("Then you can show that you may make this request")
    told = stack.mail(rosas, "Somebody made a privacy request for you")
    assert "Gia" not in str(told)
    rosa = Person(browser, stack.site, phone=True)
    rosa.opens(stop_link_in(told))
    rosa.is_at("Do you not want this?")  # she looks, and lets Gia go on
    comes_back(gia, stack, "gia@agents.example", reference)
    shows_a_paper(gia, PERMISSION)
    shows_who_she_is(gia, "Show who it is about")
    vera_decides(team.vera, reference, on_file)
    stack.mail(on_file, "Somebody made a privacy request for you")
    stack.mail("gia@agents.example", "There is news about your request")
    answers(team, reference)
    assert "Read it on your page" in body_of(stack.mail(on_file, "Our answer is ready"))
    assert "Read it on your page" not in body_of(stack.mail("gia@agents.example", "Our answer is ready"))
    reads_with_a_code_from(gia, stack, on_file)


def test_a_parent_asks_for_a_child_without_script_on_a_phone(browser: Browser, stack: Stack, team: Team):
    parent = Person(browser, stack.site, script=False, phone=True, dark=True)
    mail, on_file = "parent@mail.example", "home@known-since-2021.example"
    about = {"The child’s name": "Nina Marquez", "I am the legal guardian": True}
    reference = asks_for(parent, "My child", about, "Where does your child live?", {"Your e-mail address": mail})
    comes_back(parent, stack, mail, reference)
    shows_a_paper(parent, PHOTO, "the child")
    shows_who_she_is(parent, "Show who it is about")
    vera_decides(team.vera, reference, on_file)
    answers(team, reference)
    reads_with_a_code_from(parent, stack, on_file)


def test_a_company_without_mail_comes_back_with_its_code(browser: Browser, stack: Stack, team: Team):
    owner = Person(browser, stack.site)
    on_file = "office@known-since-2021.example"
    about = {
        "Name of the company": "Elm Bakery",
        "I am an officer or owner of the company": True,
        "Its customer number": FACTS[EvidenceKind.ACCOUNT_NUMBER],
    }
    where, reach = "Where is the company?", {"Your telephone number": "972-555-0188"}
    reference = asks_for(owner, "A company whose account I manage", about, where, reach)
    owner.sees("We show it here for one hour only.")
    code = PAPER.search(owner.text)
    assert code
    assert code.group() in owner.saves("Save it as text", "link").decode()
    comes_back_on_paper(owner, reference, code.group())
    shows_a_paper(owner, PERMISSION, "the company")
    shows_who_she_is(owner, "Show which company it is about")
    vera_decides(team.vera, reference, on_file)
    answers(team, reference)
    reads_with_a_code_from(owner, stack, on_file, "company")
