"""Every page of the requester and every mail can be read by anybody: grade, length, words. And what no mail says."""

import itertools
import os
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from primevox_privacy.outbox import letters as outbox
from primevox_privacy.outbox import sending
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from requests import about_whom, words
from requests.law_words import SENTENCES
from requests.terms import Capacity
from tests import reading
from tests.page_states import STATES, TYPED, third
from tests.test_mails import MAILS, kinds
from tests.test_pages import NEVER

pytestmark = pytest.mark.django_db
HARDEST, LONGEST, LONGEST_MAIL = 8.0, 25, 120
NAMES_A_RIGHT = re.compile(
    r"delet|correct|\bcopy|portab|consent|\bobject|opt.?out|your data|restrict|retaliat|eras|\bright to", re.I
)


def long_ones(said: list[str]) -> list[str]:
    return [sentence for sentence in said if len(reading.words(sentence)) > LONGEST]


# --- The measure itself --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("a", 1), ("the", 1), ("closed", 1), ("wanted", 2), ("changes", 2), ("requests", 2), ("answer", 2),
        ("table", 2), ("people", 2), ("being", 2), ("period", 3), ("social", 2), ("patient", 2), ("radio", 3),
        ("serious", 3), ("actual", 3), ("question", 2), ("language", 2), ("privacy", 3), ("statement", 2), ("area", 3),
        ("reference", 3), ("identity", 4), ("everybody", 4), ("organization", 5), ("responsibility", 6), ("you’re", 1),
    ],
)  # fmt: skip
def test_syllables_are_counted_as_people_say_them(word, number):
    assert reading.syllables(word) == number


def test_the_grade_is_that_of_the_formula():
    said = reading.sentences(["The cat sat on the mat. It was glad."])
    assert reading.grade(said) == pytest.approx(0.39 * 9 / 2 + 11.8 * 9 / 9 - 15.59)


def test_names_references_dates_and_addresses_do_not_count():
    said = ["We write to rosa@mail.example by Monday 7 December 2026 about 3F7-K2M-9PA.", "A heading without a stop"]
    assert [reading.words(one) for one in reading.sentences(said)] == [["We", "write", "to", "by", "about"]]


def test_a_hard_page_would_be_seen():
    """A sentence of the kind that notices are made of."""
    legal = "Pursuant to applicable legislation, verification of identity constitutes an indispensable prerequisite."
    assert reading.grade(reading.sentences([legal])) > HARDEST
    assert NEVER.search(legal)


def test_what_is_for_lawyers_alone_is_not_read_but_what_stands_beside_it_is():
    html = (
        "<p>Read <b>me</b>.</p><details class='lawyers'><summary>For lawyers</summary>Art. 17</details><p>And me.</p>"
    )
    assert reading.texts_of(html) == ["Read me.", "And me."]


# --- Pages ----------------------------------------------------------------------------------------------------------
hardest: dict[str, float] = {}


@pytest.mark.parametrize("name", third(0))
def test_a_page_is_plain(name, situation):
    html = STATES[name](situation).content.decode()
    texts = reading.texts_of(html)
    hardest[name] = grade = reading.grade(reading.sentences(texts, TYPED))
    assert grade <= HARDEST
    assert long_ones(reading.sentences(texts, TYPED, headings=True)) == []
    assert [text for text in (*texts, *reading.Read(html).said) if NEVER.search(text)] == []


@pytest.mark.parametrize("sentence", SENTENCES)
def test_what_the_law_file_says_to_people_is_plain(sentence):
    said = reading.sentences([sentence])
    assert long_ones(said) == []
    assert not NEVER.search(sentence)


# --- Mails: each kind in all its branches ---------------------------------------------------------------------------
LONGEST_DAY = "Wednesday 30 September 2026"
REFERENCES = ["3F7-K2M-9PA", "3F7-K2M-9PB", "3F7-K2M-9PC"]
PAGE, NOT_ME = f"{settings.PUBLIC_URL}/your-request/", f"{settings.PUBLIC_URL}/not-me/{'0123456789abcdef' * 2}/"
SAID = {
    "reference": REFERENCES[0],
    "references": REFERENCES,
    "requests": [(one, LONGEST_DAY) for one in REFERENCES],
    **dict.fromkeys(("received", "until", "closes_on", "ends_on", "changes_on"), LONGEST_DAY),
    "page": PAGE,
}
MAY_BE_MISSING = {"until": LONGEST_DAY, "not_me": NOT_ME, "asks_identity": True, "asked_here": True, "is_coming": True}
IF = re.compile(r"{% (?:el)?if ([^%]+) %}")
NO_CODE_NO_PAGE = {  # what one can do with a mail that leads to no page and bears no code
    "acted_for": "Open this page and press its button",
    "identity_shown": "Open this page and press its button",  # to whom did not ask
    "contact_changed": "Open this page and press its button",
    "closed_not_you": "call or write to us",
    "contact_asked": "Open this page and press its button",  # to the old address
    "contact_replaced": "Open this page and press its button",  # the same
    "contact_stays": "Call us",
}


def branches(kind: str) -> list[dict[str, Any]]:
    """What a mail can be told: each of its conditions met and not met, for whoever asks, with every reason."""
    asked = " ".join(IF.findall((MAILS / f"{kind}.txt").read_text()))
    in_it = [name for name in MAY_BE_MISSING if re.search(rf"\b{name}\b", asked)]
    fixed = {name: said for name, said in MAY_BE_MISSING.items() if name not in in_it}
    ways = [dict(zip(in_it, met, strict=True)) for met in itertools.product((True, False), repeat=len(in_it))]
    reasons = list(words.EXTENSION_REASON_IN_LETTER.values()) if kind == "more_time" else [""]
    return [
        SAID
        | fixed
        | {name: MAY_BE_MISSING[name] if met else "" for name, met in way.items()}
        | {"about_whom": about_whom.of(capacity), "reason": str(reason)}
        for way in ways
        for capacity in Capacity
        for reason in reasons
        if kind != "acted_for" or about_whom.of(capacity).for_another
    ]


def mails(kind: str) -> list[tuple[Letter, dict[str, Any]]]:
    made = []
    for number, said in enumerate(branches(kind)):
        key = DataKey.make(uuid.uuid4(), Life.CONTACT)
        letter = outbox.letter(
            kind, key=f"{kind}:{number}", about=key.owner, address="rosa@mail.example", address_key=key, **said
        )
        made.append((letter, said))
    return made


def links_in(text: str) -> list[str]:
    """Addresses at the end of a line, which is where one is to go."""
    return re.findall(r"https?://\S+$", text, re.MULTILINE)


@pytest.mark.parametrize("kind", kinds())
def test_a_mail_is_plain_and_short(kind):
    for letter, _said in mails(kind):
        said = reading.sentences(reading.texts_of_mail(letter.text))
        assert reading.grade(said) <= HARDEST
        assert long_ones(reading.sentences(reading.texts_of_mail(letter.text), headings=True)) == []
        assert len(letter.text.split()) <= LONGEST_MAIL
        assert not NEVER.search(f"{letter.subject} {letter.text}")


@pytest.mark.parametrize("kind", kinds())
def test_a_mail_leads_to_one_page_or_bears_one_code_beside_the_way_to_stop(kind):
    for letter, _said in mails(kind):
        pages = [link for link in links_in(letter.text) if link != NOT_ME]
        ways = pages + re.findall(re.escape(outbox.CODE_GOES_HERE), letter.text)
        assert len(ways) == 1 or (not ways and NO_CODE_NO_PAGE[kind] in letter.text), letter.text


@pytest.mark.parametrize("kind", kinds())
def test_a_mail_names_no_right_and_its_subject_nobody(kind):
    for letter, said in mails(kind):
        of_files = "We delete them on" if kind == "files_go" else ""  # the files of an answer, whatever it was about
        assert not NAMES_A_RIGHT.search(f"{letter.subject} {letter.text}".replace(of_files, ""))
        rights = [str(one) for pair in words.ASKED.values() for one in pair if one]
        assert [right for right in rights if right in letter.text] == []
        assert not re.search(r"\d|@|https?:", letter.subject)
        assert [one for one in said.values() if isinstance(one, str) and one and one in letter.subject] == []


@pytest.mark.parametrize("kind", kinds())
def test_text_and_html_of_a_mail_say_the_same(kind, mailoutbox):
    for letter, _said in mails(kind):
        letter.address_key.ends_at = timezone.now() + timedelta(minutes=10)
        letter.address_key.save(force_insert=True)
        if outbox.CODE_GOES_HERE in letter.text:
            letter.code, letter.code_key = "482913", letter.address_key
        outbox.owe_all([letter])
    sending.send_owed()
    assert len(mailoutbox) == len(branches(kind))
    for sent in mailoutbox:
        html = next(content for content, kind_of in sent.alternatives if kind_of == "text/html")
        assert " ".join(reading.texts_of(html.split("<body>")[1].split("</body>")[0])).split() == sent.body.split()
        linked = re.findall(r'href="(https?:[^"]+)"', html)
        assert linked == links_in(sent.body), "what is to be typed by hand is no link"


@pytest.mark.parametrize("name", third(1))
def test_no_mail_on_the_way_to_a_page_repeats_what_was_typed(name, situation):
    STATES[name](situation)
    for letter in Letter.objects.exclude(text=None).select_related("address_key"):
        assert [typed for typed in TYPED if typed in f"{letter.subject} {letter.text}"] == []


def test_how_hard_the_hardest_page_and_mail_are():
    """The figure of all those above; each was held to the limit there."""
    of_mails = {
        kind: max(reading.grade(reading.sentences(reading.texts_of_mail(letter.text))) for letter, _ in mails(kind))
        for kind in kinds()
    }
    assert of_mails
    if os.environ.get("PROVE"):
        for what, grades in (("pages", hardest), ("mails", of_mails)):
            worst = max(grades, key=grades.__getitem__)
            print(f"\n{len(grades)} {what}: the hardest, {worst}, reads at grade {grades[worst]:.1f}", end="")
