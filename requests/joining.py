"""Duplicates (policy §9): two requests of one person for the same right are answered together.

They are only ever joined once both were shown to be hers: a stranger's filing under her name can so neither delay,
block nor reveal hers. The later one joins the earlier, so that no date moves back. Undone within 24 hours.
"""

import uuid

from django.db.models import Q
from django.utils.translation import gettext as _

from primevox_privacy.sealed.cipher import blind_index
from primevox_privacy.staff.models import User
from requests import identity, letters, releasing, workflow
from requests.models import RightsRequest
from requests.terms import Capacity, Ending
from requests.turns import in_turn
from requests.workflow import NotAllowed, need, need_not_frozen
from verification.levels import AssuranceLevel


def candidates(rights_request: RightsRequest) -> list[RightsRequest]:
    """Other open requests for the same right under the same typed address or number. A hint for staff; it proves
    nothing."""
    submission = rights_request.submission
    same = Q(pk__in=[])
    if submission.email_index:
        same |= Q(submission__email_index=submission.email_index)
    if submission.phone_index:
        same |= Q(submission__phone_index=submission.phone_index)
    others = RightsRequest.objects.of_people().open().filter(same, right=rights_request.right)
    others = others.exclude(pk=rights_request.pk)
    return list(others.select_related("submission__check_made", "submission__contact_key").in_queue_order()[:10])


def can_join(one: RightsRequest, into: RightsRequest) -> bool:
    """Whether both are open, for the same right, and shown to be the same person's."""
    return why_not(one, into) is None


def why_not(one: RightsRequest, into: RightsRequest) -> str | None:
    """Why `one` cannot be joined to `into` now, in words for staff; None if it can."""
    if one.pk == into.pk or (one.right, one.level) != (into.right, into.level) or not (one.is_open and into.is_open):
        return _("Only two open requests for the same right can be joined.")
    if (into.leading_on, into.received_on) > (one.leading_on, one.received_on):
        return _("Join the later one to the earlier one, so that no date moves back.")
    if one.frozen_at or into.frozen_at:
        return _("One of them is frozen. Clear that up first.")
    if one.submission.capacity != Capacity.SELF or into.submission.capacity != Capacity.SELF:
        return _("Only requests that people made for themselves can be joined.")
    if not (identity.is_shown(one) and identity.is_shown(into) and _same_person(one, into)):
        return _("First both need to be shown to be the same person's. Until then answer each on its own.")
    return None


def _same_person(one: RightsRequest, into: RightsRequest) -> bool:
    """Above T0 the same contact on file; at T0 the same confirmed address."""
    if one.submission_id == into.submission_id:
        return True
    if one.needs is AssuranceLevel.T0:
        confirmed = one.submission.contact_confirmed_at and into.submission.contact_confirmed_at
        same = one.submission.email_index == into.submission.email_index != ""
        return bool(confirmed) and same
    mine, theirs = (identity.contact_on_file(each.submission) for each in (one, into))
    if mine is None or theirs is None:
        return False
    return blind_index(identity.EMAIL, mine.email) == blind_index(identity.EMAIL, theirs.email)


@in_turn
def merge(one: RightsRequest, into: RightsRequest, *, by: User) -> None:
    """Join `one` to `into`: it closes, and its page leads to the answer of the other. Raises NotAllowed."""
    need(by, "merge")
    need_not_frozen(one)
    need_not_frozen(into)
    into.refresh_from_db(fields=["status", "ending", "closed_at"])
    if reason := why_not(one, into):
        raise NotAllowed(reason)
    workflow.close(one, Ending.MERGED, by=by, merged_into=into)
    letters.closed(one)


def is_shut(rights_request: RightsRequest) -> bool:
    """Whether no letter and no file opens: its own, nor those of the request it was joined to."""
    return releasing.is_shut(rights_request) or releasing.is_shut(answered_with(rights_request))


def answered_together(rights_request: RightsRequest) -> set[uuid.UUID]:
    """A request with every other that was joined to it, or to which it was joined, however many times."""
    newest = found = {answered_with(rights_request).pk}
    while newest:
        newest = set(RightsRequest.objects.filter(merged_into__in=newest).values_list("pk", flat=True)) - found
        found |= newest
    return found


def answered_with(rights_request: RightsRequest) -> RightsRequest:
    """The request whose answer this one has: itself, or the one it was joined to, however many times."""
    found = rights_request
    while found.merged_into_id:
        found = RightsRequest.objects.select_related("submission", "record_key").get(pk=found.merged_into_id)
    return found
