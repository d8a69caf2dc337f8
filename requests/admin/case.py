"""The page of one case: what comes next, facts and clock, what happened, what else can be done."""

import uuid
from typing import Any, cast

from django.contrib import admin, messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from primevox_privacy.staff.models import User
from requests import (
    access,
    acting_for,
    appeals,
    assigning,
    details,
    fees,
    here,
    identity,
    kept_texts,
    masking,
    references,
    releasing,
    roles,
    told_first,
    versions,
    what_goes,
    words,
    workflow,
)
from requests.admin import starting, together, which_contact
from requests.admin.beside import beside, step_said
from requests.admin.facts import facts
from requests.admin.fees_and_holds import fees_and_holds
from requests.admin.files import answer_files
from requests.admin.searching import search_of
from requests.admin.steps import (
    BY_VERB,
    HEADINGS,
    PAPER_WAITS,
    Group,
    Step,
    StepForm,
    identity_waits,
    next_of,
    offered_to,
    paper_waits,
)
from requests.admin.timeline import timeline
from requests.admin.triage import triage
from requests.admin.why_dates import why_dates
from requests.admin.workload import is_too_long
from requests.forms.files import uploads_of
from requests.inventory import progress
from requests.models import RightsRequest
from requests.terms import Ending, Right, Role
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
    if not roles.may(user, verb):
        messages.error(request, _("Your role cannot do this. Ask a colleague whose role can."))
        return redirect("admin:requests_rightsrequest_change", pk)
    if starting.PUT_IN in request.POST:
        return _put_in(request, one, step)
    form = step.form(one, request.POST, uploads_of(request), prefix=verb)
    if starting.is_valid(step, form):
        if step.to_requester and "read_first" in request.POST:
            return _page(request, one, tried={verb: form}, read_first=True)
        if asked := access.ask_who_does(request, verb):
            return asked
        try:
            given_back = _take(step, one, form, user, request.POST.get("version", ""))
        except workflow.NotAllowed as why:
            form.add_error(None, str(why))
        except versions.ChangedMeanwhile as why:
            _keep(step, one, request)
            return _page(request, access.for_staff(request, pk), tried={verb: form}, changed=why)
        else:
            one = access.for_staff(request, pk)
            messages.success(request, step.said(one))
            if step.unmasks:
                return _page(request, one, shown=True)
            if step.reveals:
                return _page(request, one, revealed={"what": step.reveals, "value": given_back})
            return redirect("admin:requests_rightsrequest_change", pk)
    _keep(step, one, request)
    return _page(request, access.for_staff(request, pk), tried={verb: form})


def _put_in(request: HttpRequest, one: RightsRequest, step: Step) -> HttpResponse:
    """A playbook goes into the box, below what was typed. Nothing is sent, and what stands there then is kept."""
    started = starting.put_in(one, step, request)
    texts = {name: str(started.form.initial.get(name) or "").replace("\0", "") for name in step.boxes}
    if any(text.strip() for text in texts.values()):
        kept_texts.keep(one, step.verb, texts, by=cast(User, request.user))
    return _page(request, one, tried={step.verb: started.form}, started=started)


@transaction.atomic
def _take(step: Step, one: RightsRequest, form: StepForm, user: User, version: str) -> Any:
    """The step, if nobody changed what its page showed. Joining looks at both by itself, and has its turn with both."""
    if step.verb != "merge":
        versions.need_newest(one, version, but=user)
    given_back = step.call(one, form.cleaned_data, user)
    kept_texts.throw_away(one, step.verb, by=user)
    return given_back


def _keep(step: Step, one: RightsRequest, request: HttpRequest) -> None:
    """A step that was not taken loses nothing of what was typed, even if the page is closed."""
    texts = together.typed_in(step, request)
    if any(text.strip() for text in texts.values()):
        kept_texts.keep(one, step.verb, texts, by=cast(User, request.user))


def _page(
    request: HttpRequest,
    one: RightsRequest,
    tried: dict[str, StepForm] | None = None,
    revealed: dict[str, Any] | None = None,
    *,
    shown: bool = False,
    read_first: bool = False,
    changed: versions.ChangedMeanwhile | None = None,
    started: starting.Started | None = None,
) -> HttpResponse:
    """The page; `tried`: a step that was not taken, `shown`: without masks, `read_first`: as the requester reads it,
    `started`: with a playbook in the box."""
    version = versions.newest(one)  # before anything is read: what happens while we read counts as new
    user = cast(User, request.user)
    tried = tried or {}
    steps = _steps(one, user, tried)
    for verb in tried:
        if verb in steps and not changed:
            steps[verb] |= {"version": request.POST.get("version", ""), "read_first": read_first}
            if started:
                steps[verb] |= {"playbooks": started.choice, "put_in": started}
    draft, stands_beside = _draft(one), beside(one, shown)
    new = triage(one, user, stands_beside["duplicates"])
    if new and "turn_into" in steps:
        steps["turn_into"]["open"] = True
    context = {
        **admin.site.each_context(request),
        "title": references.spoken(one.reference),
        "one": one,
        "version": version,
        "changed": [together.changed(one, verb, form, changed, draft) for verb, form in tried.items() if changed],
        "failed": started.failed if started else bool(tried) and not read_first,
        "lost": [] if changed else [form for verb, form in tried.items() if verb not in steps],
        "others_here": here.others(one, user),
        **_what_comes(one, user, steps),
        "writing": [entry for entry in steps.values() if entry["step"].group is Group.WRITE],
        "show_contact": steps.get("show_contact"),
        "goes_to": _goes_to(one, shown),
        "nobody_has_it": is_too_long(one, timezone.localdate()),
        "facts": facts(one, shown),
        "shown": shown,
        "asked": _masked(details.told_of(one), shown),
        **why_dates(one),
        "siblings": one.submission.rights_requests.exclude(pk=one.pk).order_by("leading_on"),
        "draft": draft,
        "may_read_letter": draft is not None and (roles.may(user, "show_contact") or not draft["answer"].released_at),
        "own_draft": _drafted_by(one, user) and roles.may(user, "release"),
        "check_said": _check_said(one) if one.needs > AssuranceLevel.T0 else "",
        "check_waits": identity.state_of(one) in (CheckState.OPEN, CheckState.GIVEN),
        "may_see_log": roles.may(user, "see_log"),
        "may_open_files": roles.may(user, "look_at_file"),
        "may_look": roles.may(user, "look_at_evidence"),
        "sentence": _sentence(one),
        "delete_waits": told_first.wait_said(one),
        "triage": new,
        "may_take": roles.may(user, "take"),
        **stands_beside,
        **fees_and_holds(one),
        "what_goes": what_goes.of(one),
        **answer_files(one),
        **search_of(one, user, shown),
        **timeline(one),
        "revealed": revealed,
    }
    return TemplateResponse(request, "admin/requests/case.html", context)


def _steps(one: RightsRequest, user: User, tried: dict[str, StepForm]) -> dict[str, dict[str, Any]]:
    """Each step that is offered, with its form: as it was tried, or with what this person has not sent yet."""
    kept, playbooks = kept_texts.of(one, user), starting.choices_of(one)
    offered = {}
    for step in offered_to(user, one):
        texts, kept_at = kept.get(step.verb, ({}, None))
        offered[step.verb] = {
            "step": step,
            "form": tried.get(step.verb) or step.form(one, prefix=step.verb, initial=texts),
            "open": step.verb in tried or bool(texts),
            "kept_at": kept_at,
            "beside": step.beside(one),
            "playbooks": playbooks.get(step.verb),
        }
    return offered


def _masked(told: list[details.Line], shown: bool) -> list[details.Line]:
    """What they answered; addresses and numbers in it as masked as beside the name."""
    if shown:
        return told
    return [details.Line(line.question, [masking.in_text(str(answer)) for answer in line.answers]) for line in told]


def _goes_to(one: RightsRequest, shown: bool) -> dict[str, str]:
    """To whom a message goes, as the composer says it: the page of who asked, and the mail that tells them."""
    name, mail = one.submission.name or "", one.submission.email or ""
    said = mail if shown or not mail else masking.email(mail)
    return {
        "name": name if shown else masking.words(name),
        "mail": which_contact.beside(one.submission, mail, said),
    }


def _what_comes(one: RightsRequest, user: User, steps: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The steps that come next, with a word on whose they are, and the others under their headings."""
    line, waits = next_of(one), paper_waits(one)
    writes = {verb for verb, entry in steps.items() if entry["step"].group is Group.WRITE}
    mine = any(roles.may(user, verb) for verb in line.verbs)
    groups = []
    for group, heading in HEADINGS.items():
        entries = [each for verb, each in steps.items() if each["step"].group is group and verb not in line.verbs]
        groups.append({"heading": heading, "steps": entries})
    return {
        "next": line.says,
        "next_steps": [steps[verb] for verb in line.verbs if verb in steps and verb not in writes],
        "writes_next": any(verb in steps and verb in writes for verb in line.verbs),
        "answers_missing": progress.missing(one, timezone.localdate()) if one.is_open else "",
        "next_is_for": "" if mine or not line.verbs else _whose(line.verbs[0], one),
        "can_pass_on": "assign" in steps,
        "paper_waits": waits,
        "paper_waits_said": PAPER_WAITS if waits and line.says is not PAPER_WAITS else "",
        "identity_waits": identity_waits(one) and roles.may(user, "look_at_evidence"),
        "next_appeal": appeals.open_one(one),
        "groups": [group for group in groups if group["steps"]],
    }


def _whose(verb: str, one: RightsRequest) -> str:
    """The roles that may take a step, each with the people who have it and are here; a draft is for another to read."""
    today, said = timezone.localdate(), []
    drafted = one.answers.in_review().values("drafted_by") if verb == "release" else []
    for role in (role for role in Role if role in roles.MAY[verb]):
        people = assigning.people().filter(groups__name=role).exclude(pk__in=drafted)
        here_now = ", ".join(str(person) for person in people if not person.is_away(today))
        said.append(f"{words.ROLES[role]} ({here_now})" if here_now else str(words.ROLES[role]))
    return ", ".join(said)


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
