"""Call records leave only where identity was shown in a way that opens them (47 CFR 64.2010)."""

import re

import pytest

from primevox_privacy.ledger.models import Event
from requests import identity, workflow
from requests.answers import Draft
from requests.models import Answer
from requests.terms import Ending
from requests.workflow import NotAllowed
from tests.cast import fresh, prove, signed_in
from verification import checks
from verification.checks import CheckNotAllowed
from verification.levels import AssuranceLevel
from verification.methods import METHODS, opening_call_detail

WITH_CALLS = Draft(Ending.FULFILLED, text="12 May, 3:15 p.m., 972-555-0100, 4 minutes", holds_call_records=True)


@pytest.fixture
def in_work(rosas_request, vera, abe):
    """Proven at T3 by matched facts, and taken."""
    one = prove(rosas_request, vera)
    workflow.take(one, by=abe)
    return fresh(one)


def test_matched_facts_open_no_call_records_whatever_level_they_reach(in_work, abe):
    assert identity.is_shown(in_work)
    with pytest.raises(NotAllowed, match="Called back the number of record"):
        workflow.answer(in_work, WITH_CALLS, by=abe)
    assert not Answer.objects.exists()


def test_after_a_call_back_to_the_number_of_record_they_leave(in_work, vera, abe, bea):
    checks.open_call_detail(identity.check_of(in_work), "callback", by=vera)
    one = fresh(in_work)
    assert (one.submission.check_made.method, one.submission.check_made.reached) == ("matched_facts", AssuranceLevel.T3)
    workflow.answer(one, WITH_CALLS, by=abe)
    workflow.release(fresh(one), by=bea)
    assert fresh(one).ending == Ending.FULFILLED
    assert Event.objects.get(kind="call_detail_opened").detail == {"method": "callback"}


def test_who_saw_the_person_and_a_photo_id_needs_nothing_more(rosas_request, vera, abe):
    identity.enter_contact(
        rosas_request.submission, "rosa@known.example", rosas_request.received_on.replace(year=2020), by=vera
    )
    checks.decide(identity.check_of(rosas_request), "in_person", [], by=vera)
    workflow.take(rosas_request, by=abe)
    workflow.answer(fresh(rosas_request), WITH_CALLS, by=abe)
    assert Answer.objects.get().holds_call_records


def test_a_check_that_is_opened_again_shuts_them_again_before_release(in_work, vera, abe, bea):
    check = identity.check_of(in_work)
    checks.open_call_detail(check, "letter_of_record", by=vera)
    workflow.answer(fresh(in_work), WITH_CALLS, by=abe)
    checks.reopen(fresh(in_work).submission.check_made, AssuranceLevel.T3, by=vera)
    with pytest.raises(NotAllowed, match="call records"):
        workflow.release(fresh(in_work), by=bea)


def test_an_answer_without_call_records_leaves_as_before(in_work, abe):
    workflow.answer(in_work, Draft(Ending.FULFILLED, text="Name: Rosa Marquez"), by=abe)
    assert not Answer.objects.get().holds_call_records


def test_what_a_verifier_does_opens_them_and_what_somebody_knows_does_not():
    assert set(opening_call_detail()) == {"callback", "letter_of_record", "in_person"}
    assert not METHODS["matched_facts"].OPENS_CALL_DETAIL
    assert not METHODS["mail_code"].OPENS_CALL_DETAIL


@pytest.mark.parametrize("method", ["matched_facts", "mail_code", "signed_statement", "proof_of_authority"])
def test_what_somebody_knows_cannot_be_recorded_as_opening_them(in_work, vera, method):
    with pytest.raises(CheckNotAllowed):
        checks.open_call_detail(identity.check_of(in_work), method, by=vera)


def test_nothing_opens_them_before_identity_is_shown_or_twice(rosas_request, in_work, vera):
    checks.open_call_detail(identity.check_of(in_work), "callback", by=vera)
    with pytest.raises(CheckNotAllowed):
        checks.open_call_detail(identity.check_of(in_work), "callback", by=vera)


def test_a_call_back_before_the_decision_opens_nothing(rosas_request, vera):
    with pytest.raises(CheckNotAllowed):
        checks.open_call_detail(identity.check_of(rosas_request), "callback", by=vera)


def test_on_the_desk_one_of_two_ticks_is_needed_and_the_way_out_is_told(in_work, abe, vera):
    answer = f"/admin/requests/rightsrequest/{in_work.pk}/do/answer/"
    typed = {"answer-ending": "fulfilled", "answer-text": "12 May, 3:15 p.m."}
    case = signed_in(abe).get(f"/admin/requests/rightsrequest/{in_work.pk}/change/").content.decode()
    for name in ("no_call_records", "holds_call_records"):
        label = re.search(rf'<label[^>]*for="[^"]*{name}"[^>]*>.*?</label>', case, re.DOTALL)
        assert label, name
        assert "(optional)" not in label[0]
    for ticks in ({}, {"answer-no_call_records": "on", "answer-holds_call_records": "on"}):
        assert "Tick one of the two" in signed_in(abe).post(answer, typed | ticks).content.decode()
    said = signed_in(abe).post(answer, typed | {"answer-holds_call_records": "on"}).content.decode()
    assert "Letter to the address of record came back" in said
    assert "12 May, 3:15 p.m." in said, "what was typed is kept"
    identity_page = f"/admin/requests/rightsrequest/{in_work.pk}/identity/"
    assert "does not open call records" in signed_in(vera).get(identity_page).content.decode()
    record_it = f"/admin/requests/rightsrequest/{in_work.pk}/call-detail/"
    assert "Choose what you did" in signed_in(vera).post(record_it, follow=True).content.decode()
    assert "Recorded" in signed_in(vera).post(record_it, {"method": "callback"}, follow=True).content.decode()
    signed_in(abe).post(answer, typed | {"answer-holds_call_records": "on"})
    assert Answer.objects.get().holds_call_records
    assert signed_in(abe).post(record_it, {"method": "callback"}).status_code == 404
