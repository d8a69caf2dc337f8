"""Old counts are forgotten."""

from celery import shared_task
from django.utils import timezone

from primevox_privacy.limits.models import KEPT, Counter


@shared_task
def forget() -> None:
    Counter.objects.filter(made_at__lt=timezone.now() - KEPT).delete()
