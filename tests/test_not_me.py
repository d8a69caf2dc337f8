"""“This was not me”: one press of a button, from a letter, stops everything; looking does nothing."""

import re
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.models import DataKey
from primevox_privacy.sealed.tasks import end_lives
from requests import identity, links, references, stopping, workflow
from requests.answers import Draft
from requests.intake import Acting
from requests.models import Message, Representation, StopLink, Submission
from requests.models.submission import Direction, Whose
from requests.references import new_reference
from requests.terms import Authority, Capacity, Ending, Right
from tests.cast import ROSAS_MAIL, ask, fresh, signed_in, submit
from tests.test_coming_back import come_back, same
from tests.test_staff_desk import QUEUE

pytestmark = pytest.mark.django_db
LINK = re.compile(r"/not-me/([0-9a-f]{32})/")
PAGE, DONE = "/not-me/", "/not-me/done/"


def link_in(letter: Letter) -> str:
    """Where the link of a letter leads."""
    found = LINK.search(letter.text)
    assert found, letter.text
    return found.group()


def receipts_link() -> str:
    return link_in(Letter.objects.get(kind="receipt"))


def presses(client, link: str, note: str = ""):
    client.get(link)
    return client.post(PAGE, {"note": note})


# --- The link ----------------------------------------------------------------------------------------------------
def test_looking_changes_nothing_since_mail_scanners_open_links_too(client, rosas_request):
    events, link = Event.objects.count(), receipts_link()
    assert "This was not me: stop everything" in client.get(link, follow=True).content.decode()
    client.head(link)
    assert client.get(DONE).url == PAGE
    assert (Event.objects.count(), fresh(rosas_request).frozen_at) == (events, None)
    assert StopLink.objects.get().pressed_at is None


def test_a_press_of_the_button_freezes_and_says_what_we_stopped(client, rosas_request):
    assert presses(client, receipts_link()).url == DONE
    assert "We stopped everything" in client.get(DONE).content.decode()
    assert fresh(rosas_request).frozen_at


def test_everything_of_the_submission_stops_at_once_what_is_closed_too(client, tess):
    submission = submit(Right.ACCESS, Right.DELETE, Right.OPT_OUT)
    opt_out = submission.rights_requests.get(right=Right.OPT_OUT)
    workflow.take(opt_out, by=tess)
    workflow.answer(opt_out, Draft(Ending.FULFILLED), by=tess)
    presses(client, receipts_link())
    assert submission.rights_requests.exclude(frozen_at=None).count() == 3
    assert Event.objects.filter(kind="said_not_me").count() == 3


def test_the_token_leaves_the_address_and_stands_on_no_page_and_in_no_session(client, rosas_request):
    link = receipts_link()
    token = LINK.search(link).group(1)
    arrived = client.get(link)
    assert arrived.url == PAGE
    client.post(PAGE)
    for page in (PAGE, DONE):
        assert token not in client.get(page).content.decode()
    assert token not in str(dict(client.session))
    assert token not in str(StopLink.objects.values())


def test_a_wrong_token_and_a_forgotten_one_are_the_same(client, rosas_request):
    link = receipts_link()
    StopLink.objects.all().delete()
    answers = [client.get(each, follow=True) for each in (link, f"/not-me/{'0' * 32}/", "/not-me/short/")]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({same(answer) for answer in answers}) == 1
    assert client.post(PAGE).status_code == 404


@pytest.mark.parametrize("address", [PAGE, DONE, "/not-me/0123/"])
def test_who_copies_half_of_a_link_reads_what_it_is_for_and_whom_to_call(client, db, address):
    answer = client.get(address, follow=True)
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "Copy both lines" in page
    for way in ("tel:972-600-1150", "mailto:compliance@primevox.net"):
        assert page.count(way) == 2  # in the page, and below it as everywhere


def test_after_the_press_there_is_a_way_on(client, rosas_request):
    presses(client, receipts_link())
    main = client.get(DONE).content.decode().split("<main")[1].split("</main>")[0]
    for way in ('href="/"', "tel:972-600-1150", "mailto:compliance@primevox.net"):
        assert way in main


def test_the_link_goes_with_the_contact_it_was_sent_to(client, rosas_request, time_machine):
    link = receipts_link()
    workflow.withdraw(rosas_request, by=workflow.REQUESTER)
    time_machine.move_to(timezone.now() + timedelta(days=61))
    end_lives()
    assert not StopLink.objects.exists()
    assert client.get(link, follow=True).status_code == 404


def test_pressing_twice_and_from_two_letters_does_no_harm(client, rosas_request, vera):
    identity.enter_contact(rosas_request.submission, "rosa@mail.example", date(2021, 3, 1), by=vera)
    link = receipts_link()
    presses(client, link, "Not me.")
    first = fresh(rosas_request).frozen_at
    presses(client, link, "Not me, I said.")
    assert fresh(rosas_request).frozen_at == first
    assert (Message.objects.count(), Letter.objects.filter(kind="stopped").count()) == (1, 1)


def test_a_note_is_for_staff_alone(client, rosas_request, mailoutbox, tess):
    presses(client, receipts_link(), "My <b>ex</b> has my password. 100% sure.")
    note = Message.objects.get()
    assert (note.direction, note.written_by) == (Direction.INTERNAL, None)
    come_back(client, rosas_request, mailoutbox)
    assert "ex</b>" not in client.get("/your-request/all/").content.decode()
    assert "ex&lt;/b&gt; has my password. 100% sure." in (
        signed_in(tess).get(f"{QUEUE}{rosas_request.pk}/change/").content.decode()
    )


def test_a_note_that_is_too_long_is_said_beside_the_field_and_nothing_is_lost(client, rosas_request):
    client.get(receipts_link())
    page = client.post(PAGE, {"note": "no " * 4000})
    assert page.status_code == 200
    assert "Write no more than" in page.content.decode()
    assert fresh(rosas_request).frozen_at is None


def test_staff_are_told_at_once_by_mail_without_a_name(client, rosas_request):
    presses(client, receipts_link(), "Not me.")
    told = Letter.objects.get(kind="stopped")
    assert told.address == "compliance@primevox.net"
    assert str(rosas_request) in told.text
    assert "Rosa" not in told.text + told.subject


def test_a_press_after_it_was_cleared_up_stops_it_again(client, rosas_request, tess, abe):
    presses(client, receipts_link())
    stopping.free(fresh(rosas_request), "She called, it was her.", by=abe)
    presses(client, receipts_link())
    assert fresh(rosas_request).frozen_at


# --- Which letters carry it --------------------------------------------------------------------------------------
MAILS = settings.BASE_DIR / "templates" / "emails"
WITH_LINK = {
    "receipt",
    "check_code",
    "identity_shown",
    "code_on_file",
    "contact_changed",
    "contact_asked",  # to the old address: somebody wants us to write elsewhere
    "code_of_old",  # the same
    "contact_replaced",  # the same
    "contact_is_here",  # to the new one
    "answer_ready",  # to a contact on file
    "appeal_decided",  # the same
    "files_go",  # the same
    "acted_for",
}


def kinds() -> list[str]:
    return sorted(path.name.removesuffix(".subject.txt") for path in MAILS.glob("*.subject.txt"))


@pytest.mark.parametrize("kind", kinds())
def test_letters_that_may_be_the_first_to_reach_a_contact_carry_the_link(kind):
    assert ("not_me" in (MAILS / f"{kind}.txt").read_text()) is (kind in WITH_LINK)


def test_each_letter_to_a_contact_on_file_has_a_link_of_its_own_that_works(client, answered, vera):
    ready = Letter.objects.get(kind="answer_ready")
    assert link_in(ready) != receipts_link()
    assert StopLink.objects.get(digest=links.find(LINK.search(ready.text).group(1)).digest).whose == Whose.ON_FILE
    presses(client, link_in(ready))
    assert fresh(answered).frozen_at


def test_an_answer_that_goes_to_the_typed_address_carries_none(tess):
    one = ask(Right.OPT_OUT)
    workflow.take(one, by=tess)
    workflow.answer(one, Draft(Ending.FULFILLED), by=tess)
    assert not LINK.search(Letter.objects.get(kind="answer_ready").text)


# --- Somebody acts for Rosa --------------------------------------------------------------------------------------
def test_rosa_says_no_to_gia_who_asks_in_her_name(client, db):
    acting = Acting("Rosa Marquez", Authority.SIGNED_PERMISSION, ROSAS_MAIL)
    one = ask(email="gia@agents.example", capacity=Capacity.AGENT, acting=acting)
    client.get(link_in(Letter.objects.get(kind="acted_for")))
    assert "says that they act for you" in client.get(PAGE).content.decode()
    client.post(PAGE)
    assert Representation.objects.get().objected_at
    assert fresh(one).frozen_at


def test_on_the_telephone_rosa_can_name_what_she_does_not_want(db, vera):
    acting = Acting("Rosa Marquez", Authority.SIGNED_PERMISSION, ROSAS_MAIL)
    of_it = submit(Right.ACCESS, Right.DELETE, email="gia@agents.example", capacity=Capacity.AGENT, acting=acting)
    identity.enter_contact(of_it, "rosa@on-file.example", date(2021, 3, 1), by=vera)
    told = Letter.objects.filter(kind="acted_for")
    assert {letter.address for letter in told} == {ROSAS_MAIL, "rosa@on-file.example"}
    for letter in told:
        for one in of_it.rights_requests.all():
            assert references.spoken(one.reference) in letter.text
        assert "972-600-1150 (option 1)" in letter.text


ON_FILE_SAYS = [
    (Capacity.AGENT, Authority.SIGNED_PERMISSION, "says that they act for you"),
    (Capacity.PARENT, Authority.GUARDIAN, "request for a child"),
    (Capacity.COMPANY, Authority.OFFICER, "request for a company"),
]


@pytest.mark.parametrize(("capacity", "authority", "said"), ON_FILE_SAYS)
def test_a_contact_on_file_reads_who_asks_for_whom_and_can_stop_it(client, vera, capacity, authority, said):
    one = ask(email="gia@agents.example", capacity=capacity, acting=Acting("Elm", authority))
    identity.enter_contact(one.submission, "office@on-file.example", date(2021, 3, 1), by=vera)
    letter = Letter.objects.get(kind="acted_for")
    assert said in letter.text
    client.get(link_in(letter))
    assert said in client.get(PAGE).content.decode()


def test_gia_is_not_asked_for_papers_while_everything_stands_still(client, mailoutbox):
    acting = Acting("Rosa Marquez", Authority.SIGNED_PERMISSION, ROSAS_MAIL)
    one = ask(email="gia@agents.example", capacity=Capacity.AGENT, acting=acting)
    come_back(client, one, mailoutbox)
    assert "/your-request/all/authority/" in client.get("/your-request/all/").content.decode()
    stopping.say_not_me(StopLink.objects.get(whose=Whose.SUBJECT))
    page = client.get("/your-request/all/").content.decode()
    assert "/your-request/all/authority/" not in page
    assert "We paused this to clear something up." in page
    assert "told us to stop" not in page


def test_gia_herself_is_asked_whether_her_address_was_used(client, db):
    acting = Acting("Rosa Marquez", Authority.SIGNED_PERMISSION)
    ask(email="gia@agents.example", capacity=Capacity.AGENT, acting=acting)
    client.get(receipts_link())
    assert "with your address or in your name" in client.get(PAGE).content.decode()


# --- At the edge -------------------------------------------------------------------------------------------------
def test_unknown_references_say_nothing_of_a_freeze(client, rosas_request):
    stopping.say_not_me(StopLink.objects.first())
    pages = [
        client.post("/your-request/", {"reference": each}).url for each in (rosas_request.reference, new_reference())
    ]
    assert pages[0] == pages[1]


def test_gone_content_does_not_keep_a_press_from_stopping_what_is_left(client, rosas_request):
    link = receipts_link()
    workflow.withdraw(rosas_request, by=workflow.REQUESTER)
    content = Submission.objects.get().content_key
    DataKey.objects.filter(pk=content.pk).update(wrapped=None, destroyed_at=timezone.now())
    assert presses(client, link, "Not me.").url == DONE
    assert fresh(rosas_request).frozen_at
