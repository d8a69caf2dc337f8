"""Forgetting: how a life ends, and stays ended.

Destroying is the one thing here that cannot be undone, so it happens in one place and in this order:

1. the wrapped key is overwritten in the database and the row marked destroyed. From this moment nothing
   sealed under it opens, whatever happens next;
2. the key is named in the purge ledger outside the database (`ledger/purges.py`; in the database with step 5), since
   a backup from before brings it back;
3. files under the key are unlinked;
4. sealed columns and blind indexes of that life are set to NULL, and rows that have no other purpose deleted,
   as each app's `fates.py` says;
5. the key is marked emptied. On SQLite the write-ahead log is truncated, so that no copy of 1 stays in it.

Killed at any step, the next sweep begins again at 1, and every step may be repeated. A copy of the wrapped key
lives on in backups and archived logs until those expire; that is why certificates name a second, later date.
"""

from collections import Counter
from datetime import datetime

from django.apps import apps
from django.db import connection, models, transaction
from django.utils import timezone

from primevox_privacy.fates import Gone, fates_of
from primevox_privacy.ledger import purges
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey, KeyField, SealedFile


def key_fields(life: Life) -> list[KeyField]:
    """Every foreign key in the project under which this life's data lies."""
    return [
        field
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, KeyField) and field.life == life
    ]


def count(key: DataKey) -> Counter[str]:
    """How many rows and files lie under `key`, by class. For certificates; says nothing of their content."""
    found: Counter[str] = Counter()
    for field in key_fields(Life(key.life)):
        if not (_row_goes(field) or _blanked(field)):
            continue
        rows = field.model._default_manager.filter(**{field.name: key})
        if number := rows.count():
            found[str(field.model._meta.verbose_name_plural)] += number
    if number := SealedFile.objects.filter(key=key).count():
        found["files"] += number
    return found


def destroy(key: DataKey, *, now: datetime | None = None) -> bool:
    """End the life of `key` for good; whether it is gone. A key that came to be held, or was given more time, a
    moment ago stays: the statement that destroys looks. May be repeated; see the top of this file."""
    now = now or timezone.now()
    unchanged = DataKey.objects.alive().filter(pk=key.pk, held=False, ends_at=key.ends_at)
    unchanged.update(wrapped=None, destroyed_at=now)
    if DataKey.objects.alive().filter(pk=key.pk).exists():
        return False
    key.refresh_from_db()
    assert key.destroyed_at is not None
    purges.append([purges.Destroyed(key.pk, key.destroyed_at)])
    _empty(key)
    return True


def destroy_again(key: DataKey, at: datetime) -> None:
    """A restored backup brought back a key that was destroyed `at`. No hold and no later end saves it: both are of
    before its destruction, which ended its life. May be repeated."""
    alive = DataKey.objects.alive().filter(pk=key.pk)
    alive.update(wrapped=None, destroyed_at=at, ends_at=at, held=False)
    key.refresh_from_db()
    _empty(key)


def _empty(key: DataKey) -> None:
    """From step 3 on, for a key that is overwritten."""
    assert key.destroyed_at is not None
    key._opened = None
    for sealed_file in SealedFile.objects.filter(key_id=key.pk):
        sealed_file.path.unlink(missing_ok=True)
    with transaction.atomic():
        for field in key_fields(Life(key.life)):
            _empty_rows(field, key)
        SealedFile.objects.filter(key_id=key.pk).delete()
        purges.keep([purges.Destroyed(key.pk, key.destroyed_at)])
        DataKey.objects.filter(pk=key.pk).update(emptied_at=timezone.now())
    truncate_log()
    key.refresh_from_db()


def truncate_log() -> None:
    """On SQLite, empty the write-ahead log. A reader at that very moment can keep it; the minute sweep asks again."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _row_goes(field: KeyField) -> bool:
    return isinstance(fates_of(field.model).get("*"), Gone)


def _blanked(field: KeyField) -> dict[str, str | None]:
    """The columns of this life in the field's model, with what they are set to."""
    model: type[models.Model] = field.model
    return {
        name: None if model._meta.get_field(name).null else ""
        for name, fate in fates_of(model).items()
        if fate.life == field.life
    }


def _empty_rows(field: KeyField, key: DataKey) -> None:
    """Blank or delete the rows under `key`, as the fates say."""
    rows = field.model._default_manager.filter(**{field.name: key})
    if _row_goes(field):
        rows.delete()
    elif blanked := _blanked(field):
        rows.update(**blanked)
