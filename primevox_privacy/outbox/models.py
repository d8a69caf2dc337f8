"""The letter: what is to leave, to whom, and whether it has left."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from primevox_privacy.sealed.fields import SealedTextField
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import KeyField


class LetterQuerySet(models.QuerySet["Letter"]):
    def waiting(self, now: datetime):
        """Letters that should leave now and that nobody has under a lease."""
        return self.filter(
            Q(leased_until=None) | Q(leased_until__lt=now),
            by_post=False,
            sent_at=None,
            given_up_at=None,
            not_before__lte=now,
        )

    def overdue(self, since: datetime):
        """Letters that should have left by `since`: tried in vain, or not even tried."""
        owed = self.filter(by_post=False, sent_at=None, given_up_at=None, owed_at__lt=since)
        return owed.filter(Q(not_before__lt=since) | Q(attempts__gt=0))

    def to_post(self):
        """Letters on paper that nobody has posted yet."""
        return self.filter(by_post=True, sent_at=None, given_up_at=None).exclude(address=None)

    def undelivered(self):
        """Letters that the mail server refused, whose address is still kept, and about which nobody has done anything
        yet. Their reader does not know what they say."""
        return self.filter(refused_at__isnull=False, settled_at=None).exclude(address=None)


class Letter(models.Model):
    """One letter for one `key`, whoever asks for it how often.

    A code travels at most once: it is marked sent before it is handed over, and its row forgets it. Everything
    else travels at least once; a repeat after a crash carries the same Message-ID. A letter by post leaves through the
    hands of staff, and counts as sent from the day on which they say that they posted it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=150, unique=True)
    kind = models.CharField(max_length=40)
    about = models.UUIDField(db_index=True, help_text="opaque: a submission, a request, a member of staff")
    language = models.CharField(max_length=10, default="en")
    address_key = KeyField(Life.CONTACT)
    address = SealedTextField(key="address_key")
    subject = models.CharField(max_length=120, help_text="neutral: no name, no right")
    text = SealedTextField(key="address_key")
    code_key = KeyField(Life.SIGN_IN_CODE, null=True)
    code = SealedTextField(key="code_key")
    owed_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True, help_text="refused by the mail server, or a code out of date")
    refused_at = models.DateTimeField(null=True, help_text="the mail server said no for good, or for five days")
    settled_at = models.DateTimeField(null=True, help_text="a refused one: its reader was reached in another way")
    by_post = models.BooleanField(default=False, help_text="printed and posted by staff, never mailed")
    prints_code = models.BooleanField(default=False, help_text="a new code to come back was printed on it")
    printed_at = models.DateTimeField(null=True)
    posted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    fault = models.CharField(max_length=60, blank=True, help_text="error class and SMTP code; never a text")

    objects = LetterQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["not_before"], name="letters_waiting", condition=Q(sent_at=None, given_up_at=None)),
            models.Index(
                fields=["owed_at"],
                name="letters_to_post",
                condition=Q(by_post=True, sent_at=None, given_up_at=None),
            ),
            models.Index(
                fields=["about"],
                name="letters_undelivered",
                condition=Q(refused_at__isnull=False, settled_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} letter {self.pk}"

    @property
    def message_id(self) -> str:
        """Derived from the row, so that a repeat is recognised as one."""
        return f"<{self.pk.hex}@{settings.MAIL_DOMAIN}>"

    @property
    def carries_code(self) -> bool:
        return self.code_key_id is not None
