"""The cast. Rosa asks, Tess triages, Vera verifies, Abe and Bea approve, Otto audits, Ada administers, Cora and Cyd
collect; Stan is a stranger. And the situations they meet in."""

import time
from datetime import date, datetime, timedelta

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from primevox_privacy.ledger.models import record
from primevox_privacy.outbox import sending
from primevox_privacy.staff import sessions
from primevox_privacy.staff.models import User
from primevox_privacy.staff.second_factor import PASSKEY
from requests import acting_for, clock, identity, workflow
from requests.answers import Draft
from requests.intake import Asked, take_in
from requests.models import RightsRequest, Submission
from requests.terms import Ending, Right, Role
from verification import checks
from verification.models import EvidenceKind

ROSAS_MAIL = "rosa@mail.example"
FACTS = {
    EvidenceKind.ACCOUNT_NUMBER: "PV-004417",
    EvidenceKind.SERVICE_ADDRESS: "12 Elm Street, Plano",
    EvidenceKind.PHONE_ON_ACCOUNT: "972-555-0143",
}
STATEMENT = "I declare under penalty of perjury that this is me. Rosa Marquez, 2026-11-23"


def person(name: str, *roles: Role) -> User:
    user = User.objects.create(
        username=name.lower(), first_name=name, email=f"{name.lower()}@primevox.example", is_staff=True
    )
    user.groups.set(Group.objects.filter(name__in=roles))
    return user


@pytest.fixture
def tess(db):
    return person("Tess", Role.TRIAGE)


@pytest.fixture
def vera(db):
    return person("Vera", Role.VERIFIER)


@pytest.fixture
def abe(db):
    return person("Abe", Role.APPROVER)


@pytest.fixture
def bea(db):
    return person("Bea", Role.APPROVER)


@pytest.fixture
def otto(db):
    return person("Otto", Role.AUDITOR)


@pytest.fixture
def ada(db):
    return person("Ada", Role.ADMINISTRATOR)


@pytest.fixture
def cora(db):
    return person("Cora", Role.COLLECTOR)


def signed_in(user: User, kind: str = PASSKEY) -> Client:
    """A browser in which they showed a second factor a moment ago."""
    client = Client()
    client.force_login(user)
    session, now = client.session, time.time()
    session.update({sessions.SINCE: now, sessions.SEEN: now})
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "at": now, "type": str(kind)}]
    session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = str(user.pk)
    session.save()
    return client


def submit(*rights: Right, received_at=None, **more) -> Submission:
    """A submission of Rosa's, through the same verb as the pages."""
    given = {"name": "Rosa Marquez", "email": ROSAS_MAIL, "residence": "US-TX"} | more
    return take_in(Asked(rights=rights or (Right.ACCESS,), **given), received_at=received_at)


def ask(right: Right = Right.ACCESS, **more) -> RightsRequest:
    """One request of Rosa's, as a verb meets it: fetched afresh."""
    return fresh(submit(right, **more).rights_requests.get())


def fresh(one: RightsRequest) -> RightsRequest:
    related = RightsRequest.objects.select_related("submission__check_made", "content_key", "record_key")
    return related.get(pk=one.pk)


def office_noon(days: float = 0) -> datetime:
    """Noon at the office on the day that many days from now: reminders leave from the morning on."""
    then = timezone.localtime(timezone.now() + timedelta(days=days))
    return then.replace(hour=12, minute=0, second=0, microsecond=0)


def deliver() -> None:
    """The mail server takes what waits, and the sweep after it counts the new dates that were told."""
    sending.send_owed()
    clock.count_extensions_told()


def prove(one: RightsRequest, vera: User, facts=FACTS, statement: str | None = STATEMENT) -> RightsRequest:
    """Rosa shows who she is, Vera finds it right and enters the contact on file."""
    identity.show(one.submission, facts, statement)
    identity.enter_contact(one.submission, ROSAS_MAIL, date(2021, 3, 1), by=vera)
    checks.decide(identity.check_of(one), "matched_facts", facts, by=vera)
    return fresh(one)


def reads_papers(one: RightsRequest, vera: User) -> None:
    """Vera opens every paper that shows an authority; each look stands in the record."""
    for paper in acting_for.papers_of(fresh(one).submission):
        record(paper.check_made_id, "paper_looked_at", by=vera.as_actor, paper=str(paper.pk))


@pytest.fixture
def rosas_request(db):
    """Access for herself, in Texas: level T3."""
    return ask(Right.ACCESS)


@pytest.fixture
def answered(rosas_request, vera, abe, bea):
    """Rosa's access, proven, answered by Abe and released by Bea."""
    one = prove(rosas_request, vera)
    workflow.take(one, by=abe)
    workflow.answer(one, Draft(Ending.FULFILLED, text="Name: Rosa Marquez"), by=abe)
    workflow.release(one, by=bea)
    return fresh(one)
