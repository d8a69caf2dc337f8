"""Cases on their way already, from a spreadsheet. Each line is one transaction: it comes in whole or not at all.

A line says when it reached us, and the law of that day counts; a date that has passed comes in overdue. An external id
tells a line that came before, so that the same file may be read again. Nobody is written to unless somebody says so.
What a line says is never printed. The columns:

    external_id, received, right, name       needed; several rights apart by “+”
    email, phone, postal_address             one of them
    residence, words, language, channel, also_known_by
    handler                                  the sign-in name of who works on it
"""

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django_countries import countries

from primevox_privacy import spreadsheet
from primevox_privacy.ledger.models import record
from primevox_privacy.outbox import letters as outbox
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.cipher import blind_index
from primevox_privacy.spreadsheet import Columns, Wrong
from primevox_privacy.staff.models import User
from primevox_privacy.turns import wait_for_turn
from requests import clock, letters, receipt_times, regimes, roles, workflow
from requests.intake import Asked, take_in
from requests.logged import CHANNELS
from requests.models import StopLink, Submission
from requests.never_kept import holds_secret_number
from requests.terms import Channel, Right, Status
from requests.workflow import SYSTEM
from verification.levels import AssuranceLevel

IMPORTING = uuid.UUID("0e4c3f52-5c9e-4a77-9a51-2f4be0a5a7d3")  # imports take turns on this id
NEEDED = ("external_id", "received", "right", "name")
WAYS = ("email", "phone", "postal_address")
COLUMNS = (*NEEDED, *WAYS, "residence", "words", "handler", "language", "channel", "also_known_by")
LONGEST = {"words": 4000, "postal_address": 500, "email": 254}
LONGEST_CELL = 200
NOON = time(12)


class _Needs(Exception):
    """What a cell needs to be."""

    def __init__(self, column: str, why: str) -> None:
        super().__init__(why)
        self.column = column


@dataclass(frozen=True)
class Row:
    """One line that can be taken in."""

    line: int
    external: str  # keyed digest of the external id
    asked: Asked
    received_at: datetime
    handler: User | None


@dataclass
class Result:
    """What became of an import."""

    added: int = 0
    known: int = 0
    overdue: int = 0
    receipts: int = 0
    wrong: int = 0
    seen: set[str] = field(default_factory=set, repr=False)


# --- Reading -------------------------------------------------------------------------------------------------
def rows(lines: Iterable[str], delimiter: str = ",") -> Iterator[Row | Wrong]:
    """Each line as a row or as what is wrong with it. Raises NotReadable when the columns are not ours."""
    return spreadsheet.rows(lines, delimiter, Columns(NEEDED, COLUMNS, COLUMNS.__contains__), _row)


def _row(at: int, cells: dict[str, str]) -> Row | Wrong:
    given = dict.fromkeys(COLUMNS, "") | cells
    try:
        for column, text in given.items():
            _check_text(column, text)
        received_at = _received_at(given["received"])
        return Row(at, _external(given["external_id"]), _asked(given), received_at, _handler(given["handler"]))
    except _Needs as needs:
        return Wrong(at, needs.column, str(needs))


def _external(written: str) -> str:
    return blind_index("external id of a case", written)


def _check_text(column: str, text: str) -> None:
    if column in NEEDED and not text:
        raise _Needs(column, "empty")
    if why_not := spreadsheet.why_not_text(text, LONGEST.get(column, LONGEST_CELL), lines=True):
        raise _Needs(column, why_not)
    if column in ("words", "also_known_by") and holds_secret_number(text):
        raise _Needs(column, "seems to hold a social security number or a card number; take it out")


def _received_at(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise _Needs("received", "needs a day like 2026-03-15, or a moment like 2026-03-15T09:30") from None
    if len(text) == len("2026-03-15") and at.date() != timezone.localdate():
        at = datetime.combine(at.date(), NOON)
    at = at if timezone.is_aware(at) else timezone.make_aware(at)
    if why_not := receipt_times.why_not(at):
        raise _Needs("received", why_not)
    return at


def _asked(given: dict[str, str]) -> Asked:
    rights = tuple(dict.fromkeys(_word(Right, "right", one.strip()) for one in given["right"].split("+")))
    if Right.UNSURE in rights and not given["words"]:
        raise _Needs("words", "empty, though it is not said which right it is about")
    if not any(given[way] for way in WAYS):
        raise _Needs("email", "one way to reach them is needed: e-mail, telephone or post")
    if given["email"]:
        try:
            validate_email(given["email"])
        except ValidationError:
            raise _Needs("email", "needs an e-mail address") from None
    channel = _word(Channel, "channel", given["channel"] or Channel.EMAIL)
    if channel not in CHANNELS:
        raise _Needs("channel", f"needs one of: {', '.join(CHANNELS)}")
    language = given["language"] or settings.LANGUAGE_CODE
    if language not in dict(settings.LANGUAGES):
        raise _Needs("language", f"needs one of: {', '.join(code for code, _name in settings.LANGUAGES)}")
    return Asked(
        rights=rights,
        wishes=dict.fromkeys(rights, given["words"]),
        residence=_residence(given["residence"]),
        name=given["name"],
        email=given["email"],
        phone=given["phone"],
        postal_address=given["postal_address"],
        also_known_by=given["also_known_by"],
        language=language,
        channel=channel,
    )


def _word(enum: type[StrEnum], column: str, text: str) -> Any:
    try:
        return enum(text.casefold())
    except ValueError:
        raise _Needs(column, f"needs one of: {', '.join(enum)}") from None


def _residence(text: str) -> str:
    code = text.upper()
    if code and code not in regimes.SUBDIVISION_NAMES and code not in dict(countries):
        raise _Needs("residence", "needs a code like US-TX or DE, or nothing")
    return code


def _handler(name: str) -> User | None:
    if not name:
        return None
    found = User.objects.filter(username=name, is_active=True).first()
    if found is None or not roles.may(found, "take"):
        raise _Needs("handler", "nobody who works on cases signs in by this name")
    return found


# --- Taking in -----------------------------------------------------------------------------------------------
def take_in_all(
    read: Iterable[Row | Wrong], *, dry_run: bool = False, send_receipts: bool = False, told: Callable[[Wrong], None]
) -> Result:
    """Take in each line that is new. `told` hears of each that is left out. With `dry_run` all is tried and undone."""
    result = Result()
    for one in read:
        if isinstance(one, Row) and one.external in result.seen:
            one = Wrong(one.line, "external_id", "stands in an earlier line already")
        if isinstance(one, Wrong):
            result.wrong += 1
            told(one)
            continue
        result.seen.add(one.external)
        with transaction.atomic():
            _take_in(one, result, send_receipts=send_receipts)
            transaction.set_rollback(dry_run)
    if not dry_run:
        counts = {name: getattr(result, name) for name in ("added", "known", "overdue", "receipts", "wrong")}
        record(uuid.uuid4(), "requests_imported", by=SYSTEM, **counts)
    return result


def _take_in(row: Row, result: Result, *, send_receipts: bool) -> None:
    wait_for_turn(IMPORTING)
    submission = Submission.objects.select_related("contact_key").filter(imported_as=row.external).first()
    if submission is None:
        submission = take_in(row.asked, received_at=row.received_at, with_receipt=False)
        Submission.objects.filter(pk=submission.pk).update(imported_as=row.external)
        record(submission.pk, "imported", by=SYSTEM, channel=submission.channel)
        result.added += 1
        today = timezone.localdate()
        for one in submission.rights_requests.all():
            result.overdue += one.leading_on < today
            if row.handler:
                soon = clock.look_soon(one)
                workflow.move(one, Status.IN_PROGRESS, "taken", by=SYSTEM, handler=row.handler, look_on=soon)
    else:
        result.known += 1
    if send_receipts:
        result.receipts += _owe_receipt(submission)


def _owe_receipt(submission: Submission) -> bool:
    """The receipt that every other door sends at once; only to who has got none, and while something is open."""
    requests = list(submission.rights_requests.open().order_by("reference"))
    if not requests or Letter.objects.filter(key=letters.receipt_key(submission)).exists():
        return False
    check = submission.check_made
    owed, links = letters.receipt(submission, requests, asks_identity=bool(check and check.asked > AssuranceLevel.T1))
    StopLink.objects.bulk_create(links)
    outbox.owe_all(owed)
    return bool(owed)
