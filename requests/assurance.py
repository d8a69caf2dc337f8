"""How sure we need to be before we act: the least level for each right. Plain Python.

The levels are data (`law/levels.yaml`), with a reason for each (policy §8; 11 CCR 7060-7062 as house standard). A wrong
answer to an opt-out hurts nobody, so it needs no proof, ever; a copy of somebody's life in the wrong hands does. What
an administrator decided otherwise stands beside this, in `levels.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from requests.terms import Capacity, Right
from verification.levels import AssuranceLevel

FILE = Path(__file__).parent / "law" / "levels.yaml"
STATEMENTS_ARE_KEPT_BY = frozenset({"us_ca_ccpa"})  # 11 CCR 7060-7062: declarations stay with the record
CONTACT_STOOD = timedelta(days=30)  # what came into our record later than this before receipt shows nothing


class Sensitivity(StrEnum):
    """How much harm the data of a request could do. Two steps on purpose: more of them nobody could tell apart."""

    ORDINARY = "ordinary"
    SENSITIVE = "sensitive"


class Sensitive(StrEnum):
    """What makes a request touch sensitive data (policy §3)."""

    CALL_RECORDS = "call_records"
    RECORDINGS = "recordings"
    IDENTITY_DOCUMENTS = "identity_documents"
    PAYMENT = "payment"


@dataclass(frozen=True)
class Cell:
    """One place of the matrix."""

    right: Right
    sensitivity: Sensitivity
    capacity: Capacity

    def __str__(self) -> str:
        return f"{self.right}/{self.sensitivity}/{self.capacity}"

    @classmethod
    def named(cls, name: str) -> "Cell":
        """The cell that `str` names. Raises ValueError."""
        right, sensitivity, capacity = name.split("/")
        return cls(Right(right), Sensitivity(sensitivity), Capacity(capacity))


@dataclass(frozen=True)
class Rule:
    """Which level a cell asks for, and why. `version` 0 is the level that we ship."""

    cell: Cell
    level: AssuranceLevel
    reason: str
    rests_on: str = ""
    version: int = 0
    is_marketing: bool = False

    @property
    def name(self) -> str:
        """What stands with a request that it decided: `access/ordinary/self 0 (2026-11-24)`."""
        cell = f"{MARKETING}/{self.cell.capacity}" if self.is_marketing else str(self.cell)
        shipped = f" ({VERSION})" if self.version == 0 else ""
        return f"{cell} {self.version}{shipped}"


def read(data: Mapping[str, Any]) -> dict[Cell, Rule]:
    """Every cell of the matrix. Raises KeyError or ValueError where the data names too little or too much."""
    rules = {}
    for right in Right:
        for sensitivity in Sensitivity:
            said = data["rights"][right][sensitivity]
            for capacity in Capacity:
                one = said | said.get("for", {}).get(capacity, {})
                cell = Cell(right, sensitivity, capacity)
                rules[cell] = Rule(cell, AssuranceLevel[one["level"]], one["reason"], one["rests_on"])
    return rules


_DATA = yaml.safe_load(FILE.read_text(encoding="utf-8"))
VERSION: str = _DATA["version"]
HIGHEST = AssuranceLevel[_DATA["never_more_than"]]
FIXED = frozenset(Right(right) for right, said in _DATA["rights"].items() if said.get("fixed"))
MATRIX: Mapping[Cell, Rule] = MappingProxyType(read(_DATA))


MARKETING = "object_to_marketing"


def marketing_rule(capacity: Capacity) -> Rule:
    """An objection to direct marketing: no proof step, ever, and no cell that somebody could change."""
    return Rule(
        Cell(Right.OBJECT, Sensitivity.ORDINARY, capacity),
        AssuranceLevel.T0,
        "Ads stop for whoever says so. Nothing is shown or changed beyond that. No proof, ever.",
        "GDPR art. 21(3); policy section 6",
        is_marketing=True,
    )


def least_level(
    right: Right,
    *,
    about_marketing: bool = False,
    sensitivity: Sensitivity = Sensitivity.ORDINARY,
    capacity: Capacity = Capacity.SELF,
) -> AssuranceLevel:
    """The level that we ship for a request of this kind. An objection to direct marketing needs none."""
    if right is Right.OBJECT and about_marketing:
        return AssuranceLevel.T0
    return MATRIX[Cell(right, sensitivity, capacity)].level


class Record(StrEnum):
    """Which record of ours a person's facts are compared with."""

    ACCOUNT = "account"  # of a customer
    ENCOUNTER = "encounter"  # of a call, a message or a form of our website


# Who is no customer has no account number: what can be compared is the call or the form itself (policy §8). Whether
# the person that somebody acts for is a customer we do not ask, so both are offered, and any that are known will do.
COMPARED_WITH: dict[Capacity, tuple[Record, ...]] = {
    Capacity.SELF: (Record.ACCOUNT,),
    Capacity.NON_CUSTOMER: (Record.ENCOUNTER,),
    Capacity.AGENT: (Record.ACCOUNT, Record.ENCOUNTER),
    Capacity.PARENT: (Record.ACCOUNT, Record.ENCOUNTER),
    Capacity.COMPANY: (Record.ACCOUNT,),
}


def facts_needed(level: AssuranceLevel) -> int:
    """How many matched facts reach `level`."""
    return {AssuranceLevel.T2: 2, AssuranceLevel.T3: 3}.get(level, 0)


def statement_needed(level: AssuranceLevel) -> bool:
    """Whether `level` asks for a signed statement beside the facts (11 CCR 7062(c))."""
    return level is AssuranceLevel.T3


class Doubt(StrEnum):
    """Why a contact on file does not count."""

    NOT_DATED = "not_dated"
    TOO_NEW = "too_new"
    SIM_CHANGED = "sim_changed"


def contact_doubt(
    level: AssuranceLevel, received_on: date, on_file_since: date | None, sim_changed_on: date | None = None
) -> Doubt | None:
    """Why a contact on file does not count for what needs `level`; None if it does. From T2 on it has to have stood for
    30 days before the day of receipt, and so has the SIM of a telephone: who takes over a number changes it first."""
    if level < AssuranceLevel.T2:
        return None
    if on_file_since is None:
        return Doubt.NOT_DATED
    if on_file_since > received_on - CONTACT_STOOD:
        return Doubt.TOO_NEW
    if sim_changed_on and sim_changed_on > received_on - CONTACT_STOOD:
        return Doubt.SIM_CHANGED
    return None
