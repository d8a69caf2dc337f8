"""What we answered, who drafted and who released it, and the second look a person can ask for."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from primevox_privacy.sealed.fields import SealedJSONField, SealedTextField
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import KeyField, SealedFile
from requests.models.case import RightsRequest
from requests.models.columns import known, term
from requests.references import spoken
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
    holds_call_records = models.BooleanField(default=False, help_text="as who drafted it said; 47 CFR 64.2010")
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


class Package(models.Model):
    """The files of one answer. Collected while it is worked on; open to the requester for 14 days after the notice."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rights_request = models.ForeignKey(RightsRequest, on_delete=models.PROTECT, related_name="packages")
    answer = models.OneToOneField(Answer, null=True, on_delete=models.PROTECT, related_name="package")
    package_key = KeyField(Life.PACKAGE)
    noticed_at = models.DateTimeField(null=True, help_text="when the requester was told of it")
    kept_longer_at = models.DateTimeField(null=True, help_text="when the requester asked for 14 days more; once")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rights_request"], condition=Q(noticed_at=None), name="one_package_in_the_making"
            ),
            models.CheckConstraint(
                condition=Q(noticed_at=None) | Q(answer__isnull=False), name="a_package_goes_out_with_an_answer"
            ),
        ]

    def __str__(self) -> str:
        return f"package {self.pk}"


class PackageFile(models.Model):
    """One file of a package. What it was outlives it only as size and digest."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="files")
    package_key = KeyField(Life.PACKAGE)
    name = SealedTextField(key="package_key")
    file = models.ForeignKey(SealedFile, null=True, on_delete=models.SET_NULL, related_name="+")
    size = models.PositiveBigIntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"package file {self.pk}"


class AppealQuerySet(models.QuerySet["Appeal"]):
    def open(self):
        return self.filter(decided_at=None)

    def in_queue_order(self):
        return self.order_by("leading_on", "-leading_by_law", "received_on", "reference")


class Appeal(models.Model):
    """A second look, asked for by the requester (policy §10), with its own reference and clock."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=9, unique=True)
    rights_request = models.ForeignKey(RightsRequest, on_delete=models.PROTECT, related_name="appeals")
    against = models.ForeignKey(Answer, null=True, on_delete=models.PROTECT, related_name="appeals")
    first_ending = term(Ending)
    first_drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    first_released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    content_key = KeyField(Life.CONTENT)
    reason = SealedTextField(key="content_key")
    received_at = models.DateTimeField(default=timezone.now)
    received_on = models.DateField()
    leading_on = models.DateField(help_text="the earlier of our target and the date set by law")
    leading_by_law = models.BooleanField(default=False)
    look_on = models.DateField(help_text="the day on which reminders look at it next, if it is still open")
    dates = models.JSONField(default=list, help_text="every date with kind, rule, citation and why")
    handler = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    outcome = term(AppealOutcome, blank=True)
    record_key = KeyField(Life.RECORD)
    letter = SealedJSONField(key="record_key")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["leading_on"], name="appeals_open", condition=Q(decided_at=None)),
            models.Index(fields=["look_on"], name="appeals_looked_at_next", condition=Q(decided_at=None)),
        ]
        constraints = [
            known("first_ending", Ending, "appeal_first_ending_is_known"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(first_drafted_by=None) | ~Q(decided_by=F("first_drafted_by")),
                name="who_drafted_it_decides_no_appeal",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(first_released_by=None) | ~Q(decided_by=F("first_released_by")),
                name="who_released_it_decides_no_appeal",
            ),
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
        return spoken(self.reference)
