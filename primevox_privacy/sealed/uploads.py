"""Uploads are sealed while they stream in: nothing a person sends lies in plain on a disk, not for a moment.

Django's own handlers keep small files in memory and write larger ones in plain to the temp folder. This one seals
every file under a key that exists only in this process, and refuses to take more than UPLOAD_MAX_BYTES of it.
"""

import secrets
import uuid
import weakref
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from primevox_privacy.sealed import files

INCOMING = "incoming"
BROKE_OFF = "primevox.upload_broke_off"


def broke_off(request: HttpRequest) -> bool:
    """Whether an upload ended too early or was far too big, so that files are missing from this request."""
    return BROKE_OFF in request.META


class SealedUpload(UploadedFile):
    """An upload that lies sealed on disk until the request is over. Read it with `chunks()`."""

    def __init__(self, path: Path, key: bytes, too_big: bool, **kwargs) -> None:
        super().__init__(file=None, **kwargs)
        self._path, self._key = path, key
        self.too_big = too_big

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        return files.read(self._path, self._key, self._path.name)

    def multiple_chunks(self, chunk_size: int | None = None) -> bool:
        return True

    def read(self, *args) -> bytes:
        return b"".join(self.chunks())

    def close(self) -> None:
        self._path.unlink(missing_ok=True)


class SealedUploadHandler(FileUploadHandler):
    """Seals each file as it arrives. A file over the limit is marked `too_big` and the rest of it dropped."""

    chunk_size = files.CHUNK

    def new_file(self, *args, **kwargs) -> None:
        super().new_file(*args, **kwargs)
        self._key = secrets.token_bytes(32)
        self._path = settings.SEALED_FILES_DIR / INCOMING / uuid.uuid4().hex
        self._writer = files.Writer(self._path, self._key, self._path.name)
        # Django tells a handler of a body that ends too early, but not of a connection that drops.
        weakref.finalize(self, self._writer.abandon)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        arrived = start + len(raw_data)
        if arrived > settings.UPLOAD_MAX_BYTES * 3:
            self.upload_interrupted()
            raise StopUpload(connection_reset=True)  # far over: do not even listen to the rest
        if arrived <= settings.UPLOAD_MAX_BYTES:
            self._writer.write(raw_data)

    def file_complete(self, file_size: int) -> SealedUpload:
        self._writer.finish()
        return SealedUpload(
            self._path,
            self._key,
            too_big=file_size > settings.UPLOAD_MAX_BYTES,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
        )

    def upload_interrupted(self) -> None:
        if self.request is not None:
            self.request.META[BROKE_OFF] = True
        if hasattr(self, "_writer"):
            self._writer.abandon()
