"""Coming back: a reference, then a code to the contact that was given.

The web request writes the same row whether the reference exists or not; a worker finds out and sends the code.
So the page, its time and its words never tell.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from primevox_privacy.celery import ring
from primevox_privacy.ledger.models import record
from requests import letters
from requests.models import RightsRequest, SignIn, Submission
from verification import codes
from verification.codes import Outcome
from verification.models import CodePurpose

KEPT = timedelta(days=2)


def ask_for_code(reference: str) -> SignIn:
    """Somebody wants a code for this reference."""
    asked = SignIn.objects.create(reference=reference)
    transaction.on_commit(lambda: ring("requests.tasks.answer_sign_ins"))
    return asked


def answer_waiting(now: datetime | None = None) -> None:
    """Send a code for each sign-in whose reference exists and whose contact takes mail."""
    now = now or timezone.now()
    waiting = SignIn.objects.filter(answered_at=None, asked_at__gt=now - codes.LIFETIME)
    for asked in waiting.order_by("asked_at"):
        with transaction.atomic():
            if SignIn.objects.filter(pk=asked.pk, answered_at=None).update(answered_at=now):
                _send_code(asked.reference)


def _send_code(reference: str) -> None:
    submission = _submission_of(reference)
    if submission is None or not submission.email:
        return
    try:
        code, digits = codes.issue(submission.pk, CodePurpose.SIGN_IN, to_contact_on_file=False)
    except codes.TooManyCodes:
        return
    letters.code(submission, code, digits, None)


def _submission_of(reference: str) -> Submission | None:
    found = RightsRequest.objects.select_related("submission__contact_key").filter(reference=reference).first()
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
    submission = _submission_of(asked.reference)
    outcome, _code = codes.attempt(submission.pk if submission else asked.pk, CodePurpose.SIGN_IN, typed)
    if outcome is not Outcome.MATCHED or submission is None:
        return Outcome.WRONG, None  # used or replaced: told alike, so that nothing tells
    if not submission.contact_confirmed_at:
        Submission.objects.filter(pk=submission.pk).update(contact_confirmed_at=timezone.now())
        record(submission.pk, "contact_confirmed", by="requester")
    return outcome, submission


def forget_old(now: datetime | None = None) -> None:
    SignIn.objects.filter(asked_at__lt=(now or timezone.now()) - KEPT).delete()
