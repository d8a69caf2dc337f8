"""From a paper as it came to clean pages, and the original destroyed.

    given ──scanned, drawn anew──► clean       the original is destroyed at once: it has a data key of its own
          ──not to be opened─────► refused     and destroyed
          ──taken back───────────► removed     and destroyed, clean pages too

The row is the queue. A worker takes a paper for a while (`leased_until`), scans it, has it drawn, and writes pages and
state in one transaction, in which the original's key gets its end; then that key is destroyed. Killed at any line, the
next sweep takes the paper again when the lease is over, or finds the key whose end has come. Pages lie in files whose
ids follow from the paper, so that a second try writes over what a first one left.

Nothing plain touches a disk: the paper is opened in memory, and goes to scanner and child through sockets and pipes.
"""

import hashlib
import logging
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from primevox_privacy.ledger.models import Event, record
from primevox_privacy.sealed import files, forgetting
from primevox_privacy.sealed.cipher import Unreadable, blind_index
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey, SealedFile
from primevox_privacy.staff.models import User
from primevox_privacy.turns import wait_for_turn
from verification import redraw, scanning
from verification.levels import AssuranceLevel
from verification.models import (
    Check,
    CheckState,
    Evidence,
    EvidenceKind,
    Page,
    Paper,
    PaperState,
    Scanned,
    WhyRefused,
)
from verification.papers import LONGEST_START, kind_of
from verification.redraw import Drawn, NotDrawn
from verification.scanning import Verdict
from verification.signals import paper_refused

LEASE = timedelta(minutes=3)  # longer than scanning and drawing take at most
ASK_AGAIN = timedelta(minutes=1)  # when the scanner was away
MOST_TRIES = 3  # workers that a paper may take down with it before it is let go
SMALL_FILE = 10_000  # bytes; hardly a photo of anything
DIGEST = "paper"  # purpose of the blind index

logger = logging.getLogger(__name__)


class Flag(StrEnum):
    """What a verifier should know before a paper convinces them."""

    BLANK = "blank"
    SMALL = "small"
    SEEN_ELSEWHERE = "seen_elsewhere"
    NOT_SCANNED = "not_scanned"


class NotToBeOpened(Exception):
    """The paper is not drawn yet, was refused, or is gone."""


# --- Given -----------------------------------------------------------------------------------------------------
def take_in(check: Check, piece: Evidence, name: str, chunks: Iterable[bytes]) -> Paper:
    """Keep a paper as it came, under a key of its own. Part of a verb, which records it."""
    paper = Paper(check_made=check, piece=piece, proof_key_id=check.proof_key_id)
    paper.original_key, paper.pages_key = _new_key(paper.pk, check), _new_key(uuid.uuid4(), check)
    seen = hashlib.sha256()
    piece.file = SealedFile.store(paper.original_key, name, _watched(chunks, seen))
    piece.save(force_insert=True)
    paper.size, paper.is_small = piece.file.size, piece.file.size < SMALL_FILE
    paper.digest = blind_index(DIGEST, seen.hexdigest())
    paper.save(force_insert=True)
    return paper


def _new_key(owner: uuid.UUID, check: Check) -> DataKey:
    """A key that a hold or freeze keeps from the first moment, where one stands. The paper owns that of its original;
    that of its pages has an owner of its own, so that an owner has one key of a life."""
    key = DataKey.make(owner, Life.DOCUMENT)
    key.held = check.proof_key.held
    key.save(force_insert=True)
    return key


def _watched(chunks: Iterable[bytes], seen) -> Iterator[bytes]:
    for chunk in chunks:
        seen.update(chunk)
        yield chunk


# --- Drawn -----------------------------------------------------------------------------------------------------
def draw_owed(now: datetime | None = None) -> int:
    """Draw every paper that waits; how many are settled now. Then destroy originals that an earlier sweep left."""
    now = now or timezone.now()
    settled = 0
    if scanning.is_configured() or not settings.PRODUCTION:
        for paper in Paper.objects.free(now).order_by("given_at"):
            if _taken(paper, now) and _settle(paper):
                settled += 1
                destroy_ended(paper)
    for paper in with_ended_keys():
        destroy_ended(paper)
    return settled


def _taken(paper: Paper, now: datetime) -> bool:
    """Take it, if no other worker was faster."""
    lease = now + LEASE
    taken = Paper.objects.free(now).filter(pk=paper.pk).update(leased_until=lease, tries=F("tries") + 1)
    paper.leased_until, paper.tries = lease, paper.tries + 1
    return bool(taken)


def _settle(paper: Paper) -> bool:
    """Scan and draw it; whether it is settled now. What a paper does to this process, it does no more than thrice."""
    if paper.tries > MOST_TRIES:
        return _refuse(paper, WhyRefused.TOO_HEAVY)
    try:
        content = _original(paper)
    except (Unreadable, FileNotFoundError):
        logger.warning("paper %s does not open", paper.pk)
        return False  # destroyed a moment ago, with the decision; what else it is, the next tries end
    verdict = scanning.scan(content)
    if verdict is Verdict.AWAY or (verdict is Verdict.OFF and settings.PRODUCTION):
        again = timezone.now() + ASK_AGAIN
        Paper.objects.filter(pk=paper.pk).update(leased_until=again, tries=F("tries") - 1)
        return False
    if verdict is Verdict.FOUND:
        return _refuse(paper, WhyRefused.INFECTED)
    paper.scanned = Scanned.CLEAN if verdict is Verdict.CLEAN else Scanned.OFF
    kind = kind_of(content[:LONGEST_START])
    if not kind:
        return _refuse(paper, WhyRefused.NOT_A_PAPER if content else WhyRefused.EMPTY)
    try:
        pages = redraw.draw(kind, content)
    except NotDrawn as not_drawn:
        return _refuse(paper, not_drawn.why)
    return _keep(paper, pages)


def _original(paper: Paper) -> bytes:
    piece = Evidence.objects.select_related("file__key").get(paper=paper)
    if piece.file is None:
        raise Unreadable("the original is destroyed")
    return b"".join(piece.file.chunks())


@transaction.atomic
def _keep(paper: Paper, pages: list[Drawn]) -> bool:
    """Write the clean pages down, and give the original its end. Not what was decided or taken back meanwhile."""
    check = _in_turn(paper)
    if not _still_taken(paper):
        return False
    Page.objects.filter(paper=paper).delete()
    key = DataKey.objects.get(pk=paper.pages_key_id)
    for number, page in enumerate(pages, start=1):
        stored = SealedFile(pk=_file_of_page(paper, number), key=key, name=f"page {number}")
        stored.size = files.write(stored.path, key.opened(), str(stored.pk), [page.jpeg])
        stored.save(force_insert=True)
        Page.objects.create(paper=paper, proof_key_id=paper.proof_key_id, number=number, file=stored)
    paper.drawn_digest = blind_index(DIGEST, hashlib.sha256(b"".join(page.jpeg for page in pages)).hexdigest())
    paper.pages_drawn = len(pages)
    paper.is_blank = all(page.is_blank for page in pages)
    paper.is_small = paper.size < SMALL_FILE or all(page.is_small for page in pages)
    _write_state(paper, PaperState.CLEAN)
    record(check.pk, "paper_drawn", by="system", paper=str(paper.piece_id), pages=len(pages))
    if seen_elsewhere(paper):
        record(check.pk, "paper_seen_before", by="system", paper=str(paper.piece_id))
    return True


@transaction.atomic
def _refuse(paper: Paper, why: WhyRefused) -> bool:
    """Not to be opened. Whoever gave it is told why, and can give another."""
    check = _in_turn(paper)
    if not _still_taken(paper):
        return False
    paper.why_refused = why
    _write_state(paper, PaperState.REFUSED)
    record(check.pk, "paper_refused", by="system", paper=str(paper.piece_id), why=why.value)
    _ask_on(check)
    paper_refused.send(sender=Paper, paper=paper, check=check)
    return True


def _ask_on(check: Check) -> None:
    """Where a document was asked for and none is left, the check waits for the requester again."""
    if not check.papers.usable().filter(piece__kind=EvidenceKind.DOCUMENT).exists():
        waits = Check.objects.filter(pk=check.pk, state=CheckState.GIVEN, level_asked=AssuranceLevel.T4)
        waits.update(state=CheckState.OPEN, asked_at=timezone.now())


def _in_turn(paper: Paper) -> Check:
    check = Check.objects.select_related("proof_key").get(pk=paper.check_made_id)
    wait_for_turn(check.subject)
    return Check.objects.select_related("proof_key").get(pk=check.pk)


def _still_taken(paper: Paper) -> bool:
    return Paper.objects.waiting().filter(pk=paper.pk, leased_until=paper.leased_until).exists()


def _write_state(paper: Paper, state: PaperState) -> None:
    """What a clean paper still needs are its pages; any other needs nothing any more."""
    paper.state, paper.leased_until = state, None
    paper.save()
    over = [paper.original_key_id] if state == PaperState.CLEAN else [paper.original_key_id, paper.pages_key_id]
    DataKey.objects.alive().filter(pk__in=over, ends_at=None).update(ends_at=timezone.now())


def with_ended_keys(now: datetime | None = None) -> QuerySet[Paper]:
    """Papers of which something has come to its end and is still there."""
    over = DataKey.objects.over(now or timezone.now()).filter(life=Life.DOCUMENT)
    return Paper.objects.filter(Q(original_key__in=over) | Q(pages_key__in=over))


def destroy_ended(paper: Paper, now: datetime | None = None) -> None:
    """Destroy what has come to its end of a paper. Where this process dies before, the next sweep does it."""
    forget_leftovers(paper)
    for key in DataKey.objects.over(now or timezone.now()).filter(pk__in=[paper.original_key_id, paper.pages_key_id]):
        forgetting.destroy(key)


def end_papers(check: Check) -> None:
    """Identity is decided: papers and their clean pages have come to their end."""
    keys_of([check.pk]).filter(ends_at=None).update(ends_at=timezone.now())


def keys_of(checks: Iterable[uuid.UUID]) -> QuerySet[DataKey]:
    """The keys under which papers and clean pages of these checks lie or lay."""
    of_papers = Paper.objects.filter(check_made__in=checks)
    return DataKey.objects.filter(Q(pk__in=of_papers.values("original_key")) | Q(pk__in=of_papers.values("pages_key")))


def _file_of_page(paper: Paper, number: int) -> uuid.UUID:
    return uuid.uuid5(paper.pk, f"page {number}")


def forget_leftovers(paper: Paper) -> None:
    """Unlink page files without a row: what a worker wrote that was killed before it could say so."""
    ids = {_file_of_page(paper, number) for number in range(1, redraw.MOST_PAGES + 1)}
    for pk in ids - set(SealedFile.objects.filter(pk__in=ids).values_list("pk", flat=True)):
        SealedFile(pk=pk).path.unlink(missing_ok=True)


# --- Taken back ------------------------------------------------------------------------------------------------
@transaction.atomic
def remove(paper: Paper) -> bool:
    """Who gave it takes it back before identity is decided; whether there was still something to take back."""
    check = _in_turn(paper)
    if check.is_decided or not Paper.objects.usable().filter(pk=paper.pk).exists():
        return False
    SealedFile.objects.filter(pk__in=Page.objects.filter(paper=paper).values("file")).delete()
    paper.refresh_from_db()
    paper.digest = paper.drawn_digest = ""
    _write_state(paper, PaperState.REMOVED)
    record(check.pk, "paper_removed", by="requester", paper=str(paper.piece_id))
    _ask_on(check)
    transaction.on_commit(lambda: destroy_ended(paper))
    return True


def bytes_of(subject: uuid.UUID) -> int:
    """How much was given as papers that are kept, or to be drawn, for checks of this subject."""
    kept = Paper.objects.usable().filter(check_made__subject=subject, pages_key__ends_at=None)
    return kept.aggregate(given=Sum("size", default=0))["given"]


# --- Looked at -------------------------------------------------------------------------------------------------
def seen_elsewhere(paper: Paper) -> list[uuid.UUID]:
    """The subjects of other checks, not closed yet, in which the same file or the same pages were given."""
    same = Q(digest=paper.digest) if paper.digest else Q(pk=None)
    if paper.drawn_digest:
        same |= Q(drawn_digest=paper.drawn_digest)
    others = Paper.objects.filter(same).exclude(check_made__subject=paper.check_made.subject)
    return list(others.order_by("check_made__subject").values_list("check_made__subject", flat=True).distinct())


def flags(paper: Paper) -> list[Flag]:
    """What to tell a verifier beside a paper."""
    found = {
        Flag.BLANK: paper.is_blank,
        Flag.SMALL: paper.is_small,
        Flag.SEEN_ELSEWHERE: bool(seen_elsewhere(paper)),
        Flag.NOT_SCANNED: paper.state == PaperState.CLEAN and paper.scanned != Scanned.CLEAN,
    }
    return [flag for flag, is_so in found.items() if is_so]


def pages_kept(paper: Paper) -> list[Page]:
    """The clean pages that still open, in order."""
    there = paper.pages.filter(file__key__destroyed_at=None, paper__state=PaperState.CLEAN)
    return list(there.select_related("file__key"))


def blurred(paper: Paper) -> bytes:
    """The content of the first page for a view in which nothing can be made out; no look. Raises NotToBeOpened."""
    return _content(pages_kept(paper)[:1])[0]


@transaction.atomic
def look(paper: Paper, reason: str, *, by: User) -> list[bytes]:
    """The clean pages, for a verifier's eyes. Every look is recorded with its reason (policy §8). Raises
    NotToBeOpened; nothing is recorded then."""
    found = _content(pages_kept(paper))
    record(paper.check_made_id, "paper_looked_at", by=by.as_actor, paper=str(paper.piece_id), reason=reason)
    return found


def has_looked(check: Check, by: User) -> bool:
    """Whether this verifier has opened a document of the current round."""
    given = Evidence.objects.filter(check_made=check, kind=EvidenceKind.DOCUMENT, round=check.round)
    looks = Event.objects.filter(about=check.pk, kind="paper_looked_at", actor=by.as_actor)
    opened = {event.detail.get("paper") for event in looks}
    return any(str(pk) in opened for pk in given.values_list("pk", flat=True))


def _content(pages: list[Page]) -> list[bytes]:
    if not pages:
        raise NotToBeOpened
    try:
        return [b"".join(page.file.chunks()) for page in pages]
    except (Unreadable, FileNotFoundError):
        raise NotToBeOpened from None
