"""A hold: placed with reason, owner and end, and lifted (policy §11)."""

from typing import Any, cast

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from primevox_privacy.staff.models import User
from requests import holds, roles, words
from requests.admin.steps.base import CHOOSE, Group, Step, StepForm, day_field
from requests.forms.fields import text_box
from requests.models import Hold, RightsRequest


class PlaceForm(StepForm):
    reason = text_box(_("Why the data has to be kept"), _("Write why the data has to be kept."), 8000, rows=3)
    owner = forms.ModelChoiceField(
        User.objects.filter(is_active=True, groups__name__in=roles.MAY["lift_hold"]).distinct().order_by("first_name"),
        label=_("Whose hold it is"),
        help_text=_("They are reminded a week before it ends, and can lift it."),
        error_messages=CHOOSE,
    )
    ends_on = day_field(_("Last day of the hold"), help_text=_("At most a year from now."))


class WhichHold(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        said = {"owner": obj.owner, "day": words.day(obj.ends_on), "why": Truncator(obj.reason or "").chars(80)}
        return gettext("%(owner)s, until %(day)s: %(why)s") % said


class LiftForm(StepForm):
    hold = WhichHold(Hold.objects.none(), label=_("Which hold"), error_messages=CHOOSE, empty_label=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["hold"]).queryset = standing(self.rights_request)


def standing(one: RightsRequest):
    return Hold.objects.standing().filter(rights_request=one).select_related("owner", "rights_request", "record_key")


STEPS = (
    Step(
        "place_hold",
        _("Place a hold"),
        _("Place it"),
        PlaceForm,
        lambda one, given, by: holds.place(one, given["reason"], given["owner"], given["ends_on"], by=by),
        lambda one, user: one.record_key.destroyed_at is None,
        _("Nothing of what was sent together is destroyed or deleted while it stands."),
        group=Group.STOP,
        done=_("The hold stands."),
        while_frozen=True,
    ),
    Step(
        "lift_hold",
        _("Lift a hold"),
        _("Lift it"),
        LiftForm,
        lambda one, given, by: holds.lift(given["hold"], by=by),
        lambda one, user: standing(one).exists(),
        _("What was due meanwhile is destroyed within a minute. This cannot be undone."),
        group=Group.STOP,
        done=_("The hold is lifted."),
        while_frozen=True,
    ),
)
