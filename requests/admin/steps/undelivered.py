"""When a letter did not arrive: somebody reaches its reader in another way, and says so."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from primevox_privacy.staff.models import User
from requests import undelivered
from requests.admin.steps.base import Group, Step, StepForm
from requests.forms.fields import LONGEST_MESSAGE, text_box
from requests.models import RightsRequest


class ReachedForm(StepForm):
    how = text_box(
        _("How and when you reached them, and what you told them"),
        _("Write how and when you reached them."),
        LONGEST_MESSAGE,
        help_text=_("This stays here as an internal note."),
    )


def _settle(one: RightsRequest, given: dict[str, Any], by: User) -> None:
    undelivered.settle(one, given["how"], by=by)


def waits(one: RightsRequest, user: User | None = None) -> bool:
    return undelivered.of(one.submission_id).exists()


STEPS = (
    Step(
        "settle_letters",
        _("I reached them in another way"),
        _("They know now"),
        ReachedForm,
        _settle,
        waits,
        _("For the letters that could not be delivered."),
        group=Group.MESSAGES,
        done=_("Thank you. The letters that did not arrive no longer wait."),
        while_frozen=True,
    ),
)
