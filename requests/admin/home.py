"""Where signing in leads: to Today, for whoever sees cases; to their own tasks, for who collects; to the
settings, for administrators."""

from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from primevox_privacy.staff.models import User
from requests import on_time, references, roles, words
from requests.admin import settings_home, time_left
from requests.admin.narrowing import as_query, narrowed
from requests.admin.saved_views import PROOF, View, count_all
from requests.admin.whose_turn import waits_for_requester
from requests.models.case import QUEUE_ORDER
from requests.playbooks import keeping
from requests.terms import Right

NEXT_ONES = 5
NUMBERS: tuple[tuple[Any, dict[str, str]], ...] = (
    (gettext_lazy("due in 3 days"), {"due": "soon"}),
    (gettext_lazy("new"), {"step": "received"}),
    (gettext_lazy("waiting for me"), {"waits": "us", "handler": "me"}),
    (gettext_lazy("to review"), {"step": "in_review"}),
    (gettext_lazy("overdue"), {"due": "late"}),
)
COMPARES: tuple[Any, dict[str, str]] = (gettext_lazy("with proof to compare"), PROOF)  # whoever has the request
ALERTS: tuple[tuple[Any, dict[str, str]], ...] = (
    (gettext_lazy("frozen: somebody has to clear it up"), {"flag": "frozen"}),
    (gettext_lazy("where the requester wrote, and nobody has taken a step since"), {"flag": "wrote"}),
    (gettext_lazy("received two days ago or more, and nobody has it"), {"handler": "too_long"}),
)


def _home(request: HttpRequest) -> HttpResponse:
    if roles.sees_cases(request.user):
        return _today(request)
    if roles.may(request.user, "see_own_tasks") and not roles.may_set_levels(request.user):
        return redirect("admin:inventory_task_changelist")
    return settings_home.page(request)


def _today(request: HttpRequest) -> HttpResponse:
    """Five numbers (six for who compares proof), how we keep our dates, what is wrong, and what is next for who signed
    in."""
    user = cast(User, request.user)
    numbers, alerts = _counted(user)
    context = {
        **admin.site.each_context(request),
        "title": _("Today"),
        "day": words.day(timezone.localdate()),
        "numbers": numbers,
        "proof": next((view for view in numbers if view.number and view.query == as_query(PROOF)), None),
        "alerts": [alert for alert in alerts if alert.number],
        "on_time": on_time.of_late(),
        "days": on_time.DAYS,
        "mine": _next_of(user),
        "may_take": roles.may(user, "take"),
        "may_print": roles.may(user, "print_letter"),
        "may_see_log": roles.may(user, "see_log"),
        "playbooks_to_confirm": keeping.to_confirm(user),
        "settings_list": admin.site.get_app_list(request) if roles.may_set_levels(user) else [],
    }
    response = TemplateResponse(request, "admin/requests/today.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _counted(user: User) -> tuple[list[View], list[View]]:
    """The numbers and the alerts, counted in one statement."""
    shown = [*NUMBERS, COMPARES] if roles.may(user, "decide_identity") else NUMBERS
    lines = [*shown, *ALERTS]
    counts = count_all(user, (narrowed(wanted, user) for name, wanted in lines))
    views = [View(name, as_query(wanted), number) for (name, wanted), number in zip(lines, counts, strict=True)]
    return views[: len(shown)], views[len(shown) :]


def _next_of(user: User) -> list[dict[str, Any]]:
    """What this person has and nobody else is to act on, what is due first, first."""
    found = (
        narrowed({"handler": "me"}, user)
        .exclude(waits_for_requester())
        .order_by(*QUEUE_ORDER)
        .select_related("submission")
    )
    return [
        {
            "one": one,
            "reference": references.spoken(one.reference),
            "right": words.SHORT_RIGHTS[Right(one.right)],
            "time_left": time_left.badge(one, one.due_dates.all(), time_left.today_of(one.submission))
            if one.is_open
            else words.ending_for_staff(one.ending, one.submission.capacity),
        }
        for one in found.prefetch_related("due_dates")[:NEXT_ONES]
    ]


home = admin.site.admin_view(_home)
