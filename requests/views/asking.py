"""Asking: from the first page to sending. What comes then stands in `receipt.py`."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from primevox_privacy.limits.models import address_of, hit
from requests import about_whom, assurance, drafts, forms, gpc, intake, words
from requests.access import anyone, lost
from requests.details import of_draft
from requests.models import Draft
from requests.terms import Right
from requests.views import summary
from verification.levels import AssuranceLevel

HOUR = timedelta(hours=1)
DRAFTS_FOR_ONE_SUBMISSION = 10
START = reverse_lazy("requests:start")


@anyone
@gpc.differs
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The first page. Whoever has answers here that were not sent can go on with them, or throw them away."""
    draft = drafts.unsent(request)
    context: dict[str, Any] = {"signal_seen": gpc.is_seen(request)}
    if draft and (answers := drafts.answers_of(draft)):
        context["go_on"] = summary.page_of(drafts.missing_step(answers) or drafts.CHECK)
        context["kept_until"] = words.day(drafts.kept_until(draft))
    response = render(request, "requests/start.html", context)
    if draft:
        add_never_cache_headers(response)
    patch_vary_headers(response, ["Cookie"])
    return response


@anyone
@require_POST
def throw_away(request: HttpRequest) -> HttpResponse:
    """Answers that were not sent, deleted at once."""
    if draft := drafts.unsent(request):
        drafts.throw_away(draft)
    messages.success(request, gettext("What you had typed here is deleted."))
    response = redirect("requests:start")
    response.delete_cookie(drafts.COOKIE)
    return response


@anyone
@gpc.differs
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rights(request: HttpRequest, right: str | None = None) -> HttpResponse:
    """What would you like? Linkable with one right ticked."""
    draft = drafts.unsent(request)
    answers = drafts.answers_of(draft)
    ticked = list(answers.get("rights", ())) + ([right] if right else [])
    form = forms.RightsForm(request.POST or None, initial={"rights": ticked}, capacity=drafts.capacity_of(answers))
    if request.method == "POST" and form.is_valid():
        if draft is None and too_many(request, "drafts", DRAFTS_FOR_ONE_SUBMISSION):
            return come_another_way(request)
        answers["rights"] = form.cleaned_data["rights"]
        if answers["rights"] == [Right.OPT_OUT] and gpc.is_seen(request):
            return redirect("requests:opt_out")  # one page, and it is done
        return go_on(drafts.RIGHTS, drafts.keep(draft, answers))
    return _page(request, "requests/rights.html", drafts.RIGHTS, form, answers)


@anyone
@require_safe
def all_details(request: HttpRequest) -> HttpResponse:
    """The first of the pages with the questions of each right, if there are any."""
    answers = drafts.answers_of(drafts.unsent(request))
    return redirect(summary.page_of(drafts.details_step(1) if drafts.detailed(answers) else drafts.RIGHTS))


@anyone
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest, number: int) -> HttpResponse:
    """The few questions of one of the ticked rights."""
    draft = drafts.unsent(request)
    if draft is None:
        return _without_draft(request)
    answers = drafts.answers_of(draft)
    if not 1 <= number <= len(drafts.detailed(answers)):
        return redirect("requests:ask")
    step, right = drafts.details_step(number), drafts.detailed(answers)[number - 1]
    known = of_draft(answers).get(right, {})
    form = forms.DETAILS_FORMS[right](known, request.POST or None)
    if request.method == "POST" and form.is_valid():
        draft = drafts.keep(draft, drafts.with_details(answers, right, form.given()))
        return go_on(step, draft) if form.is_done else redirect("requests:ask_details", number)
    return _page(request, "requests/details.html", step, form, answers)


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
        return _without_draft(request)
    answers = drafts.answers_of(draft)
    form = form_of(answers, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return go_on(step, drafts.keep(draft, drafts.changed(answers, form.answers())))
    return _page(request, f"requests/{step}.html", step, form, answers)


def _without_draft(request: HttpRequest) -> HttpResponse:
    return lost(request, asking=True) if request.method == "POST" else redirect("requests:ask")


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
        return redirect(summary.page_of(missing))
    if request.method == "POST":
        return _send(request, draft)
    order = drafts.steps(answers)
    asked = intake.Asked.from_draft(answers, settings.LANGUAGE_CODE)
    asks_identity = any(
        assurance.least_level(right, about_marketing=about_marketing) > AssuranceLevel.T0
        for right, about_marketing, _given in asked.parts()
    )
    context = {
        "answers": summary.rows(answers),
        "asks_identity": asks_identity,
        "about": about_whom.of(drafts.capacity_of(answers)),
        "reachable": drafts.REACH in order or bool(asked.email),
        "back": summary.page_of(order[-2]),
    }
    return render(request, "requests/check.html", context)


def _send(request: HttpRequest, draft: Draft) -> HttpResponse:
    """One commit writes all, the count for the limit last, so that neighbours behind one address hardly wait."""
    with transaction.atomic():
        language = get_language() or settings.LANGUAGE_CODE
        intake.send_draft(draft.pk, language, signal_seen=gpc.is_seen(request))
        if too_many(request, "submissions", 1):
            transaction.set_rollback(True)
            return come_another_way(request)
    return redirect("requests:sent")


def _page(request: HttpRequest, template: str, step: str, form: Any, answers: dict[str, Any]) -> HttpResponse:
    order = drafts.steps(answers)
    before = order[order.index(step) - 1] if step in order and order.index(step) else None
    context = {"form": form, "back": summary.page_of(before) if before else START}
    return render(request, template, context)


def go_on(step: str, draft: Draft) -> HttpResponse:
    """To the first page after `step` that still wants an answer."""
    response = redirect(summary.page_of(drafts.next_step(step, drafts.answers_of(draft))))
    drafts.remember(response, draft)
    return response


def too_many(request: HttpRequest, what: str, times: int) -> bool:
    return hit(what, address_of(request), HOUR) > settings.SUBMISSIONS_PER_HOUR * times


def come_another_way(request: HttpRequest) -> HttpResponse:
    """Over the limit: never a dead end, because turning away a lawful request is also harm."""
    return render(request, "requests/too_many.html", status=429)
