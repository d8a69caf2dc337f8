"""Setting up an account: the link of an invitation, a password, then a second factor (`account.app`, `.passkey`)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from primevox_privacy.staff import inviting, second_factor
from primevox_privacy.staff.forms import NewPassword
from primevox_privacy.staff.pages.sign_in import page


@never_cache
def letter(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link: one button. A link that is used up and one that never was look the same."""
    if request.method == "POST" and inviting.accept(request, token):
        return redirect("admin:welcome")
    is_good = request.method != "POST" and inviting.find(token) is not None
    return page(request, "welcome_letter", {"title": _("Set up your account"), "is_good": is_good})


@never_cache
def password(request: HttpRequest) -> HttpResponse:
    """The first thing to set."""
    user = inviting.invited(request)
    if user is None:
        return redirect("admin:login")
    form = NewPassword(user, request.POST or None)
    if form.is_valid():
        inviting.set_password(user, form.cleaned_data["password"])
        return redirect("admin:add_passkey" if second_factor.needs_passkey(user) else "admin:add_app")
    context = {"title": _("Choose a password"), "form": form, "new_user": user}
    return page(request, "welcome_password", context)
