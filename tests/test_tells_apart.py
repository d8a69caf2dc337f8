"""Whether we know a person, a reference or a code is told to nobody: the same status, the same bytes, the same headers
and the same number of mails to whoever asks. How long it takes, `benchmarks/tells_apart.py` prints.
"""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from requests import continuation, sign_in
from requests.models import RightsRequest, StopLink
from requests.references import new_reference
from requests.terms import Right
from requests.workflow import REQUESTER
from tests.asking import ANY_ANSWER
from tests.cast import ask, deliver
from tests.test_coming_back import code_from, same
from tests.test_customer_record import KNOWN, on_record  # noqa: F401  (fixture)
from tests.test_not_me import receipts_link
from verification import codes
from verification.models import Code, CodePurpose

pytestmark = pytest.mark.django_db
NOBODYS = "nobody@known.example"
REFERENCE = re.compile(r"\b[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{3}\b")
OF_EACH_ANSWER = ("Date", "Expires", "Content-Length", "Set-Cookie")


def seen(response, *typed: str) -> tuple:
    """All that reaches the one who asks, without what they typed and what is different each time."""
    headers = {name: value for name, value in response.headers.items() if name not in OF_EACH_ANSWER}
    page = REFERENCE.sub("", same(response))
    for text in typed:
        page = page.replace(text, "")
    return response.status_code, str(headers), sorted(response.cookies), page


def both(tried: Callable[[str], list], known: str, unknown: str) -> None:
    """What is tried with either looks the same."""
    first, second = tried(known), tried(unknown)
    assert first
    assert first == second


# --- A person ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("right", [Right.ACCESS, Right.OPT_OUT, Right.RESTRICT])
def test_who_asks_under_an_address_that_we_know_sees_and_gets_what_everybody_does(on_record, mailoutbox, right):  # noqa: F811
    """Rosa is our customer, and asked before."""
    on_record()
    ask(right, email=KNOWN, phone="972-555-0143")
    deliver()
    mailoutbox.clear()

    def asks(address: str) -> list:
        browser, before = Client(), len(mailoutbox)
        pages = [
            browser.post("/ask/", {"rights": [right]}),
            browser.post("/ask/details/1/", ANY_ANSWER | {"said": address, "opt_out": address}),
            browser.post("/ask/who/", {"capacity": "self"}),
            browser.post("/ask/where/", {"residence": "US-TX"}),
            browser.post("/ask/reach/", {"name": "Rosa Marquez", "email": address, "also_known_by": "PV-004417"}),
            browser.get("/ask/check/"),
            browser.post("/ask/check/"),
            browser.get("/ask/sent/"),
        ]
        deliver()
        mails = mailoutbox[before:]
        assert [mail.to for mail in mails] == [[address]]
        texts = [re.sub(r"[0-9a-f]{32}", "", REFERENCE.sub("", mail.subject + mail.body)) for mail in mails]
        return [*(seen(page, address) for page in pages), *texts]

    both(asks, KNOWN, NOBODYS)


# --- A reference ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("then", ["code/", "code/again/", "code/on-file/"])
def test_who_types_a_reference_is_not_told_whether_it_is_one(rosas_request, mailoutbox, then):
    """Stan gets no mail; that Rosa gets one he does not see."""

    def types(reference: str) -> list:
        browser = Client()
        asked = browser.post("/your-request/", {"reference": reference})
        after = browser.get("/your-request/code/") if then == "code/" else browser.post(f"/your-request/{then}")
        page = browser.get("/your-request/code/")
        sign_in.answer_waiting()
        deliver()
        return [seen(asked), seen(after), seen(page), seen(browser.get("/your-request/code/"))]

    both(types, rosas_request.reference, new_reference())
    assert {tuple(mail.to) for mail in mailoutbox} <= {("rosa@mail.example",), ("compliance@primevox.net",)}


# --- A code --------------------------------------------------------------------------------------------------------
def nothing_was_sent(one: RightsRequest, mailbox: list) -> None:
    """No code was asked for before."""


def a_code_waits(one: RightsRequest, mailbox: list) -> None:
    codes.issue(one.submission_id, CodePurpose.SIGN_IN, to_contact_on_file=False)


def a_code_was_used(one: RightsRequest, mailbox: list) -> None:
    sign_in.ask_for_code(one.reference)
    sign_in.answer_waiting()
    browser = Client()
    browser.post("/your-request/", {"reference": one.reference})
    assert browser.post("/your-request/code/", {"code": code_from(mailbox)}).status_code == 302


def a_code_was_replaced(one: RightsRequest, mailbox: list) -> None:
    a_code_waits(one, mailbox)
    a_code_waits(one, mailbox)


def a_code_is_out_of_date(one: RightsRequest, mailbox: list) -> None:
    a_code_waits(one, mailbox)
    Code.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def too_many_failed_today(one: RightsRequest, mailbox: list) -> None:
    for _ in range(codes.FAILURES_A_DAY // codes.TRIES_A_CODE):
        a_code_waits(one, mailbox)
    Code.objects.update(tries=codes.TRIES_A_CODE)


BEFORE = [
    nothing_was_sent,
    a_code_waits,
    a_code_was_used,
    a_code_was_replaced,
    a_code_is_out_of_date,
    too_many_failed_today,
]


@pytest.mark.parametrize("before", BEFORE)
def test_whatever_became_of_rosas_code_a_wrong_one_looks_like_one_for_nothing(rosas_request, mailoutbox, before):
    before(rosas_request, mailoutbox)
    mails = len(mailoutbox)

    def guesses(reference: str) -> list:
        browser = Client()
        browser.post("/your-request/", {"reference": reference})
        tries = range(codes.TRIES_A_CODE + 2)  # and beyond the last
        return [seen(browser.post("/your-request/code/", {"code": "000000"})) for _ in tries]

    both(guesses, rosas_request.reference, new_reference())
    assert len(mailoutbox) == mails


def test_a_wrong_code_on_paper_looks_like_one_for_nothing(rosas_request):
    continuation.replace(rosas_request.submission, by=REQUESTER)

    def guesses(reference: str) -> list:
        browser, paper = Client(), {"reference": reference, "code": "4Q7H-Z2KD-9MXC-0TRP"}
        tries = range(codes.FAILURES_A_DAY + 2)
        return [seen(browser.post("/your-request/paper/", paper), reference) for _ in tries]

    both(guesses, rosas_request.reference, new_reference())


# --- A link --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_a_link_tells_nobody_whether_it_is_one(rosas_request, method):
    both(lambda link: [seen(getattr(Client(), method)(link))], receipts_link(), f"/not-me/{'0' * 32}/")


def test_a_link_whose_contact_is_gone_looks_like_one_that_never_was(rosas_request, mailoutbox):
    link = receipts_link()
    StopLink.objects.all().delete()

    def follows(where: str) -> list:
        browser, pages = Client(), []
        for response in (browser.get(where), browser.get("/not-me/"), browser.post("/not-me/", {"note": "Stop."})):
            pages.append(seen(response))
        return [*pages, seen(browser.get("/not-me/done/"))]

    deliver()
    mails = len(mailoutbox)
    both(follows, link, f"/not-me/{'0' * 32}/")
    deliver()
    assert len(mailoutbox) == mails
