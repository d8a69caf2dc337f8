"""Who has to be reminded of what by now. Owed, not scheduled: the sweep asks what should be out by now, unique
keys make asking twice harmless, and after an outage only the latest of a missed series goes out.

When somebody is told stands in `reminder_plan.py` and `patience.py`. Every open request and appeal bears the day on
which it is looked at next (`look_on`), never more than LONGEST_UNSEEN ahead: so one index finds what a sweep owes,
and nothing that began meanwhile is missed.

Staff get one digest a working person and day, the mailbox one too; single mails only where a date set by law is in
danger or missed (policy §9). The requester is reminded of what waits for them, and told of progress.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Prefetch
from django.utils import timezone

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox import letters as outbox
from primevox_privacy.outbox.models import Letter
from primevox_privacy.staff.models import User
from requests import holds, identity, lateness, letters, looks, references, releasing, reminder_plan, waiting
from requests.clock import Timed
from requests.models import Appeal, Extension, Hold, Package, Reminder, RightsRequest
from requests.patience import is_working_day
from requests.reminder_plan import BY_LAW, DUE, FILES, PROGRESS, UNASSIGNED, UNTOUCHED, Plan, point_reached
from requests.terms import DateKind, Role
from requests.waiting import Waiting

MORNING = time(8, 0)  # local time of the office
LONGEST_UNSEEN = timedelta(days=3)  # as long as the first point of anything that can begin meanwhile
BATCH = 500
MAILBOX = "mailbox"


class Look(NamedTuple):
    """One request or appeal whose day has come."""

    one: Timed
    touched_on: date | None = None  # the last step of anybody; of an appeal nobody asks
    waits: tuple[Waiting, ...] = ()  # with what it waits for the requester


class Line(NamedTuple):
    """One line of a digest."""

    of: Timed
    plan: Plan
    on: date  # what the plan counts to, or from
    point: int


class ByLaw(NamedTuple):
    """A date that a law sets, the last day that keeps it, and where it says so."""

    due_on: date
    last_on: date
    citation: str


def owe(now: datetime | None = None) -> None:
    """Write down every reminder owed by now."""
    local = timezone.localtime(now or timezone.now())
    _files_going(local)
    if local.time() < MORNING:
        return
    _holds_ending(local.date())
    looks.owe(local.date())
    _look_at_all(local.date())


# --- Looking ----------------------------------------------------------------------------------------------
def _look_at_all(today: date) -> None:
    """Look at everything whose day has come. Killed on the way, the next sweep looks again."""
    lines: dict[str, list[Line]] = defaultdict(list)
    next_looks: dict[Timed, date] = {}
    for look in _to_look_at(today):
        if isinstance(look.one, RightsRequest):
            _remind_the_requester(look.one, look.waits, today)
        _tell_of_progress(look.one, today)
        if is_working_day(today):
            _tell_of_danger(look.one, today)
            for to, line in _lines_of(look, today):
                lines[to].append(line)
        next_looks[look.one] = _next_look(look, today)
    for to in sorted(lines):
        for line in _digest(to, lines[to], today):
            next_looks[line.of] = today + timedelta(days=1)  # today's digest has left already
    _look_again(next_looks, today)


def _to_look_at(today: date) -> Iterator[Look]:
    told = Reminder.objects.filter(told_at__gt=timezone.now() - timedelta(days=60))
    requests = RightsRequest.objects.open().filter(look_on__lte=today).order_by("look_on", "pk")
    requests = requests.select_related("handler", "submission__contact_key", "submission__check_made")
    requests = requests.prefetch_related(
        "due_dates", Prefetch("extensions", Extension.objects.told()), Prefetch("reminders", told)
    )
    for batch in _in_batches(requests):
        events = Event.objects.filter(about__in=[one.pk for one in batch]).order_by().values_list("about")
        touched_at = dict(events.annotate(last=Max("at")))
        for one in batch:
            touched_on = timezone.localdate(touched_at.get(one.pk, one.submission.received_at))
            yield Look(one, touched_on, tuple(_waits_of(one)))
    appeals = Appeal.objects.open().filter(look_on__lte=today)
    appeals = appeals.select_related("handler", "rights_request__submission__contact_key")
    for appeal in appeals.prefetch_related(
        Prefetch("extensions", Extension.objects.told()), Prefetch("rights_request__reminders", told)
    ):
        yield Look(appeal)


def _in_batches(requests: Any) -> Iterator[list[RightsRequest]]:
    pks = list(requests.values_list("pk", flat=True))
    for first in range(0, len(pks), BATCH):
        yield list(requests.filter(pk__in=pks[first : first + BATCH]))


def _next_look(look: Look, today: date) -> date:
    """The next day on which somebody may have to be told of it."""
    one, days = look.one, [today + LONGEST_UNSEEN]
    due = _set_by_law(one)
    staff = [(DUE, one.leading_on), *([(BY_LAW, due.last_on)] if due else []), *_plans_of_neglect(look)]
    for plan, on in staff:
        if day := reminder_plan.next_point_on(plan, on, today):
            days.append(reminder_plan.last_working_day_until(day))
    if isinstance(one, RightsRequest):
        days += [day for wait in look.waits if (day := wait.next_on(today))]
    if told_on := _told_of_more_time_on(one):
        days.append(reminder_plan.next_point_on(PROGRESS, told_on, today) or days[0])
    return max(min(days), today + timedelta(days=1))


def _look_again(next_looks: dict[Timed, date], today: date) -> None:
    """Nobody's date that was changed meanwhile is overwritten: it is due again then."""
    by_day: dict[tuple[type[Timed], date], list[Any]] = defaultdict(list)
    for one, day in next_looks.items():
        by_day[type(one), day].append(one.pk)
    for (model, day), pks in by_day.items():
        for first in range(0, len(pks), BATCH):
            model.objects.filter(pk__in=pks[first : first + BATCH], look_on__lte=today).update(look_on=day)


# --- Staff and mailbox ------------------------------------------------------------------------------------
def _lines_of(look: Look, today: date) -> Iterator[tuple[str, Line]]:
    """What staff are to read of it today: the latest point of each plan that they were not told yet."""
    one, through = look.one, reminder_plan.speaks_through(today)
    handler = str(one.handler_id) if one.handler and one.handler.email else None
    told = {(told.to, told.plan, told.due_on, told.days_left) for told in _case_of(one).reminders.all()}
    for plan, on in ((DUE, one.leading_on), *_plans_of_neglect(look)):
        point = point_reached(plan, on, through if plan is DUE else today)
        if point is None:
            continue
        for to in (MAILBOX, handler):
            if to and (to, plan.name, on, point) not in told:
                yield to, Line(one, plan, on, point)


def _plans_of_neglect(look: Look) -> Iterable[tuple[Plan, date]]:
    """Nobody took it; or it was taken, and nothing has happened since."""
    one = look.one
    if one.handler_id is None:
        return [(UNASSIGNED, one.received_on)]
    return [(UNTOUCHED, look.touched_on)] if look.touched_on and not look.waits else []


def _case_of(one: Timed) -> RightsRequest:
    return one.rights_request if isinstance(one, Appeal) else one


def _digest(to: str, lines: list[Line], today: date) -> list[Line]:
    """One letter with all lines, what is due at once first; at most one a day. Gives back what it could not tell."""
    key = f"digest:{to}:{today.isoformat()}"
    if Letter.objects.filter(key=key).exists():
        return lines
    person = None if to == MAILBOX else lines[0].of.handler
    lines.sort(key=lambda line: (*lateness.first_come(_dates_of(line.of), line.of.leading_on), line.of.reference))
    with transaction.atomic():
        Reminder.objects.bulk_create(
            (
                Reminder(
                    rights_request=_case_of(line.of),
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
    dates = _dates_of(one)
    plans = {line.plan.name: -line.point for line in lines}
    return {
        "reference": references.spoken(one.reference),
        "appeal": isinstance(one, Appeal),
        "due_on": one.leading_on,
        "days_left": (one.leading_on - today).days,
        "days_late": (today - one.leading_on).days,
        "at_once": any(due.at_once and due.due_on == one.leading_on for due in dates),
        "missed": sorted(lateness.missed(dates, one.received_on, today)),
        "by_law": one.leading_by_law,
        "unassigned": one.handler_id is None,
        "untouched_days": plans.get(UNTOUCHED.name),
    }


def _dates_of(one: Timed) -> list[lateness.Dated]:
    if isinstance(one, RightsRequest):
        return list(one.due_dates.all())
    return [lateness.from_json(row) for row in one.dates]


def _tell_of_danger(one: Timed, today: date) -> None:
    """A mail of its own where a date set by law is near; once it is missed, approvers are told, too."""
    due = _set_by_law(one)
    point = point_reached(BY_LAW, due.last_on, reminder_plan.speaks_through(today)) if due else None
    if due is None or point is None:
        return
    is_missed = today > due.last_on
    point = point if is_missed else max(point, 0)
    addresses = {MAILBOX: settings.COMPLIANCE_EMAIL}
    people = [one.handler] if one.handler else []
    if is_missed:
        people += User.objects.filter(is_active=True, groups__name=Role.APPROVER)
    addresses |= {str(person.pk): person.email for person in people if person.email}
    for to, address in addresses.items():
        key = f"danger:{to}:{one.pk}:{due.due_on.isoformat()}:{point}"
        kind = "law_missed" if is_missed else "statutory_danger"
        outbox.owe_to_us(kind, key=key, address=address, **_danger_said(one, due, today))


def _set_by_law(one: Timed) -> ByLaw | None:
    """The date that the law sets. A request that an appeal opened again has none any more: its own was that of the
    first answer."""
    if isinstance(one, RightsRequest) and one.reopened_on:
        return None
    by_kind = {due.kind: due for due in _dates_of(one)}
    due = by_kind.get(DateKind.EXTENDED) or by_kind.get(DateKind.STATUTORY)
    return ByLaw(due.due_on, lateness.last_day(due, one.received_on), due.citation) if due else None


def _danger_said(one: Timed, due: ByLaw, today: date) -> dict[str, object]:
    return {
        "reference": references.spoken(one.reference),
        "appeal": isinstance(one, Appeal),
        "due_on": due.due_on,
        "at_once": due.last_on != due.due_on,
        "days_left": (due.last_on - today).days,
        "days_late": (today - due.last_on).days,
        "citation": due.citation,
    }


def _holds_ending(today: date) -> None:
    """A hold ends soon, or lifted itself after its last day: told to its owner, or to the mailbox without one."""
    near = today + holds.TOLD_BEFORE
    soon = Hold.objects.standing().filter(ends_on__range=(today, near))
    over = Hold.objects.filter(lifted_at__isnull=False, lifted_by=None, ends_on__gte=today - outbox.OUR_OWN_KEPT)
    for hold in (soon | over).select_related("owner", "rights_request"):
        is_over = hold.lifted_at is not None
        key = f"hold:{hold.pk}:{'over' if is_over else 'soon'}"
        address = hold.owner.email if hold.owner.is_active else ""
        reference = references.spoken(hold.rights_request.reference)
        said = {"reference": reference, "ends_on": hold.ends_on, "is_over": is_over}
        outbox.owe_to_us("hold_ends", key=key, address=address, **said)


# --- The requester ----------------------------------------------------------------------------------------
def _waits_of(one: RightsRequest) -> list[Waiting]:
    """What the requester is reminded of. A paper is asked for on the same page as proof: one reminder is enough."""
    question, submission = waiting.question_of(one), one.submission
    waits = [question] if question else []
    if identity.task_of(submission):
        proof = waiting.proof_of(submission)
        return [*waits, proof] if proof else waits
    paper = waiting.paper_of(submission)
    return [*waits, paper] if paper else waits


def _remind_the_requester(one: RightsRequest, waits: Iterable[Waiting], today: date) -> None:
    """The latest reminder of each plan that is owed by now; the last one gives notice."""
    for wait in waits:
        key = wait.owed(today)
        if key is None or Letter.objects.filter(key=key).exists():
            continue
        if key == wait.notice_key:
            letters.closing_notice(one.submission, key, wait.closes_on(today))
        else:
            letters.identity_task(one.submission, key)


def _told_of_more_time_on(one: Timed) -> date | None:
    """The day on which the requester was last told of a new date."""
    told = [extension.told_at for extension in one.extensions.all() if extension.told_at]
    return timezone.localdate(max(told)) if told else None


def _tell_of_progress(one: Timed, today: date) -> None:
    """Whoever was told of more time hears from us at least every 14 days until we answer (policy §9)."""
    told_on = _told_of_more_time_on(one)
    point = point_reached(PROGRESS, told_on, today) if told_on else None
    if told_on and point is not None:
        key = f"progress:{one.pk}:{told_on:%Y%m%d}:{-point}"
        if not Letter.objects.filter(key=key).exists():
            letters.progress(one, key)


def _files_going(now: datetime) -> None:
    """Delivered files go soon: told a week and two days before, with the day."""
    soon = now + timedelta(days=max(FILES.points))
    packages = Package.objects.filter(
        package_key__destroyed_at=None, package_key__ends_at__gt=now, package_key__ends_at__lte=soon
    ).exclude(noticed_at=None)
    for package in packages.select_related("package_key", "rights_request__submission__check_made"):
        one, ends_at = package.rights_request, package.package_key.ends_at
        if releasing.is_shut(one) or ends_at is None:
            continue
        point = min(days for days in FILES.points if ends_at - now <= timedelta(days=days))
        key = f"files:{package.pk}:{ends_at:%Y%m%d}:{point}"
        if not Letter.objects.filter(key=key).exists():
            letters.files_go(one, key, timezone.localdate(ends_at))
