"""Secrets of second factors lie sealed: the seed of an authenticator app, and that of recovery codes.

Each has a data key of its own, so `manage.py rotate_keys` wraps it anew with all others, and whoever removes the
factor ends the key: the next sweep destroys it. A passkey has no secret here; its public half lies in plain.
"""

import base64
import uuid
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.utils import timezone

from primevox_privacy.sealed import cipher
from primevox_privacy.sealed.cipher import Unreadable
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey

ISSUER = "Primevox privacy requests"
SECRETS = ("secret", "seed")  # under these names a factor keeps what nobody may read


def _context(key: DataKey) -> str:
    return f"second factor|{key.pk}"


class SealingAdapter(DefaultMFAAdapter):
    """How allauth keeps secrets, and what an authenticator app shows beside its codes."""

    def encrypt(self, text: str) -> str:
        key = DataKey.make(uuid.uuid4(), Life.SECOND_FACTOR)
        key.save(force_insert=True)
        sealed = cipher.seal(key.opened(), text.encode(), _context(key))
        return f"{key.pk}:{base64.b64encode(sealed).decode()}"

    def decrypt(self, encrypted_text: str) -> str:
        """Raises Unreadable."""
        pk, _, sealed = encrypted_text.partition(":")
        try:
            key = DataKey.objects.get(pk=uuid.UUID(pk))
            held = base64.b64decode(sealed, validate=True)
        except (ValueError, DataKey.DoesNotExist):
            raise Unreadable("no key of a second factor") from None
        return cipher.unseal(key.opened(), held, _context(key)).decode()

    def get_totp_issuer(self) -> str:
        return ISSUER

    def _get_site_name(self) -> str:
        return ISSUER

    def _get_user_identifier(self, user: Any) -> str:
        return user.get_username()


def forget(sender: Any, instance: Authenticator, **kwargs: Any) -> None:
    """A factor was removed: the lives of its secrets are over."""
    held = [instance.data[name].partition(":")[0] for name in SECRETS if name in instance.data]
    DataKey.objects.alive().filter(pk__in=held).update(ends_at=timezone.now())
