"""Lives that end by time alone. Proof and documents end through the vault, which certifies it."""

import re
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from primevox_privacy.sealed import forgetting
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey, SealedFile
from primevox_privacy.sealed.uploads import INCOMING

CERTIFIED = [Life.PROOF, Life.DOCUMENT]
STALE_UPLOAD = 60 * 60  # seconds; an upload is read within its own web request
UNCLAIMED = 24 * 60 * 60  # seconds; the row of a file is committed with the step that stored it, or never
AT_A_TIME = 500
A_FILES_NAME = re.compile("[0-9a-f]{32}")


@shared_task
def end_lives() -> None:
    """Destroy every data key whose life is over, and what interrupted uploads left behind."""
    for key in DataKey.objects.over(timezone.now()).exclude(life__in=CERTIFIED).iterator():
        forgetting.destroy(key)
    forgetting.truncate_log()
    for path in _older_than(STALE_UPLOAD, f"{INCOMING}/*"):
        path.unlink(missing_ok=True)


@shared_task
def drop_unclaimed_files() -> None:
    """Unlink sealed files that no row names: the step that stored them was rolled back, or killed on the way. A
    database that knows no sealed file at all may be the wrong one: then nothing is touched."""
    if not SealedFile.objects.exists():
        return
    old = _older_than(UNCLAIMED, "[0-9a-f][0-9a-f]/*")
    while paths := list(islice(old, AT_A_TIME)):
        ids = [uuid.UUID(path.name) for path in paths if A_FILES_NAME.fullmatch(path.name)]
        named = {pk.hex for pk in SealedFile.objects.filter(pk__in=ids).values_list("pk", flat=True)}
        for path in paths:
            if path.name not in named:
                path.unlink(missing_ok=True)


def _older_than(seconds: int, pattern: str) -> Iterator[Path]:
    before = time.time() - seconds
    for path in settings.SEALED_FILES_DIR.glob(pattern):
        with suppress(FileNotFoundError):  # somebody else was faster
            if path.stat().st_mtime < before:
                yield path
