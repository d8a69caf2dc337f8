"""How sure we need to be: the shipped matrix, what administrators change of it, and what staff ask of one request."""

from datetime import date, timedelta

import pytest
import yaml
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from requests import assurance, identity, intake, levels, raising, sign_in, stopping, tasks, workflow
from requests.answers import Draft
from requests.assurance import FIXED, MATRIX, Cell, Doubt, Sensitive, Sensitivity
from requests.intake import Acting, Asked
from requests.levels import NotAllowedHere
from requests.models import LevelChange, LevelRule, RightsRequest, Submission
from requests.terms import Authority, Capacity, Ending, Right, Role
from requests.workflow import NotAllowed
from tests.cast import ask, fresh, person, prove, signed_in, submit
from verification import checks, codes
from verification.levels import AssuranceLevel
from verification.models import CheckState, CodePurpose, EvidenceKind

T0, T1, T2, T3, T4 = AssuranceLevel
ORDINARY, SENSITIVE = Sensitivity


# --- The shipped matrix ----------------------------------------------------------------------------------------
STARTING = [
    # right, ordinary, sensitive
    (Right.OPT_OUT, T0, T0),
    (Right.LIMIT_SENSITIVE, T0, T0),
    (Right.WITHDRAW_CONSENT, T0, T0),
    (Right.UNSURE, T0, T0),
    (Right.OBJECT, T1, T2),
    (Right.RESTRICT, T1, T2),
    (Right.RETALIATION, T1, T2),
    (Right.KNOW, T2, T3),
    (Right.CORRECT, T2, T3),
    (Right.ACCESS, T3, T3),
    (Right.PORTABILITY, T3, T3),
    (Right.DELETE, T3, T3),
]


@pytest.mark.parametrize(("right", "ordinary", "sensitive"), STARTING)
@pytest.mark.parametrize("capacity", Capacity)
def test_each_right_starts_at_its_level_whoever_asks(right, ordinary, sensitive, capacity):
    assert assurance.least_level(right, capacity=capacity) is ordinary
    assert assurance.least_level(right, capacity=capacity, sensitivity=SENSITIVE) is sensitive


def test_the_starting_levels_name_every_right():
    assert {right for right, *_levels in STARTING} == set(Right)


def test_an_objection_to_marketing_needs_no_proof():
    assert assurance.least_level(Right.OBJECT, about_marketing=True, sensitivity=SENSITIVE) is T0
    assert assurance.marketing_rule(Capacity.AGENT).name.startswith("object_to_marketing/agent 0 (")


def test_every_cell_is_there_with_a_reason_and_what_it_rests_on():
    assert len(MATRIX) == len(Right) * len(Sensitivity) * len(Capacity)
    for cell, rule in MATRIX.items():
        assert rule.cell == cell == Cell.named(str(cell))
        assert len(rule.reason) > 40, cell
        assert rule.rests_on, cell
        assert len(rule.name) <= RightsRequest._meta.get_field("level_rule").max_length
        assert len(str(cell)) <= LevelRule._meta.get_field("cell").max_length


def test_the_file_of_levels_says_no_more_than_its_form():
    data = yaml.safe_load(assurance.FILE.read_text())
    assert set(data) == {"version", "never_more_than", "rights"}
    assert date.fromisoformat(data["version"])
    for right, said in data["rights"].items():
        assert Right(right)
        assert set(said) <= {"fixed", "ordinary", "sensitive"}
        for sensitivity in Sensitivity:
            assert {"level", "reason", "rests_on"} <= set(said[sensitivity]) <= {"level", "reason", "rests_on", "for"}


def test_a_level_of_its_own_can_be_given_to_one_who_asks():
    data = yaml.safe_load(assurance.FILE.read_text())
    data["rights"]["know"]["ordinary"]["for"] = {"agent": {"level": "T3"}}
    read = assurance.read(data)
    assert read[Cell(Right.KNOW, ORDINARY, Capacity.AGENT)].level is T3
    assert read[Cell(Right.KNOW, ORDINARY, Capacity.SELF)].level is T2


def test_sensitive_data_never_needs_less_and_no_rule_asks_for_a_document():
    for cell, rule in MATRIX.items():
        ordinary = MATRIX[Cell(cell.right, ORDINARY, cell.capacity)]
        assert ordinary.level <= rule.level <= assurance.HIGHEST < T4


def test_what_needs_no_proof_is_fixed_and_nothing_else_is():
    assert {cell.right for cell, rule in MATRIX.items() if rule.level is T0} == FIXED


LAW_SAYS = {
    # tier of the house standard: what it asks for, and which places of the matrix it is about
    "none": [(Right.OPT_OUT, ORDINARY), (Right.LIMIT_SENSITIVE, ORDINARY)],
    "reasonable": [(Right.KNOW, ORDINARY), (Right.DELETE, ORDINARY), (Right.CORRECT, ORDINARY)],
    "reasonably_high": [(Right.ACCESS, ORDINARY), (Right.DELETE, SENSITIVE), (Right.CORRECT, SENSITIVE)],
}


@pytest.mark.parametrize("tier", LAW_SAYS)
def test_no_level_asks_for_less_than_the_law_that_is_our_house_standard(tier):
    law = yaml.safe_load(assurance.FILE.with_name("regimes.yaml").read_text())["verification_standards"]["us_ca_ccpa"][
        "tiers"
    ]
    said = next(each for each in law if each["id"] == tier)
    for right, sensitivity in LAW_SAYS[tier]:
        level = MATRIX[Cell(right, sensitivity, Capacity.SELF)].level
        assert assurance.facts_needed(level) >= said["data_points"], right
        assert assurance.statement_needed(level) >= said["signed_declaration"], right
        if tier == "none":
            assert level is T0


DAY = date(2026, 11, 24)
DOUBTS = [
    # level, on file since, SIM changed on, doubt
    (T1, DAY, DAY, None),
    (T2, DAY - timedelta(30), None, None),  # thirty days to the day
    (T2, DAY - timedelta(29), None, Doubt.TOO_NEW),
    (T3, DAY + timedelta(3), None, Doubt.TOO_NEW),  # it came after the request
    (T2, None, None, Doubt.NOT_DATED),
    (T2, DAY - timedelta(900), DAY - timedelta(30), None),
    (T2, DAY - timedelta(900), DAY - timedelta(29), Doubt.SIM_CHANGED),
    (T4, DAY - timedelta(900), DAY + timedelta(1), Doubt.SIM_CHANGED),
]


@pytest.mark.parametrize(("level", "since", "sim", "doubt"), DOUBTS)
def test_a_contact_counts_once_it_and_its_sim_have_stood_for_thirty_days(level, since, sim, doubt):
    assert assurance.contact_doubt(level, DAY, since, sim) is doubt


# --- Changing the matrix ----------------------------------------------------------------------------------------
KNOW = Cell(Right.KNOW, ORDINARY, Capacity.SELF)


@pytest.fixture
def adam(db):
    return person("Adam", Role.ADMINISTRATOR)


def level_of(right: Right = Right.KNOW, **more) -> AssuranceLevel:
    return levels.rules_for([right], Capacity.SELF, **more)[right].level


def test_asking_for_more_needs_one_administrator_and_holds_for_what_comes_in_then(ada):
    before = ask(Right.KNOW)
    levels.propose(KNOW, T3, "We were fooled twice.", timezone.now(), by=ada)
    after = ask(Right.KNOW)
    assert (before.needs, after.needs) == (T2, T3)
    assert fresh(before).needs is T2, "a request keeps the level it was given"
    assert before.level_rule == f"know/ordinary/self 0 ({assurance.VERSION})"
    assert after.level_rule == "know/ordinary/self 1"
    assert level_of() is T3


def test_another_who_asks_keeps_their_level(ada):
    levels.propose(KNOW, T3, "We were fooled twice.", timezone.now(), by=ada)
    assert levels.rules_for([Right.KNOW], Capacity.COMPANY)[Right.KNOW].level is T2


def test_a_level_can_be_set_for_a_day_to_come(ada):
    levels.propose(KNOW, T3, "From the new year on.", timezone.now() + timedelta(5), by=ada)
    assert level_of() is T2
    assert levels.in_force([KNOW], timezone.now() + timedelta(6))[KNOW].level is T3


def test_asking_for_less_holds_only_once_a_second_administrator_confirmed_it(ada, adam):
    proposed = levels.propose(KNOW, T1, "Kinds of data only.", timezone.now(), by=ada)
    assert level_of() is T2
    with pytest.raises(NotAllowedHere):
        levels.confirm(proposed.pk, by=ada)
    assert level_of() is T2
    levels.confirm(proposed.pk, by=adam)
    assert level_of() is T1
    kinds = Event.objects.filter(about=proposed.pk).order_by("at").values_list("kind", "actor")
    assert list(kinds) == [("level_rule_proposed", ada.as_actor), ("level_rule_confirmed", adam.as_actor)]


def test_the_database_itself_wants_a_second_person_for_less(ada):
    proposed = levels.propose(KNOW, T1, "Kinds of data only.", timezone.now(), by=ada)
    with pytest.raises(IntegrityError), transaction.atomic():
        LevelRule.objects.filter(pk=proposed.pk).update(confirmed_by=ada, confirmed_at=timezone.now())


def test_a_raise_to_come_cannot_be_taken_away_by_one_person(ada):
    """Proposing the level of today is asking for less than what is decided for tomorrow."""
    levels.propose(KNOW, T3, "From the new year on.", timezone.now() + timedelta(5), by=ada)
    undoing = levels.propose(KNOW, T2, "Rather not.", timezone.now(), by=ada)
    assert undoing.lowers
    assert levels.in_force([KNOW], timezone.now() + timedelta(6))[KNOW].level is T3


def test_older_versions_stay(ada, adam):
    levels.propose(KNOW, T3, "More.", timezone.now(), by=ada)
    levels.confirm(levels.propose(KNOW, T2, "As before.", timezone.now(), by=ada).pk, by=adam)
    assert [(row.version, row.level) for row in levels.history(KNOW)] == [(2, 2), (1, 3)]
    assert levels.rule_named("know/ordinary/self 1").reason == "More."


def test_a_proposal_can_be_taken_back_and_never_holds(ada, adam):
    proposed = levels.propose(KNOW, T1, "Less.", timezone.now(), by=ada)
    levels.drop(proposed.pk, by=ada)
    with pytest.raises(NotAllowedHere):
        levels.confirm(proposed.pk, by=adam)
    assert level_of() is T2
    levels.propose(KNOW, T1, "Once more.", timezone.now(), by=ada)


@pytest.mark.parametrize(
    ("cell", "level", "reason"),
    [
        (Cell(Right.OPT_OUT, ORDINARY, Capacity.SELF), T1, "Proof for an opt-out."),
        (Cell(Right.LIMIT_SENSITIVE, SENSITIVE, Capacity.AGENT), T2, "Proof for limiting."),
        (KNOW, T4, "A passport from everybody."),
        (KNOW, T0, "No proof at all."),
        (KNOW, T2, "What holds already."),
        (KNOW, T3, "   "),
    ],
)
def test_what_no_rule_may_say_is_refused(ada, cell, level, reason):
    with pytest.raises(NotAllowedHere):
        levels.propose(cell, level, reason, timezone.now(), by=ada)
    assert not LevelRule.objects.exists()


def test_two_proposals_for_one_place_do_not_wait_together(ada, adam):
    levels.propose(KNOW, T1, "Less.", timezone.now(), by=ada)
    with pytest.raises(NotAllowedHere):
        levels.propose(KNOW, T3, "More.", timezone.now(), by=adam)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_nobody_but_an_administrator_changes_the_matrix(ada, role):
    someone, waiting = person("Someone", role), levels.propose(KNOW, T1, "Less.", timezone.now(), by=ada)
    for change in (
        lambda: levels.propose(KNOW, T3, "More.", timezone.now(), by=someone),
        lambda: levels.confirm(waiting.pk, by=someone),
        lambda: levels.drop(waiting.pk, by=someone),
    ):
        with pytest.raises(NotAllowedHere):
            change()
    browser = signed_in(someone)
    assert browser.get("/admin/requests/levelrule/").status_code == 403
    assert browser.get("/admin/requests/levelrule/know/ordinary/self/").status_code == 403
    assert browser.post(f"/admin/requests/levelrule/{waiting.pk}/confirm/").status_code == 403


PLACE = "/admin/requests/levelrule/know/ordinary/self/"


def test_ada_proposes_and_adam_confirms_on_the_pages(ada, adam):
    today = timezone.localdate().isoformat()
    page = signed_in(ada).get("/admin/requests/levelrule/").content.decode()
    assert "11 CCR 7062(c)" in page
    page = signed_in(ada).post(PLACE, {"level": "1", "reason": "Kinds only.", "from_on": today}, follow=True)
    assert "Another administrator needs to confirm it" in page.content.decode()
    assert "Confirm that less is enough" not in signed_in(ada).get(PLACE).content.decode()
    assert "Confirm that less is enough" in signed_in(adam).get(PLACE).content.decode()
    waiting = LevelRule.objects.get()
    page = signed_in(ada).post(f"/admin/requests/levelrule/{waiting.pk}/confirm/", follow=True)
    assert "cannot confirm it" in page.content.decode()
    signed_in(adam).post(f"/admin/requests/levelrule/{waiting.pk}/confirm/")
    assert level_of() is T1


def test_a_proposal_that_does_not_do_is_told_at_its_field_and_keeps_what_was_typed(ada):
    page = signed_in(ada).post(PLACE, {"level": "3", "reason": "", "from_on": "2020-01-01"}).content.decode()
    assert "Write why. It stands beside the level" in page
    assert "Choose today or a later day" in page
    assert 'value="2020-01-01"' in page
    today = timezone.localdate().isoformat()
    page = signed_in(ada).post(PLACE, {"level": "2", "reason": "Same.", "from_on": today}).content.decode()
    assert "That is the level that holds now." in page
    assert signed_in(ada).get("/admin/requests/levelrule/no/such/cell/").status_code == 404
    gone = signed_in(ada).post(f"/admin/requests/levelrule/{ada.pk}/drop/", follow=True).content.decode()
    assert "no longer waits" in gone


# --- One request ------------------------------------------------------------------------------------------------
def test_a_request_that_touches_sensitive_data_needs_what_the_matrix_says(tess):
    one = ask(Right.KNOW)
    raising.mark_sensitive(one, [Sensitive.RECORDINGS], by=tess)
    one = fresh(one)
    assert (one.needs, one.sensitive) == (T3, True)
    assert one.submission.check_made.asked is T3
    assert "In the wrong hands" in raising.why(one)
    assert Event.objects.get(kind="marked_sensitive").detail == {"kinds": ["recordings"], "level": 3}


def test_marking_what_needs_the_most_already_changes_no_level(tess, rosas_request):
    raising.mark_sensitive(rosas_request, [Sensitive.PAYMENT], by=tess)
    assert fresh(rosas_request).level_rule.startswith("access/sensitive/self")
    with pytest.raises(NotAllowed):
        raising.mark_sensitive(rosas_request, [Sensitive.PAYMENT], by=tess)


def test_staff_ask_for_more_with_a_written_reason_and_the_requester_is_told(vera):
    one = ask(Right.RESTRICT)
    Letter.objects.all().delete()
    raising.raise_level(one, T3, "A neighbour called before.", by=vera)
    one = fresh(one)
    assert one.needs is T3
    assert identity.task_of(one.submission).facts == 3
    assert Letter.objects.get().kind == "task_waiting"
    assert raising.why(one) == "Vera: A neighbour called before."
    assert Event.objects.get(kind="level_raised", about=one.pk).detail == {"was": 1, "level": 3}


def test_what_was_shown_on_less_is_asked_for_once_more(vera):
    one = ask(Right.KNOW)
    facts = {EvidenceKind.ACCOUNT_NUMBER: "PV-004417", EvidenceKind.SERVICE_ADDRESS: "12 Elm Street"}
    one = prove(one, vera, facts, None)
    assert identity.is_shown(one)
    raising.raise_level(one, T3, "The address was in the news.", by=vera)
    assert not identity.is_shown(fresh(one))
    assert fresh(one).submission.check_made.state == CheckState.OPEN


def test_who_answers_from_an_older_page_meets_the_raise(vera, abe):
    one = ask(Right.KNOW)
    facts = {EvidenceKind.ACCOUNT_NUMBER: "PV-004417", EvidenceKind.SERVICE_ADDRESS: "12 Elm Street"}
    one = prove(one, vera, facts, None)
    workflow.take(one, by=abe)
    older = fresh(one)
    raising.raise_level(one, T3, "The address was in the news.", by=vera)
    with pytest.raises(NotAllowed, match="not shown"):
        workflow.answer(older, Draft(Ending.FULFILLED, text="Kinds of data"), by=abe)


@pytest.mark.parametrize(
    ("right", "level", "why"),
    [
        (Right.OPT_OUT, T1, "Proof for an opt-out."),
        (Right.UNSURE, T2, "Before it is a right."),
        (Right.KNOW, T2, "No more than now."),
        (Right.KNOW, T1, "Less than now."),
        (Right.KNOW, T4, "A document has a step of its own."),
        (Right.KNOW, T3, "  "),
    ],
)
def test_what_cannot_be_asked_for_is_refused_in_words(tess, right, level, why):
    one = ask(right)
    with pytest.raises(NotAllowed):
        raising.raise_level(one, level, why, by=tess)
    assert not LevelChange.objects.exists()


def test_less_needs_two_persons(tess, vera, abe, rosas_request):
    raising.lower_level(rosas_request, T2, "She holds no recordings.", by=abe)
    assert fresh(rosas_request).needs is T3
    with pytest.raises(NotAllowed):
        raising.confirm_lower_level(rosas_request, by=abe)
    with pytest.raises(NotAllowed):
        raising.confirm_lower_level(rosas_request, by=tess)  # not her role
    assert fresh(rosas_request).needs is T3
    bea = person("Bea", Role.APPROVER)
    raising.confirm_lower_level(rosas_request, by=bea)
    one = fresh(rosas_request)
    assert one.needs is T2
    assert one.submission.check_made.asked is T2
    assert raising.why(one) == "Abe, Bea: She holds no recordings."
    kinds = Event.objects.filter(about=one.pk, kind__contains="lower").values_list("kind", "actor")
    assert set(kinds) == {("lower_level_proposed", abe.as_actor), ("level_lowered", bea.as_actor)}


def test_the_database_itself_wants_a_second_person(abe, rosas_request):
    proposed = raising.lower_level(rosas_request, T2, "Less.", by=abe)
    for lonely in ({"done_at": timezone.now()}, {"done_at": timezone.now(), "confirmed_by": abe}):
        with pytest.raises(IntegrityError), transaction.atomic():
            LevelChange.objects.filter(pk=proposed.pk).update(**lonely)


def test_less_never_means_nothing_where_the_matrix_asks_for_something(abe, rosas_request):
    with pytest.raises(NotAllowed):
        raising.lower_level(rosas_request, T0, "No proof.", by=abe)


def test_a_check_shared_with_another_request_goes_on_asking_for_what_that_one_needs(abe, bea):
    submission = submit(Right.ACCESS, Right.DELETE)
    one = fresh(submission.rights_requests.get(right=Right.ACCESS))
    raising.lower_level(one, T2, "Less.", by=abe)
    raising.confirm_lower_level(one, by=bea)
    assert fresh(one).submission.check_made.asked is T3


def test_a_proposal_is_dropped_by_asking_for_more_or_by_a_refusal(abe, bea, tess):
    one = ask(Right.KNOW)
    raising.lower_level(one, T1, "Less.", by=abe)
    raising.raise_level(one, T3, "More.", by=tess)
    with pytest.raises(NotAllowed):
        raising.confirm_lower_level(one, by=bea)
    raising.lower_level(one, T2, "Less.", by=abe)
    raising.refuse_lower_level(one, by=bea)
    with pytest.raises(NotAllowed):
        raising.refuse_lower_level(one, by=bea)
    assert fresh(one).needs is T3


def test_nothing_is_lowered_while_frozen_or_closed_or_in_review(abe, bea, tess, vera, rosas_request):
    raising.lower_level(rosas_request, T2, "Less.", by=abe)
    stopping.freeze(rosas_request, "Somebody called.", by=vera)
    with pytest.raises(NotAllowed):
        raising.confirm_lower_level(fresh(rosas_request), by=bea)
    other = ask(Right.KNOW)
    workflow.withdraw(other, by=tess, why="By telephone.")
    with pytest.raises(NotAllowed):
        raising.raise_level(fresh(other), T3, "More.", by=vera)


def test_the_case_page_offers_the_steps_and_shows_the_rule(rosas_request, tess, abe, bea):
    address = f"/admin/requests/rightsrequest/{rosas_request.pk}"
    page = signed_in(abe).get(f"{address}/change/").content.decode()
    assert "access/ordinary/self 0" in page
    asked = {"lower_level-level": "2", "lower_level-reason": "No recordings."}
    signed_in(abe).post(f"{address}/do/lower_level/", asked)
    assert "Confirm that less proof is enough" not in signed_in(abe).get(f"{address}/change/").content.decode()
    page = signed_in(bea).get(f"{address}/change/").content.decode()
    assert "Confirm that less proof is enough" in page
    assert "No recordings." in page
    signed_in(bea).post(f"{address}/do/confirm_lower_level/")
    assert fresh(rosas_request).needs is T2
    signed_in(tess).post(f"{address}/do/raise_level/", {"raise_level-level": "3", "raise_level-reason": "After all."})
    assert fresh(rosas_request).needs is T3
    signed_in(tess).post(f"{address}/do/mark_sensitive/", {"mark_sensitive-kinds": ["payment"]})
    assert fresh(rosas_request).sensitive


def test_a_reason_lies_sealed_and_goes_with_the_record(tess):
    one = ask(Right.KNOW)
    raising.raise_level(one, T3, "A neighbour called before.", by=tess)
    row = LevelChange.objects.values("reason", "record_key").get()
    assert b"neighbour" not in bytes(row["reason"])
    assert row["record_key"] == one.record_key_id


# --- An address typed into the form ------------------------------------------------------------------------------
def asked_by(capacity: Capacity, rights: list[Right]) -> Asked:
    acting = None
    if capacity in (Capacity.AGENT, Capacity.PARENT, Capacity.COMPANY):
        kinds = {Capacity.AGENT: Authority.SIGNED_PERMISSION, Capacity.PARENT: Authority.PARENT}
        acting = Acting("Somebody", kinds.get(capacity, Authority.OFFICER), "else@mail.example")
    return Asked(
        rights=tuple(rights),
        name="Stan",
        email="stan@mail.example",
        residence="US-TX",
        capacity=capacity,
        acting=acting,
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    capacity=st.sampled_from(Capacity),
    rights=st.lists(st.sampled_from(Right), min_size=1, max_size=4, unique=True),
    doings=st.lists(st.sampled_from(["sign in", "read", "be checked", "ask on file"]), max_size=6),
)
def test_an_address_typed_into_the_form_never_lifts_a_request_above_t0(db, capacity, rights, doings):
    """Whatever somebody does with codes that reach the mailbox they typed: nothing that needs proof counts as shown."""
    with transaction.atomic():
        submission = intake.take_in(asked_by(capacity, rights))
        reference, browser = submission.rights_requests.first().reference, Client()
        for doing in doings:
            sign_in.ask_for_code(reference, to_contact_on_file=doing == "ask on file")
            tasks.answer_sign_ins()
            signed_in_as(browser, submission)
            try:
                purpose = CodePurpose.ANSWER if doing == "read" else CodePurpose.SIGN_IN
                _code, digits = codes.issue(submission.pk, purpose, to_contact_on_file=False)
            except codes.TooManyCodes:
                continue
            for page in ("identity/code/", "") if doing == "be checked" else ():
                browser.post(f"/your-request/all/{page}", {"send": "1"})
                browser.post(f"/your-request/all/{page}", {"code": digits})
            codes.attempt(submission.pk, purpose, digits)
        assert not Letter.objects.filter(kind__in=["check_code", "code_on_file"]).exists()
        for one in submission.rights_requests.all():
            one = fresh(one)
            assert identity.is_shown(one) is (one.needs is T0)
            check = one.submission.check_made
            assert check is None or (check.reached is T0 and check.state == CheckState.OPEN)
        assert identity.contact_on_file(submission) is None
        assert not identity.typed_is_on_file(submission)
        transaction.set_rollback(True)


def signed_in_as(browser: Client, submission: Submission) -> None:
    """A session such as a code to the typed mailbox opens."""
    now, session = timezone.now().timestamp(), browser.session
    session.update({"submission": str(submission.pk), "since": now, "seen": now, "proofs": {"typed": now}})
    session.save()


def test_the_vault_makes_no_code_of_a_check_for_an_address_that_was_typed(rosas_request):
    with pytest.raises(ValueError, match="on file"):
        codes.issue(rosas_request.submission_id, CodePurpose.CHECK, to_contact_on_file=False)


def test_a_code_for_a_check_goes_to_a_contact_on_file_or_nowhere(client, vera):
    """The page that takes such a code passes the check; so nothing typed may ever get one."""
    one = ask(Right.RESTRICT)
    signed_in_as(client, one.submission)
    Letter.objects.all().delete()
    client.post("/your-request/all/identity/code/", {"send": "1"})
    assert not Letter.objects.exists()
    assert fresh(one).submission.check_made.state == CheckState.OPEN
    assert checks.contact_on_file(one.submission_id) is None


def test_more_is_asked_for_by_one_and_less_is_proposed(ada):
    page = signed_in(ada).get(PLACE).content.decode()
    assert "Ask for more from this day" in page
    assert "Propose it" in page
    assert "0, as we ship it, of Tuesday 24 November 2026" in page
    assert "us_ca_ccpa" not in page + signed_in(ada).get("/admin/requests/levelrule/").content.decode()


def test_why_it_needs_this_proof_is_said_without_names_of_machines(tess, rosas_request):
    assert "house standard: California’s rules (11 CCR 7062" in raising.why(rosas_request)
    assert "access/" not in raising.why(rosas_request)


def test_what_was_raised_before_it_was_marked_says_that_it_stays(tess):
    one = ask(Right.KNOW)
    raising.raise_level(one, AssuranceLevel.T3, "Odd mail.", by=tess)
    raising.mark_sensitive(fresh(one), [Sensitive.PAYMENT], by=tess)
    assert raising.why(fresh(one)).endswith("Odd mail. It touches sensitive data, too, and stays at T3.")
