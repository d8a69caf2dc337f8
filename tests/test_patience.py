"""How long we wait for the requester, and the plan by which anybody is told of a date. Tables of days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests.patience import is_tight, plan, working_days_before
from requests.reminder_plan import (
    BY_LAW,
    DUE,
    FILES,
    PROGRESS,
    UNASSIGNED,
    UNTOUCHED,
    next_point_on,
    point_reached,
    speaks_through,
)

MONDAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("by_law_in", "reminded", "noticed", "ends", "reason"),
    [
        (None, (3, 7), 14, 21, "no law: the whole plan"),
        (45, (3, 7), 14, 21, "45 days leave room"),
        (30, (3, 7), 14, 21, "and so do 30"),
        (23, (3, 7), 14, 21, "Wednesday 25 March: two working days before it is Monday, day 21"),
        (22, (3, 7), 11, 18, "Tuesday: the notice is over on the Friday before"),
        (15, (3,), 4, 11, "Brazil: one reminder, then notice"),
        (10, (), 1, 8, "no reminder: the notice follows the question the next day"),
        (9, (), 1, 7, "less than seven days of notice"),
        (5, (), 1, 3, "as little as makes sense"),
        (4, None, None, None, "no room for any plan: staff choose the ending"),
        (0, None, None, None, "nor when the law's date is there"),
        (-5, None, None, None, "or has passed"),
    ],
)
def test_a_wait_is_as_long_as_the_law_leaves_room(by_law_in, reminded, noticed, ends, reason):
    made = plan(MONDAY, MONDAY + timedelta(days=by_law_in) if by_law_in is not None else None)
    if ends is None:
        assert made is None, reason
        return
    assert made is not None, reason
    days = [(day - MONDAY).days for day in (*made.reminded_on, made.noticed_on, made.ends_on)]
    assert days == [*reminded, noticed, ends], reason


@given(st.dates(date(2025, 1, 1), date(2035, 1, 1)), st.none() | st.integers(-10, 120))
def test_every_plan_is_in_order_and_over_before_the_law(asked_on, by_law_in):
    by_law = asked_on + timedelta(days=by_law_in) if by_law_in is not None else None
    if made := plan(asked_on, by_law):
        days = [asked_on, *made.reminded_on, made.noticed_on, made.ends_on]
        assert days == sorted(set(days))
        assert made.notice <= timedelta(days=7)
        assert by_law is None or made.ends_on <= working_days_before(by_law, 2)


@pytest.mark.parametrize("by_law_in", range(-3, 40))
def test_nobody_looks_away_for_longer_than_the_first_letter_of_a_wait_that_begins_meanwhile(by_law_in):
    by_law, away = MONDAY + timedelta(days=by_law_in), timedelta(days=3)
    begun = [plan(MONDAY + timedelta(days=days), by_law) for days in range(3)]
    first = [min((*made.reminded_on, made.noticed_on)) for made in begun if made]
    assert is_tight(MONDAY + away, by_law) or all(day >= MONDAY + away for day in first)


@pytest.mark.parametrize(
    ("day", "number", "expected", "reason"),
    [
        (date(2026, 3, 25), 2, date(2026, 3, 23), "in the middle of a week"),
        (date(2026, 3, 23), 2, date(2026, 3, 19), "over a weekend"),
        (date(2026, 11, 27), 2, date(2026, 11, 24), "over Thanksgiving"),
    ],
)
def test_working_days_are_counted_back(day, number, expected, reason):
    assert working_days_before(day, number) == expected, reason


@pytest.mark.parametrize(
    ("of", "days_left", "point", "reason"),
    [
        (DUE, 20, None, "far away"),
        (DUE, 8, None, "a day before the first point"),
        (DUE, 7, 7, "the first point"),
        (DUE, 5, 7, "the latest point that was reached"),
        (DUE, 3, 3, "the second"),
        (DUE, 1, 1, "the third"),
        (DUE, 0, 0, "the day itself"),
        (DUE, -1, -1, "late: every day"),
        (DUE, -9, -9, "however long it takes"),
        (BY_LAW, 3, None, "near, but told by the digest"),
        (BY_LAW, 2, 2, "two days before"),
        (BY_LAW, 1, 2, "still the same"),
        (BY_LAW, 0, 0, "the day"),
        (BY_LAW, -1, -1, "missed"),
        (BY_LAW, -30, -1, "and said once"),
        (UNASSIGNED, 0, None, "it has just come"),
        (UNASSIGNED, -1, -1, "a day later"),
        (UNASSIGNED, -2, -1, "still the same"),
        (UNASSIGNED, -3, -3, "three days later"),
        (UNASSIGNED, -8, -7, "then every second day"),
        (UNTOUCHED, -4, None, "not yet"),
        (UNTOUCHED, -12, -10, "every fifth day"),
        (PROGRESS, -13, None, "not yet two weeks"),
        (PROGRESS, -14, -14, "two weeks"),
        (PROGRESS, -41, -28, "the latest of those missed"),
        (FILES, 1, 2, "the last point stays"),
    ],
)
def test_a_plan_names_the_latest_point_reached(of, days_left, point, reason):
    assert point_reached(of, MONDAY + timedelta(days=days_left), MONDAY) == point, reason


@given(st.sampled_from([DUE, BY_LAW, UNASSIGNED, UNTOUCHED, PROGRESS]), st.integers(-60, 60))
def test_the_next_point_is_the_first_day_that_tells_something_new(of, days_left):
    on = MONDAY + timedelta(days=days_left)
    now, coming = point_reached(of, on, MONDAY), next_point_on(of, on, MONDAY)
    days = (MONDAY + timedelta(days=n) for n in range(1, 200))
    new = next((day for day in days if point_reached(of, on, day) != now), None)
    assert coming == new


@pytest.mark.parametrize(
    ("today", "expected", "reason"),
    [
        (date(2026, 3, 4), date(2026, 3, 4), "Wednesday speaks for itself"),
        (date(2026, 3, 6), date(2026, 3, 8), "Friday for the weekend"),
        (date(2026, 5, 22), date(2026, 5, 25), "and before Memorial Day for the Monday, too"),
    ],
)
def test_what_falls_on_days_off_is_told_the_working_day_before(today, expected, reason):
    assert speaks_through(today) == expected, reason
