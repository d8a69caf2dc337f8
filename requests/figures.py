"""How each ending counts in the yearly figures that regulators ask for (11 CCR 7102; policy §11). Plain Python.

Every ending counts exactly once. What no person asked of us, or what was asked twice, is shown but is no denial.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from statistics import mean, median
from types import MappingProxyType
from typing import NamedTuple

from requests.terms import Ending, Right


class Figure(StrEnum):
    """The columns of the yearly figures."""

    COMPLIED = "complied"
    COMPLIED_IN_PART = "complied_in_part"
    DENIED = "denied"
    DENIED_UNVERIFIED = "denied_unverified"  # regulators ask for these apart
    TAKEN_BACK = "taken_back"
    NOT_COUNTED = "not_counted"  # joined with another, not theirs, no request, not covered by the policy


COUNTS_AS: Mapping[Ending, Figure] = MappingProxyType(
    {
        Ending.FULFILLED: Figure.COMPLIED,
        Ending.NOTHING_HELD: Figure.COMPLIED,  # looked, and said so
        Ending.PARTLY: Figure.COMPLIED_IN_PART,
        Ending.REFUSED: Figure.DENIED,
        Ending.NO_ANSWER: Figure.DENIED,
        Ending.IDENTITY_NOT_SHOWN: Figure.DENIED_UNVERIFIED,
        Ending.WITHDRAWN: Figure.TAKEN_BACK,
        Ending.MERGED: Figure.NOT_COUNTED,
        Ending.NOT_YOU: Figure.NOT_COUNTED,
        Ending.NOT_A_REQUEST: Figure.NOT_COUNTED,
        Ending.OUT_OF_SCOPE: Figure.NOT_COUNTED,
    }
)


class Counted(NamedTuple):
    """What the figures need of one request. No name, no reference."""

    right: Right
    regime: str
    received_on: date
    ending: Ending | None  # None: still open
    closed_on: date | None


class Row(NamedTuple):
    """One line of the figures: a right under a law. Days run from receipt to closing, calendar days."""

    right: Right
    regime: str
    received: int
    open: int
    by_figure: Mapping[Figure, int]
    mean_days: float | None
    median_days: float | None


def rows(requests: Iterable[Counted]) -> list[Row]:
    """The figures of the given requests, by right and law, in that order."""
    groups: dict[tuple[Right, str], list[Counted]] = {}
    for one in requests:
        groups.setdefault((one.right, one.regime), []).append(one)
    return [_row(right, regime, group) for (right, regime), group in sorted(groups.items())]


def _row(right: Right, regime: str, group: list[Counted]) -> Row:
    counts = Counter(COUNTS_AS[one.ending] for one in group if one.ending)
    days = _days(group)
    return Row(
        right=right,
        regime=regime,
        received=len(group),
        open=sum(one.ending is None for one in group),
        by_figure={figure: counts[figure] for figure in Figure},
        mean_days=round(float(mean(days)), 1) if days else None,
        median_days=float(median(days)) if days else None,
    )


class OfLaw(NamedTuple):
    """One law with all rights: what came in under it, what was answered, and in how many days the one in the middle."""

    regime: str
    received: int
    answered: int
    median_days: float | None


def by_law(requests: Iterable[Counted]) -> list[OfLaw]:
    """The figures of the given requests by law alone, in the order of their names."""
    groups: dict[str, list[Counted]] = {}
    for one in requests:
        groups.setdefault(one.regime, []).append(one)
    return [_of_law(regime, group) for regime, group in sorted(groups.items())]


def _of_law(regime: str, group: list[Counted]) -> OfLaw:
    days = _days(group)
    return OfLaw(regime, len(group), len(days), float(median(days)) if days else None)


def _days(group: list[Counted]) -> list[int]:
    """From receipt to closing, of each that was answered."""
    return [(one.closed_on - one.received_on).days for one in group if one.closed_on and _was_answered(one)]


def _was_answered(one: Counted) -> bool:
    return one.ending is not None and COUNTS_AS[one.ending] not in (Figure.TAKEN_BACK, Figure.NOT_COUNTED)
