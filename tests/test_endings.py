"""The eleven endings: who may, who reads it twice, what is written to whom, what the page says, what lives how long."""

from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest
from django.utils import timezone

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox import sending
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from requests import appeals, continuation, fees, notices, reminders, roles, stopping, waiting, words, workflow
from requests.answers import WHERE_TO_GO, Draft
from requests.models import RightsRequest
from requests.terms import Ending, OutOfScope, Right, Role, Status
from requests.workflow import NotAllowed
from tests.cast import ask, fresh, office_noon, signed_in, submit
from tests.endings import COME_TO, ON_FILE, TYPED, Team, in_work, notice_given, out_of_scope
from tests.test_coming_back import come_back
from tests.test_staff_desk import do

pytestmark = pytest.mark.django_db
QUEUE = "/admin/requests/rightsrequest/"
AT_CLOSING, A_DAY_LATER = timedelta(0), timedelta(days=1)
TRIAGE, VERIFIER, APPROVER = Role.TRIAGE, Role.VERIFIER, Role.APPROVER
DESK = {TRIAGE, APPROVER}


class Row(NamedTuple):
    """One ending. `letter` and where it goes; `reads`: what stands in the letter on the page, where there is one."""

    ending: Ending
    verb: str
    may: set[Role]
    second_person: bool
    letter: str
    goes_to: str
    reads: str
    page: str
    appeal: bool
    proof_goes: timedelta


TABLE = [
    Row(Ending.FULFILLED, "answer", DESK, True, "answer_ready", ON_FILE, "We did what you asked for.",
        "If something is missing, write to us.", False, AT_CLOSING),
    Row(Ending.PARTLY, "answer", DESK, True, "answer_ready", ON_FILE, "left a part out",
        "what you can do about it", True, AT_CLOSING),
    Row(Ending.REFUSED, "refuse", DESK, True, "answer_ready", ON_FILE, "We did not do what you asked for.",
        "somebody outside Primevox", True, AT_CLOSING),
    Row(Ending.NOTHING_HELD, "answer", DESK, True, "answer_ready", TYPED, "found nothing",
        "With another address or number", True, AT_CLOSING),
    Row(Ending.IDENTITY_NOT_SHOWN, "end_identity_not_shown", {TRIAGE, VERIFIER, APPROVER}, True, "answer_ready",
        TYPED, "could not be sure that it was you", "show it in another way", True, AT_CLOSING),
    Row(Ending.NO_ANSWER, "end_no_answer", DESK, False, "answer_ready", TYPED, "told you seven days before",
        "We reminded you", True, AT_CLOSING),
    Row(Ending.WITHDRAWN, "withdraw", DESK, False, "closed", TYPED, "",
        "You can undo this until", False, A_DAY_LATER),
    Row(Ending.MERGED, "merge", DESK, False, "closed", TYPED, "",
        "Our answer to that one will be our answer to this one, too.", False, A_DAY_LATER),
    Row(Ending.NOT_YOU, "end_not_you", {APPROVER}, False, "closed_not_you", TYPED, "",
        "If you have questions, call or write to us.", False, AT_CLOSING),
    Row(Ending.NOT_A_REQUEST, "end_not_a_request", DESK, True, "answer_ready", TYPED, "asked for nothing",
        "Our answer says why.", False, AT_CLOSING),
    Row(Ending.OUT_OF_SCOPE, "end_out_of_scope", DESK, True, "answer_ready", TYPED, "write to the people team",
        "where you can go", False, AT_CLOSING),
]  # fmt: skip


@pytest.fixture
def team(tess, vera, abe, bea, time_machine):
    return Team(tess, vera, abe, bea, time_machine)


@pytest.fixture(params=TABLE, ids=lambda row: row.ending.value)
def row(request):
    return request.param


@pytest.fixture
def ended(row, team):
    return COME_TO[row.ending](team)


def test_the_table_has_every_ending_once():
    assert [row.ending for row in TABLE] == list(dict.fromkeys(row.ending for row in TABLE))
    assert {row.ending for row in TABLE} == set(Ending) == set(COME_TO)


def test_who_may_bring_it_there(row):
    assert roles.MAY[row.verb] == row.may


def test_it_closes_with_one_event_that_names_the_ending_and_nothing_else(row, ended):
    assert (ended.status, ended.ending, ended.frozen_at) == (Status.CLOSED, row.ending, None)
    (closed,) = Event.objects.filter(about=ended.pk, kind="closed")
    assert closed.detail == {"ending": row.ending}


def test_a_second_person_reads_what_could_hurt(row, ended):
    assert Event.objects.filter(about=ended.pk, kind="drafted").exists() is row.second_person
    if row.second_person:
        answer = ended.answers.get()
        assert answer.released_by != answer.drafted_by


def test_one_letter_tells_of_it_at_the_right_address(row, ended):
    reference = str(ended)
    told = [letter for letter in Letter.objects.filter(kind=row.letter) if reference in letter.text]
    assert [letter.address for letter in told] == [row.goes_to]
    elsewhere = [letter.address for letter in Letter.objects.filter(kind="answered_elsewhere")]
    assert elsewhere == ([TYPED] if row.goes_to == ON_FILE else [])


def test_no_letter_of_an_ending_names_a_right_or_what_staff_wrote(row, ended):
    for letter in Letter.objects.filter(kind__in=["answer_ready", "closed", "closed_not_you", "answered_elsewhere"]):
        said = letter.subject + letter.text
        assert not any(word in said for word in ("copy of my data", "Right of access", "Rosa", "Asked in May"))


def test_the_page_says_what_it_means_and_what_rosa_can_do(row, ended, client, mailoutbox):
    come_back(client, ended, mailoutbox)
    page = client.get("/your-request/all/").content.decode()
    assert str(words.ENDING_SENTENCE[row.ending]) in page
    assert str(words.ENDING_MEANS[row.ending]) in page
    assert row.page in page
    assert "Nothing to wait for" in page


def test_the_letter_is_read_on_the_page_where_there_is_one(row, ended, client, mailoutbox):
    come_back(client, ended, mailoutbox)
    assert ("Read our answer" in client.get("/your-request/all/").content.decode()) is bool(row.reads)
    opened = client.post(f"/your-request/{ended.reference}/answer/open/")
    if not row.reads:
        assert opened.status_code == 404
    elif row.goes_to == ON_FILE:  # the typed mailbox does not open it
        assert opened.url.endswith("/answer/code/")
        assert row.reads in str(ended.answers.get().letter)
    else:
        assert row.reads in client.get(opened.url).content.decode()


def test_what_can_be_looked_at_again(row, ended):
    assert appeals.can_be_filed(ended) is row.appeal
    told = str([one.letter for one in ended.answers.all()])
    assert ("look again until" in told) is row.appeal


def ends(one: RightsRequest) -> dict[Life, datetime | None]:
    check = one.submission.check_made
    assert check
    owners = [one.pk, one.submission_id, check.pk]
    return {Life(key.life): key.ends_at for key in DataKey.objects.filter(owner__in=owners)}


def test_every_life_has_its_end(row, ended):
    lives = ends(ended)
    assert ended.closed_at
    assert lives.pop(Life.PROOF) == ended.closed_at + row.proof_goes
    gone = None if row.ending is Ending.MERGED else ended.closed_at + timedelta(days=60)  # the other is still open
    assert lives.pop(Life.CONTACT) == lives.pop(Life.CONTENT) == gone
    kept_until = lives.pop(Life.RECORD)
    assert (kept_until.year, kept_until.month) == (ended.closed_at.year + 2, ended.closed_at.month)
    assert set(lives) <= {Life.DOCUMENT}


def test_nothing_of_an_ended_request_is_held(ended):
    assert not DataKey.objects.filter(owner__in=[ended.pk, ended.submission_id], held=True).exists()


# --- No answer ---------------------------------------------------------------------------------------------------
NO_ANSWER = Draft(Ending.NO_ANSWER)


def days_later(team: Team, days: float) -> None:
    team.clock.move_to(office_noon(days))


def test_without_a_reminder_nobody_is_closed_out(team):
    one = in_work(team)
    days_later(team, 40)
    with pytest.raises(NotAllowed, match="seven days"):
        workflow.answer(one, NO_ANSWER, by=team.tess)


@pytest.mark.parametrize(("days", "possible"), [(0, False), (6, False), (7, False), (8, True)])
def test_the_whole_last_day_that_the_notice_names_is_rosas(days, possible, team):
    one = notice_given(team)
    days_later(team, days)
    with nullcontext() if possible else pytest.raises(NotAllowed, match="seven days"):
        workflow.answer(one, NO_ANSWER, by=team.tess)
    assert fresh(one).is_open is not possible


def test_the_notice_names_the_day(team):
    notice_given(team)
    day = words.day(timezone.localdate(timezone.now() + timedelta(days=7)))
    notice = Letter.objects.filter(kind="closing_notice").first()
    assert f"If we hear nothing by {day}, we may close it." in " ".join(notice.text.split())


def test_after_a_mail_outage_the_seven_days_count_from_when_the_notice_left(team):
    one = in_work(team)
    workflow.ask(one, "Which account?", by=team.tess)
    days_later(team, 14)
    reminders.owe()
    days_later(team, 10)  # the mail server is away
    with pytest.raises(NotAllowed):
        workflow.answer(fresh(one), NO_ANSWER, by=team.tess)
    sending.send_owed()
    days_later(team, 6)
    with pytest.raises(NotAllowed):
        workflow.answer(fresh(one), NO_ANSWER, by=team.tess)
    days_later(team, 2)
    workflow.answer(fresh(one), NO_ANSWER, by=team.tess)


def test_rosas_reply_in_the_last_week_stops_it(team):
    one = notice_given(team)
    days_later(team, 6)
    workflow.reply(fresh(one), "The first account.")
    days_later(team, 30)
    with pytest.raises(NotAllowed):
        workflow.answer(fresh(one), NO_ANSWER, by=team.tess)


def test_whatever_rosa_writes_stops_it_though_her_proof_is_still_open(team):
    one = in_work(team)
    days_later(team, 14)
    reminders.owe()
    sending.send_owed()
    days_later(team, 2)
    workflow.reply(fresh(one), "I am looking for the bill.")
    days_later(team, 8)
    with pytest.raises(NotAllowed):
        workflow.answer(fresh(one), NO_ANSWER, by=team.tess)


def test_a_notice_that_ran_while_everything_was_frozen_does_not_count(team):
    one = notice_given(team)
    stopping.freeze(one, "Her mailbox seems taken over.", by=team.tess)
    days_later(team, 9)
    stopping.free(fresh(one), "She called.", by=team.abe)
    with pytest.raises(NotAllowed, match="seven days"):
        workflow.answer(fresh(one), NO_ANSWER, by=team.tess)
    for days in (14, 8):  # reminded from the start: notice after 14 days more, and its seven days
        days_later(team, days)
        reminders.owe()
        sending.send_owed()
    workflow.answer(fresh(one), NO_ANSWER, by=team.tess)


def test_a_fee_that_waits_is_a_question_too(team):
    one = in_work(team)
    fees.assess(one, fees.MOST, fees.GROUNDS[1], "Asked in May.", by=team.abe)
    days_later(team, 14)
    reminders.owe()
    sending.send_owed()
    days_later(team, 8)
    workflow.answer(fresh(one), NO_ANSWER, by=team.tess)
    assert one.fees.get().outcome == "waived"


@pytest.fixture
def by_phone(team):
    """Rosa left nothing but a number, and stays silent about what she was asked."""
    one = ask(Right.OPT_OUT, email="", phone="972-555-0143")
    continuation.replace(one.submission, by=workflow.REQUESTER)
    workflow.take(fresh(one), by=team.tess)
    workflow.ask(fresh(one), "Which number?", by=team.tess)
    return fresh(one)


def test_whom_no_mail_reaches_is_given_notice_by_telephone_and_has_seven_days_too(by_phone, team):
    days_later(team, 13)
    with pytest.raises(NotAllowed, match="Until then, remind them"):
        notices.give(fresh(by_phone), "I called her.", by=team.tess)
    days_later(team, 1)
    do(signed_in(team.tess), by_phone, "give_notice", text="I called her at ten.")
    days_later(team, 7)
    with pytest.raises(NotAllowed, match="seven days"):
        workflow.answer(fresh(by_phone), NO_ANSWER, by=team.tess)
    days_later(team, 1)
    workflow.answer(fresh(by_phone), NO_ANSWER, by=team.tess)
    assert Event.objects.filter(about=by_phone.pk, kind="notice_given").count() == 1


def test_what_she_writes_after_such_a_notice_ends_it(by_phone, team):
    days_later(team, 14)
    notices.give(fresh(by_phone), "I called her.", by=team.tess)
    workflow.reply(fresh(by_phone), "The first one.")
    days_later(team, 30)
    with pytest.raises(NotAllowed):
        workflow.answer(fresh(by_phone), NO_ANSWER, by=team.tess)


def test_where_mail_reaches_her_the_portal_gives_notice_unless_the_letter_was_refused(team):
    one = notice_given(team)
    with pytest.raises(NotAllowed, match="The notice goes by mail"):
        notices.give(one, "I called her.", by=team.tess)
    Letter.objects.filter(kind="closing_notice").update(sent_at=None, given_up_at=timezone.now())
    notices.give(fresh(one), "I called her.", by=team.tess)
    assert waiting.notice_ended_at(fresh(one))


def test_the_case_says_from_which_day_and_offers_it_then(team):
    one = notice_given(team)
    client, address = signed_in(team.tess), f"{QUEUE}{one.pk}/change/"
    page = client.get(address).content.decode()
    assert words.day(timezone.localdate(waiting.notice_ended_at(one))) in page
    assert "/do/end_no_answer/" not in page
    days_later(team, 8)
    client = signed_in(team.tess)
    assert "/do/end_no_answer/" in client.get(address).content.decode()
    do(client, one, "end_no_answer")
    assert fresh(one).ending == Ending.NO_ANSWER


# --- Out of scope, and no request at all -------------------------------------------------------------------------
@pytest.mark.parametrize("why", OutOfScope)
def test_out_of_scope_says_kindly_where_to_go(why, team):
    one = in_work(team)
    given = {"why": why.value, "reason": "This is about something else."}
    do(signed_in(team.tess), one, "end_out_of_scope", **given)
    sections = one.answers.get().letter["sections"]
    assert [part["paragraphs"] for part in sections if part["heading"] == "Where you can go"] == [[WHERE_TO_GO[why]]]
    assert fresh(one).status == Status.IN_REVIEW


@pytest.mark.parametrize("verb", ["end_out_of_scope", "end_not_a_request"])
def test_they_are_possible_before_anybody_knows_which_right_it_is_and_before_any_proof(verb, team):
    one = ask(Right.UNSURE)
    workflow.take(one, by=team.tess)
    given = {"reason": "We cannot help with this.", "why": "employee"}
    do(signed_in(team.tess), one, verb, **given)
    do(signed_in(team.bea), one, "release", read="on")
    assert fresh(one).ending == verb.removeprefix("end_")


@pytest.mark.parametrize("verb", ["end_out_of_scope", "end_not_a_request"])
def test_they_need_words_and_keep_what_was_typed(verb, team):
    one = in_work(team)
    page = do(signed_in(team.tess), one, verb, reason="", why="employee")
    assert page.status_code == 200
    assert "Write why, in plain words." in page.content.decode()
    assert fresh(one).status == Status.IN_PROGRESS


def test_they_are_not_offered_before_somebody_took_it_nor_while_it_is_in_review(team):
    one = ask(Right.ACCESS)
    client = signed_in(team.abe)
    for there in (fresh(one), out_of_scope(team)):
        page = client.get(f"{QUEUE}{there.pk}/change/").content.decode()
        assert "/do/end_out_of_scope/" not in page


def test_one_ends_and_the_other_goes_on(team):
    submission = submit(Right.ACCESS, Right.UNSURE)
    unsure = fresh(submission.rights_requests.get(right=Right.UNSURE))
    workflow.take(unsure, by=team.tess)
    workflow.answer(unsure, Draft(Ending.NOT_A_REQUEST, reason="Only hello."), by=team.tess)
    workflow.release(fresh(unsure), by=team.bea)
    access = fresh(submission.rights_requests.get(right=Right.ACCESS))
    assert access.status == Status.RECEIVED
    assert ends(access)[Life.PROOF] is None
