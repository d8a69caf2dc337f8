"""A message that was not sent: kept for seven days, offered again, and never lost to a page that closed."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import time_format

from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from primevox_privacy.sealed.tasks import end_lives
from requests import access, unsent
from requests.models import Message, UnsentMessage
from requests.terms import Right
from tests.cast import ask
from tests.test_coming_back import come_back
from tests.test_pages import looked_at

pytestmark = pytest.mark.django_db
HUB = "/your-request/all/"
STORY = "It began with a call <b>in May</b>."
SHOWN = "It began with a call &lt;b&gt;in May&lt;/b&gt;."


@pytest.fixture
def rosa(client, rosas_request, mailoutbox) -> Client:
    come_back(client, rosas_request, mailoutbox)
    return client


def page_of(one, step: str = "") -> str:
    return f"/your-request/{one.reference}/message/{step}"


# --- Kept --------------------------------------------------------------------------------------------------------
def test_rosa_keeps_a_message_for_later_and_finds_it_when_she_comes_back(rosa, rosas_request, mailoutbox):
    rosa.post(page_of(rosas_request), {"message": STORY, "keep": "1"})
    assert not Message.objects.exists()
    rosa.post("/your-request/leave/")
    come_back(rosa, rosas_request, mailoutbox)
    page = looked_at(rosa.get(HUB))
    assert "You had not sent this yet" in page.html
    assert SHOWN in page.html
    assert SHOWN in rosa.get(page_of(rosas_request)).content.decode()


def test_what_could_not_be_sent_is_kept_too(rosa, rosas_request):
    too_long = "x" * 8001
    rosa.post(page_of(rosas_request), {"message": too_long})
    assert UnsentMessage.objects.get().text == too_long


def test_once_it_is_sent_nothing_of_it_waits(rosa, rosas_request):
    rosa.post(page_of(rosas_request), {"message": STORY, "keep": "1"})
    rosa.post(page_of(rosas_request), {"message": STORY, "send": "1"})
    assert Message.objects.get().text == STORY
    assert not UnsentMessage.objects.exists()


def test_she_throws_it_away(rosa, rosas_request):
    rosa.post(page_of(rosas_request), {"message": STORY, "keep": "1"})
    rosa.post(page_of(rosas_request, "throw-away/"))
    assert not UnsentMessage.objects.exists()
    assert "not sent this yet" not in rosa.get(HUB).content.decode()


def test_after_seven_days_it_is_gone(rosa, rosas_request, time_machine):
    unsent.keep(rosas_request, STORY)
    key = UnsentMessage.objects.get().draft_key
    time_machine.move_to(timezone.now() + timedelta(days=7, minutes=1))
    assert unsent.of(rosas_request) is None
    end_lives()
    key.refresh_from_db()
    assert key.wrapped is None
    assert not UnsentMessage.objects.exists()


def test_writing_on_begins_the_seven_days_anew(rosas_request, time_machine):
    unsent.keep(rosas_request, STORY)
    time_machine.move_to(timezone.now() + timedelta(days=6))
    unsent.keep(rosas_request, f"{STORY} And in June.")
    time_machine.move_to(timezone.now() + timedelta(days=6))
    end_lives()
    assert unsent.of(rosas_request).text == f"{STORY} And in June."


def test_a_new_one_can_be_kept_where_an_old_one_is_over_and_not_swept_away_yet(rosas_request, time_machine):
    unsent.keep(rosas_request, STORY)
    time_machine.move_to(timezone.now() + timedelta(days=8))
    assert unsent.keep(rosas_request, "Another one.")
    end_lives()
    assert unsent.of(rosas_request).text == "Another one."


def test_what_was_thrown_away_is_destroyed_with_the_next_sweep(rosas_request, time_machine):
    unsent.keep(rosas_request, STORY)
    key = UnsentMessage.objects.get().draft_key
    unsent.throw_away(rosas_request)
    end_lives()
    key.refresh_from_db()
    assert key.wrapped is None


def test_it_is_kept_no_longer_than_messages_that_were_sent(rosas_request):
    soon = timezone.now() + timedelta(days=2)
    DataKey.objects.filter(pk=rosas_request.content_key_id).update(ends_at=soon)
    unsent.keep(rosas_request, STORY)
    assert UnsentMessage.objects.get().draft_key.ends_at == soon


def test_it_lies_sealed_and_staff_never_see_it(rosas_request, vera):
    unsent.keep(rosas_request, STORY)
    kept = UnsentMessage.objects.get()
    assert STORY.encode() not in bytes(UnsentMessage.objects.values_list("text", flat=True)[0])
    assert (kept.draft_key.life, kept.draft_key.owner) == (Life.DRAFT, kept.pk)


def test_once_messages_are_deleted_none_is_kept(rosas_request):
    key = rosas_request.content_key
    key.destroyed_at, key.wrapped = timezone.now(), None
    key.save()
    assert not unsent.keep(rosas_request, STORY)


def test_each_request_keeps_its_own(rosas_request):
    other = ask(Right.KNOW)
    unsent.keep(rosas_request, STORY)
    unsent.keep(other, "Another one.")
    unsent.keep(other, "Another one, longer.")
    assert unsent.of(rosas_request).text == STORY
    assert unsent.of(other).text == "Another one, longer."


# --- When the page closes ----------------------------------------------------------------------------------------
def test_a_message_that_comes_when_the_session_is_over_waits_for_her(rosa, rosas_request, mailoutbox, time_machine):
    time_machine.move_to(timezone.now() + access.IDLE + timedelta(minutes=1))
    page = rosa.post(page_of(rosas_request), {"message": STORY})
    assert page.status_code == 403
    assert "We keep your message for 7 days" in page.content.decode()
    assert not Message.objects.exists()
    come_back(rosa, rosas_request, mailoutbox)
    assert SHOWN in rosa.get(HUB).content.decode()


def test_where_we_cannot_tell_whose_it_is_it_is_given_back_and_kept_nowhere(rosa, rosas_request, time_machine):
    stans = ask(Right.ACCESS, email="stan@mail.example")
    time_machine.move_to(timezone.now() + access.IDLE + timedelta(minutes=1))
    assert SHOWN in rosa.post(page_of(stans), {"message": STORY}).content.decode()
    assert SHOWN in Client().post(page_of(rosas_request), {"message": STORY}).content.decode()
    assert not UnsentMessage.objects.exists()


def test_the_page_keeps_what_stands_in_the_box_without_making_the_session_last(rosa, rosas_request, time_machine):
    time_machine.move_to(timezone.now() + timedelta(minutes=15))
    seen = rosa.session["seen"]
    assert rosa.post(page_of(rosas_request, "keep/"), {"message": STORY}).status_code == 204
    assert rosa.session["seen"] == seen
    assert UnsentMessage.objects.get().text == STORY


def test_more_time_makes_the_session_last_and_changes_nothing_else(rosa, rosas_request, time_machine):
    start = timezone.now()
    time_machine.move_to(start + timedelta(minutes=16), tick=False)
    given = rosa.post("/your-request/all/more-time/").json()
    assert given["seconds"] == access.IDLE.total_seconds()
    time_machine.move_to(start + timedelta(minutes=35))
    assert rosa.get(HUB).status_code == 200


def test_more_time_ends_after_two_hours_in_all(rosa, time_machine):
    start = timezone.now()
    for minutes in range(15, 120, 15):
        time_machine.move_to(start + timedelta(minutes=minutes))
        left = rosa.post("/your-request/all/more-time/").json()["seconds"]
    assert left <= 15 * 60
    time_machine.move_to(start + access.ABSOLUTE + timedelta(minutes=1))
    assert rosa.post("/your-request/all/more-time/").status_code == 403


def test_every_page_of_hers_says_when_it_closes_and_can_ask_for_more_time(rosa, rosas_request, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    closes = time_format(timezone.localtime(timezone.now() + access.IDLE), "TIME_FORMAT")
    for address in (HUB, page_of(rosas_request), f"{HUB}contact/"):
        page = looked_at(rosa.get(address))
        assert closes in page.one("p", class_="hint session-end").text
        assert page.one("dialog").attrs["data-then"] == "/your-request/ended/"
        assert "open" not in page.one("dialog").attrs


def test_the_page_after_the_end_says_nothing_of_anybody(rosa, rosas_request):
    said = looked_at(rosa.get("/your-request/ended/")).html
    assert "This page was closed" in said
    assert rosas_request.reference not in said.replace("-", "")
    assert "<dialog" not in said
