"""The record: nobody alters what happened without being found out."""

import json
import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings as project_settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from primevox_privacy import signed
from primevox_privacy.ledger import seals, triggers
from primevox_privacy.ledger.models import Event, Seal, event, record


def happened(kind: str = "taken") -> Event:
    return record(uuid.uuid4(), kind, by="system", to="somebody")


def run(sql: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def seal_new_events() -> Seal:
    made = seals.seal_new_events()
    assert made is not None
    return made


def verify() -> tuple[int, str]:
    """Exit code and words of `manage.py verify_ledger`."""
    said = StringIO()
    try:
        call_command("verify_ledger", stdout=said, stderr=said)
    except SystemExit as ended:
        return int(ended.code or 0), said.getvalue()
    return 0, said.getvalue()


# --- The database refuses ------------------------------------------------------------------------------------
@pytest.fixture
def sealed(db) -> Event:
    one = happened()
    seal_new_events()
    return one


CHANGES = [
    "UPDATE ledger_event SET kind = 'refused'",
    "UPDATE ledger_event SET at = '2020-01-01T00:00:00+00:00'",
    "UPDATE ledger_event SET actor = 'somebody else'",
    "UPDATE ledger_event SET digest = 'x'",
    "UPDATE ledger_event SET detail = '{}'",
    "UPDATE ledger_event SET salt = NULL, actor = '', detail = '{}', kind = 'refused'",
    "UPDATE ledger_event SET salt = NULL, actor = '', detail = '{}', digest = 'x'",
    "UPDATE ledger_event SET salt = NULL, actor = '', detail = '{}', at = '2020-01-01T00:00:00+00:00'",
    "DELETE FROM ledger_event",
    "UPDATE ledger_seal SET leaves = '[]'",
    "UPDATE ledger_seal SET signature = ''",
    "DELETE FROM ledger_seal",
]


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses_to_change_what_is_recorded(sealed, change):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        run(change)


@pytest.mark.postgres
@pytest.mark.parametrize("table", ["ledger_event", "ledger_seal"])
def test_postgres_refuses_to_empty_the_record(sealed, table):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        run(f"TRUNCATE {table}")


def test_forgetting_is_allowed_and_leaves_the_record_whole(sealed):
    Event.objects.forget()
    one = Event.objects.get()
    assert (one.salt, one.actor, one.detail, one.kind, one.digest) == (None, "", {}, sealed.kind, sealed.digest)
    assert verify()[0] == 0


def test_the_refusal_comes_back_with_every_migration(db):
    triggers.remove(connection)
    call_command("migrate", verbosity=0)
    happened()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        run("DELETE FROM ledger_event")


# --- Sealing -------------------------------------------------------------------------------------------------
def test_a_seal_names_the_one_before_and_covers_what_is_new(db):
    first_event = happened()
    first = seal_new_events()
    second_event = happened()
    second = seal_new_events()
    assert [first.leaves, second.leaves] == [[str(first_event.pk)], [str(second_event.pk)]]
    assert (first.previous, second.previous, second.number) == ("", first.digest(), 2)


def test_where_nothing_happened_nothing_is_sealed(sealed):
    assert seals.seal_new_events() is None
    assert Seal.objects.count() == 1


def test_two_sealers_at_once_make_one_seal(db, monkeypatch):
    happened()
    really = Event.objects.unsealed_since

    def meanwhile(instant):
        found = really(instant)
        monkeypatch.undo()
        assert seal_new_events(), "the other sealer was faster"
        return found

    monkeypatch.setattr(type(Event.objects), "unsealed_since", lambda self, instant: meanwhile(instant))
    assert seals.seal_new_events() is None
    assert [seal.number for seal in Seal.objects.all()] == [1]
    assert verify()[0] == 0


def test_an_event_committed_late_is_still_sealed(db):
    late = event(uuid.uuid4(), "received", by="requester")  # written down now, committed after the next seal
    happened()
    seal_new_events()
    late.save(force_insert=True)
    assert seal_new_events().leaves == [str(late.pk)]


def test_the_latest_seal_stands_outside_the_database_too(sealed):
    [line] = project_settings.LEDGER_HEAD_FILE.read_text().splitlines()
    assert json.loads(line) == {"number": 1, "digest": Seal.objects.get().digest()}


def test_a_leaf_says_nothing_without_its_salt(db):
    one, other = (event(uuid.UUID(int=1), "taken", by="system") for _ in range(2))
    other.pk, other.at = one.pk, one.at
    assert one.leaf() != other.leaf()


# --- Attacks -------------------------------------------------------------------------------------------------
@pytest.fixture
def history(db) -> list[Event]:
    """Three events under three seals, and a database whose guards somebody has taken away."""
    events = []
    for kind in ("received", "taken", "closed"):
        events.append(happened(kind))
        seal_new_events()
    triggers.remove(connection)
    return events


def forge(number: int, **changes) -> None:
    """Rewrite a seal as somebody would who holds the signing key."""
    seal = Seal.objects.get(number=number)
    for name, value in changes.items():
        setattr(seal, name, value)
    seal.signature = signed.signature(seal.statement())
    seal.save()


def alter(events):
    Event.objects.filter(pk=events[1].pk).update(kind="refused")


def alter_with_its_digest(events):
    one = events[1]
    one.kind = "refused"
    one.digest = one.leaf()
    one.save()


def delete(events):
    Event.objects.filter(pk=events[1].pk).delete()


def take_a_seal_away(events):
    Seal.objects.filter(number=2).delete()


def rewrite_a_seal(events):
    forge(2, at=timezone.now() - timedelta(days=9))


def rewrite_the_last_seal(events):
    forge(3, at=timezone.now() - timedelta(days=9))


def cut_off_the_end(events):
    Seal.objects.filter(number=3).delete()
    Event.objects.filter(pk=events[2].pk).delete()


def sign_with_another_key(events):
    Seal.objects.filter(number=2).update(signature=Seal.objects.get(number=1).signature)


def spoil_a_signature(events):
    Seal.objects.filter(number=2).update(signature="no base64")


def name_a_key_we_never_had(events):
    Seal.objects.filter(number=2).update(key_version=99)


def lose_the_head_file(events):
    project_settings.LEDGER_HEAD_FILE.unlink()


def spoil_the_head_file(events):
    with project_settings.LEDGER_HEAD_FILE.open("a") as head:
        head.write('{"number": 4, "dig')


ATTACKS = [
    (alter, "event {1} under seal 2 was altered"),
    (alter_with_its_digest, "an event under seal 2 has another digest than was sealed"),
    (delete, "event {1} under seal 2 is missing"),
    (take_a_seal_away, "seal 2 is missing"),
    (rewrite_a_seal, "seal 3 does not follow the one before it"),
    (rewrite_the_last_seal, "seal 3 is not the one written outside the database"),
    (cut_off_the_end, "seal 3 is not the one written outside the database"),
    (sign_with_another_key, "seal 2 does not bear our signature"),
    (spoil_a_signature, "seal 2 does not bear our signature"),
    (name_a_key_we_never_had, "seal 2 does not bear our signature"),
    (lose_the_head_file, "the head file outside the database is missing"),
    (spoil_the_head_file, "line 4 of the head file outside the database cannot be read"),
]


@pytest.mark.parametrize(("attack", "words"), ATTACKS, ids=[attack.__name__ for attack, _words in ATTACKS])
def test_the_first_bad_place_is_named(history, attack, words):
    attack(history)
    code, said = verify()
    assert code == 1
    assert words.format(*(one.pk for one in history)) in said


def test_a_whole_record_is_called_whole(history):
    assert verify() == (0, "The record is whole: 3 events, 3 seals.\n")


def test_an_event_that_nobody_sealed_for_long_is_named(history):
    old = event(uuid.uuid4(), "received", by="requester")
    old.at = timezone.now() - timedelta(days=3)  # slipped in behind what is sealed
    old.digest = old.leaf()
    old.save()
    assert verify() == (1, f"The record is not whole: event {old.pk} was never sealed.\n")


def test_an_event_of_this_minute_may_still_wait_for_its_seal(history):
    happened()
    assert verify()[0] == 0


def test_after_the_signing_key_is_rotated_old_seals_still_hold(history, settings):
    settings.SIGNING_KEYS = {2: b"n" * 32} | dict(settings.SIGNING_KEYS)
    happened()
    assert seal_new_events().key_version == 2
    assert verify()[0] == 0


def test_every_fault_is_found_not_only_the_first(history):
    delete(history)
    spoil_a_signature(history)
    assert len(list(seals.faults())) >= 2
