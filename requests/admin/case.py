"""The page of one case: facts and clock, what happened, what can be done."""

import uuid
from typing import Any, cast

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_countries import countries

from primevox_privacy.staff.models import User
from requests import access, identity, references, regimes, releasing, roles, words, workflow
from requests.admin.authority import who_asks
from requests.admin.beside import beside
from requests.admin.fees_and_holds import fees_and_holds
from requests.admin.files import answer_files
from requests.admin.steps import BY_VERB, StepForm, offered_to
from requests.admin.timeline import timeline
from requests.forms.files import uploads_of
from requests.models import RightsRequest
from requests.terms import DateKind, Ending, Right, Status
from verification.levels import AssuranceLevel
from verification.models import CheckState


@access.staff
@require_safe
def show(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    return _page(request, access.for_staff(request, pk))


@access.staff
@require_POST
def do(request: HttpRequest, pk: uuid.UUID, verb: str) -> HttpResponse:
    """Take one step. What was typed is kept when it cannot be taken."""
    one = access.for_staff(request, pk)
    step = BY_VERB.get(verb)
    if step is None:
        raise Http404
    user = cast(User, request.user)
    form = step.form(one, request.POST, uploads_of(request), prefix=verb)
    if not roles.may(user, verb):
        messages.error(request, _("Your role cannot do this. Ask a colleague whose role can."))
        return redirect("admin:requests_rightsrequest_change", pk)
    if form.is_valid():
        try:
            given_back = step.call(one, form.cleaned_data, user)
        except workflow.NotAllowed as why:
            form.add_error(None, str(why))
            one = access.for_staff(request, pk)
        else:
            messages.success(request, _("Done: %(step)s.") % {"step": step.title})
            if step.reveals:
                revealed = {"what": step.reveals, "value": given_back}
                return _page(request, access.for_staff(request, pk), revealed=revealed)
            return redirect("admin:requests_rightsrequest_change", pk)
    return _page(request, one, tried={verb: form})


def _page(
    request: HttpRequest,
    one: RightsRequest,
    tried: dict[str, StepForm] | None = None,
    revealed: dict[str, Any] | None = None,
) -> HttpResponse:
    user = cast(User, request.user)
    tried = tried or {}
    steps: list[dict[str, Any]] = [
        {
            "step": step,
            "form": tried.get(step.verb) or step.form(one, prefix=step.verb),
            "open": step.verb in tried,
        }
        for step in offered_to(user, one)
    ]
    shown = {entry["step"].verb for entry in steps}
    lost = [form for verb, form in tried.items() if verb not in shown]
    context = {
        **admin.site.each_context(request),
        "title": references.spoken(one.reference),
        "one": one,
        "steps": steps,
        "lost": lost,
        "facts": _facts(one),
        "wish": one.wish,
        "dates": _dates(one),
        "extensions": one.extensions.order_by("decided_at"),
        "siblings": one.submission.rights_requests.exclude(pk=one.pk).order_by("leading_on"),
        "draft": _draft(one),
        "own_draft": _drafted_by(one, user) and roles.may(user, "release"),
        "check": one.submission.check_made if one.needs > AssuranceLevel.T0 else None,
        "check_waits": identity.state_of(one) in (CheckState.OPEN, CheckState.GIVEN),
        "may_open_files": roles.may(user, "look_at_file"),
        "may_look": roles.may(user, "look_at_evidence"),
        "sentence": _sentence(one),
        **beside(one),
        **fees_and_holds(one),
        **answer_files(one),
        **timeline(one),
        "revealed": revealed,
    }
    return TemplateResponse(request, "admin/requests/case.html", context)


def _sentence(one: RightsRequest) -> str:
    """Where it stands, for staff: the step, or the ending."""
    said = words.ENDINGS[Ending(one.ending)] if one.ending else words.STATUS_FOR_STAFF[Status(one.status)]
    return f"{words.SHORT_RIGHTS[Right(one.right)]}: {said}"


def _facts(one: RightsRequest) -> list[tuple[str, Any]]:
    submission = one.submission
    regime = regimes.by_id(one.regime)
    country = str(countries.name(submission.residence[:2])) if submission.residence else _("not said")
    place = regimes.SUBDIVISION_NAMES.get(submission.residence, "")
    facts: list[tuple[str, Any]] = [
        (_("Right"), words.RIGHTS[Right(one.right)]),
        (_("Law"), f"{regime.name} ({regime.citation})" if regime.citation else regime.name),
        (_("Residence"), ", ".join(filter(None, [place, country]))),
        (_("Step"), words.STATUS_FOR_STAFF[Status(one.status)]),
        (_("Ending"), words.ENDINGS[Ending(one.ending)] if one.ending else ""),
        (_("Received"), words.day(one.received_on)),
        (_("Proof needed"), words.LEVELS[one.needs]),
        (_("Handler"), one.handler),
        (_("Name"), submission.name),
        (_("E-mail typed into the form"), submission.email),
        (_("Telephone typed into the form"), submission.phone),
        (_("Also known to us by"), submission.also_known_by),
        *who_asks(submission),
        (_("Contact confirmed"), _("yes") if submission.contact_confirmed_at else _("not yet")),
    ]
    if one.needs > AssuranceLevel.T0:
        contact = identity.contact_on_file(submission)
        said = _("not entered yet")
        if contact:
            said = _("%(email)s, in our record since %(day)s, entered by %(who)s") % {
                "email": contact.email,
                "day": words.day(contact.on_file_since),
                "who": contact.entered_by,
            }
        facts.append((_("Contact on file"), said))
    return [(name, value) for name, value in facts if value]


def _dates(one: RightsRequest) -> list[dict[str, Any]]:
    return [
        {
            "label": words.DATE_KINDS[DateKind(due.kind)],
            "day": words.day(due.due_on),
            "why": words.why(due.reason, due.why),
            "leads": due.due_on == one.leading_on,
        }
        for due in one.due_dates.order_by("due_on")
    ]


def _draft(one: RightsRequest) -> dict[str, Any] | None:
    """The letter in review, or the one that was sent."""
    answers = one.answers.select_related("record_key", "drafted_by", "released_by").order_by("-drafted_at")
    answer = answers.filter(sent_back_at=None).first()
    if answer is None:
        return None
    return {
        "answer": answer,
        "ending": words.ENDINGS[Ending(answer.ending)],
        "letter": answer.letter,
        "to_contact_on_file": releasing.goes_to_contact_on_file(one),
    }


def _drafted_by(one: RightsRequest, user: User) -> bool:
    return one.answers.in_review().filter(drafted_by=user).exists()
