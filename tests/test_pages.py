"""The requester's pages and mails: plain, whole, and silent about what nobody needs to know."""

import re
import uuid
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as portal
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.db import SessionStore
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import timezone

from primevox_privacy import signed
from primevox_privacy.outbox import letters as outbox
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from requests import forms, words, workflow
from requests.models import RightsRequest, Submission
from requests.terms import ExtensionReason, Right
from requests.views import when_broken
from tests.asking import answers_details
from tests.cast import signed_in
from tests.test_form_templates import Page

OPEN_PAGES = [
    "/", "/ask/", "/ask/opt-out/", "/your-request/", "/check/", "/privacy/", "/accessibility/", "/other-ways/",
    "/policy/", "/is-it-us/", "/what-we-hold/",
    "/no-such-page/", "/es/", "/es/ask/",
]  # fmt: skip
NEVER = re.compile(
    r"\b(invalid|illegal|failed to|must|please note|pursuant|data subject|controller|erasure|verif|authenticat)", re.I
)
TYPED = {"name": "Rosa <b>Ñandú</b>", "email": "rosa@example.org", "also_known_by": "512-555-0100"}


@pytest.fixture(autouse=True)
def static_root(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path  # WhiteNoise warns where it is missing


@pytest.fixture
def rosa(db):
    return Client()


def ask(client, *rights, details=None, residence="US-CA"):
    """Ask as a person does, page by page; the receipt."""
    client.post("/ask/", {"rights": rights})
    answers_details(client, **(details or {}))
    if rights != ("opt_out",):
        client.post("/ask/who/", {"capacity": "self"})
        client.post("/ask/where/", {"residence": residence})
        client.post("/ask/reach/", TYPED)
    assert client.get("/ask/check/").status_code == 200
    return client.post("/ask/check/", follow=True)


def come_back(client):
    """A session such as a code opens."""
    now, session = timezone.now().timestamp(), client.session
    session.update({"submission": str(Submission.objects.get().pk), "since": now, "seen": now, "proofs": {}})
    session.save()
    return client.get("/your-request/all/")


def looked_at(response):
    """The page, after checking what holds for every page."""
    page = Page(response.content.decode())
    assert len(page.all("h1")) == 1
    assert page.one("html").attrs["lang"] in ("en", "es")
    assert page.one("main").attrs["id"] == "main"
    assert not page.all("style")
    assert all(element.attrs.get("src") for element in page.all("script"))
    for element in page.elements:
        assert not [name for name in element.attrs if name == "style" or name.startswith("on")]
    ids = [element.attrs["id"] for element in page.elements if "id" in element.attrs]
    assert len(ids) == len(set(ids))
    return page


@pytest.mark.parametrize("address", OPEN_PAGES)
def test_every_open_page_has_one_heading_a_language_and_nothing_inline(rosa, address):
    page = looked_at(rosa.get(address))
    assert "compliance@primevox.net" in page.html  # another way to ask is never far


def test_every_question_says_why_it_is_asked(rosa):
    rosa.post("/ask/", {"rights": ["correct"]})
    for step in ("", "details/1/", "who/", "where/", "reach/"):
        assert "Why we ask:" in looked_at(rosa.get(f"/ask/{step}")).one("p", class_="why").text


def test_the_start_leads_straight_to_the_opt_out_and_to_the_reference(rosa):
    links = {link.attrs.get("href") for link in looked_at(rosa.get("/")).all("a")}
    assert {"/ask/", "/ask/opt-out/", "/your-request/"} <= links


def test_answers_can_be_changed_before_they_are_sent(rosa):
    rosa.post("/ask/", {"rights": ["access"]})
    rosa.post("/ask/who/", {"capacity": "self"})
    rosa.post("/ask/where/", {"residence": "US-CA"})
    rosa.post("/ask/reach/", TYPED)
    page = looked_at(rosa.get("/ask/check/"))
    changes = [link.attrs["href"] for link in page.all("a") if link.text.startswith("Change")]
    assert set(changes) == {"/ask/", "/ask/who/", "/ask/where/", "/ask/reach/"}
    assert "California" in page.html
    assert "<b>" not in page.html


def test_the_receipt_names_each_reference_and_says_the_dates_in_words(rosa):
    page = looked_at(ask(rosa, "access", "delete", details={"scope": "all", "said": ""}))
    requests = RightsRequest.objects.all()
    assert requests.count() == 2
    for one in requests:
        spoken = "-".join(re.findall("...", one.reference))
        assert spoken in page.html
        assert words.day(one.leading_on) in page.html
        assert words.day(one.received_on) in page.html


def test_an_opt_out_by_telephone_number_says_that_the_page_is_the_receipt(rosa):
    page = looked_at(ask(rosa, "opt_out", details={"opt_out": "512-555-0100"}))
    assert "This page is your receipt" in page.html
    assert not Letter.objects.exists()


def test_what_is_too_long_is_said_in_our_words_and_kept(rosa):
    rosa.post("/ask/", {"rights": ["unsure"]})
    page = looked_at(rosa.post("/ask/details/1/", {"said": "x" * 4001}))
    assert page.one("title").text.startswith("Error:")
    assert "Write no more than 4000 characters. There are 4001 now." in page.html
    assert page.one("textarea").text.strip() == "x" * 4001


def test_no_form_falls_back_on_the_words_of_the_framework(db):
    too_long = dict.fromkeys(("name", "also_known_by", "reference", "code", "message", "text"), "x" * 30_000)
    strange = too_long | {"rights": ["no"], "residence": "no", "email": "no", "said": "x\0", "opt_out": "x" * 300}
    strange |= {"capacity": "no", "authority": "no", "encounter": "x" * 5000, "from_on": "no", "until_on": "no"}
    strange |= dict.fromkeys(("scope", "data_form", "send_to", "uses", "consents", "data_from", "data_until"), "no")
    strange |= {"wrong_1": "x\0", "right_1": "x" * 5000, "receiver": "x" * 300, "happened_when": "x\0"}
    made = [
        *(form({}) for form in (forms.RightsForm, forms.ResidenceForm, forms.ReachForm, forms.ReferenceForm)),
        *(form(strange) for form in (forms.RightsForm, forms.ResidenceForm, forms.ReachForm, forms.ReferenceForm)),
        *(form(data) for form in (forms.CodeForm, forms.SignedTextForm) for data in ({}, strange)),
        *(forms.MessageForm(Submission(), data) for data in ({}, strange)),
        *(form(data) for form in (forms.WhoForm, *forms.ABOUT_FORMS.values()) for data in ({}, strange)),
        *(form({}, data) for form in forms.DETAILS_FORMS.values() for data in ({}, strange)),
        forms.IdentityForm(3, True, {"account_number": "x" * 300, "signed_name": "x" * 300}),
    ]
    for form in made:
        said = " ".join(str(message) for messages in form.errors.values() for message in messages)
        assert said, type(form).__name__
        assert not re.search(r"Ensure|valid|Null char|This field", said), said


def test_the_hub_says_whose_turn_it_is_and_when_we_answer(rosa):
    ask(rosa, "access", "unsure", details={"said": "Who has my number?"})
    page = looked_at(come_back(rosa))
    assert "Waiting for you" in page.html
    assert "Waiting for us" in page.html
    for one in RightsRequest.objects.all():
        assert words.day(one.leading_on) in page.html
    assert [button.text for button in page.all("button")[-2:]] == [
        "Leave this page",
        "Give me more time",
    ]  # in a dialog


def test_what_somebody_wrote_is_shown_as_written_and_runs_nothing(rosa):
    ask(rosa, "unsure", details={"said": "Who has my number?"})
    workflow.reply(RightsRequest.objects.get(), "<script>alert(1)</script>")
    page = looked_at(come_back(rosa))
    assert "&lt;script&gt;" in page.html


@pytest.mark.parametrize("step", ["message", "withdraw"])
def test_each_page_of_a_request_stands_by_itself(rosa, step):
    ask(rosa, "unsure", details={"said": "Who has my number?"})
    come_back(rosa)
    reference = RightsRequest.objects.get().reference
    looked_at(rosa.get(f"/your-request/{reference}/{step}/"))


def test_showing_who_you_are_says_why_and_until_when_and_when_a_statement_stays(rosa):
    ask(rosa, "access")
    come_back(rosa)
    page = looked_at(rosa.get("/your-request/all/identity/"))
    assert "What we never ask" in page.html
    assert "24 months" in page.html  # California wants it kept
    assert "I cannot do this" in page.html
    assert "(optional)" not in page.html


def test_where_no_law_wants_it_no_statement_stays(rosa):
    ask(rosa, "access", residence="none")
    come_back(rosa)
    assert "24 months" not in looked_at(rosa.get("/your-request/all/identity/")).html


def test_a_signed_text_is_told_line_by_line(rosa):
    text = signed.sign({"kind": "receipt", "gone_from_use_at": "noon", "classes": {"keys": 1}, "keys": ["a", "b"]})
    page = looked_at(rosa.post("/check/", {"text": text}))
    assert "Yes, this is from us" in page.html
    for said in ("gone from use at", "keys: 1", "a, b"):
        assert said in page.html


def test_in_spanish_the_lines_of_a_signed_text_have_spanish_names_and_words_and_digests_stay(rosa):
    text = signed.sign({"kind": "certificate of destruction", "gone_from_use_at": "noon", "content_sha256": "5f2a"})
    page = looked_at(rosa.post("/es/check/", {"text": text}))
    assert "fuera de uso desde" in page.html
    assert "gone from use at" not in page.html
    told = [line.text for line in page.all("dd")]
    assert [line.attrs.get("lang") for line in page.all("dd")][:3] == [None, "en", "en"], "the rest is read as English"
    assert told[:3] == ["certificado de destrucción", "noon", "5f2a"]


def test_when_all_is_broken_the_page_asks_neither_database_nor_session():
    request = RequestFactory().post("/ask/", {"name": "Rosa <b>"})
    request.session = SessionStore("a-key-that-would-be-looked-up")
    setattr(request, "_messages", FallbackStorage(request))  # noqa: B010
    response = when_broken.not_saved(request)
    assert response.status_code == 500
    assert "was not saved" in looked_at(response).html


@pytest.mark.parametrize("name", ["too_many", "stood_too_long", "not_allowed", "not_found"])
def test_no_page_is_a_dead_end(name):
    html = render_to_string(f"requests/{name}.html", {"compliance_phone": "1", "compliance_email": "a@example.org"})
    assert "mailto:a@example.org" in html


@pytest.mark.parametrize(
    ("phone", "said"),
    [("972-600-1150 (option 1)", "972-600-1150 (option 1)"), ("+1 972 600 1150", "+1 972 600 1150")],
)
def test_the_telephone_number_is_said_as_it_is_set(rosa, settings, phone, said):
    settings.COMPLIANCE_PHONE = phone
    assert said in rosa.get("/other-ways/").content.decode()


def test_which_option_of_the_menu_is_said_in_the_language_of_the_page(rosa):
    page = rosa.get("/es/other-ways/").content.decode()
    assert "972-600-1150" in page
    assert "option 1" not in page


# --- Mails ----------------------------------------------------------------------------------------------------
EVERY = [("3F7-K2M-9PA", "Monday 7 December 2026")] * len(Right)
TO_REQUESTERS: dict[str, dict[str, Any]] = {
    "receipt": {"requests": EVERY, "received": "Monday 23 November 2026", "asks_identity": True},
    "code": {},
    "check_code": {},
    "task_waiting": {},
    "check_result": {},
    "authority_decided": {},
    "message_waiting": {"reference": "3F7-K2M-9PA"},
    "more_time": {
        "reference": "3F7-K2M-9PA",
        "until": "Monday 7 December 2026",
        "reason": words.EXTENSION_REASON_IN_LETTER[ExtensionReason.SEVERAL_REQUESTS],
    },
    "answer_ready": {"reference": "3F7-K2M-9PA"},
    "closed": {"reference": "3F7-K2M-9PA"},
}


def mail(kind, **context):
    key = DataKey.make(uuid.uuid4(), Life.CONTACT)
    page = f"{portal.PUBLIC_URL}/your-request/"
    return outbox.letter(kind, key="k", about=key.owner, address="a@b.org", address_key=key, page=page, **context)


@pytest.mark.parametrize("kind", TO_REQUESTERS)
def test_a_mail_is_short_says_who_writes_and_how_to_tell(kind):
    letter = mail(kind, **TO_REQUESTERS[kind])
    paragraphs = letter.text.strip().split("\n\n")
    assert len(letter.text.split()) <= 120
    assert "privacy team of Primevox" in paragraphs[0]
    assert "You get this because" in paragraphs[0]
    assert "never ask for a password or a payment" in paragraphs[-1]
    assert portal.PUBLIC_URL in paragraphs[-1]
    assert "&" not in letter.text


@pytest.mark.parametrize("kind", TO_REQUESTERS)
def test_a_mail_names_no_right(kind):
    letter = mail(kind, **TO_REQUESTERS[kind])
    said = f"{letter.subject} {letter.text}".lower()
    assert not re.search(r"delet|correct|copy|portab|consent|object|opt.?out|your data|restrict|retaliat", said)


@pytest.mark.parametrize("kind", ["code", "check_code"])
def test_a_code_stands_alone_on_its_line(kind):
    assert outbox.CODE_GOES_HERE in mail(kind).text.splitlines()


def test_the_receipt_repeats_nothing_that_was_typed(rosa):
    ask(rosa, "unsure", "access", details={"said": "Who has my number?"})
    letter = Letter.objects.select_related("address_key").get()
    assert letter.kind == "receipt"
    for typed in (*TYPED.values(), "Ñandú", "Who has my number"):
        assert typed not in letter.subject + letter.text
    for one in RightsRequest.objects.all():
        assert "-".join(re.findall("...", one.reference)) in letter.text


def test_the_picture_of_a_mail_loads_nothing_and_says_its_language():
    html = render_to_string(
        "emails/letter.html", {"paragraphs": ["One <b>\ntwo", "http://a.example/"], "language": "es"}
    )
    page = Page(html)
    assert page.one("html").attrs["lang"] == "es"
    assert not page.all("img", "link", "style", "script", "b")
    assert page.one("a").attrs["href"] == "http://a.example/"


@pytest.mark.parametrize(
    ("left", "late", "said"), [(3, -3, "in 3 days"), (1, -1, "in 1 day"), (0, 0, "due today"), (-2, 2, "2 days ago")]
)
def test_the_digest_says_when_and_who_has_it(left, late, said):
    line = {
        "reference": "3F7-K2M-9PA", "due_on": date(2026, 12, 7), "days_left": left, "days_late": late,
        "by_law": True, "unassigned": True,
    }  # fmt: skip
    letter = mail("digest", lines=[line], today=date(2026, 12, 4))
    assert "3F7-K2M-9PA" in letter.text
    assert "Monday 7 December 2026" in letter.text
    assert said in letter.text
    assert "set by law" in letter.text
    assert "Nobody has taken it" in letter.text
    danger = mail("statutory_danger", citation="Art. 12(3)", **line)
    assert said in danger.text
    assert "3F7-K2M-9PA" in danger.subject


# --- Words ----------------------------------------------------------------------------------------------------
def test_no_template_uses_a_word_of_the_never_list():
    folder = Path(portal.BASE_DIR) / "templates"
    files = [*folder.glob("requests/*.html"), *folder.glob("components/*.html"), *folder.glob("emails/*")]
    assert len(files) > 40
    for file in files:
        text = re.sub(r"{#.*?#}", "", file.read_text())
        said = re.findall(r'{% translate "(.*?)"|%}([^<{]+)', text)
        for sentence in (part for pair in said for part in pair):
            assert not NEVER.search(sentence), f"{file.name}: {sentence.strip()}"


def test_staff_who_went_astray_are_led_back_to_the_desk(tess, ada):
    lost = signed_in(tess).get("/admin/no/such/page/").content.decode()
    kept_out = signed_in(ada).get("/admin/requests/rightsrequest/").content.decode()
    assert "Back to the desk" in lost
    assert "Back to the desk" in kept_out
    assert "I have a reference" not in lost + kept_out


def test_before_it_is_sent_people_read_where_else_we_write_and_what_to_do_where_that_is_a_danger(rosa):
    rosa.post("/ask/", {"rights": ["access"]})
    rosa.post("/ask/who/", {"capacity": "self"})
    rosa.post("/ask/where/", {"residence": "US-CA"})
    rosa.post("/ask/reach/", TYPED)
    page = looked_at(rosa.get("/ask/check/"))
    assert "we also write to addresses of yours that we already have" in page.html
    assert "/other-ways/" in page.html.split("Could that put somebody in danger?")[0].rsplit("<a", 1)[1]


def test_who_only_opts_out_reads_nothing_of_that(rosa):
    rosa.post("/ask/opt-out/", {"opt_out": "rosa@mail.example"})
    assert "we already have" not in looked_at(rosa.get("/ask/check/")).one("main").text


def test_who_corrects_something_reads_that_a_paper_can_come_later(rosa):
    rosa.post("/ask/", {"rights": ["correct"]})
    assert "You can send it later, with a message on your page." in rosa.get("/ask/details/1/").content.decode()
