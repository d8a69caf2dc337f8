"""The page of one case: facts and clock, what happened, what can be done."""

import uuid
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_countries import countries

from primevox_privacy.ledger.models import Event
from primevox_privacy.staff.models import User
from requests import access, identity, references, regimes, releasing, roles, words, workflow
from requests.admin.steps import BY_VERB, StepForm, offered_to
from requests.models import RightsRequest
from requests.models.submission import Direction
from requests.terms import DateKind, Ending, Right, Status
from verification import checks
from verification.checks import CheckNotAllowed
from verification.levels import AssuranceLevel
from verification.methods import METHODS
from verification.models import FACTS, CheckState, EvidenceKind

FASTER = gettext_lazy("That step is no longer open: somebody else was faster, or it is decided. Look again.")


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
    form = step.form(one, request.POST, prefix=verb)
    if not roles.may(user, verb):
        messages.error(request, _("Your role cannot do this. Ask a colleague whose role can."))
        return redirect("admin:requests_rightsrequest_change", pk)
    if form.is_valid():
        try:
            step.call(one, form.cleaned_data, user)
        except workflow.NotAllowed as why:
            form.add_error(None, str(why))
            one = access.for_staff(request, pk)
        else:
            messages.success(request, _("Done: %(step)s.") % {"step": step.title})
            return redirect("admin:requests_rightsrequest_change", pk)
    return _page(request, one, tried={verb: form})


def _page(request: HttpRequest, one: RightsRequest, tried: dict[str, StepForm] | None = None) -> HttpResponse:
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
        "events": _events(one),
        "messages_of_case": _messages(one),
        "draft": _draft(one),
        "own_draft": _drafted_by(one, user) and roles.may(user, "release"),
        "check": one.submission.check_made if one.needs > AssuranceLevel.T0 else None,
        "check_waits": identity.state_of(one) in (CheckState.OPEN, CheckState.GIVEN),
        "may_look": roles.may(user, "look_at_evidence"),
        "sentence": _sentence(one),
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
            "why": due.why,
            "leads": due.due_on == one.leading_on,
        }
        for due in one.due_dates.order_by("due_on")
    ]


def _events(one: RightsRequest) -> list[dict[str, Any]]:
    ids = [
        one.pk,
        one.submission_id,
        *([one.submission.check_made_id] if one.submission.check_made_id else []),
    ]
    events = list(Event.objects.about(*ids))
    people = {f"staff:{user.pk}": str(user) for user in User.objects.filter(pk__in=_staff_in(events))}
    who = {"requester": _("requester"), "system": _("the portal")}
    return [
        {
            "at": timezone.localtime(event.at),
            "words": words.TIMELINE_FOR_STAFF.get(event.kind, event.kind),
            "who": people.get(event.actor) or who.get(event.actor, ""),
        }
        for event in events
    ]


def _staff_in(events: list[Event]) -> set[str]:
    return {event.actor.removeprefix("staff:") for event in events if event.actor.startswith("staff:")}


def _messages(one: RightsRequest) -> list[dict[str, Any]]:
    label = {
        Direction.TO_REQUESTER: _("To the requester"),
        Direction.FROM_REQUESTER: _("From the requester"),
        Direction.INTERNAL: _("Internal note"),
    }
    written = one.messages.select_related("content_key", "written_by").order_by("written_at")
    return [
        {
            "label": label[Direction(message.direction)],
            "at": timezone.localtime(message.written_at),
            "who": message.written_by,
            "text": message.text,
            "internal": message.direction == Direction.INTERNAL,
        }
        for message in written
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


ORDER = {kind: place for place, kind in enumerate(EvidenceKind.values)}


# --- Identity ------------------------------------------------------------------------------------------------
class DecisionForm(forms.Form):
    """What the verifier saw, and what follows."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[
            ("passed", gettext_lazy("Identity is shown")),
            ("again", gettext_lazy("Ask once more: names the method, never the fact")),
            ("not_shown", gettext_lazy("Identity is not shown")),
            (
                "no_record",
                gettext_lazy("We hold nothing under what was given, so there is nobody to compare with"),
            ),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one.")},
    )
    method = forms.ChoiceField(
        label=gettext_lazy("How it was checked"),
        choices=[(name, words.METHODS[name]) for name, method in METHODS.items() if method.BY_STAFF],
        error_messages={"required": gettext_lazy("Choose one.")},
    )
    matched = forms.MultipleChoiceField(
        label=gettext_lazy("Facts that match our record"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    round = forms.IntegerField(widget=forms.HiddenInput)  # which facts were on the screen

    def __init__(self, given: list[EvidenceKind], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.MultipleChoiceField, self.fields["matched"]).choices = [(kind, words.FACTS[kind]) for kind in given]
        if not given:
            del self.fields["matched"]


@access.staff
@require_http_methods(["GET", "HEAD", "POST"])
def identity_page(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Where a verifier decides a check. Nothing is shown before a button was pressed; every look is recorded."""
    one = access.for_staff(request, pk)
    check = one.submission.check_made
    user = cast(User, request.user)
    if check is None or not roles.may(user, "look_at_evidence"):
        raise Http404
    given = [EvidenceKind(kind) for kind in FACTS if check.evidence.filter(kind=kind, round=check.round).exists()]
    deciding = request.method == "POST" and "decision" in request.POST
    form = DecisionForm(given, request.POST if deciding else None, initial={"round": check.round})
    if deciding and form.is_valid():
        try:
            _decide(one, form.cleaned_data, user)
        except CheckNotAllowed:
            form.add_error(None, _not_allowed_words(form.cleaned_data))
        else:
            _say_what_it_opened(request, access.for_staff(request, pk))
            return redirect("admin:requests_rightsrequest_change", pk)
    looks = request.method == "POST"
    evidence = sorted(checks.look(check, by=user), key=lambda piece: ORDER[piece.kind]) if looks else None
    context = {
        **admin.site.each_context(request),
        "title": _("Identity for %(reference)s") % {"reference": references.spoken(one.reference)},
        "one": one,
        "check": check,
        "asked": words.LEVELS[check.asked],
        "evidence": [
            {"label": words.FACTS[EvidenceKind(piece.kind)], "value": piece.value} for piece in evidence or ()
        ],
        "looks": looks,
        "below": check.state == CheckState.PASSED and check.reached < check.asked,
        "form": form,
        "name": one.submission.name,
    }
    return TemplateResponse(request, "admin/requests/identity.html", context)


def _say_what_it_opened(request: HttpRequest, one: RightsRequest) -> None:
    messages.success(request, _("Done. The requester was told that there is something new."))
    check = identity.check_of(one)
    if check.state == CheckState.PASSED and check.reached < check.asked:
        messages.warning(
            request,
            _("This reached %(reached)s, and %(asked)s was asked. Ask once more, or end what stays below.")
            % {"reached": check.reached.name, "asked": check.asked.name},
        )


def _decide(one: RightsRequest, given: dict[str, Any], by: User) -> None:
    if not roles.may(by, "decide_identity"):
        raise CheckNotAllowed
    check = identity.check_of(one)
    if given["round"] != check.round:
        raise CheckNotAllowed
    decision = given["decision"]
    if decision == "passed":
        checks.decide(check, given["method"], [EvidenceKind(kind) for kind in given.get("matched", ())], by=by)
    elif decision == "again":
        identity.ask_again(one.submission, by=by)
    elif decision == "not_shown":
        checks.not_shown(check, given["method"], by=by)
    else:
        checks.no_record(check, by=by)


def _not_allowed_words(given: dict[str, Any]) -> str:
    if given["decision"] == "passed" and given["method"] == "matched_facts":
        return _("At least two facts need to match before this method shows anything. Or somebody was faster.")
    if given["decision"] == "again":
        return _("They cannot be asked again: nothing was given yet, or this was the third time.")
    return str(FASTER)
