"""What has to be true before an answer leaves, where identity was not, or not wholly, shown."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.tasks import end_lives
from requests import identity, joining, tasks, which_right, workflow
from requests.answers import Draft
from requests.models import Submission
from requests.terms import DateKind, Ending, ExtensionReason, Right, Status
from requests.workflow import NotAllowed
from tests.cast import FACTS, ROSAS_MAIL, ask, fresh, prove, submit
from verification import checks
from verification.levels import AssuranceLevel
from verification.models import CheckState

pytestmark = pytest.mark.django_db
TWO = dict(list(FACTS.items())[:2])


@pytest.fixture
def half_proven(rosas_request, vera, abe):
    """Access asks for T3; only two facts matched."""
    one = prove(rosas_request, vera, facts=TWO, statement=None)
    workflow.take(one, by=abe)
    return fresh(one)


def test_a_check_below_the_level_can_be_asked_for_more(half_proven, vera):
    identity.ask_again(half_proven.submission, by=vera)
    check = identity.check_of(fresh(half_proven))
    assert (check.state, check.reached, check.asked) == (CheckState.OPEN, AssuranceLevel.T0, AssuranceLevel.T3)
    assert identity.task_of(fresh(half_proven).submission).facts == 3


def test_or_the_request_ends_as_identity_not_shown(half_proven, abe, bea):
    workflow.answer(half_proven, Draft(Ending.IDENTITY_NOT_SHOWN), by=abe)
    workflow.release(half_proven, by=bea)
    assert fresh(half_proven).ending == Ending.IDENTITY_NOT_SHOWN


def test_what_needs_no_more_than_was_reached_can_be_answered_meanwhile(vera, abe, bea):
    know, access = (fresh(one) for one in submit(Right.ACCESS, Right.KNOW).rights_requests.order_by("-right"))
    know = prove(know, vera, facts=TWO, statement=None)
    workflow.take(know, by=abe)
    workflow.answer(know, Draft(Ending.FULFILLED, text="Categories."), by=abe)
    workflow.release(know, by=bea)
    assert (fresh(know).status, fresh(access).status) == (Status.CLOSED, Status.RECEIVED)


def test_a_shown_level_that_suffices_is_not_asked_for_again(rosas_request, vera):
    one = prove(rosas_request, vera)
    with pytest.raises(checks.CheckNotAllowed):
        identity.ask_again(one.submission, by=vera)


def test_an_unsure_request_that_turns_out_to_need_more_opens_the_check_again(tess, vera):
    submission = submit(Right.KNOW, Right.UNSURE)
    know = fresh(submission.rights_requests.get(right=Right.KNOW))
    prove(know, vera, facts=TWO, statement=None)
    which_right.turn_into(fresh(submission.rights_requests.get(right=Right.UNSURE)), Right.DELETE, by=tess)
    assert identity.task_of(Submission.objects.get(pk=submission.pk)).level is AssuranceLevel.T3


@pytest.mark.parametrize(
    ("days_before", "why"),
    [
        (-1, "30 days"),  # after the request came
        (0, "30 days"),
        (29, "30 days"),
        (300 * 365, "nobody was our customer"),
    ],
)
def test_a_contact_that_hardly_stood_in_our_record_is_not_taken(days_before, why, rosas_request, vera):
    since = rosas_request.received_on - timedelta(days=days_before)
    with pytest.raises(NotAllowed, match=why):
        workflow.enter_contact_on_file(rosas_request, "evil@mail.example", since, by=vera)


def test_nobody_swaps_the_contact_between_draft_and_release(rosas_request, vera, abe):
    one = prove(rosas_request, vera)
    workflow.take(one, by=abe)
    workflow.answer(one, Draft(Ending.FULFILLED, text="Name: Rosa"), by=abe)
    with pytest.raises(NotAllowed, match="waits for release"):
        workflow.enter_contact_on_file(fresh(one), "evil@mail.example", date(2020, 1, 1), by=vera)


def test_a_contact_that_is_replaced_is_told(rosas_request, vera):
    workflow.enter_contact_on_file(rosas_request, "rosa@mail.example", date(2020, 1, 1), by=vera)
    workflow.enter_contact_on_file(rosas_request, "other@mail.example", date(2020, 1, 1), by=vera)
    assert Letter.objects.get(kind="contact_changed").address == "rosa@mail.example"


def test_once_an_answer_went_to_the_contact_on_file_no_other_takes_its_place(answered, vera):
    """A code to it opens the answer, and no second person would see where it goes."""
    with pytest.raises(NotAllowed, match="An answer has gone"):
        workflow.enter_contact_on_file(fresh(answered), "evil@mail.example", date(2020, 1, 1), by=vera)
    assert identity.contact_on_file(answered.submission).email == ROSAS_MAIL
    workflow.enter_contact_on_file(fresh(answered), ROSAS_MAIL.upper(), date(2020, 1, 1), by=vera)


def test_nor_where_her_request_was_joined_to_one_whose_answer_its_page_leads_to(vera, tess):
    first, later = prove(ask(Right.ACCESS), vera), prove(ask(Right.ACCESS), vera)
    joining.merge(later, first, by=tess)
    with pytest.raises(NotAllowed, match="An answer has gone"):
        workflow.enter_contact_on_file(fresh(later), "evil@mail.example", date(2020, 1, 1), by=vera)


def test_an_answer_that_needed_no_proof_leaves_the_contact_of_the_others_open(tess, vera):
    submission = submit(Right.ACCESS, Right.OPT_OUT)
    opt_out = fresh(submission.rights_requests.get(right=Right.OPT_OUT))
    workflow.take(opt_out, by=tess)
    workflow.answer(opt_out, Draft(Ending.FULFILLED), by=tess)
    for mail in ("rosa@mail.example", "other@mail.example"):
        workflow.enter_contact_on_file(fresh(opt_out), mail, date(2020, 1, 1), by=vera)
    assert identity.contact_on_file(submission).email == "other@mail.example"


def test_who_left_no_address_is_not_asked_or_told_of_more_time_by_mail(tess):
    one = ask(Right.OPT_OUT, email="", phone="972-555-0177", residence="")
    workflow.take(one, by=tess)
    with pytest.raises(NotAllowed, match="no way to be told"):
        workflow.ask(one, "Which number?", by=tess)
    until = one.received_on + timedelta(days=20)
    with pytest.raises(NotAllowed, match="no way to be told"):
        workflow.extend(one, DateKind.TARGET, ExtensionReason.COMPLEX, until, by=tess)


def test_without_a_law_our_own_date_moves_by_no_more_than_45_days_from_receipt(tess):
    one = ask(Right.ACCESS, residence="")
    with pytest.raises(NotAllowed, match="limit"):
        workflow.extend(one, DateKind.TARGET, ExtensionReason.COMPLEX, date(2126, 1, 1), by=tess)


def test_nothing_held_needs_a_verifier_who_found_no_record_and_a_confirmed_contact(vera, abe):
    one = ask(Right.ACCESS)
    workflow.take(one, by=abe)
    with pytest.raises(NotAllowed, match="Identity"):
        workflow.answer(one, Draft(Ending.NOTHING_HELD), by=abe)
    checks.no_record(identity.check_of(one), by=vera)
    with pytest.raises(NotAllowed, match="confirmed"):
        workflow.answer(fresh(one), Draft(Ending.NOTHING_HELD), by=abe)
    Submission.objects.update(contact_confirmed_at=timezone.now())
    assert workflow.answer(fresh(one), Draft(Ending.NOTHING_HELD), by=abe).needs_second_person


def test_a_repetitive_request_can_be_refused_without_proof_and_one_about_data_held_cannot(abe):
    one = ask(Right.DELETE)
    workflow.take(one, by=abe)
    with pytest.raises(NotAllowed, match="Identity"):
        workflow.answer(one, Draft(Ending.REFUSED, reason="Kept.", grounds=("tx_202",)), by=abe)
    workflow.answer(one, Draft(Ending.REFUSED, reason="Again.", grounds=("policy_7_repetitive",)), by=abe)
    assert fresh(one).status == Status.IN_REVIEW


def test_an_unsure_request_is_turned_into_a_right_before_it_is_answered(tess):
    one = ask(Right.UNSURE)
    workflow.take(one, by=tess)
    with pytest.raises(NotAllowed, match="which right"):
        workflow.answer(one, Draft(Ending.FULFILLED), by=tess)


def test_after_the_record_has_ended_no_event_of_the_case_says_who_did_what(answered):
    with time_machine.travel(answered.closed_at + timedelta(days=800), tick=False):
        end_lives()
        tasks.forget_old()
    submission = answered.submission
    events = Event.objects.filter(about__in=[answered.pk, submission.pk, submission.check_made_id])
    assert events.exists()
    assert not events.exclude(actor="", detail={}, salt=None).exists()
