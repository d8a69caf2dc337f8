"""Coming back: reference, codes, messages, showing who you are, checking a signed text."""

from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from requests import continuation, identity, references, words
from requests.acting_for import FOR_SOMEBODY_ELSE
from requests.assurance import Record
from requests.forms.fields import CODE_DIGITS, LONGEST_MESSAGE, leave_unmarked, line, text_box
from requests.forms.files import FilesField, FromRequester, is_readable
from requests.terms import Capacity
from verification.models import EvidenceKind

AS_PRINTED = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}


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
        attrs=AS_PRINTED,
    )

    def clean_reference(self) -> str:
        found = references.normalised(self.cleaned_data["reference"])
        if found is None:
            raise forms.ValidationError(
                _("Check the reference: it has nine letters and digits, like 3F7-K2M-9PA. One of them seems off.")
            )
        return found


class PaperForm(ReferenceForm):
    """See your request with a code on paper."""

    question_as_heading = False
    submit_label = _("Continue")
    why = _("together they show that it is you who made the request.")
    code = line(
        _("Your code on paper"),
        _("Enter the code that you wrote down or printed."),
        60,
        help_text=_("Four groups of four letters and digits, for example 4Q7H-Z2KD-9MXC-0TRP."),
        attrs=AS_PRINTED,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reference"].label = _("Your reference")
        self.fields["reference"].help_text = _("It stands on your receipt, for example 3F7-K2M-9PA.")

    def clean_code(self) -> str:
        """A slip of the fingers does not cost a try."""
        found = continuation.normalised(self.cleaned_data["code"])
        if found is None:
            raise forms.ValidationError(
                _("Check the code: it has sixteen letters and digits, like 4Q7H-Z2KD-9MXC-0TRP. One seems off.")
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


class MessageForm(FromRequester):
    """Something to tell us."""

    helper: FormHelper
    submit_label = _("Send the message")
    message = text_box(
        _("Your message"),
        _("Write your message."),
        LONGEST_MESSAGE,
        help_text=_("Our privacy team reads it. It is deleted 60 days after your last request here is closed."),
    )
    attached = FilesField(label=_("Files"), required=False, allows=is_readable)


class NotMeForm(forms.Form):
    """This was not me."""

    submit_label = _("This was not me: stop everything")
    note = text_box(
        _("Is there something that we should know?"),
        None,
        LONGEST_MESSAGE,
        required=False,
        help_text=_("Only our privacy team reads it."),
    )


FACT_HINTS = {
    EvidenceKind.ACCOUNT_NUMBER: _("It stands on the bills."),
    EvidenceKind.SERVICE_ADDRESS: _("Where the service is used."),
    EvidenceKind.PHONE_ON_ACCOUNT: _("Any number that we serve."),
    EvidenceKind.SERVICE_BEGAN: _("For example: March 2021."),
    EvidenceKind.OWN_NUMBER: _("With its area code."),
    EvidenceKind.OTHER_NUMBER: _("With its area code."),
    EvidenceKind.CALL_DAY: _("For example: 12 May 2026."),
    EvidenceKind.SITE_ADDRESS: _("An e-mail address."),
}
FACTS_OF_ANOTHER = {
    EvidenceKind.OWN_NUMBER: _("A telephone number of theirs that was in a call with us or our customers"),
    EvidenceKind.OTHER_NUMBER: _("The number they called, or that called them"),
    EvidenceKind.SITE_ADDRESS: _("An address that they typed into a form on our website"),
}
RECORDS = {Record.ACCOUNT: _("If they are a customer"), Record.ENCOUNTER: _("If they are not")}
STATEMENT_OF_ONESELF = _(
    "I declare under penalty of perjury that I am the person whose data this request is about, and that what I wrote "
    "here is true."
)
STATEMENTS = {
    Capacity.AGENT: _(
        "I declare under penalty of perjury that the person whose data this request is about lets me act for them. I "
        "declare the same of what I wrote here: it is true."
    ),
    Capacity.PARENT: _(
        "I declare under penalty of perjury that I am the parent or legal guardian of the child whose data this "
        "request is about. I declare the same of what I wrote here: it is true."
    ),
    Capacity.COMPANY: _(
        "I declare under penalty of perjury that I may act for the company that this request is about. I declare the "
        "same of what I wrote here: it is true."
    ),
}


class IdentityForm(forms.Form):
    """The facts that a level asks for, and the signed statement where it asks for one."""

    def __init__(
        self, facts: int, statement: bool, *args: Any, capacity: Capacity = Capacity.SELF, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.facts_needed = facts
        self.offered = identity.facts_offered(capacity)
        labels = words.FACTS | (FACTS_OF_ANOTHER if capacity in FOR_SOMEBODY_ELSE else {})
        for kind in self.kinds():
            self.fields[kind.value] = line(labels[kind], help_text=FACT_HINTS[kind])
            leave_unmarked(self.fields[kind.value])  # any of them will do
        if statement:
            self.fields["signed_name"] = line(
                _("Your full name, as your signature"),
                _("Type your full name to sign the statement."),
                attrs={"autocomplete": "name", "dir": "auto"},
            )
            self.fields["declared"] = forms.BooleanField(
                label=STATEMENTS.get(capacity, STATEMENT_OF_ONESELF),
                error_messages={"required": _("Tick the statement to sign it.")},
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if len(self.given()) < self.facts_needed:
            empty = next(kind for kind in self.kinds() if not cleaned.get(kind.value))
            self.add_error(
                empty.value,
                gettext("Give at least %(number)d of these facts. Any that you know will do.")
                % {"number": self.facts_needed},
            )
        return cleaned

    def kinds(self) -> list[EvidenceKind]:
        return [kind for kinds in self.offered.values() for kind in kinds]

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The facts of each record of ours, under a heading where there are several."""
        several = len(self.offered) > 1
        return [
            (RECORDS[record] if several else "", [self[kind.value] for kind in kinds])
            for record, kinds in self.offered.items()
        ]

    def given(self) -> dict[EvidenceKind, str]:
        return {kind: self.cleaned_data[kind.value] for kind in self.kinds() if self.cleaned_data.get(kind.value)}

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
            leave_unmarked(field)  # one of the two is needed

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
