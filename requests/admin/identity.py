"""Where a verifier decides who somebody is, and first, where somebody asks for another, whether they may."""

import uuid
from datetime import timedelta
from typing import Any, cast

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from primevox_privacy.ledger.models import Event
from primevox_privacy.staff.models import User
from requests import access, acting_for, compared_with, identity, records, references, roles, words
from requests.acting_for import AuthorityDecided, AuthorityUndecided, AuthorityUnread
from requests.admin import authority, papers
from requests.admin import records as record_pages
from requests.admin.deciding import DecisionForm
from requests.compared_with import NamesDiffer
from requests.models import RightsRequest
from requests.records import CannotCount
from requests.workflow import NotAllowed
from verification import checks
from verification.checks import CheckNotAllowed
from verification.models import ALL_FACTS, CheckState, EvidenceKind

FASTER = gettext_lazy("That step is no longer open: somebody else was faster, or it is decided. Look again.")
AUTHORITY_FIRST = gettext_lazy(
    "Decide the authority first: the papers that show it are destroyed with the decision on identity."
)
ONE_LOOK = timedelta(minutes=15)  # after that, whoever sits there looks anew
ORDER = {kind: place for place, kind in enumerate(EvidenceKind.values)}


# --- Pages ---------------------------------------------------------------------------------------------------
@access.staff
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Where a verifier decides a check. Nothing is shown before a button was pressed; every look is recorded."""
    one, user = _to_look_at(request, pk), cast(User, request.user)
    if request.method == "POST" and (asked := access.ask_who_does(request, "look_at_evidence")):
        return asked
    form = None
    if request.method == "POST" and "decision" in request.POST:
        form = _form(one, request.POST)
        if form.is_valid():
            try:
                _decide(one, form.cleaned_data, user)
            except AuthorityUndecided:
                form.add_error(None, AUTHORITY_FIRST)
            except NamesDiffer as why:
                form.ask_why(str(why))
            except CannotCount as why:
                form.add_error("matched", str(why))
            except CheckNotAllowed:
                one = access.for_staff(request, pk)
                if why_not := _why_not(one, form.cleaned_data):
                    form.add_error(None, why_not)
                else:  # what was ticked was about something else
                    messages.error(request, FASTER)
                    form = None
            else:
                _say_what_it_opened(request, access.for_staff(request, pk))
                return redirect("admin:requests_rightsrequest_change", pk)
    in_record = "records" in request.POST
    goes_on = form is not None and _looked_just_now(one, user, in_record=in_record)
    return _shown(request, one, looks=request.method == "POST", in_record=in_record, goes_on=goes_on, form=form)


@access.staff
@require_POST
def choose(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a contact of a candidate as the contact on file. The address is fetched again, not taken from the page. What
    the verifier looked at stays open, so that they can decide."""
    one = record_pages.to_work_on(request, pk, "enter_contact_on_file")
    number, user = request.POST.get("number", ""), cast(User, request.user)
    goes_on = _looked_just_now(one, user, in_record=True)
    try:
        records.choose(one, request.POST.get("customer", ""), int(number) if number.isdecimal() else -1, by=user)
    except NotAllowed as why:
        messages.error(request, str(why))
    else:
        messages.success(request, _("The contact on file is entered, with its day from the record."))
    if not goes_on:
        return redirect("admin:requests_identity", pk)
    return _shown(request, access.for_staff(request, pk), looks=True, in_record=True, goes_on=True)


def _looked_just_now(one: RightsRequest, by: User, *, in_record: bool) -> bool:
    """Whether this verifier has the page open still, and with `in_record` the customer record on it: their look is on
    record, not long ago, and nothing was given since. The page that follows a choice, or a decision that lacks
    something, is the same look, so it is not counted as another; without one, nothing is shown before the button was
    pressed."""
    check = identity.check_of(one)
    since = max(timezone.now() - ONE_LOOK, check.given_at or check.asked_at)
    mine = Event.objects.filter(about=check.pk, actor=by.as_actor, at__gte=since)
    kinds = ["identity_looked_at", *(["customer_record_looked_at"] if in_record else [])]
    return all(mine.filter(kind=kind).exists() for kind in kinds)


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
            form.decide(one.submission, by=user)
        else:
            return _shown(request, one, authority_form=form)
    except (AuthorityUnread, NotAllowed) as why_not:
        form.add_error(None, str(why_not))
        return _shown(request, one, authority_form=form)
    except AuthorityDecided:
        messages.error(request, FASTER)
    else:
        messages.success(request, _("Done. The requester was told that there is something new."))
    return redirect("admin:requests_identity", pk)


def _to_look_at(request: HttpRequest, pk: uuid.UUID) -> RightsRequest:
    """A request with a check, for somebody who may look at what was given for it. Raises Http404."""
    one = access.for_staff(request, pk)
    if one.submission.check_made is None or not roles.may(request.user, "look_at_evidence"):
        raise Http404
    return one


def _form(one: RightsRequest, given: Any = None) -> DecisionForm:
    initial = {"round": identity.check_of(one).round}
    corrects = records.corrects(one.submission)
    return DecisionForm(identity.check_of(one), _facts_given(one), given, initial=initial, corrects=corrects)


def _facts_given(one: RightsRequest) -> list[EvidenceKind]:
    check = identity.check_of(one)
    given = set(check.evidence.filter(round=check.round).values_list("kind", flat=True))
    return [kind for kind in ALL_FACTS if kind in given]


def _shown(
    request: HttpRequest,
    one: RightsRequest,
    *,
    looks: bool = False,
    in_record: bool = False,
    goes_on: bool = False,
    form: DecisionForm | None = None,
    authority_form: authority.AuthorityForm | None = None,
) -> HttpResponse:
    check = identity.check_of(one)
    user = cast(User, request.user)
    seen = (checks.given(check) if goes_on else checks.look(check, by=user)) if looks else []
    record = record_pages.panel(one, by=user, looks=in_record, goes_on=goes_on)
    form = form or _form(one)
    form.offer(record.get("candidates", []))
    evidence = sorted(seen, key=lambda piece: ORDER[piece.kind])
    context = {
        **admin.site.each_context(request),
        "title": _("Identity for %(reference)s") % {"reference": references.spoken(one.reference)},
        "one": one,
        "check": check,
        "asked": words.LEVELS[check.asked],
        "evidence": [
            {"label": words.FACTS_FOR_STAFF[EvidenceKind(piece.kind)], "value": piece.value} for piece in evidence
        ],
        "looks": looks,
        "below": check.state == CheckState.PASSED and check.reached < check.asked,
        "form": form,
        "name": one.submission.name,
        "documents": papers.listed(check, EvidenceKind.DOCUMENT),
        "no_scanner": papers.no_scanner(),
        **authority.panel(one.submission, authority_form, by=user),
        **record,
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
        matched, disputed = ([EvidenceKind(kind) for kind in given.get(name, ())] for name in ("matched", "disputed"))
        said = {"customer": given.get("customer", ""), "why": given.get("why", "")}
        compared_with.decide(one, given["method"], matched, disputed, **said, by=by)
    elif decision == "again":
        identity.ask_again(one.submission, by=by)
    elif decision == "not_shown":
        checks.not_shown(check, given["method"], by=by)
    else:
        checks.no_record(check, by=by)


def _why_not(one: RightsRequest, given: dict[str, Any]) -> str:
    """Why the decision was not recorded, as far as the check itself tells; empty where somebody was faster."""
    check = identity.check_of(one)
    if given["round"] != check.round or check.is_decided:
        return ""
    if given["decision"] == "passed" and given["method"] == "matched_facts":
        ticked = len(set(given.get("matched", ())) - set(given.get("disputed", ())))
        said = ngettext("%(number)d fact is ticked as matching.", "%(number)d facts are ticked as matching.", ticked)
        more = _("Two reach T2, three with the signed statement reach T3. Here, %(asked)s is asked.")
        return f"{said % {'number': ticked}} {more % {'asked': check.asked.name}}"
    if given["decision"] == "passed" and given["method"] == "document":
        if not checks.papers(check, EvidenceKind.DOCUMENT):
            return _("No document is here, so none can have shown it. Choose how you checked.")
        return _("A document counts once you have looked at its clean pages yourself.")
    if given["decision"] == "again":
        if check.round >= checks.MOST_ROUNDS:
            return _("They cannot be asked again: this was the third time.")
        return _("They cannot be asked again: nothing was given yet.")
    return ""
