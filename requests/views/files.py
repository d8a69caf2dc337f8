"""Files on their way to the requester: of messages, and of our answers. Nothing opens by following a link."""

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from primevox_privacy.sealed.serving import as_download
from requests import about_whom, access, attachments, forms, joining, packages, releasing, workflow
from requests.access import requester
from requests.models import RightsRequest, Submission
from requests.views import answers
from requests.views.by_button import by_button
from verification import codes
from verification.models import CodePurpose


# --- Files of messages ---------------------------------------------------------------------------------------
@requester
@by_button(back_to="requests:hub")
def open_file(request: HttpRequest, submission: Submission, pk: uuid.UUID) -> HttpResponseBase:
    """One's own within the session; what we sent under the same lock as an answer."""
    found = attachments.seen_by_requester(submission, pk)
    if found is None:
        raise Http404
    about = found.message.rights_request
    if attachments.is_from_us(found) and about:
        rights_request = access.for_requester(submission, about.reference)
        if not access.may_read_answer(request, rights_request):
            return _code_needed(request, submission, rights_request)
    with transaction.atomic():
        attachments.opened_by_requester(found)
        return as_download(found.file, found.file.name)


def _code_needed(request: HttpRequest, submission: Submission, rights_request: RightsRequest) -> HttpResponse:
    if joining.is_shut(rights_request):
        return redirect("requests:hub")
    if not answers.send_fresh_code(request, submission, rights_request):
        return redirect("requests:paper")
    return redirect("requests:files_code", reference=rights_request.reference)


@requester
@require_http_methods(["GET", "HEAD", "POST"])
def files_code(request: HttpRequest, submission: Submission, reference: str) -> HttpResponse:
    """Enter the fresh code that opens what we sent."""
    rights_request = access.for_requester(submission, reference)
    if request.method == "POST" and "send" in request.POST:
        return _code_needed(request, submission, rights_request)
    form = forms.CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        outcome, code = codes.attempt(submission.pk, CodePurpose.ANSWER, form.cleaned_data["code"])
        if code is not None:
            access.open_session(request, submission, access.ON_FILE if code.to_contact_on_file else access.TYPED)
            messages.success(request, _("Thank you. For 20 minutes you can open the files that we sent you."))
            return redirect("requests:hub")
        form.add_error("code", answers.code_words_for(outcome, submission, CodePurpose.ANSWER))
    on_file = releasing.goes_to_contact_on_file(rights_request)
    context = {
        "form": form,
        "reference": reference,
        "on_file": on_file,
        "until": answers.code_until(request, submission, CodePurpose.ANSWER, on_file=on_file),
        "about": about_whom.of(submission.capacity),
    }
    return render(request, "requests/files_code.html", context)


# --- Files of an answer --------------------------------------------------------------------------------------
@requester
@by_button(back_to="requests:hub")
def download(request: HttpRequest, submission: Submission, reference: str, pk: uuid.UUID) -> HttpResponseBase:
    """Download a file of our answer; recorded."""
    rights_request = answers.answered(submission, reference)
    if not access.may_read_answer(request, rights_request):
        return answers.open_answer(request, reference=reference)
    with transaction.atomic():
        found = packages.download(rights_request, pk)
        if found is None or found.file is None:
            raise Http404
        return as_download(found.file, found.name)


@requester
@by_button(back_to="requests:hub")
def keep_longer(request: HttpRequest, submission: Submission, reference: str, pk: uuid.UUID) -> HttpResponseBase:
    """Keep the files of an answer 14 days longer, once."""
    rights_request = answers.answered(submission, reference)
    if not access.may_read_answer(request, rights_request):
        return answers.open_answer(request, reference=reference)
    try:
        packages.keep_longer(rights_request, pk)
    except workflow.NotAllowed as why_not:
        messages.warning(request, str(why_not))
    else:
        messages.success(request, _("We keep the files 14 days longer. The new date stands below."))
    request.session["opened"] = reference
    return redirect("requests:answer", reference=reference)
