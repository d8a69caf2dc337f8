"""The systems to search, on the page of a case, and the files that were found in them."""

import uuid
from typing import Any, cast

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_POST

from primevox_privacy.sealed.serving import as_download
from primevox_privacy.staff.models import User
from requests import access, masking, roles, words
from requests.inventory import checklist, in_force, progress
from requests.inventory.models import Checklist, Task, TaskState
from requests.inventory.passes import SEARCHED, Pass
from requests.inventory.words import KINDS, OUTCOMES
from requests.models import RightsRequest
from requests.terms import Right


def search_of(one: RightsRequest, user: User, shown: bool = False) -> dict[str, Any]:
    """The context of `admin/requests/search.html`; `shown`: without masks, for somebody who said why."""
    made = Checklist.objects.select_related("edition", "content_key").filter(rights_request=one).first()
    tasks = progress.tasks_of(one) if made else []
    wanted = Right(one.right) in SEARCHED
    return {
        "search": made,
        "search_for": _searched_for(made, shown) if made else "",
        "search_said": progress.said(one) if made else "",
        "tasks": [_task(task) for task in tasks],
        "no_systems": wanted and one.is_open and not made and not in_force.systems(),
        "search_waits": wanted and one.is_open and not made and bool(in_force.systems()),
        "not_searched": [system.name for system in checklist.can_be_added(one)] if made and one.is_open else [],
        "findings": [
            {"pk": found.pk, "file": found.file, "size": words.size(found.file.size), "of": found}
            for found in checklist.findings_of(one)
            if found.file
        ],
        "may_open_findings": roles.may(user, "look_at_finding"),
        "may_add_findings": roles.may(user, "finding_to_answer") and one.is_open,
    }


def _searched_for(made: Checklist, shown: bool) -> str:
    """A contact, or what staff typed: masked like the facts beside it."""
    said = made.search_for if made.content_key.destroyed_at is None else None
    return (said if shown else masking.known_by(said)) if said else ""


def _task(task: Task) -> dict[str, Any]:
    return {
        "system": task.system.name,
        "kind": KINDS[Pass(task.kind)],
        "owner": task.owner,
        "due": words.day(task.due_on) if task.is_open else "",
        "is_late": bool(progress.overdue([task], timezone.localdate())),
        "is_open": task.is_open,
        "said": OUTCOMES[TaskState(task.state)],
        "exception": task.system.exception(task.exception, "en"),
        "note": "" if task.content_key.destroyed_at else task.note or "",
        "blacked_out": "" if task.content_key.destroyed_at else task.blacked_out or "",
        "answered_by": task.answered_by,
        "answered_on": words.day(timezone.localdate(task.answered_at)) if task.answered_at else "",
    }


@access.staff
@require_POST
def open_finding(request: HttpRequest, pk: uuid.UUID, finding: uuid.UUID) -> HttpResponseBase:
    """A file that an owner found; opening it is recorded."""
    user = cast(User, request.user)
    one = access.for_staff(request, pk)
    if not roles.may(user, "look_at_finding"):
        raise Http404
    if asked := access.ask_who_does(request, "look_at_finding", for_file=True):
        return asked
    with transaction.atomic():
        found = checklist.look_at_finding(one, finding, by=user)
        if found is None:
            raise Http404
        return as_download(found, found.name)
