"""How we reach you from now on, and the two codes that go with it."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from requests import continuation
from requests.forms.coming_back import AS_PRINTED
from requests.forms.fields import (
    CODE_DIGITS,
    LONGEST_ADDRESS,
    SHORTEST_NUMBER,
    email_field,
    leave_unmarked,
    line,
    text_box,
)

WAYS = ("email", "phone", "postal_address")
SIX_DIGITS = {"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}


class ContactForm(forms.Form):
    """One new way is enough."""

    submit_label = _("Go on")
    why = _("it tells us where you want our mail and calls. It never shows that it is you.")
    email = email_field(
        _("Your new e-mail address"), required=False, help_text=_("We send a code there, and one to the old address.")
    )
    phone = line(
        _("Your new telephone number"),
        help_text=_("Without an e-mail address, our team first makes sure that it is you."),
        attrs={"autocomplete": "tel", "inputmode": "tel"},
    )
    postal_address = text_box(_("Your new postal address"), None, LONGEST_ADDRESS, required=False, rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for way in WAYS:
            leave_unmarked(self.fields[way])  # one of them is needed
        self.fields["postal_address"].widget.attrs["autocomplete"] = "street-address"
        self.helper = FormHelper()
        self.helper.layout = Layout(Fieldset(_("One new way to reach you is enough"), *WAYS))

    def clean_phone(self) -> str:
        typed: str = self.cleaned_data["phone"].strip()
        if typed and sum(character.isdecimal() for character in typed) < SHORTEST_NUMBER:
            raise forms.ValidationError(_("Enter a telephone number with its area code."))
        return typed

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(cleaned.get(way) or way in self.errors for way in WAYS):
            said = gettext("Give us one new way: an e-mail address, a telephone number or a postal address.")
            self.add_error(WAYS[0], said)
        return cleaned


class ContactCodesForm(forms.Form):
    """Both codes on one page."""

    submit_label = _("Change how you reach me")
    why = _("together they show that both addresses are yours.")
    old_code = line(
        _("The code that we sent to the old address"),
        _("Enter the six digits from our mail to the old address."),
        20,
        help_text=_("Six digits. It is good for ten minutes."),
        attrs=SIX_DIGITS,
    )
    new_code = line(
        _("The code that we sent to the new address"),
        _("Enter the six digits from our mail to the new address."),
        20,
        help_text=_("Six digits. It is good for ten minutes."),
        attrs=SIX_DIGITS,
    )

    def __init__(self, *args: Any, by_paper: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_paper = by_paper
        if by_paper:
            self.fields["old_code"] = line(
                _("Your code on paper"),
                _("Enter the code that you wrote down or printed."),
                60,
                help_text=_("Four groups of four letters and digits, for example 4Q7H-Z2KD-9MXC-0TRP."),
                attrs=AS_PRINTED,
            )

    def clean_old_code(self) -> str:
        """A slip of the fingers does not cost a try."""
        typed = self.cleaned_data["old_code"]
        if not self.by_paper:
            return _digits(typed, _("Enter the six digits from our mail to the old address."))
        found = continuation.normalised(typed)
        if found is None:
            raise forms.ValidationError(
                _("Check the code: it has sixteen letters and digits, like 4Q7H-Z2KD-9MXC-0TRP. One seems off.")
            )
        return found

    def clean_new_code(self) -> str:
        return _digits(self.cleaned_data["new_code"], _("Enter the six digits from our mail to the new address."))


def _digits(typed: str, missing: Any) -> str:
    digits = "".join(character for character in typed if character.isdecimal())
    if len(digits) != CODE_DIGITS:
        raise forms.ValidationError(missing)
    return digits
