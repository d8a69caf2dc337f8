"""What has to be true before an answer may leave, and who has to read it first.

Two persons for refusals, for "you did not show who you are", for disclosures and for deletions. Nothing above T0
is answered before identity is shown, and the notice of such an answer goes to a contact on file only: a mailbox
typed into the form proves nothing about the person (47 CFR 64.2010; 11 CCR 7060).
"""

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import Event
from primevox_privacy.sealed.cipher import blind_index
from requests import acting_for, identity, told_first, waiting, words
from requests.grounds import Ground, grounds_for
from requests.inventory import progress
from requests.models import Answer, Fee, Hold, Package, RightsRequest, Submission
from requests.terms import Ending, Right
from verification.levels import AssuranceLevel
from verification.methods import opening_call_detail
from verification.models import CheckState

if TYPE_CHECKING:
    from requests.answers import Draft

BY_ANSWER = (Ending.FULFILLED, Ending.PARTLY, Ending.NOTHING_HELD)
DISCLOSURES = frozenset({Right.KNOW, Right.ACCESS, Right.PORTABILITY})
NOT_AUTHORISED = "policy_6"
IDENTITY_IS_NO_MATTER = frozenset({NOT_AUTHORISED, "policy_7_unfounded", "policy_7_repetitive", "policy_7_excessive"})


VERBS = {
    **dict.fromkeys(BY_ANSWER, "answer"),
    Ending.REFUSED: "refuse",
    Ending.IDENTITY_NOT_SHOWN: "end_identity_not_shown",
    Ending.NO_ANSWER: "end_no_answer",
    Ending.OUT_OF_SCOPE: "end_out_of_scope",
    Ending.NOT_A_REQUEST: "end_not_a_request",
}
# They end a request without a look at anybody's data, so they tell nothing about anybody.
TELL_NOTHING = frozenset({Ending.NO_ANSWER, Ending.OUT_OF_SCOPE, Ending.NOT_A_REQUEST})
ALWAYS_TWO = frozenset({Ending.REFUSED, Ending.IDENTITY_NOT_SHOWN, Ending.OUT_OF_SCOPE, Ending.NOT_A_REQUEST})


def verb_for(ending: Ending) -> str:
    """Which verb of the table of roles an ending belongs to."""
    return VERBS.get(ending, "answer")


def needs_second_person(rights_request: RightsRequest, ending: Ending) -> bool:
    """Whether somebody other than the drafter has to release it."""
    if ending in ALWAYS_TWO:
        return True
    if ending is Ending.NO_ANSWER:
        return False  # reminders and a notice of seven days went before it
    right = Right(rights_request.right)
    if ending is Ending.NOTHING_HELD:
        return rights_request.needs > AssuranceLevel.T0
    return right in DISCLOSURES or right is Right.DELETE or has_files(rights_request)


def has_files(rights_request: RightsRequest) -> bool:
    """Whether files are collected for the answer to come."""
    collected = Package.objects.filter(rights_request=rights_request, noticed_at=None, package_key__destroyed_at=None)
    return collected.filter(files__isnull=False).exists()


def is_shut(rights_request: RightsRequest) -> bool:
    """Whether no answer and no file opens, nor a code for one leaves: while it is frozen, and for good once the
    person whose data it is said that they never asked."""
    return rights_request.frozen_at is not None or is_not_theirs(rights_request)


def is_not_theirs(rights_request: RightsRequest) -> bool:
    """Whether it was settled that the person whose data it is never asked: something of the submission ended so, or
    this was recorded as shut since nothing was open any more."""
    ended = RightsRequest.objects.filter(submission_id=rights_request.submission_id, ending=Ending.NOT_YOU)
    return ended.exists() or Event.objects.filter(about=rights_request.pk, kind="shut").exists()


def goes_to_contact_on_file(rights_request: RightsRequest, ending: str = "") -> bool:
    """Whether the answer is only for somebody who reaches a contact on file: above T0, once identity was shown. A
    check that is opened again later does not open what was said to that person."""
    if (ending or rights_request.ending) in TELL_NOTHING:
        return False
    return rights_request.needs > AssuranceLevel.T0 and identity.was_ever_shown(rights_request.submission)


def why_not_answer(rights_request: RightsRequest, draft: "Draft") -> str | None:
    """Why this answer cannot be drafted now, in words for staff; None if it can."""
    if draft.ending not in VERBS:
        return _("No letter of ours ends a request like this. It has a step of its own.")
    if draft.ending is not Ending.NO_ANSWER and Fee.objects.unanswered().filter(rights_request=rights_request).exists():
        return _("A fee waits for the requester's word, and work begins after it. To answer now, waive the fee first.")
    if draft.ending in TELL_NOTHING:
        return _why_not_end_unanswered(rights_request, draft)
    if rights_request.right == Right.UNSURE:
        return _("First say which right this request is about.")
    return (
        _why_not_by_content(rights_request, draft)
        or _why_not_by_identity(rights_request, draft)
        or told_first.why_not_delete(rights_request, draft.ending)
        or progress.why_not_answer(rights_request, draft.ending)
        or _why_not_to_new_contact(rights_request, draft.ending)
        or _why_not_by_call_records(rights_request, draft.holds_call_records)
    )


def _why_not_end_unanswered(rights_request: RightsRequest, draft: "Draft") -> str | None:
    if has_files(rights_request):
        return _("Files are collected for an answer. Remove them first, or answer with them.")
    if draft.ending is Ending.NO_ANSWER:
        ended_at = waiting.notice_ended_at(rights_request)
        if ended_at is None or timezone.now() < ended_at:
            return _(
                "The requester has to be reminded first, and then to have had seven days' notice. Until then this "
                "request cannot end for want of an answer."
            )
        return None
    if draft.ending is Ending.OUT_OF_SCOPE and draft.out_of_scope is None:
        return _("Say why it is out of scope: the letter tells the requester where to go.")
    if not draft.reason.strip():
        return _("Write in your own words why. The requester reads them.")
    return None


def grounds_offered(rights_request: RightsRequest) -> list[Ground]:
    """What a refusal of this request may rest on. Whoever asks for themselves needs nobody's authority."""
    offered = grounds_for(Right(rights_request.right), rights_request.regime)
    for_another = rights_request.submission.capacity in acting_for.FOR_SOMEBODY_ELSE
    return [ground for ground in offered if for_another or ground.id != NOT_AUTHORISED]


def _why_not_by_content(rights_request: RightsRequest, draft: "Draft") -> str | None:
    if draft.ending is Ending.REFUSED:
        offered = {ground.id for ground in grounds_offered(rights_request)}
        if not draft.grounds or not set(draft.grounds) <= offered:
            return _("Choose at least one ground from the list: a refusal always says on what it rests.")
    if draft.ending in (Ending.REFUSED, Ending.PARTLY) and not draft.reason.strip():
        return _("Write in your own words why. The requester reads them beside the ground.")
    if draft.ending not in (Ending.FULFILLED, Ending.PARTLY) and has_files(rights_request):
        return _("Files are collected for this answer, but this outcome delivers none. Remove them first.")
    return _why_not_by_hold(rights_request, draft.ending)


def _why_not_by_hold(rights_request: RightsRequest, ending: str) -> str | None:
    is_held = Hold.objects.standing().over(rights_request.submission_id).exists()
    if is_held and rights_request.right == Right.DELETE and ending == Ending.FULFILLED:
        return _("A hold stands, so not everything can be deleted. Choose “Done in part” or a refusal.")
    return None


def _why_not_by_identity(rights_request: RightsRequest, draft: "Draft") -> str | None:
    state = identity.state_of(rights_request)
    if draft.ending is Ending.IDENTITY_NOT_SHOWN:
        if not identity.is_decided_below(rights_request):
            return _("A verifier first needs to record that identity was not shown.")
        return None
    if draft.ending is Ending.REFUSED and set(draft.grounds) <= IDENTITY_IS_NO_MATTER:
        return None
    if why_not := acting_for.why_not_answer(rights_request):
        return why_not
    if identity.is_shown(rights_request):
        return None
    if draft.ending is Ending.NOTHING_HELD and state == CheckState.NO_RECORD:
        if rights_request.submission.contact_confirmed_at:
            return None
        return _("The requester has not confirmed their own contact yet, so this cannot be told.")
    return _("Identity is not shown at the level that this request needs. Ask a verifier to decide the check first.")


def _why_not_by_call_records(rights_request: RightsRequest, holds_some: bool) -> str | None:
    """Matched facts and mailed codes never open call records, whatever level they reach (47 CFR 64.2010)."""
    if not holds_some:
        return None
    check = rights_request.submission.check_made
    if check is not None:
        check.refresh_from_db(fields=["state", "opens_call_detail"])
        if check.state == CheckState.PASSED and check.opens_call_detail:
            return None
    return _(
        "This answer holds call records. They leave only when a verifier did one of these (47 CFR 64.2010): %(ways)s. "
        "It can be recorded on the identity page. Or leave them out, and choose “Done in part”."
    ) % {"ways": "; ".join(str(words.METHODS[name]) for name in opening_call_detail())}


def why_not_release(rights_request: RightsRequest, answer: Answer) -> str | None:
    """Why a draft cannot leave now, in words for staff; None if it can."""
    return (
        why_not_tell(rights_request, answer.ending)
        or _why_not_by_hold(rights_request, answer.ending)
        or told_first.why_not_delete(rights_request, answer.ending)
        or progress.why_not_answer(rights_request, answer.ending)
        or _why_not_to_new_contact(rights_request, answer.ending)
        or _why_not_by_call_records(rights_request, answer.holds_call_records)
    )


def _why_not_to_new_contact(rights_request: RightsRequest, ending: str) -> str | None:
    if not goes_to_contact_on_file(rights_request, ending):
        return None
    return told_first.why_not_to_new_contact(rights_request)


def why_not_replace_contact(submission: Submission, email: str) -> str | None:
    """Why another contact cannot take the place of the one on file, in words for staff; None if it can. A code to the
    contact on file opens what was answered, and no second person would see where it goes."""
    contact = identity.contact_on_file(submission)
    if contact is None or blind_index(identity.EMAIL, contact.email) == blind_index(identity.EMAIL, email):
        return None
    told = submission.rights_requests.filter(Q(answers__in=Answer.objects.released()) | Q(merged_into__isnull=False))
    if any(one.merged_into_id or goes_to_contact_on_file(one) for one in told):
        return _(
            "An answer has gone to the contact on file, and a code to it opens that answer. No other contact can take "
            "its place. A new request can be sent at any time."
        )
    return None


def why_not_tell(rights_request: RightsRequest, ending: str = "") -> str | None:
    """Why nobody can be told of a letter now: there is no contact on file where it has to go; None if there is."""
    if goes_to_contact_on_file(rights_request, ending) and identity.contact_on_file(rights_request.submission) is None:
        return _(
            "There is no contact on file to tell. A verifier needs to enter one from our own record first, so that "
            "nothing goes to a mailbox that proves nothing."
        )
    return None
