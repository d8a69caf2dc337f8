"""Who is it about? And the one page more for everybody but a customer who asks for themselves."""

from datetime import date
from typing import Any, ClassVar, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from requests import about_whom, words
from requests.acting_for import AUTHORITIES
from requests.forms.fields import Choice, day_field, email_field, line, pick, text_box
from requests.terms import Capacity


class WhoForm(forms.Form):
    """Who is it about?"""

    question_as_heading = True
    why = _("what we need to know next depends on it.")
    capacity = forms.ChoiceField(
        label=_("Who is it about?"),
        choices=[(capacity.value, Choice(*said)) for capacity, said in words.WHO_IS_IT_ABOUT.items()],
        widget=forms.RadioSelect,
        error_messages=pick(_("Choose one.")),
    )

    def answers(self) -> dict[str, Any]:
        return self.cleaned_data


class EncounterForm(forms.Form):
    """Somebody who is no customer: a caller, somebody who was called, a visitor of our website."""

    question_as_heading = True
    title = _("How were you in touch with us?")
    why = _("you have no account with us, so this is how we find what we may hold about you.")
    encounter = text_box(
        title,
        _("Write how you were in touch with us."),
        help_text=_("For example: “Your sales team called me on 12 May”, or “I filled in a form on your website.”"),
    )

    def answers(self) -> dict[str, Any]:
        return self.cleaned_data


class ForAnotherForm(forms.Form):
    """For whom somebody asks, and what lets them. The paper that shows it comes later, on their page."""

    capacity: ClassVar[Capacity]
    question_as_heading = False
    title: Any
    why = _("nobody else may see or change what we hold about somebody, unless they or the law allow it.")
    subject_name = line("", required=True, attrs={"autocomplete": "off", "dir": "auto"})
    authority = forms.ChoiceField(
        help_text=_("You show it to us later, on your page."),
        widget=forms.RadioSelect,
        error_messages=pick(_("Choose one.")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        about = about_whom.of(self.capacity)
        self.fields["subject_name"].label = about.name
        self.fields["subject_name"].error_messages["required"] = about.name_missing
        self.fields["authority"].label = about.authority_question
        cast(forms.ChoiceField, self.fields["authority"]).choices = [
            (kind.value, about.authority(kind)) for kind in AUTHORITIES[self.capacity]
        ]

    def answers(self) -> dict[str, Any]:
        """What was typed, days as text: answers are sealed as JSON."""
        given = self.cleaned_data.items()
        return {name: value.isoformat() if isinstance(value, date) else value or "" for name, value in given}


class AgentForm(ForAnotherForm):
    """An authorized agent (policy §6)."""

    capacity = Capacity.AGENT
    title = _("Who do you act for?")
    subject_email = email_field(
        _("Their e-mail address"),
        required=False,
        help_text=_("We write to them directly that you asked, so that they can stop it. This makes it faster."),
    )
    from_on = day_field(_("Since"), required=False)
    until_on = day_field(_("Until"), required=False)
    field_order = ("subject_name", "subject_email", "authority", "from_on", "until_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject_email"].widget.attrs["autocomplete"] = "off"
        days = Fieldset(_("Does it hold for certain days only?"), "from_on", "until_on")
        self.helper = FormHelper()
        self.helper.layout = Layout("subject_name", "subject_email", "authority", days)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        from_on, until_on = cleaned.get("from_on"), cleaned.get("until_on")
        if from_on and from_on > timezone.localdate():
            self.add_error("from_on", gettext("This day is still to come. Ask us once you may act for them."))
        if until_on and until_on < (from_on or timezone.localdate()):
            self.add_error("until_on", gettext("Check this day: until then it would be over already."))
        return cleaned


class ParentForm(ForAnotherForm):
    """A parent or guardian (policy §14)."""

    capacity = Capacity.PARENT
    title = _("Which child is it about?")
    why = _("only a parent or legal guardian can ask for a child.")


class CompanyForm(ForAnotherForm):
    """Somebody who manages a company's account."""

    capacity = Capacity.COMPANY
    title = _("Which company is it about?")
    why = _("only those who may speak for a company can ask for what we hold about its account.")
    also_known_by = line(
        about_whom.of(capacity).used_with_us,
        help_text=_("It stands on the bills."),
        attrs={"dir": "auto", "autocomplete": "off"},
    )


ABOUT_FORMS: dict[Capacity, type[EncounterForm | ForAnotherForm]] = {
    Capacity.NON_CUSTOMER: EncounterForm,
    Capacity.AGENT: AgentForm,
    Capacity.PARENT: ParentForm,
    Capacity.COMPANY: CompanyForm,
}
