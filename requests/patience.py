"""How long we wait for the requester, and how often we say so. Pure; calendar days of the office.

They are reminded after 3 and 7 days; the letter after 14 days also gives notice, and seven days later the request may
be closed as `no_answer`. Where a date set by law leaves less room the whole plan is shorter, so that its notice is
over two working days before that date. Whether and how the request then ends, staff decide.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from requests.counting import days_off

REMINDED_AFTER = (3, 7)  # days
NOTICE_AFTER = 14
NOTICE = 7  # days that a notice gives
BEFORE_THE_LAW = 2  # working days between the end of a notice and a date set by law
LEAST = 3  # days; in less than that nobody can be reminded and given notice, too


@dataclass(frozen=True)
class Plan:
    """The days of one wait."""

    reminded_on: tuple[date, ...]
    noticed_on: date  # the letter of that day names `ends_on`
    ends_on: date  # silent until the end of this day: it may be closed

    @property
    def notice(self) -> timedelta:
        """How long the notice gives."""
        return self.ends_on - self.noticed_on


def plan(asked_on: date, by_law: date | None) -> Plan | None:
    """The plan of a wait that began on that day; None where the law's date leaves no room for one."""
    ends_on = asked_on + timedelta(days=NOTICE_AFTER + NOTICE)
    if by_law:
        ends_on = min(ends_on, working_days_before(by_law, BEFORE_THE_LAW))
    room = (ends_on - asked_on).days
    if room < LEAST:
        return None
    notice_after = max(room - NOTICE, 1)
    reminded = tuple(asked_on + timedelta(days=days) for days in REMINDED_AFTER if days < notice_after)
    return Plan(reminded, asked_on + timedelta(days=notice_after), ends_on)


def is_tight(asked_on: date, by_law: date | None) -> bool:
    """Whether a wait that begins on that day has its first letter sooner than the plan without a law."""
    wait = plan(asked_on, by_law)
    return wait is None or min((*wait.reminded_on, wait.noticed_on)) < asked_on + timedelta(days=REMINDED_AFTER[0])


def working_days_before(day: date, number: int) -> date:
    """The last of `number` working days before that day, going back."""
    while number:
        day -= timedelta(days=1)
        number -= is_working_day(day)
    return day


def is_working_day(day: date) -> bool:
    """Whether the office is open: Monday to Friday, without the federal holidays of the United States."""
    return not days_off("us_federal", None)(day)
