"""The compliance mailbox hears that something is red: once a day at most, and the record says so, too.

Where mail itself is the trouble this letter waits with the others; the page of health and the desk say it all the same.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from primevox_privacy.health import banner, checks
from primevox_privacy.health.checks import State
from primevox_privacy.ledger.models import PORTAL, record
from primevox_privacy.outbox import letters
from primevox_privacy.outbox.models import Letter


@transaction.atomic
def tell_if_red(now: datetime | None = None) -> None:
    """Owe today's letter, if something is red and it is not owed yet."""
    now = now or timezone.now()
    key = f"health:{timezone.localdate(now).isoformat()}"
    if Letter.objects.filter(key=key).exists():
        return
    with override(settings.LANGUAGE_CODE):
        found = checks.look(now)
    names = banner.names(found, State.RED)
    if not names:
        return
    said = [one.said for one in found if one.state is State.RED]
    if letters.owe_to_us("health_red", key=key, sentences=said):
        record(PORTAL, "health_red", by="system", checks=names)
