"""The sweep that finds letters owed."""

from celery import shared_task

from primevox_privacy.outbox import sending
from primevox_privacy.outbox.models import Letter
from primevox_privacy.outbox.signals import letters_left


@shared_task
def send_owed() -> None:
    if sending.send_owed():
        letters_left.send(Letter)
