"""Proof that a verifier is to look at: one condition, for the queue, for Today and for the next one to take."""

from django.db.models import Exists, OuterRef, Q

from requests.models import Representation
from requests.terms import Status
from verification.levels import AssuranceLevel
from verification.models import CheckState, Evidence, EvidenceKind, Paper


def to_compare() -> Q:
    """Open, not frozen, and it needs proof: what was given is not compared yet, or a paper shows an authority that
    nobody decided. Whoever has the request, and wherever it stands."""
    needs = Q(level__gt=AssuranceLevel.T0, frozen_at=None) & ~Q(status=Status.CLOSED)
    return needs & (Q(submission__check_made__state=CheckState.GIVEN) | Q(_paper_waits()))


def _paper_waits() -> Exists:
    papers = Evidence.objects.filter(kind=EvidenceKind.AUTHORITY, paper__in=Paper.objects.usable())
    of_check = papers.filter(check_made=OuterRef("submission__check_made"), paper__pages_key__destroyed_at=None)
    undecided = Representation.objects.filter(submission=OuterRef(OuterRef("submission")), accepted=None)
    return Exists(of_check.filter(Exists(undecided)))
