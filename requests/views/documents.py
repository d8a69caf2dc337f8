"""Showing a document with photo, and taking it back: from the requester's page."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from requests import about_whom, documents, words
from requests.access import requester
from requests.forms.files import uploads_of
from requests.forms.papers import DocumentForm
from requests.models import Submission
from requests.views.by_button import by_button
from verification.checks import CheckNotAllowed
from verification.models import Paper, PaperState, WhyRefused


@requester
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, submission: Submission) -> HttpResponse:
    """Give a document until identity is decided. What became of each is told; none is shown again."""
    if not documents.can_be_given(submission):
        return redirect("requests:hub")
    room = documents.room(submission)
    sent = (request.POST, uploads_of(request)) if request.method == "POST" else ()
    form = DocumentForm(submission, *sent, room=room)
    if form.is_valid():
        uploads = form.cleaned_data["papers"]
        try:
            documents.give(submission, uploads)
        except CheckNotAllowed:
            form.add_error("papers", _("We cannot take more files here. Take one back first, or send us a message."))
        else:
            thanks = ngettext("We have your file.", "We have your files.", len(uploads))
            messages.success(request, thanks + " " + _("What became of it stands below."))
            return redirect("requests:document")
    context = {
        "form": form,
        "room": room,
        "about": about_whom.of(submission.capacity),
        "reason": documents.reason_of(submission),
        "papers": lines(documents.given(submission)),
    }
    return render(request, "requests/document.html", context)


@requester
@by_button(back_to="requests:document")
def take_back(request: HttpRequest, submission: Submission, pk: uuid.UUID) -> HttpResponse:
    """Take one document back. Not yours and not there are the same."""
    if documents.take_back(submission, pk):
        messages.success(request, _("You took it back. We deleted it."))
    else:
        messages.warning(request, _("That file is not here any more."))
    return redirect("requests:document")


def lines(papers: Iterable[Paper]) -> list[dict[str, Any]]:
    """What `components/papers.html` tells of each paper; never the name that it came with."""
    return [_line(paper) for paper in papers]


def _line(paper: Paper) -> dict[str, Any]:
    return {
        "pk": paper.pk,
        "given": words.moment(paper.given_at),
        "size": words.size(paper.size),
        "said": _said(paper),
        "can_be_taken_back": paper.state != PaperState.REFUSED,
    }


def _said(paper: Paper) -> str:
    """What became of it, in one or two sentences."""
    if paper.state == PaperState.REFUSED:
        return str(words.WHY_REFUSED[WhyRefused(paper.why_refused)]) + " " + _("We deleted it.")
    if paper.state == PaperState.CLEAN:
        said = ngettext(
            "We drew a clean copy of it, %(number)d page. The original is deleted.",
            "We drew a clean copy of it, %(number)d pages. The original is deleted.",
            paper.pages_drawn,
        )
        return said % {"number": paper.pages_drawn}
    return _("Not scanned for viruses yet. You need not wait for it. Load this page again to see more.")
