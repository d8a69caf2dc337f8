"""Is the record whole, asked by somebody who waits for the answer: so it looks at the latest seals only, in slices,
and says how far it came. `manage.py verify_ledger` walks everything.

Of one case it tells whether its events lie unchanged under seals. That none was taken away tells only the walk over
the seals themselves: a seal names every event under it.
"""

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from primevox_privacy.ledger import seals
from primevox_privacy.ledger.models import Event, EventQuerySet, Seal

MOST_SEALS, MOST_EVENTS = 5_000, 20_000  # some seconds of work; a quiet office seals so much in a year
SLICE = 100  # seals read at once
HEAD_TAIL = 2**20  # bytes from the end of the head file: more lines than seals are looked at
MOST_FAULTS = 10  # more than anybody needs to know that something is wrong
MOST_OF_A_CASE = 1_000


@dataclass
class Checked:
    """What a walk over the latest seals came to."""

    seals: int = 0
    events: int = 0
    whole: bool = True  # whether it reached the very first seal
    first_at: datetime | None = None  # of the first seal that was looked at
    last_at: datetime | None = None
    waiting: int = 0  # events so new that no seal has come yet
    faults: list[str] = field(default_factory=list)


@dataclass
class CheckedCase:
    """What a look at the events of one case came to."""

    events: int = 0
    seals: int = 0
    waiting: int = 0
    is_cut: bool = False  # it has more events than were looked at
    faults: list[str] = field(default_factory=list)


def latest(most_seals: int = MOST_SEALS, most_events: int = MOST_EVENTS) -> Checked:
    """Walk back from the last seal: signatures, order, every event under them, and the lines outside the database."""
    made, covered, digests = Checked(), set[str](), dict[int, str]()
    for seal, faults in _back(most_seals):
        made.faults += faults
        digests[seal.number] = seal.digest()
        covered.update(seal.leaves)
        made.last_at, made.first_at = made.last_at or seal.at, seal.at
        if len(covered) >= most_events or len(made.faults) >= MOST_FAULTS:
            break
    made.seals, made.events, made.whole = len(digests), len(covered), min(digests, default=1) == 1
    made.faults += islice(_head_faults(digests), MOST_FAULTS)
    made.faults += islice(_never_sealed(made, covered), MOST_FAULTS)
    del made.faults[MOST_FAULTS:]
    made.waiting = sum(str(pk) not in covered for pk in _too_new().values_list("pk", flat=True))
    return made


def _back(most: int) -> Iterator[tuple[Seal, list[str]]]:
    """The latest seals, the last first, each with what is wrong at its place; numbers have no gap."""
    last = Seal.objects.order_by("-number").values_list("number", flat=True).first() or 0
    first = max(1, last - most + 1)
    for high in range(last, first - 1, -SLICE):
        low = max(first, high - SLICE + 1)
        there = Seal.objects.in_bulk(range(max(1, low - 1), high + 1))  # and one before, for the digest that is named
        events = _events([leaf for number in range(low, high + 1) if number in there for leaf in there[number].leaves])
        for number in range(high, low - 1, -1):
            if number in there:
                yield there[number], list(_faults_at(number, there, events))


def _faults_at(number: int, there: dict[int, Seal], events: dict[str, Event]) -> Iterator[str]:
    seal, before = there[number], there.get(number - 1)
    if before is None and number > 1:
        yield seals.missing(number - 1)
    previous = before.digest() if before else "" if number == 1 else seal.previous
    yield from seals.faults_of(seal, previous, events)


def _events(ids: list[str]) -> dict[str, Event]:
    return {str(pk): event for pk, event in Event.objects.in_bulk(ids).items()}


def _head_faults(digests: dict[int, str]) -> Iterator[str]:
    """What the end of the file outside the database says otherwise; the lines of older seals are not read."""
    path = settings.LEDGER_HEAD_FILE
    if not path.exists():
        if digests:
            yield _("the head file outside the database is missing")
        return
    with path.open("rb") as head:
        size = head.seek(0, os.SEEK_END)
        head.seek(max(0, size - HEAD_TAIL))
        lines = head.read().decode(errors="replace").splitlines()
    for place, line in enumerate(lines, start=1):
        if place > 1 or size <= HEAD_TAIL:  # the first line of a tail may be the end of one
            yield from seals.head_faults(place, line, digests, since=min(digests, default=0))


def _never_sealed(made: Checked, covered: set[str]) -> Iterator[str]:
    """What happened since the first of these seals, long enough ago, and lies under none of them."""
    overdue = Event.objects.filter(at__lt=timezone.now() - seals.UNSEALED_ALARM)
    if not made.whole:
        overdue = overdue.filter(at__gt=made.first_at)
    return seals.never_sealed(overdue, covered)


def _too_new() -> EventQuerySet:
    return Event.objects.filter(at__gte=timezone.now() - seals.UNSEALED_ALARM)


def of_case(about: list[uuid.UUID], *, is_over: bool = False) -> CheckedCase:
    """Whether what happened to these lies unchanged under seals. `is_over`: the life of their record has ended, so
    events may say nothing any more; before, somebody made them silent."""
    events = list(Event.objects.about(*about)[: MOST_OF_A_CASE + 1])
    made = CheckedCase(is_cut=len(events) > MOST_OF_A_CASE)
    del events[MOST_OF_A_CASE:]
    over = _seals_over(events)
    under = {leaf for seal in over for leaf in seal.leaves}
    overdue = timezone.now() - seals.UNSEALED_ALARM
    for event in events:
        if str(event.pk) not in under and event.at < overdue:
            made.faults.append(_("event %(event)s was never sealed") % {"event": event.pk})
        if event.salt is None and not is_over:
            made.faults.append(_("event %(event)s says nothing any more, before its time") % {"event": event.pk})
    made.faults += _faults_of_all(over)
    made.events, made.seals = len(events), len(over)
    made.waiting = sum(str(event.pk) not in under and event.at >= overdue for event in events)
    del made.faults[MOST_FAULTS:]
    return made


def _seals_over(events: list[Event]) -> list[Seal]:
    """The seals that cover these, the first first. An event lies under the first seal after it, or under one of the
    next hour where its transaction took as long."""
    found, left = dict[int, Seal](), {str(event.pk): event.at for event in events}
    for event in events:
        if str(event.pk) not in left:
            continue
        first = Seal.objects.filter(at__gte=event.at).order_by("at").first()
        if first is None:
            break
        near = [first]
        if str(event.pk) not in first.leaves:
            near += Seal.objects.filter(at__gt=first.at, at__lte=first.at + seals.LONGEST_TRANSACTION).order_by("at")
        for seal in near:
            if here := left.keys() & set(seal.leaves):
                found[seal.number] = seal
                left = {pk: at for pk, at in left.items() if pk not in here}
    return [found[number] for number in sorted(found)]


def _faults_of_all(over: list[Seal]) -> Iterator[str]:
    """What is wrong with these seals: by themselves, with all that lies under them, and by what the next one says."""
    events = _events([leaf for seal in over for leaf in seal.leaves])
    next_ones = Seal.objects.in_bulk([seal.number + 1 for seal in over])
    for seal in over:
        yield from seals.faults_of(seal, seal.previous, events)
        follows = next_ones.get(seal.number + 1)
        if follows and follows.previous != seal.digest():
            yield seals.does_not_follow(follows.number)
