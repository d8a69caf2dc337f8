"""A verifier saw the person and a photo ID that matches the account. The ID is looked at, not copied."""

from collections.abc import Sequence

from verification.levels import AssuranceLevel
from verification.models import Evidence

ID = "in_person"
OPENS_CALL_DETAIL = True
BY_STAFF = True


def level(evidence: Sequence[Evidence]) -> AssuranceLevel:
    return AssuranceLevel.T4
