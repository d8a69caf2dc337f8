"""A person who thinks, types or is called away: more time, the end of a session, and a message that waits."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from requests import access, unsent
from requests.access import anyone, requester, requester_at_rest
from requests.models import Submission
from requests.views.by_button import by_button


@requester
@by_button(back_to="requests:hub")
def more_time(request: HttpRequest, submission: Submission) -> HttpResponse:
    """Somebody is still there. Changes nothing but when they were last seen."""
    until = access.ends_at(request)
    left = max(0, int((until - timezone.now()).total_seconds()))
    return JsonResponse({"seconds": left, "until": time_format(timezone.localtime(until), "TIME_FORMAT")})


@anyone
@never_cache
@require_safe
def ended(request: HttpRequest) -> HttpResponse:
    """You are signed out. Shows nothing of anybody."""
    return render(request, "requests/ended.html")


@requester_at_rest
@by_button(back_to="requests:hub")
def keep(request: HttpRequest, submission: Submission, reference: str) -> HttpResponse:
    """The page keeps what stands in the box while nobody does anything."""
    unsent.keep(access.for_requester(submission, reference), request.POST.get(access.MESSAGE, ""))
    return HttpResponse(status=204)


@requester
@by_button(back_to="requests:hub")
def throw_away(request: HttpRequest, submission: Submission, reference: str) -> HttpResponse:
    """What was kept and not sent is gone."""
    unsent.throw_away(access.for_requester(submission, reference))
    messages.success(request, _("What you had not sent is deleted."))
    return redirect("requests:hub")
