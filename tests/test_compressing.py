"""Pages of requesters travel compressed; what staff read, and files, do not."""

import gzip

import pytest

from tests.shelf import ASKED_BY

pytestmark = pytest.mark.django_db


def test_a_page_travels_compressed_to_whoever_can_read_that(client):
    answer = client.get("/", **ASKED_BY)
    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]
    assert b"<main" in gzip.decompress(answer.content)
    assert "Content-Encoding" not in client.get("/")


def test_the_same_page_has_another_length_each_time(client):
    """So that sizes say little about what stands in it."""
    assert len({len(client.get("/", **ASKED_BY).content) for _ in range(20)}) > 1


def test_pages_of_staff_and_files_stay_as_they_are(client):
    assert "Content-Encoding" not in client.get("/admin/login/", **ASKED_BY)
    assert "Content-Encoding" not in client.get("/.well-known/primevox-signing-keys.json", **ASKED_BY)


def test_no_part_of_an_address_comes_back_in_a_page(client):
    assert "guessed" not in client.get("/?q=guessed").content.decode()
    assert "guessed" not in client.get("/es/other-ways/?next=guessed").content.decode()
