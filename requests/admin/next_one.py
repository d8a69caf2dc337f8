"""“Take next”: one button, one key."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from primevox_privacy.staff.models import User
from requests import access, assigning, roles, workflow
from requests.admin.narrowing import as_query, narrowed
from requests.admin.saved_views import PROOF, queue


@access.staff
@require_POST
def take_next(request: HttpRequest) -> HttpResponse:
    """To the case that is mine now, or back with a kind word."""
    user = cast(User, request.user)
    try:
        one = assigning.take_next(by=user)
    except workflow.NotAllowed as why:
        messages.error(request, str(why))
        return redirect(queue())
    if one is None:
        if roles.may(user, "decide_identity") and narrowed(PROOF, user).exists():
            messages.info(request, _("Nothing is left to take, but proof waits for you. Others have these requests."))
            return redirect(f"{queue()}?{as_query(PROOF)}")
        messages.info(request, _("Nothing is left that waits for somebody with your role. Well done."))
        return redirect(queue())
    messages.success(request, _("This request is yours now."))
    return redirect("admin:requests_rightsrequest_change", one.pk)
