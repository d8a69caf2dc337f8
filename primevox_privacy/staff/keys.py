"""Every single key of the desk by its place, and which of them somebody may change for themselves.

A template names a key by its own sign (`data-key="r"`); `static/keys.js` presses it, and hides from the list what the
page before one does not know. Whoever changed a key presses theirs instead, and the list shows theirs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from primevox_privacy.staff.models import User


@dataclass(frozen=True)
class Key:
    """What is pressed, one after the other or one of several, and what it does."""

    signs: str
    does: Any
    known_by: str = ""  # what keys.js looks for to tell whether the page knows it; the signs where empty

    @property
    def asks_for(self) -> str:
        return self.known_by or self.signs


PLACES: tuple[tuple[Any, tuple[Key, ...]], ...] = (
    (
        pgettext_lazy("keys", "On most pages"),
        (
            Key("g t", gettext_lazy("Today")),
            Key("g q", pgettext_lazy("keys", "The queue")),
            Key("n", gettext_lazy("Take next")),
            Key("?", pgettext_lazy("keys", "The keys of this page")),
        ),
    ),
    (
        pgettext_lazy("keys", "In a list"),
        (
            Key("j", pgettext_lazy("keys", "Down"), "list j"),
            Key("k", pgettext_lazy("keys", "Up"), "list k"),
            Key("Enter", pgettext_lazy("keys", "Open it"), "list j"),
            Key("x", pgettext_lazy("keys", "Select it, or no longer"), "list x"),
            Key("a", pgettext_lazy("keys", "Pass on; you are asked to whom"), "list a"),
            Key("/", gettext_lazy("Search"), "list /"),
        ),
    ),
    (
        pgettext_lazy("keys", "On a new request"),
        (
            Key("1 2 3 4 5 6 7 8 9 0 -", gettext_lazy("Say which right it is"), "1"),
            Key("Enter", pgettext_lazy("keys", "Take it; or, once it is yours, agree and take the next one")),
        ),
    ),
    (
        pgettext_lazy("keys", "On a request"),
        (
            Key(
                "m",
                pgettext_lazy("keys", "Side by side with one that may be the same person’s; there, to the join button"),
            ),
            Key("a", gettext_lazy("Pass it on")),
            Key("r", pgettext_lazy("keys", "Write to the requester")),
            Key("i", gettext_lazy("Write an internal note")),
            Key("e", gettext_lazy("Systems to search")),
            Key("v", gettext_lazy("Identity")),
            Key(".", pgettext_lazy("keys", "All other steps")),
        ),
    ),
    (
        pgettext_lazy("keys", "Where identity is decided"),
        (
            Key("b", pgettext_lazy("keys", "Show what was given, or say why you look at a paper")),
            Key("p", gettext_lazy("Identity is shown")),
            Key("f", gettext_lazy("Identity is not shown")),
            Key("+", pgettext_lazy("keys", "Larger"), "list +"),
            Key("-", pgettext_lazy("keys", "Smaller"), "list +"),
        ),
    ),
)
CHANGEABLE = "njkxa/mriev.bpf"  # what stands for a choice, for two keys in a row or for help stays as it is
TAKEN = frozenset("?g0123456789+-")


def of(user: User) -> list[dict[str, Any]]:
    """The places with their keys, as this person presses them."""
    return [
        {
            "heading": heading,
            "keys": [
                {
                    "asks_for": key.asks_for,
                    "does": key.does,
                    "signs": [user.own_keys.get(sign, sign) for sign in key.signs.split()],
                }
                for key in keys
            ],
        }
        for heading, keys in PLACES
    ]


class KeyField(forms.CharField):
    """One sign. It may stay empty and is not called optional: what an empty box means stands above all of them."""

    mark_optional = False  # read by primevox/label_text.html

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=1, required=False, **kwargs)


class OwnKeysForm(forms.Form):
    """Whether keys do something, and another key for each that can be changed. An empty box takes back a change."""

    uses_keys = forms.BooleanField(label=pgettext_lazy("of a keyboard", "Keys on"), required=False)

    def __init__(self, user: User, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial={"uses_keys": user.uses_keys})
        for number, sign in enumerate(CHANGEABLE):
            self.fields[f"key_{number}"] = KeyField(label=self._label(sign), initial=user.own_keys.get(sign, sign))

    @staticmethod
    def _label(sign: str) -> str:
        return " / ".join(dict.fromkeys(str(key.does) for _at, keys in PLACES for key in keys if key.signs == sign))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        pressed = {f"key_{number}": cleaned.get(f"key_{number}") or sign for number, sign in enumerate(CHANGEABLE)}
        for name, key in pressed.items():
            if key in TAKEN:
                said = _("%(does)s: “%(key)s” stands for something else already. Choose another key.")
                self.add_error(name, said % {"does": self.fields[name].label, "key": key})
            elif list(pressed.values()).count(key) > 1:
                said = _("%(does)s: “%(key)s” stands here twice. Choose another key for one of them.")
                self.add_error(name, said % {"does": self.fields[name].label, "key": key})
        return cleaned

    @property
    def own_keys(self) -> dict[str, str]:
        """What differs from how the desk has it, by the sign of the desk."""
        given = {sign: self.cleaned_data[f"key_{number}"] for number, sign in enumerate(CHANGEABLE)}
        return {sign: key for sign, key in given.items() if key and key != sign}
