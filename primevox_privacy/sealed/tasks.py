"""Lives that end by time alone. Proof and documents end through the vault, which certifies it."""

import time

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from primevox_privacy.sealed import forgetting
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from primevox_privacy.sealed.uploads import INCOMING

CERTIFIED = [Life.PROOF, Life.DOCUMENT]
STALE_UPLOAD = 60 * 60  # seconds; an upload is read within its own web request


@shared_task
def end_lives() -> None:
    """Destroy every data key whose life is over, and what interrupted uploads left behind."""
    for key in DataKey.objects.over(timezone.now()).exclude(life__in=CERTIFIED).iterator():
        forgetting.destroy(key)
    forgetting.truncate_log()
    for path in (settings.SEALED_FILES_DIR / INCOMING).glob("*"):
        if path.stat().st_mtime < time.time() - STALE_UPLOAD:
            path.unlink(missing_ok=True)
