"""Every address that takes what a requester sends, with a browser that may send there; and what has to hold after."""

import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from html.parser import HTMLParser
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.test import Client
from django.urls import URLPattern, get_resolver

from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from requests import (
    acting_for,
    appeals,
    changing_contact,
    details,
    documents,
    fees,
    forms,
    packages,
    stopping,
    workflow,
)
from requests.answers import Draft
from requests.forms import DETAILS_FORMS
from requests.models import Package, StopLink, UnsentMessage
from requests.terms import Capacity, Ending, Right
from tests.endings import COME_TO
from tests.every_way import everything
from tests.naughty_strings import MARK
from tests.situation import HUB, WRITTEN_BY_US, Situation, sealed
from tests.states_of_asking import _about, _filled_in, who
from verification.models import Paper

# What counts tries and visits may change, whatever is sent.
COUNTS = {"limits_counter", "requests_signin", "verification_code"}
# What somebody wrote and could not send waits for them: where a message is refused, their words are kept on purpose.
KEEPS_WHAT_WAS_TYPED = {"message", "message_keep"}
# Steps that answer with what they give, not with a redirect.
GIVES = {"new_code", "download", "open_file"}


Unsent = dict[uuid.UUID, tuple[Any, ...]]
Before = tuple[dict[str, object], Unsent]


@dataclass
class Door:
    """An address, who stands before it, and the names of its fields."""

    name: str
    path: str
    fields: tuple[str, ...]
    browser: Client
    cookies: dict[str, str] = field(default_factory=dict)
    before: Before | None = None  # what is kept before anything is sent: the same each time, as all is taken back

    def __post_init__(self) -> None:
        self.cookies = {name: one.value for name, one in self.browser.cookies.items()}

    def send(self, how: Callable[[Client, str], HttpResponseBase]) -> tuple[HttpResponseBase, bool]:
        """The answer, and whether anything but counters was written. Everything is as before afterwards."""
        self.browser.cookies.clear()
        for name, value in self.cookies.items():
            self.browser.cookies[name] = value
        with transaction.atomic():
            if self.before is None:
                self.before = kept(), unsent_messages()
            before, waited = self.before
            answer = how(self.browser, self.path)
            if not answer.streaming:
                assert isinstance(answer.content, bytes)  # type: ignore[attr-defined]
            wrote = kept() != before or self._keeps_what_it_should_not(answer, waited, unsent_messages())
            transaction.set_rollback(True)
        return answer, wrote

    def _keeps_what_it_should_not(self, answer: HttpResponseBase, before: Unsent, after: Unsent) -> bool:
        """Whether a text waits that should not. What was typed into a message may wait for its writer, in place of what
        waited there before, and opens under its own key alone."""
        if after == before:
            return False
        sent: HttpRequest = answer.wsgi_request  # type: ignore[attr-defined]
        if self.name not in KEEPS_WHAT_WAS_TYPED or before.keys() - after.keys():
            return True
        new = UnsentMessage.objects.filter(pk__in=[pk for pk in after if after[pk] != before.get(pk)])
        return not all(
            one.rights_request.reference in self.path
            and str(one.rights_request.submission_id) == sent.session["submission"]
            and one.text == sent.POST["message"]
            and (one.draft_key.life, one.draft_key.owner) == (Life.DRAFT, one.pk)
            for one in new
        )


def kept() -> dict[str, object]:
    """All that is written anywhere, but for counts, and for texts that wait with their keys."""
    texts = {UnsentMessage._meta.db_table, DataKey._meta.db_table}
    found = {table: digest for table, digest in everything().items() if table not in COUNTS | texts}
    others = DataKey.objects.exclude(pk__in=UnsentMessage.objects.values("draft_key"))
    return found | {"keys of all else": sorted(others.values_list())}


def unsent_messages() -> Unsent:
    return {pk: tuple(rest) for pk, *rest in UnsentMessage.objects.values_list("pk", "text", "draft_key", "kept_at")}


ABOUT = ("subject_name", "subject_email", "authority", "from_on", "until_on", "also_known_by", "encounter")
REACH = ("name", "email", "phone", "postal_address", "also_known_by")
FACTS = ("account_number", "service_address", "phone_on_account", "service_began", "signed_name", "declared")


def doors(here: Situation) -> Iterator[Door]:
    """Each address once, and once more where it shows another form."""
    yield from _open_doors(here)
    yield from _doors_of_open_requests(here)
    yield from _doors_of_answers(here)


def _fresh(here: Situation) -> Situation:
    return Situation(here.team, Client())


def _open_doors(here: Situation) -> Iterator[Door]:
    def door(name: str, path: str, *fields: str, after: Callable[[Situation], object] = lambda there: None) -> Door:
        there = _fresh(here)
        after(there)
        return Door(name, path, fields, there.browser)

    yield door("ask", "/ask/", "rights")
    yield door("ask_one", "/ask/delete/", "rights")
    yield door("opt_out", "/ask/opt-out/", "opt_out")
    asked_more = sorted(details.ASKED)
    for number, right in enumerate(asked_more, 1):
        form = DETAILS_FORMS[right]({})
        yield door("ask_details", f"/ask/details/{number}/", *form.fields, after=partial(_ticked, rights=asked_more))
    yield door("ask_details", "/ask/details/1/", "said", "add", "remove")  # without a draft
    yield door("throw_away", "/ask/throw-away/", "anything", after=_filled_in)
    yield door("ask_who", "/ask/who/", "capacity", after=who)
    for capacity in Capacity:
        yield door("ask_about", "/ask/about/", *ABOUT, after=partial(_about, capacity=capacity))
    yield door("ask_where", "/ask/where/", "residence", after=lambda there: _about(there, Capacity.SELF))
    yield door("ask_reach", "/ask/reach/", *REACH, after=_filled_in)
    yield door("ask_check", "/ask/check/", "anything", after=_filled_in)
    yield door("sign_in", "/your-request/", "reference")
    asked = here.asks(Right.ACCESS)
    for name, path, *fields in (
        ("code", "/your-request/code/", "code"),
        ("code_again", "/your-request/code/again/"),
        ("code_on_file", "/your-request/code/on-file/"),
    ):
        yield door(name, path, *fields, after=lambda there: there.sends("/your-request/", reference=asked.reference))
    yield door("paper", "/your-request/paper/", "reference", "code")
    yield door("sign_out", "/your-request/leave/", "anything")
    yield door("check_signed", "/check/", "text", "file")
    yield door("not_me_page", "/not-me/", "note", after=lambda there: _at_the_link(there, asked.submission_id))
    yield door("not_me_page", "/not-me/", "note")


def _ticked(there: Situation, rights: Iterable[Right]) -> None:
    there.sends("/ask/", rights=[right.value for right in rights])


def _at_the_link(there: Situation, submission: uuid.UUID) -> None:
    session = there.browser.session
    session["not_me"] = str(StopLink.objects.get(submission=submission).pk)
    session.save()


def _doors_of_open_requests(here: Situation) -> Iterator[Door]:
    def door(name: str, one: Any, page: str, *fields: str) -> Door:
        there = _fresh(here).has_come_back(one)
        return Door(
            name, page if page.startswith("/") else f"/your-request/{one.reference}/{page}", fields, there.browser
        )

    one = here.in_work(Right.ACCESS, Right.DELETE)
    for page in ("message", "withdraw", "undo", "fee", "appeal"):
        yield door(page, one, f"{page}/", "message", "reason", "attached", "accept", "decline")
    yield door("message_keep", one, "message/keep/", "message")
    yield door("message_away", one, "message/throw-away/", "anything")
    yield door("more_time", one, f"{HUB}more-time/", "anything")
    yield door("not_me_here", one, f"{HUB}not-me/", "note")
    yield door("contact", one, f"{HUB}contact/", *forms.ContactForm.base_fields)
    moving = here.asks(Right.ACCESS)
    changing_contact.ask(moving.submission, {"email": "rosa@new.example"})
    for page, *fields in (("codes", "old_code", "new_code"), ("again",), ("lost",), ("cancel",)):
        path = "codes/again" if page == "again" else page
        yield door(f"contact_{page}", moving, f"{HUB}contact/{path}/", *(fields or ["anything"]))
    yield door("identity", one, f"{HUB}identity/", *FACTS)
    yield door("new_code", one, f"{HUB}paper/", "anything")
    yield door("code_as_text", one, f"{HUB}paper/text/", "code")
    yield door("identity_code", here.asks(Right.RESTRICT), f"{HUB}identity/code/", "code", "send")
    agent = here.gia_asks(Capacity.AGENT, Right.ACCESS)
    acting_for.give_papers(agent.submission, [sealed()])
    yield door("authority", agent, f"{HUB}authority/", "papers")
    paper = here.asks(Right.ACCESS)
    documents.ask_for(paper, WRITTEN_BY_US, by=here.team.vera)
    documents.give(paper.submission, [sealed()])
    given = Paper.objects.get(check_made=paper.submission.check_made_id)
    yield door("document", paper, f"{HUB}document/", "papers")
    yield door("document_back", paper, f"{HUB}document/{given.pk}/", "anything")
    workflow.ask(one, WRITTEN_BY_US, [sealed()], by=here.team.abe)
    sent = one.messages.get(direction="to_requester").attachments.get()
    yield door("open_file", one, f"{HUB}files/{sent.pk}/", "anything")
    yield door("message", one, "message/", "message", "attached")  # now it answers a question
    costly = here.in_work(Right.ACCESS)
    fees.assess(costly, 20, fees.GROUNDS[1], WRITTEN_BY_US, by=here.team.abe)  # type: ignore[arg-type]
    yield door("fee", costly, "fee/", "accept", "decline")
    frozen = here.in_work(Right.ACCESS)
    stopping.freeze(frozen, WRITTEN_BY_US, by=here.team.abe)
    yield door("message", frozen, "message/", "message", "attached")


def _doors_of_answers(here: Situation) -> Iterator[Door]:
    refused = COME_TO[Ending.REFUSED](here.team)
    proven = here.proven(Right.ACCESS)
    packages.add(proven, [sealed()], by=here.team.abe)
    with_files = here.released(proven, Draft(Ending.FULFILLED, text=WRITTEN_BY_US))
    package = Package.objects.get()
    pages = (
        ("open_answer", with_files, "answer/open/", ()),
        ("answer_code", with_files, "answer/code/", ("code",)),
        ("files_code", with_files, "files/code/", ("code", "send")),
        ("download", with_files, f"answer/files/{package.files.get().pk}/", ("anything",)),
        ("keep_longer", with_files, f"answer/longer/{package.pk}/", ("anything",)),
        ("appeal", refused, "appeal/", ("reason", "attached")),
        ("message", refused, "message/", ("message", "attached")),
        ("undo", COME_TO[Ending.WITHDRAWN](here.team), "undo/", ("anything",)),
    )
    for name, one, page, fields in pages:
        there = _fresh(here).has_come_back(one, "typed", "on_file")
        yield Door(name, f"/your-request/{one.reference}/{page}", fields, there.browser)
    appealed = COME_TO[Ending.NOTHING_HELD](here.team)
    appeals.file(appealed, WRITTEN_BY_US, by=workflow.REQUESTER)
    there = _fresh(here).has_come_back(appealed)
    yield Door("appeal", f"/your-request/{appealed.reference}/appeal/", ("reason", "attached"), there.browser)


def names_of_all_addresses() -> dict[str, URLPattern]:
    """The requester's addresses by name."""
    resolver = get_resolver("requests.urls")
    return {one.name: one for one in resolver.url_patterns if isinstance(one, URLPattern) and one.name}


# --- What has to hold ----------------------------------------------------------------------------------------------
SPECIAL = re.compile(r"[<>\"']")


class Markup(HTMLParser):
    """Finds the mark where it became an element, an attribute, a comment or a script."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        runs = [value or "" for name, value in attributes if name.startswith("on") or name in ("href", "src", "action")]
        self.found |= any(MARK in said for said in (tag, *(name for name, _ in attributes), *runs))

    def handle_endtag(self, tag: str) -> None:
        self.found |= MARK in tag

    def handle_comment(self, data: str) -> None:
        self.found |= MARK in data

    def handle_decl(self, decl: str) -> None:
        self.found |= MARK in decl

    handle_pi = unknown_decl = handle_comment

    def handle_data(self, data: str) -> None:
        self.found |= MARK in data and self.cdata_elem is not None


def wrong(door: Door, answer: HttpResponseBase, wrote: bool, sent: list[str]) -> str:
    """What is wrong with an answer; empty where all is well."""
    if answer.status_code >= 500:
        return f"{door.name}: {answer.status_code}"
    refused = answer.status_code not in (301, 302) and not (door.name in GIVES and answer.status_code == 200)
    if wrote and refused:
        return f"{door.name}: {answer.status_code}, and something was written"
    if answer.streaming or not answer.headers.get("Content-Type", "").startswith("text/html"):
        return ""
    page = answer.content.decode()  # type: ignore[attr-defined]
    if MARK in page and Markup(page).found:
        return f"{door.name}: {MARK} became markup"
    for text in sent:
        if SPECIAL.search(text) and len(text) > 4 and text in page:
            return f"{door.name}: {text[:60]!r} stands there as it was sent"
    return ""
