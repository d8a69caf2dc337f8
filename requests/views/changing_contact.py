"""Changing how we reach you: a new contact, two codes on one page, or a word with our team."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from requests import access, changing_contact, forms
from requests.access import requester
from requests.changing_contact import NEW, OLD
from requests.models import Submission
from requests.views.by_button import by_button
from requests.views.coming_back import code_words
from requests.workflow import NotAllowed
from verification.codes import Outcome
from verification.models import Code, CodePurpose

FIELDS = {OLD: "old_code", NEW: "new_code"}


@requester
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, submission: Submission) -> HttpResponse:
    """Where should we reach you from now on? Of where we reach you today nothing is shown."""
    form = forms.ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            change = changing_contact.ask(submission, form.cleaned_data)
        except NotAllowed as why_not:
            form.add_error(None, str(why_not))
        else:
            if not change.by_staff:
                return redirect("requests:contact_codes")
            messages.success(request, _("We have your new contact. Our team first makes sure that it is you."))
            return redirect("requests:hub")
    context = {"form": form, "is_open": changing_contact.open_of(submission) is not None}
    return render(request, "requests/contact.html", context)


@requester
@require_http_methods(["GET", "HEAD", "POST"])
def codes(request: HttpRequest, submission: Submission) -> HttpResponse:
    """Both codes on one page."""
    change = changing_contact.open_of(submission)
    if change is None or change.by_staff:
        return redirect("requests:hub")
    by_paper = changing_contact.shows_the_old_by_paper(submission)
    form = forms.ContactCodesForm(request.POST or None, by_paper=by_paper)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            outcomes = changing_contact.enter_codes(submission, given["old_code"], given["new_code"])
        except NotAllowed as why_not:
            messages.warning(request, str(why_not))
            return redirect("requests:hub")
        if all(outcome is Outcome.MATCHED for outcome in outcomes.values()):
            access.keep_session_after_change(request, submission)
            messages.success(request, _("From now on we reach you at the new address."))
            return redirect("requests:hub")
        for purpose, outcome in outcomes.items():
            if outcome is not Outcome.MATCHED:
                form.add_error(FIELDS[purpose], _said(submission, purpose, outcome, by_paper=by_paper))
    context = {"form": form, "by_paper": by_paper, "until": _until(submission)}
    return render(request, "requests/contact_codes.html", context)


def _said(submission: Submission, purpose: CodePurpose, outcome: Outcome, *, by_paper: bool) -> str:
    """What to say about a code that did not fit."""
    if purpose is OLD and by_paper:
        if outcome is Outcome.TOO_MANY:
            return _("There were too many tries for this reference today. Try again tomorrow, or call us.")
        return _("This code on paper does not fit. If you got a newer code, only that one works.")
    return code_words(outcome, changing_contact.tries_left(submission, purpose))


def _until(submission: Submission) -> datetime | None:
    """Until when the codes that were sent last are good; None where none is."""
    live = Code.objects.filter(subject=submission.pk, purpose=NEW, expires_at__gt=timezone.now())
    made = live.order_by("-made_at").first()
    return timezone.localtime(made.expires_at) if made else None


@requester
@by_button(back_to="requests:contact_codes")
def again(request: HttpRequest, submission: Submission) -> HttpResponse:
    """Two new codes."""
    try:
        changing_contact.send_again(submission)
    except NotAllowed as why_not:
        messages.warning(request, str(why_not))
        return redirect("requests:hub")
    messages.success(request, _("If we can, we send you new codes now. Those before no longer work."))
    return redirect("requests:contact_codes")


@requester
@by_button(back_to="requests:contact_codes")
def lost(request: HttpRequest, submission: Submission) -> HttpResponse:
    """The old address cannot be read any more: our team decides."""
    try:
        changing_contact.leave_to_staff(submission)
    except NotAllowed as why_not:
        messages.warning(request, str(why_not))
    else:
        messages.success(request, _("We have your new contact. Our team first makes sure that it is you."))
    return redirect("requests:hub")


@requester
@by_button(back_to="requests:hub")
def cancel(request: HttpRequest, submission: Submission) -> HttpResponse:
    """All stays as it is."""
    if changing_contact.cancel(submission):
        messages.success(request, _("Nothing has changed. We reach you as before."))
    return redirect("requests:hub")
