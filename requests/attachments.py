"""Files of messages: how many a person may send, and who may open which. Their content is sealed with the message."""

import uuid
from datetime import timedelta

from django.db.models import QuerySet, Sum

from primevox_privacy.ledger.models import record
from primevox_privacy.limits.models import hit
from primevox_privacy.staff.models import User
from requests.models import Attachment, Submission
from requests.models.submission import Direction
from requests.workflow import REQUESTER, need
from verification import clean_pages

MOST_BYTES = 20_000_000  # of one submission; what staff send does not count
MOST_AN_HOUR = 30
HOUR = timedelta(hours=1)


def room(submission: Submission) -> int:
    """How many bytes a requester can still send: files of messages count, and papers until they are destroyed."""
    theirs = Attachment.objects.filter(message__submission=submission, message__direction=Direction.FROM_REQUESTER)
    sent = theirs.aggregate(sent=Sum("file__size", default=0))["sent"] + clean_pages.bytes_of(submission.pk)
    return max(0, MOST_BYTES - sent)


def too_often(submission: Submission, number: int) -> bool:
    """Count so many uploads more, and say whether these are too many for one hour."""
    return max((hit("uploads", str(submission.pk), HOUR) for _one in range(number)), default=0) > MOST_AN_HOUR


def seen_by_requester(submission: Submission, pk: uuid.UUID) -> Attachment | None:
    """A file of this submission's messages; none of an internal note."""
    return _known(pk).filter(message__submission=submission).exclude(message__direction=Direction.INTERNAL).first()


def is_from_us(attachment: Attachment) -> bool:
    return attachment.message.direction == Direction.TO_REQUESTER


def opened_by_requester(attachment: Attachment) -> None:
    """Opening what we sent is recorded; opening one's own is nobody's business."""
    if is_from_us(attachment):
        record(_about(attachment), "file_opened", by=REQUESTER, file=str(attachment.pk))


def look(pk: uuid.UUID, *, by: User) -> Attachment | None:
    """A file of any message, for staff who work on cases; each look is recorded. None when there is no such file."""
    need(by, "look_at_file")
    found = _known(pk).first()
    if found:
        record(_about(found), "paper_looked_at", by=by.as_actor, file=str(found.pk))
    return found


def _about(attachment: Attachment) -> uuid.UUID:
    return attachment.message.rights_request_id or attachment.message.submission_id


def _known(pk: uuid.UUID) -> QuerySet[Attachment]:
    return Attachment.objects.select_related("message__rights_request", "file__key").filter(pk=pk)
