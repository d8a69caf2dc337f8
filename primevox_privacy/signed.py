"""One signed format for receipts and certificates: a small JSON text that anybody can check.

    {"statement": {…}, "key": 1, "signature": "base64 of Ed25519 over the canonical statement"}

The statement is signed in one fixed form: keys sorted, no spaces, UTF-8. Public keys stand on `/check/`.
"""

import base64
import binascii
import json
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey


class NotOurs(Exception):
    """A text is not something we signed, or was changed since."""


def canonical(statement: Any) -> bytes:
    return json.dumps(statement, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def current_version() -> int:
    return next(iter(settings.SIGNING_KEYS))


def _verify_key(version: int) -> VerifyKey:
    return SigningKey(settings.SIGNING_KEYS[version]).verify_key


def public_keys() -> dict[int, str]:
    """Base64 of each public key, by version."""
    return {version: base64.b64encode(bytes(_verify_key(version))).decode() for version in settings.SIGNING_KEYS}


def signature(message: bytes) -> str:
    """Base64 of our signature with the key in use."""
    return base64.b64encode(SigningKey(settings.SIGNING_KEYS[current_version()]).sign(message).signature).decode()


def is_ours(message: bytes, claimed: str, version: int) -> bool:
    try:
        _verify_key(version).verify(message, base64.b64decode(claimed, validate=True))
    except (BadSignatureError, binascii.Error, KeyError, ValueError):
        return False
    return True


def sign(statement: dict[str, Any]) -> str:
    """The signed text of `statement`."""
    envelope = {
        "statement": statement,
        "key": current_version(),
        "signature": signature(canonical(statement)),
    }
    return json.dumps(envelope, indent=1, ensure_ascii=False)


def check(text: str) -> dict[str, Any]:
    """What a signed text states. Raises NotOurs."""
    try:
        envelope = json.loads(text)
        statement, version, claimed = envelope["statement"], envelope["key"], envelope["signature"]
        message = canonical(statement)
    except (ValueError, KeyError, TypeError, RecursionError):  # anybody may paste anything
        raise NotOurs(_("This is not a signed text of ours.")) from None
    if not (isinstance(version, int) and isinstance(claimed, str) and isinstance(statement, dict)):
        raise NotOurs(_("This is not a signed text of ours."))
    if not is_ours(message, claimed, version):
        raise NotOurs(_("The signature does not fit: the text was changed, or we did not write it."))
    return statement
