"""The question pages that are the same for all rights: what you would like, where you live, how we reach you."""

from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from requests import about_whom, regimes, words
from requests.forms.fields import (
    LONGEST_ADDRESS,
    NOT_SAID,
    STATES_OF,
    Choice,
    email_field,
    is_phone,
    leave_unmarked,
    line,
    text_box,
)
from requests.terms import Capacity

WAYS = ("email", "phone", "postal_address")


class RightsForm(forms.Form):
    """What would you like?"""

    question_as_heading = True
    why = _("each wish has its own rules and its own date. You can tick several at once.")
    rights = forms.MultipleChoiceField(
        label=_("What would you like?"),
        help_text=_(
            "Tick all that you want. If you do not know which, tick the last one. If you ask for somebody else, “me” "
            "and “my” mean them."
        ),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Tick at least one. If you do not know which, tick “I am not sure”."),
            "invalid_choice": _("Tick only what is on the list. If you do not know which, tick “I am not sure”."),
            "invalid_list": _("Tick only what is on the list. If you do not know which, tick “I am not sure”."),
        },
    )

    def __init__(self, *args: Any, capacity: Capacity = Capacity.SELF, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        about = about_whom.of(capacity)
        field = cast(forms.MultipleChoiceField, self.fields["rights"])
        field.choices = [(right.value, Choice(*about.asked(right))) for right in words.ASKED]
        if about.for_another:
            field.help_text = _("Tick all that you want. If you do not know which, tick the last one.")


def _residences() -> list[tuple[Any, Any]]:
    """Places to live, for one list: the states and provinces that have a law of their own first."""
    groups: list[tuple[Any, Any]] = [
        ("", gettext("Choose a place")),
        (NOT_SAID, gettext("I would rather not say")),
    ]
    for country in STATES_OF:
        named = [(code, regimes.SUBDIVISION_NAMES[code]) for code in regimes.known_subdivisions(country)]
        groups.append((str(countries.name(country)), sorted(named, key=lambda pair: pair[1])))
    listed = {*STATES_OF, *(code.removeprefix("US-") for code in regimes.known_subdivisions("US"))}
    territories = listed & {"AS", "GU", "MP", "PR", "VI"}  # they stand among the states already
    others = [(code, str(name)) for code, name in countries if code not in {*STATES_OF, *territories}]
    return [*groups, (gettext("Other countries"), others)]


class ResidenceForm(forms.Form):
    """Where do you live? The law that applies is that of the person whose data it is."""

    question_as_heading = True
    why = _("some laws give more rights or an earlier date.")
    residence = forms.ChoiceField(
        help_text=_("The state, province or country is enough."),
        choices=lazy(_residences, list),
        error_messages={
            "required": _("Choose a place from the list, or “I would rather not say”."),
            "invalid_choice": _("Choose a place from the list, or “I would rather not say”."),
        },
    )

    def __init__(self, *args: Any, capacity: Capacity = Capacity.SELF, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["residence"].label = about_whom.of(capacity).where

    @staticmethod
    def before(answers: dict[str, Any]) -> dict[str, Any]:
        """What was answered here before."""
        return {"residence": answers["residence"] or NOT_SAID} if "residence" in answers else {}

    def answers(self) -> dict[str, Any]:
        chosen = self.cleaned_data["residence"]
        return {"residence": "" if chosen == NOT_SAID else chosen}


class ReachForm(forms.Form):
    """How can we reach you? One way is enough, and any will do: not everybody has mail."""

    why = _("to find what we hold, and to tell you when something is new.")
    name = line(
        _("Your name"),
        _("Enter your name."),
        help_text=_("In any language or script, as you like to be called."),
        attrs={"autocomplete": "name", "dir": "auto"},
    )
    email = email_field(
        _("Your e-mail address"),
        required=False,
        help_text=_(
            "We use it only for this request. Without it, the last page shows you a code. You come back with that code."
        ),
    )
    phone = line(_("Your telephone number"), attrs={"autocomplete": "tel", "inputmode": "tel"})
    postal_address = text_box(_("Your postal address"), None, LONGEST_ADDRESS, required=False, rows=3)
    also_known_by = line(
        "",
        help_text=_("It helps us find what we hold."),
        attrs={"dir": "auto"},
    )

    def __init__(self, *args: Any, capacity: Capacity = Capacity.SELF, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for way in WAYS:
            leave_unmarked(self.fields[way])  # one of them is needed
        self.fields["postal_address"].widget.attrs["autocomplete"] = "street-address"
        layout = ["name", Fieldset(_("One way to reach you is enough"), *WAYS)]
        if capacity is Capacity.COMPANY:
            del self.fields["also_known_by"]  # asked with the company
        else:
            self.fields["also_known_by"].label = about_whom.of(capacity).used_with_us
            layout.append("also_known_by")
        self.helper = FormHelper()
        self.helper.layout = Layout(*layout)

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"].strip()
        if typed and not is_phone(typed):
            raise forms.ValidationError(_("Enter a telephone number with its area code."))
        return typed

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(cleaned.get(way) or way in self.errors for way in WAYS):
            said = gettext("Give us one way to reach you: an e-mail address, a telephone number or a postal address.")
            self.add_error(WAYS[0], said)
        return cleaned

    def answers(self) -> dict[str, Any]:
        return self.cleaned_data | {"reached": True}
