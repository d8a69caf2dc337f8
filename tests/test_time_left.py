"""How much time is left, in the queues: in words and in a shape, so that nobody needs to see a colour."""

from datetime import date, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from primevox_privacy.staff.models import User
from requests import appeals, workflow
from requests.admin import time_left
from requests.answers import Draft
from requests.deadlines import HOME, after_appeal, schedule
from requests.models import RightsRequest
from requests.references import spoken
from requests.terms import Ending, Right
from tests.cast import ask, fresh, signed_in
from tests.test_about_whom import HUB, main_of, session_of
from tests.test_appeals import OVERTURNED, first_by_tess_and_abe, refuse, rosa_appeals
from tests.test_staff_desk import QUEUE

D = date.fromisoformat
NOON = time(12)


class Timed:
    """A request or an appeal, as far as its time goes."""

    def __init__(self, right: Right, residence: str | None, reopened_on: date | None = None) -> None:
        made = schedule(right, residence, datetime(2026, 3, 2, 12, tzinfo=HOME))  # a Monday
        self.dates, leading = made.dates, made.leading
        if reopened_on:
            leading = after_appeal(reopened_on)
            self.dates = (*self.dates, leading)
        self.received_on, self.leading_on = D("2026-03-02"), leading.due_on
        self.leading_by_law = leading.kind in ("statutory", "extended")


TEXAS, COLORADO, GERMANY = "US-TX", "US-CO", "DE"
# fmt: off
SAID = [
    # right, residence, opened again, today, words, shape, day, by law
    ("access", TEXAS, None, "2026-03-02", "14 days left", "ok", "2026-03-16", False),
    ("access", TEXAS, None, "2026-03-13", "3 days left", "soon", "2026-03-16", False),
    ("access", TEXAS, None, "2026-03-15", "1 day left", "soon", "2026-03-16", False),
    ("access", TEXAS, None, "2026-03-16", "due today", "soon", "2026-03-16", False),
    ("access", TEXAS, None, "2026-03-17", "1 day late (our date)", "late", "2026-03-16", False),
    ("access", TEXAS, None, "2026-04-16", "31 days late (our date)", "late", "2026-03-16", False),  # day 45 itself
    ("access", TEXAS, None, "2026-04-17", "the law’s date was missed", "missed", "2026-04-16", True),
    ("access", None, None, "2026-12-31", "290 days late (our date)", "late", "2026-03-16", False),  # no law to miss
    ("opt_out", COLORADO, None, "2026-03-02", "at once", "now", "2026-03-03", True),
    ("opt_out", COLORADO, None, "2026-03-03", "at once", "now", "2026-03-03", True),
    ("opt_out", COLORADO, None, "2026-03-04", "the law’s date was missed", "missed", "2026-03-03", True),
    ("opt_out", GERMANY, None, "2026-03-02", "at once", "now", "2026-03-03", True),  # its month is an outer limit
    ("access", TEXAS, "2026-06-01", "2026-06-05", "10 days left", "ok", "2026-06-15", False),
    ("access", TEXAS, "2026-06-01", "2026-06-16", "1 day late (our date)", "late", "2026-06-15", False),
    ("opt_out", COLORADO, "2026-06-01", "2026-06-05", "10 days left", "ok", "2026-06-15", False),
]
# fmt: on


@pytest.mark.parametrize(("right", "residence", "reopened", "today", "words", "shape", "day", "by_law"), SAID)
def test_words_and_shape_of_the_time_left(right, residence, reopened, today, words, shape, day, by_law):
    one = Timed(Right(right), residence, reopened and D(reopened))
    assert time_left.in_words(one, one.dates, D(today)) == (words, shape)
    badge = time_left.badge(one, one.dates, D(today))
    assert f"badge--{shape}" in badge
    assert f"{D(day).day} " in badge
    assert ("by law" in badge) is by_law


def case_of(one: RightsRequest, user: User) -> str:
    return signed_in(user).get(reverse("admin:requests_rightsrequest_change", args=[one.pk])).content.decode()


def asked(right: Right, residence: str, days_ago: int = 0) -> RightsRequest:
    received_at = datetime.combine(timezone.localdate() - timedelta(days=days_ago), NOON, HOME)
    return ask(right, residence=residence, received_at=min(received_at, timezone.now()))


@pytest.mark.django_db
def test_what_is_due_at_once_stands_before_what_is_due_sooner(tess):
    """In Germany our 14 days lead an opt-out, by date alone it would come last."""
    late, soon = asked(Right.ACCESS, TEXAS, 20), asked(Right.ACCESS, TEXAS, 12)
    at_once = asked(Right.OPT_OUT, GERMANY)
    assert at_once.leading_on > soon.leading_on > late.leading_on
    page = signed_in(tess).get(QUEUE).content.decode()
    places = [page.index(spoken(one.reference)) for one in (at_once, late, soon)]
    assert places == sorted(places)
    assert list(RightsRequest.objects.in_queue_order()) == [at_once, late, soon]
    assert "at once" in page
    assert "badge--now" in page
    assert "6 days late (our date)" in page


@pytest.mark.django_db
def test_what_an_appeal_opened_again_is_not_due_at_once_any_more(tess, vera, abe, bea, time_machine):
    team = first_by_tess_and_abe(tess, vera, abe, time_machine)
    one = asked(Right.OPT_OUT, COLORADO)
    workflow.take(one, by=tess)
    workflow.answer(one, Draft(Ending.REFUSED, reason="No.", grounds=("policy_7_unfounded",)), by=tess)
    workflow.release(fresh(one), by=team.bea)
    appeals.decide(rosa_appeals(fresh(one)), OVERTURNED, "We were wrong.", by=bea)
    assert not RightsRequest.objects.get(pk=one.pk).at_once
    assert "at once" not in signed_in(tess).get(QUEUE).content.decode()


@pytest.mark.django_db
def test_the_queue_of_appeals_tells_late_from_missed(tess, vera, abe, bea, time_machine):
    team = first_by_tess_and_abe(tess, vera, abe, time_machine)
    made = rosa_appeals(refuse(team))
    for days, words in ((15, "1 day late (our date)"), (70, "the law’s date was missed")):
        time_machine.move_to(made.received_at + timedelta(days=days), tick=False)
        assert words in signed_in(tess).get("/admin/requests/appeal/").content.decode()


@pytest.mark.django_db
def test_a_date_is_over_in_the_queue_once_it_is_over_where_they_live(tess, time_machine):
    time_machine.move_to("2026-03-02T18:00:00+00:00")
    ask(Right.CORRECT, residence="DE")
    time_machine.move_to("2026-03-16T22:30:00+00:00")  # half past five in Texas, half past eleven in Berlin
    assert "due today" in signed_in(tess).get(QUEUE).content.decode()
    time_machine.move_to("2026-03-16T23:30:00+00:00")
    assert "1 day late (our date)" in signed_in(tess).get(QUEUE).content.decode()


@pytest.mark.django_db
def test_the_clock_of_a_case_says_when_a_day_ends_there_and_what_is_not_confirmed(tess, time_machine):
    time_machine.move_to("2026-03-02T18:00:00+00:00")
    page = case_of(ask(Right.CORRECT, residence="JP"), tess)
    assert "In Asia/Tokyo that day ends at 09:59 Texas time on" in page
    assert "that day ends at" not in case_of(ask(Right.CORRECT, residence="US-TX"), tess)
    oregon = case_of(ask(Right.CORRECT, residence="US-OR"), tess).partition("What could still move a date")[2]
    assert "Not confirmed at its source yet" in oregon.partition("</section>")[0]


@pytest.mark.django_db
def test_rosa_reads_at_once_where_a_law_says_so_though_our_target_leads(client):
    one = ask(Right.OPT_OUT, residence="DE")
    session_of(client, one.submission)
    assert "At once, and at the latest on" in main_of(client.get(HUB)).partition("All dates and why")[0]


@pytest.mark.django_db
def test_an_appeal_says_where_each_date_comes_from_and_what_is_not_confirmed(tess, vera, abe, bea, time_machine):
    made = rosa_appeals(refuse(first_by_tess_and_abe(tess, vera, abe, time_machine)))  # 60 days in Texas: from memory
    page = signed_in(bea).get(reverse("admin:requests_appeal_change", args=[made.pk])).content.decode()
    clock = page.partition("<h2>Clock</h2>")[2].partition("</section>")[0]
    assert clock.count("(leads)") == 1
    assert "Source: policy section 9" in clock
    assert "Source: TDPSA" in clock
    assert clock.count("Not confirmed at its source yet") == 1
