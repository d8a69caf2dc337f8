"""A requester wants to be reached elsewhere and cannot show both addresses: a verifier makes sure who asks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from primevox_privacy.staff.models import User
from requests import changing_contact
from requests.admin.steps.base import CHOOSE, Group, Step, StepForm
from requests.forms.fields import LONGEST_MESSAGE, text_box
from requests.models import RightsRequest
from requests.terms import ChangeOutcome

ACCEPT, REFUSE = "accept", "refuse"


class ContactChangeForm(StepForm):
    decision = forms.ChoiceField(
        label=_("The new contact"),
        choices=[
            (ACCEPT, _("I made sure who asks: from now on we write there")),
            (REFUSE, _("I could not be sure: we write as before")),
        ],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    reason = text_box(
        _("How you made sure, or why you could not"),
        _("Write how you made sure who asks, or why you could not."),
        LONGEST_MESSAGE,
        rows=3,
        help_text=_("This stays here as an internal note."),
    )


def _decide(one: RightsRequest, given: dict[str, Any], by: User) -> None:
    changing_contact.decide(one, given["decision"] == ACCEPT, given["reason"], by=by)


def waits(one: RightsRequest, user: User | None = None) -> bool:
    change = changing_contact.open_of(one.submission)
    return change is not None and change.by_staff


def wanted(one: RightsRequest) -> str:
    """The contact that waits, as the requester typed it; empty where none does."""
    change = changing_contact.open_of(one.submission)
    return ", ".join(filter(None, change.after.values())) if change and change.by_staff else ""


def before(one: RightsRequest) -> str:
    """Where they were reached before the last change, in case that was not theirs; empty where nothing changed."""
    taken = one.submission.contact_changes.filter(outcome=ChangeOutcome.TAKEN).select_related("contact_key")
    last = taken.order_by("ended_at").last()
    return ", ".join(filter(None, last.before.values())) if last else ""


STEPS = (
    Step(
        "decide_contact_change",
        _("Decide on the new contact"),
        _("Record the decision"),
        ContactChangeForm,
        _decide,
        waits,
        _(
            "Call back the number of our own record, or write to the address of our own record. Where it is accepted, "
            "identity is asked for once more. Somebody without mail then needs a new code to come back."
        ),
        group=Group.MESSAGES,
        done=_("The decision on the new contact is recorded, and they are told."),
    ),
)
