"""A hold: with reason, owner and end; nothing is destroyed or deleted while it stands (policy section 11)."""

from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from primevox_privacy.sealed.tasks import end_lives
from requests import holds, identity, keeping, packages, reminders, stopping, tasks, workflow
from requests.answers import Draft
from requests.models import Hold, RightsRequest
from requests.terms import Ending, Right
from tests.cast import ask, fresh, prove, signed_in, submit
from tests.test_checks import paper
from tests.test_coming_back import come_back
from tests.test_staff_desk import QUEUE, do
from verification import checks, clean_pages
from verification.models import Certificate, EvidenceKind
from verification.tasks import destroy_owed

pytestmark = pytest.mark.django_db
WHY = "A court asked us to keep the call records."
YEARS = timedelta(days=5 * 366)


def hold(one, abe, days: int = 30, owner=None) -> Hold:
    ends_on = timezone.localdate() + timedelta(days=days)
    return holds.place(one, WHY, owner or abe, ends_on, by=abe)


def sweep() -> None:
    """Everything that destroys or forgets."""
    destroy_owed()
    end_lives()
    tasks.forget_old()


def keys_of(one) -> dict[str, DataKey]:
    """Every key of the submission, by life."""
    owners = [one.submission_id, *one.submission.rights_requests.values_list("pk", flat=True)]
    owners += [*identity.checks_of(one.submission)]
    owners += RightsRequest.objects.get(pk=one.pk).packages.values_list("pk", flat=True)
    return {key.life: key for key in DataKey.objects.filter(owner__in=owners)}


def alive(one) -> set[str]:
    return {life for life, key in keys_of(one).items() if key.destroyed_at is None}


# --- Nothing goes --------------------------------------------------------------------------------------------
def test_nothing_of_an_answered_request_goes_while_a_hold_stands(answered, abe, time_machine):
    hold(answered, abe, days=366)
    before = alive(answered)
    assert {Life.PROOF, Life.CONTACT, Life.CONTENT, Life.RECORD} <= before
    time_machine.move_to(timezone.now() + YEARS)
    sweep()
    assert alive(answered) == before
    assert not Certificate.objects.filter(finished_at__isnull=False).exists()
    assert Event.objects.filter(about=answered.pk).exclude(salt=None).exists()


def test_a_hold_between_the_end_and_the_sweep_is_in_time(answered, abe, time_machine):
    time_machine.move_to(timezone.now() + timedelta(days=61))
    before = alive(answered)
    hold(answered, abe)
    sweep()
    assert alive(answered) == before


def test_a_hold_on_one_request_keeps_what_was_sent_with_it(abe, time_machine):
    first, second = (fresh(one) for one in submit(Right.ACCESS, Right.OPT_OUT).rights_requests.all())
    hold(first, abe, days=366)
    for one in (first, second):
        workflow.withdraw(one, by=workflow.REQUESTER)
    time_machine.move_to(timezone.now() + YEARS)
    sweep()
    assert fresh(second).record_key.destroyed_at is None


def test_papers_given_after_the_hold_stay_when_identity_is_decided(rosas_request, abe, vera):
    one = rosas_request
    hold(one, abe)
    checks.give_file(identity.check_of(one), EvidenceKind.DOCUMENT, paper())
    prove(one, vera)
    sweep()
    keys = clean_pages.keys_of([one.submission.check_made_id])
    assert [(key.destroyed_at, key.held) for key in keys] == [(None, True)] * 2


def test_files_collected_after_the_hold_stay(rosas_request, abe, vera, bea, time_machine):
    one = prove(rosas_request, vera)
    workflow.take(one, by=abe)
    hold(one, abe, days=366)
    packages.add(one, [paper()], by=abe)
    workflow.answer(one, Draft(Ending.FULFILLED, text="See the file."), by=abe)
    workflow.release(fresh(one), by=bea)
    time_machine.move_to(timezone.now() + timedelta(days=100))
    sweep()
    assert keys_of(one)[Life.PACKAGE].destroyed_at is None
    assert one.packages.get().files.get().file.path.exists()


def test_a_check_begun_after_the_hold_stays(answered, abe):
    hold(answered, abe)
    identity.begin_anew(answered.submission, answered.needs)
    keeping.settle(answered.submission_id)
    made = DataKey.objects.filter(owner__in=identity.checks_of(answered.submission), life=Life.PROOF)
    assert [key.held for key in made] == [True, True]


def test_a_key_that_came_to_be_held_a_moment_ago_is_not_destroyed(answered, abe):
    from primevox_privacy.sealed import forgetting

    stale = keys_of(answered)[Life.PROOF]
    hold(answered, abe)
    assert forgetting.destroy(stale) is False
    assert Life.PROOF in alive(answered)


# --- It ends -------------------------------------------------------------------------------------------------
def test_lifting_lets_the_next_sweep_destroy_and_certify(answered, abe):
    placed = hold(answered, abe)
    sweep()
    assert Life.PROOF in alive(answered)
    holds.lift(placed, by=abe)
    sweep()
    assert Life.PROOF not in alive(answered)
    assert Certificate.objects.get().finished_at


def test_of_two_holds_both_have_to_be_lifted(answered, abe, bea):
    first, second = hold(answered, abe), hold(answered, bea, owner=bea)
    holds.lift(first, by=abe)
    sweep()
    assert Life.PROOF in alive(answered)
    holds.lift(second, by=abe)
    sweep()
    assert Life.PROOF not in alive(answered)


@pytest.mark.parametrize("first", ["free", "lift"])
def test_hold_and_freeze_keep_each_on_its_own(answered, abe, first):
    placed = hold(answered, abe)
    stopping.freeze(fresh(answered), "Was it she?", by=abe)
    ends = {
        "free": lambda: stopping.free(fresh(answered), "It was.", by=abe),
        "lift": lambda: holds.lift(placed, by=abe),
    }
    ends.pop(first)()
    sweep()
    assert Life.PROOF in alive(answered)
    ends.popitem()[1]()
    sweep()
    assert Life.PROOF not in alive(answered)


def test_a_hold_lifts_itself_the_day_after_its_last(answered, abe, time_machine):
    placed = hold(answered, abe, days=10)
    for days, stands in ((10, True), (1, False)):
        time_machine.move_to(timezone.now() + timedelta(days=days))
        tasks.owe_reminders()
        placed.refresh_from_db()
        assert (placed.lifted_at is None) is stands
    assert placed.lifted_by is None
    sweep()
    assert Life.PROOF not in alive(answered)


def test_a_hold_is_lifted_once(answered, abe):
    placed = hold(answered, abe)
    holds.lift(placed, by=abe)
    with pytest.raises(workflow.NotAllowed):
        holds.lift(placed, by=abe)


# --- Who, why, until when ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("days", "allowed"),
    [(-1, False), (0, True), (366, True), (367, False)],  # at the latest after a year somebody looks again
)
def test_a_hold_has_an_end(rosas_request, abe, days, allowed):
    if allowed:
        assert hold(rosas_request, abe, days=days)
    else:
        with pytest.raises(workflow.NotAllowed):
            hold(rosas_request, abe, days=days)


def test_a_hold_without_a_reason_is_none(rosas_request, abe):
    with pytest.raises(workflow.NotAllowed):
        holds.place(rosas_request, "  ", abe, timezone.localdate(), by=abe)


@pytest.mark.parametrize("who", ["ada", "tess", "vera", "otto"])
def test_an_owner_can_lift_it(request, who, rosas_request, abe):
    with pytest.raises(workflow.NotAllowed):
        hold(rosas_request, abe, owner=request.getfixturevalue(who))


@pytest.mark.parametrize("who", ["tess", "vera", "otto"])
def test_only_an_approver_places_and_lifts(request, rosas_request, abe, who):
    placed, somebody = hold(rosas_request, abe), request.getfixturevalue(who)
    with pytest.raises(workflow.NotAllowed):
        holds.place(rosas_request, WHY, abe, timezone.localdate(), by=somebody)
    with pytest.raises(workflow.NotAllowed):
        holds.lift(placed, by=somebody)


def test_the_record_names_the_hold_and_not_its_reason(rosas_request, abe):
    placed = hold(rosas_request, abe)
    event = Event.objects.get(about=rosas_request.pk, kind="hold_placed")
    assert event.detail == {"hold": str(placed.pk), "until": placed.ends_on.isoformat()}


# --- Answers -------------------------------------------------------------------------------------------------
def deletion(vera, abe):
    one = prove(ask(Right.DELETE), vera)
    told_at = timezone.now() - timedelta(days=4)  # long enough ago for a deletion
    Letter.objects.filter(kind="identity_shown").update(sent_at=told_at)
    workflow.take(one, by=abe)
    return fresh(one)


def test_a_deletion_is_not_answered_as_done_while_a_hold_stands(vera, abe):
    one = deletion(vera, abe)
    hold(one, abe)
    with pytest.raises(workflow.NotAllowed, match="A hold stands"):
        workflow.answer(one, Draft(Ending.FULFILLED), by=abe)
    workflow.answer(one, Draft(Ending.PARTLY, reason="A law makes us keep a part."), by=abe)


def test_a_deletion_drafted_as_done_is_not_released_once_a_hold_stands(vera, abe, bea):
    one = deletion(vera, abe)
    workflow.answer(one, Draft(Ending.FULFILLED), by=abe)
    placed = hold(one, abe)
    with pytest.raises(workflow.NotAllowed, match="A hold stands"):
        workflow.release(fresh(one), by=bea)
    holds.lift(placed, by=abe)
    workflow.release(fresh(one), by=bea)
    assert fresh(one).ending == Ending.FULFILLED


# --- Letters -------------------------------------------------------------------------------------------------
def at_nine(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(9)))


def hold_letters() -> list[Letter]:
    return list(Letter.objects.filter(kind="hold_ends").order_by("owed_at"))


def test_its_owner_is_reminded_a_week_before_it_ends_and_when_it_has_ended(rosas_request, abe, bea, time_machine):
    placed = hold(rosas_request, abe, days=20, owner=bea)
    found = []
    for days_left in (8, 7, 6, 0, -1, -2):
        time_machine.move_to(at_nine(placed.ends_on - timedelta(days=days_left)))
        tasks.owe_reminders()
        found.append(len(hold_letters()))
    assert found == [0, 1, 1, 1, 2, 2]
    soon, over = hold_letters()
    assert soon.address == over.address == bea.email
    assert "ends soon" in soon.subject
    assert "has ended" in over.subject
    assert WHY not in soon.text + over.text


def test_a_hold_that_somebody_lifted_needs_no_letter(rosas_request, abe, time_machine):
    placed = hold(rosas_request, abe, days=20)
    holds.lift(placed, by=abe)
    time_machine.move_to(at_nine(placed.ends_on))
    tasks.owe_reminders()
    assert not hold_letters()


def test_without_an_address_of_its_owner_the_mailbox_is_told(rosas_request, abe, settings, time_machine):
    abe.email = ""
    abe.save()
    placed = hold(rosas_request, abe, days=3)
    time_machine.move_to(at_nine(placed.ends_on))
    reminders.owe()
    assert [letter.address for letter in hold_letters()] == [settings.COMPLIANCE_EMAIL]


# --- Pages ---------------------------------------------------------------------------------------------------
def test_rosa_reads_that_we_keep_it_longer_and_nothing_more(client, rosas_request, abe, mailoutbox):
    placed = hold(rosas_request, abe)
    come_back(client, rosas_request, mailoutbox)
    page = client.get("/your-request/all/").content.decode()
    assert "we have to keep what is still here" in page
    assert WHY not in page
    assert "Abe" not in page
    assert "Hold placed" not in page
    holds.lift(placed, by=abe)
    assert "we have to keep what is still here" not in client.get("/your-request/all/").content.decode()


def test_abe_places_and_lifts_a_hold_at_the_desk(abe, bea, rosas_request):
    desk, address = signed_in(abe), f"{QUEUE}{rosas_request.pk}/change/"
    until = timezone.localdate() + timedelta(days=30)
    do(desk, rosas_request, "place_hold", reason=WHY, owner=bea.pk, ends_on=until.isoformat())
    placed = Hold.objects.get()
    page = desk.get(address).content.decode()
    for said in (WHY, "Owner: Bea.", "Stands until", "stays while a hold stands"):
        assert said in page
    do(desk, rosas_request, "lift_hold", hold=placed.pk)
    assert "Lifted by Abe" in desk.get(address).content.decode()


def test_only_people_who_see_cases_are_offered_as_owners(abe, bea, ada, rosas_request):
    page = signed_in(abe).get(f"{QUEUE}{rosas_request.pk}/change/").content.decode()
    assert f'<option value="{bea.pk}">' in page
    assert f'<option value="{ada.pk}">' not in page


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"reason": ""}, "Write why the data has to be kept."),
        ({"owner": ""}, "Choose one."),
        ({"owner": "00000000-0000-4000-8000-000000000000"}, "Choose one from the list."),
        ({"ends_on": "soon"}, "Enter a day, like 2026-12-24."),
        ({"ends_on": "2020-01-01"}, "A hold ends between today and a year from now."),
    ],
)
def test_what_is_wrong_with_a_hold_is_said_and_kept(abe, rosas_request, given, said):
    until = timezone.localdate() + timedelta(days=30)
    right = {"reason": WHY, "owner": abe.pk, "ends_on": until.isoformat()}
    page = do(signed_in(abe), rosas_request, "place_hold", **right | given).content.decode()
    assert said in page
    assert not Hold.objects.exists()
