"""A message that somebody wrote and has not sent: kept sealed under a key of its own for seven days, and offered again
when they come back. Staff never see it.
"""

import uuid
from datetime import datetime

from django.utils import timezone

from primevox_privacy.sealed.lives import Life
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
    messages_key = DataKey.objects.alive().filter(pk=rights_request.content_key_id).first()
    if messages_key is None:
        return False
    now = timezone.now()
    ends_at = _until(messages_key, now)
    kept = of(rights_request)
    if kept is None:
        UnsentMessage.objects.filter(rights_request=rights_request).delete()  # too old, and not swept away yet
        kept = UnsentMessage(rights_request=rights_request)
        kept.draft_key = DataKey.make(kept.pk, Life.DRAFT, ends_at=ends_at)
        kept.draft_key.save(force_insert=True)
    else:
        DataKey.objects.filter(pk=kept.draft_key_id).update(ends_at=ends_at)
    kept.text, kept.kept_at = text, now
    kept.save()
    return True


def _until(messages_key: DataKey, now: datetime) -> datetime:
    """Seven days, and never longer than messages that were sent."""
    until = now + retention.DRAFT
    return min(until, messages_key.ends_at) if messages_key.ends_at and not messages_key.held else until


def keep_after_the_end(submission_id: uuid.UUID, reference: str, text: str) -> bool:
    """The same for a session that was over when it arrived: its browser showed the code once, so the text may wait
    there; it is not sent, and nothing is shown."""
    found = RightsRequest.objects.select_related("content_key")
    one = found.filter(submission=submission_id, reference=reference).first()
    return one is not None and keep(one, text)


def of(rights_request: RightsRequest) -> UnsentMessage | None:
    """What waits to be sent, and is not too old."""
    kept = UnsentMessage.objects.filter(rights_request=rights_request).select_related("draft_key")
    return kept.filter(draft_key__destroyed_at=None, draft_key__ends_at__gt=timezone.now()).first()


@in_turn
def throw_away(rights_request: RightsRequest) -> None:
    """It was sent, or is not wanted: nobody reads it from now on, and the next sweep destroys its key."""
    kept = UnsentMessage.objects.filter(rights_request=rights_request)
    DataKey.objects.filter(pk__in=kept.values("draft_key")).update(ends_at=timezone.now())
    kept.delete()
