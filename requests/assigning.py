"""Whose work it is: the next one for whoever asks, and passing requests on, one by one or all that somebody
has. An assignment can be taken back for a day.

Who is given a request has not begun it: it stays where it stands until they take it, and so does what the requester
reads. Everything else about a request stays as it is, so nothing here releases, refuses or decides.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Least
from django.utils import timezone
from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import Event, event
from primevox_privacy.staff.models import User
from primevox_privacy.turns import try_turn
from requests import clock, proof_here, roles, workflow
from requests.models import Answer, RightsRequest
from requests.terms import Status
from requests.turns import in_turn
from requests.workflow import NotAllowed, actor, need, overtaken

UNDONE_WITHIN = timedelta(hours=24)
CHANGES_HANDS = ("taken", "assigned", "assignment_undone")
TRIES = 20  # how many that a colleague is at right now are passed over
Step = tuple[RightsRequest, Any, Event]  # what is passed on, to whom (by id, or nobody), and what the record says of it


# --- The next one --------------------------------------------------------------------------------------------------
def take_next(*, by: User) -> RightsRequest | None:
    """Take the first in the order of the queue that nobody has and that this role works on; None where none is left.

    Its row is locked while nobody else waits for it: rows that a colleague is taking are skipped, and so is a request
    on which somebody takes a step at this moment. So no two get the same, and no two wait for each other.
    """
    need(by, "take")
    passed_over: list[Any] = []
    for _try in range(TRIES):
        with transaction.atomic():
            waiting = to_take(by).exclude(pk__in=passed_over).in_queue_order()
            one = waiting.select_for_update(of=("self",), skip_locked=True).first()
            if one is None:
                return None
            if try_turn(one.submission_id):
                workflow.take(one, by=by)
                return one
        passed_over.append(one.pk)
    return None


def to_take(by: User) -> Any:
    """What nobody has, is not frozen, and has a step next that this person's role takes."""
    theirs: Any = Q(pk__in=[])
    if roles.may(by, "turn_into"):
        theirs |= Q(status__in=[Status.RECEIVED, Status.IN_PROGRESS])
    if roles.may(by, "release"):
        own = Answer.objects.in_review().filter(rights_request=OuterRef("pk"), drafted_by=by)
        theirs |= Q(status=Status.IN_REVIEW) & ~Exists(own)
    if roles.may(by, "decide_identity"):
        theirs |= ~Q(status=Status.IN_REVIEW) & proof_here.to_compare()
    return RightsRequest.objects.of_people().open().filter(theirs, handler=None, frozen_at=None)


# --- Passing on ------------------------------------------------------------------------------------------------------
def people() -> QuerySet[User]:
    """Who can be given a request: whoever signs in and may take one."""
    able = User.objects.filter(is_active=True, is_staff=True, groups__name__in=roles.MAY["take"])
    return able.distinct().order_by("first_name", "last_name", "username")


def why_not_assign(one: RightsRequest, to: User) -> str | None:
    """Why it cannot be passed to this person, in words for staff; None if it can."""
    if not (to.is_active and to.is_staff and roles.may(to, "take")):
        return _("%(who)s does not work on requests.") % {"who": to}
    if to.is_away(timezone.localdate()):
        return _("%(who)s is away.") % {"who": to}
    if not one.is_open:
        return _("It is closed.")
    if one.handler_id == to.pk:
        return _("%(who)s has it already.") % {"who": to}
    return None


def assign(rights_request: RightsRequest, to: User, *, by: User) -> None:
    """Give it to somebody. They are told of its dates from tomorrow on."""
    need(by, "assign")
    (why_not,) = assign_all([(rights_request, to)], by=by)
    if why_not:
        raise NotAllowed(why_not)


@in_turn
def assign_all(pairs: Sequence[tuple[RightsRequest, User]], *, by: User) -> list[str | None]:
    """Give each to somebody; for each why it was not, or None. Each is a step with an event of its own, but all are
    written together: two hundred are a few statements."""
    need(by, "assign")
    now = _as_they_stand(one for one, _to in pairs)
    steps: list[Step] = []
    said: list[str | None] = []
    for one, to in pairs:
        why_not = why_not_assign(one, to)
        if not why_not and (one.pk not in now or now[one.pk].handler_id != one.handler_id):
            why_not = str(overtaken(one))
        if not why_not:
            detail = {"to": str(to.pk), "was": str(one.handler_id or "")}
            steps.append((one, to.pk, event(one.pk, "assigned", by=actor(by), **detail)))
        said.append(why_not)
    _hand_over(steps)
    return said


def undo_assign(rights_request: RightsRequest, *, by: User) -> None:
    """Within 24 hours it goes back to who had it before, unless they have begun or passed it on."""
    need(by, "undo_assign")
    (why_not,) = undo_all([rights_request], by=by)
    if why_not:
        raise NotAllowed(why_not)


@in_turn
def undo_all(requests: Sequence[RightsRequest], *, by: User) -> list[str | None]:
    """The same for many; for each why it was not, or None."""
    need(by, "undo_assign")
    now = _as_they_stand(requests)
    last = _last_assignments(now.values())
    steps: list[Step] = []
    said: list[str | None] = []
    for one in requests:
        if found := last.get(one.pk):
            one.handler_id = now[one.pk].handler_id
            detail = {"to": found.detail["was"], "was": found.detail["to"]}
            made = event(one.pk, "assignment_undone", by=actor(by), **detail)
            steps.append((one, found.detail["was"] or None, made))
            said.append(None)
        else:
            said.append(_("It has moved on meanwhile, so this cannot be undone. Pass it on instead."))
    _hand_over(steps)
    return said


def last_assignment(one: RightsRequest) -> Event | None:
    """The assignment that can still be undone, if there is one."""
    return _last_assignments([one]).get(one.pk)


def _last_assignments(requests: Iterable[RightsRequest]) -> dict[Any, Event]:
    """By request, the assignment that can still be undone."""
    handlers = {one.pk: str(one.handler_id) for one in requests}
    changes = Event.objects.filter(about__in=handlers, kind__in=CHANGES_HANDS).order_by("at")
    last = {change.about: change for change in changes}
    since = timezone.now() - UNDONE_WITHIN
    return {
        pk: change
        for pk, change in last.items()
        if change.kind == "assigned" and change.at > since and change.detail["to"] == handlers[pk]
    }


def _as_they_stand(requests: Iterable[RightsRequest]) -> dict[Any, RightsRequest]:
    """Those that are open now, by their id. From here to commit nobody else changes whose they are."""
    found = RightsRequest.objects.open().filter(pk__in=[one.pk for one in requests]).order_by("pk")
    return {one.pk: one for one in found.only("handler_id").select_for_update(of=("self",))}


def _hand_over(steps: Sequence[Step]) -> None:
    """Change the handlers, and write each step down."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    for one, to, _event in steps:
        one.handler_id, one.look_on = to, clock.look_soon(one)
    for to in {to for _one, to, _event in steps}:
        theirs = RightsRequest.objects.filter(pk__in=[one.pk for one, new, _event in steps if new == to])
        theirs.update(handler=to, look_on=Least("look_on", tomorrow))
    Event.objects.bulk_create([made for _one, _to, made in steps])


# --- All that somebody has -----------------------------------------------------------------------------------------
def of(who: User | None) -> QuerySet[RightsRequest]:
    """Everything open that this person has, or that nobody has, in the order of the queue."""
    return RightsRequest.objects.of_people().open().filter(handler=who).select_related("handler").in_queue_order()


def share_out(requests: Sequence[RightsRequest], to: Sequence[User]) -> list[tuple[RightsRequest, User]]:
    """Each request with who gets it: always whoever has least by then, so that what is due first is spread, too."""
    having = RightsRequest.objects.of_people().open().filter(handler__in=to).order_by()
    having = having.values_list("handler").annotate(Count("pk"))
    load = dict.fromkeys((person.pk for person in to), 0) | dict(having)
    shared = []
    for one in requests:
        least = min(to, key=lambda person: (load[person.pk], to.index(person)))
        load[least.pk] += 1
        shared.append((one, least))
    return shared
