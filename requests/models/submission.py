"""A submission: what one person sent at one moment, with one or several requests in it."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from primevox_privacy.sealed.fields import SealedTextField
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import KeyField, SealedFile
from requests.models.columns import known, term
from requests.terms import Authority, Capacity, Channel
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
    name_index = models.CharField(max_length=64, blank=True)
    email = SealedTextField(key="contact_key")
    email_index = models.CharField(max_length=64, blank=True)
    phone = SealedTextField(key="contact_key")
    phone_index = models.CharField(max_length=64, blank=True)
    also_known_by = SealedTextField(key="contact_key")
    postal_address = SealedTextField(key="contact_key")
    continuation_digest = models.CharField(max_length=64, blank=True, help_text="keyed; the code itself is nowhere")
    content_key = KeyField(Life.CONTENT)
    encounter = SealedTextField(key="content_key")  # how somebody who is no customer was in touch with us
    check_made = models.OneToOneField(Check, null=True, on_delete=models.PROTECT, related_name="+")
    signal_seen = models.BooleanField(default=False, help_text="the browser sent Global Privacy Control with it")
    contact_confirmed_at = models.DateTimeField(null=True)
    contact_changed_at = models.DateTimeField(null=True, help_text="sessions from before end with it")
    signed_receipt = models.TextField(blank=True, help_text="digest, references and dates of the moment of receipt")
    imported_as = models.CharField(
        max_length=64, blank=True, help_text="keyed digest of its id in the spreadsheet that it came from"
    )
    closed_at = models.DateTimeField(null=True, help_text="when the last of its requests closed")

    class Meta:
        indexes = [
            # Of most rows these are empty, and nobody looks for that: so what is empty does not stand in them.
            models.Index(fields=["name_index"], name="submissions_by_name", condition=~models.Q(name_index="")),
            models.Index(fields=["email_index"], name="submissions_by_email", condition=~models.Q(email_index="")),
            models.Index(fields=["phone_index"], name="submissions_by_phone", condition=~models.Q(phone_index="")),
        ]
        constraints = [
            known("channel", Channel, "submission_channel_is_known"),
            known("capacity", Capacity, "submission_capacity_is_known"),
            models.UniqueConstraint(
                fields=["imported_as"], condition=~models.Q(imported_as=""), name="a_case_comes_once_from_a_spreadsheet"
            ),
        ]

    def __str__(self) -> str:
        return f"submission {self.pk}"


class Whose(models.TextChoices):
    """To whom a letter went."""

    TYPED = "typed"  # the address typed into the form
    ON_FILE = "on_file"  # a contact of the controller's own record
    SUBJECT = "subject"  # the person somebody else acts for, at the address that they named


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


class Attachment(models.Model):
    """A file that came with a message."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    content_key = KeyField(Life.CONTENT)
    file = models.ForeignKey(SealedFile, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"attachment {self.pk}"


class Representation(models.Model):
    """Who acts for whom, and on what authority (policy §6, §8, §14). Authority gives no assurance level."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="representation")
    contact_key = KeyField(Life.CONTACT)
    subject_name = SealedTextField(key="contact_key")
    subject_email = SealedTextField(key="contact_key")
    subject_email_index = models.CharField(max_length=64, blank=True, db_index=True)
    authority = term(Authority)
    from_on = models.DateField(null=True, help_text="since when, as the requester says")
    until_on = models.DateField(null=True, help_text="until when; empty: no end was named")
    told_at = models.DateTimeField(null=True, help_text="when a letter to the data subject was first owed")
    objected_at = models.DateTimeField(null=True, help_text="when the data subject said no")
    accepted = models.BooleanField(null=True, help_text="what a verifier decided; empty: not decided")
    covers = models.JSONField(default=list, blank=True, help_text="the rights that it covers, once accepted")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            known("authority", Authority, "representation_authority_is_known"),
            models.CheckConstraint(
                condition=models.Q(accepted=None, decided_at=None, decided_by=None)
                | models.Q(accepted__isnull=False, decided_at__isnull=False, decided_by__isnull=False),
                name="authority_is_decided_by_somebody_at_some_time",
            ),
        ]

    def __str__(self) -> str:
        return f"representation {self.pk}"


class StopLink(models.Model):
    """The "this was not me" link of one letter. Only a keyed digest is kept, and it goes with the contact."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="stop_links")
    contact_key = KeyField(Life.CONTACT)
    digest = models.CharField(max_length=64, unique=True)
    whose = models.CharField(max_length=10, choices=Whose.choices)
    made_at = models.DateTimeField(default=timezone.now)
    pressed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(whose__in=Whose.values), name="stop_link_is_somebodys")
        ]

    def __str__(self) -> str:
        return f"stop link {self.pk}"
