"""Papers on the staff desk: what came of each, and the viewer. A page is shown once a reason is chosen, with the name
of who looks across it; each look is recorded. Nothing is kept by the browser, and no address leads to a picture."""

import uuid
from datetime import timedelta
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from primevox_privacy.staff.models import User
from requests import access, references, roles, words
from requests.admin.steps.base import CHOOSE
from requests.models import RightsRequest
from verification import clean_pages, scanning, watermark
from verification.clean_pages import Flag, NotToBeOpened
from verification.models import Check, EvidenceKind, Paper, PaperState, WhyRefused

USUAL = timedelta(minutes=5)  # how long drawing takes at most when all parts run


class LookForm(forms.Form):
    """Why somebody looks."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why you look"),
        choices=list(words.REASONS_TO_LOOK.items()),
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )


@access.staff
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, pk: uuid.UUID, paper: uuid.UUID) -> HttpResponse:
    """One paper. Nothing can be made out before a reason was sent."""
    one = access.for_staff(request, pk)
    found = _of(one, paper) if roles.may(request.user, "look_at_evidence") else None
    if found is None:
        raise Http404
    user = cast(User, request.user)
    form = LookForm(request.POST or None)
    shown: list[bytes] = []
    if request.method == "POST" and form.is_valid():
        if asked := access.ask_who_does(request, "look_at_evidence"):
            return asked
        try:
            clean = clean_pages.look(found, form.cleaned_data["reason"], by=user)
        except NotToBeOpened:
            form.add_error(None, _("This paper cannot be opened now. What became of it stands above."))
        else:
            said = watermark.says(user, timezone.now())
            shown = [watermark.marked(content, said) for content in clean]
    context = {
        **admin.site.each_context(request),
        "title": _("Paper for %(reference)s") % {"reference": references.spoken(one.reference)},
        "one": one,
        "paper": _line(found),
        "pages": [watermark.as_address(content, "jpeg") for content in shown],
        "blurred": "" if shown else _blurred(found),
        "form": form,
        "no_scanner": no_scanner(),
    }
    return TemplateResponse(request, "admin/requests/paper.html", context)


def _of(one: RightsRequest, piece: uuid.UUID) -> Paper | None:
    """A paper of this request's check, by the piece of evidence that it is."""
    of_check = Paper.objects.select_related("check_made", "piece").filter(piece=piece)
    return of_check.filter(check_made=one.submission.check_made_id).first()


def _blurred(paper: Paper) -> str:
    try:
        return watermark.as_address(watermark.blurred(clean_pages.blurred(paper)), "png")
    except NotToBeOpened:
        return ""


def listed(check: Check | None, kind: EvidenceKind) -> list[dict[str, Any]]:
    """Every paper of a kind that was given and not taken back, with what became of it."""
    given = Paper.objects.filter(check_made=check, piece__kind=kind).exclude(state=PaperState.REMOVED)
    return [_line(paper) for paper in given.select_related("check_made", "piece", "pages_key").order_by("given_at")]


def _line(paper: Paper) -> dict[str, Any]:
    """What is told of a paper: time, size and marks, never the name that it came with."""
    return {
        "pk": paper.piece_id,
        "given_at": paper.given_at,
        "size": words.size(paper.size),
        "state": _state(paper),
        "can_open": paper.state == PaperState.CLEAN and paper.pages_key.destroyed_at is None,
        "flags": [words.PAPER_FLAGS[flag] for flag in _flags(paper)],
        "seen_in": _seen_in(paper),
    }


def _flags(paper: Paper) -> list[Flag]:
    """The marks that say something: of what nobody can open none but that it was seen elsewhere, and nothing twice."""
    found = clean_pages.flags(paper)
    if paper.state == PaperState.REFUSED:
        return [flag for flag in found if flag is Flag.SEEN_ELSEWHERE]
    return [flag for flag in found if flag is not Flag.NOT_SCANNED or scanning.is_configured()]


def _state(paper: Paper) -> str:
    if paper.state == PaperState.REFUSED:
        return str(words.WHY_REFUSED_FOR_STAFF[WhyRefused(paper.why_refused)])
    if paper.pages_key.destroyed_at:
        return _("Destroyed with the decision.")
    if paper.state == PaperState.CLEAN:
        said = ngettext(
            "%(number)d clean page. The original is destroyed.",
            "%(number)d clean pages. The original is destroyed.",
            paper.pages_drawn,
        )
        return said % {"number": paper.pages_drawn}
    if timezone.now() - paper.given_at > USUAL:
        return _("Not scanned and drawn yet, longer than usual. Ask whether worker and virus scanner run.")
    return _("Not scanned and drawn yet. This takes less than a minute. Reload this page.")


def _seen_in(paper: Paper) -> list[dict[str, Any]]:
    """The requests of others in which the same paper was given."""
    subjects = clean_pages.seen_elsewhere(paper)
    others = RightsRequest.objects.filter(submission__in=subjects).order_by("reference")
    return [{"pk": one.pk, "reference": references.spoken(one.reference)} for one in others]


def no_scanner() -> str:
    """That no scanner is there, and what this means; empty where one is."""
    if scanning.is_configured():
        return ""
    if settings.PRODUCTION:
        return _("No virus scanner is configured, so papers stay closed. Ask an administrator to set one up.")
    return _("Papers are not scanned: no scanner is configured. In production they would stay closed.")
