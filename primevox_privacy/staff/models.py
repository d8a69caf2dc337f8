"""A member of staff."""

import uuid
from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """Signs in at /admin/. Their roles are the groups they are in; a person may have several."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = "member of staff"
        verbose_name_plural = "staff"

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @cached_property
    def roles(self) -> frozenset[str]:
        """Names of roles, as in `requests.terms.Role`. One query a web request."""
        if not self.is_active:
            return frozenset()
        return frozenset(self.groups.values_list("name", flat=True))

    @property
    def as_actor(self) -> str:
        """How the record names them: an opaque id."""
        return f"staff:{self.pk}"
