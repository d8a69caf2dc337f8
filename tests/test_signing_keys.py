"""The keys that sign receipts and certificates: public for everybody, replaced without making old ones worthless."""

import base64
import json
import uuid
from io import StringIO

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from primevox_privacy import signed
from primevox_privacy.secrets_at_rest import parse_versioned

ADDRESS = "/.well-known/primevox-signing-keys.json"
FIRST, SECOND = b"1" * 32, b"2" * 32
PUBLIC_HALF = bytes(SigningKey(FIRST).verify_key)


@pytest.fixture
def certificate(settings) -> str:
    """Signed with the first key, which was replaced since; its secret half is destroyed."""
    settings.SIGNING_KEYS, settings.OLD_PUBLIC_KEYS = {1: FIRST}, {}
    text = signed.sign({"kind": "certificate of destruction", "certificate": str(uuid.uuid4())})
    settings.SIGNING_KEYS, settings.OLD_PUBLIC_KEYS = {2: SECOND}, {1: PUBLIC_HALF}
    return text


def published(client) -> dict:
    answer = client.get(ADDRESS)
    assert answer.status_code == 200
    return answer.json()


def test_anybody_can_check_a_certificate_with_nothing_but_what_is_published(client, db, certificate):
    """As somebody would who does not trust us: own words, own program."""
    keys = {one["key"]: one["public"] for one in published(client)["keys"]}
    envelope = json.loads(certificate)
    message = json.dumps(envelope["statement"], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    public = VerifyKey(base64.b64decode(keys[envelope["key"]]))
    public.verify(message, base64.b64decode(envelope["signature"]))
    with pytest.raises(BadSignatureError):
        public.verify(message + b" ", base64.b64decode(envelope["signature"]))


def test_old_keys_stay_published_and_one_is_said_to_be_in_use(client, db, certificate):
    assert [(one["key"], one["in_use"]) for one in published(client)["keys"]] == [(2, True), (1, False)]


def test_nothing_secret_is_published(client, db, certificate):
    said = client.get(ADDRESS).content.decode() + client.get("/check/").content.decode()
    for secret in (FIRST, SECOND):
        assert base64.b64encode(secret).decode() not in said
        assert secret.hex() not in said


def test_a_certificate_of_a_key_whose_secret_half_is_destroyed_is_still_ours(client, db, certificate, tmp_path):
    page = client.post("/check/", {"text": certificate}).content.decode()
    assert "Yes, this is from us, and nobody changed it." in page
    (tmp_path / "certificate.json").write_text(certificate)
    call_command("check_signed", str(tmp_path / "certificate.json"), stdout=StringIO())


def test_new_texts_are_signed_by_the_new_key(certificate):
    assert json.loads(signed.sign({}))["key"] == 2


def test_a_key_that_is_named_nowhere_any_more_signs_nothing_of_ours(certificate, settings):
    settings.OLD_PUBLIC_KEYS = {}
    with pytest.raises(signed.NotOurs):
        signed.check(certificate)


def test_the_page_of_checks_shows_the_old_public_key_too(client, db, certificate):
    assert base64.b64encode(PUBLIC_HALF).decode() in client.get("/check/").content.decode()


def test_one_version_never_names_two_keys(settings):
    settings.SIGNING_KEYS = {1: FIRST}
    settings.OLD_PUBLIC_KEYS = {1: bytes(SigningKey(SECOND).verify_key)}
    assert [error.id for error in run_checks()] == ["primevox.E004"]
    settings.OLD_PUBLIC_KEYS = {1: PUBLIC_HALF}
    assert run_checks() == []


def test_no_old_key_needs_to_be_named():
    assert parse_versioned("OLD_PUBLIC_KEYS", "", may_be_empty=True) == {}
    with pytest.raises(ImproperlyConfigured, match="OLD_PUBLIC_KEYS"):
        parse_versioned("OLD_PUBLIC_KEYS", "1:short", may_be_empty=True)
    with pytest.raises(ImproperlyConfigured):
        parse_versioned("WRAPPING_KEYS", "")
