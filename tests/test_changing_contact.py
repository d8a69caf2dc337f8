"""Changing how we reach somebody: a code to the old address and one to the new, or a word with a verifier; and what a
thief gets who reads one of them, or sits down at an open page: nothing."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import time_format

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox import sending
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed import forgetting
from requests import changing_contact, continuation, found_by, identity, sign_in, stopping, workflow
from requests.answers import Draft
from requests.models import ContactChange, StopLink, Submission
from requests.terms import Ending, Right
from requests.workflow import NotAllowed
from tests.cast import FACTS, ROSAS_MAIL, STATEMENT, ask, fresh, prove, signed_in
from tests.test_coming_back import CODE, code_from, come_back
from tests.test_not_me import link_in, presses
from tests.test_pages import looked_at
from tests.test_staff_desk import QUEUE, do
from verification import checks, codes
from verification.codes import Outcome
from verification.levels import AssuranceLevel
from verification.models import CheckState, CodePurpose

pytestmark = pytest.mark.django_db
HUB, CONTACT, BOTH = (f"/your-request/all/{page}" for page in ("", "contact/", "contact/codes/"))
NEW = "rosa@new.example"
STANS = "stan@elsewhere.example"
OLD_CODE, NEW_CODE = CodePurpose.OLD_CONTACT, CodePurpose.NEW_CONTACT


@pytest.fixture
def rosa(client, rosas_request, mailoutbox) -> Client:
    """Rosa on the page of her request."""
    come_back(client, rosas_request, mailoutbox)
    return client


def codes_from(mails, new: str = NEW) -> dict[str, str]:
    return {"old_code": code_from(mails, ROSAS_MAIL), "new_code": code_from(mails, new)}


def other_than(code: str) -> str:
    return "000000" if code != "000000" else "000001"


def email_of(one) -> str:
    return fresh(one).submission.email


def happened(one) -> list[str]:
    return [event.kind for event in Event.objects.about(one.submission_id)]


# --- Both codes --------------------------------------------------------------------------------------------------
def test_with_both_codes_rosa_is_reached_at_the_new_address(rosa, rosas_request, mailoutbox):
    assert rosa.post(CONTACT, {"email": NEW}).url == BOTH
    assert rosa.post(BOTH, codes_from(mailoutbox)).url == HUB
    changed = fresh(rosas_request).submission
    assert (changed.email, bool(changed.contact_confirmed_at)) == (NEW, True)
    assert changed.email_index == Submission.objects.get(email_index=changed.email_index).email_index
    assert "contact_changed" in happened(rosas_request)


def test_staff_find_the_case_by_the_old_contact_and_the_new_until_contacts_are_deleted(
    rosa, rosas_request, mailoutbox, tess
):
    Submission.objects.update(phone_index=found_by.phone("972-555-0143"))
    rosa.post(CONTACT, {"email": NEW, "phone": "512-555-0199"})
    rosa.post(BOTH, codes_from(mailoutbox))
    assert fresh(rosas_request).submission.phone_index == found_by.phone("512-555-0199")
    desk, case = signed_in(tess), f"{QUEUE}{rosas_request.pk}/change/"
    ways = (ROSAS_MAIL, "(972) 555-0143", NEW, "512 555 0199")
    assert [desk.post(f"{QUEUE}search/", {"q": typed})["Location"] for typed in ways] == [case] * 4
    forgetting.destroy(rosas_request.submission.contact_key)
    assert not any(desk.post(f"{QUEUE}search/", {"q": typed})["Location"] == case for typed in ways)


def test_a_wish_that_came_to_nothing_finds_no_case(rosa, rosas_request, mailoutbox, tess):
    rosa.post(CONTACT, {"email": NEW})
    rosa.post(f"{CONTACT}cancel/")
    assert "email." in signed_in(tess).post(f"{QUEUE}search/", {"q": NEW})["Location"]


def test_codes_may_be_pasted_with_spaces(rosa, rosas_request, mailoutbox):
    rosa.post(CONTACT, {"email": NEW})
    pasted = {name: f" {code[:3]} {code[3:]} " for name, code in codes_from(mailoutbox).items()}
    rosa.post(BOTH, pasted)
    assert email_of(rosas_request) == NEW


@pytest.mark.parametrize("wrong", ["old_code", "new_code"])
def test_one_wrong_code_changes_nothing_says_which_and_leaves_the_other_to_be_used(
    rosa, rosas_request, mailoutbox, wrong
):
    rosa.post(CONTACT, {"email": NEW})
    both = codes_from(mailoutbox)
    page = looked_at(rosa.post(BOTH, both | {wrong: other_than(both[wrong])}))
    assert page.html.count("You can try 4 more times.") == 2  # in the summary and at the field
    assert email_of(rosas_request) == ROSAS_MAIL
    rosa.post(BOTH, both)
    assert email_of(rosas_request) == NEW


def test_after_five_wrong_tries_neither_code_works(rosa, rosas_request, mailoutbox):
    rosa.post(CONTACT, {"email": NEW})
    both = codes_from(mailoutbox)
    for _ in range(5):
        rosa.post(BOTH, both | {"old_code": other_than(both["old_code"])})
    assert "That was the last try" in rosa.post(BOTH, both).content.decode()
    assert email_of(rosas_request) == ROSAS_MAIL


def test_a_right_code_beside_a_wrong_one_costs_no_try(rosas_request):
    subject = rosas_request.submission_id
    _code, old = codes.issue(subject, OLD_CODE, to_contact_on_file=False)
    made, new = codes.issue(subject, NEW_CODE, to_contact_on_file=False)
    tried = codes.attempt_together(subject, {OLD_CODE: other_than(old), NEW_CODE: new})
    made.refresh_from_db()
    assert tried == {OLD_CODE: Outcome.WRONG, NEW_CODE: Outcome.MATCHED}
    assert (made.tries, made.used_at) == (0, None)


def test_codes_go_out_three_times_an_hour_and_the_page_says_the_same_after(rosa, mailoutbox):
    rosa.post(CONTACT, {"email": NEW})
    for _ in range(4):
        sending.send_owed()
        assert "If we can" in rosa.post(f"{BOTH}again/", follow=True).content.decode()
    sending.send_owed()
    assert len([mail for mail in mailoutbox if mail.to == [NEW]]) == 3


def test_a_code_for_one_purpose_serves_no_other(rosa, rosas_request, mailoutbox):
    rosa.post(CONTACT, {"email": NEW})
    old = code_from(mailoutbox, ROSAS_MAIL)
    assert codes.attempt(rosas_request.submission_id, CodePurpose.SIGN_IN, old)[1] is None
    assert codes.attempt(rosas_request.submission_id, NEW_CODE, old)[1] is None


def test_the_page_says_until_when_both_codes_are_good(rosa):
    rosa.post(CONTACT, {"email": NEW})
    made = ContactChange.objects.get().asked_at + codes.LIFETIME
    assert time_format(timezone.localtime(made), "TIME_FORMAT") in rosa.get(BOTH).content.decode()


def test_rosa_can_leave_it_as_it_was(rosa, rosas_request, mailoutbox):
    rosa.post(CONTACT, {"email": NEW})
    both = codes_from(mailoutbox)
    assert "Nothing has changed" in rosa.post(f"{CONTACT}cancel/", follow=True).content.decode()
    assert rosa.post(BOTH, both).url == HUB
    assert email_of(rosas_request) == ROSAS_MAIL


def test_nobody_has_us_write_to_one_stranger_after_the_other(rosa):
    for number in range(changing_contact.CHANGES_A_DAY):
        rosa.post(CONTACT, {"email": f"stranger{number}@mail.example"})
    page = rosa.post(CONTACT, {"email": "one-more@mail.example"}).content.decode()
    assert "several times today" in page
    assert "one-more@mail.example" in page  # what was typed is kept


# --- What it means -----------------------------------------------------------------------------------------------
def changes(client, mails, new: str = NEW) -> None:
    client.post(CONTACT, {"email": new})
    assert client.post(BOTH, codes_from(mails, new)).url == HUB


def test_the_old_address_is_told_and_can_stop_everything(rosa, rosas_request, mailoutbox):
    changes(rosa, mailoutbox)
    sending.send_owed()
    told = [mail for mail in mailoutbox if mail.to == [ROSAS_MAIL]][-1]
    assert "From now on we write to another address" in told.body
    presses(Client(), link_in(Letter.objects.get(kind="contact_replaced")))
    assert fresh(rosas_request).frozen_at


def test_what_was_shown_is_asked_for_once_more(client, rosas_request, vera, mailoutbox):
    one = prove(rosas_request, vera)
    come_back(client, one, mailoutbox)
    changes(client, mailoutbox)
    check = identity.check_of(fresh(one))
    assert (check.state, check.reached, check.round) == (CheckState.OPEN, AssuranceLevel.T0, 2)
    assert not identity.is_shown(fresh(one))
    assert "once more" in client.get(HUB).content.decode()


def test_what_was_given_and_not_looked_at_counts_no_more(client, rosas_request, vera, mailoutbox):
    identity.show(rosas_request.submission, FACTS, STATEMENT)
    come_back(client, rosas_request, mailoutbox)
    changes(client, mailoutbox)
    check = identity.check_of(fresh(rosas_request))
    assert check.state == CheckState.OPEN
    assert checks.given(check) == []


def test_an_answer_in_review_goes_back(client, rosas_request, vera, abe, bea, mailoutbox):
    one = prove(rosas_request, vera)
    workflow.take(one, by=abe)
    workflow.answer(one, Draft(Ending.FULFILLED, text="Name: Rosa Marquez"), by=abe)
    come_back(client, one, mailoutbox)
    changes(client, mailoutbox)
    with pytest.raises(NotAllowed):
        workflow.release(fresh(one), by=bea)
    with pytest.raises(NotAllowed, match="Identity is not shown"):
        workflow.answer(fresh(one), Draft(Ending.FULFILLED, text="Name: Rosa Marquez"), by=abe)


def test_an_answer_of_before_stays_with_the_contact_on_file(client, answered, mailoutbox):
    come_back(client, answered, mailoutbox)
    changes(client, mailoutbox)
    client.post(f"/your-request/{answered.reference}/answer/open/")
    sending.send_owed()
    assert mailoutbox[-1].to == [ROSAS_MAIL]  # which is the contact on file here, and now no longer the typed one
    assert CODE.search(mailoutbox[-1].body)
    assert "Name: Rosa" not in client.get(f"/your-request/{answered.reference}/answer/", follow=True).content.decode()


def test_a_code_on_its_way_to_the_old_address_opens_nothing_any_more(rosa, rosas_request, mailoutbox):
    late = Client()
    late.post("/your-request/", {"reference": rosas_request.reference})
    sign_in.answer_waiting()
    code = code_from(mailoutbox, ROSAS_MAIL)
    changes(rosa, mailoutbox)
    assert late.post("/your-request/code/", {"code": code}).status_code == 200


def test_every_other_session_ends_and_this_one_goes_on(rosa, rosas_request, mailoutbox):
    elsewhere = Client()
    come_back(elsewhere, rosas_request, mailoutbox)
    changes(rosa, mailoutbox)
    assert rosa.get(HUB).status_code == 200
    assert elsewhere.get(HUB).url == "/your-request/"


def test_no_proof_is_gained_by_it(rosa, mailoutbox):
    before = rosa.session["proofs"]
    changes(rosa, mailoutbox)
    assert set(rosa.session["proofs"]) < set(before)


def test_nobody_is_shown_what_the_address_was(rosa, mailoutbox):
    pages = [rosa.get(CONTACT), rosa.post(CONTACT, {"email": NEW}, follow=True)]
    pages += [rosa.post(BOTH, {"old_code": "123456", "new_code": "123456"}), rosa.get(HUB)]
    pages += [rosa.post(f"{CONTACT}lost/", follow=True), rosa.get(CONTACT)]
    for page in pages:
        said = looked_at(page).html
        assert "rosa@mail" not in said
        assert "r***" not in said
    for mail in (mail for mail in mailoutbox if mail.to == [NEW]):
        assert ROSAS_MAIL not in mail.body


# --- Without the old address -------------------------------------------------------------------------------------
def leaves_it_to_staff(client, new: str = NEW) -> None:
    client.post(CONTACT, {"email": new})
    client.post(f"{CONTACT}lost/")


def test_without_the_old_address_a_verifier_decides_and_rosa_sees_that_she_waits(rosa, rosas_request, vera):
    leaves_it_to_staff(rosa)
    assert "Our team makes sure that it is you" in rosa.get(HUB).content.decode()
    case = do(signed_in(vera), rosas_request, "show_contact", why="call").content.decode()
    assert "Decide on the new contact" in case
    assert NEW in case
    do(signed_in(vera), rosas_request, "decide_contact_change", decision="accept", reason="Called her back.")
    changed = fresh(rosas_request).submission
    assert (changed.email, changed.contact_confirmed_at) == (NEW, None)
    assert rosas_request.messages.get().text == "Called her back."
    assert ContactChange.objects.get().decided_by == vera


def test_the_old_address_is_told_that_somebody_asks(rosa, rosas_request, mailoutbox):
    leaves_it_to_staff(rosa, STANS)
    sending.send_owed()
    told = [mail for mail in mailoutbox if mail.to == [ROSAS_MAIL]][-1]
    assert "our team looks at it" in told.body
    presses(Client(), link_in(Letter.objects.get(kind="contact_asked")))
    assert ContactChange.objects.get().outcome == "stopped"


def test_a_verifier_who_cannot_be_sure_leaves_it_as_it_was_and_both_are_told(rosa, rosas_request, vera, mailoutbox):
    leaves_it_to_staff(rosa, STANS)
    changing_contact.decide(fresh(rosas_request), False, "The number of record knew nothing.", by=vera)
    sending.send_owed()
    assert email_of(rosas_request) == ROSAS_MAIL
    assert mailoutbox[-1].to == [ROSAS_MAIL]
    assert "We could not be sure that the new contact is yours" in rosa.get(HUB).content.decode()
    assert [mail.subject for mail in mailoutbox if mail.to == [STANS]] == ["Your code"]


def test_a_decision_needs_a_reason_and_a_verifier(rosa, rosas_request, vera, tess):
    leaves_it_to_staff(rosa)
    for by, reason in ((vera, " "), (tess, "I know her.")):
        with pytest.raises(NotAllowed):
            changing_contact.decide(fresh(rosas_request), True, reason, by=by)
    assert email_of(rosas_request) == ROSAS_MAIL


def test_what_two_codes_decide_no_verifier_does(rosa, rosas_request, vera):
    rosa.post(CONTACT, {"email": NEW})
    with pytest.raises(NotAllowed):
        changing_contact.decide(fresh(rosas_request), True, "I know her.", by=vera)


def test_a_telephone_number_in_place_of_mail_is_for_a_verifier(rosa, rosas_request, vera):
    rosa.post(CONTACT, {"phone": "512-555-0199"})
    assert ContactChange.objects.get().by_staff
    changing_contact.decide(fresh(rosas_request), True, "Called back.", by=vera)
    changed = fresh(rosas_request).submission
    assert (changed.email, changed.phone, changed.email_index) == (None, "512-555-0199", "")


def test_the_queue_and_the_mailbox_say_that_a_new_contact_waits(rosa, vera, mailoutbox):
    leaves_it_to_staff(rosa)
    sending.send_owed()
    assert "new contact" in mailoutbox[-1].subject
    queue = signed_in(vera).get("/admin/requests/rightsrequest/?flag=contact").content.decode()
    assert "new contact to decide" in queue


# --- Without mail ------------------------------------------------------------------------------------------------
def test_who_has_no_mail_shows_the_code_on_paper_in_place_of_the_old_address(client, mailoutbox):
    one = ask(Right.OPT_OUT, name="", email="", phone="972-555-0143")
    on_paper = continuation.replace(one.submission, by=workflow.REQUESTER)
    client.post("/your-request/paper/", {"reference": one.reference, "code": on_paper})
    client.post(CONTACT, {"email": NEW})
    new = code_from(mailoutbox, NEW)
    wrong = "-".join([on_paper[5:9]] * 4)
    assert "does not fit" in client.post(BOTH, {"old_code": wrong, "new_code": new}).content.decode()
    assert email_of(one) is None
    client.post(BOTH, {"old_code": on_paper, "new_code": new})
    assert (email_of(one), fresh(one).submission.phone) == (NEW, "972-555-0143")


# --- Thieves -----------------------------------------------------------------------------------------------------
def test_a_thief_at_an_open_page_who_reads_only_the_new_mailbox_gets_nothing(rosa, rosas_request, mailoutbox):
    """Stan sits down at Rosa's computer and has everything sent to himself."""
    rosa.post(CONTACT, {"email": STANS})
    new = code_from(mailoutbox, STANS)
    for guess in range(5):
        rosa.post(BOTH, {"old_code": f"{guess:06d}", "new_code": new})
    rosa.post(f"{CONTACT}lost/")
    assert email_of(rosas_request) == ROSAS_MAIL
    outside = Client()
    outside.post("/your-request/", {"reference": rosas_request.reference})
    sign_in.answer_waiting()
    sending.send_owed()
    to_stan = [mail for mail in mailoutbox if mail.to == [STANS]]
    assert len(to_stan) == 1
    assert rosas_request.reference not in to_stan[0].body.replace("-", "")


def test_a_thief_who_reads_the_old_mailbox_too_is_asked_who_he_is(client, rosas_request, vera, abe, mailoutbox):
    """Stan took over the mailbox that Rosa gave. What she had shown is hers, and does not go with it."""
    one = ask(Right.ACCESS)
    identity.show(one.submission, FACTS, STATEMENT)
    identity.enter_contact(one.submission, "rosa@known-since-2021.example", date(2021, 3, 1), by=vera)
    checks.decide(identity.check_of(one), "matched_facts", FACTS, by=vera)
    come_back(client, one, mailoutbox)
    changes(client, mailoutbox, STANS)
    workflow.take(fresh(one), by=abe)
    with pytest.raises(NotAllowed, match="Identity is not shown"):
        workflow.answer(fresh(one), Draft(Ending.FULFILLED, text="Name: Rosa Marquez"), by=abe)


def test_a_freeze_ends_what_waits_and_nothing_changes_until_it_is_cleared_up(rosa, rosas_request, vera, mailoutbox):
    rosa.post(CONTACT, {"email": STANS})
    both = codes_from(mailoutbox, STANS)
    stopping.say_not_me(StopLink.objects.first())
    for address in (CONTACT, BOTH, f"{BOTH}again/", f"{CONTACT}lost/"):
        rosa.post(address, both | {"email": STANS})
    with pytest.raises(NotAllowed):
        changing_contact.decide(fresh(rosas_request), True, "I know him.", by=vera)
    assert email_of(rosas_request) == ROSAS_MAIL
    assert set(ContactChange.objects.values_list("outcome", flat=True)) == {"stopped"}


def test_when_it_is_free_again_the_thiefs_wish_does_not_live_on(rosa, rosas_request, abe, mailoutbox):
    rosa.post(CONTACT, {"email": STANS})
    both = codes_from(mailoutbox, STANS)
    stopping.say_not_me(StopLink.objects.first())
    stopping.free(fresh(rosas_request), "It was Stan at her desk.", by=abe)
    rosa.post(BOTH, both)
    assert email_of(rosas_request) == ROSAS_MAIL


def test_once_contacts_are_deleted_there_is_nothing_to_change(rosas_request):
    submission = rosas_request.submission
    submission.contact_key.destroyed_at = timezone.now() - timedelta(days=1)
    submission.contact_key.wrapped = None
    submission.contact_key.save()
    with pytest.raises(NotAllowed):
        changing_contact.ask(submission, {"email": NEW})


# --- This was not me ---------------------------------------------------------------------------------------------
def test_on_her_page_one_button_stops_everything_and_says_what_we_do(rosa, rosas_request, mailoutbox):
    assert "This was not me" in rosa.get(HUB).content.decode()
    looked_at(rosa.get("/your-request/all/not-me/"))
    assert not fresh(rosas_request).frozen_at
    answer = rosa.post("/your-request/all/not-me/", {"note": "My flatmate did this."}, follow=True)
    assert answer.redirect_chain == [("/your-request/all/not-me/", 302)], "or loading it again sends it again"
    assert "We stopped everything" in looked_at(answer).html
    assert "We stopped everything" in rosa.get("/your-request/all/not-me/").content.decode()
    assert fresh(rosas_request).frozen_at
    assert "My flatmate did this." in rosas_request.messages.get().text
    sending.send_owed()
    assert "says it was not them" in mailoutbox[-1].subject
    rosa.post("/your-request/leave/")
    come_back(rosa, rosas_request, mailoutbox)
    assert "This was stopped" in rosa.get("/your-request/all/not-me/").content.decode()
