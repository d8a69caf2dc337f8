"""What a freeze stops, who clears it up, and how it ends."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.models import DataKey
from primevox_privacy.sealed.tasks import end_lives
from primevox_privacy.staff.models import User
from requests import appeals, releasing, reminders, stopping, workflow
from requests.answers import Draft
from requests.models import Message, RightsRequest, StopLink
from requests.terms import Ending, Right, Status
from requests.workflow import NotAllowed
from tests.cast import ask, fresh, office_noon, prove, signed_in, submit
from tests.test_coming_back import code_from, come_back
from tests.test_not_me import presses, receipts_link
from tests.test_staff_desk import QUEUE, do
from verification import destruction
from verification.models import Evidence

pytestmark = pytest.mark.django_db


@pytest.fixture
def frozen(rosas_request, vera, abe):
    """Rosa's access, proven, drafted and in review when she pressed."""
    one = prove(rosas_request, vera)
    workflow.take(one, by=abe)
    workflow.answer(one, Draft(Ending.FULFILLED, text="The secret."), by=abe)
    stopping.say_not_me(StopLink.objects.first())
    return fresh(one)


def test_no_answer_is_released(frozen, bea):
    with pytest.raises(NotAllowed, match="frozen"):
        workflow.release(frozen, by=bea)
    assert fresh(frozen).status == Status.IN_REVIEW


def test_a_page_that_was_opened_before_the_press_releases_nothing(rosas_request, vera, abe, bea):
    one = prove(rosas_request, vera)
    workflow.take(one, by=abe)
    workflow.answer(one, Draft(Ending.FULFILLED, text="The secret."), by=abe)
    seen_before = fresh(one)
    stopping.say_not_me(StopLink.objects.first())
    with pytest.raises(NotAllowed, match="frozen"):
        workflow.release(seen_before, by=bea)


@pytest.mark.parametrize("verb", ["ask", "tell"])
def test_staff_write_nothing_to_a_mailbox_in_doubt(verb, rosas_request, tess):
    workflow.take(rosas_request, by=tess)
    stopping.freeze(rosas_request, "A strange mail came.", by=tess)
    with pytest.raises(NotAllowed, match="frozen"):
        getattr(workflow, verb)(fresh(rosas_request), "Hello?", by=tess)


def test_nobody_takes_it_back_meanwhile(client, frozen, mailoutbox):
    come_back(client, frozen, mailoutbox)
    assert client.post(f"/your-request/{frozen.reference}/withdraw/").url == "/your-request/all/"
    assert fresh(frozen).is_open
    with pytest.raises(NotAllowed, match="frozen"):
        workflow.withdraw(fresh(frozen), by=workflow.REQUESTER)


def test_the_page_says_that_we_paused_and_opens_no_answer(client, answered, mailoutbox):
    come_back(client, answered, mailoutbox)
    assert "Read our answer" in client.get("/your-request/all/").content.decode()
    stopping.say_not_me(StopLink.objects.first())
    page = client.get("/your-request/all/").content.decode()
    assert "We paused this to clear something up." in page
    assert "Waiting for us" in page
    assert "Read our answer" not in page


def test_an_answer_that_was_open_a_moment_ago_is_shut(client, answered, mailoutbox):
    come_back(client, answered, mailoutbox)
    opened = client.post(f"/your-request/{answered.reference}/answer/open/").url
    assert client.get(opened).status_code == 200
    stopping.say_not_me(StopLink.objects.first())
    assert client.get(opened).url == "/your-request/all/"


def test_no_code_for_an_answer_leaves_and_one_that_left_opens_nothing(client, vera, abe, bea, mailoutbox):
    one = prove(ask(Right.ACCESS, email="stan@look-alike.example"), vera)
    workflow.take(one, by=abe)
    workflow.answer(one, Draft(Ending.FULFILLED, text="The secret."), by=abe)
    workflow.release(one, by=bea)
    come_back(client, one, mailoutbox)
    address = f"/your-request/{one.reference}/answer/"
    client.post(f"{address}open/")
    code = code_from(mailoutbox, to="rosa@mail.example")
    stopping.say_not_me(StopLink.objects.order_by("made_at").last())  # the link of the mail with that code
    assert client.post(f"{address}code/", {"code": code}).url == "/your-request/all/"
    assert client.get(address).url == "/your-request/all/"
    before = Letter.objects.filter(kind="code_on_file").count()
    assert client.post(f"{address}open/").url == "/your-request/all/"
    assert Letter.objects.filter(kind="code_on_file").count() == before


def test_rosa_is_asked_for_no_proof_and_reminded_of_nothing(client, rosas_request, mailoutbox, time_machine):
    come_back(client, rosas_request, mailoutbox)
    stopping.say_not_me(StopLink.objects.first())
    assert "Show us that it is you" not in client.get("/your-request/all/").content.decode()
    assert client.get("/your-request/all/identity/").url == "/your-request/all/"
    time_machine.move_to(office_noon(20))
    reminders.owe()
    assert not Letter.objects.filter(kind__in=["task_waiting", "closing_notice"]).exists()


def the_sweep_runs() -> None:
    """Proof goes through the vault, which certifies it; the rest by time alone."""
    destruction.destroy_owed()
    end_lives()


def test_nothing_is_destroyed_while_it_stands_and_everything_due_after(answered, abe, time_machine):
    stopping.say_not_me(StopLink.objects.first())
    time_machine.move_to(timezone.now() + timedelta(days=800))
    the_sweep_runs()
    assert Evidence.objects.exists()
    owners = [answered.pk, answered.submission_id, answered.submission.check_made_id]
    assert not DataKey.objects.filter(owner__in=owners).exclude(destroyed_at=None).exists()
    stopping.free(fresh(answered), "It was her after all.", by=abe)
    the_sweep_runs()
    assert not DataKey.objects.alive().filter(owner__in=owners).exists()


def test_the_clock_goes_on(rosas_request):
    before = rosas_request.leading_on
    stopping.say_not_me(StopLink.objects.first())
    assert fresh(rosas_request).leading_on == before


def test_another_submission_of_hers_goes_on(rosas_request, tess):
    other = ask(Right.OPT_OUT)
    stopping.say_not_me(StopLink.objects.get(submission=rosas_request.submission))
    workflow.take(other, by=tess)
    workflow.answer(other, Draft(Ending.FULFILLED), by=tess)
    assert fresh(other).ending == Ending.FULFILLED


# --- Staff -------------------------------------------------------------------------------------------------------
def test_staff_freeze_with_a_reason_and_an_approver_goes_on_with_one(rosas_request, tess, abe):
    client = signed_in(tess)
    assert "Write why." in do(client, rosas_request, "freeze", text=" ").content.decode()
    do(client, rosas_request, "freeze", text="A strange mail came.")
    assert fresh(rosas_request).frozen_at
    assert "/do/free/" not in client.get(f"{QUEUE}{rosas_request.pk}/change/").content.decode()
    do(signed_in(abe), rosas_request, "free", text="She called.")
    assert fresh(rosas_request).frozen_at is None
    assert [message.text for message in Message.objects.order_by("written_at")] == [
        "A strange mail came.",
        "She called.",
    ]


def test_the_case_says_who_froze_it_and_what_to_do(client, rosas_request, tess, abe):
    desk, address = signed_in(tess), f"{QUEUE}{rosas_request.pk}/change/"
    presses(client, receipts_link())
    page = desk.get(address).content.decode()
    assert "FROZEN" in page
    assert "said “this was not me” on" in page
    stopping.free(fresh(rosas_request), "She called.", by=abe)
    stopping.freeze(fresh(rosas_request), "A strange mail came.", by=tess)
    assert "Tess froze this on" in desk.get(address).content.decode()


def test_the_queue_shows_what_is_frozen_on_request(rosas_request, tess):
    other = ask(Right.KNOW)
    stopping.freeze(rosas_request, "A strange mail came.", by=tess)
    page = signed_in(tess).get(f"{QUEUE}?flag=frozen").content.decode()
    assert str(rosas_request) in page
    assert str(other) not in page
    assert '<span class="badge badge--frozen">frozen</span>' in page


def test_the_queue_takes_no_more_statements_with_flags(tess):
    for _ in range(6):
        stopping.freeze(fresh(submit(Right.ACCESS, Right.KNOW).rights_requests.first()), "Doubt.", by=tess)
    client = signed_in(tess)
    client.get(QUEUE)
    with CaptureQueriesContext(connection) as caught:
        page = client.get(QUEUE).content.decode()
    assert len(caught) <= 12
    assert "frozen</span><br>duplicate?" in page


def test_an_approver_ends_what_was_not_hers_with_all_that_was_asked_together(tess, abe):
    submission = submit(Right.ACCESS, Right.DELETE)
    one = fresh(submission.rights_requests.first())
    stopping.say_not_me(StopLink.objects.first())
    assert "/do/end_not_you/" not in signed_in(tess).get(f"{QUEUE}{one.pk}/change/").content.decode()
    do(signed_in(abe), one, "end_not_you", text="She called from the number of record.")
    assert set(submission.rights_requests.values_list("ending", flat=True)) == {Ending.NOT_YOU}
    assert Letter.objects.filter(kind="closed_not_you").count() == 2


def test_only_what_is_frozen_ends_like_that(rosas_request, abe):
    with pytest.raises(NotAllowed, match="Freeze it first"):
        stopping.end_not_you(rosas_request, "She called.", by=abe)


def test_what_was_answered_before_stays_shut_when_it_was_not_hers(client, abe, tess, mailoutbox):
    submission = submit(Right.ACCESS, Right.OPT_OUT)
    opt_out, access = submission.rights_requests.order_by("-right")
    workflow.take(fresh(opt_out), by=tess)
    workflow.answer(fresh(opt_out), Draft(Ending.FULFILLED), by=tess)
    stopping.say_not_me(StopLink.objects.first())
    stopping.end_not_you(fresh(access), "She called.", by=abe)
    come_back(client, opt_out, mailoutbox)
    assert "Read our answer" not in client.get("/your-request/all/").content.decode()
    assert client.post(f"/your-request/{opt_out.reference}/answer/open/").url == "/your-request/all/"
    assert not RightsRequest.objects.exclude(frozen_at=None).exists()
    assert not DataKey.objects.filter(owner=submission.pk, held=True).exists()


def freezes_after_the_answer(answered: RightsRequest, abe: User) -> Client:
    """All is answered, then it comes out; the desk of an approver."""
    stopping.say_not_me(StopLink.objects.earliest("made_at"))
    desk = signed_in(abe)
    assert "/do/end_not_you/" in desk.get(f"{QUEUE}{answered.pk}/change/").content.decode()
    return desk


def test_what_was_answered_long_ago_is_found_in_the_queue_when_it_is_frozen(answered, abe):
    desk = signed_in(abe)
    assert str(answered) not in desk.get(QUEUE).content.decode()
    stopping.say_not_me(StopLink.objects.first())
    for view in (QUEUE, f"{QUEUE}?flag=frozen"):
        assert str(answered) in desk.get(view).content.decode()


def test_a_freeze_of_what_is_all_answered_ends_as_not_theirs_and_stays_shut(client, answered, abe, mailoutbox):
    desk = freezes_after_the_answer(answered, abe)
    do(desk, answered, "end_not_you", text="She called from the number of record.")
    one = fresh(answered)
    assert (one.frozen_at, one.ending) == (None, Ending.FULFILLED)
    assert [event.actor for event in Event.objects.filter(about=one.pk, kind="shut")] == [abe.as_actor]
    assert releasing.is_shut(one)
    assert not DataKey.objects.filter(owner=one.submission_id, held=True).exists()
    assert "It was recorded that this was not theirs" in desk.get(f"{QUEUE}{one.pk}/change/").content.decode()
    come_back(client, one, mailoutbox)
    assert "Read our answer" not in client.get("/your-request/all/").content.decode()
    assert client.post(f"/your-request/{one.reference}/answer/open/").url == "/your-request/all/"


def test_what_is_shut_stays_shut_when_a_second_freeze_is_cleared_up(answered, abe):
    freezes_after_the_answer(answered, abe)
    stopping.end_not_you(fresh(answered), "She called.", by=abe)
    stopping.freeze(fresh(answered), "Once more.", by=abe)
    stopping.free(fresh(answered), "The same as before.", by=abe)
    assert releasing.is_shut(fresh(answered))


def test_what_was_taken_back_and_was_not_theirs_is_not_undone(client, rosas_request, abe, mailoutbox):
    workflow.withdraw(rosas_request, by=workflow.REQUESTER)
    come_back(client, rosas_request, mailoutbox)
    assert "You can undo this until" in client.get("/your-request/all/").content.decode()
    stopping.say_not_me(StopLink.objects.first())
    do(signed_in(abe), rosas_request, "end_not_you", text="She called.")
    assert "You can undo this until" not in client.get("/your-request/all/").content.decode()
    with pytest.raises(NotAllowed, match="never asked"):
        workflow.undo(fresh(rosas_request), by=workflow.REQUESTER)
    assert "/do/undo/" not in signed_in(abe).get(f"{QUEUE}{rosas_request.pk}/change/").content.decode()


def test_a_refusal_that_was_not_theirs_is_not_appealed(tess, vera, abe, bea):
    one = prove(ask(Right.ACCESS), vera)
    workflow.take(one, by=abe)
    workflow.answer(one, Draft(Ending.REFUSED, reason="In May.", grounds=("policy_7_repetitive",)), by=abe)
    workflow.release(one, by=bea)
    stopping.freeze(fresh(one), "A strange mail came.", by=tess)
    stopping.end_not_you(fresh(one), "She called.", by=bea)
    with pytest.raises(NotAllowed, match="stopped"):
        appeals.file(fresh(one), "Look again.", by=workflow.REQUESTER)


def test_only_an_approver_says_that_it_was_not_theirs_and_how_they_know(answered, tess, abe):
    stopping.say_not_me(StopLink.objects.first())
    with pytest.raises(NotAllowed, match="role"):
        stopping.end_not_you(fresh(answered), "She called.", by=tess)
    with pytest.raises(NotAllowed, match="Write how you know"):
        stopping.end_not_you(fresh(answered), " ", by=abe)
    assert fresh(answered).frozen_at
