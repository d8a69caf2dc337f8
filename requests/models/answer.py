"""What we answered, who drafted and who released it, and the second look a person can ask for."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from primevox_privacy.sealed.fields import SealedJSONField, SealedTextField
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import KeyField
from requests.models.case import RightsRequest
from requests.models.columns import known, term
from requests.terms import AppealOutcome, Ending


class AnswerQuerySet(models.QuerySet["Answer"]):
    def in_review(self):
        return self.filter(released_at=None, sent_back_at=None)

    def released(self):
        return self.exclude(released_at=None)


class Answer(models.Model):
    """A decision letter, sealed as it was or will be sent. Released by a second person where that is demanded."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rights_request = models.ForeignKey(RightsRequest, on_delete=models.PROTECT, related_name="answers")
    ending = term(Ending)
    grounds = models.JSONField(default=list, blank=True, help_text="ids in requests/grounds.py")
    record_key = KeyField(Life.RECORD)
    letter = SealedJSONField(key="record_key")
    needs_second_person = models.BooleanField()
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(default=timezone.now)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True)
    sent_back_at = models.DateTimeField(null=True)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            known("ending", Ending, "answer_ending_is_known"),
            models.CheckConstraint(
                condition=Q(needs_second_person=False) | Q(released_by=None) | ~Q(released_by=F("drafted_by")),
                name="a_second_person_releases",
            ),
            models.CheckConstraint(
                condition=Q(released_by=None, released_at=None)
                | Q(released_by__isnull=False, released_at__isnull=False),
                name="released_by_somebody_at_some_time",
            ),
            models.UniqueConstraint(
                fields=["rights_request"],
                condition=Q(released_at=None, sent_back_at=None),
                name="one_answer_in_review",
            ),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"


class Appeal(models.Model):
    """A second look, asked for by the requester (policy §10), with its own reference and clock."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=9, unique=True)
    rights_request = models.ForeignKey(RightsRequest, on_delete=models.PROTECT, related_name="appeals")
    against = models.ForeignKey(Answer, null=True, on_delete=models.PROTECT, related_name="appeals")
    content_key = KeyField(Life.CONTENT)
    reason = SealedTextField(key="content_key")
    received_at = models.DateTimeField(default=timezone.now)
    received_on = models.DateField()
    target_on = models.DateField()
    statutory_on = models.DateField(null=True)
    outcome = term(AppealOutcome, blank=True)
    record_key = KeyField(Life.RECORD)
    letter = SealedJSONField(key="record_key")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            known("outcome", AppealOutcome, "appeal_outcome_is_known", or_empty=True),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, outcome="")
                | Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(outcome=""),
                name="a_decided_appeal_has_an_outcome",
            ),
            models.UniqueConstraint(
                fields=["rights_request"], condition=Q(decided_at=None), name="one_open_appeal_a_request"
            ),
        ]

    def __str__(self) -> str:
        return self.reference
