"""By what the queue can be narrowed: each question with its answers, as the address bears them, and what it means.

Filters, saved views, their counts and the numbers of Today all read this one table.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from primevox_privacy.outbox.models import Letter
from requests import changing_contact, proof_here, regimes, words
from requests.admin.time_left import SOON
from requests.admin.whose_turn import has_unread_message, waits_for_requester
from requests.models import RightsRequest
from requests.models.case import ON_THE_DESK
from requests.terms import Status

LEFT_ALONE = 2  # days after which somebody should have taken a request


class Narrowing(NamedTuple):
    """A question about each request, its answers with their words, and the condition for one of them."""

    title: Any
    answers: dict[str, Any]
    to: Callable[[str, Any], Q]
    otherwise: Q = Q()  # where nothing was answered
    otherwise_said: Any = _("All")


def _state(answer: str, user: Any) -> Q:
    return Q(status=Status.CLOSED) if answer == "closed" else Q()


def _due(answer: str, user: Any) -> Q:
    """By the office's day. What a law wants at once is due now, and is late once its outer limit has passed."""
    today = timezone.localdate()
    if answer == "late":
        return Q(leading_on__lt=today)
    return Q(leading_on__gte=today) & (Q(at_once=True) | Q(leading_on__lte=today + timedelta(days=SOON)))


def _handler(answer: str, user: Any) -> Q:
    if answer == "me":
        return Q(handler=user)
    too_long = timezone.localdate() - timedelta(days=LEFT_ALONE)
    return Q(handler=None, received_on__lte=too_long) if answer == "too_long" else Q(handler=None)


def _waits(answer: str, user: Any) -> Q:
    return waits_for_requester() if answer == "requester" else ~Q(status=Status.CLOSED) & ~waits_for_requester()


def _flag(answer: str, user: Any) -> Q:
    if answer == "frozen":
        return Q(frozen_at__isnull=False)
    if answer == "wrote":
        return Q(has_unread_message())
    if answer == "proof":
        return proof_here.to_compare()
    if answer == "contact":
        return Q(changing_contact.waits())
    return Q(submission__in=Letter.objects.undelivered().values("about"))


NARROWINGS: dict[str, Narrowing] = {
    "state": Narrowing(
        _("state"), {"closed": _("Closed"), "all": _("All")}, _state, otherwise=ON_THE_DESK, otherwise_said=_("Open")
    ),
    "due": Narrowing(_("time left"), {"soon": _("3 days or less"), "late": _("Overdue")}, _due),
    "step": Narrowing(
        _("step"),
        {status.value: said for status, said in words.STATUS_FOR_STAFF.items() if status is not Status.CLOSED},
        lambda answer, user: Q(status=answer),
    ),
    "waits": Narrowing(_("who is to act"), {"requester": _("The requester"), "us": _("We")}, _waits),
    "handler": Narrowing(
        _("handler"), {"me": _("Mine"), "nobody": _("Nobody yet"), "too_long": _("Nobody for 2 days")}, _handler
    ),
    "flag": Narrowing(
        _("flag"),
        {
            "frozen": _("Frozen"),
            "wrote": _("Message from requester"),
            "undelivered": _("Letter not delivered"),
            "contact": _("New contact to decide"),
            "proof": _("Proof to compare"),
        },
        _flag,
    ),
    "right": Narrowing(
        _("right"),
        {right.value: said for right, said in words.SHORT_RIGHTS.items()},
        lambda answer, user: Q(right=answer),
    ),
    "law": Narrowing(
        _("law"),
        {each.id: each.short_name for each in regimes.all_regimes()},
        lambda answer, user: Q(regime=answer),
    ),
}


def known(given: Mapping[str, str]) -> dict[str, str]:
    """What of an address the queue understands, in the order of the table; whatever else stands there is left out."""
    return {name: given[name] for name, one in NARROWINGS.items() if given.get(name) in one.answers}


def as_query(given: Mapping[str, str]) -> str:
    """The same as it stands in the address, so that two ways to say one thing are one."""
    return urlencode(known(given))


def narrowed(given: Mapping[str, str], user: Any, *, synthetic: bool = False) -> QuerySet[RightsRequest]:
    """The requests that an address shows to this person, in no order. `synthetic`: those that it shows to nobody,
    found in the same way, so that it is known every day that this way finds what came in."""
    found = (RightsRequest.objects.synthetic() if synthetic else RightsRequest.objects.of_people()).order_by()
    answers = known(given)
    for name, one in NARROWINGS.items():
        found = found.filter(one.to(answers[name], user) if name in answers else one.otherwise)
    return found


def _filter_of(name: str) -> type[admin.SimpleListFilter]:
    """The same question as a filter of the admin site."""
    one = NARROWINGS[name]

    class Filter(admin.SimpleListFilter):
        title, parameter_name = one.title, name
        template = "admin/requests/filter.html"

        def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
            return list(one.answers.items())

        def choices(self, changelist: Any) -> Any:
            for answer, label in [(None, one.otherwise_said), *self.lookup_choices]:
                given, without = ({name: answer}, []) if answer else ({}, [name])
                yield {
                    "selected": self.value() == answer,
                    "query_string": changelist.get_query_string(given, without),
                    "display": label,
                }

        def queryset(self, request: Any, queryset: QuerySet) -> QuerySet:
            answer = self.value()
            return queryset.filter(one.to(answer, request.user) if answer in one.answers else one.otherwise)

    return Filter


FILTERS = tuple(_filter_of(name) for name in NARROWINGS)
MineFilter = FILTERS[list(NARROWINGS).index("handler")]
