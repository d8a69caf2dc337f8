"""Showing that one may act for another person: a paper, from the requester's page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from requests import about_whom, acting_for, documents
from requests.access import requester
from requests.forms.files import uploads_of
from requests.forms.papers import AuthorityForm
from requests.models import Submission
from requests.terms import Authority
from requests.views.documents import lines
from verification.checks import CheckNotAllowed
from verification.models import EvidenceKind


@requester
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, submission: Submission) -> HttpResponse:
    """Give papers until the authority is decided. What became of each is told; none is shown again."""
    standing = acting_for.of(submission)
    if standing is None or not acting_for.waits_for_decision(submission):
        return redirect("requests:hub")
    given = len(acting_for.papers_of(submission))
    form = AuthorityForm(submission, request.POST or None, uploads_of(request) if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        papers = form.cleaned_data["papers"]
        try:
            acting_for.give_papers(submission, papers)
        except CheckNotAllowed:
            form.add_error("papers", _("We cannot take more papers here. Send us a message, and we find another way."))
        else:
            thanks = ngettext("We have your paper.", "We have your papers.", len(papers))
            messages.success(request, thanks + " " + _("We look at it. What we find stands here then."))
            return redirect("requests:hub")
    about = about_whom.of(submission.capacity)
    said = about.authority(Authority(standing.authority))
    came = lines(documents.given(submission, EvidenceKind.AUTHORITY))
    context = {"form": form, "about": about, "authority": said, "given": given, "papers": came}
    return render(request, "requests/authority.html", context)
