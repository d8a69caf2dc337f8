"""Changing how we reach a requester: a code to the address until now, and one to the new address.

Both codes count only together, so that neither a session left open nor one mailbox is enough. Who cannot reach the old
address any more, or is reached without mail, asks a verifier, who decides with a reason. The old address is told of
every wish, with a "this was not me" link; a freeze ends the wish. Nobody is ever shown what it was.

A new contact shows nothing about who somebody is: where identity was shown already, it is asked for once more, and an
answer goes out as before, above T0 to a contact on file alone (47 CFR 64.2010). Staff find the case by either contact,
as long as contacts are kept.
"""

from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import record
from primevox_privacy.staff.models import User
from requests import found_by, identity, letters, sign_in, workflow
from requests.models import ContactChange, RightsRequest, Submission
from requests.models.submission import Direction
from requests.terms import ChangeOutcome
from requests.turns import in_turn
from requests.workflow import REQUESTER, SYSTEM, By, NotAllowed, actor, need
from verification import codes
from verification.codes import Outcome
from verification.models import Code, CodePurpose

CHANGES_A_DAY = 5  # so that nobody has us write to one stranger after the other
WAYS = ("email", "phone", "postal_address")
OLD, NEW = CodePurpose.OLD_CONTACT, CodePurpose.NEW_CONTACT


def open_of(submission: Submission) -> ContactChange | None:
    """The wish that is not settled yet, if there is one."""
    found = ContactChange.objects.select_related("contact_key").filter(submission=submission, outcome="").first()
    if found:
        found.submission = submission
    return found


def waits(submission: str = "submission") -> Exists:
    """For queries of requests: does a wish of their submission wait for a verifier?"""
    return Exists(ContactChange.objects.filter(submission=OuterRef(submission), outcome="", by_staff=True))


def shows_the_old_by_paper(submission: Submission) -> bool:
    """Whether the code on paper stands for an old address: there is none that takes mail."""
    return not submission.email


@in_turn
def ask(submission: Submission, wanted: dict[str, str]) -> ContactChange:
    """The requester wants to be reached elsewhere. What they asked before and did not finish is dropped."""
    _need_open(submission)
    of_late = submission.contact_changes.filter(asked_at__gt=timezone.now() - timedelta(days=1))
    if of_late.count() >= CHANGES_A_DAY:
        raise NotAllowed(_("You asked for this several times today. Try again tomorrow, or call us."))
    _end(submission, ChangeOutcome.CANCELLED)
    change = ContactChange(
        submission=submission,
        contact_key=submission.contact_key,
        before={way: getattr(submission, way) or "" for way in WAYS},
        after={way: wanted.get(way, "") for way in WAYS},
    )
    change.save(force_insert=True)
    record(submission.pk, "contact_change_asked", by=REQUESTER)
    if not change.after["email"] or not (submission.email or submission.continuation_digest):
        _leave_to_staff(change)
    else:
        _send_codes(change)
    return change


@in_turn
def send_again(submission: Submission) -> None:
    """Two new codes; those before no longer work."""
    _need_open(submission)
    change = open_of(submission)
    if change and not change.by_staff:
        _send_codes(change)


def _send_codes(change: ContactChange) -> None:
    """As many as the limits let, and no word where they do not: the page says the same either way."""
    submission = change.submission
    try:
        new = codes.issue(submission.pk, NEW, to_contact_on_file=False)
        old = codes.issue(submission.pk, OLD, to_contact_on_file=False) if submission.email else None
    except codes.TooManyCodes:
        return
    letters.codes_of_both(submission, old, new, change.after["email"])


@in_turn
def enter_codes(submission: Submission, old: str, new: str) -> dict[CodePurpose, Outcome]:
    """Try both codes. It takes effect when both fit; what fits alone is not used up."""
    _need_open(submission)
    change = open_of(submission)
    if change is None or change.by_staff:
        raise NotAllowed(_("There is nothing here that waits for a code."))
    if shows_the_old_by_paper(submission):
        outcomes = _try_with_paper(submission, old, new)
    else:
        outcomes = codes.attempt_together(submission.pk, {OLD: old, NEW: new})
    if all(outcome is Outcome.MATCHED for outcome in outcomes.values()):
        _take_effect(change, by=REQUESTER)
    return outcomes


def _try_with_paper(submission: Submission, on_paper: str, new: str) -> dict[CodePurpose, Outcome]:
    reference = submission.rights_requests.values_list("reference", flat=True)[0]
    outcome, _opened = sign_in.enter_paper_code(reference, on_paper)
    if outcome is not Outcome.MATCHED:
        return {OLD: outcome}
    return {OLD: outcome, NEW: codes.attempt(submission.pk, NEW, new)[0]}


def tries_left(submission: Submission, purpose: CodePurpose) -> int:
    latest = Code.objects.filter(subject=submission.pk, purpose=purpose).order_by("-made_at").first()
    return codes.TRIES_A_CODE - latest.tries if latest else codes.TRIES_A_CODE


@in_turn
def leave_to_staff(submission: Submission) -> None:
    """The old address is lost: a verifier has to make sure who asks."""
    _need_open(submission)
    change = open_of(submission)
    if change is None:
        raise NotAllowed(_("There is nothing here that waits for a code."))
    if not change.by_staff:
        _leave_to_staff(change)


def _leave_to_staff(change: ContactChange) -> None:
    change.by_staff = True
    change.save(update_fields=["by_staff"])
    record(change.submission_id, "contact_change_left_to_staff", by=REQUESTER)
    letters.contact_change_waits(change.submission, f"contact_change:{change.pk}")


@in_turn
def cancel(submission: Submission) -> bool:
    """All stays as it is. Whether there was anything to cancel."""
    return _end(submission, ChangeOutcome.CANCELLED, kind="contact_change_cancelled")


def stop(submission: Submission) -> None:
    """Everything is frozen, and so that nothing of it lives on afterwards, the wish ends. Part of a verb."""
    _end(submission, ChangeOutcome.STOPPED, by=SYSTEM, kind="contact_change_stopped")


@in_turn
def decide(rights_request: RightsRequest, accepted: bool, reason: str, *, by: User) -> None:
    """A verifier has made sure who asks, or could not. The reason stays as an internal note. Raises NotAllowed."""
    need(by, "decide_contact_change")
    submission = rights_request.submission
    _need_open(submission)
    if not reason.strip():
        raise NotAllowed(_("Write how you made sure who asks, or why you could not."))
    change = open_of(submission)
    if change is None or not change.by_staff:
        raise NotAllowed(_("No change of contact waits here any more."))
    workflow.write(rights_request, Direction.INTERNAL, reason, by=by)
    if accepted:
        _take_effect(change, by=by)
    else:
        _end(submission, ChangeOutcome.REFUSED, by=by, kind="contact_change_refused")
        letters.contact_stays(submission, f"contact_change:{change.pk}:refused")


def _take_effect(change: ContactChange, *, by: By) -> None:
    """From now on we write there. The address until now is told; what was sent to it opens nothing any more."""
    submission, now = change.submission, timezone.now()
    letters.contact_replaced(submission, f"contact_change:{change.pk}:before")
    for way in WAYS:
        if change.after[way] or way == "email":
            setattr(submission, way, change.after[way] or None)
    change.found_by_email, change.found_by_phone = submission.email_index, submission.phone_index
    change.save(update_fields=["found_by_email", "found_by_phone"])
    submission.email_index = found_by.email(submission.email or "")
    submission.phone_index = found_by.phone(submission.phone or "")
    submission.contact_confirmed_at = now if by == REQUESTER else None
    submission.contact_changed_at = now
    columns = [*WAYS, "email_index", "phone_index", "contact_confirmed_at", "contact_changed_at"]
    submission.save(update_fields=columns)
    codes.revoke(submission.pk)
    _end(submission, ChangeOutcome.TAKEN, by=by, kind="contact_changed")
    if identity.begin_after_new_contact(submission):
        workflow.take_back_drafts(submission)
    letters.contact_is_here(submission, f"contact_change:{change.pk}:after")


def _end(submission: Submission, outcome: ChangeOutcome, *, by: By = REQUESTER, kind: str = "") -> bool:
    staff = by if isinstance(by, User) else None
    ended = ContactChange.objects.filter(submission=submission, outcome="")
    if not ended.update(outcome=outcome, ended_at=timezone.now(), decided_by=staff):
        return False
    if kind:
        record(submission.pk, kind, by=actor(by))
    return True


def _need_open(submission: Submission) -> None:
    """Nothing changes while it is frozen, nor once there is nothing left to reach anybody for."""
    if RightsRequest.objects.filter(submission=submission, frozen_at__isnull=False).exists():
        raise NotAllowed(_("Everything is paused here until it is cleared up. Nothing changes until then."))
    submission.contact_key.refresh_from_db()
    if submission.contact_key.destroyed_at:
        raise NotAllowed(_("How we reach you is deleted here already. You can send a new request at any time."))
