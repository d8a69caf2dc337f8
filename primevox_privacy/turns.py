"""Turns: whoever takes a step about somebody waits until the step before it has committed.

Conditional updates notice who was faster. Turns see to the rest: what a step has looked at still holds when it
writes, and no two steps wait for each other in a circle, in whatever order they touch their rows.
"""

import uuid

from django.db import connection


def wait_for_turn(*subjects: uuid.UUID) -> None:
    """From here to commit nobody else takes a step about these opaque ids. SQLite has one writer anyway."""
    if connection.vendor != "postgresql":
        return
    numbers = sorted({subject.int % 2**63 for subject in subjects})
    with connection.cursor() as cursor:  # in the order of the array
        cursor.execute("SELECT pg_advisory_xact_lock(number) FROM unnest(%s::bigint[]) AS number", [numbers])


def try_turn(subject: uuid.UUID) -> bool:
    """The same without waiting: whether it is our turn. For who already holds a lock, and so may not wait."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [subject.int % 2**63])
        (is_ours,) = cursor.fetchone()
    return bool(is_ours)
