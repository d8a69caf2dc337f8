"""Asking us to look again at an answer (policy §10)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from requests import about_whom, access, appeals, forms, references, words, workflow
from requests.access import requester
from requests.forms.files import uploads_of
from requests.models import RightsRequest, Submission
from requests.terms import Ending, Right


@requester
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, submission: Submission, reference: str) -> HttpResponse:
    """Who decides, by when, and one box for why. Sent twice, it is the same second look."""
    rights_request = access.for_requester(submission, reference)
    if request.method != "POST":
        if not appeals.can_be_filed(rights_request):
            return redirect("requests:hub")
        return _page(request, rights_request, forms.AppealForm(submission))
    form = forms.AppealForm(submission, request.POST, uploads_of(request))
    if form.is_valid():
        reason, files = form.cleaned_data["reason"], form.cleaned_data["attached"]
        if _was_sent_already(rights_request, reason):
            messages.success(request, _("We have it already, once. You see below where it stands."))
            return redirect("requests:hub")
        try:
            appeals.file(rights_request, reason, files=files, by=workflow.REQUESTER)
        except workflow.NotAllowed as why_not:
            form.add_error(None, str(why_not))
        else:
            messages.success(request, _("We look again. You see below by when."))
            return redirect("requests:hub")
    return _page(request, rights_request, form)


def _was_sent_already(rights_request: RightsRequest, reason: str) -> bool:
    """Whether this very text came in before: by two clicks, or by going back."""
    before = appeals.open_one(rights_request)
    return before is not None and before.reason == reason


def _page(request: HttpRequest, rights_request: RightsRequest, form: forms.AppealForm) -> HttpResponse:
    about = about_whom.of(rights_request.submission.capacity)
    due = appeals.schedule(rights_request, timezone.now()).leading
    context = {
        "form": form,
        "reference": references.spoken(rights_request.reference),
        "right": about.asked(Right(rights_request.right))[0],
        "about": about,
        "until": words.day(due.due_on),
        "why": words.why(due.reason, due.why),
        "asks_identity": rights_request.ending == Ending.IDENTITY_NOT_SHOWN,
    }
    return render(request, "requests/appeal.html", context)
