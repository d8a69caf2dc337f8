"""A submission: what one person sent at one moment, with one or several requests in it."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from primevox_privacy.sealed.fields import SealedTextField
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import KeyField, SealedFile
from requests.models.columns import known, term
from requests.terms import Capacity, Channel
from verification.models import Check


class Submission(models.Model):
    """Who asked, through which door, and how to reach them. Its requests share one identity check."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = term(Channel, default=Channel.WEB)
    capacity = term(Capacity, default=Capacity.SELF)
    language = models.CharField(max_length=10, default="en")
    residence = models.CharField(max_length=10, blank=True, help_text="ISO 3166 code; empty when not said")
    received_at = models.DateTimeField(default=timezone.now, help_text="when it reached us, by any door")
    received_on = models.DateField(help_text="the day of receipt, see deadlines.received_on")
    contact_key = KeyField(Life.CONTACT)
    name = SealedTextField(key="contact_key")
    email = SealedTextField(key="contact_key")
    email_index = models.CharField(max_length=64, blank=True, db_index=True)
    phone = SealedTextField(key="contact_key")
    phone_index = models.CharField(max_length=64, blank=True, db_index=True)
    also_known_by = SealedTextField(key="contact_key")
    content_key = KeyField(Life.CONTENT)
    check_made = models.OneToOneField(Check, null=True, on_delete=models.PROTECT, related_name="+")
    contact_confirmed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True, help_text="when the last of its requests closed")

    class Meta:
        constraints = [
            known("channel", Channel, "submission_channel_is_known"),
            known("capacity", Capacity, "submission_capacity_is_known"),
        ]

    def __str__(self) -> str:
        return f"submission {self.pk}"


class Direction(models.TextChoices):
    """Who a message is for. An internal note never leaves the staff desk."""

    TO_REQUESTER = "to_requester"
    FROM_REQUESTER = "from_requester"
    INTERNAL = "internal"


class Message(models.Model):
    """Something written between requester and staff, or among staff. Sealed with the submission's content."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="messages")
    rights_request = models.ForeignKey(
        "requests.RightsRequest", null=True, on_delete=models.PROTECT, related_name="messages"
    )
    direction = models.CharField(max_length=16, choices=Direction.choices)
    content_key = KeyField(Life.CONTENT)
    text = SealedTextField(key="content_key")
    file = models.ForeignKey(SealedFile, null=True, on_delete=models.SET_NULL, related_name="+")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(direction__in=Direction.values), name="message_direction_is_known"
            )
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"
