"""The engine and a second opinion, held against each other over random cases: every law, right, zone and event."""

import os
import random
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

from requests import deadlines
from requests.terms import Right
from tests import oracle

SLICE, WHOLE = 8_000, 100_000
WITHOUT_LAW = ["US-NY", "US", "US-PR", "MX", "ZZ"]
PARTS = ["DE-BY", "DE-BW", "DE-BE", "DE-SN", "GB-SCT", "GB-NIR", "GB-WLS", "GB-LND", "ES-CT", "IT-BZ", "CA-ON", "CA-AB"]
PLACES = [*oracle.BY_PLACE, *WITHOUT_LAW, *PARTS, "CA-QC", "us-tx", None]
ZONES = ["Asia/Tokyo", "Pacific/Honolulu", "Pacific/Auckland", "America/New_York", "Europe/Berlin", "Asia/Kolkata"]
RIGHTS = [*(right.value for right in Right), "appeal"]
TURNING = [date(2024, 7, 1), date(2025, 1, 1), date(2026, 2, 5), date(2026, 4, 1), date(2026, 7, 1), date(2027, 5, 14)]


def cases(number: int, seed: int):
    """As many made-up cases; a third of them near a month's end, the change of clocks or the start of a law."""
    dice = random.Random(seed)
    for _ in range(number):
        moment = datetime(2023, 1, 1, tzinfo=UTC) + timedelta(minutes=dice.randrange(10 * 365 * 24 * 60))
        if dice.random() < 0.15:
            moment = moment.replace(day=dice.choice([1, 28]), hour=dice.randrange(24)) - timedelta(
                days=dice.randrange(4)
            )
        elif dice.random() < 0.2:
            turn = dice.choice(TURNING)
            moment = moment.replace(turn.year, turn.month, turn.day) + timedelta(days=dice.randrange(-2, 3))
        yield dice.choice(RIGHTS), dice.choice(PLACES), moment, events(dice, moment.date())


def events(dice: random.Random, day: date) -> dict[str, Any]:
    """What might have happened: in time, late, overlapping, or dated before receipt."""

    def after(low: int, high: int) -> date:
        return day + timedelta(days=dice.randrange(low, high))

    made: dict[str, Any] = {"zone": dice.choice(ZONES) if dice.random() < 0.3 else None}
    if dice.random() < 0.5:
        made["extended_on"] = after(-3, 60)
    told = [made.get("extended_on"), after(-2, 30), after(0, 14), None]
    made["promises"] = tuple((dice.choice(told), after(5, 120)) for _ in range(dice.choice((0, 0, 1, 1, 2, 3))))
    if dice.random() < 0.3:
        made["clock_starts_on"] = after(-5, 30)
    if dice.random() < 0.3:
        asked = [after(-3, 60) for _ in range(dice.choice((1, 1, 2)))]
        made["stopped"] = tuple((first, first + timedelta(days=dice.randrange(20))) for first in asked)
    return made


def ours(right: str, residence: str | None, received_at: datetime, happened: dict[str, Any]) -> dict[str, Any]:
    asked: Any = right if right == "appeal" else Right(right)
    found = deadlines.schedule(asked, residence, received_at, **happened)
    return {
        "received_on": found.received_on,
        "regime": found.regime.id,
        "dates": {due.kind.value: due.due_on for due in found.dates},
        "leading": (found.leading.kind.value, found.leading.due_on),
    }


def test_two_reckonings_written_apart_agree_on_every_date():
    number = WHOLE if os.environ.get("PROVE") else SLICE
    seen: set[tuple[str, str]] = set()
    begun = time.perf_counter()
    for right, residence, received_at, happened in cases(number, seed=20261123):
        found = ours(right, residence, received_at, happened)
        assert found == oracle.opinion(right, residence, received_at, **happened), (
            right,
            residence,
            received_at,
            happened,
        )
        seen |= {(found["regime"], kind) for kind in found["dates"]}
    print(f"\n{number} cases agree, {time.perf_counter() - begun:.1f} s")
    assert {regime for regime, _kind in seen} == set(oracle.BY_ID)
    assert {kind for _regime, kind in seen} == {"target", "statutory", "extended", "acknowledgement"}


def test_the_second_opinion_shares_no_line_with_the_engine():
    source = (oracle.Path(oracle.__file__)).read_text()
    assert not [line for line in source.splitlines() if line.startswith(("from requests", "import requests"))]
