"""That the time of receipt of a submission was written down wrong, and by which two persons it was put right."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from primevox_privacy.sealed.fields import SealedTextField
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import KeyField
from requests.models.case import RightsRequest
from requests.models.submission import Submission


class ReceiptChangeQuerySet(models.QuerySet["ReceiptChange"]):
    def waiting(self):
        """Those that wait for a second person."""
        return self.filter(done_at=None, dropped_at=None)


class ReceiptChange(models.Model):
    """Another time of receipt for all that was asked together, proposed on the page of one request. Both times stay."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="receipt_changes")
    rights_request = models.ForeignKey(RightsRequest, on_delete=models.PROTECT, related_name="receipt_changes")
    was_at = models.DateTimeField()
    received_at = models.DateTimeField()
    record_key = KeyField(Life.RECORD)
    reason = SealedTextField(key="record_key")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, help_text="from when on the dates rest on the other time")
    dropped_at = models.DateTimeField(null=True, help_text="when the proposal was declined or taken back")

    objects = ReceiptChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(received_at=F("was_at")), name="a_new_receipt_is_another"),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(confirmed_by__isnull=False) & ~Q(confirmed_by=F("proposed_by")),
                name="a_second_person_moves_a_receipt",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(dropped_at=None), name="a_new_receipt_is_done_or_dropped"
            ),
            models.UniqueConstraint(
                fields=["submission"],
                condition=Q(done_at=None, dropped_at=None),
                name="one_receipt_to_confirm_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"change of receipt {self.pk}"
