"""Data keys and sealed files."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from primevox_privacy.sealed import cipher, files
from primevox_privacy.sealed.fields import SealedTextField
from primevox_privacy.sealed.lives import Life


class DataKeyQuerySet(models.QuerySet["DataKey"]):
    def alive(self):
        return self.filter(destroyed_at=None)

    def over(self, now: datetime):
        """Keys whose life has ended and which still exist, or whose rows are not all emptied yet. None that is held."""
        return self.filter(ends_at__lte=now, emptied_at=None, held=False)


class DataKey(models.Model):
    """One key for one owner and life. The row outlives the key, so that a certificate can name its digest."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.UUIDField(help_text="opaque: a submission, a request, a check, a draft")
    life = models.CharField(max_length=20, choices=[(life.value, life.value) for life in Life])
    wrapping_version = models.PositiveSmallIntegerField()
    wrapped = models.BinaryField(null=True)
    made_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, db_index=True, help_text="when this life ends; empty while unknown")
    held = models.BooleanField(default=False, help_text="a hold or a freeze stands: not to be destroyed")
    destroyed_at = models.DateTimeField(null=True)
    emptied_at = models.DateTimeField(null=True, help_text="when rows and files under it were gone too")

    objects = DataKeyQuerySet.as_manager()

    class Meta:
        indexes = [
            # Rows outlive their keys, so without this each sweep would walk past all that ever ended.
            models.Index(fields=["ends_at"], name="keys_not_emptied", condition=models.Q(emptied_at=None))
        ]
        constraints = [
            models.UniqueConstraint(fields=["owner", "life"], name="one_key_per_owner_and_life"),
            models.CheckConstraint(
                condition=models.Q(destroyed_at=None, wrapped__isnull=False)
                | models.Q(destroyed_at__isnull=False, wrapped=None),
                name="a_destroyed_key_is_gone",
            ),
            models.CheckConstraint(
                condition=models.Q(life__in=[life.value for life in Life]), name="data_key_life_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.life} key {self.pk}"

    @classmethod
    def make(cls, owner: uuid.UUID, life: Life, ends_at: datetime | None = None) -> "DataKey":
        """A new key, not yet saved."""
        key = cls(owner=owner, life=life, wrapping_version=cipher.current_wrapping_version(), ends_at=ends_at)
        key._opened = cipher.new_data_key()
        key.wrapped = cipher.wrap(key._opened, key._context, key.wrapping_version)
        return key

    @property
    def _context(self) -> str:
        return f"data key|{self.pk}|{self.owner}|{self.life}"

    def opened(self) -> bytes:
        """The key itself. Raises Unreadable once it is destroyed."""
        if getattr(self, "_opened", None) is None:
            if self.wrapped is None:
                raise cipher.Unreadable("the key is destroyed")
            self._opened: bytes | None = cipher.unwrap(bytes(self.wrapped), self._context, self.wrapping_version)
        assert self._opened is not None
        return self._opened

    def wrapped_anew(self) -> bytes:
        """The same key under the newest wrapping key. Raises Unreadable."""
        return cipher.wrap(self.opened(), self._context, cipher.current_wrapping_version())


class KeyField(models.ForeignKey):
    """Which data key a row's sealed fields lie under, and so which life they have."""

    def __init__(self, life: Life | None = None, **kwargs: Any) -> None:
        self.life = life
        kwargs.setdefault("to", "sealed.DataKey")
        kwargs.setdefault("on_delete", models.PROTECT)
        kwargs.setdefault("related_name", "+")
        kwargs.setdefault("editable", False)
        super().__init__(**kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs["life"] = self.life and str(self.life)
        return name, path, args, kwargs


class SealedFile(models.Model):
    """A file in the chunked format of `files.py`, under a data key. Its name on disk says nothing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = KeyField()
    name = SealedTextField(key="key")
    size = models.PositiveBigIntegerField(help_text="bytes in plain")
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"sealed file {self.pk}"

    @property
    def path(self) -> Path:
        return settings.SEALED_FILES_DIR / self.pk.hex[:2] / self.pk.hex

    @classmethod
    def store(cls, key: DataKey, name: str, chunks: Iterator[bytes]) -> "SealedFile":
        """Seal `chunks` to disk and save the row. A row without a whole file cannot be left behind."""
        sealed_file = cls(key=key, name=name)
        sealed_file.size = files.write(sealed_file.path, key.opened(), str(sealed_file.pk), chunks)
        sealed_file.save(force_insert=True)
        return sealed_file

    def chunks(self) -> Iterator[bytes]:
        """The plain content, piece by piece. Raises Unreadable at the first altered, moved or missing piece."""
        return files.read(self.path, self.key.opened(), str(self.pk))
