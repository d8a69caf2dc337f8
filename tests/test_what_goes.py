"""What of a case goes now, later or stays, as staff read it, over the whole of its life (policy sections 8 and 11)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.tasks import end_lives
from requests import holds, identity, packages, stopping, what_goes, words, workflow
from requests.answers import Draft
from requests.terms import Ending, Right
from tests.cast import ask, deliver, fresh, prove, submit
from tests.test_case_page import page_of
from tests.test_checks import paper
from verification import checks
from verification.models import EvidenceKind
from verification.tasks import destroy_owed

pytestmark = pytest.mark.django_db
PAPERS, FACTS = "Papers that show who they are", "Facts that show who they are"
FILES = "Files of the answer, and files found in systems"
CONTACT = "Name, contacts, what they wrote, messages, internal notes, and the mails we sent"
RECORD = "Letters, a statement that the law wants kept, and reasons"
FIGURES = "Right, law, dates and outcome, without the person"
YEARS = timedelta(days=3 * 366)


def becomes(one) -> dict[str, str]:
    return {line.what: line.becomes for line in what_goes.of(fresh(one)).lines}


def in_days(days: int) -> str:
    return words.day(timezone.localdate(timezone.now() + timedelta(days=days)))


def sweep() -> None:
    destroy_owed()
    end_lives()


def test_while_a_case_goes_on_everything_of_it_stays(rosas_request, vera):
    one = prove(rosas_request, vera)
    goes_on = "Stays while this goes on"
    assert becomes(one) == {FACTS: goes_on, CONTACT: goes_on, RECORD: goes_on, FIGURES: "Stays"}


def test_who_needs_no_proof_has_no_line_of_it():
    assert FACTS not in becomes(ask(Right.OPT_OUT))


def test_papers_go_with_the_decision_on_identity(rosas_request, vera):
    checks.give_file(identity.check_of(rosas_request), EvidenceKind.DOCUMENT, paper())
    assert becomes(rosas_request)[PAPERS] == "Goes once identity is decided"
    one = prove(rosas_request, vera)
    assert becomes(one)[PAPERS] == "Goes now: within minutes"
    sweep()
    assert becomes(one)[PAPERS] == f"Gone since {in_days(0)}"


def test_once_answered_proof_goes_now_and_the_rest_on_its_day(answered):
    assert becomes(answered)[FACTS] == "Goes now: within minutes"
    sweep()
    now = becomes(answered)
    assert now[FACTS] == f"Gone since {in_days(0)}"
    assert now[CONTACT] == f"Goes later: on {in_days(60)}"
    assert now[RECORD].startswith("Goes later: on ")


def test_after_its_years_only_the_figures_are_left(answered, time_machine):
    time_machine.move_to(timezone.now() + YEARS)
    sweep()
    lines = becomes(answered)
    assert lines.pop(FIGURES) == "Stays"
    assert {said.partition(" since ")[0] for said in lines.values()} == {"Gone"}


def test_files_that_were_never_delivered_go_with_the_closing(rosas_request, abe, vera):
    one = prove(rosas_request, vera)
    workflow.take(one, by=abe)
    packages.add(one, [paper()], by=abe)
    workflow.withdraw(fresh(one), by=abe, why="By telephone.")
    assert becomes(one)[FILES] == "Goes now: within minutes"


def test_files_of_an_answer_stay_two_weeks_after_the_notice(rosas_request, abe, bea, vera):
    one = prove(rosas_request, vera)
    workflow.take(one, by=abe)
    packages.add(one, [paper()], by=abe)
    assert becomes(one)[FILES] == "Stays while this goes on"
    workflow.answer(one, Draft(Ending.FULFILLED, text="Here."), by=abe)
    workflow.release(fresh(one), by=bea)
    deliver()
    assert becomes(one)[FILES] == f"Goes later: on {in_days(14)}"


def test_a_withdrawal_keeps_proof_for_the_day_in_which_it_can_be_undone(rosas_request, vera, abe):
    one = prove(rosas_request, vera)
    workflow.withdraw(one, by=abe, why="By telephone.")
    assert becomes(one)[FACTS] == f"Goes later: on {in_days(1)}"


def test_under_a_hold_nothing_goes_and_its_last_day_is_said(answered, abe):
    until = timezone.localdate() + timedelta(days=300)
    holds.place(answered, "A court asked for it.", abe, until, by=abe)
    assert what_goes.of(answered).held == (
        f"What is still here stays while a hold stands: until {words.day(until)}, unless it is lifted before."
    )
    assert becomes(answered)[FACTS] == f"Held: it was due on {in_days(0)}"
    assert becomes(answered)[CONTACT] == f"Held: else it goes on {in_days(60)}"
    assert becomes(answered)[RECORD].startswith("Goes later: on "), "the hold is over by then"


def test_a_freeze_has_no_last_day(rosas_request, abe):
    stopping.freeze(rosas_request, "Somebody called.", by=abe)
    assert what_goes.of(fresh(rosas_request)).held == "What is still here stays while it is frozen."
    assert becomes(rosas_request)[CONTACT] == "Held"


def test_requests_asked_together_share_proof_and_have_a_record_each(vera, abe):
    first, second = submit(Right.ACCESS, Right.CORRECT).rights_requests.order_by("pk")
    prove(first, vera)
    workflow.withdraw(fresh(first), by=abe, why="By telephone.")
    assert becomes(first)[FACTS] == becomes(second)[FACTS] == "Stays while this goes on"
    assert becomes(first)[RECORD].startswith("Goes later")
    assert becomes(second)[RECORD] == "Stays while this goes on"


def test_every_life_of_a_case_has_its_line(rosas_request):
    others = {Life.DRAFT, Life.SIGN_IN_CODE, Life.CUSTOMER, Life.SECOND_FACTOR}  # of no case, or gone within a week
    assert {life for lives in what_goes.IN_ORDER for life in lives} == set(Life) - others


@pytest.mark.parametrize("who", ["tess", "vera", "bea", "otto"])
def test_the_page_of_the_case_says_it(request, who, answered):
    page = page_of(request.getfixturevalue(who), answered)
    assert "What goes, and what stays" in page
    assert "<details open><summary>Each kind of data" in page, "nothing else is to be done with it"
    assert "Goes now: within minutes" in page


def test_while_it_goes_on_the_list_is_folded(tess, rosas_request):
    assert "<details><summary>Each kind of data" in page_of(tess, rosas_request)
