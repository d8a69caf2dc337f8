"""A fee (policy §7): only for a request that is clearly unfounded, repetitive or excessive, with the reason, told
before any work. The requester accepts it, or declines it by taking the request back; staff may waive it.

Our 14 days do not wait for money; the dates of the few laws whose clock does follow the day of payment (`clock.py`).
"""

from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import record
from primevox_privacy.staff.models import User
from requests import clock, identity, letters, regimes, workflow
from requests.models import Fee, RightsRequest
from requests.models.submission import Direction
from requests.terms import FeeOutcome, Status
from requests.turns import in_turn
from requests.workflow import REQUESTER, By, NotAllowed, actor, move, need, need_not_frozen

GROUNDS = ("policy_7_unfounded", "policy_7_repetitive", "policy_7_excessive")
MOST = Decimal(100)  # US dollars; a reasonable fee covers the work and is no bar to a right


def of(rights_request: RightsRequest) -> Fee | None:
    """The latest fee of a request, if there ever was one."""
    return rights_request.fees.select_related("record_key").order_by("-assessed_at").first()


def waiting(rights_request: RightsRequest) -> Fee | None:
    """The fee that waits for the requester's word."""
    return rights_request.fees.unanswered().select_related("record_key").first()


def to_be_paid(rights_request: RightsRequest) -> Fee | None:
    """The accepted fee whose money has not come yet, while that still moves a date."""
    accepted = rights_request.fees.filter(outcome=FeeOutcome.ACCEPTED, paid_on=None)
    return accepted.first() if rights_request.is_open else None


@in_turn
def assess(rights_request: RightsRequest, amount: Decimal, ground: str, reason: str, *, by: User) -> Fee:
    """Tell the requester what it costs and why, before any work. Raises NotAllowed."""
    need(by, "assess_fee")
    need_not_frozen(rights_request)
    if ground not in GROUNDS or not reason.strip():
        raise NotAllowed(_("Say why the request is clearly unfounded, repetitive or excessive. Nothing else costs."))
    if not 0 < amount <= MOST:
        raise NotAllowed(_("A fee is more than nothing, and no more than %(most)s dollars.") % {"most": MOST})
    if rights_request.status != Status.IN_PROGRESS or rights_request.answers.exists():
        raise NotAllowed(_("A fee is told before any work. This request was worked on, so it is free."))
    if not regimes.by_id(rights_request.regime).fee.paid:
        raise NotAllowed(_("The law of the residence names no case in which a fee may be asked, so there is none."))
    if not identity.can_be_told(rights_request.submission):
        raise NotAllowed(_("The requester left no way to be told of a fee, so there is none."))
    if rights_request.fees.exists():
        raise NotAllowed(_("A fee is told once."))
    until = clock.time_to_answer(rights_request)
    move(
        rights_request,
        Status.WAITING,
        "fee_told",
        by=by,
        detail={"amount": str(amount), "ground": ground, **clock.said_of(until)},
        waiting_since=timezone.now(),
    )
    fee = Fee.objects.create(
        rights_request=rights_request,
        ground=ground,
        record_key=rights_request.record_key,
        reason=reason,
        amount=amount,
        assessed_by=by,
    )
    letter = letters.task(rights_request.submission, f"fee:{fee.pk}", until)
    clock.give_time(rights_request, until, letter, by=by)
    return fee


@in_turn
def accept(rights_request: RightsRequest, *, by: By, how: str = "") -> None:
    """The requester will pay; the work begins. Staff may accept on their behalf, and then say how they were told."""
    need(by, "accept_fee_for_requester")
    _answer(rights_request, FeeOutcome.ACCEPTED, "fee_accepted", by=by)
    if isinstance(by, User):
        workflow.write(rights_request, Direction.INTERNAL, how, by=by)
    clock.set_dates(rights_request)


@in_turn
def waive(rights_request: RightsRequest, *, by: User) -> None:
    """No fee after all; the work begins."""
    need(by, "waive_fee")
    _answer(rights_request, FeeOutcome.WAIVED, "fee_waived", by=by)


@in_turn
def decline(rights_request: RightsRequest) -> None:
    """Too much: the request is taken back. That can be undone for 24 hours, like any taking back."""
    if waiting(rights_request) is None:
        raise workflow.overtaken(rights_request)
    workflow.withdraw(rights_request, by=REQUESTER)


def _answer(rights_request: RightsRequest, outcome: FeeOutcome, kind: str, *, by: By) -> None:
    unanswered = Fee.objects.unanswered().filter(rights_request=rights_request)
    if not unanswered.update(outcome=outcome, answered_at=timezone.now()):
        raise workflow.overtaken(rights_request)
    move(rights_request, Status.IN_PROGRESS, kind, by=by)


@in_turn
def paid(rights_request: RightsRequest, on: date, *, by: User) -> None:
    """The money came. Where a law's clock waited for it, its dates are counted from that day."""
    need(by, "fee_paid")
    owed = to_be_paid(rights_request)
    if owed is None:
        raise NotAllowed(_("There is no accepted fee here that waits to be paid."))
    if not timezone.localdate(owed.assessed_at) <= on <= timezone.localdate():
        raise NotAllowed(_("Choose the day the money came: not before the fee was told, and not later than today."))
    if not Fee.objects.filter(pk=owed.pk, paid_on=None).update(paid_on=on):
        raise workflow.overtaken(rights_request)
    clock.set_dates(rights_request)
    record(rights_request.pk, "fee_paid", by=actor(by), on=on.isoformat())
