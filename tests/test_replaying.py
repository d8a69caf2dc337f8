"""A backup brings back what was destroyed; the purge ledger remembers, and what it names is destroyed again."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from primevox_privacy import signed
from primevox_privacy.ledger import purges, triggers
from primevox_privacy.ledger.models import Event, Purge
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed import forgetting, replaying
from primevox_privacy.sealed.cipher import Unreadable
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey, SealedFile
from tests.test_destruction import Killed, kill_at
from verification import checks, destruction
from verification.levels import AssuranceLevel
from verification.models import Certificate, Check, EvidenceKind

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
CANARY = "rosa-canary-77ab@mail.example"


class Backup:
    """All rows of keys, letters and files as they were, with the files themselves. What a restore brings back."""

    def __init__(self) -> None:
        models: list[Any] = [DataKey, SealedFile, Letter]
        self.rows = [(model, list(model.objects.values())) for model in models]
        self.files = {one.path: one.path.read_bytes() for one in SealedFile.objects.all()}

    def restore(self) -> None:
        triggers.remove(connection)  # a restored database knows nothing of what was purged since
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM ledger_purge")
        triggers.install(connection)
        for model in (Letter, SealedFile, DataKey):
            model.objects.all().delete()
        for model, rows in self.rows:
            model.objects.bulk_create(model(**row) for row in rows)
        for path, content in self.files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def letter(ends_at: datetime | None = None) -> Letter:
    key = DataKey.make(uuid.uuid4(), Life.CONTACT, ends_at=ends_at)
    key.save(force_insert=True)
    SealedFile.store(key, "paper.jpg", iter([b"what the paper shows"]))
    return Letter.objects.create(key=f"{key.pk}", kind="receipt", about=key.owner, address_key=key, address=CANARY)


def address(one: Letter) -> str | None:
    return Letter.objects.select_related("address_key").get(pk=one.pk).address


def replay(*arguments: object) -> tuple[int, str]:
    """Exit code and words of `manage.py replay_purges`."""
    said = StringIO()
    try:
        call_command("replay_purges", *map(str, arguments), stdout=said, stderr=said)
    except SystemExit as ended:
        return int(ended.code or 0), said.getvalue()
    return 0, said.getvalue()


def ledger() -> Path:
    return settings.PURGE_LEDGER_FILE


@pytest.fixture
def kept() -> Letter:
    """Of somebody whose data is still needed."""
    return letter()


@pytest.fixture
def restored(kept) -> Letter:
    """Rosa's data was destroyed; then a backup from before was restored."""
    one = letter(ends_at=AT)
    backup = Backup()
    assert forgetting.destroy(one.address_key, now=AT)
    backup.restore()
    assert address(one) == CANARY, "it came back"
    return one


# --- What was destroyed is destroyed again -------------------------------------------------------------------------
def test_what_a_backup_brought_back_can_be_read_by_nobody_after_the_replay(restored):
    code, said = replay()
    assert (code, "1 keys were there" in said) == (0, True)
    assert address(restored) is None
    assert not SealedFile.objects.filter(key=restored.address_key_id).exists()
    key = DataKey.objects.get(pk=restored.address_key_id)
    assert (key.wrapped, key.destroyed_at, key.emptied_at is None) == (None, AT, False)


def test_a_copy_of_the_row_from_before_opens_no_more(restored):
    [row] = Letter.objects.filter(pk=restored.pk).values("address")
    replay()
    with pytest.raises(Unreadable):
        Letter._meta.get_field("address").open(
            Letter(pk=restored.pk, address_key=DataKey.objects.get(pk=restored.address_key_id)), bytes(row["address"])
        )


def test_files_that_came_back_are_unlinked(restored):
    [path] = [one.path for one in SealedFile.objects.filter(key=restored.address_key_id)]
    replay()
    assert not path.exists()


def test_what_was_not_destroyed_stays(restored, kept):
    replay()
    assert address(kept) == CANARY
    assert SealedFile.objects.get(key=kept.address_key_id).path.exists()


def test_a_hold_and_a_later_end_of_before_save_nothing(restored):
    DataKey.objects.filter(pk=restored.address_key_id).update(held=True, ends_at=timezone.now() + timedelta(days=99))
    replay()
    assert address(restored) is None


def test_replaying_again_changes_nothing(restored):
    replay()
    before = list(DataKey.objects.order_by("pk").values()), ledger().read_text()
    assert "0 keys were there" in replay()[1]
    assert (list(DataKey.objects.order_by("pk").values()), ledger().read_text()) == before
    assert Event.objects.filter(kind="purges_replayed").count() == 1


def test_a_check_that_was_open_in_the_backup_takes_nothing_in_any_more_and_is_certified(check_with_proof):
    DataKey.objects.update(ends_at=None)  # as it stood in the backup
    purges.append([purges.Destroyed(check_with_proof.proof_key_id, AT)])
    replay()
    check = Check.objects.select_related("proof_key").get()
    with pytest.raises(checks.CheckNotAllowed):
        checks.give(check, {EvidenceKind.ACCOUNT_NUMBER: "PV-004417"}, None)
    destruction.destroy_owed()
    said = signed.check(Certificate.objects.get().signed_text)
    assert said["gone_from_use_at"] == AT.isoformat(timespec="seconds")


def test_a_key_that_the_backup_does_not_know_is_no_trouble(restored):
    purges.append([purges.Destroyed(uuid.uuid4(), AT)])
    assert replay()[0] == 0
    assert address(restored) is None


STEPS = [
    (forgetting.DataKey, "refresh_from_db"),
    (forgetting.SealedFile, "path"),
    (forgetting, "key_fields"),
    (forgetting, "_empty_rows"),
    (purges, "keep"),
    (forgetting, "truncate_log"),
    (replaying, "record"),
]


@pytest.mark.parametrize(("where", "step"), STEPS, ids=[step for _where, step in STEPS])
def test_killed_at_any_step_the_next_replay_ends_it(restored, kept, monkeypatch, where, step):
    kill_at(monkeypatch, where, step, 0)
    with pytest.raises(Killed):
        replay()
    monkeypatch.undo()
    replay()
    assert address(restored) is None
    assert address(kept) == CANARY
    assert replay("--check")[0] == 0
    assert Purge.objects.filter(pk=restored.address_key_id).exists()


def test_checking_destroys_nothing_and_says_what_is_there_again(restored):
    code, said = replay("--check")
    assert (code, "1 keys are there again" in said) == (1, True)
    assert address(restored) == CANARY
    replay()
    assert replay("--check")[0] == 0


# --- The ledger itself ---------------------------------------------------------------------------------------------
def test_a_destruction_is_named_in_both_and_says_nothing_of_anybody():
    one = letter(ends_at=AT)
    forgetting.destroy(one.address_key, now=AT)
    said = json.loads(ledger().read_text())
    assert (said["key"], said["at"]) == (str(one.address_key_id), AT.isoformat())
    assert set(said) == {"key", "at", "by", "signature"}
    assert list(Purge.objects.values_list("key", "at")) == [(one.address_key_id, AT)]


@pytest.mark.parametrize("step", ["append", "keep"])
def test_no_destruction_counts_as_done_before_it_is_named(monkeypatch, step):
    """A full disk, a worker killed: the next sweep names it."""
    one = letter(ends_at=AT)
    kill_at(monkeypatch, purges, step, 0)
    with pytest.raises(Killed):
        forgetting.destroy(one.address_key)
    monkeypatch.undo()
    assert DataKey.objects.over(timezone.now()).exists(), "the sweep comes again"
    forgetting.destroy(DataKey.objects.get(pk=one.address_key_id))
    assert str(one.address_key_id) in ledger().read_text()
    assert Purge.objects.exists()


def test_papers_and_proof_are_named_too(check_with_proof):
    destruction.destroy_owed()
    assert set(Purge.objects.values_list("key", flat=True)) == set(DataKey.objects.values_list("pk", flat=True))


@pytest.fixture
def check_with_proof():
    check = checks.begin(uuid.uuid4(), AssuranceLevel.T2)
    check.proof_key.save(force_insert=True)
    check.save(force_insert=True)
    DataKey.objects.update(ends_at=AT)
    return check


@pytest.mark.parametrize("change", ["UPDATE ledger_purge SET at = at", "DELETE FROM ledger_purge"])
def test_the_database_refuses_to_forget_what_was_destroyed(change):
    forgetting.destroy(letter(ends_at=AT).address_key)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_with_the_file_lost_the_table_is_replayed_and_writes_it_anew(restored):
    keep = [purges.Destroyed(restored.address_key_id, AT)]
    purges.keep(keep)
    ledger().write_text("")
    assert replay()[0] == 0
    assert address(restored) is None
    assert str(restored.address_key_id) in ledger().read_text()


def test_a_copy_of_the_file_kept_elsewhere_serves_as_well(restored, tmp_path):
    elsewhere = tmp_path / "copy.jsonl"
    ledger().rename(elsewhere)
    assert replay(elsewhere)[0] == 0
    assert address(restored) is None
    assert str(restored.address_key_id) in ledger().read_text()


def test_without_a_file_nothing_is_replayed_in_silence(tmp_path):
    with pytest.raises(CommandError, match="not there"):
        replay(tmp_path / "no such file")


# --- Lines that nobody may obey ------------------------------------------------------------------------------------
def planted(of: DataKey, **changes) -> str:
    said = {"key": str(of.pk), "at": AT.isoformat(), "by": 1, "signature": signed.signature(b"something else")}
    return json.dumps(said | changes)


NOT_OURS = [
    lambda key: planted(key),
    lambda key: planted(key, signature="AAAA"),
    lambda key: planted(key, signature=7),
    lambda key: planted(key, by=99),
    lambda key: planted(key, by=[]),
    lambda key: planted(key, key="no id"),
    lambda key: planted(key, at="some day"),
    lambda key: planted(key, at=5),
    lambda key: json.dumps(str(key.pk)),
    lambda key: "null",
    lambda key: "{",
    lambda key: "[" * 50_000,
]


@pytest.mark.parametrize("write", NOT_OURS)
def test_a_line_that_we_did_not_sign_destroys_nothing_and_is_named(restored, kept, write):
    with ledger().open("a") as file:
        file.write(write(kept.address_key) + "\n")
    code, said = replay()
    assert (code, "Line 2 " in said) == (1, True)
    assert address(kept) == CANARY
    assert address(restored) is None, "the good line is obeyed"


def test_a_line_of_one_key_says_nothing_of_another(restored, kept):
    line = json.loads(ledger().read_text())
    ledger().write_text(json.dumps(line | {"key": str(kept.address_key_id)}) + "\n")
    assert replay()[0] == 1
    assert address(kept) == CANARY


def test_what_is_named_after_a_line_that_was_cut_off_is_not_lost_with_it():
    ledger().write_text('{"key": "6f0')
    one = letter(ends_at=AT)
    backup = Backup()
    forgetting.destroy(one.address_key)
    backup.restore()
    code, said = replay()
    assert (code, "Line 1 cannot be read" in said) == (1, True)
    assert address(one) is None


def test_lines_signed_before_the_signing_key_was_replaced_are_obeyed(restored, settings):
    public = {version: bytes(signed._verify_key(version)) for version in settings.SIGNING_KEYS}
    settings.SIGNING_KEYS, settings.OLD_PUBLIC_KEYS = {7: b"n" * 32}, public
    assert replay()[0] == 0
    assert address(restored) is None
