"""Taking down a call, a letter or a visit. Beside each field stands what to say, and what may not be asked."""

from datetime import datetime, time
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from requests import receipt_times, words
from requests.acting_for import AUTHORITIES, FOR_SOMEBODY_ELSE
from requests.forms.asking import ResidenceForm
from requests.forms.fields import (
    LONGEST_ADDRESS,
    NOT_SAID,
    Choice,
    day_field,
    email_field,
    is_phone,
    leave_unmarked,
    line,
    pick,
    text_box,
)
from requests.forms.files import FilesField, WithFiles, is_readable
from requests.intake import Acting, Asked
from requests.known_callers import Said
from requests.logged import CHANNELS, SPOKEN_TO
from requests.never_kept import holds_secret_number
from requests.terms import Authority, Capacity, Channel, Right

WAYS = ("email", "phone", "postal_address")
NOON = time(12)
OFF = {"autocomplete": "off"}


def _languages() -> list[tuple[str, str]]:
    return [(code, str(name)) for code, name in settings.LANGUAGES]


class LogForm(ResidenceForm, WithFiles):
    """One screen. `as_id` names what is being taken down, so that sending the page twice is once."""

    question_as_heading = False
    field_order = (  # of the page, and so of what it says went wrong
        *("as_id", "channel", "name", "email", "phone", "also_known_by", "postal_address"),
        *("said", "rights", "about_marketing", "residence", "language", "capacity"),
        *("encounter", "subject_name", "subject_email", "authority"),
        *("received_day", "received_time", "why_late", "scan"),
    )
    as_id = forms.UUIDField(widget=forms.HiddenInput)
    channel = forms.ChoiceField(
        label=_("How did it reach us?"),
        widget=forms.RadioSelect,
        initial=Channel.PHONE,
        error_messages=pick(_("Choose one.")),
    )
    name = line(
        _("Name of who asks"),
        _("Enter the name, as they say or write it."),
        help_text=_("Say: “How would you like us to call you?” Do not ask for a date of birth."),
        attrs={**OFF, "dir": "auto"},
    )
    email = email_field(
        _("E-mail address"),
        required=False,
        help_text=_("Say: “Which e-mail address may we use for this request?” Spell it back."),
    )
    phone = line(
        _("Telephone number"),
        help_text=_("Say: “Which number may we call?” Do not take the number on your display for theirs."),
        attrs={**OFF, "inputmode": "tel"},
    )
    postal_address = text_box(
        _("Postal address"),
        None,
        LONGEST_ADDRESS,
        required=False,
        rows=3,
        help_text=_("Only without e-mail. Say: “Where may we send letters?” Never say an address first."),
    )
    also_known_by = line(
        _("Account number, or what else they used with us"),
        help_text=_(
            "Say: “Do you know your account number?” It helps us find them and proves nothing. No card number."
        ),
        attrs={**OFF, "dir": "auto"},
    )
    rights = forms.MultipleChoiceField(
        label=_("What would they like?"),
        help_text=_("Say: “What would you like us to do?” Tick all that fits. If you are not sure, tick the last one."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Tick at least one. If you do not know which, tick “I am not sure”."),
            "invalid_choice": _("Tick only what is on the list."),
            "invalid_list": _("Tick only what is on the list."),
        },
    )
    about_marketing = forms.BooleanField(
        label=_("If they object: it is about advertising. Then we need no proof."), required=False
    )
    said = text_box(
        _("In their own words"),
        None,
        required=False,
        help_text=_("Write it as they say it, and read it back. No password, social security or card number."),
    )
    capacity = forms.ChoiceField(
        label=_("For whom do they ask?"),
        help_text=_("Say: “Is this about you, or about somebody else?” Do not ask why."),
        choices=[(capacity.value, label) for capacity, label in words.CAPACITIES.items()],
        widget=forms.RadioSelect,
        initial=Capacity.SELF,
        error_messages=pick(_("Choose one.")),
    )
    encounter = text_box(
        _("No customer: how they were in touch with us"),
        None,
        required=False,
        rows=2,
        help_text=_("Say: “When and how were you in touch with us?”"),
    )
    subject_name = line(
        _("For somebody else: the name of that person, child or company"),
        help_text=_("Say: “For whom do you ask?”"),
        attrs={**OFF, "dir": "auto"},
    )
    subject_email = email_field(
        _("For somebody else: their e-mail address"),
        required=False,
        help_text=_(
            "Say: “May we tell them? Then we need their e-mail address.” We write to them so that they can stop it."
        ),
    )
    authority = forms.ChoiceField(
        label=_("For somebody else: what lets them"),
        required=False,
        help_text=_(
            "Say: “What allows you to ask for them? You can show it later.” Ask for no paper on the telephone."
        ),
        error_messages=pick(_("Choose one.")),
    )
    language = forms.ChoiceField(
        label=_("In which language do we write?"), choices=_languages, error_messages=pick(_("Choose one."))
    )
    received_day = day_field(
        _("Day on which it reached us"),
        help_text=_("A letter counts from the day it arrived, also when it lay here. The clock runs from this day."),
    )
    received_time = forms.TimeField(
        label=_("Time"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Leave it empty for now, or for a letter."),
        error_messages={"invalid": _("Enter a time like 14:30.")},
    )
    why_late = text_box(
        _("Why it lay here for more than a week"),
        None,
        2000,
        required=False,
        rows=2,
        help_text=_("Only if it did. This stays here as an internal note."),
    )
    scan = FilesField(label=_("Scan of the letter, or what they brought"), required=False, allows=is_readable)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["residence"].label = _("Where does the person live whose data it is?")
        self.fields["residence"].help_text = _("Say: “In which state or country do you live?” No address is needed.")
        _choices(self, "channel", [(one.value, words.CHANNELS[one]) for one in CHANNELS])
        _choices(self, "rights", [(right.value, Choice(*words.ASKED[right])) for right in words.ASKED])
        authorities = {kind: None for kinds in AUTHORITIES.values() for kind in kinds}
        named = [(kind.value, words.AUTHORITIES_FOR_STAFF[kind]) for kind in authorities]
        _choices(self, "authority", [("", _("Choose one")), *named])
        for name in (*WAYS, "about_marketing"):
            leave_unmarked(self.fields[name])  # a hint says what is needed
        for name in ("email", "subject_email"):
            self.fields[name].widget.attrs["autocomplete"] = "off"  # not that of the clerk

    # --- What was said, before it is complete --------------------------------------------------------------
    def heard(self) -> Said:
        """What can find a caller, whatever is still missing elsewhere."""
        given = {name: str(self.data.get(name, "")).strip() for name in ("name", "email", "phone", "also_known_by")}
        return Said(given["name"], given["email"], given["phone"], given["also_known_by"])

    # --- What has to fit -------------------------------------------------------------------------------------
    def clean_phone(self) -> str:
        typed: str = self.cleaned_data["phone"].strip()
        if typed and not is_phone(typed):
            raise forms.ValidationError(_("Enter a telephone number with its area code."))
        return typed

    def clean_said(self) -> str:
        return self._without_secrets("said")

    def clean_also_known_by(self) -> str:
        return self._without_secrets("also_known_by")

    def _without_secrets(self, name: str) -> str:
        typed: str = self.cleaned_data[name]
        if holds_secret_number(typed):
            raise forms.ValidationError(
                _("This looks like a social security number or a card number. Take it out: we may not keep it.")
            )
        return typed

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        can_hear_code = given.get("channel") in SPOKEN_TO
        if not can_hear_code and not any(given.get(way) or way in self.errors for way in WAYS):
            self.add_error("email", gettext("Enter one way to reach them: e-mail, telephone or post."))
        if Right.UNSURE in given.get("rights", ()) and not given.get("said") and "said" not in self.errors:
            self.add_error("said", gettext("Write what they would like."))
        self._check_for_whom(given)
        self._check_receipt(given)
        return WithFiles.clean(self)  # once more, now that all mistakes are known: files cannot be kept

    def _check_for_whom(self, given: dict[str, Any]) -> None:
        capacity = given.get("capacity")
        if capacity == Capacity.NON_CUSTOMER and not given.get("encounter"):
            self.add_error("encounter", gettext("Write how they were in touch with us."))
        if capacity in FOR_SOMEBODY_ELSE:
            if not given.get("subject_name"):
                self.add_error("subject_name", gettext("Enter for whom they ask."))
            if given.get("authority") not in AUTHORITIES[Capacity(capacity)]:
                self.add_error("authority", gettext("Choose one that fits for whom they ask."))

    def _check_receipt(self, given: dict[str, Any]) -> None:
        if not given.get("received_day") or "received_time" in self.errors:
            return
        if why_not := receipt_times.why_not(self.received_at()):
            self.add_error("received_day", why_not)
        elif receipt_times.wants_reason(self.received_at()) and not given.get("why_late"):
            self.add_error("why_late", gettext("It lay here for more than a week. Write why."))

    # --- What comes of it ------------------------------------------------------------------------------------
    def received_at(self) -> datetime:
        """The moment that was entered; now where only today was, and noon of an earlier day."""
        day, at = self.cleaned_data["received_day"], self.cleaned_data.get("received_time")
        if at is None and day == timezone.localdate():
            return timezone.now()
        return timezone.make_aware(datetime.combine(day, at or NOON))

    def asked(self) -> Asked:
        """The same that the question pages make, with their words beside each wish."""
        given = self.cleaned_data
        rights = tuple(Right(right) for right in given["rights"])
        capacity = Capacity(given["capacity"])
        wishes = dict.fromkeys(rights, given["said"])
        if Right.OPT_OUT in wishes and not given["said"]:
            wishes[Right.OPT_OUT] = given["email"] or given["phone"]
        acting = None
        if capacity in FOR_SOMEBODY_ELSE:
            acting = Acting(given["subject_name"], Authority(given["authority"]), given["subject_email"])
        return Asked(
            rights=rights,
            wishes=wishes,
            about_marketing=Right.OBJECT in rights and given["about_marketing"],
            residence="" if given["residence"] == NOT_SAID else given["residence"],
            name=given["name"],
            email=given["email"],
            phone=given["phone"],
            also_known_by=given["also_known_by"],
            postal_address=given["postal_address"],
            encounter=given["encounter"] if capacity is Capacity.NON_CUSTOMER else "",
            acting=acting,
            language=given["language"],
            channel=Channel(given["channel"]),
            capacity=capacity,
        )


def _choices(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    cast(forms.ChoiceField, form.fields[name]).choices = choices
