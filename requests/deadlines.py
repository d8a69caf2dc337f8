"""Every date of a request: our 14 days (policy section 9) and what the law of the residence adds.

Pure: what happened comes in, dates come out, each with its rule, its source and a sentence.
Calendar dates only; a change of clocks can then never shift a day. The earlier date leads.
What one law says stands in `statute.py`, how days are counted in `counting.py`, the sentences in `reasons.py`.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from requests.counting import COUNTING, no_day_off, portal_14_days
from requests.reasons import Reason, because
from requests.regimes import Regime, regimes_for, zone_of
from requests.statute import APPEAL, Asked, Case, Due, ExtensionBound, Lawful, Promise, by_law
from requests.terms import DateKind, Right

TARGET = timedelta(days=14)  # policy section 9
POLICY_APPEAL_WITHIN = timedelta(days=45)  # policy section 10 gives no number; this is ours
HOME = ZoneInfo("America/Chicago")  # where the controller sits
NOON = time(12)


@dataclass(frozen=True)
class Schedule:
    """All dates of one request or appeal."""

    right: Asked
    received_on: date
    regime: Regime
    dates: tuple[Due, ...]
    leading: Due  # the earlier of our target and the law's date; on a tie the law's
    promise_until: date | None  # no promise may go beyond this day; None: nothing bounds it
    more_time: ExtensionBound | None  # None: the law's date cannot be moved

    def date_of(self, kind: DateKind) -> Due | None:
        return next((due for due in self.dates if due.kind == kind), None)

    def as_json(self) -> dict[str, Any]:
        return {
            "received_on": self.received_on.isoformat(),
            "regime": self.regime.id,
            "dates": [
                {
                    "kind": due.kind.value,
                    "due_on": due.due_on.isoformat(),
                    "rule": due.rule,
                    "citation": due.citation,
                    "why": due.why,
                }
                for due in self.dates
            ],
            "leading": {"kind": self.leading.kind.value, "due_on": self.leading.due_on.isoformat()},
        }


# --- receipt and due instant ---


def received_on(received_at: datetime, zone: str | None) -> date:
    """The earlier of the local dates at home and at the requester's: no day is lost to either."""
    if received_at.tzinfo is None:
        raise ValueError("The time of receipt needs its offset from UTC.")
    return min(received_at.astimezone(each).date() for each in _zones(zone))


def due_instant(due_on: date, zone: str | None) -> datetime:
    """The last second of the due date in whichever of the two zones comes first, in UTC."""
    return min(datetime.combine(due_on, time(23, 59, 59), each).astimezone(UTC) for each in _zones(zone))


def counts_as(now: datetime, zone: str | None) -> date:
    """The day that it is for what is due: the later of the local dates. A date has passed once it has in one zone."""
    return max(now.astimezone(each).date() for each in _zones(zone))


def office_day(due_on: date, zone: str | None) -> date:
    """The last day on which the office has a morning for it: far in the east a day ends before ours has begun."""
    ends_at = due_instant(due_on, zone).astimezone(HOME)
    return ends_at.date() - timedelta(days=ends_at.time() < NOON)


def _zones(zone: str | None) -> tuple[ZoneInfo, ...]:
    return (HOME, ZoneInfo(zone)) if zone else (HOME,)


# --- the schedule ---


def schedule(
    right: Asked,
    residence: str | None,
    received_at: datetime,
    *,
    zone: str | None = None,
    extended_on: date | None = None,
    promised: date | None = None,
    promise_told_on: date | None = None,
    promises: tuple[Promise, ...] = (),
    clock_starts_on: date | None = None,
    stopped: tuple[tuple[date, date], ...] = (),
) -> Schedule:
    """Every date of a request; of an appeal when `right` is "appeal" (then receipt is the appeal's).

    `extended_on`: the day our notice of an extension went out. `promised`: the new day named for the target.
    `promise_told_on`: the day that promise was told, when that was not the day of the extension.
    `promises`: in their order, where there were several; each has to be told before the one before it has passed.
    `clock_starts_on`, `stopped` (first and last day not counted): only laws whose clock can wait follow them.
    """
    day = received_on(received_at, zone or zone_of(residence))
    if promised:
        promises = (*promises, (promise_told_on or extended_on, promised))
    case = Case(right, residence, day, extended_on, promises, clock_starts_on, stopped)
    # Two laws (Quebec): both are computed, the earlier is shown; on a tie the more specific wins.
    lawful = min(
        (by_law(regime, case) for regime in regimes_for(residence, day)),
        key=lambda each: each.last.due_on if each.last else date.max,
    )
    bound = lawful.last.due_on if lawful.last else None
    if right == APPEAL and bound is None:
        bound = day + POLICY_APPEAL_WITHIN
    if right is Right.UNSURE:
        bound = _earliest_that_it_may_be(case)
    target = _target(case, lawful, bound)
    dates = (target, lawful.acknowledgement, lawful.statutory, lawful.extended)
    leading = lawful.last if lawful.last and lawful.last.due_on <= target.due_on else target
    present = tuple(due for due in dates if due)
    return Schedule(right, day, lawful.regime, present, leading, bound, lawful.more_time)


def _earliest_that_it_may_be(case: Case) -> date | None:
    """Before somebody has said which right it is, no law's date can be shown; but none may be promised away either. So
    no promise goes beyond the earliest day on which a law would want an answer to any right that it may turn out to be.
    What is due at once is past in any case."""
    laws = regimes_for(case.residence, case.received_on)
    may_be = (by_law(law, replace(case, right=right)).statutory for law in laws for right in Right)
    return min((due.due_on for due in may_be if due and not due.at_once), default=None)


def after_appeal(decided_on: date) -> Due:
    """Our target for a request that an appeal opened again: 14 days from that decision. The dates set by law were
    those of the first answer and of the appeal."""
    due_on = portal_14_days(decided_on, TARGET.days)
    why = because("after_appeal", start=decided_on)
    return Due(DateKind.AFTER_APPEAL, due_on, "portal_14_days", "policy section 10", why)


def clock_after_fee(residence: str | None, received: date, told_on: date, paid_on: date | None) -> date | None:
    """The day on which a law's clock starts because of an agreed fee; None where it does not wait, or not yet."""
    clock = regimes_for(residence, received)[0].clock
    if not clock.waits(received):
        return None
    return told_on + timedelta(days=clock.reflection_days) if clock.reflection_days else paid_on


def complaint_acknowledgement_due(
    residence: str | None, received_at: datetime, *, zone: str | None = None
) -> date | None:
    """By when a complaint to the controller itself must be acknowledged (United Kingdom, DPA 2018 s.164A)."""
    day = received_on(received_at, zone or zone_of(residence))
    regime = regimes_for(residence, day)[0]
    term = regime.acknowledges("complaint", day)
    if term is None:
        return None
    return COUNTING[term.counting](day, term.amount, no_day_off)


def _target(case: Case, lawful: Lawful, bound: date | None) -> Due:
    """Our own 14 days, or the day promised anew: told in time, later, and never beyond the law."""
    first = due_on = portal_14_days(case.received_on, TARGET.days)
    why = plain = because("appeal_target" if case.right == APPEAL else "target", start=case.received_on)
    for told_on, promised in case.promises:
        if problem := _wrong_with_promise(case, told_on, promised, due_on, bound):
            why = because("and", why=why, note=problem)
        else:
            why, due_on = because("promised", first=first), promised
    if case.extended_on and not (case.promises or lawful.statutory):
        why = because("and", why=plain, note=because("nothing_to_extend", notice=case.extended_on))
    return Due(DateKind.TARGET, due_on, "portal_14_days", "policy section 9", why)


def _wrong_with_promise(
    case: Case, told_on: date | None, promised: date, current: date, bound: date | None
) -> Reason | None:
    """Why a promise cannot move the target from where it is, or nothing."""
    if promised <= current:
        return because("promise_not_later", promised=promised, last=current)
    if told_on and told_on < case.received_on:
        return because("promise_too_early", promised=promised)
    if told_on and told_on > current:
        return because("promise_too_late", promised=promised, last=current)
    if bound and promised > bound:
        return because("promise_too_far", promised=promised, last=bound)
    return None
