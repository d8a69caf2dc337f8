"""A time of receipt that was written down wrong is put right by two persons, and nobody moves a date alone."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from requests import receipt_times, stopping, workflow
from requests.models import ReceiptChange, RightsRequest
from requests.terms import Channel, DateKind, ExtensionReason, Right, Role
from requests.workflow import NotAllowed
from tests.cast import deliver, fresh, person, signed_in, submit
from tests.test_staff_desk import QUEUE, do

pytestmark = pytest.mark.django_db
WHY = "The stamp on the envelope says so."


def days_ago(days: float):
    return timezone.now() - timedelta(days=days)


@pytest.fixture
def letter(db) -> RightsRequest:
    """What Rosa wrote by post, as it was taken down: as if it had come today."""
    return fresh(submit(Right.ACCESS, channel=Channel.POST).rights_requests.get())


def test_two_persons_move_it_and_every_date_with_it(letter, tess, abe):
    due = letter.leading_on
    receipt_times.propose(letter, days_ago(4), WHY, by=tess)
    assert fresh(letter).leading_on == due
    receipt_times.confirm(letter, by=abe)
    one = fresh(letter)
    assert one.leading_on == due - timedelta(days=4)
    assert one.received_on == one.submission.received_on == timezone.localdate() - timedelta(days=4)
    assert {row.kind: row.due_on for row in one.due_dates.all()}[DateKind.TARGET] == due - timedelta(days=4)


def test_all_that_was_asked_together_moves_together(tess, abe):
    both = submit(Right.ACCESS, Right.DELETE, channel=Channel.POST).rights_requests.order_by("reference")
    receipt_times.propose(fresh(both[0]), days_ago(4), WHY, by=tess)
    receipt_times.confirm(fresh(both[1]), by=abe)
    assert {one.received_on for one in both.all()} == {timezone.localdate() - timedelta(days=4)}


def test_what_was_closed_before_keeps_its_dates(tess, abe):
    both = submit(Right.ACCESS, Right.DELETE, channel=Channel.POST).rights_requests
    closed, still_open = (fresh(one) for one in both.order_by("right"))
    workflow.withdraw(closed, by=tess, why="By telephone.")
    receipt_times.propose(still_open, days_ago(4), WHY, by=tess)
    receipt_times.confirm(still_open, by=abe)
    assert fresh(closed).received_on == timezone.localdate()
    assert fresh(still_open).received_on == timezone.localdate() - timedelta(days=4)


def test_the_law_of_the_right_day_counts(tess, abe):
    """Kentucky's law came into force on 1 January 2026."""
    one = fresh(submit(Right.ACCESS, channel=Channel.POST, residence="US-KY").rights_requests.get())
    assert one.regime == "us_ky_kcdpa"
    receipt_times.propose(one, timezone.now().replace(year=2025, month=12, day=30), WHY, by=tess)
    receipt_times.confirm(one, by=abe)
    assert fresh(one).regime == "none"


def test_the_requester_is_told_of_the_date_that_moved(letter, tess, abe):
    Letter.objects.all().delete()
    receipt_times.propose(letter, days_ago(4), WHY, by=tess)
    assert not Letter.objects.exists()
    receipt_times.confirm(letter, by=abe)
    told = Letter.objects.get()
    assert told.kind == "receipt_changed"
    assert "Friday 11 September 2026" in told.text
    assert "Friday 25 September 2026" in told.text


def test_another_hour_of_the_same_day_moves_no_date_and_sends_no_letter(letter, tess, abe):
    Letter.objects.all().delete()
    receipt_times.propose(letter, timezone.now() - timedelta(hours=2), WHY, by=tess)
    receipt_times.confirm(letter, by=abe)
    assert fresh(letter).submission.received_at < timezone.now() - timedelta(hours=1)
    assert not Letter.objects.exists()


def test_both_times_and_both_persons_stay_on_record(letter, tess, abe):
    was = letter.submission.received_at
    receipt_times.propose(letter, days_ago(4), WHY, by=tess)
    receipt_times.confirm(letter, by=abe)
    kept = ReceiptChange.objects.get()
    assert (kept.was_at, kept.proposed_by, kept.confirmed_by, kept.reason) == (was, tess, abe, WHY)
    events = Event.objects.filter(about=letter.submission_id, kind__startswith="receipt_")
    assert [(one.kind, one.actor) for one in events.order_by("at")] == [
        ("receipt_proposed", tess.as_actor),
        ("receipt_changed", abe.as_actor),
    ]
    assert events.first().detail["was"] == was.isoformat()


def test_who_proposed_it_cannot_confirm_it_nor_can_who_may_not(letter, tess, vera, abe):
    receipt_times.propose(letter, days_ago(4), WHY, by=abe)
    for somebody in (abe, tess, vera):
        with pytest.raises(NotAllowed):
            receipt_times.confirm(letter, by=somebody)
    assert fresh(letter).received_on == timezone.localdate()


def test_the_database_itself_wants_a_second_person(letter, abe):
    made = receipt_times.propose(letter, days_ago(4), WHY, by=abe)
    for lonely in ({"done_at": timezone.now()}, {"done_at": timezone.now(), "confirmed_by": abe}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReceiptChange.objects.filter(pk=made.pk).update(**lonely)


@pytest.mark.parametrize(("ago", "why"), [(-1, WHY), (400, WHY), (4, "  ")])
def test_what_cannot_be_is_not_proposed(letter, tess, ago, why):
    with pytest.raises(NotAllowed):
        receipt_times.propose(letter, days_ago(ago), why, by=tess)
    assert not ReceiptChange.objects.exists()


def test_it_cannot_have_come_after_it_was_written_down(letter, tess, time_machine):
    time_machine.move_to(timezone.now() + timedelta(days=3))
    with pytest.raises(NotAllowed, match="cannot have come later"):
        receipt_times.propose(letter, days_ago(1), WHY, by=tess)


def test_the_time_as_it_stands_is_no_other_time(letter, tess):
    with pytest.raises(NotAllowed):
        receipt_times.propose(letter, letter.submission.received_at, WHY, by=tess)


@pytest.mark.parametrize("channel", sorted(receipt_times.WATCHED))
def test_what_a_machine_noted_stays(tess, channel):
    one = fresh(submit(Right.ACCESS, channel=channel).rights_requests.get())
    with pytest.raises(NotAllowed, match="portal itself"):
        receipt_times.propose(one, days_ago(4), WHY, by=tess)


def test_a_declined_proposal_leaves_everything_and_makes_room_for_another(letter, tess, abe):
    receipt_times.propose(letter, days_ago(4), WHY, by=tess)
    with pytest.raises(NotAllowed):
        receipt_times.propose(letter, days_ago(2), WHY, by=tess)
    receipt_times.decline(letter, by=tess)
    with pytest.raises(NotAllowed):
        receipt_times.decline(letter, by=tess)
    with pytest.raises(NotAllowed):
        receipt_times.confirm(letter, by=abe)
    receipt_times.propose(letter, days_ago(2), WHY, by=tess)
    assert fresh(letter).received_on == timezone.localdate()


def test_nothing_is_moved_while_frozen_or_once_all_is_closed(letter, tess, vera, abe):
    receipt_times.propose(letter, days_ago(4), WHY, by=tess)
    stopping.freeze(letter, "Somebody called.", by=vera)
    with pytest.raises(NotAllowed):
        receipt_times.confirm(fresh(letter), by=abe)
    other = fresh(submit(Right.KNOW, channel=Channel.POST).rights_requests.get())
    receipt_times.propose(other, days_ago(4), WHY, by=tess)
    workflow.withdraw(other, by=tess, why="By telephone.")
    with pytest.raises(NotAllowed):
        receipt_times.confirm(fresh(other), by=abe)


def test_more_time_that_was_told_still_counts(letter, tess, abe):
    until = letter.leading_on + timedelta(days=10)
    workflow.extend(letter, DateKind.TARGET, ExtensionReason.COMPLEX, until, by=tess)
    deliver()
    receipt_times.propose(fresh(letter), days_ago(4), WHY, by=tess)
    receipt_times.confirm(fresh(letter), by=abe)
    assert fresh(letter).leading_on == until


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_only_reads_proposes_nothing(letter, role):
    with pytest.raises(NotAllowed):
        receipt_times.propose(letter, days_ago(4), WHY, by=person("Someone", role))


def test_a_reason_lies_sealed_and_goes_with_the_record(letter, tess):
    receipt_times.propose(letter, days_ago(4), WHY, by=tess)
    row = ReceiptChange.objects.values("reason", "record_key").get()
    assert b"envelope" not in bytes(row["reason"])
    assert row["record_key"] == letter.record_key_id


def test_on_the_case_page_tess_proposes_and_abe_confirms(letter, tess, abe):
    day = (timezone.localdate() - timedelta(days=4)).isoformat()
    page = do(signed_in(tess), letter, "propose_receipt", day=day, at="", reason="")
    assert "Write how you know." in page.content.decode()
    do(signed_in(tess), letter, "propose_receipt", day=day, at="10:30", reason=WHY)
    address = f"{QUEUE}{letter.pk}/change/"
    assert "Confirm another time of receipt" not in signed_in(tess).get(address).content.decode()
    page = signed_in(abe).get(address).content.decode()
    assert "Confirm another time of receipt" in page
    assert WHY in page
    do(signed_in(abe), letter, "confirm_receipt")
    assert fresh(letter).received_on.isoformat() == day
    page = signed_in(abe).get(address).content.decode()
    assert "before; Tess, Abe: The stamp on the envelope says so." in page
