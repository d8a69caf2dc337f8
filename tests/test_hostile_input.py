"""Whatever is sent to a page, it answers: never broken, nothing taken for markup, nothing written when refused."""

import os
import random
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from time_machine import travel

from requests import unsent, workflow
from requests.models import RightsRequest, UnsentMessage
from requests.models.submission import Direction
from tests.conftest import A_TUESDAY
from tests.hostile_posts import KEEPS_WHAT_WAS_TYPED, Door, doors, kept, names_of_all_addresses, unsent_messages, wrong
from tests.html_faults import faults
from tests.naughty_strings import NAUGHTY
from tests.situation import Situation

pytestmark = pytest.mark.django_db
PROVE = bool(os.environ.get("PROVE"))
TURNS = range(10 if PROVE else 1)  # rows that were taken back slow a table down until their transaction is over
POSTS = 1_000 if PROVE else 300  # a turn
NEVER_POSTED = {  # pages that only show; a test below tries them
    *("start", "hub", "answer", "sent", "code_on_receipt", "not_me", "not_me_done", "privacy_notice", "what_we_ask"),
    *("accessibility", "other_ways", "is_it_us", "all_details", "ended"),
    *("receipt", "receipt_text", "receipt_signed", "sent_text", "sent_signed"),
}
MEGABYTE = "a" * 1_000_001
RECEIPTS = [
    *("/ask/sent/text/", "/ask/sent/signed/", "/your-request/ended/"),
    *(f"/your-request/all/receipt/{form}" for form in ("", "text/", "signed/")),
]
TOKEN = {"csrfmiddlewaretoken": "x"}


@pytest.fixture(autouse=True)
def no_time_passes() -> Iterator[None]:
    """Nobody's session ends while thousands of posts are sent, however slow the machine is."""
    with travel(A_TUESDAY, tick=False):
        yield


@pytest.fixture
def every_door(situation: Situation) -> list[Door]:
    found = list(doors(situation))
    before = kept(), unsent_messages()
    for door in found:
        door.browser.raise_request_exception, door.before = False, before
    return found


def test_there_are_at_least_515_naughty_strings():
    assert len(set(NAUGHTY)) >= 515


def test_every_address_that_takes_something_is_tried(every_door):
    assert {door.name for door in every_door} | NEVER_POSTED == set(names_of_all_addresses())


@pytest.mark.parametrize("path", ["/", "/ask/sent/", "/privacy/", "/not-me/done/", "/your-request/all/", *RECEIPTS])
def test_a_page_that_only_shows_takes_nothing(client, path):
    assert client.post(path, TOKEN).status_code in (302, 403, 405)


# --- Each naughty string --------------------------------------------------------------------------------------------
def packed(door: Door) -> Iterator[dict[str, str]]:
    """All naughty strings, as many at a time as the page has fields."""
    width = len(door.fields)
    for start in range(0, len(NAUGHTY), width):
        yield dict(zip(door.fields, (NAUGHTY * 2)[start : start + width], strict=True))


@pytest.mark.parametrize("turn", TURNS)
def test_no_naughty_string_breaks_a_page_or_becomes_markup(every_door, capsys, turn):
    """On a page of each kind with many fields; with PROVE=1 on each that has a field at all."""
    found, posts = {""}, 0
    wide = {door.fields: door for door in every_door if len(door.fields) > 5}.values()
    with_fields = [one for one in every_door if {*one.fields} - {"anything"}]
    for door in with_fields[turn :: len(TURNS)] if PROVE else wide:
        for fields in packed(door):
            answer, wrote = door.send(lambda browser, path, fields=fields: browser.post(path, TOKEN | fields))
            found.add(wrong(door, answer, wrote, list(fields.values())))
            posts += 1
    assert found == {""}
    if PROVE:
        with capsys.disabled():
            print(f"\n{len(NAUGHTY)} naughty strings in {posts} posts: none broke a page, became markup or was kept")


# --- What is kept for its writer where it was refused ----------------------------------------------------------------
TOO_LONG = "It began with a call in May. " * 400


def sends_what_is_too_long(every_door: list[Door]) -> list[bool]:
    """To each page that keeps what it refuses; whether it wrote more than that text for its writer."""
    wrote = []
    for door in every_door:
        if door.name in KEEPS_WHAT_WAS_TYPED and "message" in door.fields:
            answer, more = door.send(lambda browser, path: browser.post(path, TOKEN | {"message": TOO_LONG}))
            assert answer.status_code in (200, 204)
            wrote.append(more)
    return wrote


def test_where_a_message_is_refused_that_text_is_kept_for_its_writer_and_nothing_else_is_written(every_door):
    assert set(sends_what_is_too_long(every_door)) == {False}


KEEP = unsent.keep
SPOILT = {
    "another text": lambda one, text: KEEP(one, f"{text}!"),
    "for somebody else": lambda one, text: KEEP(
        RightsRequest.objects.exclude(submission=one.submission_id).earliest("pk"), text
    ),
    "and a message": lambda one, text: KEEP(one, text) and workflow.write(one, Direction.INTERNAL, text, by=None),
    "under the key of messages": lambda one, text: (
        KEEP(one, text) and UnsentMessage.objects.filter(rights_request=one).update(draft_key=one.content_key_id)
    ),
}


@pytest.mark.parametrize("how", SPOILT)
def test_more_than_that_would_be_seen(every_door, monkeypatch, how):
    monkeypatch.setattr(unsent, "keep", SPOILT[how])
    assert set(sends_what_is_too_long(every_door)) == {True}


WHERE_IT_IS_SHOWN = [
    ("/ask/reach/", "name"), ("/ask/reach/", "postal_address"), ("/your-request/", "reference"), ("/check/", "text"),
]  # fmt: skip


def test_what_is_shown_again_is_text_in_a_page_that_is_valid(every_door):
    by_path = {one.path: one for one in every_door}
    for text in [text for text in NAUGHTY if "<" in text or '"' in text][:: 1 if PROVE else 4]:
        readable = all(character.isprintable() or character in "\n\r\t" for character in text)
        for path, name in WHERE_IT_IS_SHOWN:
            fields = TOKEN | {name: text}
            answer, _wrote = by_path[path].send(lambda browser, path, fields=fields: browser.post(path, fields))
            assert answer.status_code in (200, 302), (path, text)
            if answer.status_code == 200 and readable:
                assert faults(answer.content.decode()) == [], (path, text)


# --- Random posts ---------------------------------------------------------------------------------------------------
VALID = st.sampled_from(
    [
        *("access", "delete", "unsure", "self", "agent", "US-CA", "none", "signed_permission", "2026-01-31", "on", "1"),
        *("rosa@mail.example", "972-555-0143", "Rosa Marquez", "3F7-K2M-9PA", "123456", "I would like a copy."),
    ]
)
VALUES = st.one_of(VALID, st.sampled_from(NAUGHTY), st.text(max_size=60), st.binary(max_size=60))
STRANGE_NAMES = st.one_of(
    st.text(max_size=12), st.sampled_from(["csrfmiddlewaretoken", "rights[]", "a.b", "__proto__"])
)
KINDS = [
    *("urlencoded", "multipart", "multipart", "urlencoded", "application/json", "text/plain", "application/xml", ""),
    *("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\u00e9"),
    *("application/x-www-form-urlencoded; charset=utf-16", "application/x-www-form-urlencoded; charset=nothing"),
]


def as_bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")


def urlencoded(fields: list[tuple[str, str | bytes]]) -> bytes:
    quoted = [
        b"=".join("".join(f"%{byte:02X}" for byte in as_bytes(part)).encode() for part in pair) for pair in fields
    ]
    return b"&".join(quoted)


def multipart(fields: list[tuple[str, str | bytes]], files: list[tuple[str, bytes]]) -> bytes:
    """As it is, quotes and line breaks in names too."""
    parts = [b'name="' + as_bytes(name) + b'"\r\n\r\n' + as_bytes(value) for name, value in fields]
    parts += [
        b'name="' + as_bytes(name) + b'"; filename="' + as_bytes(name) + b'.pdf"\r\n\r\n' + content
        for name, content in files
    ]
    return b"".join(b"--X\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts) + b"--X--\r\n"


@pytest.mark.parametrize("turn", TURNS)
def test_random_posts_break_nothing(every_door, capsys, turn):
    done: dict[str, int] = {}

    @settings(
        max_examples=POSTS,
        deadline=None,
        derandomize=not PROVE,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def post(data: st.DataObject) -> None:
        door = data.draw(st.sampled_from(every_door))
        names = st.one_of(st.sampled_from(door.fields or ("anything",)), STRANGE_NAMES)
        fields = data.draw(st.lists(st.tuples(names, VALUES), max_size=8))
        files = data.draw(st.lists(st.tuples(names, st.binary(max_size=200)), max_size=3))
        kind = data.draw(st.sampled_from(KINDS))
        body = multipart(fields, files) if kind.startswith("multipart") else urlencoded(fields)
        if data.draw(st.integers(0, 9)) == 0:
            body = body[: data.draw(st.integers(0, len(body)))]  # broken off
        content_type = {
            "urlencoded": "application/x-www-form-urlencoded",
            "multipart": "multipart/form-data; boundary=X",
        }.get(kind, kind)
        query = data.draw(st.sampled_from(["", "?rights=access", "?%ff=%00", "?a=1&a=2", "?next=//other.example"]))
        answer, wrote = door.send(
            lambda browser, path: browser.generic("POST", path + query, body, content_type=content_type)
        )
        sent = [value for _name, value in fields if isinstance(value, str)]
        assert not (said := wrong(door, answer, wrote, sent)), said
        done[f"{answer.status_code}"] = done.get(f"{answer.status_code}", 0) + 1

    post()
    assert sum(done.values()) >= POSTS
    if PROVE:
        with capsys.disabled():
            print(f"\n{sum(done.values())} random posts, by status: {done}")


# --- What no browser sends ------------------------------------------------------------------------------------------
def raw(browser: Client, path: str, body: bytes, content_type: str, **more: Any):
    """As a server hands it over whose visitor has gone: there is no more than the body, whatever length was said."""
    given: dict[str, Any] = {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))} | more
    return browser.generic("POST", path, body, content_type=content_type, **given)


FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data; boundary=X"
BODIES = {
    "a field of a megabyte": (f"text={MEGABYTE}".encode(), FORM, {}),
    "a field of a megabyte in parts": (multipart([("text", MEGABYTE)], []), PARTS, {}),
    "301 fields": (b"&".join(b"a%d=1" % number for number in range(301)), FORM, {}),
    "301 fields in parts": (multipart([(f"a{number}", "1") for number in range(301)], []), PARTS, {}),
    "101 files": (multipart([], [(f"a{number}", b"1") for number in range(101)]), PARTS, {}),
    "parts that never end": (multipart([("text", "a")], [])[:-9], PARTS, {}),
    "parts without a boundary": (multipart([("text", "a")], []), "multipart/form-data", {}),
    "parts with another boundary": (multipart([("text", "a")], []), "multipart/form-data; boundary=Y", {}),
    "a boundary of letters beyond ASCII": (b"--\xc3\xa9--", "multipart/form-data; boundary=\xe9", {}),
    "a part without a name": (b"--X\r\nContent-Disposition: form-data\r\n\r\na\r\n--X--\r\n", PARTS, {}),
    "a part with too many headers": (b"--X\r\n" + b"a: b\r\n" * 5000 + b"\r\na\r\n--X--\r\n", PARTS, {}),
    "a part in base64 that is none": (
        multipart([("text", "!")], []).replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"),
        PARTS,
        {},
    ),
    "bytes that are no UTF-8": (b"text=%ff%fe%c0%af&name=\xff\xfe", FORM, {}),
    "half a surrogate": (b"text=%ed%a0%80", FORM, {}),
    "half an escape": (b"text=%&%f=%zz", FORM, {}),
    "a charset nobody knows": (b"text=a", FORM + "; charset=nobody-knows", {}),
    "another charset": ("text=a".encode("utf-16"), FORM + "; charset=utf-16", {}),
    "doubled parameters": (b"text=a&text=b&text=<zqx>&text=", FORM, {}),
    "json": (b'{"text": "a"}', "application/json", {}),
    "no kind at all": (b"text=a", "", {}),
    "nothing": (b"", FORM, {}),
    "a negative length": (b"text=a", FORM, {"CONTENT_LENGTH": "-5"}),
    "a negative length in parts": (multipart([("text", "a")], []), PARTS, {"CONTENT_LENGTH": "-5"}),
    "a huge length": (b"text=a", FORM, {"CONTENT_LENGTH": "99999999999"}),
    "a huge length in parts": (multipart([("text", "a")], []), PARTS, {"CONTENT_LENGTH": "99999999"}),
}


@pytest.mark.parametrize("csrf", [False, True], ids=["", "with the check of the token"])
def test_a_body_that_no_browser_sends_gets_a_page_in_our_words(every_door, csrf):
    for door in every_door:
        door.browser.handler.enforce_csrf_checks = csrf
    for number, (what, (body, content_type, more)) in enumerate(BODIES.items()):
        given = partial(raw, body=body, content_type=content_type, **more)
        for door in every_door if PROVE else every_door[number % 3 :: 3]:
            answer, wrote = door.send(lambda browser, path, given=given: given(browser, path))
            assert not (said := wrong(door, answer, wrote, [])), f"{what}: {said}"
            if csrf:
                assert answer.status_code in (400, 403), (door.name, what)
            if answer.status_code not in (204, 302, 405) and answer.headers.get("Content-Type", "").startswith(
                "text/html"
            ):
                assert "<main" in answer.content.decode(), f"{door.name}, {what}: a bare page"


def test_a_form_without_its_token_changes_nothing_and_says_what_to_do(every_door):
    for door in every_door:
        door.browser.handler.enforce_csrf_checks = True
        answer, wrote = door.send(lambda browser, path, door=door: browser.post(path, dict.fromkeys(door.fields, "a")))
        assert (answer.status_code, wrote) == (403, False)
        assert "Please send this once more" in answer.content.decode()


NAUGHTY_NAMES = ["../../etc/passwd", "a\x00b.pdf", "a\r\nb.pdf", "\u202efdp.exe", "x" * 300, "<zqx>.pdf"]


def test_a_file_with_a_naughty_name_is_taken_or_refused_in_words(every_door):
    for name in NAUGHTY_NAMES:
        send_as(name, every_door)


def send_as(name, every_door):
    kinds = random.Random(name).sample([b"%PDF-1.7 x", b"\xff\xd8\xff\xe0", b"plain", b"", b"<zqx>"], 3)
    for door in every_door:
        for given_as in {"attached", "papers", "file"} & set(door.fields):
            files = [SimpleUploadedFile("a", content) for content in kinds]
            for file in files:
                file.name = name
            fields = {**TOKEN, **dict.fromkeys({"message", "reason"} & set(door.fields), "a")}
            fields[given_as] = files
            answer, wrote = door.send(lambda browser, path, fields=fields: browser.post(path, fields))
            assert not (said := wrong(door, answer, wrote, [name])), said
