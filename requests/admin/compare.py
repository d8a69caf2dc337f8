"""Two cases side by side: what is the same is marked, and where both can be joined that is done from here.

What is compared is what was typed; what is shown of a name or contact is masked, as on the page of each case.
"""

import uuid
from collections.abc import Callable
from typing import Any, NamedTuple, cast

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_countries import countries

from primevox_privacy.staff.models import User
from requests import access, details, fees, identity, joining, masking, references, regimes, roles, words
from requests.admin.beside import step_said
from requests.models import RightsRequest
from requests.terms import Capacity, Right
from verification.levels import AssuranceLevel

Two = tuple[RightsRequest, RightsRequest]


class Row(NamedTuple):
    name: str
    said: tuple[str, str]
    same: bool


@access.staff
@require_safe
def page(request: HttpRequest, pk: uuid.UUID, other: uuid.UUID) -> HttpResponse:
    if pk == other:
        raise Http404
    two = access.for_staff(request, pk), access.for_staff(request, other)
    context = {
        **admin.site.each_context(request),
        "title": _("%(one)s beside %(other)s") % {"one": two[0], "other": two[1]},
        "two": [{"one": one, "reference": references.spoken(one.reference)} for one in two],
        "rows": rows(two),
        "told": [details.told_of(one) for one in two],
        **_joining(two, cast(User, request.user)),
    }
    return TemplateResponse(request, "admin/requests/compare.html", context)


def rows(two: Two) -> list[Row]:
    """A line for each thing that one of them has."""
    made = [_typed(name, two, given, mask) for name, given, mask in TYPED] + [
        _plain(name, two, said) for name, said in PLAIN
    ]
    return [row for row in made if any(row.said)]


def _typed(name: Any, two: Two, given: Callable[[RightsRequest], str | None], mask: Callable[[str], str]) -> Row:
    """What somebody typed, compared without regard to case, spaces and the marks between digits."""
    left, right = (given(one) or "" for one in two)
    same = bool(left and right) and _bare(left, mask) == _bare(right, mask)
    return Row(str(name), (mask(left) if left else "", mask(right) if right else ""), same)


def _bare(given: str, mask: Callable[[str], str]) -> str:
    if mask is masking.number:
        return "".join(character for character in given if character.isdecimal())
    return " ".join(given.casefold().split())


def _plain(name: Any, two: Two, said: Callable[[RightsRequest], Any]) -> Row:
    left, right = (str(said(one) or "") for one in two)
    return Row(str(name), (left, right), bool(left) and left == right)


def _on_file(one: RightsRequest) -> str | None:
    contact = identity.contact_on_file(one.submission)
    return contact.email if contact else None


def _proof(one: RightsRequest) -> str:
    if one.needs is AssuranceLevel.T0:
        return _("contact confirmed") if one.submission.contact_confirmed_at else _("contact not confirmed yet")
    return _("identity shown") if identity.is_shown(one) else _("identity not shown yet")


def _residence(one: RightsRequest) -> str:
    residence = one.submission.residence
    return ", ".join(filter(None, [regimes.SUBDIVISION_NAMES.get(residence, ""), str(countries.name(residence[:2]))]))


TYPED: list[tuple[Any, Callable[[RightsRequest], str | None], Callable[[str], str]]] = [
    (words.COMPARED["name"], lambda one: one.submission.name, masking.words),
    (words.COMPARED["email"], lambda one: one.submission.email, masking.email),
    (words.COMPARED["phone"], lambda one: one.submission.phone, masking.number),
    (words.COMPARED["known_by"], lambda one: one.submission.also_known_by, masking.known_by),
    (words.COMPARED["address"], lambda one: one.submission.postal_address, masking.words),
    (words.COMPARED["on_file"], _on_file, masking.email),
]
PLAIN: list[tuple[Any, Callable[[RightsRequest], Any]]] = [
    (words.COMPARED["asks"], lambda one: words.CAPACITIES[Capacity(one.submission.capacity)]),
    (words.COMPARED["right"], lambda one: words.RIGHTS[Right(one.right)]),
    (words.COMPARED["law"], lambda one: regimes.by_id(one.regime).name),
    (words.COMPARED["residence"], _residence),
    (words.COMPARED["received"], lambda one: words.day(one.received_on)),
    (words.COMPARED["due"], lambda one: words.day(one.leading_on)),
    (words.COMPARED["step"], lambda one: step_said(one, fees.waiting(one) is not None)),
    (words.COMPARED["level"], lambda one: words.LEVELS[one.needs]),
    (words.COMPARED["proof"], _proof),
    (words.COMPARED["handler"], lambda one: one.handler),
]


def _joining(two: Two, user: User) -> dict[str, Any]:
    """Which of the two can be joined to the other, or why neither can; the later one joins the earlier."""
    later, earlier = sorted(two, key=lambda one: (one.leading_on, one.submission.received_at), reverse=True)
    for one, into in ((later, earlier), (earlier, later)):
        if joining.can_join(one, into):
            return {"joins": one, "into": into, "may_join": roles.may(user, "merge")}
    return {"why_not_join": joining.why_not(later, earlier)}
