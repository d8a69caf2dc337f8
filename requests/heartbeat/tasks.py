"""Each minute: the walk of today goes on, or begins."""

from celery import shared_task

from requests.heartbeat import walking


@shared_task
def walk_on() -> None:
    walking.walk_on()
