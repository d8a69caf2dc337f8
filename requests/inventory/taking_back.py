"""The owner of a system answered too soon, or for somebody else: taken back while nothing rests on it."""

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import Event, record
from primevox_privacy.staff.models import User
from requests import keeping
from requests.inventory.checklist import OUTCOMES
from requests.inventory.models import Finding, Task, TaskState
from requests.inventory.passes import Pass
from requests.models import Hold, RightsRequest
from requests.turns import in_turn
from requests.workflow import NotAllowed, actor, need


@in_turn
def take_back(one: RightsRequest, task_id: uuid.UUID, *, by: User) -> None:
    """The task is open again, with the day it had. Files that came with the answer go: they may be somebody else’s."""
    need(by, "take_back_task")
    tasks = Task.objects.select_related("content_key", "checklist__rights_request")
    task = tasks.filter(pk=task_id, checklist__rights_request=one).first()
    if task is None:
        raise NotAllowed(_("This task is not there any more."))
    if why_not := why_not_take_back(task, by):
        raise NotAllowed(why_not)
    for found in _came_with_it(task, by):
        _throw_away(found)
    task.state, task.exception, task.note, task.blacked_out = TaskState.OPEN, "", None, None
    task.answered_by = task.answered_at = None
    task.save(update_fields=["state", "exception", "note", "blacked_out", "answered_by", "answered_at"])
    record(one.pk, "task_taken_back", by=actor(by), task=str(task_id))
    keeping.settle(one.submission_id)


def why_not_take_back(task: Task, by: User) -> str | None:
    """Why this person cannot take their answer back now; None if they can."""
    one = task.checklist.rights_request
    if task.answered_by_id != by.pk or task.state not in OUTCOMES[Pass(task.kind)]:
        return _("Only an answer of your own can be taken back.")
    if not one.is_open:
        return _("This request is closed. Nothing is searched for it any more.")
    if one.frozen_at:
        return _("It is frozen until something is cleared up. Until then your answer stays as it is.")
    if Hold.objects.standing().over(one.submission_id).exists():
        return _("A hold stands. Nothing is deleted before it is lifted.")
    asked_to_delete = Task.objects.filter(checklist=task.checklist, kind=Pass.CARRY_OUT, slug=task.slug)
    if task.kind == Pass.FIND and asked_to_delete.exists():
        return _("The deletion has been asked for since, on what you answered.")
    rests = task.findings.exclude(in_answer_at=None).exists()
    if rests or one.answers.filter(sent_back_at=None, drafted_at__gte=task.answered_at).exists():
        return _("An answer to the requester rests on it already.")
    return None


def _came_with_it(task: Task, by: User) -> list[Finding]:
    """What was found before the task was opened again belongs to an earlier answer, and stays."""
    again = Event.objects.filter(about=task.checklist.rights_request_id, kind="task_reopened")
    last = again.filter(detail__task=str(task.pk)).order_by("-at").first()
    since = last.at if last else task.made_at
    return list(task.findings.filter(added_by=by, added_at__gte=since).select_related("file"))


def _throw_away(found: Finding) -> None:
    stored = found.file
    found.delete()
    if stored:
        path = stored.path
        transaction.on_commit(lambda: path.unlink(missing_ok=True))
        stored.delete()
