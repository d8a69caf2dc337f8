"""How many of the answers of late left in time: by our own target (policy §9), and by the law where one sets a date.

Counts what closed with an answer. What was taken back, joined, not theirs, no request or outside the policy is left
out, as in the yearly figures. A date counts as it stood when the answer left: as extended, or anew after an appeal.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, NamedTuple, cast

from django.core.cache import cache
from django.db.models import Case, Count, DateField, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import TruncDate
from django.utils import timezone

from requests import lateness
from requests.figures import COUNTS_AS, Figure
from requests.models import DueDate
from requests.terms import DateKind

DAYS = 90
FRESH = timedelta(minutes=10)  # it moves slowly, and is read at every sign-in
ANSWERED = [ending for ending, figure in COUNTS_AS.items() if figure not in (Figure.TAKEN_BACK, Figure.NOT_COUNTED)]
OURS = (DateKind.TARGET, DateKind.AFTER_APPEAL)


class Share(NamedTuple):
    """How many were answered, and how many of them by the date; of each kind of date."""

    answered: int
    in_time: int

    @property
    def percent(self) -> int:
        """Rounded down: 100 says that none was late."""
        return 100 * self.in_time // self.answered if self.answered else 0


class Shares(NamedTuple):
    """By our own target, and by the law."""

    target: Share
    law: Share


def of_late() -> Shares:
    """The last 90 days, at most ten minutes old."""
    return cast(Shares, cache.get_or_set("on_time", shares, FRESH.total_seconds()))


def shares() -> Shares:
    """One statement; what was due at once is judged here, since it counts working days."""
    since = timezone.now() - timedelta(days=DAYS)
    return _shares(_groups(rights_request__closed_at__gte=since))


def of_year(year: int) -> dict[str, Shares]:
    """The same of what came in during a year, by the law that it is under; laws under which nothing was answered are
    left out."""
    of_law: dict[str, list[dict[str, Any]]] = {}
    for group in _groups(rights_request__received_on__year=year):
        of_law.setdefault(group["law"], []).append(group)
    return {law: _shares(groups) for law, groups in of_law.items()}


def _shares(groups: Iterable[dict[str, Any]]) -> Shares:
    answered, in_time = Counter[bool](), Counter[bool]()
    for group in groups:
        is_ours, number = group["kind"] in OURS, group["number"]
        answered[is_ours] += number
        in_time[is_ours] += number if _is_kept(group) else 0
    return Shares(*(Share(answered[is_ours], in_time[is_ours]) for is_ours in (True, False)))


def _is_kept(group: dict[str, Any]) -> bool:
    if not group["at_once"]:
        return bool(group["kept"])
    due = lateness.KeptDate(group["kind"], group["received"], "", at_once=True)
    return bool(group["closed"] <= lateness.last_day(due, group["received"]))


def _groups(**which: Any) -> Any:
    """How many dates of each kind and law were kept, of `which` requests that were answered. Only of what was due at
    once the days matter, so only there they part."""
    one, of_one = "rights_request__", DueDate.objects.filter(rights_request=OuterRef("rights_request"))
    anew, extended = (Exists(of_one.filter(kind=kind)) for kind in (DateKind.AFTER_APPEAL, DateKind.EXTENDED))
    counts = Q(kind__in=[DateKind.AFTER_APPEAL]) | Q(kind__in=[DateKind.TARGET, DateKind.EXTENDED]) & ~Q(anew)
    counts |= Q(kind=DateKind.STATUTORY) & ~Q(anew) & ~Q(extended)
    closed = TruncDate(f"{one}closed_at")
    nothing = Value(None, output_field=DateField())
    answered = DueDate.objects.filter(
        counts,
        **{f"{one}synthetic": False},
        **{f"{one}closed_at__isnull": False, f"{one}ending__in": ANSWERED},
        **which,
    )
    return (
        answered.annotate(closed_on=closed)
        .values(
            "kind",
            "at_once",
            law=F(f"{one}regime"),
            kept=Case(When(at_once=False, closed_on__lte=F("due_on"), then=True), default=False),
            received=Case(When(at_once=True, then=F(f"{one}received_on")), default=nothing),
            closed=Case(When(at_once=True, then=F("closed_on")), default=nothing),
        )
        .annotate(number=Count("pk"))
        .order_by()
    )
