"""The owner of a system and their tasks: what to search for, by when, and what came of it. Nothing else of a case."""

import uuid
from datetime import timedelta
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from primevox_privacy.staff.models import User
from requests import access, references, roles, words
from requests.admin.look_only import LookOnly
from requests.admin.steps.base import CHOOSE
from requests.admin.steps.searching import BLACKED_OUT_HELP, need_what_was_found
from requests.forms.fields import text_box
from requests.forms.files import FilesField, WithFiles, uploads_of
from requests.inventory import checklist, in_force, progress, taking_back
from requests.inventory.models import FactKind, Task, TaskState
from requests.inventory.passes import Pass
from requests.inventory.words import KINDS, OUTCOMES
from requests.terms import Right
from requests.workflow import NotAllowed

LIST = "admin:inventory_task_changelist"
TITLE = gettext_lazy("Your tasks")
NOT_NEEDED_SHOWN = timedelta(days=7)  # how long an owner reads that a task is over


class OutcomeForm(WithFiles):
    """What came of one task."""

    outcome = forms.ChoiceField(label=gettext_lazy("What came of it"), widget=forms.RadioSelect, error_messages=CHOOSE)
    exception = forms.ChoiceField(
        label=gettext_lazy("Why it is kept"),
        required=False,
        help_text=gettext_lazy("Needed when something is kept."),
        error_messages=CHOOSE,
    )
    note = text_box(
        gettext_lazy("Note"),
        None,
        8000,
        required=False,
        help_text=gettext_lazy("Where you looked, or why you cannot. Only who works on the request reads it."),
    )
    attached = FilesField(label=gettext_lazy("What you found"), most=checklist.MOST_FILES, required=False)
    blacked_out = text_box(
        gettext_lazy("What you blacked out or left out"),
        None,
        8000,
        required=False,
        rows=3,
        help_text=BLACKED_OUT_HELP,
    )

    def __init__(self, task: Task, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.task = task
        outcomes = checklist.OUTCOMES[Pass(task.kind)]
        if task.kind == Pass.FIND:
            del self.fields["exception"]
        else:
            del self.fields["attached"], self.fields["blacked_out"]
            known = [(one["id"], one["en"]) for one in task.system.exceptions]
            cast(forms.ChoiceField, self.fields["exception"]).choices = [("", "–"), *known]
            if not known:  # nothing may be kept there
                del self.fields["exception"]
                outcomes = tuple(one for one in outcomes if one is not TaskState.KEPT)
        cast(forms.ChoiceField, self.fields["outcome"]).choices = [(one.value, OUTCOMES[one]) for one in outcomes]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        need_what_was_found(self, self.task)
        return cleaned


class TaskAdmin(LookOnly):
    """Owners see their own tasks, and nobody anything else here."""

    is_for = staticmethod(lambda user: roles.may(user, "see_own_tasks"))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not roles.may(request.user, "see_own_tasks"):
            raise PermissionDenied
        own = Task.objects.filter(owner=cast(User, request.user)).order_by("due_on", "made_at")
        own = own.select_related("system", "checklist__rights_request")
        context = {
            **admin.site.each_context(request),
            "title": TITLE,
            "tasks": [_line(task) for task in own.ready()],
            "answered": [_line(task) for task in own.answered()],
            "not_needed": [_line(task) for task in own.not_needed_since(timezone.now() - NOT_NEEDED_SHOWN)],
        }
        return TemplateResponse(request, "admin/requests/tasks.html", context)

    def get_urls(self):
        wrap = self.admin_site.admin_view
        pages = [
            path("<uuid:pk>/", wrap(show), name="inventory_task"),
            path("<uuid:pk>/answered/", wrap(show_answered), name="inventory_task_answered"),
            path("<uuid:pk>/take-back/", wrap(take_back), name="inventory_task_take_back"),
            path("<uuid:pk>/look/", wrap(look), name="inventory_task_look"),
            path("<uuid:pk>/answer/", wrap(answer), name="inventory_task_answer"),
        ]
        return [*(page for page in super().get_urls() if page.name == "inventory_task_changelist"), *pages]


def _line(task: Task) -> dict[str, Any]:
    return {
        "pk": task.pk,
        "system": task.system.name,
        "kind": KINDS[Pass(task.kind)],
        "deletes": task.kind == Pass.CARRY_OUT,
        "deletes_later": task.kind == Pass.FIND and task.checklist.rights_request.right == Right.DELETE,
        "due": words.day(task.due_on),
        "is_late": bool(progress.overdue([task], timezone.localdate())),
        "reference": references.spoken(task.checklist.rights_request.reference),
    }


@access.collectors
@require_safe
def show(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The task; what to search for is opened by a button, since that is recorded."""
    task = access.task_of_owner(request, pk)
    return _page(request, task, OutcomeForm(task))


@access.collectors
@require_safe
def show_answered(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What its owner answered, to read."""
    task = access.task_of_owner(request, pk, answered=True)
    context = {
        **admin.site.each_context(request),
        "title": task.system.name,
        "list_title": TITLE,
        "task": _line(task),
        "said": OUTCOMES[TaskState(task.state)],
        "exception": task.system.exception(task.exception, "en"),
        "note": "" if task.content_key.destroyed_at else task.note or "",
        "blacked_out": "" if task.content_key.destroyed_at else task.blacked_out or "",
        "files": checklist.files_of(task),
        "why_not_take_back": taking_back.why_not_take_back(task, cast(User, request.user)),
    }
    return TemplateResponse(request, "admin/requests/task_answered.html", context)


@access.collectors
@require_POST
def take_back(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """An answer that should not have been sent."""
    task = access.task_of_owner(request, pk, answered=True)
    try:
        taking_back.take_back(task.checklist.rights_request, task.pk, by=cast(User, request.user))
    except NotAllowed as why:
        messages.error(request, str(why))
        return redirect("admin:inventory_task_answered", pk)
    messages.success(request, _("Your answer is taken back, and the task is open again."))
    return redirect("admin:inventory_task", pk)


@access.collectors
@require_POST
def look(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What to search for. Recorded. What was typed and chosen before stays; files have to be chosen again."""
    task = access.task_of_owner(request, pk)
    opened = checklist.look(task.checklist.rights_request, task, by=cast(User, request.user))
    typed = {name: request.POST.get(name, "") for name in ("outcome", "exception", "note", "blacked_out")}
    return _page(request, task, OutcomeForm(task, initial=typed), opened)


@access.collectors
@require_POST
def answer(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What came of it. What was typed is kept when it cannot be taken."""
    task, user = access.task_of_owner(request, pk), cast(User, request.user)
    form = OutcomeForm(task, request.POST, uploads_of(request))
    if form.is_valid():
        given = form.cleaned_data
        try:
            checklist.answer(
                task.checklist.rights_request,
                task.pk,
                TaskState(given["outcome"]),
                given["note"],
                given.get("attached", ()),
                exception=given.get("exception", ""),
                blacked_out=given.get("blacked_out", ""),
                by=user,
            )
        except NotAllowed as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _("Thank you. Your answer is kept."))
            return redirect(LIST)
    return _page(request, task, form)


def _page(request: HttpRequest, task: Task, form: OutcomeForm, opened: str = "") -> HttpResponse:
    titles = {one.slug: one.title_en for one in in_force.facts(also_past=True)[FactKind.CATEGORY]}
    context = {
        **admin.site.each_context(request),
        "title": task.system.name,
        "list_title": TITLE,
        "task": _line(task),
        "categories": [titles.get(slug, slug) for slug in task.system.categories],
        "opened": opened,
        "needs_look": checklist.needs_look(task, cast(User, request.user)),
        "form": form,
    }
    return TemplateResponse(request, "admin/requests/task.html", context)
