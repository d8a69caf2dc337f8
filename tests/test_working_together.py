"""Several people at one case: nobody loses a text, nobody overwrites what they have not seen, one sees who is here."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from time_machine import travel

from primevox_privacy.ledger.models import Event
from primevox_privacy.sealed.models import DataKey
from primevox_privacy.sealed.tasks import end_lives
from primevox_privacy.staff import sessions
from requests import here, kept_texts, versions, workflow
from requests.answers import Draft
from requests.models import KeptText, Message, Presence
from requests.tasks import forget_old
from requests.terms import DateKind, Ending, ExtensionReason, Status
from tests.cast import deliver, fresh, prove, signed_in
from tests.test_case_page import page_of
from tests.test_staff_desk import QUEUE

pytestmark = pytest.mark.django_db
IN_A_WEEK = timedelta(days=7, minutes=2)


def keep(client, one, verb, **given):
    form = {f"{verb}-{name}": value for name, value in given.items()}
    return client.post(f"{QUEUE}{one.pk}/keep/{verb}/", form, headers={"Accept": "application/json"})


# --- Texts that are not sent -----------------------------------------------------------------------------------------
def test_what_tess_typed_is_there_again_and_nobody_else_sees_it(tess, vera, rosas_request):
    answer = keep(signed_in(tess), rosas_request, "tell", text="We look into the bill of May")
    assert "Only you see it" in answer.json()["said"]
    assert "We look into the bill of May</textarea>" in page_of(tess, rosas_request)
    assert "bill of May" not in page_of(vera, rosas_request)


def test_the_button_keeps_it_too_and_leads_back(tess, rosas_request):
    address = f"{QUEUE}{rosas_request.pk}/keep/note/"
    page = signed_in(tess).post(address, {"note-text": "Odd voice"}, follow=True).content.decode()
    assert "Only you see it" in page
    assert "Odd voice</textarea>" in page


def test_keeping_a_text_changes_nothing_of_the_case(tess, rosas_request):
    before = Event.objects.count()
    keep(signed_in(tess), rosas_request, "tell", text="Half a sent")
    assert Event.objects.count() == before
    assert not Message.objects.exists()


def test_a_kept_text_is_sealed_and_gone_after_a_week(tess, rosas_request):
    keep(signed_in(tess), rosas_request, "tell", text="We look into it")
    assert b"look into" not in bytes(KeptText.objects.values_list("texts", flat=True).get())
    with travel(timezone.now() + IN_A_WEEK):
        assert kept_texts.of(rosas_request, tess) == {}
        end_lives()
        assert not KeptText.objects.exists()


def test_typing_on_begins_the_week_anew_in_the_same_place(tess, rosas_request):
    kept_texts.keep(rosas_request, "tell", {"text": "We"}, by=tess)
    with travel(timezone.now() + timedelta(days=6)):
        kept_texts.keep(rosas_request, "tell", {"text": "We look"}, by=tess)
    with travel(timezone.now() + timedelta(days=8)):
        assert kept_texts.of(rosas_request, tess)["tell"][0] == {"text": "We look"}
    assert KeptText.objects.count() == 1


def test_what_is_kept_again_after_its_end_begins_anew(tess, rosas_request):
    kept_texts.keep(rosas_request, "tell", {"text": "We"}, by=tess)
    with travel(timezone.now() + IN_A_WEEK):
        kept_texts.keep(rosas_request, "tell", {"text": "Again"}, by=tess)
        assert kept_texts.of(rosas_request, tess)["tell"][0] == {"text": "Again"}


def test_once_sent_nothing_is_kept_and_its_key_ends(tess, rosas_request):
    client = signed_in(tess)
    keep(client, rosas_request, "tell", text="We look into it")
    key = KeptText.objects.get().draft_key
    client.post(f"{QUEUE}{rosas_request.pk}/do/tell/", {"tell-text": "We look into it."})
    assert not KeptText.objects.exists()
    assert DataKey.objects.get(pk=key.pk).ends_at <= timezone.now()


def test_a_kept_text_can_be_thrown_away(tess, rosas_request):
    client = signed_in(tess)
    keep(client, rosas_request, "tell", text="We look into it")
    assert "Throw away what is kept" in page_of(tess, rosas_request)
    client.post(f"{QUEUE}{rosas_request.pk}/keep/tell/", {"tell-text": "We look into it", "throw_away": "1"})
    assert not KeptText.objects.exists()


@pytest.mark.parametrize("verb", ["take", "release", "no_such"])
def test_nothing_is_kept_for_a_step_without_boxes_of_another_role_or_that_is_none(tess, rosas_request, verb):
    assert keep(signed_in(tess), rosas_request, verb, text="x").status_code == 404


def test_an_auditor_keeps_nothing(otto, rosas_request):
    assert keep(signed_in(otto), rosas_request, "note", text="x").status_code == 404


def test_what_a_mistake_stopped_is_kept_too(abe, vera, rosas_request):
    one = prove(rosas_request, vera)
    workflow.take(one, by=abe)
    signed_in(abe).post(f"{QUEUE}{one.pk}/do/answer/", {"answer-ending": "partly", "answer-text": "Name: Rosa"})
    assert "Name: Rosa</textarea>" in page_of(abe, one)


# --- Two at one text -------------------------------------------------------------------------------------------------
def in_review(one, vera, abe, text="First letter"):
    one = prove(one, vera)
    workflow.take(one, by=abe)
    workflow.answer(one, Draft(Ending.FULFILLED, text=text), by=abe)
    return fresh(one)


def do_at(user, one, version, verb, **given):
    form = {f"{verb}-{name}": value for name, value in given.items()}
    return signed_in(user).post(f"{QUEUE}{one.pk}/do/{verb}/", {"version": version, **form}).content.decode()


def test_bea_cannot_release_a_letter_that_was_written_anew_since_she_read_it(vera, abe, bea, rosas_request):
    one = in_review(rosas_request, vera, abe)
    read = versions.newest(one)
    assert f'name="version" value="{read}"' in page_of(bea, one)
    workflow.send_back(one, "Too short.", by=abe)
    workflow.answer(fresh(one), Draft(Ending.FULFILLED, text="Second letter"), by=abe)
    page = do_at(bea, one, read, "release", read="on")
    assert fresh(one).status == Status.IN_REVIEW
    changed = page[page.index("side-by-side") : page.index('id="next"')]
    assert [
        said
        for said in ("Draft sent back", "Too short.", "Answer drafted", "Abe", "Second letter")
        if said not in changed
    ] == []
    assert 'value="Release it all the same"' in page


def test_she_releases_it_all_the_same_once_she_saw_the_new_one(vera, abe, bea, rosas_request):
    one = in_review(rosas_request, vera, abe)
    read = versions.newest(one)
    workflow.note(one, "Look at the second line.", by=abe)
    do_at(bea, one, read, "release", read="on")
    do_at(bea, one, versions.newest(one), "release", read="on")
    assert fresh(one).status == Status.CLOSED


def test_what_tess_wrote_stands_beside_what_vera_did_meanwhile_and_is_not_sent(tess, vera, rosas_request):
    before = versions.newest(rosas_request)
    workflow.note(rosas_request, "They called and told us all.", by=vera)
    page = do_at(tess, rosas_request, before, "tell", text="Please call us.")
    both = page[page.index("side-by-side") : page.index('id="next"')]
    assert "Please call us." in both
    assert "They called and told us all." in both
    assert "Please call us.</textarea>" in page
    assert 'value="Send to the requester all the same"' in page
    assert [one.text for one in Message.objects.all()] == ["They called and told us all."]
    assert "Please call us.</textarea>" in page_of(tess, rosas_request)  # kept, even where the page was closed


def test_where_the_step_is_gone_the_text_still_stands_beside_what_happened(tess, abe, vera, rosas_request):
    one = prove(rosas_request, vera)
    workflow.take(one, by=abe)
    before = versions.newest(one)
    workflow.withdraw(fresh(one), by=workflow.REQUESTER)
    page = do_at(tess, one, before, "ask", text="Which account do you mean?")
    assert "Which account do you mean?" in page[page.index("side-by-side") : page.index('id="next"')]
    assert "/do/ask/" not in page


def test_a_mistake_in_the_form_does_not_pass_over_what_others_did(tess, vera, rosas_request):
    before = versions.newest(rosas_request)
    workflow.note(rosas_request, "Wait for the bill.", by=vera)
    page = do_at(tess, rosas_request, before, "tell", text="")
    assert page.count(f'name="version" value="{before}"') == 1  # of the form that was tried


def test_ones_own_steps_and_looks_of_others_stop_nobody(tess, vera, rosas_request):
    before = versions.newest(rosas_request)
    workflow.note(rosas_request, "Mine.", by=tess)
    signed_in(vera).post(f"{QUEUE}{rosas_request.pk}/do/show_contact/", {"show_contact-why": "call"})
    do_at(tess, rosas_request, before, "tell", text="Please call us.")
    assert Message.objects.filter(direction="to_requester").exists()


def test_what_the_portal_does_of_something_decided_before_stops_nobody(tess, abe, rosas_request):
    until = rosas_request.received_on + timedelta(days=20)
    workflow.extend(rosas_request, DateKind.TARGET, ExtensionReason.COMPLEX, until, by=abe)
    before = versions.newest(rosas_request)
    deliver()
    assert Event.objects.filter(about=rosas_request.pk, kind="extended").exists()
    do_at(tess, rosas_request, before, "tell", text="Please call us.")
    assert Message.objects.filter(direction="to_requester").exists()


@pytest.mark.parametrize("version", ["", "yesterday", "2026-13-45T99:99", "2026-09-15"])
def test_a_version_that_no_page_carries_stops_nobody(tess, vera, rosas_request, version):
    workflow.note(rosas_request, "Wait.", by=vera)
    do_at(tess, rosas_request, version, "tell", text="Please call us.")
    assert Message.objects.filter(direction="to_requester").exists()


# --- Who is here -----------------------------------------------------------------------------------------------------
def tells(user, one, **given):
    return signed_in(user).post(f"{QUEUE}{one.pk}/here/", given)


def test_tess_reads_who_else_has_the_case_open_and_who_writes(tess, vera, abe, rosas_request):
    tells(vera, rosas_request)
    tells(abe, rosas_request, writing="1")
    assert tells(tess, rosas_request).json() == {"said": "Also here now: Abe (writing), Vera"}
    assert "Also here now: Abe (writing), Vera" in page_of(tess, rosas_request)


def test_whoever_closed_the_page_is_gone_after_a_moment(tess, vera, rosas_request):
    tells(vera, rosas_request, writing="1")
    with travel(timezone.now() + here.GONE_AFTER):
        assert here.others(rosas_request, tess) == ""


def test_whoever_stopped_typing_is_still_here(tess, vera, rosas_request):
    tells(vera, rosas_request, writing="1")
    with travel(timezone.now() + here.WRITES_FOR):
        here.tell(rosas_request, vera, writing=False)
        assert here.others(rosas_request, tess) == "Also here now: Vera"


def test_looking_alone_writes_nothing_down(tess, rosas_request):
    page_of(tess, rosas_request)
    assert not Presence.objects.exists()


def test_it_is_forgotten_within_hours(vera, rosas_request):
    here.tell(rosas_request, vera, writing=False)
    with travel(timezone.now() + here.KEPT + timedelta(minutes=1)):
        forget_old()
    assert not Presence.objects.exists()


def test_a_case_that_is_not_there_has_nobody(tess, ada, rosas_request):
    assert signed_in(tess).post(f"{QUEUE}{uuid.uuid4()}/here/").status_code == 404
    assert tells(ada, rosas_request).status_code == 403


def test_a_page_that_asks_by_itself_keeps_no_session_open(tess, rosas_request):
    client, address = signed_in(tess), f"{QUEUE}{rosas_request.pk}/here/"
    with travel(timezone.now() + timedelta(minutes=20)):
        assert client.post(address, headers={"X-By-Itself": "1"}).status_code == 200
    with travel(timezone.now() + sessions.IDLE + timedelta(minutes=1)):
        assert client.get(f"{QUEUE}{rosas_request.pk}/change/").status_code == 302
