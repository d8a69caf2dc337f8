"""What the inventory says: of each fact and system the newest version, now or in an earlier edition. Reads only."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import override

from requests.inventory.models import Edition, Fact, FactKind, System

THE_INVENTORY = uuid.UUID("5f3a1f0c-7a1e-4a57-9f0d-6d1c9a5b2e41")  # who changes it takes turns on this id
Versioned = TypeVar("Versioned", Fact, System)


def edition() -> Edition | None:
    """The edition in force: the newest."""
    return Edition.objects.order_by("-number").first()


def facts(*, until: int | None = None, also_past: bool = False) -> dict[FactKind, list[Fact]]:
    """Every fact by kind, in the order of its list; those that hold no longer only when asked for."""
    held = _newest(_upto(Fact.objects.select_related("edition"), until), lambda one: (one.kind, one.slug))
    shown = [one for one in held if one.active or also_past]
    shown.sort(key=lambda one: (one.place, one.slug))
    return {kind: [one for one in shown if one.kind == kind] for kind in FactKind}


def systems(*, until: int | None = None, also_past: bool = False) -> list[System]:
    """The systems that hold data, by name."""
    held = _newest(_upto(System.objects.select_related("edition", "owner"), until), lambda one: one.slug)
    return sorted((one for one in held if one.active or also_past), key=lambda one: one.name.casefold())


def system(slug: str) -> System | None:
    return next((one for one in systems(also_past=True) if one.slug == slug), None)


def fact(kind: FactKind, slug: str) -> Fact | None:
    return next((one for one in facts(also_past=True)[kind] if one.slug == slug), None)


def facts_changed_at() -> datetime | None:
    """Since when the facts are as they are; a change of a system is none of them."""
    return Edition.objects.filter(facts__isnull=False).aggregate(Max("made_at"))["made_at__max"]


def next_number() -> int:
    return (Edition.objects.aggregate(Max("number"))["number__max"] or 0) + 1


def next_place(kind: FactKind) -> int:
    return (Fact.objects.filter(kind=kind).aggregate(Max("place"))["place__max"] or 0) + 1


def _upto(rows, until: int | None):
    rows = rows.order_by("edition__number")
    return rows if until is None else rows.filter(edition__number__lte=until)


def _newest(rows: Iterable[Versioned], name) -> list[Versioned]:
    return list({name(one): one for one in rows}.values())


# --- In words ------------------------------------------------------------------------------------------------
def answer_to_know(language: str, categories: set[str] | None = None) -> str:
    """What the answer to somebody who asks what we hold begins with (policy §6, Right to Know): the categories, or
    those of them where something was found, with sources, purposes and recipients. Staff put the pieces under it."""
    held = facts()
    if categories is not None:
        held[FactKind.CATEGORY] = [one for one in held[FactKind.CATEGORY] if one.slug in categories]
    with override(language):
        headings = {
            FactKind.CATEGORY: _("What we hold"),
            FactKind.SOURCE: _("Where it came from"),
            FactKind.PURPOSE: _("What we use it for"),
            FactKind.RECIPIENT: _("Who gets it"),
        }
        blocks = [
            "\n".join([heading + ":", *(f"– {one.title(language)}: {one.text(language)}" for one in held[kind])])
            for kind, heading in headings.items()
            if held[kind]
        ]
    return "\n\n".join(blocks)
