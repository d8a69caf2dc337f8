"""Writing to the requester, with files."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from primevox_privacy.staff.models import User
from requests import clock, identity, workflow
from requests.admin.steps.base import Group, Step, StepForm, moves_target
from requests.forms.fields import LONGEST_MESSAGE, text_box
from requests.forms.files import FilesField, WithFiles
from requests.models import RightsRequest
from requests.terms import Status

WHERE_READ = _("They read it on their page. The mail that tells them of it carries none of it.")


def _files() -> FilesField:
    return FilesField(label=_("Files"), required=False)


class QuestionForm(StepForm, WithFiles):
    text = text_box(_("Question to the requester"), _("Write the question."), LONGEST_MESSAGE, help_text=WHERE_READ)
    stops_clock = forms.BooleanField(
        label=_("We cannot go on without the answer"),
        required=False,
        help_text=_("The clock of this law rests until the answer is in. Our own 14 days go on."),
    )
    attached = _files()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not clock.waits_for_answers(self.rights_request):
            del self.fields["stops_clock"]


class TellForm(StepForm, WithFiles):
    text = text_box(_("Message to the requester"), _("Write the message."), LONGEST_MESSAGE, help_text=WHERE_READ)
    attached = _files()


def _ask(one: RightsRequest, given: dict[str, Any], by: User) -> None:
    workflow.ask(one, given["text"], given["attached"], by=by, stops_clock=bool(given.get("stops_clock")))


def _tell(one: RightsRequest, given: dict[str, Any], by: User) -> None:
    workflow.tell(one, given["text"], given["attached"], by=by)


STEPS = (
    Step(
        "ask",
        _("Ask the requester"),
        _("Send the question to the requester"),
        QuestionForm,
        _ask,
        lambda one, user: one.status == Status.IN_PROGRESS and identity.can_be_told(one.submission),
        beside=moves_target,
        to_requester=True,
        group=Group.WRITE,
        key="r",
        done=_("The question stands on the requester’s page. We wait for their answer."),
    ),
    Step(
        "tell",
        _("Write to the requester"),
        _("Send to the requester"),
        TellForm,
        _tell,
        lambda one, user: identity.can_be_told(one.submission) and one.content_key.destroyed_at is None,
        _("They need not answer. The request stays where it stands."),
        to_requester=True,
        group=Group.WRITE,
        key="r",
        done=_("The message stands on the requester’s page."),
    ),
)
