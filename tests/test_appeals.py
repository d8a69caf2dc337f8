"""Asking us to look again: what can be appealed and until when, who decides, and what follows.

In these stories Tess writes the first answer and Abe releases it, so that Bea decides about it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils import timezone

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from primevox_privacy.staff.models import User
from requests import (
    appeals,
    deadlines,
    identity,
    keeping,
    references,
    regimes,
    releasing,
    reminders,
    retention,
    stopping,
    workflow,
)
from requests.answers import Draft
from requests.models import Appeal, RightsRequest
from requests.reminder_plan import last_working_day_until
from requests.terms import AppealOutcome, DateKind, Ending, ExtensionReason, Right, Role, Status
from requests.workflow import NotAllowed
from tests.cast import FACTS, STATEMENT, ask, deliver, fresh, person, prove, submit
from tests.endings import COME_TO, ON_FILE, TYPED, Team
from verification import checks, destruction
from verification.models import Check, CheckState

pytestmark = pytest.mark.django_db
UPHELD, OVERTURNED, IN_PART = AppealOutcome.UPHELD, AppealOutcome.OVERTURNED, AppealOutcome.PARTLY_OVERTURNED
REFUSAL = Draft(Ending.REFUSED, reason="You asked in May.", grounds=("policy_7_repetitive",))
WHY = "I asked for something else in May."


def first_by_tess_and_abe(tess, vera, abe, clock) -> Team:
    clock.move_to(timezone.now(), tick=True)
    return Team(tess, vera, abe=tess, bea=abe, clock=clock)


@pytest.fixture
def team(tess, vera, abe, time_machine):
    return first_by_tess_and_abe(tess, vera, abe, time_machine)


@pytest.fixture
def refused(team):
    """Rosa's access, from Texas: proven, refused by Tess, released by Abe."""
    return refuse(team)


def refuse(team: Team, **more) -> RightsRequest:
    one = prove(ask(Right.ACCESS, **more), team.vera)
    workflow.take(one, by=team.tess)
    workflow.answer(one, REFUSAL, by=team.tess)
    workflow.release(one, by=team.bea)
    return fresh(one)


@pytest.fixture
def appeal(refused):
    return rosa_appeals(refused)


def rosa_appeals(one: RightsRequest, **more) -> Appeal:
    return appeals.file(fresh(one), WHY, by=workflow.REQUESTER, **more)


def again(appeal: Appeal) -> Appeal:
    return Appeal.objects.select_related("rights_request", "record_key", "content_key").get(pk=appeal.pk)


def later(team: Team, **span: int) -> None:
    team.clock.move_to(timezone.now() + timedelta(**span))


def paragraphs(letter: dict) -> str:
    return "\n".join(line for section in letter["sections"] for line in section["paragraphs"])


# --- What can be appealed, and until when ----------------------------------------------------------------------
APPEALABLE = {
    Ending.FULFILLED: False,  # there is nothing to overturn
    Ending.PARTLY: True,
    Ending.REFUSED: True,
    Ending.NOTHING_HELD: True,
    Ending.IDENTITY_NOT_SHOWN: True,
    Ending.NO_ANSWER: True,
    Ending.WITHDRAWN: False,  # undone within a day; asked anew after
    Ending.MERGED: False,
    Ending.NOT_YOU: False,
    Ending.OUT_OF_SCOPE: False,
    Ending.NOT_A_REQUEST: False,
}


def test_the_table_knows_every_ending():
    assert set(APPEALABLE) == set(Ending)


@pytest.mark.parametrize(("ending", "possible"), APPEALABLE.items())
def test_which_endings_can_be_looked_at_again(ending, possible, tess, vera, abe, bea, time_machine):
    time_machine.move_to(timezone.now(), tick=True)
    one = COME_TO[ending](Team(tess, vera, abe, bea, time_machine))
    assert appeals.can_be_filed(one) is possible
    if possible:
        assert rosa_appeals(one).first_ending == ending
    else:
        with pytest.raises(NotAllowed, match="Only a request"):
            rosa_appeals(one)


def test_an_open_request_is_not_appealed(rosas_request):
    with pytest.raises(NotAllowed):
        rosa_appeals(rosas_request)


WINDOW = {
    "US-TX": 60,  # "a reasonable period" by law; ours
    "US-CO": 60,
    "DE": 60,  # the law has no appeal: the policy's own, section 10
    "": 60,
}


@pytest.mark.parametrize(("residence", "days"), WINDOW.items())
def test_it_can_be_filed_until_the_last_moment_of_the_window_and_not_after(team, residence, days):
    one = refuse(team, residence=residence)
    assert keeping.appeal_until(one) == one.closed_at + timedelta(days=days)
    team.clock.move_to(one.closed_at + timedelta(days=days), tick=False)
    assert appeals.can_be_filed(one)
    team.clock.move_to(one.closed_at + timedelta(days=days, seconds=1), tick=False)
    assert not appeals.can_be_filed(one)
    with pytest.raises(NotAllowed, match="The time to ask for a second look is over"):
        rosa_appeals(one)


def test_the_window_is_the_one_of_the_law_data():
    for residence, days in WINDOW.items():
        assert regimes.by_id(ask(Right.ACCESS, residence=residence).regime).appeal.file_within == days


def test_staff_may_take_one_that_comes_late(refused, team):
    later(team, days=61)
    assert appeals.file(refused, WHY, by=team.tess).first_ending == Ending.REFUSED


def test_nobody_appeals_once_the_messages_are_deleted(refused, team):
    DataKey.objects.filter(pk=refused.content_key_id).update(destroyed_at=timezone.now(), wrapped=None)
    with pytest.raises(NotAllowed, match="messages of this request are deleted"):
        appeals.file(fresh(refused), WHY, by=team.tess)


def test_one_at_a_time(appeal):
    with pytest.raises(NotAllowed, match="We are looking again already"):
        rosa_appeals(appeal.rights_request)
    assert Appeal.objects.count() == 1


def test_an_answer_that_was_upheld_is_not_looked_at_once_more_unless_staff_see_a_reason(appeal, bea, team):
    appeals.decide(appeal, UPHELD, "It stays.", by=bea)
    assert not appeals.can_be_filed(fresh(appeal.rights_request))
    assert appeals.file(fresh(appeal.rights_request), "Something new.", by=team.tess)


def test_a_frozen_request_is_not_looked_at_again(refused, team):
    stopping.freeze(refused, "Her mailbox seems taken over.", by=team.tess)
    assert not appeals.can_be_filed(fresh(refused))
    for by in (workflow.REQUESTER, team.tess):
        with pytest.raises(NotAllowed):
            appeals.file(fresh(refused), WHY, by=by)


# --- Its own reference and clock -------------------------------------------------------------------------------
@pytest.mark.parametrize("residence", ["US-TX", "US-CO", "US-MN", "DE", ""])
def test_its_dates_are_those_of_the_law_and_the_policy_from_its_own_receipt(team, residence):
    one = refuse(team, residence=residence)
    later(team, days=9)
    made = again(rosa_appeals(one))
    expected = deadlines.schedule(deadlines.APPEAL, residence or None, made.received_at)
    assert made.received_on == expected.received_on
    assert [(due["kind"], due["due_on"]) for due in made.dates] == [
        (due.kind, due.due_on.isoformat()) for due in expected.dates
    ]
    assert (made.leading_on, made.leading_by_law) == (expected.leading.due_on, False)
    assert appeals.why_due(made) == expected.leading.why


def test_our_target_is_fourteen_days(appeal):
    assert appeal.leading_on == appeal.received_on + timedelta(days=14)


def test_one_that_staff_file_runs_from_the_day_it_reached_us(refused, team):
    reached_us_at = timezone.now()
    later(team, days=3)
    made = appeals.file(refused, WHY, by=team.tess, received_at=reached_us_at)
    assert made.leading_on == timezone.localdate(reached_us_at) + timedelta(days=14)


def test_it_has_a_reference_of_its_own_and_rosa_is_told_it(appeal):
    told = Letter.objects.get(kind="appeal_received")
    assert references.normalised(appeal.reference) == appeal.reference != appeal.rights_request.reference
    assert references.spoken(appeal.reference) in told.text
    assert WHY not in told.text


def test_the_record_says_that_she_asked(appeal):
    assert Event.objects.get(about=appeal.rights_request_id, kind="appealed").actor == workflow.REQUESTER


# --- Who decides -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["tess", "abe"])
def test_who_wrote_or_released_the_first_answer_neither_takes_nor_decides(appeal, name):
    who = User.objects.get(username=name)
    who.groups.set(Group.objects.filter(name=Role.APPROVER))
    for verb in (lambda: appeals.take(appeal, by=who), lambda: appeals.decide(appeal, UPHELD, "No.", by=who)):
        with pytest.raises(NotAllowed, match="You had a part in the first answer"):
            verb()


@pytest.mark.parametrize("part", ["first_drafted_by_id", "first_released_by_id"])
def test_the_database_itself_refuses_them(appeal, part):
    decided = {"outcome": UPHELD, "decided_at": timezone.now(), "decided_by_id": getattr(appeal, part)}
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(**decided)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.APPROVER])
def test_only_an_approver_decides(appeal, role):
    someone = person("Someone", role)
    for verb in (lambda: appeals.take(appeal, by=someone), lambda: appeals.decide(appeal, UPHELD, "No.", by=someone)):
        with pytest.raises(NotAllowed):
            verb()
    assert again(appeal).decided_at is None


def test_a_decision_has_reasons(appeal, bea):
    with pytest.raises(NotAllowed, match="Write the reasons"):
        appeals.decide(appeal, UPHELD, "  ", by=bea)


def test_who_comes_second_hears_who_was_faster(appeal, bea):
    cora = person("Cora", Role.APPROVER)
    before = again(appeal)
    appeals.decide(appeal, UPHELD, "It stays.", by=bea)
    with pytest.raises(NotAllowed, match="Bea"):
        appeals.decide(before, OVERTURNED, "It does not.", by=cora)
    assert again(appeal).outcome == UPHELD


def test_nothing_is_decided_while_it_is_frozen(appeal, bea, team):
    stopping.freeze(appeal.rights_request, "Her mailbox seems taken over.", by=team.tess)
    with pytest.raises(NotAllowed, match="frozen"):
        appeals.decide(appeal, UPHELD, "It stays.", by=bea)


def test_what_was_never_theirs_is_not_opened_again(team, bea):
    """Somebody else asked in Rosa's name for two things; one was refused, and then the fraud came out."""
    first, other = prepared_pair(team)
    made = rosa_appeals(first)
    stopping.freeze(fresh(other), "Her mailbox seems taken over.", by=team.tess)
    stopping.end_not_you(fresh(other), "She called from the number of record.", by=team.bea)
    with pytest.raises(NotAllowed, match="never asked"):
        appeals.decide(made, OVERTURNED, "We were wrong.", by=bea)
    appeals.decide(again(made), UPHELD, "It stays.", by=bea)


def prepared_pair(team: Team) -> tuple[RightsRequest, RightsRequest]:
    """Access refused, and deletion still open, of one submission."""
    submission = submit(Right.ACCESS, Right.DELETE)
    by_right = {one.right: fresh(one) for one in submission.rights_requests.all()}
    first = prove(by_right[Right.ACCESS], team.vera)
    workflow.take(first, by=team.tess)
    workflow.answer(first, REFUSAL, by=team.tess)
    workflow.release(first, by=team.bea)
    return fresh(first), fresh(by_right[Right.DELETE])


# --- It stays --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("residence", ["US-TX", "US-CO", "DE-BY", "GB", ""])
def test_upheld_it_stays_closed_and_the_letter_names_the_authority_of_the_residence(team, bea, residence):
    made = rosa_appeals(refuse(team, residence=residence))
    appeals.decide(made, UPHELD, "You did ask for the same.", by=bea)
    letter, one = paragraphs(again(made).letter), fresh(made.rights_request)
    authority = regimes.authority_for(residence or None, one.received_on)
    assert (one.status, one.ending) == (Status.CLOSED, Ending.REFUSED)
    assert authority.name in letter
    assert "You did ask for the same." in letter
    assert "It stays." in letter


# --- It is opened again ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("outcome", [OVERTURNED, IN_PART])
def test_overturned_it_is_open_again_with_its_history(appeal, bea, outcome):
    before = list(Event.objects.about(appeal.rights_request_id).values_list("pk", flat=True))
    appeals.decide(appeal, outcome, "We mixed up two requests.", by=bea)
    one, today = fresh(appeal.rights_request), timezone.localdate()
    assert (one.status, one.ending, one.closed_at, one.handler) == (Status.IN_PROGRESS, "", None, None)
    assert one.leading_on == today + timedelta(days=14)
    assert one.due_dates.get(kind=DateKind.AFTER_APPEAL).due_on == one.leading_on
    assert not one.leading_by_law
    assert list(Event.objects.about(one.pk).values_list("pk", flat=True))[: len(before)] == before
    assert "You asked in May." in paragraphs(one.answers.released().get().letter)


def test_overturned_in_part_the_letter_names_the_authority_and_the_new_date(appeal, bea):
    appeals.decide(appeal, IN_PART, "For a part.", by=bea)
    letter = paragraphs(again(appeal).letter)
    assert "Texas Attorney General" in letter
    assert "We answer anew by" in letter


def test_it_is_answered_again_and_that_answer_can_be_appealed_again(appeal, bea, team):
    appeals.decide(appeal, OVERTURNED, "We mixed up two requests.", by=bea)
    one = fresh(appeal.rights_request)
    workflow.take(one, by=team.tess)
    workflow.answer(one, Draft(Ending.PARTLY, text="Name: Rosa", reason="Not the rest."), by=team.tess)
    workflow.release(one, by=bea)
    second = rosa_appeals(one)
    assert second.first_released_by == bea
    assert fresh(one).appeals.count() == 2
    appeals.decide(second, UPHELD, "It stays.", by=team.bea)
    assert fresh(one).ending == Ending.PARTLY


def test_it_uses_the_kept_result_of_the_check(appeal, bea, team):
    """The proof was destroyed with the first closing; that identity was shown still counts."""
    check = identity.check_of(appeal.rights_request)
    assert destruction.destroy(check)
    appeals.decide(appeal, OVERTURNED, "We mixed up two requests.", by=bea)
    one = fresh(appeal.rights_request)
    assert identity.is_shown(one)
    assert Check.objects.filter(subject=one.submission_id).count() == 1
    workflow.take(one, by=team.tess)
    workflow.answer(one, Draft(Ending.FULFILLED, text="Name: Rosa"), by=team.tess)
    workflow.release(one, by=bea)
    assert fresh(one).ending == Ending.FULFILLED


# --- Identity was not shown ------------------------------------------------------------------------------------
@pytest.fixture
def not_shown(team):
    return rosa_appeals(COME_TO[Ending.IDENTITY_NOT_SHOWN](team))


def test_it_begins_a_new_check_and_rosa_is_asked(not_shown):
    one = fresh(not_shown.rights_request)
    assert identity.state_of(one) == CheckState.OPEN
    assert identity.task_of(one.submission)
    assert Check.objects.filter(subject=one.submission_id).count() == 2


def test_the_old_proof_is_destroyed_while_the_new_check_runs(not_shown):
    first, second = Check.objects.filter(subject=not_shown.rights_request.submission_id).order_by("asked_at")
    assert list(Check.objects.to_destroy(timezone.now())) == [first]
    assert destruction.destroy(first)
    second.proof_key.refresh_from_db()
    assert second.proof_key.ends_at is None


def test_it_is_not_overturned_before_identity_is_shown(not_shown, bea, team):
    with pytest.raises(NotAllowed, match="still not shown"):
        appeals.decide(not_shown, OVERTURNED, "It is her.", by=bea)
    prove(fresh(not_shown.rights_request), team.vera)
    appeals.decide(again(not_shown), OVERTURNED, "It is her.", by=bea)
    one = fresh(not_shown.rights_request)
    assert (one.status, identity.is_shown(one)) == (Status.IN_PROGRESS, True)


def test_the_new_proof_goes_with_the_decision_that_upholds(not_shown, bea, team):
    one = fresh(not_shown.rights_request)
    identity.show(one.submission, FACTS, STATEMENT)
    checks.not_shown(identity.check_of(one), "matched_facts", by=team.vera)
    appeals.decide(again(not_shown), UPHELD, "Still not.", by=bea)
    key = identity.check_of(fresh(one)).proof_key
    assert key.ends_at == again(not_shown).decided_at


def test_nobody_is_told_of_a_decision_where_there_is_no_contact_on_file(not_shown, bea, team):
    one = fresh(not_shown.rights_request)
    identity.show(one.submission, FACTS, STATEMENT)
    checks.decide(identity.check_of(one), "matched_facts", FACTS, by=team.vera)
    with pytest.raises(NotAllowed, match="no contact on file"):
        appeals.decide(again(not_shown), OVERTURNED, "It is her.", by=bea)
    assert fresh(one).status == Status.CLOSED
    assert again(not_shown).decided_at is None


def test_two_appeals_about_identity_share_one_check(team):
    """What Rosa has given for the first one is not asked again for the second."""
    submission = submit(Right.ACCESS, Right.KNOW, residence="")
    for one in submission.rights_requests.all():
        workflow.take(one, by=team.tess)
    one = fresh(submission.rights_requests.first())
    identity.show(one.submission, FACTS, None)
    checks.not_shown(identity.check_of(one), "matched_facts", by=team.vera)
    for one in submission.rights_requests.all():
        workflow.answer(fresh(one), Draft(Ending.IDENTITY_NOT_SHOWN), by=team.tess)
        workflow.release(fresh(one), by=team.bea)
    first, second = submission.rights_requests.order_by("reference")
    rosa_appeals(first)
    identity.show(fresh(first).submission, FACTS, None)
    rosa_appeals(second)
    assert identity.state_of(fresh(second)) == CheckState.GIVEN


# --- To whom it goes -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("outcome", [UPHELD, OVERTURNED])
def test_the_decision_goes_where_answers_go(team, bea, outcome):
    made = rosa_appeals(refuse(team, email=TYPED))
    appeals.decide(made, outcome, "Because.", by=bea)
    told = Letter.objects.get(kind="appeal_decided")
    assert told.address == ON_FILE
    assert "Because." not in told.text


def test_what_was_said_to_the_person_on_file_stays_theirs_while_a_new_check_runs(team):
    """One request answered to the contact on file; another ended below its level, and is appealed."""
    submission = submit(Right.CORRECT, Right.ACCESS, email=TYPED)
    by_right = {one.right: fresh(one) for one in submission.rights_requests.all()}
    two_facts = dict(list(FACTS.items())[:2])
    correct, access = prove(by_right[Right.CORRECT], team.vera, facts=two_facts), by_right[Right.ACCESS]
    for one, draft in ((correct, Draft(Ending.FULFILLED, text="Elm.")), (access, Draft(Ending.IDENTITY_NOT_SHOWN))):
        workflow.take(fresh(one), by=team.tess)
        workflow.answer(fresh(one), draft, by=team.tess)
        if fresh(one).is_open:
            workflow.release(fresh(one), by=team.bea)
    rosa_appeals(access)
    assert identity.state_of(fresh(correct)) == CheckState.OPEN
    assert releasing.goes_to_contact_on_file(fresh(correct))


# --- What lives how long ---------------------------------------------------------------------------------------
def ends_of(one: RightsRequest) -> dict[str, datetime | None]:
    owners = {Life.CONTACT: one.submission_id, Life.CONTENT: one.submission_id, Life.RECORD: one.pk}
    return {life: DataKey.objects.get(owner=owner, life=life).ends_at for life, owner in owners.items()}


def test_nothing_ends_while_the_appeal_runs(appeal):
    assert set(ends_of(appeal.rights_request).values()) == {None}


def test_after_it_everything_counts_from_the_decision(appeal, bea, team):
    later(team, days=12)
    appeals.decide(appeal, UPHELD, "It stays.", by=bea)
    decided_at = again(appeal).decided_at
    assert decided_at is not None
    assert ends_of(appeal.rights_request) == {
        Life.CONTACT: decided_at + retention.CONTACT_AFTER_CLOSING,
        Life.CONTENT: decided_at + retention.CONTACT_AFTER_CLOSING,
        Life.RECORD: retention.record_ends_at(decided_at),
    }


# --- Told in time ----------------------------------------------------------------------------------------------
def morning_of(day) -> datetime:
    return datetime(day.year, day.month, day.day, 15, tzinfo=UTC)  # nine in the morning at the office


def swept(team: Team, day) -> list[str]:
    """What goes to staff that morning, or on the last working day before."""
    team.clock.move_to(morning_of(last_working_day_until(day)), tick=False)
    before = set(Letter.objects.values_list("pk", flat=True))
    reminders.owe()
    return [one.text for one in Letter.objects.exclude(pk__in=before).filter(kind__in=["digest", "statutory_danger"])]


def test_the_digest_tells_of_an_appeal_like_of_a_request(appeal, bea, team):
    appeals.take(appeal, by=bea)
    spoken = references.spoken(appeal.reference)
    texts = swept(team, appeal.leading_on - timedelta(days=7))
    assert len(texts) == 2  # the mailbox and Bea
    assert all(f"{spoken}, appeal" in text for text in texts)
    assert not swept(team, appeal.leading_on - timedelta(days=6))
    assert swept(team, appeal.leading_on - timedelta(days=4))  # a Friday, for the Saturday three days before


def test_a_decided_appeal_is_quiet(appeal, bea, team):
    appeals.decide(appeal, UPHELD, "It stays.", by=bea)
    assert not swept(team, appeal.leading_on)


def test_a_date_that_the_law_sets_for_an_appeal_is_told_on_its_own(appeal, team):
    by_law = next(due for due in appeal.dates if due["kind"] == DateKind.STATUTORY)
    day = datetime.fromisoformat(by_law["due_on"]).date()
    texts = [text for text in swept(team, day - timedelta(days=2)) if by_law["citation"] in text]
    assert len(texts) == 1
    assert f"the appeal {references.spoken(appeal.reference)}" in texts[0]


def test_a_request_opened_again_is_not_said_to_be_late_by_law(appeal, bea, team):
    """Its date by law was that of the first answer; now our own fourteen days count."""
    later(team, days=40)
    appeals.decide(appeal, OVERTURNED, "We mixed up two requests.", by=bea)
    texts = swept(team, timezone.localdate() + timedelta(days=12))
    assert texts
    assert not any("the law sets" in text for text in texts)


# --- More time --------------------------------------------------------------------------------------------------
BY_LAW, OURS = DateKind.STATUTORY, DateKind.TARGET


def extend(appeal: Appeal, of: DateKind, days: int, by) -> None:
    until = appeal.received_on + timedelta(days=days)
    appeals.extend(again(appeal), of, ExtensionReason.COMPLEX, until, by=by)


def date_of(appeal: Appeal, kind: DateKind) -> str | None:
    return next((due["due_on"] for due in again(appeal).dates if due["kind"] == kind), None)


@pytest.mark.parametrize("residence", ["US-CO", "US-MN"])
def test_where_the_law_gives_a_second_look_more_time_it_counts_once_its_letter_has_left(residence, team, bea):
    appeal = rosa_appeals(refuse(team, residence=residence))
    extend(appeal, BY_LAW, 105, by=bea)
    assert date_of(appeal, DateKind.EXTENDED) is None
    deliver()
    assert date_of(appeal, DateKind.EXTENDED) == (appeal.received_on + timedelta(days=105)).isoformat()
    assert "extended" in set(Event.objects.filter(about=appeal.rights_request_id).values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("residence", "of", "days", "why"),
    [
        ("US-CO", BY_LAW, 106, "The limit is"),
        ("US-TX", BY_LAW, 70, "allows no"),
        ("", BY_LAW, 40, "No law sets a date"),
        ("", OURS, 46, "The limit is"),
        ("US-CO", OURS, 14, "Choose a day after"),
    ],
)
def test_a_second_look_is_not_put_off_beyond_what_law_and_policy_give(residence, of, days, why, team, bea):
    appeal = rosa_appeals(refuse(team, residence=residence))
    with pytest.raises(NotAllowed, match=why):
        extend(appeal, of, days, by=bea)
    assert not Letter.objects.filter(kind="more_time").exists()


def test_our_own_date_of_a_second_look_moves_and_rosa_hears_of_it_until_we_decide(appeal, bea, team):
    extend(appeal, OURS, 44, by=bea)
    told = Letter.objects.get(kind="more_time")
    assert references.spoken(appeal.reference) in told.text
    deliver()
    assert again(appeal).leading_on == appeal.received_on + timedelta(days=44)
    for days in (13, 1, 14):
        team.clock.move_to(morning_of(timezone.localdate() + timedelta(days=days)), tick=False)
        reminders.owe()
    assert Letter.objects.filter(kind="progress").count() == 2


def test_a_date_of_a_second_look_that_has_passed_is_not_moved(appeal, bea, team):
    later(team, days=15)
    with pytest.raises(NotAllowed, match="has passed"):
        extend(appeal, OURS, 40, by=bea)


@pytest.mark.parametrize("who", ["tess", "bea"])
def test_who_had_a_part_in_the_first_answer_does_not_put_off_the_second_look(appeal, team, who):
    with pytest.raises(NotAllowed):
        extend(appeal, OURS, 40, by=getattr(team, who))


def test_a_second_look_is_not_put_off_while_it_is_frozen_nor_once_it_is_decided(appeal, bea, team):
    stopping.freeze(appeal.rights_request, "Odd mailbox.", by=team.tess)
    with pytest.raises(NotAllowed, match="frozen"):
        extend(appeal, OURS, 40, by=bea)
    stopping.free(fresh(appeal.rights_request), "She called.", by=bea)
    appeals.decide(again(appeal), UPHELD, "It stays.", by=bea)
    with pytest.raises(NotAllowed, match="Somebody was faster"):
        extend(appeal, OURS, 40, by=bea)


# --- Nobody may decide -----------------------------------------------------------------------------------------
def told_of(appeal: Appeal) -> list[Letter]:
    return list(Letter.objects.filter(kind="no_decider", key__contains=str(appeal.pk)))


def test_where_every_approver_had_a_part_the_mailbox_is_told_once(refused, team):
    appeal = rosa_appeals(refused)
    (letter,) = told_of(appeal)
    assert letter.address == "compliance@primevox.net"
    assert str(appeal) in letter.subject
    assert "add an approver" in letter.text
    assert "Rosa" not in letter.subject + letter.text
    assert appeals.nobody_may_decide(appeal)
    person("Cora", Role.APPROVER)
    assert not appeals.nobody_may_decide(appeal)


@pytest.mark.parametrize("who", ["an approver who left", "an auditor"])
def test_only_an_approver_who_works_here_counts(refused, team, who):
    other = person("Cora", Role.APPROVER if who == "an approver who left" else Role.AUDITOR)
    User.objects.filter(pk=other.pk).update(is_active=who == "an auditor")
    assert told_of(rosa_appeals(refused))


def test_where_somebody_may_decide_nobody_is_alarmed(refused, bea):
    appeal = rosa_appeals(refused)
    assert not told_of(appeal)
    assert not appeals.nobody_may_decide(appeal)


def test_a_decided_appeal_needs_nobody(appeal, bea):
    appeals.decide(appeal, UPHELD, "It stays.", by=bea)
    User.objects.filter(pk=bea.pk).update(is_active=False)
    assert not appeals.nobody_may_decide(appeal)
