"""Global Privacy Control: a browser asks for its person that nothing of theirs is sold or shared (policy §6).

The signal is the header `Sec-GPC` with the value `1` and no other (W3C, Global Privacy Control, section 3).
"""

from django.http import HttpRequest
from django.views.decorators.vary import vary_on_headers

HEADER = "Sec-GPC"
SINCE = "2026-11-26"  # the day on which we last changed how we honor the signal
SUPPORT = {"gpc": True, "lastUpdate": SINCE}

differs = vary_on_headers(HEADER)  # for every page that says something else where the signal is seen


def is_seen(request: HttpRequest) -> bool:
    """Whether the browser sent the signal."""
    return request.headers.get(HEADER) == "1"
