"""The forms in which another version of a playbook, or a new one, is proposed."""

import hashlib
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests import words
from requests.admin.steps.base import CHOOSE
from requests.forms.fields import LONGEST_MESSAGE, day_field, leave_unmarked, line, text_box
from requests.models import PlaybookVersion
from requests.playbooks import texts
from requests.playbooks.keeping import Place
from requests.terms import Purpose, Right

ANY = "any"


def fields_said() -> str:
    """The fields with what each becomes, for the hint at the box."""
    known = "; ".join(f"{{{name}}}: {said}" for name, said in texts.FIELDS.items())
    return _("These fields are filled in for each request: %(known)s.") % {"known": known}


class VersionForm(forms.Form):
    """A text, why it is to be, and from when on. `seen`: of which text the sample was shown."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    text = text_box(gettext_lazy("Text"), gettext_lazy("Write the text."), LONGEST_MESSAGE, rows=10)
    why = text_box(
        gettext_lazy("Why"),
        gettext_lazy("Write why. It stands beside the version for everybody who works with it."),
        2000,
        rows=2,
        help_text=gettext_lazy("Name no requester: it is kept for good, and every colleague can read it."),
    )
    from_on = day_field(gettext_lazy("From"), help_text=gettext_lazy("At the earliest when it is confirmed."))
    in_use = forms.BooleanField(
        label=gettext_lazy("Offer it to who writes"),
        required=False,
        help_text=gettext_lazy("Without this nobody can start from it any more. It stays in the list."),
    )

    def __init__(self, data: Any = None, *, language: str = "en", held: PlaybookVersion | None = None) -> None:
        given = {"text": held.text if held else "", "in_use": held.in_use if held else True}
        super().__init__(data, initial={"from_on": timezone.localdate(), **given})
        self.written_in = language
        self.fields["text"].help_text = fields_said()
        self.fields["text"].widget.attrs["lang"] = language
        leave_unmarked(self.fields["in_use"])

    def clean_text(self) -> str:
        text = texts.tidied(self.cleaned_data["text"])
        language = self.cleaned_data.get("language") or self.written_in
        if wrong := texts.problems(text, language):
            raise forms.ValidationError(wrong)
        return text

    def clean_from_on(self) -> date:
        day: date = self.cleaned_data["from_on"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("Choose today or a later day."))
        return day

    @property
    def effective_at(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.cleaned_data["from_on"], time.min))

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.cleaned_data["text"].encode()).hexdigest()

    @property
    def was_shown(self) -> bool:
        """Whether the sample that this person saw was of this very text."""
        return bool(self.cleaned_data["seen"] == self.digest)


def _any_right() -> list[tuple[str, Any]]:
    rights = [(right.value, label) for right, label in words.RIGHTS.items() if right is not Right.UNSURE]
    return [(ANY, _("Any right")), *rights]


class NewPlaybookForm(VersionForm):
    """What it is for comes first; a new one is offered from the start."""

    purpose = forms.ChoiceField(
        label=gettext_lazy("What it is for"),
        choices=[(purpose.value, label) for purpose, label in words.PURPOSES.items()],
        error_messages=CHOOSE,
    )
    right = forms.ChoiceField(label=gettext_lazy("For which right"), choices=_any_right, error_messages=CHOOSE)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES, error_messages=CHOOSE)
    title = line(
        gettext_lazy("Title"),
        gettext_lazy("Write a title. Colleagues choose by it."),
        80,
        help_text=gettext_lazy("Only staff read it. The same text in another language bears the same title."),
    )
    field_order = ("seen", "purpose", "right", "language", "title", "text", "why", "from_on")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        del self.fields["in_use"], self.fields["text"].widget.attrs["lang"]

    @property
    def place(self) -> Place:
        given = self.cleaned_data
        right = None if given["right"] == ANY else Right(given["right"])
        return Place(Purpose(given["purpose"]), right, given["language"], given["title"])
