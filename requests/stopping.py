"""Stopping everything at once: "this was not me", and a freeze by staff (policy §8, §12).

One transaction freezes the whole submission: nothing leaves, nothing is destroyed or deleted, and staff are told.
Clocks go on. Staff then free it, with a reason, or end it as `not_you`. Stopping twice is harmless.
"""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import record
from primevox_privacy.staff.models import User
from requests import changing_contact, keeping, letters, releasing, workflow
from requests.models import Representation, RightsRequest, StopLink, Submission
from requests.models.submission import Direction, Whose
from requests.terms import Ending
from requests.turns import in_turn
from requests.workflow import REQUESTER, By, NotAllowed, actor, need
from verification import checks

ON_THE_PAGE = "page"  # where the button was pressed, if not in one of our letters


def stopped_at(link: StopLink) -> datetime | None:
    """Since when what this link was pressed for stands still or is ended; None before the press, and once it is
    cleared up and goes on."""
    if link.pressed_at is None:
        return None
    if since := frozen_since(link.submission):
        return since
    requests = _all_of(link.submission)
    return link.pressed_at if any(releasing.is_not_theirs(one) for one in requests) else None


def frozen_since(submission: Submission) -> datetime | None:
    """Since when everything of it stands still; None where it does not."""
    return min((one.frozen_at for one in _all_of(submission) if one.frozen_at), default=None)


@in_turn
def say_not_me(link: StopLink, note: str = "") -> None:
    """The reader of a letter did not ask for this, or says no to somebody who asks in their name."""
    now = timezone.now()
    first = bool(StopLink.objects.filter(pk=link.pk, pressed_at=None).update(pressed_at=now))
    if link.whose == Whose.SUBJECT:
        Representation.objects.filter(submission=link.submission, objected_at=None).update(objected_at=now)
    _stop(link.submission, note, f"stopped:{link.pk}:{now:%Y%m%d%H%M%S}", first=first, whose=link.whose)


@in_turn
def say_not_me_here(submission: Submission, note: str = "") -> None:
    """The same on the page of the requests themselves, by somebody whom a code let in."""
    key = f"stopped:{submission.pk}:{timezone.now():%Y%m%d%H%M%S}"
    _stop(submission, note, key, first=False, whose=ON_THE_PAGE)


def _stop(submission: Submission, note: str, key: str, *, first: bool, whose: str) -> None:
    if _freeze(submission, "said_not_me", by=REQUESTER, whose=whose) or first:
        _keep_note(submission, note)
        letters.stopped(submission, key)


def _keep_note(submission: Submission, note: str) -> None:
    """Kept for staff alone, with the first request whose messages are still there."""
    one = _all_of(submission).filter(content_key__destroyed_at=None).first()
    if note.strip() and one:
        workflow.write(one, Direction.INTERNAL, _("Written with “this was not me”: %s") % note, by=None)


def _all_of(submission: Submission):
    """In one order, so that two who stop the same do not wait for each other."""
    related = RightsRequest.objects.select_related("submission__check_made", "content_key", "record_key")
    return related.filter(submission=submission).order_by("reference")


@in_turn
def freeze(rights_request: RightsRequest, why: str, *, by: User) -> None:
    """Staff doubt that all is right, such as with a mailbox that seems taken over. Raises NotAllowed."""
    need(by, "freeze")
    if not why.strip():
        raise NotAllowed(_("Write why. A colleague needs to clear it up."))
    if not _freeze(rights_request.submission, "frozen", by=by):
        raise NotAllowed(_("It is frozen already."))
    workflow.write(rights_request, Direction.INTERNAL, why, by=by)


def _freeze(submission: Submission, kind: str, *, by: By, **detail: str) -> list[RightsRequest]:
    """Freeze what is not frozen yet, open or closed: an answer already given may not have reached the right person."""
    frozen = []
    for one in _all_of(submission):
        if RightsRequest.objects.filter(pk=one.pk, frozen_at=None).update(frozen_at=timezone.now()):
            record(one.pk, kind, by=actor(by), **detail)
            frozen.append(one)
    changing_contact.stop(submission)
    keeping.settle(submission.pk)
    return frozen


@in_turn
def free(rights_request: RightsRequest, why: str, *, by: User) -> None:
    """It is cleared up: everything of the submission goes on, and what waits for the requester waits anew, since
    nobody could answer it meanwhile. Raises NotAllowed."""
    need(by, "free")
    if not why.strip():
        raise NotAllowed(_("Write how it was cleared up."))
    frozen = list(_all_of(rights_request.submission).exclude(frozen_at=None))
    if not frozen:
        raise NotAllowed(_("It is not frozen."))
    now = timezone.now()
    for one in frozen:
        RightsRequest.objects.filter(pk=one.pk).update(frozen_at=None)
        RightsRequest.objects.filter(pk=one.pk, waiting_since__isnull=False).update(waiting_since=now)
        record(one.pk, "freed", by=actor(by))
    rights_request.refresh_from_db(fields=["frozen_at", "waiting_since"])
    if rights_request.submission.check_made:
        checks.wait_anew(rights_request.submission.check_made)
    workflow.write(rights_request, Direction.INTERNAL, why, by=by)
    keeping.settle(rights_request.submission_id)


@in_turn
def end_not_you(rights_request: RightsRequest, why: str, *, by: User) -> None:
    """The person whose data it is did not ask. Ends every open request of the submission; it stays frozen until
    the closing, so that nothing left in between. What was answered or ended before, be it all of them, is recorded as
    shut and stays so for good (`releasing.is_shut`). Raises NotAllowed."""
    need(by, "end_not_you")
    if not RightsRequest.objects.filter(pk=rights_request.pk, frozen_at__isnull=False).exists():
        raise NotAllowed(_("Only what is frozen can end like this. Freeze it first."))
    if not why.strip():
        raise NotAllowed(_("Write how you know."))
    workflow.write(rights_request, Direction.INTERNAL, why, by=by)
    ended = [one for one in _all_of(rights_request.submission) if one.is_open]
    for one in ended:
        workflow.close(one, Ending.NOT_YOU, by=by, frozen_at=None)
    for one in _all_of(rights_request.submission).exclude(frozen_at=None):
        RightsRequest.objects.filter(pk=one.pk).update(frozen_at=None)
        record(one.pk, "shut", by=actor(by))
    keeping.settle(rights_request.submission_id)
    for one in ended:
        letters.closed(one)
    rights_request.refresh_from_db()
