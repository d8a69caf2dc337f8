"""Owners are told of their tasks, and who works on the request of those that are late: one letter a person and working
day. Owed, not scheduled: a task remembers the last point of the plan that was told, so that after an outage only the
latest is said and asking twice is harmless.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db import transaction

from primevox_privacy.outbox import letters as outbox
from primevox_privacy.outbox.models import Letter
from primevox_privacy.staff.models import User
from requests import references, words
from requests.inventory.models import Task
from requests.patience import is_working_day
from requests.reminder_plan import Plan, point_reached

OWNER = Plan("task", (2, 0, -1), then_every=2)  # before and after the day by which a task is due: its owner
LATE = Plan("late_task", (-1,), then_every=2)  # who works on the request, or the mailbox
NEW = 1000  # a task that its owner was not told of yet
MAILBOX = "mailbox"
Told = list[tuple[Task, int]]  # tasks, each with the point of the plan that it has reached


def owe(today: date) -> None:
    """Write down every letter about tasks that is owed by now."""
    if not is_working_day(today):
        return
    for owner, told in _for_owners(today).items():
        _tell("tasks_waiting", str(owner.pk), owner.email, told, "owner_told", today)
    for handler, told in _for_handlers(today).items():
        to, address = (str(handler.pk), handler.email) if handler else (MAILBOX, "")
        _tell("tasks_late", to, address, told, "handler_told", today)


def _for_owners(today: date) -> dict[User, Told]:
    found: dict[User, Told] = defaultdict(list)
    for task in Task.objects.ready().select_related("owner", "checklist__rights_request").order_by("due_on", "pk"):
        point = point_reached(OWNER, task.due_on, today)
        point = NEW if point is None else point
        if task.owner and _can_be_told(task.owner) and task.owner_told != point:
            found[task.owner].append((task, point))
    return found


def _for_handlers(today: date) -> dict[User | None, Told]:
    """None stands for the mailbox."""
    found: dict[User | None, Told] = defaultdict(list)
    late = Task.objects.open().filter(due_on__lt=today, checklist__rights_request__frozen_at=None)
    for task in late.select_related("checklist__rights_request__handler").order_by("due_on", "pk"):
        point, handler = point_reached(LATE, task.due_on, today), task.checklist.rights_request.handler
        if point is not None and task.handler_told != point:
            found[handler if handler and _can_be_told(handler) else None].append((task, point))
    return found


def _can_be_told(person: User) -> bool:
    return person.is_active and bool(person.email)


@transaction.atomic
def _tell(kind: str, to: str, address: str, told: Told, told_in: str, today: date) -> None:
    """One letter with all of them, at most one a day: what comes later that day is said on the next."""
    key = f"{kind}:{to}:{today.isoformat()}"
    if Letter.objects.filter(key=key).exists():
        return
    lines = _lines(task for task, _point in told)
    if outbox.owe_to_us(kind, key=key, address=address, lines=lines, number=len(told), today=today):
        for task, point in told:
            Task.objects.filter(pk=task.pk).update(**{told_in: point})


def _lines(tasks: Iterable[Task]) -> list[dict[str, str]]:
    """References and days alone: no system, and nothing of anybody."""
    found: dict[tuple[str, str], None] = {}
    for task in tasks:
        found[references.spoken(task.checklist.rights_request.reference), words.day(task.due_on)] = None
    return [{"reference": reference, "due": due} for reference, due in found]
