"""What happened, on the page of a case: events, messages and internal notes in one line of time."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from primevox_privacy.ledger.models import Event
from requests import happened, identity, references
from requests.models import Message, RightsRequest
from requests.models.submission import Direction
from requests.showing import SHOWN
from requests.timeline import SAID_BY_A_MESSAGE, files_of

LABELS = {
    Direction.TO_REQUESTER: gettext_lazy("To the requester"),
    Direction.FROM_REQUESTER: gettext_lazy("From the requester"),
    Direction.INTERNAL: gettext_lazy("Internal note: the requester never sees it"),
}

WRITTEN_WITH_IT = gettext_lazy("Written with it by whoever pressed")  # a note of nobody here comes with “not me”


def timeline(one: RightsRequest) -> dict[str, Any]:
    """The context of `admin/requests/timeline.html`: events of this request, and what was written in the whole
    submission."""
    written = one.submission.messages.select_related("content_key", "written_by", "rights_request")
    messages = list(written.prefetch_related("attachments__file__key"))
    told = any(message.rights_request_id == one.pk for message in messages)
    events = [
        event
        for event in Event.objects.about(one.pk, one.submission_id, *identity.checks_of(one.submission))
        if not (told and event.kind in SAID_BY_A_MESSAGE | {"noted"})
    ]
    lines = _event_lines(events, one.submission.capacity) + [_message_line(message, one) for message in messages]
    return {"timeline": sorted(lines, key=lambda line: line["at"])}


def _event_lines(events: list[Event], capacity: str) -> list[dict[str, Any]]:
    who = happened.names(happened.people_in(events))
    return [
        {
            "at": timezone.localtime(event.at),
            "words": _said(event, capacity, who),
            "who": who.get(event.actor, ""),
            "kind": event.kind,
        }
        for event in events
    ]


def _said(event: Event, capacity: str, who: dict[str, Any]) -> str:
    """One line; with the reason of whoever looked at a contact."""
    said, why = happened.said(event, capacity, who), happened.why(event) if event.kind == SHOWN else ""
    return f"{said}: {why}" if why else said


def _message_line(message: Message, one: RightsRequest) -> dict[str, Any]:
    of_another = message.rights_request if message.rights_request_id != one.pk else None
    return {
        "at": timezone.localtime(message.written_at),
        "words": LABELS[Direction(message.direction)],
        "who": message.written_by or (WRITTEN_WITH_IT if message.direction == Direction.INTERNAL else ""),
        "reference": references.spoken(of_another.reference) if of_another else "",
        "message": {
            "text": message.text,
            "files": files_of(message),
            "internal": message.direction == Direction.INTERNAL,
        },
    }
