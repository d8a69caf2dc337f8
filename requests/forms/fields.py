"""Fields that several forms share, with our own words for what can be wrong."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_WISH, LONGEST_MESSAGE, LONGEST_ADDRESS, LONGEST_LINE = 4000, 8000, 500, 200
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
SHORTEST_ABROAD = 7  # with the code of a country before it; islands of few people have short ones
IN_LETTERS = re.compile(r"(\+?1\W*)?\(?\d{3}\)?\W*(?=[A-Z\W]*[A-Z]{3})([A-Z0-9]\W*){7,}", re.IGNORECASE)  # 800-FLOWERS
A_DAY = {"required": _("Enter a day, like 2026-12-24."), "invalid": _("Enter a day, like 2026-12-24.")}
DIRECTION_MARKS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


class Choice:
    """A choice with a small line under its label."""

    def __init__(self, label: Any, note: Any) -> None:
        self.label, self.note = label, note

    def __str__(self) -> str:
        return str(self.label)


def leave_unmarked(field: forms.Field) -> None:
    """Not to be called optional, though it may be left out: something else on its page says when it is needed."""
    field.mark_optional = False  # type: ignore[attr-defined]  # read by primevox/label_text.html


def email_field(label: Any, **kwargs: Any) -> forms.EmailField:
    """An e-mail address, with a message that shows what one looks like."""
    said = TEXT_WORDS | {"required": EXAMPLE_EMAIL, "invalid": EXAMPLE_EMAIL}
    made = forms.EmailField(label=label, max_length=254, error_messages=said, **kwargs)
    made.widget.attrs |= {"autocomplete": "email", "spellcheck": "false", "inputmode": "email"}
    return made


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    """A day, chosen or typed."""
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=A_DAY,
        **kwargs,
    )


def is_phone(typed: str) -> bool:
    """Whether it can be a whole telephone number, however it is written, in the digits of any script."""
    digits = sum(character.isdecimal() for character in typed)
    shortest = SHORTEST_ABROAD if typed.strip().startswith(("+", "00")) else SHORTEST_NUMBER
    return digits >= shortest or bool(IN_LETTERS.fullmatch(typed.strip()))


def pick(required_words: Any) -> dict[str, Any]:
    """What is said of one choice out of several."""
    return {"required": required_words, "invalid_choice": _("Choose one from the list.")}


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
