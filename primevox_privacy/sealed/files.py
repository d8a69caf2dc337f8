"""The sealed file format: AES-256-GCM in chunks of 1 MiB, so that a file of any size needs little memory.

    4 bytes   magic
    16 bytes  salt: the file's own key is derived from the data key with it
    then for each chunk: ciphertext of up to 1 MiB and its 16-byte tag

The nonce of a chunk is its index and whether it is the last. A chunk altered, moved, left out or cut off at the
end therefore does not open, and neither does a file put in another's place: its id is associated data.
"""

import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from primevox_privacy.sealed.cipher import Unreadable

MAGIC = b"PVX1"
SALT_BYTES = 16
CHUNK = 1024 * 1024  # bytes
TAG_BYTES = 16


def _file_cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=b"sealed file").derive(key))


def _nonce(index: int, last: bool) -> bytes:
    return index.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


class Writer:
    """Seals what it is given, piece by piece, into `path`. Only `finish` makes the file appear under its name."""

    def __init__(self, path: Path, key: bytes, file_id: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.size = 0  # bytes in plain
        self._path, self._file_id = path, file_id
        self._unfinished = path.with_suffix(".part")
        self._waiting = bytearray()
        self._index = 0
        salt = secrets.token_bytes(SALT_BYTES)
        self._cipher = _file_cipher(key, salt)
        self._out = open(self._unfinished, "wb", opener=_private)  # noqa: SIM115  (closed by finish or abandon)
        self._out.write(MAGIC + salt)

    def write(self, piece: bytes) -> None:
        self._waiting += piece
        self.size += len(piece)
        while len(self._waiting) > CHUNK:  # the last chunk waits for finish: its nonce says that it is the last
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]

    def finish(self) -> int:
        """Put the file under its name, on disk; the plain size in bytes."""
        self._seal(bytes(self._waiting), last=True)
        self._out.flush()
        os.fsync(self._out.fileno())
        self._out.close()
        self._unfinished.replace(self._path)
        return self.size

    def abandon(self) -> None:
        self._out.close()
        self._unfinished.unlink(missing_ok=True)

    def _seal(self, chunk: bytes, last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._index, last), chunk, self._file_id.encode()))
        self._index += 1


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def write(path: Path, key: bytes, file_id: str, pieces: Iterable[bytes]) -> int:
    """Seal `pieces` into `path`; the plain size in bytes. After an error nothing is left."""
    writer = Writer(path, key, file_id)
    try:
        for piece in pieces:
            writer.write(piece)
        return writer.finish()
    except BaseException:
        writer.abandon()
        raise


def read(path: Path, key: bytes, file_id: str) -> Iterator[bytes]:
    """The plain content, chunk by chunk. Raises Unreadable at the first chunk that is not as written."""
    with path.open("rb") as source:
        if source.read(len(MAGIC)) != MAGIC:
            raise Unreadable("not a sealed file")
        cipher = _file_cipher(key, source.read(SALT_BYTES))
        index, chunk = 0, source.read(CHUNK + TAG_BYTES)
        while chunk:
            following = source.read(CHUNK + TAG_BYTES)
            try:
                yield cipher.decrypt(_nonce(index, last=not following), chunk, file_id.encode())
            except InvalidTag:
                raise Unreadable("a sealed file does not open") from None
            index, chunk = index + 1, following
        if index == 0:
            raise Unreadable("a sealed file is cut off")
