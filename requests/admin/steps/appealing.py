"""Filing an appeal for somebody who called or wrote."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from primevox_privacy.staff.models import User
from requests import appeals, words
from requests.admin.steps.base import Group, Step, StepForm, day_field
from requests.deadlines import HOME
from requests.forms.fields import text_box
from requests.models import RightsRequest

NOON = time(12)  # the same calendar day at home and, nearly always, where the requester lives


class AppealForm(StepForm):
    """What the requester said, and the day it reached us."""

    reason = text_box(
        _("What the requester says, in their words"), _("Write what the requester says. They may read it."), 8000
    )
    reached_us_on = day_field(
        _("The day it reached us"), help_text=_("By telephone, mail or post. Its clock runs from that day.")
    )

    def clean_reached_us_on(self) -> date:
        day: date = self.cleaned_data["reached_us_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(gettext("Choose today or an earlier day."))
        closed_at = self.rights_request.closed_at
        if closed_at and day < timezone.localdate(closed_at):
            raise forms.ValidationError(
                gettext("Choose %(day)s, when we answered, or a later day.")
                % {"day": words.day(timezone.localdate(closed_at))}
            )
        return day


def _file(one: RightsRequest, given: dict[str, Any], by: User) -> None:
    reached_us_at = datetime.combine(given["reached_us_on"], NOON, HOME)
    appeals.file(one, given["reason"], by=by, received_at=min(reached_us_at, timezone.now()))


STEPS = (
    Step(
        "file_for_requester",
        _("File an appeal for the requester"),
        _("File it"),
        AppealForm,
        _file,
        lambda one, user: appeals.why_not_file(one, staff_ask=True) is None,
        _("When they told us by telephone, mail or post. One that comes late may be taken, too. They are told."),
        group=Group.ENDING,
        done=_("The appeal is filed. It has a reference and a page of its own."),
    ),
)
