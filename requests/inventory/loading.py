"""The facts of the policy become the first version of the inventory: once, when there is none."""

from pathlib import Path
from typing import Any

import yaml
from django.db import connections, transaction

from primevox_privacy.turns import wait_for_turn
from requests.inventory.in_force import THE_INVENTORY
from requests.inventory.models import Edition, Fact, FactKind

FILE = Path(__file__).parent / "facts.yaml"
SHIPPED = "The facts of the policy, sections 2 to 5, as this portal ships them"


def load_at_first_start(sender: Any, using: str, **kwargs: Any) -> None:
    """After each `migrate`; it may stop before our tables are there."""
    if Fact._meta.db_table in connections[using].introspection.table_names():
        load()


@transaction.atomic
def load() -> bool:
    """Whether something was loaded. What an administrator changed since is never touched."""
    wait_for_turn(THE_INVENTORY)
    if Edition.objects.exists():
        return False
    edition = Edition.objects.create(number=1, reason=SHIPPED)
    Fact.objects.bulk_create(_fact(edition, *each) for each in _shipped())
    return True


def _shipped() -> list[tuple[FactKind, int, dict[str, Any]]]:
    given = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return [(kind, place, entry) for kind in FactKind for place, entry in enumerate(given[kind], start=1)]


def _fact(edition: Edition, kind: FactKind, place: int, entry: dict[str, Any]) -> Fact:
    said = {f"{part}_{language}": entry[language][part] for language in ("en", "es") for part in ("title", "text")}
    return Fact(edition=edition, kind=kind, place=place, slug=entry["slug"], section=entry["section"], **said)
