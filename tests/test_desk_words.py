"""What staff read at the desk says the one true thing: dates, whose step it is, which contact, why something failed."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from requests import changing_contact, identity, records, workflow
from requests.intake import Acting
from requests.terms import Authority, Capacity, Right, Role
from tests.cast import FACTS, ROSAS_MAIL, STATEMENT, ask, fresh, person, prove, signed_in, submit
from tests.test_case_page import page_of
from tests.test_print_queue import ON_PAPER
from tests.test_staff_desk import QUEUE, do

pytestmark = pytest.mark.django_db
TEMPLATES = settings.BASE_DIR / "templates" / "admin"
TODAY = "/admin/"


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


# --- Dates ---------------------------------------------------------------------------------------------------------
def test_every_date_of_the_desk_is_written_alike():
    ways = {
        way for path in TEMPLATES.rglob("*.html") for way in re.findall(r"""\|date:["']([^"']+)""", path.read_text())
    }
    assert ways == {"c"}, "that one is for machines; people read the filters `day` and `moment`"


def test_days_and_moments_bear_their_weekday(tess):
    page = page_of(tess, ask(Right.ACCESS))
    assert "Tuesday 15 September 2026, 12:00</time>" in page


# --- Where one lands -----------------------------------------------------------------------------------------------
def test_ada_lands_where_her_work_is(ada, cora):
    page = text_of(signed_in(ada).get(TODAY))
    for said in ("<b>2</b> members of staff", "changes of levels to confirm", "systems without an owner"):
        assert said in page
    for path in ("/admin/staff/user/add/", "/admin/requests/levelrule/", "/admin/inventory/edition/"):
        assert f'href="{path}"' in page


def test_a_role_that_nobody_has_is_said(ada):
    person("Vic", Role.VERIFIER)
    said = text_of(signed_in(ada).get(TODAY)).partition("Nobody has these roles")[2].partition("</section>")[0]
    assert "Approver" in said
    assert "Verifier" not in said


def test_who_has_no_role_yet_reads_what_to_do(db):
    assert "Your account has no role yet" in text_of(signed_in(person("Nora")).get(TODAY))


def test_under_a_search_without_a_hint_stands_nothing(ada):
    page = text_of(signed_in(ada).get("/admin/staff/user/"))
    assert "Part of a username, name or e-mail address" in page
    assert ">None<" not in page


@pytest.mark.parametrize(("name", "reads"), [("tess", True), ("otto", False), ("ada", False)])
def test_only_who_may_print_reads_that_a_letter_waits_to_be_printed(name, reads, request):
    submit(Right.ACCESS, **ON_PAPER)
    assert ("to be printed" in text_of(signed_in(request.getfixturevalue(name)).get(TODAY))) is reads


# --- Whose step it is ----------------------------------------------------------------------------------------------
@pytest.fixture
def for_nina(db):
    return ask(Right.ACCESS, capacity=Capacity.PARENT, acting=Acting("Nina Marquez", Authority.PARENT))


def test_whether_somebody_may_act_is_for_a_verifier_by_name_and_can_be_passed_on(for_nina, tess, vera):
    workflow.take(for_nina, by=tess)
    page = " ".join(page_of(tess, fresh(for_nina)).split())
    assert "It is not decided yet whether they may act." in page
    assert "This step is for: Verifier (Vera)." in page
    assert 'href="#do-assign"' in page
    assert 'id="do-assign"' in page


def test_a_verifier_who_is_away_is_not_named(for_nina, tess, vera):
    vera.absent_from = timezone.localdate() - timedelta(days=1)
    vera.save()
    workflow.take(for_nina, by=tess)
    assert "This step is for: Verifier." in " ".join(page_of(tess, fresh(for_nina)).split())


def test_who_decides_reads_no_word_about_others(for_nina, vera):
    workflow.take(for_nina, by=vera)
    page = page_of(vera, fresh(for_nina))
    assert "This step is for" not in page
    assert f"/{for_nina.pk}/identity/" in page


# --- Why a decision was not recorded -------------------------------------------------------------------------------
def decides(vera, one, **given) -> str:
    asked = {"round": identity.check_of(fresh(one)).round, "method": "matched_facts"} | given
    return text_of(signed_in(vera).post(f"{QUEUE}{one.pk}/identity/", asked))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"decision": "passed", "matched": ["account_number"]}, "1 fact is ticked as matching. Two reach T2"),
        ({"decision": "passed"}, "0 facts are ticked as matching. Two reach T2"),
        ({"decision": "passed", "method": "document"}, "No document is here"),
    ],
)
def test_a_decision_that_cannot_be_recorded_says_the_one_cause(given, said, vera, rosas_request):
    identity.show(rosas_request.submission, FACTS, STATEMENT)
    page = decides(vera, rosas_request, **given)
    assert said in page
    assert "somebody" not in page.partition("error-summary")[2].partition("</div>")[0]


def test_before_anything_was_given_nobody_is_asked_again(vera, rosas_request):
    assert "nothing was given yet" in decides(vera, rosas_request, decision="again")


def test_who_was_slower_reads_that_somebody_was_faster(vera, rosas_request):
    prove(rosas_request, vera)
    assert "somebody else was faster" in decides(vera, rosas_request, decision="passed", matched=list(FACTS))


def test_trying_again_on_the_same_page_is_one_look(vera, rosas_request):
    identity.show(rosas_request.submission, FACTS, STATEMENT)
    signed_in(vera).post(f"{QUEUE}{rosas_request.pk}/identity/")
    for _try in range(3):
        assert "PV-004417" in decides(vera, rosas_request, decision="passed", matched=["account_number"])
    assert Event.objects.filter(kind="identity_looked_at").count() == 1


def test_after_a_quarter_of_an_hour_it_is_another_look(vera, rosas_request, time_machine):
    time_machine.move_to(timezone.now())
    identity.show(rosas_request.submission, FACTS, STATEMENT)
    signed_in(vera).post(f"{QUEUE}{rosas_request.pk}/identity/")
    time_machine.shift(timedelta(minutes=16))
    decides(vera, rosas_request, decision="passed", matched=["account_number"])
    assert Event.objects.filter(kind="identity_looked_at").count() == 2


# --- Which contact -------------------------------------------------------------------------------------------------
def test_two_addresses_that_look_alike_are_told_apart_in_words(tess, vera, rosas_request):
    one = prove(rosas_request, vera)
    assert "r…@m….example (contact on file)" in page_of(tess, one)
    records.enter_typed(one, "ronda@mine.example", timezone.localdate() - timedelta(days=900), by=vera)
    page = page_of(tess, fresh(one))
    assert "r…@m….example (typed into the form, not the contact on file)" in page


def test_a_new_contact_is_called_so(tess, vera, rosas_request):
    changing_contact.ask(rosas_request.submission, {"email": "rita@moved.example"})
    changing_contact.leave_to_staff(fresh(rosas_request).submission)
    assert "Wants to be reached at (new contact)" in page_of(tess, fresh(rosas_request))
    do(signed_in(vera), rosas_request, "decide_contact_change", decision="accept", reason="Called her back.")
    assert "r…@m….example (new contact)" in page_of(tess, fresh(rosas_request))


def test_a_letter_that_came_back_says_which_contact_refused_it(tess, rosas_request):
    Letter.objects.filter(about=rosas_request.submission_id).update(refused_at=timezone.now())
    assert "r…@m….example (typed into the form)" in page_of(tess, rosas_request).partition("undelivered")[2]
    assert ROSAS_MAIL not in page_of(tess, rosas_request)
