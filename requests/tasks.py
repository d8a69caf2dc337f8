"""What Celery wakes. Each task may be late, doubled or killed: what is owed stands in rows."""

from celery import shared_task

from primevox_privacy.ledger.models import Event
from requests import reminders, sign_in
from requests.models import RightsRequest


@shared_task
def answer_sign_ins() -> None:
    sign_in.answer_waiting()


@shared_task
def owe_reminders() -> None:
    reminders.owe()


@shared_task
def forget_old() -> None:
    """Old sign-ins go; events of requests whose record has ended say nothing any more (policy §11)."""
    sign_in.forget_old()
    for one in RightsRequest.objects.filter(record_key__emptied_at__isnull=False):
        Event.objects.filter(about=one.pk, salt__isnull=False).forget()
