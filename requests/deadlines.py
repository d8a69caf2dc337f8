"""Every date of a request: our 14 days (policy section 9) and what the law of the residence adds.

Pure: what happened comes in, dates come out, each with its rule, its source and a sentence.
Calendar dates only; a change of clocks can then never shift a day. The earlier date leads.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal
from zoneinfo import ZoneInfo

from requests.regimes import Regime, Term, law, regimes_for, zone_of
from requests.terms import DateKind, Right

TARGET = timedelta(days=14)  # policy section 9
POLICY_APPEAL_WITHIN = timedelta(days=45)  # policy section 10 gives no number; this is ours
HOME = ZoneInfo("America/Chicago")  # where the controller sits
APPEAL: Literal["appeal"] = "appeal"

# Stopping takes no study of a file, so no law's extra time is used for it.
NEVER_EXTENDED = frozenset({Right.OPT_OUT, Right.LIMIT_SENSITIVE, Right.WITHDRAW_CONSENT})

Asked = Right | Literal["appeal"]
Off = Callable[[date], bool]


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


# --- the nine ways of counting: one function for each key of `counting_rules` in the law file ---


def no_day_off(day: date) -> bool:
    return False


def portal_14_days(start: date, amount: int = TARGET.days, is_off: Off = no_day_off) -> date:
    """Plain days; never moved, never paused (policy section 9)."""
    return start + timedelta(days=amount)


def days_after_receipt(start: date, amount: int, is_off: Off = no_day_off) -> date:
    """The day of receipt is day 0; a weekend or holiday at the end moves nothing."""
    return start + timedelta(days=amount)


def business_days_after_receipt(start: date, amount: int, is_off: Off) -> date:
    """The Nth day after receipt that is not a day off; received on a day off, the next one open is day 1."""
    day = start
    for _ in range(amount):
        day = next_open_day(day + timedelta(days=1), is_off)
    return day


def working_days_after_receipt(start: date, amount: int, is_off: Off) -> date:
    """As business days; New Zealand's word, with New Zealand's days off."""
    return business_days_after_receipt(start, amount, is_off)


def eu_month(start: date, amount: int, is_off: Off) -> date:
    """Regulation (EEC, Euratom) 1182/71 art. 3: the same day number or the month's last, then moved."""
    return next_open_day(same_day_months_later(start, amount), is_off)


def uk_month(start: date, amount: int, is_off: Off) -> date:
    """ICO: the corresponding date, else the month's last day, then moved to a working day."""
    return next_open_day(same_day_months_later(start, amount), is_off)


def uk_beginning_with(start: date, amount: int, is_off: Off = no_day_off) -> date:
    """DPA 2018 s.164A: a period beginning with the day of receipt, which is day 1."""
    return start + timedelta(days=amount - 1)


def ca_interpretation_act(start: date, amount: int, is_off: Off) -> date:
    """Interpretation Act ss. 26-27, 35: a holiday end moves, Sunday is one of them, Saturday is not."""
    return next_open_day(start + timedelta(days=amount), is_off)


def at_once(start: date, amount: int = 0, is_off: Off = no_day_off) -> date:
    """The law gives no number of days: the day of receipt itself."""
    return start


COUNTING: Mapping[str, Callable[[date, int, Off], date]] = MappingProxyType(
    {
        "portal_14_days": portal_14_days,
        "days_after_receipt": days_after_receipt,
        "business_days_after_receipt": business_days_after_receipt,
        "working_days_after_receipt": working_days_after_receipt,
        "eu_month": eu_month,
        "uk_month": uk_month,
        "uk_beginning_with": uk_beginning_with,
        "ca_interpretation_act": ca_interpretation_act,
        "none": at_once,
    }
)
MOVES_ITS_LAST_DAY = frozenset({"eu_month", "uk_month", "ca_interpretation_act"})


def same_day_months_later(start: date, months: int) -> date:
    """31 January and one month: 28 or 29 February."""
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    first_after = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, min(start.day, (first_after - timedelta(days=1)).day))


def next_open_day(day: date, is_off: Off) -> date:
    """The day itself, or the first after it that is not a day off."""
    while is_off(day):
        day += timedelta(days=1)
    return day


# --- days off ---

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def days_off(calendar: str | None, residence: str | None) -> Off:
    """The days that a law's calendar does not count: listed in the data, or the country's public holidays."""
    if calendar is None:
        return no_day_off
    listed = law()["holiday_calendars"][calendar]
    weekend = {_WEEKDAYS.index(name) for name in listed["weekend"]}
    country, _, part = (residence or "").upper().partition("-")
    if listed["days"] == "public_holidays":
        nation = listed["nations"].get(country)
        return lambda day: (
            day.weekday() in weekend or day in _public_holidays(country, part, nation, day.year)
        )
    return lambda day: day.weekday() in weekend or day in _listed_holidays(calendar, day.year)


@lru_cache(maxsize=512)
def _public_holidays(country: str, part: str, nation: str | None, year: int) -> frozenset[date]:
    """Of the part of the country where the library knows it, else of its main nation or the whole country."""
    import holidays  # slow to import, and only some laws need it

    subdiv = part if part in holidays.country_holidays(country).subdivisions else nation
    return frozenset(holidays.country_holidays(country, subdiv=subdiv, years=year))


@lru_cache(maxsize=512)
def _listed_holidays(calendar: str, year: int) -> frozenset[date]:
    rows = law()["holiday_calendars"][calendar]["days"]
    return frozenset(day for row in rows for day in _days_of(row, year))


def _days_of(row: dict[str, Any], year: int) -> list[date]:
    """One line of a calendar in the law file, as dates of that year."""
    if "dates" in row:
        return [date.fromisoformat(day) for day in row["dates"] if day.startswith(str(year))]
    if "easter" in row:
        return [easter_sunday(year) + timedelta(days=row["easter"])]
    if "from_month_day" in row:  # across the turn of the year
        new_year, last = date(year, 1, 1), date.fromisoformat(f"{year}-{row['to_month_day']}")
        first, new_years_eve = date.fromisoformat(f"{year}-{row['from_month_day']}"), date(year, 12, 31)
        return _every_day(new_year, last) + _every_day(first, new_years_eve)
    if "weekday" not in row:
        return [date(year, row["month"], row["day"])]
    in_month = _every_day(date(year, row["month"], 1), _month_end(year, row["month"]))
    named = [day for day in in_month if _WEEKDAYS[day.weekday()] == row["weekday"]]
    if "before" in row:
        return [max(day for day in named if day.day < row["before"])]
    return [named[row["nth"] - 1] if row["nth"] > 0 else named[row["nth"]]]


def _every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _month_end(year: int, month: int) -> date:
    return same_day_months_later(date(year, 1, 31), month - 1)


def easter_sunday(year: int) -> date:
    """The Gregorian Easter, after Butcher (1876)."""
    century, rest = divmod(year, 100)
    moon = (19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    sunday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (year % 19 + 11 * moon + 22 * sunday) // 451
    month, day = divmod(moon + sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


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
    why = _why_law(term, regime, case.right, start, waited, due_on, unmoved_on)
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
    first = portal_14_days(case.received_on)
    plain = SAY["appeal_target" if case.right == APPEAL else "target"].format(
        start=in_words(case.received_on)
    )
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


# --- why: every sentence about a date, in one place, so that it can be translated ---

SAY: Mapping[str, str] = MappingProxyType(
    {
        "target": "14 days from {start}: our promise, policy section 9",
        "appeal_target": "14 days from {start}, when the appeal reached us: our promise, policy section 9",
        "promised": "The day we promised anew in place of {first}, policy section 9",
        "promise_not_later": "the promise of {promised} changes nothing, as it is no later than {last}",
        "promise_too_early": "the promise of {promised} does not count, as it was dated before receipt",
        "promise_too_late": "the promise of {promised} does not count, as it came after {last}",
        "promise_too_far": "the promise of {promised} does not count, as the last day allowed is {last}",
        "nothing_to_extend": "the notice of {notice} names no new day, and no law sets a date here",
        "calendar_days": "{amount} days from {start}: {law}",
        "business_days": "{amount} business days from {start}: {law}",
        "working_days": "{amount} working days from {start}: {law}",
        "month": "One month from {start}: {law}",
        "months": "{amount} months from {start}: {law}",
        "day_one": "{amount} days that begin with {start}: {law}",
        "at_once": "At once, as soon as it reached us on {start}: {law}",
        "outer_limit": "{why}, the outer limit of the answer, as stopping is due at once",
        "marketing": "{why}; against direct marketing it takes effect at once",
        "moved": "{why}, moved from {unmoved} because that is a day off",
        "waited": "{why}, with {days} days that do not count while we waited for an answer",
        "extended": "Extended by our notice of {notice}: {why}",
        "named": "The day that our notice of {notice} named, as {law} allows without a number",
        "notice_too_early": "the notice of {notice} does not count, as it is dated before receipt",
        "notice_too_late": "the notice of {notice} came too late to move it, as its last day was {last}",
        "no_more_time": "the notice of {notice} does not move it, as {law} allows no more time for this",
        "names_no_day": "the notice of {notice} does not move it, as {law} wants it to name a later day",
    }
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def in_words(day: date) -> str:
    """ "Monday 2 March 2026", whatever the machine's language."""
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def _why_law(
    term: Term, regime: Regime, right: Asked, start: date, waited: int, due_on: date, unmoved_on: date
) -> str:
    key = {"none": "at_once", "uk_beginning_with": "day_one"}.get(term.counting, term.unit)
    if key == "months" and term.amount == 1:
        key = "month"
    source = term.citation if regime.short_name in term.citation else f"{regime.short_name}, {term.citation}"
    why = SAY[key].format(amount=term.amount, start=in_words(start), law=source)
    if waited:
        why = SAY["waited"].format(why=why, days=waited)
    if due_on != unmoved_on:
        why = SAY["moved"].format(why=why, unmoved=in_words(unmoved_on))
    if term.at_once and term.counting != "none":
        why = SAY["outer_limit"].format(why=why)
    if right is Right.OBJECT and regime.opt_out and regime.opt_out.at_once:
        why = SAY["marketing"].format(why=why)
    return why
