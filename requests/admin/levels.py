"""How sure we need to be, as an administrator sees and changes it: every cell with its level, reason and version."""

import uuid
from datetime import date, datetime, time
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from primevox_privacy.staff.models import User
from requests import access, assurance, levels, roles, words
from requests.admin.look_only import LookOnly
from requests.admin.steps.base import CHOOSE
from requests.assurance import Cell, Sensitivity
from requests.forms.fields import day_field, text_box
from requests.levels import NotAllowedHere, Place
from requests.terms import Capacity, Right
from verification.levels import AssuranceLevel

LIST = "admin:requests_levelrule_changelist"


def _able() -> list[tuple[int, str]]:
    """Asked for each time a form is made, so that it speaks the reader's language."""
    able = (level for level in AssuranceLevel if AssuranceLevel.T1 <= level <= assurance.HIGHEST)
    return [(level.value, f"{level.name}: {words.LEVELS[level]}") for level in able]


def _offered(place: Place) -> dict[str, list[tuple[int, str]]]:
    """The levels that one person may ask for, and those that take a second one."""
    highest = levels.highest(place.cell)
    at_least = highest if place.later else highest + 1  # what is to come can be put off by asking for the highest anew
    more = [one for one in _able() if one[0] >= at_least]
    return {"more": more, "less": [one for one in _able() if one[0] < highest]}


class ProposalForm(forms.Form):
    """A new version of one cell."""

    level = forms.TypedChoiceField(
        label=gettext_lazy("Level"),
        coerce=int,
        choices=_able,
        error_messages=CHOOSE,
    )
    reason = text_box(
        gettext_lazy("Why"),
        gettext_lazy("Write why. It stands beside the level for everybody who works with it."),
        2000,
        rows=3,
        help_text=gettext_lazy("Name nobody: it is kept for good, and every colleague can read it."),
    )
    from_on = day_field(gettext_lazy("From"), help_text=gettext_lazy("What is taken in from that day on."))

    def __init__(self, offered: list[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["level"]).choices = offered
        if self.data.get("level") in [str(value) for value, _label in _able()]:
            self.fields["level"].error_messages["invalid_choice"] = _("That is the level that holds now.")

    def clean_from_on(self) -> date:
        day: date = self.cleaned_data["from_on"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("Choose today or a later day. What was taken in keeps its level."))
        return day

    def effective_at(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.cleaned_data["from_on"], time.min))


class LevelsAdmin(LookOnly):
    """The table of levels. No row is typed over: a new version is proposed, and confirmed where it lowers a level."""

    is_for = staticmethod(roles.may_set_levels)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not roles.may_set_levels(request.user):
            raise PermissionDenied
        context = {**admin.site.each_context(request), "title": TITLE, "rights": _rights()}
        return TemplateResponse(request, "admin/requests/levels.html", context)

    def get_urls(self):
        wrap = self.admin_site.admin_view
        pages = [
            path("<uuid:pk>/confirm/", wrap(confirm), name="requests_levelrule_confirm"),
            path("<uuid:pk>/drop/", wrap(drop), name="requests_levelrule_drop"),
            path("<slug:right>/<slug:sensitivity>/<slug:capacity>/", wrap(cell_page), name="requests_levelrule_cell"),
        ]
        return [*pages, *(page for page in super().get_urls() if page.name == "requests_levelrule_changelist")]


TITLE = gettext_lazy("How sure we need to be")


def _rights() -> list[dict[str, Any]]:
    """The matrix by right. Those who ask and for whom the same rule holds stand together."""
    by_right: dict[Right, dict[tuple[Any, ...], dict[str, Any]]] = {}
    for place in levels.places():
        rule = place.rule
        alike = (place.cell.sensitivity, rule.level, rule.reason, rule.version, place.since)
        row = by_right.setdefault(place.cell.right, {}).setdefault(alike, _rule(place) | {"who": []})
        row["who"].append({"cell": place.cell, "said": words.CAPACITIES[place.cell.capacity], "place": place})
    return [{"right": words.RIGHTS[right], "rows": list(rows.values())} for right, rows in by_right.items()]


def _rule(place: Place) -> dict[str, Any]:
    rule = place.rule
    return {
        "sensitivity": words.SENSITIVITIES[place.cell.sensitivity],
        "level": f"{rule.level.name}: {words.LEVELS[rule.level]}",
        "reason": rule.reason,
        "rests_on": words.rests_on(rule.rests_on),
        "version": _version(place),
        "is_fixed": place.is_fixed,
    }


def _version(place: Place) -> str:
    day = words.day(place.since)
    if place.rule.version == 0:
        return _("0, as we ship it, of %(day)s") % {"day": day}
    return _("%(number)d, from %(day)s") % {"number": place.rule.version, "day": day}


def _shown(place: Place, user: User) -> dict[str, Any]:
    return _rule(place) | {
        "who": words.CAPACITIES[place.cell.capacity],
        "waiting": place.waiting,
        "own": place.waiting is not None and place.waiting.proposed_by_id == user.pk,
    }


# --- Changing ------------------------------------------------------------------------------------------------
@access.administrators
@require_http_methods(["GET", "HEAD", "POST"])
def cell_page(request: HttpRequest, right: str, sensitivity: str, capacity: str) -> HttpResponse:
    """One cell with its versions, and the form that proposes another."""
    try:
        cell = Cell(Right(right), Sensitivity(sensitivity), Capacity(capacity))
    except ValueError:
        raise Http404 from None
    user = cast(User, request.user)
    place = next(place for place in levels.places() if place.cell == cell)
    offered = _offered(place)
    asked = _which(request.POST, offered)
    given = {kind: request.POST if kind == asked else None for kind in offered}
    made_of = {
        kind: ProposalForm(choices, given[kind], initial={"from_on": timezone.localdate()}, auto_id=f"id_{kind}_%s")
        for kind, choices in offered.items()
    }
    form = made_of.get(asked)
    if form is not None and form.is_valid():
        if asked_who := access.ask_who_does(request, "set_levels"):
            return asked_who
        try:
            made = levels.propose(
                cell,
                AssuranceLevel(form.cleaned_data["level"]),
                form.cleaned_data["reason"],
                form.effective_at(),
                by=user,
            )
        except NotAllowedHere as why:
            form.add_error(None, str(why))
        else:
            proposed = _("Proposed. Another administrator needs to confirm it.")
            messages.success(request, proposed if made.lowers else _("Done. It is decided."))
            return redirect(LIST)
    context = {
        **admin.site.each_context(request),
        "title": TITLE,
        "right": words.RIGHTS[cell.right],
        "row": _shown(place, user),
        "history": levels.history(cell),
        "form_for_more": made_of["more"] if offered["more"] else None,
        "form_for_less": made_of["less"] if offered["less"] else None,
    }
    return TemplateResponse(request, "admin/requests/level.html", context)


def _which(posted: QueryDict, offered: dict[str, list[tuple[int, str]]]) -> str:
    """Which of the two forms was sent, if any: its button says so, else the level that was chosen."""
    if not posted:
        return ""
    chosen_less = posted.get("level") in [str(value) for value, _label in offered["less"]]
    return "less" if "less" in posted or chosen_less or not offered["more"] else "more"


@access.administrators
@require_POST
@access.fresh
def confirm(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A second administrator agrees that less is enough."""
    try:
        levels.confirm(pk, by=cast(User, request.user))
    except NotAllowedHere as why:
        messages.error(request, str(why))
    else:
        messages.success(request, _("Confirmed. It holds from its day on."))
    return redirect(LIST)


@access.administrators
@require_POST
@access.fresh
def drop(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a proposal back, or refuse it."""
    try:
        levels.drop(pk, by=cast(User, request.user))
    except NotAllowedHere as why:
        messages.error(request, str(why))
    else:
        messages.success(request, _("Taken back. The level stays as it was."))
    return redirect(LIST)
