"""After a restore: what was destroyed since the backup is destroyed again, as the purge ledger says.

Run it before anybody opens the portal again. It may be killed at any line and run anew: it looks for keys that are
named and still there, or whose rows are not all emptied yet.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from primevox_privacy.ledger import purges
from primevox_privacy.ledger.models import PORTAL, record
from primevox_privacy.ledger.purges import Destroyed, Fault
from primevox_privacy.sealed import forgetting
from primevox_privacy.sealed.models import DataKey

NOT_DONE = Q(destroyed_at=None) | Q(emptied_at=None)


class Replayed(NamedTuple):
    """What a replay came to."""

    named: int  # lines and rows read; a key may be named more than once
    destroyed: int  # keys that were there, and are gone now
    faults: list[Fault]  # lines that are not obeyed


def replay(file: Path | None = None) -> Replayed:
    """Destroy again every key that the ledger names, in `file` (default: our own) and in the table; then both name
    them all. Raises OSError when the file cannot be read or written."""
    file = file or settings.PURGE_LEDGER_FILE
    named, destroyed, faults = 0, 0, list[Fault]()
    for some in purges.in_file(file):
        read = [one for one in some if isinstance(one, Destroyed)]
        faults += [one for one in some if isinstance(one, Fault)]
        named += len(read)
        destroyed += _destroy_again(read)
        purges.keep(read)
    named_in_file = _keys_in(settings.PURGE_LEDGER_FILE)
    for rows in purges.in_table():
        named += len(rows)
        destroyed += _destroy_again(rows)
        if missing := [one for one in rows if one.key not in named_in_file]:
            purges.append(missing)
    if destroyed:
        record(PORTAL, "purges_replayed", by="system", keys=destroyed)
    return Replayed(named, destroyed, faults)


def not_replayed(file: Path | None = None) -> int:
    """How many keys that the ledger names are there again, or not yet emptied."""
    named = _keys_in(file or settings.PURGE_LEDGER_FILE)
    named.update(one.key for rows in purges.in_table() for one in rows)
    return sum(key in named for key in DataKey.objects.filter(NOT_DONE).values_list("pk", flat=True).iterator())


def is_restored() -> bool:
    """Whether keys that were destroyed lately are there again: a backup came back, and nobody replayed."""
    lately = [one.key for one in purges.last_in_file()]
    return DataKey.objects.alive().filter(pk__in=lately).exists()


def _keys_in(file: Path) -> set[UUID]:
    return {one.key for some in purges.in_file(file) for one in some if isinstance(one, Destroyed)}


def _destroy_again(some: Iterable[Destroyed]) -> int:
    at = {one.key: one.at for one in some}
    there = list(DataKey.objects.filter(NOT_DONE, pk__in=at))
    for key in there:
        forgetting.destroy_again(key, at[key.pk])
    return len(there)
