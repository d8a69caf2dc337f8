"""Every date of a request: our 14 days (policy section 9) and what the law of the residence adds.

Pure: what happened comes in, dates come out, each with its rule, its source and a sentence.
Calendar dates only; a change of clocks can then never shift a day. The earlier date leads.
How days are counted stands in `counting.py`, the sentences in `reasons.py`.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from requests.counting import (
    COUNTING,
    MOVES_ITS_LAST_DAY,
    days_off,
    next_open_day,
    no_day_off,
    portal_14_days,
)
from requests.reasons import SAY, in_words, why_law
from requests.regimes import Regime, Term, regimes_for, zone_of
from requests.terms import DateKind, Right

TARGET = timedelta(days=14)  # policy section 9
POLICY_APPEAL_WITHIN = timedelta(days=45)  # policy section 10 gives no number; this is ours
HOME = ZoneInfo("America/Chicago")  # where the controller sits
APPEAL: Literal["appeal"] = "appeal"

# Stopping takes no study of a file, so no law's extra time is used for it.
NEVER_EXTENDED = frozenset({Right.OPT_OUT, Right.LIMIT_SENSITIVE, Right.WITHDRAW_CONSENT})

Asked = Right | Literal["appeal"]


@dataclass(frozen=True)
class Due:
    """One date and why it is what it is."""

    kind: DateKind
    due_on: date
    rule: str
    citation: str
    why: str
    at_once: bool = False  # owed at once; `due_on` is only the outer limit
    unmoved_on: date | None = None  # before a move for a weekend or holiday
    confidence: str = "verified"  # of the law behind it, in the law file's words

    @property
    def safe_on(self) -> date:
        """The day to aim at: whose holidays count for a controller in Texas is not settled."""
        return self.unmoved_on or self.due_on


@dataclass(frozen=True)
class ExtensionBound:
    """How far the law's date can still be moved. No `until`: the notice names the day itself."""

    until: date | None
    tell_by: date


@dataclass(frozen=True)
class Schedule:
    """All dates of one request or appeal."""

    received_on: date
    regime: Regime
    dates: tuple[Due, ...]
    leading: Due
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


@dataclass(frozen=True)
class _Case:
    """What happened, in one place."""

    right: Asked
    residence: str | None
    received_on: date
    extended_on: date | None
    promised: date | None
    told_on: date | None  # of the promise
    clock_starts_on: date | None
    stopped_days: int


@dataclass(frozen=True)
class _Lawful:
    """What one law says about a case."""

    regime: Regime
    acknowledgement: Due | None = None
    statutory: Due | None = None
    extended: Due | None = None
    more_time: ExtensionBound | None = None

    @property
    def last(self) -> Due | None:
        return self.extended or self.statutory


# --- receipt and due instant ---


def received_on(received_at: datetime, zone: str | None) -> date:
    """The earlier of the local dates at home and at the requester's: no day is lost to either."""
    if received_at.tzinfo is None:
        raise ValueError("The time of receipt needs its offset from UTC.")
    return min(received_at.astimezone(each).date() for each in _zones(zone))


def due_instant(due_on: date, zone: str | None) -> datetime:
    """The last second of the due date in whichever of the two zones comes first, in UTC."""
    return min(datetime.combine(due_on, time(23, 59, 59), each).astimezone(UTC) for each in _zones(zone))


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
    clock_starts_on: date | None = None,
    stopped: tuple[tuple[date, date], ...] = (),
) -> Schedule:
    """Every date of a request; of an appeal when `right` is "appeal" (then receipt is the appeal's).

    `extended_on`: the day our notice of an extension went out. `promised`: the new day named for the target.
    `promise_told_on`: the day of the first promise, when that was not the day of the extension.
    `clock_starts_on`, `stopped` (first and last day not counted): only laws whose clock can wait follow them.
    """
    day = received_on(received_at, zone or zone_of(residence))
    told_on = promise_told_on or extended_on
    waited = sum((last - first).days + 1 for first, last in stopped)
    case = _Case(right, residence, day, extended_on, promised, told_on, clock_starts_on, waited)
    # Two laws (Quebec): both are computed, the earlier is shown; on a tie the more specific wins.
    lawful = min(
        (_lawful(regime, case) for regime in regimes_for(residence, day)),
        key=lambda each: each.last.due_on if each.last else date.max,
    )
    bound = lawful.last.due_on if lawful.last else None
    if right == APPEAL and bound is None:
        bound = day + POLICY_APPEAL_WITHIN
    target = _target(case, lawful, bound)
    dates = (target, lawful.acknowledgement, lawful.statutory, lawful.extended)
    leading = lawful.last if lawful.last and lawful.last.due_on <= target.due_on else target
    present = tuple(due for due in dates if due)
    return Schedule(day, lawful.regime, present, leading, bound, lawful.more_time)


def latest_promise(schedule: Schedule) -> date | None:
    """The last day that may be promised as it stands; None where neither law nor policy sets one."""
    return schedule.promise_until


def extension_bound(schedule: Schedule) -> ExtensionBound | None:
    """How far, and by when, the law's date can be moved; None where it cannot."""
    return schedule.more_time


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


def _lawful(regime: Regime, case: _Case) -> _Lawful:
    acknowledgement = _acknowledgement(regime, case)
    term = _term_for(regime, case.right, case.received_on)
    if term is None:
        return _Lawful(regime, acknowledgement)
    statutory = _due(DateKind.STATUTORY, term, regime, case)
    extendable, total = _more_time(regime, case.right)
    longest = _due(DateKind.EXTENDED, total, regime, case) if total else None
    more_time = ExtensionBound(longest.due_on if longest else None, statutory.safe_on) if extendable else None
    extended, note = _extended(case, statutory, more_time, longest, regime)
    if note:
        statutory = replace(statutory, why=f"{statutory.why}; {note}")
    return _Lawful(regime, acknowledgement, statutory, extended, more_time)


def _term_for(regime: Regime, right: Asked, on: date) -> Term | None:
    """Which term of a law covers a right; none where the law grants no such right or gives no number."""
    if right == APPEAL:
        look, row = regime.appeal, regime.rights.get("appeal")
        if not (look.by_law and row and row.in_force(on)):
            return None
        return _appeal_term(regime, look.respond_within)
    granted = regime.granted(right, on)
    if granted is None or right is Right.RETALIATION:
        return None
    if right is Right.WITHDRAW_CONSENT:
        return granted.stop_within
    if right in (Right.OPT_OUT, Right.LIMIT_SENSITIVE):
        return regime.opt_out
    return regime.response if regime.answer_covers(right) else None


def _appeal_term(regime: Regime, days: int) -> Term:
    look = regime.appeal
    return Term(days, "calendar_days", "days_after_receipt", look.citation, look.confidence)


def _more_time(regime: Regime, right: Asked) -> tuple[bool, Term | None]:
    """Whether the law's date can be moved, and the whole time then (None: the notice names the day)."""
    if right == APPEAL:
        days = regime.appeal.extended_total
        return days is not None, _appeal_term(regime, days) if days else None
    if right in NEVER_EXTENDED or regime.extension is None:
        return False, None
    return True, regime.extension.total


def _acknowledgement(regime: Regime, case: _Case) -> Due | None:
    term = regime.acknowledges(case.right, case.received_on)
    return _due(DateKind.ACKNOWLEDGEMENT, term, regime, case) if term else None


def _due(kind: DateKind, term: Term, regime: Regime, case: _Case) -> Due:
    start, waited = case.received_on, 0
    if regime.pauses:
        start = max(start, case.clock_starts_on or start)
        waited = case.stopped_days if regime.clock_stops == "identity_fee_clarification" else 0
    count, is_off = COUNTING[term.counting], days_off(term.calendar, case.residence)
    due_on = unmoved_on = count(start, term.amount, is_off)
    if term.counting in MOVES_ITS_LAST_DAY:
        unmoved_on = count(start, term.amount, no_day_off) + timedelta(days=waited)
        due_on = next_open_day(unmoved_on, is_off)
    why = why_law(term, regime, case.right, start, waited, due_on, unmoved_on)
    return Due(kind, due_on, term.counting, term.citation, why, term.at_once, unmoved_on, term.confidence)


def _extended(
    case: _Case, statutory: Due, more: ExtensionBound | None, longest: Due | None, regime: Regime
) -> tuple[Due | None, str]:
    """The law's date after our notice, or what to say when the notice moves nothing."""
    notice = case.extended_on
    if notice is None:
        return None, ""
    if notice < case.received_on:
        return None, SAY["notice_too_early"].format(notice=in_words(notice))
    if more is None:
        return None, SAY["no_more_time"].format(notice=in_words(notice), law=regime.short_name)
    if notice > more.tell_by:
        return None, SAY["notice_too_late"].format(notice=in_words(notice), last=in_words(more.tell_by))
    if longest:
        return replace(longest, why=SAY["extended"].format(notice=in_words(notice), why=longest.why)), ""
    # No number in this law (Switzerland, Australia, New Zealand): the day our notice names is the date.
    if case.promised is None or case.promised <= statutory.due_on:
        return None, SAY["names_no_day"].format(notice=in_words(notice), law=regime.short_name)
    why = SAY["named"].format(notice=in_words(notice), law=regime.short_name)
    rule, cite = statutory.rule, regime.extension.citation if regime.extension else statutory.citation
    return Due(DateKind.EXTENDED, case.promised, rule, cite, why, confidence=statutory.confidence), ""


def _target(case: _Case, lawful: _Lawful, bound: date | None) -> Due:
    """Our own 14 days, or the day promised anew: told in time, later, and never beyond the law."""
    first = portal_14_days(case.received_on, TARGET.days)
    plain = SAY["appeal_target" if case.right == APPEAL else "target"].format(start=in_words(case.received_on))
    due_on, why = first, plain
    if case.promised:
        problem = _wrong_with_promise(case, first, bound)
        due_on = first if problem else case.promised
        why = f"{plain}; {problem}" if problem else SAY["promised"].format(first=in_words(first))
    elif case.extended_on and not lawful.statutory:
        nothing = SAY["nothing_to_extend"].format(notice=in_words(case.extended_on))
        why = f"{plain}; {nothing}"
    return Due(DateKind.TARGET, due_on, "portal_14_days", "policy section 9", why)


def _wrong_with_promise(case: _Case, first: date, bound: date | None) -> str:
    """Why a promise cannot move the target, or nothing."""
    assert case.promised
    told = case.told_on
    key, last = "", first
    if case.promised <= first:
        key = "promise_not_later"
    elif told and told < case.received_on:
        key = "promise_too_early"
    elif told and told > first:
        key = "promise_too_late"
    elif bound and case.promised > bound:
        key, last = "promise_too_far", bound
    return SAY[key].format(promised=in_words(case.promised), last=in_words(last)) if key else ""
