"""Duplicates: a hint until both are shown to be one person's, then answered together. A stranger's filing under
Rosa's address can neither delay, block nor reveal hers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from requests import access, hub, identity, joining, stopping, workflow
from requests.answers import Draft
from requests.models import RightsRequest, Submission
from requests.terms import Capacity, Ending, Right, Status
from requests.workflow import NotAllowed
from tests.cast import FACTS, ask, fresh, prove, signed_in, submit
from tests.endings import Team, asked, two_of_hers
from tests.test_coming_back import come_back
from tests.test_staff_desk import QUEUE, do
from verification import checks

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(tess, vera, abe, bea, time_machine):
    return Team(tess, vera, abe, bea, time_machine)


@pytest.fixture
def hers(team):
    """Rosa's first request and her later one for the same right, both shown to be hers."""
    return two_of_hers(team)


def confirm(one: RightsRequest) -> RightsRequest:
    Submission.objects.filter(pk=one.submission_id).update(contact_confirmed_at=timezone.now())
    return fresh(one)


# --- Stan files under Rosa's address -----------------------------------------------------------------------------
def test_a_strangers_filing_is_a_hint_and_no_more(rosas_request, tess):
    stans = ask(Right.ACCESS, name="Rosa Marquez")  # with her address
    page = signed_in(tess).get(f"{QUEUE}{stans.pk}/change/").content.decode()
    assert "Perhaps the same person’s" in page
    assert "That is a hint and proves nothing" in page
    assert "First both need to be shown to be the same person" in page
    assert "/do/merge/" not in page
    assert "duplicate?" in signed_in(tess).get(QUEUE).content.decode()


@pytest.mark.parametrize("proven", ["neither", "hers", "his"])
def test_it_cannot_be_joined_before_both_are_shown_to_be_one_persons(proven, rosas_request, vera, tess):
    stans = ask(Right.ACCESS)
    if proven != "neither":
        prove(rosas_request if proven == "hers" else stans, vera)
    for one, into in ((stans, rosas_request), (rosas_request, stans)):
        with pytest.raises(NotAllowed):
            joining.merge(fresh(one), fresh(into), by=tess)
    assert not RightsRequest.objects.filter(ending=Ending.MERGED).exists()


def test_nor_when_both_are_shown_to_be_somebody_but_not_the_same(rosas_request, vera, tess):
    hers, stans = prove(rosas_request, vera), ask(Right.ACCESS)
    identity.show(stans.submission, FACTS, "signed")
    identity.enter_contact(stans.submission, "stan@mail.example", hers.received_on - timedelta(days=900), by=vera)
    checks.decide(identity.check_of(stans), "matched_facts", FACTS, by=vera)
    assert not joining.can_join(fresh(stans), hers)


def test_it_changes_nothing_of_rosas_dates_letters_or_page(rosas_request):
    submission = rosas_request.submission
    letters = Letter.objects.filter(about=submission.pk).count()
    dates, page = fresh(rosas_request).leading_on, _cards(submission)
    ask(Right.ACCESS)
    assert fresh(rosas_request).leading_on == dates
    assert Letter.objects.filter(about=submission.pk).count() == letters
    assert _cards(submission) == page


def _cards(submission: Submission) -> list:
    shown = hub.overview(Submission.objects.get(pk=submission.pk))["requests"]
    return [(card["reference"], card["sentence"], card["due"], card["waits_for"], card["ending"]) for card in shown]


def test_nothing_tells_stan_of_hers(client, rosas_request, mailoutbox):
    stans = ask(Right.ACCESS)
    come_back(client, stans, mailoutbox)
    assert str(rosas_request) not in client.get("/your-request/all/").content.decode()
    assert all(str(rosas_request) not in letter.text for letter in Letter.objects.filter(about=stans.submission_id))


def test_it_does_not_keep_hers_from_being_answered(rosas_request, vera, abe, bea):
    ask(Right.ACCESS)
    one = prove(rosas_request, vera)
    workflow.take(one, by=abe)
    workflow.answer(one, Draft(Ending.FULFILLED, text="Name: Rosa"), by=abe)
    workflow.release(one, by=bea)
    assert fresh(one).ending == Ending.FULFILLED


# --- What can be joined ------------------------------------------------------------------------------------------
def test_another_right_or_another_address_is_no_duplicate(rosas_request):
    ask(Right.DELETE)
    ask(Right.ACCESS, email="other@mail.example")
    assert joining.candidates(rosas_request) == []


def test_the_same_number_is_a_hint_too(tess):
    one = ask(Right.OPT_OUT, email="", phone="972-555-0177")
    other = ask(Right.OPT_OUT, email="", phone="972-555-0177")
    assert joining.candidates(one) == [other]


def test_what_needs_no_proof_joins_once_both_confirmed_the_address(tess):
    first, later = ask(Right.OPT_OUT), ask(Right.OPT_OUT)
    assert not joining.can_join(confirm(later), fresh(first))
    assert joining.can_join(confirm(later), confirm(first))


def test_no_date_moves_back(hers, tess):
    first, later = hers
    RightsRequest.objects.filter(pk=later.pk).update(leading_on=later.leading_on + timedelta(days=3))
    with pytest.raises(NotAllowed, match="no date moves back"):
        joining.merge(first, fresh(later), by=tess)
    joining.merge(fresh(later), fresh(first), by=tess)


def test_what_an_agent_asked_is_answered_on_its_own(hers, tess):
    first, later = hers
    Submission.objects.filter(pk=later.submission_id).update(capacity=Capacity.AGENT)
    with pytest.raises(NotAllowed, match="for themselves"):
        joining.merge(fresh(later), first, by=tess)


def test_what_is_frozen_is_not_joined(hers, tess):
    first, later = hers
    stopping.freeze(first, "Doubt.", by=tess)
    with pytest.raises(NotAllowed, match="frozen"):
        joining.merge(later, fresh(first), by=tess)
    assert not joining.can_join(later, fresh(first))


def test_an_auditor_joins_nothing(hers, otto):
    with pytest.raises(NotAllowed, match="role"):
        joining.merge(hers[1], hers[0], by=otto)


def test_a_request_that_closes_at_that_moment_is_not_joined_to(hers, team):
    first, later = hers
    seen = fresh(first)
    workflow.withdraw(first, by=workflow.REQUESTER)
    with pytest.raises(NotAllowed, match="two open requests"):
        joining.merge(later, seen, by=team.tess)
    assert fresh(later).is_open
    assert fresh(later).merged_into is None


def test_whoever_answers_first_wins_over_who_joins_what_was_answered(hers, team):
    first, later = hers
    seen = fresh(later)
    workflow.withdraw(later, by=workflow.REQUESTER)
    with pytest.raises(NotAllowed):
        joining.merge(seen, first, by=team.tess)
    assert fresh(later).ending == Ending.WITHDRAWN


# --- On the desk -------------------------------------------------------------------------------------------------
def test_staff_join_what_is_hers_and_both_cases_lead_to_each_other(hers, tess):
    first, later = hers
    client = signed_in(tess)
    assert "Yes: see “Join it with a duplicate”." in client.get(f"{QUEUE}{later.pk}/change/").content.decode()
    do(client, later, "merge", into=str(first.pk))
    assert (fresh(later).ending, fresh(later).merged_into) == (Ending.MERGED, first)
    joined = client.get(f"{QUEUE}{later.pk}/change/").content.decode()
    assert f"{first}</a>" in joined
    assert "This can be undone until" in joined
    assert "Its answer is also the answer of:" in client.get(f"{QUEUE}{first.pk}/change/").content.decode()


def test_a_duplicate_that_closed_meanwhile_is_said_and_nothing_happens(hers, team):
    first, later = hers
    client = signed_in(team.tess)
    workflow.withdraw(first, by=workflow.REQUESTER)
    page = do(client, later, "merge", into=str(first.pk))
    assert page.status_code == 200
    assert "Only two open requests for the same right can be joined." in page.content.decode()
    assert fresh(later).is_open


@pytest.mark.parametrize("into", ["", "no-id", "7b0c7e0e-6df5-4f2c-9b1c-1f2f0f0f0f0f"])
def test_a_choice_that_is_none_is_said(into, hers, tess):
    page = do(signed_in(tess), hers[1], "merge", into=into)
    assert page.status_code == 200
    assert fresh(hers[1]).is_open


# --- Answered together -------------------------------------------------------------------------------------------
@pytest.fixture
def joined(hers, team):
    first, later = hers
    joining.merge(later, first, by=team.tess)
    return fresh(first), fresh(later)


def test_joining_leaves_one_event_and_one_letter_and_hers_goes_on_unchanged(joined):
    first, later = joined
    assert Event.objects.filter(about=later.pk, kind="closed").get().detail == {"ending": "merged"}
    assert Letter.objects.filter(kind="closed").count() == 1
    assert (first.status, first.leading_on) == (Status.IN_PROGRESS, later.leading_on)


def test_her_page_says_with_which_it_was_joined(client, joined, mailoutbox):
    first, later = joined
    come_back(client, later, mailoutbox)
    page = client.get("/your-request/all/").content.decode()
    assert f"It is joined with {first}." in page
    assert "Our answer to that one will be our answer to this one, too." in page
    assert "Read our answer" not in page


def test_the_answer_of_the_one_is_the_answer_of_both(client, joined, team, mailoutbox):
    first, later = joined
    workflow.answer(first, Draft(Ending.FULFILLED, text="Name: Rosa Marquez"), by=team.abe)
    workflow.release(first, by=team.bea)
    assert joining.answered_with(fresh(later)) == first
    for one in (first, later):
        come_back(client, one, mailoutbox)
        assert "Read our answer" in client.get("/your-request/all/").content.decode()
        client.post("/your-request/leave/")


def test_a_freeze_of_either_shuts_the_answer_on_both_pages(joined, team):
    first, _later = joined
    workflow.answer(first, Draft(Ending.FULFILLED, text="Name: Rosa Marquez"), by=team.abe)
    workflow.release(first, by=team.bea)
    stopping.freeze(fresh(first), "Doubt.", by=team.tess)
    for one in joined:
        shown = hub.overview(Submission.objects.get(pk=one.submission_id))["requests"]
        assert [card["has_answer"] for card in shown] == [False]


def test_a_chain_of_three_has_the_answer_of_the_first(team):
    first, second = two_of_hers(team)
    third = prove(asked(), team.vera)
    joining.merge(third, second, by=team.tess)
    joining.merge(fresh(second), first, by=team.tess)
    assert joining.answered_with(fresh(third)) == first


def test_undone_it_stands_on_its_own_again_and_has_no_answer_of_another(joined, team):
    _first, later = joined
    workflow.undo(later, by=team.tess)
    later = fresh(later)
    assert (later.status, later.merged_into, joining.answered_with(later)) == (Status.IN_PROGRESS, None, later)
    assert access.for_requester(later.submission, later.reference) == later


def test_the_page_of_a_joined_request_stays_as_long_as_the_answer_it_leads_to(hers, team):
    first, later = hers
    joining.merge(later, first, by=team.tess)
    contact = DataKey.objects.filter(owner=later.submission_id, life=Life.CONTACT)
    assert contact.get().ends_at is None, "the other is still open"
    team.clock.move_to(timezone.now() + timedelta(days=40))
    workflow.take(fresh(first), by=team.abe)
    workflow.answer(fresh(first), Draft(Ending.FULFILLED, text="Name: Rosa Marquez"), by=team.abe)
    workflow.release(fresh(first), by=team.bea)
    ends_at = DataKey.objects.get(owner=first.submission_id, life=Life.CONTACT).ends_at
    assert contact.get().ends_at == ends_at
    assert ends_at > timezone.now() + timedelta(days=59)


def test_two_that_lead_to_each_other_stay_until_the_last_of_them_is_answered(team):
    """On one day she sent the same two requests twice; staff answer one of each."""
    first, second = (submit(Right.ACCESS, Right.KNOW) for _sent in range(2))
    for submission in (first, second):
        prove(fresh(submission.rights_requests.get(right=Right.ACCESS)), team.vera)
    for right, one, into in ((Right.ACCESS, second, first), (Right.KNOW, first, second)):
        there, here = (fresh(each.rights_requests.get(right=right)) for each in (into, one))
        joining.merge(here, there, by=team.tess)
    pages = DataKey.objects.filter(owner__in=[first.pk, second.pk], life=Life.CONTACT)
    for submission, right in ((first, Right.ACCESS), (second, Right.KNOW)):
        assert {key.ends_at for key in pages.all()} == {None}
        team.clock.move_to(timezone.now() + timedelta(days=1), tick=False)
        one = submission.rights_requests.get(right=right)
        workflow.take(fresh(one), by=team.abe)
        workflow.answer(fresh(one), Draft(Ending.FULFILLED, text="Name: Rosa Marquez"), by=team.abe)
        workflow.release(fresh(one), by=team.bea)
    assert {key.ends_at for key in pages.all()} == {timezone.now() + timedelta(days=60)}
