"""From the Markdown that the controller published to what a page shows. Words are never changed.

Raw HTML is shown as it was typed, pictures become links, and every link that leads away says so. Headings keep their
place and get an id of their own words, so that an address of one part stays.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

from requests.policy.loading import body_of

MARKDOWN = MarkdownIt("commonmark", {"html": False, "xhtmlOut": False}).enable("table").disable("image")
HIGHEST, DEEPEST = 2, 6  # of headings; the page has an h1 of its own
NUMBERED = re.compile(r"^[\d.)\s]+")
FRAME = '<div class="table-frame" tabindex="0" role="region" aria-label="{}">\n'
CAPTION = '<caption class="unseen">{}</caption>\n'


@dataclass(frozen=True)
class Part:
    """One heading with what stands under it."""

    id: str
    title: str
    words: str  # plain, to compare with another version

    @property
    def name(self) -> str:
        """By which it is found in another version, though its number moved."""
        return NUMBERED.sub("", self.title).casefold()


@dataclass(frozen=True)
class Drawn:
    """A version, ready for a page."""

    html: SafeString
    parts: tuple[Part, ...]


def draw(text: str) -> Drawn:
    """In the language in use: only the words that mark a link are ours."""
    return _draw(text, get_language())


@lru_cache(maxsize=16)
def _draw(text: str, language: str | None) -> Drawn:
    tokens = MARKDOWN.parse(body_of(text))
    _name_headings(tokens)
    for token in tokens:
        token.children = list(_with_marked_links(token.children)) if token.children else token.children
    html = MARKDOWN.renderer.render(list(_with_frames(tokens)), MARKDOWN.options, {})
    return Drawn(mark_safe(html), tuple(_parts(tokens)))  # noqa: S308  (raw HTML is off: all of it is escaped)


def changed(new: Drawn, old: Drawn) -> tuple[list[Part], list[str]]:
    """Parts that are new or say something else, and titles of parts that are gone."""
    then = {part.name: part.words for part in old.parts}
    now = {part.name for part in new.parts}
    return (
        [part for part in new.parts if then.get(part.name) != part.words],
        [part.title for part in old.parts if part.name not in now],
    )


# --- Headings ------------------------------------------------------------------------------------------------
def _name_headings(tokens: list[Token]) -> None:
    """Each gets an id, and the highest becomes an h2."""
    levels = [int(token.tag[1]) for token in tokens if token.type == "heading_open"]
    down = HIGHEST - min(levels, default=HIGHEST)
    taken: set[str] = set()
    for token, inside in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + down, DEEPEST)}"
        if token.type == "heading_open" and inside:
            token.attrSet("id", _new_id(_plain(inside), taken))


def _new_id(title: str, taken: set[str]) -> str:
    """`part-` keeps it apart from the ids of the page."""
    wanted = f"part-{slugify(title, allow_unicode=True)[:80]}".strip("-")
    number, found = 1, wanted
    while found in taken:
        number += 1
        found = f"{wanted}-{number}"
    taken.add(found)
    return found


def _plain(token: Token) -> str:
    """The words of a line, without its marks."""
    return "".join(
        " " if child.type in ("softbreak", "hardbreak") else child.content for child in token.children or []
    ).strip()


def _parts(tokens: list[Token]) -> Iterator[Part]:
    heading: tuple[str, str] | None = None
    words: list[str] = []
    for token, before in zip(tokens, [None, *tokens], strict=False):
        if before and before.type == "heading_open":
            if heading:
                yield Part(*heading, " ".join(words))
            heading, words = (str(before.attrGet("id")), _plain(token)), []
        elif token.content:
            words += token.content.split()
    if heading:
        yield Part(*heading, " ".join(words))


# --- Links and tables ----------------------------------------------------------------------------------------
def _with_marked_links(children: list[Token]) -> Iterator[Token]:
    """Addresses are read as on the page where the policy is published; one that leads away from here says so."""
    leads_away = False
    for token in children:
        if token.type == "link_open":
            address = urljoin(settings.POLICY_URL, str(token.attrGet("href") or ""))
            leads_away = _leads_away(address)
            token.attrSet("href", address)
            if leads_away:
                token.attrSet("rel", "external noreferrer")
                token.attrSet("class", "outside")
        if token.type == "link_close" and leads_away:
            said = format_html(
                '<span class="unseen" lang="{}"> ({})</span>', get_language(), _("leads to another site")
            )
            yield Token("html_inline", "", 0, content=said)
            leads_away = False
        yield token


def _leads_away(address: str) -> bool:
    to = urlsplit(address)
    return to.scheme in ("http", "https") and to.netloc != urlsplit(settings.PUBLIC_URL).netloc


def _with_frames(tokens: list[Token]) -> Iterator[Token]:
    """A wide table scrolls by itself, also with the keyboard, and bears the name of the part that it stands in."""
    title = "Table"
    for token, before in zip(tokens, [None, *tokens], strict=False):
        if before and before.type == "heading_open":
            title = _plain(token)
        if token.type == "th_open":
            token.attrSet("scope", "col")
        if token.type == "table_open":
            yield Token("html_block", "", 0, content=format_html(FRAME, title))
        yield token
        if token.type == "table_open":
            yield Token("html_block", "", 0, content=format_html(CAPTION, title))
        if token.type == "table_close":
            yield Token("html_block", "", 0, content="</div>\n")
