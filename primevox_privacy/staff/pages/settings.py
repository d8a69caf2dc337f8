"""What each member of staff sets for themselves. Nothing here changes what they may do."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from primevox_privacy.staff.keys import OwnKeysForm
from primevox_privacy.staff.models import User
from primevox_privacy.staff.pages.sign_in import page


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Whether single keys do something on the pages of the desk (WCAG 2.1.4): off until somebody wants them; and which
    they are."""
    user = cast(User, request.user)
    form = OwnKeysForm(user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        user.uses_keys, user.own_keys = form.cleaned_data["uses_keys"], form.own_keys
        user.save(update_fields=["uses_keys", "own_keys"])
        messages.success(request, _("Keys are on.") if user.uses_keys else _("Keys are off."))
        return redirect("admin:your_settings")
    return page(request, "settings", {"title": _("Your settings"), "form": form})
