"""A letter went to the address of record, and what it said came back."""

from collections.abc import Sequence

from verification.levels import AssuranceLevel
from verification.models import Evidence

ID = "letter_of_record"
OPENS_CALL_DETAIL = True
BY_STAFF = True


def level(evidence: Sequence[Evidence]) -> AssuranceLevel:
    return AssuranceLevel.T1
