"""Confirm that it is you, before what cannot be taken back: a page that asks for the second factor and carries what was
typed with it, so that nothing has to be typed twice. One press more, and the step goes on.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from primevox_privacy.staff import proving, second_factor
from primevox_privacy.staff.models import User

CODE, CREDENTIAL = "confirm_code", "confirm_passkey"
NOT_CARRIED = frozenset({"csrfmiddlewaretoken", CODE, CREDENTIAL})

View = Callable[..., HttpResponseBase]


def fresh(view: View) -> View:
    """The view, for whoever showed a second factor within the last five minutes; else it asks first."""

    @wraps(view)
    def confirmed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return ask(request) or view(request, *args, **kwargs)

    return confirmed


def ask(request: HttpRequest, *, for_file: bool = False) -> HttpResponse | None:
    """The page that asks; None when nothing is to be asked, or was just answered. Where a file follows, the browser
    saves it and stays on that page, so the page says so."""
    if second_factor.is_fresh(request):
        return None
    if request.method != "POST":
        return redirect(f"{address()}?{urlencode({'next': request.get_full_path()})}")
    wrong = answer(request)
    return None if wrong == "" else page(request, wrong or "", carried=_carried(request), for_file=for_file)


def address() -> str:
    """Where one confirms without having typed anything."""
    return reverse("admin:confirm")


def answer(request: HttpRequest) -> str | None:
    """Take what was shown with this form: empty when it fits, else what is wrong; None when nothing was shown."""
    user = cast(User, request.user)
    typed, given = request.POST.get(CODE, ""), request.POST.get(CREDENTIAL, "")
    if not (typed.strip() or given):
        return _("Enter the code, or use your passkey.") if CODE in request.POST else None
    try:
        factor = proving.passkey(request, user, given) if given else proving.code(request, user, typed)
    except proving.TooManyTries:
        return closed()
    if factor is None:
        return _("This does not fit. Codes change every 30 seconds, and each works once.")
    if not second_factor.is_enough(factor.type, user):
        return _("Your role sees documents, so it needs your passkey.")
    proving.shown(request, factor)
    return ""


def closed() -> str:
    """What is said while a door is closed."""
    return _("Too many tries. Wait 15 minutes, or use your passkey.")


def _carried(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed. It travels with the page and is kept nowhere."""
    return [(name, value) for name, values in request.POST.lists() if name not in NOT_CARRIED for value in values]


def page(
    request: HttpRequest, wrong: str = "", carried: list[tuple[str, str]] | None = None, *, for_file: bool = False
) -> HttpResponse:
    user = cast(User, request.user)
    kinds = second_factor.kinds_of(user)
    context = {
        **admin.site.each_context(request),
        "title": _("Confirm that it is you"),
        "carried": carried or [],
        "for_file": for_file,
        "wrong": wrong,
        "has_code": any(second_factor.is_enough(kind, user) for kind in kinds - {second_factor.PASSKEY}),
        "passkey_options": proving.ask_passkey(user) if second_factor.PASSKEY in kinds else "",
    }
    response = TemplateResponse(request, "admin/staff/confirm.html", context)
    response["Cache-Control"] = "no-store"
    return response
