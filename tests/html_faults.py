"""What is wrong with a page: each function names one kind of fault in words, and finds none in a page that is whole.

The parser follows the HTML standard to the letter and stops at the first parse error; what a parser does not mind,
such as a label that belongs to nothing, is looked for here.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
from django.conf import settings
from html5lib.html5parser import ParseError

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
REFERRING = ("aria-describedby", "aria-labelledby", "aria-controls", "aria-owns", "aria-details", "headers", "for")
LOADING = {"img": "src", "script": "src", "link": "href", "form": "action", "source": "src", "iframe": "src"}
AUTOCOMPLETE = {"name", "email", "tel", "street-address", "one-time-code", "off"}


def parsed(html: str) -> Element:
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)


def text_of(element: Element) -> str:
    """What is said, pictures by their words."""
    said = [element.text or "", element.get("alt", "") if element.tag == "img" else ""]
    for child in element:
        said += [text_of(child), child.tail or ""]
    return " ".join("".join(said).split())


def _ids(page: Element) -> Counter[str]:
    return Counter(element.get("id", "") for element in page.iter() if element.get("id") is not None)


def repeated_ids(page: Element) -> Iterator[str]:
    yield from (f"the id {name!r} stands {number} times" for name, number in _ids(page).items() if number > 1)


def dangling(page: Element) -> Iterator[str]:
    """What points to an id that is not there."""
    ids = _ids(page)
    for element in page.iter():
        pointed = [(name, one) for name in REFERRING for one in element.get(name, "").split()]
        if element.tag == "a" and element.get("href", "").startswith("#"):
            pointed.append(("href", element.get("href", "")[1:]))
        yield from (f"{element.tag} {name}={one!r} leads nowhere" for name, one in pointed if one not in ids)


def nameless_groups(page: Element) -> Iterator[str]:
    for group in page.iter("fieldset"):
        first = next(iter(group), None)
        if first is None or first.tag != "legend" or not text_of(first):
            yield f"a group without a legend: {text_of(group)[:40]!r}"


def _summaries(page: Element) -> list[Element]:
    return [one for one in page.iter("div") if "error-summary" in one.get("class", "").split()]


def headings_out_of_order(page: Element) -> Iterator[str]:
    """The summary of errors stands above all, before the heading of the page."""
    above = {id(heading) for summary in _summaries(page) for heading in summary.iter()}
    levels = [int(one.tag[1]) for one in page.iter() if one.tag in HEADINGS and id(one) not in above]
    if levels.count(1) != 1:
        yield f"{levels.count(1)} first headings"
    before = 0
    for level in levels:
        if level > before + 1:
            yield f"h{level} comes after h{before}"
        before = level
    yield from (
        f"an empty {element.tag}" for element in page.iter() if element.tag in HEADINGS and not text_of(element)
    )


def _has_name(element: Element, page: Element) -> bool:
    by = [one for one in page.iter() if one.get("id") in element.get("aria-labelledby", "").split()]
    return bool(element.get("aria-label", "").strip() or any(text_of(one) for one in by))


def unlabelled_controls(page: Element) -> Iterator[str]:
    labelled = {label.get("for") for label in page.iter("label") if text_of(label)}
    for control in page.iter():
        if control.tag not in ("input", "select", "textarea") or control.get("type") in ("hidden", "submit"):
            continue
        if control.get("id") not in labelled and not _has_name(control, page):
            yield f"the field {control.get('name')!r} has no label"


def wordless(page: Element) -> Iterator[str]:
    """Links and buttons that say nothing, pictures and parts of the page without a name."""
    for element in page.iter():
        if element.tag in ("a", "button", "summary", "caption", "label") and not text_of(element):
            if not _has_name(element, page):
                yield f"{element.tag} without words"
        elif element.tag == "img" and element.get("alt") is None:
            yield f"a picture without words: {element.get('src')}"
        elif (element.tag == "nav" or element.get("role") == "region") and not _has_name(element, page):
            yield f"{element.tag} without a name"


def inline(page: Element) -> Iterator[str]:
    """What the content security policy would refuse."""
    for element in page.iter():
        if element.tag == "style" or (element.tag == "script" and not element.get("src")):
            yield f"inline {element.tag}"
        yield from (f"{element.tag} {name}" for name in element.attrib if name == "style" or name.startswith("on"))
        if element.get("href", "").strip().lower().startswith(("javascript:", "data:")):
            yield f"{element.tag} runs {element.get('href')}"


def other_hosts(page: Element) -> Iterator[str]:
    """Nothing is loaded from elsewhere; a link leads elsewhere only to the published policy, or out of a letter."""
    outward = {id(link) for letter in page.iter("article") for link in letter.iter("a")}
    for element in page.iter():
        loads = element.get(LOADING.get(element.tag, ""), "")
        if urlsplit(loads).netloc:
            yield f"{element.tag} loads {loads}"
        leads = element.get("href", "") if element.tag == "a" and id(element) not in outward else ""
        if urlsplit(leads).netloc and not leads.startswith((settings.POLICY_URL, settings.PUBLIC_URL)):
            yield f"a link leads to {leads}"


def errors_not_tied(page: Element) -> Iterator[str]:
    """A page with a mistake says so in its title and above, with a link to each field, and at the field."""
    title = text_of(next(page.iter("title")))
    summaries = _summaries(page)
    at_fields = [one for one in page.iter("div") if "field-error" in one.get("class", "").split()]
    if title.startswith("Error:") != bool(summaries):
        yield f"title {title!r} with {len(summaries)} summaries"
    if at_fields and not summaries:
        yield "errors at fields, and no summary"
    controls = {one.get("id") for one in page.iter() if one.tag in ("input", "select", "textarea")}
    for summary in summaries:
        if summary.get("role") != "alert" or summary.get("tabindex") != "-1":
            yield "the summary is not announced"
        for link in summary.iter("a"):
            if link.get("href", "")[1:] not in controls:
                yield f"the summary leads to {link.get('href')}, which is no field"
    described = {one for element in page.iter() for one in element.get("aria-describedby", "").split()}
    yield from (f"nothing is described by {one.get('id')}" for one in at_fields if one.get("id") not in described)


def language_not_said(page: Element) -> Iterator[str]:
    if page.get("lang") not in dict(settings.LANGUAGES):
        yield f"the page is in {page.get('lang')!r}"
    if page.get("dir") not in ("ltr", "rtl"):
        yield "no direction of writing"


def tables_without_headings(page: Element) -> Iterator[str]:
    for table in page.iter("table"):
        if next(iter(table)).tag != "caption":
            yield "a table without a caption"
        yield from ("a heading of a table without scope" for cell in table.iter("th") if not cell.get("scope"))


def lists_of_something_else(page: Element) -> Iterator[str]:
    """Lists hold items and nothing else; lists of terms hold terms with what they mean."""
    for element in page.iter():
        inside = {child.tag for child in element}
        if element.tag in ("ul", "ol") and inside - {"li"}:
            yield f"{element.tag} holds {inside - {'li'}}"
        if element.tag == "dl" and inside - {"div", "dt", "dd"}:
            yield f"dl holds {inside - {'div', 'dt', 'dd'}}"
        if element.tag in ("ul", "ol", "dl") and not inside:
            yield f"an empty {element.tag}"


def unknown_autocomplete(page: Element) -> Iterator[str]:
    given = {element.get("autocomplete") for element in page.iter() if element.get("autocomplete")}
    yield from (f"autocomplete={value}" for value in sorted(filter(None, given - AUTOCOMPLETE)))


FAULTS: tuple[Callable[[Element], Iterator[str]], ...] = (
    repeated_ids,
    dangling,
    nameless_groups,
    headings_out_of_order,
    unlabelled_controls,
    wordless,
    inline,
    other_hosts,
    errors_not_tied,
    language_not_said,
    tables_without_headings,
    lists_of_something_else,
    unknown_autocomplete,
)


def faults(html: str) -> list[str]:
    """All that is wrong with a page."""
    if not re.match(r"\s*<!doctype html>", html, re.I):
        return ["no doctype"]
    try:
        page = parsed(html)
    except ParseError as error:
        return [f"parse error: {error}"]
    return [found for look in FAULTS for found in look(page)]
