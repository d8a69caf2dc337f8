"""What a member of staff keeps for their own work."""

import uuid

from django.conf import settings
from django.db import models


class SavedView(models.Model):
    """Filters of the queue under a name: known parameters with known values, nothing that anybody typed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=300, help_text="as in the address of the queue")

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="one_view_of_a_name")]

    def __str__(self) -> str:
        return f"saved view {self.pk}"
