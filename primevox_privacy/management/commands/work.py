"""`manage.py work`: worker and scheduler of the embedded default, in one process.

The in-memory broker reaches no other process, so the scheduler runs as a thread beside the worker. With Redis,
start `celery -A primevox_privacy worker` and `celery -A primevox_privacy beat` instead, as many workers as needed.
"""

import warnings

from celery.beat import EmbeddedService
from celery.platforms import SecurityWarning
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from primevox_privacy.celery import app


class Command(BaseCommand):
    help = "Runs worker and scheduler in one process, for trying the portal out without Redis."

    def handle(self, *args, **options) -> None:
        if not settings.EMBEDDED:
            raise CommandError(
                "REDIS_URL is set: start `celery -A primevox_privacy worker` and `celery -A primevox_privacy beat`."
            )
        warnings.simplefilter("ignore", SecurityWarning)  # for trying out it may run as root
        beat = EmbeddedService(app, thread=True, schedule_filename=settings.CELERY_BEAT_SCHEDULE_FILENAME)
        beat.daemon = True
        beat.start()
        app.Worker(pool="solo", loglevel="WARNING", quiet=True, without_gossip=True, without_mingle=True).start()
