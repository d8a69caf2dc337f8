"""“Take next”: one button, one key."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from primevox_privacy.staff.models import User
from requests import access, assigning, workflow
from requests.admin.saved_views import queue


@access.staff
@require_POST
def take_next(request: HttpRequest) -> HttpResponse:
    """To the case that is mine now, or back with a kind word."""
    try:
        one = assigning.take_next(by=cast(User, request.user))
    except workflow.NotAllowed as why:
        messages.error(request, str(why))
        return redirect(queue())
    if one is None:
        messages.info(request, _("Nothing is left that waits for somebody with your role. Well done."))
        return redirect(queue())
    messages.success(request, _("This request is yours now."))
    return redirect("admin:requests_rightsrequest_change", one.pk)
