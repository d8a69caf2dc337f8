"""A document with photo, given as a photo or scan because nothing less was enough: the last resort (policy §8).

A verifier looked at clean pages of it. It came through the same door as the request, so it shows less than the person
with the ID in hand: it never opens call records (47 CFR 64.2010).
"""

from collections.abc import Sequence

from verification.levels import AssuranceLevel
from verification.models import Evidence, EvidenceKind, Paper, PaperState

ID = "document"
OPENS_CALL_DETAIL = False
BY_STAFF = True


def level(evidence: Sequence[Evidence]) -> AssuranceLevel:
    given = [piece.pk for piece in evidence if piece.kind == EvidenceKind.DOCUMENT]
    seen = Paper.objects.filter(piece__in=given, state=PaperState.CLEAN).exists() if given else False
    return AssuranceLevel.T4 if seen else AssuranceLevel.T0
