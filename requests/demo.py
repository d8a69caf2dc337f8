"""Staff and cases for trying the portal out. Everybody here is made up; cases are made by the same verbs."""

import base64
import secrets
from datetime import date, timedelta
from pathlib import Path

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from primevox_privacy.secrets_at_rest import made_once
from primevox_privacy.staff.models import User
from requests import appeals, identity, workflow
from requests.answers import Draft
from requests.intake import Acting, Asked, take_in
from requests.inventory import checklist, progress
from requests.inventory import demo as systems
from requests.inventory.models import Task, TaskState
from requests.models import RightsRequest, Submission
from requests.terms import Authority, Capacity, DateKind, Ending, ExtensionReason, Right, Role
from verification import checks
from verification.customers import importing
from verification.models import EvidenceKind

STAFF = (
    ("tess", "Tess", "Ibarra", Role.TRIAGE),
    ("vera", "Vera", "Okafor", Role.VERIFIER),
    ("abe", "Abe", "Lindqvist", Role.APPROVER),
    ("bea", "Bea", "Nakamura", Role.APPROVER),
    ("cleo", "Cleo", "Duarte", Role.APPROVER),
    ("otto", "Otto", "Brandt", Role.AUDITOR),
    ("ada", "Ada", "Kowalski", Role.ADMINISTRATOR),
    ("cora", "Cora", "Lindgren", Role.COLLECTOR),
    ("cyd", "Cyd", "Abara", Role.COLLECTOR),
)
FACTS = {
    EvidenceKind.ACCOUNT_NUMBER: "PV-004417",
    EvidenceKind.SERVICE_ADDRESS: "12 Elm Street, Plano",
    EvidenceKind.PHONE_ON_ACCOUNT: "972-555-0143",
}


def seed() -> str:
    """One secret for the authenticator apps of all demo staff, made at random on this machine."""
    made = base64.b32encode(secrets.token_bytes(20)).decode()
    return made_once(settings.VAR_DIR / "secrets", "DEMO_SEED", made)


def password() -> str:
    """One password for all demo staff, made at random on this machine."""
    return made_once(settings.VAR_DIR / "secrets", "DEMO_PASSWORD", f"demo-{secrets.token_urlsafe(12)}")


@transaction.atomic
def load() -> None:
    """Make staff and cases, unless they are there."""
    people = {name: _person(name, first, last, role) for name, first, last, role in STAFF}
    systems.load([people["cora"], people["cyd"]], by=people["ada"])
    if not Submission.objects.exists():
        _customers()
        _cases(**people)


def _customers() -> None:
    """The record that verifiers look in, from the example file."""
    with Path(importing.__file__).with_name("example.csv").open(encoding="utf-8") as lines:
        importing.take_in(importing.rows(lines), told=lambda wrong: None)


def _person(name: str, first: str, last: str, role: Role) -> User:
    user, made = User.objects.get_or_create(
        username=name,
        defaults={
            "first_name": first,
            "last_name": last,
            "email": f"{name}@primevox.example",
            "is_staff": True,
        },
    )
    if made:
        user.set_password(password())
        user.save()
        user.groups.add(Group.objects.get(name=role.value))
    if not Authenticator.objects.filter(user=user).exists():
        TOTP.activate(user, seed())
    return user


def _ask(days_ago: int, *rights: Right, residence: str = "US-TX", name: str, **more) -> list[RightsRequest]:
    if name:
        more.setdefault("email", f"{name.split()[0].lower()}@mail.example")
    submission = take_in(
        Asked(rights=rights, residence=residence, name=name, **more),
        received_at=timezone.now() - timedelta(days=days_ago),
    )
    return list(submission.rights_requests.select_related("submission__check_made", "content_key", "record_key"))


def _found(one: RightsRequest, task: Task, note: str, *, by: User) -> None:
    if checklist.needs_look(task, by):
        checklist.look(one, task, by=by)
    checklist.answer(one, task.pk, TaskState.FOUND, note, by=by)


def _cases(tess: User, vera: User, abe: User, bea: User, **others: User) -> None:
    for one in _ask(9, Right.ACCESS, Right.DELETE, name="Rosa Marquez"):
        workflow.take(one, by=tess)
    identity.show(one.submission, FACTS, "I declare under penalty of perjury that this is me. Rosa Marquez")

    (one,) = _ask(16, Right.KNOW, residence="GB", name="Imogen Clarke")
    workflow.take(one, by=tess)
    workflow.note(one, "Searched billing. Waiting for the platform team.", by=tess)

    (one,) = _ask(12, Right.CORRECT, residence="US-CA", name="Dale Whitcomb", wishes={Right.CORRECT: "Elm, not Elk."})
    workflow.take(one, by=tess)
    workflow.ask(one, "Which of your two accounts do you mean?", by=tess)

    _ask(
        1,
        Right.UNSURE,
        residence="DE",
        name="Jonas Weber",
        wishes={Right.UNSURE: "Why did you call my mother?"},
    )
    _ask(
        0,
        Right.OPT_OUT,
        residence="",
        name="",
        email="",
        phone="972-555-0177",
        wishes={Right.OPT_OUT: "972-555-0177"},
    )

    (one,) = _ask(13, Right.PORTABILITY, residence="US-CO", name="Wei Zhang")
    workflow.take(one, by=abe)
    workflow.extend(one, DateKind.TARGET, ExtensionReason.COMPLEX, timezone.localdate() + timedelta(days=10), by=abe)

    (one,) = _ask(10, Right.DELETE, name="Tom Becker")
    workflow.take(one, by=abe)
    identity.show(one.submission, FACTS, "I declare under penalty of perjury that this is me. Tom Becker")
    identity.enter_contact(one.submission, "tom.becker@mail.example", date(2021, 3, 1), by=vera)
    checks.decide(identity.check_of(one), "matched_facts", FACTS, by=vera)
    one.refresh_from_db()
    workflow.answer(one, Draft(Ending.REFUSED, reason=_WHY, grounds=("policy_7_repetitive",)), by=abe)

    (one,) = _ask(8, Right.ACCESS, name="Lena Ortiz")
    workflow.take(one, by=abe)
    identity.show(one.submission, FACTS, "I declare under penalty of perjury that this is me. Lena Ortiz")
    identity.enter_contact(one.submission, "lena@mail.example", date(2020, 5, 1), by=vera)
    checks.decide(identity.check_of(one), "matched_facts", FACTS, by=vera)
    one.refresh_from_db()
    for task in progress.tasks_of(one):
        _found(one, task, "It is in the copy", by=task.owner or abe)
    workflow.answer(one, Draft(Ending.FULFILLED, text=_COPY), by=abe)
    workflow.release(one, by=bea)

    (one,) = _ask(7, Right.DELETE, name="Nora Quist")
    workflow.take(one, by=tess)
    identity.show(one.submission, FACTS, "I declare under penalty of perjury that this is me. Nora Quist")
    identity.enter_contact(one.submission, "nora@mail.example", date(2020, 5, 1), by=vera)
    checks.decide(identity.check_of(one), "matched_facts", FACTS, by=vera)
    one.refresh_from_db()
    task = progress.tasks_of(one)[0]
    _found(one, task, "Twelve bills since May 2020", by=task.owner or tess)

    _ask(
        6,
        Right.ACCESS,
        name="Gia Romano",
        capacity=Capacity.AGENT,
        acting=Acting("Rosa Marquez", Authority.SIGNED_PERMISSION, subject_email="rosa.marquez@mail.example"),
    )

    (one,) = _ask(5, Right.OPT_OUT, name="Omar Haddad", wishes={Right.OPT_OUT: "omar@mail.example"})
    workflow.take(one, by=tess)
    workflow.answer(one, Draft(Ending.REFUSED, reason=_WHY_NOT_AGAIN, grounds=("policy_7_unfounded",)), by=tess)
    workflow.release(one, by=abe)
    one.refresh_from_db()
    appeals.file(one, "I do get calls from you, every week.", by=workflow.REQUESTER)

    _ask(2, Right.KNOW, name="Wei Zhang", email="wei@mail.example")
    _ask(1, Right.KNOW, name="Wei Zhang", email="wei@mail.example")


_WHY_NOT_AGAIN = "We hold no address or number of yours that we use for advertising."
_WHY = "You asked for the same deletion in May and in July, and both are done."
_COPY = """Name: Lena Ortiz
Account: PV-007781, since May 2020
Service address: 8 Cedar Court, Plano

Support: two calls in 2025, recordings deleted after 90 days."""
