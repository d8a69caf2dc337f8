"""The virus scanner that looks at a paper before anything else opens it.

`SCANNER` in settings names what does it: a dotted path to a function that takes the paper and gives a Verdict. Ours
speaks to ClamAV's daemon, whose address stands in `CLAMD_URL`: `tcp://clamd:3310` or `unix:///run/clamav/clamd.ctl`.
The daemon gets the paper by its INSTREAM command, in memory; it needs no access to our files. What it calls the thing
that it found is not kept: the name could not help who gave the paper, and nobody opens it anyway.
"""

import socket
import struct
from collections.abc import Iterator
from enum import Enum, auto
from time import monotonic
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.module_loading import import_string

TIMEOUT = 30  # seconds, for the whole talk: whoever takes a paper has it for three minutes
PIECE = 64 * 1024  # bytes
LONGEST_ANSWER = 4096  # bytes


class Verdict(Enum):
    """What the scanner said."""

    CLEAN = auto()
    FOUND = auto()
    AWAY = auto()  # it did not answer, or not so that we understand it: ask again later
    OFF = auto()  # there is none


def is_configured() -> bool:
    return bool(settings.CLAMD_URL) or settings.SCANNER != "verification.scanning.clamd"


def scan(paper: bytes) -> Verdict:
    """What the configured scanner says; OFF where there is none."""
    return import_string(settings.SCANNER)(paper) if is_configured() else Verdict.OFF


def clamd(paper: bytes) -> Verdict:
    """Ask ClamAV's daemon. Whatever is not a clear word counts as no answer."""
    ends_at = monotonic() + TIMEOUT
    try:
        with _connected(settings.CLAMD_URL) as daemon:
            for piece in _as_stream(paper):
                daemon.settimeout(_left(ends_at))
                daemon.sendall(piece)
            answer = _answer(daemon, ends_at)
    except (OSError, ValueError):
        return Verdict.AWAY
    if answer == b"stream: OK":
        return Verdict.CLEAN
    return Verdict.FOUND if answer.startswith(b"stream: ") and answer.endswith(b" FOUND") else Verdict.AWAY


def _connected(address: str) -> socket.socket:
    where = urlsplit(address)
    if where.scheme == "tcp" and where.hostname:
        return socket.create_connection((where.hostname, where.port or 3310), TIMEOUT)
    if where.scheme != "unix":
        raise ValueError("CLAMD_URL begins with tcp:// or unix://")
    daemon = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    daemon.settimeout(TIMEOUT)
    try:
        daemon.connect(where.path)
    except OSError:
        daemon.close()
        raise
    return daemon


def _as_stream(paper: bytes) -> Iterator[bytes]:
    yield b"zINSTREAM\0"
    for start in range(0, len(paper), PIECE):
        piece = paper[start : start + PIECE]
        yield struct.pack(">I", len(piece)) + piece
    yield struct.pack(">I", 0)


def _left(ends_at: float) -> float:
    """Seconds of the talk that are left. Raises TimeoutError."""
    if (left := ends_at - monotonic()) <= 0:
        raise TimeoutError
    return left


def _answer(daemon: socket.socket, ends_at: float) -> bytes:
    """Its one line, up to the zero byte that ends it."""
    said = b""
    while not said.endswith(b"\0") and len(said) < LONGEST_ANSWER:
        daemon.settimeout(_left(ends_at))
        more = daemon.recv(LONGEST_ANSWER)
        if not more:
            break
        said += more
    return said.rstrip(b"\0\n")
