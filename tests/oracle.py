"""A second opinion on every date, to hold the engine against. Written differently on purpose.

It shares no line with `requests`: it reads the law file raw, reckons with dateutil (`relativedelta`, `rrule`, `easter`,
`tz`), and takes holidays from the library itself. Where the two disagree, law/README.md of the compilers decides.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from itertools import count, islice
from pathlib import Path
from typing import Any

import holidays
import yaml
from dateutil import tz
from dateutil.easter import easter
from dateutil.relativedelta import MO, relativedelta
from dateutil.rrule import DAILY, rrule

LAW = yaml.load(
    (Path(__file__).parent.parent / "requests" / "law" / "regimes.yaml").read_bytes(),
    Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader),
)
BY_ID = {entry["id"]: entry for entry in LAW["regimes"]}
BY_PLACE = {
    code: [entry for entry in LAW["regimes"] if code in entry["jurisdictions"]]
    for code in sorted({code for entry in LAW["regimes"] for code in entry["jurisdictions"]})
}
IN_THE_FILE = {
    "opt_out": ["opt_out_sale", "opt_out_targeted_ads", "opt_out_profiling"],
    "retaliation": ["non_retaliation"],
    "unsure": [],
}
STOPPING = {"opt_out", "limit_sensitive", "withdraw_consent"}
Moment = tuple[date | None, date]


# --- the calendar ---


@cache
def canada(year: int) -> set[date]:
    fixed = {date(year, month, day) for month, day in ((1, 1), (7, 1), (9, 30), (11, 11), (12, 25))}
    victoria = date(year, 5, 24) + relativedelta(weekday=MO(-1))
    labour = date(year, 9, 1) + relativedelta(weekday=MO(+1))
    return fixed | {victoria, labour, easter(year) - timedelta(2), easter(year) + timedelta(1)}


@cache
def new_zealand(year: int) -> set[date]:
    """Those the law file names, on their own days; from Christmas to 15 January nothing counts."""
    listed = holidays.country_holidays("NZ", years=year, observed=False)
    named = {"Waitangi Day", "Good Friday", "Easter Monday", "Anzac Day", "King's Birthday", "Queen's Birthday"}
    days = {day for day, name in listed.items() if name in named | {"Labor Day", "Labour Day", "Matariki"}}
    summer = (
        rrule(DAILY, datetime(year, 12, 25), until=datetime(year, 12, 31)),
        rrule(DAILY, datetime(year, 1, 1), 1, count=15),
    )
    return days | {moment.date() for each in summer for moment in each}


@cache
def america(year: int) -> set[date]:
    return set(holidays.country_holidays("US", years=year, observed=False))


@cache
def somewhere(residence: str, year: int) -> set[date]:
    country, _dash, part = residence.partition("-")
    known = holidays.list_supported_countries()[country]
    nation = {"GB": "ENG"}.get(country)
    return set(holidays.country_holidays(country, subdiv=part if part in known else nation, years=year))


def closed(calendar: str | None, residence: str, day: date) -> bool:
    if calendar is None:
        return False
    if calendar == "ca_federal":
        return day.isoweekday() == 7 or day in canada(day.year)
    if day.isoweekday() in (6, 7):
        return True
    if calendar == "us_federal":
        return day in america(day.year)
    return day in (new_zealand(day.year) if calendar == "nz_privacy" else somewhere(residence, day.year))


def from_here(day: date) -> Iterable[date]:
    return (day + timedelta(n) for n in count())


def open_from(day: date, calendar: str | None, residence: str) -> date:
    return next(each for each in from_here(day) if not closed(calendar, residence, each))


# --- one law ---


def end_of(term: dict[str, Any], start: date, residence: str, waited: int = 0) -> tuple[date, date]:
    """Last day, and the same before any move."""
    calendar, amount = term.get("holiday_calendar"), term["amount"]
    match term["counting"]:
        case "none":
            end = safe = start
        case "uk_beginning_with":
            end = safe = start + relativedelta(days=amount) - timedelta(1)
        case "eu_month" | "uk_month":
            safe = start + relativedelta(months=amount) + timedelta(waited)
            end = open_from(safe, calendar, residence)
        case "ca_interpretation_act":
            safe = start + relativedelta(days=amount)
            end = open_from(safe, calendar, residence)
        case "business_days_after_receipt" | "working_days_after_receipt":
            opened = (day for day in from_here(start + timedelta(1)) if not closed(calendar, residence, day))
            end = safe = next(islice(opened, amount - 1, None))
        case _:
            end = safe = start + relativedelta(days=amount)
    return end, safe


def begun(block: dict[str, Any], day: date) -> bool:
    first, last = block.get("from") or block.get("date"), block.get("until")
    return (not first or date.fromisoformat(first) <= day) and (not last or day <= date.fromisoformat(last))


def granted(entry: dict[str, Any], right: str, day: date) -> dict[str, Any] | None:
    rows = [entry["rights"]["items"][word] for word in IN_THE_FILE.get(right, [right])]
    return next((row for row in rows if row["available"] and begun(row, day)), None)


def covered(block: dict[str, Any], right: str) -> bool:
    return block["applies_to"] == "all" or bool(set(block["applies_to"]) & set(IN_THE_FILE.get(right, [right])))


def plain_days(amount: int) -> dict[str, Any]:
    return {"amount": amount, "counting": "days_after_receipt"}


def terms(entry: dict[str, Any], right: str, day: date) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The first term and the longest; the longest is empty where the notice names the day, None where none is."""
    row = granted(entry, right, day)
    if row is None or entry["id"] == "none" or right == "retaliation":
        return None, None
    if right == "appeal":
        look = entry["appeal"]["respond_within"]["amount"]
        more = entry["appeal"].get("extension")
        return plain_days(look), plain_days(look + more["amount"]) if more else None
    if right == "withdraw_consent":
        return row.get("stop_within"), None
    answer, own = entry["response"], entry["opt_out"]
    if right in STOPPING:
        if not own["same_as_response"]:
            return own, None
        return (answer | {"at_once": own.get("at_once", False)} if answer["applies_to"] else None), None
    if not covered(answer, right):
        return None, None
    more = entry["extension"]
    return answer, more.get("total") or ({} if more.get("open") else None)


def ruled(entry: dict[str, Any], right: str, residence: str, day: date, events: dict[str, Any]) -> dict[str, date]:
    """What one law says: `statutory`, `extended`, and where it stands."""
    first, longest = terms(entry, right, day)
    if first is None:
        return {}
    clock = entry["clock"]
    waits = clock["portal_pauses"] and clock.get("pauses_from", "") <= day.isoformat() and not first.get("at_once")
    start = max(day, events["clock_starts_on"] or day) if waits else day

    def dated(term: dict[str, Any]) -> tuple[date, date]:
        waited: set[date] = set()
        if waits and clock["pause"] == "identity_fee_clarification":
            for asked, answered in sorted(events["stopped"]):
                if asked <= end_of(term, start, residence, len(waited))[1]:
                    every = rrule(
                        DAILY,
                        datetime.combine(asked, datetime.min.time()),
                        until=datetime.combine(answered, datetime.min.time()),
                    )
                    waited |= {moment.date() for moment in every if moment.date() >= start}
        return end_of(term, start, residence, len(waited))

    statutory, safe = dated(first)
    answer, notice = {"statutory": statutory}, events["extended_on"]
    if longest is None or notice is None or not day <= notice <= safe:
        return answer
    if longest:
        return answer | {"extended": dated(longest)[0]}
    told = [new for on, new in events["promises"] if on in (None, notice)] or [new for _on, new in events["promises"]]
    return answer | ({"extended": max(told)} if told and max(told) > statutory else {})


# --- everything together ---


def zone_of(residence: str) -> str | None:
    if residence in LAW["zones"]:
        return str(LAW["zones"][residence])
    country = residence.split("-")[0]
    return None if country in LAW["subdivisions"] else LAW["zones"].get(country)


def laws(residence: str, day: date) -> list[dict[str, Any]]:
    for code in dict.fromkeys((residence, residence.split("-")[0])):
        if entry := next((each for each in BY_PLACE.get(code, []) if begun(each["effective"], day)), None):
            beside = BY_ID.get(entry.get("together_with", ""))
            return [entry, beside] if beside and begun(beside["effective"], day) else [entry]
    return [BY_ID["none"]]


MAY_MEAN = ("know", "access", "correct", "delete", "restrict", "portability", "object", *sorted(STOPPING))


def soonest(place: str, day: date, events: dict[str, Any]) -> Iterable[date]:
    """What any law there would set for anything that somebody who does not know the word may mean; not what is owed
    at once."""
    for entry in laws(place, day):
        for each in MAY_MEAN:
            first, _longest = terms(entry, each, day)
            if first and not first.get("at_once"):
                yield ruled(entry, each, place, day, events)["statutory"]


def opinion(
    right: str,
    residence: str | None,
    received_at: datetime,
    *,
    zone: str | None = None,
    extended_on: date | None = None,
    promises: tuple[Moment, ...] = (),
    clock_starts_on: date | None = None,
    stopped: tuple[tuple[date, date], ...] = (),
) -> dict[str, Any]:
    """Every date by its kind, the day of receipt, the law and what leads."""
    place = (residence or "").upper()
    both = [name for name in ("America/Chicago", zone or zone_of(place)) if name]
    day = sorted(received_at.astimezone(tz.gettz(name)).date() for name in both)[0]
    events = {
        "extended_on": extended_on,
        "promises": promises,
        "clock_starts_on": clock_starts_on,
        "stopped": stopped,
    }
    said = [(ruled(entry, right, place, day, events), entry) for entry in laws(place, day)]
    dates, entry = sorted(said, key=lambda each: max(each[0].values(), default=date.max))[0]
    limit = max(dates.values(), default=day + timedelta(45) if right == "appeal" else date.max)
    if right == "unsure":
        limit = min(soonest(place, day, events), default=date.max)
    target = day + timedelta(14)
    for told, new in promises:
        if target < new <= limit and (told is None or day <= told <= target):
            target = new
    must_confirm = entry["acknowledgement"] if right != "appeal" else None
    row = entry["rights"]["items"].get(right)
    found: dict[str, Any] = {"target": target} | dates
    if must_confirm and right in must_confirm["applies_to"] and begun(must_confirm, day) and row and begun(row, day):
        found["acknowledgement"] = end_of(must_confirm, day, place)[0]
    by_law = max(dates.values(), default=date.max)
    kind = "target" if target < by_law else list(dates)[-1]
    return {"received_on": day, "regime": entry["id"], "dates": found, "leading": (kind, found[kind])}
