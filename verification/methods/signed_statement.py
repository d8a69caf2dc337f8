"""A statement signed under penalty of perjury that the requester is the person (11 CCR 7062(c)).

Alone it gives no level: anybody can sign. Beside three matched facts it reaches T3, which `matched_facts` counts. Where
the law wants it kept it goes to the record (`requests/identity.py`).
"""

from collections.abc import Sequence

from verification.levels import AssuranceLevel
from verification.models import Evidence

ID = "signed_statement"
OPENS_CALL_DETAIL = False
BY_STAFF = False  # there is nothing to decide on it alone


def level(evidence: Sequence[Evidence]) -> AssuranceLevel:
    return AssuranceLevel.T0
