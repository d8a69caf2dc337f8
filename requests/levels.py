"""Which level a request needs: what we ship (`assurance.py`), or what an administrator decided instead.

A new version of a cell is proposed with a reason. One that asks for more holds from its day on; one that asks for
less than what holds, or is to hold, does so only once a second administrator confirmed it. Older versions stay, and a
request keeps the level it was given, with the name of the rule that gave it.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import record
from primevox_privacy.staff.models import User
from primevox_privacy.turns import wait_for_turn
from requests import assurance, roles
from requests.assurance import MATRIX, Cell, Rule, Sensitivity
from requests.models import LevelRule
from requests.terms import Capacity, Right
from verification.levels import AssuranceLevel

THE_MATRIX = uuid.UUID("9d2c3f64-0c1b-4a39-8c0f-5f4f2d6f7a55")  # who changes it takes turns on this id


class NotAllowedHere(Exception):
    """A change of the matrix that cannot be made. Its text tells an administrator why."""

    def __init__(self, why: str | Promise) -> None:
        super().__init__(str(why))


# --- Looking up ----------------------------------------------------------------------------------------------
def rules_for(
    rights: Iterable[Right],
    capacity: Capacity,
    *,
    about_marketing: bool = False,
    sensitivity: Sensitivity = Sensitivity.ORDINARY,
) -> dict[Right, Rule]:
    """The rule that decides for each right now. An objection to direct marketing needs no proof, whatever any says."""
    wanted = {right: Cell(right, sensitivity, capacity) for right in rights}
    held = in_force(cell for right, cell in wanted.items() if right not in assurance.FIXED)
    found = {right: held.get(cell, MATRIX[cell]) for right, cell in wanted.items()}
    if about_marketing and Right.OBJECT in found:
        found[Right.OBJECT] = assurance.marketing_rule(capacity)
    return found


def in_force(cells: Iterable[Cell], at: datetime | None = None) -> dict[Cell, Rule]:
    """What administrators decided for these cells, where they did: of the versions that hold, the newest."""
    names = [str(cell) for cell in cells]
    if not names:
        return {}
    rows = LevelRule.objects.settled().filter(cell__in=names, effective_at__lte=at or timezone.now())
    return {Cell.named(row.cell): as_rule(row) for row in rows.order_by("version")}


def as_rule(row: LevelRule) -> Rule:
    return Rule(Cell.named(row.cell), row.asks, row.reason, version=row.version)


def rule_named(name: str) -> Rule | None:
    """The rule that a request names. None where it names none, or one that we shipped once and no longer do."""
    cell, _space, version = name.partition(" ")
    if cell.startswith(assurance.MARKETING):
        return assurance.marketing_rule(Capacity(cell.rpartition("/")[2]))
    if version.isdecimal():
        row = LevelRule.objects.filter(cell=cell, version=int(version)).first()
        return as_rule(row) if row else None
    return next((rule for rule in MATRIX.values() if rule.name == name), None)


@dataclass(frozen=True)
class Place:
    """One cell as an administrator sees it."""

    cell: Cell
    rule: Rule
    waiting: LevelRule | None  # a lowering for a second person
    later: LevelRule | None  # decided, and to hold from a day to come
    since: date  # from which day on the rule holds; of what we ship, the day of its version
    is_fixed: bool


def places() -> list[Place]:
    """The whole matrix as it holds now."""
    held, now = in_force(MATRIX), timezone.now()
    waiting = {row.cell: row for row in LevelRule.objects.proposed().select_related("proposed_by")}
    coming = LevelRule.objects.settled().filter(effective_at__gt=now).order_by("version")
    rules = {str(cell): held.get(cell, rule) for cell, rule in MATRIX.items()}
    later = {row.cell: row for row in coming if row.version > rules[row.cell].version}
    days = {(row.cell, row.version): timezone.localdate(row.effective_at) for row in LevelRule.objects.settled()}
    shipped_on = date.fromisoformat(assurance.VERSION)
    return [
        Place(
            rule.cell,
            rule,
            waiting.get(name),
            later.get(name),
            days[name, rule.version] if rule.version else shipped_on,
            rule.cell.right in assurance.FIXED,
        )
        for name, rule in rules.items()
    ]


def highest(cell: Cell) -> AssuranceLevel:
    """The most that holds, or is to hold, for a cell: to ask for less than this takes two persons."""
    return AssuranceLevel(_highest(cell, in_force([cell]).get(cell, MATRIX[cell])))


def _highest(cell: Cell, held: Rule) -> int:
    coming = LevelRule.objects.settled().filter(cell=str(cell), effective_at__gt=timezone.now())
    return max(held.level, coming.filter(version__gt=held.version).aggregate(Max("level"))["level__max"] or 0)


# --- Changing ------------------------------------------------------------------------------------------------
def _need(by: User) -> None:
    if not roles.may_set_levels(by):
        raise NotAllowedHere(_("Your role cannot do this. Ask a colleague whose role can."))


@transaction.atomic
def propose(cell: Cell, level: AssuranceLevel, reason: str, effective_at: datetime, *, by: User) -> LevelRule:
    """A new version of a cell. It holds from `effective_at` on; a lower level needs somebody else's word first."""
    _need(by)
    if cell.right in assurance.FIXED:
        raise NotAllowedHere(_("This right needs no proof, ever. That is promised, and no rule changes it."))
    if level > assurance.HIGHEST:
        raise NotAllowedHere(_("A document is asked for by a person with a reason of its own, never by a rule."))
    if level is AssuranceLevel.T0:
        raise NotAllowedHere(_("Without proof the answer would go to whoever asks. Choose T1 or more."))
    if not reason.strip():
        raise NotAllowedHere(_("Write why. It stands beside the level for everybody who works with it."))
    wait_for_turn(THE_MATRIX)
    versions = LevelRule.objects.filter(cell=str(cell))
    if versions.proposed().exists():
        raise NotAllowedHere(_("A proposal for this place waits already. Confirm it or take it back first."))
    now = timezone.now()
    held = in_force([cell]).get(cell, MATRIX[cell])
    coming = versions.settled().filter(effective_at__gt=now, version__gt=held.version).aggregate(Max("level"))
    if level == held.level and coming["level__max"] is None:
        raise NotAllowedHere(_("That is the level that holds now."))
    made = LevelRule.objects.create(
        cell=str(cell),
        version=(versions.aggregate(Max("version"))["version__max"] or 0) + 1,
        was=max(held.level, coming["level__max"] or 0),
        level=level,
        reason=reason.strip(),
        proposed_by=by,
        effective_at=max(effective_at, now),
    )
    record(made.pk, "level_rule_proposed", by=by.as_actor, rule=str(made), was=made.was, level=made.level)
    return made


@transaction.atomic
def confirm(pk: uuid.UUID, *, by: User) -> LevelRule:
    """A second administrator lets a lower level hold, from its day on, at the earliest now."""
    row = _waiting(pk, by)
    if row.proposed_by_id == by.pk:
        raise NotAllowedHere(_("Who proposed to ask for less cannot confirm it. Ask another administrator."))
    now = timezone.now()
    row.confirmed_by, row.confirmed_at, row.effective_at = by, now, max(row.effective_at, now)
    row.save(update_fields=["confirmed_by", "confirmed_at", "effective_at"])
    record(row.pk, "level_rule_confirmed", by=by.as_actor, rule=str(row), was=row.was, level=row.level)
    return row


@transaction.atomic
def drop(pk: uuid.UUID, *, by: User) -> None:
    """A proposal is taken back, or refused. It stays in the table and never holds."""
    row = _waiting(pk, by)
    row.dropped_at = timezone.now()
    row.save(update_fields=["dropped_at"])
    record(row.pk, "level_rule_dropped", by=by.as_actor, rule=str(row))


def _waiting(pk: uuid.UUID, by: User) -> LevelRule:
    _need(by)
    wait_for_turn(THE_MATRIX)
    row = LevelRule.objects.proposed().filter(pk=pk).first()
    if row is None:
        raise NotAllowedHere(_("This proposal no longer waits: somebody else was faster. Look again."))
    return row


def history(cell: Cell) -> list[LevelRule]:
    """Every version of a cell, the newest first."""
    versions = LevelRule.objects.filter(cell=str(cell)).select_related("proposed_by", "confirmed_by")
    return list(versions.order_by("-version"))
