"""Was a date kept? Missing our own target and missing the law are two things, and have two words. Pure.

What is due at once counts as missed only after the next working day, whatever outer limit the law prints.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol

from requests.counting import days_off, next_open_day
from requests.terms import DateKind


class Missed(StrEnum):
    """Which kind of date was not kept."""

    TARGET = "target_missed"  # late against our own promise (policy section 9)
    LAW = "law_missed"


class Dated(Protocol):
    """A date of the engine, or its row."""

    @property
    def kind(self) -> str: ...
    @property
    def due_on(self) -> date: ...
    @property
    def citation(self) -> str: ...
    @property
    def at_once(self) -> bool: ...


class KeptDate(NamedTuple):
    """A date of an appeal, as its row keeps it. No second look is due at once."""

    kind: str
    due_on: date
    citation: str
    at_once: bool = False


def from_json(row: Mapping[str, str]) -> KeptDate:
    """A date out of `Schedule.as_json`."""
    return KeptDate(row["kind"], date.fromisoformat(row["due_on"]), row["citation"])


def missed(dates: Iterable[Dated], received_on: date, on: date) -> frozenset[Missed]:
    """What is missed when the answer goes out on that day, or (today) has not gone out yet."""
    of = {due.kind: due for due in dates}
    reopened = of.get(DateKind.AFTER_APPEAL)
    target = reopened or of.get(DateKind.TARGET)
    law = None if reopened else of.get(DateKind.EXTENDED) or of.get(DateKind.STATUTORY)
    kept_until = {Missed.TARGET: target, Missed.LAW: law}
    return frozenset(what for what, due in kept_until.items() if due and on > last_day(due, received_on))


def last_day(due: Dated, received_on: date) -> date:
    """The last day on which a date is still kept."""
    if not due.at_once:
        return due.due_on
    return next_open_day(received_on + timedelta(days=1), days_off("us_federal", None))


def first_come(dates: Iterable[Dated], leading_on: date) -> tuple[bool, date]:
    """Sorts a queue: what is due at once stands first, then what is due first."""
    return not any(due.at_once for due in dates), leading_on
