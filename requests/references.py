"""References: 8 random Crockford characters and a check character. Not secret, never sequential. Plain Python.

The check character is the value modulo 37 (Crockford's base 32), so a mistyped or swapped character is noticed.
"""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECKS = ALPHABET + "*~$=U"
LENGTH = 8
READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_reference() -> str:
    """A fresh reference whose check character is a letter or digit, so that it can be said on the telephone."""
    while True:
        value = secrets.randbelow(32**LENGTH)
        if (check := CHECKS[value % 37]) in ALPHABET:
            return _encode(value) + check


def _encode(value: int) -> str:
    characters = []
    for _ in range(LENGTH):
        value, digit = divmod(value, 32)
        characters.append(ALPHABET[digit])
    return "".join(reversed(characters))


def plain(typed: str) -> str:
    """What was typed, without spaces and dashes, in capitals, with letters that are easily mistaken put right."""
    return "".join(typed.split()).replace("-", "").upper().translate(READ_AS)


def normalised(typed: str) -> str | None:
    """The reference somebody meant: spaces, dashes and case do not count, O is 0, I and L are 1. None if the
    check character says that it cannot be one."""
    text = plain(typed)
    if len(text) != LENGTH + 1 or any(character not in ALPHABET for character in text):
        return None
    value = 0
    for character in text[:LENGTH]:
        value = value * 32 + ALPHABET.index(character)
    return text if CHECKS[value % 37] == text[LENGTH] else None


def spoken(reference: str) -> str:
    """In groups of three, as printed on pages and in letters."""
    return "-".join(reference[start : start + 3] for start in range(0, len(reference), 3))
