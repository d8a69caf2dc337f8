"""Somebody ticked one right and wrote of another: staff say so before work begins, and the requester reads it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from requests import details, stopping, which_right, workflow
from requests.inventory import checklist
from requests.inventory.models import Checklist, Task
from requests.models import RightsRequest
from requests.models.submission import Direction
from requests.terms import DateKind, Right
from requests.workflow import NotAllowed
from tests.cast import ROSAS_MAIL, ask, fresh, prove, signed_in, submit
from tests.test_coming_back import come_back
from tests.test_searching import cyd, system, two_systems  # noqa: F401  (fixtures)
from tests.test_staff_desk import QUEUE, do
from verification.levels import AssuranceLevel
from verification.models import CheckState

pytestmark = pytest.mark.django_db
WHY = "You ticked “correct”, and wrote that all of it should go. So we treat it as a request to delete."


def change(one: RightsRequest, right: Right, by, **more) -> RightsRequest:
    which_right.change(one, right, WHY, by=by, **more)
    return fresh(one)


@pytest.fixture
def wrongly_ticked(db) -> RightsRequest:
    said = {Right.CORRECT: {"items": [{"wrong": "All of it.", "right": "Delete it all."}]}}
    return ask(Right.CORRECT, residence="US-CA", received_at=timezone.now() - timedelta(days=5), details=said)


def test_it_has_the_dates_and_the_level_of_its_right_from_receipt_on(wrongly_ticked, tess):
    one = change(wrongly_ticked, Right.DELETE, tess)
    assert (one.right, one.asked_as, one.needs) == (Right.DELETE, Right.CORRECT, AssuranceLevel.T3)
    assert one.due_dates.get(kind=DateKind.STATUTORY).due_on == one.received_on + timedelta(days=45)
    assert one.submission.check_made.asked is AssuranceLevel.T3


def test_the_requester_reads_why_and_is_told_by_mail_without_a_word_of_it(wrongly_ticked, tess):
    one = change(wrongly_ticked, Right.DELETE, tess)
    message = one.messages.get()
    assert (message.direction, message.text) == (Direction.TO_REQUESTER, WHY)
    letter = Letter.objects.get(kind="message")
    assert letter.address == ROSAS_MAIL
    assert letter.text
    assert WHY not in letter.text


def test_who_has_no_mail_is_not_kept_from_it(tess):
    one = ask(Right.CORRECT, email="", phone="+15125550123")
    assert change(one, Right.DELETE, tess).right == Right.DELETE


def test_what_they_answered_stands_as_they_gave_it(wrongly_ticked, tess):
    before = [(line.question, line.answers) for line in details.told_of(wrongly_ticked)]
    one = change(wrongly_ticked, Right.DELETE, tess)
    assert [(line.question, line.answers) for line in details.told_of(one)] == before
    assert "Delete it all." in str(before)


def test_the_first_right_is_remembered_however_often_it_changes(wrongly_ticked, tess, abe):
    one = change(change(wrongly_ticked, Right.DELETE, tess), Right.RESTRICT, abe)
    assert (one.right, one.asked_as) == (Right.RESTRICT, Right.CORRECT)
    kinds = Event.objects.filter(about=one.pk, kind="right_changed").values_list("detail__right", flat=True)
    assert list(kinds) == ["delete", "restrict"]


def test_what_was_shown_for_less_is_asked_for_once_more(tess, vera):
    one = prove(ask(Right.KNOW), vera, statement=None)
    assert one.submission.check_made.state == CheckState.PASSED
    one = change(one, Right.ACCESS, tess)
    assert one.submission.check_made.state == CheckState.OPEN


@pytest.fixture
def searched(two_systems, tess, vera) -> RightsRequest:  # noqa: F811
    one = prove(ask(Right.KNOW), vera, statement=None)
    workflow.take(one, by=tess)
    assert Checklist.objects.filter(rights_request=one).exists()
    return fresh(one)


def test_owners_search_no_more_before_as_much_is_shown_as_the_other_right_needs(searched, tess):
    one = change(searched, Right.ACCESS, tess)
    assert not Checklist.objects.filter(rights_request=one).exists()


def test_where_enough_is_shown_owners_search_anew_for_the_other_right(searched, tess):
    before = Checklist.objects.get(rights_request=searched).pk
    one = change(searched, Right.RESTRICT, tess)
    assert Checklist.objects.get(rights_request=one).pk != before


def test_once_an_owner_looked_it_stays(searched, tess, cora):
    checklist.look(searched, Task.objects.get(owner=cora), by=cora)
    with pytest.raises(NotAllowed, match="Somebody works on it already"):
        change(searched, Right.ACCESS, tess)


WHY_NOT = {
    "the same": (Right.CORRECT, "Choose another right"),
    "not sure": (Right.UNSURE, "Choose another right"),
    "asked together": (Right.DELETE, "They asked for that together with this one, as"),
}


@pytest.mark.parametrize("case", WHY_NOT)
def test_what_it_cannot_be_changed_to(case, tess):
    right, why = WHY_NOT[case]
    one = submit(Right.CORRECT, Right.DELETE).rights_requests.get(right=Right.CORRECT)
    with pytest.raises(NotAllowed, match=why):
        change(fresh(one), right, tess)


def asked(one, by):
    workflow.take(one, by=by)
    workflow.ask(fresh(one), "Which line?", by=by)


BEGUN = {
    "a question was asked": asked,
    "it is frozen": lambda one, by: stopping.freeze(one, "They called.", by=by),
    "it ended": lambda one, by: workflow.withdraw(one, by=workflow.REQUESTER),
}


@pytest.mark.parametrize("how", BEGUN)
def test_once_work_began_it_stays_what_it_is(how, wrongly_ticked, tess):
    BEGUN[how](wrongly_ticked, tess)
    with pytest.raises(NotAllowed):
        change(fresh(wrongly_ticked), Right.DELETE, tess)
    assert fresh(wrongly_ticked).right == Right.CORRECT


def test_reading_taking_and_passing_it_on_is_no_work(wrongly_ticked, tess):
    workflow.take(wrongly_ticked, by=tess)
    workflow.note(wrongly_ticked, "She means all of it.", by=tess)
    assert change(fresh(wrongly_ticked), Right.DELETE, tess).right == Right.DELETE


# --- Direct marketing ------------------------------------------------------------------------------------------------
def test_an_objection_may_be_about_direct_marketing_alone_and_then_needs_no_proof(wrongly_ticked, tess):
    one = change(wrongly_ticked, Right.OBJECT, tess, about_marketing=True)
    assert (one.about_marketing, one.needs) == (True, AssuranceLevel.T0)


def test_no_other_right_is_about_direct_marketing_alone(wrongly_ticked, tess):
    unsure = ask(Right.UNSURE)
    with pytest.raises(NotAllowed, match="Only an objection can be about direct marketing"):
        change(wrongly_ticked, Right.DELETE, tess, about_marketing=True)
    with pytest.raises(NotAllowed, match="Only an objection can be about direct marketing"):
        which_right.turn_into(unsure, Right.DELETE, about_marketing=True, by=tess)
    assert (fresh(unsure).right, fresh(wrongly_ticked).right) == (Right.UNSURE, Right.CORRECT)


def test_an_objection_that_is_changed_is_offered_no_box_for_marketing(tess):
    page = signed_in(tess).get(f"{QUEUE}{ask(Right.OBJECT).pk}/change/").content.decode()
    assert "change_right-told" in page
    assert "change_right-about_marketing" not in page


def test_the_page_says_so_at_the_box_and_loses_nothing(wrongly_ticked, tess):
    answer = do(signed_in(tess), wrongly_ticked, "change_right", right="delete", told=WHY, about_marketing="on")
    page = answer.content.decode()
    assert "Only an objection can be about direct marketing alone." in page
    assert WHY in page
    assert fresh(wrongly_ticked).right == Right.CORRECT


# --- What the requester sees -----------------------------------------------------------------------------------------
def test_their_page_says_what_it_was_read_as_and_where_to_say_otherwise(wrongly_ticked, tess, client, mailoutbox):
    one = change(wrongly_ticked, Right.DELETE, tess)
    come_back(client, one, mailoutbox)
    page = client.get(reverse("requests:hub")).content.decode()
    assert "You chose “Correct something”. From what you told us, we take it as this." in page
    assert f'{reverse("requests:message", args=[one.reference])}">Tell us if that is wrong' in page


def test_the_receipt_says_what_was_sent(wrongly_ticked, tess, client, mailoutbox):
    one = change(wrongly_ticked, Right.DELETE, tess)
    come_back(client, one, mailoutbox)
    page = client.get(reverse("requests:receipt")).content.decode()
    assert "Correct something" in page
    assert "Delete my data" not in page


# --- At the desk -----------------------------------------------------------------------------------------------
def test_the_page_offers_it_without_the_right_that_it_has_and_says_that_it_was_done(wrongly_ticked, tess):
    client = signed_in(tess)
    page = client.get(f"{QUEUE}{wrongly_ticked.pk}/change/").content.decode()
    form = page.partition("/do/change_right/")[2].partition("</form>")[0]
    assert 'value="delete"' in form
    assert 'value="correct"' not in form
    answer = do(client, wrongly_ticked, "change_right", right="delete", told=WHY)
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "It is a request for “Right to deletion” now. The requester is told." in page
    assert "Changed from “Correct” to “Delete”" in page


def test_without_a_word_to_the_requester_nothing_is_changed(wrongly_ticked, tess):
    page = do(signed_in(tess), wrongly_ticked, "change_right", right="delete").content.decode()
    assert "Write what you understood, and why. The requester reads it." in page
    assert fresh(wrongly_ticked).right == Right.CORRECT


def test_what_went_wrong_is_said_first_in_the_title_and_has_the_focus(wrongly_ticked, tess):
    client = signed_in(tess)
    page = do(client, wrongly_ticked, "change_right", right="delete").content.decode()
    assert "<title>Error: " in page
    assert page.count("autofocus") == 1
    assert "Error:" not in client.get(f"{QUEUE}{wrongly_ticked.pk}/change/").content.decode()


def test_what_they_object_stands_with_what_comes_next_until_somebody_takes_a_step(wrongly_ticked, tess):
    client, said = signed_in(tess), "The requester wrote, and nobody has taken a step since."
    one = change(wrongly_ticked, Right.DELETE, tess)
    workflow.reply(one, "No. Only the address is wrong.")
    assert said in client.get(f"{QUEUE}{one.pk}/change/").content.decode()
    workflow.note(fresh(one), "She is right.", by=tess)
    assert said not in client.get(f"{QUEUE}{one.pk}/change/").content.decode()


def test_what_they_answered_stands_where_one_says_which_right_it_is(wrongly_ticked, tess):
    page = signed_in(tess).get(f"{QUEUE}{wrongly_ticked.pk}/change/").content.decode()
    understood = page.partition("What we understood")[2].partition("</section>")[0]
    assert "Delete it all." in understood
    assert page.count("Delete it all.") == 1


def test_who_only_verifies_does_not_say_what_was_meant(wrongly_ticked, vera):
    with pytest.raises(NotAllowed):
        change(wrongly_ticked, Right.DELETE, vera)
