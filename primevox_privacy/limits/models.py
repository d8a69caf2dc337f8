"""How often something happened within a window of time."""

import ipaddress
from datetime import timedelta

from django.conf import settings
from django.db import connection, models
from django.db.models import Sum
from django.http import HttpRequest
from django.utils import timezone

from primevox_privacy.sealed.cipher import blind_index

KEPT = timedelta(days=2)


class Counter(models.Model):
    """A count under a keyed digest; whose it is cannot be read from it."""

    digest = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    made_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"count {self.count}"


def hit(name: str, who: str, window: timedelta) -> int:
    """Count one more within the current `window`, and say how many that makes. One statement, no race."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO limits_counter (digest, count, made_at) VALUES (%s, 1, %s)"
            " ON CONFLICT (digest) DO UPDATE SET count = limits_counter.count + 1 RETURNING count",
            [_digest(name, who, window), timezone.now()],
        )
        return cursor.fetchone()[0]


def so_far(name: str, who: str, window: timedelta) -> int:
    """How many were counted within the current `window`, counting none."""
    counted = Counter.objects.filter(digest=_digest(name, who, window)).values_list("count", flat=True).first()
    return counted or 0


def lately(name: str, who: str, window: timedelta, span: timedelta) -> int:
    """How many were counted within `span` up to now: in the windows that it touches, the current one included."""
    digests = [_digest(name, who, window, ago) for ago in range(span // window + 1)]
    return Counter.objects.filter(digest__in=digests).aggregate(all=Sum("count", default=0))["all"]


def clear(name: str, who: str, window: timedelta) -> None:
    """Begin to count anew."""
    Counter.objects.filter(digest=_digest(name, who, window)).delete()


def _digest(name: str, who: str, window: timedelta, ago: int = 0) -> str:
    """Of the current window, or of one so many before."""
    slot = int(timezone.now().timestamp() // window.total_seconds()) - ago
    return blind_index("limit", f"{name}|{who}|{slot}")


def address_of(request: HttpRequest) -> str:
    """The visitor's IPv4 address or IPv6 /64, seen from behind TRUSTED_PROXIES proxies of ours.

    Carriers share IPv4 addresses among many, and one household has a whole IPv6 /64.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        if len(forwarded) >= settings.TRUSTED_PROXIES:
            address = forwarded[-settings.TRUSTED_PROXIES]
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 6:
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)
    return str(parsed)
