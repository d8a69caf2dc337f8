"""References and codes as they are read out on the telephone: every letter by its word (ICAO Doc 9432), every digit by
its name."""

from django.utils.translation import gettext_lazy as _

WORDS = (
    *("Alfa", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India"),
    *("Juliett", "Kilo", "Lima", "Mike", "November", "Oscar", "Papa", "Quebec", "Romeo"),
    *("Sierra", "Tango", "Uniform", "Victor", "Whiskey", "X-ray", "Yankee", "Zulu"),
)
LETTERS = {word[0]: word for word in WORDS}
DIGITS = {
    "0": _("zero"),
    "1": _("one"),
    "2": _("two"),
    "3": _("three"),
    "4": _("four"),
    "5": _("five"),
    "6": _("six"),
    "7": _("seven"),
    "8": _("eight"),
    "9": _("nine"),
}
SAID = LETTERS | DIGITS


def spelled(text: str) -> str:
    """One word for each character; a comma where a group ends: “zero Alfa three, seven …”."""
    groups = (group for group in text.split("-") if group)
    return ", ".join(" ".join(str(SAID.get(character, character)) for character in group) for group in groups)
