"""Why a date is what it is: every sentence about one, in one place.

A reason is a key of `SAY` and what stands in its gaps, ready for JSON: it is kept beside the date, so that a page can
say it in the reader's language (`words.why`). In the record stands the English sentence.
"""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from requests.regimes import Regime, Term
from requests.terms import Right

Reason = dict[str, Any]  # `key`, and the gaps: days as ISO text, numbers, names of laws, other reasons


def gettext_noop(english: str) -> str:
    """Marks a sentence for the collector of what is to be translated."""
    return english


SAY: Mapping[str, str] = MappingProxyType(
    {
        "and": "{why}; {note}",
        "target": gettext_noop("14 days from {start}: our promise, policy section 9"),
        "appeal_target": gettext_noop(
            "14 days from {start}, when the appeal reached us: our promise, policy section 9",
        ),
        "after_appeal": gettext_noop(
            "14 days from {start}, when the appeal opened it again: our promise, policy sections 9 and 10"
        ),
        "promised": gettext_noop("The day we promised anew in place of {first}, policy section 9"),
        "promise_not_later": gettext_noop("the promise of {promised} changes nothing, as it is no later than {last}"),
        "promise_too_early": gettext_noop(
            "the promise of {promised} does not count, as it was dated before receipt",
        ),
        "promise_too_late": gettext_noop("the promise of {promised} does not count, as it came after {last}"),
        "promise_too_far": gettext_noop("the promise of {promised} does not count, as the last day allowed is {last}"),
        "nothing_to_extend": gettext_noop("the notice of {notice} names no new day, and no law sets a date here"),
        "calendar_days": gettext_noop("{amount} days from {start}: {law}"),
        "business_days": gettext_noop("{amount} business days from {start}: {law}"),
        "working_days": gettext_noop("{amount} working days from {start}: {law}"),
        "month": gettext_noop("One month from {start}: {law}"),
        "months": gettext_noop("{amount} months from {start}: {law}"),
        "day_one": gettext_noop("{amount} days that begin with {start}: {law}"),
        "at_once": gettext_noop("At once, as soon as it reached us on {start}: {law}"),
        "outer_limit": gettext_noop("{why}, the outer limit of the answer, as stopping is due at once"),
        "marketing": gettext_noop("{why}; against direct marketing it takes effect at once"),
        "moved": gettext_noop("{why}, moved from {unmoved} because that is a day off"),
        "began_later": gettext_noop("{why}, when its clock began"),
        "waited_a_day": gettext_noop("{why}, with one day that does not count while we waited for an answer"),
        "waited": gettext_noop("{why}, with {days} days that do not count while we waited for an answer"),
        "extended": gettext_noop("Extended by our notice of {notice}: {why}"),
        "named": gettext_noop("The day that our notice of {notice} named, as {law} allows without a number"),
        "notice_too_early": gettext_noop("the notice of {notice} does not count, as it is dated before receipt"),
        "notice_too_late": gettext_noop("the notice of {notice} came too late to move it, as its last day was {last}"),
        "no_more_time": gettext_noop("the notice of {notice} does not move it, as {law} allows no more time for this"),
        "names_no_day": gettext_noop("the notice of {notice} does not move it, as {law} wants it to name a later day"),
        # What could still move a date (leeway.py).
        "may_promise": gettext_noop(
            "We may promise a new day, up to {until}, if we say so by {tell_by}: policy section 9"
        ),
        "may_extend": gettext_noop("{law} allows more time, up to {until}, if we say so by {tell_by}"),
        "may_extend_named": gettext_noop(
            "{law} allows more time, up to the day that our notice names, if we say so by {tell_by}"
        ),
        "may_wait_all": gettext_noop(
            "The clock of {law} begins when proof of identity and an agreed fee are in, and rests while we wait for "
            "an answer that we need"
        ),
        "may_wait_fee": gettext_noop("The clock of {law} begins {days} days after we told of a share of the cost"),
    }
)
DAYS = frozenset({"start", "first", "promised", "last", "notice", "unmoved", "until", "tell_by"})  # gaps that are days
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def because(key: str, **gaps: Any) -> Reason:
    """A reason, ready for JSON."""
    return {"key": key} | {name: gap.isoformat() if isinstance(gap, date) else gap for name, gap in gaps.items()}


def in_words(day: date) -> str:
    """ "Monday 2 March 2026", whatever the machine's language."""
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def say(reason: Reason, sentence: Callable[[str], str] = str, day: Callable[[date], str] = in_words) -> str:
    """A reason as a sentence: in English, or in the language that `sentence` and `day` speak."""

    def said(name: str, gap: Any) -> Any:
        if name in DAYS:
            return day(date.fromisoformat(gap))
        return say(gap, sentence, day) if isinstance(gap, dict) else gap

    gaps = {name: said(name, gap) for name, gap in reason.items() if name != "key"}
    return sentence(SAY[reason["key"]]).format(**gaps)


def why_law(
    term: Term, regime: Regime, right: str, received_on: date, start: date, waited: int, due_on: date, unmoved_on: date
) -> Reason:
    """The reason of a law's date: how it was counted, from when, and what moved it."""
    key = {"none": "at_once", "uk_beginning_with": "day_one"}.get(term.counting, term.unit)
    if key == "months" and term.amount == 1:
        key = "month"
    law = term.citation if regime.short_name in term.citation else f"{regime.short_name}, {term.citation}"
    why = because(key, start=start, law=law) | ({} if key in ("at_once", "month") else {"amount": term.amount})
    if start > received_on:
        why = because("began_later", why=why)
    if waited:
        why = because("waited_a_day", why=why) if waited == 1 else because("waited", why=why, days=waited)
    if due_on != unmoved_on:
        why = because("moved", why=why, unmoved=unmoved_on)
    if term.at_once and term.counting != "none":
        why = because("outer_limit", why=why)
    if right is Right.OBJECT and regime.opt_out and regime.opt_out.at_once:
        why = because("marketing", why=why)
    return why
