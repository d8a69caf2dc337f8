"""Nothing is asked that no decision needs: what each right asks, at each level, and what all can read about it."""

import importlib
import pkgutil
import re
from pathlib import Path

import pytest
from django import forms as django_forms
from django.conf import settings
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from requests import assurance, documents, fields_asked, forms, raising
from requests.forms.coming_back import IdentityForm
from requests.forms.logged import LogForm
from requests.models import Submission
from requests.terms import Capacity, Right
from tests.asking import ANY_ANSWER
from tests.cast import ask, fresh, signed_in
from tests.test_form_templates import Page
from tests.test_pages import NEVER, looked_at
from verification.levels import AssuranceLevel

T0, T1, T2, T3, T4 = AssuranceLevel
WAYS = {"email", "phone", "postal_address"}
ALWAYS = {"rights", "capacity", "residence", "name", "also_known_by"} | WAYS
DAYS = {"data_from", "data_until"}
DOC = Path(settings.BASE_DIR) / "docs" / "what-we-ask.md"

# --- Before a request is sent ------------------------------------------------------------------------------------
BEFORE = {
    Right.KNOW: ALWAYS,
    Right.ACCESS: ALWAYS,
    Right.CORRECT: ALWAYS | {"wrong_1", "right_1"},
    Right.DELETE: ALWAYS | {"scope", "said"} | DAYS,
    Right.RESTRICT: ALWAYS | {"said"} | DAYS,
    Right.PORTABILITY: ALWAYS | {"data_form", "send_to", "receiver", "receiver_reach"},
    Right.WITHDRAW_CONSENT: ALWAYS | {"consents", "said"},
    Right.OBJECT: ALWAYS | {"uses", "said"},
    Right.OPT_OUT: {"rights", "opt_out"},  # one address or number to stop, and nothing about who asks
    Right.LIMIT_SENSITIVE: ALWAYS | {"scope", "said"},
    Right.RETALIATION: ALWAYS | {"said", "happened_when"},
    Right.UNSURE: ALWAYS | {"said"},
}
MORE_OF_CAPACITY = {
    Capacity.SELF: set(),
    Capacity.NON_CUSTOMER: {"encounter"},
    Capacity.AGENT: {"subject_name", "subject_email", "authority", "from_on", "until_on"},
    Capacity.PARENT: {"subject_name", "authority"},
    Capacity.COMPANY: {"subject_name", "authority"},
}
AUTHORITY = {Capacity.AGENT: "signed_permission", Capacity.PARENT: "parent", Capacity.COMPANY: "officer"}


def names_on(response) -> set[str]:
    page = Page(response.content.decode())
    inside = [element for tag in ("input", "select", "textarea") for element in page.all(tag)]
    return {element.attrs["name"] for element in inside if "name" in element.attrs} - {"csrfmiddlewaretoken"}


def asked_before_sending(right: Right, capacity: Capacity = Capacity.SELF) -> set[str]:
    """The names of all fields on the way from the first question to the answers to check."""
    given = {
        "rights": [right.value], "capacity": capacity.value, "residence": "US-CA", "name": "Rosa",
        "email": "rosa@mail.example", "subject_name": "Ana", "authority": AUTHORITY.get(capacity, ""),
        "encounter": "You called me.", **ANY_ANSWER,
    }  # fmt: skip
    browser, found = Client(), set()
    page = browser.get("/ask/")
    while not page.request["PATH_INFO"].endswith("/check/"):
        found |= names_on(page)
        page = browser.post(page.request["PATH_INFO"], given, follow=True)
        assert "There is a problem" not in page.content.decode()
    return found


@pytest.mark.parametrize("right", Right)
def test_before_a_request_is_sent_just_these_fields_are_asked(db, right):
    assert asked_before_sending(right) == BEFORE[right]


@pytest.mark.parametrize("capacity", Capacity)
def test_who_asks_for_another_is_asked_for_whom_and_nothing_else(db, capacity):
    assert asked_before_sending(Right.ACCESS, capacity) == ALWAYS | MORE_OF_CAPACITY[capacity]


# --- To show who somebody is ---------------------------------------------------------------------------------------
ACCOUNT = {"account_number", "service_address", "phone_on_account", "service_began"}
ENCOUNTER = {"own_number", "other_number", "call_day", "site_address"}
OFFERED = {
    Capacity.SELF: ACCOUNT,
    Capacity.NON_CUSTOMER: ENCOUNTER,
    Capacity.AGENT: ACCOUNT | ENCOUNTER,
    Capacity.PARENT: ACCOUNT | ENCOUNTER,
    Capacity.COMPANY: ACCOUNT,
}
AT_LEVEL = {T0: set(), T1: {"code"}, T2: ACCOUNT, T3: ACCOUNT | {"signed_name", "declared"}, T4: {"papers"}}
RIGHTS_AT_LEVELS = [
    (right, level)
    for right in Right
    for level in (T0, T1, T2, T3)
    if (level is T0) == (right in assurance.FIXED) and level >= assurance.least_level(right)
]


@pytest.mark.parametrize(("right", "level"), RIGHTS_AT_LEVELS)
def test_a_right_asks_just_these_fields_at_its_level(right, level, vera):
    """At the level that it starts at, and at those that staff can raise it to."""
    one = ask(right)
    if level > one.needs:
        raising.raise_level(one, level, "For this test.", by=vera)
    assert fresh(one).needs is level
    assert asked_to_show(one.submission) == AT_LEVEL[level]


def test_a_document_is_asked_for_alone_and_only_after_a_verifier_wrote_why(vera):
    one = ask(Right.ACCESS)
    documents.ask_for(one, "Two people gave the same facts.", by=vera)
    assert asked_to_show(fresh(one).submission) == AT_LEVEL[T4]


def asked_to_show(submission: Submission) -> set[str]:
    browser = Client()
    now, session = timezone.now().timestamp(), browser.session
    session.update({"submission": str(submission.pk), "since": now, "seen": now, "proofs": {"typed": now}})
    session.save()
    page = browser.get("/your-request/all/identity/", follow=True)
    if page.request["PATH_INFO"] == "/your-request/all/":
        return set()  # nothing waits for them
    if page.request["PATH_INFO"].endswith("/identity/code/"):
        page = browser.post(page.request["PATH_INFO"], {"send": "1"}, follow=True)
    return names_on(page) - {"send", "again"}


@pytest.mark.parametrize("capacity", Capacity)
@pytest.mark.parametrize(("level", "most"), [(T2, 2), (T3, 3)])
def test_facts_are_offered_by_the_record_they_are_compared_with_and_a_few_will_do(capacity, level, most):
    form = IdentityForm(assurance.facts_needed(level), assurance.statement_needed(level), capacity=capacity)
    signed = {"signed_name", "declared"} if level is T3 else set()
    assert set(form.fields) == OFFERED[capacity] | signed
    assert form.facts_needed == most


# --- Every field has its line ----------------------------------------------------------------------------------------
STAFFS_OWN = {  # what staff say about a call or a letter that they take down; nobody is asked for it on a page
    *("as_id", "channel", "received_day", "received_time", "why_late", "scan", "language", "about_marketing"),
}


def names_in_forms() -> set[str]:
    """Every field of every form of the requester's side."""
    found = set()
    for module in pkgutil.iter_modules(forms.__path__, f"{forms.__name__}."):
        for form in vars(importlib.import_module(module.name)).values():
            if isinstance(form, type) and issubclass(form, django_forms.Form):
                found |= set(form.base_fields)
    for capacity in Capacity:
        found |= set(IdentityForm(3, True, capacity=capacity).fields)
    found |= set(forms.DETAILS_FORMS[Right.CORRECT]({}).fields)
    return {name.removesuffix("_1") for name in found}


def test_every_field_that_is_asked_has_its_line_and_every_line_its_field():
    assert names_in_forms() - STAFFS_OWN == fields_asked.NAMES
    assert set(LogForm.base_fields) >= STAFFS_OWN


def test_every_line_says_who_uses_it_for_what_and_what_happens_without():
    lines = [field for part in fields_asked.PARTS for field in part.fields]
    assert len(lines) == len(fields_asked.NAMES)
    for field in lines:
        for said in (field.what, field.who_uses, field.decision, field.without):
            assert str(said)
            assert not NEVER.search(str(said)), said


def test_everybody_can_read_it_and_no_more_is_asked_than_stands_there(db):
    page = looked_at(Client().get("/what-we-ask/"))
    for part in fields_asked.PARTS:
        for field in part.fields:
            assert str(field.what) in page.html.replace("&#x27;", "'"), field.name
    assert "Social Security" in page.html
    assert not NEVER.search(page.one("main").text)


def test_it_says_what_each_wish_needs_as_it_holds_today(ada):
    shown = Client().get("/what-we-ask/").content.decode()
    assert shown.count("No proof") == 3
    today = timezone.localdate().isoformat()
    place = "/admin/requests/levelrule/restrict/ordinary/self/"
    signed_in(ada).post(place, {"level": "3", "reason": "We were fooled.", "from_on": today})
    signed = "and a signed statement"
    assert Client().get("/what-we-ask/").content.decode().count(signed) == shown.count(signed) + 1


def test_the_reason_at_a_question_leads_there(db):
    for address in ("/ask/", "/your-request/", "/check/"):
        assert "What we may ask, and why" in Page(Client().get(address).content.decode()).one("p", class_="why").text
        links = {link.attrs.get("href") for link in Page(Client().get(address).content.decode()).all("a")}
        assert "/what-we-ask/" in links


def test_the_page_in_the_documents_says_the_same():
    written = DOC.read_text()
    with override("en"):
        for part in fields_asked.PARTS:
            assert f"\n## {part.heading}\n" in written
            for field in part.fields:
                row = f"| {field.what} (`{field.name}`) | {field.who_uses} | {field.decision} | {field.without} |"
                assert row in written, field.name
        assert len(re.findall(r"^\| .*\(`\w+`\) \|", written, re.MULTILINE)) == len(fields_asked.NAMES)
