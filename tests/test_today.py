"""Today: the page after signing in. Five numbers, how we keep our dates, what is wrong, what is next."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from requests import identity, on_time, stopping, workflow
from requests.models import DueDate, RightsRequest
from requests.on_time import Share
from requests.references import spoken
from requests.terms import DateKind, Ending, Right
from tests.cast import FACTS, STATEMENT, ask, fresh, person, signed_in, submit

pytestmark = pytest.mark.django_db
TODAY, QUEUE = "/admin/", "/admin/requests/rightsrequest/"


def page(user) -> str:
    return " ".join(signed_in(user).get(TODAY).content.decode().split())


def numbers(user) -> dict[str, tuple[str, str]]:
    """Each number by its words, with where it leads."""
    found = re.findall(r'<li><a href="([^"]+)"><b>([\d,+]+)</b> ([^<]+)</a>', page(user))
    return {words: (number, href.replace("&amp;", "&")) for href, number, words in found}


def received(days_ago: float, right: Right = Right.ACCESS) -> RightsRequest:
    return ask(right, received_at=timezone.now() - timedelta(days=days_ago))


@pytest.mark.parametrize("name", ["tess", "vera", "abe", "otto"])
def test_whoever_sees_cases_comes_to_today(name, request):
    assert "<h1>Today</h1>" in page(request.getfixturevalue(name))


def test_an_administrator_sees_no_number_of_cases(ada):
    assert "<h1>Today</h1>" not in page(ada)


def test_who_never_signed_in_stands_behind_their_number(ada, tess):
    desk = signed_in(ada)
    type(tess).objects.exclude(pk=tess.pk).update(last_login=timezone.now())
    (href,) = re.findall(r'href="([^"]+)"><b>1</b> never signed in', " ".join(desk.get(TODAY).content.decode().split()))
    listed = desk.get(href.replace("&amp;", "&")).content.decode()
    assert "tess</a>" in listed
    assert "ada</a>" not in listed


def test_who_is_also_an_administrator_finds_the_settings_there(db):
    both = person("Cara", "approver", "administrator")
    assert "/admin/staff/user/" in page(both)


def test_five_numbers_lead_to_the_requests_they_count(tess):
    received(20), received(12), ask(Right.CORRECT)
    workflow.take(ask(Right.OPT_OUT), by=tess)
    client, found = signed_in(tess), numbers(tess)
    assert {"due in 3 days", "new", "waiting for me", "to review", "overdue"} <= set(found)
    assert [found[words][0] for words in ("new", "waiting for me", "to review", "overdue")] == ["3", "1", "0", "1"]
    for number, href in found.values():
        shown = client.get(href).content.decode().count("field-reference_said")
        assert str(shown) == number


def test_what_is_next_for_tess_are_her_first_five(tess):
    mine = [received(days) for days in range(1, 8)]
    for one in mine:
        workflow.take(fresh(one), by=tess)
    RightsRequest.objects.update(level=0)  # none waits for proof
    places = [page(tess).find(spoken(one.reference)) for one in reversed(mine)]
    assert places[:5] == sorted(places[:5])
    assert min(places[:5]) > 0
    assert places[5:] == [-1, -1]


def test_what_waits_for_the_requester_is_not_next(tess):
    ours, theirs = received(1), received(1)
    for one in (ours, theirs):
        workflow.take(one, by=tess)
    RightsRequest.objects.update(level=0)  # none waits for proof
    workflow.ask(fresh(theirs), "Which line?", by=tess)
    said = page(tess)
    assert spoken(ours.reference) in said
    assert spoken(theirs.reference) not in said


def test_a_quiet_day_says_so_in_words(tess, otto):
    text = page(tess)
    assert "You have no request now. Take the next one, or enjoy the quiet." in text
    assert "No request is frozen, and none was left alone." in text
    assert "Nothing was answered in the last 90 days, so there is no share yet." in text
    assert "Your role has no requests of its own." in page(otto)


def test_what_is_frozen_or_left_alone_is_an_alert(tess):
    stopping.freeze(ask(Right.ACCESS), "Odd.", by=tess)
    received(2)
    found = numbers(tess)
    assert found["frozen: somebody has to clear it up"][0] == "1"
    assert found["received two days ago or more, and nobody has it"][0] == "1"


def test_a_message_that_nobody_acted_on_is_an_alert_until_somebody_does(tess):
    one = ask(Right.ACCESS)
    said = "where the requester wrote, and nobody has taken a step since"
    workflow.reply(one, "Somebody called me. Please hurry.")
    assert said in page(tess)
    assert spoken(one.reference) in signed_in(tess).get(f"{QUEUE}?flag=wrote").content.decode()
    workflow.tell(fresh(one), "We look at it today.", by=tess)
    assert said not in page(tess)
    assert spoken(one.reference) not in signed_in(tess).get(f"{QUEUE}?flag=wrote").content.decode()


def test_today_takes_at_most_12_statements(tess):
    for _ in range(6):
        workflow.take(fresh(submit(Right.ACCESS).rights_requests.get()), by=tess)
    client = signed_in(tess)
    client.get(TODAY)
    with CaptureQueriesContext(connection) as caught:
        client.get(TODAY)
    assert len(caught) <= 12, "\n".join(query["sql"][:120] for query in caught.captured_queries)


# --- In time ------------------------------------------------------------------------------------------------------
def closed(ending: Ending, days_after: int) -> RightsRequest:
    """A request that closed so many days after it came, with the dates that are given by kind."""
    came = timezone.now() - timedelta(days=60)
    one = ask(Right.CORRECT, received_at=came)
    one.due_dates.exclude(kind__in=[DateKind.TARGET, DateKind.STATUTORY]).delete()
    workflow.close(one, ending, by=workflow.SYSTEM)
    RightsRequest.objects.filter(pk=one.pk).update(closed_at=came + timedelta(days=days_after))
    return fresh(one)


def due(one: RightsRequest, kind: DateKind, days: int, *, at_once: bool = False) -> None:
    given = {"due_on": one.received_on + timedelta(days=days), "at_once": at_once}
    DueDate.objects.update_or_create(rights_request=one, kind=kind, defaults=given)


def test_an_answer_counts_by_our_target_and_by_the_law(tess):
    for days in (3, 14, 20, 46):
        one = closed(Ending.FULFILLED, days)
        due(one, DateKind.TARGET, 14)
        due(one, DateKind.STATUTORY, 45)
    assert on_time.shares() == (Share(4, 2), Share(4, 3))
    assert "<b>50%</b> by our own target: 2 of 4" in page(tess)
    assert "<b>75%</b> by law: 3 of 4 that a law sets a date for" in page(tess)


def test_more_time_that_was_told_counts_and_the_date_before_it_does_not():
    one = closed(Ending.FULFILLED, 60)
    due(one, DateKind.STATUTORY, 45)
    assert on_time.shares().law == Share(1, 0)
    due(one, DateKind.EXTENDED, 90)
    assert on_time.shares().law == Share(1, 1)


def test_after_an_appeal_only_the_new_target_counts():
    one = closed(Ending.FULFILLED, 50)
    due(one, DateKind.AFTER_APPEAL, 55)
    assert on_time.shares() == (Share(1, 1), Share(0, 0))


@pytest.mark.parametrize(("days_after", "kept"), [(0, 1), (1, 1), (6, 0)])
def test_what_is_due_at_once_is_kept_until_the_next_working_day(days_after, kept):
    one = closed(Ending.FULFILLED, days_after)
    due(one, DateKind.STATUTORY, 15, at_once=True)
    assert on_time.shares().law == Share(1, kept)


@pytest.mark.parametrize("ending", [Ending.WITHDRAWN, Ending.NOT_YOU, Ending.NOT_A_REQUEST, Ending.OUT_OF_SCOPE])
def test_what_was_no_answer_is_not_counted(ending):
    closed(ending, 3)
    assert on_time.shares().target == Share(0, 0)


def test_what_closed_more_than_90_days_ago_is_not_counted():
    one = closed(Ending.FULFILLED, 3)
    RightsRequest.objects.filter(pk=one.pk).update(closed_at=timezone.now() - timedelta(days=91))
    assert on_time.shares().target == Share(0, 0)


def test_a_share_is_never_rounded_up_to_all():
    assert Share(1000, 999).percent == 99


# --- Proof that waits for a verifier -----------------------------------------------------------------------------
def test_proof_for_a_request_that_tess_has_stands_in_veras_numbers_and_in_no_others(tess, vera):
    one = ask(Right.ACCESS)
    workflow.take(one, by=tess)
    assert numbers(vera)["with proof to compare"][0] == "0"
    identity.show(one.submission, FACTS, STATEMENT)
    number, href = numbers(vera)["with proof to compare"]
    assert number == "1"
    assert spoken(one.reference) in signed_in(vera).get(href).content.decode()
    assert "with proof to compare" not in numbers(tess)


def test_vera_never_reads_that_all_is_quiet_while_proof_waits(tess, vera):
    one = ask(Right.ACCESS)
    workflow.take(one, by=tess)
    assert "enjoy the quiet" in page(vera)
    identity.show(one.submission, FACTS, STATEMENT)
    assert "enjoy the quiet" not in page(vera)
    assert "but proof waits for you" in page(vera)
    shown = signed_in(vera).post(f"{QUEUE}next/", follow=True).content.decode()
    assert "Well done" not in shown
    assert spoken(one.reference) in shown
