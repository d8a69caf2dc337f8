"""Sessions that are over are forgotten."""

from celery import shared_task

from primevox_privacy.staff import sessions


@shared_task
def forget_sessions() -> None:
    sessions.forget()
