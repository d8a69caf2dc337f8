"""What stands on a case page about a fee and about holds."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from requests import fees, grounds, words
from requests.models import Fee, Hold, RightsRequest
from requests.terms import FeeOutcome


def fees_and_holds(one: RightsRequest) -> dict[str, Any]:
    """The context of `admin/requests/fees_and_holds.html`."""
    told = fees.of(one)
    of_all = Hold.objects.over(one.submission_id).select_related("record_key", "owner", "lifted_by", "rights_request")
    return {
        "fee": _fee(told) if told else None,
        "holds": [_hold(hold) for hold in of_all.order_by("-placed_at")],
    }


def _fee(told: Fee) -> dict[str, Any]:
    return {
        "amount": words.dollars(told.amount),
        "ground": grounds.ground(told.ground).summary,
        "reason": told.reason,
        "by": told.assessed_by,
        "at": timezone.localtime(told.assessed_at),
        "state": _state(told),
    }


def _state(told: Fee) -> str:
    if not told.outcome:
        return _("Told; waits for the requester's word")
    if told.paid_on:
        return _("Accepted, and paid on %(day)s") % {"day": words.day(told.paid_on)}
    if told.outcome == FeeOutcome.ACCEPTED:
        return _("Accepted; not paid yet")
    return str(words.FEE_OUTCOMES[FeeOutcome(told.outcome)])


def _hold(hold: Hold) -> dict[str, Any]:
    return {
        "stands": hold.lifted_at is None,
        "on": hold.rights_request,
        "reason": hold.reason,
        "owner": hold.owner,
        "placed_at": timezone.localtime(hold.placed_at),
        "ends_on": words.day(hold.ends_on),
        "lifted_at": timezone.localtime(hold.lifted_at) if hold.lifted_at else None,
        "lifted_by": hold.lifted_by,
    }
