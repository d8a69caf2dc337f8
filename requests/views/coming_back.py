"""Coming back: reference, code, and the page that shows where everything stands."""

import uuid
from contextlib import suppress
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from primevox_privacy.limits.models import address_of, hit
from requests import about_whom, access, forms, hub, identity, references, sign_in, timeline, unsent, workflow
from requests.access import anyone, requester
from requests.forms.files import uploads_of
from requests.models import RightsRequest, SignIn, Submission
from requests.models.submission import Direction
from requests.terms import Right, Status
from requests.views.asking import HOUR
from requests.views.by_button import by_button
from verification.checks import CheckNotAllowed
from verification.codes import LIFETIME, TRIES_A_CODE, Outcome

SIGN_INS_AN_HOUR = 60  # from one address; carriers share addresses among many


@anyone
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_code(request: HttpRequest) -> HttpResponse:
    """See your request: same page and time whether the reference exists or not."""
    form = forms.ReferenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _code_asked(request, form.cleaned_data["reference"])
    return render(request, "requests/sign_in.html", {"form": form})


@anyone
@by_button(back_to="requests:code")
def send_again(request: HttpRequest) -> HttpResponse:
    """Another code for the same reference."""
    before = sign_in_of(request)
    if before is None:
        return redirect("requests:sign_in")
    messages.success(request, _("If we can, we send you a new code now. The one before no longer works."))
    return _code_asked(request, before.reference, to_contact_on_file=before.to_contact_on_file)


@anyone
@by_button(back_to="requests:code")
def code_on_file(request: HttpRequest) -> HttpResponse:
    """A code for the same reference, to a contact we had before. Nothing tells whether there is one."""
    before = sign_in_of(request)
    if before is None:
        return redirect("requests:sign_in")
    return _code_asked(request, before.reference, to_contact_on_file=True)


def _code_asked(request: HttpRequest, reference: str, *, to_contact_on_file: bool = False) -> HttpResponse:
    if too_many_from(request):
        return render(request, "requests/too_many.html", status=429)
    asked = sign_in.ask_for_code(reference, to_contact_on_file=to_contact_on_file)
    request.session["sign_in"] = str(asked.pk)
    return redirect("requests:code")


def too_many_from(request: HttpRequest) -> bool:
    """Counts one more attempt to come in; whether that was too many from this address."""
    return hit("sign-ins", address_of(request), HOUR) > SIGN_INS_AN_HOUR


def sign_in_of(request: HttpRequest) -> SignIn | None:
    """The attempt to come back that this browser began, if any."""
    known = request.session.get("sign_in")
    return SignIn.objects.filter(pk=uuid.UUID(known)).first() if known else None


@anyone
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter_code(request: HttpRequest) -> HttpResponse:
    """Enter the code that was mailed."""
    asked = sign_in_of(request)
    if asked is None:
        return redirect("requests:sign_in")
    form = forms.CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        outcome, submission = sign_in.enter_code(asked, form.cleaned_data["code"])
        if submission is not None:
            access.open_session(request, submission, access.ON_FILE if asked.to_contact_on_file else access.TYPED)
            return redirect("requests:hub")
        form.add_error("code", code_words(outcome, TRIES_A_CODE - asked.tries))
    until = timezone.localtime(asked.asked_at + LIFETIME)
    return render(request, "requests/code.html", {"form": form, "until": until, "on_file": asked.to_contact_on_file})


def code_words(outcome: Outcome, tries_left: int) -> str:
    """What to say about a code that did not open the door."""
    if outcome is Outcome.OUT_OF_DATE:
        return _("That code is out of date. Ask for a new one below.")
    if outcome is Outcome.USED_OR_REPLACED:
        return _("That code was used already, or a newer one was sent. Ask for a new one below.")
    if outcome is Outcome.TOO_MANY or tries_left <= 0:
        return _("That was the last try for this code. Ask for a new one below.")
    return ngettext(
        "That code did not match. You can try %(number)d more time.",
        "That code did not match. You can try %(number)d more times.",
        tries_left,
    ) % {"number": tries_left}


@requester
@require_safe
def show_hub(request: HttpRequest, submission: Submission) -> HttpResponse:
    """Where everything stands, and who waits for whom."""
    return render(request, "requests/hub.html", hub.overview(submission))


@requester
@require_http_methods(["GET", "HEAD", "POST"])
def message(request: HttpRequest, submission: Submission, reference: str) -> HttpResponse:
    """Write to us, or answer our question."""
    rights_request = access.for_requester(submission, reference)
    given = (request.POST, uploads_of(request)) if request.method == "POST" else ()
    kept = unsent.of(rights_request)
    form = forms.MessageForm(submission, *given, initial={"message": kept.text} if kept else None)
    if "keep" in request.POST and _kept_for_later(request, rights_request):
        return redirect("requests:hub")
    if form.is_valid():
        try:
            workflow.reply(rights_request, form.cleaned_data["message"], form.cleaned_data["attached"])
        except workflow.NotAllowed as why_not:
            form.add_error(None, str(why_not))
        else:
            unsent.throw_away(rights_request)
            messages.success(request, _("We have your message. It stands below."))
            return redirect("requests:hub")
    if form.errors:
        unsent.keep(rights_request, request.POST.get(access.MESSAGE, ""))
    asked = rights_request.messages.filter(direction=Direction.TO_REQUESTER).select_related("content_key")
    question = asked.order_by("-written_at").first()
    asks = rights_request.status == Status.WAITING and not hub.fee_waits(rights_request)
    context = {"question": question, "question_files": timeline.files_of(question) if question else [], "asks": asks}
    form.helper = _two_buttons(form, rights_request)
    return case_page(request, "requests/message.html", rights_request, form=form, kept=kept, **context)


def _two_buttons(form: forms.MessageForm, rights_request: RightsRequest) -> FormHelper:
    """Send, or keep it for later. A page left alone keeps it by itself, where it can run a script."""
    helper = FormHelper(form)
    helper.attrs = {"data-keeps": reverse("requests:message_keep", args=[rights_request.reference])}
    helper.add_input(Submit("send", form.submit_label))
    helper.add_input(Submit("keep", _("Keep it for later"), css_class="button--quiet"))
    return helper


def _kept_for_later(request: HttpRequest, rights_request: RightsRequest) -> bool:
    """The button that sends nothing. Files are not kept: only what was typed."""
    if not unsent.keep(rights_request, request.POST.get(access.MESSAGE, "")):
        return False
    messages.success(request, _("We keep what you wrote for 7 days. It is not sent yet."))
    return True


@requester
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, submission: Submission, reference: str) -> HttpResponse:
    """Take a request back, after being asked once whether you are sure."""
    rights_request = access.for_requester(submission, reference)
    if not rights_request.is_open or rights_request.frozen_at:
        return redirect("requests:hub")
    if request.method == "POST":
        try:
            workflow.withdraw(rights_request, by=workflow.REQUESTER)
        except workflow.NotAllowed:
            messages.error(request, _("We did something with this request a moment ago. Look at it again first."))
            return redirect("requests:hub")
        messages.success(request, _("You took the request back. For 24 hours you can undo that here."))
        return redirect("requests:hub")
    others = submission.rights_requests.open().exclude(pk=rights_request.pk).exists()
    return case_page(request, "requests/withdraw.html", rights_request, others=others)


@requester
@require_http_methods(["GET", "HEAD", "POST"])
def show_identity(request: HttpRequest, submission: Submission) -> HttpResponse:
    """Show who you are, with no more than your rights' level needs."""
    task = identity.task_of(submission)
    if task is None:
        return redirect("requests:hub")
    if task.by_code:
        return redirect("requests:identity_code")
    if task.by_document:
        return redirect("requests:document")
    form = forms.IdentityForm(task.facts, task.statement, request.POST or None, capacity=task.capacity)
    if request.method == "POST" and form.is_valid():
        with suppress(CheckNotAllowed):  # sent twice: the first one counts, and the page shows it
            identity.show(submission, form.given(), form.statement(timezone.localdate()))
            messages.success(request, _("Thank you. We will check what you sent."))
        return redirect("requests:hub")
    about = about_whom.of(submission.capacity)
    return render(request, "requests/identity.html", {"form": form, "task": task, "about": about})


def case_page(request: HttpRequest, template: str, rights_request: RightsRequest, **context: Any) -> HttpResponse:
    """A page about one request."""
    about = about_whom.of(rights_request.submission.capacity)
    context |= {
        "rights_request": rights_request,
        "reference": references.spoken(rights_request.reference),
        "right": about.asked(Right(rights_request.right))[0],
        "about": about,
    }
    return render(request, template, context)


@anyone
@by_button(back_to="requests:hub")
def sign_out(request: HttpRequest) -> HttpResponse:
    access.close_session(request)
    return redirect("requests:start")
