"""What a requester sees of a submission: one sentence, who waits for whom, dates with reasons, what happened.

Reads only. Nothing here names a contact on file, a fact, or a member of staff.
"""

from typing import Any

from django.conf import settings
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from requests import (
    about_whom,
    acting_for,
    answer_files,
    changing_contact,
    details,
    documents,
    how_it_ended,
    identity,
    receipts,
    references,
    second_look,
    timeline,
    told_first,
    unsent,
    words,
)
from requests.models import Extension, Hold, RightsRequest, Submission
from requests.terms import DateKind, Ending, Right, Status
from verification.levels import AssuranceLevel
from verification.models import Certificate, CheckState

YOU, US, NOBODY = "you", "us", "nobody"
LATEST = 5  # what happened before the last of these is folded
NOT_GIVEN = frozenset({"keys", "clean pages"})  # what a certificate counts that nobody sent us


def overview(submission: Submission) -> dict[str, Any]:
    """Everything on the page of a submission."""
    kept = submission.rights_requests.select_related("record_key", "content_key")
    requests = list(
        kept.prefetch_related("due_dates", Prefetch("extensions", Extension.objects.told()), "appeals", "fees")
    )
    for one in requests:
        one.submission = submission
    task = identity.task_of(submission)
    certificates = _certificates(submission)
    confirmed = receipts.confirmed_on(submission)
    cards = [_card(one, confirmed) for one in sorted(requests, key=lambda one: (one.leading_on, one.reference))]
    first = min(cards, key=lambda card: (YOU, US, NOBODY).index(card["waits_for"]), default=None)
    happened = timeline.of(submission, requests)
    latest = LATEST if len(happened) > LATEST + 1 else len(happened)
    is_frozen = any(one.frozen_at for one in requests)
    return {
        "about": about_whom.of(submission.capacity),
        "submission": submission,
        "task": task,
        "documents_given": task is None and documents.can_be_given(submission),
        "authority_waits": acting_for.waits_for_decision(submission) and not is_frozen,
        "authority_wanted": acting_for.wants_paper_since(submission) is not None,
        "requests": [card | {"is_first_to_read": card is first} for card in cards],
        "several": len(cards) > 1,
        "earlier": happened[: len(happened) - latest],
        "timeline": happened[len(happened) - latest :],
        "unsent": [found for one in requests if (found := _unsent(one))],
        "contact_change": _contact_change(submission),
        "can_change_contact": submission.contact_key.destroyed_at is None and not is_frozen,
        "is_over": not any(one.is_open for one in requests),
        "is_frozen": is_frozen,
        "certificates": certificates,
        "proof_is_gone": any(one["check"] == submission.check_made_id for one in certificates),
        "statement_kept": any(one.signed_statement for one in requests),
        "kept_until": _kept_until(submission),
        "is_held": Hold.objects.standing().over(submission.pk).exists(),
    }


def _unsent(one: RightsRequest) -> dict[str, Any] | None:
    """A message that waits to be sent."""
    kept = unsent.of(one)
    if kept is None:
        return None
    return {
        "reference": one.reference,
        "spoken": references.spoken(one.reference),
        "text": kept.text,
        "until": words.day(timezone.localdate(kept.draft_key.ends_at)),
    }


def _contact_change(submission: Submission) -> dict[str, Any] | None:
    """A wish to be reached elsewhere that is not settled yet. Nothing of either contact."""
    change = changing_contact.open_of(submission)
    return {"by_staff": change.by_staff, "asked": words.day(timezone.localdate(change.asked_at))} if change else None


def waits_for(rights_request: RightsRequest) -> str:
    """Who has to do something next: YOU, US or NOBODY. While it is frozen, we do."""
    if rights_request.frozen_at:
        return US
    if not rights_request.is_open:
        return NOBODY
    if rights_request.status == Status.WAITING or _needs_proof_from_requester(rights_request):
        return YOU
    return US


def fee_waits(rights_request: RightsRequest) -> bool:
    """Whether a fee was told and not answered yet."""
    return any(not fee.outcome for fee in rights_request.fees.all())


def _needs_proof_from_requester(rights_request: RightsRequest) -> bool:
    if rights_request.needs is AssuranceLevel.T0 or rights_request.status == Status.IN_REVIEW:
        return False
    if rights_request.submission.capacity in acting_for.FOR_SOMEBODY_ELSE:
        submission = rights_request.submission
        return bool(acting_for.wants_paper_since(submission) or identity.task_of(submission))
    return identity.state_of(rights_request) == CheckState.OPEN


def sentence(rights_request: RightsRequest) -> str:
    """Where it stands, in one sentence."""
    about = about_whom.of(rights_request.submission.capacity)
    if rights_request.frozen_at:
        return str(words.FROZEN)
    if not rights_request.is_open:
        return str(about.ended(Ending(rights_request.ending)))
    if rights_request.status == Status.WAITING:
        return str(words.FEE_WAITS if fee_waits(rights_request) else words.STATUS_SENTENCE[Status.WAITING])
    if _needs_proof_from_requester(rights_request):
        return str(about.identity_needed)
    if rights_request.needs > AssuranceLevel.T0 and identity.state_of(rights_request) == CheckState.GIVEN:
        return _("We are checking what you sent.")
    if rights_request.status != Status.IN_REVIEW and _is_shown_below(rights_request):
        return str(words.SHOWN_BELOW)
    return str(words.STATUS_SENTENCE[Status(rights_request.status)])


def _is_shown_below(rights_request: RightsRequest) -> bool:
    """Whether what was sent fitted, and is not enough for this request."""
    return identity.state_of(rights_request) == CheckState.PASSED and not identity.is_shown(rights_request)


def _deletion_waits(one: RightsRequest) -> str:
    """Why a deletion is not done at once, while that is so; empty elsewhere."""
    if not one.is_open or one.frozen_at or one.needs is AssuranceLevel.T0 or not identity.is_shown(one):
        return ""
    until = told_first.waits_until(one)
    if until is None or until <= timezone.now():
        return ""
    about = about_whom.of(one.submission.capacity)
    return str(about.deletion_waits) % {"day": words.day(timezone.localdate(until))}


def _card(one: RightsRequest, confirmed: str) -> dict[str, Any]:
    """One request. `confirmed`: when receipt was, in words; empty while it is not."""
    dates = [
        {
            "label": words.DATE_KINDS[DateKind(due.kind)],
            "day": words.day(due.due_on),
            "at_once": due.at_once,
            "why": words.why(due.reason, due.why),
            "done": confirmed if due.kind == DateKind.ACKNOWLEDGEMENT else "",
        }
        for due in sorted(one.due_dates.all(), key=lambda due: due.due_on)
    ]
    changes = [
        {
            "until": words.day(extension.promised_on),
            "was": words.day(extension.was_on),
            "reason": words.EXTENSION_REASON_IN_LETTER[extension.reason],
        }
        for extension in one.extensions.all()
    ]
    about = about_whom.of(one.submission.capacity)
    asked, legal = about.asked(Right(one.right))
    look = second_look.overview(one)
    looking = look["open"] is not None and not one.frozen_at
    return {
        "request": one,
        "reference": references.spoken(one.reference),
        "right": asked,
        "legal": legal,
        "read_as": _read_as(one),
        "asked": details.told_of(one),
        "sentence": _("We are looking again.") if looking else sentence(one),
        "waits_for": _waits_for_while(one) if looking else waits_for(one),
        "second_look": look,
        "received": words.day(one.received_on),
        "due": words.day(one.leading_on),
        "at_once": one.at_once,
        "dates": dates,
        "changes": changes,
        "fee_waits": fee_waits(one) and not one.frozen_at,
        "has_answer": how_it_ended.has_answer(one),
        "files_until": answer_files.open_until(one),
        "ending": how_it_ended.overview(one),
        "can_withdraw": one.is_open and not one.frozen_at,
        "asks": one.status == Status.WAITING and not fee_waits(one) and not one.frozen_at,
        "record_until": _record_until(one),
        "deletion_waits": _deletion_waits(one),
    }


def _read_as(one: RightsRequest) -> str:
    """That staff found another right in it than was ticked; empty where they did not."""
    if not one.asked_as or one.sent_as == one.right:
        return ""
    if one.sent_as is Right.UNSURE:
        return _("You were not sure which one it is. From what you told us, we take it as this.")
    ticked, _legal = about_whom.of(one.submission.capacity).asked(one.sent_as)
    return _("You chose “%(ticked)s”. From what you told us, we take it as this.") % {"ticked": ticked}


def _waits_for_while(one: RightsRequest) -> str:
    """Who has to do something next while we look again."""
    return YOU if second_look.waits_for_proof(one) else US


def _certificates(submission: Submission) -> list[dict[str, Any]]:
    """What was destroyed, when, and by when it is beyond recovery, the latest first: one for each check."""
    checks = identity.checks_of(submission)
    finished = Certificate.objects.filter(check_made__in=checks, finished_at__isnull=False).order_by("-begun_at")
    gone_at = dict(DataKey.objects.filter(owner__in=checks, life=Life.PROOF).values_list("owner", "destroyed_at"))
    return [
        {
            "check": one.check_made_id,
            "gone_at": timezone.localtime(gone_at.get(one.check_made_id) or one.begun_at),
            "pieces": sum(number for name, number in one.classes.items() if name not in NOT_GIVEN),
            "beyond_recovery": words.day(one.beyond_recovery_on),
            "backup_days": settings.BACKUP_DAYS,
            "signed_text": one.signed_text,
        }
        for one in finished
        if one.beyond_recovery_on
    ]


def _record_until(one: RightsRequest) -> str:
    """Until when letters, dates and outcome of a closed request are kept."""
    ends_at = one.record_key.ends_at
    return words.day(timezone.localdate(ends_at)) if ends_at else ""


def _kept_until(submission: Submission) -> str:
    """Until when contact and messages are kept, once everything is closed."""
    ends_at = submission.contact_key.ends_at
    return words.day(timezone.localdate(ends_at)) if ends_at else ""
