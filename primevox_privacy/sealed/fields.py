"""Model fields that seal themselves on saving and open themselves when read.

    contact_key = KeyField(Life.CONTACT)
    email = SealedTextField(key="contact_key")

In the database there are only sealed bytes. `submission.email` opens them under `submission.contact_key`;
nothing is opened unless somebody asks for it by name. `filter(email=…)` is refused: look up by a blind index.
"""

import json
from typing import Any

from django.db import models

from primevox_privacy.sealed import cipher


class _Sealed(bytes):
    """Bytes as they lie in the database."""


class _Opening:
    """The attribute on the model: takes plain values, gives plain values, keeps sealed bytes in between."""

    def __init__(self, field: "SealedTextField") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type | None = None) -> Any:
        if instance is None:
            return self
        if self.field.attname not in instance.__dict__:
            instance.refresh_from_db(fields=[self.field.attname])
        held = instance.__dict__[self.field.attname]
        return self.field.open(instance, held) if isinstance(held, _Sealed) else held

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class SealedTextField(models.BinaryField):
    """Text, sealed under the data key that the foreign key named by `key` points to. Empty is NULL."""

    # What the type checker sees on a model: plain values, not the bytes in the database.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def __init__(self, *, key: str, **kwargs: Any) -> None:
        self.key = key
        kwargs.update(null=True, blank=True, editable=False)
        super().__init__(**kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        for given in ("null", "blank", "editable"):
            kwargs.pop(given, None)
        return name, path, args, {**kwargs, "key": self.key}

    def contribute_to_class(self, cls, name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only=private_only)
        setattr(cls, name, _Opening(self))

    def to_bytes(self, value: Any) -> bytes:
        return str(value).encode()

    def from_bytes(self, plain: bytes) -> Any:
        return plain.decode()

    def _context(self, instance: models.Model) -> str:
        return f"{instance._meta.db_table}|{instance.pk}|{self.column}"

    def open(self, instance: models.Model, held: bytes) -> Any:
        """The plain value. Raises Unreadable when the key is destroyed or the bytes are not this row's."""
        key = getattr(instance, self.key)
        return self.from_bytes(cipher.unseal(key.opened(), held, self._context(instance)))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        held = model_instance.__dict__.get(self.attname)
        if held is None or isinstance(held, _Sealed):
            return held
        key = getattr(model_instance, self.key)
        sealed = _Sealed(cipher.seal(key.opened(), self.to_bytes(held), self._context(model_instance)))
        model_instance.__dict__[self.attname] = sealed
        return sealed

    def get_db_prep_value(self, value: Any, connection, prepared: bool = False) -> Any:
        if value is not None and not isinstance(value, _Sealed):
            raise TypeError(f"{self.name} is sealed: save it through its row, look it up by a blind index")
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value: Any, expression, connection) -> "_Sealed | None":
        return None if value is None else _Sealed(value)


class SealedJSONField(SealedTextField):
    """A small structure of text, numbers, lists and objects, sealed as one value."""

    def to_bytes(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False).encode()

    def from_bytes(self, plain: bytes) -> Any:
        return json.loads(plain)
