"""The page of one case: contacts are masked until somebody says why, and what leaves is never mixed up with a note."""

import pytest
from django.utils import timezone

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from requests import masking, showing
from requests.intake import Acting
from requests.models import Message
from requests.models.submission import Direction
from requests.terms import Authority, Capacity, Channel, Right, WhyShown
from requests.workflow import NotAllowed
from tests.cast import ROSAS_MAIL, ask, deliver, fresh, prove, signed_in, submit
from tests.test_staff_desk import QUEUE, do

pytestmark = pytest.mark.django_db


def page_of(user, one) -> str:
    return signed_in(user).get(f"{QUEUE}{one.pk}/change/").content.decode()


# --- Masks ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("mask", "given", "said"),
    [
        (masking.email, "rosa@mail.example", "r…@m….example"),
        (masking.email, "a.b@post.mail.co.uk", "a…@p….uk"),
        (masking.email, "no address at all", "n…@…"),
        (masking.number, "+1 (972) 555-0143", "…43"),
        (masking.number, "٩٧٢٥٥٥٠١٤٣", "…٤٣"),
        (masking.number, "1234", "…"),  # half of it would be half of all
        (masking.words, "Rosa María Márquez", "R… M… M…"),
        (masking.words, "12 Elm Street, Plano", "… E… S… P…"),
        (masking.known_by, "old@mail.example, 972-555-0143; Roz", "o…@m….example, …43, R…"),
        (masking.known_by, "Rosa old@mail.example", "R… o…@m….example"),
    ],
)
def test_a_mask_leaves_enough_to_tell_two_apart(mask, given, said):
    assert mask(given) == said


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Call 972-555-0142 or +1 (972) 555 0143.", "Call …42 or …43."),
        ("rosa@mail.example, please", "r…@m….example, please"),
        ("Bills of 2026-03-01 and 24.12.2026, 12 Elm Street, Plano 75024, PV-004417", None),
    ],
)
def test_in_a_text_addresses_and_numbers_are_masked_and_days_are_not(text, masked):
    assert masking.in_text(text) == (masked or text)


def test_what_they_answered_does_not_tell_what_is_masked_beside_it(tess):
    one = ask(Right.OPT_OUT, wishes={Right.OPT_OUT: "rosa@mail.example and 972-555-0143"})
    page = page_of(tess, one)
    assert "r…@m….example and …43" in page
    assert "972-555-0143" not in page


def test_an_auditor_reads_how_it_was_answered_and_not_the_letter(otto, tess, answered):
    letter = "so only who works on requests reads it"
    assert letter in page_of(otto, answered)
    assert letter not in page_of(tess, answered)


GIVEN = {"phone": "972-555-0143", "also_known_by": "rosie@old.example", "postal_address": "12 Elm Street\nPlano TX"}
PLAIN = ("Rosa Marquez", ROSAS_MAIL, "972-555-0143", "rosie@old.example", "12 Elm Street")


@pytest.mark.parametrize("name", ["tess", "vera", "abe", "otto"])
def test_nobody_sees_a_name_or_contact_by_opening_a_case(name, vera, request):
    one = prove(submit(Right.ACCESS, **GIVEN).rights_requests.get(), vera)
    page = page_of(vera if name == "vera" else request.getfixturevalue(name), one)
    assert [plain for plain in PLAIN if plain in page] == []
    assert "r…@m….example, in our record since" in page
    assert "…43" in page


def test_the_person_somebody_acts_for_is_masked_too(tess):
    acting = Acting("Gloria Ruiz", Authority.POWER_OF_ATTORNEY, "gloria@mail.example")
    one = ask(Right.ACCESS, capacity=Capacity.AGENT, acting=acting)
    page = page_of(tess, one)
    assert "Gloria" not in page
    assert "gloria@mail.example" not in page
    assert "g…@m….example" in page


def test_a_refused_letter_shows_no_address_until_it_is_asked_for(tess, rosas_request):
    Letter.objects.filter(about=rosas_request.submission_id).update(refused_at=rosas_request.submission.received_at)
    assert ROSAS_MAIL not in page_of(tess, rosas_request)
    shown = do(signed_in(tess), rosas_request, "show_contact", why="call").content.decode()
    assert f"to {ROSAS_MAIL} (typed into the form): the mail server refused it" in shown


def test_who_says_why_sees_everything_in_that_one_answer(tess, vera):
    one = prove(submit(Right.ACCESS, **GIVEN).rights_requests.get(), vera)
    client = signed_in(tess)
    page = do(client, one, "show_contact", why="call").content.decode()
    assert [plain for plain in PLAIN if plain not in page] == []
    assert f"{ROSAS_MAIL}, in our record since" in page
    assert ROSAS_MAIL not in client.get(f"{QUEUE}{one.pk}/change/").content.decode()


def test_each_look_is_recorded_with_its_reason_and_the_auditor_reads_it(tess, otto, rosas_request):
    do(signed_in(tess), rosas_request, "show_contact", why="letter")
    looked = Event.objects.get(kind=showing.SHOWN)
    assert (looked.actor, looked.detail) == (tess.as_actor, {"why": "letter"})
    assert "Looked at names and contacts: To check a letter or an address" in page_of(otto, rosas_request)


def test_without_a_reason_nothing_is_shown_or_recorded(tess, rosas_request):
    page = do(signed_in(tess), rosas_request, "show_contact").content.decode()
    assert "Choose one." in page
    assert ROSAS_MAIL not in page
    assert not Event.objects.filter(kind=showing.SHOWN).exists()


def test_another_reason_needs_words_which_stay_as_a_note(tess, rosas_request):
    client = signed_in(tess)
    assert "Write what you need it for." in do(client, rosas_request, "show_contact", why="other").content.decode()
    do(client, rosas_request, "show_contact", why="other", text="A court asks for it.")
    assert Message.objects.get().text == "A court asks for it."
    assert Message.objects.get().direction == Direction.INTERNAL
    with pytest.raises(NotAllowed, match="what you need it for"):
        showing.show_contact(rosas_request, WhyShown.OTHER, by=tess)


def test_an_auditor_is_not_offered_to_look_and_cannot(otto, rosas_request):
    assert "show_contact" not in page_of(otto, rosas_request)
    page = signed_in(otto).post(
        f"{QUEUE}{rosas_request.pk}/do/show_contact/", {"show_contact-why": "call"}, follow=True
    )
    assert ROSAS_MAIL not in page.content.decode()


# --- Writing -------------------------------------------------------------------------------------------------------
def test_what_leaves_and_what_stays_have_boxes_and_buttons_of_their_own(tess, rosas_request):
    page = page_of(tess, rosas_request)
    out = page[page.index("writing--out") : page.index("writing--note")]
    note = page[page.index("writing--note") : page.index("What happened")]
    assert "To the requester" in out
    assert 'value="Send to the requester"' in out
    assert "A mail to r…@m….example (typed into the form) tells them" in out
    assert 'name="tell-text"' in out
    assert "note-text" not in out
    assert 'value="Keep as internal note"' in note
    assert "It never leaves this desk" in note
    assert "tell-" not in note


def test_a_message_can_be_read_as_the_requester_reads_it_before_anything_is_sent(tess, rosas_request):
    client, address = signed_in(tess), f"{QUEUE}{rosas_request.pk}/do/tell/"
    page = client.post(address, {"tell-text": "We look\ninto it.", "read_first": "1"}).content.decode()
    assert "As they will read it" in page
    assert "We look<br>into it." in page
    assert "We look\ninto it.</textarea>" in page
    assert not Message.objects.exists()
    client.post(address, {"tell-text": "We look\ninto it."})
    assert Message.objects.get().direction == Direction.TO_REQUESTER


def test_a_note_has_no_way_out(tess, rosas_request):
    before = Letter.objects.count()
    address = f"{QUEUE}{rosas_request.pk}/do/note/"
    signed_in(tess).post(address, {"note-text": "Odd voice.", "read_first": "1", "tell-text": "Odd voice."})
    assert [(one.direction, one.text) for one in Message.objects.all()] == [(Direction.INTERNAL, "Odd voice.")]
    assert Letter.objects.count() == before


def test_a_question_of_a_case_in_progress_stands_with_what_leaves(tess, rosas_request):
    do(signed_in(tess), rosas_request, "take")
    page = page_of(tess, rosas_request)
    assert page.count('value="Send the question to the requester"') == 1
    assert (
        'value="Send the question to the requester"' in page[page.index("writing--out") : page.index("writing--note")]
    )


def test_where_everything_of_a_person_is_deleted_the_page_still_opens(tess, answered):
    from primevox_privacy.sealed import forgetting

    submission = answered.submission
    for key in (submission.contact_key, submission.content_key):
        assert forgetting.destroy(key)
    page = page_of(tess, ask(Right.KNOW))
    assert "show_contact" in page
    assert "show_contact" not in page_of(tess, answered)


# --- Two cases side by side ------------------------------------------------------------------------------------------
def beside(user, one, other) -> str:
    return signed_in(user).get(f"{QUEUE}{one.pk}/beside/{other.pk}/").content.decode()


def row(page: str, name: str) -> str:
    return next(part for part in page.split("<tr") if f'<th scope="row">{name}</th>' in part)


def test_two_cases_stand_side_by_side_with_what_is_the_same_and_masked(tess):
    one = ask(Right.ACCESS, phone="(972) 555-0143")
    other = ask(Right.ACCESS, name="rosa  marquez", email="rm@other.example", phone="972-555-0143")
    page = beside(tess, one, other)
    assert "= the same" in row(page, "Name")
    assert "= the same" in row(page, "Telephone typed into the form")
    assert "≠ differs" in row(page, "E-mail typed into the form")
    assert "r…@m….example" in row(page, "E-mail typed into the form")
    assert [plain for plain in (*PLAIN, "rm@other.example", "555-0143") if plain in page] == []
    assert "Postal address" not in page  # neither gave one


def test_what_one_of_them_lacks_is_not_the_same(tess):
    page = beside(tess, ask(Right.ACCESS, phone="972-555-0143"), ask(Right.ACCESS))
    assert "≠ differs" in row(page, "Telephone typed into the form")


def test_the_case_page_leads_there_for_each_duplicate(tess):
    one, other = ask(Right.ACCESS), ask(Right.ACCESS)
    assert f"{QUEUE}{one.pk}/beside/{other.pk}/" in page_of(tess, one)


def test_both_are_joined_from_there_once_they_are_shown_to_be_hers(tess, vera):
    first, second = (prove(ask(Right.ACCESS), vera) for _ in range(2))
    page = beside(tess, first, second)
    assert f"{QUEUE}{second.pk}/do/merge/" in page
    assert f'name="merge-into" value="{first.pk}"' in page
    signed_in(tess).post(f"{QUEUE}{second.pk}/do/merge/", {"merge-into": first.pk})
    assert fresh(second).merged_into == first
    assert "/do/merge/" not in beside(vera, first, second)


def test_until_then_the_page_says_why_not(tess):
    page = beside(tess, ask(Right.ACCESS), ask(Right.ACCESS))
    assert "First both need to be shown to be the same person&#x27;s" in page
    assert "/do/merge/" not in page


def test_an_auditor_reads_it_and_joins_nothing(otto, vera):
    first, second = (prove(ask(Right.ACCESS), vera) for _ in range(2))
    page = beside(otto, first, second)
    assert "your role cannot do this" in page
    assert "/do/merge/" not in page


def test_a_case_is_not_compared_with_itself_nor_with_one_that_is_not_there(tess, rosas_request):
    import uuid

    for other in (rosas_request.pk, uuid.uuid4()):
        assert signed_in(tess).get(f"{QUEUE}{rosas_request.pk}/beside/{other}/").status_code == 404


# --- The clock -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("channel", "kept"), [(Channel.WEB, True), (Channel.PHONE, True), (Channel.POST, False)])
def test_receipt_is_confirmed_at_once_to_who_is_there_and_else_when_its_letter_has_left(channel, kept, tess):
    one = ask(Right.ACCESS, residence="US-CA", channel=channel)
    assert ("Done on" in page_of(tess, one)) is kept
    deliver()
    assert "Done on" in page_of(tess, one)


def test_a_receipt_that_came_back_has_confirmed_nothing(tess):
    one = ask(Right.ACCESS, residence="US-CA", channel=Channel.POST)
    deliver()
    Letter.objects.filter(kind="receipt").update(refused_at=timezone.now())
    assert "Done on" not in page_of(tess, one)
