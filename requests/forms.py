"""What people type, and the words they get back when something is missing. Forms translate, never decide."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import EmailValidator
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from requests import references, regimes, words
from requests.terms import Right
from verification.models import FACTS, EvidenceKind

LONGEST_WISH, LONGEST_MESSAGE, LONGEST_LINE = 4000, 8000, 200
# Our words in place of Django's, for what every field of text can meet. Each field adds its own "required".
TEXT_WORDS = {
    "max_length": _("Write no more than %(limit_value)d characters. There are %(show_value)d now."),
    "null_characters_not_allowed": _("A character in this text cannot be saved. Type it again."),
}
EXAMPLE_EMAIL = _("Enter an e-mail address like name@example.org.")
STATES_OF = ("US", "CA")
NOT_SAID = "none"
CODE_DIGITS = 6
SHORTEST_NUMBER = 8  # digits of a telephone number with its area code
DIRECTION_MARKS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


class Choice:
    """A choice with a small line under its label."""

    def __init__(self, label: Any, note: Any) -> None:
        self.label, self.note = label, note

    def __str__(self) -> str:
        return str(self.label)


def email_field(label: Any, **kwargs: Any) -> forms.EmailField:
    """An e-mail address, with a message that shows what one looks like."""
    said = TEXT_WORDS | {"required": EXAMPLE_EMAIL, "invalid": EXAMPLE_EMAIL}
    made = forms.EmailField(label=label, max_length=254, error_messages=said, **kwargs)
    made.widget.attrs |= {"autocomplete": "email", "spellcheck": "false", "inputmode": "email"}
    return made


class TypedField(forms.CharField):
    """Text without the invisible characters that turn the reading direction around and could mislead a reader."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").translate(DIRECTION_MARKS)


def line(
    label: Any, required_words: Any = None, longest: int = LONGEST_LINE, *, attrs: Any = None, **kwargs: Any
) -> forms.CharField:
    """One line of text. Whoever gives no words for an empty one makes it optional."""
    said = TEXT_WORDS | ({"required": required_words} if required_words else {})
    kwargs.setdefault("required", required_words is not None)
    return TypedField(
        label=label, max_length=longest, widget=forms.TextInput(attrs=attrs), error_messages=said, **kwargs
    )


def text_box(label: Any, required_words: Any, longest: int = LONGEST_WISH, **kwargs: Any) -> forms.CharField:
    """A box for a few sentences."""
    made = TypedField(
        label=label,
        max_length=longest,
        widget=forms.Textarea(attrs={"rows": kwargs.pop("rows", 4), "dir": "auto"}),
        error_messages=TEXT_WORDS | {"required": required_words},
        **kwargs,
    )
    del made.widget.attrs["maxlength"]  # a browser would cut a pasted text without a word; we say that it is too long
    return made


class RightsForm(forms.Form):
    """What would you like?"""

    question_as_heading = True
    why = _("each wish has its own rules and its own date. You can tick several at once.")
    rights = forms.MultipleChoiceField(
        label=_("What would you like?"),
        help_text=_("Tick all that you want. If you do not know which, tick the last one."),
        choices=[(right.value, Choice(*asked)) for right, asked in words.ASKED.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Tick at least one. If you do not know which, tick “I am not sure”."),
            "invalid_choice": _("Tick only what is on the list. If you do not know which, tick “I am not sure”."),
            "invalid_list": _("Tick only what is on the list. If you do not know which, tick “I am not sure”."),
        },
    )


# The few words each right needs. Rights not named need none.
WISHES: dict[Right, tuple[Any, Any, bool]] = {
    Right.CORRECT: (
        _("What is wrong, and what is right?"),
        _("For example: “My street is Elm Street, not Elk Street.”"),
        True,
    ),
    Right.DELETE: (_("What should we delete?"), _("Leave this empty if you mean all of your data."), False),
    Right.RESTRICT: (_("What should we limit?"), _("Say which data or which use you mean."), True),
    Right.OBJECT: (
        _("Which use should we stop?"),
        _("For example: “Using my calls to improve your products.”"),
        True,
    ),
    Right.PORTABILITY: (
        _("Where should your data go?"),
        _("Leave this empty if we should give it to you. Otherwise name the company."),
        False,
    ),
    Right.WITHDRAW_CONSENT: (
        _("Which consent do you take back?"),
        _("For example: “To record my calls with your support.”"),
        True,
    ),
    Right.LIMIT_SENSITIVE: (
        _("Which sensitive data do you mean?"),
        _("For example: where your calls are made from. Leave this empty if you mean all."),
        False,
    ),
    Right.RETALIATION: (_("What happened, and when?"), _("A few sentences are enough."), True),
    Right.UNSURE: (
        _("Tell us in your own words what you would like"),
        _("This is a complete request."),
        True,
    ),
}
REQUIRED_WORDS = {
    Right.CORRECT: _("Write what is wrong and what is right."),
    Right.RESTRICT: _("Write which data or which use we should limit."),
    Right.OBJECT: _("Write which use we should stop."),
    Right.WITHDRAW_CONSENT: _("Write which consent you take back."),
    Right.RETALIATION: _("Write what happened, and when."),
    Right.UNSURE: _("Write what you would like."),
}


class DetailsForm(forms.Form):
    """A little more, for those rights among the ticked ones that need it."""

    why = _("so that we do just what you want, and do not need to ask you back.")

    def __init__(self, rights: list[Right], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rights = rights
        for right in rights:
            if right is Right.OPT_OUT:
                self.fields["opt_out"] = self._to_stop()
            elif right in WISHES:
                label, hint, required = WISHES[right]
                self.fields[right.value] = text_box(label, REQUIRED_WORDS.get(right), help_text=hint, required=required)
            if right is Right.OBJECT:
                self.fields["about_marketing"] = forms.BooleanField(
                    label=_("It is about advertising sent to me. Then we need no proof of who you are."),
                    required=False,
                )
        self.question_as_heading = len(self.fields) == 1

    @staticmethod
    def before(answers: dict[str, Any]) -> dict[str, Any]:
        """What was answered here before."""
        return {**answers.get("wishes", {}), "about_marketing": answers.get("about_marketing")}

    @staticmethod
    def _to_stop() -> forms.CharField:
        return line(
            _("Which e-mail address or telephone number should we stop using?"),
            _("Enter one e-mail address or one telephone number."),
            help_text=_("One is enough. We use it only for this."),
        )

    def clean_opt_out(self) -> str:
        value = self.cleaned_data["opt_out"].strip()
        if "@" in value:
            EmailValidator(message=EXAMPLE_EMAIL)(value)
        elif sum(character.isdecimal() for character in value) < SHORTEST_NUMBER:
            raise forms.ValidationError(_("Enter one e-mail address, or one telephone number with its area code."))
        return value

    def answers(self) -> dict[str, Any]:
        """What was typed, by right, and for which rights it was asked."""
        given = self.cleaned_data
        return {
            "wishes": {name: value for name, value in given.items() if isinstance(value, str) and value},
            "about_marketing": bool(given.get("about_marketing")),
            "detailed_for": list(self.rights),
        }


def _residences() -> list[tuple[Any, Any]]:
    """Places to live, for one list: the states and provinces that have a law of their own first."""
    groups: list[tuple[Any, Any]] = [
        ("", gettext("Choose a place")),
        (NOT_SAID, gettext("I would rather not say")),
    ]
    for country in STATES_OF:
        named = [(code, regimes.SUBDIVISION_NAMES[code]) for code in regimes.known_subdivisions(country)]
        groups.append((str(countries.name(country)), sorted(named, key=lambda pair: pair[1])))
    listed = {*STATES_OF, *(code.removeprefix("US-") for code in regimes.known_subdivisions("US"))}
    territories = listed & {"AS", "GU", "MP", "PR", "VI"}  # they stand among the states already
    others = [(code, str(name)) for code, name in countries if code not in {*STATES_OF, *territories}]
    return [*groups, (gettext("Other countries"), others)]


class ResidenceForm(forms.Form):
    """Where do you live?"""

    question_as_heading = True
    why = _("some laws give you more rights or an earlier date.")
    residence = forms.ChoiceField(
        label=_("Where do you live?"),
        help_text=_("The state, province or country is enough."),
        choices=lazy(_residences, list),
        error_messages={
            "required": _("Choose where you live, or “I would rather not say”."),
            "invalid_choice": _("Choose a place from the list, or “I would rather not say”."),
        },
    )

    @staticmethod
    def before(answers: dict[str, Any]) -> dict[str, Any]:
        """What was answered here before."""
        return {"residence": answers["residence"] or NOT_SAID} if "residence" in answers else {}

    def answers(self) -> dict[str, Any]:
        chosen = self.cleaned_data["residence"]
        return {"residence": "" if chosen == NOT_SAID else chosen}


class ReachForm(forms.Form):
    """How can we reach you?"""

    why = _("to find what we hold about you, and to tell you when something is new.")
    name = line(
        _("Your name"),
        _("Enter your name."),
        help_text=_("In any language or script, as you like to be called."),
        attrs={"autocomplete": "name", "dir": "auto"},
    )
    email = email_field(_("Your e-mail address"), help_text=_("We use it only for this request."))
    also_known_by = line(
        _("Another address, number or customer number you used with us"),
        help_text=_("It helps us find what we hold about you."),
        attrs={"dir": "auto"},
    )

    def answers(self) -> dict[str, Any]:
        return self.cleaned_data


class ReferenceForm(forms.Form):
    """See your request: which one?"""

    question_as_heading = True
    submit_label = _("Send me a code")
    why = _("it tells us which request you mean. Then we send a code to the e-mail address that you gave us with it.")
    reference = line(
        _("What is your reference?"),
        _("Enter your reference."),
        40,
        help_text=_("It stands in the mail we sent you, for example 3F7-K2M-9PA."),
        attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )

    def clean_reference(self) -> str:
        found = references.normalised(self.cleaned_data["reference"])
        if found is None:
            raise forms.ValidationError(
                _("Check the reference: it has nine letters and digits, like 3F7-K2M-9PA. One of them seems off.")
            )
        return found


class CodeForm(forms.Form):
    """Enter the code."""

    question_as_heading = True
    why = _("it shows that you can read the mail we sent.")
    code = line(
        _("Enter the code"),
        _("Enter the six digits from our mail."),
        20,
        help_text=_("Six digits. It is good for ten minutes."),
        attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"},
    )

    def clean_code(self) -> str:
        """A slip of the fingers does not cost one of the five tries."""
        digits = "".join(character for character in self.cleaned_data["code"] if character.isdecimal())
        if len(digits) != CODE_DIGITS:
            raise forms.ValidationError(_("Enter the six digits from our mail."))
        return digits


class MessageForm(forms.Form):
    """Something to tell us."""

    submit_label = _("Send the message")
    message = text_box(
        _("Your message"),
        _("Write your message."),
        LONGEST_MESSAGE,
        help_text=_("Our privacy team reads it. It is deleted 60 days after your request is closed."),
    )


FACT_HINTS = {
    EvidenceKind.ACCOUNT_NUMBER: _("It stands on your bills."),
    EvidenceKind.SERVICE_ADDRESS: _("Where your service is used."),
    EvidenceKind.PHONE_ON_ACCOUNT: _("Any number that we serve."),
    EvidenceKind.SERVICE_BEGAN: _("For example: March 2021."),
}


class IdentityForm(forms.Form):
    """The facts that a level asks for, and the signed statement where it asks for one."""

    def __init__(self, facts: int, statement: bool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.facts_needed = facts
        for kind in FACTS:
            self.fields[kind.value] = line(words.FACTS[kind], help_text=FACT_HINTS[kind])
            self.fields[kind.value].mark_optional = False  # type: ignore[attr-defined]  # any of them will do
        if statement:
            self.fields["signed_name"] = line(
                _("Your full name, as your signature"),
                _("Type your full name to sign the statement."),
                attrs={"autocomplete": "name", "dir": "auto"},
            )
            self.fields["declared"] = forms.BooleanField(
                label=_(
                    "I declare under penalty of perjury that I am the person whose data this request is about, and "
                    "that what I wrote here is true."
                ),
                error_messages={"required": _("Tick the statement to sign it.")},
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if len(self.given()) < self.facts_needed:
            empty = next(kind for kind in FACTS if not cleaned.get(kind.value))
            self.add_error(
                empty.value,
                gettext("Give at least %(number)d of these facts. Any that you know will do.")
                % {"number": self.facts_needed},
            )
        return cleaned

    def given(self) -> dict[EvidenceKind, str]:
        return {kind: self.cleaned_data[kind.value] for kind in FACTS if self.cleaned_data.get(kind.value)}

    def statement(self, on: date) -> str | None:
        """The statement as it was signed: its words, the typed name, the day."""
        if "declared" not in self.fields:
            return None
        return f"{self.fields['declared'].label} {self.cleaned_data['signed_name']}, {on.isoformat()}"


class SignedTextForm(forms.Form):
    """A receipt or certificate to check."""

    submit_label = _("Check it")
    why = _("only the whole text shows whether somebody changed it. We do not keep it.")
    text = text_box(_("Paste the text here"), None, 20_000, required=False, rows=8)
    file = forms.FileField(
        label=_("Or choose the file"),
        required=False,
        error_messages={
            "empty": _("This file is empty. Choose the file that you saved from our page."),
            "invalid": _("No file arrived. Choose it once more."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.mark_optional = False  # type: ignore[attr-defined]  # one of the two is needed

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("text") and not cleaned.get("file"):
            self.add_error("text", gettext("Paste the text of a receipt or certificate, or choose its file."))
        upload = cleaned.get("file")
        if upload and (upload.too_big or upload.size > 20_000):
            self.add_error("file", gettext("This file is too big to be a receipt or certificate of ours."))
        return cleaned

    def to_check(self) -> str:
        upload = self.cleaned_data.get("file")
        return upload.read().decode("utf-8", "replace") if upload else self.cleaned_data["text"]
