"""Who is reminded of what, when. Owed, not scheduled."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from primevox_privacy.outbox.models import Letter
from requests import identity, reminders, waiting, workflow
from requests.terms import DateKind, ExtensionReason, Right
from tests.cast import FACTS, STATEMENT, ask, deliver, fresh

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


def test_handler_and_mailbox_each_get_one_digest(taken, tess):
    sweep(at(9))
    assert {letter.address for letter in digests()} == {"compliance@primevox.net", tess.email}


def test_nothing_is_said_twice_however_often_the_sweep_runs(taken):
    for minute in range(5):
        sweep(at(9) + timedelta(minutes=minute))
    assert len(digests()) == 2


def test_the_digest_of_friday_speaks_for_the_weekend(tess):
    received = datetime(2026, 2, 28, 10, tzinfo=OFFICE)  # due on Saturday 14 March
    with time_machine.travel(received, tick=False):
        workflow.take(ask(Right.CORRECT, residence="", received_at=received), by=tess)
    sweep(at(12))
    before = len(digests())
    sweep(at(13))  # Friday: the day before and the day itself are told now, as one
    assert len(digests()) == before + 2
    sweep(at(14))
    sweep(at(15))
    assert len(digests()) == before + 2
    sweep(at(16))  # Monday: late
    assert len(digests()) == before + 4
    assert "Our own date was missed" in digests()[-1].text


def test_nothing_is_told_to_staff_on_a_federal_holiday(tess):
    received = datetime(2026, 5, 14, 10, tzinfo=OFFICE)
    with time_machine.travel(received, tick=False):
        workflow.take(ask(Right.CORRECT, residence="", received_at=received), by=tess)
    sweep(datetime(2026, 5, 25, 9, tzinfo=OFFICE))  # Memorial Day
    assert not digests()


def test_a_request_that_nobody_took_is_told_to_the_mailbox():
    with time_machine.travel(RECEIVED, tick=False):
        ask(Right.CORRECT, residence="", received_at=RECEIVED)
    sweep(at(2, hour=18))
    assert not digests()
    sweep(at(3))
    (digest,) = digests()
    assert digest.address == "compliance@primevox.net"
    assert "Nobody has taken it" in digest.text
    sweep(at(4))
    assert len(digests()) == 1
    sweep(at(5))
    assert len(digests()) == 2


def test_a_request_that_was_taken_and_then_forgotten_is_told_to_its_handler(tess):
    received = datetime(2026, 3, 2, 10, tzinfo=OFFICE)
    with time_machine.travel(received, tick=False):
        one = ask(Right.OPT_OUT, residence="", received_at=received)
        workflow.take(one, by=tess)
    sweep(at(6))
    assert not digests()
    sweep(at(9))  # Saturday was the fifth day
    assert {letter.address for letter in digests()} == {"compliance@primevox.net", tess.email}
    assert "Nothing has happened for 5 days" in digests()[0].text


def test_who_takes_a_late_request_over_reads_of_it_the_next_morning(taken, tess, abe):
    sweep(at(17))
    with time_machine.travel(at(17, hour=12), tick=False):
        workflow.take(fresh(taken), by=abe)
    sweep(at(17, hour=13))
    assert abe.email not in {letter.address for letter in digests()}
    sweep(at(18))
    assert abe.email in {letter.address for letter in digests()}


def test_what_is_due_at_once_stands_first_in_a_digest_and_says_so(taken, tess):
    with time_machine.travel(at(10), tick=False):
        at_once = ask(Right.OPT_OUT, residence="US-CO", received_at=at(10))
        workflow.take(at_once, by=tess)
    sweep(at(15))  # Sunday
    sweep(at(16))
    text = digests()[-1].text
    assert text.index(workflow_reference(at_once)) < text.index(workflow_reference(taken))
    assert "due at once" in text


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


def dangers() -> list[str]:
    kinds = ["statutory_danger", "law_missed"]
    return list(Letter.objects.filter(kind__in=kinds).order_by("owed_at", "key").values_list("kind", flat=True))


def test_a_date_set_by_law_gets_a_mail_of_its_own_and_once_missed_approvers_are_told(tess, abe, bea):
    with time_machine.travel(RECEIVED, tick=False):
        one = ask(Right.ACCESS, residence="BR", received_at=RECEIVED)  # 15 days: Tuesday 17 March
        workflow.take(one, by=tess)
    sweep(at(13))  # Friday speaks for Sunday, two days before
    assert dangers() == ["statutory_danger"] * 2
    sweep(at(16))
    assert len(dangers()) == 2
    sweep(at(17))
    assert dangers() == ["statutory_danger"] * 4
    sweep(at(18))
    assert dangers()[4:] == ["law_missed"] * 4  # mailbox, handler, two approvers
    sweep(at(19))
    assert len(dangers()) == 8


def test_what_is_due_at_once_is_missed_only_after_the_next_working_day(tess):
    friday = at(6)
    with time_machine.travel(friday, tick=False):
        workflow.take(ask(Right.OPT_OUT, residence="US-CO", received_at=friday), by=tess)
    sweep(at(6, hour=10))
    sweep(at(9))  # Monday, the next working day
    assert "law_missed" not in dangers()
    sweep(at(10))
    assert "law_missed" in dangers()


def test_whoever_was_told_of_more_time_hears_from_us_every_14_days(tess):
    with time_machine.travel(RECEIVED, tick=False):
        one = ask(Right.CORRECT, residence="", received_at=RECEIVED)
        workflow.take(one, by=tess)
        workflow.extend(one, DateKind.TARGET, ExtensionReason.COMPLEX, date(2026, 4, 10), by=tess)
        deliver()
    for day in range(3, 32):
        sweep(at(day))
    assert Letter.objects.filter(kind="progress").count() == 2
    assert "Friday 10 April 2026" in Letter.objects.filter(kind="progress").latest("owed_at").text


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


def test_where_the_law_leaves_less_room_the_notice_is_over_two_working_days_before(tess):
    with time_machine.travel(RECEIVED, tick=False):
        one = ask(Right.ACCESS, residence="BR", received_at=RECEIVED)  # by law on Tuesday 17 March
    for day in range(2, 16):
        sweep(at(day, hour=11))
    assert told_to_rosa() == ["task_waiting", "closing_notice"]
    notice = Letter.objects.get(kind="closing_notice")
    assert timezone.localdate(notice.owed_at) == date(2026, 3, 6)
    assert "Friday 13 March 2026" in notice.text
    with time_machine.travel(at(6, hour=12), tick=False):
        deliver()
        assert waiting.notice_ended_at(fresh(one)) == datetime(2026, 3, 14, tzinfo=OFFICE)


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


def test_a_question_asked_close_to_the_laws_date_is_reminded_of_in_time(tess):
    with time_machine.travel(RECEIVED, tick=False):
        one = ask(Right.OPT_OUT, residence="BR", received_at=RECEIVED)  # by law on Tuesday 17 March
        workflow.take(one, by=tess)
    for day in range(2, 11):
        sweep(at(day))
    with time_machine.travel(at(10, hour=12), tick=False):
        workflow.ask(fresh(one), "Which number?", by=tess)  # a notice has to be over on Friday 13 March
    for day in range(11, 16):
        sweep(at(day))
    notice = Letter.objects.get(kind="closing_notice")
    assert timezone.localdate(notice.owed_at) == date(2026, 3, 11)
    assert "Friday 13 March 2026" in notice.text


def target(one) -> date:
    return fresh(one).due_dates.get(kind=DateKind.TARGET).due_on


def test_the_notice_to_rosa_moves_our_target_to_its_last_day_and_says_so():
    with time_machine.travel(RECEIVED, tick=False):
        one = ask(Right.ACCESS, received_at=RECEIVED)
    sweep(at(16))
    notice = Letter.objects.get(kind="closing_notice")
    assert "we now answer by Monday 23 March 2026" in notice.text
    assert target(one) == date(2026, 3, 16)  # as long as it has not left
    with time_machine.travel(at(16, hour=10), tick=False):
        deliver()
    assert target(one) == date(2026, 3, 23)


def test_a_notice_that_leaves_after_our_target_has_passed_moves_nothing():
    with time_machine.travel(RECEIVED, tick=False):
        one = ask(Right.ACCESS, received_at=RECEIVED)
    sweep(at(17))
    assert "we now answer by" not in Letter.objects.get(kind="closing_notice").text
    assert not one.extensions.exists()


def test_asking_once_more_for_proof_gives_rosa_time_in_the_same_letter(vera):
    with time_machine.travel(RECEIVED, tick=False):
        one = ask(Right.ACCESS, received_at=RECEIVED)
        identity.show(one.submission, FACTS, STATEMENT)
    with time_machine.travel(at(10), tick=False):
        identity.ask_again(fresh(one).submission, by=vera)
        deliver()
    assert "we now answer by Tuesday 31 March 2026" in Letter.objects.get(kind="task_waiting").text
    assert target(one) == date(2026, 3, 31)


def test_a_question_asked_close_to_the_laws_date_is_not_given_time_beyond_it(tess):
    with time_machine.travel(RECEIVED, tick=False):
        one = ask(Right.OPT_OUT, residence="BR", received_at=RECEIVED)
        workflow.take(one, by=tess)
    with time_machine.travel(at(12), tick=False):
        workflow.ask(fresh(one), "Which number?", by=tess)
        deliver()
    assert target(one) <= date(2026, 3, 17)


def test_what_is_due_at_once_reads_so_in_every_letter_to_us_and_names_the_day_it_came(tess):
    with time_machine.travel(RECEIVED, tick=False):
        one = ask(Right.OPT_OUT, residence="DE", received_at=RECEIVED)  # its answer by Thursday 2 April, at the latest
        workflow.take(one, by=tess)
    for day in range(2, 5):
        sweep(at(day))
    told = Letter.objects.filter(kind__in=["statutory_danger", "law_missed"])
    assert told
    assert all("due at once, since Monday 2 March" in letter.text for letter in told)
    for day in range(5, 17):
        sweep(at(day))
    assert digests()
    assert all("due at once, since Monday 2 March" in letter.text for letter in digests())


def test_far_in_the_east_a_day_ends_before_ours_begins_so_staff_are_told_a_day_sooner(tess):
    with time_machine.travel(RECEIVED, tick=False):  # 3 March in Tokyo; ours is 14 days from 2 March
        one = ask(Right.CORRECT, residence="JP", received_at=RECEIVED)
        workflow.take(one, by=tess)
    for day in range(2, 17):
        sweep(at(day))
    text = {timezone.localdate(letter.owed_at).day: letter.text for letter in digests() if tess.email == letter.address}
    assert "due Sunday 15 March 2026" in text[13]  # Friday speaks for the weekend
    assert "was due Sunday 15 March 2026, 1 day ago" in text[16]
    assert "Our own date was missed" in text[16]
