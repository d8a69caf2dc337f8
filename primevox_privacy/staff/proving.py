"""Somebody shows that it is them: a password, then a code or a passkey; or a passkey alone, which is both.

Five wrong tries close a door for a name, from wherever they come, until the quarter of an hour is over. A stranger can
close the door of passwords or codes to somebody that way, but never that of passkeys: a passkey cannot be guessed,
so nobody counts. Counters and used codes stand in the database, where every process sees them. Each try is recorded.
"""

import json
from datetime import timedelta
from typing import Any, cast

from allauth.account.internal.flows.login import record_authentication
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib.auth import authenticate, login
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest

from primevox_privacy.ledger.models import PORTAL, record
from primevox_privacy.limits.models import address_of, clear, hit
from primevox_privacy.sealed.cipher import Unreadable
from primevox_privacy.staff import sessions
from primevox_privacy.staff.models import User
from primevox_privacy.staff.second_factor import RECOVERY, TOTP

TRIES, TRIES_PER_ADDRESS = 5, 50
WINDOW = timedelta(minutes=15)
FOR_GOOD = timedelta(days=36_500)  # one window: a time step is never shown twice; its count is let go after two days
BACKEND = "django.contrib.auth.backends.ModelBackend"


class TooManyTries(Exception):
    """The door is closed for a while."""


# --- The three things one can show ---------------------------------------------------------------------------
def password(request: HttpRequest, name: str, typed: str) -> User | None:
    """Whose name and password these are. Raises TooManyTries."""
    who = User.objects.filter(username=name).first()
    _count(request, "password", name, who)
    found = authenticate(request, username=name, password=typed)
    if found is None or not found.is_staff:
        _failed(who, "password")
        return None
    clear("password", name, WINDOW)
    return found


def code(request: HttpRequest, user: User, typed: str) -> Authenticator | None:
    """The factor to which a typed code belongs: an app, or recovery codes. Raises TooManyTries."""
    _count(request, "code", str(user.pk), user)
    typed = "".join(typed.split())
    for factor in Authenticator.objects.filter(user=user, type__in=[TOTP, RECOVERY]):
        try:
            fits = _is_unused_step(factor, typed) if factor.type == TOTP else factor.wrap().validate_code(typed)
        except Unreadable:  # a restored backup, whose key is destroyed
            continue
        if fits:
            clear("code", str(user.pk), WINDOW)
            return factor
    _failed(user, "code")
    return None


def step_of(secret: str, typed: str) -> int | None:
    """The time step whose code this is, now or one step beside it (RFC 6238, 5.2)."""
    for step in totp.yield_hotp_counters_from_time():
        if compare_user_code(actual=typed, expected=totp.format_hotp_value(totp.hotp_value(secret, step))):
            return step
    return None


def is_first(user: User, step: int) -> bool:
    """Whether nobody showed this step for this person yet: a code seen over a shoulder is worth nothing."""
    return hit("code shown", f"{user.pk}|{step}", FOR_GOOD) == 1


def _is_unused_step(factor: Authenticator, typed: str) -> bool:
    step = step_of(decrypt(factor.data["secret"]), typed)
    return step is not None and is_first(cast(User, factor.user), step)


def ask_passkey(user: User | None) -> str:
    """What a browser needs to know to show a passkey: of this person, or of whoever sits there."""
    return json.dumps(webauthn.begin_authentication(user))


def passkey(request: HttpRequest, user: User | None, given: str) -> Authenticator | None:
    """The passkey that the browser showed, when it fits."""
    try:
        credential = json.loads(given)
        response = webauthn.parse_authentication_response(credential)
        whose = user or cast(User, webauthn.extract_user_from_response(credential))
        found = webauthn.complete_authentication(whose, credential)
        is_theirs = response.response.authenticator_data.is_user_verified() and whose.is_active and whose.is_staff
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        found, is_theirs = None, False
    if found is None or not is_theirs:
        if hit("passkey failed", address_of(request), WINDOW) <= TRIES_PER_ADDRESS:  # nobody fills our disk
            _failed(user, "passkey")
        return None
    return found


# --- What follows --------------------------------------------------------------------------------------------
@transaction.atomic
def sign_in(request: HttpRequest, user: User, factor: Authenticator) -> Any:
    """Begin a session under a new key; when they last signed in before."""
    before = user.last_login
    login(request, user, backend=BACKEND)
    sessions.begin(request, user)
    shown(request, factor)
    record(user.pk, "signed_in", by=user.as_actor, door=factor.type)
    return before


def shown(request: HttpRequest, factor: Authenticator) -> None:
    """This session has shown this factor now."""
    factor.record_usage()
    record_authentication(request, factor.user, "mfa", id=factor.pk, type=str(factor.type))


def _count(request: HttpRequest, door: str, name: str, who: User | None) -> None:
    """Count before looking, so that many tries at once are many tries."""
    number = hit(door, name, WINDOW)
    if number == TRIES + 1:
        record(who.pk if who else PORTAL, "sign_in_closed", by="", door=door)
    if number > TRIES or hit("staff doors", address_of(request), WINDOW) > TRIES_PER_ADDRESS:
        raise TooManyTries


def _failed(who: User | None, door: str) -> None:
    record(who.pk if who else PORTAL, "sign_in_failed", by="", door=door)
