"""Notice to somebody whom no mail reaches: the portal's own letter cannot leave, so staff tell them by telephone or
post that their request may end, and write down how. The seven days run from that day as from a letter."""

from django.utils import timezone
from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import record
from primevox_privacy.outbox.models import Letter
from primevox_privacy.staff.models import User
from requests import post, waiting, words, workflow
from requests.models import RightsRequest
from requests.models.submission import Direction
from requests.turns import in_turn
from requests.waiting import Waiting
from requests.workflow import NotAllowed, need, need_not_frozen


def why_not_give(rights_request: RightsRequest) -> str | None:
    """Why staff cannot give notice themselves now, in words for staff; None if they can."""
    waits = [one for one in waiting.of(rights_request) if one.plan]
    if not waits:
        return _("Nothing waits for the requester that notice could be given of.")
    if all(_goes_by_mail(rights_request, one) for one in waits):
        return _("The notice goes by mail, or is printed for the post, when its day has come.")
    if waiting.notice_ended_at(rights_request):
        return _("Notice is given already.")
    first_on = min(one.plan.noticed_on for one in waits if one.plan)
    if timezone.localdate() < first_on:
        return _("Notice can be given from %(day)s on. Until then, remind them.") % {"day": words.day(first_on)}
    return None


def _goes_by_mail(rights_request: RightsRequest, one: Waiting) -> bool:
    refused = Letter.objects.filter(key=one.notice_key, given_up_at__isnull=False)
    leaves = rights_request.submission.email or post.goes_by_post(rights_request.submission)
    return bool(leaves) and not refused.exists()


@in_turn
def give(rights_request: RightsRequest, how: str, *, by: User) -> None:
    """Staff have told them that the request may end. Raises NotAllowed."""
    need(by, "give_notice")
    need_not_frozen(rights_request)
    if not how.strip():
        raise NotAllowed(_("Write how and when you told them."))
    if why_not := why_not_give(rights_request):
        raise NotAllowed(why_not)
    workflow.write(rights_request, Direction.INTERNAL, how, by=by)
    record(rights_request.pk, "notice_given", by=by.as_actor)
