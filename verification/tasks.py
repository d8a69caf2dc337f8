"""The sweep that destroys what is due."""

from celery import shared_task

from verification import destruction


@shared_task
def destroy_owed() -> None:
    destruction.destroy_owed()
