"""The compliance mailbox hears that something is red: of each thing once a day at most, so that one which is red all
day hides no other that is for ten minutes. The record says so, too.

Where mail itself is the trouble this letter waits with the others; the page of health and the desk say it all the same.
"""

from datetime import datetime, time

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from primevox_privacy.health import banner, checks
from primevox_privacy.health.checks import State
from primevox_privacy.ledger.models import PORTAL, Event, record
from primevox_privacy.outbox import letters


@transaction.atomic
def tell_if_red(now: datetime | None = None) -> None:
    """Owe a letter, if something is red that was not told today."""
    now = now or timezone.now()
    with override(settings.LANGUAGE_CODE):
        found = checks.look(now)
    names, told = banner.names(found, State.RED), _told_today(now)
    if told.issuperset(names):
        return
    key = f"health:{timezone.localdate(now).isoformat()}:{len(told)}"
    said = [one.said for one in found if one.state is State.RED]
    if letters.owe_to_us("health_red", key=key, sentences=said):
        record(PORTAL, "health_red", by="system", checks=names)


def _told_today(now: datetime) -> set[str]:
    """The names of what the mailbox was told of since midnight."""
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(now), time.min))
    told = Event.objects.filter(about=PORTAL, kind="health_red", at__gte=midnight)
    return {name for event in told for name in event.detail.get("checks", ())}
