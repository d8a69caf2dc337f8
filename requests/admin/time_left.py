"""Time left, in words and in the shape of a badge. Late against our own date and missed by law are two things, and are
told apart in both (`requests/lateness.py`)."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from requests import deadlines, lateness, regimes
from requests.lateness import Dated, Missed
from requests.models import Submission
from requests.terms import DateKind

SOON = 3  # days


def today_of(submission: Submission) -> date:
    """The day that it is for what is due to who lives there."""
    return deadlines.counts_as(timezone.now(), regimes.zone_of(submission.residence or None))


def badge(one: Any, dates: Iterable[Dated], today: date) -> str:
    """What the first column of a queue shows of a request or an appeal that is open: how long there is, and below it
    the day that this is counted from, and whose it is."""
    given = list(dates)
    said, shape = in_words(one, given, today)
    day, by_law = _day(one, given, today)
    by = _("by law") if by_law else _("our target")
    return format_html(
        '<span class="badge badge--{}">{}</span><br><span class="why">{}, {}</span>',
        shape,
        said,
        date_format(day, "SHORT_DAY"),
        by,
    )


def in_words(one: Any, dates: Sequence[Dated], today: date) -> tuple[str, str]:
    """Time left in words, and the shape of its badge."""
    is_missed, days = lateness.missed(dates, one.received_on, today), (one.leading_on - today).days
    if Missed.LAW in is_missed:
        return _("the law’s date was missed"), "missed"
    if is_at_once(dates):
        return _("at once"), "now"
    if days < 0:
        said = ngettext("%(days)d day late (our date)", "%(days)d days late (our date)", -days)
        return said % {"days": -days}, "late"
    if days == 0:
        return _("due today"), "soon"
    said = ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}
    return said, "soon" if days <= SOON else "ok"


def is_at_once(dates: Iterable[Dated]) -> bool:
    """Whether something is to be stopped at once. What an appeal opened again has our new target only."""
    of = {due.kind: due for due in dates}
    return DateKind.AFTER_APPEAL not in of and any(due.at_once for due in of.values())


def _day(one: Any, dates: Sequence[Dated], today: date) -> tuple[date, bool]:
    """The day that the words are about, and whether a law sets it."""
    by_law = next((due for due in dates if due.kind == DateKind.EXTENDED), None)
    by_law = by_law or next((due for due in dates if due.kind == DateKind.STATUTORY), None)
    if by_law and (is_at_once(dates) or Missed.LAW in lateness.missed(dates, one.received_on, today)):
        return lateness.last_day(by_law, one.received_on), True
    return one.leading_on, one.leading_by_law
