"""The pages of an appeal: Rosa's card, question and letters; the appeals queue of staff, and the page of one."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from requests import appeals, continuation, deadlines, identity, references, stopping, words, workflow
from requests.answers import Draft
from requests.models import Appeal, RightsRequest
from requests.references import spoken
from requests.terms import AppealOutcome, Ending, Role, Status
from tests.cast import deliver, fresh, person, signed_in
from tests.endings import COME_TO
from tests.test_appeals import WHY, again, first_by_tess_and_abe, later, refuse, rosa_appeals
from tests.test_coming_back import come_back, same
from tests.test_staff_desk import do
from verification import destruction
from verification.models import Check

pytestmark = pytest.mark.django_db
HUB, DESK = "/your-request/all/", "/admin/requests/appeal/"
UPHELD, OVERTURNED = AppealOutcome.UPHELD, AppealOutcome.OVERTURNED


def page_of(one: RightsRequest) -> str:
    return f"/your-request/{one.reference}/appeal/"


@pytest.fixture
def team(tess, vera, abe, time_machine):
    return first_by_tess_and_abe(tess, vera, abe, time_machine)


@pytest.fixture
def refused(team):
    return refuse(team)


@pytest.fixture
def rosa(client, refused, mailoutbox):
    """Rosa's browser, in which a code opened her page."""
    come_back(client, refused, mailoutbox)
    return client


def said(page) -> str:
    """The words of a page, without marks and line breaks."""
    return " ".join(page.content.decode().split())


# --- Rosa asks -------------------------------------------------------------------------------------------------
def test_her_card_says_until_when_she_can_ask_and_leads_there(rosa, refused):
    page = said(rosa.get(HUB))
    assert words.day(timezone.localdate() + timedelta(days=60)) in page
    assert page_of(refused) in page


def test_the_page_says_who_decides_and_by_when(rosa, refused):
    page = said(rosa.get(page_of(refused)))
    due = deadlines.schedule(deadlines.APPEAL, "US-TX", timezone.now()).leading
    assert "Somebody else decides" in page
    assert words.day(due.due_on) in page
    assert due.why in page
    assert not Appeal.objects.exists()


def test_she_asks_and_sees_the_reference_who_waits_and_the_day(rosa, refused):
    assert rosa.post(page_of(refused), {"reason": WHY}).url == HUB
    made, page = Appeal.objects.get(), said(rosa.get(HUB))
    assert made.reason == WHY
    assert "We are looking again." in page
    assert "Waiting for us" in page
    assert spoken(made.reference) in page
    assert words.day(made.leading_on) in page
    assert appeals.why_due(made) in page
    assert page_of(refused) not in page


def test_the_reference_of_the_second_look_leads_to_her_page_too(client, refused, mailoutbox):
    code = continuation.replace(refused.submission, by=workflow.REQUESTER)
    appeal = rosa_appeals(refused)
    come_back(client, appeal, mailoutbox)
    assert spoken(refused.reference) in said(client.get(HUB))
    on_paper = {"reference": appeal.reference, "code": code}
    assert Client().post("/your-request/paper/", on_paper).url == HUB


def test_nothing_written_is_said_at_the_box(rosa, refused):
    page = rosa.post(page_of(refused), {"reason": " "})
    assert page.status_code == 200
    assert "Write why we should look again." in said(page)
    assert not Appeal.objects.exists()


def test_her_files_lie_with_her_messages(rosa, refused, bea):
    bill = SimpleUploadedFile("bill.pdf", b"%PDF-1.7 May")
    rosa.post(page_of(refused), {"reason": WHY, "attached": [bill]})
    (attached,) = refused.messages.get(text__isnull=False, direction="from_requester").attachments.all()
    assert attached.file.size == len(b"%PDF-1.7 May")
    assert "Files came with it" in said(signed_in(bea).get(f"{DESK}{Appeal.objects.get().pk}/change/"))


def test_sent_twice_it_is_the_same_one_and_she_is_told_kindly(rosa, refused):
    for _ in range(2):
        page = rosa.post(page_of(refused), {"reason": WHY}, follow=True)
    assert Appeal.objects.count() == 1
    assert "We have it already, once." in said(page)


def test_going_back_leads_to_her_card(rosa, refused):
    rosa.post(page_of(refused), {"reason": WHY})
    assert rosa.get(page_of(refused)).url == HUB


def test_another_text_from_a_second_tab_is_not_lost(rosa, refused):
    rosa.post(page_of(refused), {"reason": WHY})
    page = rosa.post(page_of(refused), {"reason": "And you forgot my bills."})
    assert page.status_code == 200
    assert "We are looking again already." in said(page)
    assert "And you forgot my bills." in said(page)
    assert Appeal.objects.count() == 1


def test_after_the_window_the_card_says_until_when_it_was_and_that_she_can_write(client, refused, team, mailoutbox):
    until = words.day(timezone.localdate() + timedelta(days=60))
    team.clock.move_to(refused.closed_at + timedelta(days=60, seconds=5), tick=True)
    come_back(client, refused, mailoutbox)
    page = said(client.get(HUB))
    assert f"Until {until} you could ask us to look again." in page
    assert "You can still write to us" in page
    assert client.get(page_of(refused)).url == HUB


def test_a_frozen_request_offers_none(rosa, refused, team):
    stopping.freeze(refused, "Her mailbox seems taken over.", by=team.tess)
    assert page_of(refused) not in said(rosa.get(HUB))
    assert rosa.get(page_of(refused)).url == HUB
    assert rosa.post(page_of(refused), {"reason": WHY}).status_code == 200
    assert not Appeal.objects.exists()


def test_an_open_request_offers_none(client, rosas_request, mailoutbox):
    come_back(client, rosas_request, mailoutbox)
    assert client.get(page_of(rosas_request)).url == HUB


def test_where_identity_was_not_shown_the_task_stands_on_her_page_again(client, team, mailoutbox):
    one = COME_TO[Ending.IDENTITY_NOT_SHOWN](team)
    come_back(client, one, mailoutbox)
    assert "We ask you once more to show that it is you." in said(client.get(page_of(one)))
    client.post(page_of(one), {"reason": WHY})
    page = said(client.get(HUB))
    assert "Show that it is me" in page
    assert "Waiting for you" in page
    assert client.get("/your-request/all/identity/").status_code == 200


def test_the_certificate_of_the_first_proof_stays_while_a_second_check_runs(client, team, mailoutbox):
    made = rosa_appeals(COME_TO[Ending.IDENTITY_NOT_SHOWN](team))
    first = Check.objects.filter(subject=made.rights_request.submission_id).earliest("asked_at")
    assert destruction.destroy(first)
    come_back(client, made.rights_request, mailoutbox)
    page = said(client.get(HUB))
    assert page.count("Proof that we destroyed what you sent") == 1
    assert "papers until we have decided, the rest until your last request here is closed." in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_rosa_cannot_tell_stans_request_from_one_that_does_not_exist(rosa, team, method):
    stans = refuse(team, name="Stan", email="stan@mail.example")
    asked = [
        getattr(rosa, method)(f"/your-request/{reference}/appeal/", {"reason": WHY})
        for reference in (stans.reference, references.new_reference())
    ]
    assert asked[0].status_code == 404
    assert same(asked[0]) == same(asked[1])
    assert not Appeal.objects.exists()


def test_a_post_from_elsewhere_files_nothing(rosa, refused):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = rosa.cookies
    assert strict.post(page_of(refused), {"reason": WHY}).status_code == 403
    assert not Appeal.objects.exists()


# --- What came of it -------------------------------------------------------------------------------------------
def reads(client: Client, one: RightsRequest) -> str:
    opened = client.post(f"/your-request/{one.reference}/answer/open/")
    return said(client.get(opened["Location"]))


def test_her_card_says_what_came_of_it_and_the_page_has_all_letters_newest_first(rosa, refused, bea):
    appeals.decide(rosa_appeals(refused), UPHELD, "You asked for the very same.", by=bea)
    page = said(rosa.get(HUB))
    assert "We looked again, and our answer stays." in page
    assert "Read our letters" in page
    letters = reads(rosa, refused)
    assert letters.index("You asked for the very same.") < letters.index("You asked in May.")
    assert "Our first answer" in letters


def test_the_letters_of_a_request_opened_again_stay_readable(rosa, refused, bea, team):
    appeals.decide(rosa_appeals(refused), OVERTURNED, "We mixed up two requests.", by=bea)
    page = said(rosa.get(HUB))
    assert "We looked again and changed our decision." in page
    assert "Our own target after the appeal" in page
    letters = reads(rosa, refused)
    assert "We mixed up two requests." in letters
    assert "You asked in May." in letters


def test_a_letter_in_the_making_is_not_among_them(rosa, refused, bea, team):
    appeals.decide(rosa_appeals(refused), OVERTURNED, "We mixed up two requests.", by=bea)
    workflow.take(fresh(refused), by=team.tess)
    workflow.answer(fresh(refused), Draft(Ending.FULFILLED, text="Not yet read by a second person"), by=team.tess)
    assert "Not yet read" not in reads(rosa, refused)


def test_a_typed_mailbox_that_is_not_on_file_opens_no_letter_of_an_appeal(client, team, bea, mailoutbox):
    one = refuse(team, email="stan@look-alike.example")
    appeals.decide(rosa_appeals(one), OVERTURNED, "The secret.", by=bea)
    come_back(client, one, mailoutbox)
    assert client.post(f"/your-request/{one.reference}/answer/open/").url.endswith("/answer/code/")
    assert client.get(f"/your-request/{one.reference}/answer/").url == HUB


# --- The appeals queue -----------------------------------------------------------------------------------------
@pytest.fixture
def appeal(refused):
    return rosa_appeals(refused)


def test_the_queue_shows_those_to_decide_until_asked_for_others(appeal, bea, team):
    desk = signed_in(team.tess)
    page = said(desk.get(DESK))
    for shown in (
        "14 days left",
        spoken(appeal.reference),
        spoken(appeal.rights_request.reference),
        "Access",
        "Refused",
    ):
        assert shown in page
    appeals.decide(appeal, UPHELD, "It stays.", by=bea)
    assert spoken(appeal.reference) not in said(desk.get(DESK))
    assert "The first answer stays" in said(desk.get(f"{DESK}?state=decided"))
    assert spoken(appeal.reference) in said(desk.get(f"{DESK}?state=all"))


def test_queue_and_page_say_when_nobody_here_may_decide(appeal, team):
    desk = signed_in(team.tess)
    for address in (DESK, f"{DESK}{appeal.pk}/change/"):
        assert "Nobody here may decide this" in said(desk.get(address))
    person("Cora", Role.APPROVER)
    for address in (DESK, f"{DESK}{appeal.pk}/change/"):
        assert "Nobody here may decide this" not in said(desk.get(address))


def test_what_is_due_first_is_first(team):
    for days in (0, 4, 2):
        later(team, days=days)
        rosa_appeals(refuse(team))
    page = said(signed_in(team.tess).get(DESK))
    places = [page.index(spoken(one.reference)) for one in Appeal.objects.in_queue_order()]
    assert places == sorted(places)


def test_each_approver_finds_their_own(appeal, bea):
    appeals.take(appeal, by=bea)
    assert spoken(appeal.reference) in said(signed_in(bea).get(f"{DESK}?handler=me"))
    assert spoken(appeal.reference) not in said(signed_in(bea).get(f"{DESK}?handler=nobody"))


def test_search_finds_by_whole_reference_of_either_and_decided_ones_too(appeal, bea, team):
    appeals.decide(appeal, UPHELD, "It stays.", by=bea)
    desk = signed_in(team.tess)
    for term in (appeal.reference, spoken(appeal.rights_request.reference).lower()):
        assert "1 appeal" in said(desk.get(DESK, {"q": term}))
    for term in ("rosa", appeal.reference[:5]):
        assert "0 appeals" in said(desk.get(DESK, {"q": term}))


def test_the_queue_takes_at_most_12_statements_however_many_appeals(team):
    for _ in range(5):
        rosa_appeals(refuse(team))
    desk = signed_in(team.tess)
    desk.get(DESK)
    with CaptureQueriesContext(connection) as caught:
        desk.get(DESK)
    assert len(caught) <= 12, "\n".join(query["sql"][:120] for query in caught.captured_queries)


def test_an_administrator_sees_no_appeal(appeal, ada):
    for address in (DESK, f"{DESK}{appeal.pk}/change/"):
        assert signed_in(ada).get(address).status_code == 403


def test_an_appeal_that_does_not_exist_is_not_found(refused, team):
    assert signed_in(team.tess).get(f"{DESK}{refused.pk}/change/").status_code == 404


# --- The page of one appeal ------------------------------------------------------------------------------------
def decide(client: Client, one: Appeal, **given: str):
    return client.post(f"{DESK}{one.pk}/decide/", given)


def test_it_shows_the_first_letter_her_reason_the_dates_and_who_had_a_part(appeal, bea):
    page = said(signed_in(bea).get(f"{DESK}{appeal.pk}/change/"))
    for shown in (WHY, "You asked in May.", "Tess", "Abe", words.day(appeal.leading_on), appeals.why_due(appeal)):
        assert shown in page
    assert "/decide/" in page


def test_taking_it_makes_it_hers(appeal, bea):
    page = signed_in(bea).post(f"{DESK}{appeal.pk}/take/", follow=True)
    assert "This appeal is yours now." in said(page)
    assert again(appeal).handler == bea


def test_a_part_in_the_first_answer_shows_a_sentence_and_no_form(appeal, team):
    for name in (team.tess, team.bea):
        page = said(signed_in(name).get(f"{DESK}{appeal.pk}/change/"))
        assert "Somebody else has to decide this appeal." in page
        assert "/decide/" not in page


def test_an_auditor_looks_and_decides_nothing(appeal, otto):
    page = said(signed_in(otto).get(f"{DESK}{appeal.pk}/change/"))
    assert "An approver who had no part" in page
    refused_words = said(decide(signed_in(otto), appeal, outcome=OVERTURNED, reasons="Let it be."))
    assert "Your role cannot do this" in refused_words
    assert again(appeal).decided_at is None


def test_deciding_opens_the_request_again(appeal, bea):
    decide(signed_in(bea), appeal, outcome=OVERTURNED, reasons="We mixed up two requests.")
    assert fresh(appeal.rights_request).status == Status.IN_PROGRESS
    assert again(appeal).decided_by == bea


def test_a_decision_without_reasons_stays_open_with_what_was_chosen(appeal, bea):
    page = decide(signed_in(bea), appeal, outcome=UPHELD, reasons="")
    assert page.status_code == 200
    assert "Write the reasons. The requester reads them." in said(page)
    assert "checked" in said(page)


def test_who_comes_second_sees_who_won_and_loses_no_text(appeal, bea):
    cora = person("Cora", Role.APPROVER)
    appeals.decide(appeal, UPHELD, "It stays.", by=bea)
    page = decide(signed_in(cora), appeal, outcome=OVERTURNED, reasons="My long considered reasons.")
    assert page.status_code == 200
    assert "Somebody was faster: Bea" in said(page)
    assert "My long considered reasons." in said(page)
    assert again(appeal).outcome == UPHELD


def put_off(desk, appeal, until):
    given = {"of": "target", "reason": "complex", "promised_on": until.isoformat()}
    return desk.post(f"{DESK}{appeal.pk}/extend/", given)


def test_bea_takes_more_time_and_the_page_says_from_when_it_counts(appeal, bea):
    desk = signed_in(bea)
    assert "What could still move a date" in said(desk.get(f"{DESK}{appeal.pk}/change/"))
    until = appeal.received_on + timedelta(days=30)
    assert put_off(desk, appeal, until).status_code == 302
    assert "so the old date leads" in said(desk.get(f"{DESK}{appeal.pk}/change/"))
    deliver()
    page = said(desk.get(f"{DESK}{appeal.pk}/change/"))
    assert f"<dd>{words.day(until)}" in page
    assert "Decided by Bea" in page


def test_more_time_that_cannot_be_taken_is_said_and_what_was_typed_stays(appeal, bea, team):
    until = appeal.received_on + timedelta(days=90)
    assert "The limit is" in (page := said(put_off(signed_in(bea), appeal, until)))
    assert until.isoformat() in page
    page = said(put_off(signed_in(team.bea), appeal, until))
    assert "This step was not taken" in page
    assert until.isoformat() in page


def test_a_verb_is_not_taken_by_a_link(appeal, bea):
    for verb in ("take", "extend", "decide"):
        assert signed_in(bea).get(f"{DESK}{appeal.pk}/{verb}/").status_code == 405


def test_it_says_how_the_new_check_stands(team, bea):
    made = rosa_appeals(COME_TO[Ending.IDENTITY_NOT_SHOWN](team))
    assert "Waiting for the requester to show who they are." in said(signed_in(bea).get(f"{DESK}{made.pk}/change/"))
    page = decide(signed_in(bea), made, outcome=OVERTURNED, reasons="It is her.")
    assert "Identity is still not shown." in said(page)
    assert "It is her." in said(page)


def test_a_contact_on_file_can_be_entered_while_the_appeal_runs(team):
    made = rosa_appeals(COME_TO[Ending.IDENTITY_NOT_SHOWN](team))
    given = {"email": "rosa@mail.example", "on_file_since": "2021-03-01"}
    do(signed_in(team.vera), made.rights_request, "enter_contact_on_file", **given)
    assert identity.contact_on_file(fresh(made.rights_request).submission)


# --- From the case page ----------------------------------------------------------------------------------------
CASE = "/admin/requests/rightsrequest/"


def test_case_and_appeal_lead_to_each_other(appeal, team):
    desk, case = signed_in(team.tess), f"{CASE}{appeal.rights_request_id}/change/"
    assert f"{DESK}{appeal.pk}/change/" in said(desk.get(case))
    assert case in said(desk.get(f"{DESK}{appeal.pk}/change/"))


def test_tess_files_one_for_rosa_who_called_last_week(refused, team):
    called_on = timezone.localdate() + timedelta(days=62)
    later(team, days=66)
    do(signed_in(team.tess), refused, "file_for_requester", reason=WHY, reached_us_on=called_on.isoformat())
    made = Appeal.objects.get()
    assert made.received_on == called_on
    assert made.leading_on == called_on + timedelta(days=14)


@pytest.mark.parametrize(("days", "words_of_it"), [(1, "Choose today or an earlier day."), (-1, "when we answered")])
def test_the_day_lies_between_our_answer_and_today(refused, team, days, words_of_it):
    day = (timezone.localdate() + timedelta(days=days)).isoformat()
    page = do(signed_in(team.tess), refused, "file_for_requester", reason=WHY, reached_us_on=day)
    assert words_of_it in said(page)
    assert WHY in said(page)
    assert not Appeal.objects.exists()


def test_the_step_is_offered_only_where_it_can_be_taken(refused, team, rosas_request):
    desk = signed_in(team.tess)
    assert "/do/file_for_requester/" in said(desk.get(f"{CASE}{refused.pk}/change/"))
    assert "/do/file_for_requester/" not in said(desk.get(f"{CASE}{rosas_request.pk}/change/"))
    rosa_appeals(refused)
    assert "/do/file_for_requester/" not in said(desk.get(f"{CASE}{refused.pk}/change/"))
    assert "/do/file_for_requester/" not in said(signed_in(team.vera).get(f"{CASE}{refused.pk}/change/"))


def test_the_case_page_shows_what_happened_in_every_check(team):
    made = rosa_appeals(COME_TO[Ending.IDENTITY_NOT_SHOWN](team))
    page = said(signed_in(team.tess).get(f"{CASE}{made.rights_request_id}/change/"))
    assert "The requester gave proof of identity" in page
    assert "Asked for proof again" in page
