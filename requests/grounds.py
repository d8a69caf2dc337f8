"""What a refusal may rest on: policy sections 6 and 7 for everybody, and the law of the residence.

Left out on purpose, with the reason beside each entry of the law file (`not_offered`):
- "identity could not be verified" is never a ground here. It is an ending of its own (`identity_not_shown`),
  whose letter says what is missing and leaves the door open. Where a law names it in one breath with other
  grounds, only the others stand in the file.
- what counsel has not confirmed (`unverified`), what limits other grounds, what the person must not be told.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from requests.regimes import LAW_WORDS, law
from requests.terms import Right

OFFERED = frozenset({"verified", "secondary"})


@dataclass(frozen=True)
class Ground:
    """A reason to refuse, for lawyers (`summary`, `cite`) and for the person (`plain`)."""

    id: str
    cite: str
    summary: str
    confidence: str
    plain: str  # for the letter; grade 8 or easier


def grounds_for(right: Right, regime_id: str) -> tuple[Ground, ...]:
    """The grounds staff may choose from, ours first. A request not yet triaged has only ours."""
    theirs = (row for row in law()["refusal_grounds"] if regime_id in row["regimes"])
    rows = [*law()["policy_grounds"], *(theirs if LAW_WORDS[right] else ())]
    return tuple(_ground(row) for row in rows if _fits(row, right) and is_offered(row))


def ground(ground_id: str) -> Ground:
    """A ground by the id stored with a refusal. KeyError for an id the law file never had."""
    return _by_id()[ground_id]


def is_offered(row: dict[str, Any]) -> bool:
    return row["confidence"] in OFFERED and "not_offered" not in row


def _fits(row: dict[str, Any], right: Right) -> bool:
    return row["rights"] == ["*"] or any(word in row["rights"] for word in LAW_WORDS[right])


def _ground(row: dict[str, Any]) -> Ground:
    return Ground(row["id"], row["cite"], row["summary"], row["confidence"], row.get("plain", ""))


@lru_cache(maxsize=1)
def _by_id() -> dict[str, Ground]:
    return {row["id"]: _ground(row) for row in _all_rows()}


def _all_rows() -> Iterator[dict[str, Any]]:
    yield from law()["policy_grounds"]
    yield from law()["refusal_grounds"]
