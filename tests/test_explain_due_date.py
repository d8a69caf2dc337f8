"""`manage.py explain_due_date`, called as a class."""

import json
from io import StringIO

import pytest
from django.core.management.base import CommandError

from requests.management.commands.explain_due_date import Command
from requests.regimes import by_id


def explain(*words: str) -> dict:
    out = StringIO()
    command = Command(stdout=out)
    options = vars(command.create_parser("manage.py", "explain_due_date").parse_args(words))
    command.handle(**options)
    return json.loads(out.getvalue())


def test_it_prints_every_date_with_its_reason_as_json():
    answer = explain("--right", "delete", "--residence", "US-CA", "--received", "2026-01-31T23:30:00-06:00")
    assert list(answer) == ["received_on", "regime", "dates", "leading"]
    assert (answer["received_on"], answer["regime"]) == ("2026-01-31", "us_ca_ccpa")
    assert {row["kind"]: row["due_on"] for row in answer["dates"]} == {
        "target": "2026-02-14",
        "acknowledgement": "2026-02-13",
        "statutory": "2026-03-17",
    }
    assert answer["dates"][0]["why"] == "14 days from Saturday 31 January 2026: our promise, policy section 9"
    assert answer["leading"] == {"kind": "target", "due_on": "2026-02-14"}


def test_residence_left_out_means_unknown():
    answer = explain("--right", "delete", "--received", "2026-01-31T23:30:00-06:00")
    assert answer["regime"] == "none"
    assert [row["kind"] for row in answer["dates"]] == ["target"]


def test_a_time_without_an_offset_is_chicagos():
    assert explain("--right", "know", "--received", "2026-01-31T23:59:59")["received_on"] == "2026-01-31"
    assert explain("--right", "know", "--received", "2026-02-01T05:59:59+00:00")["received_on"] == "2026-01-31"


def test_a_day_alone_is_that_day_wherever_one_lives():
    for residence in ("US-TX", "US-HI", "US-CO", "DE", "NZ"):
        assert (
            explain("--right", "know", "--residence", residence, "--received", "2026-03-02")["received_on"]
            == "2026-03-02"
        )


def test_the_zone_given_is_used():
    given = ("--right", "delete", "--residence", "US-CA", "--received", "2026-03-03T07:00:00+00:00")
    assert explain(*given)["received_on"] == "2026-03-02"
    assert explain(*given, "--zone", "Europe/Berlin")["received_on"] == "2026-03-03"


def test_an_extension_and_a_promise_each_do_their_own():
    given = ("--right", "delete", "--residence", "us-tx", "--received", "2026-03-02T12:00:00-06:00")
    told, promised = ("--extended-on", "2026-03-10"), ("--promised", "2026-04-01")
    dates = lambda *more: {row["kind"]: row["due_on"] for row in explain(*given, *more)["dates"]}  # noqa: E731
    assert dates(*told) == {"target": "2026-03-16", "statutory": "2026-04-16", "extended": "2026-05-31"}
    assert dates(*promised) == {"target": "2026-04-01", "statutory": "2026-04-16"}
    assert dates(*told, *promised) == {
        "target": "2026-04-01",
        "statutory": "2026-04-16",
        "extended": "2026-05-31",
    }


def test_appeals_and_requests_not_yet_sorted_have_dates_too():
    given = ("--residence", "US-OR", "--received", "2026-12-10T12:00:00-08:00")
    assert explain("--right", "appeal", *given)["dates"][1]["due_on"] == "2027-01-24"
    assert [row["kind"] for row in explain("--right", "unsure", *given)["dates"]] == ["target"]


@pytest.mark.parametrize("residence", ["DE-BY", "GB-SCT", "GB", "CA-QC", "IN", "US"])
def test_any_country_and_known_part_is_a_place(residence):
    assert explain("--right", "access", "--residence", residence, "--received", "2026-03-02T12:00")["dates"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--right", "erase", "--received", "2026-03-02"), "Write one of: know, access"),
        (("--right", "know", "--received", "yesterday"), "Write --received like 2026-01-31T23:30:00-06:00"),
        (("--right", "know", "--received", "0001-01-01T00:00"), "a year of our time"),
        (("--right", "know", "--received", "9999-12-31T00:00"), "a year of our time"),
        (("--right", "know", "--received", "2026-03-02", "--residence", "Texas"), "Write a code like US-CA"),
        (("--right", "know", "--received", "2026-03-02", "--residence", "ZZ"), "Write a code like US-CA"),
        (("--right", "know", "--received", "2026-03-02", "--residence", ""), "Write a code like US-CA"),
        (("--right", "know", "--received", "2026-03-02", "--residence", "US-ZZ"), "Write one of: US-AL"),
        (("--right", "know", "--received", "2026-03-02", "--zone", "Texas"), "like America/New_York"),
        (("--right", "know", "--received", "2026-03-02", "--zone", "America"), "like America/New_York"),
        (("--right", "know", "--received", "2026-03-02", "--zone", "../etc"), "like America/New_York"),
        (("--right", "know", "--received", "2026-03-02", "--zone", ""), "like America/New_York"),
        (
            ("--right", "know", "--received", "2026-03-02", "--extended-on", "soon"),
            "Write --extended-on like",
        ),
        (
            ("--right", "know", "--received", "2026-03-02", "--promised", "2026-02-30"),
            "Write --promised like",
        ),
    ],
)
def test_what_cannot_be_read_is_answered_with_what_to_write(words, says):
    with pytest.raises(CommandError, match=says):
        explain(*words)


def test_what_is_missing_is_asked_for():
    with pytest.raises(CommandError, match="--right"):
        explain("--received", "2026-03-02")


# --- step by step ---

MARCH = ("--right", "access", "--residence", "GB", "--received", "2026-06-01T10:00:00+01:00")


def say(*words: str) -> list[str]:
    """What it prints as text."""
    out = StringIO()
    command = Command(stdout=out)
    command.handle(
        **vars(command.create_parser("manage.py", "explain_due_date").parse_args((*words, "--format", "text")))
    )
    return out.getvalue().splitlines()


def test_as_text_the_date_to_work_to_comes_first():
    assert say("--right", "delete", "--residence", "US-CT", "--received", "2026-06-15") == [
        "Our own target: Monday 29 June 2026. 14 days from Monday 15 June 2026: our promise, policy section 9.",
        "Set by law: Thursday 30 July 2026. 45 days from Monday 15 June 2026: CTDPA, "
        + by_id("us_ct_ctdpa").citation
        + ".",
    ]


def test_what_is_due_at_once_reads_at_once():
    assert say("--right", "opt_out", "--residence", "US-CO", "--received", "2026-03-02")[0].startswith(
        "Set by law: at once, and at the latest Monday 2 March 2026."
    )


def test_all_dates_step_by_step_each_with_its_source_and_what_could_move_it():
    lines = say(*MARCH, "--all-dates", "--stopped", "2026-06-08..2026-06-15")
    assert lines[0].startswith("1. Received: Monday 1 June 2026 (2026-06-01 04:00 America/Chicago / 2026-06-01 10:00")
    assert lines[1].startswith("   Rule: The earlier of the local days in Texas and where the person lives")
    assert lines[1].endswith("(unverified)")
    assert lines[2].startswith("2. Law: UK General Data Protection Regulation")
    assert "4. Set by law: Thursday 9 July 2026" in lines
    assert sum(line.startswith("   Source: ") for line in lines) == 2
    assert "5. We work to: Monday 15 June 2026, our own target" in lines
    moves = lines[lines.index("What could still move a date:") + 1 :]
    assert len([line for line in moves if line.startswith("   - ")]) == 3
    assert any("up to Wednesday 9 September 2026, if we say so by Thursday 9 July 2026" in line for line in moves)


def test_where_nothing_can_move_a_date_it_says_so():
    lines = say("--right", "opt_out", "--residence", "US-CO", "--received", "2026-03-02", "--all-dates")
    assert lines[-1] == "   - nothing"


def test_all_dates_as_json_adds_to_what_was_there():
    plain, full = explain(*MARCH), explain(*MARCH, "--all-dates")
    assert list(full) == [*plain, "zones", "law", "could_move"]
    assert [{key: row[key] for key in plain["dates"][0]} for row in full["dates"]] == plain["dates"]
    assert full["dates"][1]["confidence"] == "verified"
    assert {way["by"]: way["tell_by"] for way in full["could_move"]} == {
        "promise": "2026-06-15",
        "extension": "2026-07-01",
        "pause": None,
    }


def test_a_clock_that_began_later_is_told():
    answer = explain(*MARCH, "--clock-starts-on", "2026-06-10")
    assert answer["dates"][1]["due_on"] == "2026-07-10"
    assert answer["dates"][1]["why"].endswith(", when its clock began")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--stopped", "June"), "like 2026-06-08..2026-06-15"),
        (("--stopped", "2026-06-08"), "like 2026-06-08..2026-06-15"),
        (("--stopped", "2026-06-15..2026-06-08"), "ends before it begins"),
        (("--clock-starts-on", "soon"), "Write --clock-starts-on like"),
        (("--format", "xml"), "invalid choice"),
    ],
)
def test_an_event_that_cannot_be_read_is_answered_with_what_to_write(words, says):
    with pytest.raises(CommandError, match=says):
        explain(*MARCH, *words)
