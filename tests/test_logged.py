"""Taking down a call, a letter or a visit: the same reference, receipt and clock as on the pages."""

import re
import uuid
from datetime import date, timedelta

import pytest
from django.utils import timezone

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from requests import continuation, logged, spelling
from requests.intake import Asked
from requests.models import Attachment, Message, RightsRequest, Submission
from requests.models.submission import Direction
from requests.references import spoken
from requests.terms import Authority, Capacity, Channel, Right, Role
from requests.workflow import NotAllowed
from tests.cast import ROSAS_MAIL, person, signed_in, submit
from tests.papers import received
from tests.situation import upload
from tests.test_staff_desk import do
from verification.customers import importing
from verification.customers.directory import Unreachable
from verification.customers.importing import rows

pytestmark = pytest.mark.django_db
PAGE = "/admin/requests/rightsrequest/new/"
FOR_ELM = {"capacity": "agent", "subject_name": "Elm", "subject_email": "elm@mail.example"}
ON_RECORD = """account_number,name,service_address,email,email_since,phone,phone_since
PV-004417,Rosa Marquez,"12 Elm Street, Plano",known@mail.example,2021-03-01,972-555-0143,2021-03-01
""".splitlines(keepends=True)


def heard(**more) -> dict:
    """What Tess types while Rosa speaks."""
    typed = {
        "as_id": str(uuid.uuid4()),
        "channel": "phone",
        "name": "Rosa Marquez",
        "email": ROSAS_MAIL,
        "rights": ["access"],
        "said": "A copy of all you have about me.",
        "capacity": "self",
        "residence": "US-TX",
        "language": "en",
        "received_day": timezone.localdate().isoformat(),
    }
    return typed | more


def log(user, **more):
    return signed_in(user).post(PAGE, heard(take_down="1", **more))


def words_on(page) -> str:
    return page.content.decode()


# --- The same as on the pages --------------------------------------------------------------------------------------
@pytest.mark.parametrize("channel", logged.CHANNELS)
def test_what_is_taken_down_has_the_reference_receipt_and_clock_of_every_other_door(tess, channel):
    log(tess, channel=channel)
    by_hand, by_page = RightsRequest.objects.get(), submit(Right.ACCESS).rights_requests.get()
    assert by_hand.submission.channel == channel
    assert (by_hand.leading_on, by_hand.level, by_hand.regime) == (by_page.leading_on, by_page.level, by_page.regime)
    assert Letter.objects.get(kind="receipt", about=by_hand.submission_id).address == ROSAS_MAIL
    assert by_hand.submission.check_made.level_asked == by_page.submission.check_made.level_asked
    assert by_hand.wish == "A copy of all you have about me."


def test_the_record_says_who_took_it_down_and_how_it_came(tess):
    log(tess)
    made = Event.objects.get(kind="logged")
    assert (made.about, made.actor) == (Submission.objects.get().pk, tess.as_actor)
    assert made.detail == {"channel": "phone", "late": False}


def test_the_reference_is_shown_with_a_word_for_each_character(tess):
    page = words_on(log(tess))
    reference = spoken(RightsRequest.objects.get().reference)
    assert reference in page
    assert spelling.spelled(reference) in page


def test_every_character_of_a_reference_has_a_word():
    assert spelling.spelled("0A3-7Z9") == "zero Alfa three, seven Zulu nine"
    assert all(spelling.spelled(one) != one for one in continuation.ALPHABET)


def test_each_wish_becomes_a_request_of_its_own(tess):
    log(tess, rights=["access", "opt_out", "object"], about_marketing="on")
    assert {one.right: one.level for one in RightsRequest.objects.all()} == {"access": 3, "opt_out": 0, "object": 0}


def test_an_opt_out_without_words_is_about_the_address_that_was_said(tess):
    log(tess, rights=["opt_out"], said="")
    assert RightsRequest.objects.get().wish == ROSAS_MAIL


def test_who_asks_for_another_is_taken_down_with_what_lets_them(tess):
    more = {
        "capacity": "agent",
        "subject_name": "Elm",
        "authority": "power_of_attorney",
        "subject_email": "e@m.example",
    }
    log(tess, **more)
    standing = Submission.objects.get().representation
    assert (standing.subject_name, standing.authority) == ("Elm", Authority.POWER_OF_ATTORNEY)
    assert Submission.objects.get().capacity == Capacity.AGENT
    assert Letter.objects.filter(kind="acted_for").exists()


# --- Without mail --------------------------------------------------------------------------------------------------
def test_a_caller_without_mail_hears_a_code_that_opens_their_page_and_is_shown_once(tess):
    typed, browser = heard(email="", phone="972-555-0143", take_down="1"), signed_in(tess)
    page = words_on(browser.post(PAGE, typed))
    code = re.search(r"\b(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}\b", page).group()
    one = RightsRequest.objects.get()
    assert continuation.opens(one.reference, code) == one.submission
    assert spelling.spelled(code) in page
    again = words_on(browser.post(PAGE, typed))
    assert code not in again
    assert spoken(one.reference) in again
    assert RightsRequest.objects.count() == 1


def test_a_code_is_not_shown_where_nobody_hears_it(tess):
    log(tess, channel="post", email="", postal_address="12 Elm Street, Plano")
    assert Submission.objects.get().continuation_digest == ""


def test_a_first_code_is_given_out_once_and_never_in_place_of_another(tess):
    log(tess, email="", phone="972-555-0143")
    with pytest.raises(NotAllowed):
        continuation.first(Submission.objects.get(), by=tess)


# --- When it reached us --------------------------------------------------------------------------------------------
def test_a_letter_counts_from_the_day_it_arrived(tess):
    arrived = timezone.localdate() - timedelta(days=3)
    log(tess, channel="post", received_day=arrived.isoformat())
    one = RightsRequest.objects.get()
    assert one.received_on == arrived
    assert one.leading_on == arrived + timedelta(days=14)
    assert "your request on" in words_on(log(tess))


@pytest.mark.parametrize(
    ("days", "said"),
    [(-1, "still to come"), (8, "Write why."), (400, "more than a year ago")],
)
def test_a_day_that_cannot_be_is_told_at_its_field_and_nothing_typed_is_lost(tess, days, said):
    day = (timezone.localdate() - timedelta(days=days)).isoformat()
    page = words_on(log(tess, received_day=day))
    assert said in page
    assert day in page
    assert "A copy of all you have about me." in page
    assert not Submission.objects.exists()


def test_what_lay_here_for_more_than_a_week_wants_a_reason_that_stays_as_a_note(tess):
    day = timezone.localdate() - timedelta(days=9)
    log(tess, channel="post", received_day=day.isoformat(), why_late="It lay in the wrong tray.")
    assert RightsRequest.objects.get().received_on == day
    assert Message.objects.get(direction=Direction.INTERNAL).text == "It lay in the wrong tray."


def test_an_hour_that_is_still_to_come_is_not_taken(tess):
    page = words_on(log(tess, received_time="23:30"))
    assert "still to come" in page
    log(tess, received_time="09:15")
    assert timezone.localtime(Submission.objects.get().received_at).strftime("%H:%M") == "09:15"


def test_the_verb_itself_refuses_what_the_page_would(tess):
    asked = Asked(rights=(Right.ACCESS,), name="Rosa", email=ROSAS_MAIL, channel=Channel.POST)
    for ago, why in ((-1, ""), (9, "  "), (400, "Late.")):
        with pytest.raises(NotAllowed):
            logged.take_down(asked, timezone.now() - timedelta(days=ago), as_id=uuid.uuid4(), why_late=why, by=tess)
    web = Asked(rights=(Right.ACCESS,), name="Rosa", email=ROSAS_MAIL)
    with pytest.raises(NotAllowed):
        logged.take_down(web, timezone.now(), as_id=uuid.uuid4(), by=tess)


def test_whom_they_act_for_counts_as_told_now_and_not_when_the_letter_arrived(tess):
    three_days_ago = timezone.localdate() - timedelta(days=3)
    log(tess, **FOR_ELM, authority="court_order", received_day=three_days_ago.isoformat())
    assert timezone.localdate(Submission.objects.get().representation.told_at) == timezone.localdate()


# --- Mistakes ------------------------------------------------------------------------------------------------------
WRONG = [
    ({"name": ""}, "Enter the name"),
    ({"rights": []}, "Tick at least one."),
    ({"rights": ["unsure"], "said": ""}, "Write what they would like."),
    ({"email": "rosa@"}, "Enter an e-mail address like"),
    ({"phone": "555"}, "with its area code"),
    ({"channel": "post", "email": ""}, "Enter one way to reach them"),
    ({"residence": ""}, "Choose a place"),
    ({"capacity": "agent"}, "Enter for whom they ask."),
    ({"capacity": "agent", "subject_name": "Elm", "authority": "parent"}, "Choose one that fits"),
    ({"capacity": "non_customer"}, "Write how they were in touch"),
    ({"said": "My number is 078-05-1120."}, "Take it out"),
    ({"said": "Refund 4111 1111 1111 1111 please"}, "Take it out"),
    ({"also_known_by": "4111-1111-1111-1111"}, "Take it out"),
]


@pytest.mark.parametrize(("more", "said"), WRONG)
def test_what_is_missing_or_may_not_be_kept_is_told_at_its_field(tess, more, said):
    page = log(tess, **more)
    assert page.status_code == 200
    assert said in words_on(page)
    assert not Submission.objects.exists()


def test_other_long_numbers_are_no_card_numbers(tess):
    log(tess, said="Calls from 972-555-0143 and reference 4111111111111112.")
    assert Submission.objects.exists()


def test_a_page_without_its_id_is_told_so_and_not_a_fault(tess):
    assert log(tess, as_id="x").status_code == 200
    assert signed_in(tess).post(PAGE, {}).status_code == 200


# --- A scan --------------------------------------------------------------------------------------------------------
def test_the_letter_itself_is_kept_as_a_message_of_the_requester(tess):
    signed_in(tess).post(PAGE, heard(channel="post", scan=upload(), take_down="1"))
    kept = Attachment.objects.get()
    assert kept.message.direction == Direction.FROM_REQUESTER
    assert b"".join(kept.file.chunks()) == b"%PDF-1.7 a paper"


def test_what_went_wrong_is_said_in_the_order_of_the_page(tess):
    page = words_on(log(tess, name="", rights=[], residence=""))
    summary = page.partition("error-summary")[2].partition("</ul>")[0]
    places = re.findall(r'href="#([^"]+)"', summary)
    assert len(places) > 2
    assert places == sorted(places, key=lambda at: page.index(f'id="{at}"'))


def test_after_a_mistake_the_page_asks_for_the_scan_once_more(tess):
    page = signed_in(tess).post(PAGE, heard(name="", scan=upload(), take_down="1"))
    assert "Choose your files once more." in words_on(page)


def test_a_scan_is_kept_through_the_verb(tess):
    asked = Asked(rights=(Right.ACCESS,), name="Rosa", email=ROSAS_MAIL, channel=Channel.POST, language="es")
    files = [received("letter.pdf", b"%PDF-1.7 x")]
    logged.take_down(asked, timezone.now(), as_id=uuid.uuid4(), files=files, by=tess)
    assert Attachment.objects.count() == 1


# --- Is this caller known? -----------------------------------------------------------------------------------------
@pytest.fixture
def on_record(db):
    importing.take_in(rows(ON_RECORD), told=lambda wrong: pytest.fail(str(wrong)))


@pytest.mark.usefixtures("on_record")
@pytest.mark.parametrize(
    "given", [{"phone": "(972) 555 0143"}, {"also_known_by": "pv 004417"}, {"email": "known@mail.example"}]
)
def test_tess_learns_that_something_fits_and_nothing_of_what_stands_on_record(tess, given):
    typed = heard(**({"name": "Rosa Marquez", "email": "", "said": "", "look_up": "1"} | given))
    page = words_on(signed_in(tess).post(PAGE, typed))
    assert "Record A: the" in page
    assert "The name fits." in page
    held = {"12 Elm", "known@mail.example", "972-555-0143", "PV-004417", "2021"} - set(given.values())
    assert [one for one in held if one in page] == []


@pytest.mark.usefixtures("on_record")
def test_a_name_that_does_not_fit_is_told_and_the_right_one_is_not(tess):
    page = words_on(signed_in(tess).post(PAGE, heard(name="Stan", phone="972-555-0143", look_up="1")))
    assert "The name does not fit." in page
    assert "Marquez" not in page


@pytest.mark.usefixtures("on_record")
def test_every_look_is_recorded_and_belongs_to_what_is_taken_down(tess):
    browser, typed = signed_in(tess), heard(phone="972-555-0143")
    browser.post(PAGE, typed | {"look_up": "1"})
    browser.post(PAGE, typed | {"take_down": "1"})
    look = Event.objects.get(kind="customer_record_looked_at")
    assert (look.about, look.actor) == (Submission.objects.get().pk, tess.as_actor)


def test_looking_keeps_what_was_typed_and_complains_of_nothing_yet(tess):
    page = words_on(signed_in(tess).post(PAGE, heard(name="", phone="972-555-0143", look_up="1")))
    assert "A copy of all you have about me." in page
    assert re.search(r'value="access"[^>]*checked', page)
    assert "There is a problem" not in page
    assert "No record fits." in page


def test_open_requests_with_the_same_number_are_named(tess):
    before = submit(Right.KNOW, phone="972-555-0143").rights_requests.get()
    page = words_on(signed_in(tess).post(PAGE, heard(email="", phone="972-555-0143", look_up="1")))
    assert spoken(before.reference) in page


def test_without_anything_to_look_for_the_page_says_what_it_needs(tess):
    page = words_on(signed_in(tess).post(PAGE, heard(email="", look_up="1")))
    assert "Enter an e-mail address, a telephone number or an account number first." in page
    assert not Event.objects.exists()


def test_when_the_record_is_away_the_request_is_taken_down_all_the_same(tess, monkeypatch):
    def away(*args, **kwargs):
        raise Unreachable

    monkeypatch.setattr("verification.customers.table.SealedTable.find", away)
    page = words_on(signed_in(tess).post(PAGE, heard(phone="972-555-0143", look_up="1")))
    assert "The customer record does not answer now." in page
    log(tess)
    assert Submission.objects.exists()


# --- Who may -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", [Role.TRIAGE, Role.VERIFIER, Role.APPROVER])
def test_whoever_works_on_cases_may_take_one_down(role):
    log(person("Someone", role))
    assert Submission.objects.exists()


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_only_reads_takes_nothing_down(role):
    someone = person("Someone", role)
    assert signed_in(someone).get(PAGE).status_code == 403
    assert log(someone).status_code == 403
    with pytest.raises(NotAllowed):
        logged.take_down(
            Asked(rights=(Right.ACCESS,), channel=Channel.PHONE), timezone.now(), as_id=uuid.uuid4(), by=someone
        )


def test_the_queue_leads_to_the_page_whoever_may_use_it(tess, otto):
    assert PAGE in words_on(signed_in(tess).get("/admin/requests/rightsrequest/"))
    assert PAGE not in words_on(signed_in(otto).get("/admin/requests/rightsrequest/"))


def test_the_case_page_says_by_which_door_it_came(tess):
    log(tess, channel="post", postal_address="12 Elm Street, Plano")
    page = words_on(do(signed_in(tess), RightsRequest.objects.get(), "show_contact", why="letter"))
    assert "A letter" in page
    assert "12 Elm Street, Plano" in page


def test_the_page_says_what_may_not_be_asked(tess):
    page = words_on(signed_in(tess).get(PAGE))
    assert "Never ask for a social security number, a password or a card number." in page
    assert "47 CFR 64.2010" in page
    assert date.today().isoformat() in page
