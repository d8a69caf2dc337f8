"""Twenty-four hours to think again: a withdrawal or a joining is undone, and everything stands where it stood."""

from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.utils import timezone

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from requests import fees, identity, joining, workflow
from requests.answers import Draft
from requests.models import Answer, RightsRequest
from requests.terms import Ending, Right, Status
from requests.workflow import NotAllowed
from tests.cast import FACTS, ask, fresh, prove, signed_in, submit
from tests.endings import COME_TO, Team, merged, two_of_hers
from tests.test_coming_back import come_back
from tests.test_staff_desk import QUEUE, do
from verification import destruction
from verification.models import Evidence

pytestmark = pytest.mark.django_db
A_DAY = timedelta(days=1)


@pytest.fixture
def team(tess, vera, abe, bea, time_machine):
    return Team(tess, vera, abe, bea, time_machine)


def take_back(one: RightsRequest) -> RightsRequest:
    workflow.withdraw(one, by=workflow.REQUESTER)
    return fresh(one)


def undo_address(one: RightsRequest) -> str:
    return f"/your-request/{one.reference}/undo/"


def stand(one: RightsRequest, status: Status, team: Team) -> RightsRequest:
    """Bring it to a status as people do."""
    if status is Status.RECEIVED:
        return one
    workflow.take(one, by=team.abe)
    if status is Status.WAITING:
        workflow.ask(one, "Which account?", by=team.abe)
    if status is Status.IN_REVIEW:
        workflow.answer(one, Draft(Ending.NOT_A_REQUEST, reason="Only hello."), by=team.abe)
    return fresh(one)


@pytest.mark.parametrize(
    ("stood", "stands"),
    [
        (Status.RECEIVED, Status.RECEIVED),
        (Status.IN_PROGRESS, Status.IN_PROGRESS),
        (Status.WAITING, Status.WAITING),
        (Status.IN_REVIEW, Status.IN_PROGRESS),  # its draft went back to who wrote it
    ],
)
def test_it_stands_where_it_stood(stood, stands, rosas_request, team):
    one = take_back(stand(rosas_request, stood, team))
    workflow.undo(one, by=workflow.REQUESTER)
    one = fresh(one)
    assert (one.status, one.ending, one.closed_at, one.closed_from) == (stands, "", None, "")
    assert not Answer.objects.in_review().exists()
    assert (one.waiting_since is not None) == (stands is Status.WAITING)


def test_its_dates_are_the_same(rosas_request):
    before = [(due.kind, due.due_on) for due in rosas_request.due_dates.order_by("kind")]
    one = take_back(rosas_request)
    workflow.undo(one, by=workflow.REQUESTER)
    assert [(due.kind, due.due_on) for due in one.due_dates.order_by("kind")] == before
    assert fresh(one).leading_on == rosas_request.leading_on


def test_it_is_told_and_recorded_once(rosas_request):
    workflow.undo(take_back(rosas_request), by=workflow.REQUESTER)
    assert Letter.objects.filter(kind="undone").count() == 1
    assert Event.objects.filter(about=rosas_request.pk, kind="undone").count() == 1


def test_no_life_ends_any_more(rosas_request):
    workflow.undo(take_back(rosas_request), by=workflow.REQUESTER)
    owners = [rosas_request.pk, rosas_request.submission_id, rosas_request.submission.check_made_id]
    lives = DataKey.objects.filter(owner__in=owners, life__in=[Life.PROOF, Life.CONTACT, Life.CONTENT, Life.RECORD])
    assert set(lives.values_list("ends_at", flat=True)) == {None}


def test_what_she_gave_to_show_who_she_is_is_still_there(rosas_request, time_machine):
    identity.show(rosas_request.submission, FACTS, "signed")
    one = take_back(rosas_request)
    time_machine.move_to(timezone.now() + timedelta(hours=23, minutes=59))
    destruction.destroy_owed()
    workflow.undo(one, by=workflow.REQUESTER)
    destruction.destroy_owed()
    assert Evidence.objects.count() == len(FACTS) + 1


@pytest.mark.parametrize("ending", [Ending.WITHDRAWN, Ending.MERGED])
@pytest.mark.parametrize(("after", "possible"), [(A_DAY - timedelta(seconds=1), True), (A_DAY, False)])
def test_for_24_hours(ending, after, possible, team):
    one = COME_TO[ending](team)
    team.clock.move_to(one.closed_at + after)
    with nullcontext() if possible else pytest.raises(NotAllowed, match="24 hours"):
        workflow.undo(one, by=workflow.REQUESTER)
    assert fresh(one).is_open is possible


@pytest.mark.parametrize("ending", sorted(set(Ending) - {Ending.WITHDRAWN, Ending.MERGED}))
def test_no_other_ending_is_undone(ending, team):
    one = COME_TO[ending](team)
    with pytest.raises(NotAllowed):
        workflow.undo(one, by=team.abe)
    assert not fresh(one).is_open


@pytest.mark.parametrize("ending", [Ending.WITHDRAWN, Ending.MERGED])
def test_a_fee_that_waited_waits_again(ending, team):
    first, later = two_of_hers(team)
    fees.assess(later, fees.MOST, fees.GROUNDS[1], "Asked in May.", by=team.abe)
    if ending is Ending.MERGED:
        joining.merge(fresh(later), first, by=team.tess)
    else:
        fees.decline(fresh(later))
    assert fees.waiting(fresh(later)) is None
    workflow.undo(fresh(later), by=workflow.REQUESTER)
    assert fees.waiting(fresh(later)) is not None
    assert fresh(later).status == Status.WAITING


def test_pressed_twice_the_second_finds_nothing_to_undo(rosas_request):
    one = take_back(rosas_request)
    seen_twice = fresh(one)
    workflow.undo(one, by=workflow.REQUESTER)
    with pytest.raises(NotAllowed):
        workflow.undo(seen_twice, by=workflow.REQUESTER)
    assert Letter.objects.filter(kind="undone").count() == 1


def test_taken_back_again_it_has_24_hours_more_and_is_told_again(rosas_request, time_machine):
    workflow.undo(take_back(rosas_request), by=workflow.REQUESTER)
    time_machine.move_to(timezone.now() + timedelta(hours=30))
    one = take_back(fresh(rosas_request))
    workflow.undo(one, by=workflow.REQUESTER)
    assert fresh(one).is_open
    assert Letter.objects.filter(kind="closed").count() == 2


def test_a_joining_is_undone_though_the_other_is_answered_by_then(team):
    one = merged(team)
    first = one.merged_into
    workflow.answer(fresh(first), Draft(Ending.FULFILLED, text="Name: Rosa"), by=team.abe)
    workflow.release(fresh(first), by=team.bea)
    workflow.undo(one, by=workflow.REQUESTER)
    assert (fresh(one).status, fresh(one).merged_into) == (Status.IN_PROGRESS, None)
    workflow.answer(fresh(one), Draft(Ending.FULFILLED, text="Name: Rosa"), by=team.abe)


# --- Rosa's page -------------------------------------------------------------------------------------------------
def test_rosa_undoes_it_on_her_page(client, rosas_request, mailoutbox):
    come_back(client, rosas_request, mailoutbox)
    client.post(f"/your-request/{rosas_request.reference}/withdraw/")
    page = client.get("/your-request/all/").content.decode()
    assert "You can undo this until" in page
    assert undo_address(rosas_request) in page
    assert "with the same dates" in client.post(undo_address(rosas_request), follow=True).content.decode()
    assert fresh(rosas_request).is_open


def test_before_she_takes_it_back_the_page_says_that_it_can_be_undone(client, rosas_request, mailoutbox):
    come_back(client, rosas_request, mailoutbox)
    page = client.get(f"/your-request/{rosas_request.reference}/withdraw/").content.decode()
    assert "For 24 hours you can undo this on your page." in page


@pytest.mark.parametrize(("rights", "goes_on"), [((Right.ACCESS,), False), ((Right.ACCESS, Right.DELETE), True)])
def test_before_she_takes_one_back_she_reads_of_others_only_if_there_are_any(client, mailoutbox, rights, goes_on):
    one = submit(*rights).rights_requests.first()
    come_back(client, one, mailoutbox)
    page = client.get(f"/your-request/{one.reference}/withdraw/").content.decode()
    assert ("Your other requests go on." in page) is goes_on
    assert ("unless another request here still needs it" in page) is goes_on
    client.post(f"/your-request/{one.reference}/withdraw/")
    assert "We stopped working on it." in client.get("/your-request/all/").content.decode()


def test_who_showed_nothing_reads_nothing_of_its_end(client, mailoutbox):
    one = ask(Right.OPT_OUT)
    come_back(client, one, mailoutbox)
    assert "for our checks" not in client.get(f"/your-request/{one.reference}/withdraw/").content.decode()


def test_what_staff_took_back_for_her_she_undoes_too(client, rosas_request, mailoutbox, tess):
    workflow.withdraw(rosas_request, by=tess, why="By telephone.")
    come_back(client, rosas_request, mailoutbox)
    client.post(undo_address(rosas_request))
    assert fresh(rosas_request).is_open


def test_looking_at_the_address_undoes_nothing(client, rosas_request, mailoutbox):
    come_back(client, take_back(rosas_request), mailoutbox)
    assert client.get(undo_address(rosas_request)).url == "/your-request/all/"
    assert not fresh(rosas_request).is_open


def test_too_late_she_is_told_kindly_and_the_button_is_gone(client, rosas_request, mailoutbox, time_machine):
    take_back(rosas_request)
    time_machine.move_to(timezone.now() + A_DAY)
    come_back(client, rosas_request, mailoutbox)
    assert undo_address(rosas_request) not in client.get("/your-request/all/").content.decode()
    page = client.post(undo_address(rosas_request), follow=True).content.decode()
    assert "There is nothing left to undo here." in page


def test_nobody_undoes_what_is_not_theirs(client, rosas_request, mailoutbox):
    stans = take_back(ask(Right.ACCESS, email="stan@mail.example"))
    come_back(client, rosas_request, mailoutbox)
    assert client.post(undo_address(stans)).status_code == 404
    assert not fresh(stans).is_open


# --- The desk ----------------------------------------------------------------------------------------------------
def test_staff_undo_it_and_the_page_says_until_when(rosas_request, tess, otto):
    one = take_back(rosas_request)
    address = f"{QUEUE}{one.pk}/change/"
    page = signed_in(tess).get(address).content.decode()
    assert "This can be undone until" in page
    assert "/do/undo/" not in signed_in(otto).get(address).content.decode()
    do(signed_in(tess), one, "undo")
    assert fresh(one).is_open


def test_a_day_later_the_desk_no_longer_offers_it(rosas_request, tess, time_machine):
    one = take_back(rosas_request)
    time_machine.move_to(timezone.now() + A_DAY)
    page = signed_in(tess).get(f"{QUEUE}{one.pk}/change/").content.decode()
    assert "This can be undone until" not in page
    assert "/do/undo/" not in page


def test_one_of_two_that_is_taken_back_and_undone_leaves_the_other_alone(vera):
    submission = submit(Right.ACCESS, Right.DELETE)
    one, other = (fresh(each) for each in submission.rights_requests.order_by("right"))
    prove(one, vera)
    workflow.undo(take_back(fresh(one)), by=workflow.REQUESTER)
    assert fresh(other).status == Status.RECEIVED
    assert identity.is_shown(fresh(one))
