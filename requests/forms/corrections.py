"""What is wrong and what is right, once or several times. Adding and taking away need no script."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Fieldset, Layout
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from requests import details
from requests.details import Given
from requests.forms.fields import leave_unmarked, text_box
from requests.forms.one_right import DetailsForm
from requests.terms import Right

SIDES = ("wrong", "right")


class CorrectForm(DetailsForm):
    """What is wrong and what is right, once or up to ten times. Which button was pressed says whether one is added,
    one is taken away, or all is said; before that nothing needs to be complete."""

    right = Right.CORRECT
    question_as_heading = False

    def __init__(self, given: Given, typed: Any = None) -> None:
        self.count = len(self.items_of(given)) if typed is None else self._sent(typed)
        self.is_done = typed is not None and not {"add", "remove"} & set(typed)
        super().__init__(given, typed)
        groups = [self._group(number) for number in range(1, self.count + 1)]
        if self.count < details.MOST_ITEMS:
            groups.append(HTML(self._button("add", self.count)))
        groups.append(HTML('{% include "components/paper_later.html" %}'))
        self.helper = FormHelper()
        self.helper.layout = Layout(*groups)

    def _group(self, number: int) -> Div | Fieldset:
        """The two boxes of one correction; with a name and a way out where there are several."""
        wrong, right = (f"{side}_{number}" for side in SIDES)
        self.fields[wrong] = text_box(details.WRONG, _("Write what is wrong or missing."), required=False, rows=2)
        self.fields[right] = text_box(details.RIGHT_IS, _("Write what is right."), required=False, rows=2)
        if number == 1:
            self.fields[wrong].help_text = _("For example: “My street is Elk Street.”")
            self.fields[right].help_text = _("For example: “It is Elm Street.”")
        for name in (wrong, right):
            leave_unmarked(self.fields[name])  # `clean` says when it is needed
        if self.count == 1:
            return Div(wrong, right, css_class="item")
        legend = gettext("Correction %(number)d") % {"number": number}
        return Fieldset(legend, wrong, right, HTML(self._button("remove", number)), css_class="item")

    @staticmethod
    def _button(name: str, number: int) -> str:
        return f'{{% include "components/{name}_item.html" with number={number} %}}'

    @staticmethod
    def items_of(given: Given) -> list[dict[str, str]]:
        """What the page shows: at least one correction. A plain text of old stands where the mistake is named."""
        return given.get("items") or [{"wrong": given.get("said", ""), "right": ""}]

    @staticmethod
    def _sent(typed: Any) -> int:
        """How many corrections were on the page that was sent."""
        there = [number for number in range(1, details.MOST_ITEMS + 1) if f"wrong_{number}" in typed]
        return max(there, default=1)

    @classmethod
    def before(cls, given: Given) -> dict[str, Any]:
        items = enumerate(cls.items_of(given), 1)
        return {f"{name}_{number}": text for number, item in items for name, text in item.items()}

    def clean(self) -> dict[str, Any]:
        """Each correction needs both sides, and one is needed; what is empty as a whole is no correction."""
        cleaned = super().clean() or {}
        if not self.is_done:
            return cleaned
        items = self._items(cleaned)
        is_empty = not any(text for item in items for text in item.values())
        for number, item in enumerate(items, 1):
            if any(item.values()) or (is_empty and number == 1):
                for side in SIDES:
                    self._need(f"{side}_{number}", item[side])
        return cleaned

    def _need(self, name: str, text: str) -> None:
        if not text and name not in self.errors:
            self.add_error(name, str(self.fields[name].error_messages["required"]))

    def _items(self, cleaned: dict[str, Any]) -> list[dict[str, str]]:
        numbers = range(1, self.count + 1)
        return [{side: cleaned.get(f"{side}_{number}", "") for side in SIDES} for number in numbers]

    def given(self) -> Given:
        """All corrections of the page, without the one that was taken away, and with the new empty one."""
        items = self._items(self.cleaned_data)
        if self.is_done:
            return details.without_empty({"items": items})
        if "remove" in self.data:
            return {"items": [item for number, item in enumerate(items, 1) if str(number) != self.data["remove"]]}
        return {"items": [*items, dict.fromkeys(SIDES, "")][: details.MOST_ITEMS]}
