"""Nobody has to be watching (policy §9): scheduler away, clock wrong, two schedulers, workers killed. Whatever
happens, nothing is missed, there is one letter for one key, and of a missed series only the latest goes out.
"""

import os
import random
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.db.models import Count

from primevox_privacy.outbox import sending
from primevox_privacy.outbox.models import Letter
from requests import clock, reminders, waiting, workflow
from requests.models import Reminder, RightsRequest
from requests.terms import DateKind, ExtensionReason, Right
from tests.cast import ask, fresh
from tests.real_parts import Portal, Sink, until
from tests.test_real_worker import JUST_BEFORE_NOON, NOON

pytest_plugins = ["tests.real_parts"]
OFFICE = ZoneInfo("America/Chicago")
RECEIVED = datetime(2026, 3, 2, 10, tzinfo=OFFICE)
STRIDE = 1 if os.environ.get("PROVE") else 4


class Killed(BaseException):
    """As sudden as `kill -9`: nothing catches it."""


def some_cases(tess, abe, received_at: datetime) -> list[RightsRequest]:
    """One of each thing that reminders know of."""
    with time_machine.travel(received_at, tick=False):
        unproven = ask(Right.ACCESS, residence="US-TX", received_at=received_at)
        by_law = ask(Right.ACCESS, residence="BR", received_at=received_at)
        workflow.take(by_law, by=tess)
        question = ask(Right.CORRECT, residence="", received_at=received_at)
        workflow.take(question, by=abe)
        workflow.ask(fresh(question), "Which account?", by=abe)
        longer = ask(Right.OPT_OUT, residence="", received_at=received_at)
        workflow.take(longer, by=tess)
        until_on = longer.received_on + timedelta(days=40)
        workflow.extend(fresh(longer), DateKind.TARGET, ExtensionReason.COMPLEX, until_on, by=tess)
    return [unproven, by_law, question, longer]


def sweep(now: datetime) -> None:
    with time_machine.travel(now, tick=False):
        reminders.owe(now)
        sending.send_owed(now)
        clock.count_extensions_told()


def at(day: int, hour: float = 9) -> datetime:
    return datetime(2026, 3, 1, tzinfo=OFFICE) + timedelta(days=day - 1, hours=hour)


def keys() -> set[str]:
    """The letters of one run, told apart by what they are about and not by ids made anew each time."""
    names: dict[str, str] = {}
    for number, one in enumerate(RightsRequest.objects.order_by("regime", "right")):
        names |= {str(one.pk): f"request {number}", str(one.submission_id): f"submission {number}"}
        names[str(one.submission.check_made_id)] = f"check {number}"
    found = set()
    for key in Letter.objects.exclude(kind__in=["receipt", "message_waiting", "more_time"]).values_list(
        "key", flat=True
    ):
        for pk, name in names.items():
            key = key.replace(pk, name)
        found.add(key)
    return found


def nothing_is_missed(today: date) -> None:
    """Everybody was told the latest point of everything; another sweep finds nothing more."""
    before = Letter.objects.count()
    sweep(datetime.combine(today, datetime.min.time(), OFFICE) + timedelta(hours=20))
    assert Letter.objects.count() == before
    for one in RightsRequest.objects.open():
        for wait in waiting.of(one):
            key = wait.owed(today)
            assert key is None or Letter.objects.filter(key=key).exists()
        point = reminders.point_reached(reminders.DUE, one.leading_on, today)
        if point is not None:
            told = Reminder.objects.filter(rights_request=one, to="mailbox", plan="due", days_left=point)
            assert told.exists()
    doubled = Letter.objects.values("key").annotate(rows=Count("pk")).filter(rows__gt=1)
    assert not doubled.exists()


@pytest.mark.django_db
def test_after_nine_days_without_a_scheduler_only_the_latest_of_each_series_goes_out(tess, abe):
    some_cases(tess, abe, RECEIVED)
    sweep(at(3))
    before = keys()
    sweep(at(12))
    new = keys() - before
    assert Counter(key.split(":")[0] for key in new) == {"digest": 2, "task": 4}
    assert sorted(key.rpartition(":")[2] for key in new if key.startswith("task")) == ["7", "7", "7", "notice"]
    nothing_is_missed(date(2026, 3, 12))


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_a_clock_that_is_two_hours_off_or_a_day_back_changes_nothing(seed, tess, abe):
    dice = random.Random(seed)
    some_cases(tess, abe, RECEIVED)
    for day in range(2, 20):
        for hour in (9, 12, 15):
            now = at(day, hour + dice.uniform(-2, 2))
            sweep(now - timedelta(days=1) if dice.random() < 0.1 else now)
    sweep(at(19, 18))
    wrong = keys()
    nothing_is_missed(date(2026, 3, 19))
    assert {key.rpartition(":")[2] for key in wrong if key.startswith("task")} == {"3", "7", "notice"}


@pytest.mark.django_db
def test_killed_between_any_two_steps_the_next_sweep_ends_with_the_same_letters(tess, abe):
    """Each statement is one step; the kill comes before it is sent. What is inside a transaction goes with it.
    `PROVE=1` tries each of them, `make test` every fourth."""
    some_cases(tess, abe, RECEIVED)
    whole = _in_a_world_of_its_own(lambda: sweep(at(12)))
    assert len(whole) > 5
    step = 1 - STRIDE
    while True:
        step += STRIDE
        after, was_killed = _killed_at(step)
        assert after == whole, f"killed before statement {step}"
        if not was_killed:
            break
    assert step > 50


def _killed_at(step: int) -> tuple[set[str], bool]:
    left = step
    killed = False

    def kill(execute, sql, params, many, context):
        nonlocal left, killed
        left -= 1
        if left == 0:
            killed = True
            raise Killed
        return execute(sql, params, many, context)

    def run() -> None:
        try:
            with connection.execute_wrapper(kill):
                sweep(at(12))
        except Killed:
            connection.set_rollback(False)  # what was not in a transaction of its own is not part of this test's
        later = at(12) + timedelta(minutes=5)  # the lease of a letter that was being sent has run out
        sweep(later)

    return _in_a_world_of_its_own(run), killed


def _in_a_world_of_its_own(run: Callable[[], None]) -> set[str]:
    """The letters it leaves; then everything is as it was."""
    from django.db import transaction

    with transaction.atomic():
        run()
        found = keys()
        transaction.set_rollback(True)
    return found


@pytest.mark.postgres
@pytest.mark.redis
def test_two_schedulers_and_three_workers_after_nine_days_send_each_letter_once(portal: Portal, sink: Sink, tess, abe):
    some_cases(tess, abe, NOON - timedelta(days=9))
    Letter.objects.update(sent_at=NOON - timedelta(days=9))
    workers = [portal.worker(name, at=JUST_BEFORE_NOON, OUTBOX_LEASE_SECONDS="4") for name in ("one", "two", "three")]
    beats = [portal.beat(name, at=JUST_BEFORE_NOON) for name in ("left", "right")]
    until(lambda: Letter.objects.filter(kind="digest").exists(), what="the reminders of the morning")
    workers[0].start_again()
    beats[0].start_again()
    to_look_at = RightsRequest.objects.filter(look_on__lte=NOON.date())
    until(lambda: not to_look_at.exists(), 90, what="the sweep of the next minute, where one was killed")
    until(lambda: not Letter.objects.filter(sent_at=None).exists(), what="an empty outbox")
    letters = {letter.message_id: letter.kind for letter in Letter.objects.filter(sent_at__gt=NOON - timedelta(days=1))}
    arrived = Counter(mail["Message-ID"] for mail in sink.mails)
    print(
        f"\n{Counter(letters.values())}, {sum(arrived.values())} mails, {sum(arrived.values()) - len(arrived)} repeats"
    )
    assert set(arrived) == set(letters)
    assert Counter(letters.values())["digest"] == 2  # the mailbox and Tess; Abe waits for an answer
    assert Counter(letters.values())["task_waiting"] == 3
    assert not Letter.objects.values("key").annotate(rows=Count("pk")).filter(rows__gt=1).exists()
