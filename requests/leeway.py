"""What could still move a date: how far, if we say so by when, by which rule. Pure, like the engine it asks.

A date moves in three ways only: a promise moves our own target, an extension moves the law's date, and the clock of
the few laws that wait begins later or stands still.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from requests.deadlines import Schedule
from requests.reasons import Reason, because, say
from requests.regimes import Appeal, Extension
from requests.statute import APPEAL, NEVER_EXTENDED
from requests.terms import DateKind

LONGEST_WITHOUT_LAW = timedelta(days=45)  # policy §9 names no limit; as most laws do, and as our appeals


class Mover(StrEnum):
    """What moves a date."""

    PROMISE = "promise"
    EXTENSION = "extension"
    PAUSE = "pause"


@dataclass(frozen=True)
class Leeway:
    """One way in which a date could still move."""

    by: Mover
    moves: DateKind
    until: date | None  # None: the notice names the day, or nobody can know it yet
    tell_by: date | None  # the last day to tell the requester
    citation: str
    confidence: str  # of the law behind it, in the law file's words
    reason: Reason
    conditions: tuple[str, ...] = ()  # what the law wants: its ground, and what the notice states

    @property
    def why(self) -> str:
        return say(self.reason)


def leeway(schedule: Schedule, on: date | None = None) -> tuple[Leeway, ...]:
    """Everything that could still move a date of this schedule, on that day or (without one) at any time."""
    ways = (_promise(schedule), _extension(schedule), _pause(schedule))
    return tuple(way for way in ways if way and not (on and way.tell_by and way.tell_by < on))


def longest_promise(schedule: Schedule) -> date:
    """The last day that staff may promise: the law's date as it stands, else our own limit."""
    return schedule.promise_until or schedule.received_on + LONGEST_WITHOUT_LAW


def _promise(schedule: Schedule) -> Leeway | None:
    target = schedule.date_of(DateKind.TARGET)
    until = longest_promise(schedule)
    if target is None or until <= target.due_on:
        return None
    reason = because("may_promise", until=until, tell_by=target.due_on)
    return Leeway(Mover.PROMISE, DateKind.TARGET, until, target.due_on, "policy section 9", "verified", reason)


def _extension(schedule: Schedule) -> Leeway | None:
    more, regime = schedule.more_time, schedule.regime
    if more is None or schedule.date_of(DateKind.EXTENDED):
        return None
    reason = because("may_extend_named", law=regime.short_name, tell_by=more.tell_by)
    if more.until:
        reason = because("may_extend", law=regime.short_name, tell_by=more.tell_by, until=more.until)
    source: Appeal | Extension = regime.appeal
    conditions = tuple[str, ...]()
    if schedule.right != APPEAL and regime.extension:
        source, conditions = regime.extension, (regime.extension.ground, *regime.extension.must_state)
    way = (Mover.EXTENSION, DateKind.STATUTORY, more.until, more.tell_by, source.citation, source.confidence)
    return Leeway(*way, reason, conditions)


def _pause(schedule: Schedule) -> Leeway | None:
    clock, by_law = schedule.regime.clock, schedule.date_of(DateKind.STATUTORY)
    if by_law is None or by_law.at_once or schedule.right in NEVER_EXTENDED or not clock.waits(schedule.received_on):
        return None
    law = schedule.regime.short_name
    reason = because("may_wait_all", law=law)
    if not clock.waits_for_answers:
        reason = because("may_wait_fee", law=law, days=clock.reflection_days)
    return Leeway(Mover.PAUSE, DateKind.STATUTORY, None, None, clock.citation, clock.confidence, reason)
