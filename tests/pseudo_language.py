"""A language in which every translated text stands in ⟦brackets⟧: what stands outside was never made translatable."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.utils import translation
from django.utils.translation import trans_real
from django_countries import countries

OPEN, CLOSE, CONTEXT = "⟦", "⟧", "\x04"
SAID_BY = ("alt", "title", "placeholder", "aria-label")  # attributes that are read out
NOT_READ = {"script", "style", "svg", "textarea", "code"}
VOID = {"br", "hr", "img", "input", "link", "meta", "path", "wbr"}
ADDRESS_OR_NUMBER = re.compile(r"https?://\S+|\S+@\S+|\b(?:[0-9A-Z]{3,4}-){2,3}[0-9A-Z]{3,4}\b")
LETTERS = re.compile(r"[^\W\d_]{2,}")


class Bracketed:
    """Takes the place of every catalogue. Addresses and formats stay English."""

    _fallback = None  # django-countries looks at it

    def gettext(self, message: str) -> str:
        return OPEN + message.rpartition(CONTEXT)[2] + CLOSE

    def ngettext(self, one: str, many: str, number: int) -> str:
        return self.gettext(one if number == 1 else many)

    def to_language(self) -> str:
        return "en"

    def language(self) -> str:
        return "en"


@pytest.fixture
def bracketed(monkeypatch) -> Iterator[None]:
    """Whatever is translated is in brackets. Names of countries are remembered by language: not those of English."""
    language = Bracketed()
    monkeypatch.setattr(countries, "_iter_cache", {}, raising=False)
    monkeypatch.setattr(trans_real, "translation", lambda code: language)
    monkeypatch.setattr(trans_real, "_default", language)
    translation.activate("en")
    yield
    translation.deactivate()


class Outside(HTMLParser):
    """What a page says outside of all brackets. Left out is what it marks as another language by `lang`, what is being
    typed, and what only machines read."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._depth = 0
        self._open: list[bool] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        said = [given[name] for name in SAID_BY if name in given]
        if tag == "meta" and given.get("name") == "description":
            said.append(given["content"])
        if tag == "input" and given.get("type") in ("submit", "button"):
            said.append(given.get("value", ""))
        self.found += [without_brackets(one)[0] for one in said if not any(self._open)]
        if tag not in VOID:
            of_another = "lang" in given and tag not in ("html", "article")  # our letters are read here, too
            signed = given.get("class") in ("signed", "digest")
            self._open.append(tag in NOT_READ or of_another or signed)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        outside, self._depth = without_brackets(data, self._depth)
        if not any(self._open):
            self.found.append(outside)


def without_brackets(text: str, depth: int = 0) -> tuple[str, int]:
    """What stands outside, and how many brackets are still open."""
    outside = ""
    for character in text:
        depth += (character == OPEN) - (character == CLOSE)
        outside += character if not depth and character != CLOSE else " "
    return outside, depth


def left_over(html: str, names: tuple[str, ...]) -> list[str]:
    """Words outside of brackets that are no names, references, addresses or somebody's own words."""
    found = Outside(html).found
    texts = []
    for text in found:
        for name in sorted(names, key=len, reverse=True):
            text = text.replace(name, " ")
        text = ADDRESS_OR_NUMBER.sub(" ", text)
        if LETTERS.search(text):
            texts.append(" ".join(text.split()))
    return texts
