"""What comes next on a case: one table, read from the top; the first line that holds is shown.

A line says where the case stands and names the one or two steps that lead on. Who may take them, `roles.py` says; what
else can be done stands below them on the page.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from requests import acting_for, appeals, fees, identity, notices, releasing
from requests.admin.steps import undelivered
from requests.admin.steps.ending import can_undo, notice_is_over
from requests.inventory import progress
from requests.models import RightsRequest
from requests.terms import Right, Status
from verification.levels import AssuranceLevel
from verification.models import CheckState

PAPER_WAITS = _("A paper waits to be looked at: decide whether they may act.")


class Next(NamedTuple):
    """Where a case stands, when that is so, and the steps that lead on from there."""

    holds: Callable[[RightsRequest], Any]
    says: Any  # words, or what makes them of the request
    verbs: tuple[str, ...] = ()


def _needs_proof(one: RightsRequest) -> bool:
    return one.needs > AssuranceLevel.T0 and not identity.is_shown(one)


def _proof_is(*states: CheckState) -> Callable[[RightsRequest], bool]:
    return lambda one: _needs_proof(one) and identity.state_of(one) in states


def _authority_waits(one: RightsRequest) -> bool:
    return one.needs > AssuranceLevel.T0 and acting_for.waits_for_decision(one.submission)


def paper_waits(one: RightsRequest) -> bool:
    """Whether a paper is here that shows whether somebody may act for another, and nobody decided on it yet."""
    return one.is_open and _authority_waits(one) and bool(acting_for.papers_of(one.submission))


def _authority_can_be_accepted(one: RightsRequest) -> bool:
    standing = acting_for.of(one.submission) if _authority_waits(one) else None
    return standing is not None and (acting_for.needs_reason(standing) or bool(acting_for.papers_of(one.submission)))


def _waits_for_contact(one: RightsRequest) -> bool:
    return releasing.why_not_tell(one) is not None


NEXT: tuple[Next, ...] = (
    Next(
        lambda one: one.frozen_at,
        _("Frozen until it is cleared up. Until then, no step is offered that would send or delete something."),
        ("free", "end_not_you"),
    ),
    Next(
        lambda one: not one.is_open and undelivered.waits(one),
        _("Closed, but a letter did not arrive. Reach them in another way."),
        ("settle_letters",),
    ),
    Next(lambda one: not one.is_open and appeals.open_one(one), _("Closed. An appeal waits to be decided.")),
    Next(lambda one: not one.is_open and can_undo(one), _("Closed. For now this can be undone."), ("undo",)),
    Next(lambda one: not one.is_open, _("Closed. Nothing waits here.")),
    Next(
        lambda one: one.status == Status.IN_REVIEW,
        _("A letter waits for its second reader."),
        ("release", "send_back"),
    ),
    Next(lambda one: one.handler_id is None, _("Nobody works on it yet."), ("take",)),
    Next(lambda one: one.status == Status.RECEIVED, _("It was passed on. Nobody works on it yet."), ("take",)),
    Next(
        lambda one: one.right == Right.UNSURE and one.status != Status.WAITING,
        _("It is not said yet which right it is. That decides its dates and what proof it needs."),
        ("turn_into", "ask"),
    ),
    Next(notice_is_over, _("The requester stayed silent after our notice, so it may end."), ("end_no_answer",)),
    Next(
        lambda one: notices.why_not_give(one) is None,
        _("The requester stayed silent, and no mail reaches them. Give notice by telephone or post."),
        ("give_notice",),
    ),
    Next(
        fees.waiting,
        _("A fee waits for the requester. Work begins once they accept it, or once it is waived."),
        ("waive_fee", "accept_fee_for_requester"),
    ),
    Next(
        lambda one: one.status == Status.WAITING, _("A question waits for the requester. Its date counts all the same.")
    ),
    Next(paper_waits, PAPER_WAITS, ("decide_authority",)),
    Next(
        _proof_is(CheckState.GIVEN),
        _("Proof is here. A verifier compares it with our record."),
        ("decide_identity",),
    ),
    Next(
        lambda one: _authority_waits(one) and not _authority_can_be_accepted(one),
        _("It is not decided yet whether they may act. They are asked for a paper that shows it."),
        ("decide_authority",),
    ),
    Next(_authority_waits, _("It is not decided yet whether they may act."), ("decide_authority",)),
    Next(_proof_is(CheckState.OPEN), _("The requester is asked for proof. Its date counts all the same.")),
    Next(
        _proof_is(CheckState.NO_RECORD),
        _("We hold no record under what was given."),
        ("answer", "end_identity_not_shown"),
    ),
    Next(_needs_proof, _("Identity is not shown as far as this needs."), ("end_identity_not_shown",)),
    Next(acting_for.why_not_answer, _("The authority does not carry this request."), ("refuse", "ask")),
    Next(
        _waits_for_contact,
        _("Identity is shown. Before an answer can leave, a verifier enters a contact from our own record."),
        ("enter_contact_on_file",),
    ),
    Next(
        progress.needs_words,
        _("The owners of systems wait to be told what to search for."),
        ("search_for", "answer"),
    ),
    Next(progress.is_open, progress.said, ("answer", "refuse")),
    Next(progress.can_be_carried_out, _("Every system has answered. Now ask them to delete it."), ("carry_out",)),
    Next(lambda one: True, _("Everything is here to answer it."), ("answer", "refuse")),
)


def next_of(one: RightsRequest) -> Next:
    """The line of the table that a case is in."""
    line = next(line for line in NEXT if line.holds(one))
    return line._replace(says=line.says(one)) if callable(line.says) else line


def identity_waits(one: RightsRequest) -> bool:
    """Whether a verifier has something to decide on the identity page."""
    if one.needs is AssuranceLevel.T0 or not (one.is_open or appeals.open_one(one)):
        return False
    return identity.state_of(one) == CheckState.GIVEN or _authority_can_be_accepted(one)
