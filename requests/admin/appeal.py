"""The page of one appeal: the first decision beside, what the requester says, and the decision of another person."""

import uuid
from datetime import date
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from primevox_privacy.staff.models import User
from requests import access, appeals, clock, deadlines, identity, references, regimes, roles, words, workflow
from requests.admin.steps.base import CHOOSE
from requests.admin.steps.working import ExtendForm
from requests.admin.why_dates import extensions_of, is_unverified, ways
from requests.forms.fields import text_box
from requests.models import Appeal
from requests.models.submission import Direction
from requests.terms import AppealOutcome, DateKind, Ending, ExtensionReason, Right


class DecisionForm(forms.Form):
    """What the second look came to, and why."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What you decide"),
        choices=[(outcome.value, label) for outcome, label in words.APPEAL_OUTCOMES.items()],
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Overturned, also in part, the request is open again for anybody to take."),
        error_messages=CHOOSE,
    )
    reasons = text_box(
        gettext_lazy("Your reasons"),
        gettext_lazy("Write the reasons. The requester reads them."),
        8000,
        rows=8,
        help_text=gettext_lazy(
            "They stand in the sealed letter. It names the authority for the residence where the first answer stays."
        ),
    )


@access.staff
@require_safe
def show(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    return _page(request, access.appeal_for_staff(request, pk))


@access.staff
@require_POST
def take(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Make it mine."""
    try:
        appeals.take(access.appeal_for_staff(request, pk), by=cast(User, request.user))
    except workflow.NotAllowed as why_not:
        messages.error(request, str(why_not))
    else:
        messages.success(request, _("This appeal is yours now."))
    return redirect("admin:requests_appeal_change", pk)


@access.staff
@require_POST
def decide(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Decide it. What was typed is kept when that cannot be done."""
    one, form = access.appeal_for_staff(request, pk), DecisionForm(request.POST)
    if form.is_valid():
        if asked := access.ask_who_does(request, "decide_appeal"):
            return asked
        outcome = AppealOutcome(form.cleaned_data["outcome"])
        try:
            appeals.decide(one, outcome, form.cleaned_data["reasons"], by=cast(User, request.user))
        except workflow.NotAllowed as why_not:
            form.add_error(None, str(why_not))
            one = access.appeal_for_staff(request, pk)
        else:
            messages.success(request, _("Decided. The requester was told that there is a letter."))
            return redirect("admin:requests_appeal_change", pk)
    return _page(request, one, form)


@access.staff
@require_POST
def extend(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take more time and tell the requester. What was typed is kept when that cannot be done."""
    one = access.appeal_for_staff(request, pk)
    form = ExtendForm(one.rights_request, request.POST)
    if form.is_valid():
        of, reason = DateKind(form.cleaned_data["of"]), ExtensionReason(form.cleaned_data["reason"])
        try:
            appeals.extend(one, of, reason, form.cleaned_data["promised_on"], by=cast(User, request.user))
        except workflow.NotAllowed as why_not:
            form.add_error(None, str(why_not))
            one = access.appeal_for_staff(request, pk)
        else:
            messages.success(request, _("The requester is told of the new date."))
            return redirect("admin:requests_appeal_change", pk)
    return _page(request, one, extend_form=form)


def _page(
    request: HttpRequest, one: Appeal, form: DecisionForm | None = None, extend_form: ExtendForm | None = None
) -> HttpResponse:
    user, case = cast(User, request.user), one.rights_request
    why_not = _why_not_decide(one, user)
    sent = [given for given in (form, extend_form) if given]
    context = {
        **admin.site.each_context(request),
        "nobody_may_decide": appeals.nobody_may_decide(one),
        "title": _("Appeal %(reference)s") % {"reference": references.spoken(one.reference)},
        "one": one,
        "case": case,
        "facts": _facts(one),
        "dates": _dates(one),
        "sent_files": _sent_files(one),
        "new_check": identity.state_of(case) if one.first_ending == Ending.IDENTITY_NOT_SHOWN else None,
        "form": form or DecisionForm(),
        "extend_form": extend_form or ExtendForm(case),
        "lost": sent if why_not else [],
        "extensions": extensions_of(one),
        "ways": ways(clock.schedule_of_appeal(one)) if one.decided_at is None else [],
        "why_not": why_not,
        "may_take": why_not is None and one.handler_id != user.pk,
        "opens_again_until": words.day(deadlines.after_appeal(timezone.localdate()).due_on),
    }
    return TemplateResponse(request, "admin/requests/appeal.html", context)


def _why_not_decide(one: Appeal, user: User) -> str | None:
    """Why this person finds no form here; None if they do."""
    if one.decided_at:
        return _("This appeal is decided.")
    if appeals.had_a_part(one, user):
        return _("You wrote or released the first answer. Somebody else has to decide this appeal.")
    if not roles.may(user, "decide_appeal"):
        return _("An approver who had no part in the first answer decides this appeal.")
    return None


def _sent_files(one: Appeal) -> bool:
    """Whether files came with it; they lie with the messages of the request."""
    since = one.rights_request.messages.filter(direction=Direction.FROM_REQUESTER, written_at__gte=one.received_at)
    return since.filter(attachments__isnull=False).exists()


def _facts(one: Appeal) -> list[tuple[str, Any]]:
    case = one.rights_request
    facts = [
        (_("Right"), words.RIGHTS[Right(case.right)]),
        (_("Law"), regimes.by_id(case.regime).name),
        (_("Received"), words.day(one.received_on)),
        (_("Handler"), one.handler),
        (_("First answer"), words.ENDINGS[Ending(one.first_ending)]),
        (_("Written by"), one.first_drafted_by),
        (_("Released by"), one.first_released_by),
    ]
    if one.decided_at:
        facts += [
            (_("Outcome"), words.APPEAL_OUTCOMES[AppealOutcome(one.outcome)]),
            (_("Decided by"), one.decided_by),
            (_("Decided"), words.day(timezone.localdate(one.decided_at))),
        ]
    return [(name, value) for name, value in facts if value]


def _dates(one: Appeal) -> list[dict[str, Any]]:
    """Every date of the appeal with its reason and source, as they were when it came in."""
    leads, schedule = appeals.leading_kind(one), appeals.schedule(one.rights_request, one.received_at)
    return [
        {
            "label": words.DATE_KINDS[DateKind(due["kind"])],
            "day": words.day(date.fromisoformat(due["due_on"])),
            "why": words.why(due["reason"], due["why"]),
            "citation": due["citation"],
            "unverified": is_unverified(schedule, DateKind(due["kind"])),
            "leads": due["kind"] == leads,
        }
        for due in sorted(one.dates, key=lambda due: due["due_on"])
    ]
