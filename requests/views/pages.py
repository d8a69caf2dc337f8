"""Pages that say how things are."""

from datetime import date
from email.utils import parseaddr

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from primevox_privacy import signed
from primevox_privacy.health import banner
from primevox_privacy.health.checks import State
from requests import fields_asked, levels, what_we_keep, words
from requests.access import anyone
from requests.terms import Capacity, Right

ACCESSIBILITY_LOOKED_AT = date(2026, 11, 26)  # when the statement was last compared with the pages


@anyone
@require_safe
def privacy_notice(request: HttpRequest) -> HttpResponse:
    """What this portal itself keeps about you, and until when."""
    context = {"kept": what_we_keep.lines(), "backup_days": settings.BACKUP_DAYS}
    return render(request, "requests/privacy_notice.html", context)


@anyone
@require_safe
def what_we_ask(request: HttpRequest) -> HttpResponse:
    """Each thing that we may ask for, and what each wish needs at least, as it holds today."""
    rights = {right: said for right, (said, _law) in words.ASKED.items() if right is not Right.UNSURE}
    rules = levels.rules_for(rights, Capacity.SELF)
    asked = [(said, words.ASKED_FOR[rules[right].level]) for right, said in rights.items()]
    context = {"parts": fields_asked.PARTS, "never": fields_asked.NEVER_ASKED, "levels": asked}
    return render(request, "requests/what_we_ask.html", context)


@anyone
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """How far the pages are for everybody, and how we know."""
    return render(request, "requests/accessibility.html", {"looked_at": words.day(ACCESSIBILITY_LOOKED_AT)})


@anyone
@require_safe
def is_it_us(request: HttpRequest) -> HttpResponse:
    """How to tell a mail of ours from one that only looks like it."""
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return render(request, "requests/is_it_us.html", {"sender": address, "site": settings.PUBLIC_URL})


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
    """Everything is done by now that should be. 503 when something is red; names only, the sentences are for staff."""
    found = banner.standing()
    red = banner.names(found, State.RED)
    said = {"ready": not red, "red": red, "notice": banner.names(found, State.NOTICE)}
    return JsonResponse(said, status=503 if red else 200, headers={"Cache-Control": "no-store"})


@anyone
@require_safe
def signing_keys(request: HttpRequest) -> HttpResponse:
    """The public keys of receipts and certificates, for programs; they stay when a key is replaced."""
    return JsonResponse(signed.published(), headers={"Cache-Control": "public, max-age=3600"})


@anyone
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "requests/not_found.html", {"at_the_desk": at_the_desk(request)}, status=404)


@anyone
def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "requests/not_allowed.html", {"at_the_desk": at_the_desk(request)}, status=403)


def at_the_desk(request: HttpRequest) -> bool:
    """Whether somebody who works here went astray: their way back is another."""
    return request.path.startswith("/admin/") and getattr(getattr(request, "user", None), "is_staff", False)


@anyone
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page stood open too long, or cookies are off. Nothing was saved, and the page says so."""
    return render(request, "requests/stood_too_long.html", status=403)
