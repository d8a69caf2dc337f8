"""Whether what somebody gave is what stands on record, for all the ways in which people write. Plain Python.

The machine compares; a verifier decides. Spaces, case, signs and the usual short forms do not count.
"""

import re
import unicodedata
from enum import StrEnum

HOME_CODE = "1"  # of the North American numbering plan
NATIONAL_LENGTH = 10
EXTENSION = re.compile(r"(?:ext\.?|extension|x|#)\s*\d+\s*$")
SHORT_FORMS = {
    "apartment": "apt", "unit": "apt", "suite": "apt", "ste": "apt", "avenue": "ave", "av": "ave",
    "boulevard": "blvd", "circle": "cir", "court": "ct", "drive": "dr", "highway": "hwy", "lane": "ln",
    "parkway": "pkwy", "place": "pl", "road": "rd", "square": "sq", "street": "st", "terrace": "ter",
    "north": "n", "south": "s", "east": "e", "west": "w", "texas": "tx",
}  # fmt: skip
MONTHS = (
    ("jan", "ene"), ("feb",), ("mar",), ("apr", "abr"), ("may",), ("jun",),
    ("jul",), ("aug", "ago"), ("sep", "set"), ("oct",), ("nov",), ("dec", "dic"),
)  # fmt: skip
MONTH_NUMBERS = {start: number for number, starts in enumerate(MONTHS, 1) for start in starts}


class Same(StrEnum):
    """What the machine found."""

    YES = "yes"
    PART = "part"  # all that was given stands on record, which says more
    NO = "no"


def plain(text: str) -> str:
    """Without case, accents, odd widths and doubled spaces."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(one for one in apart if not unicodedata.combining(one)).split())


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", plain(text))


def name(text: str) -> str:
    """“Marquez, Rosa” is “Rosa Marquez”."""
    return " ".join(sorted(_words(text)))


def account_number(text: str) -> str:
    """Letters and digits alone: “PV-004417” is “pv 004417”."""
    return "".join(_words(text)).replace("_", "")


def phone(text: str) -> str:
    """All digits with the country code: “(972) 555-0143” is “+1 972 555 0143”. Extensions do not count."""
    written = EXTENSION.sub("", plain(text)).replace("(0)", "")
    digits = "".join(str(unicodedata.digit(one)) for one in written if one.isdecimal())
    for abroad in ("011", "00"):
        if digits.startswith(abroad) and not written.lstrip(" (").startswith("+"):
            return digits.removeprefix(abroad)
    return HOME_CODE + digits if len(digits) == NATIONAL_LENGTH and "+" not in written else digits


def email(text: str) -> str:
    return plain(text).replace(" ", "")


def address(text: str) -> str:
    """“12 Elm Street, Plano” is “12 elm st plano”."""
    return " ".join(SHORT_FORMS.get(word, word) for word in _words(text))


def month(text: str) -> str:
    """A month as 2021-03, however it was written: “March 2021”, “marzo de 2021”, “3/2021”, “2021-03-15”."""
    words = _words(text)
    years = [word for word in words if re.fullmatch(r"(19|20)\d\d", word)]
    named = [MONTH_NUMBERS[word[:3]] for word in words if word.isalpha() and word[:3] in MONTH_NUMBERS]
    numbers = [int(word) for word in words if re.fullmatch(r"\d{1,2}", word) and 1 <= int(word) <= 12]
    months = named or numbers[:1]
    return f"{years[0]}-{months[0]:02d}" if len(years) == 1 and len(set(months)) == 1 else plain(text)


NORMAL = {
    "account_number": account_number,
    "service_address": address,
    "phone_on_account": phone,
    "service_began": month,
    "name": name,
    "email": email,
}
MAY_SAY_LESS = frozenset({"service_address", "name"})


def same(kind: str, given: str, on_record: str) -> Same:
    """Whether both say the same; `kind` is a fact, `name` or `email`. Nothing is never the same as nothing."""
    normal = NORMAL.get(kind, plain)
    one, other = normal(given), normal(on_record)
    if not one or not other:
        return Same.NO
    if one == other:
        return Same.YES
    said, held = one.split(), other.split()
    is_part = kind in MAY_SAY_LESS and len(said) > 1 and set(said) <= set(held)
    return Same.PART if is_part else Same.NO
