"""The inventory in versions. Rows are only ever added: what held when a request was searched for can still be read."""

import uuid
from enum import StrEnum

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from requests.models.columns import known, term


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
