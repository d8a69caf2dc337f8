"""Reading an answer, showing who you are by a code, and checking a signed text."""

from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from primevox_privacy import signed
from primevox_privacy.ledger.models import record
from requests import (
    about_whom,
    access,
    answer_files,
    forms,
    identity,
    joining,
    letters,
    references,
    releasing,
    second_look,
    words,
)
from requests.access import anyone, requester
from requests.models import RightsRequest, Submission
from requests.terms import Right
from requests.views.by_button import by_button
from requests.views.coming_back import code_words
from verification import checks, codes
from verification.checks import CheckNotAllowed
from verification.codes import LIFETIME, TRIES_A_CODE, Outcome
from verification.models import Code, CodePurpose


@requester
@by_button(back_to="requests:hub")
def open_answer(request: HttpRequest, submission: Submission, reference: str) -> HttpResponse:
    """Open an answer. Needs a fresh code to the contact that the answer is for; the opening is recorded."""
    rights_request = answered(submission, reference)
    if joining.is_shut(rights_request):
        return redirect("requests:hub")
    if not access.may_read_answer(request, rights_request):
        if not send_fresh_code(request, submission, rights_request):
            return redirect("requests:paper")
        return redirect("requests:answer_code", reference=reference)
    record(rights_request.pk, "answer_read", by="requester")
    request.session["opened"] = reference
    return redirect("requests:answer", reference=reference)


@requester
@require_safe
def answer(request: HttpRequest, submission: Submission, reference: str) -> HttpResponse:
    """Our letters, as they were sent, the newest first."""
    rights_request = answered(submission, reference)
    opened = request.session.get("opened") == reference
    if not opened or not access.may_read_answer(request, rights_request):
        return redirect("requests:hub")
    context = {
        "rights_request": rights_request,
        "reference": references.spoken(reference),
        "right": about_whom.of(submission.capacity).asked(Right(rights_request.right))[0],
        "letters": second_look.letters_of(joining.answered_with(rights_request)),
        "packages": answer_files.overview(rights_request),
    }
    return render(request, "requests/answer.html", context)


@requester
@require_http_methods(["GET", "HEAD", "POST"])
def answer_code(request: HttpRequest, submission: Submission, reference: str) -> HttpResponse:
    """Enter the fresh code that opens an answer."""
    rights_request = answered(submission, reference)
    if joining.is_shut(rights_request):
        return redirect("requests:hub")
    form = forms.CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        outcome, code = codes.attempt(submission.pk, CodePurpose.ANSWER, form.cleaned_data["code"])
        if code is not None:
            access.open_session(request, submission, access.ON_FILE if code.to_contact_on_file else access.TYPED)
            record(rights_request.pk, "answer_read", by="requester")
            request.session["opened"] = reference
            return redirect("requests:answer", reference=reference)
        form.add_error("code", code_words_for(outcome, submission, CodePurpose.ANSWER))
    on_file = releasing.goes_to_contact_on_file(rights_request)
    context = {
        "form": form,
        "reference": reference,
        "on_file": on_file,
        "until": code_until(request, submission, CodePurpose.ANSWER, on_file=on_file),
        "about": about_whom.of(submission.capacity),
    }
    return render(request, "requests/answer_code.html", context)


@requester
@require_http_methods(["GET", "HEAD", "POST"])
def identity_code(request: HttpRequest, submission: Submission) -> HttpResponse:
    """Show who you are by a code to a contact we already had. Nothing of that contact is ever shown."""
    task = identity.task_of(submission)
    if task is None or not task.by_code:
        return redirect("requests:hub")
    if request.method == "POST" and "send" in request.POST:
        _send_code(request, submission, CodePurpose.CHECK, on_file=True)
        return redirect("requests:identity_code")
    form = forms.CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        outcome, code = codes.attempt(submission.pk, CodePurpose.CHECK, form.cleaned_data["code"])
        if code is not None:
            check = submission.check_made
            assert check is not None
            with suppress(CheckNotAllowed):  # decided a moment ago: the hub says how
                checks.code_matched(check)
            access.open_session(request, submission, access.ON_FILE)
            return redirect("requests:hub")
        form.add_error("code", code_words_for(outcome, submission, CodePurpose.CHECK))
    until = code_until(request, submission, CodePurpose.CHECK, on_file=True)
    context = {"form": form, "until": until, "about": about_whom.of(submission.capacity), "by_mail": submission.email}
    return render(request, "requests/identity_code.html", context)


@anyone
@require_http_methods(["GET", "HEAD", "POST"])
def check_signed(request: HttpRequest) -> HttpResponse:
    """Is this receipt or certificate from us, and unchanged? Writes nothing."""
    form = forms.SignedTextForm(request.POST or None, request.FILES or None)
    context: dict[str, object] = {"form": form, "public_keys": signed.public_keys()}
    if request.method == "POST" and form.is_valid():
        try:
            context["statement"] = statement = signed.check(form.to_check())
            context["lines"] = _in_words(statement)
        except signed.NotOurs as reason:
            form.add_error("text", str(reason))
    return render(request, "requests/check_signed.html", context)


def _in_words(statement: dict[str, Any]) -> list[tuple[Any, str, bool]]:
    """A signed statement, line by line, as a person reads it; and whether a value stands as it was signed, in English
    where it has words."""
    names = words.SIGNED_LINES
    lines = []
    for name, value in statement.items():
        told, signed_so = _told(name, value), _as_signed(value)
        lines.append((names.get(name, name.replace("_", " ")), told, told == signed_so))
    return lines


def _as_signed(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {of_it}" for name, of_it in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _told(name: str, value: Any) -> str:
    """Kinds, days and moments in the reader's language, everything else as it was signed."""
    if isinstance(value, dict):
        return ", ".join(f"{each}: {_told(name, of_it)}" for each, of_it in value.items())
    try:
        if name == "kind":
            return str(words.SIGNED_KINDS.get(value, value))
        if name.endswith("_at"):
            at = timezone.localtime(datetime.fromisoformat(value))
            return _("%(moment)s, Texas time") % {"moment": date_format(at, "DATETIME_WITH_WEEKDAY")}
        if name.endswith(("_on", "_by")):
            return words.day(date.fromisoformat(value))
    except ValueError:  # not what we sign today
        pass
    return _as_signed(value)


def answered(submission: Submission, reference: str) -> RightsRequest:
    """A request with a letter to read: its own, or that of the request it was joined to. Raises Http404."""
    rights_request = access.for_requester(submission, reference)
    if not second_look.has_letters(joining.answered_with(rights_request)):
        raise Http404
    return rights_request


def send_fresh_code(request: HttpRequest, submission: Submission, rights_request: RightsRequest) -> bool:
    """Send a code to the contact that an answer is for. False for who has no mail, but a code on paper."""
    on_file = releasing.goes_to_contact_on_file(rights_request)
    if not on_file and not submission.email:
        return False
    _send_code(request, submission, CodePurpose.ANSWER, on_file=on_file)
    return True


def _send_code(request: HttpRequest, submission: Submission, purpose: CodePurpose, *, on_file: bool) -> None:
    """Send a code if there is where to, and if not too many were sent. The page says the same either way."""
    request.session[f"{purpose}_code_asked_at"] = timezone.now().timestamp()
    contact = identity.contact_on_file(submission) if on_file else None
    if (on_file and contact is None) or (not on_file and not submission.email):
        return
    try:
        code, digits = codes.issue(submission.pk, purpose, to_contact_on_file=on_file)
    except codes.TooManyCodes:
        return
    letters.code(submission, code, digits, contact)


def code_until(request: HttpRequest, submission: Submission, purpose: CodePurpose, *, on_file: bool) -> datetime | None:
    """Until when the code that was asked for last is good; None where there is none. Of a contact of ours the time
    tells nothing: it goes by the button that was pressed, whether a code was sent or not."""
    if on_file:
        asked = request.session.get(f"{purpose}_code_asked_at")
        until = datetime.fromtimestamp(asked, tz=UTC) + LIFETIME if asked else None
    else:
        live = Code.objects.filter(subject=submission.pk, purpose=purpose, used_at=None, replaced_at=None)
        until = live.filter(expires_at__gt=timezone.now()).values_list("expires_at", flat=True).first()
    return timezone.localtime(until) if until else None


def code_words_for(outcome: Outcome, submission: Submission, purpose: CodePurpose) -> str:
    """What to say about a code that did not open; how many tries are left."""
    latest = Code.objects.filter(subject=submission.pk, purpose=purpose).order_by("-made_at").first()
    return code_words(outcome, TRIES_A_CODE - latest.tries if latest else TRIES_A_CODE - 1)
