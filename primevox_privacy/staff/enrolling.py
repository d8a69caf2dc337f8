"""Adding and removing ways to sign in. Their owner is told by mail each time, and sees what somebody else did.

The seed of an app is worked out from a random word in the session and a key outside the database, so that nobody who
reads the database meanwhile can make its codes; once the first code was typed back it is kept, sealed.
"""

import base64
import json
import secrets

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP as App
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from primevox_privacy.ledger.models import record
from primevox_privacy.outbox import letters
from primevox_privacy.staff import proving
from primevox_privacy.staff.models import User
from primevox_privacy.staff.second_factor import PASSKEY, RECOVERY, TOTP

SEED = "staff_seed"  # in the session: what the seed of a new app is worked out from
NAME_LENGTH = 60


# --- An app --------------------------------------------------------------------------------------------------
def offer_app(request: HttpRequest, user: User) -> tuple[str, str]:
    """The secret for a new app, and the address that a phone reads from a square picture."""
    request.session.setdefault(SEED, secrets.token_hex(16))
    secret = _secret(request, user)
    return secret, get_adapter().build_totp_url(user, secret)


def _secret(request: HttpRequest, user: User) -> str:
    digest = salted_hmac("primevox.staff.app", f"{user.pk}|{request.session[SEED]}").digest()
    return base64.b32encode(digest).decode()


@transaction.atomic
def add_app(request: HttpRequest, user: User, typed: str) -> Authenticator | None:
    """Keep the app once its code was typed back; an app from before is no longer good."""
    if SEED not in request.session:
        return None
    secret = _secret(request, user)
    step = proving.step_of(secret, "".join(typed.split()))
    if step is None:
        return None
    del request.session[SEED]
    for old in Authenticator.objects.filter(user=user, type=TOTP):
        old.delete()
    made = App.activate(user, secret).instance
    proving.is_first(user, step)  # shown now, so no second time
    _tell(user, "factor_added", made)
    return made


# --- A passkey -----------------------------------------------------------------------------------------------
def offer_passkey(user: User) -> str:
    """What a browser needs to know to make a passkey that the owner unlocks with finger, face or number."""
    return json.dumps(webauthn.begin_registration(user, passwordless=True))


@transaction.atomic
def add_passkey(user: User, given: str, name: str) -> Authenticator | None:
    """Keep the passkey that the browser made, when it fits and its owner unlocked it."""
    try:
        credential = json.loads(given)
        webauthn.parse_registration_response(credential)
        if not webauthn.complete_registration(credential).is_user_verified():
            return None
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    made = WebAuthn.add(user, name[:NAME_LENGTH], credential).instance
    _tell(user, "factor_added", made)
    return made


# --- Recovery codes, and what is no longer wanted -------------------------------------------------------------
@transaction.atomic
def new_recovery_codes(user: User) -> list[str]:
    """Ten codes that each work once, shown this once; those from before are no longer good."""
    for old in Authenticator.objects.filter(user=user, type=RECOVERY):
        old.delete()
    made = RecoveryCodes.activate(user)
    _tell(user, "factor_added", made.instance)
    return made.generate_codes()


def has_recovery_codes(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type=RECOVERY).exists()


@transaction.atomic
def remove(user: User, pk: int) -> bool:
    """Remove a way to sign in. The last one stays: nobody could come in again."""
    mine = User.objects.select_for_update().get(pk=user.pk)
    ways = list(Authenticator.objects.filter(user=mine, type__in=[TOTP, PASSKEY]))
    chosen = next((one for one in ways if one.pk == pk), None)
    if chosen is None or len(ways) < 2:
        return False
    kind = chosen.type
    chosen.delete()
    record(user.pk, "factor_removed", by=user.as_actor, door=kind)
    _mail(user)
    return True


def _tell(user: User, kind: str, factor: Authenticator) -> None:
    record(user.pk, kind, by=user.as_actor, door=str(factor.type))
    _mail(user)


def _mail(user: User) -> None:
    """One mail a minute, however many ways change: the first app or passkey comes with recovery codes."""
    if user.email:
        minute = int(timezone.now().timestamp() // 60)
        letters.owe_to_us("sign_in_changed", key=f"sign in changed:{user.pk}:{minute}", address=user.email)
