"""What lies before the case: answers not yet sent, and attempts to come back."""

import uuid

from django.db import models
from django.utils import timezone

from primevox_privacy.sealed.fields import SealedJSONField
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import KeyField
from requests.models.submission import Submission


class Draft(models.Model):
    """Answers not yet sent, found again by a cookie of the same browser. Once sent it points to the submission,
    so that sending twice, reloading and going back all lead to the same receipt."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    draft_key = KeyField(Life.DRAFT)
    answers = SealedJSONField(key="draft_key")
    submission = models.ForeignKey(Submission, null=True, on_delete=models.SET_NULL, related_name="+")
    touched_at = models.DateTimeField(default=timezone.now)
    synthetic = models.BooleanField(
        default=False, db_default=False, help_text="written by the portal's own test, so that what it sends is"
    )

    def __str__(self) -> str:
        return f"draft {self.pk}"


class SignIn(models.Model):
    """Somebody asked for a code with a reference. Written alike whether the reference exists or not; the worker
    finds out, so neither page nor time tells."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=12)
    to_contact_on_file = models.BooleanField(default=False, help_text="else to the address given with the request")
    asked_at = models.DateTimeField(default=timezone.now, db_index=True)
    answered_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["asked_at"], name="sign_ins_waiting", condition=models.Q(answered_at=None))]

    def __str__(self) -> str:
        return f"sign-in {self.pk}"
