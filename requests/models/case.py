"""A request: one right for one person, with its own reference, clock and outcome."""

import uuid
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.fields import SealedJSONField, SealedTextField
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import KeyField
from requests.models.columns import known, term
from requests.models.submission import Submission
from requests.references import spoken
from requests.terms import DateKind, Ending, ExtensionReason, FeeOutcome, Right, Status
from verification.levels import AssuranceLevel

if TYPE_CHECKING:
    from requests.models.answer import Appeal

QUEUE_ORDER = ("-at_once", "leading_on", "-leading_by_law", "received_on", "reference")
OF_PEOPLE, SYNTHETIC = Q(synthetic=False), Q(synthetic=True)
ON_THE_DESK = ~Q(status=Status.CLOSED) | Q(frozen_at__isnull=False)


class RightsRequestQuerySet(models.QuerySet["RightsRequest"]):
    def named(self, reference: str):
        """The one with this reference, or the one that an appeal with this reference is about."""
        itself, appealed = Q(reference=reference), Q(appeals__reference=reference)
        of_itself, of_appeal = (RightsRequest.objects.filter(one).values("pk") for one in (itself, appealed))
        return self.filter(pk__in=of_itself.union(of_appeal))

    def of_people(self):
        """Whatever lists, counts or offers requests asks for these: what the portal asks of itself is nobody's."""
        return self.filter(OF_PEOPLE)

    def synthetic(self):
        """The daily test requests (`heartbeat/`), on which no person waits."""
        return self.filter(SYNTHETIC)

    def open(self):
        return self.exclude(status=Status.CLOSED)

    def closed(self):
        return self.filter(status=Status.CLOSED)

    def on_the_desk(self):
        """Open, or frozen after the answer: somebody has to clear that up."""
        return self.filter(ON_THE_DESK)

    def due_by(self, day: date):
        return self.filter(leading_on__lte=day)

    def in_queue_order(self):
        """What is due at once first, then what is due first (`lateness.first_come`). A date set by law goes before our
        own on the same day."""
        return self.order_by(*QUEUE_ORDER)


class RightsRequest(models.Model):
    """Only `workflow` moves it: `status`, `ending` and `closed_at` are written nowhere else."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=9, unique=True, help_text="8 Crockford characters and a check character")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="rights_requests")
    right = term(Right)
    asked_as = term(Right, blank=True, default="", help_text="the right it was sent as, where staff found another")
    about_marketing = models.BooleanField(default=False, help_text="an objection to direct marketing")
    content_key = KeyField(Life.CONTENT)
    details = SealedJSONField(key="content_key")  # what was answered to the questions of its right, see details.py
    wish = SealedTextField(key="content_key")  # what came in as plain text
    status = term(Status, default=Status.RECEIVED)
    ending = term(Ending, blank=True)
    regime = models.CharField(max_length=20, help_text="id in requests/law/regimes.yaml; `none` for policy only")
    law_version = models.CharField(max_length=20, help_text="version of the law data that its dates rest on")
    synthetic = models.BooleanField(
        default=False, db_default=False, help_text="the portal's own test, by nobody; from birth, for good"
    )
    level = models.PositiveSmallIntegerField(help_text="the least assurance level, T0 to T4")
    level_rule = models.CharField(
        max_length=80, blank=True, default="", help_text="which version of which rule decided the level"
    )
    sensitive = models.BooleanField(
        default=False, help_text="it touches sensitive data (policy §3), as staff marked it"
    )
    received_on = models.DateField()
    leading_on = models.DateField(help_text="the earlier of target and statutory date, as extended")
    leading_by_law = models.BooleanField(default=False)
    at_once = models.BooleanField(default=False, help_text="a law says at once; its date is only the outer limit")
    look_on = models.DateField(help_text="the day on which reminders look at it next, if it is still open")
    handler = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    waiting_since = models.DateTimeField(null=True, help_text="since when a question waits for the requester")
    frozen_at = models.DateTimeField(null=True, help_text="nothing leaves and nothing is deleted while set")
    record_key = KeyField(Life.RECORD)
    signed_statement = SealedJSONField(key="record_key")
    closed_at = models.DateTimeField(null=True)
    closed_from = term(Status, blank=True, help_text="where it stood before it closed, in case that is undone")
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="merged", help_text="answered together with"
    )
    reopened_on = models.DateField(null=True, help_text="the day an appeal opened it again")

    objects = RightsRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "privacy request"
        indexes = [
            models.Index(fields=QUEUE_ORDER, name="queue_order"),
            models.Index(fields=["status", "leading_on"], name="queue_by_status"),
            # What is on the desk is little beside all that was ever closed.
            models.Index(fields=QUEUE_ORDER, name="desk_order", condition=ON_THE_DESK),
            models.Index(fields=["status", *QUEUE_ORDER], name="desk_by_step", condition=ON_THE_DESK),
            models.Index(fields=["handler", *QUEUE_ORDER], name="desk_by_handler", condition=ON_THE_DESK),
            models.Index(fields=["leading_on"], name="desk_by_day", condition=ON_THE_DESK),
            models.Index(fields=QUEUE_ORDER, name="frozen_in_order", condition=Q(frozen_at__isnull=False)),
            models.Index(fields=["closed_at"], name="closed_lately", condition=Q(closed_at__isnull=False)),
            models.Index(fields=["look_on"], name="looked_at_next", condition=~Q(status=Status.CLOSED)),
            models.Index(fields=["look_on"], name="synthetic_ones", condition=SYNTHETIC),
        ]
        constraints = [
            known("right", Right, "request_right_is_known"),
            known("asked_as", Right, "request_first_right_is_known", or_empty=True),
            known("status", Status, "request_status_is_known"),
            known("ending", Ending, "request_ending_is_known", or_empty=True),
            models.CheckConstraint(condition=Q(level__lte=4), name="request_level_exists"),
            models.CheckConstraint(
                condition=Q(status=Status.CLOSED, closed_at__isnull=False) & ~Q(ending="")
                | ~Q(status=Status.CLOSED) & Q(closed_at=None, ending=""),
                name="closed_means_an_ending_and_an_instant",
            ),
            models.CheckConstraint(
                condition=Q(ending=Ending.MERGED, merged_into__isnull=False)
                | ~Q(ending=Ending.MERGED) & Q(merged_into=None),
                name="merged_means_into_another",
            ),
        ]

    def __str__(self) -> str:
        return spoken(self.reference)

    @property
    def sent_as(self) -> Right:
        """The right that was ticked, whatever staff found in it later."""
        return Right(self.asked_as or self.right)

    @property
    def is_open(self) -> bool:
        return self.status != Status.CLOSED

    @property
    def needs(self) -> AssuranceLevel:
        return AssuranceLevel(self.level)

    def date_of(self, kind: DateKind) -> "DueDate | None":
        """The date of this kind, from those already fetched."""
        return next((due for due in self.due_dates.all() if due.kind == kind), None)


class DueDate(models.Model):
    """A date that our promise or a law sets, with the rule and the reason. Computed by `deadlines`, kept as row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rights_request = models.ForeignKey(RightsRequest, on_delete=models.PROTECT, related_name="due_dates")
    kind = term(DateKind)
    due_on = models.DateField()
    rule = models.CharField(max_length=40)
    citation = models.CharField(max_length=200)
    why = models.TextField()
    reason = models.JSONField(default=dict, help_text="the same as data, to be said in the reader's language")
    at_once = models.BooleanField(default=False)

    class Meta:
        constraints = [
            known("kind", DateKind, "due_date_kind_is_known"),
            models.UniqueConstraint(fields=["rights_request", "kind"], name="one_date_of_a_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.due_on}"


class ExtensionQuerySet(models.QuerySet["Extension"]):
    def told(self):
        return self.exclude(told_at=None)

    def untold(self):
        return self.filter(told_at=None)


class Extension(models.Model):
    """More time for a request or an appeal, decided before the date passed, with a reason (policy §9). It moves a date
    once its letter was handed over to the mail server."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rights_request = models.ForeignKey(RightsRequest, null=True, on_delete=models.PROTECT, related_name="extensions")
    appeal = models.ForeignKey("requests.Appeal", null=True, on_delete=models.PROTECT, related_name="extensions")
    of = term(DateKind)
    reason = term(ExtensionReason)
    was_on = models.DateField()
    promised_on = models.DateField()
    letter = models.ForeignKey(
        Letter, null=True, on_delete=models.PROTECT, related_name="+", help_text="none for who has no mail"
    )
    told_at = models.DateTimeField(
        null=True, help_text="when the letter was handed over; until then the old date leads"
    )
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["decided_at"], name="extensions_untold", condition=Q(told_at=None))]
        constraints = [
            models.CheckConstraint(
                condition=Q(of__in=[DateKind.TARGET, DateKind.STATUTORY]),
                name="target_or_statutory_is_extended",
            ),
            known("reason", ExtensionReason, "extension_reason_is_known"),
            models.CheckConstraint(
                condition=Q(of=DateKind.TARGET) | ~Q(reason=ExtensionReason.WAITING_FOR_YOU),
                name="waiting_moves_the_target_only",
            ),
            models.CheckConstraint(
                condition=Q(promised_on__gt=models.F("was_on")), name="an_extension_gives_more_time"
            ),
            models.CheckConstraint(
                condition=Q(rights_request=None, appeal__isnull=False) | Q(rights_request__isnull=False, appeal=None),
                name="an_extension_is_of_a_request_or_of_an_appeal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.of} to {self.promised_on}"

    @property
    def moves(self) -> "RightsRequest | Appeal":
        """Whose date it moves."""
        found = self.rights_request or self.appeal
        assert found
        return found


class Pause(models.Model):
    """Days that the clock of the law does not count, because we could not go on without an answer (UK GDPR, Article
    12A). Only where the law says so; our own 14 days never stand still."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rights_request = models.ForeignKey(RightsRequest, on_delete=models.PROTECT, related_name="pauses")
    asked_on = models.DateField()
    answered_on = models.DateField(null=True, help_text="none yet: nothing is counted out before the answer is in")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_on=None) | Q(answered_on__gte=models.F("asked_on")),
                name="a_pause_ends_after_it_began",
            ),
            models.UniqueConstraint(
                fields=["rights_request"], condition=Q(answered_on=None), name="one_pause_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"pause from {self.asked_on}"


class HoldQuerySet(models.QuerySet["Hold"]):
    def standing(self):
        return self.filter(lifted_at=None)

    def over(self, submission_id: uuid.UUID):
        """Those that keep everything of this submission."""
        return self.filter(rights_request__submission=submission_id)


class FeeQuerySet(models.QuerySet["Fee"]):
    def unanswered(self):
        return self.filter(outcome="")


class Hold(models.Model):
    """A stop on destruction and deletion, with a reason, an owner and an end (policy §11)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rights_request = models.ForeignKey(RightsRequest, on_delete=models.PROTECT, related_name="holds")
    record_key = KeyField(Life.RECORD)
    reason = SealedTextField(key="record_key")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(default=timezone.now)
    ends_on = models.DateField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted_by=None) | Q(lifted_at__isnull=False), name="a_hold_is_lifted_at_some_time"
            )
        ]

    def __str__(self) -> str:
        return f"hold {self.pk}"


class Fee(models.Model):
    """A fee for a clearly unfounded, repetitive or excessive request, told before any work (policy §7)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rights_request = models.ForeignKey(RightsRequest, on_delete=models.PROTECT, related_name="fees")
    ground = models.CharField(max_length=60, help_text="id in requests/grounds.py")
    record_key = KeyField(Life.RECORD)
    reason = SealedTextField(key="record_key")
    amount = models.DecimalField(max_digits=8, decimal_places=2, help_text="US dollars")
    assessed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    assessed_at = models.DateTimeField(default=timezone.now)
    outcome = term(FeeOutcome, blank=True)
    answered_at = models.DateTimeField(null=True)
    paid_on = models.DateField(null=True)

    objects = FeeQuerySet.as_manager()

    class Meta:
        constraints = [
            known("outcome", FeeOutcome, "fee_outcome_is_known", or_empty=True),
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_fee_is_some_money"),
            models.CheckConstraint(
                condition=Q(outcome="", answered_at=None) | ~Q(outcome="") & Q(answered_at__isnull=False),
                name="a_fee_is_answered_at_some_time",
            ),
            models.CheckConstraint(
                condition=Q(paid_on=None) | Q(outcome=FeeOutcome.ACCEPTED), name="only_an_accepted_fee_is_paid"
            ),
            models.UniqueConstraint(
                fields=["rights_request"], condition=Q(outcome=""), name="one_fee_to_answer_a_request"
            ),
        ]

    def __str__(self) -> str:
        return f"fee {self.pk}"


class Reminder(models.Model):
    """That somebody was told of a due date at a point of the plan. Asking twice is harmless: it is unique."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rights_request = models.ForeignKey(RightsRequest, on_delete=models.PROTECT, related_name="reminders")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    to = models.CharField(max_length=40, help_text="`mailbox`, or the id of the member of staff")
    plan = models.CharField(max_length=12, default="due", help_text="its name in requests/reminder_plan.py")
    due_on = models.DateField(help_text="the date that the plan counts to, or from")
    days_left = models.SmallIntegerField(help_text="the point of the plan: days before the date, negative after")
    told_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rights_request", "to", "plan", "due_on", "days_left"], name="told_once_a_point_of_the_plan"
            )
        ]

    def __str__(self) -> str:
        return f"reminder {self.pk}"
