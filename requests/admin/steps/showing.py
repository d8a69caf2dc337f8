"""Looking at names, addresses and numbers, which are masked otherwise."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from primevox_privacy.staff.models import User
from requests import showing, words
from requests.admin.steps.base import CHOOSE, Group, Step, StepForm
from requests.forms.fields import text_box
from requests.models import RightsRequest
from requests.terms import WhyShown


class ShowForm(StepForm):
    why = forms.ChoiceField(
        label=_("What you need them for"),
        choices=[(why.value, label) for why, label in words.WHY_SHOWN.items()],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    text = text_box(
        _("In your words"),
        None,
        1000,
        required=False,
        rows=2,
        help_text=_("Needed for something else. It is kept as an internal note."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("why") == WhyShown.OTHER and not cleaned.get("text", "").strip():
            self.add_error("text", _("Write what you need it for."))
        return cleaned


def _show(one: RightsRequest, given: dict[str, Any], by: User) -> None:
    showing.show_contact(one, WhyShown(given["why"]), given["text"], by=by)


STEPS = (
    Step(
        "show_contact",
        _("Show names and contacts"),
        _("Show them"),
        ShowForm,
        _show,
        lambda one, user: one.submission.contact_key.destroyed_at is None,
        _("Until you leave this page. Your name, the time and your reason are recorded."),
        unmasks=True,
        group=Group.FACTS,
        done=_("Names and contacts are shown until you leave this page. That you looked is recorded."),
        while_frozen=True,
    ),
)
