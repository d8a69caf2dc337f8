"""Papers that let somebody act for another (policy §6, §8, §14; 11 CCR 7063).

They say who may ask, never who it is about: they give no level. A verifier decides them beside identity, on the floor
above (`requests/acting_for.py`).
"""

from collections.abc import Sequence

from verification.levels import AssuranceLevel
from verification.models import Evidence

ID = "proof_of_authority"
OPENS_CALL_DETAIL = False
BY_STAFF = False  # identity is never decided on it


def level(evidence: Sequence[Evidence]) -> AssuranceLevel:
    return AssuranceLevel.T0
