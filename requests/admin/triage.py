"""A request that nobody has worked on: what the portal understood of it, for who agrees, says otherwise, joins or asks.

There is no step called triage. Whoever agrees takes it, or, if it is theirs already, goes on to the next one.
"""

from typing import Any

from django.utils.translation import gettext as _

from primevox_privacy.staff.models import User
from requests import raising, regimes, roles, which_right, words
from requests.models import RightsRequest
from requests.terms import Right, Status


def triage(one: RightsRequest, user: User, duplicates: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The context of `admin/requests/triage.html`; None once somebody began, and for whoever does not triage."""
    if not _is_new_to(one, user):
        return None
    regime = regimes.by_id(one.regime)
    lines = [
        (_("Right"), words.RIGHTS[Right(one.right)], ""),
        (_("Law"), regime.name, regime.citation),
        (_("Due"), words.day(one.leading_on), ""),
    ]
    if one.right != Right.UNSURE:  # what proof it needs depends on the right
        lines.append((_("Proof needed"), words.LEVELS[one.needs], raising.why(one)))
    return {
        "lines": lines,
        "doubles": duplicates,
        "is_theirs": one.handler_id == user.pk and one.status == Status.IN_PROGRESS,
        "is_clear": one.right != Right.UNSURE,
    }


def _is_new_to(one: RightsRequest, user: User) -> bool:
    return roles.may(user, "turn_into") and one.handler_id in (None, user.pk) and which_right.is_new(one)
