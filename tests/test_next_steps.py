"""The case page says what comes next: the one or two steps that lead on, whose they are, and the rest in groups."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from primevox_privacy.outbox.models import Letter
from primevox_privacy.staff.models import User
from requests import acting_for, appeals, continuation, fees, identity, stopping, workflow
from requests.admin.steps import BY_VERB, HEADINGS, STEPS, Group
from requests.answers import Draft
from requests.intake import Acting
from requests.models import RightsRequest
from requests.terms import Authority, Capacity, Ending, Right
from tests.cast import FACTS, STATEMENT, ask, fresh, office_noon, prove, signed_in
from tests.endings import COME_TO, Team, notice_given
from tests.papers import received
from tests.test_staff_desk import QUEUE, do
from verification import checks

pytestmark = pytest.mark.django_db
PANEL = re.compile(r'<section class="case-panel case-next".*?</section>', re.DOTALL)
OFFERED = re.compile(r"/do/(\w+)/")
LEADS_ON = re.compile(r'(?:/do/|href="#(?=writing"))(\w+)')  # a question is written further down
FEE = "A fee waits for the requester"


@pytest.fixture
def team(tess, vera, abe, bea, time_machine):
    return Team(tess, vera, abe, bea, time_machine)


def page_of(one: RightsRequest, who: User) -> str:
    return signed_in(who).get(f"{QUEUE}{one.pk}/change/").content.decode()


def next_of(one: RightsRequest, who: User) -> tuple[str, list[str]]:
    """The words of the panel on top, and the steps in it."""
    found = PANEL.search(page_of(one, who))
    assert found
    return found.group(), LEADS_ON.findall(found.group())


# --- Where a case stands ---------------------------------------------------------------------------------------
def in_work(team: Team, right: Right = Right.ACCESS, **more) -> RightsRequest:
    one = ask(right, **more)
    workflow.take(one, by=team.abe)
    return fresh(one)


def proof_given(team: Team) -> RightsRequest:
    one = in_work(team)
    identity.show(one.submission, FACTS, STATEMENT)
    return fresh(one)


def not_shown(team: Team) -> RightsRequest:
    one = proof_given(team)
    checks.not_shown(identity.check_of(one), "matched_facts", by=team.vera)
    return fresh(one)


def no_contact_yet(team: Team) -> RightsRequest:
    one = proof_given(team)
    checks.decide(identity.check_of(one), "matched_facts", FACTS, by=team.vera)
    return fresh(one)


def proven(team: Team) -> RightsRequest:
    return prove(in_work(team), team.vera)


def drafted(team: Team) -> RightsRequest:
    one = proven(team)
    workflow.answer(one, Draft(Ending.FULFILLED, text="Name: Rosa"), by=team.abe)
    return fresh(one)


def asked(team: Team) -> RightsRequest:
    one = in_work(team)
    workflow.ask(one, "Which account?", by=team.abe)
    return fresh(one)


def fee_told(team: Team) -> RightsRequest:
    one = in_work(team)
    fees.assess(one, Decimal(20), fees.GROUNDS[0], "You had the same in May.", by=team.abe)
    return fresh(one)


def frozen(team: Team) -> RightsRequest:
    one = drafted(team)
    stopping.freeze(one, "A strange mail came.", by=team.tess)
    return fresh(one)


def frozen_after_the_answer(team: Team) -> RightsRequest:
    one = COME_TO[Ending.FULFILLED](team)
    stopping.freeze(one, "A strange mail came.", by=team.tess)
    return fresh(one)


def for_another(team: Team) -> RightsRequest:
    acting = Acting("Nina Marquez", Authority.PARENT)
    return in_work(team, capacity=Capacity.PARENT, acting=acting)


def refused_authority(team: Team) -> RightsRequest:
    one = for_another(team)
    acting_for.decide(one.submission, False, [], None, by=team.vera)
    return prove(fresh(one), team.vera)


def looked_at_again(team: Team) -> RightsRequest:
    one = COME_TO[Ending.REFUSED](team)
    appeals.file(one, "Look again.", by=workflow.REQUESTER)
    return fresh(one)


STATES: list[tuple[Callable[[Team], RightsRequest], str, str, list[str]]] = [
    (lambda team: ask(Right.ACCESS), "bea", "Nobody works on it yet.", ["take"]),
    (lambda team: in_work(team, Right.UNSURE), "bea", "not said yet which right", ["writing", "turn_into"]),
    (in_work, "bea", "The requester is asked for proof.", []),
    (proof_given, "bea", "A verifier compares it with our record.", []),
    (for_another, "bea", "It is not decided yet whether they may act.", []),
    (not_shown, "bea", "Identity is not shown as far as this needs.", ["end_identity_not_shown"]),
    (no_contact_yet, "vera", "a verifier enters a contact from our own record", ["enter_contact_on_file"]),
    (refused_authority, "bea", "The authority does not carry this request.", ["writing", "refuse"]),
    (proven, "bea", "Everything is here to answer it.", ["answer", "refuse"]),
    (drafted, "bea", "A letter waits for its second reader.", ["release", "send_back"]),
    (asked, "bea", "A question waits for the requester.", []),
    (fee_told, "bea", "A fee waits for the requester.", ["waive_fee", "accept_fee_for_requester"]),
    (frozen, "bea", "Frozen until it is cleared up.", ["free", "end_not_you"]),
    (frozen_after_the_answer, "bea", "Frozen until it is cleared up.", ["free", "end_not_you"]),
    (COME_TO[Ending.WITHDRAWN], "bea", "For now this can be undone.", ["undo"]),
    (COME_TO[Ending.FULFILLED], "bea", "Closed. Nothing waits here.", []),
    (looked_at_again, "bea", "An appeal waits to be decided.", []),
]


@pytest.mark.parametrize(("come_to", "who", "said", "steps"), STATES)
def test_the_panel_on_top_says_where_it_stands_and_offers_what_leads_on(come_to, who, said, steps, team):
    words, offered = next_of(come_to(team), getattr(team, who))
    assert said in words
    assert offered == steps


def test_where_a_question_leads_on_the_way_to_it_ends_where_one_writes_it(team):
    page = page_of(refused_authority(team), team.bea)
    assert "/do/ask/" in page.partition('id="writing"')[2].partition("</section>")[0]


def test_after_the_notice_it_may_end_for_want_of_an_answer(team):
    one = notice_given(team)
    assert "A question waits" in next_of(one, team.tess)[0]
    team.clock.shift(8 * 24 * 3600)
    assert next_of(one, team.tess)[1] == ["end_no_answer"]


def test_whom_no_mail_reaches_is_given_notice_by_us(team):
    one = ask(Right.OPT_OUT, email="", phone="972-555-0143")
    continuation.replace(one.submission, by=workflow.REQUESTER)
    workflow.take(fresh(one), by=team.tess)
    workflow.ask(fresh(one), "Which number?", by=team.tess)
    team.clock.move_to(office_noon(14))
    assert next_of(fresh(one), team.tess)[1] == ["give_notice"]


@pytest.mark.parametrize("come_to", [proof_given, for_another])
def test_the_identity_page_is_one_press_away_for_who_decides_there(come_to, team):
    one = come_to(team)
    assert "Decide identity" in next_of(one, team.vera)[0]
    assert "Decide identity" not in next_of(one, team.tess)[0]


@pytest.mark.parametrize("come_to", [in_work, proven, COME_TO[Ending.FULFILLED]])
def test_nobody_is_sent_to_the_identity_page_while_nothing_waits_there(come_to, team):
    assert "Decide identity" not in next_of(come_to(team), team.vera)[0]


def test_whoever_cannot_take_the_step_reads_whose_it_is(team):
    assert "This step is for: Approver (Bea)." in next_of(drafted(team), team.tess)[0]
    assert "This step is for" not in next_of(ask(Right.KNOW), team.tess)[0]


def test_who_drafted_it_is_told_that_another_has_to_read_it(team):
    words, offered = next_of(drafted(team), team.abe)
    assert "another approver needs to release it" in words
    assert offered == ["send_back"]


def test_an_open_appeal_is_one_press_away(team):
    one = looked_at_again(team)
    assert f"/admin/requests/appeal/{one.appeals.get().pk}/change/" in next_of(one, team.tess)[0]


# --- The other steps -------------------------------------------------------------------------------------------
def test_every_step_is_offered_once_under_its_heading(team):
    one = proven(team)
    Letter.objects.filter(about=one.submission_id).update(refused_at=timezone.now())
    page = page_of(one, team.bea)
    offered = OFFERED.findall(page)
    assert len(offered) == len(set(offered))
    filled = [heading for group, heading in HEADINGS.items() if group is not Group.SEARCH]  # no system is searched here
    assert re.findall(r"<h3>([^<]+)</h3>\s*<ul class=\"case-actions\">", page) == filled
    assert page.index("<h3>Work</h3>") < page.index("/do/extend/") < page.index("<h3>Messages</h3>")


def test_a_heading_without_a_step_is_left_out(team):
    assert "<h3>Money</h3>" not in page_of(drafted(team), team.tess)


LEAVES_OR_DELETES = {
    "release", "answer", "refuse", "ask", "tell", "extend", "merge", "withdraw", "undo", "assess_fee",
    "accept_fee_for_requester", "end_no_answer", "end_out_of_scope", "end_not_a_request", "end_identity_not_shown",
    "file_for_requester", "new_continuation_code",
}  # fmt: skip
STAYS = {
    "tess": {"take", "note"},
    "vera": {"take", "note", "enter_contact_on_file"},
    "abe": {"note", "send_back", "place_hold", "free", "end_not_you"},
}


@pytest.mark.parametrize(("who", "stays"), STAYS.items())
@pytest.mark.parametrize("come_to", [frozen, frozen_after_the_answer])
def test_while_frozen_only_what_is_allowed_then_is_offered(come_to, who, stays, team):
    offered = set(OFFERED.findall(page_of(come_to(team), getattr(team, who))))
    assert not offered & LEAVES_OR_DELETES
    assert offered >= stays or come_to is frozen_after_the_answer


def test_what_leaves_or_deletes_something_waits_for_the_end_of_a_freeze():
    assert not {step.verb for step in STEPS if step.while_frozen} & LEAVES_OR_DELETES
    assert BY_VERB.keys() >= LEAVES_OR_DELETES


def test_a_step_that_failed_stands_open_in_the_panel_with_what_was_typed(team):
    one = proven(team)
    page = do(signed_in(team.abe), one, "answer", ending="partly", text="Name: Rosa").content.decode()
    panel = PANEL.search(page)
    assert panel
    assert '<details class="case-action" open><summary>Answer</summary>' in panel.group()
    assert "Name: Rosa" in panel.group()


# --- What is said after ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("verb", BY_VERB)
def test_every_step_says_in_a_sentence_of_its_own_what_was_done(verb, rosas_request):
    said = BY_VERB[verb].said(rosas_request)
    assert said.endswith(".")
    assert said != "Done."
    assert str(BY_VERB[verb].title) not in said


def flash(client: Client, one: RightsRequest, verb: str, **given: str) -> str:
    client.get(f"{QUEUE}{one.pk}/change/")
    return client.post(
        f"{QUEUE}{one.pk}/do/{verb}/", {f"{verb}-{name}": value for name, value in given.items()}, follow=True
    ).content.decode()


def test_taking_it_is_said_in_plain_words(team, rosas_request):
    page = flash(signed_in(team.tess), rosas_request, "take")
    assert "This request is yours now." in page
    assert "Done: " not in page


def test_a_letter_that_waits_and_one_that_left_are_told_apart(team):
    waits = flash(signed_in(team.abe), proven(team), "answer", ending="fulfilled", text="Rosa", no_call_records="1")
    assert "Another approver reads it before it leaves." in waits
    left = flash(signed_in(team.abe), in_work(team, Right.OPT_OUT), "answer", ending="fulfilled")
    assert "The letter has left, and the request is closed." in left


# --- A fee is no question --------------------------------------------------------------------------------------
def test_a_fee_that_waits_is_called_a_fee_on_the_case_and_in_the_queue(team):
    one = fee_told(team)
    for page in (page_of(one, team.tess), signed_in(team.tess).get(QUEUE).content.decode()):
        assert FEE in page
        assert '<td class="field-step">Question asked' not in page
        assert "<dd><bdi>Question asked</bdi></dd>" not in page
    fees.waive(fresh(one), by=team.abe)
    workflow.ask(fresh(one), "Which account?", by=team.abe)
    assert "<dd><bdi>Question asked</bdi></dd>" in page_of(one, team.tess)
    assert '<td class="field-step">Question asked' in signed_in(team.tess).get(QUEUE).content.decode()


def test_who_asks_reads_first_that_our_own_target_moves(team):
    form = page_of(proven(team), team.abe).partition("/do/ask/")[2].partition("</form>")[0]
    assert "Asking moves our own target to" in form
    one = proven(team)
    workflow.ask(one, "Which one?", by=team.abe)
    page = page_of(fresh(one), team.abe)
    assert "Moved with our question of" in page
    assert "Decided by" not in page


def test_a_paper_that_waits_is_said_on_the_case_and_in_the_queue(team):
    acting = Acting("Rosa Marquez", Authority.SIGNED_PERMISSION)
    one = ask(Right.ACCESS, capacity=Capacity.AGENT, acting=acting)
    workflow.take(one, by=team.abe)
    assert "paper to look at" not in signed_in(team.tess).get(QUEUE).content.decode()
    acting_for.give_papers(fresh(one).submission, [received("permission.png", b"paper")])
    assert "A paper waits to be looked at" in page_of(one, team.tess)
    assert "Look at the paper and decide" in page_of(one, team.vera)
    assert "paper to look at" in signed_in(team.tess).get(QUEUE).content.decode()


def test_what_could_move_a_date_is_said_in_sentences(team):
    page = page_of(in_work(team), team.abe)
    assert "Needed for it:" in page
    assert "The law wants as its ground: " in page
