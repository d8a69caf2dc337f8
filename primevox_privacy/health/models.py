"""The pulse of each sweep."""

from django.db import models
from django.utils import timezone


class Sweep(models.Model):
    """When a line of the table of periodic work (`celery.py`) last ended well."""

    name = models.CharField(max_length=100, primary_key=True, help_text="of the task")
    ran_at = models.DateTimeField(default=timezone.now, help_text="at first: since when we wait for it")
    back_at = models.DateTimeField(default=timezone.now, help_text="when it ran again after a break")

    def __str__(self) -> str:
        return f"sweep {self.name}"
