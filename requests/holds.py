"""A hold (policy §11): data that a dispute or a law needs is neither destroyed nor deleted while it stands.

It has a reason, an owner and an end, and covers everything of the submission, since what requests share cannot be
told apart. The day after its end it lifts itself; what was due meanwhile is destroyed by the next sweep.
"""

from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import record
from primevox_privacy.staff.models import User
from requests import keeping, roles
from requests.models import Hold, RightsRequest
from requests.turns import in_turn
from requests.workflow import SYSTEM, By, NotAllowed, actor, need

LONGEST = timedelta(days=366)  # then somebody looks again and places a new one
TOLD_BEFORE = timedelta(days=7)


@in_turn
def place(rights_request: RightsRequest, reason: str, owner: User, ends_on: date, *, by: User) -> Hold:
    """Stop destruction and deletion until the end of `ends_on`, local time. Raises NotAllowed."""
    need(by, "place_hold")
    today = timezone.localdate()
    if not today <= ends_on <= today + LONGEST:
        raise NotAllowed(_("A hold ends between today and a year from now. Choose such a day."))
    if not reason.strip():
        raise NotAllowed(_("Write why the data has to be kept."))
    if not roles.may(owner, "lift_hold"):
        raise NotAllowed(_("Choose an owner who works here and can lift it."))
    if rights_request.record_key.destroyed_at:
        raise NotAllowed(_("The record of this request is over; there is nothing left to hold."))
    hold = Hold.objects.create(
        rights_request=rights_request,
        record_key=rights_request.record_key,
        reason=reason,
        owner=owner,
        ends_on=ends_on,
    )
    record(rights_request.pk, "hold_placed", by=actor(by), hold=str(hold.pk), until=ends_on.isoformat())
    keeping.settle(rights_request.submission_id)
    return hold


@in_turn
def lift(hold: Hold, *, by: By) -> None:
    """The data is no longer needed. Raises NotAllowed when it was lifted before."""
    need(by, "lift_hold")
    who = by if isinstance(by, User) else None
    standing = Hold.objects.standing().filter(pk=hold.pk)
    if not standing.update(lifted_at=timezone.now(), lifted_by=who):
        raise NotAllowed(_("This hold is lifted already."))
    record(hold.rights_request_id, "hold_lifted", by=actor(by), hold=str(hold.pk))
    keeping.settle(hold.rights_request.submission_id)


def lift_ended(today: date | None = None) -> None:
    """Lift every hold whose last day has passed. May be repeated."""
    ended = Hold.objects.standing().filter(ends_on__lt=today or timezone.localdate())
    for hold in ended.select_related("rights_request"):
        try:
            lift(hold, by=SYSTEM)
        except NotAllowed:
            continue  # somebody lifted it a moment ago
