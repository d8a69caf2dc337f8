"""A call, a letter, a visit, a mail that was passed on: a member of staff takes down what somebody asks.

It goes through the same verb as the pages (`intake.take_in`), so that every door gives the same reference, receipt and
clock (policy §6, §16). The clock runs from when it reached us, not from when it was typed.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from primevox_privacy.ledger.models import record
from primevox_privacy.sealed.uploads import SealedUpload
from primevox_privacy.staff.models import User
from primevox_privacy.turns import wait_for_turn
from requests import continuation, receipt_times
from requests.intake import Asked, take_in
from requests.models import RightsRequest, Submission
from requests.models.submission import Direction
from requests.terms import Channel
from requests.workflow import NotAllowed, need, write

CHANNELS = (Channel.PHONE, Channel.POST, Channel.IN_PERSON, Channel.EMAIL)
SPOKEN_TO = frozenset({Channel.PHONE, Channel.IN_PERSON})  # a code can be said to them


@dataclass(frozen=True)
class Taken:
    """What was taken down, and the code to come back with, which only this moment knows."""

    submission: Submission
    code: str = ""
    again: bool = False  # the same page was sent once more: nothing new was written


@transaction.atomic
def take_down(
    asked: Asked,
    received_at: datetime,
    *,
    as_id: uuid.UUID,
    why_late: str = "",
    files: Iterable[SealedUpload] = (),
    by: User,
) -> Taken:
    """Take it in, with what came along. The same page sent twice gives the same submission. Raises NotAllowed."""
    need(by, "log_request")
    wait_for_turn(as_id)
    if there := Submission.objects.filter(pk=as_id).first():
        return Taken(there, again=True)
    if asked.channel not in CHANNELS:
        raise NotAllowed(_("Choose how it reached us."))
    if why_not := receipt_times.why_not(received_at):
        raise NotAllowed(why_not)
    is_late = receipt_times.wants_reason(received_at)
    if is_late and not why_late.strip():
        raise NotAllowed(_("It lay here for more than a week. Write why."))
    submission = take_in(asked, received_at=received_at, as_id=as_id)
    first = submission.rights_requests.select_related("content_key").order_by("reference")[0]
    if is_late:
        write(first, Direction.INTERNAL, why_late, by=by)
    _keep_scan(first, list(files), asked.language)
    record(submission.pk, "logged", by=by.as_actor, channel=asked.channel, late=is_late)
    needs_code = not submission.email and asked.channel in SPOKEN_TO
    return Taken(submission, continuation.first(submission, by=by) if needs_code else "")


def _keep_scan(one: RightsRequest, files: list[SealedUpload], language: str) -> None:
    """The letter itself, or what they brought: a message of theirs, which they find again on their page."""
    if files:
        with override(language):
            said = _("What you sent or brought us, as it reached us.")
        write(one, Direction.FROM_REQUESTER, said, files, by=None)
