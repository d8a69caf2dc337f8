"""Every date of a request: the law file's examples, our own table, and what always holds."""

import ast
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import holidays
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from requests import deadlines, leeway, reasons, statute
from requests.counting import COUNTING, days_off, easter_sunday, next_open_day, same_day_months_later
from requests.deadlines import (
    complaint_acknowledgement_due,
    due_instant,
    received_on,
    schedule,
)
from requests.reasons import SAY, in_words
from requests.regimes import all_regimes, law
from requests.terms import DateKind, Right

TARGET, ACK, LAW, MORE = (
    DateKind.TARGET,
    DateKind.ACKNOWLEDGEMENT,
    DateKind.STATUTORY,
    DateKind.EXTENDED,
)
D = date.fromisoformat


def noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00:00-06:00")


def dated(kind: DateKind, right: Any, residence: str | None, received_at: datetime, **events: Any) -> Any:
    return schedule(right, residence, received_at, **events).date_of(kind)


def due(kind, right, residence, day, **events):
    found = dated(kind, right, residence, noon(day), **events)
    return found and found.due_on


# --- the worked examples of the law file ---

VECTORS = yaml.safe_load((Path(__file__).parent / "law" / "vectors.yaml").read_text())["test_vectors"]
EU_BY_ZONE = {"Europe/Berlin": "DE", "Europe/Dublin": "IE", "Europe/Paris": "FR"}
OURS = {"opt_out_sale": Right.OPT_OUT, "appeal": "appeal"}
EVENTS: dict[str, dict[str, Any]] = {
    "V05": {"extended_on": D("2026-09-10"), "promised": D("2026-09-30")},
    "V09": {"extended_on": D("2026-12-01")},
    "V10": {"extended_on": D("2026-12-07")},
    "V17": {"extended_on": D("2026-11-12")},
    "V22": {"extended_on": D("2026-08-10")},
    "V31": {"extended_on": D("2026-06-26")},
    "V37": {"stopped": ((D("2026-06-08"), D("2026-06-15")),)},
    "V40": {"clock_starts_on": D("2026-03-15")},
    "V44": {"extended_on": D("2026-11-10")},
}


def kind_of(vector) -> DateKind:
    if vector["regime"] in ("none", "jp_appi"):
        return TARGET
    if "acknowledgement" in vector["measure"]:
        return ACK
    return MORE if vector["measure"] == "response after extension" else LAW


def residence_of(vector) -> str | None:
    if vector["regime"] == "eu_gdpr":
        return EU_BY_ZONE[vector["requester_timezone"]]
    places = next(regime.jurisdictions for regime in all_regimes() if regime.id == vector["regime"])
    return places[0] if places else None


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["id"] for vector in VECTORS])
def test_the_worked_examples_of_the_law_file_come_out_as_printed(vector):
    zone = None if vector["requester_timezone"] == "unknown" else vector["requester_timezone"]
    received_at = datetime.fromisoformat(vector["received_at"])
    assert received_on(received_at, zone) == D(vector["receipt_date"])
    assert due_instant(D(vector["due_date"]), zone) == datetime.fromisoformat(vector["due_at_utc"])
    if vector["id"] == "V38":  # a complaint, not a request
        assert complaint_acknowledgement_due("GB", received_at, zone=zone) == D(vector["due_date"])
        return
    right: Any = OURS.get(vector["right"]) or Right(vector["right"])
    answer = schedule(right, residence_of(vector), received_at, zone=zone, **EVENTS.get(vector["id"], {}))
    found: Any = answer.date_of(kind_of(vector))
    assert answer.regime.id == vector["regime"]
    assert (found.due_on, found.safe_on) == (
        D(vector["due_date"]),
        D(vector["safe_date"]),
    ), vector["reason"]


# --- our own table ---

# fmt: off
CASES = [
    # right, residence, received at noon in Texas, events, kind, due, reason
    ("delete", None, "2026-03-02", {}, TARGET, "2026-03-16", "14 days, day of receipt not counted"),
    ("delete", None, "2026-03-02", {}, LAW, None, "unknown residence: policy alone"),
    ("delete", "US-NY", "2026-03-02", {}, LAW, None, "New York has no such law"),
    ("delete", "US", "2026-03-02", {}, LAW, None, "a country without the state says nothing"),
    ("delete", "US-PR", "2026-03-02", {}, LAW, None, "a territory falls to the policy"),
    ("delete", "us-tx", "2026-03-02", {}, LAW, "2026-04-16", "codes are read in any case"),
    ("access", "JP", "2026-09-01", {}, LAW, None, "without delay is no number"),
    ("access", "IN", "2026-09-01", {}, LAW, None, "India is not in force before 2027"),
    ("appeal", "IN", "2027-06-01", {}, LAW, "2027-08-30", "India: 90 days for grievances"),
    ("access", "IN", "2027-06-01", {}, LAW, None, "India: requests get the period we publish ourselves"),
    # each right on its own
    ("retaliation", "US-TX", "2026-03-02", {}, LAW, None, "retaliation: target only"),
    ("unsure", "US-CA", "2026-03-02", {}, LAW, None, "not triaged: no strictest plausible date"),
    ("unsure", "US-CA", "2026-03-02", {}, ACK, None, "nor an acknowledgement of a right not known yet"),
    ("unsure", "US-CA", "2026-03-02", {}, TARGET, "2026-03-16", "but our clock runs from receipt"),
    ("object", "US-TX", "2026-03-02", {}, LAW, None, "Texas knows no objection"),
    ("object", "DE", "2026-03-02", {}, LAW, "2026-04-02", "the Union does"),
    ("restrict", "US-CA", "2026-03-02", {}, LAW, None, "California grants no restriction"),
    ("correct", "US-IA", "2026-03-02", {}, LAW, None, "Iowa grants no correction"),
    ("correct", "ZA", "2026-03-02", {}, LAW, None, "South Africa: the 30 days are for access only"),
    ("access", "ZA", "2026-03-02", {}, LAW, "2026-04-01", "30 days"),
    ("delete", "CA-ON", "2026-03-02", {}, LAW, None, "Canada: the term is for access and correction"),
    ("delete", "CH", "2026-03-02", {}, LAW, None, "Switzerland: erasure goes by civil claim"),
    ("correct", "CH", "2026-03-02", {}, LAW, "2026-04-01", "Switzerland: same 30 days for correction"),
    ("delete", "BR", "2026-03-02", {}, LAW, "2026-03-17", "Brazil: 15 days for every right granted"),
    ("withdraw_consent", "BR", "2026-03-02", {}, LAW, None, "no stop term in this law"),
    # consent withdrawn: the law's own stop term
    ("withdraw_consent", "US-OR", "2026-03-02", {}, LAW, "2026-03-17", "15 days"),
    ("withdraw_consent", "US-RI", "2026-03-02", {}, LAW, "2026-03-17", "15 days"),
    ("withdraw_consent", "US-CT", "2026-03-02", {}, LAW, "2026-03-17", "15 days"),
    ("withdraw_consent", "US-DE", "2026-03-02", {}, LAW, "2026-03-17", "15 days"),
    ("withdraw_consent", "US-NH", "2026-03-02", {}, LAW, "2026-03-17", "15 days"),
    ("withdraw_consent", "US-NJ", "2026-03-02", {}, LAW, "2026-03-17", "15 days"),
    (
        "withdraw_consent",
        "US-MT",
        "2026-03-02",
        {},
        LAW,
        "2026-04-16",
        "Mont. Code 30-14-2812(1)(c): 45 days",
    ),
    ("withdraw_consent", "US-CA", "2026-03-02", {}, LAW, None, "California: no stop term"),
    ("withdraw_consent", "FR", "2026-03-02", {}, LAW, "2026-04-02", "the month as outer limit"),
    ("withdraw_consent", "GB", "2026-03-02", {}, LAW, "2026-04-02", "the month as outer limit"),
    # opt-outs
    ("opt_out", "US-CA", "2026-03-02", {}, LAW, "2026-03-23", "15 business days"),
    ("opt_out", "US-CA", "2026-03-02", {}, ACK, None, "an opt-out needs no acknowledgement"),
    ("opt_out", "US-TX", "2026-03-02", {}, LAW, "2026-04-16", "as the answer"),
    ("opt_out", "US-CO", "2026-03-02", {}, LAW, "2026-03-02", "no term at all: the day of receipt"),
    ("opt_out", "DE", "2026-03-02", {}, LAW, "2026-04-02", "at once, the month as outer limit"),
    ("opt_out", "JP", "2026-03-02", {}, LAW, None, "granted, but without a number"),
    ("opt_out", "NZ", "2026-03-02", {}, LAW, None, "not granted"),
    ("limit_sensitive", "US-CA", "2026-03-02", {}, LAW, "2026-03-23", "15 business days"),
    ("limit_sensitive", "US-UT", "2026-03-02", {}, LAW, "2026-04-16", "Utah: as its opt-out"),
    ("limit_sensitive", "US-TX", "2026-03-02", {}, LAW, None, "not granted"),
    (
        "opt_out",
        "US-TX",
        "2026-03-02",
        {"extended_on": D("2026-03-05")},
        MORE,
        None,
        "opt-outs are not extended",
    ),
    (
        "opt_out",
        "DE",
        "2026-03-02",
        {"extended_on": D("2026-03-05")},
        MORE,
        None,
        "nor objections to marketing",
    ),
    # laws and rights that begin
    ("correct", "US-UT", "2026-06-30", {}, LAW, None, "Utah: correction from 1 July 2026"),
    ("correct", "US-UT", "2026-07-01", {}, LAW, "2026-08-15", "the first day counts"),
    ("delete", "US-MD", "2026-03-31", {}, LAW, None, "Maryland: applies from 1 April 2026"),
    ("delete", "US-MD", "2026-04-01", {}, LAW, "2026-05-16", "the first day counts"),
    ("appeal", "US-MD", "2026-03-31", {}, LAW, None, "and so does its appeal"),
    ("delete", "US-KY", "2025-12-31", {}, LAW, None, "Kentucky: not yet in force"),
    ("delete", "US-KY", "2026-01-01", {}, LAW, "2026-02-15", "in force from the first day"),
    ("opt_out", "US-CA", "2019-12-31", {}, LAW, None, "no California law before 2020"),
    ("limit_sensitive", "US-CA", "2022-12-31", {}, LAW, None, "California: limiting from 2023"),
    ("correct", "US-CA", "2022-12-31", {}, ACK, None, "a right not yet given is not acknowledged"),
    # extensions
    (
        "access",
        "US-TX",
        "2026-03-02",
        {"extended_on": D("2026-04-16")},
        MORE,
        "2026-05-31",
        "last day to tell",
    ),
    ("access", "US-TX", "2026-03-02", {"extended_on": D("2026-04-17")}, MORE, None, "a day late"),
    ("access", "US-TX", "2026-03-02", {"extended_on": D("2026-03-01")}, MORE, None, "dated before receipt"),
    ("access", "US-FL", "2026-03-02", {"extended_on": D("2026-03-09")}, MORE, "2026-05-01", "45 + 15"),
    ("access", "US-IA", "2026-03-02", {"extended_on": D("2026-03-09")}, MORE, "2026-07-15", "90 + 45"),
    (
        "access",
        "DE",
        "2026-11-30",
        {"extended_on": D("2026-12-01")},
        MORE,
        "2027-03-01",
        "Feb 28 is a Sunday",
    ),
    (
        "access",
        "DE",
        "2026-09-03",
        {"extended_on": D("2026-10-04")},
        MORE,
        None,
        "in time means the unmoved end",
    ),
    (
        "access",
        "GB",
        "2026-09-30",
        {"extended_on": D("2026-10-01")},
        MORE,
        "2026-12-30",
        "three months in one step",
    ),
    (
        "access",
        "CA-ON",
        "2026-10-07",
        {"extended_on": D("2026-10-20")},
        MORE,
        "2026-12-06",
        "day 60, a Sunday",
    ),
    (
        "access",
        "CA-ON",
        "2026-08-31",
        {"extended_on": D("2026-10-01")},
        MORE,
        None,
        "moved end is not the unmoved",
    ),
    ("access", "BR", "2026-03-02", {"extended_on": D("2026-03-03")}, MORE, None, "Brazil extends nothing"),
    ("access", None, "2026-03-02", {"extended_on": D("2026-03-03")}, MORE, None, "no law to extend"),
    # laws that extend without a number: the notice names the day
    ("access", "CH", "2026-03-02", {"extended_on": D("2026-03-09")}, MORE, None, "no day named"),
    (
        "access",
        "CH",
        "2026-03-02",
        {"extended_on": D("2026-03-09"), "promised": D("2026-05-04")},
        MORE,
        "2026-05-04",
        "the day named",
    ),
    (
        "access",
        "NZ",
        "2026-03-02",
        {"extended_on": D("2026-03-09"), "promised": D("2026-03-20")},
        MORE,
        None,
        "a day before the law's own is no extension",
    ),
    # promises
    (
        "access",
        "US-TX",
        "2026-03-02",
        {"promised": D("2026-03-30")},
        TARGET,
        "2026-03-30",
        "moves the target",
    ),
    (
        "access",
        "US-TX",
        "2026-03-02",
        {"promised": D("2026-04-16")},
        TARGET,
        "2026-04-16",
        "up to the law's day",
    ),
    ("access", "US-TX", "2026-03-02", {"promised": D("2026-04-17")}, TARGET, "2026-03-16", "never beyond it"),
    (
        "access",
        None,
        "2026-03-02",
        {"promised": D("2026-12-01")},
        TARGET,
        "2026-12-01",
        "the policy has no maximum",
    ),
    ("access", None, "2026-03-02", {"promised": D("2026-03-10")}, TARGET, "2026-03-16", "never shortens"),
    (
        "access",
        "US-TX",
        "2026-03-02",
        {"extended_on": D("2026-03-10"), "promised": D("2026-05-20")},
        TARGET,
        "2026-05-20",
        "both: up to the extended day",
    ),
    (
        "access",
        "US-TX",
        "2026-03-02",
        {"extended_on": D("2026-03-20"), "promised": D("2026-05-20")},
        TARGET,
        "2026-03-16",
        "told after the 14 days: the target had passed",
    ),
    (
        "access",
        "US-TX",
        "2026-03-02",
        {"extended_on": D("2026-03-20"), "promised": D("2026-05-20"), "promise_told_on": D("2026-03-12")},
        TARGET,
        "2026-05-20",
        "the first promise was in time",
    ),
    (
        "access",
        "US-TX",
        "2026-03-02",
        {"extended_on": D("2026-03-01"), "promised": D("2026-03-20")},
        TARGET,
        "2026-03-16",
        "told before it reached us",
    ),
    (
        "opt_out",
        "US-CO",
        "2026-03-02",
        {"promised": D("2026-03-20")},
        TARGET,
        "2026-03-16",
        "beyond an at-once duty",
    ),
    # appeals
    ("appeal", None, "2026-03-02", {}, TARGET, "2026-03-16", "target of 14 days"),
    ("appeal", None, "2026-03-02", {}, LAW, None, "the policy sets no law"),
    ("appeal", "DE", "2026-03-02", {}, LAW, None, "the Union has no appeal"),
    ("appeal", None, "2026-03-02", {"promised": D("2026-04-16")}, TARGET, "2026-04-16", "at most 45 days"),
    ("appeal", None, "2026-03-02", {"promised": D("2026-04-17")}, TARGET, "2026-03-16", "never more"),
    ("appeal", "US-CO", "2026-03-02", {}, LAW, "2026-04-16", "45 days"),
    ("appeal", "US-CO", "2026-03-02", {"extended_on": D("2026-04-01")}, MORE, "2026-06-15", "45 + 60"),
    ("appeal", "US-MN", "2026-03-02", {"extended_on": D("2026-04-01")}, MORE, "2026-06-15", "45 + 60"),
    (
        "appeal",
        "US-TX",
        "2026-03-02",
        {"extended_on": D("2026-04-01")},
        MORE,
        None,
        "Texas extends no appeal",
    ),
    ("appeal", "US-TX", "2026-03-02", {}, ACK, None, "no acknowledgement"),
    # two laws
    ("access", "CA-QC", "2026-10-16", {}, LAW, "2026-11-15", "Quebec does not move a Sunday, Canada would"),
    ("access", "CA-QC", "2026-10-16", {"extended_on": D("2026-10-20")}, MORE, None, "Quebec extends nothing"),
    # days off
    ("access", "DE-BY", "2026-12-06", {}, LAW, "2027-01-07", "Epiphany is a holiday in Bavaria"),
    ("access", "DE", "2026-12-06", {}, LAW, "2027-01-06", "but not in all of Germany"),
    ("access", "GB-SCT", "2026-07-02", {}, LAW, "2026-08-04", "Sunday, then Scotland's August holiday"),
    ("access", "GB", "2026-07-02", {}, LAW, "2026-08-03", "not a holiday in England"),
    (
        "access",
        "GB-LND",
        "2026-07-31",
        {},
        LAW,
        "2026-09-01",
        "London counts as England: 31 August is a holiday",
    ),
    ("access", "GB-SCT", "2026-07-31", {}, LAW, "2026-08-31", "which Scotland does not have"),
    ("access", "CA", "2026-11-25", {}, LAW, "2026-12-26", "Christmas moves to a Saturday, which is open"),
    (
        "access",
        "NZ",
        "2027-02-05",
        {},
        LAW,
        "2027-03-05",
        "Waitangi Day on a Saturday: no Monday in its place",
    ),
]
# fmt: on


@pytest.mark.parametrize(("right", "residence", "day", "events", "kind", "expected", "reason"), CASES)
def test_each_date_is_what_the_law_and_the_policy_say(right, residence, day, events, kind, expected, reason):
    asked = right if right == "appeal" else Right(right)
    assert due(kind, asked, residence, day, **events) == (expected and D(expected)), reason


# fmt: off
SENTENCES = [
    ("delete", None, {}, TARGET, "14 days from Monday 2 March 2026: our promise, policy section 9"),
    ("access", "US-TX", {"extended_on": D("2026-04-17")}, LAW, "came too late to move it"),
    ("access", "US-TX", {"extended_on": D("2026-03-01")}, LAW, "dated before receipt"),
    ("opt_out", "US-TX", {"extended_on": D("2026-03-05")}, LAW, "allows no more time for this"),
    ("access", "CH", {"extended_on": D("2026-03-05")}, LAW, "wants it to name a later day"),
    (
        "access",
        "US-TX",
        {"extended_on": D("2026-03-05")},
        MORE,
        "Extended by our notice of Thursday 5 March 2026",
    ),
    ("access", None, {"extended_on": D("2026-03-05")}, TARGET, "no law sets a date here"),
    (
        "access",
        "US-TX",
        {"promised": D("2026-03-20")},
        TARGET,
        "promised anew in place of Monday 16 March 2026",
    ),
    ("access", "US-TX", {"promised": D("2026-03-16")}, TARGET, "changes nothing"),
    (
        "access",
        "US-TX",
        {"promised": D("2027-03-16")},
        TARGET,
        "the last day allowed is Thursday 16 April 2026",
    ),
    ("opt_out", "DE", {}, LAW, "stopping is due at once"),
    ("opt_out", "US-CO", {}, LAW, "At once, as soon as it reached us"),
    ("object", "DE", {}, LAW, "against direct marketing it takes effect at once"),
    ("access", "DE", {}, LAW, "One month from Monday 2 March 2026"),
    ("access", "DE", {"extended_on": D("2026-03-05")}, MORE, "3 months from Monday 2 March 2026"),
    ("access", "GB", {"stopped": ((D("2026-03-05"), D("2026-03-06")),)}, LAW, "2 days that do not count"),
    ("appeal", "US-TX", {}, TARGET, "when the appeal reached us"),
]
# fmt: on


@pytest.mark.parametrize(("right", "residence", "events", "kind", "words"), SENTENCES)
def test_each_date_says_why_it_is_what_it_is(right, residence, events, kind, words):
    asked = right if right == "appeal" else Right(right)
    assert words in dated(kind, asked, residence, noon("2026-03-02"), **events).why


def test_a_moved_date_says_what_it_was_moved_from():
    found = dated(LAW, Right.ACCESS, "DE", noon("2026-09-03"))
    assert "moved from Saturday 3 October 2026" in found.why
    assert found.unmoved_on == D("2026-10-03")


def test_a_promise_told_too_late_says_so():
    events = {"extended_on": D("2026-03-20"), "promised": D("2026-04-01")}
    found = dated(TARGET, Right.ACCESS, None, noon("2026-03-02"), **events)
    assert "came after Monday 16 March 2026" in found.why


def test_the_answer_as_json_has_the_shape_the_command_prints():
    answer = schedule(Right.DELETE, "US-CA", datetime.fromisoformat("2026-01-31T23:30:00-06:00")).as_json()
    assert list(answer) == ["received_on", "regime", "dates", "leading"]
    assert (answer["received_on"], answer["regime"]) == ("2026-01-31", "us_ca_ccpa")
    assert [row["kind"] for row in answer["dates"]] == ["target", "acknowledgement", "statutory"]
    assert all(list(row) == ["kind", "due_on", "rule", "citation", "why"] for row in answer["dates"])
    assert answer["leading"] == {"kind": "target", "due_on": "2026-02-14"}


def test_an_at_once_duty_is_marked_as_such():
    marked = {
        (right, place): dated(LAW, right, place, noon("2026-03-02")).at_once
        for right in (Right.OPT_OUT, Right.DELETE)
        for place in ("US-CO", "DE", "GB", "US-TX")
    }
    assert {key for key, at_once in marked.items() if at_once} == {
        (Right.OPT_OUT, "US-CO"),
        (Right.OPT_OUT, "DE"),
        (Right.OPT_OUT, "GB"),
    }


def test_on_a_tie_the_law_leads():
    promised = schedule(Right.ACCESS, "US-TX", noon("2026-03-02"), promised=D("2026-04-16"))
    assert promised.leading.kind == LAW


def test_the_extension_leads_in_place_of_the_date_it_moved():
    events: dict[str, Any] = {"extended_on": D("2026-03-10"), "promised": D("2026-05-31")}
    assert schedule(Right.ACCESS, "US-TX", noon("2026-03-02"), **events).leading.kind == MORE


def test_staff_see_how_far_and_by_when_a_date_can_be_moved():
    texas = schedule(Right.ACCESS, "US-TX", noon("2026-03-02"))
    assert texas.more_time == deadlines.ExtensionBound(D("2026-05-31"), D("2026-04-16"))
    assert texas.promise_until == D("2026-04-16")
    swiss = schedule(Right.ACCESS, "CH", noon("2026-03-02"))
    assert swiss.more_time == deadlines.ExtensionBound(None, D("2026-04-01"))
    nobody = schedule(Right.ACCESS, None, noon("2026-03-02"))
    assert (nobody.more_time, nobody.promise_until) == (None, None)
    assert schedule(Right.OPT_OUT, "US-TX", noon("2026-03-02")).more_time is None


@pytest.mark.parametrize(
    ("residence", "last"), [("DE", "2026-04-02"), ("US-TX", "2026-04-16"), ("US-CA", "2026-03-23"), (None, None)]
)
def test_before_it_is_said_which_right_it_is_no_promise_goes_beyond_what_any_of_them_allows(residence, last):
    unsure = schedule(Right.UNSURE, residence, noon("2026-03-02"), promised=D("2026-04-20"))
    assert unsure.promise_until == (last and D(last))
    assert unsure.date_of(TARGET).due_on == D("2026-03-16" if last else "2026-04-20")


def test_the_zone_given_wins_over_the_zone_of_the_residence():
    late = datetime.fromisoformat("2026-03-02T23:30:00-08:00")  # 3 March in Texas
    assert schedule(Right.DELETE, "US-CA", late).received_on == D("2026-03-02")
    assert schedule(Right.DELETE, "US-CA", late, zone="America/New_York").received_on == D("2026-03-03")


def test_a_time_without_an_offset_is_refused():
    with pytest.raises(ValueError, match="offset"):
        received_on(datetime(2026, 3, 2, 12), None)


def test_clocks_that_cannot_wait_take_no_notice_of_a_pause():
    events = {"stopped": ((D("2026-03-05"), D("2026-03-20")),), "clock_starts_on": D("2026-03-30")}
    assert due(LAW, Right.ACCESS, "US-TX", "2026-03-02", **events) == D("2026-04-16")
    assert due(LAW, Right.ACCESS, "CH", "2026-03-02", stopped=events["stopped"]) == D("2026-04-01")


def test_a_complaint_is_acknowledged_only_where_the_law_wants_it():
    assert complaint_acknowledgement_due("GB", noon("2026-06-18")) is None  # not yet in force
    assert complaint_acknowledgement_due("GB", noon("2026-06-19")) == D("2026-07-18")
    assert complaint_acknowledgement_due("US-CA", noon("2026-07-01")) is None
    assert complaint_acknowledgement_due(None, noon("2026-07-01")) is None


def test_a_complaint_duty_adds_no_date_to_a_request():
    assert due(ACK, Right.ACCESS, "GB", "2026-07-01") is None


# --- counting rules and days off ---


def test_every_rule_the_law_file_names_is_a_function_here():
    assert set(COUNTING) == set(law()["counting_rules"])


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-01-31", 1, "2026-02-28"),  # no 31 February
        ("2028-01-31", 1, "2028-02-29"),  # leap year
        ("2026-11-30", 3, "2027-02-28"),  # across the year
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-12-31", 12, "2027-12-31"),
        ("2026-11-15", 1, "2026-12-15"),  # December, not month 0
    ],
)
def test_a_month_ends_on_the_same_day_or_the_months_last(start, months, end):
    assert same_day_months_later(D(start), months) == D(end)


@pytest.mark.parametrize(
    ("place", "day", "off"),
    [
        ("us_federal", "2026-07-03", False),  # 4 July 2026 is a Saturday: no Friday in its place
        ("us_federal", "2026-06-19", True),
        ("us_federal", "2026-11-27", False),  # the Friday after Thanksgiving
        ("us_federal", "2026-05-25", True),  # the last Monday in May
        ("ca_federal", "2026-05-18", True),  # Victoria Day
        ("ca_federal", "2026-05-25", False),  # the Monday before the 25th is the 18th
        ("ca_federal", "2026-04-06", True),  # Easter Monday
        ("ca_federal", "2026-08-03", False),  # the civic holiday is provincial
        ("nz_privacy", "2027-01-15", True),
        ("nz_privacy", "2027-01-18", False),
        ("nz_privacy", "2026-12-24", False),
        ("nz_privacy", "2026-07-10", True),  # Matariki
        ("nz_privacy", "2026-04-27", False),  # Anzac Day fell on a Saturday
    ],
)
def test_days_off_are_those_the_data_lists(place, day, off):
    assert days_off(place, None)(D(day)) is off


def test_a_rule_without_a_calendar_has_no_day_off():
    assert not days_off(None, "DE")(D("2026-12-25"))


def test_easter_agrees_with_the_library_for_a_century():
    listed = holidays.country_holidays("DE", years=range(2000, 2100))
    easters = [easter_sunday(year) for year in range(2000, 2100)]
    assert all(day + timedelta(days=offset) in listed for day in easters for offset in (-2, 1))


def test_our_federal_days_agree_with_the_library():
    for year in range(2022, 2040):
        listed = {day for day in holidays.country_holidays("US", years=year, observed=False) if day.weekday() < 5}
        is_off = days_off("us_federal", None)
        ours = {day for n in range(365) if is_off(day := date(year, 1, 1) + timedelta(days=n))}
        assert {day for day in ours if day.weekday() < 5} == listed


def test_every_country_of_a_law_with_public_holidays_is_known_to_the_library():
    for regime in all_regimes():
        if regime.response and regime.response.calendar in ("requester_country", "GB"):
            for place in regime.jurisdictions:
                assert days_off(regime.response.calendar, place)(D("2026-01-01")), place


# --- properties ---

PLACES = sorted({place for regime in all_regimes() for place in regime.jurisdictions} | {"US-NY", "MX"})
RIGHTS = st.sampled_from([*Right, "appeal"])
RESIDENCES = st.sampled_from([None, *PLACES])
INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
LATER = st.none() | st.integers(-5, 200)


@settings(max_examples=300, deadline=None)
@given(RIGHTS, RESIDENCES, INSTANTS, LATER, LATER)
def test_whatever_happens_the_dates_keep_their_order(right, residence, received_at, notice, promise):
    plain: Any = schedule(right, residence, received_at)
    day = plain.received_on
    events: dict[str, Any] = {
        "extended_on": day + timedelta(days=notice) if notice is not None else None,
        "promised": day + timedelta(days=promise) if promise is not None else None,
    }
    moved: Any = schedule(right, residence, received_at, **events)
    target, law_date, more = (moved.date_of(kind) for kind in (TARGET, LAW, MORE))
    last = more or law_date
    assert target.due_on >= plain.date_of(TARGET).due_on  # a promise never shortens
    assert (law_date and law_date.due_on) == (plain.date_of(LAW) and plain.date_of(LAW).due_on)
    assert moved.leading.due_on == min(each.due_on for each in (target, last) if each)
    assert moved.leading.kind is not ACK
    if more:
        assert more.due_on >= law_date.due_on  # nor does an extension
        assert events["extended_on"] <= law_date.safe_on
        bound: Any = plain.more_time
        assert more.due_on == (bound.until or events["promised"])
    if last and target.due_on > day + timedelta(days=14):
        assert target.due_on <= last.due_on  # never promised beyond the law
    assert all(due.why and due.citation and due.rule in COUNTING and "{" not in due.why for due in moved.dates)


@settings(max_examples=200, deadline=None)
@given(INSTANTS, st.sampled_from([None, "Asia/Tokyo", "Pacific/Honolulu", "Pacific/Kiritimati"]))
def test_the_due_instant_is_the_end_of_the_day_in_one_zone_and_never_after_it_in_the_other(received_at, zone):
    day = received_on(received_at, zone)
    end = due_instant(day, zone)
    assert end.utcoffset() == timedelta(0)
    assert received_on(end, zone) <= day
    assert received_on(end + timedelta(days=1, seconds=1), zone) > received_on(end, zone)


@pytest.mark.parametrize(
    ("zone", "now", "day"),
    [
        (None, "2026-12-17T05:30:00+00:00", "2026-12-16"),  # half past eleven at night in Texas
        ("Pacific/Honolulu", "2026-12-17T06:30:00+00:00", "2026-12-17"),  # over in Texas, though not there
        ("Europe/Berlin", "2026-12-16T22:59:59+00:00", "2026-12-16"),
        ("Europe/Berlin", "2026-12-16T23:00:00+00:00", "2026-12-17"),  # five in the afternoon in Texas
        ("Pacific/Auckland", "2026-12-16T14:00:00+00:00", "2026-12-17"),  # the morning of the 16th in Texas
    ],
)
def test_a_date_has_passed_once_it_has_in_one_of_the_two_zones(zone, now, day):
    moment = datetime.fromisoformat(now)
    assert deadlines.counts_as(moment, zone) == D(day)
    assert (moment > due_instant(D(day), zone)) is False
    assert moment > due_instant(D(day) - timedelta(days=1), zone)


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        (None, "2026-12-16"),
        ("Pacific/Honolulu", "2026-12-16"),
        ("Europe/Berlin", "2026-12-16"),  # until five in the afternoon
        ("Asia/Kolkata", "2026-12-16"),  # until half past noon
        ("Asia/Tokyo", "2026-12-15"),  # over at nine in the morning
        ("Pacific/Auckland", "2026-12-15"),
    ],
)
def test_the_office_has_a_morning_for_every_date(zone, day):
    assert deadlines.office_day(D("2026-12-16"), zone) == D(day)


def test_twenty_working_days_agree_with_counting_by_hand():
    is_off = days_off("nz_privacy", "NZ")
    for n in range(400):
        day = date(2026, 1, 1) + timedelta(days=n)
        opened = [each for k in range(1, 80) if not is_off(each := day + timedelta(days=k))]
        assert due(LAW, Right.ACCESS, "NZ", day.isoformat()) == opened[19]
        assert next_open_day(opened[19], is_off) == opened[19]


# --- the modules themselves ---


def test_the_policy_modules_know_no_django_no_clock_and_no_network():
    for name in ("counting", "statute", "deadlines", "lateness", "leeway", "reasons", "regimes", "grounds"):
        tree = ast.parse((Path(deadlines.__file__).parent / f"{name}.py").read_text())
        imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not {each for each in imported if each.split(".")[0] in ("django", "os", "socket", "httpx", "time")}
        called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert not called & {"now", "today", "utcnow"}


def test_every_sentence_is_used():
    text = "".join(Path(module.__file__ or "").read_text() for module in (deadlines, leeway, reasons, statute))
    built = {"calendar_days", "business_days", "working_days", "months", "day_one"}  # by the unit of a term
    assert all(key in built or text.count(f'"{key}"') > 1 for key in SAY)


def test_days_are_said_in_words_whatever_the_machines_language():
    assert in_words(D("2026-11-23")) == "Monday 23 November 2026"
