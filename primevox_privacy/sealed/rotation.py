"""Rotating the wrapping key: every living data key is wrapped anew by the newest one. What it seals stays as it lies.

Readers go on meanwhile. Old and new version are both configured, so whatever a reader has fetched opens. A batch takes
the rows that nobody else holds at the moment and waits for none while it holds others, so that it can neither be in
the way of a step for long nor wait with one in a circle; what was left out has its turn in the next round. Killed
anywhere, the next run goes on with what still lies under an older version.
"""

import time
from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count

from primevox_privacy.ledger.models import PORTAL, record
from primevox_privacy.sealed import cipher
from primevox_privacy.sealed.models import DataKey

BATCH = 500
ROUNDS = 10  # after the first one for keys that somebody held at the moment
BETWEEN_ROUNDS = 0.2  # seconds


class Progress(NamedTuple):
    """How far a rotation has come."""

    wrapped: int
    unreadable: list[UUID]  # keys that do not open: each is one owner's loss, and nobody else's


def outdated():
    """Living data keys that an older version wraps, which is still configured."""
    older = set(settings.WRAPPING_KEYS) - {cipher.current_wrapping_version()}
    return DataKey.objects.alive().filter(wrapping_version__in=older)


def versions_in_use() -> dict[int, int]:
    """How many living data keys each wrapping key wraps."""
    rows = DataKey.objects.alive().values_list("wrapping_version").annotate(keys=Count("pk"))
    return dict(rows.order_by("-wrapping_version"))


def is_opened_by(version: int) -> bool:
    return version in settings.WRAPPING_KEYS


def rotate(batch: int = BATCH) -> Iterator[Progress]:
    """Wrap every outdated key anew; says after each batch how far it is."""
    wrapped, unreadable = 0, list[UUID]()
    for round_ in range(1 + ROUNDS):
        if round_:
            time.sleep(BETWEEN_ROUNDS)
        last = None
        while True:
            done, last = _batch(last, batch, unreadable)
            if last is None:
                break
            wrapped += done
            yield Progress(wrapped, unreadable)
        if not outdated().exclude(pk__in=unreadable).exists():
            break
    if wrapped:
        record(PORTAL, "wrapping_key_rotated", by="system", to=cipher.current_wrapping_version(), keys=wrapped)


@transaction.atomic
def _batch(after: UUID | None, size: int, unreadable: list[UUID]) -> tuple[int, UUID | None]:
    """The next keys in order of their ids; how many are wrapped anew, and the last id of them. None: no more."""
    there = outdated().exclude(pk__in=unreadable)
    there = there.filter(pk__gt=after) if after else there
    keys = list(there.select_for_update(no_key=True, skip_locked=True).order_by("pk")[:size])
    if not keys:
        return 0, None
    changes = []
    for key in keys:
        try:
            changes.append((key, key.wrapped_anew()))
        except cipher.Unreadable:
            unreadable.append(key.pk)
    return _write(changes), keys[-1].pk


def _write(changes: list[tuple[DataKey, bytes]]) -> int:
    """All at once, each only if it is still wrapped as it was; how many were."""
    if not changes:
        return 0
    pk, wrapped = DataKey._meta.pk, DataKey._meta.get_field("wrapped")
    version = cipher.current_wrapping_version()

    def given(value: object):
        return wrapped.get_db_prep_value(value, connection)

    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE sealed_datakey SET wrapped = %s, wrapping_version = %s WHERE id = %s AND wrapped = %s",
            [
                (given(anew), version, pk.get_db_prep_value(key.pk, connection), given(key.wrapped))
                for key, anew in changes
            ],
        )
        return cursor.rowcount
