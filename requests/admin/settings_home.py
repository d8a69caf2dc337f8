"""Where signing in leads for whoever sees no case: the settings that they keep, each with what waits there."""

from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from primevox_privacy.staff.models import User
from requests import roles, words
from requests.inventory import in_force
from requests.models import LevelRule
from requests.terms import Role


def page(request: HttpRequest) -> HttpResponse:
    """Numbers that lead to what they count; no number of cases is among them."""
    user = cast(User, request.user)
    keeps = roles.may(user, "keep_accounts")
    context = {
        **admin.site.each_context(request),
        "title": _("Settings"),
        "numbers": _numbers() if keeps else [],
        "roles_of_nobody": _roles_of_nobody() if keeps else [],
        "keeps": keeps,
        "has_tasks": roles.may(user, "see_own_tasks"),
    }
    response = TemplateResponse(request, "admin/requests/settings_home.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _numbers() -> list[dict[str, Any]]:
    people = User.objects.filter(is_active=True, is_staff=True)
    staff = reverse("admin:staff_user_changelist")
    without_owner = sum(system.owner is None for system in in_force.systems())
    return [
        {"count": people.count(), "name": _("members of staff"), "href": f"{staff}?is_active__exact=1"},
        {
            "count": people.filter(last_login=None).count(),
            "name": _("never signed in"),
            "href": f"{staff}?is_active__exact=1&last_login__isnull=True",
        },
        {
            "count": LevelRule.objects.proposed().count(),
            "name": _("changes of levels to confirm"),
            "href": reverse("admin:requests_levelrule_changelist"),
        },
        {
            "count": without_owner,
            "name": _("systems without an owner"),
            "href": reverse("admin:inventory_edition_changelist"),
        },
    ]


def _roles_of_nobody() -> list[str]:
    """Roles that nobody has who signs in here: what only they may do stands still."""
    held = User.objects.filter(is_active=True, is_staff=True).values_list("groups__name", flat=True)
    return [str(words.ROLES[role]) for role in Role if role.value not in set(held)]
