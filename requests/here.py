"""Who else has this case open: told by each open page every fifteen seconds, and over when it tells no more.

Nothing of the case stands in it. A page says so by a POST of its own, so looking changes nothing.
"""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from primevox_privacy.staff.models import User
from requests.models import Presence, RightsRequest

EVERY = timedelta(seconds=15)
GONE_AFTER = 3 * EVERY  # a page that missed two turns is closed, or its machine asleep
WRITES_FOR = timedelta(minutes=2)  # after the last key
KEPT = timedelta(hours=1)


def tell(rights_request: RightsRequest, user: User, *, writing: bool) -> None:
    """This person has the page open, and perhaps types."""
    now = timezone.now()
    said = {"seen_at": now} | ({"wrote_at": now} if writing else {})
    Presence.objects.update_or_create(rights_request=rights_request, user=user, defaults=said)


def others(rights_request: RightsRequest, user: User) -> str:
    """A sentence on who else is here; empty when nobody is."""
    now = timezone.now()
    there = Presence.objects.filter(rights_request=rights_request, seen_at__gt=now - GONE_AFTER).exclude(user=user)
    names = [
        _("%(who)s (writing)") % {"who": one.user}
        if one.wrote_at and one.wrote_at > now - WRITES_FOR
        else str(one.user)
        for one in there.select_related("user").order_by("user__first_name", "user__username")
    ]
    return _("Also here now: %(names)s") % {"names": ", ".join(names)} if names else ""


def forget() -> None:
    Presence.objects.filter(seen_at__lt=timezone.now() - KEPT).delete()
