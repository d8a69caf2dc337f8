"""One event in words, as staff read it: on the page of its case and in the log."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from primevox_privacy.ledger.models import Event
from primevox_privacy.staff.models import User
from requests import words
from requests.showing import SHOWN
from requests.terms import Ending, Right, Role

PASSED_ON = ("assigned", "assignment_undone")
TAKEN_ALONG = "log_taken_along"
STAFF = "staff:"
OTHERS = {"requester": gettext_lazy("requester"), "system": gettext_lazy("the portal")}

# What of the detail holds a reason that was chosen, and how each is said.
REASONS: Mapping[str, tuple[str, Mapping[Any, Any]]] = {
    SHOWN: ("why", words.WHY_SHOWN),
    "paper_looked_at": ("reason", words.REASONS_TO_LOOK),
    TAKEN_ALONG: ("why", words.WHY_TAKEN_ALONG),
}


def people_in(events: Collection[Event]) -> set[str]:
    """The ids of members of staff that the words of these events may name."""
    ids = {event.actor.removeprefix(STAFF) for event in events if event.actor.startswith(STAFF)}
    moved = {event.detail.get(side) for event in events if event.kind in PASSED_ON for side in ("to", "was")}
    return ids | (moved - {None, ""})


def names(ids: Iterable[str]) -> dict[str, Any]:
    """How those are called who did something, by what the record calls them."""
    return OTHERS | {user.as_actor: str(user) for user in User.objects.filter(pk__in=list(ids))}


def said(event: Event, capacity: str, who: Mapping[str, Any]) -> str:
    """What happened, with whom it went from and to."""
    return str(_passed_on(event, who) or _which_right(event) or _which_roles(event) or _plainly(event, capacity))


def why(event: Event) -> str:
    """What somebody gave as their reason, where they had to choose one; else empty."""
    name, reasons = REASONS.get(event.kind, ("", {}))
    return str(reasons.get(event.detail.get(name), ""))


def _passed_on(event: Event, who: Mapping[str, Any]) -> str:
    """From whom to whom it went; empty for everything else, and where the record does not say it."""
    if event.kind not in PASSED_ON:
        return ""
    to, was = (who.get(f"{STAFF}{event.detail.get(side)}", "") for side in ("to", "was"))
    said = {"to": to, "was": was}
    if event.kind == "assigned":
        return (_("Passed on from %(was)s to %(to)s") if was else _("Passed on to %(to)s")) % said if to else ""
    return _("Passing on was undone: %(to)s has it again") % said if to else ""


def _which_right(event: Event) -> str:
    """Which right staff found in it, and instead of which; empty for everything else, and where the record does not
    say it."""
    if event.kind not in ("turned_into", "right_changed"):
        return ""
    said = {side: words.SHORT_RIGHTS[Right(event.detail[side])] for side in ("right", "was") if side in event.detail}
    if "right" not in said:
        return ""  # no longer kept
    if "was" in said:
        return _("Changed from “%(was)s” to “%(right)s”") % said
    return _("Turned into “%(right)s”") % said


def _which_roles(event: Event) -> str:
    """Which roles an administrator gave to somebody, and which they took; empty for everything else."""
    if event.kind != "roles_changed":
        return ""
    given, taken = (
        ", ".join(str(words.ROLES[Role(name)]) for name in event.detail.get(side, ())) for side in ("given", "taken")
    )
    said = [_("Roles given: %(roles)s") % {"roles": given}] if given else []
    if taken:
        said.append(_("Roles taken: %(roles)s") % {"roles": taken})
    return ". ".join(said)


def _plainly(event: Event, capacity: str) -> Any:
    """One line; of “this was not me” from which letter it came, since that is not always who asked."""
    if event.kind == "shut":
        return words.ending_for_staff(Ending.NOT_YOU, capacity)
    if event.kind == "said_not_me" and event.detail.get("whose") in words.SAID_NOT_ME_FOR_STAFF:
        return words.SAID_NOT_ME_FOR_STAFF[event.detail["whose"]]
    return words.EVENTS.get(event.kind, event.kind)
