"""Who is reminded of what, when. Owed, not scheduled."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from primevox_privacy.outbox.models import Letter
from requests import reminders, workflow
from requests.terms import Right
from tests.cast import ask, fresh

pytestmark = pytest.mark.django_db
OFFICE = ZoneInfo("America/Chicago")
RECEIVED = datetime(2026, 3, 2, 10, 0, tzinfo=OFFICE)  # due on Monday 16 March


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 3, day, hour, 0, tzinfo=OFFICE)


def sweep(now: datetime) -> None:
    with time_machine.travel(now, tick=False):
        reminders.owe(now)


def digests() -> list[Letter]:
    return list(Letter.objects.filter(kind="digest").order_by("key"))


@pytest.fixture
def taken(tess):
    with time_machine.travel(RECEIVED, tick=False):
        one = ask(Right.CORRECT, residence="", received_at=RECEIVED)
        workflow.take(one, by=tess)
    return fresh(one)


@pytest.mark.parametrize(
    ("days_left", "point"),
    [
        (20, None),
        (8, None),
        (7, 7),
        (5, 7),  # the latest point that was reached
        (3, 3),
        (2, 3),
        (1, 1),
        (0, 0),
        (-1, -1),  # late: every day
        (-9, -9),
    ],
)
def test_the_plan_names_the_latest_point_reached(days_left, point):
    today = date(2026, 3, 16)
    assert reminders.point_reached(today + timedelta(days=days_left), today) == point


@pytest.mark.parametrize(("days_left", "point"), [(3, None), (2, 2), (1, 2), (0, 0), (-1, -1), (-30, -1)])
def test_danger_is_said_two_days_before_on_the_day_and_once_after(days_left, point):
    today = date(2026, 3, 16)
    assert reminders.point_reached(today + timedelta(days=days_left), today, reminders.DANGER) == point


def test_handler_and_mailbox_each_get_one_digest(taken, tess):
    sweep(at(9))
    assert {letter.address for letter in digests()} == {"compliance@primevox.net", tess.email}


def test_nothing_is_said_twice_however_often_the_sweep_runs(taken):
    for minute in range(5):
        sweep(at(9) + timedelta(minutes=minute))
    assert len(digests()) == 2


def test_no_digest_before_the_office_opens(taken):
    sweep(at(9, hour=6))
    assert not digests()


def test_between_two_points_of_the_plan_it_is_quiet(taken):
    sweep(at(9))
    sweep(at(10))
    assert len(digests()) == 2


def test_after_nine_days_without_a_sweep_only_the_latest_goes_out(taken):
    sweep(at(18))
    texts = [letter.text for letter in digests()]
    assert len(texts) == 2
    assert all(text.count(workflow_reference(taken)) == 1 for text in texts)


def workflow_reference(one):
    from requests.references import spoken

    return spoken(one.reference)


def test_many_due_requests_are_lines_of_one_digest(tess):
    for _ in range(4):
        with time_machine.travel(RECEIVED, tick=False):
            workflow.take(ask(Right.CORRECT, residence="", received_at=RECEIVED), by=tess)
    sweep(at(9))
    assert len(digests()) == 2


def test_a_date_set_by_law_gets_a_mail_of_its_own(tess):
    with time_machine.travel(RECEIVED, tick=False):
        one = ask(Right.ACCESS, residence="BR", received_at=RECEIVED)  # 15 days: Tuesday 17 March
        workflow.take(one, by=tess)
    sweep(at(15))
    assert Letter.objects.filter(kind="statutory_danger").count() == 2
    sweep(at(16))
    assert Letter.objects.filter(kind="statutory_danger").count() == 2


def told_to_rosa() -> list[str]:
    waiting = Letter.objects.filter(kind__in=["task_waiting", "closing_notice"])
    return list(waiting.order_by("owed_at").values_list("kind", flat=True))


def test_rosa_is_reminded_after_3_and_7_days_and_after_14_we_give_notice():
    with time_machine.travel(RECEIVED, tick=False):
        ask(Right.ACCESS, received_at=RECEIVED)
    for day in range(2, 31):
        sweep(at(day, hour=11))
    assert told_to_rosa() == ["task_waiting", "task_waiting", "closing_notice"]


def test_after_an_outage_rosa_gets_the_latest_reminder_only():
    with time_machine.travel(RECEIVED, tick=False):
        ask(Right.ACCESS, received_at=RECEIVED)
    sweep(at(30))
    assert told_to_rosa() == ["closing_notice"]


def test_rosa_is_not_reminded_of_what_needs_no_proof():
    with time_machine.travel(RECEIVED, tick=False):
        ask(Right.OPT_OUT, received_at=RECEIVED)
    sweep(at(30))
    assert told_to_rosa() == []


def test_an_open_question_reminds_rosa_too(tess):
    with time_machine.travel(RECEIVED, tick=False):
        one = ask(Right.OPT_OUT, received_at=RECEIVED)
        workflow.take(one, by=tess)
        workflow.ask(one, "Which number?", by=tess)
    sweep(at(6, hour=11))
    assert Letter.objects.filter(kind="task_waiting").count() == 1


def test_a_closed_request_is_quiet(taken):
    with time_machine.travel(at(5), tick=False):
        workflow.withdraw(taken, by=workflow.REQUESTER)
    sweep(at(17))
    assert not digests()
