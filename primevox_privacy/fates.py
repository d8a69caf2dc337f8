"""Every field has a fate: how a new column cannot be forgotten when it is time to forget.

Each app says in its `fates.py` what becomes of every field: `FATE = {"Model.field": fate, "Model.*": fate}`.
A test fails for a field without one.
"""

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from django.db import models


@dataclass(frozen=True)
class Keep:
    """Holds nothing about a person, or only what `why` says."""

    why: str
    life: str | None = None


@dataclass(frozen=True)
class Blank:
    """Set to NULL when the life ends."""

    life: str


@dataclass(frozen=True)
class Gone:
    """The whole row is deleted when the life ends."""

    life: str


Fate = Keep | Blank | Gone


def fates_of(model: type[models.Model]) -> dict[str, Fate]:
    """The fates of a model's fields by name; `*` stands for those not named."""
    where = f"{model.__module__.rsplit('.models', 1)[0]}.fates"
    if find_spec(where) is None:
        return {}
    table: dict[str, Fate] = import_module(where).FATE
    prefix = f"{model.__name__}."
    return {name.removeprefix(prefix): fate for name, fate in table.items() if name.startswith(prefix)}
