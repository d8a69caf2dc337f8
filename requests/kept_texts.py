"""What staff typed and did not send: kept for whoever typed it, sealed, for seven days, so that nothing is lost."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from primevox_privacy.staff.models import User
from requests import retention
from requests.models import KeptText, RightsRequest
from requests.turns import in_turn
from requests.workflow import need

LONGEST = 40_000  # of one text; each form says what it takes, this only bounds what is kept


def of(rights_request: RightsRequest, user: User) -> dict[str, tuple[dict[str, str], datetime]]:
    """What this person has not sent here: for each verb the texts, and when they were kept."""
    kept = KeptText.objects.filter(rights_request=rights_request, written_by=user, draft_key__destroyed_at=None)
    alive = kept.filter(draft_key__ends_at__gt=timezone.now()).select_related("draft_key")
    return {one.verb: (one.texts or {}, one.touched_at) for one in alive}


@in_turn
def keep(rights_request: RightsRequest, verb: str, texts: dict[str, str], *, by: User) -> None:
    """Keep what they typed until now; empty boxes throw it away. Nothing of this is an event: the case is as it was."""
    need(by, verb)
    texts = {name: text[:LONGEST] for name, text in texts.items() if text.strip()}
    if not texts:
        throw_away(rights_request, verb, by=by)
        return
    now = timezone.now()
    ends_at = now + retention.DRAFT
    mine = KeptText.objects.filter(rights_request=rights_request, written_by=by, verb=verb)
    mine.exclude(draft_key__destroyed_at=None, draft_key__ends_at__gt=now).delete()
    one = mine.select_related("draft_key").first()
    if one is None:
        one = KeptText(rights_request=rights_request, written_by=by, verb=verb)
        one.draft_key = DataKey.make(one.pk, Life.DRAFT, ends_at=ends_at)
        one.draft_key.save(force_insert=True)
    else:
        DataKey.objects.filter(pk=one.draft_key_id).update(ends_at=ends_at)
    one.texts, one.touched_at = texts, now
    one.save()


@transaction.atomic
def throw_away(rights_request: RightsRequest, verb: str, *, by: User) -> None:
    """It was sent, or is not wanted: nobody reads it from now on, and the next sweep destroys its key."""
    mine = KeptText.objects.filter(rights_request=rights_request, written_by=by, verb=verb)
    DataKey.objects.filter(pk__in=mine.values("draft_key")).update(ends_at=timezone.now())
    mine.delete()
