"""Where a verifier decides who somebody is, and first, where somebody asks for another, whether they may."""

import uuid
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from primevox_privacy.staff.models import User
from requests import access, acting_for, identity, references, roles, words
from requests.acting_for import AuthorityDecided, AuthorityUndecided
from requests.admin import authority
from requests.models import RightsRequest
from verification import checks
from verification.checks import CheckNotAllowed
from verification.methods import METHODS
from verification.models import ALL_FACTS, CheckState, EvidenceKind

FASTER = gettext_lazy("That step is no longer open: somebody else was faster, or it is decided. Look again.")
AUTHORITY_FIRST = gettext_lazy(
    "Decide the authority first: the papers that show it are destroyed with the decision on identity."
)
ORDER = {kind: place for place, kind in enumerate(EvidenceKind.values)}


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


# --- Pages ---------------------------------------------------------------------------------------------------
@access.staff
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Where a verifier decides a check. Nothing is shown before a button was pressed; every look is recorded."""
    one = _to_look_at(request, pk)
    check = identity.check_of(one)
    form = None
    if request.method == "POST" and "decision" in request.POST:
        form = DecisionForm(_facts_given(one), request.POST, initial={"round": check.round})
        if form.is_valid():
            try:
                _decide(one, form.cleaned_data, cast(User, request.user))
            except AuthorityUndecided:
                form.add_error(None, AUTHORITY_FIRST)
            except CheckNotAllowed:
                form.add_error(None, _not_allowed_words(form.cleaned_data))
            else:
                _say_what_it_opened(request, access.for_staff(request, pk))
                return redirect("admin:requests_rightsrequest_change", pk)
    return _shown(request, one, looks=request.method == "POST", form=form)


@access.staff
@require_POST
def decide_authority(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Decide whether they may act for the other person, or ask for a better proof of it."""
    one = _to_look_at(request, pk)
    standing, user = acting_for.of(one.submission), cast(User, request.user)
    if standing is None or not roles.may(user, "decide_authority"):
        raise Http404
    form = authority.AuthorityForm(standing, request.POST)
    try:
        if "anew" in request.POST:
            acting_for.ask_anew(one.submission, by=user)
        elif form.is_valid():
            acting_for.decide(one.submission, *form.decision(), by=user)
        else:
            return _shown(request, one, authority_form=form)
    except AuthorityDecided:
        messages.error(request, FASTER)
    else:
        messages.success(request, _("Done. The requester was told that there is something new."))
    return redirect("admin:requests_identity", pk)


@access.staff
@require_POST
def open_paper(request: HttpRequest, pk: uuid.UUID, paper: uuid.UUID) -> HttpResponse | StreamingHttpResponse:
    """One paper, to be kept nowhere: it comes as a file that no browser opens by itself. The look is recorded."""
    one = _to_look_at(request, pk)
    piece = next((piece for piece in acting_for.papers_of(one.submission) if piece.pk == paper), None)
    if piece is None:
        raise Http404
    response = StreamingHttpResponse(
        checks.look_at_paper(piece, by=cast(User, request.user)), content_type="application/octet-stream"
    )
    response["Content-Disposition"] = f'attachment; filename="{authority.file_name(piece)}"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _to_look_at(request: HttpRequest, pk: uuid.UUID) -> RightsRequest:
    """A request with a check, for somebody who may look at what was given for it. Raises Http404."""
    one = access.for_staff(request, pk)
    if one.submission.check_made is None or not roles.may(request.user, "look_at_evidence"):
        raise Http404
    return one


def _facts_given(one: RightsRequest) -> list[EvidenceKind]:
    check = identity.check_of(one)
    given = set(check.evidence.filter(round=check.round).values_list("kind", flat=True))
    return [kind for kind in ALL_FACTS if kind in given]


def _shown(
    request: HttpRequest,
    one: RightsRequest,
    *,
    looks: bool = False,
    form: DecisionForm | None = None,
    authority_form: authority.AuthorityForm | None = None,
) -> HttpResponse:
    check = identity.check_of(one)
    user = cast(User, request.user)
    evidence = sorted(checks.look(check, by=user), key=lambda piece: ORDER[piece.kind]) if looks else []
    context = {
        **admin.site.each_context(request),
        "title": _("Identity for %(reference)s") % {"reference": references.spoken(one.reference)},
        "one": one,
        "check": check,
        "asked": words.LEVELS[check.asked],
        "evidence": [{"label": words.FACTS[EvidenceKind(piece.kind)], "value": piece.value} for piece in evidence],
        "looks": looks,
        "below": check.state == CheckState.PASSED and check.reached < check.asked,
        "form": form or DecisionForm(_facts_given(one), initial={"round": check.round}),
        "name": one.submission.name,
        **authority.panel(one.submission, authority_form),
    }
    return TemplateResponse(request, "admin/requests/identity.html", context)


# --- Deciding ------------------------------------------------------------------------------------------------
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
    if decision != "again":
        acting_for.need_decided(one.submission)
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
