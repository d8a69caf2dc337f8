"""The two pages of signing in: name and password, or a passkey; then a second factor."""

import uuid
from typing import Any, cast
from urllib.parse import urlsplit

from django.contrib import admin, messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from primevox_privacy.staff import confirming, proving, second_factor, sessions
from primevox_privacy.staff.forms import Code, NameAndPassword
from primevox_privacy.staff.models import User

HALF, NEXT = "staff_half", "staff_next"  # who typed their password in this browser, and where they were going
HALF_FOR = 10 * 60  # seconds between password and second factor
CREDENTIAL = "passkey"


@never_cache
def first(request: HttpRequest) -> HttpResponse:
    """Name and password, or a passkey. Whoever is signed in is led on."""
    if second_factor.may_enter(request):
        return redirect(where(request, request.GET.get(REDIRECT_FIELD_NAME, "")))
    if second_factor.shown(request):
        return _something_is_missing(request)
    if next_ := request.GET.get(REDIRECT_FIELD_NAME):
        request.session[NEXT] = next_
    form = NameAndPassword(request.POST if request.method == "POST" and CREDENTIAL not in request.POST else None)
    wrong = ""
    if given := request.POST.get(CREDENTIAL):
        factor = proving.passkey(request, None, given)
        if factor is not None:
            return _in(request, cast(User, factor.user), factor)
        wrong = _("This passkey does not fit here. Try it once more, or use your password.")
    elif form.is_valid():
        try:
            user = proving.password(request, form.cleaned_data["username"], form.cleaned_data["password"])
        except proving.TooManyTries:
            wrong = confirming.closed()
        else:
            if user is not None:
                request.session.cycle_key()
                request.session[HALF] = {"user": str(user.pk), "at": timezone.now().timestamp()}
                return redirect("admin:second_factor")
            wrong = _("Name and password do not fit together. Check both; capitals count.")
    ended = request.session.pop(sessions.ENDED, False)
    context = {"title": _("Sign in"), "form": form, "wrong": wrong, "ended": ended}
    return page(request, "sign_in", context | {"passkey_options": proving.ask_passkey(None)})


@never_cache
def second(request: HttpRequest) -> HttpResponse:
    """The second factor, after the password."""
    user = _half(request)
    if user is None:
        return redirect("admin:login")
    kinds = second_factor.kinds_of(user)
    hint = _("Six digits from your app, or one of your recovery codes.")
    form, wrong = Code(request.POST if "code" in request.POST else None, hint=hint), ""
    given, factor = request.POST.get(CREDENTIAL), None
    try:
        if given:
            factor = proving.passkey(request, user, given)
        elif form.is_valid():
            factor = proving.code(request, user, form.cleaned_data["code"])
    except proving.TooManyTries:
        wrong = confirming.closed()
    else:
        if factor is not None:
            return _in(request, user, factor)
        if given or form.is_valid():
            wrong = _("This does not fit. Codes change every 30 seconds, and each works once.")
    context = {
        "title": _("Show your second factor"),
        "form": form,
        "wrong": wrong,
        "has_code": bool(kinds - {second_factor.PASSKEY}),
        "has_none": not kinds,
        "passkey_options": proving.ask_passkey(user) if second_factor.PASSKEY in kinds else "",
    }
    return page(request, "second", context)


def _half(request: HttpRequest) -> User | None:
    """Who typed their password here a moment ago."""
    held = request.session.get(HALF)
    if not held or timezone.now().timestamp() - held["at"] > HALF_FOR:
        return None
    return User.objects.filter(pk=uuid.UUID(held["user"]), is_active=True, is_staff=True).first()


def _in(request: HttpRequest, user: User, factor: Any) -> HttpResponse:
    """They are in; the page that they reach says when they were here before, in case it was not them."""
    going = request.session.pop(NEXT, "")
    request.session.pop(HALF, None)
    before = proving.sign_in(request, user, factor)
    if before:
        when = date_format(timezone.localtime(before), "DATETIME_FORMAT")
        messages.info(
            request,
            _("You last signed in on %(when)s. Was that not you? Tell an administrator at once.") % {"when": when},
        )
    if not second_factor.may_enter(request):
        return _something_is_missing(request)
    return redirect(where(request, going))


def _something_is_missing(request: HttpRequest) -> HttpResponse:
    """They showed a second factor, and their role needs another one."""
    messages.warning(request, _("Your role sees documents, so it needs a passkey."))
    return redirect("admin:add_passkey" if second_factor.may_enrol(request) else "admin:confirm")


def where(request: HttpRequest, going: str) -> str:
    """Where they were going, if that is here."""
    is_ours = url_has_allowed_host_and_scheme(going, {request.get_host()}, require_https=request.is_secure())
    return going if is_ours and urlsplit(going).path != reverse("admin:login") else reverse("admin:index")


def came_too_late(request: HttpRequest) -> HttpResponse | None:
    """What somebody wrote, where their session has ended meanwhile; None when they wrote nothing."""
    given = [str(value).strip() for name, value in request.POST.items() if name != "csrfmiddlewaretoken"]
    typed = [text for text in given if " " in text]
    if not typed:
        return None
    return page(request, "too_late", {"title": _("You are signed out"), "typed": typed}, status=403)


def page(request: HttpRequest, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    whole = {**admin.site.each_context(request), **context}
    response = TemplateResponse(request, f"admin/staff/{name}.html", whole, status=status)
    response["Cache-Control"] = "no-store"
    return response


def to_sign_in(request: HttpRequest) -> HttpResponseRedirect:
    from django.contrib.auth.views import redirect_to_login

    return redirect_to_login(request.get_full_path(), reverse("admin:login"))
