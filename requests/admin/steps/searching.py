"""The systems to search: what for, one more, one less, by whom, again, and the second pass of a deletion."""

import uuid
from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from primevox_privacy.staff.models import User
from requests import words
from requests.admin.steps.base import CHOOSE, Group, NoFields, Step, StepForm
from requests.forms.fields import text_box
from requests.forms.files import FilesField, WithFiles
from requests.inventory import changing, checklist, progress
from requests.inventory.models import Task, TaskState
from requests.inventory.passes import Pass
from requests.inventory.words import KINDS, OUTCOMES
from requests.models import RightsRequest


class SearchForForm(StepForm):
    text = text_box(
        _("What to search for"),
        _("Write what to search for."),
        2000,
        rows=3,
        help_text=_(
            "From our own record, or how they said we can reach them. Never what they gave to show who they are. "
            "Owners of systems read this and nothing else of the case. It takes the place of what is said there now."
        ),
    )


class TaskForm(StepForm):
    """A choice among the tasks of the request."""

    task = forms.ChoiceField(label=_("Which system"), error_messages=CHOOSE)
    wanted: Callable[[Task], bool] = staticmethod(lambda task: task.is_open)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tasks = [task for task in progress.tasks_of(self.rights_request) if type(self).wanted(task)]
        cast(forms.ChoiceField, self.fields["task"]).choices = [
            (str(task.pk), f"{task.system.name}: {KINDS[Pass(task.kind)]}") for task in self.tasks
        ]


class AddTaskForm(StepForm):
    system = forms.ChoiceField(label=_("Which system"), error_messages=CHOOSE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = checklist.can_be_added(self.rights_request)
        cast(forms.ChoiceField, self.fields["system"]).choices = [(one.slug, one.name) for one in others]


class LeaveOutForm(TaskForm):
    why = text_box(_("Why it need not be searched"), _("Write why it need not be searched."), 2000, rows=2)


class ReassignForm(TaskForm):
    owner = forms.ChoiceField(label=_("Who"), error_messages=CHOOSE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["owner"]).choices = list(_people().items())


class ReopenForm(TaskForm):
    wanted = staticmethod(lambda task: not task.is_open)


def need_what_was_found(form: forms.Form, task: Task) -> None:
    """Say at the note that “found” needs a file or a note, unless something else is wrong with the two."""
    given = form.cleaned_data
    if "note" in form.errors or "attached" in form.errors:
        return
    if why_not := checklist.why_not_found(task, given.get("outcome", ""), given["note"], given.get("attached", ())):
        form.add_error("note", why_not)


BLACKED_OUT_HELP = _("One thing a line, and why: data of other people, or a secret. The answer has to say it.")


class AnswerTaskForm(TaskForm, WithFiles):
    """An owner told us; or answers in person, on a page of their own."""

    outcome = forms.ChoiceField(label=_("What came of it"), widget=forms.RadioSelect, error_messages=CHOOSE)
    exception = forms.ChoiceField(
        label=_("Why it is kept"), required=False, help_text=_("Needed when something is kept."), error_messages=CHOOSE
    )
    note = text_box(_("Note"), None, 8000, required=False, rows=3, help_text=_("Needed when it cannot be searched."))
    attached = FilesField(label=_("What was found"), most=checklist.MOST_FILES, required=False)
    blacked_out = text_box(
        _("What was blacked out or left out"), None, 8000, required=False, rows=2, help_text=BLACKED_OUT_HELP
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = {Pass(task.kind) for task in self.tasks}
        outcomes = [outcome for kind in Pass if kind in kinds for outcome in checklist.OUTCOMES[kind]]
        cast(forms.ChoiceField, self.fields["outcome"]).choices = [(one.value, OUTCOMES[one]) for one in outcomes]
        if Pass.CARRY_OUT not in kinds:
            del self.fields["exception"]
        else:
            cast(forms.ChoiceField, self.fields["exception"]).choices = [("", "–"), *self._exceptions()]
        if Pass.FIND not in kinds:
            del self.fields["attached"], self.fields["blacked_out"]

    def _exceptions(self) -> list[tuple[str, str]]:
        """Each bears its system, since ids are given for each system anew."""
        return [
            (f"{task.slug}:{one['id']}", f"{task.system.name}: {one['en']}")
            for task in self.tasks
            if task.kind == Pass.CARRY_OUT
            for one in task.system.exceptions
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        task = next((one for one in self.tasks if str(one.pk) == cleaned.get("task")), None)
        slug, _colon, name = (cleaned.get("exception") or "").partition(":")
        if slug and task and slug != task.slug:
            self.add_error("exception", gettext("Choose a reason of the same system."))
        cleaned["exception"] = name
        if task:
            need_what_was_found(self, task)
        return cleaned


class FindingForm(StepForm):
    file = forms.ChoiceField(label=_("Which file"), widget=forms.RadioSelect, error_messages=CHOOSE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = checklist.findings_of(self.rights_request)
        cast(forms.ChoiceField, self.fields["file"]).choices = [
            (str(one.pk), f"{one.task.system.name}: {one.file.name} ({words.size(one.file.size)})")
            for one in found
            if one.file
        ]


def _people() -> dict[str, User]:
    return {str(one.pk): one for one in changing.owners()}


def _has_open(one: RightsRequest, user: User) -> bool:
    return one.is_open and progress.is_open(one)


def _task(given: dict[str, Any]) -> uuid.UUID:
    return uuid.UUID(given["task"])


def _answer(one: RightsRequest, given: dict[str, Any], by: User) -> None:
    checklist.answer(
        one,
        _task(given),
        TaskState(given["outcome"]),
        given["note"],
        given.get("attached", ()),
        exception=given.get("exception", ""),
        blacked_out=given.get("blacked_out", ""),
        by=by,
    )


STEPS = (
    Step(
        "search_for",
        _("Say what to search for"),
        _("Tell the owners"),
        SearchForForm,
        lambda one, given, by: checklist.search_for(one, given["text"], by=by),
        _has_open,
        group=Group.SEARCH,
        done=_("The owners of the systems can read it now."),
    ),
    Step(
        "carry_out",
        _("Ask the systems to delete it"),
        _("Ask them"),
        NoFields,
        lambda one, given, by: checklist.carry_out(one, by=by),
        lambda one, user: one.is_open and progress.can_be_carried_out(one),
        _("Each system that holds something is asked to delete it. This cannot be taken back."),
        group=Group.SEARCH,
        done=_("The owners are asked to delete it."),
    ),
    Step(
        "answer_task",
        _("Enter what an owner told us"),
        _("Enter it"),
        AnswerTaskForm,
        _answer,
        _has_open,
        group=Group.SEARCH,
        done=_("The answer of the system is kept."),
    ),
    Step(
        "add_task",
        _("Search one more system"),
        _("Search it"),
        AddTaskForm,
        lambda one, given, by: checklist.add(one, given["system"], by=by),
        lambda one, user: one.is_open and bool(progress.tasks_of(one)) and bool(checklist.can_be_added(one)),
        group=Group.SEARCH,
        done=_("The system is on the list."),
    ),
    Step(
        "leave_out_task",
        _("Leave a system out"),
        _("Leave it out"),
        LeaveOutForm,
        lambda one, given, by: checklist.leave_out(one, _task(given), given["why"], by=by),
        _has_open,
        group=Group.SEARCH,
        done=_("The system is left out."),
        while_frozen=True,
    ),
    Step(
        "reassign_task",
        _("Give a task to somebody else"),
        _("Give it to them"),
        ReassignForm,
        lambda one, given, by: checklist.reassign(one, _task(given), _people()[given["owner"]], by=by),
        _has_open,
        group=Group.SEARCH,
        done=_("The task is theirs now."),
        while_frozen=True,
    ),
    Step(
        "reopen_task",
        _("Open a task again"),
        _("Open it again"),
        ReopenForm,
        lambda one, given, by: checklist.reopen(one, _task(given), by=by),
        lambda one, user: one.is_open and any(not task.is_open for task in progress.tasks_of(one)),
        group=Group.SEARCH,
        done=_("The task is open again."),
    ),
    Step(
        "finding_to_answer",
        _("Add a file that was found to the answer"),
        _("Add it to the answer"),
        FindingForm,
        lambda one, given, by: checklist.to_answer(one, uuid.UUID(given["file"]), by=by),
        lambda one, user: one.is_open and bool(checklist.findings_of(one)),
        _("Look at it first: it may hold data of other people, or call records."),
        group=Group.SEARCH,
        done=_("A copy of the file is with the answer."),
        while_frozen=True,
    ),
)
