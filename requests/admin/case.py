"""The page of one case: what comes next, facts and clock, what happened, what else can be done."""

import uuid
from typing import Any, cast

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_countries import countries

from primevox_privacy.staff.models import User
from requests import (
    access,
    acting_for,
    appeals,
    details,
    fees,
    identity,
    raising,
    receipt_times,
    references,
    regimes,
    releasing,
    roles,
    told_first,
    words,
    workflow,
)
from requests.admin.authority import who_asks
from requests.admin.beside import beside, step_said
from requests.admin.fees_and_holds import fees_and_holds
from requests.admin.files import answer_files
from requests.admin.searching import search_of
from requests.admin.steps import (
    BY_VERB,
    HEADINGS,
    PAPER_WAITS,
    StepForm,
    changing_contact,
    identity_waits,
    next_of,
    offered_to,
    paper_waits,
)
from requests.admin.timeline import timeline
from requests.admin.why_dates import why_dates
from requests.assurance import Sensitivity
from requests.forms.files import uploads_of
from requests.models import RightsRequest
from requests.terms import Channel, Ending, Right, Role
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
        if asked := access.ask_who_does(request, verb):
            return asked
        try:
            given_back = step.call(one, form.cleaned_data, user)
        except workflow.NotAllowed as why:
            form.add_error(None, str(why))
            one = access.for_staff(request, pk)
        else:
            one = access.for_staff(request, pk)
            messages.success(request, step.said(one))
            if step.reveals:
                return _page(request, one, revealed={"what": step.reveals, "value": given_back})
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
    steps = {
        step.verb: {
            "step": step,
            "form": tried.get(step.verb) or step.form(one, prefix=step.verb),
            "open": step.verb in tried,
            "beside": step.beside(one),
        }
        for step in offered_to(user, one)
    }
    lost = [form for verb, form in tried.items() if verb not in steps]
    context = {
        **admin.site.each_context(request),
        "title": references.spoken(one.reference),
        "one": one,
        "lost": lost,
        **_what_comes(one, user, steps),
        "facts": _facts(one),
        "asked": details.told_of(one),
        **why_dates(one),
        "siblings": one.submission.rights_requests.exclude(pk=one.pk).order_by("leading_on"),
        "draft": _draft(one),
        "own_draft": _drafted_by(one, user) and roles.may(user, "release"),
        "check_said": _check_said(one) if one.needs > AssuranceLevel.T0 else "",
        "check_waits": identity.state_of(one) in (CheckState.OPEN, CheckState.GIVEN),
        "may_open_files": roles.may(user, "look_at_file"),
        "may_look": roles.may(user, "look_at_evidence"),
        "sentence": _sentence(one),
        "delete_waits": told_first.wait_said(one),
        **beside(one),
        **fees_and_holds(one),
        **answer_files(one),
        **search_of(one, user),
        **timeline(one),
        "revealed": revealed,
    }
    return TemplateResponse(request, "admin/requests/case.html", context)


def _what_comes(one: RightsRequest, user: User, steps: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The steps that come next, with a word on whose they are, and the others under their headings."""
    line, waits = next_of(one), paper_waits(one)
    mine = any(roles.may(user, verb) for verb in line.verbs)
    whose = [words.ROLES[role] for role in Role if line.verbs and role in roles.MAY[line.verbs[0]]]
    groups = []
    for group, heading in HEADINGS.items():
        entries = [each for verb, each in steps.items() if each["step"].group is group and verb not in line.verbs]
        groups.append({"heading": heading, "steps": entries})
    return {
        "next": line.says,
        "next_steps": [steps[verb] for verb in line.verbs if verb in steps],
        "next_is_for": "" if mine else ", ".join(str(role) for role in whose),
        "paper_waits": waits,
        "paper_waits_said": PAPER_WAITS if waits and line.says is not PAPER_WAITS else "",
        "identity_waits": identity_waits(one) and roles.may(user, "look_at_evidence"),
        "next_appeal": appeals.open_one(one),
        "groups": [group for group in groups if group["steps"]],
    }


def _check_said(one: RightsRequest) -> str:
    """How its check stands."""
    check = one.submission.check_made
    if check is None:
        return ""
    if check.state == CheckState.PASSED:
        return _("Shown, at level %(level)s.") % {"level": check.reached.name}
    if check.state == CheckState.OPEN and one.submission.capacity in acting_for.FOR_SOMEBODY_ELSE:
        return str(words.WAITING_FOR_WHO_IT_IS_ABOUT)
    return str(words.CHECK_FOR_STAFF[CheckState(check.state)])


def _sentence(one: RightsRequest) -> str:
    """Where it stands, for staff: the step, or the ending."""
    ended = words.ending_for_staff(one.ending, one.submission.capacity) if one.ending else ""
    said = ended or step_said(one, fees.waiting(one) is not None)
    return f"{words.SHORT_RIGHTS[Right(one.right)]}: {said}"


def _facts(one: RightsRequest) -> list[tuple[str, Any]]:
    submission = one.submission
    for_another = submission.capacity in acting_for.FOR_SOMEBODY_ELSE
    regime = regimes.by_id(one.regime)
    country = str(countries.name(submission.residence[:2])) if submission.residence else _("not said")
    place = regimes.SUBDIVISION_NAMES.get(submission.residence, "")
    facts: list[tuple[str, Any]] = [
        (_("Right"), words.RIGHTS[Right(one.right)]),
        (_("Law"), f"{regime.name} ({regime.citation})" if regime.citation else regime.name),
        (_("Residence"), ", ".join(filter(None, [place, country]))),
        (_("Step"), step_said(one, fees.waiting(one) is not None)),
        (_("Ending"), words.ending_for_staff(one.ending, submission.capacity) if one.ending else ""),
        (_("Received"), words.day(one.received_on)),
        *((_("Received, put right"), said) for said in receipt_times.history(one)),
        (_("Another time of receipt is proposed"), receipt_times.proposal(one)),
        (_("Reached us by"), words.CHANNELS[Channel(submission.channel)]),
        (_("Proof needed"), words.LEVELS[one.needs]),
        (_("Why this proof"), _why_this_proof(one)),
        (_("Data"), words.SENSITIVITIES[Sensitivity.SENSITIVE] if one.sensitive else ""),
        (_("Less proof is proposed"), raising.proposal(one)),
        (_("Handler"), one.handler),
        (_("Name of who asks") if for_another else _("Name"), submission.name),
        (_("E-mail typed into the form"), submission.email),
        (_("Telephone typed into the form"), submission.phone),
        (_("Postal address typed into the form"), submission.postal_address),
        (_("Also known to us by"), submission.also_known_by),
        *who_asks(submission),
        (_("Global Privacy Control"), _("Sent by the browser: do not sell or share") if submission.signal_seen else ""),
        (_("Wants to be reached at"), changing_contact.wanted(one)),
        (_("Was reached at before"), changing_contact.before(one)),
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


def _why_this_proof(one: RightsRequest) -> str:
    """The reason in words; which version of the table it is stands small, for who looks it up."""
    version = one.level_rule.partition(" ")[2]
    if not version:
        return raising.why(one)
    small = _("Table of levels, version %(version)s") % {"version": version}
    return format_html('{} <span class="why" title="{}">{}</span>', raising.why(one), one.level_rule, small)


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
