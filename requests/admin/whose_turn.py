"""Who is to act next, and whose message nobody acted on, asked of many requests in one statement. `hub.waits_for` says
the first of one."""

from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q

from primevox_privacy.ledger.models import Event
from requests.acting_for import FOR_SOMEBODY_ELSE
from requests.terms import Status
from requests.workflow import REQUESTER
from verification.levels import AssuranceLevel
from verification.models import CheckState, Evidence, EvidenceKind, PaperState

CHECK = "submission__check_made"
WRITTEN = ("replied", "wrote")
PASSES_ON = ("assigned", "assignment_undone")  # nobody has to read anything for that


def waits_for_requester() -> Any:
    """A question is open, or proof: from whoever asks for another first of their authority."""
    for_another = Q(submission__capacity__in=FOR_SOMEBODY_ELSE)
    undecided = for_another & Q(submission__representation__isnull=False, submission__representation__accepted=None)
    code_comes_later = undecided & Q(**{f"{CHECK}__level_asked": AssuranceLevel.T1})
    proof = Q(**{f"{CHECK}__state": CheckState.OPEN}) & ~code_comes_later
    paper = undecided & Q(**{f"{CHECK}__isnull": False}) & ~Exists(_papers_given())
    needs = Q(level__gt=AssuranceLevel.T0) & ~Q(status__in=[Status.IN_REVIEW, Status.CLOSED])
    return Q(frozen_at=None) & (Q(status=Status.WAITING) | needs & (proof | paper))


def _papers_given() -> Any:
    """Papers that show the authority, given since we last asked for one."""
    anew = Event.objects.filter(about=OuterRef(OuterRef("submission")), kind="authority_asked_again")
    given = Evidence.objects.filter(check_made=OuterRef(CHECK), kind=EvidenceKind.AUTHORITY)
    given = given.exclude(paper__state__in=[PaperState.REFUSED, PaperState.REMOVED])
    return given.exclude(Exists(anew.filter(at__gt=OuterRef("given_at"))))


def has_unread_message() -> Any:
    """The requester wrote, and no member of staff took a step since."""
    wrote = Event.objects.filter(about=OuterRef("pk"), kind__in=WRITTEN, actor=REQUESTER)
    steps = Event.objects.filter(about=OuterRef("about"), at__gte=OuterRef("at"), actor__startswith="staff:")
    return ~Q(status=Status.CLOSED) & Exists(wrote.exclude(Exists(steps.exclude(kind__in=PASSES_ON))))


def said_of_each(question: Any) -> ExpressionWrapper:
    """One of these, for annotations."""
    return ExpressionWrapper(question, output_field=BooleanField())
