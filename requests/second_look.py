"""What a requester sees of the second looks at a request: whether and until when they can ask for one, who decides
by when, and what came of those before. Reads only."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from requests import appeals, identity, keeping, references, words
from requests.models import Appeal, RightsRequest
from requests.terms import AppealOutcome, Ending
from verification.models import CheckState


def overview(one: RightsRequest) -> dict[str, Any]:
    """All about it on the card of a request. `one.appeals` is fetched already."""
    looks = sorted(one.appeals.all(), key=lambda appeal: appeal.received_at, reverse=True)
    open_one = next((appeal for appeal in looks if appeal.decided_at is None), None)
    until = keeping.appeal_until(one) if not one.is_open and one.ending in keeping.APPEALABLE else None
    return {
        "can_be_asked": appeals.can_be_filed(one),
        "until": words.day(timezone.localdate(until)) if until else "",
        "is_over": until is not None and not looks and timezone.now() > until,
        "open": _open(open_one) if open_one else None,
        "decided": [_decided(appeal) for appeal in looks if appeal.decided_at],
    }


def waits_for_proof(one: RightsRequest) -> bool:
    """Whether an open second look waits for the requester to show who they are."""
    open_ones = [appeal for appeal in one.appeals.all() if appeal.decided_at is None]
    about_identity = any(appeal.first_ending == Ending.IDENTITY_NOT_SHOWN for appeal in open_ones)
    return about_identity and identity.state_of(one) == CheckState.OPEN


def _open(appeal: Appeal) -> dict[str, Any]:
    return {
        "reference": references.spoken(appeal.reference),
        "received": words.day(appeal.received_on),
        "due": words.day(appeal.leading_on),
        "why": appeals.why_due(appeal),
    }


def _decided(appeal: Appeal) -> dict[str, Any]:
    assert appeal.decided_at
    return {
        "reference": references.spoken(appeal.reference),
        "on": words.day(timezone.localdate(appeal.decided_at)),
        "outcome": words.APPEAL_OUTCOME_SENTENCE[AppealOutcome(appeal.outcome)],
    }


def letters_of(one: RightsRequest) -> list[dict[str, Any]]:
    """Every letter of a request, the newest first: our answers, and what second looks came to."""
    answers = one.answers.released().select_related("record_key").order_by("released_at")
    decided = one.appeals.exclude(decided_at=None).select_related("record_key")
    letters = [
        *(
            (answer.released_at, _("Our first answer") if place == 0 else _("Our new answer"), answer.letter)
            for place, answer in enumerate(answers)
        ),
        *((appeal.decided_at, _("What our second look came to"), appeal.letter) for appeal in decided),
    ]
    return [
        {"heading": heading, "letter": letter, "released": words.day(timezone.localdate(at))}
        for at, heading, letter in sorted(letters, key=lambda entry: entry[0], reverse=True)
    ]


def has_letters(one: RightsRequest) -> bool:
    """Whether there is a letter to read, be the request closed or open again."""
    return one.answers.released().exists() or one.appeals.exclude(decided_at=None).exists()
