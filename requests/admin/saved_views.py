"""Views of the queue: those that everybody has, and each person's own. A view is a name for filters in an address."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.db.models import IntegerField, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from primevox_privacy.staff.models import User
from requests import access
from requests.admin.narrowing import as_query, narrowed
from requests.models import SavedView

COUNTED_TO = 1000  # beyond that a number says nothing to who works, and counting on would read every row
MOST_OF_ONE = 20
PROOF = {"flag": "proof"}
BUILT_IN: dict[str, tuple[Any, dict[str, str]]] = {
    "mine": (gettext_lazy("Mine"), {"handler": "me"}),
    "new": (gettext_lazy("New"), {"step": "received"}),
    "soon": (gettext_lazy("Due in 3 days"), {"due": "soon"}),
    "overdue": (gettext_lazy("Overdue"), {"due": "late"}),
    "to_review": (gettext_lazy("To review"), {"step": "in_review"}),
    "proof": (gettext_lazy("Proof to compare"), PROOF),
    "waiting": (gettext_lazy("Waiting for the requester"), {"waits": "requester"}),
    "frozen": (gettext_lazy("Frozen"), {"flag": "frozen"}),
    "undelivered": (gettext_lazy("Letters not delivered"), {"state": "all", "flag": "undelivered"}),
}


class CappedCount(Subquery):
    """How many rows, as far as it is worth counting; a part of a larger statement."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"

    def __init__(self, queryset: QuerySet[Any]) -> None:
        super().__init__(queryset.order_by().values("pk")[: COUNTED_TO + 1], output_field=IntegerField())


@dataclass(frozen=True)
class View:
    """One line of the list beside the queue."""

    name: Any
    query: str
    number: int
    is_current: bool = False
    own: SavedView | None = None

    @property
    def href(self) -> str:
        return f"{queue()}?{self.query}" if self.query else queue()

    @property
    def count(self) -> str:
        return counted(self.number)


def queue() -> str:
    return reverse("admin:requests_rightsrequest_changelist")


def counted(number: int) -> str:
    """A number as it is shown: “1,000+” where counting ended."""
    said = number_format(min(number, COUNTED_TO), use_l10n=True, force_grouping=True)
    return f"{said}+" if number > COUNTED_TO else str(said)


def count_all(user: User, querysets: Iterable[QuerySet[Any]]) -> list[int]:
    """Each count, all in one statement."""
    named = {f"n{place}": CappedCount(each) for place, each in enumerate(querysets)}
    if not named:
        return []
    row = User.objects.filter(pk=user.pk).values_list(*named.values()).get()
    return [int(number) for number in row]


def views_of(user: User, given: Any) -> list[View]:
    """The views that everybody has, then one's own; the one on the screen is marked."""
    current = as_query(given)
    lines: list[tuple[Any, str, SavedView | None]] = [
        (name, as_query(wanted), None) for name, wanted in BUILT_IN.values()
    ]
    lines += [(own.name, own.query, own) for own in SavedView.objects.filter(owner=user)]
    numbers = count_all(user, (narrowed(QueryDict(query).dict(), user) for name, query, own in lines))
    return [
        View(name, query, number, is_current=query == current, own=own)
        for (name, query, own), number in zip(lines, numbers, strict=True)
    ]


# --- One's own -------------------------------------------------------------------------------------------------
@access.staff
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the filters on the screen under a name. One that there is already gets these filters."""
    user, query = cast(User, request.user), as_query(QueryDict(request.POST.get("query", "")).dict())
    if name := _name_in(request):
        is_new = not SavedView.objects.filter(owner=user, name=name).exists()
        if is_new and SavedView.objects.filter(owner=user).count() >= MOST_OF_ONE:
            messages.error(request, _("You have 20 views. Remove one before you save another."))
        else:
            SavedView.objects.update_or_create(owner=user, name=name, defaults={"query": query})
            messages.success(request, _("The view “%(name)s” is saved.") % {"name": name})
    return _back_to(query)


@access.staff
@require_POST
def rename(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    view = _own(request, pk)
    name = _name_in(request)
    if name and SavedView.objects.filter(owner=view.owner, name=name).exclude(pk=pk).exists():
        messages.error(request, _("You have a view with this name. Choose another."))
    elif name:
        SavedView.objects.filter(pk=pk).update(name=name)
        messages.success(request, _("The view is now called “%(name)s”.") % {"name": name})
    return _back_to(view.query)


@access.staff
@require_POST
def remove(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    view = _own(request, pk)
    view.delete()
    messages.success(request, _("The view “%(name)s” is removed.") % {"name": view.name})
    return _back_to("")


def _own(request: HttpRequest, pk: uuid.UUID) -> SavedView:
    found = SavedView.objects.filter(pk=pk, owner=cast(User, request.user)).first()
    if found is None:
        raise Http404
    return found


def _name_in(request: HttpRequest) -> str:
    """The name that was typed, or nothing and a word on why."""
    name = " ".join(request.POST.get("name", "").split())
    if not name:
        messages.error(request, _("Give the view a name."))
    elif len(name) > 40:
        messages.error(request, _("Use at most 40 letters for the name of a view."))
        return ""
    return name


def _back_to(query: str) -> HttpResponse:
    return redirect(f"{queue()}?{query}" if query else queue())
