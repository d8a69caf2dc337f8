"""`manage.py explain_due_date`: every date of a request, with the reason for each, as JSON."""

import json
import re
from argparse import ArgumentParser
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django_countries.data import COUNTRIES

from requests.deadlines import APPEAL, HOME, Asked, schedule
from requests.regimes import known_subdivisions
from requests.terms import Right

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

    def handle(self, *args: Any, **options: Any) -> None:
        right, residence = _right(options["right"]), _residence(options.get("residence"))
        received_at, zone = _received(options["received"]), _zone(options.get("zone"))
        extended_on = _day("--extended-on", options.get("extended_on"))
        promised = _day("--promised", options.get("promised"))
        answer = schedule(right, residence, received_at, zone=zone, extended_on=extended_on, promised=promised)
        self.stdout.write(json.dumps(answer.as_json(), indent=2, ensure_ascii=False))


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
