"""A fee: told with its reason before work, accepted, waived, paid (policy §7)."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from primevox_privacy.staff.models import User
from requests import fees, grounds, regimes
from requests.admin.steps.base import CHOOSE, Group, NoFields, Step, StepForm, day_field, moves_target
from requests.forms.fields import text_box
from requests.models import RightsRequest
from requests.terms import Status

AN_AMOUNT = _("Enter an amount in dollars, like 25.00.")


class AssessForm(StepForm):
    """What it costs and why. What the law of the residence says stands beside it."""

    amount = forms.DecimalField(
        label=_("Amount in US dollars"),
        min_value=Decimal("0.01"),
        max_value=fees.MOST,
        decimal_places=2,
        error_messages={
            "required": AN_AMOUNT,
            "invalid": AN_AMOUNT,
            "max_decimal_places": AN_AMOUNT,
            "min_value": _("Enter more than nothing."),
            "max_value": _("Enter no more than %(limit_value)s dollars."),
        },
    )
    ground = forms.ChoiceField(label=_("On which ground"), widget=forms.RadioSelect, error_messages=CHOOSE)
    reason = text_box(
        _("Why, in your own words"), _("Write why, in plain words. The requester reads them."), 8000, rows=3
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = [(one, grounds.ground(one).summary) for one in fees.GROUNDS]  # type: ignore[attr-defined]
        self.fields["amount"].help_text = what_the_law_says(self.rights_request)


def what_the_law_says(one: RightsRequest) -> str:
    """What is free by the law of the residence, and what may cost."""
    law = regimes.by_id(one.regime)
    paid = law.fee.paid or gettext("nothing, so no fee can be told")
    return gettext("%(law)s. Free: %(free)s. May cost: %(paid)s. (%(confidence)s)") % {
        "law": law.name,
        "free": law.fee.free,
        "paid": paid,
        "confidence": law.fee.confidence,
    }


class PaidForm(StepForm):
    on = day_field(_("The day the money came"))


class AcceptForm(StepForm):
    text = text_box(
        _("When and how the requester told us"), _("Write when and how the requester told us."), 8000, rows=2
    )


def _accept(one: RightsRequest, given: dict[str, Any], by: User) -> None:
    fees.accept(one, by=by, how=given["text"])


def _paid(one: RightsRequest, given: dict[str, Any], by: User) -> None:
    on: date = given["on"]
    fees.paid(one, on, by=by)


def _waits(one: RightsRequest, user: User) -> bool:
    return fees.waiting(one) is not None


STEPS = (
    Step(
        "assess_fee",
        _("Tell a fee"),
        _("Tell the requester"),
        AssessForm,
        lambda one, given, by: fees.assess(one, given["amount"], given["ground"], given["reason"], by=by),
        lambda one, user: one.status == Status.IN_PROGRESS and fees.of(one) is None and not one.answers.exists(),
        _("Only before any work. They accept it, or take the request back. Our 14 days do not wait."),
        beside=moves_target,
        group=Group.MONEY,
        done=_("The requester is told of the fee. We wait for their word."),
    ),
    Step(
        "accept_fee_for_requester",
        _("Accept the fee on the requester's behalf"),
        _("Accept it"),
        AcceptForm,
        _accept,
        _waits,
        _("Only when the requester told us so."),
        group=Group.MONEY,
        done=_("The fee is accepted. Work can begin."),
    ),
    Step(
        "waive_fee",
        _("Waive the fee"),
        _("Waive it"),
        NoFields,
        lambda one, given, by: fees.waive(one, by=by),
        _waits,
        group=Group.MONEY,
        done=_("There is no fee any more. Work can begin."),
        while_frozen=True,
    ),
    Step(
        "fee_paid",
        _("The fee was paid"),
        _("Record it"),
        PaidForm,
        _paid,
        lambda one, user: fees.to_be_paid(one) is not None,
        _("Where a law waits for the money, its date is counted from this day."),
        group=Group.MONEY,
        done=_("The payment is recorded."),
        while_frozen=True,
    ),
)
