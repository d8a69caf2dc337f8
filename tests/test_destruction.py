"""Destroying proof: gone for good, in an order that survives being killed, and certified so that anybody can check."""

import hashlib
import json
import uuid
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from time_machine import travel

from primevox_privacy import signed
from primevox_privacy.ledger.models import Event
from primevox_privacy.sealed import forgetting
from primevox_privacy.sealed.cipher import Unreadable
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey, SealedFile
from tests.papers import drawn
from tests.test_checks import GIVEN, STATEMENT, paper
from verification import checks, clean_pages, destruction
from verification.levels import AssuranceLevel
from verification.models import Certificate, Check, Evidence, EvidenceKind

PIECES = 6  # three facts, the statement, and a row for each of two papers, of which one is drawn
COUNTS = {"keys": 5, "facts and statements": 4, "papers": 2, "clean pages": 2}


class Killed(BaseException):
    """`kill -9`, as far as one process can tell."""


@pytest.fixture
def check(db) -> Check:
    """Facts, statement and two papers were given; the last request that shares the check has closed."""
    made = checks.begin(uuid.uuid4(), AssuranceLevel.T3)
    made.proof_key.save(force_insert=True)
    made.save(force_insert=True)
    drawn(checks.give_file(made, EvidenceKind.DOCUMENT, paper()), b"page 1", b"page 2")
    checks.give_file(made, EvidenceKind.DOCUMENT, paper())
    checks.give(made, GIVEN, STATEMENT)
    DataKey.objects.filter(pk=made.proof_key_id).update(ends_at=timezone.now())
    return made


@pytest.fixture
def certificate(check) -> Certificate:
    destruction.destroy_owed()
    return Certificate.objects.get()


def stated(certificate: Certificate) -> dict:
    return signed.check(certificate.signed_text)


# --- Gone ----------------------------------------------------------------------------------------------------
def test_keys_rows_and_files_of_the_proof_are_gone(check):
    lying = [one.path for one in SealedFile.objects.all()]
    assert len(lying) == 4, "two originals and two clean pages"
    destruction.destroy_owed()
    assert not any(path.exists() for path in lying)
    assert not Evidence.objects.exists()
    assert not SealedFile.objects.exists()
    keys = DataKey.objects.filter(Q(pk=check.proof_key_id) | Q(pk__in=clean_pages.keys_of([check.pk])))
    assert [(key.wrapped, key.destroyed_at is None, key.emptied_at is None) for key in keys] == [
        (None, False, False)
    ] * COUNTS["keys"]


def test_what_was_copied_before_opens_no_more(check):
    piece = check.evidence.get(kind=EvidenceKind.ACCOUNT_NUMBER)
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM verification_evidence WHERE kind = 'account_number'")
        [(lying,)] = cursor.fetchall()
    destruction.destroy_owed()
    again = Evidence(pk=piece.pk, proof_key=DataKey.objects.get(pk=check.proof_key_id))
    with pytest.raises(Unreadable):
        Evidence._meta.get_field("value").open(again, bytes(lying))


def test_the_result_of_the_check_stays(check, vera):
    checks.decide(check, "matched_facts", GIVEN, by=vera)
    destruction.destroy_owed()
    kept = Check.objects.get()
    assert (kept.reached, kept.method, kept.decided_by) == (AssuranceLevel.T3, "matched_facts", vera)


def test_proof_that_is_still_needed_stays(check):
    DataKey.objects.filter(pk=check.proof_key_id).update(ends_at=timezone.now() + timedelta(hours=1))
    assert destruction.destroy_owed() == 0
    assert check.evidence.count() == PIECES


def test_proof_of_another_check_stays(check):
    other = checks.begin(uuid.uuid4(), AssuranceLevel.T2)
    other.proof_key.save(force_insert=True)
    other.save(force_insert=True)
    checks.give(other, GIVEN, None)
    destruction.destroy_owed()
    assert {piece.value for piece in other.evidence.all()} == set(GIVEN.values())


def test_what_lives_longer_under_the_same_person_stays(check):
    contact = DataKey.make(check.subject, Life.CONTACT)
    contact.save(force_insert=True)
    destruction.destroy_owed()
    assert DataKey.objects.get(pk=contact.pk).opened()


# --- Killed at any step --------------------------------------------------------------------------------------
STEPS = [
    (forgetting.DataKey, "refresh_from_db"),
    (destruction, "_counts"),
    (destruction.forgetting, "destroy"),
    (forgetting, "_empty_rows"),
    (forgetting, "key_fields"),
    (forgetting.SealedFile, "path"),
    (destruction, "_finish"),
    (destruction.signed, "sign"),
    (destruction, "record"),
]


@pytest.mark.parametrize("seen_before", range(3))
@pytest.mark.parametrize(("where", "step"), STEPS, ids=[step for _where, step in STEPS])
def test_killed_at_any_step_the_next_sweep_ends_it(check, monkeypatch, where, step, seen_before):
    kill_at(monkeypatch, where, step, seen_before)
    with pytest.raises(Killed) if seen_before == 0 else suppress(Killed):
        destruction.destroy_owed()
    monkeypatch.undo()
    destruction.destroy_owed()
    certificate = Certificate.objects.get()
    assert stated(certificate)["classes"] == certificate.classes == COUNTS
    assert not Evidence.objects.exists()
    assert not DataKey.objects.filter(owner=check.pk, emptied_at=None).exists()
    assert Event.objects.filter(kind="proof_destroyed", about=check.pk).count() == 1


def kill_at(monkeypatch, where, step: str, seen_before: int) -> None:
    """Die the next time that `step` is reached, after `seen_before` times that went well."""
    given: Any = getattr(where, step)
    is_property, left = isinstance(given, property), [seen_before]
    really = given.fget if is_property else given

    def dying(*args, **kwargs):
        if left[0] == 0:
            raise Killed
        left[0] -= 1
        return really(*args, **kwargs)

    monkeypatch.setattr(where, step, property(dying) if is_property else dying)


def test_destroying_again_changes_nothing(check, certificate):
    before = Certificate.objects.values().get()
    destruction.destroy(check)
    assert destruction.destroy_owed() == 0
    assert Certificate.objects.values().get() == before
    assert Event.objects.filter(kind="proof_destroyed").count() == 1


def test_from_the_first_step_on_nothing_can_be_read(check, monkeypatch):
    kill_at(monkeypatch, forgetting, "key_fields", 0)
    with pytest.raises(Killed):
        forgetting.destroy(DataKey.objects.get(pk=check.proof_key_id))
    with pytest.raises(Unreadable):
        _ = Evidence.objects.get(kind=EvidenceKind.ACCOUNT_NUMBER).value


# --- The certificate -----------------------------------------------------------------------------------------
def test_the_certificate_counts_what_went(certificate):
    assert certificate.classes == COUNTS


def test_papers_that_went_with_the_decision_are_counted_too(check, vera):
    checks.decide(check, "matched_facts", GIVEN, by=vera)
    DataKey.objects.filter(pk=check.proof_key_id).update(ends_at=timezone.now() + timedelta(days=3))
    destruction.destroy_owed()
    with travel(timezone.now() + timedelta(days=4), tick=False):
        destruction.destroy_owed()
    assert stated(Certificate.objects.get())["classes"] == COUNTS


def test_the_certificate_names_when_it_is_gone_and_when_beyond_recovery(check, settings):
    settings.BACKUP_DAYS = 35
    with travel(datetime(2026, 11, 24, 3, 0, tzinfo=UTC), tick=False):  # still the 23rd in Chicago
        DataKey.objects.filter(pk=check.proof_key_id).update(ends_at=timezone.now())
        destruction.destroy_owed()
    made = Certificate.objects.get()
    assert made.beyond_recovery_on == date(2026, 12, 28)
    assert stated(made)["beyond_recovery_on"] == "2026-12-28"
    assert stated(made)["gone_from_use_at"] == "2026-11-24T03:00:00+00:00"


def test_the_certificate_names_the_keys_by_digest_and_says_nothing_else(check, certificate):
    statement = stated(certificate)
    keys = [check.proof_key, *clean_pages.keys_of([check.pk])]
    assert len(keys) == COUNTS["keys"]
    assert set(statement["keys_destroyed"]) == {hashlib.sha256(str(key.pk).encode()).hexdigest() for key in keys}
    assert not any(fact in certificate.signed_text for fact in [*GIVEN.values(), STATEMENT, "passport"])
    assert statement["check"] == str(check.pk)


# --- Signed texts --------------------------------------------------------------------------------------------
def check_signed(tmp_path, text: str | bytes) -> tuple[int, str]:
    """Exit code and words of `manage.py check_signed FILE`."""
    file, said = tmp_path / "text.json", StringIO()
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    try:
        call_command("check_signed", str(file), stdout=said, stderr=said)
    except SystemExit as ended:
        return int(ended.code or 0), said.getvalue()
    return 0, said.getvalue()


def test_anybody_can_check_a_certificate(certificate, tmp_path):
    code, said = check_signed(tmp_path, certificate.signed_text)
    assert code == 0
    assert str(certificate.pk) in said


def test_a_text_laid_out_differently_is_still_ours(certificate):
    assert signed.check(json.dumps(json.loads(certificate.signed_text))) == stated(certificate)


def tampered(text: str, **changes) -> str:
    envelope = json.loads(text)
    envelope["statement"] |= changes.pop("statement", {})
    return json.dumps(envelope | changes)


TAMPERED = [
    lambda text: tampered(text, statement={"beyond_recovery_on": "2020-01-01"}),
    lambda text: tampered(text, statement={"one": "more"}),
    lambda text: tampered(text, signature="AAAA"),
    lambda text: tampered(text, signature="no base64!"),
    lambda text: tampered(text, signature="ñ"),
    lambda text: tampered(text, signature=None),
    lambda text: tampered(text, key=99),
    lambda text: tampered(text, key="1"),
    lambda text: tampered(text, key=10**400),
    lambda text: text[:-3],
    lambda text: "",
    lambda text: "null",
    lambda text: "[" * 20_000,
    lambda text: '{"statement": {"a": "\\ud800"}, "key": 1, "signature": ""}',
    lambda text: '{"statement": {"a": NaN}, "key": 1, "signature": ""}',
]


@pytest.mark.parametrize("tamper", TAMPERED)
def test_a_text_that_was_touched_is_not_ours(certificate, tmp_path, tamper):
    text = tamper(certificate.signed_text)
    with pytest.raises(signed.NotOurs):
        signed.check(text)
    assert check_signed(tmp_path, text)[0] == 1


def test_a_text_signed_by_somebody_else_is_not_ours(certificate, settings):
    settings.SIGNING_KEYS = {1: b"o" * 32}
    with pytest.raises(signed.NotOurs):
        signed.check(certificate.signed_text)


def test_after_the_signing_key_is_rotated_older_certificates_still_hold(certificate, settings):
    settings.SIGNING_KEYS = {7: b"n" * 32} | dict(settings.SIGNING_KEYS)
    assert stated(certificate)["kind"] == "certificate of destruction"
    assert json.loads(signed.sign({}))["key"] == 7


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None])
def test_what_is_no_text_or_not_there_is_said_to_be_unreadable(db, tmp_path, content):
    file = tmp_path / "file"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CommandError, match="Cannot read"):
        call_command("check_signed", str(file))
