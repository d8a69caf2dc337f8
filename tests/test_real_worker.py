"""The job goes on with real parts: worker and beat on Redis, mail through SMTP, each of them away for a while."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.models import DataKey
from requests import workflow
from requests.answers import Draft
from requests.models import RightsRequest, Submission
from requests.terms import Ending, Right
from tests.cast import ROSAS_MAIL, ask, fresh, prove, submit
from tests.real_parts import Portal, Sink, Visitor, free_port, until
from verification import checks
from verification.models import Certificate

pytest_plugins = ["tests.real_parts"]
pytestmark = [pytest.mark.postgres, pytest.mark.redis]

BOX = "compliance@primevox.net"
NOON = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # in Chicago, a Monday
JUST_BEFORE_NOON = NOON - timedelta(seconds=3)  # beat wakes the reminders at each full minute


def subjects_to(sink: Sink, address: str) -> list[str]:
    return [str(mail["Subject"]) for mail in sink.to(address)]


def test_rosas_receipt_arrives(portal: Portal, sink: Sink):
    port = portal.web()
    portal.worker()
    portal.beat()
    reference = Visitor(port).asks_for_her_data(ROSAS_MAIL)
    (mail,) = until(lambda: sink.to(ROSAS_MAIL), what="the receipt")
    body = mail.get_body(("plain",))
    assert body is not None
    assert reference in body.get_content()
    letter = Letter.objects.get()
    assert mail["Message-ID"] == letter.message_id
    until(lambda: Letter.objects.filter(pk=letter.pk, sent_at__isnull=False), what="the mark")


def test_the_web_wakes_the_worker_without_beat(portal: Portal, sink: Sink):
    port = portal.web()
    portal.worker()
    Visitor(port).asks_for_her_data(ROSAS_MAIL)
    until(lambda: sink.to(ROSAS_MAIL), what="the receipt")


def test_the_mailbox_gets_its_digest_and_rosa_her_reminder(portal: Portal, sink: Sink):
    old = ask(Right.ACCESS, received_at=NOON - timedelta(days=20))
    type(old.submission.check_made).objects.update(asked_at=NOON - timedelta(days=8))
    portal.worker(at=JUST_BEFORE_NOON)
    portal.beat(at=JUST_BEFORE_NOON)
    until(lambda: len(sink.to(BOX)) >= 1 and len(sink.to(ROSAS_MAIL)) >= 2, what="digest, receipt and reminder")
    digest = Letter.objects.get(kind="digest")
    assert digest.key == "digest:mailbox:2026-11-23"
    assert Letter.objects.get(kind="task_waiting").key.endswith(":7"), "the latest of those missed, and no other"


def test_after_weeks_without_beat_what_is_owed_goes_out_once(portal: Portal, sink: Sink):
    ask(Right.ACCESS, received_at=NOON - timedelta(days=60))
    portal.worker(at=JUST_BEFORE_NOON)
    beat = portal.beat(at=JUST_BEFORE_NOON)
    until(lambda: sink.to(BOX), what="the digest")
    beat.stop()
    portal.beat(at=JUST_BEFORE_NOON + timedelta(minutes=1))  # once more, with the same memory
    minute_later = Letter.objects.get(kind="receipt").pk
    key = ask(Right.KNOW, received_at=NOON, email="later@mail.example").submission.contact_key_id
    until(lambda: sink.to("later@mail.example"), what="that beat works again")
    until(lambda: "owe_reminders" in portal.said().rpartition("beat: Starting")[2], what="the minute's reminders")
    assert DataKey.objects.filter(pk=key).exists()
    assert Letter.objects.filter(pk=minute_later).exists()
    digests = [subject for subject in subjects_to(sink, BOX)]
    assert len(digests) == Letter.objects.filter(key__startswith="digest:").count() == 1


def test_proof_is_destroyed_and_certified_after_closing(portal: Portal, sink: Sink, vera, abe, bea):
    one = prove(ask(Right.ACCESS), vera)
    assert one.submission.check_made
    workflow.answer(_taken(one, abe), Draft(Ending.FULFILLED, text="Name: Rosa Marquez"), by=abe)
    portal.worker()
    portal.beat()
    until(lambda: sink.to(ROSAS_MAIL), what="that the worker works")
    proof = DataKey.objects.filter(pk=one.submission.check_made.proof_key_id)
    assert proof.alive().exists(), "not before the answer is released"
    workflow.release(fresh(one), by=bea)
    certificate = until(lambda: Certificate.objects.filter(finished_at__isnull=False).first(), what="the certificate")
    assert certificate.check_made_id == one.submission.check_made_id
    assert not proof.alive().exists()
    assert not one.submission.check_made.evidence.exists()


def _taken(one: RightsRequest, abe) -> RightsRequest:
    workflow.take(one, by=abe)
    return fresh(one)


def test_a_submission_is_saved_while_redis_is_away(portal: Portal, sink: Sink):
    port = portal.web(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    began = timezone.now()
    Visitor(port).asks_for_her_data(ROSAS_MAIL)
    assert timezone.now() - began < timedelta(seconds=10), "a visitor does not wait for the broker"
    assert Submission.objects.count() == 1
    assert not sink.mails
    portal.worker()
    portal.beat()
    until(lambda: sink.to(ROSAS_MAIL), what="that the sweep finds the receipt")


def test_a_letter_waits_while_the_mail_server_is_away(portal: Portal, sink: Sink):
    sink.stop()
    submit(Right.ACCESS)
    worker, beat = portal.worker(), portal.beat()
    waiting = until(lambda: Letter.objects.exclude(fault="").first(), what="a vain attempt")
    assert waiting.sent_at is None
    assert waiting.given_up_at is None
    beat.stop()
    worker.stop()
    sink.start()
    in_an_hour = timezone.now() + timedelta(hours=1)
    portal.worker("later_worker", at=in_an_hour)
    portal.beat("later_beat", at=in_an_hour)
    (mail,) = until(lambda: sink.to(ROSAS_MAIL), what="the receipt")
    assert mail["Message-ID"] == waiting.message_id
