"""What every law has to state before a date may rest on it, each fact with its confidence and its source."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from requests.counting import COUNTING, MOVES_ITS_LAST_DAY
from requests.deadlines import schedule
from requests.regimes import all_regimes, by_id, law, regimes_for
from requests.terms import DateKind, Right

ENTRIES = law()["regimes"]
LAWS = [entry for entry in ENTRIES if entry["id"] != "none"]
FACTS = ("effective", "rights", "response", "extension", "opt_out", "clock", "appeal", "fee", "authority")
UNITS = {"calendar_days", "business_days", "working_days", "months"}
NO_NUMBER = {"without_delay", "as_soon_as_feasibly_possible"}
PAUSES = {
    *("never", "not_stated", "unclear", "until_authenticated", "fee_only"),
    *("fraud_only", "government_notice_only", "identity_fee_clarification"),
}
every_law = pytest.mark.parametrize("entry", LAWS, ids=lambda entry: entry["id"])
every_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["id"])
D = date.fromisoformat


def noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T18:00:00").replace(tzinfo=UTC)


def terms(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """Every stretch of time that a law gives."""
    blocks = [entry["response"], entry["acknowledgement"], entry["opt_out"], entry["extension"].get("total")]
    blocks += [row.get("stop_within") for row in entry["rights"]["items"].values()]
    return [block for block in blocks if block and "counting" in block]


@every_entry
def test_every_fact_bears_its_confidence_and_its_source(entry):
    for name in (*FACTS, *(["acknowledgement"] if entry["acknowledgement"] else [])):
        block = entry[name]
        assert block["confidence"] in law()["confidence_levels"], name
        assert set(block["sources"]) <= set(law()["sources"]), name
        assert block.get("cite") or entry["citation"], name


@every_law
def test_it_says_whom_it_covers_and_since_when(entry):
    assert entry["jurisdictions"]
    begins, ends = D(entry["effective"]["date"]), entry["effective"].get("until")
    assert ends is None or begins < D(ends)
    assert any(row["available"] for row in entry["rights"]["items"].values())


@every_entry
def test_it_says_how_long_an_answer_may_take_and_for_which_rights(entry):
    answer = entry["response"]
    assert (answer["unit"] in UNITS and answer["amount"] > 0) or answer["unit"] in NO_NUMBER
    assert answer["counting"] in COUNTING
    assert answer["roll_forward"]
    assert answer["applies_to_text"]
    assert answer["applies_to"] == "all" or isinstance(answer["applies_to"], list)


@every_entry
def test_it_says_by_when_stopping_is_due(entry):
    own = entry["opt_out"]
    assert own["same_as_response"] or (own["counting"] in COUNTING and own.get("unit") in UNITS | NO_NUMBER)


@every_entry
def test_it_says_how_far_when_told_and_why_more_time_may_be_taken_or_that_it_may_not(entry):
    more = entry["extension"]
    assert more["max_total"]
    if more.get("total") or more.get("open"):
        assert more["ground"]
        assert more["notice_by"]
        if entry["id"] != "none":
            assert more["notice_must_state"]
    if more.get("total"):
        assert more["total"]["amount"] == entry["response"]["amount"] + more["amount"]
        assert more["times"] == 1


@every_entry
def test_it_says_what_stops_its_clock(entry):
    clock = entry["clock"]
    assert clock["pause"] in PAUSES
    if clock["portal_pauses"]:
        assert clock["rules"]
        assert clock["cite"]


def test_only_two_clocks_wait():
    waiting = {regime.id: regime.clock for regime in all_regimes() if regime.clock.moves_dates}
    assert set(waiting) == {"uk_gdpr", "ch_fadp"}
    assert waiting["uk_gdpr"].waits_for_answers
    assert not waiting["ch_fadp"].waits_for_answers
    assert (waiting["ch_fadp"].reflection_days, waiting["uk_gdpr"].reflection_days) == (10, None)


@every_entry
def test_it_says_what_it_costs_whom_to_turn_to_and_how_a_refusal_is_looked_at_again(entry):
    assert entry["fee"]["free"]
    assert "paid" in entry["fee"]
    assert entry["authority"]["name"]
    assert entry["authority"]["how"]
    look = entry["appeal"]
    if look["available"]:
        for name in ("file_within", "respond_within"):
            assert look[name]["amount"] > 0
            assert look[name]["unit"] == "calendar_days"
            assert look[name]["confidence"] in law()["confidence_levels"]
        assert entry["rights"]["items"]["appeal"]["cite"]
    else:
        assert look["note"]


@every_entry
def test_every_stretch_of_time_can_be_counted(entry):
    for term in terms(entry):
        counts_days_off = term["counting"] in MOVES_ITS_LAST_DAY or "working" in term["counting"]
        assert bool(term.get("holiday_calendar")) is (counts_days_off or "business" in term["counting"])
        if term["counting"] in ("eu_month", "uk_month"):
            assert term["unit"] == "months"


def test_every_way_of_counting_says_where_it_begins_and_what_becomes_of_its_last_day():
    for name, rule in law()["counting_rules"].items():
        assert rule["first_day"] in (0, 1)
        assert rule["month_end"] == ("last_of_month" if name.endswith("_month") else None)
        assert rule["last_day"] in ("stays", "is_never_off", "next_open_day")
        assert (rule["last_day"] == "next_open_day") is (name in MOVES_ITS_LAST_DAY)
        assert rule["text"]
        assert rule["confidence"] in law()["confidence_levels"]


@pytest.mark.parametrize("name", list(COUNTING))
def test_the_first_day_is_counted_as_the_data_says(name):
    monday = D("2026-09-14")  # nothing is closed in the week after
    rule = law()["counting_rules"][name]
    end = COUNTING[name](monday, 1, lambda day: False)
    if name == "none":
        assert end == monday
    elif rule["month_end"]:
        assert end == D("2026-10-14")
    else:
        assert end == monday + timedelta(days=1 - rule["first_day"])


def test_a_law_ends_with_its_last_day(monkeypatch):
    from dataclasses import replace

    from requests import regimes

    repealed = replace(by_id("us_tx_tdpsa"), ends_on=D("2030-12-31"))
    monkeypatch.setattr(regimes, "_by_residence", lambda: {"US-TX": (repealed,)})
    assert regimes_for("US-TX", D("2030-12-31"))[0].id == "us_tx_tdpsa"
    assert regimes_for("US-TX", D("2031-01-01"))[0].id == "none"


def test_a_law_that_was_amended_keeps_its_terms_for_what_came_before(monkeypatch):
    from dataclasses import replace

    from requests import regimes

    before = by_id("us_tx_tdpsa")
    assert before.response
    after = replace(before, id="us_tx_2031", response=replace(before.response, amount=30), effective_on=D("2031-01-01"))
    laws = (replace(before, ends_on=D("2030-12-31")), after)
    monkeypatch.setattr(regimes, "_by_residence", lambda: {"US-TX": laws})
    found = [schedule(Right.ACCESS, "US-TX", noon(day)) for day in ("2030-12-31", "2031-01-01")]
    assert [one.regime.id for one in found] == ["us_tx_tdpsa", "us_tx_2031"]
    assert [one.date_of(DateKind.STATUTORY).due_on for one in found] == [D("2031-02-14"), D("2031-01-31")]
