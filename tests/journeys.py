"""What several stories in Chromium share: the portal with its people, and the steps that they all take."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser import Clerk, Person, Stack, chromium, code_in, own_database, prepared_database
from tests.cast import FACTS
from tests.real_parts import REFERENCE, Sink, claim_redis, give_back
from verification.models import EvidenceKind

ACCESS, DELETE = "Get a copy of my data", "Delete my data"
OPT_OUT = "Stop selling or sharing my data, or using it for ads"
CORRECT, LIMIT = "Correct something", "Limit what you do with my data"
FACT_LABELS = {
    EvidenceKind.ACCOUNT_NUMBER: "Account number",
    EvidenceKind.SERVICE_ADDRESS: "Service address",
    EvidenceKind.PHONE_ON_ACCOUNT: "A telephone number on the account",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = chromium(playwright)
        yield started
        started.close()


@pytest.fixture(scope="session")
def prepared() -> Iterator[str]:
    with prepared_database() as name:
        yield name


@pytest.fixture(scope="module")
def stack(prepared: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    sink, claimed = Sink(), claim_redis()
    sink.start()
    with own_database(prepared) as database:
        made = Stack(tmp_path_factory.mktemp("stack"), claimed, sink, database)
        try:
            made.start()
            yield made
        finally:
            made.stop()
            sink.stop()
            give_back(claimed)


def _signing_in(name: str) -> "cached_property[Clerk]":
    return cached_property(lambda team: Clerk(team.browser, team.stack.site, name))


@dataclass
class Team:
    """Those who work here; each signs in once a story needs them."""

    browser: Browser
    stack: Stack

    tess = _signing_in("Tess")
    vera = _signing_in("Vera")
    abe = _signing_in("Abe")
    bea = _signing_in("Bea")


@pytest.fixture(scope="module")
def team(browser: Browser, stack: Stack) -> Team:
    return Team(browser, stack)


# --- What happens in more than one story ---------------------------------------------------------------------------
def asks(rosa: Person, mail: str, *rights: str, words: dict[str, Any] | None = None) -> list[str]:
    """From the first page to the receipt; the references on it."""
    rosa.opens("/")
    rosa.follows("Start a request")
    rosa.fills_in(dict.fromkeys(rights, True))
    rosa.presses("Continue")
    if words:
        rosa.fills_in(words)
        rosa.presses("Continue")
    rosa.fills_in({"Me, I am a customer": True})
    rosa.presses("Continue")
    rosa.fills_in({"Where do you live?": "California"})
    rosa.presses("Continue")
    rosa.fills_in({"Your name": "Rosa Marquez", "Your e-mail address": mail})
    rosa.presses("Continue")
    return sends(rosa)


def sends(rosa: Person) -> list[str]:
    rosa.is_at("Check your answers and send")
    rosa.presses("Send my request")
    rosa.is_at("We have your request")
    return references_on(rosa)


def references_on(person: Person) -> list[str]:
    """References in the order of the page, each once."""
    return list(dict.fromkeys(REFERENCE.findall(person.text)))


def comes_back(rosa: Person, stack: Stack, mail: str, reference: str, time: int = 1) -> None:
    """By reference and mailed code."""
    rosa.opens("/your-request/")
    rosa.fills_in({"What is your reference?": reference})
    rosa.presses("Send me a code")
    rosa.fills_in({"Enter the code": code_in(stack.mail(mail, "Your code", time))})
    rosa.presses("Continue")
    rosa.is_at("Your requests")


def shows_who_she_is(rosa: Person, task: str = "Show that it is me") -> None:
    rosa.follows(task)
    rosa.fills_in({FACT_LABELS[kind]: value for kind, value in FACTS.items()})
    rosa.fills_in({"Your full name, as your signature": "Rosa Marquez", "I declare under penalty of perjury…": True})
    rosa.presses("Send for checking")
    rosa.is_at("Your requests")


def looks_and_decides(vera: Clerk, decision: str, matched: tuple[str, ...] = ()) -> None:
    vera.follows("Decide identity")
    assert FACTS[EvidenceKind.ACCOUNT_NUMBER] not in vera.page.content(), "before the button is pressed"
    vera.presses("Show what was given")
    vera.sees(FACTS[EvidenceKind.ACCOUNT_NUMBER])
    vera.fills_in({decision: True} | dict.fromkeys(matched, True))
    vera.presses("Record the decision")


def long_known(mail: str) -> str:
    """Her address that Primevox had before she asked."""
    return mail.replace("@mail.", "@known-since-2021.")
