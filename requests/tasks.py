"""What Celery wakes. Each task may be late, doubled or killed: what is owed stands in rows."""

from celery import shared_task

from primevox_privacy.ledger.models import Event
from requests import clock, here, holds, identity, reminders, sign_in, undelivered
from requests.inventory import beginning
from requests.models import RightsRequest


@shared_task
def answer_sign_ins() -> None:
    sign_in.answer_waiting()


@shared_task
def count_extensions_told() -> None:
    clock.count_extensions_told()


@shared_task
def owe_reminders() -> None:
    holds.lift_ended()
    undelivered.tell()
    beginning.begin_owed()
    reminders.owe()


@shared_task
def forget_old() -> None:
    """Old sign-ins go; events of requests whose record has ended say nothing any more
    (policy §11)."""
    sign_in.forget_old()
    here.forget()
    for one in RightsRequest.objects.filter(record_key__emptied_at__isnull=False).select_related("submission"):
        about = [one.pk]
        if not one.submission.rights_requests.filter(record_key__emptied_at=None).exists():
            about += [one.submission_id, *identity.checks_of(one.submission)]
        Event.objects.filter(about__in=about, salt__isnull=False).forget()
