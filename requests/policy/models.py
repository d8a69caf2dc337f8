"""The versions of the policy."""

import uuid

from django.db import models
from django.utils import timezone

from primevox_privacy.sealed.fields import SealedTextField
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import KeyField


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    def without_text(self):
        """Days and marks alone: all that a list needs."""
        return self.only("effective_on", "material", "loaded_at", "digest").order_by("-effective_on")


class PolicyVersion(models.Model):
    """The policy as the controller published it, word for word, with the day from which it holds.

    The key and the salt belong to the mailing of a change: letters are told apart by a digest salted with it, which
    says nothing any more once the key is destroyed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    effective_on = models.DateField(unique=True)
    text = models.TextField(help_text="Markdown, as loaded")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the text")
    material = models.BooleanField(default=False, help_text="a change that matters: it is said for thirty days")
    loaded_at = models.DateTimeField(default=timezone.now)
    mailing_key = KeyField(Life.CONTACT, null=True)
    salt = SealedTextField(key="mailing_key")

    objects = PolicyVersionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"policy of {self.effective_on}"
