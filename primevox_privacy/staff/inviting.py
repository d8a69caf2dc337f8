"""A one-time link that opens an account: for somebody new, or for somebody who has lost every way in.

128 random bits, good once and for 24 hours. Opening the link changes nothing, since mail scanners open links too: its
page has a button. What it opens is a session that can set a password and a second factor, and do nothing else.
"""

import secrets
import uuid
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from primevox_privacy.ledger.models import record
from primevox_privacy.outbox import letters
from primevox_privacy.sealed.cipher import blind_index
from primevox_privacy.staff import sessions
from primevox_privacy.staff.models import Invitation, User

GOOD_FOR = timedelta(hours=24)
TIME_TO_ENROL = timedelta(minutes=30)  # between the button and the second factor
PURPOSE = "staff invitation"
INVITED = "staff_invited"


@transaction.atomic
def invite(user: User, *, by: str) -> str:
    """Send somebody a link; the address in it. Whatever way in they had is closed, and every link from before."""
    for factor in Authenticator.objects.filter(user=user):
        factor.delete()
    user.set_unusable_password()
    user.save(update_fields=["password"])
    for session in sessions.of(user):
        session.end()
    Invitation.objects.filter(user=user, used_at=None).update(used_at=timezone.now())
    token = secrets.token_hex(16)
    made = Invitation.objects.create(user=user, digest=blind_index(PURPOSE, token))
    link = settings.PUBLIC_URL + reverse("admin:welcome_letter", args=[token])
    if user.email:
        letters.owe_to_us("invitation", key=f"invitation:{made.pk}", address=user.email, link=link)
    record(user.pk, "invited", by=by)
    return link


def find(token: str) -> Invitation | None:
    """The invitation of a link, while it is good."""
    alive = Invitation.objects.filter(used_at=None, made_at__gt=timezone.now() - GOOD_FOR, user__is_active=True)
    return alive.select_related("user").filter(digest=blind_index(PURPOSE, token)).first()


def accept(request: HttpRequest, token: str) -> bool:
    """Use the link up: this browser may now set the account up. False when somebody was faster, or it is too late."""
    found = find(token)
    if found is None or not Invitation.objects.filter(pk=found.pk, used_at=None).update(used_at=timezone.now()):
        return False
    request.session.flush()
    request.session[INVITED] = {"user": str(found.user_id), "at": timezone.now().timestamp()}
    record(found.user_id, "invitation_opened", by=found.user.as_actor)
    return True


def invited(request: HttpRequest) -> User | None:
    """Who sets up an account in this browser, if anybody does."""
    held = request.session.get(INVITED)
    if not held or timezone.now().timestamp() - held["at"] > TIME_TO_ENROL.total_seconds():
        return None
    return User.objects.filter(pk=uuid.UUID(held["user"]), is_active=True).first()


@transaction.atomic
def set_password(user: User, typed: str) -> None:
    user.set_password(typed)
    user.save(update_fields=["password"])
    record(user.pk, "password_set", by=user.as_actor)
