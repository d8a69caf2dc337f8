"""Who counts as signed in: somebody who showed a second factor in this session. A password alone opens nothing.

Who sees documents needs a passkey, which cannot be read out to a stranger or typed into a false page (policy §12). What
cannot be taken back wants a second factor that was shown within five minutes: a desk left open is not enough.
"""

import time
from datetime import timedelta
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

FRESH = timedelta(minutes=5)
TOTP, PASSKEY = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN
RECOVERY = Authenticator.Type.RECOVERY_CODES


def needs_passkey(user: Any) -> bool:
    """Whether one of their roles sees documents."""
    return import_string(settings.NEEDS_PASSKEY)(user)


def is_enough(kind: str, user: Any) -> bool:
    """Whether a factor of this kind lets this person in. In the demo, an app does for everybody."""
    return kind == PASSKEY or not needs_passkey(user) or (settings.DEMO and kind == TOTP)


def kinds_of(user: Any) -> set[str]:
    """The kinds of factor that somebody has."""
    return set(Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True))


def shown(request: HttpRequest) -> list[dict[str, Any]]:
    """The second factors that were shown in this session, in order."""
    records = get_authentication_records(request, request.user)
    return [one for one in records if one.get("method") == "mfa"]


def _that_count(request: HttpRequest) -> list[dict[str, Any]]:
    return [one for one in shown(request) if is_enough(one.get("type", ""), request.user)]


def may_enter(request: HttpRequest) -> bool:
    """Whether this session belongs to a member of staff who showed a second factor that is enough for their roles."""
    user: Any = request.user
    return bool(user.is_active and user.is_staff and _that_count(request))


def is_fresh(request: HttpRequest) -> bool:
    """Whether they showed it just now."""
    return may_enter(request) and _is_young(_that_count(request))


def may_enrol(request: HttpRequest) -> bool:
    """Whether they may add a way to sign in: with a fresh second factor. Who has lost the one that their role needs may
    add another after a recovery code; who has none yet, after whatever they have."""
    user: Any = request.user
    if not (user.is_active and user.is_staff):
        return False
    if is_fresh(request):
        return True
    weaker = [one for one in shown(request) if one.get("type") == RECOVERY or PASSKEY not in kinds_of(user)]
    return not may_enter(request) and _is_young(weaker)


def _is_young(records: list[dict[str, Any]]) -> bool:
    return bool(records) and time.time() - records[-1]["at"] <= FRESH.total_seconds()
