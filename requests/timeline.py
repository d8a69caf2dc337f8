"""What happened to a submission, as its requester reads it: events and messages in one line of time.

Reads only. No internal note, no member of staff, and nothing of a contact on file is ever in it.
"""

import uuid
from datetime import datetime
from typing import Any

from django.utils import timezone

from primevox_privacy.ledger.models import Event
from requests import about_whom, identity, references, words
from requests.models import Message, RightsRequest, Submission
from requests.models.submission import Direction
from requests.terms import Ending

SHOWN, SENT_OR_DID_NOT_FIT = "identity_passed", frozenset({"identity_given", "identity_not_shown"})
SAID_BY_A_MESSAGE = frozenset({"asked", "told", "replied", "wrote"})


def of(submission: Submission, requests: list[RightsRequest]) -> list[dict[str, Any]]:
    """Everything that happened, in order. Several requests on one page are told apart by their references."""
    names = {one.pk: references.spoken(one.reference) for one in requests} if len(requests) > 1 else {}
    written = submission.messages.exclude(direction=Direction.INTERNAL).select_related("content_key")
    messages = list(written.prefetch_related("attachments__file__key"))
    told = {one.rights_request_id for one in messages}
    about = [*(one.pk for one in requests), submission.pk, *identity.checks_of(submission)]
    events = [
        event
        for event in Event.objects.about(*about)
        if event.kind in words.TIMELINE and not (event.kind in SAID_BY_A_MESSAGE and event.about in told)
    ]
    lines = _event_lines(events, names, about_whom.of(submission.capacity))
    lines += [_message_line(one, names) for one in messages]
    return sorted(lines, key=lambda line: line["at"])


def _event_lines(events: list[Event], names: dict[uuid.UUID, str], about: about_whom.AboutWhom) -> list[dict[str, Any]]:
    """What happened to several requests in the same minute is one line."""
    lines: dict[tuple[datetime, str], dict[str, Any]] = {}
    shown: set[uuid.UUID] = set()  # checks in which what was sent last fitted
    for event in events:
        at, said, name = timezone.localtime(event.at), _said(event, about, shown), names.get(event.about)
        if event.kind == SHOWN:
            shown.add(event.about)
        elif event.kind in SENT_OR_DID_NOT_FIT:
            shown.discard(event.about)
        minute = at.replace(second=0, microsecond=0)
        line = lines.setdefault((minute, said), {"at": at, "words": said, "references": []})
        if name and name not in line["references"]:
            line["references"].append(name)
    return list(lines.values())


def _said(event: Event, about: about_whom.AboutWhom, shown: set[uuid.UUID]) -> str:
    """One line of the timeline; who took a request back is told so, and who sends more although what they sent
    fitted."""
    if event.kind == SHOWN and event.detail["level"] < event.detail.get("asked", 0):
        return str(words.SHOWN_BELOW)
    if event.kind == "identity_asked_again" and event.about in shown:
        return str(words.ASKED_FOR_A_LITTLE_MORE)
    if event.kind == "closed" and event.detail.get("ending") == Ending.WITHDRAWN:
        return str(words.TOOK_BACK if event.actor == "requester" else words.TOOK_BACK_FOR_YOU)
    return str(about.happened(event.kind))


def _message_line(message: Message, names: dict[uuid.UUID, str]) -> dict[str, Any]:
    name = names.get(message.rights_request_id) if message.rights_request_id else None
    from_us = message.direction == Direction.TO_REQUESTER
    return {
        "at": timezone.localtime(message.written_at),
        "words": words.WE_WROTE if from_us else words.YOU_WROTE,
        "references": [name] if name else [],
        "message": {"from_us": from_us, "text": message.text, "files": files_of(message)},
    }


def files_of(message: Message) -> list[dict[str, Any]]:
    """The files that came with a message, as a page lists them."""
    return [
        {"pk": one.pk, "name": one.file.name, "size": words.size(one.file.size)} for one in message.attachments.all()
    ]
