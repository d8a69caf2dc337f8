"""Uploads: nothing that a person sends lies in plain on a disk, not for a moment."""

import gc
import io
import os
import tempfile
import time
from pathlib import Path

import pytest
from django.conf import settings as project_settings
from django.core.files.uploadhandler import StopUpload
from django.http import UnreadablePostError
from django.test import RequestFactory

from primevox_privacy import signed
from primevox_privacy.sealed import tasks
from primevox_privacy.sealed.uploads import INCOMING, SealedUpload, SealedUploadHandler

CANARY = b"passport-canary-9d3f" * 4
BOUNDARY = "frontier"
LIMIT = 300_000


@pytest.fixture(autouse=True)
def _small_limit(settings):
    settings.UPLOAD_MAX_BYTES = LIMIT


@pytest.fixture
def temp(tmp_path, monkeypatch) -> Path:
    """A temp folder of the test's own, so that a file in plain could not hide in it."""
    folder = tmp_path / "temp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def incoming() -> list[Path]:
    return [path for path in Path(project_settings.SEALED_FILES_DIR, INCOMING).glob("*") if path.is_file()]


def multipart(*contents: bytes, closed: bool = True) -> bytes:
    parts = b"".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="f{n}.txt"\r\n'
        f"Content-Type: text/plain\r\n\r\n".encode()
        + content
        + b"\r\n"
        for n, content in enumerate(contents)
    )
    return parts + f"--{BOUNDARY}--\r\n".encode() if closed else parts


def upload(*contents: bytes, closed: bool = True, length: int | None = None):
    body = multipart(*contents, closed=closed)
    request = RequestFactory().post("/check/", body, content_type=f"multipart/form-data; boundary={BOUNDARY}")
    if length:
        request.META["CONTENT_LENGTH"] = str(length)
    return request


class Watched(io.BytesIO):
    """A connection on which we look at the disk each time the server reads on; it can also drop."""

    def __init__(self, body: bytes, look=lambda: None, drops_at: int | None = None):
        super().__init__(body)
        self.look, self.drops_at = look, drops_at

    def read(self, size=-1):
        self.look()
        if self.drops_at is not None and self.tell() >= self.drops_at:
            raise ConnectionResetError
        return super().read(min(size, 65_536) if size >= 0 else size)


def watched(body: bytes, **more):
    request = RequestFactory().post("/check/", body, content_type=f"multipart/form-data; boundary={BOUNDARY}")
    request.environ["wsgi.input"] = Watched(body, **more)
    return type(request)(request.environ)


def test_an_upload_comes_back_as_it_was_sent():
    content = os.urandom(LIMIT)
    sent = upload(content).FILES["file"]
    assert isinstance(sent, SealedUpload)
    assert (sent.read(), sent.size, sent.name, sent.too_big) == (content, LIMIT, "f0.txt", False)
    sent.close()


def test_while_an_upload_streams_in_nothing_plain_lies_on_disk(temp, tmp_path, settings):
    settings.UPLOAD_MAX_BYTES = 4_000_000
    seen: list[bytes] = []

    def look():
        seen.extend(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())

    request = watched(multipart(CANARY * 40_000), look=look)
    [sent] = request.FILES.getlist("file")
    look()
    assert any(seen), "the disk was looked at while a file lay there"
    assert not any(CANARY[:20] in lying for lying in seen)
    assert list(temp.iterdir()) == []
    sent.close()


def test_of_a_request_that_is_over_nothing_is_left(client, db):
    text = signed.sign({"kind": "receipt"}).encode()
    page = client.post("/check/", {"file": io.BytesIO(text)})
    assert page.context["statement"] == {"kind": "receipt"}
    assert incoming() == []


def test_a_file_over_the_limit_is_marked_and_not_kept_beyond_it():
    [sent] = upload(b"x" * 2 * LIMIT).FILES.getlist("file")
    assert sent.too_big
    assert sum(path.stat().st_size for path in incoming()) <= LIMIT + 100
    sent.close()


def test_the_page_refuses_a_file_over_the_limit_in_words(client, db):
    page = client.post("/check/", {"file": io.BytesIO(b"x" * (LIMIT + 1))})
    assert "too big" in str(page.context["form"].errors["file"])
    assert incoming() == []


def test_a_file_far_over_the_limit_is_not_even_listened_to():
    handler = SealedUploadHandler()
    handler.new_file("file", "f.txt", "text/plain", None, None)
    handler.receive_data_chunk(b"x" * LIMIT, 0)
    with pytest.raises(StopUpload) as stopped:
        handler.receive_data_chunk(b"x" * 2 * LIMIT, LIMIT + 1)
    assert stopped.value.connection_reset
    assert incoming() == []


def test_of_a_file_far_over_the_limit_the_rest_is_left_unread():
    body = multipart(b"x" * 4_000_000)
    request = watched(body)
    assert request.FILES.getlist("file") == []
    assert request.environ["wsgi.input"].tell() < len(body)
    assert incoming() == []


def test_an_upload_that_ends_too_early_leaves_nothing():
    request = upload(b"x" * 1000, closed=False, length=5000)
    assert request.FILES.getlist("file") == []
    assert incoming() == []


def test_a_connection_that_drops_leaves_nothing():
    request = watched(multipart(b"x" * LIMIT), drops_at=100_000)
    with pytest.raises(UnreadablePostError):
        _ = request.FILES
    del request
    gc.collect()
    assert incoming() == []


def test_when_a_later_file_breaks_off_the_earlier_one_goes_with_the_request():
    request = upload(b"a" * 1000, b"b" * 1000, closed=False, length=9000)
    _ = request.FILES
    request.close()
    assert incoming() == []


@pytest.mark.parametrize(("age", "left"), [(tasks.STALE_UPLOAD + 60, 0), (60, 1)])
def test_what_a_killed_process_left_goes_after_an_hour(db, age, left):
    folder = project_settings.SEALED_FILES_DIR / INCOMING
    folder.mkdir(parents=True)
    (folder / "left.part").write_bytes(b"sealed under a key that is gone")
    then = time.time() - age
    os.utime(folder / "left.part", (then, then))
    tasks.end_lives()
    assert len(incoming()) == left
