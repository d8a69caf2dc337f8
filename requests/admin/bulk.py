"""Passing on many at once: who is selected, who is left out and why, and what became of each, which is
a step of its own. Nothing is released, refused or decided in bulk."""

import uuid
from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from primevox_privacy.staff.models import User
from requests import access, assigning, references, roles, words
from requests.admin.saved_views import queue
from requests.models import RightsRequest
from requests.terms import Right

MOST = 200  # at once


class ToWhom(forms.Form):
    to: Any = forms.ModelChoiceField(
        label=gettext_lazy("To whom"), queryset=None, error_messages={"required": gettext_lazy("Choose a colleague.")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["to"]).queryset = assigning.people()


def ask(request: HttpRequest, chosen: Iterable[uuid.UUID]) -> HttpResponse:
    """The first page: to whom."""
    return _page(request, _requests(chosen), ToWhom())


@access.staff
@require_POST
def assign(request: HttpRequest) -> HttpResponse:
    """A preview; and once that was read, the steps themselves with what became of each."""
    if not roles.may(request.user, "assign"):
        messages.error(request, _("Your role cannot do this. Ask a colleague whose role can."))
        return redirect(queue())
    requests = _requests(_chosen(request))
    form = ToWhom(request.POST)
    if not requests or not form.is_valid():
        return _page(request, requests, form)
    to = form.cleaned_data["to"]
    if "sure" not in request.POST:
        return _page(
            request, requests, form, preview=[_row(one, assigning.why_not_assign(one, to)) for one in requests]
        )
    by = cast(User, request.user)
    said = assigning.assign_all([(one, to) for one in requests], by=by)
    return _results(request, [_row(*each) for each in zip(requests, said, strict=True)], to=to)


@access.staff
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take back what a page of results shows."""
    if not roles.may(request.user, "undo_assign"):
        messages.error(request, _("Your role cannot do this. Ask a colleague whose role can."))
        return redirect(queue())
    requests = _requests(_chosen(request))
    said = assigning.undo_all(requests, by=cast(User, request.user))
    now = {one.pk: one for one in _requests(one.pk for one in requests)}  # with who has each again
    return _results(request, [_row(now[one.pk], why_not) for one, why_not in zip(requests, said, strict=True)])


def _chosen(request: HttpRequest) -> list[uuid.UUID]:
    """What was selected, without what is no id."""
    found = []
    for given in request.POST.getlist("chosen")[: MOST + 1]:
        try:
            found.append(uuid.UUID(given))
        except ValueError:
            continue
    return found


def _requests(chosen: Iterable[uuid.UUID]) -> list[RightsRequest]:
    """As many as can be passed on at once, in the order of the queue."""
    found = RightsRequest.objects.of_people().filter(pk__in=list(chosen)).select_related("handler").in_queue_order()
    return list(found[:MOST])


def _row(one: RightsRequest, why_not: str | None) -> dict[str, Any]:
    return {
        "one": one,
        "reference": references.spoken(one.reference),
        "right": words.SHORT_RIGHTS[Right(one.right)],
        "due": words.day(one.leading_on),
        "why_not": why_not,
    }


def _page(
    request: HttpRequest, requests: list[RightsRequest], form: ToWhom, preview: list[dict[str, Any]] | None = None
) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("Pass on requests"),
        "chosen": requests,
        "form": form,
        "most": MOST,
        "preview": preview,
        "going": [row for row in preview or () if not row["why_not"]],
        "left_out": [row for row in preview or () if row["why_not"]],
    }
    return TemplateResponse(request, "admin/requests/rightsrequest/assign.html", context)


def _results(request: HttpRequest, rows: list[dict[str, Any]], to: User | None = None) -> HttpResponse:
    """What became of each; what was passed on can be taken back from here."""
    done = [row["one"] for row in rows if not row["why_not"]]
    said = (
        ngettext("%(number)d request was passed on.", "%(number)d requests were passed on.", len(done))
        if to
        else ngettext("%(number)d request is back.", "%(number)d requests are back.", len(done))
    )
    context = {
        **admin.site.each_context(request),
        "title": said % {"number": len(done)},
        "rows": rows,
        "to": to,
        "done": done,
    }
    return TemplateResponse(request, "admin/requests/rightsrequest/assigned.html", context)
