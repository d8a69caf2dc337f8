"""What a person sees when something broke. Nothing here asks the database or the session: either may be what broke.

What was typed comes back as a form that sends it again, to the same address. Files cannot come back; where some were
sent, the words are shown to be copied instead, so that nobody sends half of it without knowing.
"""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from requests.access import NOT_TYPED, anyone

Typed = list[tuple[str, str]]


@anyone
def not_saved(request: HttpRequest) -> HttpResponse:
    """Something broke on our side: not saved, please send again. 503 when it was the database, which comes back."""
    typed, had_files = _typed(request) if request.method == "POST" else ([], False)
    context = {
        "was_sent": request.method == "POST",
        "address": request.get_full_path(),
        "typed": typed,
        "had_files": had_files,
    }
    is_away = isinstance(sys.exception(), OperationalError | InterfaceError)
    response = render(request, "requests/not_saved.html", context, status=503 if is_away else 500)
    response["Cache-Control"] = "no-store"
    if is_away:
        response["Retry-After"] = "60"
    return response


@anyone
def not_read(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What arrived could not be read: far too long, not whole, or not made by our pages."""
    return render(request, "requests/not_read.html", status=400)


def _typed(request: HttpRequest) -> tuple[Typed, bool]:
    """What was typed, and whether files came with it. Nothing where it cannot be read, and no password of staff."""
    try:
        given = [(name, value) for name, values in request.POST.lists() for value in values if name not in NOT_TYPED]
        files = bool(request.FILES)
    except Exception:  # whatever is wrong with it broke this request before
        return [], False
    return ([], False) if any("password" in name for name, _ in given) else (given, files)
