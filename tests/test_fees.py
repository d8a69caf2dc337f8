"""A fee: only on the grounds of policy section 7, told before work, accepted or declined, with the clock of the law."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from requests import continuation, fees, hub, regimes, workflow
from requests.answers import Draft
from requests.grounds import grounds_for
from requests.models import Fee
from requests.terms import DateKind, Ending, FeeOutcome, OutOfScope, Right, Status
from tests.cast import ask, deliver, fresh, office_noon, prove, signed_in
from tests.test_coming_back import come_back
from tests.test_pages import looked_at
from tests.test_staff_desk import QUEUE, do

pytestmark = pytest.mark.django_db
TWENTY, REPETITIVE, WHY = Decimal("20.00"), "policy_7_repetitive", "You got the same copy in May and in June."
MONDAY = datetime(2026, 11, 2, 18, tzinfo=UTC)


def taken(abe, **more):
    one = ask(Right.ACCESS, **more)
    workflow.take(one, by=abe)
    return fresh(one)


def told(abe, **more):
    """A fee of 20 dollars waits for Rosa's word."""
    one = taken(abe, **more)
    fees.assess(one, TWENTY, REPETITIVE, WHY, by=abe)
    return fresh(one)


def fee_of(one) -> Fee:
    fee = fees.of(one)
    assert fee is not None
    return fee


# --- When a fee may be told ----------------------------------------------------------------------------------
@pytest.mark.parametrize("ground", fees.GROUNDS)
def test_each_ground_of_policy_7_may_cost(abe, ground):
    one = taken(abe)
    fees.assess(one, TWENTY, ground, WHY, by=abe)
    assert (fresh(one).status, fee_of(one).reason) == (Status.WAITING, WHY)


def test_no_other_ground_costs_anything(abe):
    one = taken(abe, residence="DE")
    others = [ground.id for ground in grounds_for(Right.ACCESS, one.regime) if ground.id not in fees.GROUNDS]
    assert others
    for ground in [*others, "", "policy_7"]:
        with pytest.raises(workflow.NotAllowed):
            fees.assess(one, TWENTY, ground, WHY, by=abe)
    assert not Fee.objects.exists()


@pytest.mark.parametrize(
    ("amount", "allowed"),
    [("-1", False), ("0", False), ("0.01", True), ("100", True), ("100.01", False)],  # a fee is no bar to a right
)
def test_a_fee_has_bounds(abe, amount, allowed):
    one = taken(abe)
    if allowed:
        fees.assess(one, Decimal(amount), REPETITIVE, WHY, by=abe)
    else:
        with pytest.raises(workflow.NotAllowed):
            fees.assess(one, Decimal(amount), REPETITIVE, WHY, by=abe)


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_fee_without_its_reason_is_none(abe, reason):
    with pytest.raises(workflow.NotAllowed):
        fees.assess(taken(abe), TWENTY, REPETITIVE, reason, by=abe)


def nobody_took_it(abe, vera):
    return ask(Right.ACCESS)


def a_question_waits(abe, vera):
    one = taken(abe)
    workflow.ask(one, "Which account?", by=abe)
    return fresh(one)


def an_answer_is_drafted(abe, vera):
    one = prove(taken(abe), vera)
    workflow.answer(one, Draft(Ending.FULFILLED, text="Name: Rosa"), by=abe)
    return fresh(one)


def a_draft_was_sent_back(abe, vera):
    one = an_answer_is_drafted(abe, vera)
    workflow.send_back(one, "More.", by=abe)
    return fresh(one)


def it_is_closed(abe, vera):
    one = taken(abe)
    workflow.withdraw(one, by=workflow.REQUESTER)
    return fresh(one)


def a_fee_was_told_and_waived(abe, vera):
    one = told(abe)
    fees.waive(one, by=abe)
    return fresh(one)


def she_left_no_way_to_be_told(abe, vera):
    return taken(abe, email="", phone="972-555-0143")


def the_law_names_no_fee(abe, vera):
    return taken(abe, residence="BR")  # LGPD art. 18 par. 5: free of charge, and no exception


@pytest.mark.parametrize(
    "situation",
    [
        nobody_took_it,
        a_question_waits,
        an_answer_is_drafted,
        a_draft_was_sent_back,
        it_is_closed,
        a_fee_was_told_and_waived,
        she_left_no_way_to_be_told,
        the_law_names_no_fee,
    ],
)
def test_a_fee_is_told_once_before_any_work_to_somebody_who_can_be_told(abe, vera, situation):
    one = situation(abe, vera)
    before = Fee.objects.count()
    with pytest.raises(workflow.NotAllowed):
        fees.assess(one, TWENTY, REPETITIVE, WHY, by=abe)
    assert Fee.objects.count() == before


@pytest.mark.parametrize(
    ("verb", "allowed"),
    [
        ("assess_fee", {"abe"}),
        ("accept_fee_for_requester", {"tess", "abe"}),
        ("waive_fee", {"tess", "abe"}),
        ("fee_paid", {"tess", "abe"}),
    ],
)
def test_each_step_is_for_its_roles(tess, vera, abe, otto, ada, verb, allowed):
    from requests import roles

    assert {user.username for user in (tess, vera, abe, otto, ada) if roles.may(user, verb)} == allowed


def test_tess_cannot_tell_a_fee(tess, abe):
    with pytest.raises(workflow.NotAllowed):
        fees.assess(taken(abe), TWENTY, REPETITIVE, WHY, by=tess)


# --- What becomes of it --------------------------------------------------------------------------------------
def test_rosa_is_told_that_something_waits_and_the_mail_names_no_money(abe):
    told(abe)
    letter = Letter.objects.get(kind="task_waiting")
    assert "20" not in letter.subject
    assert "fee" not in letter.text


def test_what_was_told_stands_in_the_record_without_its_reason(abe):
    one = told(abe)
    event = Event.objects.get(about=one.pk, kind="fee_told")
    until = timezone.localdate() + timedelta(days=21)
    assert event.detail == {"amount": "20.00", "ground": REPETITIVE, "until": until.isoformat()}


def test_work_begins_when_rosa_accepts(abe):
    one = told(abe)
    fees.accept(one, by=workflow.REQUESTER)
    assert (fresh(one).status, fee_of(one).outcome) == (Status.IN_PROGRESS, FeeOutcome.ACCEPTED)


def test_a_fee_declined_is_a_request_taken_back_and_the_undo_brings_the_fee_back(abe):
    one = told(abe)
    fees.decline(one)
    assert (fresh(one).ending, fee_of(one).outcome) == (Ending.WITHDRAWN, FeeOutcome.DECLINED)
    workflow.undo(fresh(one), by=workflow.REQUESTER)
    assert fresh(one).status == Status.WAITING
    assert fees.waiting(one)
    fees.accept(fresh(one), by=workflow.REQUESTER)
    assert fresh(one).status == Status.IN_PROGRESS


def test_a_fee_can_be_answered_once(abe):
    one = told(abe)
    fees.accept(one, by=workflow.REQUESTER)
    for answer in (lambda: fees.accept(one, by=abe), lambda: fees.waive(one, by=abe), lambda: fees.decline(one)):
        with pytest.raises(workflow.NotAllowed):
            answer()
    assert fee_of(one).outcome == FeeOutcome.ACCEPTED


def test_a_message_does_not_answer_a_fee(abe):
    one = told(abe)
    workflow.reply(one, "Why do you ask for money?")
    assert fresh(one).status == Status.WAITING
    assert fees.waiting(one)


@pytest.mark.parametrize(
    "draft",
    [
        Draft(Ending.NOTHING_HELD),
        Draft(Ending.REFUSED, reason="Again.", grounds=(REPETITIVE,)),
        Draft(Ending.OUT_OF_SCOPE, reason="Work.", out_of_scope=OutOfScope.EMPLOYEE),
        Draft(Ending.NOT_A_REQUEST, reason="An advert."),
    ],
)
def test_nothing_is_answered_while_a_fee_waits(abe, draft):
    one = told(abe)
    with pytest.raises(workflow.NotAllowed, match="waive the fee first"):
        workflow.answer(one, draft, by=abe)


def test_another_ending_waives_it(abe, time_machine):
    from primevox_privacy.outbox import sending
    from requests import reminders

    one = told(abe)
    for days in (14, 22):
        time_machine.move_to(office_noon(days))
        reminders.owe()
        sending.send_owed()
    workflow.answer(fresh(one), Draft(Ending.NO_ANSWER), by=abe)
    assert (fresh(one).ending, fee_of(one).outcome) == (Ending.NO_ANSWER, FeeOutcome.WAIVED)


def test_the_reason_ends_with_the_record_and_the_amount_stays(abe):
    from primevox_privacy.sealed import forgetting

    one = told(abe)
    forgetting.destroy(one.record_key)
    fee = fee_of(one)
    assert (fee.reason, fee.amount) == (None, TWENTY)


# --- The clock -----------------------------------------------------------------------------------------------
def statutory(one) -> date:
    return one.due_dates.get(kind=DateKind.STATUTORY).due_on


@pytest.mark.parametrize(
    ("residence", "before", "after"),
    [
        ("GB", date(2026, 12, 2), date(2026, 12, 10)),  # one month from the payment (DPA 2018 s. 54, art. 12A)
        ("CH", date(2026, 12, 2), date(2026, 12, 12)),  # 30 days from 10 days after it was told (DPO art. 19(3))
        ("US-TX", date(2026, 12, 17), date(2026, 12, 17)),  # 45 days from receipt, whatever is paid
        ("DE", date(2026, 12, 2), date(2026, 12, 2)),  # one month from receipt
    ],
)
def test_only_a_law_whose_clock_waits_for_a_fee_counts_anew(abe, time_machine, residence, before, after):
    time_machine.move_to(MONDAY)
    one = told(abe, residence=residence)
    assert statutory(one) == before
    time_machine.move_to(MONDAY + timedelta(days=8))
    fees.accept(one, by=workflow.REQUESTER)
    fees.paid(fresh(one), date(2026, 11, 10), by=abe)
    assert statutory(one) == after
    assert one.due_dates.get(kind=DateKind.TARGET).due_on == date(2026, 11, 16)  # our 14 days never wait


@pytest.mark.parametrize(
    ("on", "allowed"),
    [
        (date(2026, 11, 1), False),  # before it was told
        (date(2026, 11, 2), True),
        (date(2026, 11, 10), True),
        (date(2026, 11, 11), False),  # tomorrow
    ],
)
def test_money_comes_after_the_fee_was_told_and_not_tomorrow(abe, time_machine, on, allowed):
    time_machine.move_to(MONDAY)
    one = told(abe)
    fees.accept(one, by=workflow.REQUESTER)
    time_machine.move_to(MONDAY + timedelta(days=8))
    if allowed:
        fees.paid(fresh(one), on, by=abe)
        assert fee_of(one).paid_on == on
    else:
        with pytest.raises(workflow.NotAllowed):
            fees.paid(fresh(one), on, by=abe)


def test_only_an_accepted_fee_is_paid_and_once(abe):
    one = told(abe)
    today = timezone.localdate()
    with pytest.raises(workflow.NotAllowed):
        fees.paid(one, today, by=abe)
    fees.accept(one, by=workflow.REQUESTER)
    fees.paid(fresh(one), today, by=abe)
    with pytest.raises(workflow.NotAllowed):
        fees.paid(fresh(one), today, by=abe)


def test_our_target_goes_on_while_a_fee_waits_and_gives_time_for_it(abe):
    one = told(abe)
    deliver()
    until = timezone.localdate() + timedelta(days=21)
    assert fresh(one).leading_on == until
    assert "at the latest" in Letter.objects.get(kind="task_waiting").text


def test_every_law_says_what_is_free():
    for regime in regimes.all_regimes():
        assert regime.fee.free
        assert (regime.fee.free_requests is None) == (regime.fee.per_months is None)


# --- The requester's pages -----------------------------------------------------------------------------------
def page_of(one) -> str:
    return f"/your-request/{one.reference}/fee/"


def test_the_hub_says_what_waits_and_leads_to_the_fee(client, abe, mailoutbox):
    one = told(abe)
    come_back(client, one, mailoutbox)
    page = client.get("/your-request/all/").content.decode()
    assert "We told you of a fee and wait for your word." in page
    assert page_of(one) in page
    assert "Answer our question" not in page
    assert hub.waits_for(fresh(one)) == hub.YOU


def test_the_page_says_how_much_why_what_is_free_and_what_happens_to_the_date(client, abe, mailoutbox):
    one = told(abe)
    come_back(client, one, mailoutbox)
    page = looked_at(client.get(page_of(one))).html
    for said in (
        "20.00 US dollars",
        "You asked for the same thing before.",
        WHY,
        "gives you 2 free requests in 12 months",
        "Our own 14 days do not wait for money",
        "We write to you with how to pay",
    ):
        assert said in page
    assert "the time that the law sets begins" not in page


@pytest.mark.parametrize(
    ("residence", "said"),
    [("GB", "begins on the day on which your money reaches us"), ("CH", "begins 10 days after we told you")],
)
def test_who_lives_under_a_law_that_waits_is_told_so(client, abe, mailoutbox, residence, said):
    one = told(abe, residence=residence)
    come_back(client, one, mailoutbox)
    assert said in client.get(page_of(one)).content.decode()


def test_looking_at_a_fee_answers_nothing(client, abe, mailoutbox):
    one = told(abe)
    come_back(client, one, mailoutbox)
    client.get(page_of(one))
    assert fees.waiting(one)


def test_pressing_neither_button_asks_again(client, abe, mailoutbox):
    one = told(abe)
    come_back(client, one, mailoutbox)
    assert "Choose one of the two buttons" in client.post(page_of(one)).content.decode()
    assert fees.waiting(one)


@pytest.mark.parametrize(
    ("button", "outcome", "said"),
    [
        ("accept", FeeOutcome.ACCEPTED, "You accepted the fee. We write to you with how to pay it."),
        ("decline", FeeOutcome.DECLINED, "You took the request back. For 24 hours you can undo that here."),
    ],
)
def test_rosa_answers_with_one_button(client, abe, mailoutbox, button, outcome, said):
    one = told(abe)
    come_back(client, one, mailoutbox)
    page = client.post(page_of(one), {button: "1"}, follow=True)
    assert said in page.content.decode()
    assert fee_of(one).outcome == outcome


def test_who_left_no_mail_is_not_promised_any(client, abe):
    one = taken(abe, email="", phone="972-555-0188")
    code = continuation.replace(one.submission, by=workflow.REQUESTER)
    fees.assess(fresh(one), TWENTY, REPETITIVE, WHY, by=abe)
    client.post("/your-request/paper/", {"reference": one.reference, "code": code})
    for page in (client.get(page_of(one)), client.post(page_of(one), {"accept": "1"}, follow=True)):
        said = page.content.decode()
        assert "We write to you with how to pay" not in said
        assert "in a few days" in said


def test_a_fee_that_no_longer_waits_leads_back_to_her_requests(client, abe, mailoutbox):
    one = told(abe)
    come_back(client, one, mailoutbox)
    fees.waive(one, by=abe)
    for answered in (client.get(page_of(one)), client.post(page_of(one), {"accept": "1"})):
        assert answered.url == "/your-request/all/"
    assert fee_of(one).outcome == FeeOutcome.WAIVED


# --- The desk ------------------------------------------------------------------------------------------------
def test_abe_tells_a_fee_beside_what_the_law_says(abe):
    one = taken(abe)
    desk = signed_in(abe)
    assert "Free: at least twice a year per person" in desk.get(f"{QUEUE}{one.pk}/change/").content.decode()
    do(desk, one, "assess_fee", amount="20", ground=REPETITIVE, reason=WHY)
    page = desk.get(f"{QUEUE}{one.pk}/change/").content.decode()
    for said in ("20.00 US dollars", "Told; waits for the requester", WHY, "Told by Abe"):
        assert said in page
    assert "/do/assess_fee/" not in page


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"amount": ""}, "Enter an amount in dollars"),
        ({"amount": "many"}, "Enter an amount in dollars"),
        ({"amount": "0"}, "Enter more than nothing."),
        ({"amount": "100.01"}, "Enter no more than 100 dollars."),
        ({"amount": "1.005"}, "Enter an amount in dollars"),
        ({"ground": "policy_6"}, "Choose one from the list."),
        ({"reason": ""}, "Write why, in plain words."),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_the_rest_is_kept(abe, given, said):
    one = taken(abe)
    page = do(signed_in(abe), one, "assess_fee", **{"amount": "20", "ground": REPETITIVE, "reason": WHY} | given)
    assert said in page.content.decode()
    assert not Fee.objects.exists()


def test_the_desk_waives_accepts_for_her_and_records_the_payment(abe, tess):
    desk = signed_in(tess)
    first, second = told(abe), told(abe)
    do(desk, first, "waive_fee")
    assert fee_of(first).outcome == FeeOutcome.WAIVED
    do(desk, second, "accept_fee_for_requester", text="By telephone today.")
    do(desk, second, "fee_paid", on=timezone.localdate().isoformat())
    assert fee_of(second).paid_on == timezone.localdate()
    assert second.messages.get().text == "By telephone today."
    page = desk.get(f"{QUEUE}{second.pk}/change/").content.decode()
    assert "Accepted, and paid on" in page
