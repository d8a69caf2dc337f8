"""The verbs of the vault: begin a check, give what is asked, compare, decide.

What was given is for this check alone (policy §8). A failed check names the method, never the fact.
"""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from primevox_privacy.ledger.models import record
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey, SealedFile
from primevox_privacy.sealed.uploads import SealedUpload
from primevox_privacy.staff.models import User
from verification.levels import AssuranceLevel
from verification.methods import METHODS, mail_code
from verification.models import Check, CheckState, ContactOnFile, Evidence, EvidenceKind
from verification.signals import check_decided

MOST_ROUNDS = 3  # how often somebody may give facts again


class CheckNotAllowed(Exception):
    """A step that the check does not allow now; somebody else was faster, or it is already decided."""


def begin(subject: uuid.UUID, level: AssuranceLevel) -> Check:
    """A new check with its key, both not yet saved: the caller writes them with the rest of its transaction."""
    check = Check(subject=subject, level_asked=level)
    check.proof_key = DataKey.make(check.pk, Life.PROOF)
    return check


def raise_level(check: Check, level: AssuranceLevel, *, by: User) -> None:
    """Ask for more than before. A check that was decided on less is opened again."""
    if check.is_decided and level > check.level_reached:
        _reopen(check, level, by=by)
    elif level > check.level_asked:
        check.level_asked = level
        check.save(update_fields=["level_asked"])


def _reopen(check: Check, level: AssuranceLevel, *, by: User) -> None:
    """Decided, but on less than is needed now: the requester is asked once more, and the decision is taken back."""
    _move(
        check,
        CheckState(check.state),
        CheckState.OPEN,
        round=F("round") + 1,
        asked_at=timezone.now(),
        level_asked=max(level, check.level_asked),
        level_reached=AssuranceLevel.T0,
        method="",
        opens_call_detail=False,
        decided_at=None,
        decided_by=None,
    )
    record(check.pk, "identity_asked_again", by=by.as_actor, round=check.round)


def _move(check: Check, came_from: CheckState, to: CheckState, **changes) -> None:
    """Change the state only if nobody was faster."""
    if not Check.objects.filter(pk=check.pk, state=came_from).update(state=to, **changes):
        raise CheckNotAllowed
    check.refresh_from_db()


@transaction.atomic
def give(check: Check, facts: Mapping[EvidenceKind, str], statement: str | None) -> None:
    """Take in facts and, where asked, the signed statement. The answer is only ever "thank you, we will check"."""
    _move(check, CheckState.OPEN, CheckState.GIVEN, given_at=timezone.now())
    pieces = dict(facts) | ({EvidenceKind.STATEMENT: statement} if statement else {})
    Evidence.objects.bulk_create(
        Evidence(check_made=check, kind=kind, value=value, round=check.round, proof_key=check.proof_key)
        for kind, value in pieces.items()
        if value
    )
    record(check.pk, "identity_given", by="requester", kinds=sorted(pieces))


@transaction.atomic
def give_file(check: Check, kind: EvidenceKind, upload: SealedUpload) -> Evidence:
    """Take in a paper, sealed under the document life, which ends with the decision."""
    if Check.objects.select_for_update().filter(pk=check.pk, decided_at=None).first() is None:
        raise CheckNotAllowed
    key, _ = DataKey.objects.get_or_create(
        owner=check.pk, life=Life.DOCUMENT, defaults=_fields_of(DataKey.make(check.pk, Life.DOCUMENT))
    )
    stored = SealedFile.store(key, upload.name or "", upload.chunks())
    piece = Evidence.objects.create(
        check_made=check, kind=kind, file=stored, round=check.round, proof_key=check.proof_key
    )
    record(check.pk, "identity_given", by="requester", kinds=[kind])
    return piece


def _fields_of(key: DataKey) -> dict:
    return {field.attname: getattr(key, field.attname) for field in DataKey._meta.concrete_fields}


def look(check: Check, *, by: User) -> list[Evidence]:
    """What was given in the last round, for a verifier's eyes. Every look is recorded (policy §8)."""
    record(check.pk, "identity_looked_at", by=by.as_actor)
    return list(check.evidence.filter(round=check.round).select_related("proof_key", "file").order_by("kind"))


@transaction.atomic
def ask_again(check: Check, *, by: User) -> None:
    """Facts did not match, or reached less than was asked: ask once more. Says which method failed, never which
    fact (policy §8)."""
    if check.round >= MOST_ROUNDS:
        raise CheckNotAllowed
    if check.state == CheckState.PASSED and check.level_reached < check.level_asked:
        _reopen(check, check.asked, by=by)
        return
    _move(check, CheckState.GIVEN, CheckState.OPEN, round=F("round") + 1, asked_at=timezone.now())
    record(check.pk, "identity_asked_again", by=by.as_actor, round=check.round)


@transaction.atomic
def decide(check: Check, method_id: str, matched: Iterable[EvidenceKind], *, by: User) -> AssuranceLevel:
    """Record what the verifier compared or saw; the level follows from the method, not from the verifier.

    Returns the level reached. Raises CheckNotAllowed when the method reaches less than any level, or too late.
    """
    method = METHODS[method_id]
    if not method.BY_STAFF:
        raise CheckNotAllowed
    wanted = set(matched)
    current = list(check.evidence.filter(round=check.round))
    for piece in current:
        piece.matched = piece.kind in wanted
    Evidence.objects.bulk_update(current, ["matched"])
    level = method.level(current)
    if level == AssuranceLevel.T0:
        raise CheckNotAllowed
    _pass(check, level, method_id, by=by)
    return level


@transaction.atomic
def code_matched(check: Check) -> None:
    """A code sent to a contact on file came back: T1, decided by the code itself."""
    _pass(check, mail_code.level([]), mail_code.ID, by=None)


def _pass(check: Check, level: AssuranceLevel, method_id: str, *, by: User | None) -> None:
    _decide(
        check,
        CheckState.PASSED,
        by=by,
        level_reached=level,
        method=method_id,
        opens_call_detail=METHODS[method_id].OPENS_CALL_DETAIL,
    )


@transaction.atomic
def not_shown(check: Check, method_id: str, *, by: User) -> None:
    """Identity was not shown by this method; the request ends kindly, and can be asked again or appealed."""
    _decide(check, CheckState.NOT_SHOWN, by=by, method=method_id)


@transaction.atomic
def no_record(check: Check, *, by: User) -> None:
    """The controller holds nothing under what was given, so there is nobody to compare with."""
    _decide(check, CheckState.NO_RECORD, by=by)


def _decide(check: Check, state: CheckState, *, by: User | None, **changes) -> None:
    came_from = CheckState(check.state)
    if came_from not in (CheckState.OPEN, CheckState.GIVEN):
        raise CheckNotAllowed
    _move(check, came_from, state, decided_at=timezone.now(), decided_by=by, **changes)
    actor = by.as_actor if by else "requester"
    record(check.pk, f"identity_{state}", by=actor, level=check.level_reached, method=check.method)
    DataKey.objects.filter(owner=check.pk, life=Life.DOCUMENT).update(ends_at=timezone.now())
    check_decided.send(sender=Check, check=check, by=by)


@transaction.atomic
def enter_contact_on_file(
    subject: uuid.UUID, contact_key: DataKey, email: str, on_file_since: date, *, by: User
) -> ContactOnFile:
    """Keep a contact from the controller's own record. It replaces the one before; neither is shown to anybody."""
    ContactOnFile.objects.filter(subject=subject, replaced_at=None).update(replaced_at=timezone.now())
    contact = ContactOnFile.objects.create(
        subject=subject, contact_key=contact_key, email=email, on_file_since=on_file_since, entered_by=by
    )
    record(subject, "contact_on_file_entered", by=by.as_actor)
    return contact


def contact_on_file(subject: uuid.UUID) -> ContactOnFile | None:
    """The contact in use, if a verifier has entered one."""
    return (
        ContactOnFile.objects.select_related("contact_key", "entered_by")
        .filter(subject=subject, replaced_at=None)
        .first()
    )
