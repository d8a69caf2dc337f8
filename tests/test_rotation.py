"""The wrapping key is replaced while people work; nobody notices, and what one lost key costs, it costs one person.

`PROVE=1` (make prove) takes 100,000 data keys and prints how fast it went, `make test` a slice of them.
"""

import os
import random
import threading
import time
import uuid
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed import cipher, forgetting, rotation
from primevox_privacy.sealed.cipher import Unreadable
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from tests.test_codes import at_once

PROVE = bool(os.environ.get("PROVE"))
KEYS = 100_000 if PROVE else 2_000
LETTERS = 400  # what the readers read; each lies under one of the keys
READERS = 3
OLD, NEW = {1: b"o" * 32}, {2: b"n" * 32}


def letters(number: int) -> list[Letter]:
    """As many people, each with a key of their own and an address under it."""
    keys = [DataKey.make(uuid.uuid4(), Life.CONTACT) for _ in range(number)]
    DataKey.objects.bulk_create(keys)
    made = [
        Letter(key=f"letter {key.pk}", kind="receipt", about=key.owner, address_key=key, address=_address(key))
        for key in keys
    ]
    return Letter.objects.bulk_create(made)


def _address(key: DataKey) -> str:
    return f"{key.owner}@mail.example"


def opens(pk: uuid.UUID) -> bool:
    """Whether somebody who comes now reads their own address."""
    one = Letter.objects.select_related("address_key").get(pk=pk)
    return one.address == _address(one.address_key)


def rotate(*arguments: str) -> tuple[int, str]:
    """Exit code and words of `manage.py rotate_keys`."""
    said = StringIO()
    try:
        call_command("rotate_keys", *arguments, stdout=said, stderr=said)
    except SystemExit as ended:
        return int(ended.code or 0), said.getvalue()
    return 0, said.getvalue()


@pytest.fixture
def old(settings):
    settings.WRAPPING_KEYS = OLD


@pytest.fixture
def twelve(db, old, settings) -> list[Letter]:
    """Twelve people from before the wrapping key was replaced; the settings are those of after."""
    made = letters(12)
    settings.WRAPPING_KEYS = NEW | OLD
    return made


def versions() -> set[int]:
    return set(rotation.versions_in_use())


# --- What it does ---------------------------------------------------------------------------------------------------
def test_after_rotation_the_old_wrapping_key_is_needed_for_nothing(twelve, settings):
    assert rotate()[0] == 0
    settings.WRAPPING_KEYS = NEW
    assert versions() == {2}
    assert all(opens(one.pk) for one in twelve)


def test_what_is_sealed_stays_as_it_lies(twelve):
    def lying() -> list[bytes]:
        return [bytes(one.__dict__["address"]) for one in Letter.objects.order_by("pk")]

    before = lying()
    rotate()
    assert lying() == before


def test_who_fetched_a_key_before_still_opens_it_after(twelve):
    fetched = list(Letter.objects.select_related("address_key"))
    rotate()
    assert [one.address for one in fetched] == [_address(one.address_key) for one in fetched]


def test_rotating_again_changes_nothing(twelve):
    rotate()
    before = list(DataKey.objects.order_by("pk").values())
    assert rotate()[1].startswith("0 keys wrapped anew.")
    assert list(DataKey.objects.order_by("pk").values()) == before


def test_the_record_says_that_it_was_done_once(twelve):
    rotate()
    rotate()
    assert [event.detail for event in Event.objects.filter(kind="wrapping_key_rotated")] == [{"to": 2, "keys": 12}]


def test_a_destroyed_key_does_not_come_back(twelve):
    gone = twelve[0].address_key
    forgetting.destroy(gone)
    rotate()
    gone.refresh_from_db()
    assert (gone.wrapped, gone.wrapping_version) == (None, 1)
    assert versions() == {2}


def test_a_key_destroyed_while_its_batch_is_wrapped_anew_stays_destroyed(twelve, monkeypatch):
    really = rotation._write

    def meanwhile(changes):
        forgetting.destroy(DataKey.objects.get(pk=changes[0][0].pk))
        return really(changes)

    monkeypatch.setattr(rotation, "_write", meanwhile)
    assert rotate("--batch", "12")[0] == 0
    assert DataKey.objects.alive().count() == 11
    assert DataKey.objects.filter(wrapped=None).count() == 1


# --- Killed, checked ----------------------------------------------------------------------------------------------
class Killed(BaseException):
    """`kill -9`, as far as one process can tell."""


@pytest.mark.parametrize("batches", range(3))
def test_killed_after_any_batch_everybody_reads_on_and_the_next_run_ends_it(twelve, batches):
    for done, _progress in enumerate(rotation.rotate(batch=5)):
        if done == batches:
            break  # no line after it is reached
    assert all(opens(one.pk) for one in twelve)
    assert rotate()[0] == 0
    assert versions() == {2}
    assert all(opens(one.pk) for one in twelve)


@pytest.mark.parametrize("step", ["wrap", "unseal"])
def test_killed_within_a_batch_nothing_of_it_is_changed(twelve, monkeypatch, step):
    left, really = [3], getattr(cipher, step)

    def dying(*args):
        left[0] -= 1
        if left[0] < 0:
            raise Killed
        return really(*args)

    monkeypatch.setattr(cipher, step, dying)
    with pytest.raises(Killed):
        list(rotation.rotate())
    monkeypatch.undo()
    assert rotation.versions_in_use() == {1: 12}
    assert rotate()[0] == 0


def test_checking_changes_nothing_and_says_what_is_in_use(twelve):
    code, said = rotate("--check")
    assert code == 1
    assert "Version 2 (newest) wraps 0 keys." in said
    assert "Version 1 wraps 12 keys." in said
    assert "keep it configured" in said
    rotate()
    assert rotate("--check")[0] == 0


def test_checking_says_when_a_version_in_use_is_not_configured(twelve, settings):
    settings.WRAPPING_KEYS = NEW
    code, said = rotate()
    assert code == 1
    assert "Version 1 wraps 12 keys: NOT CONFIGURED" in said


# --- One key lost ---------------------------------------------------------------------------------------------------
def test_losing_one_data_key_harms_its_owner_and_nobody_else(twelve):
    lost, *others = twelve
    DataKey.objects.filter(pk=lost.address_key_id).update(wrapped=b"\x01 a disk that forgot")
    with pytest.raises(Unreadable):
        opens(lost.pk)
    assert all(opens(one.pk) for one in others)
    code, said = rotate()
    assert code == 1, "the old version is still in use, for what it is worth"
    assert f"Key {lost.address_key_id} does not open" in said
    assert all(opens(one.pk) for one in others)
    assert rotation.versions_in_use() == {2: 11, 1: 1}
    forgetting.destroy(DataKey.objects.get(pk=lost.address_key_id))
    assert rotate()[0] == 0


# --- Under load -------------------------------------------------------------------------------------------------------
@pytest.mark.postgres
def test_nobody_fails_to_read_while_all_keys_are_wrapped_anew(flushed, old, settings):
    read = [one.pk for one in letters(LETTERS)]
    DataKey.objects.bulk_create(
        (DataKey.make(uuid.uuid4(), Life.CONTACT) for _ in range(KEYS - LETTERS)), batch_size=5_000
    )
    settings.WRAPPING_KEYS = NEW | OLD
    over, reads, failed = threading.Event(), [0] * READERS, list[str]()

    def work(number: int) -> None:
        try:
            if number == READERS:
                list(rotation.rotate())
                over.set()
            while not over.is_set():
                one = random.choice(read)
                try:
                    assert opens(one)
                    reads[number] += 1
                except Exception as error:
                    failed.append(f"{type(error).__name__}: {error}")
        finally:
            over.set()
            connection.close()

    began = time.perf_counter()
    at_once(work, READERS + 1)
    took = time.perf_counter() - began
    print(
        f"\n{KEYS:,} data keys wrapped anew in {took:.1f} s, {KEYS / took:,.0f} keys/s;"
        f" {sum(reads):,} reads meanwhile, {len(failed)} failed"
    )
    assert failed == []
    assert min(reads) > 0, "nobody read"
    assert rotation.versions_in_use() == {2: KEYS}


@pytest.mark.postgres
def test_a_key_that_somebody_holds_is_left_out_and_has_its_turn_later(flushed, old, settings):
    first, *_others = letters(12)
    settings.WRAPPING_KEYS = NEW | OLD
    held, let_go = threading.Event(), threading.Event()

    def work(number: int) -> None:
        from django.db import transaction

        try:
            if number:
                with transaction.atomic():
                    DataKey.objects.filter(pk=first.address_key_id).update(held=True)
                    held.set()
                    assert let_go.wait(20), "the rotation waited for a row that somebody holds"
            else:
                assert held.wait(20)
                for progress in rotation.rotate():
                    if not let_go.is_set():
                        assert progress.wrapped == 11
                        let_go.set()
        finally:
            connection.close()

    at_once(work, 2)
    assert rotation.versions_in_use() == {2: 12}


@pytest.mark.postgres
def test_how_fast_keys_are_destroyed(flushed):
    number = 1_000 if PROVE else 50
    made = letters(number)
    began = time.perf_counter()
    assert all(forgetting.destroy(one.address_key) for one in made)
    took = time.perf_counter() - began
    print(f"\n{number:,} keys destroyed in {took:.1f} s, {number / took:,.0f} destructions/s, the purge ledger on disk")
    assert not DataKey.objects.alive().exists()
