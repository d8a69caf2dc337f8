"""The rows of a request brought to the date engine: promises in their order, and the extension of the law."""

from datetime import date, datetime, time, timedelta

import pytest

from requests import clock, leeway, regimes
from requests.deadlines import HOME
from requests.models import Extension
from requests.terms import DateKind, ExtensionReason, Right
from tests.cast import ask


def later(one, days: int) -> date:
    return one.received_on + timedelta(days=days)


def extended(one, of: DateKind, told: int, until: int) -> None:
    """More time, told and promised that many days after receipt."""
    Extension.objects.create(
        rights_request=one,
        of=of,
        reason=ExtensionReason.COMPLEX,
        was_on=clock.current_date(one, of),
        promised_on=later(one, until),
        told_at=datetime.combine(later(one, told), time(12), HOME),
    )
    clock.set_dates(one)


def days(one) -> dict[str, int]:
    """Each date of a request, in days from receipt."""
    return {due.kind: (due.due_on - one.received_on).days for due in one.due_dates.all()}


@pytest.mark.parametrize(
    ("steps", "expected", "reason"),
    [
        ([], (14, 45, None), "nothing happened"),
        ([(DateKind.TARGET, 10, 45)], (45, 45, None), "promised in time, up to the law's day"),
        ([(DateKind.TARGET, 10, 45), (DateKind.STATUTORY, 40, 80)], (80, 45, 90), "and again with the extension"),
        ([(DateKind.TARGET, 10, 30), (DateKind.STATUTORY, 40, 80)], (30, 45, 90), "our target had passed by then"),
        ([(DateKind.STATUTORY, 10, 60)], (60, 45, 90), "the extension alone moves both"),
        ([(DateKind.STATUTORY, 40, 60)], (14, 45, 90), "told after our 14 days: only the law's date"),
    ],
)
def test_each_promise_counts_only_when_told_before_the_one_before_it_passed(db, steps, expected, reason):
    one = ask(Right.ACCESS, residence="US-TX")
    for step in steps:
        extended(one, *step)
    found = days(one)
    kinds = (DateKind.TARGET, DateKind.STATUTORY, DateKind.EXTENDED)
    assert tuple(found.get(kind) for kind in kinds) == expected, reason


def test_what_could_still_move_a_date_follows_what_staff_did(db):
    one = ask(Right.ACCESS, residence="US-TX")
    assert {way.by for way in leeway.leeway(clock.schedule_of(one))} == {"promise", "extension"}
    extended(one, DateKind.STATUTORY, 5, 90)
    assert leeway.leeway(clock.schedule_of(one)) == ()


def test_a_request_says_which_law_data_its_dates_rest_on(db, monkeypatch):
    one = ask(Right.ACCESS, residence="US-TX")
    monkeypatch.setattr(regimes, "LAW_VERSION", "2031-01-01.1")  # counsel corrected a fact
    assert one.law_version != "2031-01-01.1"
    clock.set_dates(one)
    one.refresh_from_db()
    assert (one.regime, one.law_version) == ("us_tx_tdpsa", "2031-01-01.1")
