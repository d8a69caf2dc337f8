"""A sealed file on its way out: opened piece by piece, saved by the browser and never shown by it."""

import logging
import os
from collections.abc import Iterator

from django.http import Http404, StreamingHttpResponse
from django.utils.http import content_disposition_header

from primevox_privacy.sealed.cipher import Unreadable
from primevox_privacy.sealed.models import SealedFile

log = logging.getLogger(__name__)
LONGEST_NAME, LONGEST_KIND = 150, 20


def as_download(stored: SealedFile, name: str) -> StreamingHttpResponse:
    """The plain content as an attachment. Raises Http404 when it no longer opens; nothing was sent then."""
    pieces = stored.chunks()
    try:
        first = next(pieces)
    except (Unreadable, FileNotFoundError):
        log.warning("sealed file %s does not open", stored.pk)
        raise Http404 from None
    response = StreamingHttpResponse(_all_of(first, pieces), content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=safe(name)) or ""
    response["Content-Length"] = str(stored.size)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def _all_of(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    """A generator, so that the file is closed with the response, sent whole or not."""
    yield first
    yield from others


def safe(name: str) -> str:
    """A file's name without folders, and without the invisible characters that could make it read as another."""
    visible = "".join(one for one in name.replace("\\", "/").rsplit("/", 1)[-1] if one.isprintable()).strip(" .")
    start, kind = os.path.splitext(visible)
    return f"{start[:LONGEST_NAME]}{kind[:LONGEST_KIND]}" or "file"
