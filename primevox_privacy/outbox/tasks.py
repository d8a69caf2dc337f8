"""The sweep that finds letters owed."""

from celery import shared_task

from primevox_privacy.outbox import sending


@shared_task
def send_owed() -> None:
    sending.send_owed()
