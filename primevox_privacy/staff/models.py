"""A member of staff, and the invitation that opens their account."""

import json
import uuid
from datetime import date
from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone


class User(AbstractUser):
    """Signs in at /admin/. Their roles are the groups they are in; a person may have several."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    absent_from = models.DateField(null=True, blank=True, help_text="first day away; empty: not away")
    absent_until = models.DateField(null=True, blank=True, help_text="last day away; empty: until they say otherwise")
    uses_keys = models.BooleanField(default=False, help_text="whether single keys do something at the desk")
    own_keys = models.JSONField(default=dict, blank=True, help_text="keys they changed: the desk's sign, and theirs")
    deputy = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="hears of what is due"
    )

    class Meta:
        verbose_name = "member of staff"
        verbose_name_plural = "staff"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(absent_until=None) | models.Q(absent_until__gte=models.F("absent_from")),
                name="away_from_comes_before_until",
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @cached_property
    def roles(self) -> frozenset[str]:
        """Names of roles, as in `requests.terms.Role`. One query a web request."""
        if not self.is_active:
            return frozenset()
        return frozenset(self.groups.values_list("name", flat=True))

    def is_away(self, today: date) -> bool:
        """Whether they are absent on that day."""
        began = self.absent_from is not None and self.absent_from <= today
        return began and (self.absent_until is None or today <= self.absent_until)

    @property
    def own_keys_text(self) -> str:
        """The keys they changed, as JSON for keys.js."""
        return json.dumps(self.own_keys)

    @property
    def as_actor(self) -> str:
        """How the record names them: an opaque id."""
        return f"staff:{self.pk}"


class Invitation(models.Model):
    """A one-time link to set a password and a second factor. Only a keyed digest of it is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"invitation {self.pk}"
