"""When it reached us, put right by two persons."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from primevox_privacy.staff.models import User
from requests import receipt_times
from requests.admin.steps.base import NoFields, Step, StepForm, day_field
from requests.forms.fields import text_box
from requests.models import RightsRequest


class ReceiptForm(StepForm):
    day = day_field(_("Day on which it reached us"))
    at = forms.TimeField(
        label=_("Time"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Noon if you leave it empty."),
        error_messages={"invalid": _("Enter a time like 14:30.")},
    )
    reason = text_box(_("How you know"), _("Write how you know."), 2000, rows=3, help_text=_("Only staff read it."))

    def received_at(self) -> datetime:
        given = self.cleaned_data
        return timezone.make_aware(datetime.combine(given["day"], given["at"] or time(12)))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not {"day", "at"} & set(self.errors):
            given["received_at"] = self.received_at()
        return given


def _waits_for(one: RightsRequest, user: User) -> bool:
    """Who proposed it is not offered to confirm it."""
    proposed = receipt_times.waiting(one)
    return proposed is not None and proposed.proposed_by_id != user.pk


STEPS = (
    Step(
        "confirm_receipt",
        _("Confirm another time of receipt"),
        _("Confirm it"),
        NoFields,
        lambda one, given, by: receipt_times.confirm(one, by=by),
        _waits_for,
        _("A colleague proposed it and wrote why. All dates are counted anew, and the requester is told."),
        beside=receipt_times.proposal,
        done=_("The time of receipt is put right, and the dates with it."),
    ),
    Step(
        "decline_receipt",
        _("Decline another time of receipt"),
        _("Decline it"),
        NoFields,
        lambda one, given, by: receipt_times.decline(one, by=by),
        lambda one, user: receipt_times.waiting(one) is not None,
        _("The time stays as it is. Who proposed another takes it back in the same way."),
        done=_("The time of receipt stays as it is."),
        while_frozen=True,
    ),
    Step(
        "propose_receipt",
        _("Say when it really reached us"),
        _("Propose it"),
        ReceiptForm,
        lambda one, given, by: receipt_times.propose(one, given["received_at"], given["reason"], by=by),
        lambda one, user: (
            one.is_open and receipt_times.why_not_change(one.submission) is None and receipt_times.waiting(one) is None
        ),
        _("Nothing changes until an approver, other than you, confirms it."),
        done=_("It is proposed. An approver needs to confirm it."),
        while_frozen=True,
    ),
)
