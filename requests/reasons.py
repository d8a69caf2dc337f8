"""Why a date is what it is: every sentence about one, in one place, so that it can be translated."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from requests.regimes import Regime, Term
from requests.terms import Right

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


def why_law(term: Term, regime: Regime, right: str, start: date, waited: int, due_on: date, unmoved_on: date) -> str:
    """The sentence about a law's date: how it was counted, from when, and what moved it."""
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
