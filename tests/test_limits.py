"""Limits: every one counts exactly once, for the right house, and is forgotten."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone
from time_machine import travel

from primevox_privacy.limits.models import Counter, address_of, hit
from primevox_privacy.limits.tasks import forget
from tests.test_codes import at_once

HOUR = timedelta(hours=1)


def visitor(address: str, forwarded: str | None = None):
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    return RequestFactory().get("/", REMOTE_ADDR=address, headers=headers)


def test_each_hit_counts_one_more(db):
    assert [hit("submissions", "rosa", HOUR) for _ in range(3)] == [1, 2, 3]


@pytest.mark.parametrize(("name", "who"), [("drafts", "rosa"), ("submissions", "stan")])
def test_another_name_and_another_person_count_for_themselves(db, name, who):
    hit("submissions", "rosa", HOUR)
    assert hit(name, who, HOUR) == 1


def test_a_new_window_begins_at_one(db):
    with travel("2026-11-23 12:30Z", tick=False):
        assert [hit("submissions", "rosa", HOUR) for _ in range(2)] == [1, 2]
    with travel("2026-11-23 13:01Z", tick=False):
        assert hit("submissions", "rosa", HOUR) == 1


@pytest.mark.postgres
def test_eighty_hits_at_once_count_eighty(flushed):
    counted: list[int] = []
    start = threading.Barrier(8)

    def knock(number: int) -> None:
        start.wait()
        counted.extend(hit("submissions", "rosa", HOUR) for _ in range(10))
        connection.close()

    with travel(timezone.now(), tick=False):
        at_once(knock, 8)
    assert sorted(counted) == list(range(1, 81))


def test_who_it_was_cannot_be_read_from_the_count(db):
    hit("submissions", "203.0.113.7", HOUR)
    assert "203.0.113.7" not in Counter.objects.get().digest


@pytest.mark.parametrize(("days", "left"), [(1.9, 1), (2.1, 0)])
def test_counts_are_forgotten_after_two_days(db, days, left):
    hit("submissions", "rosa", HOUR)
    with travel(timezone.now() + timedelta(days=days), tick=False):
        forget()
    assert Counter.objects.count() == left


# --- Addresses -----------------------------------------------------------------------------------------------
HOUSES = [
    ("203.0.113.7", "203.0.113.7"),
    ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),  # one household has a whole /64
    ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::"),
    ("2001:db8:1:3::1", "2001:db8:1:3::"),
    ("::ffff:203.0.113.7", "203.0.113.7"),  # IPv4 in IPv6 clothes
    ("", "unknown"),
    ("not an address", "unknown"),
]


@pytest.mark.parametrize(("address", "house"), HOUSES)
def test_an_address_is_counted_by_house(address, house):
    assert address_of(visitor(address)) == house


PROXIES = [
    (0, "198.51.100.1", "198.51.100.9"),  # nobody of ours stands in front: the header is anybody's word
    (1, "198.51.100.1", "198.51.100.1"),
    (1, "203.0.113.66, 198.51.100.1", "198.51.100.1"),  # the visitor put something before it
    (2, "203.0.113.66, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
    (2, "198.51.100.1", "198.51.100.9"),  # fewer hops than configured: not through all of ours
    (1, None, "198.51.100.9"),
    (1, "rubbish", "unknown"),
]


@pytest.mark.parametrize(("proxies", "forwarded", "seen"), PROXIES)
def test_a_forwarded_address_counts_only_behind_our_proxies(settings, proxies, forwarded, seen):
    settings.TRUSTED_PROXIES = proxies
    assert address_of(visitor("198.51.100.9", forwarded)) == seen
