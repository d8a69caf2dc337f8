"""The policy in force, and every other version by its day. Without a loaded text: the promises in our words."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from requests import words
from requests.access import anyone
from requests.policy import drawing, in_force
from requests.policy.models import PolicyVersion


@anyone
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The version in force, with a notice on top while a change is new (policy §15)."""
    versions, today = list(PolicyVersion.objects.without_text()), timezone.localdate()
    now = in_force.in_force(versions, today)
    if now is None:
        return render(request, "requests/policy_promises.html", {"coming": _coming(versions, today)})
    return render(request, "requests/policy.html", _context(now, versions, today))


@anyone
@require_safe
def show_version(request: HttpRequest, effective_on: date) -> HttpResponse:
    """One version by the day from which it holds."""
    versions, today = list(PolicyVersion.objects.without_text()), timezone.localdate()
    version = next((one for one in versions if one.effective_on == effective_on), None)
    if version is None:
        raise Http404
    return render(request, "requests/policy.html", _context(version, versions, today))


def _context(version: PolicyVersion, versions: list[PolicyVersion], today: date) -> dict[str, Any]:
    """What the page of a version says: text, days, what changed, and all other versions."""
    now, drawn = in_force.in_force(versions, today), drawing.draw(version.text)
    replaced, next_one = in_force.before(versions, version), in_force.after(versions, version)
    parts, gone = drawing.changed(drawn, drawing.draw(replaced.text)) if replaced else ([], [])
    return {
        "version": version,
        "drawn": drawn,
        "day": words.day(version.effective_on),
        "is_in_force": version == now,
        "is_coming": version.effective_on > today,
        "until": words.day(next_one.effective_on) if next_one else "",
        "now": now,
        "replaced": _line(replaced, now, today) if replaced else None,
        "changed_parts": parts,
        "gone_parts": gone,
        "changed_lately": _lately(versions, today) if version == now else None,
        "coming": _coming(versions, today) if version == now else [],
        "versions": [_line(one, now, today) for one in versions],
    }


def _line(one: PolicyVersion, now: PolicyVersion | None, today: date) -> dict[str, Any]:
    return {
        "version": one,
        "day": words.day(one.effective_on),
        "is_in_force": one == now,
        "is_coming": one.effective_on > today,
    }


def _lately(versions: list[PolicyVersion], today: date) -> dict[str, Any] | None:
    changed = in_force.changed_lately(versions, today)
    return _line(changed, None, today) if changed else None


def _coming(versions: list[PolicyVersion], today: date) -> list[dict[str, Any]]:
    return [_line(one, None, today) for one in in_force.coming(versions, today)]
