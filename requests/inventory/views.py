"""What we hold about people in general, from the data in force (policy sections 2 to 5)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from requests import words
from requests.access import anyone
from requests.inventory import in_force
from requests.inventory.models import FactKind


@anyone
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Names no system: where something lies is nobody's business but ours."""
    language, changed_at = get_language() or "en", in_force.facts_changed_at()
    headings = {
        FactKind.CATEGORY: _("What we may hold about you"),
        FactKind.SOURCE: _("Where it comes from"),
        FactKind.PURPOSE: _("What we use it for"),
        FactKind.RECIPIENT: _("Who may get it"),
    }
    parts = [
        {
            "kind": kind.value,
            "heading": headings[kind],
            "facts": [{"title": one.title(language), "text": one.text(language)} for one in facts],
            "sections": ", ".join(sorted({one.section for one in facts})),
        }
        for kind, facts in in_force.facts().items()
        if facts
    ]
    day = words.day(timezone.localdate(changed_at)) if changed_at else ""
    return render(request, "requests/what_we_hold.html", {"parts": parts, "day": day})
