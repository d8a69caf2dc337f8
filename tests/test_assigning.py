"""Whose work it is: the next one for whoever asks, passing on, alone and many at once, and taking that back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from time_machine import travel

from primevox_privacy.ledger.models import Event
from primevox_privacy.turns import wait_for_turn
from requests import assigning, identity, stopping, words, workflow
from requests.answers import Draft
from requests.models import RightsRequest
from requests.references import spoken
from requests.terms import Ending, Right, Role, Status
from requests.workflow import NotAllowed
from tests.cast import FACTS, STATEMENT, ask, fresh, person, signed_in

QUEUE = "/admin/requests/rightsrequest/"
NEXT, ASSIGN, UNDO = f"{QUEUE}next/", f"{QUEUE}assign/", f"{QUEUE}assign/undo/"
db = pytest.mark.django_db


def received(days_ago: float, right: Right = Right.ACCESS) -> RightsRequest:
    return ask(right, received_at=timezone.now() - timedelta(days=days_ago))


def in_review(by) -> RightsRequest:
    one = ask(Right.CORRECT)
    RightsRequest.objects.filter(pk=one.pk).update(level=0)
    workflow.take(fresh(one), by=by)
    refusal = Draft(Ending.REFUSED, reason="Asked three times.", grounds=("policy_7_repetitive",))
    workflow.answer(fresh(one), refusal, by=by)
    RightsRequest.objects.filter(pk=one.pk).update(handler=None)
    return fresh(one)


# --- The next one --------------------------------------------------------------------------------------------------
@db
def test_take_next_gives_what_is_due_first_and_opens_it(tess):
    ask(Right.ACCESS)
    first = received(9)
    received(5)
    client = signed_in(tess)
    assert client.post(NEXT)["Location"] == f"{QUEUE}{first.pk}/change/"
    assert (fresh(first).handler, fresh(first).status) == (tess, Status.IN_PROGRESS)


@db
def test_what_somebody_has_or_is_frozen_or_waits_for_an_answer_is_not_the_next(tess, abe):
    taken, given, frozen, asked, closed = (received(days) for days in (13, 12, 11, 10, 9))
    workflow.take(taken, by=abe)
    assigning.assign(given, abe, by=tess)
    stopping.freeze(frozen, "Odd.", by=abe)
    workflow.ask(asked, "Which number?", by=abe)
    workflow.withdraw(closed, by=workflow.REQUESTER)
    left = received(1)
    assert assigning.take_next(by=tess) == left
    assert assigning.take_next(by=tess) is None


@db
def test_when_nothing_is_left_tess_is_told_so_kindly(tess):
    page = signed_in(tess).post(NEXT, follow=True).content.decode()
    assert "Nothing is left that waits for somebody with your role. Well done." in page


@db
def test_a_verifier_gets_what_there_is_to_verify(vera):
    ask(Right.ACCESS)
    given = ask(Right.ACCESS)
    identity.show(given.submission, FACTS, STATEMENT)
    assert assigning.take_next(by=vera) == given
    assert assigning.take_next(by=vera) is None


@db
def test_an_approver_gets_letters_to_read_but_not_their_own(tess, abe, bea):
    one = in_review(abe)
    assert assigning.take_next(by=tess) is None
    assert assigning.take_next(by=abe) is None
    assert assigning.take_next(by=bea) == one


@db
def test_an_auditor_takes_nothing_and_is_told_why(otto, rosas_request):
    page = signed_in(otto).post(NEXT, follow=True).content.decode()
    assert "Your role cannot do this." in page
    assert "Take next" not in page
    assert fresh(rosas_request).handler is None


@db
def test_looking_takes_nothing(tess, rosas_request):
    assert signed_in(tess).get(NEXT).status_code == 405
    assert fresh(rosas_request).handler is None


@pytest.mark.postgres
def test_of_many_who_press_at_the_same_moment_no_two_get_the_same(flushed):
    people = [person(name, Role.TRIAGE) for name in ("Ann", "Ben", "Cy", "Dot")]
    for _ in range(12):
        ask(Right.ACCESS)
    start = Barrier(len(people))

    def three(by) -> list:
        start.wait()
        try:
            return [one.pk for _ in range(3) if (one := assigning.take_next(by=by))]
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        got = [pk for taken in pool.map(three, people) for pk in taken]
    assert len(set(got)) == len(got) == 12
    assert Event.objects.filter(kind="taken").count() == 12


@pytest.mark.postgres
def test_what_a_colleague_is_at_right_now_is_passed_over_without_waiting(flushed):
    tess, busy, free = person("Tess", Role.TRIAGE), received(9), received(1)

    def take():
        try:
            return assigning.take_next(by=tess)
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        wait_for_turn(busy.submission_id)  # as every step on it does
        assert pool.submit(take).result(timeout=20) == free


# --- Passing on ------------------------------------------------------------------------------------------------------
@db
def test_who_is_given_a_request_has_it_and_has_not_begun(tess, abe, rosas_request):
    assigning.assign(rosas_request, abe, by=tess)
    one = fresh(rosas_request)
    assert (one.handler, one.status) == (abe, Status.RECEIVED)
    event = Event.objects.get(kind="assigned")
    assert (event.actor, event.detail) == (tess.as_actor, {"to": str(abe.pk), "was": ""})
    page = signed_in(abe).get(f"{QUEUE}{one.pk}/change/").content.decode()
    assert "It was passed on. Nobody works on it yet." in page
    workflow.take(one, by=abe)
    assert fresh(one).status == Status.IN_PROGRESS


@db
def test_the_history_says_from_whom_to_whom_it_went(tess, abe, bea, rosas_request):
    assigning.assign(rosas_request, abe, by=tess)
    assigning.assign(fresh(rosas_request), bea, by=tess)
    assigning.undo_assign(fresh(rosas_request), by=tess)
    page = signed_in(tess).get(f"{QUEUE}{rosas_request.pk}/change/").content.decode()
    for said in ("Passed on to Abe", "Passed on from Abe to Bea", "Passing on was undone: Abe has it again"):
        assert said in page


@db
@pytest.mark.parametrize("name", ["otto", "ada"])
def test_nobody_who_works_on_no_requests_is_given_one(tess, name, rosas_request, request):
    with pytest.raises(NotAllowed, match="does not work on requests"):
        assigning.assign(rosas_request, request.getfixturevalue(name), by=tess)
    assert list(assigning.people()) == [tess]


@db
def test_who_has_left_is_given_nothing(tess, abe, rosas_request):
    abe.is_active = False
    abe.save()
    with pytest.raises(NotAllowed):
        assigning.assign(rosas_request, abe, by=tess)


@db
def test_who_passes_on_what_a_colleague_just_took_is_told(tess, abe, bea, rosas_request):
    on_the_screen = fresh(rosas_request)
    workflow.take(rosas_request, by=abe)
    with pytest.raises(NotAllowed, match="Somebody was faster: Abe"):
        assigning.assign(on_the_screen, bea, by=tess)
    assert fresh(rosas_request).handler == abe


@db
def test_for_a_day_it_can_go_back_to_who_had_it(tess, abe, rosas_request):
    workflow.take(rosas_request, by=tess)
    assigning.assign(fresh(rosas_request), abe, by=tess)
    with travel(timezone.now() + timedelta(hours=23)):
        assigning.undo_assign(fresh(rosas_request), by=tess)
    assert fresh(rosas_request).handler == tess
    with pytest.raises(NotAllowed):
        assigning.undo_assign(fresh(rosas_request), by=tess)


@db
def test_after_a_day_it_cannot_be_undone(tess, abe, rosas_request):
    assigning.assign(rosas_request, abe, by=tess)
    with travel(timezone.now() + timedelta(hours=24, minutes=1)), pytest.raises(NotAllowed):
        assigning.undo_assign(fresh(rosas_request), by=tess)


@db
def test_what_was_begun_meanwhile_is_not_taken_out_of_somebodys_hands(tess, abe, rosas_request):
    assigning.assign(rosas_request, abe, by=tess)
    workflow.take(fresh(rosas_request), by=abe)
    with pytest.raises(NotAllowed, match="It has moved on meanwhile"):
        assigning.undo_assign(fresh(rosas_request), by=tess)
    assert fresh(rosas_request).handler == abe


@db
def test_a_case_offers_to_pass_it_on_and_to_undo_that(tess, abe, rosas_request):
    client, step = signed_in(tess), f"{QUEUE}{rosas_request.pk}/do/"
    page = client.post(f"{step}assign/", {"assign-to": str(abe.pk)}, follow=True).content.decode()
    assert "Abe has it now." in page
    assert "Undo passing it on" in page
    page = client.post(f"{step}undo_assign/", follow=True).content.decode()
    assert "It is back with who had it before." in page
    assert fresh(rosas_request).handler is None


@db
def test_a_case_that_is_passed_to_nobody_says_so_beside_the_field(tess, rosas_request):
    page = signed_in(tess).post(f"{QUEUE}{rosas_request.pk}/do/assign/", {"assign-to": ""}).content.decode()
    assert "Choose one." in page


# --- Many at once ----------------------------------------------------------------------------------------------------
def chosen(*requests: RightsRequest) -> list[str]:
    return [str(one.pk) for one in requests]


@db
def test_a_preview_says_who_goes_and_who_is_left_out_and_why_and_changes_nothing(tess, abe, answered):
    goes, has = ask(Right.KNOW), ask(Right.DELETE)
    workflow.take(has, by=abe)
    given = {"chosen": chosen(goes, has, answered), "to": str(abe.pk)}
    page = signed_in(tess).post(ASSIGN, given).content.decode()
    assert "Goes to Abe: 1" in page
    row = page.partition(f'<th scope="row">{spoken(goes.reference)}</th>')[2].partition("</tr>")[0]
    assert row == f"<td>Know</td><td>{words.day(goes.leading_on)}</td><td>nobody</td>"
    assert f"{spoken(has.reference)} (Delete): Abe has it already." in page
    assert f"{spoken(answered.reference)} (Access): It is closed." in page
    assert fresh(goes).handler is None


@db
def test_the_action_of_the_queue_leads_to_the_question_to_whom(tess, rosas_request):
    given = {"action": "pass_on", "_selected_action": chosen(rosas_request)}
    page = signed_in(tess).post(QUEUE, given).content.decode()
    assert "1 request is selected." in page
    assert str(rosas_request.pk) in page
    assert fresh(rosas_request).handler is None


@db
def test_each_row_says_what_became_of_it_and_all_can_be_undone(tess, abe, vera):
    requests = [ask(Right.ACCESS) for _ in range(3)]
    late = requests[2]
    client, given = signed_in(tess), {"chosen": chosen(*requests), "to": str(abe.pk), "sure": "1"}
    workflow.withdraw(fresh(late), by=workflow.REQUESTER)  # after the preview
    page = client.post(ASSIGN, given).content.decode()
    assert "2 requests were passed on." in page
    assert page.count("Abe has it now.") == 2
    assert "Left out: It is closed." in page
    assert {fresh(one).handler for one in requests} == {abe, None}
    page = client.post(UNDO, {"chosen": chosen(*requests)}).content.decode()
    assert "2 requests are back." in page
    assert page.count("Nobody has it now, as before.") == 2
    assert {fresh(one).handler for one in requests} == {None}


@db
def test_as_many_as_can_be_chosen_are_passed_on_and_back_with_as_few_statements_as_two(tess, abe):
    two, many = [ask(Right.ACCESS) for _ in range(2)], [ask(Right.ACCESS) for _ in range(20)]
    client = signed_in(tess)

    def statements(address: str, requests: list[RightsRequest]) -> int:
        with CaptureQueriesContext(connection) as caught:
            client.post(address, {"chosen": chosen(*requests), "to": str(abe.pk), "sure": "1"})
        return len(caught)

    client.get(QUEUE)
    assert statements(ASSIGN, two) == statements(ASSIGN, many) <= 16
    assert {fresh(one).handler for one in two + many} == {abe}
    assert statements(UNDO, two) == statements(UNDO, many) <= 16
    assert {fresh(one).handler for one in two + many} == {None}
    kinds = [Event.objects.filter(kind=kind).count() for kind in ("assigned", "assignment_undone")]
    assert kinds == [22, 22]


@db
def test_each_goes_back_to_who_had_it(tess, abe, bea, vera):
    abes, nobodys, beas = ask(Right.ACCESS), ask(Right.ACCESS), ask(Right.ACCESS)
    for one, who in ((abes, abe), (beas, bea)):
        workflow.take(one, by=who)
    all_three = [fresh(one) for one in (abes, nobodys, beas)]
    assert assigning.assign_all([(one, vera) for one in all_three], by=tess) == [None] * 3
    assert assigning.undo_all(all_three, by=tess) == [None] * 3
    assert [one.handler for one in all_three] == [fresh(one).handler for one in all_three] == [abe, None, bea]


@pytest.mark.postgres
def test_of_two_who_pass_on_the_same_ones_at_once_the_second_is_told_for_each_who_was_faster(flushed):
    tess, vera, abe = person("Tess", Role.TRIAGE), person("Vera", Role.VERIFIER), person("Abe", Role.APPROVER)
    requests = [ask(Right.ACCESS) for _ in range(6)]
    start = Barrier(2)

    def pass_on(by, to) -> list:
        on_the_screen = [fresh(one) for one in requests]
        start.wait()
        try:
            return assigning.assign_all([(one, to) for one in on_the_screen], by=by)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(pass_on, (tess, vera), (abe, vera)))
    first, second = sorted(said, key=lambda one: any(one))
    assert first == [None] * 6
    assert all("Somebody was faster" in why for why in second)
    assert Event.objects.filter(kind="assigned").count() == 6
    assert len({fresh(one).handler_id for one in requests}) == 1


@db
def test_to_nobody_is_said_beside_the_field_and_the_selection_is_kept(tess, rosas_request):
    page = signed_in(tess).post(ASSIGN, {"chosen": chosen(rosas_request), "to": "", "sure": "1"}).content.decode()
    assert "Choose a colleague." in page
    assert str(rosas_request.pk) in page
    assert fresh(rosas_request).handler is None


@db
@pytest.mark.parametrize("given", [{}, {"chosen": ["nonsense"]}, {"chosen": ["nonsense"], "to": "x", "sure": "1"}])
def test_nothing_selected_is_said_in_words(tess, given):
    assert "No request is selected." in signed_in(tess).post(ASSIGN, given).content.decode()


@db
@pytest.mark.parametrize("address", [ASSIGN, UNDO])
def test_an_auditor_passes_nothing_on(otto, abe, rosas_request, address):
    given = {"chosen": chosen(rosas_request), "to": str(abe.pk), "sure": "1"}
    assert "Your role cannot do this." in signed_in(otto).post(address, given, follow=True).content.decode()
    assert fresh(rosas_request).handler is None


@db
def test_in_bulk_nothing_can_be_released_refused_or_decided(bea):
    from django.contrib import admin

    assert admin.site.get_model_admin(RightsRequest).actions == ("take_all", "pass_on")
