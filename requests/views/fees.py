"""A fee that waits for the requester's word (policy §7): accept it, or take the request back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from requests import access, fees, grounds, regimes, words, workflow
from requests.access import requester
from requests.models import RightsRequest, Submission
from requests.views.coming_back import case_page


@requester
@require_http_methods(["GET", "HEAD", "POST"])
def fee(request: HttpRequest, submission: Submission, reference: str) -> HttpResponse:
    """What it costs, why, what the law gives for free, and two buttons."""
    rights_request = access.for_requester(submission, reference)
    told = fees.waiting(rights_request)
    if told is None:
        return redirect("requests:hub")
    law = regimes.by_id(rights_request.regime)
    context = {
        "amount": words.dollars(told.amount),
        "ground": _(grounds.ground(told.ground).plain),
        "reason": told.reason,
        "law": law,
        "waits": law.clock.waits(rights_request.received_on),
        "due": words.day(rights_request.leading_on),
        "by_mail": bool(submission.email),
    }
    if request.method == "POST":
        if _answer(request, rights_request):
            return redirect("requests:hub")
        context["why"] = _("Choose one of the two buttons below.")
    return case_page(request, "requests/fee.html", rights_request, **context)


def _answer(request: HttpRequest, rights_request: RightsRequest) -> bool:
    """Do what the pressed button says; whether one was pressed. Whoever comes second sees on the hub what is so."""
    try:
        if "accept" in request.POST:
            fees.accept(rights_request, by=workflow.REQUESTER)
            messages.success(request, _accepted(rights_request.submission))
        elif "decline" in request.POST:
            fees.decline(rights_request)
            messages.success(request, _("You took the request back. For 24 hours you can undo that here."))
        else:
            return False
    except workflow.NotAllowed:
        messages.error(request, _("We did something with this request a moment ago. Look at it again first."))
    return True


def _accepted(submission: Submission) -> str:
    """What comes next; whoever left no e-mail address reads it here."""
    if submission.email:
        return _("You accepted the fee. We write to you with how to pay it.")
    return _("You accepted the fee. Come back here in a few days: a message will say how to pay it.")
