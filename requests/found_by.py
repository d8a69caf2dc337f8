"""By what a submission is found: keyed digests of name, address and number, so that an exact search needs no plain
value. Each takes what somebody typed, in any of the ways in which people write the same, and gives nothing for nothing.
"""

import re
import unicodedata

from primevox_privacy.sealed.cipher import blind_index
from primevox_privacy.telephone import digits

NAME, EMAIL, PHONE = "name", "email", "phone"
FEWEST_DIGITS = 6  # less is no telephone number
APOSTROPHES = str.maketrans("", "", "'’ʼ`´")


def name(typed: str) -> str:
    """Case, accents, punctuation and the order of its words do not count: “Márquez, Rosa” is “rosa marquez”."""
    bare = unicodedata.normalize("NFKD", typed.casefold().translate(APOSTROPHES))
    words = re.findall(r"\w+", "".join(each for each in bare if not unicodedata.combining(each)))
    return blind_index(NAME, "|".join(sorted(words))) if words else ""


def email(typed: str) -> str:
    """Case and spaces do not count."""
    return blind_index(EMAIL, typed) if typed.strip() else ""


def phone(typed: str) -> str:
    """Only digits count, and the country's own +1 does not."""
    return blind_index(PHONE, digits(typed) or typed) if typed.strip() else ""


def may_be_phone(typed: str) -> bool:
    """Whether somebody who searches typed a telephone number."""
    return len(digits(typed)) >= FEWEST_DIGITS and not re.search(r"[^\W\d_]", typed)
