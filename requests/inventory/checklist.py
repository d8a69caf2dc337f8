"""The verbs of a list of systems to search: each one transaction, with its event.

Owners of systems answer for themselves; who works on the request may answer for one who told them, add a system, leave
one out with a reason, give a task to somebody else, or open it again.
"""

import uuid
from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import Event, record
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey, SealedFile
from primevox_privacy.sealed.uploads import SealedUpload
from primevox_privacy.staff.models import User
from requests import keeping, packages, roles, told_first
from requests.inventory import beginning, changing, in_force, passes, progress
from requests.inventory.models import Checklist, Finding, System, Task, TaskState
from requests.inventory.passes import Pass
from requests.models import Hold, RightsRequest
from requests.terms import Ending, Right
from requests.turns import in_turn
from requests.workflow import NotAllowed, actor, need, need_not_frozen

OUTCOMES = {
    Pass.FIND: (TaskState.FOUND, TaskState.NOTHING_FOUND, TaskState.CANNOT),
    Pass.CARRY_OUT: (TaskState.DONE, TaskState.KEPT),
}
MOST_FILES = 20  # of one task


# --- Staff -----------------------------------------------------------------------------------------------------
@in_turn
def search_for(one: RightsRequest, text: str, *, by: User) -> None:
    """Say what owners are to search for. Never what was given as proof (policy §8): who sees proof does not say it."""
    need(by, "search_for")
    _need_open(one)
    checklist = _list_of(one)
    checklist.search_for = text.strip()
    checklist.save(update_fields=["search_for"])
    record(one.pk, "search_words_given", by=actor(by))


@in_turn
def add(one: RightsRequest, slug: str, *, by: User) -> Task:
    """Search one system more, as it is in the inventory now."""
    need(by, "add_task")
    _need_open(one)
    if Right(one.right) not in passes.SEARCHED or not beginning.is_ready(_fresh(one)):
        raise NotAllowed(_("Nothing is searched yet: first somebody takes it, and identity is shown."))
    system = next((system for system in can_be_added(one) if system.slug == slug), None)
    if system is None:
        raise NotAllowed(_("This system is on the list already, or in use no more."))
    checklist = Checklist.objects.filter(rights_request=one).first() or beginning.open_list(one)
    made = beginning.give(checklist, system, Pass.FIND)
    record(one.pk, "task_added", by=actor(by), task=str(made.pk), version=system.edition.number)
    return made


def can_be_added(one: RightsRequest) -> list[System]:
    """Systems of the inventory that are not on its list."""
    there = {task.slug for task in progress.tasks_of(one, Pass.FIND)}
    return [system for system in in_force.systems() if system.slug not in there]


@in_turn
def leave_out(one: RightsRequest, task_id: uuid.UUID, why: str, *, by: User) -> None:
    """This system need not be searched, for a reason that stays with it."""
    need(by, "leave_out_task")
    _need_open(one)
    _close(_open_task(one, task_id), TaskState.LEFT_OUT, why, by=by)
    record(one.pk, "task_left_out", by=actor(by), task=str(task_id))


@in_turn
def reassign(one: RightsRequest, task_id: uuid.UUID, owner: User, *, by: User) -> None:
    """Somebody else searches this system for this request. Who owns the system stays as it is."""
    need(by, "reassign_task")
    _need_open(one)
    task = _open_task(one, task_id)
    if owner not in changing.owners():
        raise NotAllowed(_("The owner needs the role of a collector. An administrator can give it to them."))
    task.owner, task.owner_told = owner, None
    task.save(update_fields=["owner", "owner_told"])
    record(one.pk, "task_reassigned", by=actor(by), task=str(task_id))


@in_turn
def reopen(one: RightsRequest, task_id: uuid.UUID, *, by: User) -> None:
    """The answer was not enough: the owner looks again, with new time. Files that were found stay."""
    need(by, "reopen_task")
    _need_open(one)
    task = _task(one, task_id)
    if task.is_open:
        raise NotAllowed(_("This task is open already."))
    if task.kind == Pass.CARRY_OUT:
        _need_deletable(one)
    task.state, task.exception, task.answered_by, task.answered_at = TaskState.OPEN, "", None, None
    task.owner_told = task.handler_told = None
    task.due_on = passes.due_on(Pass(task.kind), timezone.localdate(), one.leading_on)
    task.save()
    record(one.pk, "task_reopened", by=actor(by), task=str(task_id))


@in_turn
def carry_out(one: RightsRequest, *, by: User) -> None:
    """The second pass of a deletion: each system that held something is asked to delete it. It cannot be taken back,
    so it begins when the person was told and had time to say no, and while no hold stands (policy §8, §11)."""
    need(by, "carry_out")
    _need_open(one)
    if not progress.can_be_carried_out(one):
        raise NotAllowed(_("First every system says what it holds. Or there is nothing left to ask for."))
    _need_deletable(one)
    found = progress.not_asked(one)
    for task in found:
        made = beginning.give(task.checklist, task.system, Pass.CARRY_OUT)
        Task.objects.filter(pk=made.pk).update(owner=task.owner)
    record(one.pk, "deletion_asked_for", by=actor(by), systems=len(found))


def _need_deletable(one: RightsRequest) -> None:
    need_not_frozen(one)
    if Hold.objects.standing().over(one.submission_id).exists():
        raise NotAllowed(_("A hold stands. Nothing is deleted before it is lifted."))
    if why_not := told_first.why_not_delete(_fresh(one), Ending.PARTLY):
        raise NotAllowed(why_not)


# --- Owners ----------------------------------------------------------------------------------------------------
@in_turn
def look(one: RightsRequest, task: Task, *, by: User) -> str:
    """What to search for, for the owner of the task; each look is recorded."""
    need(by, "answer_task")
    if task.owner_id != by.pk:
        raise NotAllowed(_("This task is somebody else’s."))
    record(one.pk, "task_looked_at", by=actor(by), task=str(task.pk))
    return task.checklist.search_for or ""


@in_turn
def answer(
    one: RightsRequest,
    task_id: uuid.UUID,
    outcome: TaskState,
    note: str,
    uploads: Iterable[SealedUpload] = (),
    *,
    exception: str = "",
    blacked_out: str = "",
    by: User,
) -> None:
    """What came of it. Who works on the request may answer for an owner who told them. `blacked_out`: what the owner
    took out of what they found, data of other people above all; whoever answers has to say so."""
    need(by, "answer_task")
    _need_open(one)
    need_not_frozen(one)
    task, files = _open_task(one, task_id), list(uploads)
    if task.owner_id != by.pk and not roles.sees_cases(by):
        raise NotAllowed(_("This task is somebody else’s."))
    if needs_look(task, by):
        raise NotAllowed(_("First look at what to search for."))
    if why_not := _why_not(task, outcome, note, files, exception, blacked_out):
        raise NotAllowed(why_not)
    if task.kind == Pass.CARRY_OUT and outcome is TaskState.DONE:
        _need_deletable(one)
    for upload in files:
        _keep(one, task, upload, by)
    task.exception = exception if outcome is TaskState.KEPT else ""
    task.blacked_out = blacked_out.strip() or None
    _close(task, outcome, note, by=by)
    record(one.pk, "task_answered", by=actor(by), task=str(task_id), outcome=outcome, files=len(files))
    keeping.settle(one.submission_id)


def needs_look(task: Task, by: User) -> bool:
    """Whether this owner has yet to look at what to search for: till then nobody knows what they hold. Who works on the
    case knows whom it is about."""
    if task.kind != Pass.FIND or task.owner_id != by.pk or roles.sees_cases(by):
        return False
    looks = Event.objects.filter(about=task.checklist.rights_request_id, kind="task_looked_at", actor=actor(by))
    return not looks.filter(detail__task=str(task.pk)).exists()


def _why_not(
    task: Task, outcome: TaskState, note: str, files: list[SealedUpload], exception: str, blacked_out: str
) -> str | None:
    if outcome not in OUTCOMES[Pass(task.kind)]:
        return _("Choose one of the outcomes that this task has.")
    if outcome is TaskState.CANNOT and not note.strip():
        return _("Write why it cannot be searched.")
    if why_not := why_not_found(task, outcome, note, files):
        return why_not
    if outcome is TaskState.KEPT and not task.system.exception(exception, "en"):
        return _("Choose why it is kept. What is not among the reasons of this system is deleted.")
    if files and outcome is not TaskState.FOUND:
        return _("Files go with “found” alone.")
    if blacked_out.strip() and outcome is not TaskState.FOUND:
        return _("What was blacked out goes with “found” alone.")
    if task.findings.count() + len(files) > MOST_FILES:
        return _("A task carries at most %(most)d files.") % {"most": MOST_FILES}
    return None


def why_not_found(task: Task, outcome: str, note: str, files: Iterable[SealedUpload]) -> str | None:
    """“Found” says what: in a file, a note, or a file that came with an earlier answer. Else the answer lacks it."""
    if outcome != TaskState.FOUND or note.strip() or list(files):
        return None
    if task.findings.filter(file__isnull=False, package_key__destroyed_at=None).exists():
        return None
    return _("Add what you found as a file, or write it in the note.")


def _keep(one: RightsRequest, task: Task, upload: SealedUpload, by: User) -> None:
    """Under one key for all that is found for a request; after a closing has destroyed it, under a new one."""
    found = Finding.objects.filter(task__checklist__rights_request=one)
    key = DataKey.objects.alive().filter(pk__in=found.values("package_key")).first()
    if key is None:
        key = DataKey.make(uuid.uuid4(), Life.PACKAGE)
        key.save(force_insert=True)
    stored = SealedFile.store(key, upload.name or "", upload.chunks())
    Finding.objects.create(task=task, package_key=key, file=stored, added_by=by)


# --- What was found ----------------------------------------------------------------------------------------------
def findings_of(one: RightsRequest) -> list[Finding]:
    """The files that owners found, as long as they are there."""
    there = Finding.objects.filter(task__checklist__rights_request=one, package_key__destroyed_at=None)
    there = there.filter(file__isnull=False).select_related("file__key", "task__system", "added_by")
    return list(there.order_by("added_at"))


def files_of(task: Task) -> list[str]:
    """The names of the files that an owner found, as long as they are there."""
    found = task.findings.filter(package_key__destroyed_at=None).select_related("file__key").order_by("added_at")
    return [each.file.name for each in found if each.file]


@in_turn
def look_at_finding(one: RightsRequest, finding_id: uuid.UUID, *, by: User) -> SealedFile | None:
    """A file that was found, for who works on the request; recorded. None when there is no such file."""
    need(by, "look_at_finding")
    found = next((each for each in findings_of(one) if each.pk == finding_id), None)
    if found is None:
        return None
    record(one.pk, "finding_looked_at", by=actor(by), file=str(finding_id))
    return found.file


@in_turn
def to_answer(one: RightsRequest, finding_id: uuid.UUID, *, by: User) -> None:
    """Put a copy of what was found with the files of the answer."""
    need(by, "finding_to_answer")
    found = next((each for each in findings_of(one) if each.pk == finding_id), None)
    if found is None or found.file is None:
        raise NotAllowed(_("This file is not there any more."))
    packages.add(one, [found.file], by=by)
    Finding.objects.filter(pk=found.pk).update(in_answer_at=timezone.now())


# --- Together ----------------------------------------------------------------------------------------------------
def _fresh(one: RightsRequest) -> RightsRequest:
    return RightsRequest.objects.select_related("submission__check_made").get(pk=one.pk)


def _need_open(one: RightsRequest) -> None:
    if not RightsRequest.objects.open().filter(pk=one.pk).exists():
        raise NotAllowed(_("This request is closed. Nothing is searched for it any more."))


def _list_of(one: RightsRequest) -> Checklist:
    found = Checklist.objects.select_related("content_key").filter(rights_request=one).first()
    if found is None:
        raise NotAllowed(_("No system is searched for this request yet."))
    return found


def _task(one: RightsRequest, task_id: uuid.UUID) -> Task:
    tasks = Task.objects.select_related("system", "content_key", "checklist__rights_request")
    found = tasks.filter(pk=task_id, checklist__rights_request=one).first()
    if found is None:
        raise NotAllowed(_("This task is not there any more."))
    return found


def _open_task(one: RightsRequest, task_id: uuid.UUID) -> Task:
    task = _task(one, task_id)
    if not task.is_open:
        raise NotAllowed(_("This task is answered already. To change that, open it again."))
    return task


def _close(task: Task, state: TaskState, note: str, *, by: User) -> None:
    task.state, task.note = state, note.strip() or None
    task.answered_by, task.answered_at = by, timezone.now()
    task.save(update_fields=["state", "note", "blacked_out", "exception", "answered_by", "answered_at"])
