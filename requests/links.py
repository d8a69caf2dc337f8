"""The "this was not me" link that letters to a contact carry.

128 random bits; only a keyed digest is kept, under the key of the contact it went to, and goes with it. Opening the
link changes nothing. What its button does stands in `stopping.py`.
"""

import secrets
import uuid

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from primevox_privacy.sealed.cipher import blind_index
from primevox_privacy.sealed.models import DataKey
from requests.models import StopLink, Submission
from requests.models.submission import Whose

TOKEN_BYTES = 16
PURPOSE = "stop link"


def new(submission: Submission, whose: Whose, contact_key: DataKey) -> tuple[StopLink, str]:
    """A link for one letter, and its address. The row is not yet saved: it is written with the letter."""
    token = secrets.token_hex(TOKEN_BYTES)
    link = StopLink(submission=submission, contact_key=contact_key, digest=blind_index(PURPOSE, token), whose=whose)
    with override(submission.language):
        return link, settings.PUBLIC_URL + reverse("requests:not_me", args=[token])


def find(token: str) -> StopLink | None:
    """The link of a token; None alike for one that never was and one whose contact is forgotten."""
    return StopLink.objects.filter(digest=blind_index(PURPOSE, token)).first()


def opened(link_id: str) -> StopLink | None:
    """The link that somebody opened a moment ago, if it is still there."""
    found = StopLink.objects.select_related("submission__contact_key", "submission__check_made")
    return found.filter(pk=uuid.UUID(link_id)).first() if link_id else None
