"""Sealed fields: what lies in the database says nothing, and opens only where it was written."""

import uuid

import pytest
from django.conf import settings as project_settings
from django.db import IntegrityError, connection
from hypothesis import given
from hypothesis import strategies as st

from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed import cipher, forgetting
from primevox_privacy.sealed.cipher import Unreadable, blind_index
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from requests.models import Draft

CANARY = "Rosa-canary-5f1e"
KEY_A, KEY_B = b"a" * 32, b"b" * 32


def key_of(life: Life = Life.CONTACT) -> DataKey:
    key = DataKey.make(uuid.uuid4(), life)
    key.save(force_insert=True)
    return key


def letter(address: str = CANARY, text: str = "a text", key: DataKey | None = None) -> Letter:
    about = uuid.uuid4()
    return Letter.objects.create(
        key=f"test:{about}", kind="receipt", about=about, address_key=key or key_of(), address=address, text=text
    )


def found(one: Letter) -> Letter:
    return Letter.objects.get(pk=one.pk)


def draft(answers: dict) -> Draft:
    return Draft.objects.create(draft_key=key_of(Life.DRAFT), answers=answers)


def raw(sql: str, *values) -> list:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


# --- Values --------------------------------------------------------------------------------------------------
@given(plain=st.binary(), context=st.text())
def test_a_value_opens_under_its_key_and_in_its_place(plain, context):
    assert cipher.unseal(KEY_A, cipher.seal(KEY_A, plain, context), context) == plain


@given(plain=st.binary(max_size=40), at=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_a_value_with_one_byte_altered_does_not_open(plain, at, flip):
    sealed = bytearray(cipher.seal(KEY_A, plain, "here"))
    sealed[at % len(sealed)] ^= flip
    with pytest.raises(Unreadable):
        cipher.unseal(KEY_A, bytes(sealed), "here")


@given(cut=st.integers(0, 28))
def test_a_value_cut_short_does_not_open(cut):
    with pytest.raises(Unreadable):
        cipher.unseal(KEY_A, cipher.seal(KEY_A, b"", "here")[:cut], "here")


@pytest.mark.parametrize(("key", "context"), [(KEY_B, "here"), (KEY_A, "there")])
def test_a_value_opens_neither_under_another_key_nor_elsewhere(key, context):
    with pytest.raises(Unreadable):
        cipher.unseal(key, cipher.seal(KEY_A, b"plain", "here"), context)


def test_the_same_value_sealed_twice_looks_different():
    assert cipher.seal(KEY_A, b"plain", "here") != cipher.seal(KEY_A, b"plain", "here")


# --- Fields --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["Rosa", "ñ 家 \U0001f511", " spaces kept ", "x" * 10_000])
def test_text_comes_back_as_it_was_given(db, text):
    assert found(letter(text=text)).text == text


@pytest.mark.parametrize("answers", [{}, {"rights": ["access"], "n": 3, "ñ": None}, {"deep": [{"a": [True, ""]}]}])
def test_a_structure_comes_back_as_it_was_given(db, answers):
    assert Draft.objects.get(pk=draft(answers).pk).answers == answers


def test_the_database_holds_no_plain_byte_of_a_sealed_field(db):
    letter(address=CANARY, text=CANARY)
    draft({"name": CANARY})
    [letters], [answers] = raw("SELECT address, text FROM outbox_letter"), raw("SELECT answers FROM requests_draft")
    assert all(CANARY.encode() not in bytes(value) for value in (*letters, *answers))


def test_what_lies_in_the_database_is_read_without_opening_it(db, monkeypatch):
    one = letter()
    monkeypatch.setattr(cipher, "unseal", lambda *args: pytest.fail("opened though nobody asked for it"))
    assert [found(one).kind, *Letter.objects.values_list("kind", flat=True)] == ["receipt", "receipt"]


def test_a_value_moved_to_another_row_does_not_open(db):
    key = key_of()
    rosas, stans = letter(key=key), letter("stan@mail.example", key=key)
    raw("UPDATE outbox_letter SET address = (SELECT address FROM outbox_letter WHERE id = %s)", _id(rosas))
    assert found(rosas).address == CANARY
    with pytest.raises(Unreadable):
        _ = found(stans).address


def test_a_value_moved_to_another_field_does_not_open(db):
    one = letter()
    raw("UPDATE outbox_letter SET text = address")
    with pytest.raises(Unreadable):
        _ = found(one).text


def test_a_value_moved_to_another_table_does_not_open(db):
    key = key_of()
    one = letter(key=key)
    other = Draft.objects.create(pk=one.pk, draft_key=key, answers={})
    raw("UPDATE requests_draft SET answers = (SELECT address FROM outbox_letter)")
    with pytest.raises(Unreadable):
        _ = Draft.objects.get(pk=other.pk).answers


def test_a_value_does_not_open_under_another_persons_key(db):
    one, other = letter(), key_of()
    Letter.objects.update(address_key=other)
    with pytest.raises(Unreadable):
        _ = found(one).address


def _id(row) -> str:
    return row.pk if connection.vendor == "postgresql" else row.pk.hex


@pytest.mark.parametrize("look_up", [{"address": CANARY}, {"address__in": [CANARY]}, {"address": CANARY.encode()}])
def test_nobody_looks_up_by_a_sealed_field(db, look_up):
    letter()
    with pytest.raises(TypeError, match="sealed"):
        Letter.objects.filter(**look_up).exists()


def test_a_bulk_update_never_writes_a_plain_value(db):
    one = letter()
    with pytest.raises(TypeError, match="sealed"):
        Letter.objects.update(address="plain@mail.example")
    one.address = "plain@mail.example"
    with pytest.raises(TypeError, match="sealed"):
        Letter.objects.bulk_update([one], ["address"])


def test_a_sealed_field_can_be_blanked_in_bulk(db):
    one = letter()
    Letter.objects.update(address=None)
    assert found(one).address is None


def test_rows_written_in_bulk_are_sealed_too(db):
    key, about = key_of(), uuid.uuid4()
    Letter.objects.bulk_create([Letter(key="k", kind="receipt", about=about, address_key=key, address=CANARY)])
    [(lying,)] = raw("SELECT address FROM outbox_letter")
    assert CANARY.encode() not in bytes(lying)
    assert Letter.objects.get().address == CANARY


def test_a_changed_value_is_sealed_anew_and_an_untouched_one_is_left_as_it_lies(db):
    one = found(letter())
    [(text_before,)] = raw("SELECT text FROM outbox_letter")
    one.address = "new@mail.example"
    one.save()
    assert found(one).address == "new@mail.example"
    assert raw("SELECT text FROM outbox_letter") == [(text_before,)]


def test_a_field_left_out_of_the_query_is_fetched_when_asked_for(db):
    letter()
    assert [Letter.objects.defer("address").get().address, Letter.objects.only("kind").get().text] == [CANARY, "a text"]


def test_saving_a_row_without_its_deferred_field_keeps_that_field(db):
    one = letter()
    partial = Letter.objects.only("kind").get()
    partial.kind = "closed"
    partial.save()
    assert (found(one).kind, found(one).address) == ("closed", CANARY)


# --- Keys ----------------------------------------------------------------------------------------------------
def test_the_data_key_lies_wrapped(db):
    key = key_of()
    [(wrapped,)] = raw("SELECT wrapped FROM sealed_datakey")
    assert key.opened() not in bytes(wrapped)
    assert DataKey.objects.get().opened() == key.opened()


def test_a_wrapped_key_moved_to_another_owner_does_not_open(db):
    key_of(), key_of()
    [one, other] = DataKey.objects.all()
    DataKey.objects.filter(pk=other.pk).update(wrapped=one.wrapped)
    with pytest.raises(Unreadable):
        DataKey.objects.get(pk=other.pk).opened()


def test_after_its_key_is_destroyed_nothing_opens(db):
    key = key_of()
    one = letter(key=key)
    [(lying,)] = raw("SELECT address FROM outbox_letter")
    forgetting.destroy(key)
    raw("UPDATE outbox_letter SET address = %s", bytes(lying))  # as from a backup of that table
    with pytest.raises(Unreadable):
        _ = found(one).address


def test_a_destroyed_key_seals_nothing_either(db):
    key = key_of()
    forgetting.destroy(key)
    with pytest.raises(Unreadable):
        letter(key=key)


def test_the_database_refuses_a_key_that_is_destroyed_and_still_there(db):
    key_of()
    with pytest.raises(IntegrityError):
        raw("UPDATE sealed_datakey SET wrapped = NULL")


def test_an_owner_has_one_key_a_life(db):
    key = key_of()
    with pytest.raises(IntegrityError):
        DataKey.make(key.owner, Life.CONTACT).save(force_insert=True)


@pytest.fixture
def rotated(db, settings):
    """A letter from before the wrapping keys were rotated, and the settings after."""
    before = dict(project_settings.WRAPPING_KEYS)
    one = letter()
    settings.WRAPPING_KEYS = {max(before) + 1: KEY_B} | before
    return one


def test_after_rotation_what_was_sealed_before_still_opens(rotated):
    assert found(rotated).address == CANARY


def test_after_rotation_the_first_wrapping_key_is_used(rotated, settings):
    assert key_of().wrapping_version == next(iter(settings.WRAPPING_KEYS)) != rotated.address_key.wrapping_version


def test_without_its_old_wrapping_key_nothing_of_before_opens(rotated, settings):
    settings.WRAPPING_KEYS = {2: KEY_B}
    with pytest.raises(Unreadable, match="version 1"):
        _ = found(rotated).address


# --- Blind indexes -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("rosa@mail.example", " Rosa@Mail.Example ", True),
        ("972 555 0143", "9725550143", True),
        ("rosa@mail.example", "rosa@mail.exampl", False),  # exact: no part of it is found
        ("rosa@mail.example", "rosa@mail.example.org", False),
    ],
)
def test_a_blind_index_finds_the_whole_value_only(one, other, same):
    assert (blind_index("email", one) == blind_index("email", other)) is same


def test_a_blind_index_is_bound_to_its_purpose_and_to_our_key(settings):
    ours = blind_index("email", CANARY)
    assert blind_index("phone", CANARY) != ours
    settings.INDEX_KEY = b"another"
    assert blind_index("email", CANARY) != ours
