"""Missed, or only late against our own target: two words, never mixed up; and what could still move a date."""

from datetime import date, datetime
from typing import Any

import pytest

from requests.deadlines import after_appeal, schedule
from requests.lateness import Missed, first_come, last_day, missed
from requests.leeway import Mover, leeway, longest_promise
from requests.terms import DateKind, Right

D = date.fromisoformat
OURS, LAW, NOTHING = frozenset({Missed.TARGET}), frozenset({Missed.LAW}), frozenset[Missed]()
BOTH = OURS | LAW


def dates(right: str, residence: str | None, day: str, **events: Any) -> Any:
    asked: Any = right if right == "appeal" else Right(right)
    return schedule(asked, residence, datetime.fromisoformat(f"{day}T12:00:00-06:00"), **events)


# fmt: off
LATE = [
    # right, residence, received, what happened, answered, what is missed, why
    ("access", "US-TX", "2026-03-02", {}, "2026-03-16", NOTHING, "day 14 itself"),
    ("access", "US-TX", "2026-03-02", {}, "2026-03-17", OURS, "day 15: our promise, not the law"),
    ("access", "US-TX", "2026-03-02", {}, "2026-04-16", OURS, "day 45 itself"),
    ("access", "US-TX", "2026-03-02", {}, "2026-04-17", BOTH, "day 46"),
    ("access", "US-TX", "2026-03-02", {"promised": D("2026-04-01")}, "2026-04-01", NOTHING, "kept as promised"),
    ("access", "US-TX", "2026-03-02", {"extended_on": D("2026-04-16")}, "2026-05-31", OURS, "day 90, extended"),
    ("access", "US-TX", "2026-03-02", {"extended_on": D("2026-04-17")}, "2026-05-31", BOTH, "the notice came too late"),
    ("access", None, "2026-03-02", {}, "2026-12-31", OURS, "no law to miss"),
    ("access", "DE", "2026-09-03", {}, "2026-10-05", OURS, "moved from Saturday to Monday"),
    ("access", "DE", "2026-09-03", {}, "2026-10-06", BOTH, "the day after"),
    ("opt_out", "US-CO", "2026-03-02", {}, "2026-03-02", NOTHING, "at once, on the day"),
    ("opt_out", "US-CO", "2026-03-02", {}, "2026-03-03", NOTHING, "the next working day is still at once"),
    ("opt_out", "US-CO", "2026-03-02", {}, "2026-03-04", LAW, "after it, long before our target"),
    ("opt_out", "US-CO", "2026-03-06", {}, "2026-03-09", NOTHING, "a Friday: Monday is the next working day"),
    ("opt_out", "US-CO", "2026-09-04", {}, "2026-09-08", NOTHING, "the Friday before Labor Day: Tuesday"),
    ("opt_out", "US-CO", "2026-09-04", {}, "2026-09-09", LAW, "Wednesday"),
    ("opt_out", "DE", "2026-03-02", {}, "2026-03-04", LAW, "the month is the limit of the answer, not of stopping"),
    ("opt_out", "US-TX", "2026-03-02", {}, "2026-03-04", NOTHING, "Texas: as the answer"),
    ("withdraw_consent", "GB", "2026-03-02", {}, "2026-03-03", NOTHING, "at once"),
    ("withdraw_consent", "GB", "2026-03-02", {}, "2026-03-20", BOTH, "and past our target"),
    ("appeal", "US-OR", "2026-12-10", {}, "2027-01-24", OURS, "day 45 of the appeal"),
    ("appeal", "US-OR", "2026-12-10", {}, "2027-01-25", BOTH, "day 46"),
]
# fmt: on


@pytest.mark.parametrize(("right", "residence", "day", "events", "on", "expected", "reason"), LATE)
def test_what_is_missed(right, residence, day, events, on, expected, reason):
    assert missed(dates(right, residence, day, **events).dates, D(day), D(on)) == expected, reason


def test_a_request_that_an_appeal_opened_again_has_only_our_new_target_to_miss():
    reopened = after_appeal(D("2026-06-01"))
    old = dates("access", "US-TX", "2026-03-02").dates
    assert missed((*old, reopened), D("2026-03-02"), D("2026-06-15")) == NOTHING
    assert missed((*old, reopened), D("2026-03-02"), D("2026-06-16")) == OURS


def test_an_acknowledgement_is_no_answer_and_misses_nothing():
    assert missed(dates("delete", "US-CA", "2026-03-02").dates, D("2026-03-02"), D("2026-03-16")) == NOTHING


def test_what_is_due_at_once_keeps_its_outer_limit_beside_the_day_that_counts():
    due: Any = dates("opt_out", "DE", "2026-03-02").date_of(DateKind.STATUTORY)
    assert (due.due_on, last_day(due, D("2026-03-02"))) == (D("2026-04-02"), D("2026-03-03"))


def test_what_is_due_at_once_stands_first_in_a_queue():
    cases = [("access", "US-TX"), ("opt_out", "DE"), ("delete", None), ("opt_out", "US-CO")]
    made = {case: dates(*case, "2026-03-02" if case[0] == "opt_out" else "2026-02-20") for case in cases}
    queue = sorted(cases, key=lambda case: first_come(made[case].dates, made[case].leading.due_on))
    assert queue == [("opt_out", "US-CO"), ("opt_out", "DE"), ("access", "US-TX"), ("delete", None)]


# --- what could still move a date ---

# fmt: off
MOVES = [
    # right, residence, what happened, by what, up to, told by
    ("access", "US-TX", {}, Mover.PROMISE, "2026-04-16", "2026-03-16"),
    ("access", "US-TX", {}, Mover.EXTENSION, "2026-05-31", "2026-04-16"),
    ("access", "US-TX", {"extended_on": D("2026-03-10")}, Mover.PROMISE, "2026-05-31", "2026-03-16"),
    ("access", "US-TX", {"promised": D("2026-04-01")}, Mover.PROMISE, "2026-04-16", "2026-04-01"),
    ("access", "US-FL", {}, Mover.EXTENSION, "2026-05-01", "2026-04-16"),
    ("access", "DE", {}, Mover.EXTENSION, "2026-06-02", "2026-04-02"),
    ("access", "CH", {}, Mover.EXTENSION, None, "2026-04-01"),
    ("access", "CH", {}, Mover.PAUSE, None, None),
    ("access", "GB", {}, Mover.PAUSE, None, None),
    ("access", None, {}, Mover.PROMISE, "2026-04-16", "2026-03-16"),
    ("appeal", "US-CO", {}, Mover.EXTENSION, "2026-06-15", "2026-04-16"),
    ("appeal", "DE", {}, Mover.PROMISE, "2026-04-16", "2026-03-16"),
    ("opt_out", "US-CA", {}, Mover.PROMISE, "2026-03-23", "2026-03-16"),
]
STANDS = [
    ("access", "US-TX", {"extended_on": D("2026-03-10")}, Mover.EXTENSION, "it was extended once"),
    ("access", "BR", {}, Mover.EXTENSION, "Brazil extends nothing"),
    ("access", "DE", {}, Mover.PAUSE, "the portal does not let the EU clock wait"),
    ("opt_out", "GB", {}, Mover.PAUSE, "what is due at once waits for nothing"),
    ("opt_out", "US-CO", {}, Mover.PROMISE, "due at once, before our 14 days"),
    ("opt_out", "US-TX", {}, Mover.EXTENSION, "stopping is not extended"),
    ("access", "US-TX", {"promised": D("2026-04-16")}, Mover.PROMISE, "promised up to the law's day"),
    ("delete", "CH", {}, Mover.PAUSE, "no date by law to wait for"),
    ("access", None, {}, Mover.EXTENSION, "no law"),
]
# fmt: on


@pytest.mark.parametrize(("right", "residence", "events", "by", "until", "tell_by"), MOVES)
def test_what_could_still_move_a_date_how_far_and_told_by_when(right, residence, events, by, until, tell_by):
    way = next(way for way in leeway(dates(right, residence, "2026-03-02", **events)) if way.by is by)
    assert (way.until, way.tell_by) == (until and D(until), tell_by and D(tell_by))
    assert way.citation
    assert "{" not in way.why


@pytest.mark.parametrize(("right", "residence", "events", "by", "reason"), STANDS)
def test_what_cannot_move_a_date(right, residence, events, by, reason):
    assert by not in {way.by for way in leeway(dates(right, residence, "2026-03-02", **events))}, reason


def test_what_is_over_is_left_out():
    texas = dates("access", "US-TX", "2026-03-02")
    assert [way.by for way in leeway(texas, D("2026-03-16"))] == [Mover.PROMISE, Mover.EXTENSION]
    assert [way.by for way in leeway(texas, D("2026-03-17"))] == [Mover.EXTENSION]
    assert leeway(texas, D("2026-04-17")) == ()


@pytest.mark.parametrize(
    ("residence", "by", "confidence"),
    [
        ("US-TX", Mover.PROMISE, "verified"),
        ("US-TX", Mover.EXTENSION, "verified"),
        ("US-OR", Mover.EXTENSION, "unverified"),
        ("GB", Mover.PAUSE, "secondary"),
    ],
)
def test_what_could_move_a_date_says_how_sure_its_source_is(residence, by, confidence):
    ways = leeway(dates("access", residence, "2026-03-02"))
    assert [way.confidence for way in ways if way.by is by] == [confidence]


def test_an_extension_names_what_the_law_wants_for_it():
    way = next(way for way in leeway(dates("access", "NZ", "2026-03-02")) if way.by is Mover.EXTENSION)
    assert way.conditions[0] == "large volume or search, consultations, complexity"
    assert "right to complain to the Commissioner" in way.conditions


def test_without_a_law_staff_promise_no_more_than_45_days():
    assert longest_promise(dates("access", None, "2026-03-02")) == D("2026-04-16")


def test_before_february_2026_no_british_clock_stood_still():
    assert Mover.PAUSE not in {way.by for way in leeway(dates("access", "GB", "2026-02-04"))}
    assert Mover.PAUSE in {way.by for way in leeway(dates("access", "GB", "2026-02-05"))}


@pytest.mark.parametrize(
    ("right", "residence", "kind", "confidence", "reason"),
    [
        ("access", "US-TX", DateKind.STATUTORY, "verified", "term and counting were read"),
        ("access", "DE", DateKind.STATUTORY, "secondary", "the month is in the statute, how it is counted is not"),
        (
            "delete",
            "US-CA",
            DateKind.ACKNOWLEDGEMENT,
            "secondary",
            "business days are not said to be what we take them for",
        ),
        ("access", "US-OR", DateKind.STATUTORY, "secondary", "the term itself was read about only"),
        ("access", "ZA", DateKind.STATUTORY, "unverified", "the weakest of them counts"),
        ("access", None, DateKind.TARGET, "verified", "our own promise"),
    ],
)
def test_a_date_is_as_sure_as_the_least_sure_fact_behind_it(right, residence, kind, confidence, reason):
    due = dates(right, residence, "2026-03-02").date_of(kind)
    assert due.confidence == confidence, reason
