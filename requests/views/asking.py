"""Asking: from the first page to the receipt."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django_countries import countries

from primevox_privacy.limits.models import address_of, hit
from requests import assurance, drafts, forms, intake, references, regimes, words
from requests.access import anyone, lost
from requests.models import Draft, RightsRequest
from requests.terms import DateKind, Right
from verification.levels import AssuranceLevel

RECEIPT_SHOWN_FOR = timedelta(hours=1)  # then reference and code lead to the same facts
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
    form = forms.RightsForm(request.POST or None, initial={"rights": ticked})
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
def where(request: HttpRequest) -> HttpResponse:
    """Where do you live? Decides which law applies."""
    return _question(
        request,
        drafts.WHERE,
        lambda answers, typed: forms.ResidenceForm(typed, initial=forms.ResidenceForm.before(answers)),
    )


@anyone
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reach(request: HttpRequest) -> HttpResponse:
    """How can we reach you?"""
    return _question(request, drafts.REACH, lambda answers, typed: forms.ReachForm(typed, initial=answers))


def _question(request: HttpRequest, step: str, form_of: Callable[[dict[str, Any], Any], Any]) -> HttpResponse:
    """One page of questions within a draft: shows what was answered before, keeps what is answered now."""
    draft = drafts.unsent(request)
    if draft is None:
        return lost(request, asking=True) if request.method == "POST" else redirect("requests:ask")
    answers = drafts.answers_of(draft)
    form = form_of(answers, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _go_on(step, drafts.keep(draft, answers | form.answers()))
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
        return redirect(STEP_PAGES[missing])
    if request.method == "POST":
        return _send(request, draft)
    asks_identity = any(
        assurance.least_level(right, about_marketing=bool(answers.get("about_marketing"))) > AssuranceLevel.T0
        for right in drafts.rights_of(answers)
    )
    reachable = drafts.REACH in drafts.steps(answers) or "@" in answers.get("wishes", {}).get(Right.OPT_OUT.value, "")
    context = {
        "answers": _in_words(answers),
        "asks_identity": asks_identity,
        "reachable": reachable,
        "back": STEP_PAGES[drafts.steps(answers)[-2]],
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


@anyone
@never_cache
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """The receipt. Reload as often as you like within the hour; later it takes reference and code."""
    draft = drafts.of_browser(request)
    submission = draft.submission if draft else None
    if submission is None or timezone.now() - submission.received_at > RECEIPT_SHOWN_FOR:
        return redirect("requests:sign_in")
    requests = submission.rights_requests.prefetch_related("due_dates").order_by("reference")
    check = submission.check_made
    receipts = [_receipt(one) for one in requests]
    context = {
        "submission": submission,
        "requests": receipts,
        "dates": _dates(receipts),
        "received": words.day(submission.received_on),
        "asks_identity": check is not None and check.asked > AssuranceLevel.T1,
        "by_mail": bool(submission.email),
    }
    return render(request, "requests/sent.html", context)


def _receipt(rights_request: RightsRequest) -> dict[str, Any]:
    """One line of the receipt: reference, wish and law's name for it, the leading date in words and why."""
    due = next(
        one
        for one in rights_request.due_dates.all()
        if one.due_on == rights_request.leading_on and one.kind != DateKind.ACKNOWLEDGEMENT
    )
    asked, legal = words.ASKED[Right(rights_request.right)]
    return {
        "reference": references.spoken(rights_request.reference),
        "right": asked,
        "legal": legal,
        "due": words.day(rights_request.leading_on),
        "why": due.why,
        "at_once": due.at_once,
    }


def _dates(receipts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The dates of a receipt, those that are alike together."""
    alike: dict[tuple[Any, ...], list[Any]] = {}
    for one in receipts:
        alike.setdefault((one["due"], one["why"], one["at_once"]), []).append(one["right"])
    return [
        {"due": due, "why": why, "at_once": at_once, "rights": rights} for (due, why, at_once), rights in alike.items()
    ]


STEP_PAGES = {
    drafts.RIGHTS: "requests:ask",
    drafts.DETAILS: "requests:ask_details",
    drafts.WHERE: "requests:ask_where",
    drafts.REACH: "requests:ask_reach",
    drafts.CHECK: "requests:ask_check",
}


def _page(request: HttpRequest, template: str, step: str, form: Any, answers: dict[str, Any]) -> HttpResponse:
    order = drafts.steps(answers)
    before = order[order.index(step) - 1] if step in order and order.index(step) else None
    context = {"form": form, "back": STEP_PAGES[before] if before else "requests:start"}
    return render(request, template, context)


def _go_on(step: str, draft: Draft) -> HttpResponse:
    response = redirect(STEP_PAGES[drafts.next_step(step, drafts.answers_of(draft))])
    drafts.remember(response, draft)
    return response


def _too_many(request: HttpRequest, what: str, times: int) -> bool:
    return hit(what, address_of(request), HOUR) > settings.SUBMISSIONS_PER_HOUR * times


def _come_another_way(request: HttpRequest) -> HttpResponse:
    """Over the limit: never a dead end, because turning away a lawful request is also harm."""
    return render(request, "requests/too_many.html", status=429)


def _in_words(answers: dict[str, Any]) -> list[dict[str, Any]]:
    """The list of answers to check: question, answer, and the page that changes it."""
    rights = drafts.rights_of(answers)
    rows = [_row(_("What you would like"), [words.ASKED[right][0] for right in rights], drafts.RIGHTS)]
    wishes = answers.get("wishes", {})
    for right in rights:
        if right is Right.OPT_OUT:
            rows.append(_row(_("Address or number to stop using"), [wishes.get(right.value, "")], drafts.DETAILS))
        elif right in forms.WISHES:
            said = [wishes.get(right.value) or _("left empty")]
            if right is Right.OBJECT and answers.get("about_marketing"):
                said.append(_("It is about advertising sent to me."))
            rows.append(_row(forms.WISHES[right][0], said, drafts.DETAILS))
    if drafts.WHERE in drafts.steps(answers):
        rows.append(_row(_("Where you live"), [_place(answers["residence"])], drafts.WHERE))
        rows.append(_row(_("Your name"), [answers["name"]], drafts.REACH))
        rows.append(_row(_("Your e-mail address"), [answers["email"]], drafts.REACH))
        if answers.get("also_known_by"):
            rows.append(_row(_("Also known to you by"), [answers["also_known_by"]], drafts.REACH))
    return rows


def _row(question: Any, said: list[Any], step: str) -> dict[str, Any]:
    return {"question": question, "answers": said, "change": STEP_PAGES[step]}


def _place(residence: str) -> str:
    if not residence:
        return _("not said")
    country = str(countries.name(residence[:2]))
    return f"{regimes.SUBDIVISION_NAMES[residence]}, {country}" if "-" in residence else country
