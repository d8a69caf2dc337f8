"""What a requester reads while we wait, when a little more is needed, and when somebody stopped it: true, and nothing
that could harm the person whose data it is."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from requests import hub, identity, stopping, timeline, workflow
from requests.intake import Acting
from requests.models import Message, RightsRequest, StopLink
from requests.models.submission import Whose
from requests.terms import Authority, Capacity, Ending, Right
from tests.cast import FACTS, ROSAS_MAIL, STATEMENT, ask, deliver, fresh, prove, signed_in
from tests.test_about_whom import HUB, main_of, session_of
from tests.test_not_me import PAGE, link_in, presses, receipts_link
from tests.test_staff_desk import QUEUE
from verification import checks
from verification.models import EvidenceKind

pytestmark = pytest.mark.django_db
ON_FILE = "rosa.marquez@on-file.example"
NINE = datetime(2026, 3, 10, 9, tzinfo=ZoneInfo("America/Chicago"))  # a Tuesday
WAITS = "A deletion cannot be undone. So we wait until Friday 13 March 2026 before we delete, in case this "
TWO_FACTS = {kind: FACTS[kind] for kind in (EvidenceKind.ACCOUNT_NUMBER, EvidenceKind.SERVICE_ADDRESS)}
A_LITTLE_MORE = "We have looked at what you sent, and we need a little more for this request."


def page_of(client, one: RightsRequest) -> str:
    client.cookies.clear()  # a session of long ago is over
    session_of(client, fresh(one).submission)
    return main_of(client.get(HUB))


def staff_page(user, one: RightsRequest) -> str:
    return signed_in(user).get(f"{QUEUE}{one.pk}/change/").content.decode()


# --- A deletion waits ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("capacity", "why"), [(Capacity.SELF, "was not you."), (Capacity.AGENT, "is not wanted.")])
def test_why_a_deletion_waits_and_until_when_is_said_while_it_waits(client, vera, time_machine, capacity, why):
    time_machine.move_to(NINE, tick=False)
    acting = Acting("Rosa Marquez", Authority.SIGNED_PERMISSION) if capacity is Capacity.AGENT else None
    one = ask(Right.DELETE, residence="", capacity=capacity, acting=acting)
    prove(one, vera)
    assert "cannot be undone" not in page_of(client, one), "nobody was told yet"
    deliver()
    assert WAITS + why in page_of(client, one)
    time_machine.move_to(NINE + timedelta(hours=73), tick=False)
    assert "cannot be undone" not in page_of(client, one)


def test_a_deletion_that_is_taken_back_or_stopped_waits_for_nothing(client, vera, time_machine):
    time_machine.move_to(NINE, tick=False)
    one = prove(ask(Right.DELETE, residence=""), vera)
    deliver()
    stopping.say_not_me(StopLink.objects.filter(whose=Whose.ON_FILE).latest("made_at"))
    assert "cannot be undone" not in page_of(client, one)


# --- A little more is needed ---------------------------------------------------------------------------------------
@pytest.fixture
def two_fitted(vera):
    """Three facts are asked; two fitted."""
    one = ask(Right.ACCESS)
    identity.show(one.submission, FACTS, STATEMENT)
    checks.decide(identity.check_of(one), "matched_facts", TWO_FACTS, by=vera)
    return fresh(one)


def test_who_showed_less_than_is_needed_reads_that_we_need_a_little_more(client, two_fitted):
    page = page_of(client, two_fitted)
    assert page.count(A_LITTLE_MORE) == 2, "on the card, and where it says what happened"
    assert "We are sure" not in page


def test_who_showed_all_reads_that_we_are_sure(client, vera):
    page = page_of(client, prove(ask(Right.ACCESS), vera))
    assert "We are sure that it is you." in page
    assert A_LITTLE_MORE not in page


def test_asked_again_after_facts_that_fitted_nobody_reads_that_they_did_not(client, two_fitted, vera):
    identity.ask_again(two_fitted.submission, by=vera)
    page = page_of(client, two_fitted)
    assert "We asked you for a little more." in page
    assert "We asked you once more" not in page
    asked = main_of(client.get("/your-request/all/identity/"))
    assert "We need one more fact." in asked
    assert "did not fit" not in asked


def test_asked_again_after_facts_that_did_not_fit_the_page_says_so(client, two_fitted, vera):
    identity.ask_again(two_fitted.submission, by=vera)
    identity.show(fresh(two_fitted).submission, FACTS, STATEMENT)
    identity.ask_again(fresh(two_fitted).submission, by=vera)
    session_of(client, two_fitted.submission)
    asked = main_of(client.get("/your-request/all/identity/"))
    assert "did not fit our records" in asked
    assert "one more fact" not in asked


# --- One mail, not two ---------------------------------------------------------------------------------------------
def test_rosa_whose_typed_address_is_on_file_gets_one_mail_that_leads_to_her_page(vera):
    one = prove(ask(Right.ACCESS), vera)
    (told,) = Letter.objects.filter(about=one.submission_id, kind__in=["identity_shown", "check_result"])
    assert (told.kind, told.address) == ("identity_shown", ROSAS_MAIL)
    assert "See what happens next on your page" in told.text
    assert "/your-request/" in told.text


def test_rosa_who_typed_another_address_gets_the_result_there(vera):
    one = ask(Right.ACCESS)
    identity.show(one.submission, FACTS, STATEMENT)
    identity.enter_contact(one.submission, ON_FILE, date(2021, 3, 1), by=vera)
    checks.decide(identity.check_of(one), "matched_facts", FACTS, by=vera)
    told = {letter.kind: letter for letter in Letter.objects.filter(kind__in=["identity_shown", "check_result"])}
    assert {kind: letter.address for kind, letter in told.items()} == {
        "identity_shown": ON_FILE, "check_result": ROSAS_MAIL,
    }  # fmt: skip
    assert "your page" not in told["identity_shown"].text


def test_rosa_whose_facts_did_not_fit_hears_of_it_where_her_address_is_on_file(vera):
    one = ask(Right.ACCESS)
    identity.show(one.submission, FACTS, STATEMENT)
    identity.enter_contact(one.submission, ROSAS_MAIL, date(2021, 3, 1), by=vera)
    checks.not_shown(identity.check_of(one), "matched_facts", by=vera)
    assert Letter.objects.get(kind__in=["identity_shown", "check_result"]).kind == "check_result"


# --- Somebody stopped it -------------------------------------------------------------------------------------------
@pytest.fixture
def gias(db):
    """Gia, who may be anybody, asks for Rosa and names Rosa's address."""
    acting = Acting("Rosa Marquez", Authority.SIGNED_PERMISSION, ROSAS_MAIL)
    return ask(email="gia@agents.example", capacity=Capacity.AGENT, acting=acting)


def spoke_up(said: str) -> list[str]:
    """What would tell a requester that somebody objected."""
    telltale = ("not wanted", "told us", "told to", "were told", "objected", "did not ask", "did not send", "not want")
    return [words for words in telltale if words in said]


def test_who_may_be_the_danger_never_reads_that_anybody_spoke_up(client, gias, abe):
    presses(client, link_in(Letter.objects.get(kind="acted_for")), "He must not know.")
    page = page_of(client, gias)
    assert "We paused this to clear something up." in page
    assert spoke_up(page) == []
    stopping.end_not_you(fresh(gias), "She called.", by=abe)
    page = page_of(client, gias)
    assert "We closed this request. If you have questions, call or write to us." in page
    mail = Letter.objects.get(kind="closed_not_you")
    assert mail.address == "gia@agents.example"
    assert spoke_up(page) + spoke_up(mail.text) + spoke_up(mail.subject) == []


def test_a_stop_by_somebody_and_one_by_staff_look_the_same(gias, tess):
    stopping.say_not_me(StopLink.objects.get(whose=Whose.SUBJECT))
    another = ask(email="gia@agents.example", capacity=Capacity.AGENT, acting=Acting("Rosa", Authority.COURT_ORDER))
    stopping.freeze(another, "Odd mailbox.", by=tess)
    said = [timeline.of(one.submission, [fresh(one)])[-1]["words"] for one in (gias, another)]
    assert said == [hub.sentence(fresh(gias)), hub.sentence(fresh(another))]
    assert len(set(said)) == 1


# --- What staff read of it -----------------------------------------------------------------------------------------
PRESSED_IN = {
    Whose.TYPED: "pressed in the mail to the requester",
    Whose.SUBJECT: "pressed in the mail to the person it is about",
    Whose.ON_FILE: "pressed in the mail to a contact of our record",
}


@pytest.mark.parametrize(("whose", "said"), PRESSED_IN.items())
def test_staff_read_from_which_mail_it_was_pressed_and_who_wrote_the_note(gias, vera, tess, whose, said):
    identity.enter_contact(gias.submission, ON_FILE, date(2021, 3, 1), by=vera)
    stopping.say_not_me(StopLink.objects.filter(whose=whose).latest("made_at"), "Not by me.")
    assert Event.objects.get(kind="said_not_me").detail["whose"] == whose
    page = staff_page(tess, gias)
    assert [other for other in PRESSED_IN.values() if other in page] == [said]
    assert "Written with it by whoever pressed" in page


def test_a_note_of_a_colleague_bears_their_name(gias, tess):
    workflow.note(gias, "Called her.", by=tess)
    assert Message.objects.get().written_by == tess
    assert "whoever pressed" not in staff_page(tess, gias)


def test_what_gia_asked_ends_as_not_wanted_and_what_rosa_asked_as_not_sent_by_her(gias, rosas_request, abe):
    not_wanted, not_sent = "Not wanted by the person it is about", "Not sent by this person"
    for one, says, never in ((gias, not_wanted, not_sent), (rosas_request, not_sent, not_wanted)):
        stopping.freeze(one, "Odd.", by=abe)
        stopping.end_not_you(fresh(one), "She called.", by=abe)
        assert fresh(one).ending == Ending.NOT_YOU
        page = staff_page(abe, one)
        assert says in page
        assert never not in page


# --- The link, opened again ----------------------------------------------------------------------------------------
def test_opened_again_the_link_says_that_it_was_stopped_and_changes_nothing(client, rosas_request, time_machine):
    time_machine.move_to(NINE, tick=False)
    link = receipts_link()
    presses(client, link)
    events = Event.objects.count()
    page = main_of(client.get(link, follow=True))
    assert "This was stopped on Tuesday 10 March 2026" in page
    assert "Pressed by mistake? Call or write to us." in page
    assert "Nothing has changed" not in page
    assert "stop everything" not in page, "there is no button"
    assert Event.objects.count() == events


def test_once_it_was_ended_the_link_still_says_that_it_was_stopped(client, rosas_request, abe):
    link = receipts_link()
    presses(client, link)
    stopping.end_not_you(fresh(rosas_request), "She called.", by=abe)
    assert "This was stopped on" in main_of(client.get(link, follow=True))


def test_once_it_goes_on_the_link_has_its_button_again(client, rosas_request, abe):
    link = receipts_link()
    presses(client, link)
    stopping.free(fresh(rosas_request), "She called, it was her.", by=abe)
    assert "stop everything" in main_of(client.get(link, follow=True))
    assert client.get(PAGE).status_code == 200


# --- When it is deleted --------------------------------------------------------------------------------------------
def test_the_footer_and_the_page_that_it_leads_to_name_what_stays_longer_and_what_goes_sooner(client, db):
    answer = client.get("/privacy/")
    footer = answer.content.decode().split("<footer")[1]
    assert "Only a signed statement that a law makes us keep stays longer." in footer
    assert "If you took it back, that is a day later." in footer
    notice = main_of(answer)
    assert "A signed statement, only where the law wants it kept 24 months" in notice
    assert "until we have decided who you are" in notice


def test_the_page_for_a_paper_and_the_hub_promise_the_same_end(client, gias):
    page = page_of(client, gias)
    assert "papers until we have decided, the rest until your last request here is closed" in page
    paper = main_of(client.get("/your-request/all/authority/"))
    assert "As soon as we have decided whose data it is. At the latest when your last request here is closed" in paper
