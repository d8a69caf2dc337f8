"""Steps at moments when no page offers them: a stale page, a slow hand, a sweep that looked a moment ago. Each of these
once led somewhere that it should not."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed import forgetting
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from primevox_privacy.sealed.tasks import end_lives
from requests import identity, stopping, which_right, workflow
from requests.answers import Draft
from requests.terms import DateKind, Ending, ExtensionReason, Right, Status
from requests.workflow import REQUESTER, NotAllowed
from tests.cast import FACTS, STATEMENT, ask, fresh, prove
from verification import checks, destruction
from verification.checks import CheckNotAllowed
from verification.models import Certificate, Check

pytestmark = pytest.mark.django_db


def test_only_a_draft_is_sent_back(rosas_request, bea):
    with pytest.raises(NotAllowed):
        workflow.send_back(rosas_request, "Not yet.", by=bea)
    assert fresh(rosas_request).status == Status.RECEIVED


@pytest.mark.parametrize("ending", [Ending.WITHDRAWN, Ending.MERGED, Ending.NOT_YOU])
def test_no_answer_ends_a_request_as_a_step_of_its_own_would(ending, tess):
    one = ask(Right.OPT_OUT)
    with pytest.raises(NotAllowed, match="step of its own"):
        workflow.answer(one, Draft(ending), by=tess)


def test_an_answer_of_one_person_needs_a_contact_on_file_too(tess, vera):
    one = ask(Right.CORRECT)
    workflow.take(one, by=tess)
    checks.decide(identity.check_of(one), "in_person", [], by=vera)
    with pytest.raises(NotAllowed, match="contact on file"):
        workflow.answer(fresh(one), Draft(Ending.FULFILLED), by=tess)
    assert fresh(one).status == Status.IN_PROGRESS


def test_who_releases_second_is_told_who_released_first(rosas_request, vera, abe, bea):
    one = prove(rosas_request, vera)
    workflow.take(one, by=abe)
    workflow.answer(one, Draft(Ending.FULFILLED, text="Name: Rosa"), by=abe)
    seen_by_both = fresh(one)
    workflow.release(one, by=bea)
    with pytest.raises(NotAllowed, match="Bea"):
        workflow.release(seen_by_both, by=bea)


def test_an_unsure_request_is_turned_into_one_right(tess, abe):
    one = ask(Right.UNSURE)
    seen_by_abe = fresh(one)
    which_right.turn_into(one, Right.DELETE, by=tess)
    with pytest.raises(NotAllowed):
        which_right.turn_into(seen_by_abe, Right.KNOW, by=abe)
    assert fresh(one).right == Right.DELETE


def test_what_was_freed_a_moment_ago_does_not_end_as_not_hers(rosas_request, tess, abe, bea):
    stopping.freeze(rosas_request, "Odd mailbox.", by=tess)
    seen_by_bea = fresh(rosas_request)
    stopping.free(fresh(rosas_request), "She called.", by=abe)
    with pytest.raises(NotAllowed):
        stopping.end_not_you(seen_by_bea, "She called.", by=bea)


@pytest.mark.parametrize("what", ["extend", "undo"])
def test_what_has_to_be_told_waits_while_it_is_frozen(what, rosas_request, tess):
    steps = {
        "extend": lambda one: workflow.extend(
            one, DateKind.TARGET, ExtensionReason.COMPLEX, one.received_on + timedelta(days=20), by=tess
        ),
        "undo": lambda one: workflow.undo(one, by=REQUESTER),
    }
    if what == "undo":
        workflow.withdraw(rosas_request, by=REQUESTER)
    stopping.freeze(fresh(rosas_request), "Odd mailbox.", by=tess)
    with pytest.raises(NotAllowed, match="frozen"):
        steps[what](fresh(rosas_request))


def test_a_decision_on_identity_is_not_mailed_while_it_is_frozen(rosas_request, tess, vera):
    identity.show(rosas_request.submission, FACTS, STATEMENT)
    stopping.freeze(fresh(rosas_request), "Odd mailbox.", by=tess)
    checks.decide(identity.check_of(fresh(rosas_request)), "matched_facts", FACTS, by=vera)
    assert not Letter.objects.filter(kind="check_result").exists()


def test_nothing_is_taken_as_proof_once_all_is_closed(rosas_request):
    page = fresh(rosas_request)
    workflow.withdraw(rosas_request, by=REQUESTER)
    with pytest.raises(CheckNotAllowed):
        identity.show(page.submission, FACTS, STATEMENT)


def test_no_contact_is_entered_where_contacts_are_deleted(answered, vera, time_machine):
    time_machine.move_to(timezone.now() + timedelta(days=61))
    end_lives()
    with pytest.raises(NotAllowed, match="deleted"):
        workflow.enter_contact_on_file(fresh(answered), "rosa@new.example", date(2021, 3, 1), by=vera)


def test_a_key_that_was_given_more_time_since_the_sweep_looked_stays(answered):
    key = DataKey.objects.get(owner=answered.submission_id, life=Life.CONTACT)
    DataKey.objects.filter(pk=key.pk).update(ends_at=timezone.now() + timedelta(days=14))
    assert not forgetting.destroy(key)
    assert DataKey.objects.get(pk=key.pk).opened()


def test_proof_that_is_needed_again_since_the_sweep_looked_stays(rosas_request):
    workflow.withdraw(rosas_request, by=REQUESTER)
    tomorrow = timezone.now() + timedelta(hours=25)
    [seen] = Check.objects.to_destroy(tomorrow)
    workflow.undo(fresh(rosas_request), by=REQUESTER)
    assert destruction.destroy(seen, now=tomorrow) is None
    assert DataKey.objects.get(pk=seen.proof_key_id).opened()
    assert not Certificate.objects.exists()
