"""Ways to become sure of somebody, one file each. To add one, copy a file and add it to METHODS.

Each file has the same names:
    ID                 stored with the decision
    OPENS_CALL_DETAIL  whether it suffices for call records (47 CFR 64.2010)
    BY_STAFF           whether a verifier may record it
    level(evidence)    the assurance level that this method reaches with what was given
"""

from collections.abc import Sequence
from typing import Protocol, cast

from verification.levels import AssuranceLevel
from verification.methods import (
    callback,
    document,
    in_person,
    letter_of_record,
    mail_code,
    matched_facts,
    proof_of_authority,
    signed_statement,
)
from verification.models import Evidence


class Method(Protocol):
    """What each file here looks like."""

    ID: str
    OPENS_CALL_DETAIL: bool
    BY_STAFF: bool

    def level(self, evidence: Sequence[Evidence]) -> AssuranceLevel: ...


METHODS: dict[str, Method] = {
    method.ID: cast(Method, method)
    for method in (
        matched_facts,
        mail_code,
        callback,
        letter_of_record,
        in_person,
        document,
        signed_statement,
        proof_of_authority,
    )
}


def opening_call_detail() -> list[str]:
    """What a verifier does that suffices for call records by itself, whatever was given (47 CFR 64.2010)."""
    able = [one for one in METHODS.values() if one.BY_STAFF and one.OPENS_CALL_DETAIL]
    return [one.ID for one in able if one.level([]) > AssuranceLevel.T0]
