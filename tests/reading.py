"""How hard a text is to read: Flesch-Kincaid grades of pages and mails, and what stands in them to be read.

Grade = 0.39 × words per sentence + 11.8 × syllables per word − 15.59 (Kincaid, Fishburne, Rogers and Chissom, 1975).
Only sentences count: headings, labels and buttons are short, and would flatter a page. Names, references, dates,
numbers and addresses are left out; they are as long as they are.
"""

import re
from collections.abc import Iterable
from html.parser import HTMLParser

# Where a text begins and ends, whatever stands beside it.
BLOCKS = frozenset(
    {
        *(
            "p",
            "li",
            "ul",
            "ol",
            "dl",
            "dt",
            "dd",
            "h1",
            "h2",
            "h3",
            "h4",
            "table",
            "caption",
            "th",
            "td",
            "br",
            "title",
        ),
        *("form", "fieldset", "legend", "label", "button", "option", "summary", "div", "section", "article", "aside"),
        *("nav", "main", "header", "footer", "blockquote", "br"),
    }
)
VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "path", "source", "wbr"})
NOT_READ = frozenset({"script", "style", "svg", "pre", "option", "time", "bdi"})
OWN_BLOCK = frozenset({"hint", "note", "error", "why"})  # classes of a span that stands on a line of its own

DAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
LEFT_OUT = re.compile(
    rf"https?://\S+|\b\S+@\S+\b|(?:(?:{DAYS}),? )?\d{{1,2}} (?:{MONTHS})(?: \d{{4}})?|\b(?:{MONTHS}) \d{{4}}\b"
    r"|\b[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{3}\b|\b(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}\b|\+?\d[\d:.,-]*(?: [ap]\.m\.)?"
)
NAMES = re.compile(r"\b(?:Primevox(?: Communications)?|California|Texas|Attorney General|Social Security|SHA-256)\b")
ENDS = re.compile(r"[.?!:][”\"’)]*$")
BETWEEN_SENTENCES = re.compile(r"(?<=[.?!])[”\"’)]*\s+")

# --- Syllables -------------------------------------------------------------------------------------------------
# What the rules get wrong, of the thousand words that we use: counted by hand.
SPELLED_OTHERWISE = {
    **dict.fromkeys(("due", "queue", "true"), 1),
    **dict.fromkeys(("beyond", "business", "elsewhere", "ids", "safely", "safety", "scrambled", "something"), 2),
    **dict.fromkeys(("statement", "value", "colleague"), 2),
    **dict.fromkeys(("area", "continue", "earlier", "everything", "pdf", "somebody", "whoever"), 3),
    **dict.fromkeys(("everybody", "periodic"), 4),
}
SILENT_END = re.compile(r"(?<=[aeiouy][^aeiouy])(?:e|es|ed)$|(?<=[^aeiouy]{2})(?:e|es|ed)$")
HEARD_END = re.compile(r"[^aeiouyr]le$|(?:[sxzcg]|ch|sh|[^aeiouyr]l)es$|[td]ed$")
TWO_IN_A_ROW = re.compile(r"i(?:a|o|um)(?!l?ly\b)|[aeiouy]ing$|ie[nt]|ism$|[^gq]u[ae]")
ONE_AFTER_ALL = re.compile(r"(?:ti|ci|si|gi|xi)(?:a|o|en)|[tc]ient")


def syllables(word: str) -> int:
    """How many syllables an English word has, by the rules of its spelling; at least one."""
    word = re.sub(r"[^a-z]", "", word.lower().partition("’")[0])
    if word in SPELLED_OTHERWISE:
        return SPELLED_OTHERWISE[word]
    heard = len(re.findall(r"[aeiouy]+", word))
    heard -= bool(SILENT_END.search(word)) and not HEARD_END.search(word)
    heard += len(TWO_IN_A_ROW.findall(word)) - len(ONE_AFTER_ALL.findall(word))
    return max(1, heard)


# --- What is read ----------------------------------------------------------------------------------------------
class Read(HTMLParser):
    """The texts of a page, one for each block, without what is not read or is for lawyers alone."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = [""]
        self.said: list[str] = []  # in attributes
        self._open: list[tuple[str, bool]] = []
        self.feed(html)
        self.close()

    @property
    def _is_read(self) -> bool:
        return not any(skipped for _, skipped in self._open)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        classes = given.get("class", "").split()
        if self._is_read:
            self.said += [given[name] for name in ("alt", "title", "placeholder", "aria-label") if given.get(name)]
        if tag in BLOCKS or OWN_BLOCK.intersection(classes):
            self.texts.append("")
        if tag not in VOID:
            foreign = given.get("lang", "en") != "en"
            self._open.append((tag, tag in NOT_READ or "lawyers" in classes or foreign))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        self._open.pop()
        if tag in BLOCKS:
            self.texts.append("")

    def handle_data(self, data: str) -> None:
        if self._is_read:
            self.texts[-1] += data


def texts_of(html: str) -> list[str]:
    """What a person reads, block by block."""
    return [text for raw in Read(html).texts if (text := " ".join(raw.split()))]


def texts_of_mail(text: str) -> list[str]:
    return [joined for block in text.split("\n\n") if (joined := " ".join(block.split()))]


def sentences(texts: Iterable[str], left_out: Iterable[str] = (), *, headings: bool = False) -> list[str]:
    """The sentences among them, without what is left out: somebody's own words, names, dates, addresses. On demand
    with what ends in no full stop, such as headings and labels."""
    found: list[str] = []
    for text in texts:
        for typed in left_out:
            text = text.replace(typed, "")
        if ENDS.search(text) or headings:
            text = NAMES.sub("", LEFT_OUT.sub("", text)).replace("a.m.", "").replace("p.m.", "")
            found += [one for one in BETWEEN_SENTENCES.split(text) if words(one)]
    return found


def words(text: str) -> list[str]:
    return re.findall(r"[A-Za-zÀ-ÿ]+(?:[’'-][A-Za-zÀ-ÿ]+)*", text)


def grade(said: Iterable[str]) -> float:
    """The school grade that can read these sentences."""
    counted = [words(sentence) for sentence in said]
    every = [word for sentence in counted for word in sentence]
    if not every:
        return 0.0
    a_word = sum(syllables(part) for word in every for part in word.split("-")) / len(every)
    return 0.39 * len(every) / len(counted) + 11.8 * a_word - 15.59
