"""What the text of a playbook may hold, and the same filled. A text is never run as a template: a name in braces out
of a short list becomes a word or a day, and everything else stays as it was typed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import SequenceMatcher

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from primevox_privacy import telephone
from requests import deadlines, references, words
from requests.models import RightsRequest
from requests.terms import Right

# Nothing of the person is among them: what is filled in stands on the requester's own page already.
FIELDS = {
    "reference": gettext_lazy("the reference"),
    "right": gettext_lazy("the name of the right"),
    "received": gettext_lazy("the day on which we received it"),
    "due": gettext_lazy("the day by which we answer"),
    "today": gettext_lazy("today’s date"),
    "our_email": gettext_lazy("our e-mail address"),
    "our_phone": gettext_lazy("our telephone number"),
}
IN_BRACES = re.compile(r"\{([^{}]*)\}")
LEFT_OPEN = re.compile(r"\{[A-Za-z_]+\}")  # a name alone, so that data which is written with braces can be sent
# Words that no requester is to read, in English.
NEVER = re.compile(
    r"\b(?:invalid|illegal|failed to|must|please note|pursuant|data subjects?|controllers?|erasure"
    r"|verif\w*|authenticat\w*)\b",
    re.IGNORECASE,
)
PIECES = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True)
class Facts:
    """What the fields are filled with."""

    reference: str
    right: Right
    received_on: date
    due_on: date


def facts_of(rights_request: RightsRequest) -> Facts:
    one = rights_request
    return Facts(one.reference, Right(one.right), one.received_on, one.leading_on)


def sample(right: str) -> Facts:
    """A made-up case like Rosa's of the demo: from Texas, received nine days ago, with the dates of the one engine."""
    asked = Right(right or Right.ACCESS)
    received_on = timezone.localdate() - timedelta(days=9)
    received_at = datetime.combine(received_on, deadlines.NOON, deadlines.HOME)
    due = deadlines.schedule(asked, "US-TX", received_at).leading
    return Facts("N0B0DYSXJ", asked, received_on, due.due_on)  # well formed, and given to nobody


def _values(facts: Facts) -> Mapping[str, str]:
    return {
        "reference": references.spoken(facts.reference),
        "right": str(words.RIGHTS[facts.right]),
        "received": words.day(facts.received_on),
        "due": words.day(facts.due_on),
        "today": words.day(timezone.localdate()),
        "our_email": settings.COMPLIANCE_EMAIL,
        "our_phone": telephone.in_words(),
    }


def filled(text: str, facts: Facts, language: str) -> str:
    """The text with its fields filled, in its own language. What is no field stays as it is."""
    with override(language):
        values = _values(facts)
    return IN_BRACES.sub(lambda found: values.get(found[1], found[0]), text)


def unfilled(text: str) -> list[str]:
    """Names in braces that stand in a text to a person: a field that nobody filled."""
    return list(dict.fromkeys(LEFT_OPEN.findall(text)))


def tidied(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def problems(text: str, language: str) -> list[str]:
    """What is wrong with a text, each in a sentence; nothing where it can be proposed."""
    said = []
    known = ", ".join(f"{{{name}}}" for name in FIELDS)
    for name in dict.fromkeys(IN_BRACES.findall(text)):
        if name not in FIELDS:
            said.append(_("“{%(name)s}” is no field. Use one of these: %(known)s.") % {"name": name, "known": known})
    if re.search(r"[{}]", IN_BRACES.sub("", text)):
        said.append(_("A brace stands alone. Write a field as a name between two braces, like {due}."))
    if language == "en":
        found = dict.fromkeys(each.lower() for each in NEVER.findall(text))
        said += [_("We do not write “%(word)s” to people. Say it in plainer words.") % {"word": one} for one in found]
    return said


@dataclass(frozen=True)
class Piece:
    """A stretch of a text, and whether the other text has it."""

    text: str
    differs: bool


def side_by_side(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces, word by word: what only one of them has, differs."""
    was, becomes = PIECES.findall(before), PIECES.findall(after)
    left, right = [], []
    for kind, from_left, to_left, from_right, to_right in SequenceMatcher(None, was, becomes, False).get_opcodes():
        left.append(Piece("".join(was[from_left:to_left]), kind != "equal"))
        right.append(Piece("".join(becomes[from_right:to_right]), kind != "equal"))
    return [piece for piece in left if piece.text], [piece for piece in right if piece.text]
