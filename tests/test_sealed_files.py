"""Sealed files: any size comes back whole, and a file that was touched does not open."""

import contextlib
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from primevox_privacy.sealed import files, forgetting
from primevox_privacy.sealed.cipher import Unreadable
from primevox_privacy.sealed.files import CHUNK, MAGIC, SALT_BYTES, TAG_BYTES
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey, SealedFile
from primevox_privacy.sealed.tasks import UNCLAIMED, drop_unclaimed_files

KEY, ID = b"k" * 32, "the file's id"
HEAD, SEALED_CHUNK = len(MAGIC) + SALT_BYTES, CHUNK + TAG_BYTES
AROUND_A_BOUNDARY = st.builds(lambda chunks, off: max(0, chunks * CHUNK + off), st.integers(0, 3), st.integers(-17, 17))


def content(size: int) -> bytes:
    """Bytes of which no two places look alike."""
    return b"".join(number.to_bytes(8, "big") for number in range(size // 8 + 1))[:size]


def read(path: Path, key: bytes = KEY, file_id: str = ID) -> bytes:
    return b"".join(files.read(path, key, file_id))


@pytest.fixture
def three_chunks(tmp_path) -> Path:
    path = tmp_path / "file"
    files.write(path, KEY, ID, [content(2 * CHUNK + 100)])
    return path


@settings(deadline=None, max_examples=40)
@given(size=AROUND_A_BOUNDARY, piece=st.sampled_from([CHUNK // 3, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK]))
def test_a_file_of_any_size_comes_back_whole_however_it_arrived(size, piece):
    plain = content(size)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "file")
        pieces = (plain[start : start + piece] for start in range(0, size, piece))
        assert files.write(path, KEY, ID, pieces) == size
        assert read(path) == plain


@settings(deadline=None, max_examples=40)
@given(size=AROUND_A_BOUNDARY, cut=st.integers(1, 4 * CHUNK))
def test_a_file_cut_off_anywhere_does_not_open(size, cut):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "file")
        files.write(path, KEY, ID, [content(size)])
        sealed = path.read_bytes()
        path.write_bytes(sealed[: max(0, len(sealed) - cut)])
        with pytest.raises(Unreadable):
            read(path)


def chunks_of(sealed: bytes) -> tuple[bytes, list[bytes]]:
    body = sealed[HEAD:]
    return sealed[:HEAD], [body[start : start + SEALED_CHUNK] for start in range(0, len(body), SEALED_CHUNK)]


@pytest.mark.parametrize(
    ("order", "why"),
    [
        ([0, 1], "the last chunk is gone"),
        ([1, 2], "the first chunk is gone"),
        ([0, 2], "a chunk in the middle is gone"),
        ([1, 0, 2], "two chunks changed places"),
        ([0, 0, 1, 2], "a chunk stands there twice"),
        ([0, 1, 2, 2], "the last chunk stands there twice"),
        ([], "nothing but the head is left"),
    ],
)
def test_a_file_whose_chunks_were_moved_or_left_out_does_not_open(three_chunks, order, why):
    head, chunks = chunks_of(three_chunks.read_bytes())
    three_chunks.write_bytes(head + b"".join(chunks[number] for number in order))
    with pytest.raises(Unreadable):
        read(three_chunks)


PLACES = [0, HEAD - 1, HEAD, HEAD + SEALED_CHUNK - 1, HEAD + SEALED_CHUNK, -1]


@pytest.mark.parametrize("place", PLACES, ids=["magic", "salt", "first byte", "first tag", "second chunk", "last tag"])
def test_a_file_with_one_byte_altered_does_not_open(three_chunks, place):
    sealed = bytearray(three_chunks.read_bytes())
    sealed[place] ^= 1
    three_chunks.write_bytes(sealed)
    with pytest.raises(Unreadable):
        read(three_chunks)


def test_a_file_with_something_added_does_not_open(three_chunks):
    three_chunks.write_bytes(three_chunks.read_bytes() + b"x")
    with pytest.raises(Unreadable):
        read(three_chunks)


@pytest.mark.parametrize(("key", "file_id"), [(b"o" * 32, ID), (KEY, "another file's id")])
def test_a_file_opens_only_under_its_key_and_as_itself(three_chunks, key, file_id):
    with pytest.raises(Unreadable):
        read(three_chunks, key, file_id)


def test_a_chunk_of_another_file_under_the_same_key_does_not_open(three_chunks, tmp_path):
    other = tmp_path / "other"
    files.write(other, KEY, ID, [content(2 * CHUNK + 100)])
    head, chunks = chunks_of(three_chunks.read_bytes())
    three_chunks.write_bytes(head + chunks[0] + chunks_of(other.read_bytes())[1][1] + chunks[2])
    with pytest.raises(Unreadable):
        read(three_chunks)


def test_nothing_plain_lies_on_disk(three_chunks):
    sealed = three_chunks.read_bytes()
    assert all(content(2 * CHUNK + 100)[at : at + 64] not in sealed for at in (0, CHUNK - 32, 2 * CHUNK))


def test_only_we_may_read_a_sealed_file(three_chunks):
    assert three_chunks.stat().st_mode & 0o777 == 0o600


def test_an_unfinished_file_never_appears(tmp_path):
    path = tmp_path / "file"
    writer = files.Writer(path, KEY, ID)
    writer.write(content(2 * CHUNK))
    assert not path.exists()
    writer.abandon()
    assert list(tmp_path.iterdir()) == []


def test_when_the_pieces_break_off_nothing_is_left(tmp_path):
    def breaking() -> Iterator[bytes]:
        yield content(CHUNK + 1)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        files.write(tmp_path / "file", KEY, ID, breaking())
    assert list(tmp_path.iterdir()) == []


# --- Rows ----------------------------------------------------------------------------------------------------
@pytest.fixture
def stored(db) -> SealedFile:
    key = DataKey.make(uuid.uuid4(), Life.DOCUMENT)
    key.save(force_insert=True)
    return SealedFile.store(key, "passport of Rosa.pdf", iter([content(100)]))


def test_a_stored_file_comes_back_with_its_name(stored):
    again = SealedFile.objects.get()
    assert (again.name, again.size, b"".join(again.chunks())) == ("passport of Rosa.pdf", 100, content(100))


def test_its_name_on_disk_says_nothing(stored):
    assert "passport" not in str(stored.path)


def test_a_file_put_in_anothers_place_does_not_open(stored):
    other = SealedFile.store(stored.key, "other", iter([content(200)]))
    other.path.write_bytes(stored.path.read_bytes())
    with pytest.raises(Unreadable):
        list(other.chunks())


def test_with_its_key_goes_the_file_its_row_and_its_name(stored):
    forgetting.destroy(stored.key)
    assert not stored.path.exists()
    assert not SealedFile.objects.exists()


# --- Files without a row -------------------------------------------------------------------------------------
def made_ago(path: Path, seconds: int) -> Path:
    then = time.time() - seconds
    os.utime(path, (then, then))
    return path


@pytest.fixture
def rolled_back(stored) -> Path:
    """The step that stored it did not come to its end."""
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        path = SealedFile.store(stored.key, "letter of Rosa.pdf", iter([content(100)])).path
        raise ZeroDivisionError
    assert path.exists()
    return path


def test_a_file_whose_step_was_rolled_back_is_gone_a_day_later(stored, rolled_back):
    made_ago(rolled_back, UNCLAIMED + 60)
    unfinished = made_ago(shutil.copy(rolled_back, rolled_back.with_suffix(".part")), UNCLAIMED + 60)
    made_ago(stored.path, 400 * UNCLAIMED)
    drop_unclaimed_files()
    assert not rolled_back.exists()
    assert not unfinished.exists()
    assert b"".join(stored.chunks()) == content(100)


def test_a_file_that_is_being_stored_is_left_alone(rolled_back):
    drop_unclaimed_files()
    assert rolled_back.exists()


def test_a_database_that_knows_no_file_takes_none_away(stored):
    SealedFile.objects.all().delete()
    made_ago(stored.path, UNCLAIMED + 60)
    drop_unclaimed_files()
    assert stored.path.exists()
