"""What our own people are told: one digest a person and working day, and a mail of its own where a date set by law is
in danger or missed (policy §9). When that is stands in `reminders.py` and `reminder_plan.py`.
"""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from primevox_privacy.outbox import letters as outbox
from primevox_privacy.outbox.models import Letter
from primevox_privacy.staff.models import User
from requests import absence, deadlines, lateness, references, regimes, reminder_plan
from requests.clock import Timed
from requests.models import Appeal, Reminder, RightsRequest
from requests.reminder_plan import BY_LAW, UNTOUCHED, Plan, point_reached
from requests.terms import DateKind, Role

MAILBOX = "mailbox"


class Line(NamedTuple):
    """One line of a digest."""

    of: Timed
    plan: Plan
    on: date  # what the plan counts to, or from
    point: int


class ByLaw(NamedTuple):
    """A date that a law sets, the last day of the office that keeps it, and where it says so."""

    due_on: date
    last_on: date
    at_once: bool
    citation: str


def case_of(one: Timed) -> RightsRequest:
    """The request that a second look is about, or the request itself."""
    return one.rights_request if isinstance(one, Appeal) else one


def office_day(one: Timed, due_on: date) -> date:
    """The last day of the office that keeps a date: the day itself, but for who lives far in the east."""
    return deadlines.office_day(due_on, regimes.zone_of(case_of(one).submission.residence or None))


def send(to: str, lines: list[Line], today: date) -> list[Line]:
    """One letter with all lines, what is due at once first; at most one a day. Gives back what it could not tell."""
    key = f"digest:{to}:{today.isoformat()}"
    if Letter.objects.filter(key=key).exists():
        return lines
    person = None if to == MAILBOX else User.objects.get(pk=to)
    lines.sort(key=lambda line: (*lateness.first_come(_dates_of(line.of), line.of.leading_on), line.of.reference))
    with transaction.atomic():
        Reminder.objects.bulk_create(
            (
                Reminder(
                    rights_request=case_of(line.of),
                    person=person,
                    to=to,
                    plan=line.plan.name,
                    due_on=line.on,
                    days_left=line.point,
                )
                for line in lines
            ),
            ignore_conflicts=True,
        )
        address = person.email if person else settings.COMPLIANCE_EMAIL
        by_case: dict[Timed, list[Line]] = defaultdict(list)
        for line in lines:
            by_case[line.of].append(line)
        said = [_said(one, its_lines, today) for one, its_lines in by_case.items()]
        has_appeals = any(line["appeal"] for line in said)
        outbox.owe_to_us("digest", key=key, address=address, lines=said, has_appeals=has_appeals, today=today)
    return []


def _said(one: Timed, lines: list[Line], today: date) -> dict[str, object]:
    """One request of a digest: when it is due, what was missed, and whether somebody works on it."""
    at_once = isinstance(one, RightsRequest) and one.at_once
    last_on = office_day(one, one.leading_on)
    there = today + (one.leading_on - last_on)  # the day it is where that date ends
    plans = {line.plan.name: -line.point for line in lines}
    return {
        "reference": references.spoken(one.reference),
        "appeal": isinstance(one, Appeal),
        "due_on": one.received_on if at_once else last_on,
        "days_left": (last_on - today).days,
        "days_late": (today - last_on).days,
        "at_once": at_once,
        "missed": sorted(lateness.missed(_dates_of(one), one.received_on, there)),
        "by_law": one.leading_by_law,
        "unassigned": one.handler_id is None,
        "untouched_days": plans.get(UNTOUCHED.name),
    }


def _dates_of(one: Timed) -> list[lateness.Dated]:
    if isinstance(one, RightsRequest):
        return list(one.due_dates.all())
    return [lateness.from_json(row) for row in one.dates]


def tell_of_danger(one: Timed, today: date) -> None:
    """A mail of its own where a date set by law is near; once it is missed, approvers are told, too."""
    due = set_by_law(one)
    point = point_reached(BY_LAW, due.last_on, reminder_plan.speaks_through(today)) if due else None
    if due is None or point is None:
        return
    is_missed = today > due.last_on
    point = point if is_missed else max(point, 0)
    addresses = {MAILBOX: settings.COMPLIANCE_EMAIL}
    hears = absence.stands_in(one.handler, today)
    people = [hears] if hears else []
    if is_missed:
        people += User.objects.filter(is_active=True, groups__name=Role.APPROVER)
    addresses |= {str(person.pk): person.email for person in people if person.email}
    for to, address in addresses.items():
        key = f"danger:{to}:{one.pk}:{due.due_on.isoformat()}:{point}"
        kind = "law_missed" if is_missed else "statutory_danger"
        outbox.owe_to_us(kind, key=key, address=address, **_danger_said(one, due, today))


def set_by_law(one: Timed) -> ByLaw | None:
    """The date that the law sets. A request that an appeal opened again has none any more: its own was that of the
    first answer."""
    if isinstance(one, RightsRequest) and one.reopened_on:
        return None
    by_kind = {due.kind: due for due in _dates_of(one)}
    due = by_kind.get(DateKind.EXTENDED) or by_kind.get(DateKind.STATUTORY)
    if due is None:
        return None
    last_on = lateness.last_day(due, one.received_on) if due.at_once else office_day(one, due.due_on)
    return ByLaw(due.due_on, last_on, due.at_once, due.citation)


def _danger_said(one: Timed, due: ByLaw, today: date) -> dict[str, object]:
    return {
        "reference": references.spoken(one.reference),
        "appeal": isinstance(one, Appeal),
        "due_on": one.received_on if due.at_once else due.last_on,
        "at_once": due.at_once,
        "days_left": (due.last_on - today).days,
        "days_late": (today - due.last_on).days,
        "citation": due.citation,
    }
