"""Who has to be reminded of what by now. Owed, not scheduled: the sweep asks what should be out by now, unique
keys make asking twice harmless, and after an outage only the latest of a missed series goes out.

Staff get one digest a working person and day, the mailbox one too; single mails only where a date set by law is in
danger (policy §9). The requester is reminded when something waits for them.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone

from primevox_privacy.outbox import letters as outbox
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from primevox_privacy.staff.models import User
from requests import letters, references
from requests.models import DueDate, Reminder, RightsRequest, Submission
from requests.terms import DateKind, Status
from verification.models import CheckState

PLAN = (7, 3, 1, 0)  # days before the date; after it, every day
DANGER = (2, 0, -1)  # days before a date set by law
REQUESTER_PLAN = (3, 7, 14)  # days after something began to wait for the requester
MORNING = time(8, 0)  # local time of the office
STAFF_MAIL_KEPT = timedelta(days=30)
MAILBOX = "mailbox"


class Line(NamedTuple):
    """One line of a digest."""

    rights_request: RightsRequest
    point: int


def point_reached(due_on: date, today: date, plan: tuple[int, ...] = PLAN) -> int | None:
    """The latest point of the plan that `today` has reached: 7, 3, 1, 0, or minus the days since the date."""
    days_left = (due_on - today).days
    if days_left < min(plan):
        return days_left if min(plan) == 0 else min(plan)
    return min((point for point in plan if days_left <= point), default=None)


def owe(now: datetime | None = None) -> None:
    """Write down every reminder owed by now."""
    now = now or timezone.now()
    _remind_requesters(now)
    local = timezone.localtime(now)
    if local.time() < MORNING:
        return
    today = local.date()
    _digests(today)
    _statutory_danger(today)


# --- Staff and mailbox ---------------------------------------------------------------------------------------
def _open_and_near(today: date) -> list[RightsRequest]:
    near = RightsRequest.objects.open().due_by(today + timedelta(days=max(PLAN))).in_queue_order()
    told = Reminder.objects.filter(told_at__gt=timezone.now() - timedelta(days=60))
    return list(near.select_related("handler").prefetch_related("due_dates", Prefetch("reminders", queryset=told)))


def _digests(today: date) -> None:
    requests = _open_and_near(today)
    _digest(MAILBOX, None, settings.COMPLIANCE_EMAIL, requests, today)
    for handler in {one.handler for one in requests if one.handler and one.handler.email}:
        _digest(
            str(handler.pk),
            handler,
            handler.email,
            [one for one in requests if one.handler == handler],
            today,
        )


def _digest(to: str, person: User | None, address: str, requests: Iterable[RightsRequest], today: date) -> None:
    """One letter with a line for each request whose point was not told yet; at most one a day."""
    key = f"digest:{to}:{today.isoformat()}"
    if Letter.objects.filter(key=key).exists():
        return
    lines = [line for one in requests if (line := _line(one, to, today))]
    if not lines:
        return
    with transaction.atomic():
        Reminder.objects.bulk_create(
            (
                Reminder(
                    rights_request=line.rights_request,
                    person=person,
                    to=to,
                    due_on=line.rights_request.leading_on,
                    days_left=line.point,
                )
                for line in lines
            ),
            ignore_conflicts=True,
        )
        _owe_to_staff("digest", key, address, lines=[_said(line, today) for line in lines], today=today)


def _line(rights_request: RightsRequest, to: str, today: date) -> Line | None:
    point = point_reached(rights_request.leading_on, today)
    told = {(one.to, one.due_on, one.days_left) for one in rights_request.reminders.all()}
    if point is None or (to, rights_request.leading_on, point) in told:
        return None
    return Line(rights_request, point)


def _said(line: Line, today: date) -> dict[str, object]:
    one = line.rights_request
    return {
        "reference": references.spoken(one.reference),
        "due_on": one.leading_on,
        "days_left": (one.leading_on - today).days,
        "days_late": (today - one.leading_on).days,
        "by_law": one.leading_by_law,
        "unassigned": one.handler is None,
    }


def _statutory_danger(today: date) -> None:
    """A mail of its own for each request whose date set by law is near or past."""
    for one in _open_and_near(today):
        due = one.date_of(DateKind.EXTENDED) or one.date_of(DateKind.STATUTORY)
        point = point_reached(due.due_on, today, DANGER) if due else None
        if due is None or point is None:
            continue
        addresses = {MAILBOX: settings.COMPLIANCE_EMAIL}
        if one.handler and one.handler.email:
            addresses[str(one.handler.pk)] = one.handler.email
        for to, address in addresses.items():
            key = f"danger:{to}:{one.pk}:{due.due_on.isoformat()}:{point}"
            if not Letter.objects.filter(key=key).exists():
                _owe_to_staff("statutory_danger", key, address, **_danger_said(one, due, today))


def _danger_said(one: RightsRequest, due: DueDate, today: date) -> dict[str, object]:
    return {
        "reference": references.spoken(one.reference),
        "due_on": due.due_on,
        "days_left": (due.due_on - today).days,
        "days_late": (today - due.due_on).days,
        "citation": due.citation,
    }


@transaction.atomic
def _owe_to_staff(kind: str, key: str, address: str, **context: object) -> None:
    letter = Letter()
    kept = DataKey.make(letter.pk, Life.CONTACT, ends_at=timezone.now() + STAFF_MAIL_KEPT)
    kept.save(force_insert=True)
    outbox.owe_all([letters.to_staff(kind, key=key, about=letter.pk, address=address, key_of_address=kept, **context)])


# --- The requester --------------------------------------------------------------------------------------------
def _remind_requesters(now: datetime) -> None:
    first = now - timedelta(days=REQUESTER_PLAN[0])
    waiting = Submission.objects.select_related("contact_key", "check_made").filter(
        closed_at=None, check_made__state=CheckState.OPEN, check_made__asked_at__lte=first
    )
    for submission in waiting:
        check = submission.check_made
        assert check is not None
        if submission.rights_requests.open().filter(level__gt=0).exists():
            _task_waiting(submission, f"task:{check.pk}:{check.round}", check.asked_at, now)
    questions = RightsRequest.objects.filter(status=Status.WAITING, waiting_since__lte=first)
    for one in questions.select_related("submission__contact_key"):
        assert one.waiting_since is not None
        _task_waiting(one.submission, f"task:{one.pk}:{one.waiting_since:%Y%m%d%H%M}", one.waiting_since, now)


def _task_waiting(submission: Submission, prefix: str, since: datetime, now: datetime) -> None:
    """The latest reminder of the plan that is owed by now; those missed before it stay unsaid."""
    days = (now - since).days
    point = max((point for point in REQUESTER_PLAN if point <= days), default=None)
    key = f"{prefix}:{point}"
    if point is not None and not Letter.objects.filter(key=key).exists():
        letters.identity_task(submission, key)
