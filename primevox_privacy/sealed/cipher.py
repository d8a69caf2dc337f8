"""The one place where bytes are encrypted, wrapped and indexed.

AES-256-GCM with a random 96-bit nonce. The associated data binds a value to its table, row and field, so a
sealed value copied into another row does not open. Wrapping keys come from settings, by version; the first is
used for new data keys, the others still open old ones.
"""

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12
SEALED_V1 = b"\x01"


class Unreadable(Exception):
    """A sealed value does not open: its key is destroyed, or the bytes were altered or moved. Carries no data."""


def seal(key: bytes, plain: bytes, context: str) -> bytes:
    """Encrypt `plain` so that it opens only under `key` and in `context`."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return SEALED_V1 + nonce + AESGCM(key).encrypt(nonce, plain, context.encode())


def unseal(key: bytes, sealed: bytes, context: str) -> bytes:
    """Decrypt what `seal` made. Raises Unreadable."""
    if sealed[:1] != SEALED_V1:
        raise Unreadable("not a sealed value")
    nonce, ciphertext = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, context.encode())
    except (InvalidTag, ValueError):  # ValueError: cut off within the nonce
        raise Unreadable("a sealed value does not open") from None


def new_data_key() -> bytes:
    return AESGCM.generate_key(bit_length=256)


def current_wrapping_version() -> int:
    return next(iter(settings.WRAPPING_KEYS))


def wrap(data_key: bytes, context: str, version: int) -> bytes:
    """Seal a data key under the wrapping key of `version`."""
    return seal(settings.WRAPPING_KEYS[version], data_key, context)


def unwrap(wrapped: bytes, context: str, version: int) -> bytes:
    """Open a wrapped data key. Raises Unreadable, also when settings hold no key of `version`."""
    try:
        wrapping_key = settings.WRAPPING_KEYS[version]
    except KeyError:
        raise Unreadable(f"no wrapping key of version {version} is configured") from None
    return unseal(wrapping_key, wrapped, context)


def blind_index(purpose: str, value: str) -> str:
    """A keyed digest for exact look-up of `value`, different for each purpose; case and spaces do not count."""
    normal = "".join(value.split()).casefold()
    return hmac.new(settings.INDEX_KEY, f"{purpose}|{normal}".encode(), hashlib.sha256).hexdigest()
