"""Passing a request on to a colleague, and taking that back."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from requests import assigning
from requests.admin.steps.base import CHOOSE, NoFields, Step, StepForm


class AssignForm(StepForm):
    to: Any = forms.ModelChoiceField(label=_("To whom"), queryset=None, error_messages=CHOOSE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["to"]).queryset = assigning.people()


STEPS = (
    Step(
        "assign",
        _("Pass it on"),
        _("Pass it on"),
        AssignForm,
        lambda one, given, by: assigning.assign(one, given["to"], by=by),
        lambda one, user: one.is_open,
        _("For 24 hours this can be undone."),
        key="a",
        done=lambda one: _("%(who)s has it now.") % {"who": one.handler},
        while_frozen=True,
    ),
    Step(
        "undo_assign",
        _("Undo passing it on"),
        _("Undo it"),
        NoFields,
        lambda one, given, by: assigning.undo_assign(one, by=by),
        lambda one, user: one.is_open and assigning.last_assignment(one) is not None,
        done=_("It is back with who had it before."),
        while_frozen=True,
    ),
)
