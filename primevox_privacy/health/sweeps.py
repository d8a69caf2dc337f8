"""Which sweeps ran in time. Each writes its own row when it ends well; who asks for health compares with the clock.

The scheduler may be off for days. Once it is back, each sweep has its own patience from then on, so that a planned stop
raises no alarm about what is about to be caught up. A clock that was set back is a break like any other.
"""

from datetime import datetime, timedelta
from typing import Any

from celery.schedules import crontab
from django.utils import timezone

from primevox_privacy.celery import periodic
from primevox_privacy.health.models import Sweep

PULSE = "primevox_privacy.health.tasks.tell_if_red"  # runs each minute and needs nothing: the scheduler's own sign
OFTEN, HOURLY, DAILY = timedelta(minutes=5), timedelta(hours=2), timedelta(hours=26)
OFTEN_ENOUGH = timedelta(seconds=30)  # a row is not written anew each time that a sweep of two seconds ends


def patience(schedule: Any) -> timedelta:
    """How long a sweep may stay away: two hours where it runs hourly, 26 where daily, else five minutes."""
    if not isinstance(schedule, crontab) or len(schedule.minute) > 1:
        return OFTEN
    return HOURLY if len(schedule.hour) > 1 else DAILY


def ended(name: str, now: datetime | None = None) -> None:
    """A sweep ended well."""
    now = now or timezone.now()
    schedule = periodic().get(name)
    if schedule is None:
        return
    before = Sweep.objects.filter(pk=name).first()
    if before and now - OFTEN_ENOUGH <= before.ran_at <= now:
        return
    changes = {"ran_at": now}
    if before is None or before.back_at > now or abs(now - before.ran_at) > patience(schedule):
        changes["back_at"] = now
    Sweep.objects.update_or_create(pk=name, defaults=changes)


def late(now: datetime) -> list[str]:
    """The names of sweeps that did not run in time."""
    rows = {row.pk: row for row in Sweep.objects.all()}
    back_at = rows[PULSE].back_at if PULSE in rows else now

    def is_late(name: str, schedule: Any) -> bool:
        return name not in rows or abs(now - max(rows[name].ran_at, back_at)) > patience(schedule)

    return [name for name, schedule in periodic().items() if is_late(name, schedule)]


def awake_since(now: datetime) -> datetime:
    """Since when the scheduler has run without a break."""
    pulse = Sweep.objects.filter(pk=PULSE).first()
    return pulse.back_at if pulse else now


def begin_to_wait(sender: Any, using: str, **kwargs: Any) -> None:
    """After each `migrate`: a sweep that is new counts as run now."""
    Sweep.objects.using(using).bulk_create([Sweep(name=name) for name in periodic()], ignore_conflicts=True)
