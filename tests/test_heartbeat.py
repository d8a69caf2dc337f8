"""The portal asks itself once a day. A step that breaks is named, and the next walk that comes through clears it."""

import html
from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db.models import Q
from django.utils import timezone
from time_machine import travel

from primevox_privacy.celery import periodic
from primevox_privacy.health import checks, sweeps, telling
from primevox_privacy.health.checks import State
from primevox_privacy.health.models import Sweep
from primevox_privacy.ledger.models import PORTAL, Event
from primevox_privacy.outbox import sending
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.models import DataKey
from primevox_privacy.sealed.tasks import end_lives
from requests import reminders, sign_in, stopping, workflow
from requests.admin import narrowing
from requests.heartbeat import steps, walking
from requests.heartbeat.management.commands import heartbeat
from requests.heartbeat.models import Outcome, Walk
from requests.heartbeat.steps import STEPS
from requests.heartbeat.visitor import Visitor
from requests.models import Draft, RightsRequest, Submission
from requests.tasks import forget_old
from requests.terms import Right, Status
from tests.cast import signed_in, submit
from tests.conftest import A_TUESDAY
from verification import codes, destruction
from verification.codes import Outcome as Typed
from verification.models import Certificate, Check

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FIGURES = "/admin/requests/rightsrequest/figures/"
SOMETHING = "Something does not work as it should"
SWEEPS = {
    "codes": sign_in.answer_waiting,
    "mail": sending.send_owed,
    "reminders": reminders.owe,
    "proof": destruction.destroy_owed,
    "lives": end_lives,
}


@pytest.fixture(autouse=True)
def clock():
    """Noon, and the scheduler has run all day."""
    with travel(A_TUESDAY, tick=False) as clock:
        Sweep.objects.update(ran_at=A_TUESDAY, back_at=A_TUESDAY)
        yield clock


def all_sweeps_run(*, without: str = "") -> None:
    for name, sweep in SWEEPS.items():
        if name != without:
            sweep()
    Sweep.objects.update(ran_at=timezone.now())  # one statement for all: tests here take hundreds of minutes


def a_minute(clock, *, without: str = "") -> None:
    clock.shift(MINUTE)
    all_sweeps_run(without=without)
    walking.walk_on()


def walk(clock, *, minutes: int = 40, to: str = "", without: str = "") -> Walk:
    """A walk from its beginning to its end, or until it is at a step."""
    walking.walk_on()
    while minutes and Walk.objects.open().exclude(step=to).exists():
        a_minute(clock, without=without)
        minutes -= 1
    return Walk.objects.latest("began_at")


def health() -> tuple[State, str]:
    found = next(one for one in checks.look() if one.name == "heartbeat")
    return found.state, found.said


def shown(client, page: str = FIGURES) -> str:
    cache.clear()
    return html.unescape(client.get(page).content.decode())


# --- The whole way -----------------------------------------------------------------------------------------------
def test_a_walk_goes_from_the_form_to_the_certificate(clock, settings):
    settings.HEARTBEAT_EMAIL = "own@primevox.example"
    done = walk(clock)
    assert (done.outcome, done.fault, set(done.seconds)) == (Outcome.PASSED, "", set(STEPS))
    assert [sent.to for sent in mail.outbox] == [["own@primevox.example"]] * 4, "receipt, code, reminder, taken back"
    assert health() == (State.OK, "The daily test request comes through.")


def test_of_a_walk_that_is_over_nothing_can_be_read(clock):
    done = walk(clock)
    clock.shift(HOUR)
    end_lives()
    assert not DataKey.objects.filter(emptied_at=None).exists()
    assert Certificate.objects.get(check_made=done.submission.check_made).signed_text
    assert (done.submission.email, done.submission.name) == (None, None)
    done.refresh_from_db()
    assert (done.cookies, done.code) == (None, None)
    assert not Draft.objects.exists()
    forget_old()
    assert not Event.objects.filter(about=RightsRequest.objects.get().pk, salt__isnull=False).exists()


def test_the_record_holds_what_happened_like_that_of_anybody(clock):
    done = walk(clock)
    one = RightsRequest.objects.get()
    assert [event.kind for event in Event.objects.about(one.pk)] == ["received", "closed"]
    assert Event.objects.filter(about=done.submission_id, kind="contact_confirmed").exists()
    assert Event.objects.filter(about=PORTAL, kind="heartbeat_passed").count() == 1


def test_one_a_day(clock):
    first = walk(clock)
    clock.move_to(first.began_at + DAY - MINUTE)
    walking.walk_on()
    assert Walk.objects.count() == 1
    clock.shift(MINUTE)
    walking.walk_on()
    assert Walk.objects.count() == 2


def test_it_can_be_turned_off_and_what_is_on_its_way_still_ends(clock, settings):
    walk(clock, to="queue", minutes=1)
    settings.HEARTBEAT = False
    assert walk(clock).outcome == Outcome.PASSED
    clock.shift(3 * DAY)
    all_sweeps_run()
    assert health() == (State.OK, "The daily test request is turned off.")
    walking.walk_on()
    assert Walk.objects.count() == 1


def test_it_works_at_night_while_people_are_not_reminded(clock):
    clock.move_to(A_TUESDAY.replace(hour=7))  # two in the morning at the office
    submit(Right.ACCESS, received_at=A_TUESDAY - 9 * DAY)
    Check.objects.update(asked_at=A_TUESDAY - 9 * DAY)
    done = walk(clock)
    assert done.outcome == Outcome.PASSED
    assert [letter.about for letter in Letter.objects.filter(kind="task_waiting")] == [done.submission_id]


# --- Each step broken ------------------------------------------------------------------------------------------------
def no_host(monkeypatch, settings):
    settings.ALLOWED_HOSTS = ["elsewhere.example"]


def codes_are_refused(monkeypatch, settings):
    monkeypatch.setattr(codes, "attempt", lambda *given: (Typed.WRONG, None))


def queue_is_blind(monkeypatch, settings):
    blind = narrowing.NARROWINGS["state"]._replace(otherwise=Q(pk__in=[]))
    monkeypatch.setitem(narrowing.NARROWINGS, "state", blind)


def nothing_is_taken_back(monkeypatch, settings):
    def refuses(*given, **more):
        raise workflow.NotAllowed("not now")

    monkeypatch.setattr(workflow, "withdraw", refuses)


def mailbox_is_refused(monkeypatch, settings):
    monkeypatch.setattr(sending, "_hand_over", _refuse)


def _refuse(letter, connection):
    raise sending.smtplib.SMTPRecipientsRefused({"x": (550, b"no such mailbox")})


def page_is_broken(monkeypatch, settings):
    monkeypatch.setattr(sign_in, "ask_for_code", lambda *given, **more: 1 / 0)


BREAKS = [
    # the step, what breaks it, the sweep that does not run, after how many minutes it has failed
    ("form", no_host, "", 0),
    ("mail", None, "mail", 16),
    ("mail", mailbox_is_refused, "", 1),
    ("code", page_is_broken, "", 11),
    ("code", None, "codes", 11),
    ("code", codes_are_refused, "", 2),
    ("queue", queue_is_blind, "", 2),
    ("reminder", None, "reminders", 18),
    ("taking_back", nothing_is_taken_back, "", 4),
    ("destruction", None, "proof", 20),
    ("destruction", None, "lives", 20),
]
NAMES = [f"{step}-{breaks.__name__ if breaks else without}" for step, breaks, without, _after in BREAKS]


@pytest.mark.parametrize(("step", "breaks", "without", "after"), BREAKS, ids=NAMES)
def test_a_step_that_breaks_is_named_until_a_later_walk_comes_through(
    clock, tess, settings, step, breaks, without, after
):
    desk = signed_in(tess)
    with pytest.MonkeyPatch.context() as patch:
        hosts = settings.ALLOWED_HOSTS
        if breaks:
            breaks(patch, settings)
        failed = walk(clock, without=without)
        settings.ALLOWED_HOSTS = hosts
    assert (failed.outcome, failed.step) == (Outcome.FAILED, step)
    assert timezone.now() - failed.began_at <= (after + 1) * MINUTE
    state, said = health()
    assert state is State.RED
    assert f"does not get past {STEPS[step].said}. {STEPS[step].look_at}" in said
    assert said in shown(desk)
    walking.walk_on()
    assert Walk.objects.count() == 1, "not at once: who mends it needs some time"
    clock.move_to(failed.ended_at + walking.AGAIN)
    all_sweeps_run()
    assert walk(clock).outcome == Outcome.PASSED
    assert health()[0] is State.OK
    assert SOMETHING not in shown(desk)
    end_lives()
    destruction.destroy_owed()
    assert not RightsRequest.objects.open().exists()
    clock.shift(HOUR)
    all_sweeps_run()
    assert not DataKey.objects.filter(emptied_at=None, owner__in=Submission.objects.values("pk")).exists()


def test_the_mailbox_is_told_of_it_once_that_day(clock, settings):
    walk(clock, without="reminders")
    for _ in range(2):
        telling.tell_if_red()
    told = Letter.objects.filter(kind="health_red")
    assert [letter.address for letter in told] == [settings.COMPLIANCE_EMAIL]
    assert "does not get past the reminder" in told.get().text


def test_a_fault_of_the_moment_is_tried_again(clock, monkeypatch):
    with pytest.MonkeyPatch.context() as patch:
        page_is_broken(patch, None)
        at_code = walk(clock, minutes=3)
        assert (at_code.step, at_code.fault, health()[0]) == ("code", "sign_in 500", State.OK)
    assert walk(clock).outcome == Outcome.PASSED


def test_a_refused_letter_of_a_walk_is_no_task_for_staff(clock, monkeypatch):
    mailbox_is_refused(monkeypatch, None)
    walk(clock)
    assert {one.name for one in checks.look() if one.state is not State.OK} == {"heartbeat"}


@pytest.mark.parametrize("page", ["/admin/", "/admin/requests/rightsrequest/", "/admin/requests/appeal/", FIGURES])
def test_the_banner_stands_once_on_every_page_of_the_desk(clock, tess, page):
    walk(clock, without="mail")
    assert shown(signed_in(tess), page).count(SOMETHING) == 1
    assert "does not get past the receipt by mail" in shown(signed_in(tess), page)


def test_who_is_not_signed_in_reads_nothing_of_it(clock, client):
    walk(clock, without="mail")
    assert SOMETHING not in shown(client, "/admin/login/")


# --- No sweep --------------------------------------------------------------------------------------------------------
def test_before_the_first_walk_nothing_is_red(clock):
    assert health() == (State.OK, "No test request has been sent yet.")


def test_none_for_a_day_and_a_half_is_red(clock):
    first = walk(clock)
    clock.move_to(first.began_at + 36 * HOUR)
    assert health()[0] is State.OK
    clock.shift(MINUTE)
    assert health()[0] is State.RED
    assert "Since Tuesday 15 September 2026, 12:00 no test request has come through." in health()[1]


def test_after_a_planned_stop_there_is_no_alarm_about_what_is_about_to_be_caught_up(clock):
    walk(clock)
    clock.shift(4 * DAY)
    for name in periodic():
        sweeps.ended(name)
    assert health()[0] is State.OK


def test_where_nobody_goes_on_health_says_at_which_step_it_stands(clock):
    walk(clock, to="mail", minutes=1)
    clock.shift(STEPS["mail"].within + 5 * MINUTE)
    assert health()[0] is State.OK
    clock.shift(MINUTE)
    assert health()[0] is State.RED
    assert "does not get past the receipt by mail" in health()[1]


def test_a_stop_in_the_middle_of_a_walk_is_no_fault_of_its_step(clock):
    walk(clock, to="code", minutes=2)
    clock.shift(HOUR)
    walking.walk_on()
    assert Walk.objects.get().outcome == Outcome.INTERRUPTED
    assert RightsRequest.objects.get().status == Status.CLOSED
    all_sweeps_run()
    assert health()[0] is State.OK
    assert walk(clock).outcome == Outcome.PASSED, "the next one begins at once"


# --- Killed and doubled ----------------------------------------------------------------------------------------------
class Killed(BaseException):
    """As by `kill -9`: no line after it is run."""


@pytest.mark.parametrize("step", STEPS)
def test_killed_after_a_step_another_worker_goes_on(clock, monkeypatch, step):
    going_on, killed = walking._next, []

    def dies(walk: Walk) -> bool:
        if walk.step == step and not killed:
            killed.append(step)
            raise Killed
        return going_on(walk)

    monkeypatch.setattr(walking, "_next", dies)
    while not killed:
        try:
            a_minute(clock)
        except Killed:
            break
    assert walk(clock).outcome == Outcome.PASSED
    assert RightsRequest.objects.count() == 1, "the same one"


@pytest.mark.parametrize(
    ("when", "page"),
    [("before", "ask"), ("before", "ask_check"), ("before", "code")]
    + [("after", page) for page in ("ask", "ask_who", "ask_check", "sign_in", "code", "withdraw")],
)
def test_killed_between_two_pages_another_worker_goes_on(clock, monkeypatch, when, page):
    fill_in, killed = Visitor.fill_in, []

    def dies(self, on, **answers):
        if on.name != page or killed:
            return fill_in(self, on, **answers)
        killed.append(page)
        if when == "after":
            fill_in(self, on, **answers)
        raise Killed

    monkeypatch.setattr(Visitor, "fill_in", dies)
    for _minute in range(10):
        try:
            a_minute(clock)
        except Killed:
            break
    assert killed
    assert walk(clock).outcome == Outcome.PASSED
    assert RightsRequest.objects.count() == 1
    assert not RightsRequest.objects.of_people().exists()


def test_doubled_sweeps_find_it_taken(clock, monkeypatch):
    taken = []

    def take(walk: Walk) -> bool:
        taken.append(walk.pk)
        walking.walk_on()
        return steps.fill_in_form(walk)

    monkeypatch.setitem(STEPS, "form", STEPS["form"]._replace(take=take))
    walking.walk_on()
    assert len(taken) == 1
    assert walking.begin() is None, "one at a time"
    assert (Walk.objects.count(), RightsRequest.objects.count()) == (1, 1)


def test_who_was_overtaken_changes_nothing(clock):
    """Its lease ran out, another worker went on, and then it wakes up."""
    slow = walk(clock, to="queue", minutes=1)
    Walk.objects.update(leased_until=timezone.now() + MINUTE)
    assert not walking._next(slow)
    walking.end(slow, Outcome.FAILED, "late")
    assert Walk.objects.open().get().step == slow.step


# --- Nobody else ---------------------------------------------------------------------------------------------------
def test_no_limit_stops_it_and_it_uses_up_nobodys(clock, settings):
    settings.SUBMISSIONS_PER_HOUR = 1
    settings.HEARTBEAT_EMAIL = "shared@primevox.example"
    for _ in range(3):
        assert walk(clock).outcome == Outcome.PASSED
        Walk.objects.update(began_at=timezone.now() - DAY)
    people = [submit(email="shared@primevox.example") for _ in range(3)]
    assert Letter.objects.filter(kind="receipt", about__in=[one.pk for one in people]).count() == 3
    for _ in range(5):
        submit(email="shared@primevox.example")
    assert walk(clock).outcome == Outcome.PASSED, "nor does who fills its mailbox"


def test_only_its_own_check_is_brought_near(clock):
    rosas = submit(Right.ACCESS)
    asked_at = rosas.check_made.asked_at
    walk(clock)
    rosas.check_made.refresh_from_db()
    assert rosas.check_made.asked_at == asked_at
    steps._bring_near(rosas.check_made, 3 * DAY)
    rosas.check_made.refresh_from_db()
    assert rosas.check_made.asked_at == asked_at, "not even if it is told to"


def test_nobody_hears_a_code_of_a_person(clock, monkeypatch):
    heard = []
    monkeypatch.setattr(sign_in.signals.synthetic_code_made, "send_robust", lambda *given, **more: heard.append(more))
    sign_in.ask_for_code(submit().rights_requests.get().reference)
    sign_in.answer_waiting()
    assert Letter.objects.filter(kind="code").exists()
    assert heard == []


def test_nothing_that_is_sent_makes_a_request_synthetic(client):
    said = {"synthetic": "1", "heartbeat": "1"}
    for page, answers in (
        ("/ask/", {"rights": "access"}),
        ("/ask/who/", {"capacity": "self"}),
        ("/ask/where/", {"residence": "US-TX"}),
        ("/ask/reach/", {"name": steps.NAME, "email": "compliance@primevox.net"}),
        ("/ask/check/", {}),
    ):
        assert client.post(f"{page}?synthetic=1", answers | said, HTTP_X_SYNTHETIC="1").status_code == 302
    assert RightsRequest.objects.get().synthetic is False


def test_one_that_somebody_stopped_is_cleaned_up_all_the_same(clock):
    at_reminder = walk(clock, to="reminder", minutes=4)
    assert at_reminder.submission
    stopping.say_not_me(at_reminder.submission.stop_links.get())
    failed = walk(clock)
    assert failed.outcome == Outcome.FAILED
    clock.shift(MINUTE)
    all_sweeps_run()
    assert not DataKey.objects.filter(owner=failed.submission_id, emptied_at=None).exists()


# --- The command -----------------------------------------------------------------------------------------------------
def by_command(clock, monkeypatch, **more) -> str:
    monkeypatch.setattr(heartbeat.time, "sleep", lambda seconds: a_minute(clock, **more))
    out = StringIO()
    try:
        call_command("heartbeat", stdout=out)
    except CommandError as error:
        return f"{out.getvalue()}{error}"
    return out.getvalue()


def test_the_command_prints_each_step_with_its_seconds(clock, monkeypatch):
    said = by_command(clock, monkeypatch)
    assert [line.split()[:2] for line in said.splitlines()] == [["ok", step] for step in STEPS]


def test_the_command_names_the_step_that_broke(clock, monkeypatch):
    said = by_command(clock, monkeypatch, without="reminders").splitlines()
    assert said[-2].split()[:2] == ["FAILED", "reminder"]
    assert said[-1].startswith("reminder: Does the sweep")


def test_the_command_follows_a_walk_that_is_on_its_way(clock, monkeypatch):
    walk(clock, to="code", minutes=2)
    said = by_command(clock, monkeypatch)
    assert said.startswith("A test request is on its way already")
    assert "ok      destruction" in said
    assert Walk.objects.count() == 1
