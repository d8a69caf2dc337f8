"""The receipt: what came in, the dates, and for people without mail the code to come back with. To print, as text, and
as a small signed file that anybody can check."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from requests import about_whom, acting_for, drafts, intake, receipts, references, words
from requests.access import anyone, requester
from requests.models import Draft, RightsRequest, Submission
from requests.terms import DateKind
from verification.levels import AssuranceLevel

# --- Within an hour of sending, in the same browser -----------------------------------------------------------


@anyone
@never_cache
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Reload it as often as you like within the hour; later it takes reference and code."""
    draft, submission = _just_sent(request)
    if submission is None:
        return redirect("requests:sign_in")
    check = submission.check_made
    context = _shown(submission) | {
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
    return _file(render_to_string("requests/new_code.txt", context), "primevox-code.txt")


@anyone
@never_cache
@require_safe
def as_text(request: HttpRequest) -> HttpResponse:
    """The receipt as a text file."""
    _draft, submission = _just_sent(request)
    return _text_of(submission) if submission else redirect("requests:sign_in")


@anyone
@never_cache
@require_safe
def signed(request: HttpRequest) -> HttpResponse:
    """The signed receipt."""
    _draft, submission = _just_sent(request)
    return _signed_of(submission) if submission else redirect("requests:sign_in")


def _just_sent(request: HttpRequest) -> tuple[Draft | None, Submission | None]:
    """What this browser sent within the last hour."""
    draft = drafts.of_browser(request)
    submission = draft.submission if draft else None
    if submission is None or timezone.now() - submission.received_at > intake.RECEIPT_SHOWN_FOR:
        return draft, None
    return draft, submission


# --- Later, for whom a code let in ------------------------------------------------------------------------------
@requester
@require_safe
def again(request: HttpRequest, submission: Submission) -> HttpResponse:
    """The same receipt, to be printed or saved at any time."""
    return render(request, "requests/receipt.html", _shown(submission))


@requester
@require_safe
def again_as_text(request: HttpRequest, submission: Submission) -> HttpResponse:
    return _text_of(submission)


@requester
@require_safe
def again_signed(request: HttpRequest, submission: Submission) -> HttpResponse:
    return _signed_of(submission)


# --- What stands in it ------------------------------------------------------------------------------------------
def _shown(submission: Submission) -> dict[str, Any]:
    kept = submission.rights_requests.prefetch_related("due_dates").order_by("reference")
    requests = [_receipt(one, about_whom.of(submission.capacity)) for one in kept]
    return {
        "submission": submission,
        "requests": requests,
        "dates": _dates(requests),
        "received": words.day(submission.received_on),
        "has_signed": bool(submission.signed_receipt),
    }


def _text_of(submission: Submission) -> HttpResponse:
    related = submission.rights_requests.select_related("content_key").order_by("reference")
    context = _shown(submission) | {
        "page": settings.PUBLIC_URL + reverse("requests:sign_in"),
        "check_page": settings.PUBLIC_URL + reverse("requests:check_signed"),
        "content": receipts.content_that_fits(submission, related),
    }
    return _file(render_to_string("requests/receipt.txt", context), "primevox-receipt.txt")


def _signed_of(submission: Submission) -> HttpResponse:
    if not submission.signed_receipt:
        raise Http404
    return _file(submission.signed_receipt, "primevox-receipt.json", "application/json")


def _file(text: str, name: str, kind: str = "text/plain") -> HttpResponse:
    response = HttpResponse(text, content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _receipt(rights_request: RightsRequest, about: about_whom.AboutWhom) -> dict[str, Any]:
    """One line of the receipt: reference, wish and law's name for it, the leading date in words and why."""
    on_that_day = [
        one
        for one in rights_request.due_dates.all()
        if one.due_on == rights_request.leading_on and one.kind != DateKind.ACKNOWLEDGEMENT
    ]
    due = on_that_day[0] if on_that_day else None  # none once it was moved and told
    asked, legal = about.asked(rights_request.sent_as)
    return {
        "reference": references.spoken(rights_request.reference),
        "right": asked,
        "legal": legal,
        "due": words.day(rights_request.leading_on),
        "why": words.why(due.reason, due.why) if due else "",
        "at_once": rights_request.at_once,
    }


def _dates(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The dates of a receipt, those that are alike together."""
    alike: dict[tuple[Any, ...], list[Any]] = {}
    for one in lines:
        alike.setdefault((one["due"], one["why"], one["at_once"]), []).append(one["right"])
    return [
        {"due": due, "why": why, "at_once": at_once, "rights": rights} for (due, why, at_once), rights in alike.items()
    ]
