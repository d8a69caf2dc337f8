"""Texts that staff start from when they write to a requester. Versions are only ever added."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from requests.models.columns import known, term
from requests.terms import Purpose, Right

LANGUAGES = ("en", "es")


class Playbook(models.Model):
    """For what a text is there. The same title in another language is the same text for other readers."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = term(Purpose)
    right = term(Right, blank=True, default="", help_text="empty: for any right")
    language = models.CharField(max_length=5, choices=[(code, code) for code in LANGUAGES])
    title = models.CharField(max_length=80, help_text="by which staff choose it; no requester reads it")

    class Meta:
        verbose_name = "playbook"
        constraints = [
            known("purpose", Purpose, "playbook_purpose_is_known"),
            known("right", Right, "playbook_right_is_known", or_empty=True),
            models.CheckConstraint(condition=Q(language__in=LANGUAGES), name="playbook_language_is_ours"),
            models.CheckConstraint(condition=~Q(title=""), name="a_playbook_has_a_title"),
            models.UniqueConstraint(
                fields=["purpose", "right", "language", "title"], name="one_playbook_of_a_title_in_its_place"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PlaybookVersionQuerySet(models.QuerySet["PlaybookVersion"]):
    def settled(self):
        """Those that a second person confirmed, and those that we ship: they hold, from their day on."""
        return self.filter(confirmed_at__isnull=False)

    def in_force(self, at: datetime | None = None):
        """Of each playbook the newest that holds now, or at a moment."""
        begun = self.settled().filter(effective_at__lte=at or timezone.now())
        newest = begun.filter(playbook=models.OuterRef("playbook")).order_by("-number").values("pk")[:1]
        return begun.filter(pk=models.Subquery(newest))

    def proposed(self):
        """Those that wait for a second person."""
        return self.filter(confirmed_at=None, dropped_at=None)


class PlaybookVersion(models.Model):
    """One text of a playbook. Nobody uses it before a second person confirmed it; only what we ship is there
    without anybody's word, as number 1."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    playbook = models.ForeignKey(Playbook, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField(help_text="with fields like {due}")
    in_use = models.BooleanField(default=True, help_text="whether who writes is offered it")
    why = models.TextField()
    effective_at = models.DateTimeField(help_text="from when on it can be used")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True, help_text="when a proposal was taken back or refused")

    objects = PlaybookVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["playbook", "number"], name="one_version_of_a_number"),
            models.UniqueConstraint(
                fields=["playbook"],
                condition=Q(confirmed_at=None, dropped_at=None),
                name="one_proposal_a_playbook",
            ),
            models.CheckConstraint(
                condition=Q(number=1, proposed_by=None, confirmed_by=None, confirmed_at__isnull=False)
                | Q(proposed_by__isnull=False, confirmed_by=None, confirmed_at=None)
                | Q(proposed_by__isnull=False, confirmed_by__isnull=False, confirmed_at__isnull=False)
                & ~Q(confirmed_by=F("proposed_by")),
                name="a_second_person_confirms_a_playbook",
            ),
            models.CheckConstraint(
                condition=Q(dropped_at=None) | Q(confirmed_at=None), name="a_dropped_playbook_is_not_confirmed"
            ),
            models.CheckConstraint(condition=~Q(why=""), name="a_playbook_says_why"),
            models.CheckConstraint(condition=~Q(text=""), name="a_playbook_has_a_text"),
        ]

    def __str__(self) -> str:
        return f"{self.playbook_id} {self.number}"
