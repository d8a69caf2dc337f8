"""What happened, on the page of a case: events, messages and internal notes in one line of time."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from primevox_privacy.ledger.models import Event
from primevox_privacy.staff.models import User
from requests import identity, references, words
from requests.models import Message, RightsRequest
from requests.models.submission import Direction
from requests.showing import SHOWN
from requests.terms import Ending, Right
from requests.timeline import SAID_BY_A_MESSAGE, files_of

LABELS = {
    Direction.TO_REQUESTER: gettext_lazy("To the requester"),
    Direction.FROM_REQUESTER: gettext_lazy("From the requester"),
    Direction.INTERNAL: gettext_lazy("Internal note: the requester never sees it"),
}

PASSED_ON = ("assigned", "assignment_undone")
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
    ids = {event.actor.removeprefix("staff:") for event in events if event.actor.startswith("staff:")}
    ids |= {event.detail.get(side) for event in events if event.kind in PASSED_ON for side in ("to", "was")} - {
        None,
        "",
    }
    who = {f"staff:{user.pk}": str(user) for user in User.objects.filter(pk__in=ids)}
    who |= {"requester": _("requester"), "system": _("the portal")}
    return [
        {
            "at": timezone.localtime(event.at),
            "words": _passed_on(event, who) or _which_right(event) or _said(event, capacity),
            "who": who.get(event.actor, ""),
            "kind": event.kind,
        }
        for event in events
    ]


def _passed_on(event: Event, who: dict[str, Any]) -> str:
    """From whom to whom it went; empty for everything else, and where the record does not say it."""
    if event.kind not in PASSED_ON:
        return ""
    to, was = (who.get(f"staff:{event.detail.get(side)}", "") for side in ("to", "was"))
    said = {"to": to, "was": was}
    if event.kind == "assigned":
        return (_("Passed on from %(was)s to %(to)s") if was else _("Passed on to %(to)s")) % said if to else ""
    return _("Passing on was undone: %(to)s has it again") % said if to else ""


def _which_right(event: Event) -> str:
    """Which right staff found in it, and instead of which; empty for everything else."""
    if event.kind not in ("turned_into", "right_changed"):
        return ""
    said = {side: words.SHORT_RIGHTS[Right(event.detail[side])] for side in ("right", "was") if side in event.detail}
    if "was" in said:
        return _("Changed from “%(was)s” to “%(right)s”") % said
    return _("Turned into “%(right)s”") % said


def _said(event: Event, capacity: str) -> Any:
    """One line; of “this was not me” from which letter it came, since that is not always who asked."""
    if event.kind == "shut":
        return words.ending_for_staff(Ending.NOT_YOU, capacity)
    if event.kind == "said_not_me" and event.detail.get("whose") in words.SAID_NOT_ME_FOR_STAFF:
        return words.SAID_NOT_ME_FOR_STAFF[event.detail["whose"]]
    if event.kind == SHOWN and event.detail.get("why") in words.WHY_SHOWN:
        return f"{words.TIMELINE_FOR_STAFF[SHOWN]}: {words.WHY_SHOWN[event.detail['why']]}"
    return words.TIMELINE_FOR_STAFF.get(event.kind, event.kind)


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
