"""What people do when they come back: change how we reach them, and write without sending yet."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from primevox_privacy.sealed.fields import SealedJSONField, SealedTextField
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import KeyField
from requests.models.columns import known, term
from requests.models.submission import Submission
from requests.terms import ChangeOutcome


class ContactChange(models.Model):
    """A wish to be reached elsewhere: from where, to where, who decides it, and what became of it. Staff see both
    contacts; the requester is never shown the one before."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="contact_changes")
    contact_key = KeyField(Life.CONTACT)
    before = SealedJSONField(key="contact_key")
    after = SealedJSONField(key="contact_key")
    found_by_email = models.CharField(
        max_length=64, blank=True, help_text="keyed digest of the address before, so that staff still find the case"
    )
    found_by_phone = models.CharField(max_length=64, blank=True, help_text="the same of the number before")
    by_staff = models.BooleanField(default=False, help_text="two codes cannot decide it: a verifier does")
    asked_at = models.DateTimeField(default=timezone.now)
    outcome = term(ChangeOutcome, blank=True)
    ended_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            known("outcome", ChangeOutcome, "contact_change_outcome_is_known", or_empty=True),
            models.CheckConstraint(
                condition=models.Q(outcome="", ended_at=None)
                | ~models.Q(outcome="") & models.Q(ended_at__isnull=False),
                name="an_ended_change_has_its_instant",
            ),
            models.UniqueConstraint(
                fields=["submission"], condition=models.Q(outcome=""), name="one_change_of_contact_at_a_time"
            ),
        ]
        indexes = [
            models.Index(fields=["found_by_email"], name="changes_by_email", condition=~models.Q(found_by_email="")),
            models.Index(fields=["found_by_phone"], name="changes_by_phone", condition=~models.Q(found_by_phone="")),
        ]

    def __str__(self) -> str:
        return f"change of contact {self.pk}"


class UnsentMessage(models.Model):
    """A message that somebody wrote and has not sent: one for each request, and for seven days."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rights_request = models.OneToOneField(
        "requests.RightsRequest", on_delete=models.PROTECT, related_name="unsent_message"
    )
    draft_key = KeyField(Life.DRAFT)
    text = SealedTextField(key="draft_key")
    kept_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"unsent message {self.pk}"
