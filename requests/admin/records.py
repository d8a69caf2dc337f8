"""The customer record on the identity page: candidates beside what was given, and what can be done with them."""

import uuid
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from primevox_privacy.staff.models import User
from requests import access, identity, records, roles, words
from requests.models import RightsRequest
from requests.records import Candidate, Line
from verification import checks
from verification.checks import CheckNotAllowed
from verification.customers.directory import ContactKind, Unreachable
from verification.customers.matching import Same
from verification.methods import opening_call_detail
from verification.models import CheckState, EvidenceKind

SAME = {
    Same.YES: ("=", gettext_lazy("the same")),
    Same.PART: ("≈", gettext_lazy("a part of it")),
    Same.NO: ("≠", gettext_lazy("differs")),
}
CONTACT_KINDS = {
    ContactKind.EMAIL: gettext_lazy("E-mail address"),
    ContactKind.PHONE: gettext_lazy("Telephone number"),
    ContactKind.ADDRESS: gettext_lazy("Postal address"),
}
NOT_FACTS = {
    "name": gettext_lazy("Name"),
    "email": gettext_lazy("E-mail address"),
    "phone": gettext_lazy("Telephone number"),
}


class CallDetailForm(forms.Form):
    """Beside what was decided: a way that suffices for call records."""

    method = forms.ChoiceField(
        label=gettext_lazy("What you did"),
        choices=[(name, words.METHODS[name]) for name in opening_call_detail()],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one."), "invalid_choice": gettext_lazy("Choose one.")},
    )


def panel(one: RightsRequest, *, by: User, looks: bool, goes_on: bool = False) -> dict[str, Any]:
    """What the identity page shows of the record: nothing before the button was pressed; each look is recorded."""
    check = identity.check_of(one)
    opens = check.state == CheckState.PASSED and not check.opens_call_detail
    context: dict[str, Any] = {
        "looks_in_record": looks,
        "on_file": identity.contact_on_file(one.submission),
        "call_detail_form": CallDetailForm() if opens else None,
    }
    if looks:
        try:
            found = records.look(one.submission, by=by, goes_on=goes_on)
            context["candidates"] = [_shown(candidate) for candidate in found]
        except Unreachable:
            context["record_away"] = records.AWAY
    return context


def _shown(candidate: Candidate) -> dict[str, Any]:
    return {
        "letter": candidate.letter,
        "customer": candidate.customer.id,
        "lines": [_line(line) for line in candidate.lines],
        "contacts": [
            {
                "number": offered.number,
                "kind": CONTACT_KINDS[offered.contact.kind],
                "address": offered.contact.address,
                "since": offered.contact.on_file_since,
                "sim_changed_on": offered.contact.sim_changed_on,
                "doubt": words.CONTACT_DOUBTS[offered.doubt] if offered.doubt else "",
                "why_not": offered.why_not,
                "is_mail": offered.contact.kind is ContactKind.EMAIL,
            }
            for offered in candidate.contacts
        ],
    }


def _line(line: Line) -> dict[str, Any]:
    sign, said = SAME[line.same] if line.same else ("–", _("nothing to compare"))
    label = NOT_FACTS.get(line.kind) or words.FACTS_FOR_STAFF[EvidenceKind(line.kind)]
    held = [
        {"value": value, "since": since, "doubt": words.CONTACT_DOUBTS[doubt] if doubt else ""}
        for value, since, doubt in line.on_record
    ]
    return {"label": label, "given": line.given, "held": held, "sign": sign, "said": said}


# --- What can be done ----------------------------------------------------------------------------------------
def to_work_on(request: HttpRequest, pk: uuid.UUID, verb: str) -> RightsRequest:
    one = access.for_staff(request, pk)
    if one.submission.check_made is None or not roles.may(request.user, verb):
        raise Http404
    return one


@access.staff
@require_POST
def open_call_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Record a call back to the number of record, or a letter to the address of record, beside what was decided."""
    one = to_work_on(request, pk, "decide_identity")
    form = CallDetailForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose what you did, then record it."))
    else:
        try:
            checks.open_call_detail(identity.check_of(one), form.cleaned_data["method"], by=cast(User, request.user))
        except CheckNotAllowed:
            messages.error(request, _("That step is no longer open: somebody else was faster, or it is decided."))
        else:
            messages.success(request, _("Recorded. An answer with call records can leave now."))
    return redirect("admin:requests_identity", pk)
