"""A code sent to an e-mail address that the controller already had on file, and typed back."""

from collections.abc import Sequence

from verification.levels import AssuranceLevel
from verification.models import Evidence

ID = "mail_code"
OPENS_CALL_DETAIL = False
BY_STAFF = False  # the code itself decides


def level(evidence: Sequence[Evidence]) -> AssuranceLevel:
    return AssuranceLevel.T1
