"""How sure we need to be for this one request: sensitive data, more proof, or less by two persons."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from primevox_privacy.staff.models import User
from requests import raising, words
from requests.admin.steps.base import CHOOSE, NoFields, Step, StepForm
from requests.assurance import Sensitive
from requests.forms.fields import text_box
from requests.models import RightsRequest
from verification.levels import AssuranceLevel


class SensitiveForm(StepForm):
    kinds = forms.MultipleChoiceField(
        label=_("What it touches"),
        choices=[(kind.value, label) for kind, label in words.SENSITIVE.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one."), "invalid_choice": _("Choose only from the list.")},
    )


class LevelForm(StepForm):
    more = True
    level = forms.TypedChoiceField(label=_("Level"), coerce=int, error_messages=CHOOSE)
    reason = text_box(_("Why"), _("Write why."), 2000, rows=3, help_text=_("Only staff read it. It stays on record."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = raising.offers(self.rights_request, more=self.more)
        cast(forms.ChoiceField, self.fields["level"]).choices = offered


class LessForm(LevelForm):
    more = False


def _changeable(one: RightsRequest, user: User) -> bool:
    return raising.why_not_change(one) is None


def _may_go(one: RightsRequest, *, more: bool) -> bool:
    return raising.why_not_change(one) is None and bool(raising.offers(one, more=more))


def _waits_for(one: RightsRequest, user: User) -> bool:
    """Who proposed it is not offered to confirm it."""
    proposed = raising.waiting(one)
    return proposed is not None and proposed.proposed_by_id != user.pk and raising.why_not_change(one) is None


STEPS = (
    Step(
        "confirm_lower_level",
        _("Confirm that less proof is enough"),
        _("Confirm it"),
        NoFields,
        lambda one, given, by: raising.confirm_lower_level(one, by=by),
        _waits_for,
        _("A colleague proposed it and wrote why; see above. From then on the lower level counts."),
        done=_("Less proof is enough now."),
    ),
    Step(
        "refuse_lower_level",
        _("Refuse that less proof is enough"),
        _("Refuse it"),
        NoFields,
        lambda one, given, by: raising.refuse_lower_level(one, by=by),
        lambda one, user: raising.waiting(one) is not None,
        _("The level stays as it is. Who proposed it takes it back in the same way."),
        done=_("The level stays as it is."),
        while_frozen=True,
    ),
    Step(
        "mark_sensitive",
        _("Mark it: touches sensitive data"),
        _("Mark it"),
        SensitiveForm,
        lambda one, given, by: raising.mark_sensitive(one, [Sensitive(kind) for kind in given["kinds"]], by=by),
        lambda one, user: not one.sensitive and _changeable(one, user),
        _("The table of levels may then ask for more proof. The mark stays."),
        done=lambda one: gettext("It is marked. It needs %(level)s.") % {"level": one.needs.name},
        while_frozen=True,
    ),
    Step(
        "raise_level",
        _("Ask for more proof"),
        _("Raise the level"),
        LevelForm,
        lambda one, given, by: raising.raise_level(one, AssuranceLevel(given["level"]), given["reason"], by=by),
        lambda one, user: _may_go(one, more=True),
        _("The requester is told that something waits for them, if more is asked of them now."),
        done=_("The level is raised."),
        while_frozen=True,
    ),
    Step(
        "lower_level",
        _("Propose that less proof is enough"),
        _("Propose it"),
        LessForm,
        lambda one, given, by: raising.lower_level(one, AssuranceLevel(given["level"]), given["reason"], by=by),
        lambda one, user: _may_go(one, more=False) and raising.waiting(one) is None,
        _("Nothing changes until an approver, other than you, confirms it."),
        done=_("It is proposed. An approver needs to confirm it."),
    ),
)
