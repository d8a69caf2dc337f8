"""Two people on one request at the same moment, double clicks, the back button: one move, and who comes second is told
who was faster and loses no text. On PostgreSQL, each hand with a connection of its own."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial
from threading import Barrier

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from time_machine import travel

from primevox_privacy.ledger.models import Event
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from primevox_privacy.staff.models import User
from requests import appeals, fees, holds, joining, packages, stopping, which_right, workflow
from requests.answers import Draft
from requests.models import Appeal, RightsRequest, Submission
from requests.terms import AppealOutcome, DateKind, Ending, ExtensionReason, Right, Role, Status
from requests.workflow import REQUESTER, NotAllowed
from tests.cast import ask, fresh, person, signed_in
from tests.test_checks import paper
from verification import destruction

ROUNDS = 200
CLICKS = 200 if os.environ.get("PROVE") else 20
QUEUE = "/admin/requests/rightsrequest/"
REFUSAL = Draft(Ending.REFUSED, reason="Asked three times.", grounds=("policy_7_repetitive",))


@dataclass
class Staff:
    tess: User
    abe: User
    bea: User
    cleo: User


@pytest.fixture
def staff(flushed) -> Staff:
    return Staff(person("Tess", Role.TRIAGE), *(person(name, Role.APPROVER) for name in ("Abe", "Bea", "Cleo")))


# --- Where two people meet ----------------------------------------------------------------------------------------
# Each prepares a request and gives what the two hands do, on what each has on the screen.
Hands = tuple[Callable[[], object], ...]  # two of them
T0 = Right.OPT_OUT  # needs no proof


def in_work(staff: Staff, right: Right = T0) -> RightsRequest:
    one = ask(right)
    workflow.take(one, by=staff.tess)
    return fresh(one)


def in_review(staff: Staff) -> RightsRequest:
    one = in_work(staff)
    workflow.answer(one, REFUSAL, by=staff.tess)
    return fresh(one)


def refused(staff: Staff) -> RightsRequest:
    one = in_review(staff)
    workflow.release(one, by=staff.abe)
    return fresh(one)


def both_take(staff: Staff) -> Hands:
    one = ask(T0)
    mine, theirs = fresh(one), fresh(one)
    return partial(workflow.take, mine, by=staff.tess), partial(workflow.take, theirs, by=staff.abe)


def take_and_withdraw(staff: Staff) -> Hands:
    one = ask(T0)
    mine, theirs = fresh(one), fresh(one)
    return partial(workflow.take, mine, by=staff.tess), partial(workflow.withdraw, theirs, by=REQUESTER)


def both_answer(staff: Staff) -> Hands:
    one = in_work(staff)
    mine, theirs = fresh(one), fresh(one)
    return partial(workflow.answer, mine, REFUSAL, by=staff.tess), partial(
        workflow.answer, theirs, REFUSAL, by=staff.abe
    )


def ask_and_answer(staff: Staff) -> Hands:
    one = in_work(staff)
    mine, theirs = fresh(one), fresh(one)
    return (
        partial(workflow.ask, mine, "Which number?", by=staff.tess),
        partial(workflow.answer, theirs, Draft(Ending.FULFILLED), by=staff.abe),
    )


def both_release(staff: Staff) -> Hands:
    one = in_review(staff)
    mine, theirs = fresh(one), fresh(one)
    return partial(workflow.release, mine, by=staff.abe), partial(workflow.release, theirs, by=staff.bea)


def release_and_send_back(staff: Staff) -> Hands:
    one = in_review(staff)
    mine, theirs = fresh(one), fresh(one)
    return partial(workflow.release, mine, by=staff.abe), partial(workflow.send_back, theirs, "Not yet.", by=staff.bea)


def release_and_withdraw(staff: Staff) -> Hands:
    one = in_review(staff)
    mine, theirs = fresh(one), fresh(one)
    return partial(workflow.release, mine, by=staff.abe), partial(workflow.withdraw, theirs, by=REQUESTER)


def both_undo(staff: Staff) -> Hands:
    one = in_work(staff)
    workflow.withdraw(one, by=REQUESTER)
    mine, theirs = fresh(one), fresh(one)
    return partial(workflow.undo, mine, by=REQUESTER), partial(workflow.undo, theirs, by=staff.tess)


def accept_and_decline_a_fee(staff: Staff) -> Hands:
    one = in_work(staff)
    fees.assess(one, Decimal(20), fees.GROUNDS[0], "The ninth time.", by=staff.abe)
    mine, theirs = fresh(one), fresh(one)
    return partial(fees.accept, mine, by=REQUESTER), partial(fees.decline, theirs)


def both_decide_an_appeal(staff: Staff) -> Hands:
    appeal = appeals.file(refused(staff), "Look again.", by=REQUESTER)
    mine, theirs = Appeal.objects.get(pk=appeal.pk), Appeal.objects.get(pk=appeal.pk)
    return (
        partial(appeals.decide, mine, AppealOutcome.UPHELD, "It stays.", by=staff.bea),
        partial(appeals.decide, theirs, AppealOutcome.OVERTURNED, "We erred.", by=staff.cleo),
    )


def both_turn_into(staff: Staff) -> Hands:
    one = ask(Right.UNSURE)
    mine, theirs = fresh(one), fresh(one)
    return (
        partial(which_right.turn_into, mine, Right.DELETE, by=staff.tess),
        partial(which_right.turn_into, theirs, Right.KNOW, by=staff.abe),
    )


def both_extend(staff: Staff) -> Hands:
    one = in_work(staff, Right.ACCESS)
    until = one.received_on + timedelta(days=20)
    mine, theirs = fresh(one), fresh(one)
    more = (DateKind.TARGET, ExtensionReason.COMPLEX, until)
    return partial(workflow.extend, mine, *more, by=staff.tess), partial(workflow.extend, theirs, *more, by=staff.abe)


def both_file_an_appeal(staff: Staff) -> Hands:
    one = refused(staff)
    mine, theirs = fresh(one), fresh(one)
    return (
        partial(appeals.file, mine, "Look again.", by=REQUESTER),
        partial(appeals.file, theirs, "Look again.", by=staff.tess),
    )


def both_keep_files_longer(staff: Staff) -> Hands:
    one = in_work(staff)
    packages.add(one, [paper()], by=staff.tess)
    workflow.answer(fresh(one), Draft(Ending.FULFILLED), by=staff.tess)
    workflow.release(fresh(one), by=staff.abe)
    package = one.packages.get()
    mine, theirs = fresh(one), fresh(one)
    return partial(packages.keep_longer, mine, package.pk), partial(packages.keep_longer, theirs, package.pk)


def both_freeze(staff: Staff) -> Hands:
    one = in_work(staff)
    mine, theirs = fresh(one), fresh(one)
    return (
        partial(stopping.freeze, mine, "Odd mailbox.", by=staff.tess),
        partial(stopping.freeze, theirs, "Odd.", by=staff.abe),
    )


def free_and_end(staff: Staff) -> Hands:
    one = in_work(staff)
    stopping.freeze(one, "Odd mailbox.", by=staff.tess)
    mine, theirs = fresh(one), fresh(one)
    return (
        partial(stopping.free, mine, "She called.", by=staff.abe),
        partial(stopping.end_not_you, theirs, "She called.", by=staff.bea),
    )


def both_lift_a_hold(staff: Staff) -> Hands:
    hold = holds.place(ask(T0), "A dispute.", staff.abe, timezone.localdate(), by=staff.abe)
    return partial(holds.lift, hold, by=staff.abe), partial(holds.lift, hold, by=staff.bea)


# Exactly one of the two steps is taken.
ONE_WINS = [
    both_take,
    take_and_withdraw,
    both_answer,
    ask_and_answer,
    both_release,
    release_and_send_back,
    release_and_withdraw,
    both_undo,
    accept_and_decline_a_fee,
    both_decide_an_appeal,
    both_turn_into,
    both_extend,
    both_file_an_appeal,
    both_keep_files_longer,
    both_freeze,
    free_and_end,
    both_lift_a_hold,
]
# Of these the one who loses is told who won; the others say why the step is no longer there.
TELLS_WHO_WON = ONE_WINS[:10]


class TwoHands:
    """Two threads that do their step at the same moment."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.pool, self.barrier = pool, Barrier(2)

    def _hand(self, step: Callable[[], object]) -> NotAllowed | None:
        self.barrier.wait(10)
        try:
            step()
        except NotAllowed as why:
            return why
        return None

    def do(self, hands: Hands) -> list[NotAllowed | None]:
        """What each was told; nothing if the step was taken."""
        return [told.result(20) for told in [self.pool.submit(self._hand, step) for step in hands]]


@contextmanager
def two_hands() -> Iterator[TwoHands]:
    with ThreadPoolExecutor(2) as pool:
        try:
            yield TwoHands(pool)
        finally:
            TwoHands(pool).do((_hang_up, _hang_up))


def _hang_up() -> None:
    connection.close()  # the one of this thread


def events() -> set:
    return set(Event.objects.exclude(about__in=Submission.objects.values("pk")).values_list("pk", flat=True))


@pytest.mark.postgres
def test_of_two_who_take_a_step_at_the_same_moment_one_wins_and_the_other_is_told(staff):
    with two_hands() as both:
        for number in range(ROUNDS):
            meet = ONE_WINS[number % len(ONE_WINS)]
            hands, before = meet(staff), events()
            told = both.do(hands)
            assert told.count(None) == 1, f"{meet.__name__}: {told}"
            new = Event.objects.filter(pk__in=events() - before)
            assert new.count() == 1, f"{meet.__name__}: {[event.kind for event in new]}"
            [loser] = [why for why in told if why]
            if meet in TELLS_WHO_WON:
                assert _winner(new.get()) in str(loser), f"{meet.__name__}: {loser}"


def _winner(event: Event) -> str:
    staff = User.objects.filter(pk=event.actor.removeprefix("staff:")) if event.actor.startswith("staff:") else None
    return str(staff.get()) if staff else "the requester"


@pytest.mark.postgres
def test_an_answer_leaves_before_a_freeze_or_not_at_all(staff):
    with two_hands() as both:
        for _ in range(CLICKS):
            one = in_review(staff)
            mine, theirs = fresh(one), fresh(one)
            both.do(
                (partial(workflow.release, mine, by=staff.abe), partial(stopping.freeze, theirs, "Odd.", by=staff.bea))
            )
            kinds = [event.kind for event in Event.objects.about(one.pk)][-2:]
            assert kinds in (["closed", "frozen"], ["drafted", "frozen"])
            assert fresh(one).frozen_at


@pytest.mark.postgres
def test_nothing_is_joined_to_what_closes_at_the_same_moment(staff):
    with two_hands() as both:
        for _ in range(CLICKS):
            first, second = ask(T0), ask(T0)
            Submission.objects.update(contact_confirmed_at=timezone.now())
            mine, into, theirs = fresh(second), fresh(first), fresh(first)
            told = both.do(
                (partial(joining.merge, mine, into, by=staff.tess), partial(workflow.withdraw, theirs, by=REQUESTER))
            )
            assert told[1] is None
            joined, closed = (Event.objects.filter(about=one.pk, kind="closed").first() for one in (second, first))
            assert closed
            assert joined is None or joined.at < closed.at


@pytest.mark.postgres
def test_two_who_join_two_requests_to_each_other_join_one(staff):
    with two_hands() as both:
        for _ in range(CLICKS):
            first, second = ask(T0), ask(T0)
            Submission.objects.update(contact_confirmed_at=timezone.now())
            pages = [(fresh(first), fresh(second)), (fresh(second), fresh(first))]
            hands = [partial(joining.merge, *page, by=staff.tess) for page in pages]
            assert both.do(tuple(hands)).count(None) == 1
            assert RightsRequest.objects.open().filter(pk__in=[first.pk, second.pk]).count() == 1


@pytest.mark.postgres
def test_what_a_hold_reaches_first_stays_and_what_the_sweep_reaches_first_is_gone_for_good(staff):
    with two_hands() as both:
        for _ in range(CLICKS):
            with travel(timezone.now() - timedelta(hours=25)):
                one = ask(Right.ACCESS)
                workflow.withdraw(one, by=REQUESTER)
            today = timezone.localdate()
            page = fresh(one)
            told = both.do(
                (partial(holds.place, page, "A dispute.", staff.abe, today, by=staff.abe), destruction.destroy_owed)
            )
            assert told == [None, None]
            proof = DataKey.objects.get(owner=one.submission.check_made_id, life=Life.PROOF)
            assert proof.destroyed_at is None or proof.emptied_at
            assert proof.held == (proof.destroyed_at is None)


# --- Through the page -----------------------------------------------------------------------------------------------
TYPED = "What Tess wrote for ten minutes."
STEPS: dict[str, dict[str, object]] = {
    "ask": {"text": TYPED},
    "note": {"text": TYPED},
    "answer": {"ending": "fulfilled", "text": TYPED},
    "refuse": {"grounds": ["policy_7_repetitive"], "reason": TYPED},
    "withdraw": {"text": TYPED, "why": TYPED},
    "take": {},
}


def do(client, one: RightsRequest, verb: str):
    given = {f"{verb}-{name}": value for name, value in STEPS[verb].items()}
    return client.post(f"{QUEUE}{one.pk}/do/{verb}/", given)


@pytest.mark.parametrize("verb", sorted(STEPS.keys() - {"note", "take"}))
def test_who_comes_second_reads_who_was_faster_and_what_they_had_typed(verb, tess, abe, bea, db):
    one = ask(T0)
    workflow.take(one, by=abe)
    workflow.answer(fresh(one), REFUSAL, by=abe)
    workflow.release(fresh(one), by=bea)
    page = do(signed_in(tess), one, verb)
    assert page.status_code == 200
    said = page.content.decode()
    assert TYPED in said
    assert "Bea" in said
    assert fresh(one).ending == Ending.REFUSED


@pytest.mark.parametrize("verb", sorted(STEPS.keys() - {"note"}))
def test_the_back_button_and_a_double_click_give_no_second_move(verb, tess, db):
    one = ask(T0)
    if verb != "take":
        workflow.take(one, by=tess)
    client = signed_in(tess)
    assert do(client, one, verb).status_code == 302
    stood = fresh(one).status
    moved = Event.objects.filter(about=one.pk).count()
    again = do(client, one, verb)
    assert again.status_code == 200
    assert fresh(one).status == stood
    assert Event.objects.filter(about=one.pk).count() == moved


@pytest.mark.postgres
def test_two_clicks_at_the_same_moment_are_one_move(staff):
    with two_hands() as both:
        clients = [signed_in(staff.tess), signed_in(staff.tess)]
        for number in range(CLICKS):
            one = in_work(staff)
            verb = ("ask", "answer", "refuse", "withdraw")[number % 4]
            answers: list[HttpResponse] = []
            both.do(tuple(partial(_click, client, one, verb, answers) for client in clients))
            assert sorted(answer.status_code for answer in answers) == [200, 302], verb
            assert [event.kind for event in Event.objects.about(one.pk)][:2] == ["received", "taken"]
            assert Event.objects.filter(about=one.pk).count() == 3
            assert fresh(one).status != Status.IN_PROGRESS


def _click(client: Client, one: RightsRequest, verb: str, answers: list[HttpResponse]) -> None:
    answers.append(do(client, one, verb))
