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
from requests import holds, identity, letters, references, releasing, waiting
from requests.models import Appeal, Hold, Package, Reminder, RightsRequest, Submission
from requests.terms import DateKind, Status
from requests.waiting import Waiting
from verification.models import CheckState

PLAN = (7, 3, 1, 0)  # days before the date; after it, every day
DANGER = (2, 0, -1)  # days before a date set by law
MORNING = time(8, 0)  # local time of the office
FILES_PLAN = (7, 2)  # days before delivered files go
MAILBOX = "mailbox"


Timed = RightsRequest | Appeal  # what has a leading date and a handler


class Line(NamedTuple):
    """One line of a digest."""

    of: Timed
    point: int


class ByLaw(NamedTuple):
    """A date that a law sets, and where it says so."""

    due_on: date
    citation: str


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
    _files_going(now)
    local = timezone.localtime(now)
    if local.time() < MORNING:
        return
    today = local.date()
    _digests(today)
    _statutory_danger(today)
    _holds_ending(today)


# --- Staff and mailbox ---------------------------------------------------------------------------------------
def _open_and_near(today: date) -> list[Timed]:
    """What has a date that is near or past, what is due first first."""
    until = today + timedelta(days=max(PLAN))
    told = Reminder.objects.filter(told_at__gt=timezone.now() - timedelta(days=60))
    requests = RightsRequest.objects.open().due_by(until).select_related("handler")
    appeals = Appeal.objects.open().filter(leading_on__lte=until).select_related("handler", "rights_request")
    near: list[Timed] = [
        *requests.prefetch_related("due_dates", Prefetch("reminders", queryset=told)),
        *appeals.prefetch_related(Prefetch("rights_request__reminders", queryset=told)),
    ]
    return sorted(near, key=lambda one: (one.leading_on, not one.leading_by_law, one.received_on, one.reference))


def _case_of(one: Timed) -> RightsRequest:
    return one.rights_request if isinstance(one, Appeal) else one


def _digests(today: date) -> None:
    near = _open_and_near(today)
    _digest(MAILBOX, None, settings.COMPLIANCE_EMAIL, near, today)
    for handler in {one.handler for one in near if one.handler and one.handler.email}:
        _digest(
            str(handler.pk),
            handler,
            handler.email,
            [one for one in near if one.handler == handler],
            today,
        )


def _digest(to: str, person: User | None, address: str, near: Iterable[Timed], today: date) -> None:
    """One letter with a line for each request or appeal whose point was not told yet; at most one a day."""
    key = f"digest:{to}:{today.isoformat()}"
    if Letter.objects.filter(key=key).exists():
        return
    lines = [line for one in near if (line := _line(one, to, today))]
    if not lines:
        return
    with transaction.atomic():
        Reminder.objects.bulk_create(
            (
                Reminder(
                    rights_request=_case_of(line.of),
                    person=person,
                    to=to,
                    due_on=line.of.leading_on,
                    days_left=line.point,
                )
                for line in lines
            ),
            ignore_conflicts=True,
        )
        said, has_appeals = [_said(line, today) for line in lines], any(isinstance(line.of, Appeal) for line in lines)
        _owe_to_staff("digest", key, address, lines=said, has_appeals=has_appeals, today=today)


def _line(one: Timed, to: str, today: date) -> Line | None:
    point = point_reached(one.leading_on, today)
    told = {(reminder.to, reminder.due_on, reminder.days_left) for reminder in _case_of(one).reminders.all()}
    if point is None or (to, one.leading_on, point) in told:
        return None
    return Line(one, point)


def _said(line: Line, today: date) -> dict[str, object]:
    one = line.of
    return {
        "reference": references.spoken(one.reference),
        "appeal": isinstance(one, Appeal),
        "due_on": one.leading_on,
        "days_left": (one.leading_on - today).days,
        "days_late": (today - one.leading_on).days,
        "by_law": one.leading_by_law,
        "unassigned": one.handler is None,
    }


def _statutory_danger(today: date) -> None:
    """A mail of its own for each request or appeal whose date set by law is near or past."""
    for one in _open_and_near(today):
        due = _set_by_law(one)
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


def _set_by_law(one: Timed) -> ByLaw | None:
    """The date that the law sets. A request that an appeal opened again has none any more: its own was that of the
    first answer."""
    if isinstance(one, Appeal):
        lawful = {due["kind"]: ByLaw(date.fromisoformat(due["due_on"]), due["citation"]) for due in one.dates}
        return lawful.get(DateKind.EXTENDED) or lawful.get(DateKind.STATUTORY)
    due = one.date_of(DateKind.EXTENDED) or one.date_of(DateKind.STATUTORY)
    return ByLaw(due.due_on, due.citation) if due and not one.reopened_on else None


def _danger_said(one: Timed, due: ByLaw, today: date) -> dict[str, object]:
    return {
        "reference": references.spoken(one.reference),
        "appeal": isinstance(one, Appeal),
        "due_on": due.due_on,
        "days_left": (due.due_on - today).days,
        "days_late": (today - due.due_on).days,
        "citation": due.citation,
    }


def _holds_ending(today: date) -> None:
    """A hold ends soon, or lifted itself after its last day: told to its owner, or to the mailbox without one."""
    near = today + holds.TOLD_BEFORE
    soon = Hold.objects.standing().filter(ends_on__range=(today, near))
    over = Hold.objects.filter(lifted_at__isnull=False, lifted_by=None, ends_on__gte=today - letters.STAFF_MAIL_KEPT)
    for hold in (soon | over).select_related("owner", "rights_request"):
        is_over = hold.lifted_at is not None
        key = f"hold:{hold.pk}:{'over' if is_over else 'soon'}"
        if not Letter.objects.filter(key=key).exists():
            reference = references.spoken(hold.rights_request.reference)
            address = hold.owner.email if hold.owner.is_active and hold.owner.email else settings.COMPLIANCE_EMAIL
            _owe_to_staff("hold_ends", key, address, reference=reference, ends_on=hold.ends_on, is_over=is_over)


@transaction.atomic
def _owe_to_staff(kind: str, key: str, address: str, **context: object) -> None:
    letter = Letter()
    kept = DataKey.make(letter.pk, Life.CONTACT, ends_at=timezone.now() + letters.STAFF_MAIL_KEPT)
    kept.save(force_insert=True)
    outbox.owe_all([letters.to_staff(kind, key=key, about=letter.pk, address=address, key_of_address=kept, **context)])


# --- The requester --------------------------------------------------------------------------------------------
def _remind_requesters(now: datetime) -> None:
    first = now - timedelta(days=waiting.PLAN[0])
    unproven = Submission.objects.select_related("contact_key", "check_made").filter(
        check_made__state=CheckState.OPEN, check_made__asked_at__lte=first
    )
    for submission in unproven:
        proof = waiting.proof_of(submission)
        if proof and identity.task_of(submission):
            _task_waiting(submission, proof, now)
    unheard = Submission.objects.select_related("contact_key", "check_made").filter(
        representation__accepted=None, representation__isnull=False, received_at__lte=first
    )
    for submission in unheard:
        paper = waiting.paper_of(submission)
        if paper and not identity.task_of(submission):  # their page shows both; one reminder is enough
            _task_waiting(submission, paper, now)
    questions = RightsRequest.objects.filter(status=Status.WAITING, waiting_since__lte=first)
    for one in questions.select_related("submission__contact_key"):
        if question := waiting.question_of(one):
            _task_waiting(one.submission, question, now)


def _task_waiting(submission: Submission, task: Waiting, now: datetime) -> None:
    """The latest reminder of the plan that is owed by now; the last one gives notice."""
    point = waiting.point_reached(task.since, now)
    if point is None or Letter.objects.filter(key=task.letter_key(point)).exists():
        return
    if point == waiting.PLAN[-1]:
        letters.closing_notice(submission, task.letter_key(point), waiting.closes_on(now))
    else:
        letters.identity_task(submission, task.letter_key(point))


def _files_going(now: datetime) -> None:
    """Delivered files go soon: told a week and two days before, with the day."""
    soon = now + timedelta(days=max(FILES_PLAN))
    packages = Package.objects.filter(
        package_key__destroyed_at=None, package_key__ends_at__gt=now, package_key__ends_at__lte=soon
    ).exclude(noticed_at=None)
    for package in packages.select_related("package_key", "rights_request__submission__check_made"):
        one, ends_at = package.rights_request, package.package_key.ends_at
        if releasing.is_shut(one) or ends_at is None:
            continue
        point = min(days for days in FILES_PLAN if ends_at - now <= timedelta(days=days))
        key = f"files:{package.pk}:{ends_at:%Y%m%d}:{point}"
        if not Letter.objects.filter(key=key).exists():
            letters.files_go(one, key, timezone.localdate(ends_at))
