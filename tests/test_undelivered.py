"""A letter that the mail server refuses: its reader knows nothing of it, so staff know at once and reach them."""

import smtplib
from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from time_machine import travel

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox import sending
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed import forgetting
from primevox_privacy.staff.models import User
from requests import tasks, undelivered, workflow
from requests.models import RightsRequest
from requests.models.submission import Direction
from requests.references import spoken
from requests.terms import Right
from tests.cast import ROSAS_MAIL, ask, fresh, signed_in, submit
from tests.test_staff_desk import QUEUE, do

pytestmark = pytest.mark.django_db
NO_SUCH_MAILBOX = smtplib.SMTPRecipientsRefused({ROSAS_MAIL: (550, b"no such mailbox: rosa@mail.example")})
MAILBOX_FULL = smtplib.SMTPRecipientsRefused({ROSAS_MAIL: (452, b"full")})
NOT_DELIVERED, BY_TELEPHONE = "could not be delivered", "By telephone, 24 November, 10:00."


@pytest.fixture
def refuses(monkeypatch):
    """The mail server refuses what goes to Rosa with `refuses(error)`; all else leaves."""
    really = EmailMultiAlternatives.send

    def begin(error: Exception = NO_SUCH_MAILBOX) -> None:
        def send(message):
            if message.to == [ROSAS_MAIL]:
                raise error
            really(message)

        monkeypatch.setattr(EmailMultiAlternatives, "send", send)

    return begin


@pytest.fixture
def refused(rosas_request, refuses) -> RightsRequest:
    """Rosa's receipt was refused."""
    refuses()
    sending.send_owed()
    return rosas_request


def case(user: User, one: RightsRequest) -> str:
    return signed_in(user).get(f"{QUEUE}{one.pk}/change/").content.decode()


def sweep() -> None:
    tasks.owe_reminders()
    sending.send_owed()


# --- Seen --------------------------------------------------------------------------------------------------------
def test_the_page_of_the_case_says_which_letter_did_not_arrive_and_what_to_do(tess, refused):
    page = do(signed_in(tess), refused, "show_contact", why="call").content.decode()
    assert f"to {ROSAS_MAIL} (typed into the form): the mail server refused it on" in page
    assert "Call them, or write by post" in page
    assert "A letter could not be delivered" in page, "what happened"


def test_a_letter_that_left_is_no_matter(tess, rosas_request):
    sending.send_owed()
    assert NOT_DELIVERED not in case(tess, rosas_request)


def test_the_queue_shows_it_and_has_a_view_of_such_requests(tess, refused):
    submit(Right.KNOW, email="stan@mail.example")
    sending.send_owed()
    client = signed_in(tess)
    assert client.get(QUEUE).content.decode().count("letter not delivered") == 1
    page = client.get(f"{QUEUE}?flag=undelivered").content.decode()
    assert spoken(refused.reference) in page
    assert page.count("field-reference_said") == 1


def test_the_view_shows_it_on_a_closed_request_too(abe, refused):
    workflow.withdraw(refused, by=workflow.REQUESTER)
    page = signed_in(abe).get(f"{QUEUE}{undelivered.VIEW}").content.decode()
    assert spoken(refused.reference) in page
    assert "Closed, but a letter did not arrive." in case(abe, refused)


def test_the_record_names_the_letter_and_not_the_address(refused):
    event = Event.objects.get(kind="letter_refused")
    assert (event.about, event.detail) == (refused.submission_id, {"letter": str(Letter.objects.get().pk)})
    assert Letter.objects.get().fault == "SMTPRecipientsRefused 550"


def test_a_mailbox_that_says_not_now_for_five_days_counts_as_refusing(rosas_request, refuses):
    refuses(MAILBOX_FULL)
    began = timezone.now()
    for days, waits in ((0, False), (2, False), (4.9, False), (5.1, True)):
        with travel(began + timedelta(days=days), tick=False):
            sending.send_owed()
            assert undelivered.of(rosas_request.submission_id).exists() == waits


def test_a_server_that_refuses_us_as_sender_refuses_no_letter_however_long(rosas_request, refuses):
    refuses(smtplib.SMTPSenderRefused(550, b"who are you", "us"))
    with travel(timezone.now() + timedelta(days=30), tick=False):
        sending.send_owed()
    assert not undelivered.of(rosas_request.submission_id).exists()
    assert Letter.objects.filter(sent_at=None, given_up_at=None).exists(), "it tries on"


def test_a_code_that_was_refused_waits_for_staff_too(rosas_request, refuses):
    from requests import sign_in

    sending.send_owed()
    refuses()
    sign_in.ask_for_code(rosas_request.reference)
    sign_in.answer_waiting()
    sending.send_owed()
    assert [letter.kind for letter in undelivered.of(rosas_request.submission_id)] == ["code"]


def test_a_code_lost_to_a_broken_line_waits_for_nobody(rosas_request, refuses):
    from requests import sign_in

    sending.send_owed()
    refuses(ConnectionResetError())
    sign_in.ask_for_code(rosas_request.reference)
    sign_in.answer_waiting()
    sending.send_owed()
    assert Letter.objects.get(kind="code").given_up_at
    assert not undelivered.of(rosas_request.submission_id).exists()


# --- Told once -----------------------------------------------------------------------------------------------------
def told() -> list[tuple[list[str], str]]:
    return [(one.to, str(one.body)) for one in mail.outbox if NOT_DELIVERED in one.subject]


def test_the_mailbox_is_told_once(settings, refused):
    for _ in range(3):
        sweep()
    [(to, body)] = told()
    assert to == [settings.COMPLIANCE_EMAIL]
    assert spoken(refused.reference) in body
    assert undelivered.VIEW in body
    assert ROSAS_MAIL not in body


def test_who_handles_it_is_told_instead_of_the_mailbox(tess, refused):
    workflow.take(refused, by=tess)
    sweep()
    assert [to for to, _body in told()] == [[tess.email]]


def test_a_handler_who_left_is_not_told_but_the_mailbox(settings, tess, refused):
    workflow.take(refused, by=tess)
    User.objects.filter(pk=tess.pk).update(is_active=False)
    sweep()
    assert [to for to, _body in told()] == [[settings.COMPLIANCE_EMAIL]]


def test_requests_sent_together_are_one_mail_however_many_letters_come_back(refuses):
    refuses()
    one = submit(Right.ACCESS, Right.KNOW).rights_requests.first()
    sending.send_owed()
    sweep()
    with travel(timezone.now() + timedelta(days=8), tick=False):
        sweep()  # their first reminder comes back, too
    assert undelivered.of(one.submission_id).count() > 1
    assert len(told()) == 1


def test_when_our_own_mail_about_it_is_refused_too_no_mail_follows_about_that(settings, refused, monkeypatch):
    monkeypatch.setattr(EmailMultiAlternatives, "send", Mock(side_effect=NO_SUCH_MAILBOX))
    for _ in range(3):
        sweep()
    assert Letter.objects.filter(kind="undelivered").count() == 1


# --- Reached otherwise -----------------------------------------------------------------------------------------------
def test_tess_reaches_rosa_otherwise_and_says_how(tess, refused):
    do(signed_in(tess), refused, "settle_letters", how=BY_TELEPHONE)
    assert NOT_DELIVERED not in case(tess, refused).replace("A letter could not be delivered", "", 1), "but in the past"
    note = refused.submission.messages.get()
    assert (note.direction, note.text, note.written_by) == (Direction.INTERNAL, BY_TELEPHONE, tess)
    assert Event.objects.get(kind="letters_settled").actor == tess.as_actor


def test_how_they_were_reached_has_to_be_said(tess, refused):
    page = do(signed_in(tess), refused, "settle_letters", how=" ").content.decode()
    assert "Write how and when you reached them." in page
    assert undelivered.of(refused.submission_id).exists()


def test_the_step_is_offered_only_while_a_letter_waits(tess, otto, rosas_request, refuses):
    assert "/do/settle_letters/" not in case(tess, rosas_request)
    refuses()
    sending.send_owed()
    assert "/do/settle_letters/" in case(tess, rosas_request)
    assert "/do/" not in case(otto, rosas_request)


def test_who_comes_second_is_told_so(tess, vera, refused):
    undelivered.settle(refused, BY_TELEPHONE, by=vera)
    with pytest.raises(workflow.NotAllowed, match="Somebody else"):
        undelivered.settle(fresh(refused), BY_TELEPHONE, by=tess)


def test_an_auditor_settles_nothing(otto, refused):
    with pytest.raises(workflow.NotAllowed, match="Your role"):
        undelivered.settle(refused, BY_TELEPHONE, by=otto)


def test_the_next_letter_that_is_refused_is_told_anew(tess, refused):
    sweep()
    undelivered.settle(refused, BY_TELEPHONE, by=tess)
    workflow.take(fresh(refused), by=tess)
    workflow.tell(fresh(refused), "We found something.", by=tess)
    sending.send_owed()
    sweep()
    assert len(told()) == 2


def test_letters_settled_for_one_person_wait_on_for_another(tess, refused):
    other = ask(Right.KNOW)
    sending.send_owed()
    undelivered.settle(refused, BY_TELEPHONE, by=tess)
    assert undelivered.of(other.submission_id).exists()


def test_when_the_contact_is_forgotten_nobody_can_be_reached_and_nothing_waits(refused):
    assert undelivered.of(refused.submission_id).exists()
    forgetting.destroy(refused.submission.contact_key)
    assert not undelivered.of(refused.submission_id).exists()
