"""Taking back what was taken back: for 24 hours a withdrawal or a joining can be undone."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from requests import access, workflow
from requests.access import requester
from requests.models import Submission
from requests.views.by_button import by_button


@requester
@by_button(back_to="requests:hub")
def undo(request: HttpRequest, submission: Submission, reference: str) -> HttpResponse:
    """Open a request again where it stood. Pressed twice, or too late, it says so."""
    rights_request = access.for_requester(submission, reference)
    try:
        workflow.undo(rights_request, by=workflow.REQUESTER)
    except workflow.NotAllowed:
        messages.error(request, _("There is nothing left to undo here. You can send us a new request at any time."))
    else:
        messages.success(request, _("Your request is open again, with the same dates."))
    return redirect("requests:hub")
