"""Dates worked out by hand, each with its reason; the engine and the second opinion both have to come to them."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from requests.deadlines import schedule
from requests.terms import Right
from tests import oracle

FOLDER = Path(__file__).parent / "law"
VECTORS = yaml.safe_load((FOLDER / "own_vectors.yaml").read_text())
KINDS = {"T": "target", "A": "acknowledgement", "L": "statutory", "X": "extended"}


def events(happened: dict[str, Any]) -> dict[str, Any]:
    """As the engine wants them."""
    return {
        "zone": happened.get("zone"),
        "extended_on": happened.get("told"),
        "promises": tuple((told, new) for told, new in happened.get("promised", ())),
        "clock_starts_on": happened.get("starts"),
        "stopped": tuple((first, last) for first, last in happened.get("stopped", ())),
    }


def moment(received: date | str) -> datetime:
    return datetime.fromisoformat(received if isinstance(received, str) else f"{received}T12:00:00-06:00")


@pytest.mark.parametrize(("right", "place", "received", "happened", "kind", "day", "reason"), VECTORS)
def test_a_date_worked_out_by_hand(right, place, received, happened, kind, day, reason):
    asked: Any = right if right == "appeal" else Right(right)
    found = schedule(asked, place, moment(received), **events(happened))
    dates = {due.kind.value: due.due_on for due in found.dates}
    second = oracle.opinion(right, place, moment(received), **events(happened))["dates"]
    assert (dates.get(KINDS[kind]), second.get(KINDS[kind])) == (day, day), reason


def test_they_are_many_and_stand_for_every_law_and_every_right():
    laws = {
        oracle.opinion(right, place, moment(received), **events(happened))["regime"]
        for right, place, received, happened, *_rest in VECTORS
    }
    assert len(VECTORS) >= 200
    assert laws == set(oracle.BY_ID)
    assert {row[0] for row in VECTORS} == {*Right, "appeal"}
    assert len({str(row) for row in VECTORS}) == len(VECTORS)


def test_the_worked_examples_of_the_law_file_are_all_here():
    examples = yaml.safe_load((FOLDER / "vectors.yaml").read_text())["test_vectors"]
    assert [row["id"] for row in examples] == [f"V{number:02}" for number in range(1, 49)]
