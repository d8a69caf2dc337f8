"""The forms of the inventory, and what would change, in words."""

import uuid
from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests.forms.fields import line, text_box
from requests.inventory import changing, in_force
from requests.inventory.models import Fact, FactKind, System

WHY = gettext_lazy("Write why. It stands beside the version for everybody who works with it.")
LONGEST = 2000


class EntryForm(forms.Form):
    """Made from one version; whoever was faster is noticed by it."""

    made_from = forms.UUIDField(widget=forms.HiddenInput, required=False)
    active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)
    reason = text_box(
        gettext_lazy("Why"),
        WHY,
        LONGEST,
        rows=2,
        help_text=gettext_lazy("Name no requester: it is kept for good, and every colleague can read it."),
    )

    def __init__(self, entry: Any, data: Any = None) -> None:
        super().__init__(data, initial={"made_from": entry.pk} | self.initial_of(entry) if entry else {})
        self.entry = entry
        self.order_fields(["made_from", *(name for name in self.fields if name not in LAST), *LAST])

    @property
    def before(self) -> Any:
        """The version that the form was made from; None for something new."""
        made_from: uuid.UUID | None = self.cleaned_data.get("made_from")
        if made_from is None or self.entry is None:
            return None
        return type(self.entry).objects.filter(pk=made_from, slug=self.entry.slug).first()

    def initial_of(self, entry: Any) -> dict[str, Any]:
        raise NotImplementedError


LAST = ("active", "reason")


class FactForm(EntryForm):
    title_en = line(gettext_lazy("Title, English"), gettext_lazy("Write a title."), 120)
    title_es = line(gettext_lazy("Title, Spanish"), gettext_lazy("Write a title in Spanish."), 120)
    text_en = text_box(gettext_lazy("Text, English"), gettext_lazy("Write a text."), LONGEST, rows=3)
    text_es = text_box(gettext_lazy("Text, Spanish"), gettext_lazy("Write a text in Spanish."), LONGEST, rows=3)
    section = line(
        gettext_lazy("Section of the privacy policy"), gettext_lazy("Write the number of the section, like 3."), 10
    )

    def initial_of(self, entry: Fact) -> dict[str, Any]:
        return {name: getattr(entry, name) for name in changing.FACT_WORDS}


class SystemForm(EntryForm):
    name = line(gettext_lazy("Name of the system"), gettext_lazy("Write the name of the system."), 120)
    owner = forms.ChoiceField(
        label=gettext_lazy("Owner"),
        required=False,
        help_text=gettext_lazy("Who searches it for us. They need the role of a collector."),
    )
    categories = forms.MultipleChoiceField(
        label=gettext_lazy("What it holds"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one category.")},
    )
    retention_en = text_box(gettext_lazy("How long, English"), None, LONGEST, required=False, rows=2)
    retention_es = text_box(gettext_lazy("How long, Spanish"), None, LONGEST, required=False, rows=2)
    exceptions_en = text_box(
        gettext_lazy("Why something may be kept, English"),
        None,
        LONGEST,
        required=False,
        rows=3,
        help_text=gettext_lazy("One reason a line. A letter to somebody whose data is kept cites these words."),
    )
    exceptions_es = text_box(
        gettext_lazy("Why something may be kept, Spanish"),
        None,
        LONGEST,
        required=False,
        rows=3,
        help_text=gettext_lazy("The same reasons in the same order, one a line."),
    )

    def __init__(self, entry: System | None, data: Any = None) -> None:
        super().__init__(entry, data)
        people = {str(one.pk): one for one in changing.owners()}
        if entry and entry.owner:
            people.setdefault(str(entry.owner.pk), entry.owner)
        self.people = people
        cast(forms.ChoiceField, self.fields["owner"]).choices = [("", _("Nobody yet")), *people.items()]
        cast(forms.MultipleChoiceField, self.fields["categories"]).choices = list(categories().items())

    def initial_of(self, entry: System) -> dict[str, Any]:
        words = {name: getattr(entry, name) for name in changing.SYSTEM_WORDS}
        lines = {f"exceptions_{language}": _lines_of(entry.exceptions, language) for language in ("en", "es")}
        return words | lines | {"owner": entry.owner_id or ""}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["owner"] = self.people.get(cleaned.get("owner", ""))
        english, spanish = (
            [one.strip() for one in cleaned.get(f"exceptions_{language}", "").splitlines() if one.strip()]
            for language in ("en", "es")
        )
        if len(english) != len(spanish):
            self.add_error("exceptions_es", _("Write as many lines here as in English: each reason in both languages."))
        else:
            cleaned["exceptions"] = changing.exceptions_of(self.entry, english, spanish)
        return cleaned


def categories() -> dict[str, str]:
    return {one.slug: one.title_en for one in in_force.facts(also_past=True)[FactKind.CATEGORY]}


def _lines_of(exceptions: list[dict[str, str]], language: str) -> str:
    return "\n".join(one[language] for one in exceptions)


# --- In words --------------------------------------------------------------------------------------------------
def said_of(entry: Fact | System) -> list[tuple[str, str]]:
    """Every value of a version under its label."""
    form = FactForm if isinstance(entry, Fact) else SystemForm
    names = changing.FACT_WORDS if isinstance(entry, Fact) else changing.SYSTEM_WORDS
    return _said(form, {name: getattr(entry, name) for name in names})


def changes(form: EntryForm) -> list[dict[str, str]]:
    """What a valid form would change: label, how it is, how it would be."""
    before = dict(said_of(form.before)) if form.before else {}
    names = changing.FACT_WORDS if isinstance(form, FactForm) else changing.SYSTEM_WORDS
    after = _said(type(form), {name: form.cleaned_data[name] for name in names})
    return [
        {"label": label, "was": before.get(label, ""), "becomes": value}
        for label, value in after
        if before.get(label, "") != value
    ]


def _said(form: type[EntryForm], values: Mapping[str, Any]) -> list[tuple[str, str]]:
    said = []
    for name, value in values.items():
        if name == "exceptions":
            said += [(_label(form, f"exceptions_{one}"), _lines_of(value, one)) for one in ("en", "es")]
        else:
            said.append((_label(form, name), _in_words(name, value)))
    return said


def _label(form: type[EntryForm], name: str) -> str:
    return str(form.base_fields[name].label)


def _in_words(name: str, value: Any) -> str:
    if name == "active":
        return _("yes") if value else _("no")
    if name == "owner":
        return str(value) if value else _("Nobody yet")
    if name == "categories":
        return "\n".join(categories().get(slug, slug) for slug in value)
    return str(value)
