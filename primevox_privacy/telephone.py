"""The controller's telephone number as people read it. A setting holds it in English: 972-600-1150 (option 1)."""

import re

from django.conf import settings
from django.utils.translation import gettext

WITH_OPTION = re.compile(r"(?P<number>.+?)\s*\(option (?P<option>\d+)\)")


def in_words() -> str:
    """The number, and which option of its menu to choose, in the language in use."""
    found = WITH_OPTION.fullmatch(settings.COMPLIANCE_PHONE)
    return gettext("%(number)s (option %(option)s)") % found.groupdict() if found else settings.COMPLIANCE_PHONE
