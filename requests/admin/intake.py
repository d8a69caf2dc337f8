"""Taking down a call, a letter or a visit: one screen, by keyboard alone. Enter looks the caller up and never sends."""

import uuid
from typing import Any, cast

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from primevox_privacy.staff.models import User
from requests import access, known_callers, logged, references, roles, spelling, words
from requests.forms.files import uploads_of
from requests.forms.logged import LogForm
from requests.known_callers import Known, Said
from requests.logged import Taken
from requests.records import AWAY
from requests.terms import Capacity, Right
from requests.workflow import NotAllowed
from verification.customers.directory import Unreachable
from verification.customers.matching import Same

TITLE = gettext_lazy("Log a call, a letter or a visit")
FITS = {
    "email": gettext_lazy("the e-mail address"),
    "phone": gettext_lazy("the telephone number"),
    "also": gettext_lazy("the account number or other contact"),
}
NAMES = {
    Same.YES: gettext_lazy("The name fits."),
    Same.PART: gettext_lazy("The name fits in part."),
    Same.NO: gettext_lazy("The name does not fit."),
    None: gettext_lazy("No name was entered."),
}
UNFOLDED_BY = {
    "for_whom": ("encounter", "subject_name", "subject_email", "authority"),
    "receipt": ("received_time", "why_late", "scan"),
}


@access.staff
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The form; looked up, or taken down, when a button says so."""
    user = cast(User, request.user)
    if not roles.may(user, "log_request"):
        raise PermissionDenied
    if request.method != "POST":
        return _form_page(request, _empty())
    form = LogForm(request.POST, uploads_of(request))
    if "take_down" not in request.POST:
        return _looked_up(request, form.heard(), user)
    if form.is_valid():
        try:
            taken = logged.take_down(
                form.asked(),
                form.received_at(),
                as_id=form.cleaned_data["as_id"],
                why_late=form.cleaned_data["why_late"],
                files=form.cleaned_data["scan"],
                by=user,
            )
        except NotAllowed as why:
            form.add_error(None, str(why))
        else:
            return _taken_page(request, taken)
    return _form_page(request, form)


def _empty() -> LogForm:
    return LogForm(
        initial={"as_id": uuid.uuid4(), "received_day": timezone.localdate(), "language": settings.LANGUAGE_CODE}
    )


def _kept(typed: QueryDict) -> LogForm:
    """The same answers as they were typed, and no word yet on what is missing."""
    kept = {name: typed.getlist(name) if name == "rights" else typed.get(name) for name in LogForm.base_fields}
    return LogForm(initial={**kept, "as_id": _id_of(typed)})


def _id_of(typed: QueryDict) -> uuid.UUID:
    """What is being taken down, and what a look is about."""
    try:
        return uuid.UUID(typed.get("as_id", ""))
    except ValueError:
        return uuid.uuid4()


def _looked_up(request: HttpRequest, said: Said, user: User) -> HttpResponse:
    shown = _kept(request.POST)
    context: dict[str, Any] = {"looked": True, "can_find": said.can_find}
    if said.can_find:
        about = shown.initial["as_id"]
        context["before"] = [_before(one) for one in known_callers.asked_before(said)]
        try:
            context["known"] = [_known(one) for one in known_callers.look(about, said, by=user)]
        except Unreachable:
            context["away"] = AWAY
    return _form_page(request, shown, **context)


def _known(one: Known) -> dict[str, Any]:
    fits = ", ".join(str(FITS[what]) for what in one.fits)
    return {"letter": one.letter, "fits": fits or _("part of what was said"), "name": NAMES[one.name]}


def _before(one: Any) -> dict[str, Any]:
    return {"one": one, "right": words.SHORT_RIGHTS[Right(one.right)], "received": words.day(one.received_on)}


def _form_page(request: HttpRequest, form: LogForm, **context: Any) -> HttpResponse:
    value = {name: bool(form[name].value()) for names in UNFOLDED_BY.values() for name in names if name != "scan"}
    capacity = form["capacity"].value() or Capacity.SELF
    unfolded = {
        part: any(name in form.errors or value.get(name) for name in names) for part, names in UNFOLDED_BY.items()
    }
    unfolded["for_whom"] |= capacity != Capacity.SELF
    unfolded["receipt"] |= "received_day" in form.errors
    context |= {**admin.site.each_context(request), "title": TITLE, "form": form, "unfolded": unfolded}
    return TemplateResponse(request, "admin/requests/intake.html", context)


def _taken_page(request: HttpRequest, taken: Taken) -> HttpResponse:
    submission = taken.submission
    requests = submission.rights_requests.order_by("leading_on", "reference")
    context = {
        **admin.site.each_context(request),
        "title": _("Taken down"),
        "taken": taken,
        "received": words.day(submission.received_on),
        "requests": [
            {
                "one": one,
                "reference": references.spoken(one.reference),
                "spelled": spelling.spelled(references.spoken(one.reference)),
                "right": words.ASKED[Right(one.right)][0],
                "due": words.day(one.leading_on),
            }
            for one in requests
        ],
        "spelled_code": spelling.spelled(taken.code),
        "by_mail": bool(submission.email),
        "asks_proof": submission.check_made_id is not None,
    }
    return TemplateResponse(request, "admin/requests/intake_taken.html", context)
