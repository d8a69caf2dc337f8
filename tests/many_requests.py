"""Very many requests in little time, on PostgreSQL: rows like those of one that came through the door, each with what
is its own. Some are on the desk; of the others most were forgotten long ago.

Keys are shared and foreign keys not looked at, so nothing here can be opened, closed or forgotten: only looked for.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Model

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from requests.models import DueDate, RightsRequest, Submission
from verification.models import Check

AT_ONCE = 100_000  # rows
DAY = "DATE '{today}'"
STATUS = "(ARRAY['received', 'received', 'in_progress', 'in_progress', 'waiting', 'in_review'])[1 + n / 10 % 6]"


@dataclass(frozen=True)
class Desk:
    """Which of all numbers `n` are on the desk, which of those are frozen, and of which a letter did not arrive."""

    open: str
    frozen: str
    undelivered: str


ONE_IN_TEN = Desk("n % 10 = 0", "n % 1000 = 1", "n % 2000 = 10")
THE_FIRST_THOUSAND = Desk("n < 1000", "n < 1000 AND n % 5 = 1", "n < 1000 AND n % 5 = 2")


def _id(of: str) -> str:
    return f"md5('{of}' || n)::uuid"


def name_of(n: int) -> str:
    """How the n-th person is found by name, in the database of `fill`."""
    return f"{n:064x}"


def _own(desk: Desk) -> dict[type[Model], dict[str, str]]:
    """What is the own of each row, by column."""
    is_open, leading = f"({desk.open})", f"{DAY} + CASE WHEN {desk.open} THEN n / 10 % 41 - 1 ELSE -14 - n % 700 END"
    undecided = f"{is_open} AND n / 10 % 3 < 2"

    def index(of: str) -> str:
        return f"CASE WHEN {is_open} OR n % 10 = 1 THEN {of} ELSE '' END"  # the contact of others is forgotten

    return {
        Check: {
            "id": _id("check"),
            "subject": _id("submission"),
            "state": f"CASE WHEN {is_open} THEN (ARRAY['open', 'given', 'passed'])[1 + n / 10 % 3] ELSE 'passed' END",
            "decided_at": f"CASE WHEN {undecided} THEN NULL ELSE now() END",
            "level_reached": f"CASE WHEN {undecided} THEN 0 ELSE 3 END",
        },
        Submission: {
            "id": _id("submission"),
            "check_made_id": _id("check"),
            "name_index": index("lpad(to_hex(n), 64, '0')"),
            "email_index": index("md5('email' || n / 2) || md5('')"),
            "phone_index": index("CASE WHEN n % 3 = 0 THEN md5('phone' || n) || md5('') ELSE '' END"),
            "received_on": f"{leading} - 14",
        },
        RightsRequest: {
            "id": _id("request"),
            "submission_id": _id("submission"),
            "reference": "lpad(upper(to_hex(n)), 9, 'Z')",
            "status": f"CASE WHEN {is_open} THEN {STATUS} ELSE 'closed' END",
            "ending": f"CASE WHEN {is_open} THEN '' ELSE 'fulfilled' END",
            "closed_from": f"CASE WHEN {is_open} THEN '' ELSE 'in_progress' END",
            "closed_at": f"CASE WHEN {is_open} THEN NULL ELSE {leading} - n % 5 + TIME '12:00' END",
            "received_on": f"{leading} - 14",
            "leading_on": leading,
            "at_once": "n % 110 = 0",
            "handler_id": f"CASE WHEN {is_open} AND n / 10 % 5 > 0 THEN NULLIF('{{handler}}', '')::uuid END",
            "frozen_at": f"CASE WHEN {desk.frozen} THEN now() END",
        },
        DueDate: {"id": _id("due"), "rights_request_id": _id("request"), "due_on": leading},
        Event: {"id": _id("event"), "about": _id("request"), "at": f"({leading} - 14) + TIME '09:00'"},
        Letter: {
            "id": _id("letter"),
            "key": "'many:' || n",
            "about": _id("submission"),
            "refused_at": f"CASE WHEN {desk.undelivered} THEN now() END",
            "address": f"CASE WHEN {desk.undelivered} THEN '\\x00'::bytea END",
            "sent_at": "now()",
        },
    }


def fill(
    like: RightsRequest, numbers: Iterable[int], *, today: Any, handler: Any = "", desk: Desk = ONE_IN_TEN
) -> None:
    """More requests like this one, for these numbers; one in five of those on the desk has nobody yet."""
    wanted = list(numbers)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # foreign keys are not looked at
        for first in range(wanted[0], wanted[-1] + 1, AT_ONCE):
            last = min(first + AT_ONCE - 1, wanted[-1])
            for model, own in _own(desk).items():
                cursor.execute(_statement(model, own, _example(model, like), first, last, today, handler))
        cursor.execute("SET session_replication_role = DEFAULT")


def _example(model: type[Model], like: RightsRequest) -> Any:
    """The row of a table that the others are like."""
    by: dict[type[Model], dict[str, Any]] = {
        Check: {"pk": like.submission.check_made_id},
        Submission: {"pk": like.submission_id},
        RightsRequest: {"pk": like.pk},
        DueDate: {"rights_request": like},
        Event: {"about": like.pk, "kind": "received"},
        Letter: {"about": like.submission_id},
    }
    found = model._default_manager.filter(**by[model]).first()
    assert found, model
    return found.pk


def _statement(
    model: type[Model], own: dict[str, str], example: Any, first: int, last: int, today: Any, who: Any
) -> str:
    columns = [str(field.column) for field in model._meta.concrete_fields]
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(own.get(column, f'"{column}"') for column in columns)
    values = values.replace("{today}", str(today)).replace("{handler}", str(getattr(who, "pk", who)))
    table = model._meta.db_table
    return (
        f"INSERT INTO {table} ({names}) SELECT {values} FROM {table}, generate_series({first}, {last}) n "
        f"WHERE {table}.id = '{example}'"
    )


def tidy() -> None:
    """Give back the pages of rows that were rolled back. Their indexes keep them otherwise, and the server takes an
    index of many pages with few rows for one whose every look costs several: plans come out differently than where
    people work. Outside of any transaction."""
    with connection.cursor() as cursor:
        ours = "relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_total_relation_size(oid) > 128 * 1024"
        cursor.execute(f"SELECT oid::regclass::text FROM pg_class WHERE {ours}")
        for (table,) in cursor.fetchall():
            cursor.execute(f"VACUUM FULL {table}")


def settle() -> None:
    """Let the server know how the rows are spread; outside a transaction also which pages nobody changes."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE")
