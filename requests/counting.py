"""How a law counts its days: nine rules, and the days off that some of them leave out.

Pure: a day and a number come in, a day comes out. Which rule a law uses stands in the law file.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from requests.regimes import law, weakest

Off = Callable[[date], bool]


# --- the nine ways of counting: one function for each key of `counting_rules` in the law file ---


def no_day_off(day: date) -> bool:
    return False


def portal_14_days(start: date, amount: int, is_off: Off = no_day_off) -> date:
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


def how_sure(rule: str, calendar: str | None) -> str:
    """How sure a way of counting is, with the days off that it leaves out."""
    marks = [law()["counting_rules"][rule]["confidence"]]
    return weakest(*marks, *([law()["holiday_calendars"][calendar]["confidence"]] if calendar else []))


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
        else_part = listed.get("where_no_part_is_said")
        return lambda day: day.weekday() in weekend or day in _public_holidays(country, part, else_part, day.year)
    return lambda day: day.weekday() in weekend or day in _listed_holidays(calendar, day.year)


@lru_cache(maxsize=512)
def _public_holidays(country: str, part: str, else_part: str | None, year: int) -> frozenset[date]:
    """Of the part of the country where the library knows it, else of its main part or the whole country."""
    import holidays  # slow to import, and only some laws need it

    subdiv = part if part in holidays.country_holidays(country).subdivisions else else_part
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
