"""Health: what should be done by now and is not turns red, and whoever asks can see it though nothing runs."""

import smtplib
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from unittest.mock import Mock

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives
from django.core.management import call_command
from django.db import OperationalError, connections
from django.utils import timezone
from time_machine import travel

from primevox_privacy.celery import app, periodic
from primevox_privacy.health import checks, sweeps, telling
from primevox_privacy.health.checks import State
from primevox_privacy.health.models import Sweep
from primevox_privacy.ledger import purges, seals
from primevox_privacy.ledger.models import Event, record
from primevox_privacy.outbox import letters, sending
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed import forgetting
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from requests import sign_in, undelivered
from tests.cast import ROSAS_MAIL, ask, signed_in
from verification import checks as identity_checks
from verification import codes, overdue
from verification.levels import AssuranceLevel
from verification.models import Certificate, CodePurpose, Paper

pytestmark = pytest.mark.django_db
READY, QUEUE = "/health/ready/", "/admin/requests/rightsrequest/"
NOON = datetime(2026, 3, 2, 18, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NO_SUCH_MAILBOX = smtplib.SMTPRecipientsRefused({ROSAS_MAIL: (550, b"no such mailbox: rosa@mail.example")})


def all_sweeps_run() -> None:
    for name in periodic():
        sweeps.ended(name)


@pytest.fixture(autouse=True)
def noon():
    """All is well, and it is noon in Chicago."""
    with travel(NOON, tick=False) as clock:
        Sweep.objects.all().delete()
        Sweep.objects.bulk_create(Sweep(pk=name) for name in periodic())
        yield clock


def ready(client) -> tuple[int, dict]:
    cache.clear()
    answer = client.get(READY)
    return answer.status_code, answer.json()


def task(name: str):
    app.loader.import_default_modules()
    return app.tasks[name]


def key_of(life: Life, ends_at: datetime | None = None, **more) -> DataKey:
    key = DataKey.make(uuid.uuid4(), life, ends_at=ends_at)
    for name, value in more.items():
        setattr(key, name, value)
    key.save(force_insert=True)
    return key


def letter(about: uuid.UUID | None = None, **more) -> Letter:
    key = f"letter {uuid.uuid4()}"
    given = {"about": about or uuid.uuid4(), "address": ROSAS_MAIL, "address_key": key_of(Life.CONTACT)}
    letters.owe("task_waiting", key=key, page="https://portal.example/", **(given | more))
    return Letter.objects.get(key=key)


# --- Each thing that can be wrong ------------------------------------------------------------------------------
def a_letter_stays() -> None:
    letter()


def a_letter_is_tried_in_vain() -> None:
    Letter.objects.filter(pk=letter().pk).update(attempts=7, not_before=NOON + 2 * HOUR)


def rosas_letter_is_refused() -> None:
    Letter.objects.filter(pk=letter(ask().submission_id).pk).update(given_up_at=NOON, refused_at=NOON)
    Letter.objects.filter(refused_at=None).update(sent_at=NOON)
    seals.seal_new_events()


def a_mail_of_ours_is_refused() -> None:
    Letter.objects.filter(pk=letter().pk).update(given_up_at=NOON, refused_at=NOON)


def a_paper_waits() -> None:
    check = identity_checks.begin(uuid.uuid4(), AssuranceLevel.T4)
    check.proof_key.save(force_insert=True)
    check.save(force_insert=True)
    keys = key_of(Life.DOCUMENT), key_of(Life.DOCUMENT)
    Paper.objects.create(
        check_made=check, proof_key=check.proof_key, original_key=keys[0], pages_key=keys[1], size=100, given_at=NOON
    )


def proof_stays() -> None:
    key_of(Life.PROOF, ends_at=NOON)


def papers_stay() -> None:
    key_of(Life.DOCUMENT, ends_at=NOON)


def proof_is_half_gone() -> None:
    key_of(Life.PROOF, ends_at=NOON, wrapped=None, destroyed_at=NOON)


def contacts_stay() -> None:
    key_of(Life.CONTACT, ends_at=NOON)


def a_certificate_is_not_written() -> None:
    check = identity_checks.begin(uuid.uuid4(), AssuranceLevel.T2)
    check.proof_key.wrapped, check.proof_key.destroyed_at, check.proof_key.emptied_at = None, NOON, NOON
    check.proof_key.save(force_insert=True)
    check.save(force_insert=True)
    Certificate.objects.create(check_made=check)


def the_record_is_not_sealed() -> None:
    record(uuid.uuid4(), "taken", by="system")
    seals.seal_new_events()
    with travel(NOON + SECOND, tick=False):
        record(uuid.uuid4(), "taken", by="system")


def codes_are_guessed() -> None:
    """Fifty-one wrong ones: at known references, at others, and on paper."""
    known = [ask().reference for _ in range(2)]
    for reference in [*known, "NO0SUCH00"] * 3:
        asked = sign_in.ask_for_code(reference)
        for _ in range(5):
            sign_in.enter_code(asked, "1")
    for _ in range(6):
        sign_in.enter_paper_code(known[0], "4Q7H-Z2KD-9MXC-0TRP")
    Letter.objects.update(sent_at=NOON)
    seals.seal_new_events()


def a_backup_comes_back() -> None:
    purges.append([purges.Destroyed(key_of(Life.DRAFT).pk, NOON)])


WRONG = [
    # what is wrong, its name, after how long it is red, after how long it is not yet
    (a_letter_stays, "letters_owed", HOUR + SECOND, HOUR),
    (a_letter_is_tried_in_vain, "letters_owed", HOUR + SECOND, HOUR),
    (rosas_letter_is_refused, "letters_refused", DAY + SECOND, DAY),
    (a_mail_of_ours_is_refused, "own_letters_refused", timedelta(), None),
    (a_paper_waits, "papers_waiting", HOUR + SECOND, HOUR),
    (proof_stays, "proof_overdue", DAY + SECOND, DAY - SECOND),
    (papers_stay, "proof_overdue", DAY + SECOND, DAY - SECOND),
    (proof_is_half_gone, "proof_overdue", DAY + SECOND, DAY - SECOND),
    (contacts_stay, "data_overdue", DAY + SECOND, DAY - SECOND),
    (a_certificate_is_not_written, "certificates_owed", DAY + SECOND, DAY),
    (the_record_is_not_sealed, "record_unsealed", 10 * MINUTE + 2 * SECOND, 10 * MINUTE),
    (a_backup_comes_back, "restored", timedelta(), None),
    (codes_are_guessed, "codes_guessed", 9 * MINUTE, None),
]


@pytest.mark.parametrize(
    ("goes_wrong", "name", "red_after", "not_after"), WRONG, ids=lambda one: getattr(one, "__name__", "")
)
def test_what_is_not_done_in_time_turns_health_red(client, noon, goes_wrong, name, red_after, not_after):
    goes_wrong()
    if not_after is not None:
        noon.shift(not_after)
        all_sweeps_run()
        assert name not in ready(client)[1]["red"]
        noon.shift(-not_after)
    noon.shift(red_after)
    all_sweeps_run()
    assert ready(client) == (503, {"ready": False, "red": [name], "notice": []})


def test_where_nothing_is_wrong_all_is_green(client):
    assert ready(client) == (200, {"ready": True, "red": [], "notice": []})


@pytest.mark.parametrize(("number", "minutes", "state"), [(50, 0, State.OK), (51, 10, State.RED), (51, 12, State.OK)])
def test_more_than_fifty_wrong_codes_in_ten_minutes_are_somebody_who_guesses(noon, number, minutes, state):
    """However they are spread: over many references, over codes that are old by now, and before a right one."""
    for _ in range(number):
        codes.attempt(uuid.uuid4(), CodePurpose.SIGN_IN, "1")
    noon.shift(minutes * MINUTE)
    assert overdue.no_codes_are_guessed(timezone.now()).state is state


NOTHING_WRONG: list[Callable[[], object]] = [
    lambda: letter(not_before=NOON + 3 * DAY),
    lambda: Letter.objects.filter(pk=letter().pk).update(sent_at=NOON),
    lambda: key_of(Life.PROOF),
    lambda: key_of(Life.PROOF, ends_at=NOON, held=True),
    lambda: key_of(Life.CONTACT, ends_at=NOON, wrapped=None, destroyed_at=NOON, emptied_at=NOON),
    lambda: forgetting.destroy(key_of(Life.DRAFT, ends_at=NOON)),
]


@pytest.mark.parametrize("so", NOTHING_WRONG)
def test_what_has_its_reason_is_not_red(client, noon, so):
    so()
    noon.shift(2 * DAY)
    all_sweeps_run()
    assert ready(client)[0] == 200


def test_while_the_database_is_away_health_says_that_and_nothing_else(client, monkeypatch):
    monkeypatch.setattr(connections["default"], "cursor", Mock(side_effect=OperationalError("with a password")))
    assert ready(client) == (503, {"ready": False, "red": ["database"], "notice": []})


def test_a_check_that_breaks_is_red_itself_and_tells_no_secret(client, monkeypatch, caplog):
    def broken(now):
        raise RuntimeError(ROSAS_MAIL)

    monkeypatch.setattr(checks, "CHECKS", (*checks.CHECKS, broken))
    assert ready(client)[1]["red"] == ["broken"]
    assert ROSAS_MAIL not in caplog.text


# --- Sweeps -----------------------------------------------------------------------------------------------------
HOURLY = [name for name, schedule in periodic().items() if sweeps.patience(schedule) == sweeps.HOURLY]


@pytest.mark.parametrize("name", periodic())
def test_a_sweep_that_stays_away_is_noticed_without_any_sweep_running(client, noon, name):
    noon.shift((sweeps.HOURLY if name in HOURLY else sweeps.OFTEN) + SECOND)
    assert ready(client)[1]["red"] == ["sweeps"]
    assert name in next(one.said for one in checks.look() if one.name == "sweeps")


@pytest.mark.parametrize("name", periodic())
def test_one_sweep_alone_that_does_not_come_is_missed_after_its_patience(client, noon, name):
    patience = sweeps.HOURLY if name in HOURLY else sweeps.OFTEN
    while timezone.now() < NOON + patience - SECOND:
        noon.shift(MINUTE)
        for other in set(periodic()) - {name}:
            sweeps.ended(other)
    assert ready(client)[0] == 200
    noon.shift(SECOND)
    assert ready(client) == (503, {"ready": False, "red": ["sweeps"], "notice": []})
    assert name in next(one.said for one in checks.look() if one.name == "sweeps")


def test_there_are_sweeps_of_both_kinds():
    assert HOURLY
    assert set(periodic()) - set(HOURLY)


@pytest.mark.parametrize("name", periodic())
def test_each_sweep_writes_down_itself_that_it_ended(name):
    Sweep.objects.filter(pk=name).update(ran_at=NOON - HOUR)
    task(name).apply()
    assert Sweep.objects.get(pk=name).ran_at == NOON


def test_a_sweep_that_breaks_has_not_run(monkeypatch):
    name = "primevox_privacy.outbox.tasks.send_owed"
    Sweep.objects.filter(pk=name).update(ran_at=NOON - HOUR)
    monkeypatch.setattr(sending, "send_owed", Mock(side_effect=ZeroDivisionError))
    task(name).apply()
    assert Sweep.objects.get(pk=name).ran_at == NOON - HOUR


def test_after_nine_days_off_what_is_about_to_be_caught_up_raises_no_alarm(client, noon):
    noon.shift(9 * DAY)
    assert ready(client)[0] == 503
    sweeps.ended(sweeps.PULSE)
    assert ready(client)[0] == 200
    for _ in range(6):
        noon.shift(MINUTE)
        sweeps.ended(sweeps.PULSE)
    assert ready(client)[1]["red"] == ["sweeps"], "they had their five minutes"


def test_with_the_clock_set_back_a_day_what_runs_is_green_again_and_what_does_not_is_missed(client, noon):
    noon.shift(-DAY)
    assert ready(client)[1]["red"] == ["sweeps"], "nothing ran by this clock"
    all_sweeps_run()
    assert ready(client)[0] == 200
    for _ in range(6):
        noon.shift(MINUTE)
        sweeps.ended(sweeps.PULSE)
    assert ready(client)[1]["red"] == ["sweeps"]


def test_a_sweep_that_is_new_is_waited_for_from_the_migration_on(client, noon):
    Sweep.objects.all().delete()
    assert ready(client)[0] == 503
    call_command("migrate", verbosity=0)
    assert ready(client)[0] == 200
    noon.shift(sweeps.OFTEN + SECOND)
    assert ready(client)[0] == 503


# --- Who may ask, and what is said -------------------------------------------------------------------------------
def test_asking_again_and_again_costs_the_database_nothing(client, django_assert_num_queries):
    client.get(READY)
    with django_assert_num_queries(0):
        client.get(READY)


def test_no_sentence_names_anybody(noon):
    for goes_wrong, *_rest in WRONG:
        goes_wrong()
    noon.shift(3 * DAY)
    said = " ".join(one.said for one in checks.look())
    assert said.count("more than") >= 4, "the sentences of what is wrong"
    assert not any(word in said for word in (ROSAS_MAIL, "Rosa", "Marquez"))


def by_command() -> tuple[int, str]:
    said = StringIO()
    try:
        call_command("health", stdout=said)
    except SystemExit as ended:
        return int(ended.code or 0), said.getvalue()
    return 0, said.getvalue()


def test_the_command_prints_every_check_and_ends_with_one_where_one_is_red(noon):
    code, said = by_command()
    assert (code, said.count("ok ")) == (0, len(checks.CHECKS))
    rosas_letter_is_refused()
    assert by_command()[0] == 0, "that waits for staff"
    assert "notice  letters_refused: 1 letter to a requester could not be delivered." in by_command()[1]
    proof_stays()
    noon.shift(DAY + SECOND)
    code, said = by_command()
    assert code == 1
    assert "RED     proof_overdue: Proof of identity of 1 check should have been destroyed" in said


# --- Staff -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "page"), [("tess", QUEUE), ("ada", "/admin/")])
def test_staff_see_it_on_the_desk(request, noon, name, page):
    staff = signed_in(request.getfixturevalue(name))
    assert "Something does not work as it should" not in staff.get(page).content.decode()
    noon.shift(sweeps.OFTEN + SECOND)
    said = staff.get(page).content.decode()
    assert "Something does not work as it should" in said
    assert "Do scheduler and worker run?" in said


def test_a_letter_that_waits_for_staff_is_shown_as_that(tess):
    rosas_letter_is_refused()
    said = signed_in(tess).get(QUEUE).content.decode()
    assert "Something waits for you" in said
    assert undelivered.VIEW.replace("&", "&amp;") in said


def told() -> list[Letter]:
    return list(Letter.objects.filter(kind="health_red"))


def test_the_mailbox_is_told_once_a_day_while_something_is_red(noon):
    telling.tell_if_red()
    assert told() == [], "all is well"
    proof_stays()
    noon.shift(DAY + SECOND)
    for _ in range(3):
        all_sweeps_run()
        telling.tell_if_red()
    assert len(told()) == 1
    sending.send_owed()
    seals.seal_new_events()
    noon.shift(DAY)
    all_sweeps_run()
    telling.tell_if_red()
    assert len(told()) == 2
    assert [event.detail for event in Event.objects.filter(kind="health_red")] == [{"checks": ["proof_overdue"]}] * 2


def test_what_turns_red_later_in_the_day_is_told_too_and_nothing_twice(noon):
    proof_stays()
    noon.shift(DAY + SECOND)
    all_sweeps_run()
    telling.tell_if_red()
    a_backup_comes_back()
    for _ in range(2):
        telling.tell_if_red()
    assert len(told()) == 2
    names = [event.detail["checks"] for event in Event.objects.filter(kind="health_red").order_by("id")]
    assert sorted(names, key=len) == [["proof_overdue"], ["proof_overdue", "restored"]]


def test_what_only_waits_for_staff_is_told_by_another_mail():
    rosas_letter_is_refused()
    telling.tell_if_red()
    assert told() == []


def test_the_mail_says_what_is_wrong_and_goes_to_the_mailbox(settings, noon):
    proof_stays()
    noon.shift(DAY + SECOND)
    all_sweeps_run()
    telling.tell_if_red()
    sending.send_owed()
    [sent] = mail.outbox
    assert sent.to == [settings.COMPLIANCE_EMAIL]
    assert "should have been destroyed more than a day ago" in sent.body


def test_a_refusal_is_known_to_health_at_once(client, monkeypatch):
    letter(ask().submission_id)
    monkeypatch.setattr(EmailMultiAlternatives, "send", Mock(side_effect=NO_SUCH_MAILBOX))
    sending.send_owed()
    assert ready(client) == (200, {"ready": True, "red": [], "notice": ["letters_refused"]})
    assert next(one.state for one in checks.look() if one.name == "letters_refused") is State.NOTICE
