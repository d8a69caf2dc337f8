"""Who has to be reminded of what by now. Owed, not scheduled: the sweep asks what should be out by now, unique
keys make asking twice harmless, and after an outage only the latest of a missed series goes out.

When somebody is told stands in `reminder_plan.py` and `patience.py`, what staff are told in `digests.py`. Every open
request and appeal bears the day on which it is looked at next (`look_on`), never more than LONGEST_UNSEEN ahead: so one
index finds what a sweep owes, and nothing that began meanwhile is missed.

The requester is reminded of what waits for them, and told of progress.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Any, NamedTuple, cast

from django.db.models import Max, Prefetch, QuerySet
from django.utils import timezone

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox import letters as outbox
from primevox_privacy.outbox.models import Letter
from requests import (
    absence,
    digests,
    holds,
    identity,
    letters,
    looks,
    references,
    releasing,
    reminder_plan,
    waiting,
)
from requests.clock import Timed
from requests.digests import MAILBOX, Line
from requests.inventory import reminding
from requests.models import Appeal, Extension, Hold, Package, Reminder, RightsRequest
from requests.patience import is_tight, is_working_day
from requests.reminder_plan import BY_LAW, DUE, FILES, PROGRESS, UNASSIGNED, UNTOUCHED, Plan, point_reached
from requests.waiting import Waiting

MORNING = time(8, 0)  # local time of the office
LONGEST_UNSEEN = timedelta(days=3)  # as long as the first point of what can begin meanwhile, but near a law's date
BATCH = 500


class Look(NamedTuple):
    """One request or appeal whose day has come."""

    one: Timed
    touched_on: date | None = None  # the last step of anybody; of an appeal nobody asks
    waits: tuple[Waiting, ...] = ()  # with what it waits for the requester


def owe(now: datetime | None = None) -> None:
    """Write down every reminder owed by now."""
    local = timezone.localtime(now or timezone.now())
    _files_going(local)
    if local.time() >= MORNING:
        _holds_ending(local.date())
        looks.owe(local.date())
        reminding.owe(local.date())
        _look_at_all(local.date())
    _look_at_synthetic_ones(local.date())


# --- Looking ----------------------------------------------------------------------------------------------
def _look_at_all(today: date) -> None:
    """Look at everything whose day has come. Killed on the way, the next sweep looks again."""
    lines: dict[str, list[Line]] = defaultdict(list)
    next_looks: dict[Timed, date] = {}
    requests = RightsRequest.objects.of_people().open()
    for look in chain(_requests_among(requests, today), _appeals(today)):
        if isinstance(look.one, RightsRequest):
            _remind_the_requester(look.one, look.waits, today)
        _tell_of_progress(look.one, today)
        if is_working_day(today):
            digests.tell_of_danger(look.one, today)
            for to, line in _lines_of(look, today):
                lines[to].append(line)
        next_looks[look.one] = _next_look(look, today)
    for to in sorted(lines):
        for line in digests.send(to, lines[to], today):
            next_looks[line.of] = today + timedelta(days=1)  # today's digest has left already
    _look_again(next_looks, today)


def _look_at_synthetic_ones(today: date) -> None:
    """Of a test request nobody is told but the one who asked, at whatever hour. Comes last, so that whatever keeps
    people from being reminded keeps it, too."""
    for look in _requests_among(RightsRequest.objects.synthetic().open(), today):
        _remind_the_requester(cast(RightsRequest, look.one), look.waits, today)


def _told_of_late() -> QuerySet[Reminder]:
    return Reminder.objects.filter(told_at__gt=timezone.now() - timedelta(days=60))


def _requests_among(requests: Any, today: date) -> Iterator[Look]:
    told, requests = _told_of_late(), requests.filter(look_on__lte=today).order_by("look_on", "pk")
    requests = requests.select_related("handler__deputy", "submission__contact_key", "submission__check_made")
    requests = requests.prefetch_related(
        "due_dates", Prefetch("extensions", Extension.objects.told()), Prefetch("reminders", told)
    )
    for batch in _in_batches(requests):
        events = Event.objects.filter(about__in=[one.pk for one in batch]).order_by().values_list("about")
        touched_at = dict(events.annotate(last=Max("at")))
        for one in batch:
            touched_on = timezone.localdate(touched_at.get(one.pk, one.submission.received_at))
            yield Look(one, touched_on, tuple(_waits_of(one)))


def _appeals(today: date) -> Iterator[Look]:
    appeals, told = Appeal.objects.open().filter(look_on__lte=today), _told_of_late()
    appeals = appeals.select_related("handler__deputy", "rights_request__submission__contact_key")
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
    one, due = look.one, digests.set_by_law(look.one)
    unseen = timedelta(days=1) if due and is_tight(today + LONGEST_UNSEEN, due.due_on) else LONGEST_UNSEEN
    days = [today + unseen]
    staff = [
        (DUE, digests.office_day(one, one.leading_on)),
        *([(BY_LAW, due.last_on)] if due else []),
        *_plans_of_neglect(look),
    ]
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
    hears = absence.stands_in(one.handler, today)
    handler = str(hears.pk) if hears and hears.email else None
    told = {(told.to, told.plan, told.due_on, told.days_left) for told in digests.case_of(one).reminders.all()}
    for plan, on in ((DUE, digests.office_day(one, one.leading_on)), *_plans_of_neglect(look)):
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
            waiting.give_notice(one.submission, wait, today)
        else:
            letters.task(one.submission, key)


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
