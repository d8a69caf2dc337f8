"""Checks: how sure we became follows from the method, is decided once, and is told to nobody but who asked."""

import uuid
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from primevox_privacy.ledger.models import Event
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey, SealedFile
from primevox_privacy.sealed.uploads import SealedUpload, SealedUploadHandler
from tests.papers import drawn
from verification import checks, clean_pages, destruction
from verification.checks import CheckNotAllowed
from verification.levels import AssuranceLevel
from verification.methods import METHODS, matched_facts
from verification.models import ALL_FACTS, FACTS, Check, CheckState, ContactOnFile, Evidence, EvidenceKind
from verification.signals import check_decided

ACCOUNT, ADDRESS, PHONE, BEGAN = FACTS
GIVEN = {ACCOUNT: "PV-004417", ADDRESS: "12 Elm Street", PHONE: "972-555-0143"}
STATEMENT = "I declare that this is me."
T0, T1, T2, T3, T4 = AssuranceLevel


@pytest.fixture
def check(db) -> Check:
    made = checks.begin(uuid.uuid4(), T3)
    made.proof_key.save(force_insert=True)
    made.save(force_insert=True)
    return made


@pytest.fixture
def given(check) -> Check:
    checks.give(check, GIVEN, STATEMENT)
    return check


def same(check: Check) -> Check:
    """As another verifier has it on the screen."""
    return Check.objects.select_related("proof_key").get(pk=check.pk)


# --- Levels --------------------------------------------------------------------------------------------------
FACTS_MATCHED = [
    (0, True, T0),
    (1, True, T0),
    (2, False, T2),
    (2, True, T2),
    (3, False, T2),  # three facts without a signed statement
    (3, True, T3),
    (4, True, T3),
    (4, False, T2),
]


@pytest.mark.parametrize(("matching", "statement", "level"), FACTS_MATCHED)
def test_facts_reach_a_level_by_their_number_and_the_statement(matching, statement, level):
    evidence = [Evidence(kind=kind, matched=number < matching) for number, kind in enumerate(FACTS)]
    if statement:
        evidence.append(Evidence(kind=EvidenceKind.STATEMENT))
    assert matched_facts.level(evidence) == level


METHODS_REACH = [
    # method, level with nothing given, opens call detail (47 CFR 64.2010), recorded by staff
    ("matched_facts", T0, False, True),
    ("mail_code", T1, False, False),
    ("callback", T1, True, True),
    ("letter_of_record", T1, True, True),
    ("in_person", T4, True, True),
    ("document", T0, False, True),
    ("signed_statement", T0, False, False),
    ("proof_of_authority", T0, False, False),
]


@pytest.mark.parametrize(("method", "level", "opens", "by_staff"), METHODS_REACH)
def test_a_method_says_what_it_reaches_and_opens(method, level, opens, by_staff):
    one = METHODS[method]
    assert (one.level([]), one.OPENS_CALL_DETAIL, one.BY_STAFF) == (level, opens, by_staff)


def test_the_table_of_methods_is_complete():
    assert set(METHODS) == {method for method, *_rest in METHODS_REACH}


def test_a_document_or_a_statement_alone_is_no_fact():
    evidence = [Evidence(kind=kind, matched=True) for kind in EvidenceKind if kind not in ALL_FACTS]
    assert matched_facts.level(evidence) == T0


# --- Giving --------------------------------------------------------------------------------------------------
def test_what_was_given_is_kept_sealed_for_the_verifier(given):
    assert {piece.kind: piece.value for piece in given.evidence.all()} == GIVEN | {EvidenceKind.STATEMENT: STATEMENT}
    assert same(given).state == CheckState.GIVEN


def test_empty_answers_are_not_kept(check):
    checks.give(check, {ACCOUNT: "PV-1", ADDRESS: ""}, None)
    assert [piece.kind for piece in check.evidence.all()] == [ACCOUNT]


def test_giving_twice_keeps_the_first(given):
    with pytest.raises(CheckNotAllowed):
        checks.give(same(given), {ACCOUNT: "another"}, None)
    assert given.evidence.get(kind=ACCOUNT).value == "PV-004417"


def test_the_record_names_the_kinds_given_and_no_value(given):
    told = Event.objects.get(kind="identity_given")
    assert told.detail == {"kinds": sorted([*GIVEN, EvidenceKind.STATEMENT])}


def test_every_look_is_recorded_with_who_looked(given, vera):
    seen = checks.look(given, by=vera)
    assert {piece.kind for piece in seen} == {*GIVEN, EvidenceKind.STATEMENT}
    assert Event.objects.get(kind="identity_looked_at", about=given.pk).actor == vera.as_actor


# --- Asking again --------------------------------------------------------------------------------------------
def test_asked_again_the_requester_gives_anew_and_the_verifier_sees_only_that(given, vera):
    checks.ask_again(given, by=vera)
    checks.give(given, {ACCOUNT: "PV-4471"}, None)
    assert [piece.value for piece in checks.look(given, by=vera)] == ["PV-4471"]


def test_facts_are_asked_for_three_times_at_most(check, vera):
    for _again in range(checks.MOST_ROUNDS - 1):
        checks.give(check, GIVEN, None)
        checks.ask_again(check, by=vera)
    checks.give(check, GIVEN, None)
    with pytest.raises(CheckNotAllowed):
        checks.ask_again(check, by=vera)
    assert same(check).round == checks.MOST_ROUNDS == 3


def test_nobody_is_asked_again_before_anything_was_given(check, vera):
    with pytest.raises(CheckNotAllowed):
        checks.ask_again(check, by=vera)


def test_facts_of_an_earlier_round_do_not_count(given, vera):
    checks.ask_again(given, by=vera)
    checks.give(given, {ACCOUNT: "PV-004417"}, None)
    with pytest.raises(CheckNotAllowed):
        checks.decide(given, "matched_facts", GIVEN, by=vera)


# --- Deciding ------------------------------------------------------------------------------------------------
def test_three_matched_facts_and_the_statement_pass_at_t3(given, vera):
    assert checks.decide(given, "matched_facts", GIVEN, by=vera) == T3
    decided = same(given)
    assert (decided.state, decided.reached, decided.method) == (CheckState.PASSED, T3, "matched_facts")
    assert (decided.decided_by, decided.opens_call_detail) == (vera, False)


def test_a_verifier_cannot_match_what_was_not_given(given, vera):
    assert checks.decide(given, "matched_facts", [ACCOUNT, ADDRESS, BEGAN], by=vera) == T2


def test_too_few_facts_decide_nothing(given, vera):
    with pytest.raises(CheckNotAllowed):
        checks.decide(given, "matched_facts", [ACCOUNT], by=vera)
    assert same(given).state == CheckState.GIVEN
    assert not given.evidence.filter(matched=True).exists()


def test_staff_cannot_record_a_mailed_code(given, vera):
    with pytest.raises(CheckNotAllowed):
        checks.decide(given, "mail_code", [], by=vera)


def test_a_code_that_came_back_decides_by_itself(check):
    checks.code_matched(check)
    decided = same(check)
    assert (decided.reached, decided.method, decided.decided_by) == (T1, "mail_code", None)
    assert Event.objects.get(kind="identity_passed").actor == "requester"


DECISIONS = {
    "passed": lambda check, by: checks.decide(check, "in_person", [], by=by),
    "by code": lambda check, by: checks.code_matched(check),
    "not shown": lambda check, by: checks.not_shown(check, "matched_facts", by=by),
    "no record": lambda check, by: checks.no_record(check, by=by),
    "asked again": lambda check, by: checks.ask_again(check, by=by),
    "given": lambda check, by: checks.give(check, GIVEN, None),
}


AGAIN = [
    (first, then)
    for first in ("passed", "by code", "not shown", "no record")
    for then in DECISIONS
    if (first, then) != ("by code", "asked again")  # T1 is less than was asked, so more can be asked
]


@pytest.mark.parametrize(("first", "then"), AGAIN)
def test_a_decided_check_is_not_decided_or_added_to_again(given, vera, first, then):
    seen_before = same(given)  # another verifier has the page open
    DECISIONS[first](given, vera)
    was = Check.objects.filter(pk=given.pk).values().get()
    for check in (given, seen_before):
        with pytest.raises(CheckNotAllowed):
            DECISIONS[then](check, vera)
    assert Check.objects.filter(pk=given.pk).values().get() == was


def test_a_decided_check_takes_no_paper(given, vera):
    checks.no_record(given, by=vera)
    with pytest.raises(CheckNotAllowed):
        checks.give_file(given, EvidenceKind.DOCUMENT, paper())


def test_only_a_passed_check_reaches_a_level_says_the_database(given):
    with pytest.raises(IntegrityError), transaction.atomic():
        Check.objects.update(level_reached=T3)


@pytest.mark.parametrize("decision", ["passed", "not shown", "no record"])
def test_the_decision_is_told_once(given, vera, decision):
    told = []

    def hear(sender, check, by, **kwargs):
        told.append((check.pk, check.state, by))

    check_decided.connect(hear)
    try:
        DECISIONS[decision](given, vera)
        with pytest.raises(CheckNotAllowed):
            DECISIONS[decision](given, vera)
    finally:
        check_decided.disconnect(hear)
    assert told == [(given.pk, given.state, vera)]


def test_a_level_is_raised_and_never_lowered(check, vera):
    check.level_asked = T2
    checks.raise_level(check, T3, by=vera)
    checks.raise_level(check, T1, by=vera)
    assert same(check).asked == T3


def test_a_check_decided_on_less_than_is_needed_now_is_opened_again(given, vera):
    checks.code_matched(given)
    checks.raise_level(given, T4, by=vera)
    again = same(given)
    assert (again.state, again.asked, again.reached, again.round) == (CheckState.OPEN, T4, T0, 2)


def test_a_check_decided_on_enough_stays_decided(given, vera):
    checks.decide(given, "in_person", [], by=vera)
    checks.raise_level(given, T3, by=vera)
    assert same(given).state == CheckState.PASSED


# --- Papers --------------------------------------------------------------------------------------------------
def paper() -> SealedUpload:
    """A paper as the upload handler hands it over."""
    handler = SealedUploadHandler()
    handler.new_file("file", "passport.pdf", "application/pdf", None, None)
    handler.receive_data_chunk(b"a passport", 0)
    return handler.file_complete(10)


def test_a_paper_lies_under_a_document_key_of_its_own(check):
    pieces = [checks.give_file(check, EvidenceKind.DOCUMENT, paper()) for _ in range(2)]
    keys = [piece.file.key for piece in pieces if piece.file]
    assert len({key.pk for key in keys}) == 2
    assert {(key.life, key.ends_at) for key in keys} == {(Life.DOCUMENT, None)}
    assert b"".join(pieces[0].file.chunks()) == b"a passport"


@pytest.mark.parametrize("decision", ["passed", "not shown", "no record"])
def test_papers_go_with_the_decision_and_the_facts_stay_till_closing(check, vera, decision):
    drawn(checks.give_file(check, EvidenceKind.DOCUMENT, paper()))
    checks.give_file(check, EvidenceKind.DOCUMENT, paper())
    checks.give(check, GIVEN, STATEMENT)
    lying = [one.path for one in SealedFile.objects.all()]
    DECISIONS[decision](check, vera)
    destruction.destroy_owed(timezone.now())
    assert [path for path in lying if path.exists()] == []
    assert set(clean_pages.keys_of([check.pk]).values_list("wrapped", flat=True)) == {None}
    assert checks.look(same(check), by=vera)[0].value == GIVEN[ACCOUNT]


# --- Contacts on file ----------------------------------------------------------------------------------------
def test_a_newer_contact_on_file_replaces_the_one_before(db, vera):
    key, subject = DataKey.make(uuid.uuid4(), Life.CONTACT), uuid.uuid4()
    key.save(force_insert=True)
    for mail in ("old@mail.example", "new@mail.example"):
        checks.enter_contact_on_file(subject, key, mail, date(2021, 3, 1), by=vera)
    in_use = checks.contact_on_file(subject)
    assert in_use is not None
    assert in_use.email == "new@mail.example"
    assert ContactOnFile.objects.count() == 2


def test_of_somebody_unknown_there_is_no_contact_on_file(db):
    assert checks.contact_on_file(uuid.uuid4()) is None
