"""How a request comes to each of the eleven endings, step by step, as people bring it there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from primevox_privacy.outbox import sending
from primevox_privacy.staff.models import User
from requests import identity, joining, reminders, stopping, workflow
from requests.answers import Draft
from requests.models import RightsRequest, Submission
from requests.terms import Ending, OutOfScope, Right
from tests.cast import FACTS, ask, fresh, office_noon, prove
from verification import checks

TYPED, ON_FILE = "typed@mail.example", "rosa@mail.example"


@dataclass
class Team:
    """Who brings it there, and the clock."""

    tess: User
    vera: User
    abe: User
    bea: User
    clock: Any  # of the `time_machine` fixture


def asked(**more: Any) -> RightsRequest:
    """Access, under no law but our policy, from an address that is in nobody's record."""
    return ask(Right.ACCESS, **({"email": TYPED, "residence": ""} | more))


def in_work(team: Team, **more: Any) -> RightsRequest:
    one = asked(**more)
    workflow.take(one, by=team.tess)
    return fresh(one)


def proven(team: Team, **more: Any) -> RightsRequest:
    return prove(in_work(team, **more), team.vera)


def released(one: RightsRequest, draft: Draft, team: Team) -> RightsRequest:
    workflow.answer(one, draft, by=team.abe)
    workflow.release(one, by=team.bea)
    return fresh(one)


def nothing_held(team: Team) -> RightsRequest:
    one = in_work(team)
    Submission.objects.filter(pk=one.submission_id).update(contact_confirmed_at=timezone.now())
    identity.show(one.submission, FACTS, None)
    checks.no_record(identity.check_of(one), by=team.vera)
    return released(fresh(one), Draft(Ending.NOTHING_HELD), team)


def identity_not_shown(team: Team) -> RightsRequest:
    one = in_work(team)
    identity.show(one.submission, FACTS, None)
    checks.not_shown(identity.check_of(one), "matched_facts", by=team.vera)
    return released(fresh(one), Draft(Ending.IDENTITY_NOT_SHOWN), team)


def notice_given(team: Team) -> RightsRequest:
    """A question, and fourteen days of silence: the notice has left a moment ago."""
    one = in_work(team)
    workflow.ask(one, "Which account do you mean?", by=team.tess)
    team.clock.move_to(office_noon(14))
    reminders.owe()
    sending.send_owed()
    return fresh(one)


def no_answer(team: Team) -> RightsRequest:
    one = notice_given(team)
    team.clock.move_to(timezone.now() + timedelta(days=8))
    workflow.answer(one, Draft(Ending.NO_ANSWER), by=team.tess)
    return fresh(one)


def withdrawn(team: Team) -> RightsRequest:
    one = in_work(team)
    workflow.withdraw(one, by=workflow.REQUESTER)
    return fresh(one)


def two_of_hers(team: Team) -> tuple[RightsRequest, RightsRequest]:
    """Two requests for the same right, both shown to be hers: the first one and a later one."""
    first, later = proven(team), proven(team)
    return fresh(first), fresh(later)


def merged(team: Team) -> RightsRequest:
    first, later = two_of_hers(team)
    joining.merge(later, first, by=team.tess)
    return fresh(later)


def not_you(team: Team) -> RightsRequest:
    one = in_work(team)
    stopping.freeze(one, "Her mailbox seems taken over.", by=team.tess)
    stopping.end_not_you(fresh(one), "She called from the number of record.", by=team.abe)
    return fresh(one)


def out_of_scope(team: Team) -> RightsRequest:
    draft = Draft(Ending.OUT_OF_SCOPE, reason="You asked about a job.", out_of_scope=OutOfScope.APPLICANT)
    return released(in_work(team), draft, team)


COME_TO: dict[Ending, Callable[[Team], RightsRequest]] = {
    Ending.FULFILLED: lambda team: released(proven(team), Draft(Ending.FULFILLED, text="Name: Rosa"), team),
    Ending.PARTLY: lambda team: released(proven(team), Draft(Ending.PARTLY, text="Name", reason="Not the rest."), team),
    Ending.REFUSED: lambda team: released(
        proven(team), Draft(Ending.REFUSED, reason="Asked in May.", grounds=("policy_7_repetitive",)), team
    ),
    Ending.NOTHING_HELD: nothing_held,
    Ending.IDENTITY_NOT_SHOWN: identity_not_shown,
    Ending.NO_ANSWER: no_answer,
    Ending.WITHDRAWN: withdrawn,
    Ending.MERGED: merged,
    Ending.NOT_YOU: not_you,
    Ending.OUT_OF_SCOPE: out_of_scope,
    Ending.NOT_A_REQUEST: lambda team: released(in_work(team), Draft(Ending.NOT_A_REQUEST, reason="Only hello."), team),
}
