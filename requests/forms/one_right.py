"""What the pages with the questions of one right have in common."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from requests import details
from requests.details import Given
from requests.terms import Right

DAYS = ("data_from", "data_until")


class DetailsForm(forms.Form):
    """The questions of one right. `given`: what was answered before."""

    question_as_heading = True
    why: Any = _("so that we do just what you want, and do not need to ask you back.")
    right: ClassVar[Right]
    is_done = True  # whether the page was sent to go on, and not to get one box more or less

    def __init__(self, given: Given, typed: Any = None) -> None:
        super().__init__(typed, initial=self.before(given))

    @property
    def title(self) -> Any:
        return details.QUESTIONS[self.right]

    @staticmethod
    def before(given: Given) -> dict[str, Any]:
        """What was answered here before, by field."""
        return given

    def given(self) -> Given:
        """What is kept: answers that say something, days as text, since it is sealed as JSON."""
        said = {name: value for name, value in self.cleaned_data.items() if value}
        return {name: value.isoformat() if name in DAYS else value for name, value in said.items()}
