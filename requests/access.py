"""The doors' one lock. Every page declares who may open it, and nobody fetches a case but through here.

"Not yours" and "not there" are the same answer. A requester's session belongs to one submission, ends after 20
idle minutes and after two hours in any case, and gets a new key each time somebody shows more about themselves. One
that a code on paper opened ends with that code.
"""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from primevox_privacy.staff import confirming, second_factor
from requests import identity, joining, releasing, roles, unsent
from requests.inventory.models import Task
from requests.models import Appeal, RightsRequest, Submission

IDLE = timedelta(minutes=20)
ABSOLUTE = timedelta(hours=2)
FRESH = timedelta(minutes=20)  # how long a code counts as fresh for reading an answer
TYPED, ON_FILE = "typed", "on_file"  # which contact a code reached
PAPER = "paper"  # the continuation code, for people without mail

NOT_TYPED = frozenset({"csrfmiddlewaretoken"})
MESSAGE = "message"  # the field with the text that waits when it came too late

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
    return _within_a_session(view, is_a_step=True)


def requester_at_rest(view: View) -> View:
    """The same for what a page does by itself: it does not make the session last longer."""
    return _within_a_session(view, is_a_step=False)


def _within_a_session(view: View, *, is_a_step: bool) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        session = dict(request.session.items())
        submission = submission_of(request, is_a_step=is_a_step)
        if submission is None:
            if request.method != "POST":
                return redirect("requests:sign_in")
            return lost(request, kept=_kept_of(request, session, kwargs.get("reference")))
        request.session_end = _end_said(request)  # type: ignore[attr-defined]  # every page says it
        response = view(request, submission, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return _bearing(guarded, "requester")


def _kept_of(request: HttpRequest, session: dict[str, Any], reference: str | None) -> bool:
    """A message that came too late waits for its writer, where we know by the session that has ended whose it is."""
    if not (reference and session.get("submission") and request.POST.get(MESSAGE)):
        return False
    whose = Submission.objects.filter(pk=uuid.UUID(session["submission"])).first()
    if whose is None or not _goes_with(session, whose):
        return False
    return unsent.keep_after_the_end(whose.pk, reference, request.POST[MESSAGE])


def lost(request: HttpRequest, *, asking: bool = False, kept: bool = False) -> HttpResponse:
    """Something was sent after session or draft had ended: say so, and give back what was typed. `kept`: it waits with
    its request; else it is kept nowhere."""
    given = [str(value).strip() for name, value in request.POST.items() if name not in NOT_TYPED]
    typed = [text for text in given if " " in text]
    return render(request, "requests/lost.html", {"typed": typed, "asking": asking, "kept": kept}, status=403)


def _only_for(view: View, may: Callable[[Any], bool]) -> View:
    """Who signed in with a second factor and whose role allows it; nothing of it stays in a browser's cache."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not second_factor.may_enter(request):
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        if not may(request.user):
            raise PermissionDenied
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return _bearing(guarded, "staff")


def staff(view: View) -> View:
    """Only members of staff whose role sees cases."""
    return _only_for(view, roles.sees_cases)


def administrators(view: View) -> View:
    """Only members of staff who keep the settings; nothing behind it shows a case."""
    return _only_for(view, roles.may_set_levels)


def inventory_readers(view: View) -> View:
    """Only members of staff who work with cases or keep the inventory; nothing behind it shows a case."""
    return _only_for(view, lambda user: roles.may(user, "read_inventory"))


def collectors(view: View) -> View:
    """Only owners of systems. Nothing behind it shows a case: only tasks of theirs."""
    return _only_for(view, lambda user: roles.may(user, "see_own_tasks"))


def rule_readers(view: View) -> View:
    """Only members of staff who work by the rules or keep them; nothing behind it shows a case."""
    return _only_for(view, lambda user: roles.may(user, "read_rules"))


def playbook_keepers(view: View) -> View:
    """Only those among them who propose and confirm what others start from."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not roles.may(request.user, "keep_playbooks"):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return rule_readers(guarded)


# Within `staff`, `administrators` or `playbook_keepers`: only with a second factor shown within five minutes.
fresh = confirming.fresh


def ask_who_does(request: HttpRequest, verb: str, *, for_file: bool = False) -> HttpResponse | None:
    """For a verb with a star in the table of roles: the page that asks who it is, unless they showed it just now."""
    return confirming.ask(request, for_file=for_file) if verb in roles.FRESH else None


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
    request.session["changed"] = _stamp(submission)
    request.session["seen"] = timezone.now().timestamp()
    if contact == PAPER:
        opened_by_newest_code(request, submission)


def opened_by_newest_code(request: HttpRequest, submission: Submission) -> None:
    """This session goes with the code on paper as it is now: it entered that code, or was just given it."""
    if PAPER in request.session.get("proofs", {}):
        request.session["code"] = submission.continuation_digest


def keep_session_after_change(request: HttpRequest, submission: Submission) -> None:
    """The requester changed how we reach them, here. This session goes on, and proves no less and no more but for the
    address until now; all others end (`submission_of`)."""
    proofs = dict(request.session.get("proofs", {}))
    proofs.pop(TYPED, None)
    request.session["proofs"] = proofs
    request.session["changed"] = _stamp(submission)


def _goes_with(session: Any, submission: Submission) -> bool:
    """Whether contact and code on paper are still those that the session came with; newer ones end it."""
    code = session.get("code", submission.continuation_digest)
    return session.get("changed", "") == _stamp(submission) and code == submission.continuation_digest


def _stamp(submission: Submission) -> str:
    return submission.contact_changed_at.isoformat() if submission.contact_changed_at else ""


def close_session(request: HttpRequest) -> None:
    request.session.flush()


def submission_of(request: HttpRequest, *, is_a_step: bool = True) -> Submission | None:
    """Whose session this is, if it is anybody's and not over. A step makes it last longer. It is over, too, once the
    contact or the code has changed that let it begin."""
    now = timezone.now().timestamp()
    whose = request.session.get("submission")
    if not whose:
        return None
    idle = now - request.session.get("seen", 0) > IDLE.total_seconds()
    over = now - request.session.get("since", 0) > ABSOLUTE.total_seconds()
    known = Submission.objects.select_related("contact_key", "content_key", "check_made")
    found = None if idle or over else known.filter(pk=uuid.UUID(whose)).first()
    if found is None or not _goes_with(request.session, found):
        request.session.flush()
        return None
    if is_a_step:
        request.session["seen"] = now
    return found


def _end_said(request: HttpRequest) -> dict[str, Any]:
    until = ends_at(request)
    return {"at": timezone.localtime(until), "seconds": max(0, int((until - timezone.now()).total_seconds()))}


def ends_at(request: HttpRequest) -> datetime:
    """When this session is over if nobody takes a step."""
    idle = request.session["seen"] + IDLE.total_seconds()
    over = request.session["since"] + ABSOLUTE.total_seconds()
    return datetime.fromtimestamp(min(idle, over), tz=UTC)


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
    """Any request of a person, for staff whose role sees cases. Raises Http404."""
    if not roles.sees_cases(request.user):
        raise Http404
    found = (
        RightsRequest.objects.of_people()
        .select_related("submission__contact_key", "submission__check_made", "content_key", "record_key", "handler")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found


def task_of_owner(request: HttpRequest, pk: uuid.UUID, *, answered: bool = False) -> Task:
    """A task that its owner can work on now, or has `answered` and can read. Raises Http404 alike for one that is not
    theirs, not there, or over."""
    tasks = Task.objects.answered() if answered else Task.objects.ready()
    related = tasks.select_related("system", "content_key", "checklist__rights_request", "checklist__content_key")
    task = related.filter(pk=pk, owner=request.user).first() if roles.may(request.user, "see_own_tasks") else None
    if task is None:
        raise Http404
    return task
