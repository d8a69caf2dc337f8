"""One signed format for receipts and certificates: a small JSON text that anybody can check.

    {"statement": {…}, "key": 1, "signature": "base64 of Ed25519 over the canonical statement"}

The statement is signed in one fixed form: keys sorted, no spaces, UTF-8. Public keys stand on `/check/` and, for
programs, at `/.well-known/primevox-signing-keys.json`. They stay there after a key is replaced, so that what it signed
can be checked as long as somebody keeps it; the secret half can then be destroyed (docs/keys.md).
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
    """The public half. Raises KeyError for a version that we never had."""
    if version in settings.SIGNING_KEYS:
        return SigningKey(settings.SIGNING_KEYS[version]).verify_key
    return VerifyKey(settings.OLD_PUBLIC_KEYS[version])


def public_keys() -> dict[int, str]:
    """Base64 of each public key that we sign or have signed with, by version; the one in use first."""
    versions = dict.fromkeys([*settings.SIGNING_KEYS, *settings.OLD_PUBLIC_KEYS])
    return {version: base64.b64encode(bytes(_verify_key(version))).decode() for version in versions}


def published() -> dict[str, Any]:
    """What programs find at the public address."""
    keys = [
        {"key": version, "public": public, "in_use": version == current_version()}
        for version, public in public_keys().items()
    ]
    return {"algorithm": "Ed25519", "signed": "the statement as JSON: keys sorted, no spaces, UTF-8", "keys": keys}


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
