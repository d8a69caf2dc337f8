"""Coming back without mail: a code on paper, a code to an address we had before, and a new code for a lost one."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from primevox_privacy.ledger.models import Event
from primevox_privacy.limits.models import Counter
from requests import (
    access,
    acting_for,
    continuation,
    drafts,
    forms,
    identity,
    intake,
    references,
    sign_in,
    stopping,
    workflow,
)
from requests.answers import Draft
from requests.models import SignIn, Submission
from requests.references import ALPHABET
from requests.terms import Authority, Capacity, Ending, Right, Status
from tests.cast import ROSAS_MAIL, ask, fresh, prove, reads_papers, signed_in, submit
from tests.test_checks import paper as permission
from tests.test_coming_back import code_from, come_back, same
from tests.test_pages import looked_at
from tests.test_staff_desk import QUEUE, do
from verification import checks, codes
from verification.codes import Outcome
from verification.models import EvidenceKind

pytestmark = pytest.mark.django_db
HUB = "/your-request/all/"
PRINTED = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b")
GIAS, ROSAS = "gia@agents.example", "rosa@known-since-2021.example"


def paper(client, reference: str, code: str):
    return client.post("/your-request/paper/", {"reference": reference, "code": code})


def with_code(one) -> str:
    return continuation.replace(one.submission, by=workflow.REQUESTER)


@pytest.fixture
def by_phone(db):
    """Rosa opts out with nothing but her number."""
    return ask(Right.OPT_OUT, name="", email="", phone="972-555-0143")


# --- The code itself -----------------------------------------------------------------------------------------
def test_a_code_is_80_random_bits_in_four_groups():
    drawn = {continuation.new_code() for _ in range(200)}
    assert len(drawn) == 200
    assert all(PRINTED.fullmatch(code) and set(code) <= {*ALPHABET, "-"} for code in drawn)
    assert len(ALPHABET) ** continuation.LENGTH == 2**80


@st.composite
def typed_by_hand(draw):
    """A code, and one of the ways in which somebody may type it."""
    code = "".join(draw(st.lists(st.sampled_from(ALPHABET), min_size=16, max_size=16)))
    mistaken = {"0": "0Oo", "1": "1IiLl"}
    letters = [draw(st.sampled_from(mistaken.get(one, one + one.lower()))) for one in code]
    between = [draw(st.sampled_from(["", " ", "-", " - ", "\t", "  "])) for _ in code]
    return code, draw(st.sampled_from(["", " "])) + "".join(map("".join, zip(letters, between, strict=True)))


@given(typed_by_hand())
def test_however_it_is_typed_it_is_the_same_code(both):
    code, typed = both
    assert continuation.normalised(typed) == code


@given(st.text(max_size=40))
def test_what_cannot_be_a_code_is_none_and_never_a_fault(typed):
    found = continuation.normalised(typed)
    assert found is None or len(found) == 16


def test_only_a_keyed_digest_is_kept(by_phone, settings):
    code = with_code(by_phone)
    kept = Submission.objects.get(pk=by_phone.submission_id).continuation_digest
    assert kept == continuation.digest_of(by_phone.submission_id, code)
    assert code not in kept
    assert continuation.normalised(code) not in kept
    settings.CODE_PEPPER = b"another pepper"
    assert kept != continuation.digest_of(by_phone.submission_id, code)


def test_a_code_opens_the_submission_it_was_made_for_and_no_other(by_phone, rosas_request):
    code = with_code(by_phone)
    assert continuation.opens(by_phone.reference, code) == by_phone.submission
    assert continuation.opens(rosas_request.reference, code) is None
    with_code(rosas_request)
    assert continuation.opens(rosas_request.reference, code) is None


def test_any_reference_of_what_she_sent_together_leads_in():
    first, second = submit(Right.ACCESS, Right.OPT_OUT).rights_requests.all()
    code = with_code(first)
    assert continuation.opens(second.reference, code) == first.submission


def test_a_new_code_replaces_the_one_before(by_phone):
    first, second = with_code(by_phone), with_code(by_phone)
    assert continuation.opens(by_phone.reference, first) is None
    assert continuation.opens(by_phone.reference, second)


def test_no_code_is_given_out_while_everything_is_frozen(by_phone, tess):
    stopping.freeze(by_phone, "The number called us.", by=tess)
    with pytest.raises(workflow.NotAllowed):
        with_code(fresh(by_phone))


# --- The page for a code on paper ----------------------------------------------------------------------------
def test_rosa_with_only_a_telephone_comes_back_reads_and_writes(client, abe):
    draft = drafts.keep(None, {"rights": ["opt_out"], "details": {"opt_out": {"opt_out": "972-555-0143"}}})
    one = fresh(intake.send_draft(draft.pk, "en").rights_requests.get())
    draft.refresh_from_db()
    code = draft.answers[intake.CODE_ON_RECEIPT]
    workflow.take(one, by=abe)
    workflow.ask(one, "Is this number still yours?", by=abe)
    assert paper(client, references.spoken(one.reference).lower(), f" {code.lower().replace('-', ' ')}").url == HUB
    assert "Is this number still yours?" in client.get(HUB).content.decode()
    client.post(f"/your-request/{one.reference}/message/", {"message": "Yes, it is."})
    assert fresh(one).status == Status.IN_PROGRESS
    workflow.answer(fresh(one), Draft(Ending.FULFILLED), by=abe)
    opened = client.post(f"/your-request/{one.reference}/answer/open/")
    assert opened.url == f"/your-request/{one.reference}/answer/"
    assert "We no longer sell or share your data" in client.get(opened.url).content.decode()


def test_a_code_on_paper_grown_old_is_entered_once_more_to_read_an_answer(client, by_phone, abe, time_machine):
    code = with_code(by_phone)
    workflow.take(by_phone, by=abe)
    workflow.answer(by_phone, Draft(Ending.FULFILLED), by=abe)
    paper(client, by_phone.reference, code)
    start = timezone.now()
    for minutes in (15, 30):
        time_machine.move_to(start + timedelta(minutes=minutes))
        client.get(HUB)
    opening = f"/your-request/{by_phone.reference}/answer/open/"
    assert client.post(opening).url == "/your-request/paper/"
    paper(client, by_phone.reference, code)
    assert client.post(opening).url.endswith("/answer/")


def test_an_answer_above_t0_stays_closed_to_paper_alone(client, answered):
    code = with_code(answered)
    assert paper(client, answered.reference, code).url == HUB
    opened = client.post(f"/your-request/{answered.reference}/answer/open/")
    assert opened.url.endswith("/answer/code/")
    assert client.get(f"/your-request/{answered.reference}/answer/").url == HUB


def test_a_code_on_paper_confirms_no_contact(client, rosas_request):
    paper(client, rosas_request.reference, with_code(rosas_request))
    assert fresh(rosas_request).submission.contact_confirmed_at is None


def test_stan_cannot_tell_a_wrong_code_from_a_reference_that_does_not_exist(client, rosas_request, by_phone):
    with_code(rosas_request)
    wrong, pages = continuation.new_code(), []
    for reference in (rosas_request.reference, by_phone.reference, references.new_reference()):
        asked = [paper(client, reference, wrong) for _ in range(codes.FAILURES_A_DAY + 1)]
        pages.append([(one.status_code, same(one).replace(reference, "")) for one in asked])
        client.cookies.clear()
    assert pages[0] == pages[1] == pages[2]
    assert "too many tries" in pages[0][-1][1]
    assert "too many tries" not in pages[0][-2][1]


def test_after_ten_failures_even_the_right_code_waits_for_the_next_day(client, by_phone, time_machine):
    code = with_code(by_phone)
    for _ in range(codes.FAILURES_A_DAY):
        paper(client, by_phone.reference, continuation.new_code())
    assert paper(client, by_phone.reference, code).status_code == 200
    time_machine.move_to(timezone.now() + timedelta(days=1))
    assert paper(client, by_phone.reference, code).url == HUB


def test_coming_back_often_is_no_failure(by_phone):
    code = with_code(by_phone)
    outcomes = {sign_in.enter_paper_code(by_phone.reference, code)[0] for _ in range(20)}
    assert outcomes == {Outcome.MATCHED}


def test_a_slip_of_the_fingers_is_said_at_the_field_and_costs_no_try(client, by_phone):
    page = paper(client, by_phone.reference, "4Q7H-Z2KD-9MXC").content.decode()
    assert "Check the code" in page
    assert "4Q7H-Z2KD-9MXC" in page
    assert not Counter.objects.exists()


def test_one_address_gets_sixty_tries_an_hour(client):
    for _ in range(60):
        assert paper(client, references.new_reference(), continuation.new_code()).status_code == 200
    assert paper(client, references.new_reference(), continuation.new_code()).status_code == 429


def test_the_page_says_what_to_do_about_a_lost_code(client):
    page = client.get("/your-request/paper/").content.decode()
    assert "We call you back at the number in our own record" in page


@pytest.mark.parametrize("given", [{}, {"reference": "x" * 50, "code": "x\0" * 40}])
def test_what_is_wrong_is_said_in_our_words(given):
    said = " ".join(str(message) for messages in forms.PaperForm(given).errors.values() for message in messages)
    assert said
    assert not re.search(r"Ensure|valid|Null char|This field", said)


def test_each_page_about_codes_on_paper_is_well_made(client, rosas_request, mailoutbox):
    looked_at(client.get("/your-request/paper/"))
    looked_at(paper(client, "", ""))
    come_back(client, rosas_request, mailoutbox)
    looked_at(client.get(HUB))
    looked_at(client.post("/your-request/all/paper/"))


# --- Getting one ---------------------------------------------------------------------------------------------
def test_rosa_gets_a_code_on_her_page_and_it_lets_her_in(client, rosas_request, mailoutbox):
    come_back(client, rosas_request, mailoutbox)
    page = client.post("/your-request/all/paper/")
    (code,) = set(PRINTED.findall(page.content.decode()))
    assert "no-store" in page["Cache-Control"]
    assert "hreflang" not in page.content.decode(), "in another language it would be another page, without the code"
    assert paper(Client(), rosas_request.reference, code).url == HUB


def test_looking_makes_no_code(client, rosas_request, mailoutbox):
    come_back(client, rosas_request, mailoutbox)
    assert client.get("/your-request/all/paper/").url == "/your-request/all/"
    assert not fresh(rosas_request).submission.continuation_digest


def test_the_code_is_neither_in_session_nor_cookies_nor_record(client, rosas_request, mailoutbox):
    come_back(client, rosas_request, mailoutbox)
    page = client.post("/your-request/all/paper/")
    code = PRINTED.search(page.content.decode()).group()
    kept = [str(dict(client.session)), str(client.cookies), *map(str, Event.objects.values_list("detail", flat=True))]
    assert not any(form in text for text in kept for form in (code, continuation.normalised(code)))


def test_rosa_saves_the_code_as_text(client, rosas_request, mailoutbox):
    come_back(client, rosas_request, mailoutbox)
    code = PRINTED.search(client.post("/your-request/all/paper/").content.decode()).group()
    saved = client.post("/your-request/all/paper/text/", {"code": code})
    assert saved["Content-Type"] == "text/plain; charset=utf-8"
    assert saved["Content-Disposition"].startswith("attachment")
    text = saved.content.decode()
    assert code in text
    assert references.spoken(rosas_request.reference) in text
    assert "/your-request/paper/" in text


@pytest.mark.parametrize("typed", ["", "4Q7H-Z2KD-9MXC-0TRP", "<script>"])
def test_nothing_but_her_own_code_comes_back_as_a_file(client, rosas_request, mailoutbox, typed):
    come_back(client, rosas_request, mailoutbox)
    assert client.post("/your-request/all/paper/text/", {"code": typed}).status_code == 404


def test_while_all_is_frozen_her_page_says_why_there_is_no_code(client, rosas_request, mailoutbox, tess):
    come_back(client, rosas_request, mailoutbox)
    stopping.freeze(rosas_request, "The mailbox seems taken over.", by=tess)
    page = client.post("/your-request/all/paper/", follow=True).content.decode()
    assert "Everything is paused here" in page


# --- A lost code ---------------------------------------------------------------------------------------------
def test_vera_gives_a_new_code_once_she_has_called_back(vera, by_phone):
    desk = signed_in(vera)
    refused = do(desk, by_phone, "new_continuation_code").content.decode()
    assert "First call back" in refused
    assert not PRINTED.search(refused)
    page = do(desk, by_phone, "new_continuation_code", made_sure="on")
    (code,) = set(PRINTED.findall(page.content.decode()))
    assert paper(Client(), by_phone.reference, code).url == HUB
    assert "no-store" in page["Cache-Control"]
    assert Event.objects.get(about=by_phone.submission_id, kind="continuation_code_made").actor == vera.as_actor


def test_the_page_of_the_case_shows_a_new_code_once_and_nothing_keeps_it(vera, by_phone):
    desk = signed_in(vera)
    code = PRINTED.search(do(desk, by_phone, "new_continuation_code", made_sure="on").content.decode()).group()
    assert code not in desk.get(f"{QUEUE}{by_phone.pk}/change/").content.decode()
    assert code not in str(dict(desk.session))
    assert code not in str(desk.cookies)


@pytest.mark.parametrize("who", ["tess", "abe", "otto"])
def test_only_a_verifier_gives_new_codes(request, by_phone, who):
    desk = signed_in(request.getfixturevalue(who))
    page = do(desk, by_phone, "new_continuation_code", made_sure="on")
    assert page.status_code == 302
    assert not fresh(by_phone).submission.continuation_digest


def test_rosa_is_told_on_her_page_that_a_code_was_made(client, vera, by_phone):
    code = continuation.replace(by_phone.submission, by=vera)
    paper(client, by_phone.reference, code)
    assert "A new code to come back without mail was made." in client.get(HUB).content.decode()


def test_what_an_older_code_had_opened_ends_with_a_newer_one(client, vera, by_phone):
    found_by_stan = with_code(by_phone)
    paper(client, by_phone.reference, found_by_stan)
    assert client.get(HUB).status_code == 200
    continuation.replace(by_phone.submission, by=vera)
    assert client.get(HUB).url == "/your-request/"


def test_who_asks_for_a_newer_code_stays_and_everybody_else_with_the_older_goes(client, by_phone):
    code, elsewhere = with_code(by_phone), Client()
    for browser in (client, elsewhere):
        paper(browser, by_phone.reference, code)
    client.post("/your-request/all/paper/")
    assert client.get(HUB).status_code == 200
    assert elsewhere.get(HUB).status_code == 302


def test_a_newer_code_leaves_alone_who_came_by_mail(client, rosas_request, mailoutbox, vera):
    come_back(client, rosas_request, mailoutbox)
    continuation.replace(rosas_request.submission, by=vera)
    assert client.get(HUB).status_code == 200


# --- Who can be reached by their page alone ------------------------------------------------------------------
def test_somebody_with_a_code_can_be_asked_and_sees_the_question(client, tess, by_phone):
    workflow.take(by_phone, by=tess)
    with pytest.raises(workflow.NotAllowed):
        workflow.ask(by_phone, "Which number?", by=tess)
    code = with_code(by_phone)
    page = do(signed_in(tess), by_phone, "ask", text="Which number?")
    assert page.status_code == 302
    paper(client, by_phone.reference, code)
    assert "Which number?" in client.get(HUB).content.decode()


# --- A code to an address we had before ----------------------------------------------------------------------
def on_file(client, reference: str):
    client.post("/your-request/", {"reference": reference})
    return client.post("/your-request/code/on-file/", follow=True)


def test_asking_for_a_code_to_an_address_on_file_says_the_same_for_everybody(client, vera, rosas_request):
    identity.enter_contact(rosas_request.submission, ROSAS, date(2021, 3, 1), by=vera)
    pages = []
    for reference in (rosas_request.reference, ask().reference, references.new_reference()):
        asked = on_file(client, reference)
        pages.append((asked.status_code, same(asked)))
        client.cookies.clear()
    assert pages[0] == pages[1] == pages[2]
    assert "If we already have a way to reach this person, we sent a code there." in pages[0][1]


def test_the_person_gia_acts_for_reads_the_answer_by_a_code_to_her_own_address(client, vera, abe, bea, mailoutbox):
    acting = intake.Acting("Rosa Marquez", Authority.SIGNED_PERMISSION)
    one = ask(email=GIAS, capacity=Capacity.AGENT, acting=acting)
    checks.give_file(identity.check_of(one), EvidenceKind.AUTHORITY, permission())
    reads_papers(one, vera)
    acting_for.decide(one.submission, True, [Right.ACCESS], None, by=vera)
    one = prove(one, vera)
    workflow.take(one, by=abe)
    workflow.answer(one, Draft(Ending.FULFILLED, text="Name: Rosa Marquez"), by=abe)
    workflow.release(one, by=bea)
    on_file(client, one.reference)
    sign_in.answer_waiting()
    code = code_from(mailoutbox, to=ROSAS_MAIL)
    assert client.post("/your-request/code/", {"code": code}).url == HUB
    opened = client.post(f"/your-request/{one.reference}/answer/open/")
    assert "Name: Rosa Marquez" in client.get(opened.url).content.decode()


def test_a_code_to_an_address_on_file_shows_itself_in_the_session(client, vera, rosas_request, mailoutbox):
    identity.enter_contact(rosas_request.submission, ROSAS, date(2021, 3, 1), by=vera)
    on_file(client, rosas_request.reference)
    sign_in.answer_waiting()
    client.post("/your-request/code/", {"code": code_from(mailoutbox, to=ROSAS)})
    assert list(client.session["proofs"]) == [access.ON_FILE]
    assert fresh(rosas_request).submission.contact_confirmed_at is None


def test_a_code_for_the_typed_address_does_not_pass_for_one_on_file(client, vera, rosas_request, mailoutbox):
    identity.enter_contact(rosas_request.submission, ROSAS, date(2021, 3, 1), by=vera)
    client.post("/your-request/", {"reference": rosas_request.reference})
    sign_in.answer_waiting()
    typed = code_from(mailoutbox)
    client.post("/your-request/code/on-file/")
    assert client.post("/your-request/code/", {"code": typed}).status_code == 200


def test_sending_again_keeps_to_the_way_that_was_chosen(client, rosas_request):
    on_file(client, rosas_request.reference)
    client.post("/your-request/code/again/")
    assert list(SignIn.objects.order_by("asked_at").values_list("to_contact_on_file", flat=True)) == [
        False,
        True,
        True,
    ]
