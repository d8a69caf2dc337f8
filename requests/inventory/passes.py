"""Which right makes us look into which systems, and by when. Plain Python.

To say what we hold, to copy, correct, delete, restrict or move it, or to stop a use of it, somebody has to look where
it lies (policy §6). A deletion has a second pass, in which each system that held something says that it is gone, or
cites why it is kept: so it really happened. What takes effect at once (consent, opting out) is stopped at one place and
needs no search; a complaint about how somebody was treated is about us.
"""

from datetime import date, timedelta
from enum import StrEnum

from requests.terms import Right


class Pass(StrEnum):
    """What the owner of a system is asked for."""

    FIND = "find"
    CARRY_OUT = "carry_out"


PASSES: dict[Right, tuple[Pass, ...]] = {
    Right.KNOW: (Pass.FIND,),
    Right.ACCESS: (Pass.FIND,),
    Right.PORTABILITY: (Pass.FIND,),
    Right.CORRECT: (Pass.FIND,),
    Right.RESTRICT: (Pass.FIND,),
    Right.OBJECT: (Pass.FIND,),
    Right.DELETE: (Pass.FIND, Pass.CARRY_OUT),
    Right.WITHDRAW_CONSENT: (),
    Right.OPT_OUT: (),
    Right.LIMIT_SENSITIVE: (),
    Right.RETALIATION: (),
    Right.UNSURE: (),
}
SEARCHED = frozenset(right for right, passes in PASSES.items() if Pass.FIND in passes)
# Marketing uses who somebody is, what they buy and what they do online (policy §4); the rest need not be looked at.
FOR_MARKETING = frozenset({"identifiers", "commercial", "internet_activity", "cookies"})

TIME = {Pass.FIND: timedelta(days=5), Pass.CARRY_OUT: timedelta(days=4)}  # for the owner of a system, at most
BEFORE = {Pass.FIND: timedelta(days=4), Pass.CARRY_OUT: timedelta(days=2)}  # so long before the date we work to


def in_question(categories: list[str], *, about_marketing: bool) -> bool:
    """Whether a system that holds these categories is looked into. A wish names no category, so all are in question;
    an objection to direct marketing is about what marketing uses."""
    return not about_marketing or bool(FOR_MARKETING & set(categories))


def due_on(kind: Pass, today: date, leading_on: date) -> date:
    """By when an owner answers: a few days, well before the date that we work to, and never before today."""
    return max(today, min(today + TIME[kind], leading_on - BEFORE[kind]))
