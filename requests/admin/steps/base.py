"""What a step is: a verb with its small form, when it is offered, and the call it makes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from primevox_privacy.staff.models import User
from requests.forms.fields import day_field as day_field
from requests.models import RightsRequest
from requests.terms import Right, Status

CHOOSE = {"required": _("Choose one."), "invalid_choice": _("Choose one from the list.")}


class StepForm(forms.Form):
    """A form that knows its request, so that it offers only what fits."""

    def __init__(self, rights_request: RightsRequest, *args: Any, **kwargs: Any) -> None:
        self.rights_request = rights_request
        super().__init__(*args, **kwargs)


class NoFields(StepForm):
    pass


@dataclass(frozen=True)
class Step:
    """One verb as the case page offers it."""

    verb: str
    title: Any
    button: Any
    form: type[StepForm]
    call: Callable[[RightsRequest, dict[str, Any], User], Any]
    offered: Callable[[RightsRequest, User], bool]
    note: Any = ""
    reveals: Any = ""  # says what the call gives back, where the page shows that once


def status(*allowed: Status) -> Callable[[RightsRequest, User], bool]:
    return lambda one, user: one.status in allowed


def others_draft(one: RightsRequest, user: User) -> bool:
    """Who drafted an answer is not offered to release it."""
    return one.status == Status.IN_REVIEW and one.answers.in_review().exclude(drafted_by=user).exists()


def is_open(one: RightsRequest, user: User) -> bool:
    return one.is_open


def is_answerable(one: RightsRequest, user: User) -> bool:
    return one.status in (Status.IN_PROGRESS, Status.WAITING) and one.right != Right.UNSURE
