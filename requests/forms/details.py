"""The few questions that each right has beside its name, one page for each right. What they mean: `details.py`."""

from typing import Any, ClassVar, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from requests import details
from requests.details import Consent, Scope, SendTo, Use
from requests.forms.corrections import CorrectForm
from requests.forms.fields import Choice, day_field, leave_unmarked, line, pick, text_box
from requests.forms.one_right import DAYS, DetailsForm
from requests.forms.opting_out import OptOutForm
from requests.terms import Right

TICK_ONE = {
    "required": _("Tick at least one, or write in the box what you mean."),
    "invalid_choice": _("Tick only what is on the list."),
    "invalid_list": _("Tick only what is on the list."),
}


class DaysForm(DetailsForm):
    """For rights of which one can mean certain days only."""

    data_from = day_field(_("From this day"), required=False)
    data_until = day_field(_("Until this day"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("data_from"), cleaned.get("data_until")
        if first and last and last < first:
            self.add_error("data_until", gettext("Check this day: it lies before the first one."))
        return cleaned

    @staticmethod
    def days() -> Fieldset:
        """Both days, as a group of their own."""
        return Fieldset(_("Do you mean certain days only?"), *DAYS)


class RestrictForm(DaysForm):
    """Which data, or which use of it."""

    right = Right.RESTRICT
    question_as_heading = False
    said = text_box(
        _("Which data, or which use of it?"),
        _("Write which data or which use we should limit."),
        help_text=_("For example: “Keep my call records, but do not use them until we have cleared this up.”"),
    )
    field_order = ("said", *DAYS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout("said", self.days())


class SomeOrAllForm(DetailsForm):
    """All of it, or a part that is named."""

    question_as_heading = False
    scope = forms.ChoiceField(
        label=_("How much of it?"),
        widget=forms.RadioSelect,
        error_messages=pick(_("Choose whether you mean everything or only some.")),
    )
    said = text_box(_("If only some: which data?"), None, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["scope"]).choices = list(details.SCOPES[self.right].items())
        leave_unmarked(self.fields["said"])  # its label says when

    def clean(self) -> dict[str, Any]:
        """Who names a part and ticks all is asked what they mean: more than they want is never done."""
        cleaned = super().clean() or {}
        named = any(cleaned.get(name) for name in ("said", *DAYS))
        if cleaned.get("scope") == Scope.SOME and not named and "said" not in self.errors:
            self.add_error("said", gettext("Write which data you mean."))
        if cleaned.get("scope") == Scope.ALL and named:
            said = gettext("You named a part below. Choose “%(some)s”, or empty what is below.")
            self.add_error("scope", said % {"some": details.SCOPES[self.right][Scope.SOME]})
        return cleaned


class DeleteForm(SomeOrAllForm, DaysForm):
    """Everything, or what."""

    right = Right.DELETE
    field_order = ("scope", "said", *DAYS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope"].help_text = _("Some of it a law may make us keep. Then we tell you what, and why.")
        self.fields["said"].help_text = _("For example: “The recordings of my calls with your support.”")
        self.helper = FormHelper()
        self.helper.layout = Layout("scope", "said", self.days())


class LimitSensitiveForm(SomeOrAllForm):
    """Which sensitive data."""

    right = Right.LIMIT_SENSITIVE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["said"].help_text = _("For example: where calls are made from, or what is said in them.")


class PortabilityForm(DetailsForm):
    """In which form, and to whom."""

    right = Right.PORTABILITY
    question_as_heading = False
    title = _("Moving the data")
    data_form = forms.ChoiceField(
        label=details.WHICH_FORM,
        help_text=_("Programs can read both. If you do not know, take the first one."),
        choices=[(form.value, Choice(*said)) for form, said in details.FORMS.items()],
        widget=forms.RadioSelect,
        error_messages=pick(_("Choose the form of the files.")),
    )
    send_to = forms.ChoiceField(
        label=details.QUESTIONS[right],
        choices=list(details.RECEIVERS.items()),
        widget=forms.RadioSelect,
        error_messages=pick(_("Choose where the data should go.")),
    )
    receiver = line(_("If to a company: its name"), attrs={"autocomplete": "off", "dir": "auto"})
    receiver_reach = line(
        _("If to a company: how can we reach it?"),
        help_text=_("An e-mail address, a telephone number or a website."),
        attrs={"autocomplete": "off", "dir": "auto"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("receiver", "receiver_reach"):
            leave_unmarked(self.fields[name])  # its label says when

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        missing = {
            "receiver": gettext("Enter the name of the company."),
            "receiver_reach": gettext("Enter a way to reach the company."),
        }
        if cleaned.get("send_to") == SendTo.OTHER:
            for name, said in missing.items():
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, said)
        if cleaned.get("send_to") == SendTo.SELF and any(cleaned.get(name) for name in missing):
            said = gettext("You named a company below. Choose “%(other)s”, or empty what is below.")
            self.add_error("send_to", said % {"other": details.RECEIVERS[SendTo.OTHER]})
        return cleaned


class TickedForm(DetailsForm):
    """Some of a list, or something else in own words."""

    question_as_heading = False
    ticked: ClassVar[str]
    other: ClassVar[str]
    said = text_box(_("In your own words"), None, required=False)

    def clean(self) -> dict[str, Any]:
        """Words alone mean something that is not on the list."""
        cleaned = super().clean() or {}
        if self.ticked not in cleaned or "said" in self.errors:
            return cleaned
        if not cleaned[self.ticked] and cleaned["said"]:
            cleaned[self.ticked] = [self.other]
        if not cleaned[self.ticked]:
            self.add_error(self.ticked, str(TICK_ONE["required"]))
        elif self.other in cleaned[self.ticked] and not cleaned["said"]:
            self.add_error("said", gettext("Write which one you mean."))
        return cleaned


class ObjectForm(TickedForm):
    """Which use."""

    right = Right.OBJECT
    ticked, other = "uses", Use.OTHER.value
    uses = forms.MultipleChoiceField(
        label=_("Tick each use that should stop"),
        help_text=_("If we have to go on with one, we tell you why."),
        choices=[(use.value, Choice(*said)) for use, said in details.USES.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages=TICK_ONE,
        required=False,
    )
    field_order = ("uses", "said")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leave_unmarked(self.fields["uses"])  # one of the two is needed


class WithdrawConsentForm(TickedForm):
    """Which consent."""

    right = Right.WITHDRAW_CONSENT
    ticked, other = "consents", Consent.OTHER.value
    consents = forms.MultipleChoiceField(
        label=_("Tick each consent that should end"),
        help_text=_("It ends for the time to come. What we did before stays as it is."),
        choices=[(one.value, Choice(*said)) for one, said in details.CONSENTS.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages=TICK_ONE,
        required=False,
    )
    field_order = ("consents", "said")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leave_unmarked(self.fields["consents"])  # one of the two is needed


class RetaliationForm(DetailsForm):
    """What happened, and when (policy §6)."""

    right = Right.RETALIATION
    question_as_heading = False
    why = _("so that we can look into it. Nobody may treat you worse because you asked.")
    said = text_box(_("What did we do?"), _("Write what happened."), help_text=_("A few sentences are enough."))
    happened_when = line(
        details.WHEN,
        _("Write when it was. About is enough."),
        help_text=_("About is enough, for example: “in March”."),
        attrs={"autocomplete": "off", "dir": "auto"},
    )


class UnsureForm(DetailsForm):
    """Own words are a complete request."""

    right = Right.UNSURE
    said = text_box(
        details.QUESTIONS[right], _("Write what you would like."), help_text=_("Your own words are enough.")
    )


DETAILS_FORMS: dict[Right, type[DetailsForm]] = {
    form.right: form
    for form in (
        CorrectForm,
        DeleteForm,
        RestrictForm,
        ObjectForm,
        PortabilityForm,
        WithdrawConsentForm,
        OptOutForm,
        LimitSensitiveForm,
        RetaliationForm,
        UnsureForm,
    )
}
