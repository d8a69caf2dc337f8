"""What was decided about levels: by an administrator for a cell of the matrix, by staff for one request."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from primevox_privacy.sealed.fields import SealedTextField
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import KeyField
from requests.models.case import RightsRequest
from verification.levels import AssuranceLevel


class LevelRuleQuerySet(models.QuerySet["LevelRule"]):
    def settled(self):
        """Those that hold, from their day on: one that lowers a level only once a second person confirmed it."""
        return self.filter(Q(level__gte=F("was")) | Q(confirmed_at__isnull=False))

    def proposed(self):
        """Those that wait for a second person."""
        return self.filter(level__lt=F("was"), confirmed_at=None, dropped_at=None)


class LevelRule(models.Model):
    """One version of one cell of the matrix. Older ones stay; version 0 is what `law/levels.yaml` ships."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cell = models.CharField(max_length=60, help_text="right/sensitivity/who asks")
    version = models.PositiveIntegerField()
    was = models.PositiveSmallIntegerField(help_text="the highest level that held or was to hold when it was proposed")
    level = models.PositiveSmallIntegerField()
    reason = models.TextField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True, help_text="when a proposal was taken back or refused")
    effective_at = models.DateTimeField(help_text="from when on it decides what is taken in")

    objects = LevelRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "level"
        constraints = [
            models.UniqueConstraint(fields=["cell", "version"], name="one_rule_of_a_version"),
            models.UniqueConstraint(
                fields=["cell"],
                condition=Q(level__lt=F("was"), confirmed_at=None, dropped_at=None),
                name="one_proposal_a_cell",
            ),
            models.CheckConstraint(condition=Q(level__lte=3, was__lte=3), name="no_rule_asks_for_a_document"),
            models.CheckConstraint(condition=Q(version__gte=1), name="version_0_is_shipped"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | Q(level__gte=F("was")) | ~Q(confirmed_by=F("proposed_by")),
                name="a_second_person_lowers_a_rule",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="a_rule_is_confirmed_by_somebody_at_some_time",
            ),
            models.CheckConstraint(
                condition=Q(dropped_at=None) | Q(confirmed_at=None), name="a_dropped_rule_is_not_confirmed"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_rule_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.cell} {self.version}"

    @property
    def lowers(self) -> bool:
        return self.level < self.was

    @property
    def asks(self) -> AssuranceLevel:
        return AssuranceLevel(self.level)


class LevelChangeQuerySet(models.QuerySet["LevelChange"]):
    def waiting(self):
        """Lowerings that wait for a second person."""
        return self.filter(done_at=None, dropped_at=None)


class LevelChange(models.Model):
    """That staff asked for more, or proposed to ask for less, than the matrix does, and why."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rights_request = models.ForeignKey(RightsRequest, on_delete=models.PROTECT, related_name="level_changes")
    was = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField()
    record_key = KeyField(Life.RECORD)
    reason = SealedTextField(key="record_key")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, help_text="when the request came to need this level")
    dropped_at = models.DateTimeField(null=True, help_text="when a proposal was refused, or overtaken")

    objects = LevelChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(level__lte=4, was__lte=4), name="changed_levels_exist"),
            models.CheckConstraint(condition=~Q(level=F("was")), name="a_change_changes_something"),
            models.CheckConstraint(
                condition=Q(done_at=None)
                | Q(level__gt=F("was"))
                | Q(confirmed_by__isnull=False) & ~Q(confirmed_by=F("proposed_by")),
                name="a_second_person_lowers_a_level",
            ),
            models.CheckConstraint(condition=Q(done_at=None) | Q(dropped_at=None), name="a_change_is_done_or_dropped"),
            models.UniqueConstraint(
                fields=["rights_request"],
                condition=Q(done_at=None, dropped_at=None),
                name="one_lowering_to_confirm_a_request",
            ),
        ]

    def __str__(self) -> str:
        return f"level change {self.pk}"
