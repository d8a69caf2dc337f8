"""What a requester sees of a submission: one sentence, who waits for whom, dates with reasons, what happened.

Reads only. Nothing here names a contact on file, a fact, or a member of staff.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import Event
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from requests import identity, references, words
from requests.models import RightsRequest, Submission
from requests.models.submission import Direction
from requests.terms import DateKind, Ending, Right, Status
from verification.levels import AssuranceLevel
from verification.models import Certificate, CheckState

YOU, US, NOBODY = "you", "us", "nobody"
ANSWERED = frozenset({Ending.FULFILLED, Ending.PARTLY, Ending.REFUSED, Ending.NOTHING_HELD, Ending.IDENTITY_NOT_SHOWN})


def overview(submission: Submission) -> dict[str, Any]:
    """Everything on the page of a submission."""
    requests = list(submission.rights_requests.select_related("record_key").prefetch_related("due_dates", "extensions"))
    for one in requests:
        one.submission = submission
    task = identity.task_of(submission)
    return {
        "submission": submission,
        "task": task,
        "requests": [_card(one) for one in sorted(requests, key=lambda one: (one.leading_on, one.reference))],
        "timeline": _timeline(submission, requests),
        "messages_between": _messages(submission),
        "certificate": _certificate(submission),
        "statement_kept": any(one.signed_statement for one in requests),
        "kept_until": _kept_until(submission),
    }


def waits_for(rights_request: RightsRequest) -> str:
    """Who has to do something next: YOU, US or NOBODY."""
    if not rights_request.is_open:
        return NOBODY
    if rights_request.status == Status.WAITING or _needs_proof_from_requester(rights_request):
        return YOU
    return US


def _needs_proof_from_requester(rights_request: RightsRequest) -> bool:
    return (
        rights_request.needs > AssuranceLevel.T0
        and rights_request.status != Status.IN_REVIEW
        and identity.state_of(rights_request) == CheckState.OPEN
    )


def sentence(rights_request: RightsRequest) -> str:
    """Where it stands, in one sentence."""
    if not rights_request.is_open:
        return str(words.ENDING_SENTENCE[Ending(rights_request.ending)])
    if rights_request.status == Status.WAITING:
        return str(words.STATUS_SENTENCE[Status.WAITING])
    if _needs_proof_from_requester(rights_request):
        return _("We need to check who you are.")
    if rights_request.needs > AssuranceLevel.T0 and identity.state_of(rights_request) == CheckState.GIVEN:
        return _("We are checking what you sent.")
    return str(words.STATUS_SENTENCE[Status(rights_request.status)])


def _card(one: RightsRequest) -> dict[str, Any]:
    dates = [
        {"label": words.DATE_KINDS[DateKind(due.kind)], "day": words.day(due.due_on), "why": due.why}
        for due in sorted(one.due_dates.all(), key=lambda due: due.due_on)
    ]
    changes = [
        {
            "until": words.day(extension.promised_on),
            "was": words.day(extension.was_on),
            "reason": words.EXTENSION_REASON_IN_LETTER[extension.reason],
        }
        for extension in one.extensions.all()
    ]
    asked, legal = words.ASKED[Right(one.right)]
    return {
        "request": one,
        "reference": references.spoken(one.reference),
        "right": asked,
        "legal": legal,
        "sentence": sentence(one),
        "waits_for": waits_for(one),
        "received": words.day(one.received_on),
        "due": words.day(one.leading_on),
        "dates": dates,
        "changes": changes,
        "has_answer": not one.is_open and one.ending in ANSWERED,
        "can_withdraw": one.is_open,
    }


def _timeline(submission: Submission, requests: list[RightsRequest]) -> list[dict[str, Any]]:
    """What happened, in order. What happened to several requests in the same minute is one line."""
    about = {one.pk: references.spoken(one.reference) for one in requests}
    ids = [*about, submission.pk, *([submission.check_made_id] if submission.check_made_id else [])]
    lines: list[dict[str, Any]] = []
    for event in Event.objects.about(*ids):
        if event.kind not in words.TIMELINE:
            continue
        at = timezone.localtime(event.at).replace(second=0, microsecond=0)
        said, reference = _said(event), about.get(event.about, "") if len(requests) > 1 else ""
        same = next((line for line in lines if (line["at"], line["words"]) == (at, said)), None)
        if same is None:
            lines.append({"at": at, "words": said, "references": [reference] if reference else []})
        elif reference and reference not in same["references"]:
            same["references"].append(reference)
    return lines


def _messages(submission: Submission) -> list[dict[str, Any]]:
    written = submission.messages.exclude(direction=Direction.INTERNAL).select_related("content_key")
    return [
        {
            "from_us": one.direction == Direction.TO_REQUESTER,
            "at": timezone.localtime(one.written_at),
            "text": one.text,
        }
        for one in written.order_by("written_at")
    ]


def _said(event: Event) -> str:
    """One line of the timeline; who took a request back is told so."""
    if event.kind == "closed" and event.detail.get("ending") == Ending.WITHDRAWN:
        return str(words.TOOK_BACK if event.actor == "requester" else words.TOOK_BACK_FOR_YOU)
    return str(words.TIMELINE[event.kind])


def _certificate(submission: Submission) -> dict[str, Any] | None:
    """What was destroyed, when, and by when it is beyond recovery."""
    if submission.check_made_id is None:
        return None
    found = Certificate.objects.filter(check_made=submission.check_made_id, finished_at__isnull=False).first()
    if found is None or found.beyond_recovery_on is None:
        return None
    proof = DataKey.objects.filter(owner=submission.check_made_id, life=Life.PROOF).first()
    gone_at: datetime = (proof.destroyed_at if proof else None) or found.begun_at
    return {
        "gone_at": timezone.localtime(gone_at),
        "pieces": sum(number for name, number in found.classes.items() if name != "keys"),
        "beyond_recovery": words.day(found.beyond_recovery_on),
        "backup_days": settings.BACKUP_DAYS,
        "signed_text": found.signed_text,
    }


def _kept_until(submission: Submission) -> str:
    """Until when contact and messages are kept, once everything is closed."""
    ends_at = submission.contact_key.ends_at
    return words.day(timezone.localdate(ends_at)) if ends_at else ""
