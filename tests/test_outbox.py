"""Letters: each leaves once where that can be had, a code at most once, and an outage loses none."""

import smtplib
import threading
import uuid
from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.utils import timezone
from time_machine import travel

from primevox_privacy import celery
from primevox_privacy.outbox import letters, sending, tasks
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed import forgetting
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from tests.test_codes import at_once

ROSA = "rosa@mail.example"
DIGITS = "492817"
FOR_GOOD = smtplib.SMTPRecipientsRefused({ROSA: (550, b"no such mailbox")})
FOR_NOW = smtplib.SMTPRecipientsRefused({ROSA: (451, b"try later")})


class Killed(BaseException):
    """`kill -9`, as far as one process can tell."""


def key_of(life: Life, ends_in: timedelta | None = None) -> DataKey:
    key = DataKey.make(uuid.uuid4(), life, ends_at=timezone.now() + ends_in if ends_in else None)
    key.save(force_insert=True)
    return key


def owe(key: str = "a letter", kind: str = "task_waiting", **more) -> Letter:
    given = {"about": uuid.uuid4(), "address": ROSA, "page": "https://portal.example/your-request/"} | more
    letters.owe(kind, key=key, **({"address_key": key_of(Life.CONTACT)} | given))
    return Letter.objects.get(key=key)


def owe_code(key: str = "a code", lifetime: timedelta = timedelta(minutes=10)) -> Letter:
    return owe(key, "code", code=DIGITS, code_key=key_of(Life.SIGN_IN_CODE, lifetime))


def fresh(letter: Letter) -> Letter:
    return Letter.objects.select_related("address_key", "code_key").get(pk=letter.pk)


def later(**ago):
    return travel(timezone.now() + timedelta(**ago), tick=False)


@pytest.fixture
def server(db, monkeypatch):
    """A mail server that does as it is told: `server.answers(error)` for what is handed over from now on."""
    really = EmailMultiAlternatives.send
    said: Mock = Mock(spec=[], error=None, after=None)

    def send(message):
        if said.error:
            raise said.error
        really(message)
        if said.after:
            raise said.after

    monkeypatch.setattr(EmailMultiAlternatives, "send", send)
    return said


# --- Once ----------------------------------------------------------------------------------------------------
def test_a_letter_owed_leaves_once(db):
    one = owe()
    assert [sending.send_owed(), sending.send_owed()] == [1, 0]
    assert [message.to for message in mail.outbox] == [[ROSA]]
    assert fresh(one).sent_at is not None


def test_asking_twice_for_the_same_letter_owes_it_once(db):
    owe("same"), owe("same")
    sending.send_owed()
    assert len(mail.outbox) == 1


def test_a_letter_for_later_waits(db):
    owe(not_before=timezone.now() + timedelta(hours=1))
    assert sending.send_owed() == 0
    with later(hours=2):
        assert sending.send_owed() == 1


def test_of_two_workers_that_saw_the_same_letter_one_sends_it(db):
    one = owe()
    assert sending._claim(one.pk) is not None
    assert sending._claim(one.pk) is None


@pytest.mark.postgres
def test_eight_workers_at_once_send_each_letter_once(flushed):
    for number in range(20):
        owe(f"letter {number}")
    start = threading.Barrier(8)

    def work(number: int) -> None:
        start.wait()
        sending.send_owed()
        connection.close()

    at_once(work, 8)
    ids = [message.extra_headers["Message-ID"] for message in mail.outbox]
    assert len(ids) == len(set(ids)) == 20


def test_a_worker_that_dies_before_sending_delays_its_letter_by_the_lease(db):
    one = owe()
    sending._claim(one.pk)
    assert sending.send_owed() == 0
    with later(seconds=sending.LEASE.total_seconds() + 1):
        assert sending.send_owed() == 1


def test_a_letter_repeated_after_a_crash_bears_the_same_message_id(server):
    one = owe()
    server.after = Killed()
    with pytest.raises(Killed):
        sending.send_owed()
    server.after = None
    with later(minutes=3):
        sending.send_owed()
    first, again = (message.message()["Message-ID"] for message in mail.outbox)
    assert first == again == fresh(one).message_id


# --- Codes ---------------------------------------------------------------------------------------------------
def test_a_code_is_in_the_mail_and_neither_in_the_subject_nor_in_the_text_kept(db):
    one = owe_code()
    assert DIGITS not in one.text + one.subject
    sending.send_owed()
    assert DIGITS in mail.outbox[0].body
    assert DIGITS not in mail.outbox[0].subject


def test_a_code_sent_is_gone_from_its_row(db):
    one = owe_code()
    sending.send_owed()
    assert (fresh(one).code, DIGITS in fresh(one).text) == (None, False)


def test_a_code_is_gone_from_its_row_before_it_is_handed_over(db, monkeypatch):
    one, held = owe_code(), []
    monkeypatch.setattr(sending, "_hand_over", lambda letter, connection: held.append(fresh(one)))
    sending.send_owed()
    assert [(row.code, row.sent_at is None) for row in held] == [(None, False)]


@pytest.mark.parametrize("moment", ["error", "after"])
def test_a_code_never_travels_again_after_a_crash(server, moment):
    owe_code()
    setattr(server, moment, Killed())
    with pytest.raises(Killed):
        sending.send_owed()
    setattr(server, moment, None)
    travelled = len(mail.outbox)
    with later(minutes=5):
        assert sending.send_owed() == 0
    assert len(mail.outbox) == travelled


@pytest.mark.parametrize("error", [FOR_GOOD, FOR_NOW, ConnectionResetError()])
def test_a_code_refused_by_the_server_is_given_up(server, error):
    one = owe_code()
    server.error = error
    sending.send_owed()
    server.error = None
    with later(minutes=5):
        sending.send_owed()
    assert (mail.outbox, fresh(one).sent_at, fresh(one).given_up_at is not None) == ([], None, True)


def test_a_code_out_of_date_is_never_sent(db):
    one = owe_code()
    with later(minutes=11):
        assert sending.send_owed() == 0
    assert (mail.outbox, fresh(one).code, fresh(one).given_up_at is not None) == ([], None, True)


def test_a_code_waits_while_the_mail_server_is_away(db, monkeypatch):
    owe_code()
    monkeypatch.setattr(EmailBackend, "open", Mock(side_effect=ConnectionRefusedError))
    assert sending.send_owed() == 0
    monkeypatch.undo()
    assert sending.send_owed() == 1


# --- Faults --------------------------------------------------------------------------------------------------
def test_a_mailbox_that_is_not_there_ends_a_letter(server):
    one = owe()
    server.error = FOR_GOOD
    sending.send_owed()
    assert fresh(one).given_up_at is not None
    assert ROSA not in fresh(one).fault


OURS_TO_MEND = [
    FOR_NOW,
    smtplib.SMTPDataError(452, b"full"),
    smtplib.SMTPSenderRefused(550, b"who are you", "us"),
    smtplib.SMTPServerDisconnected("gone"),
    TimeoutError(),
    ConnectionResetError(),
    UnicodeError(),
]


@pytest.mark.parametrize("error", OURS_TO_MEND, ids=lambda error: type(error).__name__)
def test_after_any_other_fault_a_letter_tries_again_later(server, error):
    one = owe()
    server.error = error
    sending.send_owed()
    assert fresh(one).given_up_at is None
    server.error = None
    assert sending.send_owed() == 0
    with later(minutes=1):
        assert sending.send_owed() == 1


def test_each_attempt_waits_longer_up_to_an_hour(server):
    one, waits = owe(), []
    server.error = FOR_NOW
    for _attempt in range(12):
        with travel(fresh(one).not_before + timedelta(seconds=1), tick=False):
            sending.send_owed()
            waits.append((fresh(one).not_before - timezone.now()).total_seconds())
    assert waits[:3] == [15, 30, 60]
    assert waits == sorted(waits)
    assert waits[-1] == sending.LONGEST_WAIT.total_seconds()


@pytest.mark.parametrize("error", [ConnectionRefusedError(), smtplib.SMTPAuthenticationError(535, b"no")])
def test_a_server_that_is_away_or_knows_us_not_costs_no_letter_anything(db, monkeypatch, error):
    one = owe()
    monkeypatch.setattr(EmailBackend, "open", Mock(side_effect=error))
    sending.send_owed()
    assert (fresh(one).attempts, fresh(one).given_up_at) == (0, None)
    monkeypatch.undo()
    assert sending.send_owed() == 1


def test_one_letter_that_cannot_leave_does_not_hold_up_the_others(db):
    gone = key_of(Life.CONTACT)
    poor = owe("first", address_key=gone)
    owe("second", address="tess@primevox.example")
    DataKey.objects.filter(pk=gone.pk).update(wrapped=None, destroyed_at=timezone.now())
    sending.send_owed()
    assert [message.to for message in mail.outbox] == [["tess@primevox.example"]]
    assert fresh(poor).given_up_at is not None


def test_a_letter_whose_address_is_forgotten_is_given_up(db):
    one = owe()
    forgetting.destroy(one.address_key)
    assert sending.send_owed() == 0
    assert (fresh(one).given_up_at is not None, fresh(one).address, fresh(one).text) == (True, None, None)


# --- The bell ------------------------------------------------------------------------------------------------
def test_a_broker_that_is_away_costs_nothing(db, settings, monkeypatch, caplog, django_capture_on_commit_callbacks):
    settings.EMBEDDED = False
    ring = Mock(side_effect=ConnectionError(f"{ROSA} and a password"))
    monkeypatch.setattr(celery.app, "send_task", ring)
    with django_capture_on_commit_callbacks(execute=True):
        owe()
    assert ring.called
    assert "broker away" in caplog.text
    assert ROSA not in caplog.text
    assert sending.send_owed() == 1


def test_the_bell_rings_only_after_the_commit_and_carries_nothing(db, settings, monkeypatch):
    settings.EMBEDDED = False
    monkeypatch.setattr(celery.app, "send_task", ring := Mock())
    owe()
    assert not ring.called
    celery.ring("primevox_privacy.outbox.tasks.send_owed")
    ring.assert_called_once_with("primevox_privacy.outbox.tasks.send_owed", expires=60, retry=False)


def test_once_a_letter_left_the_new_date_that_it_told_is_counted_without_waiting_for_the_sweep(
    db, settings, monkeypatch
):
    settings.EMBEDDED = False
    monkeypatch.setattr(celery.app, "send_task", ring := Mock())
    tasks.send_owed()
    assert not ring.called, "nothing left"
    owe()
    tasks.send_owed()
    ring.assert_called_once_with("requests.tasks.count_extensions_told", expires=60, retry=False)


# --- What a letter looks like --------------------------------------------------------------------------------
def test_a_letter_says_that_it_is_ours_and_automatic(db):
    one = owe()
    sending.send_owed()
    headers = mail.outbox[0].message()
    assert headers["Message-ID"] == one.message_id
    assert (headers["Auto-Submitted"], headers[sending.OURS]) == ("auto-generated", "1")


def test_a_letter_comes_as_text_and_as_html_saying_the_same(db):
    owe()
    sending.send_owed()
    text, html = parts()
    assert all(block.splitlines()[0][:40] in html for block in text.split("\n\n"))


def test_a_letter_speaks_the_language_of_its_reader(db):
    owe(language="es")
    sending.send_owed()
    assert 'lang="es"' in parts()[1]


def parts() -> tuple[str, str]:
    """Text and HTML of the one mail that left."""
    [message] = mail.outbox
    _whole, text, html = (str(part.get_payload()) for part in message.message().walk())
    return text, html
