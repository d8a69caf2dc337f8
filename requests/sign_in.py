"""Coming back: a reference, then a code to the contact that was given or to one we had before, or a code on paper.

The web request writes the same row whether the reference exists or not; a worker finds out and sends the code. A code
on paper is compared alike for every reference. So the page, its time and its words never tell.
"""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from primevox_privacy.celery import ring
from primevox_privacy.ledger.models import record
from primevox_privacy.limits.models import hit, so_far
from requests import continuation, identity, letters, signals
from requests.models import RightsRequest, SignIn, Submission
from verification import codes
from verification.codes import Outcome
from verification.models import CodePurpose

KEPT = timedelta(days=2)
PAPER, A_DAY = "paper codes", timedelta(days=1)


def ask_for_code(reference: str, *, to_contact_on_file: bool = False) -> SignIn:
    """Somebody wants a code for this reference: to the contact given with it, or to one we had before."""
    asked = SignIn.objects.create(reference=reference, to_contact_on_file=to_contact_on_file)
    transaction.on_commit(lambda: ring("requests.tasks.answer_sign_ins"))
    return asked


def answer_waiting(now: datetime | None = None) -> None:
    """Send a code for each sign-in whose reference exists and whose contact takes mail."""
    now = now or timezone.now()
    waiting = SignIn.objects.filter(answered_at=None, asked_at__gt=now - codes.LIFETIME)
    for asked in waiting.order_by("asked_at"):
        with transaction.atomic():
            if SignIn.objects.filter(pk=asked.pk, answered_at=None).update(answered_at=now):
                _send_code(asked)


def _send_code(asked: SignIn) -> None:
    submission = _submission_of(asked.reference)
    if submission is None:
        return
    contact = identity.contact_on_file(submission) if asked.to_contact_on_file else None
    if contact is None and (asked.to_contact_on_file or not submission.email):
        return
    try:
        code, digits = codes.issue(submission.pk, CodePurpose.SIGN_IN, to_contact_on_file=asked.to_contact_on_file)
    except codes.TooManyCodes:
        return
    letters.code(submission, code, digits, contact)
    if submission.rights_requests.synthetic().exists():
        signals.synthetic_code_made.send_robust(Submission, submission=submission, digits=digits)


def _named(reference: str) -> uuid.UUID | None:
    """The submission that a reference names, be it of a request or of an appeal. Before a code fits nothing else is
    read, so that time tells nothing."""
    return RightsRequest.objects.named(reference).values_list("submission_id", flat=True).first()


def _submission_of(reference: str) -> Submission | None:
    found = RightsRequest.objects.select_related("submission__contact_key").named(reference).first()
    return found.submission if found else None


@transaction.atomic
def enter_code(asked: SignIn, typed: str) -> tuple[Outcome, Submission | None]:
    """Try a code. The first one that fits confirms the contact; there is no second step."""
    if asked.asked_at <= timezone.now() - codes.LIFETIME:
        return Outcome.OUT_OF_DATE, None
    counted = SignIn.objects.filter(pk=asked.pk, tries__lt=codes.TRIES_A_CODE).update(tries=F("tries") + 1)
    if not counted:
        return Outcome.TOO_MANY, None
    asked.refresh_from_db()
    outcome, code = codes.attempt(_named(asked.reference) or asked.pk, CodePurpose.SIGN_IN, typed)
    submission = _submission_of(asked.reference) if code else None
    if code is None or submission is None or code.to_contact_on_file != asked.to_contact_on_file:
        return Outcome.WRONG, None  # used or replaced: told alike, so that nothing tells
    if not code.to_contact_on_file:
        _confirm(submission)
    return outcome, submission


def _confirm(submission: Submission) -> None:
    if not submission.contact_confirmed_at:
        Submission.objects.filter(pk=submission.pk).update(contact_confirmed_at=timezone.now())
        record(submission.pk, "contact_confirmed", by="requester")


def enter_paper_code(reference: str, typed: str) -> tuple[Outcome, Submission | None]:
    """Try a continuation code. Failures are counted for what the reference names, or for the reference itself where
    it names nothing. 80 bits need no limit for life; the one a day slows whoever tries all the same."""
    who = str(_named(reference) or reference)
    if so_far(PAPER, who, A_DAY) >= codes.FAILURES_A_DAY:
        return Outcome.TOO_MANY, None
    opened = continuation.opens(reference, typed)
    if opened is None:
        hit(PAPER, who, A_DAY)
        codes.failed()
        return Outcome.WRONG, None
    return Outcome.MATCHED, opened


def forget_old(now: datetime | None = None) -> None:
    SignIn.objects.filter(asked_at__lt=(now or timezone.now()) - KEPT).delete()
