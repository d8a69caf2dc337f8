"""The forms in which a rule is tried on a made-up case. They keep nothing, so they are sent by GET."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests import words
from requests.admin.steps.base import CHOOSE
from requests.forms.asking import ResidenceForm
from requests.forms.fields import NOT_SAID, day_field, leave_unmarked
from requests.statute import APPEAL
from requests.terms import Ending, Right

YEARS = range(2000, 2200)  # outside, no law that we know was there


class MadeUpCase(ResidenceForm):
    """Where somebody lives, and when their request reached us."""

    question_as_heading = False
    received = day_field(gettext_lazy("Received on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["residence"].label = _("Lives in")
        self.fields["residence"].help_text = ""

    def clean_received(self) -> date:
        return _of_our_time(self.cleaned_data["received"])

    @property
    def lives_in(self) -> str | None:
        chosen: str = self.cleaned_data["residence"]
        return None if chosen == NOT_SAID else chosen


def _of_our_time(day: date) -> date:
    if day.year not in YEARS:
        raise forms.ValidationError(_("Choose a day of our time, like 2026-12-24."))
    return day


def _rights() -> list[tuple[str, Any]]:
    return [*((right.value, label) for right, label in words.RIGHTS.items()), (APPEAL, _("A second look at an answer"))]


class LawSample(MadeUpCase):
    right = forms.ChoiceField(label=gettext_lazy("Right"), choices=_rights, error_messages=CHOOSE)
    field_order = ("right", "residence", "received")


class RetentionSample(MadeUpCase):
    closed = day_field(gettext_lazy("Closed on"))
    ending = forms.ChoiceField(
        label=gettext_lazy("How it ended"),
        choices=[(ending.value, label) for ending, label in words.ENDINGS.items()],
        error_messages=CHOOSE,
    )
    with_files = forms.BooleanField(label=gettext_lazy("Files went out with the answer"), required=False)
    field_order = ("residence", "received", "closed", "ending", "with_files")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leave_unmarked(self.fields["with_files"])

    def clean_closed(self) -> date:
        return _of_our_time(self.cleaned_data["closed"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        received, closed = cleaned.get("received"), cleaned.get("closed")
        if received and closed and closed < received:
            self.add_error("closed", _("Choose the day of receipt or a later one."))
        return cleaned

    @property
    def ended(self) -> Ending:
        return Ending(self.cleaned_data["ending"])


def rights_named(asked: str) -> Any:
    """The name of what was chosen: a right, or a second look."""
    return _("A second look at an answer") if asked == APPEAL else words.RIGHTS[Right(asked)]
