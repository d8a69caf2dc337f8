"""What has to be true before an answer may leave, and who has to read it first.

Two persons for refusals, for "you did not show who you are", for disclosures and for deletions. Nothing above T0
is answered before identity is shown, and the notice of such an answer goes to a contact on file only: a mailbox
typed into the form proves nothing about the person (47 CFR 64.2010; 11 CCR 7060).
"""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from requests import identity
from requests.grounds import grounds_for
from requests.models import Answer, RightsRequest
from requests.terms import Ending, Right
from verification.levels import AssuranceLevel
from verification.models import CheckState

if TYPE_CHECKING:
    from requests.answers import Draft

BY_ANSWER = (Ending.FULFILLED, Ending.PARTLY, Ending.NOTHING_HELD)
DISCLOSURES = frozenset({Right.KNOW, Right.ACCESS, Right.PORTABILITY})
IDENTITY_IS_NO_MATTER = frozenset({"policy_6", "policy_7_unfounded", "policy_7_repetitive", "policy_7_excessive"})


def verb_for(ending: Ending) -> str:
    """Which verb of the table of roles an ending belongs to."""
    if ending is Ending.REFUSED:
        return "refuse"
    return "end_identity_not_shown" if ending is Ending.IDENTITY_NOT_SHOWN else "answer"


def needs_second_person(rights_request: RightsRequest, ending: Ending) -> bool:
    """Whether somebody other than the drafter has to release it."""
    if ending in (Ending.REFUSED, Ending.IDENTITY_NOT_SHOWN):
        return True
    right = Right(rights_request.right)
    if ending is Ending.NOTHING_HELD:
        return rights_request.needs > AssuranceLevel.T0
    return right in DISCLOSURES or right is Right.DELETE


def goes_to_contact_on_file(rights_request: RightsRequest) -> bool:
    """Whether the answer is only for somebody who reaches a contact on file: above T0, once identity was shown."""
    return rights_request.needs > AssuranceLevel.T0 and identity.state_of(rights_request) == CheckState.PASSED


def why_not_answer(rights_request: RightsRequest, draft: "Draft") -> str | None:
    """Why this answer cannot be drafted now, in words for staff; None if it can."""
    if rights_request.right == Right.UNSURE:
        return _("First say which right this request is about.")
    if rights_request.frozen_at:
        return _("This request is frozen. Nothing leaves until it is free again.")
    return _why_not_by_content(rights_request, draft) or _why_not_by_identity(rights_request, draft)


def _why_not_by_content(rights_request: RightsRequest, draft: "Draft") -> str | None:
    if draft.ending is Ending.REFUSED:
        offered = {ground.id for ground in grounds_for(Right(rights_request.right), rights_request.regime)}
        if not draft.grounds or not set(draft.grounds) <= offered:
            return _("Choose at least one ground from the list: a refusal always says on what it rests.")
    if draft.ending in (Ending.REFUSED, Ending.PARTLY) and not draft.reason.strip():
        return _("Write in your own words why. The requester reads them beside the ground.")
    return None


def _why_not_by_identity(rights_request: RightsRequest, draft: "Draft") -> str | None:
    state = identity.state_of(rights_request)
    if draft.ending is Ending.IDENTITY_NOT_SHOWN:
        if not identity.is_decided_below(rights_request):
            return _("A verifier first needs to record that identity was not shown.")
        return None
    if identity.is_shown(rights_request):
        return None
    if draft.ending is Ending.REFUSED and set(draft.grounds) <= IDENTITY_IS_NO_MATTER:
        return None
    if draft.ending is Ending.NOTHING_HELD and state == CheckState.NO_RECORD:
        if rights_request.submission.contact_confirmed_at:
            return None
        return _("The requester has not confirmed their own contact yet, so this cannot be told.")
    return _("Identity is not shown at the level that this request needs. Ask a verifier to decide the check first.")


def why_not_release(rights_request: RightsRequest, answer: Answer) -> str | None:
    """Why a draft cannot leave now, in words for staff; None if it can."""
    if rights_request.frozen_at:
        return _("This request is frozen. Nothing leaves until it is free again.")
    if goes_to_contact_on_file(rights_request) and identity.contact_on_file(rights_request.submission) is None:
        return _(
            "There is no contact on file to tell. A verifier needs to enter one from our own record first, so that "
            "nothing goes to a mailbox that proves nothing."
        )
    return None
