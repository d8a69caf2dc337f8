"""The one question of an opt-out, checked before it is sent or, with Global Privacy Control, sent at once."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Hidden, Layout
from django import forms
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from requests import details
from requests.forms.fields import EXAMPLE_EMAIL, is_phone, line
from requests.forms.one_right import DetailsForm
from requests.terms import Right


class OptOutForm(DetailsForm):
    """The one address or number to stop, and nothing else (policy §6)."""

    right = Right.OPT_OUT
    why = _("so that we know what to stop. We use it only for this.")
    opt_out = line(
        details.QUESTIONS[right],
        _("Enter one e-mail address or one telephone number."),
        help_text=_("One is enough."),
        attrs={"autocomplete": "email"},
    )

    def clean_opt_out(self) -> str:
        value = self.cleaned_data["opt_out"].strip()
        if "@" in value:
            EmailValidator(message=EXAMPLE_EMAIL)(value)
        elif not is_phone(value):
            raise forms.ValidationError(_("Enter one e-mail address, or one telephone number with its area code."))
        return value


class OptOutAtOnceForm(OptOutForm):
    """The same where the answer is sent at once. `page_of`: which showing of the page it is."""

    submit_label = _("Send my opt-out")

    def __init__(self, page_of: str, typed: Any = None) -> None:
        super().__init__({}, typed)
        self.helper = FormHelper()
        self.helper.layout = Layout("opt_out", Hidden("page_of", page_of))
