"""Events, seals, and the keys that are gone."""

import hashlib
import secrets
import uuid
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

from primevox_privacy.signed import canonical

SALT_BYTES = 16
PORTAL = uuid.UUID(int=0)  # what events are about that belong to no case


class EventQuerySet(models.QuerySet["Event"]):
    def about(self, *ids: uuid.UUID):
        """What happened to these, in order."""
        return self.filter(about__in=ids).order_by("at", "id")

    def unsealed_since(self, instant: datetime):
        """Events after `instant` that no recent seal covers."""
        sealed = {leaf for seal in Seal.objects.filter(at__gte=instant).only("leaves") for leaf in seal.leaves}
        return [event for event in self.filter(at__gte=instant).order_by("at", "id") if str(event.pk) not in sealed]

    def forget(self) -> None:
        """After the record's life: the digest stays and says nothing."""
        self.update(salt=None, actor="", detail={})


class Event(models.Model):
    """One thing that happened. Holds opaque ids, never a name, an address or typed text."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    about = models.UUIDField(help_text="opaque: a request, a submission, a check, a letter")
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    actor = models.CharField(max_length=50, blank=True, help_text="requester, system, or staff:ID")
    detail = models.JSONField(default=dict)
    salt = models.BinaryField(null=True)
    digest = models.CharField(max_length=64)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["about", "at"]),
            models.Index(fields=["at", "id"], name="events_in_order"),
            # What one person did, and what is rare beside all that happened, without a walk over everything.
            models.Index(fields=["actor", "at", "id"], name="events_by_actor"),
            models.Index(fields=["kind", "at"], name="events_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    def leaf(self) -> str:
        """The salted digest of the fixed form."""
        form = canonical([str(self.pk), str(self.about), self.kind, self.at.isoformat(), self.actor, self.detail])
        assert self.salt is not None
        return hashlib.sha256(bytes(self.salt) + form).hexdigest()


def event(about: uuid.UUID, kind: str, *, by: str, **detail: Any) -> Event:
    """An event, not yet saved; for those who write many at once."""
    made = Event(
        about=about,
        kind=str(kind),
        at=timezone.now(),
        actor=by,
        detail=detail,
        salt=secrets.token_bytes(SALT_BYTES),
    )
    made.digest = made.leaf()
    return made


def record(about: uuid.UUID, kind: str, *, by: str, **detail: Any) -> Event:
    """Write an event down, in the transaction of what it tells of. `detail` holds no personal data."""
    made = event(about, kind, by=by, **detail)
    made.save(force_insert=True)
    return made


class Seal(models.Model):
    """A signed statement over the events since the last one. Each names the digest of the one before."""

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    previous = models.CharField(max_length=64, help_text="digest of the seal before; empty for the first")
    leaves = models.JSONField(help_text="the ids of the events under this seal, sorted")
    leaves_digest = models.CharField(max_length=64)
    key_version = models.PositiveSmallIntegerField()
    signature = models.CharField(max_length=128)

    def __str__(self) -> str:
        return f"seal {self.number}"

    def statement(self) -> bytes:
        """What is signed."""
        return canonical(
            {
                "number": self.number,
                "at": self.at.isoformat(),
                "previous": self.previous,
                "leaves": self.leaves,
                "leaves_digest": self.leaves_digest,
                "key": self.key_version,
            }
        )

    def digest(self) -> str:
        return hashlib.sha256(self.statement() + self.signature.encode()).hexdigest()


class Purge(models.Model):
    """A data key that was destroyed (`purges.py`). It stays destroyed, whatever backup is restored."""

    key = models.UUIDField(primary_key=True, help_text="opaque: the id of the data key")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"purge of {self.pk}"
