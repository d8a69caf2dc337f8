"""The purge ledger: which data keys were destroyed, so that a restored backup can be made to forget them again.

A backup from before a destruction brings the key back, and with it what lay under it. So each destruction is written
down twice: as a row that the database refuses to change, and as a signed line in a file that no restore of the
database turns back. `manage.py replay_purges` destroys again what either of them names. A line that we did not sign
is never obeyed: whoever writes into the file can destroy nothing.

    {"key": "id of the data key", "at": "instant", "by": 1, "signature": "base64 of Ed25519"}
"""

import json
import os
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from primevox_privacy import signed
from primevox_privacy.ledger.models import Purge

AT_ONCE = 1000
A_FEW_HUNDRED_LINES = 64 * 1024  # bytes


class Destroyed(NamedTuple):
    """A key that is gone, and since when."""

    key: uuid.UUID
    at: datetime


class Fault(NamedTuple):
    """A line that is not obeyed."""

    line: int
    why: str


def keep(destroyed: Iterable[Destroyed]) -> None:
    """Into the table."""
    Purge.objects.bulk_create([Purge(key=one.key, at=one.at) for one in destroyed], ignore_conflicts=True)


def append(destroyed: Iterable[Destroyed]) -> None:
    """Into the file, on disk when this returns. Naming a key twice does no harm, leaving it out would."""
    lines = "".join(_line(one) for one in destroyed).encode()
    file: Path = settings.PURGE_LEDGER_FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab", buffering=0) as ledger:  # one write: several workers do not mix their lines
        if _is_cut_off(file):  # somebody was killed within a line: what comes next is not to be lost with it
            lines = b"\n" + lines
        ledger.write(lines)
        os.fsync(ledger.fileno())


def _is_cut_off(file: Path) -> bool:
    with file.open("rb") as ledger:
        if not ledger.seek(0, os.SEEK_END):
            return False
        ledger.seek(-1, os.SEEK_END)
        return ledger.read(1) != b"\n"


def _statement(one: Destroyed) -> bytes:
    return signed.canonical({"kind": "purge", "key": str(one.key), "at": one.at.isoformat()})


def _line(one: Destroyed) -> str:
    said = {"key": str(one.key), "at": one.at.isoformat(), "by": signed.current_version()}
    return json.dumps(said | {"signature": signed.signature(_statement(one))}) + "\n"


def _read(line: str) -> Destroyed | str:
    """What a line says, or why it is not obeyed."""
    try:
        said = json.loads(line)
        one = Destroyed(uuid.UUID(said["key"]), datetime.fromisoformat(said["at"]))
        is_ours = signed.is_ours(_statement(one), said["signature"], said["by"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):  # anybody may have written it
        return "cannot be read"
    return one if is_ours else "does not bear our signature"


def in_file(file: Path) -> Iterator[list[Destroyed | Fault]]:
    """What the file says, some lines at a time. Empty where there is no file."""
    if not file.exists():
        return
    with file.open(errors="replace") as ledger:
        numbered = ((place, line) for place, line in enumerate(ledger, start=1) if line.strip())
        while lines := list(islice(numbered, AT_ONCE)):
            read = [(place, _read(line)) for place, line in lines]
            yield [Fault(place, one) if isinstance(one, str) else one for place, one in read]


def in_table() -> Iterator[list[Destroyed]]:
    """What the table says, some rows at a time."""
    rows = Purge.objects.values_list("key", "at").iterator(chunk_size=AT_ONCE)
    while some := list(islice(rows, AT_ONCE)):
        yield [Destroyed(key, at) for key, at in some]


def last_in_file() -> list[Destroyed]:
    """The last few hundred: enough to notice a restore, cheap enough to ask often."""
    file: Path = settings.PURGE_LEDGER_FILE
    if not file.exists():
        return []
    with file.open("rb") as ledger:
        size = ledger.seek(0, os.SEEK_END)
        ledger.seek(max(0, size - A_FEW_HUNDRED_LINES))
        lines = ledger.read().decode(errors="replace").splitlines()
    read = (_read(line) for line in lines if line.strip())  # the first may be half a line
    return [one for one in read if isinstance(one, Destroyed)]
