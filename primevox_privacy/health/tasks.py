"""Each minute: has the mailbox to be told?"""

from celery import shared_task

from primevox_privacy.health import telling


@shared_task
def tell_if_red() -> None:
    telling.tell_if_red()
