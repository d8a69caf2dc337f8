"""The inventory in versions, and the tasks that follow from it. Versions are only ever added: what held when a request
was searched for can still be read."""

import uuid
from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from primevox_privacy.sealed.fields import SealedTextField
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import KeyField, SealedFile
from requests.inventory.passes import Pass
from requests.models import Hold, RightsRequest
from requests.models.columns import known, term
from requests.terms import Status


class FactKind(StrEnum):
    """What a fact of the inventory tells (policy sections 2 to 5)."""

    CATEGORY = "category"
    SOURCE = "source"
    PURPOSE = "purpose"
    RECIPIENT = "recipient"


class Edition(models.Model):
    """One change of the inventory: who made it, when and why. The first is what we ship, made by nobody here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True)
    reason = models.TextField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "data inventory"
        verbose_name_plural = "data inventory"
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="an_edition_has_a_reason"),
            models.CheckConstraint(
                condition=Q(number=1) | Q(made_by__isnull=False), name="only_the_first_edition_is_shipped"
            ),
        ]

    def __str__(self) -> str:
        return f"inventory {self.number}"


class Fact(models.Model):
    """One version of a category, source, purpose or group of recipients, in words for people."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="facts")
    kind = term(FactKind)
    slug = models.SlugField(max_length=60)
    place = models.PositiveSmallIntegerField(help_text="where it stands in its list")
    section = models.CharField(max_length=10, help_text="of the policy")
    title_en = models.CharField(max_length=120)
    title_es = models.CharField(max_length=120)
    text_en = models.TextField()
    text_es = models.TextField()
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            known("kind", FactKind, "fact_kind_is_known"),
            models.UniqueConstraint(fields=["kind", "slug", "edition"], name="one_fact_of_an_edition"),
        ]

    def __str__(self) -> str:
        return self.title_en

    def title(self, language: str) -> str:
        return self.title_es if language == "es" else self.title_en

    def text(self, language: str) -> str:
        return self.text_es if language == "es" else self.text_en


class System(models.Model):
    """One version of a system that holds personal data. `exceptions` say why something in it may be kept, each with
    an id and its words: a letter can cite them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="systems")
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    categories = models.JSONField(default=list, help_text="slugs of categories")
    retention_en = models.TextField(blank=True)
    retention_es = models.TextField(blank=True)
    exceptions = models.JSONField(default=list, help_text="a list of id, en, es")
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug", "edition"], name="one_system_of_an_edition")]

    def __str__(self) -> str:
        return self.name

    def exception(self, name: str, language: str) -> str:
        """Why something may be kept, in words; empty where this version has no such exception."""
        found = next((one for one in self.exceptions if one["id"] == name), None)
        return found["es" if language == "es" else "en"] if found else ""


# --- The list of systems to search, for one request ------------------------------------------------------------
class TaskState(StrEnum):
    """What became of a task."""

    OPEN = "open"
    FOUND = "found"
    NOTHING_FOUND = "nothing_found"
    CANNOT = "cannot"  # the note says why
    DONE = "done"  # carried out
    KEPT = "kept"  # not carried out: an exception of the inventory is cited
    LEFT_OUT = "left_out"  # staff decided that it need not be searched; the note says why


class Checklist(models.Model):
    """Which systems are searched for one request, by which edition of the inventory. `search_for` is all that owners
    of systems learn about the person: contacts of our own record, or what staff typed. Never what was given as proof
    (policy §8)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rights_request = models.OneToOneField(RightsRequest, on_delete=models.PROTECT, related_name="checklist")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    content_key = KeyField(Life.CONTENT)
    search_for = SealedTextField(key="content_key")
    begun_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"checklist {self.pk}"


class TaskQuerySet(models.QuerySet["Task"]):
    def open(self):
        """Those that somebody still works on: of a request that is open."""
        return self.filter(state=TaskState.OPEN).exclude(checklist__rights_request__status=Status.CLOSED)

    def ready(self):
        """Those that an owner can work on now: it is said what to search for, and nothing stops us."""
        asked_together = OuterRef("checklist__rights_request__submission")
        held = Hold.objects.standing().filter(rights_request__submission=asked_together)
        stopped = Q(kind=Pass.CARRY_OUT) & Exists(held)
        named = self.open().filter(checklist__search_for__isnull=False, checklist__rights_request__frozen_at=None)
        return named.exclude(stopped)

    def answered(self):
        """Those that their owner answered, while the request is open: they can still be looked at."""
        theirs = self.filter(answered_by=F("owner"), checklist__rights_request__frozen_at=None)
        return theirs.exclude(state=TaskState.LEFT_OUT).exclude(checklist__rights_request__status=Status.CLOSED)

    def not_needed_since(self, moment: datetime):
        """Those that owners could work on until the request closed, or the system was left out, after this moment."""
        over = Q(state=TaskState.OPEN, checklist__rights_request__closed_at__gte=moment)
        over |= Q(state=TaskState.LEFT_OUT, answered_at__gte=moment)
        return self.filter(over, checklist__search_for__isnull=False, checklist__rights_request__frozen_at=None)


class Task(models.Model):
    """One system to search for one request, or, in a second pass, to carry it out in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    checklist = models.ForeignKey(Checklist, on_delete=models.PROTECT, related_name="tasks")
    kind = term(Pass)
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="+", help_text="as it was then")
    slug = models.SlugField(max_length=60, help_text="of the system")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    state = term(TaskState, default=TaskState.OPEN)
    exception = models.CharField(max_length=10, blank=True, help_text="id of the exception that is cited")
    content_key = KeyField(Life.CONTENT)
    note = SealedTextField(key="content_key")
    blacked_out = SealedTextField(key="content_key")  # what of the files was, or was left out of them
    made_at = models.DateTimeField(default=timezone.now)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    owner_told = models.SmallIntegerField(null=True, help_text="the last point of the plan that its owner was told")
    handler_told = models.SmallIntegerField(null=True, help_text="the same for who works on the request")

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = "task"
        verbose_name_plural = "systems to search"
        indexes = [models.Index(fields=["owner", "due_on"], name="tasks_open", condition=Q(state="open"))]
        constraints = [
            known("kind", Pass, "task_kind_is_known"),
            known("state", TaskState, "task_state_is_known"),
            models.UniqueConstraint(fields=["checklist", "kind", "slug"], name="one_task_of_a_system"),
            models.CheckConstraint(
                condition=Q(state="open", answered_by=None, answered_at=None)
                | ~Q(state="open") & Q(answered_by__isnull=False, answered_at__isnull=False),
                name="an_answered_task_was_answered_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(state="kept") | ~Q(exception=""), name="what_is_kept_cites_why"),
        ]

    def __str__(self) -> str:
        return f"task {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state == TaskState.OPEN


class Finding(models.Model):
    """A file that an owner found. It lies under the life of a package: copies of somebody's data out of every system
    are kept no longer than the files of an answer that is never sent, until the request closes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="findings")
    package_key = KeyField(Life.PACKAGE)
    file = models.ForeignKey(SealedFile, null=True, on_delete=models.SET_NULL, related_name="+")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    in_answer_at = models.DateTimeField(null=True, help_text="when it was put with the files of the answer")

    def __str__(self) -> str:
        return f"finding {self.pk}"
