"""The verbs of the vault: begin a check, give what is asked, compare, decide.

What was given is for this check alone (policy §8). A failed check names the method, never the fact.
"""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from primevox_privacy.celery import ring
from primevox_privacy.ledger.models import record
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from primevox_privacy.sealed.uploads import SealedUpload
from primevox_privacy.staff.models import User
from primevox_privacy.turns import wait_for_turn
from verification import clean_pages
from verification.levels import AssuranceLevel
from verification.methods import METHODS, document, mail_code, opening_call_detail
from verification.models import PAPERS, Check, CheckState, ContactOnFile, Evidence, EvidenceKind, Paper
from verification.signals import check_decided

MOST_ROUNDS = 3  # how often somebody may give facts again
MOST_PAPERS = 5  # for one check


class CheckNotAllowed(Exception):
    """A step that the check does not allow now; somebody else was faster, or it is already decided."""


def begin(subject: uuid.UUID, level: AssuranceLevel) -> Check:
    """A new check with its key, both not yet saved: the caller writes them with the rest of its transaction."""
    check = Check(subject=subject, level_asked=level)
    check.proof_key = DataKey.make(check.pk, Life.PROOF)
    return check


def raise_level(check: Check, level: AssuranceLevel, *, by: User | None = None) -> None:
    """Ask for more than before. A check that was decided on less is opened again."""
    if check.is_decided and level > check.level_reached:
        reopen(check, level, by=by)
    elif level > check.level_asked:
        check.level_asked = level
        check.save(update_fields=["level_asked"])


def ask_no_more_than(check: Check, level: AssuranceLevel) -> None:
    """Less is enough now: what is still open asks for no more. What is decided stays as it was decided."""
    undecided = Check.objects.filter(pk=check.pk, state__in=[CheckState.OPEN, CheckState.GIVEN])
    if undecided.filter(level_asked__gt=level).update(level_asked=level):
        check.refresh_from_db()


def reopen(check: Check, level: AssuranceLevel, *, by: User | None = None, kind: str = "identity_asked_again") -> None:
    """Ask once more, in a new round; a decision that was made on less is taken back."""
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
    record(check.pk, kind, by=by.as_actor if by else "system", round=check.round)


@transaction.atomic
def begin_anew(check: Check) -> bool:
    """How somebody is reached has changed: what was given or shown until now counts no more, and is asked for once
    more. Whether anything was: what still waits for them, or was not shown, stays as it is."""
    wait_for_turn(check.subject)
    check.refresh_from_db()
    if check.state not in (CheckState.GIVEN, CheckState.PASSED, CheckState.NO_RECORD):
        return False
    reopen(check, check.asked, kind="identity_begun_anew")
    return True


def wait_anew(check: Check) -> None:
    """Nobody could give anything for a while: what is asked counts as asked now."""
    Check.objects.filter(pk=check.pk, state=CheckState.OPEN).update(asked_at=timezone.now())


def _move(check: Check, came_from: CheckState, to: CheckState, **changes) -> None:
    """Change the state only if nobody was faster."""
    wait_for_turn(check.subject)
    if not Check.objects.filter(pk=check.pk, state=came_from).update(state=to, **changes):
        raise CheckNotAllowed
    check.refresh_from_db()


@transaction.atomic
def give(check: Check, facts: Mapping[EvidenceKind, str], statement: str | None) -> None:
    """Take in facts and, where asked, the signed statement. The answer is only ever "thank you, we will check"."""
    _move(check, CheckState.OPEN, CheckState.GIVEN, given_at=timezone.now())
    if not DataKey.objects.filter(pk=check.proof_key_id, ends_at=None).exists():
        raise CheckNotAllowed  # all is closed, and what is given now would go at once
    pieces = dict(facts) | ({EvidenceKind.STATEMENT: statement} if statement else {})
    Evidence.objects.bulk_create(
        Evidence(check_made=check, kind=kind, value=value, round=check.round, proof_key=check.proof_key)
        for kind, value in pieces.items()
        if value
    )
    record(check.pk, "identity_given", by="requester", kinds=sorted(pieces))


@transaction.atomic
def give_file(check: Check, kind: EvidenceKind, upload: SealedUpload) -> Evidence:
    """Take in a paper. Raises CheckNotAllowed when there are too many, or too late."""
    wait_for_turn(check.subject)
    now = Check.objects.select_related("proof_key").get(pk=check.pk)
    is_late = now.proof_key.ends_at is not None or (now.is_decided and kind != EvidenceKind.AUTHORITY)
    if is_late or now.papers.usable().count() >= MOST_PAPERS:
        raise CheckNotAllowed
    piece = Evidence(check_made=now, kind=kind, round=now.round, proof_key=now.proof_key)
    clean_pages.take_in(now, piece, upload.name or "", upload.chunks())
    record(now.pk, "paper_given", by="requester", kinds=[kind])
    transaction.on_commit(lambda: ring("verification.tasks.redraw_owed"))
    return piece


@transaction.atomic
def give_documents(check: Check, uploads: Iterable[SealedUpload]) -> None:
    """Take in what was asked for as a document: now the check waits for the verifier. Raises CheckNotAllowed."""
    wait_for_turn(check.subject)
    check.refresh_from_db()
    if check.asked < AssuranceLevel.T4:
        raise CheckNotAllowed  # papers come last, and nobody is to give more than was asked (policy §8)
    for upload in uploads:
        give_file(check, EvidenceKind.DOCUMENT, upload)
    if check.state == CheckState.OPEN:
        _move(check, CheckState.OPEN, CheckState.GIVEN, given_at=timezone.now())


def look(check: Check, *, by: User) -> list[Evidence]:
    """What was given in the last round, for a verifier's eyes. Every look is recorded (policy §8)."""
    record(check.pk, "identity_looked_at", by=by.as_actor)
    return given(check)


def given(check: Check) -> list[Evidence]:
    """The same for a page that goes on showing what a recorded look opened; else ask `look`."""
    kept = check.evidence.filter(round=check.round).exclude(kind__in=PAPERS)
    return list(kept.select_related("proof_key").order_by("kind"))


def papers(check: Check, kind: EvidenceKind) -> list[Evidence]:
    """The papers of a kind that are kept, of whatever round: with clean pages, or soon to be drawn."""
    kept = check.evidence.filter(kind=kind, paper__in=Paper.objects.usable(), paper__pages_key__destroyed_at=None)
    return list(kept.select_related("paper__check_made").order_by("given_at"))


@transaction.atomic
def ask_for_document(check: Check, *, by: User) -> None:
    """Nothing less was enough: ask for a document, in a new round. Raises CheckNotAllowed once one was seen."""
    if check.reached >= AssuranceLevel.T4:
        raise CheckNotAllowed
    reopen(check, AssuranceLevel.T4, by=by, kind="document_asked")


@transaction.atomic
def ask_again(check: Check, *, by: User) -> None:
    """Facts did not match, or reached less than was asked: ask once more. Says which method failed, never which
    fact (policy §8)."""
    if check.round >= MOST_ROUNDS:
        raise CheckNotAllowed
    if check.state == CheckState.PASSED and check.level_reached < check.level_asked:
        reopen(check, check.asked, by=by)
        return
    _move(check, CheckState.GIVEN, CheckState.OPEN, round=F("round") + 1, asked_at=timezone.now())
    record(check.pk, "identity_asked_again", by=by.as_actor, round=check.round)


def _compared(check: Check, matched: Iterable[EvidenceKind], disputed: Iterable[EvidenceKind]) -> list[Evidence]:
    """What was given in this round, marked as it would be decided; not yet saved."""
    wanted = set(matched) - set(disputed)
    current = list(check.evidence.filter(round=check.round))
    for piece in current:
        piece.matched = piece.kind in wanted
    return current


def would_reach(
    check: Check, method_id: str, matched: Iterable[EvidenceKind], disputed: Iterable[EvidenceKind] = ()
) -> AssuranceLevel:
    """The level that `decide` would record; nothing is decided, and nothing saved."""
    return METHODS[method_id].level(_compared(check, matched, disputed))


@transaction.atomic
def decide(
    check: Check,
    method_id: str,
    matched: Iterable[EvidenceKind],
    disputed: Iterable[EvidenceKind] = (),
    *,
    by: User,
) -> AssuranceLevel:
    """Record what the verifier compared or saw; the level follows from the method, not from the verifier. A fact in
    dispute, because a correction is about it, never counts (11 CCR 7060(h)).

    A document counts for who has opened it. Returns the level reached. Raises CheckNotAllowed when the method reaches
    less than any level, or too late.
    """
    method = METHODS[method_id]
    if not method.BY_STAFF:
        raise CheckNotAllowed
    current = _compared(check, matched, disputed)
    Evidence.objects.bulk_update(current, ["matched"])
    level = method.level(current)
    if level == AssuranceLevel.T0 or (method_id == document.ID and not clean_pages.has_looked(check, by)):
        raise CheckNotAllowed
    _pass(check, level, method_id, by=by)
    return level


@transaction.atomic
def open_call_detail(check: Check, method_id: str, *, by: User) -> None:
    """Beside what was decided, the verifier did what suffices for call records: called back the number of record, or
    wrote to the address of record (47 CFR 64.2010). Raises CheckNotAllowed before identity is shown."""
    if method_id not in opening_call_detail():
        raise CheckNotAllowed
    wait_for_turn(check.subject)
    shown = Check.objects.filter(pk=check.pk, state=CheckState.PASSED, opens_call_detail=False)
    if not shown.update(opens_call_detail=True):
        raise CheckNotAllowed
    check.refresh_from_db()
    record(check.pk, "call_detail_opened", by=by.as_actor, method=method_id)


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
    said = {"level": check.level_reached, "asked": check.level_asked, "method": check.method}
    record(check.pk, f"identity_{state}", by=actor, **said)
    clean_pages.end_papers(check)
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
