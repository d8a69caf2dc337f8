"""What every mail to a requester is: short, neutral, and plain about who writes and why."""

import re
import uuid

import pytest
from django.conf import settings

from primevox_privacy.outbox import letters as outbox
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from requests import about_whom, words
from requests.terms import Capacity

MAILS = settings.BASE_DIR / "templates" / "emails"
TO_STAFF = "Privacy portal"  # how mails of our own to staff begin
TO = (Capacity.SELF, Capacity.AGENT, Capacity.PARENT, Capacity.COMPANY)
MOST_WORDS = 120
NEVER = re.compile(
    r"\b(invalid|illegal|failed to|must|please note|pursuant|data subject|controller|erasure|verify|authenticate)\b",
    re.I,
)


def kinds() -> list[str]:
    found = {path.name.removesuffix(".subject.txt") for path in MAILS.glob("*.subject.txt")}
    return sorted(kind for kind in found if TO_STAFF not in (MAILS / f"{kind}.txt").read_text())


def kinds_and_capacities() -> list[tuple[str, Capacity]]:
    """Every mail to everybody who can get it. Only those whom somebody acts for are told so."""
    return [(kind, capacity) for kind in kinds() for capacity in TO if (kind, capacity) != ("acted_for", Capacity.SELF)]


def at_its_longest(kind: str, capacity: Capacity) -> Letter:
    """With everything that the functions of `letters.py` can put into one, in its longest form."""
    longest_day = "Wednesday 30 September 2026"
    one = uuid.uuid4()
    return outbox.letter(
        kind,
        key=kind,
        about=one,
        address="rosa@mail.example",
        address_key=DataKey.make(one, Life.CONTACT),
        about_whom=about_whom.of(capacity),
        reference="3F7-K2M-9PA",
        references=["3F7-K2M-9PA", "3F7-K2M-9PB", "3F7-K2M-9PC"],
        requests=[("3F7-K2M-9PA", longest_day), ("3F7-K2M-9PB", longest_day), ("3F7-K2M-9PC", longest_day)],
        received=longest_day,
        until=longest_day,
        closes_on=longest_day,
        ends_on=longest_day,
        due=longest_day,
        asks_identity=True,
        reason=max(map(str, words.EXTENSION_REASON_IN_LETTER.values()), key=len),
        not_me="https://privacy.example/not-me/0123456789abcdef0123456789abcdef/",
        page="https://privacy.example/your-request/",
        changes_on=longest_day,
        elsewhere=["Would you like to read this in English? Choose “English” on that page."],
        pages=["https://privacy.example/your-request/"],
    )


@pytest.mark.parametrize(("kind", "capacity"), kinds_and_capacities())
def test_a_mail_is_short_even_at_its_longest(kind, capacity):
    said = at_its_longest(kind, capacity).text
    assert len(said.split()) <= MOST_WORDS, f"{len(said.split())} words:\n{said}"


@pytest.mark.parametrize(("kind", "capacity"), kinds_and_capacities())
def test_a_mail_says_who_writes_why_and_how_to_tell_that_it_is_us(kind, capacity):
    said = " ".join(at_its_longest(kind, capacity).text.split())
    assert said.startswith("This is the privacy team of Primevox.")
    assert "You get this because" in said
    assert "How to tell that this is from us" in said


@pytest.mark.parametrize(("kind", "capacity"), kinds_and_capacities())
def test_a_mail_uses_plain_words_and_names_no_right(kind, capacity):
    letter = at_its_longest(kind, capacity)
    said = f"{letter.subject}\n{letter.text}"
    assert not NEVER.search(said)
    rights = [str(each) for pair in words.ASKED.values() for each in pair]
    assert [right for right in rights if right.lower() in said.lower() and right != "I am not sure"] == []


@pytest.mark.parametrize(("kind", "capacity"), kinds_and_capacities())
def test_a_sentence_of_a_mail_has_no_more_than_25_words(kind, capacity):
    said = re.sub(r"https?://\S+", "", at_its_longest(kind, capacity).text)
    sentences = re.split(r"(?<=[.:?!])\s+", said)
    assert [one for one in sentences if len(one.split()) > 25] == []
