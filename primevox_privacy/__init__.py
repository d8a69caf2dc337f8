"""The ground floor: settings, sealed data, the record, the outbox, limits, staff accounts. It knows no case."""

from primevox_privacy.celery import app as celery_app

__all__ = ["celery_app"]
