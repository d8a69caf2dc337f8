"""Sealing the record, and checking that it is whole.

A seal signs the digests of all events since the last one and names the digest of the seal before it. The latest
is also appended to a file outside the database, so that cutting off or rewriting the end is noticed too.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

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
            yield f"seal {number} is missing"
            return
        digests[number] = seal.digest()
        if seal.previous != previous:
            yield f"seal {number} does not follow the one before it"
        if not signed.is_ours(seal.statement(), seal.signature, seal.key_version):
            yield f"seal {number} does not bear our signature"
        events = {str(event.pk): event for event in Event.objects.filter(pk__in=seal.leaves)}
        missing = [leaf for leaf in seal.leaves if leaf not in events]
        if missing:
            yield f"event {missing[0]} under seal {number} is missing"
        elif _digest_of(events[leaf] for leaf in seal.leaves) != seal.leaves_digest:
            yield f"an event under seal {number} has another digest than was sealed"
        for event in events.values():
            if event.salt is not None and event.leaf() != event.digest:
                yield f"event {event.pk} under seal {number} was altered"
        covered.update(seal.leaves)
        previous = seal.digest()
    yield from _head_faults(digests)
    overdue = timezone.now() - UNSEALED_ALARM
    for event in Event.objects.filter(at__lt=overdue).order_by("at").only("id").iterator():
        if str(event.pk) not in covered:
            yield f"event {event.pk} was never sealed"


def _head_faults(digests: dict[int, str]) -> Iterator[str]:
    if not settings.LEDGER_HEAD_FILE.exists():
        if digests:
            yield "the head file outside the database is missing"
        return
    for place, line in enumerate(settings.LEDGER_HEAD_FILE.read_text(errors="replace").splitlines(), start=1):
        try:
            head = json.loads(line)
            number, digest = int(head["number"]), head["digest"]
        except (ValueError, KeyError, TypeError):
            yield f"line {place} of the head file outside the database cannot be read"
            continue
        if digests.get(number) != digest:
            yield f"seal {number} is not the one written outside the database"
