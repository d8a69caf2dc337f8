"""What a step is: a verb with its small form, when it is offered, the call it makes, and what is said after it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from primevox_privacy.staff.models import User
from requests import clock, words
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


class KeyedRadios(forms.RadioSelect):
    """Choices that single keys take, for whoever turned keys on: the key of each value, or one for each in turn."""

    def __init__(self, keys: dict[str, str] | str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = keys

    def create_option(
        self, name: str, value: Any, label: Any, selected: bool, index: int, subindex: Any = None, attrs: Any = None
    ) -> dict[str, Any]:
        made = super().create_option(name, value, label, selected, index, subindex, attrs)
        key = self.keys.get(value) if isinstance(self.keys, dict) else self.keys[index : index + 1]
        if key:
            made["attrs"]["data-key"] = key
        return made


class Group(Enum):
    """Under which heading of the case page a step stands."""

    WORK = "work"
    SEARCH = "search"
    MESSAGES = "messages"
    FILES = "files"
    ENDING = "ending"
    MONEY = "money"
    STOP = "stop"
    FACTS = "facts"  # beside the facts that it shows
    WRITE = "write"  # in the panel where one writes


# The other groups have a panel of their own.
HEADINGS = {
    Group.WORK: _("Work"),
    Group.SEARCH: _("Systems to search"),
    Group.MESSAGES: _("Messages"),
    Group.FILES: _("Files"),
    Group.ENDING: _("Ending"),
    Group.MONEY: _("Money"),
    Group.STOP: _("Stop and hold"),
}


@dataclass(frozen=True)
class Step:
    """One verb as the case page offers it. `done` is a sentence, or makes one of the request as it stands after."""

    verb: str
    title: Any
    button: Any
    form: type[StepForm]
    call: Callable[[RightsRequest, dict[str, Any], User], Any]
    offered: Callable[[RightsRequest, User], bool]
    note: Any = ""
    beside: Callable[[RightsRequest], str] = lambda one: ""  # what it means for this one request; beside its button
    reveals: Any = ""  # says what the call gives back, where the page shows that once
    unmasks: bool = False  # whether the page shows names and contacts in the answer to it
    to_requester: bool = False  # whether what is typed goes to the requester as typed; then it can be read first
    group: Group = Group.WORK
    done: Any = ""
    key: str = ""  # opens it, for whoever turned keys on
    keys_unfold: bool = False  # the keys of its choices open it, too
    while_frozen: bool = False  # whether its verb may be called while the request is frozen

    @property
    def boxes(self) -> list[str]:
        """The boxes in which one writes: what is typed there is worth keeping."""
        fields = self.form.base_fields.items()
        return [name for name, field in fields if isinstance(field.widget, forms.Textarea)]

    @property
    def has_fields(self) -> bool:
        return self.form is not NoFields

    def said(self, one: RightsRequest) -> str:
        """What the page says once the step was taken."""
        return str(self.done(one) if callable(self.done) else self.done)


def status(*allowed: Status) -> Callable[[RightsRequest, User], bool]:
    return lambda one, user: one.status in allowed


def others_draft(one: RightsRequest, user: User) -> bool:
    """Who drafted an answer is not offered to release it."""
    return one.status == Status.IN_REVIEW and one.answers.in_review().exclude(drafted_by=user).exists()


def letter_done(one: RightsRequest) -> Any:
    """A letter either waits for its second reader or has left."""
    if one.is_open:
        return _("The letter is written. Another approver reads it before it leaves.")
    return _("The letter has left, and the request is closed.")


def moves_target(one: RightsRequest) -> str:
    """What asking the requester for something today does to our own target; empty where it stays."""
    until = clock.time_to_answer(one)
    if until is None:
        return ""
    return gettext("Asking moves our own target to %(day)s and tells them so, so that they have time to answer.") % {
        "day": words.day(until)
    }


def is_open(one: RightsRequest, user: User) -> bool:
    return one.is_open


def is_answerable(one: RightsRequest, user: User) -> bool:
    return one.status in (Status.IN_PROGRESS, Status.WAITING) and one.right != Right.UNSURE
