"""Spanish: nothing is missing, nothing is half done, and what is served is what was written."""

import ast
import gettext
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(settings.BASE_DIR)
CATALOGS = ROOT / "locale" / "es" / "LC_MESSAGES"
CODE = ("primevox_privacy", "verification", "requests")
Key = tuple[str | None, str, str | None]  # context, words for one, words for many


# --- What was written -------------------------------------------------------------------------------------------
@dataclass
class Entry:
    """One entry of the .po file: what is said, and how it is said in Spanish."""

    flags: set[str] = field(default_factory=set)
    parts: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        return self.parts.get("msgctxt"), self.parts["msgid"], self.parts.get("msgid_plural")

    @property
    def said(self) -> dict[str, str]:
        return {name: text for name, text in self.parts.items() if name.startswith("msgstr")}

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Each Spanish text with the English one it stands for."""
        for name, text in self.said.items():
            yield self.parts["msgid" if name in ("msgstr", "msgstr[0]") else "msgid_plural"], text


@lru_cache
def written() -> list[Entry]:
    """The entries of the .po file, its header first."""
    entries = []
    for block in re.split(r"\n{2,}", (CATALOGS / "django.po").read_text(encoding="utf-8").strip()):
        entry, name = Entry(), ""
        for line in block.splitlines():
            if line.startswith("#,"):
                entry.flags |= {flag.strip() for flag in line[2:].split(",")}
            elif not line.startswith("#"):
                if not line.startswith('"'):
                    name, line = line.split(" ", 1)
                entry.parts[name] = entry.parts.get(name, "") + ast.literal_eval(line)
        assert "msgid" in entry.parts, f"left over: {block}"
        entries.append(entry)
    return entries


def translated() -> list[Entry]:
    return written()[1:]


def test_the_header_names_the_language_and_nobody():
    header = dict(line.split(": ", 1) for line in written()[0].parts["msgstr"].strip().splitlines() if ": " in line)
    assert header["Language"] == "es"
    assert header["Plural-Forms"] == "nplurals=2; plural=(n != 1);"
    assert header["Content-Type"] == "text/plain; charset=UTF-8"
    assert "@" not in written()[0].parts["msgstr"]


def test_no_entry_waits_for_its_translation():
    assert [entry.key for entry in translated() if not all(text.strip() for text in entry.said.values())] == []


def test_no_entry_is_a_guess_of_the_machine():
    assert [entry.key for entry in written() if "fuzzy" in entry.flags] == []


def test_each_entry_stands_there_once():
    assert [key for key, number in Counter(entry.key[:2] for entry in written()).items() if number > 1] == []


def test_what_counts_things_has_both_forms():
    for entry in translated():
        forms = {"msgstr[0]", "msgstr[1]"} if entry.key[2] else {"msgstr"}
        assert set(entry.said) == forms, entry.key


# --- The same in both languages ------------------------------------------------------------------------------------
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|%")
TAG = re.compile(r"<[^>]+>")
KEPT = re.compile(r"\b(?:3F7-K2M-9PA|2026-12-24|RIGHTS REQUEST|47 CFR 64\.2010|Ed25519|WCAG 2\.2|\d+)\b")


@pytest.mark.parametrize("kept", [PLACEHOLDER, TAG, KEPT], ids=["placeholders", "tags", "examples and numbers"])
def test_what_must_not_change_is_the_same_on_both_sides(kept):
    for entry in translated():
        for english, spanish in entry.pairs():
            assert Counter(kept.findall(english)) == Counter(kept.findall(spanish)), english


def test_lines_and_the_sign_at_the_end_are_the_same_on_both_sides():
    for entry in translated():
        for english, spanish in entry.pairs():
            assert english.count("\n") == spanish.count("\n")
            assert spanish == spanish.strip()
            assert (english.strip("”")[-1] in ".:?") == (spanish.strip("”")[-1] in ".:?"), spanish


ADDRESS = re.compile(r"\S+/\?\S+")


def test_spanish_questions_and_quotes_are_opened_and_closed():
    for entry in translated():
        for text in entry.said.values():
            questions = ADDRESS.sub("", text).count("?")  # in an address a "?" asks nothing
            assert text.count("¿") == questions, text
            assert text.count("“") == text.count("”"), text


def test_nobody_is_called_by_tu():
    familiar = re.compile(r"\b(tú|tu|tus|te|ti|contigo|vos|puedes|tienes|quieres|escribe tu)\b", re.I)
    assert [text for entry in translated() for text in entry.said.values() if familiar.search(text)] == []


def test_a_choice_named_in_a_hint_has_the_name_it_bears():
    spanish = {entry.key[1]: entry.parts["msgstr"] for entry in translated() if not entry.key[0] and not entry.key[2]}
    for english, said in spanish.items():
        for quoted in re.findall(r"“([^”]+)”", english):
            if quoted in spanish:
                assert f"“{spanish[quoted]}”" in said, english


# --- What is served -------------------------------------------------------------------------------------------------
def test_the_compiled_catalog_is_what_was_written():
    expected: dict[object, str] = {}
    for entry in written():
        context, one, many = entry.key
        key = f"{context}\x04{one}" if context else one
        if many:
            expected |= {(key, number): entry.parts[f"msgstr[{number}]"] for number in (0, 1)}
        else:
            expected[key] = entry.parts["msgstr"]
    with (CATALOGS / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    served = vars(compiled)["_catalog"]
    assert served.keys() == expected.keys()  # if not: `make messages`
    assert {key: text for key, text in served.items() if key and text != expected[key]} == {}


# --- What the portal says -------------------------------------------------------------------------------------------
# For each function how many of its first texts are context, and how many are words.
FUNCTIONS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), (0, 1)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (0, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), (1, 1)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (1, 2)),
}
TEXT = r"""u?("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
CALL = re.compile(rf"\b(n?p?gettext|_)\(\s*{TEXT}(?:,\s*{TEXT})?(?:,\s*{TEXT})?", re.S)


def keyed(function: str, texts: list[str]) -> Key:
    contexts, words = FUNCTIONS[function]
    said = texts[contexts : contexts + words]
    return (texts[0] if contexts else None), said[0], (said[1] if words == 2 else None)


def in_code(path: Path) -> Iterator[Key]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            function = getattr(node.func, "attr", getattr(node.func, "id", ""))
            texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            if function in FUNCTIONS and texts:
                yield keyed(function, texts)


def in_template(path: Path) -> Iterator[Key]:
    """Through the same door as `makemessages`: Django writes the template's words as calls."""
    for function, *texts in CALL.findall(templatize(path.read_text(encoding="utf-8"), origin=str(path))):
        yield keyed(function, [ast.literal_eval(text) for text in texts if text])


@lru_cache
def spoken() -> dict[Key, Path]:
    """All words that the portal says, each with a file that says them."""
    found: dict[Key, Path] = {}
    for package in CODE:
        for path in (ROOT / package).rglob("*.py"):
            found |= dict.fromkeys(in_code(path), path)
    for path in (ROOT / "templates").rglob("*.*"):
        found |= dict.fromkeys(in_template(path), path)
    return found


def test_the_scan_sees_all_ways_to_say_something(tmp_path):
    code, template = tmp_path / "x.py", tmp_path / "x.html"
    code.write_text('_("a" "b"); ngettext("c", "d", n); pgettext_lazy("e", "f"); translation.gettext("g"); _(said)')
    assert set(in_code(code)) == {(None, "ab", None), (None, "c", "d"), ("e", "f", None), (None, "g", None)}
    template.write_text(
        """{% load i18n %}{% translate "a" %}{% translate 'it’s' context "b" %}{{ x|default:_("c") }}
        {% blocktranslate trimmed with d=e count n=f %}
          {{ n }} (g)
          h
        {% plural %}{{ n }} i{% endblocktranslate %}{# {% translate "no" %} #}"""
    )
    assert set(in_template(template)) == {
        (None, "a", None), ("b", "it’s", None), (None, "c", None), (None, "%(n)s (g) h", "%(n)s i")
    }  # fmt: skip


def test_the_scan_finds_most_of_what_is_written():
    assert len(spoken()) > 0.9 * len(translated())


def test_everything_the_portal_says_is_in_the_catalog():
    there = {entry.key for entry in translated()}
    assert {key: str(path) for key, path in spoken().items() if key not in there} == {}  # if not: `make messages`


def test_nothing_in_the_catalog_is_said_nowhere():
    assert [entry.key for entry in translated() if entry.key not in spoken()] == []  # if any: `make messages`
