"""Facts that the requester gave, compared by a verifier with the controller's own record (11 CCR 7062).

Two matched facts reach T2; three, with a signed statement, reach T3. Facts are biographical or account data, so
they never open call records.
"""

from collections.abc import Sequence

from verification.levels import AssuranceLevel
from verification.models import ALL_FACTS, Evidence, EvidenceKind

ID = "matched_facts"
OPENS_CALL_DETAIL = False
BY_STAFF = True


def level(evidence: Sequence[Evidence]) -> AssuranceLevel:
    matched = sum(bool(piece.matched) for piece in evidence if piece.kind in ALL_FACTS)
    signed = any(piece.kind == EvidenceKind.STATEMENT for piece in evidence)
    if matched >= 3 and signed:
        return AssuranceLevel.T3
    return AssuranceLevel.T2 if matched >= 2 else AssuranceLevel.T0
