"""One's own ways to sign in, sessions and tries; and adding a way, also while an account is being set up."""

from typing import Any, cast

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from primevox_privacy.staff import confirming, enrolling, inviting, proving, second_factor, sessions, tries
from primevox_privacy.staff.forms import Code, NewPassword
from primevox_privacy.staff.models import User
from primevox_privacy.staff.pages.picture import as_picture
from primevox_privacy.staff.pages.sign_in import CREDENTIAL, page, to_sign_in, where
from primevox_privacy.staff.second_factor import PASSKEY, RECOVERY

SHOWN = 20  # tries


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    context = {
        "title": _("Your sign-in"),
        "factors": [_line(one) for one in Authenticator.objects.filter(user=user).order_by("created_at")],
        "needs_passkey": second_factor.needs_passkey(user),
        "sessions": sessions.of(user),
        "current": request.session.session_key,
        "tries": tries.of(user)[:SHOWN],
    }
    return page(request, "account", context)


def _line(factor: Authenticator) -> dict[str, Any]:
    wrapped = factor.wrap()
    left = len(wrapped.get_unused_codes()) if factor.type == RECOVERY else None
    name = wrapped.name if factor.type == PASSKEY else ""
    return {"factor": factor, "kind": tries.DOORS[factor.type], "name": name, "left": left}


# --- Adding a way ---------------------------------------------------------------------------------------------
def _who(request: HttpRequest) -> User | None:
    """Who may add a way to sign in here: whoever sets an account up and has a password, or showed a factor just now."""
    invited = inviting.invited(request)
    if invited is not None and invited.has_usable_password():
        return invited
    return cast(User, request.user) if second_factor.may_enrol(request) else None


def _first(request: HttpRequest) -> HttpResponse:
    """What has to come before somebody may add a way."""
    if inviting.invited(request) is not None:
        return redirect("admin:welcome")
    if second_factor.shown(request):
        return confirming.ask(request) or redirect(f"{request.path}")
    return to_sign_in(request)


@never_cache
def app(request: HttpRequest) -> HttpResponse:
    """An authenticator app: a square picture to read with the phone, and the first code typed back."""
    user = _who(request)
    if user is None:
        return _first(request)
    form, wrong = Code(request.POST or None, hint=_("The six digits that the app shows now.")), ""
    if form.is_valid():
        made = enrolling.add_app(request, user, form.cleaned_data["code"])
        if made is not None:
            return _added(request, user, made)
        wrong = _("This code does not fit. Wait for the next one and type it.")
    secret, address = enrolling.offer_app(request, user)
    context = {
        "title": _("Set up an app"),
        "form": form,
        "wrong": wrong,
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "address": address,
        "picture": as_picture(address),
    }
    return page(request, "app", context)


@never_cache
def passkey(request: HttpRequest) -> HttpResponse:
    """A passkey: made by the browser, on this device or on a key."""
    user = _who(request)
    if user is None:
        return _first(request)
    wrong = ""
    if given := request.POST.get(CREDENTIAL):
        name = request.POST.get("name", "").strip() or _("Passkey")
        made = enrolling.add_passkey(user, given, name)
        if made is not None:
            return _added(request, user, made)
        wrong = _("This did not work. Try again: unlock the passkey with finger, face or number.")
    context = {
        "title": _("Set up a passkey"),
        "wrong": wrong,
        "passkey_options": enrolling.offer_passkey(user),
        "needs_passkey": second_factor.needs_passkey(user),
    }
    return page(request, "passkey", context)


def _added(request: HttpRequest, user: User, made: Authenticator) -> HttpResponse:
    """The first way comes with recovery codes, shown this once; and an account that was being set up is open now."""
    if inviting.invited(request) is not None:
        request.session.pop(inviting.INVITED, None)
        proving.sign_in(request, user, made)
    elif not second_factor.may_enter(request):
        proving.shown(request, made)
    if not enrolling.has_recovery_codes(user):
        return _codes(request, user)
    messages.success(request, _("Added. A mail tells you of it, in case it was not you."))
    return redirect("admin:your_sign_in" if second_factor.may_enter(request) else "admin:login")


def _codes(request: HttpRequest, user: User) -> HttpResponse:
    return page(request, "codes", {"title": _("Your recovery codes"), "codes": enrolling.new_recovery_codes(user)})


@require_POST
@confirming.fresh
def codes(request: HttpRequest) -> HttpResponse:
    """Ten new ones; those from before are no longer good."""
    return _codes(request, cast(User, request.user))


@require_POST
@confirming.fresh
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    if enrolling.remove(cast(User, request.user), pk):
        messages.success(request, _("Removed. A mail tells you of it, in case it was not you."))
    else:
        messages.error(request, _("This way stays: add another one first."))
    return redirect("admin:your_sign_in")


# --- Password, sessions, confirming ---------------------------------------------------------------------------
@never_cache
def password(request: HttpRequest) -> HttpResponse:
    """A new password; all other sessions end with the old one."""
    if not second_factor.is_fresh(request):
        return redirect(f"{confirming.address()}?next={request.path}")
    user = cast(User, request.user)
    form = NewPassword(user, request.POST or None)
    if form.is_valid():
        inviting.set_password(user, form.cleaned_data["password"])
        update_session_auth_hash(request, user)
        sessions.moved(request, user)
        sessions.end(user, by=user, but=request.session.session_key or "")
        messages.success(request, _("Your password is changed, and other sessions are ended."))
        return redirect("admin:your_sign_in")
    return page(request, "password", {"title": _("Change your password"), "form": form})


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one session of one's own."""
    sessions.end(cast(User, request.user), by=cast(User, request.user), one=pk)
    return redirect("admin:your_sign_in")


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End all but this one."""
    user = cast(User, request.user)
    sessions.end(user, by=user, but=request.session.session_key or "")
    messages.success(request, _("All other sessions are ended."))
    return redirect("admin:your_sign_in")


@never_cache
def confirm(request: HttpRequest) -> HttpResponse:
    """Show the second factor anew, and go on to where one was going."""
    if not second_factor.shown(request):
        return to_sign_in(request)
    going = request.POST.get(REDIRECT_FIELD_NAME, request.GET.get(REDIRECT_FIELD_NAME, ""))
    wrong = confirming.answer(request) if request.method == "POST" else None
    if wrong == "":
        return redirect(where(request, going))
    return confirming.page(request, wrong or "", carried=[(REDIRECT_FIELD_NAME, going)])
