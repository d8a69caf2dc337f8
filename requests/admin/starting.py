"""Starting from a playbook on the page of a case: chosen by its title, put into the box by a button that sends nothing.
It works without script: the page comes back with all that was typed, and the text below it.
"""

from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from requests import words
from requests.admin.steps import Step, StepForm
from requests.forms.fields import pick
from requests.models import PlaybookVersion, RightsRequest
from requests.playbooks import offering, texts
from requests.playbooks.offering import USES
from requests.terms import Purpose

PUT_IN = "put_in"


class Choice(forms.Form):
    """Which playbook; asked for only when its button is pressed."""

    use_required_attribute = False
    playbook = forms.ChoiceField(label=_("Start from a playbook"), error_messages=pick(_("Choose a playbook.")))

    def __init__(self, offered: list[PlaybookVersion], one: RightsRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = cast(forms.ChoiceField, self.fields["playbook"])
        choice.choices = [("", _("Choose a title")), *_titles(offered, one)]


def _titles(offered: list[PlaybookVersion], one: RightsRequest) -> list[Any]:
    """The titles; where a step has several endings, under the ending that each speaks of."""
    groups: dict[Purpose, list[tuple[str, str]]] = {}
    for version in offered:
        book = version.playbook
        is_other = book.language != one.submission.language
        title = f"{book.title} ({dict(settings.LANGUAGES)[book.language]})" if is_other else book.title
        groups.setdefault(Purpose(book.purpose), []).append((str(version.pk), title))
    if len(groups) == 1:
        return next(iter(groups.values()))
    return [(words.PURPOSES[purpose], titles) for purpose, titles in groups.items()]


def choices_of(one: RightsRequest) -> dict[str, Choice]:
    """For each step that writes, the choice of its playbooks; none where there are none."""
    return {verb: Choice(versions, one, prefix=verb) for verb, versions in offering.offered(one).items() if versions}


@dataclass(frozen=True)
class Started:
    """The step as it comes back: with its form not sent, and the choice with what was wrong about it."""

    form: StepForm
    choice: Choice
    title: str  # of the playbook that stands in the box; empty where none was put in
    names_a_past_day: bool = False  # whether it says that we answer by a day that is over

    @property
    def failed(self) -> bool:
        return bool(self.choice.errors)


def put_in(one: RightsRequest, step: Step, request: HttpRequest) -> Started:
    """What was typed, with the chosen text below it. The form bears no errors: nobody wanted to send it yet."""
    versions = offering.offered(one).get(step.verb, [])
    choice = Choice(versions, one, request.POST, prefix=step.verb)
    typed = _typed(step.form(one, prefix=step.verb), request)
    title, box, is_past = "", "", False
    if choice.is_valid():
        version = next(each for each in versions if str(each.pk) == choice.cleaned_data["playbook"])
        use, title = USES[Purpose(version.playbook.purpose)], version.playbook.title
        box = use.box
        above = str(typed.get(box) or "").rstrip()
        text = offering.filled_for(one, version)
        if text not in above:  # pressed twice, it stands there once
            typed[box] = f"{above}\n\n{text}" if above else text
        is_past = offering.names_a_past_day(one, version)
        if use.ending and not typed.get("ending"):
            typed["ending"] = use.ending.value
    form = step.form(one, prefix=step.verb, initial=typed)
    if box:
        form.fields[box].widget.attrs["autofocus"] = True  # where they go on, without a search for it
    return Started(form, choice, title, is_past)


def is_valid(step: Step, form: StepForm) -> bool:
    """Whether the step can be taken; a field in braces that nobody filled is an error at its box."""
    form.is_valid()
    for box in {use.box for use in USES.values() if use.verb == step.verb}:
        for name in texts.unfilled(str(form.cleaned_data.get(box) or "")):
            form.add_error(box, gettext("“%(name)s” was not filled in. Write what it stands for.") % {"name": name})
    return form.is_valid()


def _typed(form: StepForm, request: HttpRequest) -> dict[str, Any]:
    """All that was typed or chosen, as it came; files do not come back."""
    return {
        name: field.widget.value_from_datadict(request.POST, request.FILES, form.add_prefix(name))
        for name, field in form.fields.items()
        if not isinstance(field, forms.FileField)
    }
