"""The second look (policy §10; the appeal terms of the laws): filed by the requester, with a reference and clock of its
own, decided by somebody who neither drafted nor released the first answer, with reasons.

Overturning opens the request again with its whole history. An appeal uses the kept result of the identity check;
only where identity was not shown does it begin a new one.
"""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import record
from primevox_privacy.sealed.uploads import SealedUpload
from primevox_privacy.staff.models import User
from requests import (
    answers,
    clock,
    deadlines,
    identity,
    keeping,
    letters,
    references,
    releasing,
    roles,
    words,
    workflow,
)
from requests.deadlines import Schedule
from requests.models import Answer, Appeal, RightsRequest
from requests.models.submission import Direction
from requests.terms import AppealOutcome, DateKind, Ending, ExtensionReason, Status
from requests.turns import in_turn
from requests.workflow import By, NotAllowed, actor, need, need_not_frozen


def can_be_filed(rights_request: RightsRequest) -> bool:
    """Whether the requester can ask for a second look now."""
    return why_not_file(rights_request) is None


def why_not_file(rights_request: RightsRequest, *, staff_ask: bool = False) -> str | None:
    """Why a second look cannot be asked for now; None if it can. Staff may take one that comes late, or a second
    one about the same answer."""
    if rights_request.is_open or rights_request.ending not in keeping.APPEALABLE:
        return _("Only a request that ended without all that was asked for can be looked at again.")
    if releasing.is_shut(rights_request):
        return _("This request is stopped, so it cannot be looked at again now. Write to us, and we clear it up.")
    if rights_request.content_key.destroyed_at:
        return _("The messages of this request are deleted. A new request can be sent at any time.")
    if open_one(rights_request):
        return _("We are looking again already.")
    if staff_ask:
        return None
    if _was_looked_at(rights_request):
        return _("We have looked at this answer again. Write to us if something is new.")
    if timezone.now() > keeping.appeal_until(rights_request):
        return _("The time to ask for a second look is over. Write to us, and we see what we can do.")
    return None


def open_one(rights_request: RightsRequest) -> Appeal | None:
    """The second look that is going on."""
    return Appeal.objects.open().filter(rights_request=rights_request).first()


def leading_kind(appeal: Appeal) -> str:
    """Which of its dates leads."""
    leading = [due["kind"] for due in appeal.dates if due["due_on"] == appeal.leading_on.isoformat()]
    return next((kind for kind in leading if (kind != DateKind.TARGET) == appeal.leading_by_law), "")


def why_due(appeal: Appeal) -> str:
    """Why the leading date of an appeal is what it is."""
    leads = leading_kind(appeal)
    return next((words.why(due["reason"], due["why"]) for due in appeal.dates if due["kind"] == leads), "")


def _was_looked_at(rights_request: RightsRequest) -> bool:
    """Whether the answer as it stands came out of a second look unchanged: each is looked at again once."""
    decided = Appeal.objects.filter(rights_request=rights_request, decided_at__gte=rights_request.closed_at)
    return decided.exists()


def schedule(rights_request: RightsRequest, received_at: datetime) -> Schedule:
    """The dates of a second look that is asked for at that moment, by the law of the residence on that day."""
    return deadlines.schedule(deadlines.APPEAL, rights_request.submission.residence or None, received_at)


@in_turn
def file(
    rights_request: RightsRequest,
    reason: str,
    *,
    by: By,
    files: Sequence[SealedUpload] = (),
    received_at: datetime | None = None,
) -> Appeal:
    """Ask for a second look. Staff file it for somebody who called or wrote, with the moment it reached us. Raises
    NotAllowed."""
    need(by, "file_for_requester")
    one = _as_it_stands(rights_request.pk)
    if why_not := why_not_file(one, staff_ask=isinstance(by, User)):
        raise NotAllowed(why_not)
    appeal = _new(one, reason, received_at or timezone.now())
    appeal.save(force_insert=True)
    if appeal.first_ending == Ending.IDENTITY_NOT_SHOWN and not identity.is_shown(one):
        identity.begin_anew(one.submission, one.needs)
    if files:
        workflow.write(one, Direction.FROM_REQUESTER, reason, files, by=None)
    record(one.pk, "appealed", by=actor(by), appeal=str(appeal.pk))
    keeping.settle(one.submission_id)
    letters.appeal_received(appeal)
    if nobody_may_decide(appeal):
        letters.no_decider(appeal)
    return appeal


def _new(rights_request: RightsRequest, reason: str, received_at: datetime) -> Appeal:
    first = Answer.objects.released().filter(rights_request=rights_request).order_by("-released_at").first()
    appeal = Appeal(
        reference=references.new_reference(),
        rights_request=rights_request,
        against=first,
        first_ending=rights_request.ending,
        first_drafted_by=first.drafted_by if first else None,
        first_released_by=first.released_by if first else None,
        content_key=rights_request.content_key,
        reason=reason,
        received_at=received_at,
        record_key=rights_request.record_key,
    )
    clock.set_dates_of_appeal(appeal)
    return appeal


def deciders() -> QuerySet[User]:
    """Whose role decides appeals, whatever part they had in one."""
    return User.objects.filter(is_active=True, is_staff=True, groups__name__in=roles.MAY["decide_appeal"])


def has_decider() -> Exists:
    """For a query of appeals: whether somebody here may decide each. Not where every approver wrote or released the
    first answer."""
    nobody = Value(uuid.UUID(int=0))  # an answer without a drafter or a releaser was nobody's
    had_part = [Coalesce(OuterRef(part), nobody) for part in ("first_drafted_by", "first_released_by")]
    return Exists(deciders().exclude(pk=had_part[0]).exclude(pk=had_part[1]))


def nobody_may_decide(appeal: Appeal) -> bool:
    """Whether it waits for somebody who does not work here yet."""
    return Appeal.objects.open().filter(~has_decider(), pk=appeal.pk).exists()


def had_a_part(appeal: Appeal, user: User) -> bool:
    """Whether somebody wrote or released the first answer."""
    return user.pk in (appeal.first_drafted_by_id, appeal.first_released_by_id)


def may_decide(appeal: Appeal, user: User) -> bool:
    """An approver who had no part in the first answer."""
    return roles.may(user, "decide_appeal") and not had_a_part(appeal, user)


def _need_other_person(appeal: Appeal, by: User) -> None:
    if had_a_part(appeal, by):
        raise NotAllowed(_("You had a part in the first answer. Somebody else has to decide this appeal."))


@in_turn
def take(appeal: Appeal, *, by: User) -> None:
    """Make it mine, if I may decide it."""
    need(by, "take_appeal")
    _need_other_person(appeal, by)
    mine = Appeal.objects.open().filter(pk=appeal.pk, handler=appeal.handler_id).exclude(handler=by)
    if not mine.update(handler=by, look_on=clock.look_soon(appeal)):
        raise NotAllowed(_("It is yours already, or somebody else was faster. Look at it again."))
    appeal.handler = by
    record(appeal.rights_request_id, "appeal_taken", by=by.as_actor, appeal=str(appeal.pk))


@in_turn
def extend(appeal: Appeal, of: DateKind, reason: ExtensionReason, promised_on: date, *, by: User) -> None:
    """Take more time for a second look, as for a request (policy §9): before the date passes, within the bound of its
    law, with a reason, and told. It counts once its letter was handed over. Raises NotAllowed."""
    need(by, "extend_appeal")
    _need_other_person(appeal, by)
    one = _as_it_stands(appeal.rights_request_id)
    need_not_frozen(one)
    if not Appeal.objects.open().filter(pk=appeal.pk).exists():
        raise workflow.overtaken(one)
    if not identity.can_be_told(one.submission):
        raise NotAllowed(_("The requester left no way to be told. Decide in time, or call them."))
    appeal.rights_request = one
    if why_not := clock.why_not_move(appeal, clock.schedule_of_appeal(appeal), of, reason, promised_on):
        raise NotAllowed(why_not)
    letter = letters.more_time(appeal, reason, promised_on)
    clock.take_more_time(appeal, of, reason, promised_on, letter, by=by)
    said = {"of": of, "reason": reason, "until": promised_on.isoformat(), "appeal": str(appeal.pk)}
    record(one.pk, "extension_decided", by=by.as_actor, **said)


@in_turn
def decide(appeal: Appeal, outcome: AppealOutcome, reasons: str, *, by: User) -> None:
    """Decide with reasons. Overturned, wholly or in part, the request is open again, its new date 14 days from today;
    upheld, the letter names the authority for the residence. Raises NotAllowed."""
    need(by, "decide_appeal")
    _need_other_person(appeal, by)
    if not reasons.strip():
        raise NotAllowed(_("Write the reasons. The requester reads them."))
    one = _as_it_stands(appeal.rights_request_id)
    need_not_frozen(one)
    if outcome is not AppealOutcome.UPHELD:
        _need_theirs(appeal, one)
    now = timezone.now()
    if not Appeal.objects.open().filter(pk=appeal.pk).update(outcome=outcome, decided_by=by, decided_at=now):
        raise workflow.overtaken(one)
    appeal.refresh_from_db()
    appeal.rights_request = one
    appeal.letter = answers.appeal_letter(one, outcome, reasons)
    appeal.save(update_fields=["letter"])
    _follow(appeal, by=by)
    if why_not := releasing.why_not_tell(one):
        raise NotAllowed(why_not)
    letters.appeal_decided(appeal)


def _follow(appeal: Appeal, *, by: User) -> None:
    """What a decision does to the request: nothing, or it is open again, for anybody to take."""
    one = appeal.rights_request
    if appeal.outcome == AppealOutcome.UPHELD:
        record(one.pk, "appeal_upheld", by=by.as_actor, appeal=str(appeal.pk))
        keeping.settle(one.submission_id)
        return
    today = timezone.localdate(appeal.decided_at)
    workflow.reopen(one, Status.IN_PROGRESS, "appeal_overturned", by=by, handler=None, reopened_on=today)
    clock.set_dates(one)


def _as_it_stands(pk: uuid.UUID) -> RightsRequest:
    """The request with its keys, now that it is our turn."""
    related = RightsRequest.objects.select_related("submission__check_made", "content_key", "record_key")
    return related.select_related("submission__contact_key").get(pk=pk)


def _need_theirs(appeal: Appeal, one: RightsRequest) -> None:
    """A decision that rested on identity is overturned by showing it; nothing opens again what was never theirs."""
    if releasing.is_shut(one):
        raise NotAllowed(_("The person whose data it is said that they never asked. The first answer stays."))
    if appeal.first_ending == Ending.IDENTITY_NOT_SHOWN and not identity.is_shown(one):
        raise NotAllowed(_("Identity is still not shown. Wait for the verifier's decision on the new check."))
