"""What waits for the requester, since when, and from when on their silence may end a request.

They are reminded after 3 and 7 days; the letter after 14 days also gives notice: seven more days, then the request
may be closed as `no_answer`. Whether it is, staff decide. The seven days run from when the notice really left, to
the end of the last of them. Whatever the requester writes meanwhile ends the notice.
"""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone

from primevox_privacy.outbox.models import Letter
from requests import acting_for
from requests.models import Message, RightsRequest, Submission
from requests.models.submission import Direction
from requests.terms import Status
from verification.levels import AssuranceLevel
from verification.models import Check, CheckState

PLAN = (3, 7, 14)  # days after something began to wait
NOTICE = timedelta(days=7)


class Waiting(NamedTuple):
    """One thing that the requester was asked for."""

    key: str  # of its letters, without the point of the plan
    since: datetime

    def letter_key(self, point: int) -> str:
        return f"{self.key}:{point}"


def question_of(rights_request: RightsRequest) -> Waiting | None:
    """A question, or a fee to accept."""
    since = rights_request.waiting_since
    if rights_request.status != Status.WAITING or since is None:
        return None
    return Waiting(f"task:{rights_request.pk}:{since:%Y%m%d%H%M}", since)


def proof_of(submission: Submission) -> Waiting | None:
    """The identity check, while it is open."""
    check: Check | None = submission.check_made
    if check is None or check.state != CheckState.OPEN:
        return None
    return Waiting(f"task:{check.pk}:{check.asked_at:%Y%m%d%H%M}", check.asked_at)


def paper_of(submission: Submission) -> Waiting | None:
    """The paper that shows an authority, until one is given."""
    since = acting_for.wants_paper_since(submission)
    return Waiting(f"task:{submission.pk}:{since:%Y%m%d%H%M}", since) if since else None


def of(rights_request: RightsRequest) -> list[Waiting]:
    """Everything this request waits for the requester with."""
    submission = rights_request.submission
    shown = [proof_of(submission), paper_of(submission)] if rights_request.needs > AssuranceLevel.T0 else []
    return [one for one in (question_of(rights_request), *shown) if one and rights_request.is_open]


def point_reached(since: datetime, now: datetime) -> int | None:
    """The latest point of the plan; those missed before it stay unsaid."""
    days = (now - since).days
    return max((point for point in PLAN if point <= days), default=None)


def closes_on(now: datetime) -> date:
    """The day that a notice leaving now names."""
    return timezone.localdate(now + NOTICE)


def notice_ended_at(rights_request: RightsRequest) -> datetime | None:
    """When the seven days of a notice ended or will end; None where no notice has left yet, or it was answered."""
    keys = [one.letter_key(PLAN[-1]) for one in of(rights_request)]
    left = Letter.objects.filter(key__in=keys, sent_at__isnull=False).order_by("sent_at").first()
    if left is None or left.sent_at is None or _wrote_since(rights_request, left.sent_at):
        return None
    return _after(closes_on(left.sent_at))


def _wrote_since(rights_request: RightsRequest, at: datetime) -> bool:
    written = Message.objects.filter(submission_id=rights_request.submission_id, written_at__gte=at)
    return written.filter(direction=Direction.FROM_REQUESTER).exists()


def _after(day: date) -> datetime:
    """The moment at which a local day is over."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
