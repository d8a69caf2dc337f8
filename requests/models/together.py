"""Working on one case together: what somebody typed and has not sent, and who is looking right now."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from primevox_privacy.sealed.fields import SealedJSONField
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import KeyField
from requests.models.case import RightsRequest


class KeptText(models.Model):
    """What a member of staff typed into the boxes of one step. Theirs alone, sealed, and gone after seven days."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rights_request = models.ForeignKey(RightsRequest, on_delete=models.PROTECT, related_name="+")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=40)
    draft_key = KeyField(Life.DRAFT)
    texts = SealedJSONField(key="draft_key")
    touched_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rights_request", "written_by", "verb"], name="one_kept_text_a_step")
        ]

    def __str__(self) -> str:
        return f"kept text {self.pk}"


class Presence(models.Model):
    """A page of this case is open before somebody. Said anew every few seconds; without that it is over."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rights_request = models.ForeignKey(RightsRequest, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(default=timezone.now, db_index=True)
    wrote_at = models.DateTimeField(null=True, help_text="when they last typed something that is not sent yet")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rights_request", "user"], name="one_presence_a_person")]

    def __str__(self) -> str:
        return f"presence {self.pk}"
