"""Pages that say how things are."""

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from requests.access import anyone


@anyone
@require_safe
def privacy_notice(request: HttpRequest) -> HttpResponse:
    """What this portal itself keeps about you, and until when."""
    return render(request, "requests/privacy_notice.html", {"backup_days": settings.BACKUP_DAYS})


@anyone
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "requests/accessibility.html")


@anyone
@require_safe
def other_ways(request: HttpRequest) -> HttpResponse:
    """How to ask without this portal."""
    return render(request, "requests/other_ways.html")


@anyone
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"alive": True})


@anyone
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """The database answers. Red (503) when it does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:  # whatever the fault, the answer is the same
        return JsonResponse({"ready": False}, status=503)
    return JsonResponse({"ready": True})


@anyone
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "requests/not_found.html", status=404)


@anyone
def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "requests/not_allowed.html", status=403)


@anyone
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page stood open too long, or cookies are off. Nothing was saved, and the page says so."""
    return render(request, "requests/stood_too_long.html", status=403)


@anyone
def not_saved(request: HttpRequest) -> HttpResponse:
    """Something broke on our side: not saved, please send again."""
    return render(request, "requests/not_saved.html", status=500)
