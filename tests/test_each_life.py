"""Every ending and every life: after its time no key that exists opens what ended, before it everything opens, and a
sweep that is killed anywhere is ended by the next."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from time_machine import travel

from primevox_privacy.outbox import sending
from primevox_privacy.sealed import forgetting
from primevox_privacy.sealed.models import DataKey, SealedFile
from primevox_privacy.sealed.tasks import end_lives
from requests import tasks, workflow
from requests.answers import Draft
from requests.terms import Ending, Right
from tests.canaries import Sealed
from tests.cast import fresh, prove, submit
from tests.stories import DAY, HELD_FOR, Stories
from tests.test_destruction import Killed, kill_at
from verification import destruction
from verification.models import Certificate, Check, Evidence

pytestmark = pytest.mark.django_db

CLOSED = datetime(2026, 3, 2, 15, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def sweep() -> None:
    """All that runs by itself."""
    tasks.owe_reminders()
    sending.send_owed()
    destruction.destroy_owed()
    end_lives()
    tasks.forget_old()


@pytest.fixture
def stories() -> Stories:
    with travel(CLOSED, tick=False):
        told = Stories()
        told.tell()
    return told


@pytest.fixture
def copy(stories, tmp_path) -> Sealed:
    """All that lies sealed at the closing; a thief's copy of tables and folders."""
    return Sealed(tmp_path / "copied_at_closing")


def opened(copy: Sealed, stories: Stories) -> set[str]:
    """The words that the keys which exist now give away."""
    return set().union(*copy.opened(set(stories.canaries.life)).values())


def test_every_life_ends_when_its_time_has_come_and_not_before(stories, copy, tmp_path):
    assert opened(copy, stories) == set(stories.canaries.life), "all is there on the day of closing"
    ends = sorted({ends for ends in stories.canaries.ends.values() if ends is not None})
    assert ends == [timedelta(), DAY, 7 * DAY, 14 * DAY, 60 * DAY, HELD_FOR + DAY, 731 * DAY]
    for number, after in enumerate(ends):
        if after:
            with travel(CLOSED + after - MINUTE, tick=False):
                sweep()
            before = stories.canaries.alive(after - MINUTE)
            if after != HELD_FOR + DAY:  # a hold lifts itself at midnight of the office, not to the minute
                assert opened(copy, stories) == before, f"a minute before {after}"
        with travel(CLOSED + after, tick=False):
            sweep()
        left = stories.canaries.alive(after)
        assert opened(copy, stories) == left, f"after {after}"
        assert opened(Sealed(tmp_path / f"now_{number}"), stories) == left, f"what lies there now, after {after}"


def test_each_check_that_ended_is_certified_once(stories):
    with travel(CLOSED + 2 * DAY, tick=False):
        sweep()
        sweep()
    ended = Check.objects.filter(proof_key__destroyed_at__isnull=False)
    assert Certificate.objects.exclude(finished_at=None).count() == ended.count() > 8
    assert not Evidence.objects.filter(check_made__in=ended).exists()


# One line of each kind in the two sweeps that destroy.
LINES = [
    (forgetting, "key_fields"),
    (forgetting, "_empty_rows"),
    (forgetting, "truncate_log"),
    (forgetting.SealedFile, "path"),
    (forgetting.DataKey, "refresh_from_db"),
    (destruction, "_begin"),
    (destruction, "_finish"),
    (destruction.signed, "sign"),
    (destruction, "record"),
]
LATE = CLOSED + 70 * DAY  # proof, packages, contacts and content have ended; records have not


def test_a_sweep_killed_again_and_again_at_any_line_still_ends_every_life(stories, copy, monkeypatch):
    for where, line in LINES:
        with travel(LATE, tick=False), transaction.atomic():
            for survived in (0, 1, 3, 7, 20):
                kill_at(monkeypatch, where, line, survived)
                with suppress(Killed):
                    sweep()
                monkeypatch.undo()
            sweep()
            assert opened(copy, stories) == stories.canaries.alive(LATE - CLOSED), line
            assert not DataKey.objects.filter(destroyed_at__isnull=False, emptied_at=None).exists(), line
            assert not Check.objects.to_destroy(LATE).exists(), line
            assert not SealedFile.objects.filter(key__destroyed_at__isnull=False).exists(), line
            transaction.set_rollback(True)


def test_what_two_requests_share_stays_until_the_second_has_closed(vera, abe, bea):
    with travel(CLOSED, tick=False) as clock:
        first, second = (fresh(one) for one in submit(Right.ACCESS, Right.DELETE).rights_requests.order_by("right"))
        prove(first, vera)
        for one, is_last in ((first, False), (second, True)):
            workflow.take(fresh(one), by=abe)
            workflow.answer(fresh(one), Draft(Ending.FULFILLED, text="Done."), by=abe)
            workflow.release(fresh(one), by=bea)
            sweep()
            assert Evidence.objects.exists() != is_last
            assert Certificate.objects.exclude(finished_at=None).exists() == is_last
            clock.shift(30 * DAY)
        shared = DataKey.objects.get(owner=first.submission_id, life="contact")
        assert shared.ends_at == fresh(second).closed_at + 60 * DAY
