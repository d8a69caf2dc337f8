"""Several people at one case: texts that are kept while somebody types, who else is here, and what somebody else did
meanwhile, beside what was typed."""

import uuid
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from primevox_privacy.staff.models import User
from requests import access, here, kept_texts, roles
from requests.admin.steps import BY_VERB, Step, StepForm
from requests.admin.timeline import timeline
from requests.models import RightsRequest
from requests.versions import CHANGES_NOTHING, ChangedMeanwhile

AS_JSON = "application/json"


@access.staff
@require_POST
def keep(request: HttpRequest, pk: uuid.UUID, verb: str) -> HttpResponse:
    """Keep what stands in the boxes of a step, or throw it away: by a button, or by the page every few seconds."""
    one, user, step = access.for_staff(request, pk), cast(User, request.user), BY_VERB.get(verb)
    if step is None or not step.boxes or not roles.may(user, verb):
        raise Http404
    texts = {} if "throw_away" in request.POST else typed_in(step, request)
    kept_texts.keep(one, verb, texts, by=user)
    said = kept_said() if any(text.strip() for text in texts.values()) else _("Nothing is kept of it.")
    if request.headers.get("Accept") == AS_JSON:
        return JsonResponse({"said": said})
    messages.success(request, said)
    return redirect("admin:requests_rightsrequest_change", pk)


def typed_in(step: Step, request: HttpRequest) -> dict[str, str]:
    """The texts of a step's boxes as typed, right or wrong."""
    return {name: request.POST.get(f"{step.verb}-{name}", "").replace("\0", "") for name in step.boxes}


def kept_said() -> str:
    return _("Kept at %(time)s for seven days. Only you see it.") % {"time": time_format(timezone.localtime(), "H:i")}


@access.staff
@require_POST
def tell(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The page is open before somebody; who else is here goes back."""
    one, user = access.for_staff(request, pk), cast(User, request.user)
    here.tell(one, user, writing="writing" in request.POST)
    return JsonResponse({"said": here.others(one, user)})


def changed(one: RightsRequest, verb: str, form: StepForm, why: ChangedMeanwhile, draft: Any) -> dict[str, Any]:
    """The context of `admin/requests/changed.html`: what was typed, and what is there now."""
    kinds = {event.kind for event in why.events}
    of_late = [line for line in timeline(one)["timeline"] if line["at"] > why.since]
    lines = [line for line in of_late if line.get("kind") not in CHANGES_NOTHING]
    return {
        "title": BY_VERB[verb].title,
        "typed": [(field.label, said) for field in form if (said := _said(field))],
        "lines": lines,
        "letter": draft if kinds & {"drafted", "closed"} else None,
    }


def _said(field: Any) -> str:
    """What was typed or chosen, in words."""
    given = field.value()
    chosen = {str(one) for one in (given if isinstance(given, list) else [given])}
    choices = getattr(field.field, "choices", None)
    if choices is not None:
        return ", ".join(str(label) for value, label in choices if str(value) in chosen)
    if given is True or given == "on":
        return _("yes")
    return str(given) if isinstance(given, str) else ""
