"""Opting out by its own address: one question. Where the browser sends Global Privacy Control, its answer files it."""

import uuid

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from requests import drafts, forms, gpc, intake
from requests.access import anyone
from requests.models import Draft
from requests.terms import Right
from requests.views import asking

PAGE = signing.Signer(salt="opt-out")  # so that nobody can name a draft that is not of this page


@anyone
@gpc.differs
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def opt_out(request: HttpRequest) -> HttpResponse:
    """The one question, and nothing before it."""
    in_one_step = gpc.is_seen(request)
    typed = request.POST or None
    form = forms.OptOutForm({}, typed)
    if in_one_step:
        form = forms.OptOutAtOnceForm(request.POST.get("page_of") or PAGE.sign(str(uuid.uuid4())), typed)
    if request.method == "POST" and form.is_valid():
        answers = drafts.with_details({"rights": [Right.OPT_OUT.value]}, Right.OPT_OUT, form.given())
        if in_one_step:
            return _file(request, answers, form.cleaned_data["opt_out"])
        if asking.too_many(request, "drafts", asking.DRAFTS_FOR_ONE_SUBMISSION):
            return asking.come_another_way(request)
        return asking.go_on(drafts.details_step(1), drafts.keep(drafts.unsent(request), answers))
    context = {"form": form, "back": asking.START, "in_one_step": in_one_step}
    return render(request, "requests/details.html", context)


def _file(request: HttpRequest, answers: dict[str, object], to_stop: str) -> HttpResponse:
    """Sent at once. The same answer from the same page is one submission, however often the button is pressed."""
    with transaction.atomic():
        draft = _once(uuid.uuid5(_page_of(request), to_stop), answers)
        intake.send_draft(draft.pk, get_language() or settings.LANGUAGE_CODE, signal_seen=True)
        if asking.too_many(request, "submissions", 1):
            transaction.set_rollback(True)
            return asking.come_another_way(request)
    response = redirect("requests:sent")
    drafts.remember(response, draft)
    return response


def _page_of(request: HttpRequest) -> uuid.UUID:
    """Which showing of the page this came from; a new one where that cannot be told."""
    try:
        return uuid.UUID(PAGE.unsign(request.POST.get("page_of", "")))
    except (signing.BadSignature, ValueError):
        return uuid.uuid4()


def _once(pk: uuid.UUID, answers: dict[str, object]) -> Draft:
    """The draft with this id, made unless it is there."""
    try:
        with transaction.atomic():
            return Draft.objects.filter(pk=pk).first() or drafts.keep(None, answers, pk)
    except IntegrityError:  # a second press was faster
        return Draft.objects.get(pk=pk)


@anyone
@require_safe
def support(request: HttpRequest) -> HttpResponse:
    """`/.well-known/gpc.json`: that we honor the signal (W3C, Global Privacy Control)."""
    return JsonResponse(gpc.SUPPORT)
