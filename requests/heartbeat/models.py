"""One walk of the test request, from the form to its destruction."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from primevox_privacy.sealed.fields import SealedJSONField, SealedTextField
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import KeyField
from requests.models import Submission


class Outcome(models.TextChoices):
    """How a walk ended."""

    PASSED = "passed"
    FAILED = "failed"
    INTERRUPTED = "interrupted"  # nobody went on with it for a while: that says nothing of the steps


class WalkQuerySet(models.QuerySet["Walk"]):
    def open(self):
        return self.filter(outcome="")

    def ended(self):
        return self.exclude(outcome="")

    def judged(self):
        """Those that say whether all works."""
        return self.filter(outcome__in=[Outcome.PASSED, Outcome.FAILED])


class Walk(models.Model):
    """How far it has come. The row is all that is known of it, so any worker may go on where another was killed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    began_at = models.DateTimeField(default=timezone.now)
    step = models.CharField(max_length=20, help_text="the one it is at, or ended at; see steps.py")
    since = models.DateTimeField(default=timezone.now, help_text="since when it is at this step")
    seconds = models.JSONField(default=dict, help_text="how long each step took that is behind it")
    leased_until = models.DateTimeField(null=True, help_text="whose worker died lets another go on from then")
    looked_at = models.DateTimeField(default=timezone.now, help_text="when a worker last went on with it")
    draft = models.UUIDField(null=True, help_text="opaque: its answers while they are not sent")
    submission = models.ForeignKey(Submission, null=True, on_delete=models.PROTECT, related_name="+")
    walk_key = KeyField(Life.SIGN_IN_CODE)
    cookies = SealedJSONField(key="walk_key")  # what its browser remembers
    code = SealedTextField(key="walk_key")  # as it was mailed
    fault = models.CharField(max_length=60, blank=True, help_text="what went wrong: our words, or a class of error")
    outcome = models.CharField(max_length=12, blank=True, choices=Outcome.choices)
    ended_at = models.DateTimeField(null=True)

    objects = WalkQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["began_at"], name="walks_in_order")]
        constraints = [
            models.UniqueConstraint(fields=["outcome"], condition=Q(outcome=""), name="one_walk_at_a_time"),
            models.CheckConstraint(
                condition=Q(outcome="", ended_at=None) | ~Q(outcome="") & Q(ended_at__isnull=False),
                name="an_ended_walk_has_its_outcome",
            ),
            models.CheckConstraint(condition=Q(outcome__in=["", *Outcome.values]), name="outcome_of_a_walk_is_known"),
        ]

    def __str__(self) -> str:
        return f"walk {self.pk}"
