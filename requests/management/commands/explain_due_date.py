"""`manage.py explain_due_date`: every date of a request, with the reason for each, as JSON or as text.

With `--all-dates` also step by step: the day of receipt, the law, how each date is counted, what could still move it.
"""

import json
import re
from argparse import ArgumentParser
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django_countries.data import COUNTRIES

from requests.deadlines import HOME, Schedule, schedule
from requests.leeway import Leeway, leeway
from requests.reasons import in_words
from requests.regimes import known_subdivisions, law, zone_of
from requests.statute import APPEAL, Asked, Due
from requests.terms import Right
from requests.words import DATE_KINDS

RIGHTS = (*(right.value for right in Right), APPEAL)
YEARS = range(2000, 2200)  # outside, either the calendar ends or no law we know was there
RESIDENCE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


class Command(BaseCommand):
    help = "Explain every date of a request or an appeal, from where the person lives and when it reached us."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--right", required=True, help=f"one of: {', '.join(RIGHTS)}")
        parser.add_argument("--residence", help="like US-CA, CA-QC, DE or GB-SCT; left out: unknown")
        parser.add_argument("--received", required=True, help="like 2026-01-31T23:30:00-06:00; no offset: Chicago")
        parser.add_argument("--zone", help="the requester's time zone, like America/New_York")
        parser.add_argument("--extended-on", help="the day our notice of an extension went out, like 2026-02-20")
        parser.add_argument("--promised", help="the new day promised for the target, like 2026-02-27")
        parser.add_argument("--clock-starts-on", help="the day a law's clock began, where it waited for proof or a fee")
        parser.add_argument(
            "--stopped",
            action="append",
            default=[],
            help="first and last day that do not count, like 2026-06-08..2026-06-15; may be given several times",
        )
        parser.add_argument("--format", choices=("json", "text"), default="json")
        parser.add_argument(
            "--all-dates", action="store_true", help="step by step, and what could still move each date"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        right, residence = _right(options["right"]), _residence(options.get("residence"))
        received_at, zone = _received(options["received"]), _zone(options.get("zone"))
        extended_on = _day("--extended-on", options.get("extended_on"))
        promised = _day("--promised", options.get("promised"))
        starts_on = _day("--clock-starts-on", options.get("clock_starts_on"))
        answer = schedule(
            right,
            residence,
            received_at,
            zone=zone,
            extended_on=extended_on,
            promised=promised,
            clock_starts_on=starts_on,
            stopped=tuple(_days(text) for text in options.get("stopped", ())),
        )
        step_by_step, zones = options.get("all_dates"), (HOME.key, zone or zone_of(residence))
        if options.get("format") == "text":
            lines = _steps(answer, received_at, zones) if step_by_step else _lines(answer)
            self.stdout.write("\n".join(lines))
        else:
            told = answer.as_json() | (_in_full(answer, zones) if step_by_step else {})
            self.stdout.write(json.dumps(told, indent=2, ensure_ascii=False))


# --- Saying it ---


def _lines(answer: Schedule) -> list[str]:
    """The date to work to and why, then the others, one line each."""
    first = sorted(answer.dates, key=lambda due: (due is not answer.leading, due.due_on))
    return [f"{DATE_KINDS[due.kind]}: {_when(due)}. {due.why}." for due in first]


def _steps(answer: Schedule, received_at: datetime, zones: tuple[str | None, ...]) -> list[str]:
    """Every step on the way to every date, each with its source."""
    since = f", in force since {answer.regime.effective_on}" if answer.regime.effective_on else ""
    local = [f"{received_at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}" for zone in dict.fromkeys(zones) if zone]
    lines = [
        f"1. Received: {in_words(answer.received_on)} ({' / '.join(local)}; the earlier day counts)",
        f"   Rule: {law()['receipt_rule']['text']} ({law()['receipt_rule']['confidence']})",
        f"2. Law: {answer.regime.name}{since} ({answer.regime.citation})",
    ]
    for number, due in enumerate(answer.dates, start=3):
        lines += [
            f"{number}. {DATE_KINDS[due.kind]}: {_when(due)}",
            f"   Why: {due.why}",
            f"   Rule {due.rule}: {law()['counting_rules'][due.rule]['text']}",
            f"   Source: {due.citation} ({due.confidence})",
        ]
    lines.append(
        f"{len(answer.dates) + 3}. We work to: {_when(answer.leading)}, {str(DATE_KINDS[answer.leading.kind]).lower()}"
    )
    lines.append("What could still move a date:")
    for way in leeway(answer):
        lines.append(f"   - {DATE_KINDS[way.moves]}: {way.why} ({way.citation}, {way.confidence})")
        lines += [f"     Needed: {wanted}" for wanted in way.conditions]
    return lines if leeway(answer) else [*lines, "   - nothing"]


def _when(due: Due) -> str:
    return f"at once, and at the latest {in_words(due.due_on)}" if due.at_once else in_words(due.due_on)


def _in_full(answer: Schedule, zones: tuple[str | None, ...]) -> dict[str, Any]:
    """What `--all-dates` adds to the JSON."""
    return {
        "zones": [zone for zone in dict.fromkeys(zones) if zone],
        "law": {"name": answer.regime.name, "citation": answer.regime.citation},
        "dates": [
            {
                **row,
                "rule_text": law()["counting_rules"][due.rule]["text"],
                "confidence": due.confidence,
                "at_once": due.at_once,
                "safe_on": due.safe_on.isoformat(),
            }
            for row, due in zip(answer.as_json()["dates"], answer.dates, strict=True)
        ],
        "could_move": [_way(way) for way in leeway(answer)],
    }


def _way(way: Leeway) -> dict[str, Any]:
    return {
        "by": way.by.value,
        "moves": way.moves.value,
        "until": way.until and way.until.isoformat(),
        "tell_by": way.tell_by and way.tell_by.isoformat(),
        "citation": way.citation,
        "confidence": way.confidence,
        "conditions": list(way.conditions),
        "why": way.why,
    }


# --- Reading what was typed ---


def _right(text: str) -> Asked:
    if text == APPEAL:
        return APPEAL
    if text not in RIGHTS:
        raise CommandError(f"There is no right called {text!r}. Write one of: {', '.join(RIGHTS)}.")
    return Right(text)


def _residence(text: str | None) -> str | None:
    if text is None:
        return None
    code = text.strip().upper()
    country = code[:2]
    if not RESIDENCE.fullmatch(code) or country not in COUNTRIES:
        raise CommandError(f"{text!r} is not a place we know. Write a code like US-CA, CA-QC, DE or GB-SCT.")
    known = known_subdivisions(country)
    if code != country and known and code not in known:
        raise CommandError(f"{text!r} is not a place we know. Write one of: {', '.join(known)}.")
    return code


def _received(text: str) -> datetime:
    try:
        received_at = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{text!r} is not a time. Write --received like 2026-01-31T23:30:00-06:00.") from error
    if received_at.year not in YEARS:
        raise CommandError("Write --received with a year of our time, like 2026.")
    if len(text) <= len("2026-01-31"):  # a day alone: noon, so that it is that day in every zone west of here
        received_at = received_at.replace(hour=12)
    return received_at if received_at.tzinfo else received_at.replace(tzinfo=HOME)


def _zone(name: str | None) -> str | None:
    if name is None:
        return None
    try:
        ZoneInfo(name)
    except (
        KeyError,
        OSError,
        ValueError,
    ) as error:  # a name unknown, a folder's, or one that leaves the folder
        raise CommandError(f"{name!r} is not a time zone. Write one like America/New_York.") from error
    return name


def _day(option: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{text!r} is not a day. Write {option} like 2026-02-20.") from error


def _days(text: str) -> tuple[date, date]:
    first, dots, last = text.partition("..")
    try:
        days = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError as error:
        raise CommandError(f"{text!r} are no two days. Write --stopped like 2026-06-08..2026-06-15.") from error
    if not dots or days[0] > days[1]:
        raise CommandError(f"{text!r} ends before it begins. Write --stopped like 2026-06-08..2026-06-15.")
    return days
