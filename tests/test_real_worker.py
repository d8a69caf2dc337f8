"""The job goes on with real parts: worker and beat on Redis, mail through SMTP, each of them away for a while."""

from datetime import UTC, date, datetime, time, timedelta
from time import monotonic, sleep

import pytest
import time_machine
from celery import Celery

from primevox_privacy.ledger.models import Seal, record
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.models import DataKey
from requests import identity, workflow
from requests.answers import Draft
from requests.heartbeat.models import Outcome, Walk
from requests.models import RightsRequest, Submission
from requests.patience import is_working_day
from requests.terms import Ending, Right
from tests.cast import ROSAS_MAIL, ask, fresh, prove, submit
from tests.hostile_files import jpeg
from tests.papers import received
from tests.real_parts import Portal, Sink, Visitor, free_port, until
from verification import checks, clean_pages
from verification.models import Certificate, Check, EvidenceKind, Paper, PaperState

pytest_plugins = ["tests.real_parts"]
pytestmark = [pytest.mark.postgres, pytest.mark.redis]

WEEK = timedelta(days=7)


def a_working_day() -> date:
    """From the day after tomorrow on the first that is one, and so is the same day a week later."""
    day = datetime.now(UTC).date() + timedelta(days=2)
    while not (is_working_day(day) and is_working_day(day + WEEK)):
        day += timedelta(days=1)
    return day


NOON = datetime.combine(a_working_day(), time(18, 0), UTC)  # it is day in Chicago
JUST_BEFORE_NOON = NOON - timedelta(seconds=3)  # beat wakes the reminders at each full minute


def digests_in(sink: Sink) -> list[str]:
    known = {letter.message_id for letter in Letter.objects.filter(kind="digest")}
    return [mail["Message-ID"] for mail in sink.mails if mail["Message-ID"] in known]


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


def test_a_paper_is_drawn_anew_and_its_original_destroyed(portal: Portal):
    check = identity.check_of(ask(Right.ACCESS))
    portal.worker()
    portal.beat()
    checks.give_file(check, EvidenceKind.DOCUMENT, received("photo.jpg", jpeg()))
    until(lambda: Paper.objects.filter(state=PaperState.CLEAN).first(), what="clean pages")
    until(lambda: Paper.objects.get().original_key.emptied_at, what="the end of the original")
    (page,) = clean_pages.pages_kept(Paper.objects.get())
    assert b"".join(page.file.chunks()).startswith(b"\xff\xd8\xff")


def test_the_web_wakes_the_worker_without_beat(portal: Portal, sink: Sink):
    port = portal.web()
    portal.worker()
    Visitor(port).asks_for_her_data(ROSAS_MAIL)
    until(lambda: sink.to(ROSAS_MAIL), what="the receipt")


def test_the_mailbox_gets_its_digest_and_rosa_her_reminder(portal: Portal, sink: Sink):
    old = ask(Right.ACCESS, received_at=NOON - timedelta(days=20))
    Check.objects.filter(subject=old.submission_id).update(asked_at=NOON - timedelta(days=8))
    portal.worker(at=JUST_BEFORE_NOON)
    portal.beat(at=JUST_BEFORE_NOON)
    until(lambda: digests_in(sink) and len(sink.to(ROSAS_MAIL)) == 2, what="digest, receipt and reminder")
    assert Letter.objects.get(kind="digest").key == f"digest:mailbox:{NOON.date()}"
    assert Letter.objects.get(kind="task_waiting").key.endswith(":7"), "the latest of those missed, and no other"


def test_after_a_week_without_beat_what_is_owed_goes_out_once(portal: Portal, sink: Sink):
    one = ask(Right.ACCESS, received_at=NOON - timedelta(days=20))
    worker, beat = portal.worker(at=JUST_BEFORE_NOON), portal.beat(at=JUST_BEFORE_NOON)
    until(lambda: len(digests_in(sink)) == 1, what="the first digest")
    beat.stop()
    worker.stop()
    week_later = NOON + timedelta(days=7) - timedelta(seconds=10)
    portal.worker("later_worker", at=week_later)
    portal.beat(at=week_later)  # with the memory of the first
    until(lambda: len(digests_in(sink)) == 2, what="the second digest")
    with time_machine.travel(week_later):
        event = record(one.pk, "noted", by="system")
    until(lambda: any(str(event.pk) in seal.leaves for seal in Seal.objects.all()), what="another minute's tasks")
    until(lambda: not Letter.objects.filter(sent_at=None).exists(), what="all letters")
    days = [key.rpartition(":")[2] for key in Letter.objects.filter(kind="digest").values_list("key", flat=True)]
    assert sorted(days) == [str(NOON.date()), str(NOON.date() + timedelta(days=7))], "none for the days between"
    assert len(digests_in(sink)) == 2


def test_a_test_request_walks_all_the_way_by_itself(portal: Portal, sink: Sink):
    """What beat rings each minute is rung each second here: left alone, it takes five minutes to the same end."""
    portal.worker(HEARTBEAT="on", HEARTBEAT_EMAIL="own@primevox.example")
    portal.beat()
    bell = Celery(broker=portal.environ["REDIS_URL"], set_as_current=False)

    def ended() -> Walk | None:
        for task in ("heartbeat.tasks.walk_on", "tasks.owe_reminders"):
            bell.send_task(f"requests.{task}", expires=5)
        bell.send_task("primevox_privacy.sealed.tasks.end_lives", expires=5)
        sleep(1)
        return Walk.objects.ended().first()

    walk = until(ended, patience=120, what="the end of a walk")
    bell.close()
    assert walk
    assert walk.submission_id
    print("\nseconds of each step:", walk.seconds)
    assert (walk.outcome, walk.step) == (Outcome.PASSED, "destruction")
    subjects = {letter.message_id: letter.kind for letter in Letter.objects.filter(about=walk.submission_id)}
    kinds = [subjects[mail["Message-ID"]] for mail in sink.to("own@primevox.example")]
    assert kinds[:3] == ["receipt", "code", "task_waiting"]
    assert len(set(kinds)) == len(kinds), "none of them twice"
    assert not DataKey.objects.filter(emptied_at=None, owner__in=[walk.submission_id, walk.draft]).exists()


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
    assert certificate
    assert certificate.check_made_id == one.submission.check_made_id
    assert not proof.alive().exists()
    assert not one.submission.check_made.evidence.exists()


def _taken(one: RightsRequest, abe) -> RightsRequest:
    workflow.take(one, by=abe)
    return fresh(one)


def test_a_submission_is_saved_while_redis_is_away(portal: Portal, sink: Sink):
    port = portal.web(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    began = monotonic()
    Visitor(port).asks_for_her_data(ROSAS_MAIL)
    print(f"\nwith Redis away the whole way to the receipt took {monotonic() - began:.1f} seconds")
    assert Submission.objects.count() == 1
    assert not sink.mails
    portal.worker()
    portal.beat()
    until(lambda: sink.to(ROSAS_MAIL), what="that the sweep finds the receipt")


def test_a_letter_waits_while_the_mail_server_is_away(portal: Portal, sink: Sink):
    sink.stop()
    submit(Right.ACCESS)
    portal.worker()
    portal.beat()
    until(lambda: "mail server away" in portal.said(), what="a vain attempt")
    waiting = Letter.objects.get()
    assert (waiting.sent_at, waiting.given_up_at) == (None, None)
    sink.start()
    (mail,) = until(lambda: sink.to(ROSAS_MAIL), what="the receipt")
    assert mail["Message-ID"] == waiting.message_id
