"""A person before a page: the people behind it, a clock, and a browser without script that comes to the page.

`page_states.py` lists the pages in all their states. Whoever wants one more writes a function in a `states_of_…` file,
marked `@state`: it brings the browser there and gives back what the portal answered.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponseBase
from django.test import Client
from django.utils import timezone

from requests import access, identity, workflow
from requests.answers import Draft
from requests.intake import Acting
from requests.models import RightsRequest, Submission
from requests.terms import Authority, Capacity, Right
from tests.cast import FACTS, ROSAS_MAIL, STATEMENT, fresh, prove, submit
from tests.endings import Team
from tests.papers import received
from verification.models import EvidenceKind

A_TUESDAY = datetime(2026, 3, 10, 9, tzinfo=ZoneInfo("America/Chicago"))
FROM_HERE = "127.0.0.1"  # for the limits of an address
HUB = "/your-request/all/"
AUTHORITY = {
    Capacity.AGENT: Authority.SIGNED_PERMISSION,
    Capacity.PARENT: Authority.PARENT,
    Capacity.COMPANY: Authority.OFFICER,
}
TWO_FACTS = {kind: FACTS[kind] for kind in (EvidenceKind.ACCOUNT_NUMBER, EvidenceKind.SERVICE_ADDRESS)}
WITHOUT_MAIL = {"email": "", "phone": "972-555-0143"}
PDF = b"%PDF-1.7 a paper"
NO_PAPER = b"\x00 neither a photo nor a PDF"
TYPED_NAME, TYPED_TEXT = "Rosa Marquez", "The street is Elm Street, not Elk Street."
WRITTEN_BY_US = "You got the same copy in May and in June."
SUBJECT = "Elm"  # for whom Gia asks
FILE_NAME = "elm.pdf"
# All that people type in these states; it stands on pages as it was typed, in whatever language they are.
TYPED = (
    *(TYPED_NAME, TYPED_TEXT, WRITTEN_BY_US, SUBJECT, FILE_NAME, ROSAS_MAIL, "rosa@", "gia@agents.example", "Gia Holt"),
    *("rosa@gmial.com", "rosa@gmail.com"),
    *("972-555-0143", "12 Elm Street, Plano", "letter.exe", "too-much.pdf", STATEMENT),
)


@dataclass
class Situation:
    """Who is there, and the browser of whoever looks at the page."""

    team: Team
    browser: Client
    language: str = "en"

    def at(self, path: str) -> str:
        """The address of a page in the language of this situation."""
        prefixed = self.language != "en" and not path.startswith(f"/{self.language}/")
        return f"/{self.language}{path}" if prefixed else path

    def opens(self, path: str) -> HttpResponseBase:
        return self.browser.get(self.at(path), follow=True)

    def sends(self, path: str, **fields: Any) -> HttpResponseBase:
        """A form as a browser sends it, which is never empty: it bears a token."""
        return self.browser.post(self.at(path), {"csrfmiddlewaretoken": "x"} | fields, follow=True)

    def has_come_back(self, to: Submission | RightsRequest, *contacts: str) -> "Situation":
        """A session such as codes to these contacts open; by default to the address that was typed."""
        submission = to.submission if isinstance(to, RightsRequest) else to
        now, session = timezone.now().timestamp(), self.browser.session
        proofs = dict.fromkeys(contacts or (access.TYPED,), now)
        session.update({"submission": str(submission.pk), "since": now, "seen": now, "proofs": proofs})
        session.save()
        return self

    def hub_of(self, to: Submission | RightsRequest) -> HttpResponseBase:
        return self.has_come_back(to).opens(HUB)

    def page_of(self, one: RightsRequest, page: str, *contacts: str) -> HttpResponseBase:
        return self.has_come_back(one, *contacts).opens(f"/your-request/{one.reference}/{page}/")

    def answers(self, *steps: tuple[str, dict[str, Any]]) -> None:
        """Question pages, one after the other."""
        for path, fields in steps:
            self.sends(path, **fields)

    def asks(self, *rights: Right, **more: Any) -> RightsRequest:
        """A request that came in, the first of several; Texas unless said otherwise."""
        return fresh(submit(*rights, language=self.language, **more).rights_requests.order_by("reference")[0])

    def gia_asks(self, capacity: Capacity, *rights: Right, **more: Any) -> RightsRequest:
        given = {"name": "Gia Holt", "email": "gia@agents.example"} | more
        return self.asks(*rights, capacity=capacity, acting=Acting(SUBJECT, AUTHORITY[capacity]), **given)

    def in_work(self, *rights: Right, **more: Any) -> RightsRequest:
        one = self.asks(*rights, **more)
        workflow.take(one, by=self.team.abe)
        return fresh(one)

    def proven(self, *rights: Right, **more: Any) -> RightsRequest:
        return prove(self.in_work(*rights, **more), self.team.vera)

    def shown(self, *rights: Right, **more: Any) -> RightsRequest:
        """Facts and a statement that nobody has looked at yet."""
        one = self.in_work(*rights, **more)
        identity.show(one.submission, FACTS, STATEMENT)
        return fresh(one)

    def released(self, one: RightsRequest, draft: Draft) -> RightsRequest:
        workflow.answer(one, draft, by=self.team.abe)
        if fresh(one).is_open:
            workflow.release(one, by=self.team.bea)
        return fresh(one)


State = Callable[[Situation], HttpResponseBase]
STATES: dict[str, State] = {}


def state(function: State) -> State:
    """Lists a state under the name of its function."""
    name = function.__name__
    assert name not in STATES, f"two states are called {name}"
    STATES[name] = function
    return function


def states_from(names: Iterable[Any], function: Callable[[Situation, Any], HttpResponseBase], called: str) -> None:
    """Lists one state for each of several things."""
    for name in names:

        def one(situation: Situation, name: Any = name) -> HttpResponseBase:
            return function(situation, name)

        one.__name__ = called.format(str(name))
        state(one)


@pytest.fixture
def situation(tess, vera, abe, bea, client, time_machine) -> Situation:
    """Everybody is there; it is a Tuesday morning in March."""
    time_machine.move_to(A_TUESDAY)
    return Situation(Team(tess, vera, abe, bea, time_machine), client)


def upload(name: str = FILE_NAME, content: bytes = PDF) -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, content)


def sealed(name: str = FILE_NAME, content: bytes = PDF):
    """A file as a verb gets it."""
    return received(name, content)
