"""Asking: from the first page to sending. What comes then stands in `receipt.py`."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from primevox_privacy.limits.models import address_of, hit
from requests import about_whom, assurance, drafts, forms, intake
from requests.access import anyone, lost
from requests.models import Draft
from requests.terms import Right
from requests.views import summary
from verification.levels import AssuranceLevel

HOUR = timedelta(hours=1)
DRAFTS_FOR_ONE_SUBMISSION = 10


@anyone
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    return render(request, "requests/start.html")


@anyone
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rights(request: HttpRequest, right: str | None = None) -> HttpResponse:
    """What would you like? Linkable with one right ticked."""
    draft = drafts.unsent(request)
    answers = drafts.answers_of(draft)
    ticked = list(answers.get("rights", ())) + ([right] if right else [])
    form = forms.RightsForm(request.POST or None, initial={"rights": ticked}, capacity=drafts.capacity_of(answers))
    if request.method == "POST" and form.is_valid():
        if draft is None and _too_many(request, "drafts", DRAFTS_FOR_ONE_SUBMISSION):
            return _come_another_way(request)
        answers["rights"] = form.cleaned_data["rights"]
        return _go_on(drafts.RIGHTS, drafts.keep(draft, answers))
    return _page(request, "requests/rights.html", drafts.RIGHTS, form, answers)


@anyone
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def opt_out(request: HttpRequest) -> HttpResponse:
    """Opting out by its own address: the one question, and nothing before it."""
    form = forms.DetailsForm([Right.OPT_OUT], request.POST or None)
    if request.method == "POST" and form.is_valid():
        if _too_many(request, "drafts", DRAFTS_FOR_ONE_SUBMISSION):
            return _come_another_way(request)
        draft = drafts.keep(drafts.unsent(request), {"rights": [Right.OPT_OUT.value], **form.answers()})
        return _go_on(drafts.DETAILS, draft)
    return render(request, "requests/details.html", {"form": form, "back": "requests:start"})


@anyone
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest) -> HttpResponse:
    """The few words that the ticked rights need."""
    return _question(
        request,
        drafts.DETAILS,
        lambda answers, typed: forms.DetailsForm(
            drafts.rights_of(answers), typed, initial=forms.DetailsForm.before(answers)
        ),
    )


@anyone
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def who(request: HttpRequest) -> HttpResponse:
    """Who is it about?"""
    return _question(request, drafts.WHO, lambda answers, typed: forms.WhoForm(typed, initial=answers))


@anyone
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def about(request: HttpRequest) -> HttpResponse:
    """One page more for everybody but a customer who asks for themselves."""
    draft = drafts.unsent(request)
    if draft and drafts.ABOUT not in drafts.steps(drafts.answers_of(draft)):
        return redirect("requests:ask_who")
    return _question(
        request,
        drafts.ABOUT,
        lambda answers, typed: forms.ABOUT_FORMS[drafts.capacity_of(answers)](typed, initial=answers),
    )


@anyone
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def where(request: HttpRequest) -> HttpResponse:
    """Where do they live whom it is about? Decides which law applies."""
    return _question(
        request,
        drafts.WHERE,
        lambda answers, typed: forms.ResidenceForm(
            typed, initial=forms.ResidenceForm.before(answers), capacity=drafts.capacity_of(answers)
        ),
    )


@anyone
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reach(request: HttpRequest) -> HttpResponse:
    """How can we reach you?"""
    return _question(
        request,
        drafts.REACH,
        lambda answers, typed: forms.ReachForm(typed, initial=answers, capacity=drafts.capacity_of(answers)),
    )


def _question(request: HttpRequest, step: str, form_of: Callable[[dict[str, Any], Any], Any]) -> HttpResponse:
    """One page of questions within a draft: shows what was answered before, keeps what is answered now."""
    draft = drafts.unsent(request)
    if draft is None:
        return lost(request, asking=True) if request.method == "POST" else redirect("requests:ask")
    answers = drafts.answers_of(draft)
    form = form_of(answers, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _go_on(step, drafts.keep(draft, drafts.changed(answers, form.answers())))
    return _page(request, f"requests/{step}.html", step, form, answers)


@anyone
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Check the answers, and send. Sending twice gives the same submission."""
    draft = drafts.of_browser(request)
    if draft is None:
        return redirect("requests:ask")
    if draft.submission_id:
        return redirect("requests:sent")
    answers = drafts.answers_of(draft)
    if missing := drafts.missing_step(answers):
        return redirect(summary.STEP_PAGES[missing])
    if request.method == "POST":
        return _send(request, draft)
    asks_identity = any(
        assurance.least_level(right, about_marketing=bool(answers.get("about_marketing"))) > AssuranceLevel.T0
        for right in drafts.rights_of(answers)
    )
    reachable = drafts.REACH in drafts.steps(answers) or "@" in answers.get("wishes", {}).get(Right.OPT_OUT.value, "")
    context = {
        "answers": summary.rows(answers),
        "asks_identity": asks_identity,
        "about": about_whom.of(drafts.capacity_of(answers)),
        "reachable": reachable,
        "back": summary.STEP_PAGES[drafts.steps(answers)[-2]],
    }
    return render(request, "requests/check.html", context)


def _send(request: HttpRequest, draft: Draft) -> HttpResponse:
    """One commit writes all, the count for the limit last, so that neighbours behind one address hardly wait."""
    with transaction.atomic():
        intake.send_draft(draft.pk, get_language() or settings.LANGUAGE_CODE)
        if _too_many(request, "submissions", 1):
            transaction.set_rollback(True)
            return _come_another_way(request)
    return redirect("requests:sent")


def _page(request: HttpRequest, template: str, step: str, form: Any, answers: dict[str, Any]) -> HttpResponse:
    order = drafts.steps(answers)
    before = order[order.index(step) - 1] if step in order and order.index(step) else None
    context = {"form": form, "back": summary.STEP_PAGES[before] if before else "requests:start"}
    return render(request, template, context)


def _go_on(step: str, draft: Draft) -> HttpResponse:
    response = redirect(summary.STEP_PAGES[drafts.next_step(step, drafts.answers_of(draft))])
    drafts.remember(response, draft)
    return response


def _too_many(request: HttpRequest, what: str, times: int) -> bool:
    return hit(what, address_of(request), HOUR) > settings.SUBMISSIONS_PER_HOUR * times


def _come_another_way(request: HttpRequest) -> HttpResponse:
    """Over the limit: never a dead end, because turning away a lawful request is also harm."""
    return render(request, "requests/too_many.html", status=429)
