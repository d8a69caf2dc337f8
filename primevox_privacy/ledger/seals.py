"""Sealing the record, and checking that it is whole.

A seal signs the digests of all events since the last one and names the digest of the seal before it. The latest
is also appended to a file outside the database, so that cutting off or rewriting the end is noticed too.
"""

import hashlib
import json
import os
from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from primevox_privacy import signed
from primevox_privacy.ledger.models import Event, Seal

LONGEST_TRANSACTION = timedelta(hours=1)  # an event may become visible this long after its own instant
UNSEALED_ALARM = timedelta(minutes=10)
BEFORE_ANY_EVENT = datetime(2000, 1, 1, tzinfo=UTC)


def _digest_of(events: Iterable[Event]) -> str:
    return hashlib.sha256("".join(f"{event.pk}{event.digest}" for event in events).encode()).hexdigest()


def seal_new_events() -> Seal | None:
    """Sign what is not yet sealed. None if there is nothing, or if another worker has just done it."""
    last = Seal.objects.order_by("-number").first()
    since = (last.at if last else BEFORE_ANY_EVENT) - LONGEST_TRANSACTION
    events = sorted(Event.objects.unsealed_since(since), key=lambda event: str(event.pk))
    if not events:
        return None
    seal = Seal(
        number=last.number + 1 if last else 1,
        at=timezone.now(),
        previous=last.digest() if last else "",
        leaves=[str(event.pk) for event in events],
        leaves_digest=_digest_of(events),
        key_version=signed.current_version(),
    )
    seal.signature = signed.signature(seal.statement())
    try:
        with transaction.atomic():
            seal.save(force_insert=True)
    except IntegrityError:
        return None
    _write_head(seal)
    return seal


def _write_head(seal: Seal) -> None:
    line = json.dumps({"number": seal.number, "digest": seal.digest()}) + "\n"
    settings.LEDGER_HEAD_FILE.parent.mkdir(parents=True, exist_ok=True)
    with settings.LEDGER_HEAD_FILE.open("a") as head:
        head.write(line)
        head.flush()
        os.fsync(head.fileno())


def unsealed_since(now: datetime) -> datetime | None:
    """Since when the record has not been sealed, where that is longer than ten minutes; None if all is well. Cheap:
    `faults` walks everything."""
    overdue = Event.objects.filter(at__lt=now - UNSEALED_ALARM)
    last = Seal.objects.order_by("-number").only("at").first()
    if last:
        overdue = overdue.filter(at__gt=last.at)
    return overdue.order_by("at").values_list("at", flat=True).first()


def faults() -> Iterator[str]:
    """Walk every seal and event; one sentence for each bad place, the first first. Nothing if all is whole."""
    previous, covered, digests = "", set(), {}
    for number, seal in enumerate(Seal.objects.order_by("number").iterator(), start=1):
        if seal.number != number:
            yield missing(number)
            return
        digests[number] = seal.digest()
        yield from faults_of(
            seal, previous, {str(event.pk): event for event in Event.objects.filter(pk__in=seal.leaves)}
        )
        covered.update(seal.leaves)
        previous = digests[number]
    yield from _head_faults(digests)
    yield from never_sealed(Event.objects.filter(at__lt=timezone.now() - UNSEALED_ALARM), covered)


def missing(number: int) -> str:
    """What is said of a seal that is not there."""
    return _("seal %(number)d is missing") % {"number": number}


def does_not_follow(number: int) -> str:
    """What is said of a seal that names another digest than that of the seal before it."""
    return _("seal %(number)d does not follow the one before it") % {"number": number}


def faults_of(seal: Seal, previous: str, events: Mapping[str, Event]) -> Iterator[str]:
    """What is wrong with one seal and what lies under it. `previous`: the digest of the seal before; `events`: those
    that are there, by their ids, and perhaps others."""
    number = {"number": seal.number}
    if seal.previous != previous:
        yield does_not_follow(seal.number)
    if not signed.is_ours(seal.statement(), seal.signature, seal.key_version):
        yield _("seal %(number)d does not bear our signature") % number
    gone = [leaf for leaf in seal.leaves if leaf not in events]
    if gone:
        yield _("event %(event)s under seal %(number)d is missing") % {"event": gone[0], **number}
    elif _digest_of(events[leaf] for leaf in seal.leaves) != seal.leaves_digest:
        yield _("an event under seal %(number)d has another digest than was sealed") % number
    for leaf in seal.leaves:
        event = events.get(leaf)
        if event and event.salt is not None and event.leaf() != event.digest:
            yield _("event %(event)s under seal %(number)d was altered") % {"event": leaf, **number}


def never_sealed(events: QuerySet[Event], covered: Container[str]) -> Iterator[str]:
    """Those that have been there for long enough, and lie under none of the seals that were walked."""
    for event in events.order_by("at").only("id").iterator():
        if str(event.pk) not in covered:
            yield _("event %(event)s was never sealed") % {"event": event.pk}


def _head_faults(digests: dict[int, str]) -> Iterator[str]:
    if not settings.LEDGER_HEAD_FILE.exists():
        if digests:
            yield _("the head file outside the database is missing")
        return
    lines = settings.LEDGER_HEAD_FILE.read_text(errors="replace").splitlines()
    for place, line in enumerate(lines, start=1):
        yield from head_faults(place, line, digests)


def head_faults(place: int, line: str, digests: Mapping[int, str], *, since: int = 0) -> Iterator[str]:
    """Whether a line of the head file fits the seals that were walked. `since`: those before it were not."""
    try:
        head = json.loads(line)
        number, digest = int(head["number"]), head["digest"]
    except (ValueError, KeyError, TypeError):
        yield _("line %(place)d of the head file outside the database cannot be read") % {"place": place}
        return
    if number >= since and digests.get(number) != digest:
        yield _("seal %(number)d is not the one written outside the database") % {"number": number}
