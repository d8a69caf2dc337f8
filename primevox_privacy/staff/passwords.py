"""Passwords that whoever guesses would try early, though they are long: the lists lie in the portal itself, and no
password leaves it to be looked up (NIST SP 800-63B, 5.1.1.2)."""

from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FEW = 6  # different characters


class MadeOfCommonOnes:
    """Refuses one or two common passwords written one after the other, a piece that repeats, and a few keys pressed
    again and again."""

    def __init__(self) -> None:
        self.common = CommonPasswordValidator().passwords

    def validate(self, password: str, user: Any = None) -> None:
        typed = "".join(password.split()).casefold()
        if len(set(typed)) < FEW or typed in (typed + typed)[1:-1] or self._is_two(typed):
            raise ValidationError(_("This password is made of common ones. Choose words that do not belong together."))

    def _is_two(self, typed: str) -> bool:
        halves = ((typed[:at], typed[at:]) for at in range(1, len(typed) + 1))
        return any(first in self.common and (not rest or rest in self.common) for first, rest in halves)

    def get_help_text(self) -> str:
        return _("It is not made of common passwords.")
