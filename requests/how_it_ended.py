"""What a requester reads of an ending: what it means, what they can do, until when it can be undone, and with which
other request it was joined. Reads only."""

from typing import Any

from django.utils import timezone

from requests import joining, references, releasing, retention, second_look, words
from requests.models import RightsRequest
from requests.terms import Ending


def overview(one: RightsRequest) -> dict[str, Any] | None:
    """All about it on the card of a request; None while it is open or frozen."""
    if one.is_open or one.frozen_at:
        return None
    until = None if releasing.is_not_theirs(one) else retention.undo_until(one.ending, one.closed_at)
    joined = joining.answered_with(one) if one.merged_into_id else None
    return {
        "means": words.ENDING_MEANS[Ending(one.ending)],
        "undo_until": timezone.localtime(until) if until and timezone.now() < until else None,
        "joined_to": references.spoken(joined.reference) if joined else "",
        "joined_is_open": joined is not None and joined.is_open,
    }


def has_answer(one: RightsRequest) -> bool:
    """Whether there is a letter to read now: its own, or that of the request it was joined to."""
    return second_look.has_letters(joining.answered_with(one)) and not joining.is_shut(one)
