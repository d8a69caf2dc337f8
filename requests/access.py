"""The doors' one lock. Every page declares who may open it, and nobody fetches a case but through here.

"Not yours" and "not there" are the same answer. A requester's session belongs to one submission, ends after 20
idle minutes and after two hours in any case, and gets a new key each time somebody shows more about themselves. One
that a code on paper opened ends with that code.
"""

import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from primevox_privacy.staff import confirming, second_factor
from requests import identity, joining, releasing, roles
from requests.models import Appeal, RightsRequest, Submission

IDLE = timedelta(minutes=20)
ABSOLUTE = timedelta(hours=2)
FRESH = timedelta(minutes=20)  # how long a code counts as fresh for reading an answer
TYPED, ON_FILE = "typed", "on_file"  # which contact a code reached
PAPER = "paper"  # the continuation code, for people without mail

NOT_TYPED = frozenset({"csrfmiddlewaretoken"})

View = Callable[..., HttpResponseBase]


# --- Rules: each view bears one, and a test walks all addresses and fails on one without -----------------
def _bearing(view: Any, rule: str) -> View:
    """The view, with the rule that the walk over all addresses looks for."""
    view.access_rule = rule
    return view


def anyone(view: View) -> View:
    """Open to everybody; shows nothing about anybody."""
    return _bearing(view, "anyone")


def requester(view: View) -> View:
    """Only within a session that a code opened. The view gets the submission."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        submission = submission_of(request)
        if submission is None:
            return lost(request) if request.method == "POST" else redirect("requests:sign_in")
        response = view(request, submission, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return _bearing(guarded, "requester")


def lost(request: HttpRequest, *, asking: bool = False) -> HttpResponse:
    """Something was sent after session or draft had ended: say so, and give back what was typed, kept nowhere."""
    given = [str(value).strip() for name, value in request.POST.items() if name not in NOT_TYPED]
    typed = [text for text in given if " " in text]
    return render(request, "requests/lost.html", {"typed": typed, "asking": asking}, status=403)


def staff(view: View) -> View:
    """Only members of staff whose role sees cases."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not second_factor.may_enter(request):
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        if not roles.sees_cases(request.user):
            raise PermissionDenied
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return _bearing(guarded, "staff")


def administrators(view: View) -> View:
    """Only members of staff who keep the settings; nothing behind it shows a case."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not second_factor.may_enter(request):
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        if not roles.may_set_levels(request.user):
            raise PermissionDenied
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return _bearing(guarded, "staff")


fresh = confirming.fresh  # within `staff` or `administrators`: only with a second factor shown within five minutes


def ask_who_does(request: HttpRequest, verb: str) -> HttpResponse | None:
    """For a verb with a star in the table of roles: the page that asks who it is, unless they showed it just now."""
    return confirming.ask(request) if verb in roles.FRESH else None


# --- The requester's session -----------------------------------------------------------------------------
def open_session(request: HttpRequest, submission: Submission, contact: str) -> None:
    """A code reached `contact` and was typed back: a new session key, for this submission alone."""
    proofs = {}
    if request.session.get("submission") == str(submission.pk):
        proofs = request.session.get("proofs", {})
        request.session.cycle_key()
    else:
        request.session.flush()
        request.session["since"] = timezone.now().timestamp()
    request.session["submission"] = str(submission.pk)
    request.session["proofs"] = proofs | {contact: timezone.now().timestamp()}
    request.session["seen"] = timezone.now().timestamp()
    if contact == PAPER:
        opened_by_newest_code(request, submission)


def opened_by_newest_code(request: HttpRequest, submission: Submission) -> None:
    """This session goes with the code on paper as it is now: it entered that code, or was just given it."""
    if PAPER in request.session.get("proofs", {}):
        request.session["code"] = submission.continuation_digest


def close_session(request: HttpRequest) -> None:
    request.session.flush()


def submission_of(request: HttpRequest) -> Submission | None:
    """Whose session this is, if it is anybody's and not over."""
    now = timezone.now().timestamp()
    whose = request.session.get("submission")
    if not whose:
        return None
    idle = now - request.session.get("seen", 0) > IDLE.total_seconds()
    over = now - request.session.get("since", 0) > ABSOLUTE.total_seconds()
    if idle or over:
        request.session.flush()
        return None
    request.session["seen"] = now
    known = Submission.objects.select_related("contact_key", "content_key", "check_made")
    found = known.filter(pk=uuid.UUID(whose)).first()
    if found and request.session.get("code", found.continuation_digest) != found.continuation_digest:
        request.session.flush()  # a newer code took the place of the one that opened it
        return None
    return found


def _proved(request: HttpRequest, contact: str) -> bool:
    at = request.session.get("proofs", {}).get(contact, 0)
    return timezone.now().timestamp() - at <= FRESH.total_seconds()


# --- The few doors to an object ----------------------------------------------------------------------------
def for_requester(submission: Submission, reference: str) -> RightsRequest:
    """A request of this submission. Raises Http404 alike for one that is not there and one that is not yours."""
    found = submission.rights_requests.select_related("record_key", "content_key").filter(reference=reference).first()
    if found is None:
        raise Http404
    found.submission = submission
    return found


def may_read_answer(request: HttpRequest, rights_request: RightsRequest) -> bool:
    """Whether a fresh code reached the contact that this answer is for. Nothing opens what is shut."""
    if joining.is_shut(rights_request):
        return False
    if not releasing.goes_to_contact_on_file(rights_request):
        return any(_proved(request, contact) for contact in (TYPED, ON_FILE, PAPER))
    if _proved(request, ON_FILE):
        return True
    return _proved(request, TYPED) and identity.typed_is_on_file(rights_request.submission)


def appeal_for_staff(request: HttpRequest, pk: uuid.UUID) -> Appeal:
    """Any appeal with its request, for staff whose role sees cases. Raises Http404."""
    people = ("handler", "first_drafted_by", "first_released_by", "decided_by")
    related = Appeal.objects.select_related("content_key", "record_key", "against__record_key", *people)
    found = related.filter(pk=pk).first()
    if found is None:
        raise Http404
    found.rights_request = for_staff(request, found.rights_request_id)
    return found


def for_staff(request: HttpRequest, pk: uuid.UUID) -> RightsRequest:
    """Any request, for staff whose role sees cases. Raises Http404."""
    if not roles.sees_cases(request.user):
        raise Http404
    found = (
        RightsRequest.objects.select_related(
            "submission__contact_key", "submission__check_made", "content_key", "record_key", "handler"
        )
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found
