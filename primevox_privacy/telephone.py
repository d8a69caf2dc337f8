"""Telephone numbers: the controller's as people read it (a setting holds it in English: 972-600-1150 (option 1)), and
anybody's in the one form in which two ways to write it are the same."""

import re

from django.conf import settings
from django.utils.translation import gettext

WITH_OPTION = re.compile(r"(?P<number>.+?)\s*\(option (?P<option>\d+)\)")


def in_words() -> str:
    """The number, and which option of its menu to choose, in the language in use."""
    found = WITH_OPTION.fullmatch(settings.COMPLIANCE_PHONE)
    return gettext("%(number)s (option %(option)s)") % found.groupdict() if found else settings.COMPLIANCE_PHONE


def digits(typed: str) -> str:
    """The number somebody meant, whatever stands between its digits: +1 and 00 1 before ten digits do not count."""
    found = "".join(re.findall(r"\d", typed)).removeprefix("00")
    return found[1:] if len(found) == 11 and found.startswith("1") else found
