"""When somebody is told of what: the plan as data, and the point of it that a day has reached. Pure.

Days are calendar days of the office. A point is a number of days before a date; after it, minus the days since.
After an outage only the latest point counts: those missed before it stay unsaid.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from requests.patience import is_working_day


@dataclass(frozen=True)
class Plan:
    """Points at which somebody is told of one date."""

    name: str
    points: tuple[int, ...]  # in falling order
    then_every: int | None = None  # days between points after the last of them; None: there are no more


DUE = Plan("due", (7, 3, 1, 0), then_every=1)  # the date we work to: handler and mailbox
BY_LAW = Plan("by_law", (2, 0, -1))  # a mail of its own; once it is missed to approvers, too
UNASSIGNED = Plan("unassigned", (-1, -3), then_every=2)  # since receipt, and nobody has taken it: mailbox
UNTOUCHED = Plan("untouched", (-5,), then_every=5)  # since the last step of anybody: handler and mailbox
FILES = Plan("files", (7, 2))  # delivered files go: the requester
PROGRESS = Plan("progress", (-14,), then_every=14)  # since the requester was told of more time: the requester


def point_reached(plan: Plan, on: date, today: date) -> int | None:
    """The latest point that `today` has reached; None before the first."""
    left = (on - today).days
    last = plan.points[-1]
    if plan.then_every and left < last:
        return last - (last - left) // plan.then_every * plan.then_every
    return min((point for point in plan.points if left <= point), default=None)


def next_point_on(plan: Plan, on: date, today: date) -> date | None:
    """The first day after `today` that reaches a point of its own; None when all are behind."""
    coming = [on - timedelta(days=point) for point in plan.points]
    if later := [day for day in coming if day > today]:
        return min(later)
    if plan.then_every is None:
        return None
    periods = (today - coming[-1]).days // plan.then_every + 1
    return coming[-1] + timedelta(days=periods * plan.then_every)


def speaks_through(today: date) -> date:
    """The last day that the letters of a working day speak for: what falls on days off is told the working day
    before."""
    day = today
    while not is_working_day(day + timedelta(days=1)):
        day += timedelta(days=1)
    return day


def last_working_day_until(day: date) -> date:
    """The day itself, or the last working day before it."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day
