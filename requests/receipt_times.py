"""When something reached us, by a door that no machine watches: how far back a member of staff may put it.

The clock runs from receipt by any door (policy §9), so a letter counts from the day it arrived and not from the day on
which somebody read it. What is still to come has not arrived.
"""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

REASON_AFTER = timedelta(days=7)  # what lay here longer wants a written reason
LONGEST_AGO = timedelta(days=366)  # no law counts requests over more than twelve months (Cal. Civ. Code 1798.130(b))


def why_not(received_at: datetime) -> str | None:
    """Why something cannot have reached us then, in words for staff; None if it can."""
    ago = timezone.now() - received_at
    if ago < timedelta():
        return _("That is still to come. Enter when it reached us.")
    if ago > LONGEST_AGO:
        return _("That is more than a year ago. Look at the year once more.")
    return None


def wants_reason(received_at: datetime) -> bool:
    """Whether it lay here so long that somebody has to write down why."""
    return timezone.now() - received_at > REASON_AFTER
