"""How a request moves, and who may move it."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from requests import clock, continuation, which_right, workflow
from requests.answers import Draft
from requests.models import Answer, RightsRequest
from requests.models.submission import Direction
from requests.terms import DateKind, Ending, ExtensionReason, Right, Status
from requests.workflow import NotAllowed
from tests.cast import ask, deliver, fresh, prove, submit
from verification import checks
from verification.levels import AssuranceLevel

pytestmark = pytest.mark.django_db


def kinds(one: RightsRequest) -> list[str]:
    return [event.kind for event in Event.objects.about(one.pk)]


def test_taking_makes_it_mine_and_leaves_one_event(rosas_request, tess):
    workflow.take(rosas_request, by=tess)
    one = fresh(rosas_request)
    assert (one.status, one.handler) == (Status.IN_PROGRESS, tess)
    assert kinds(one) == ["received", "taken"]


def test_what_is_mine_cannot_be_taken_again(rosas_request, tess):
    workflow.take(rosas_request, by=tess)
    with pytest.raises(NotAllowed):
        workflow.take(rosas_request, by=tess)


def test_of_two_who_take_the_same_page_the_second_is_told(rosas_request, tess, abe):
    seen_by_abe = fresh(rosas_request)
    workflow.take(rosas_request, by=tess)
    with pytest.raises(NotAllowed, match="faster"):
        workflow.take(seen_by_abe, by=abe)
    assert fresh(rosas_request).handler == tess


def test_a_colleague_can_take_over(rosas_request, tess, abe):
    workflow.take(rosas_request, by=tess)
    workflow.take(fresh(rosas_request), by=abe)
    assert fresh(rosas_request).handler == abe


@pytest.mark.parametrize("name", ["otto", "ada"])
def test_who_only_looks_cannot_take(name, rosas_request, request):
    with pytest.raises(NotAllowed, match="role"):
        workflow.take(rosas_request, by=request.getfixturevalue(name))


def test_a_question_waits_for_rosa_and_its_mail_carries_none_of_it(rosas_request, tess):
    workflow.take(rosas_request, by=tess)
    workflow.ask(rosas_request, "Which account do you mean?", by=tess)
    assert fresh(rosas_request).status == Status.WAITING
    letter = Letter.objects.get(kind="message_waiting")
    assert "account" not in letter.text


def test_rosas_reply_brings_it_back_to_us(rosas_request, tess):
    workflow.take(rosas_request, by=tess)
    workflow.ask(rosas_request, "Which account?", by=tess)
    workflow.reply(fresh(rosas_request), "The first one.")
    one = fresh(rosas_request)
    assert (one.status, one.waiting_since) == (Status.IN_PROGRESS, None)


def test_a_note_stays_inside(rosas_request, tess):
    workflow.note(rosas_request, "Call billing.", by=tess)
    assert rosas_request.messages.get().direction == Direction.INTERNAL


def test_an_unsure_request_becomes_a_right_with_dates_and_level_from_receipt(tess):
    one = ask(Right.UNSURE, residence="US-CA", received_at=timezone.now() - timedelta(days=5))
    which_right.turn_into(one, Right.DELETE, by=tess)
    one = fresh(one)
    assert (one.right, one.needs) == (Right.DELETE, AssuranceLevel.T3)
    assert one.due_dates.get(kind=DateKind.STATUTORY).due_on == one.received_on + timedelta(days=45)
    assert one.submission.check_made.asked is AssuranceLevel.T3


def test_a_right_that_is_known_cannot_be_turned_into_another(rosas_request, tess):
    with pytest.raises(NotAllowed):
        which_right.turn_into(rosas_request, Right.DELETE, by=tess)


# --- More time -------------------------------------------------------------------------------------------
def test_more_time_moves_the_target_once_its_letter_has_left(rosas_request, tess):
    before, until = rosas_request.leading_on, rosas_request.received_on + timedelta(days=20)
    workflow.extend(rosas_request, DateKind.TARGET, ExtensionReason.COMPLEX, until, by=tess)
    clock.count_extensions_told()
    assert fresh(rosas_request).leading_on == before
    deliver()
    assert fresh(rosas_request).leading_on == until
    assert Event.objects.filter(about=rosas_request.pk, kind="extended").count() == 1
    deliver()
    assert Event.objects.filter(about=rosas_request.pk, kind="extended").count() == 1


def test_a_new_date_whose_letter_is_refused_never_counts(rosas_request, tess):
    before, until = rosas_request.leading_on, rosas_request.received_on + timedelta(days=20)
    workflow.extend(rosas_request, DateKind.TARGET, ExtensionReason.COMPLEX, until, by=tess)
    Letter.objects.filter(kind="more_time").update(given_up_at=timezone.now())
    deliver()
    assert fresh(rosas_request).leading_on == before


def test_a_letter_that_leaves_after_the_date_has_passed_moves_nothing(tess):
    with time_machine.travel(timezone.now() - timedelta(days=16), tick=False):
        one = ask(Right.ACCESS)
        until = one.received_on + timedelta(days=20)
        workflow.extend(one, DateKind.TARGET, ExtensionReason.COMPLEX, until, by=tess)
    deliver()
    assert fresh(one).leading_on == one.received_on + timedelta(days=14)
    assert "does not count" in fresh(one).due_dates.get(kind=DateKind.TARGET).why


def test_a_second_new_date_waits_until_the_first_was_told(rosas_request, tess):
    until = rosas_request.received_on + timedelta(days=20)
    workflow.extend(rosas_request, DateKind.TARGET, ExtensionReason.COMPLEX, until, by=tess)
    with pytest.raises(NotAllowed, match="decided already"):
        workflow.extend(fresh(rosas_request), DateKind.TARGET, ExtensionReason.COMPLEX, until, by=tess)


def test_who_has_no_mail_reads_of_the_new_date_on_their_page(tess):
    one = ask(Right.ACCESS, email="")
    continuation.replace(one.submission, by=workflow.REQUESTER)
    until = one.received_on + timedelta(days=20)
    workflow.extend(fresh(one), DateKind.TARGET, ExtensionReason.COMPLEX, until, by=tess)
    clock.count_extensions_told()
    assert fresh(one).leading_on == until


def test_a_question_gives_rosa_the_whole_plan_to_answer_it(rosas_request, tess):
    workflow.ask(rosas_request, "Which account?", by=tess)
    until = timezone.localdate() + timedelta(days=21)
    assert str(until.day) in Letter.objects.get(kind="message_waiting").text
    deliver()
    assert fresh(rosas_request).leading_on == until
    assert rosas_request.extensions.get().reason == ExtensionReason.WAITING_FOR_YOU


def test_a_question_never_moves_our_target_beyond_the_law(tess):
    one = ask(Right.ACCESS, residence="BR")  # 15 days
    workflow.ask(one, "Which account?", by=tess)
    deliver()
    assert fresh(one).leading_on == one.received_on + timedelta(days=14)
    assert "at the latest" not in Letter.objects.get(kind="message_waiting").text


def test_after_the_target_has_passed_a_question_promises_nothing(tess):
    one = ask(Right.ACCESS, received_at=timezone.now() - timedelta(days=20))
    workflow.ask(one, "Which account?", by=tess)
    assert not one.extensions.exists()


# --- Clocks that rest ------------------------------------------------------------------------------------
def by_law(one) -> date:
    return fresh(one).due_dates.get(kind=DateKind.STATUTORY).due_on


@pytest.mark.parametrize(
    ("residence", "stops_clock", "moves", "reason"),
    [
        ("GB", True, True, "Article 12A: we could not go on without the answer"),
        ("GB", False, False, "staff did not need it to go on"),
        ("US-TX", True, False, "the clock of this law waits for nothing"),
    ],
)
def test_a_clock_rests_only_where_the_law_lets_it_and_once_the_answer_is_in(
    residence, stops_clock, moves, reason, tess
):
    asked_at = timezone.now() - timedelta(days=5)
    with time_machine.travel(asked_at, tick=False):
        one = ask(Right.ACCESS, residence=residence)
        before = by_law(one)
        workflow.ask(one, "Which account?", by=tess, stops_clock=stops_clock)
    assert by_law(one) == before
    workflow.reply(fresh(one), "The first one.")
    assert (by_law(one) > before) is moves, reason


def test_the_british_clock_begins_when_proof_is_in(vera):
    with time_machine.travel(timezone.now() - timedelta(days=9), tick=False):
        one = ask(Right.ACCESS, residence="GB")
        before = by_law(one)
    prove(one, vera)
    assert by_law(one) > before
    assert fresh(one).leading_on == one.received_on + timedelta(days=14)


@pytest.mark.parametrize(
    ("of", "reason", "days", "why"),
    [
        (DateKind.TARGET, ExtensionReason.COMPLEX, 10, "after"),  # no later than it is
        (DateKind.TARGET, ExtensionReason.COMPLEX, 60, "limit"),  # beyond the 45 days of Texas
        (DateKind.STATUTORY, ExtensionReason.COMPLEX, 120, "limit"),  # beyond 90 days
        (DateKind.STATUTORY, ExtensionReason.WAITING_FOR_YOU, 80, "our own target only"),
    ],
)
def test_more_time_has_bounds(of, reason, days, why, rosas_request, tess):
    with pytest.raises(NotAllowed, match=why):
        workflow.extend(rosas_request, of, reason, rosas_request.received_on + timedelta(days=days), by=tess)


def test_a_date_that_has_passed_cannot_be_extended(tess):
    one = ask(Right.ACCESS, received_at=timezone.now() - timedelta(days=20))
    with pytest.raises(NotAllowed, match="passed"):
        workflow.extend(one, DateKind.TARGET, ExtensionReason.COMPLEX, timezone.localdate(), by=tess)


def test_the_law_is_extended_once_and_within_its_bound(rosas_request, tess):
    until = rosas_request.received_on + timedelta(days=70)
    workflow.extend(rosas_request, DateKind.STATUTORY, ExtensionReason.COMPLEX, until, by=tess)
    deliver()
    one = fresh(rosas_request)
    assert one.due_dates.get(kind=DateKind.EXTENDED).due_on == one.received_on + timedelta(days=90)
    assert one.leading_on == until
    with pytest.raises(NotAllowed, match="no \\(further\\)"):
        workflow.extend(one, DateKind.STATUTORY, ExtensionReason.COMPLEX, until + timedelta(days=1 + 20), by=tess)


# --- The answer ------------------------------------------------------------------------------------------
def test_nothing_above_t0_is_answered_before_identity_is_shown(rosas_request, abe):
    workflow.take(rosas_request, by=abe)
    with pytest.raises(NotAllowed, match="Identity"):
        workflow.answer(rosas_request, Draft(Ending.FULFILLED, text="Name: Rosa"), by=abe)


def test_a_lower_level_does_not_open_a_higher_right(rosas_request, abe, vera):
    one = prove(rosas_request, vera, facts=dict(list(checks_facts().items())[:2]), statement=None)
    assert one.submission.check_made.reached is AssuranceLevel.T2
    workflow.take(one, by=abe)
    with pytest.raises(NotAllowed, match="Identity"):
        workflow.answer(one, Draft(Ending.FULFILLED, text="Name: Rosa"), by=abe)


def checks_facts():
    from tests.cast import FACTS

    return FACTS


def test_a_disclosure_waits_for_a_second_person(rosas_request, vera, abe):
    one = prove(rosas_request, vera)
    workflow.take(one, by=abe)
    workflow.answer(one, Draft(Ending.FULFILLED, text="Name: Rosa"), by=abe)
    assert fresh(one).status == Status.IN_REVIEW
    assert not Letter.objects.filter(kind="answer_ready").exists()


def test_who_drafted_cannot_release(rosas_request, vera, abe):
    one = prove(rosas_request, vera)
    workflow.take(one, by=abe)
    workflow.answer(one, Draft(Ending.FULFILLED, text="Name: Rosa"), by=abe)
    with pytest.raises(NotAllowed, match="drafted"):
        workflow.release(one, by=abe)


def test_nobody_answers_past_a_draft_that_waits_for_its_second_reader(tess, bea):
    one = ask(Right.OPT_OUT)
    workflow.take(one, by=tess)
    workflow.answer(one, Draft(Ending.REFUSED, reason="Why.", grounds=("policy_7_unfounded",)), by=tess)
    with pytest.raises(NotAllowed):
        workflow.answer(fresh(one), Draft(Ending.FULFILLED), by=bea)
    assert fresh(one).status == Status.IN_REVIEW


def test_even_the_database_refuses_a_release_by_the_drafter(answered, abe):
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.filter(rights_request=answered).update(released_by=abe)


def test_a_released_answer_closes_the_request(answered):
    assert (answered.status, answered.ending) == (Status.CLOSED, Ending.FULFILLED)
    assert Letter.objects.filter(kind="answer_ready").count() == 1


def test_the_notice_of_an_answer_goes_to_the_contact_on_file_and_not_to_the_typed_one(vera, abe, bea):
    one = ask(Right.ACCESS, email="stan@look-alike.example")
    one = prove(one, vera)
    workflow.take(one, by=abe)
    workflow.answer(one, Draft(Ending.FULFILLED, text="Name: Rosa"), by=abe)
    workflow.release(one, by=bea)
    assert Letter.objects.get(kind="answer_ready").address == "rosa@mail.example"


def test_without_a_contact_on_file_nothing_is_released(rosas_request, vera, abe, bea):
    from requests import identity

    identity.show(rosas_request.submission, checks_facts(), "signed")
    checks.decide(identity.check_of(rosas_request), "matched_facts", checks_facts(), by=vera)
    one = fresh(rosas_request)
    workflow.take(one, by=abe)
    workflow.answer(one, Draft(Ending.FULFILLED, text="Name: Rosa"), by=abe)
    with pytest.raises(NotAllowed, match="contact on file"):
        workflow.release(one, by=bea)


def test_a_draft_sent_back_can_be_written_anew(rosas_request, vera, abe, bea):
    one = prove(rosas_request, vera)
    workflow.take(one, by=abe)
    workflow.answer(one, Draft(Ending.FULFILLED, text="Name: Rosa"), by=abe)
    workflow.send_back(one, "The address is missing.", by=bea)
    workflow.answer(fresh(one), Draft(Ending.FULFILLED, text="Name and address"), by=abe)
    assert Answer.objects.in_review().count() == 1


def test_an_opt_out_is_done_by_one_person_and_told_where_it_came_from(tess):
    one = ask(Right.OPT_OUT)
    workflow.take(one, by=tess)
    workflow.answer(one, Draft(Ending.FULFILLED), by=tess)
    assert fresh(one).ending == Ending.FULFILLED
    assert Letter.objects.get(kind="answer_ready").address == "rosa@mail.example"


# --- Refusals --------------------------------------------------------------------------------------------
def test_a_refusal_without_ground_or_words_cannot_be_written(rosas_request, vera, abe):
    one = prove(rosas_request, vera)
    workflow.take(one, by=abe)
    with pytest.raises(NotAllowed, match="ground"):
        workflow.answer(one, Draft(Ending.REFUSED, reason="No."), by=abe)
    with pytest.raises(NotAllowed, match="words"):
        workflow.answer(one, Draft(Ending.REFUSED, grounds=("policy_7_excessive",)), by=abe)


def test_a_ground_of_another_law_is_not_taken(rosas_request, vera, abe):
    one = prove(rosas_request, vera)
    workflow.take(one, by=abe)
    with pytest.raises(NotAllowed, match="ground"):
        workflow.answer(one, Draft(Ending.REFUSED, reason="No.", grounds=("gdpr_15_4",)), by=abe)


def test_a_refusal_letter_says_why_how_to_appeal_and_which_authority(rosas_request, vera, abe):
    one = prove(rosas_request, vera)
    workflow.take(one, by=abe)
    made = workflow.answer(
        one, Draft(Ending.REFUSED, reason="Asked three times.", grounds=("policy_7_repetitive",)), by=abe
    )
    said = " ".join(paragraph for section in made.letter["sections"] for paragraph in section["paragraphs"])
    for part in ("Asked three times.", "look again until", "Texas Attorney General", "compliance@primevox.net"):
        assert part in said


def test_identity_not_shown_needs_a_verifiers_decision_first(rosas_request, tess):
    workflow.take(rosas_request, by=tess)
    with pytest.raises(NotAllowed, match="verifier"):
        workflow.answer(rosas_request, Draft(Ending.IDENTITY_NOT_SHOWN), by=tess)


def test_identity_not_shown_is_told_kindly_by_two_people(rosas_request, tess, vera, abe):
    from requests import identity

    identity.show(rosas_request.submission, checks_facts(), "signed")
    checks.not_shown(identity.check_of(rosas_request), "matched_facts", by=vera)
    one = fresh(rosas_request)
    workflow.take(one, by=tess)
    made = workflow.answer(one, Draft(Ending.IDENTITY_NOT_SHOWN), by=tess)
    assert made.needs_second_person
    workflow.release(one, by=abe)
    assert fresh(one).ending == Ending.IDENTITY_NOT_SHOWN


# --- Closing ---------------------------------------------------------------------------------------------
def test_proof_ends_when_the_last_request_that_shares_it_closes(vera, abe, bea):
    first, second = (fresh(one) for one in submit(Right.ACCESS, Right.KNOW).rights_requests.order_by("right"))
    first = prove(first, vera)
    for one in (first, fresh(second)):
        assert proof_ends(one) is None
        workflow.take(one, by=abe)
        workflow.answer(one, Draft(Ending.FULFILLED, text="Done."), by=abe)
        workflow.release(one, by=bea)
    assert proof_ends(fresh(second)) <= timezone.now()


def proof_ends(one):
    return DataKey.objects.get(owner=one.submission.check_made_id, life=Life.PROOF).ends_at


def test_a_withdrawal_keeps_proof_for_a_day_in_case_it_is_undone(rosas_request):
    workflow.withdraw(rosas_request, by=workflow.REQUESTER)
    left = proof_ends(fresh(rosas_request)) - timezone.now()
    assert timedelta(hours=23) < left <= timedelta(hours=24)


def test_contact_and_content_end_60_days_and_the_record_24_months_after_closing(answered):
    submission = answered.submission
    ends = {key.life: key.ends_at for key in DataKey.objects.filter(owner__in=[submission.pk, answered.pk])}
    assert ends[Life.CONTACT] == ends[Life.CONTENT] == answered.closed_at + timedelta(days=60)
    assert (ends[Life.RECORD].year, ends[Life.RECORD].month) == (answered.closed_at.year + 2, answered.closed_at.month)


def test_what_is_closed_stays_closed(answered, tess):
    for verb in (
        lambda: workflow.withdraw(answered, by=workflow.REQUESTER),
        lambda: workflow.take(answered, by=tess),
        lambda: workflow.ask(answered, "?", by=tess),
    ):
        with pytest.raises(NotAllowed):
            verb()


def test_staff_can_withdraw_on_rosas_behalf_and_an_auditor_cannot(rosas_request, tess, otto):
    with pytest.raises(NotAllowed, match="role"):
        workflow.withdraw(rosas_request, by=otto)
    workflow.withdraw(rosas_request, by=tess)
    assert fresh(rosas_request).ending == Ending.WITHDRAWN


def test_every_move_in_the_table_is_between_known_states():
    assert set(workflow.MOVES) == set(Status)
    assert frozenset().union(*workflow.MOVES.values()) <= set(Status)


@pytest.mark.parametrize("to", sorted(workflow.MOVES[Status.CLOSED]))
def test_out_of_closed_leads_only_opening_it_again(to, answered, tess):
    with pytest.raises(NotAllowed):
        workflow.move(answered, to, "taken", by=tess)
    with pytest.raises(NotAllowed):
        workflow.reopen(answered, to, "undone", by=tess)  # an answer that did what was asked
    assert not fresh(answered).is_open


def test_the_database_knows_no_closed_request_without_an_ending(rosas_request):
    with pytest.raises(IntegrityError), transaction.atomic():
        RightsRequest.objects.filter(pk=rosas_request.pk).update(status="closed")
