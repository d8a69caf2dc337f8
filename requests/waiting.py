"""What waits for the requester, since when, and from when on their silence may end a request.

How often they are reminded and how long a notice gives stands in `patience.py`. The days of a notice run from when it
really left, to the end of the last of them. Whatever the requester writes meanwhile ends the notice.
"""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone

from primevox_privacy.ledger.models import Event, record
from primevox_privacy.outbox.models import Letter
from primevox_privacy.staff.models import User
from requests import acting_for, clock, identity, letters, patience, post
from requests.models import Message, RightsRequest, Submission
from requests.models.submission import Direction
from requests.terms import DateKind, ExtensionReason, Status
from requests.turns import in_turn
from verification.levels import AssuranceLevel
from verification.models import Check, CheckState

NOTICED = "notice"


class Waiting(NamedTuple):
    """One thing that the requester was asked for."""

    key: str  # of its letters, without the point of the plan
    since: datetime
    by_law: date | None  # the first date set by law that waits with it

    @property
    def plan(self) -> patience.Plan | None:
        return patience.plan(timezone.localdate(self.since), self.by_law)

    @property
    def notice_key(self) -> str:
        return f"{self.key}:{NOTICED}"

    def owed(self, today: date) -> str | None:
        """The key of the latest letter of the plan that is owed by that day; those missed before it stay unsaid."""
        plan = self.plan
        if plan and plan.noticed_on <= today:
            return self.notice_key
        reached = [day for day in plan.reminded_on if day <= today] if plan else []
        return f"{self.key}:{(max(reached) - timezone.localdate(self.since)).days}" if reached else None

    def next_on(self, today: date) -> date | None:
        """The next day of the plan after that day."""
        days = (*self.plan.reminded_on, self.plan.noticed_on) if self.plan else ()
        return min((day for day in days if day > today), default=None)

    def closes_on(self, noticed_on: date) -> date:
        """The last day of a notice that leaves on that day."""
        return noticed_on + (self.plan.notice if self.plan else timedelta(days=patience.NOTICE))


def question_of(rights_request: RightsRequest) -> Waiting | None:
    """A question, or a fee to accept."""
    since = rights_request.waiting_since
    if rights_request.status != Status.WAITING or since is None:
        return None
    asked_at = post.asked_at(rights_request.submission, since)
    key = f"task:{rights_request.pk}:{since:%Y%m%d%H%M}"
    return Waiting(key, asked_at, clock.date_by_law(rights_request)) if asked_at else None


def proof_of(submission: Submission) -> Waiting | None:
    """The identity check, while it is open."""
    check: Check | None = submission.check_made
    if check is None or check.state != CheckState.OPEN:
        return None
    came_to_know = _written_to_since(submission, check.asked_at)
    asked_at = post.asked_at(submission, came_to_know) if came_to_know else None
    return Waiting(f"task:{check.pk}:{check.asked_at:%Y%m%d%H%M}", asked_at, _by_law(submission)) if asked_at else None


def _written_to_since(submission: Submission, asked_at: datetime) -> datetime | None:
    """From when on proof is waited for. Whoever came from a spreadsheet knows of nothing before our first letter."""
    if not submission.imported_as:
        return asked_at
    first = Letter.objects.filter(about=submission.pk).order_by("owed_at").first()
    return max(asked_at, first.owed_at) if first else None


def paper_of(submission: Submission) -> Waiting | None:
    """The paper that shows an authority, until one is given."""
    since = acting_for.wants_paper_since(submission)
    asked_at = post.asked_at(submission, since) if since else None
    return Waiting(f"task:{submission.pk}:{since:%Y%m%d%H%M}", asked_at, _by_law(submission)) if asked_at else None


def _by_law(submission: Submission) -> date | None:
    """The first date set by law of what waits for the same proof."""
    return min((day for one in _need_proof(submission) if (day := clock.date_by_law(one))), default=None)


def _need_proof(submission: Submission) -> list[RightsRequest]:
    return [one for one in submission.rights_requests.open() if one.needs > AssuranceLevel.T0]


def of(rights_request: RightsRequest) -> list[Waiting]:
    """Everything this request waits for the requester with."""
    submission = rights_request.submission
    shown = [proof_of(submission), paper_of(submission)] if rights_request.needs > AssuranceLevel.T0 else []
    return [one for one in (question_of(rights_request), *shown) if one and rights_request.is_open]


def notice_ended_at(rights_request: RightsRequest) -> datetime | None:
    """When the days of a notice ended or will end; None where no notice has left yet, or it was answered."""
    given = notice_given(rights_request)
    if given is None or _wrote_since(rights_request, given.at):
        return None
    arrived_on = post.arrives_on(given.letter) if given.letter else timezone.localdate(given.at)
    return _after(given.of.closes_on(arrived_on))


class Notice(NamedTuple):
    """That the requester was told that their request may end."""

    at: datetime
    of: Waiting
    letter: Letter | None = None  # None where staff told them in another way


def notice_given(rights_request: RightsRequest) -> Notice | None:
    """The first notice of what waits now: the letter that left, or what staff told them where none could leave."""
    by_key = {one.notice_key: one for one in of(rights_request)}
    left = Letter.objects.filter(key__in=by_key, sent_at__isnull=False).order_by("sent_at").first()
    if left and left.sent_at:
        return Notice(left.sent_at, by_key[left.key], left)
    told = Event.objects.filter(about=rights_request.pk, kind="notice_given").order_by("-at").first()
    if told is None:
        return None
    on = timezone.localdate(told.at)
    waited = [one for one in by_key.values() if one.plan and one.plan.noticed_on <= on]
    return Notice(told.at, waited[0]) if waited else None


def _wrote_since(rights_request: RightsRequest, at: datetime) -> bool:
    written = Message.objects.filter(submission_id=rights_request.submission_id, written_at__gte=at)
    return written.filter(direction=Direction.FROM_REQUESTER).exists()


def _after(day: date) -> datetime:
    """The moment at which a local day is over."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


# --- Asking, with time for it ----------------------------------------------------------------------------
def ask_for_proof(submission: Submission, key: str, *, by: User) -> None:
    """The letter that asks for proof once more. Where our target ends before their reminders and notice would, the
    same letter moves it (policy §9). Part of a verb."""
    times = dict[RightsRequest, date]()
    if identity.can_be_told(submission):
        asked = [one for one in _need_proof(submission) if one.frozen_at is None]
        times = {one: until for one in asked if (until := clock.time_to_answer(one))}
    letter = letters.task(submission, key, max(times.values(), default=None))
    for one, until in times.items():
        _move_target(one, until, letter, by=by)


@in_turn
def give_notice(submission: Submission, wait: Waiting, today: date) -> None:
    """The last reminder: without a word by the last day of the notice we may close. Our target moves to that day
    where it ends sooner, and the same letter says so (policy §9)."""
    closes_on, reason = wait.closes_on(today + post.days_more(submission)), ExtensionReason.WAITING_FOR_YOU
    waits = [one for one in submission.rights_requests.open() if wait.key in {each.key for each in of(one)}]
    moved = [one for one in waits if clock.why_not_extend(one, DateKind.TARGET, reason, closes_on) is None]
    letter = letters.closing_notice(submission, wait.notice_key, closes_on, closes_on if moved else None)
    for one in moved if letter else ():
        _move_target(one, closes_on, letter, by=None)


def _move_target(one: RightsRequest, until: date, letter: Letter | None, *, by: User | None) -> None:
    reason = ExtensionReason.WAITING_FOR_YOU
    clock.take_more_time(one, DateKind.TARGET, reason, until, letter, by=by)
    said = {"of": DateKind.TARGET, "reason": reason, "until": until.isoformat()}
    record(one.pk, "extension_decided", by=by.as_actor if by else "system", **said)
