"""Celery, and the one table of periodic work. It only rings: what is owed stands in rows of the database.

Upper floors are named by string here, in urls.py and in health/checks.py, and nowhere else on this floor.
"""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import task_success
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "primevox_privacy.settings")

app = Celery("primevox_privacy")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.imports = [
    "primevox_privacy.outbox.tasks",
    "primevox_privacy.sealed.tasks",
    "primevox_privacy.ledger.tasks",
    "primevox_privacy.limits.tasks",
    "primevox_privacy.health.tasks",
    "primevox_privacy.staff.tasks",
    "verification.tasks",
    "requests.tasks",
    "requests.heartbeat.tasks",
]


def periodic() -> dict[str, Any]:
    """Each line: what, how often. Every one may be late, doubled or killed without harm."""
    sweep = settings.SWEEP_SECONDS
    return {
        "requests.tasks.answer_sign_ins": sweep,
        "primevox_privacy.outbox.tasks.send_owed": sweep,
        "verification.tasks.redraw_owed": sweep,
        "verification.tasks.destroy_owed": sweep,
        "requests.tasks.count_extensions_told": sweep,
        "requests.tasks.owe_reminders": crontab(),
        "primevox_privacy.sealed.tasks.end_lives": crontab(),
        "primevox_privacy.ledger.tasks.seal": crontab(),
        "primevox_privacy.health.tasks.tell_if_red": crontab(),
        "requests.heartbeat.tasks.walk_on": crontab(),
        "primevox_privacy.limits.tasks.forget": crontab(minute=7),
        "requests.tasks.forget_old": crontab(minute=17),
        "primevox_privacy.staff.tasks.forget_sessions": crontab(minute=37),
        "primevox_privacy.sealed.tasks.drop_unclaimed_files": crontab(minute=27),
    }


@app.on_after_configure.connect
def periodic_work(sender, **kwargs) -> None:
    """The scheduler's own form of the table."""
    app.conf.beat_schedule = {
        name: {"task": name, "schedule": schedule, "options": {"expires": 60}} for name, schedule in periodic().items()
    }


@task_success.connect
def note_the_end(sender, **kwargs) -> None:
    """Health looks at when each sweep last ended well. A fault here is logged by Celery and costs the task nothing."""
    from primevox_privacy.health import sweeps

    sweeps.ended(sender.name)


def ring(task_name: str) -> None:
    """Wake a worker now instead of at its next sweep. A broker that is away costs nothing but time."""
    if settings.EMBEDDED:
        return  # the worker lives in another process; its sweep is two seconds away
    try:
        app.send_task(task_name, expires=60, retry=False)
    except Exception as error:  # any broker failure: the sweep will find what is owed
        import logging

        logging.getLogger(__name__).warning("broker away (%s); the sweep will do it", type(error).__name__)
