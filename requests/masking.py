"""How a name, an address or a number is shown where it is not needed: enough to tell two apart, too little to use."""

import re

SHORTEST_NUMBER = 5  # digits; of fewer the last two would be half of it
ADDRESS = r"[^\s@<>,;]+@[^\s@<>,;]+\.\w+"
DAY = r"(?!\d{4}-\d\d-\d\d\b|\d\d?\.\d\d?\.\d{4}\b)"
CONTACTS = re.compile(
    rf"{ADDRESS}|(?<![\w.-]){DAY}\+?\(?\d[\d\s().-]{{5,}}\d"
)  # seven characters or more: no house number


def email(address: str) -> str:
    """`r…@m….example` of `rosa@mail.example`."""
    local, _at, domain = address.partition("@")
    first, *others = domain.split(".")
    ending = f".{others[-1]}" if others else ""
    return f"{local[:1]}…@{first[:1]}…{ending}"


def number(given: str) -> str:
    """The last two digits of a telephone or account number."""
    digits = [character for character in given if character.isdecimal()]
    return "…" + "".join(digits[-2:]) if len(digits) >= SHORTEST_NUMBER else "…"


def words(given: str) -> str:
    """The first character of each word of a name or a postal address; of a house number none."""
    return " ".join("…" if word[0].isdecimal() else f"{word[0]}…" for word in given.split())


def in_text(text: str) -> str:
    """What somebody wrote, with each address and longer number in it masked."""
    return CONTACTS.sub(lambda found: email(found[0]) if "@" in found[0] else number(found[0]), text)


def known_by(given: str) -> str:
    """Several addresses and numbers in one box, each by its kind."""
    return ", ".join(_one(part.strip()) for part in re.split(r"[,;\n]+", given) if part.strip())


def _one(given: str) -> str:
    if "@" in given:
        return " ".join(email(word) if "@" in word else words(word) for word in given.split())
    return number(given) if any(character.isdecimal() for character in given) else words(given)
