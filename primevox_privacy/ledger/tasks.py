"""Each minute the new events are sealed."""

from celery import shared_task

from primevox_privacy.ledger import seals


@shared_task
def seal() -> None:
    seals.seal_new_events()
