"""Coming back without mail: a code on paper, entered, made anew, saved. It is shown once and kept nowhere."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from requests import access, continuation, forms, references, sign_in, workflow
from requests.access import anyone, requester
from requests.models import Submission
from requests.views.by_button import by_button
from requests.views.coming_back import sign_in_of, too_many_from
from verification.codes import Outcome


@anyone
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter_code(request: HttpRequest) -> HttpResponse:
    """Reference and code on paper: same page and time whether the reference exists or not."""
    asked = sign_in_of(request)
    form = forms.PaperForm(
        request.POST or None, initial={"reference": references.spoken(asked.reference)} if asked else None
    )
    if request.method == "POST" and form.is_valid():
        if too_many_from(request):
            return render(request, "requests/too_many.html", status=429)
        outcome, submission = sign_in.enter_paper_code(form.cleaned_data["reference"], form.cleaned_data["code"])
        if submission is not None:
            access.open_session(request, submission, access.PAPER)
            return redirect("requests:hub")
        form.add_error("code", _code_words(outcome))
    return render(request, "requests/paper.html", {"form": form})


def _code_words(outcome: Outcome) -> str:
    if outcome is Outcome.TOO_MANY:
        return _("There were too many tries for this reference today. Try again tomorrow, or call us.")
    return _("Reference and code do not fit together. Check both. If you got a newer code, only that one works.")


@requester
@by_button(back_to="requests:hub")
def new_code(request: HttpRequest, submission: Submission) -> HttpResponse:
    """A new code in place of the one before. Only this one page shows it."""
    try:
        code = continuation.replace(submission, by=workflow.REQUESTER)
    except workflow.NotAllowed as why:
        messages.warning(request, str(why))
        return redirect("requests:hub")
    access.opened_by_newest_code(request, submission)
    return render(request, "requests/new_code.html", _shown(submission, code))


@requester
@by_button(back_to="requests:hub")
def code_as_text(request: HttpRequest, submission: Submission) -> HttpResponse:
    """The code that the page before showed, given back as a file. Nothing else comes back this way."""
    code = request.POST.get("code", "")
    opened = [one for one in _references(submission) if continuation.opens(one, code)]
    if not opened:
        raise Http404
    page = settings.PUBLIC_URL + reverse("requests:paper")
    text = render_to_string("requests/new_code.txt", _shown(submission, continuation.in_groups(code)) | {"page": page})
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="primevox-code.txt"'
    return response


def _shown(submission: Submission, code: str) -> dict[str, object]:
    return {"code": code, "references": [references.spoken(one) for one in _references(submission)]}


def _references(submission: Submission) -> list[str]:
    return list(submission.rights_requests.order_by("reference").values_list("reference", flat=True))
