"""How sure we need to be before we act: the least level for each right. Plain Python.

The starting table, until it is editable data (policy §8; 11 CCR 7060-7062 as house standard). A wrong answer to
an opt-out hurts nobody, so it needs no proof, ever; a copy of somebody's life in the wrong hands does.
"""

from enum import StrEnum

from requests.terms import Capacity, Right
from verification.levels import AssuranceLevel

LEAST_LEVEL: dict[Right, AssuranceLevel] = {
    Right.OPT_OUT: AssuranceLevel.T0,
    Right.LIMIT_SENSITIVE: AssuranceLevel.T0,
    Right.WITHDRAW_CONSENT: AssuranceLevel.T0,
    Right.OBJECT: AssuranceLevel.T1,  # T0 when it is about direct marketing
    Right.RESTRICT: AssuranceLevel.T1,
    Right.RETALIATION: AssuranceLevel.T1,
    Right.KNOW: AssuranceLevel.T2,
    Right.CORRECT: AssuranceLevel.T2,
    Right.ACCESS: AssuranceLevel.T3,
    Right.PORTABILITY: AssuranceLevel.T3,
    Right.DELETE: AssuranceLevel.T3,
    Right.UNSURE: AssuranceLevel.T0,  # none until triage has turned it into a right
}
STATEMENTS_ARE_KEPT_BY = frozenset({"us_ca_ccpa"})  # 11 CCR 7060-7062: declarations stay with the record


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


def least_level(right: Right, *, about_marketing: bool = False) -> AssuranceLevel:
    """The level a request of this kind needs. An objection to direct marketing needs none."""
    if right is Right.OBJECT and about_marketing:
        return AssuranceLevel.T0
    return LEAST_LEVEL[right]


def facts_needed(level: AssuranceLevel) -> int:
    """How many matched facts reach `level`."""
    return {AssuranceLevel.T2: 2, AssuranceLevel.T3: 3}.get(level, 0)


def statement_needed(level: AssuranceLevel) -> bool:
    """Whether `level` asks for a signed statement beside the facts (11 CCR 7062(c))."""
    return level is AssuranceLevel.T3
