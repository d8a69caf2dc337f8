"""What one law says about a request: by when, how far that can be moved, and what its clock waits for.

Pure. Our own 14 days, and which date leads, stand in `deadlines.py`.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from requests.counting import COUNTING, MOVES_ITS_LAST_DAY, days_off, how_sure, next_open_day, no_day_off
from requests.reasons import Reason, because, say, why_law
from requests.regimes import Regime, Term, weakest
from requests.terms import DateKind, Right

APPEAL: Literal["appeal"] = "appeal"

# Stopping takes no study of a file, so no law's extra time is used for it.
NEVER_EXTENDED = frozenset({Right.OPT_OUT, Right.LIMIT_SENSITIVE, Right.WITHDRAW_CONSENT})

Asked = Right | Literal["appeal"]
Promise = tuple[date | None, date]  # the day it was told, when that is known, and the day it names


@dataclass(frozen=True)
class Due:
    """One date and why it is what it is."""

    kind: DateKind
    due_on: date
    rule: str
    citation: str
    reason: Reason
    at_once: bool = False  # owed at once; `due_on` is only the outer limit
    unmoved_on: date | None = None  # before a move for a weekend or holiday
    confidence: str = "verified"  # of the law behind it, in the law file's words

    @property
    def safe_on(self) -> date:
        """The day to aim at: whose holidays count for a controller in Texas is not settled."""
        return self.unmoved_on or self.due_on

    @property
    def why(self) -> str:
        """The reason in English, as it stands in the record."""
        return say(self.reason)


@dataclass(frozen=True)
class ExtensionBound:
    """How far the law's date can still be moved. No `until`: the notice names the day itself."""

    until: date | None
    tell_by: date


@dataclass(frozen=True)
class Case:
    """What happened, in one place."""

    right: Asked
    residence: str | None
    received_on: date
    extended_on: date | None
    promises: tuple[Promise, ...]
    clock_starts_on: date | None
    stopped: tuple[tuple[date, date], ...]

    @property
    def named(self) -> date | None:
        """The new day that our notice of an extension named."""
        at_that_time = [day for told_on, day in self.promises if told_on in (None, self.extended_on)]
        return max(at_that_time or [day for _told, day in self.promises], default=None)


@dataclass(frozen=True)
class Lawful:
    """What one law says about a case."""

    regime: Regime
    acknowledgement: Due | None = None
    statutory: Due | None = None
    extended: Due | None = None
    more_time: ExtensionBound | None = None

    @property
    def last(self) -> Due | None:
        return self.extended or self.statutory


def by_law(regime: Regime, case: Case) -> Lawful:
    acknowledgement = _acknowledgement(regime, case)
    term = _term_for(regime, case.right, case.received_on)
    if term is None:
        return Lawful(regime, acknowledgement)
    statutory = _due(DateKind.STATUTORY, term, regime, case)
    extendable, total = _more_time(regime, case.right)
    longest = _due(DateKind.EXTENDED, total, regime, case) if total else None
    more_time = ExtensionBound(longest.due_on if longest else None, statutory.safe_on) if extendable else None
    extended, note = _extended(case, statutory, more_time, longest, regime)
    if note:
        statutory = replace(statutory, reason=because("and", why=statutory.reason, note=note))
    return Lawful(regime, acknowledgement, statutory, extended, more_time)


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


def _acknowledgement(regime: Regime, case: Case) -> Due | None:
    term = regime.acknowledges(case.right, case.received_on)
    return _due(DateKind.ACKNOWLEDGEMENT, term, regime, case) if term else None


def _due(kind: DateKind, term: Term, regime: Regime, case: Case) -> Due:
    start, waited = case.received_on, 0
    count, is_off = COUNTING[term.counting], days_off(term.calendar, case.residence)
    waits = regime.clock.waits(case.received_on) and not term.at_once  # what is due at once waits for nothing
    if waits:
        start = max(start, case.clock_starts_on or start)
    due_on = unmoved_on = count(start, term.amount, is_off)
    if term.counting in MOVES_ITS_LAST_DAY:
        unmoved_on = count(start, term.amount, no_day_off)
        if waits and regime.clock.waits_for_answers:
            waited = _days_stopped(case.stopped, start, unmoved_on)
        unmoved_on += timedelta(days=waited)
        due_on = next_open_day(unmoved_on, is_off)
    why = why_law(term, regime, case.right, case.received_on, start, waited, due_on, unmoved_on)
    sure = weakest(term.confidence, how_sure(term.counting, term.calendar))
    return Due(kind, due_on, term.counting, term.citation, why, term.at_once, unmoved_on, sure)


def _days_stopped(stopped: tuple[tuple[date, date], ...], start: date, end: date) -> int:
    """How many days do not count: each once, from the start of the clock on, and only for what was asked in time."""
    days: set[date] = set()
    for asked_on, answered_on in sorted(stopped):
        if asked_on <= end + timedelta(days=len(days)):
            first = max(asked_on, start)
            days |= {first + timedelta(days=n) for n in range((answered_on - first).days + 1)}
    return len(days)


def _extended(
    case: Case, statutory: Due, more: ExtensionBound | None, longest: Due | None, regime: Regime
) -> tuple[Due | None, Reason | None]:
    """The law's date after our notice, or why the notice moves nothing."""
    notice = case.extended_on
    if notice is None:
        return None, None
    if notice < case.received_on:
        return None, because("notice_too_early", notice=notice)
    if more is None:
        return None, because("no_more_time", notice=notice, law=regime.short_name)
    if notice > more.tell_by:
        return None, because("notice_too_late", notice=notice, last=more.tell_by)
    if longest:
        return replace(longest, reason=because("extended", notice=notice, why=longest.reason)), None
    # No number in this law (Switzerland, Australia, New Zealand): the day our notice names is the date.
    if case.named is None or case.named <= statutory.due_on:
        return None, because("names_no_day", notice=notice, law=regime.short_name)
    why = because("named", notice=notice, law=regime.short_name)
    rule, cite = statutory.rule, regime.extension.citation if regime.extension else statutory.citation
    return Due(DateKind.EXTENDED, case.named, rule, cite, why, confidence=statutory.confidence), None
