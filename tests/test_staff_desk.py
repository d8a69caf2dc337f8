"""The staff desk: look by default, act by verb."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from primevox_privacy.ledger.models import Event
from requests import identity, stopping, workflow
from requests.models import RightsRequest
from requests.references import spoken
from requests.terms import Right, Status
from tests.cast import FACTS, STATEMENT, ask, fresh, prove, signed_in, submit
from verification.levels import AssuranceLevel
from verification.models import CheckState

pytestmark = pytest.mark.django_db
QUEUE = "/admin/requests/rightsrequest/"


def do(client, one, verb, **given):
    return client.post(f"{QUEUE}{one.pk}/do/{verb}/", {f"{verb}-{name}": value for name, value in given.items()})


def test_the_queue_has_what_is_due_first_first(tess):
    for days in (3, 11, 7):
        submit(Right.ACCESS, received_at=timezone.now() - timedelta(days=days))
    page = signed_in(tess).get(QUEUE).content.decode()
    dues = RightsRequest.objects.in_queue_order()
    places = [page.index(spoken(one.reference)) for one in dues]
    assert places == sorted(places)


def test_the_queue_shows_open_requests_until_asked_for_others(tess, answered, rosas_request):
    other = ask(Right.KNOW)
    page = signed_in(tess).get(QUEUE).content.decode()
    assert spoken(other.reference) in page
    assert spoken(answered.reference) not in page
    assert spoken(answered.reference) in signed_in(tess).get(f"{QUEUE}?state=closed").content.decode()


def test_the_queue_takes_at_most_12_statements_however_many_requests(tess):
    for _ in range(8):
        submit(Right.ACCESS, Right.OPT_OUT)
    client = signed_in(tess)
    client.get(QUEUE)
    with CaptureQueriesContext(connection) as caught:
        client.get(QUEUE)
    assert len(caught) <= 12, "\n".join(query["sql"][:120] for query in caught.captured_queries)


def test_who_releases_sees_where_the_answer_goes(bea, vera, abe, rosas_request):
    from requests import workflow
    from requests.answers import Draft
    from requests.terms import Ending

    one = prove(rosas_request, vera)
    workflow.take(one, by=abe)
    workflow.answer(one, Draft(Ending.FULFILLED, text="Name: Rosa"), by=abe)
    page = signed_in(bea).get(f"{QUEUE}{one.pk}/change/").content.decode()
    assert "r…@m….example, in our record since Monday 1 March 2021, entered by Vera" in page


def test_withdrawing_for_rosa_asks_how_she_told_us(tess, rosas_request):
    page = do(signed_in(tess), rosas_request, "withdraw", text="")
    assert "Write when and how" in page.content.decode()
    do(signed_in(tess), rosas_request, "withdraw", text="By telephone today.")
    assert fresh(rosas_request).ending == "withdrawn"
    assert rosas_request.messages.get().text == "By telephone today."


def test_bulk_take_loops_over_the_verb_and_says_who_was_left_out(tess, abe, answered):
    one = ask(Right.ACCESS)
    given = {"action": "take_all", "_selected_action": [str(one.pk), str(answered.pk)]}
    page = signed_in(tess).post(f"{QUEUE}?state=all", given, follow=True).content.decode()
    assert fresh(one).handler == tess
    assert "1 request is yours now" in page
    assert spoken(answered.reference) in page


def test_a_case_offers_only_what_role_and_state_allow(tess, otto, rosas_request):
    address = f"{QUEUE}{rosas_request.pk}/change/"
    assert "/do/take/" in signed_in(tess).get(address).content.decode()
    assert "/do/release/" not in signed_in(tess).get(address).content.decode()
    assert "/do/" not in signed_in(otto).get(address).content.decode()


def test_an_administrator_sees_no_case(ada, rosas_request):
    client = signed_in(ada)
    assert client.get(QUEUE).status_code == 403
    assert client.get(f"{QUEUE}{rosas_request.pk}/change/").status_code == 403


def test_a_step_of_another_role_is_refused_in_words(otto, rosas_request):
    page = signed_in(otto).post(f"{QUEUE}{rosas_request.pk}/do/take/", follow=True).content.decode()
    assert "Your role cannot do this" in page
    assert fresh(rosas_request).status == Status.RECEIVED


def test_who_comes_second_sees_it_and_loses_no_text(tess, abe, vera, bea, rosas_request):
    from requests import workflow

    one = prove(rosas_request, vera)
    workflow.take(one, by=abe)
    workflow.withdraw(fresh(one), by=workflow.REQUESTER)
    page = do(signed_in(tess), one, "ask", text="Which account do you mean?")
    assert "This step was not taken" in page.content.decode()
    assert "Which account do you mean?" in page.content.decode()


def test_a_form_with_a_mistake_stays_open_with_what_was_typed(abe, vera, rosas_request):
    from requests import workflow

    one = prove(rosas_request, vera)
    workflow.take(one, by=abe)
    page = do(signed_in(abe), one, "answer", ending="partly", text="Name: Rosa").content.decode()
    assert "Write what was left out, and why." in page
    assert "Name: Rosa" in page
    assert fresh(one).status == Status.IN_PROGRESS


def test_evidence_is_shown_to_a_verifier_after_a_button_and_each_look_is_recorded(vera, rosas_request):
    from requests import identity
    from tests.cast import FACTS

    identity.show(rosas_request.submission, FACTS, "signed")
    client, address = signed_in(vera), f"{QUEUE}{rosas_request.pk}/identity/"
    assert "PV-004417" not in client.get(address).content.decode()
    assert "PV-004417" in client.post(address).content.decode()
    assert Event.objects.filter(kind="identity_looked_at", actor=vera.as_actor).count() == 1


@pytest.mark.parametrize("name", ["tess", "abe", "otto"])
def test_nobody_but_a_verifier_sees_evidence(name, rosas_request, request):
    client = signed_in(request.getfixturevalue(name))
    assert client.get(f"{QUEUE}{rosas_request.pk}/identity/").status_code == 404


def test_a_verifier_decides_by_what_matched(vera, rosas_request):
    from requests import identity
    from tests.cast import FACTS

    identity.show(rosas_request.submission, FACTS, "signed")
    identity.enter_contact(rosas_request.submission, "rosa@known.example", date(2021, 3, 1), by=vera)
    given = {"round": 1, "decision": "passed", "method": "matched_facts", "matched": list(FACTS)}
    signed_in(vera).post(f"{QUEUE}{rosas_request.pk}/identity/", given)
    assert identity.is_shown(fresh(rosas_request))


def test_one_matched_fact_shows_nothing_and_says_so(vera, rosas_request):
    from requests import identity
    from tests.cast import FACTS

    identity.show(rosas_request.submission, FACTS, "signed")
    given = {"round": 1, "decision": "passed", "method": "matched_facts", "matched": ["account_number"]}
    page = signed_in(vera).post(f"{QUEUE}{rosas_request.pk}/identity/", given).content.decode()
    assert "1 fact is ticked as matching" in page
    assert not identity.check_of(fresh(rosas_request)).is_decided


def test_a_decision_about_facts_that_were_asked_anew_meanwhile_is_not_taken(vera, rosas_request):
    from requests import identity
    from tests.cast import FACTS

    identity.show(rosas_request.submission, FACTS, "signed")
    identity.ask_again(fresh(rosas_request).submission, by=vera)
    identity.show(fresh(rosas_request).submission, {"account_number": "other"}, "signed")
    given = {"round": 1, "decision": "passed", "method": "matched_facts", "matched": list(FACTS)}
    signed_in(vera).post(f"{QUEUE}{rosas_request.pk}/identity/", given)
    assert not identity.check_of(fresh(rosas_request)).is_decided


def test_status_is_no_field_that_can_be_sent(tess, rosas_request):
    signed_in(tess).post(f"{QUEUE}{rosas_request.pk}/change/", {"status": "closed"})
    assert fresh(rosas_request).status == Status.RECEIVED


def test_call_records_are_asked_about_before_a_copy_leaves(abe, vera, rosas_request):
    from requests import workflow

    one = prove(rosas_request, vera)
    workflow.take(one, by=abe)
    page = do(signed_in(abe), one, "answer", ending="fulfilled", text="Name: Rosa").content.decode()
    assert "No call records are in this text" in page
    assert fresh(one).status == Status.IN_PROGRESS


def test_a_note_or_a_message_does_not_end_the_triage(tess, rosas_request):
    client, agree = signed_in(tess), "Agree, and take the next one"
    workflow.take(rosas_request, by=tess)
    workflow.note(fresh(rosas_request), "She called.", by=tess)
    workflow.tell(fresh(rosas_request), "We are on it.", by=tess)
    assert agree in client.get(f"{QUEUE}{rosas_request.pk}/change/").content.decode()


def test_too_few_facts_are_refused_once_and_what_was_ticked_stays(vera, rosas_request):
    identity.show(rosas_request.submission, FACTS, STATEMENT)
    two = {"round": 1, "decision": "passed", "method": "matched_facts", "matched": list(FACTS)[:2]}
    address = f"{QUEUE}{rosas_request.pk}/identity/"
    page = signed_in(vera).post(address, two).content.decode()
    assert "These facts reach T2; T3 is asked. Tick the third one if it matches" in page
    assert len(re.findall(r"<input[^>]* checked", page)) == 3  # the decision and the two facts
    assert identity.state_of(fresh(rosas_request)) == CheckState.GIVEN
    identity.enter_contact(rosas_request.submission, "rosa@known.example", date(2021, 3, 1), by=vera)
    signed_in(vera).post(address, two | {"lower": "on"})
    assert identity.check_of(fresh(rosas_request)).reached is AssuranceLevel.T2


def test_without_the_signed_statement_no_third_fact_is_asked_for(vera, rosas_request):
    identity.show(rosas_request.submission, FACTS, None)
    given = {"round": 1, "decision": "passed", "method": "matched_facts", "matched": list(FACTS)}
    page = signed_in(vera).post(f"{QUEUE}{rosas_request.pk}/identity/", given).content.decode()
    assert "This reaches T2; T3 is asked. Ask once more" in page


def test_what_is_frozen_stands_out_in_the_queue(tess, rosas_request):
    assert "badge--frozen" not in signed_in(tess).get(QUEUE).content.decode()
    stopping.freeze(rosas_request, "Odd.", by=tess)
    assert '<span class="badge badge--frozen">frozen</span>' in signed_in(tess).get(QUEUE).content.decode()
