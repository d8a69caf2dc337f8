"""One walk at a time, a new one each day. Like a letter, a walk belongs to one worker under a lease: doubled sweeps
find it taken, and where a worker was killed another goes on a little later.

However it ends, what it sent is closed and its data ends at once. After a failure the next one begins an hour later, so
that health is green again soon after somebody has mended it.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from primevox_privacy.ledger.models import PORTAL, record
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from requests import keeping, workflow
from requests.heartbeat import steps
from requests.heartbeat.models import Outcome, Walk
from requests.heartbeat.steps import STEPS
from requests.models import Submission
from requests.terms import Ending
from requests.turns import in_turn

logger = logging.getLogger(__name__)
EACH, AGAIN = timedelta(days=1), timedelta(hours=1)  # after one that came through; after one that failed
LEASE = timedelta(minutes=2)  # longer than any step works; waiting is done without one
ASLEEP = timedelta(minutes=5)  # nobody looked for so long: a planned stop, perhaps, and no fault of any step
LONGEST = sum((step.within for step in STEPS.values()), timedelta(hours=1))  # then what it carries is of no use
FIRST = next(iter(STEPS))


# --- The sweep -----------------------------------------------------------------------------------------------------
def walk_on(now: datetime | None = None) -> None:
    """Begin the walk of today where it is time, and go on with the one that is open."""
    now = now or timezone.now()
    walk = Walk.objects.open().first()
    if walk is None and settings.HEARTBEAT and is_due(now):
        walk = begin()
    if walk:
        go_on(walk)


def is_due(now: datetime) -> bool:
    last = Walk.objects.ended().order_by("-began_at").first()
    if last is None or last.ended_at is None or last.outcome == Outcome.INTERRUPTED:
        return True
    return now >= (last.began_at + EACH if last.outcome == Outcome.PASSED else last.ended_at + AGAIN)


def begin() -> Walk | None:
    """A new walk; None while another is open, or begins at this moment."""
    now = timezone.now()
    walk = Walk(step=FIRST, began_at=now, since=now, looked_at=now)
    walk.walk_key = DataKey.make(walk.pk, Life.SIGN_IN_CODE, ends_at=now + LONGEST)
    try:
        with transaction.atomic():
            walk.walk_key.save(force_insert=True)
            walk.save(force_insert=True)
    except IntegrityError:
        return None
    return walk


def go_on(walk: Walk) -> None:
    """Take the steps that can be taken now. Nothing where another worker does, or it has ended."""
    before = walk.looked_at
    if not _claim(walk):
        return
    if timezone.now() - before > ASLEEP:
        end(walk, Outcome.INTERRUPTED)
        return
    while _take_step(walk):
        pass


def _claim(walk: Walk) -> bool:
    """Make it ours for a while by a conditional update."""
    now = timezone.now()
    free = Walk.objects.open().filter(Q(leased_until=None) | Q(leased_until__lte=now), pk=walk.pk)
    if not free.update(leased_until=now + LEASE, looked_at=now):
        return False
    walk.refresh_from_db()
    return True


def _take_step(walk: Walk) -> bool:
    """Take the step that it is at; whether there is one after it to be taken now."""
    step, fault = STEPS[walk.step], ""
    try:
        if step.take(walk):
            return _next(walk)
    except steps.Broken as why:
        end(walk, Outcome.FAILED, str(why))
        return False
    except steps.NotNow as why:
        fault = str(why)
    except Exception as error:  # whatever it is: it is tried again until its time is over
        fault = type(error).__name__
    if fault:
        logger.warning("the test request did not get past %s (%s); the next sweep tries again", step.name, fault)
    if timezone.now() - walk.since > step.within:
        end(walk, Outcome.FAILED, fault or "late")
    else:
        _ours(walk).update(leased_until=None, fault=fault[:60])
    return False


def _ours(walk: Walk):
    """The row, while it is still this worker's."""
    return Walk.objects.open().filter(pk=walk.pk, step=walk.step, leased_until=walk.leased_until)


def _next(walk: Walk) -> bool:
    """To the step after this one; whether there is one, and nobody took the walk away meanwhile."""
    now, names = timezone.now(), list(STEPS)
    seconds = walk.seconds | {walk.step: round((now - walk.since).total_seconds(), 1)}
    at = names.index(walk.step) + 1
    if at == len(names):
        if _ours(walk).update(seconds=seconds):
            end(walk, Outcome.PASSED)
        return False
    changes = {"step": names[at], "since": now, "seconds": seconds, "fault": "", "leased_until": now + LEASE}
    if not _ours(walk).update(**changes):
        return False
    walk.refresh_from_db()
    return True


# --- The end ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def end(walk: Walk, outcome: Outcome, fault: str = "") -> None:
    """It is over: written down, and whatever it left behind ends. May be tried by two; one does it."""
    now = timezone.now()
    ended = {"outcome": outcome, "ended_at": now, "leased_until": None, "fault": fault[:60]}
    if not _ours(walk).update(**ended):
        return
    record(PORTAL, f"heartbeat_{outcome}", by="system", **({} if outcome == Outcome.PASSED else {"step": walk.step}))
    DataKey.objects.filter(pk=walk.walk_key_id).update(ends_at=now)
    walk.refresh_from_db()
    steps.forget_answers(walk)
    if submission := _sent(walk):
        _close(submission)


def _sent(walk: Walk) -> Submission | None:
    """What it sent; its worker may have been killed before it could write that down."""
    if walk.submission_id:
        return walk.submission
    draft = steps.draft_of(walk)
    return draft.submission if draft else None


@in_turn
def _close(submission: Submission) -> None:
    """What is still open is closed without a letter. One that somebody froze is freed: nobody is there to clear it up
    with."""
    submission.rights_requests.synthetic().update(frozen_at=None)
    for one in submission.rights_requests.synthetic().open():
        workflow.close(one, Ending.WITHDRAWN, by=workflow.SYSTEM)
    keeping.settle(submission.pk)
