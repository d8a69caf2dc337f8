"""An administrator makes a new version of one entry, with a reason. Nothing is typed over, and nothing is deleted: what
holds no more is switched off, and the versions before it stay readable.
"""

from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import record
from primevox_privacy.staff.models import User
from primevox_privacy.turns import wait_for_turn
from requests import roles
from requests.inventory import in_force
from requests.inventory.in_force import THE_INVENTORY
from requests.inventory.models import Edition, Fact, FactKind, System
from requests.terms import Role

FACT_WORDS = ("title_en", "title_es", "text_en", "text_es", "section", "active")
SYSTEM_WORDS = ("name", "owner", "categories", "retention_en", "retention_es", "exceptions", "active")


class NotChanged(Exception):
    """A change of the inventory that cannot be made. Its text tells an administrator why."""

    def __init__(self, why: str | Promise) -> None:
        super().__init__(str(why))


@transaction.atomic
def change_fact(kind: FactKind, before: Fact | None, given: dict[str, Any], reason: str, *, by: User) -> Fact:
    """A new version of a fact, or without `before` a new fact. Raises NotChanged."""
    _need(by, reason)
    slug = before.slug if before else _new_slug(given["title_en"], Fact.objects.filter(kind=kind))
    _need_newest(before, in_force.fact(kind, slug))
    words = {name: given[name] for name in FACT_WORDS}
    if before and words == {name: getattr(before, name) for name in FACT_WORDS}:
        raise NotChanged(_("Nothing is different from the version that holds now."))
    place = before.place if before else in_force.next_place(kind)
    made = Fact(edition=_edition(reason, by), kind=kind, slug=slug, place=place, **words)
    made.save(force_insert=True)
    _recorded(made.edition, f"{kind}/{slug}", by)
    return made


@transaction.atomic
def change_system(before: System | None, given: dict[str, Any], reason: str, *, by: User) -> System:
    """A new version of a system, or without `before` a new system. Raises NotChanged."""
    _need(by, reason)
    slug = before.slug if before else _new_slug(given["name"], System.objects.all())
    _need_newest(before, in_force.system(slug))
    if given["owner"] is not None and given["owner"] not in owners():
        raise NotChanged(_("The owner needs the role of a collector. An administrator can give it to them."))
    words = {name: given[name] for name in SYSTEM_WORDS}
    if before and words == {name: getattr(before, name) for name in SYSTEM_WORDS}:
        raise NotChanged(_("Nothing is different from the version that holds now."))
    made = System(edition=_edition(reason, by), slug=slug, **words)
    made.save(force_insert=True)
    _recorded(made.edition, f"system/{slug}", by)
    return made


def owners() -> list[User]:
    """Who can own a system: staff with the role of a collector, who can sign in."""
    able = User.objects.filter(is_active=True, is_staff=True, groups__name=Role.COLLECTOR)
    return list(able.order_by("first_name", "last_name", "username"))


def exceptions_of(before: System | None, in_english: list[str], in_spanish: list[str]) -> list[dict[str, str]]:
    """Exceptions with their ids: what is said as before keeps its id, and no id is ever given twice."""
    known = {one["en"]: one["id"] for one in before.exceptions} if before else {}
    last = _last_id(before)
    made = []
    for en, es in zip(in_english, in_spanish, strict=True):
        if en not in known:
            last += 1
        made.append({"id": known.get(en, str(last)), "en": en, "es": es})
    return made


def _last_id(before: System | None) -> int:
    if before is None:
        return 0
    ever = [before.exceptions, *System.objects.filter(slug=before.slug).values_list("exceptions", flat=True)]
    return max((int(one["id"]) for exceptions in ever for one in exceptions), default=0)


def _need(by: User, reason: str) -> None:
    if not roles.may(by, "keep_inventory"):
        raise NotChanged(_("Your role cannot do this. Ask a colleague whose role can."))
    if not reason.strip():
        raise NotChanged(_("Write why. It stands beside the version for everybody who works with it."))
    wait_for_turn(THE_INVENTORY)


def _need_newest(before: Fact | System | None, now: Fact | System | None) -> None:
    if (before and before.pk) != (now and now.pk):
        raise NotChanged(_("Somebody else changed this meanwhile. Look at the version that holds now first."))


def _new_slug(title: str, others: Any) -> str:
    wanted = slugify(title)[:50] or "entry"
    number, found = 1, wanted
    while found == "new" or others.filter(slug=found).exists():
        number += 1
        found = f"{wanted}-{number}"
    return found


def _edition(reason: str, by: User) -> Edition:
    return Edition.objects.create(number=in_force.next_number(), reason=reason.strip(), made_by=by)


def _recorded(edition: Edition, what: str, by: User) -> None:
    record(edition.pk, "inventory_changed", by=by.as_actor, version=edition.number, what=what)
