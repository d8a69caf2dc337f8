"""Who tried to sign in as somebody, as the record has it: in words."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from primevox_privacy.ledger.models import Event
from primevox_privacy.staff.models import User
from primevox_privacy.staff.second_factor import PASSKEY, RECOVERY, TOTP

DOORS = {
    "password": gettext_lazy("password"),
    "code": gettext_lazy("code"),
    "passkey": gettext_lazy("passkey"),
    TOTP: gettext_lazy("app"),
    PASSKEY: gettext_lazy("passkey"),
    RECOVERY: gettext_lazy("recovery codes"),
}
KINDS = {
    "signed_in": gettext_lazy("Signed in"),
    "sign_in_failed": gettext_lazy("Tried in vain"),
    "sign_in_closed": gettext_lazy("Too many tries: closed for 15 minutes"),
    "factor_added": gettext_lazy("Added a way to sign in"),
    "factor_removed": gettext_lazy("Removed a way to sign in"),
    "password_set": gettext_lazy("Set a password"),
    "invited": gettext_lazy("Was sent an invitation"),
    "invitation_opened": gettext_lazy("Opened the invitation"),
    "sessions_ended": gettext_lazy("Sessions were ended"),
    "roles_changed": gettext_lazy("Roles were changed"),
    "account_closed": gettext_lazy("The account was closed"),
    "account_opened": gettext_lazy("The account was opened again"),
}


def of(user: User) -> list[dict[str, Any]]:
    """The newest first."""
    found = Event.objects.filter(about=user.pk, kind__in=KINDS).order_by("-at")[:100]
    return [
        {
            "at": event.at,
            "said": KINDS[event.kind],
            "door": DOORS.get(event.detail.get("door", ""), ""),
            "by_another": event.actor not in ("", user.as_actor) and _("by somebody else"),
        }
        for event in found
    ]
