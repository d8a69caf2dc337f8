"""A verifier called back the telephone number of record and spoke to the person there."""

from collections.abc import Sequence

from verification.levels import AssuranceLevel
from verification.models import Evidence

ID = "callback"
OPENS_CALL_DETAIL = True
BY_STAFF = True


def level(evidence: Sequence[Evidence]) -> AssuranceLevel:
    return AssuranceLevel.T1
