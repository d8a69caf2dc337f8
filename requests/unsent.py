"""A message that somebody wrote and has not sent: kept sealed with the submission's content for seven days, and offered
again when they come back. Staff never see it.
"""

import uuid
from datetime import datetime

from django.utils import timezone

from primevox_privacy.sealed.models import DataKey
from requests import retention
from requests.models import RightsRequest, UnsentMessage
from requests.turns import in_turn

LONGEST = 32_000  # four times the longest message, so that what is too long to be sent is not lost


@in_turn
def keep(rights_request: RightsRequest, text: str) -> bool:
    """Keep it in place of the one before; whether there is something to keep, and still somewhere to keep it."""
    if not text.strip() or len(text) > LONGEST:
        return False
    alive = DataKey.objects.alive().select_for_update(no_key=True).filter(pk=rights_request.content_key_id)
    if not alive.exists():
        return False
    known = UnsentMessage.objects.filter(rights_request=rights_request).select_related("content_key").first()
    kept = known or UnsentMessage(rights_request=rights_request, content_key=rights_request.content_key)
    kept.text, kept.kept_at = text, timezone.now()
    kept.save()
    return True


def keep_after_the_end(submission_id: uuid.UUID, reference: str, text: str) -> bool:
    """The same for a session that was over when it arrived: its browser showed the code once, so the text may wait
    there; it is not sent, and nothing is shown."""
    found = RightsRequest.objects.select_related("content_key")
    one = found.filter(submission=submission_id, reference=reference).first()
    return one is not None and keep(one, text)


def of(rights_request: RightsRequest) -> UnsentMessage | None:
    """What waits to be sent, and is not too old."""
    kept = UnsentMessage.objects.select_related("content_key").filter(rights_request=rights_request).first()
    return kept if kept and kept.kept_at > timezone.now() - retention.DRAFT else None


@in_turn
def throw_away(rights_request: RightsRequest) -> None:
    UnsentMessage.objects.filter(rights_request=rights_request).delete()


def forget_old(now: datetime | None = None) -> None:
    UnsentMessage.objects.filter(kept_at__lt=(now or timezone.now()) - retention.DRAFT).delete()
