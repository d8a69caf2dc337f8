"""Letters on paper, for people without mail: to whom they go, and how many days the post is given.

What waits for an answer counts from the day on which its letter was posted, and the days of the post more. A letter
that lies here unposted has asked nobody anything.
"""

from datetime import date, datetime, timedelta

from django.utils import timezone

from primevox_privacy.outbox.models import Letter
from requests.models import Submission

DELIVERY = timedelta(days=5)  # a letter of the first class takes one to five days (39 CFR part 121)
PRINTING = timedelta(days=3)  # one working day with a weekend in between
ASKING = frozenset({"receipt", "task_waiting", "message_waiting"})


def goes_by_post(submission: Submission) -> bool:
    """Whether our letters to who asked go on paper."""
    return not submission.email and bool(submission.postal_address)


def days_more(submission: Submission) -> timedelta:
    """How much later than a mail a letter of today may arrive."""
    return PRINTING + DELIVERY if goes_by_post(submission) else timedelta()


def arrives_on(letter: Letter) -> date:
    """The day on which a letter that has left counts as arrived. One by post never sooner than what it says of days,
    which was written when it was owed."""
    assert letter.sent_at
    left_on = timezone.localdate(letter.sent_at)
    if not letter.by_post:
        return left_on
    return max(left_on + DELIVERY, timezone.localdate(letter.owed_at) + PRINTING + DELIVERY)


def asked_at(submission: Submission, since: datetime) -> datetime | None:
    """When they came to know what we asked for `since` then; None while the letter that asks was not posted yet."""
    if not goes_by_post(submission):
        return since
    asking = Letter.objects.filter(about=submission.pk, by_post=True, kind__in=ASKING, owed_at__gte=since)
    letter = asking.order_by("owed_at").first()
    if letter is None or letter.settled_at:
        return letter.settled_at if letter else since
    return letter.sent_at + DELIVERY if letter.sent_at else None
