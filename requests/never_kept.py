"""Numbers that nobody may give us and that we do not keep: of social security and of cards. Plain Python."""

import re

SOCIAL_SECURITY = re.compile(r"(?<!\d)\d{3}[- ]\d{2}[- ]\d{4}(?!\d)")
CARD = re.compile(r"(?<![\d-])\d(?:[ -]?\d){12,18}(?![\d-])")


def holds_secret_number(text: str) -> bool:
    """Whether it seems to hold a social security number, or a card number by its check digit (ISO/IEC 7812-1)."""
    return bool(SOCIAL_SECURITY.search(text)) or any(_is_card(found.group()) for found in CARD.finditer(text))


def _is_card(written: str) -> bool:
    digits = [int(one) for one in written if one.isdigit()][::-1]
    return sum(digits[::2] + [sum(divmod(2 * one, 10)) for one in digits[1::2]]) % 10 == 0
