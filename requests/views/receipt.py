"""The receipt: what came in, the dates, and for people without mail the code to come back with."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from requests import about_whom, acting_for, drafts, intake, references, words
from requests.access import anyone
from requests.models import Draft, RightsRequest, Submission
from requests.terms import DateKind, Right
from verification.levels import AssuranceLevel


@anyone
@never_cache
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Reload it as often as you like within the hour; later it takes reference and code."""
    draft, submission = _just_sent(request)
    if submission is None:
        return redirect("requests:sign_in")
    requests = submission.rights_requests.prefetch_related("due_dates").order_by("reference")
    check = submission.check_made
    receipts = [_receipt(one, about_whom.of(submission.capacity)) for one in requests]
    context = {
        "submission": submission,
        "requests": receipts,
        "dates": _dates(receipts),
        "received": words.day(submission.received_on),
        "asks_identity": check is not None and check.asked > AssuranceLevel.T1,
        "asks_authority": check is not None and submission.capacity in acting_for.FOR_SOMEBODY_ELSE,
        "by_mail": bool(submission.email),
        "code": drafts.answers_of(draft).get(intake.CODE_ON_RECEIPT),
    }
    return render(request, "requests/sent.html", context)


@anyone
@never_cache
@require_safe
def code_on_receipt(request: HttpRequest) -> HttpResponse:
    """The code of the receipt, to be saved as text within the same hour."""
    draft, submission = _just_sent(request)
    code = drafts.answers_of(draft).get(intake.CODE_ON_RECEIPT)
    if submission is None or not code:
        return redirect("requests:sign_in")
    opened = submission.rights_requests.order_by("reference").values_list("reference", flat=True)
    page = settings.PUBLIC_URL + reverse("requests:paper")
    context = {"code": code, "references": [references.spoken(one) for one in opened], "page": page}
    text = render_to_string("requests/new_code.txt", context)
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="primevox-code.txt"'
    return response


def _just_sent(request: HttpRequest) -> tuple[Draft | None, Submission | None]:
    """What this browser sent within the last hour."""
    draft = drafts.of_browser(request)
    submission = draft.submission if draft else None
    if submission is None or timezone.now() - submission.received_at > intake.RECEIPT_SHOWN_FOR:
        return draft, None
    return draft, submission


def _receipt(rights_request: RightsRequest, about: about_whom.AboutWhom) -> dict[str, Any]:
    """One line of the receipt: reference, wish and law's name for it, the leading date in words and why."""
    due = next(
        one
        for one in rights_request.due_dates.all()
        if one.due_on == rights_request.leading_on and one.kind != DateKind.ACKNOWLEDGEMENT
    )
    asked, legal = about.asked(Right(rights_request.right))
    return {
        "reference": references.spoken(rights_request.reference),
        "right": asked,
        "legal": legal,
        "due": words.day(rights_request.leading_on),
        "why": words.why(due.reason, due.why),
        "at_once": rights_request.at_once,
    }


def _dates(receipts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The dates of a receipt, those that are alike together."""
    alike: dict[tuple[Any, ...], list[Any]] = {}
    for one in receipts:
        alike.setdefault((one["due"], one["why"], one["at_once"]), []).append(one["right"])
    return [
        {"due": due, "why": why, "at_once": at_once, "rights": rights} for (due, why, at_once), rights in alike.items()
    ]
