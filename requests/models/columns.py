"""Columns for the enums of `terms.py`: stored by value, and checked by the database."""

from enum import StrEnum

from django.db import models
from django.db.models import Q


def term(enum: type[StrEnum], **kwargs) -> models.CharField:
    """A column that holds one of the words of `enum`."""
    return models.CharField(max_length=24, choices=[(word.value, word.value) for word in enum], **kwargs)


def known(field: str, enum: type[StrEnum], name: str, *, or_empty: bool = False) -> models.CheckConstraint:
    """The constraint that goes with `term`."""
    words = [word.value for word in enum] + ([""] if or_empty else [])
    return models.CheckConstraint(condition=Q(**{f"{field}__in": words}), name=name)
