"""A new code for somebody who lost theirs, given by a verifier who made sure whom they speak to."""

from django import forms
from django.utils.translation import gettext_lazy as _

from primevox_privacy.staff.models import User
from requests import continuation
from requests.admin.steps.base import Group, Step, StepForm
from requests.models import RightsRequest


class MadeSureForm(StepForm):
    made_sure = forms.BooleanField(
        label=_(
            "I called back the number of our own record, or this person stands before me, or it goes by letter to the "
            "address of our own record"
        ),
        error_messages={"required": _("First call back the number of our own record. Then tick this.")},
    )


def _can_come_back(one: RightsRequest, user: User) -> bool:
    return one.submission.contact_key.destroyed_at is None


STEPS = (
    Step(
        "new_continuation_code",
        _("Give a new code to come back"),
        _("Make the code"),
        MadeSureForm,
        lambda one, given, by: continuation.replace(one.submission, by=by),
        _can_come_back,
        _("For somebody who lost theirs, or has no mail. It replaces the one before, and is shown once."),
        reveals=_("The new code. Read it out now: it is shown only once."),
        group=Group.MESSAGES,
        done=_("The code that they had before no longer works."),
    ),
)
