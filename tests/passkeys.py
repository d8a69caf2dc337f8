"""Ways to sign in, as tests hold them: the codes of an app, and a passkey that signs like a real one."""

import base64
import hashlib
import json
import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STEP = 30  # seconds


def app_of(user: Any) -> Authenticator:
    """Their app, whose codes the tests can make."""
    return totp.TOTP.activate(user, SEED).instance


def code(steps: int = 0, seed: str = SEED) -> str:
    """What the app shows now, or so many steps of time later."""
    return totp.format_hotp_value(totp.hotp_value(seed, int(time.time()) // STEP + steps))


def text(given: bytes) -> str:
    return base64.urlsafe_b64encode(given).decode().rstrip("=")


class Passkey:
    """One key pair, worked out from a name, so that two processes can hold the same one."""

    def __init__(self, name: str, site: str = "http://testserver") -> None:
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()) % 2**250 + 1
        self.key = ec.derive_private_key(number, ec.SECP256R1())
        self.id = hashlib.sha256(f"id of {name}".encode()).digest()
        self.site, self.host = site, site.partition("//")[2].partition(":")[0]

    def of(self, user: Any) -> Authenticator:
        """Theirs, as if they had made it before."""
        return WebAuthn.add(user, "blue key", self.made("AAAA")).instance

    def _data(self, *, new: bool = False, unlocked: bool = True) -> AuthenticatorData:
        flags = AuthenticatorData.FLAG.UP | (AuthenticatorData.FLAG.UV if unlocked else 0)
        of_key = None
        if new:
            of_key = AttestedCredentialData.create(
                Aaguid(b"\0" * 16), self.id, ES256.from_cryptography_key(self.key.public_key())
            )
            flags |= AuthenticatorData.FLAG.AT
        return AuthenticatorData.create(hashlib.sha256(self.host.encode()).digest(), flags, 0, of_key or b"")

    def _client(self, what: str, challenge: str) -> bytes:
        return bytes(CollectedClientData.create(what, challenge, self.site))

    def made(self, challenge: str, *, unlocked: bool = True) -> dict[str, Any]:
        """What a browser sends when it makes the key."""
        stated = AttestationObject.create("none", self._data(new=True, unlocked=unlocked), {})
        return self._sent(
            {
                "clientDataJSON": text(self._client("webauthn.create", challenge)),
                "attestationObject": text(bytes(stated)),
            }
        )

    def shown(self, challenge: str, user: Any, *, unlocked: bool = True) -> dict[str, Any]:
        """What a browser sends when the key is shown."""
        data, client = bytes(self._data(unlocked=unlocked)), self._client("webauthn.get", challenge)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._sent(
            {
                "clientDataJSON": text(client),
                "authenticatorData": text(data),
                "signature": text(signature),
                "userHandle": text(handle_of(user)),
            }
        )

    def _sent(self, response: dict[str, str]) -> dict[str, Any]:
        return {"id": text(self.id), "rawId": text(self.id), "type": "public-key", "response": response} | {
            "clientExtensionResults": {}
        }

    def in_chromium(self) -> dict[str, Any]:
        """The same key, for Chromium's virtual authenticator."""
        private = self.key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return {
            "credentialId": base64.b64encode(self.id).decode(),
            "isResidentCredential": True,
            "rpId": self.host,
            "privateKey": base64.b64encode(private).decode(),
            "userHandle": base64.b64encode(b"somebody").decode(),
            "signCount": 1,
        }


def handle_of(user: Any) -> bytes:
    from allauth.account.utils import user_pk_to_url_str

    return user_pk_to_url_str(user).encode()


def challenge_on(page: Any) -> str:
    """What the page asks a passkey to sign."""
    import html
    import re

    (options,) = set(re.findall(r'data-passkey="([^"]+)"', page.content.decode()))
    return json.loads(html.unescape(options))["publicKey"]["challenge"]
