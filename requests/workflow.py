"""The one place that moves a request. A table says what is allowed; a verb does it; the update itself checks
that nobody was faster. Nothing else writes `status`.

Every verb is one transaction: the move, its event, the letters it owes, and when each life ends. `by` is a member
of staff, REQUESTER or SYSTEM; what a role may do stands in `roles.py`.
"""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import record
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from primevox_privacy.staff.models import User
from requests import assurance, clock, identity, letters, releasing, retention, roles
from requests.answers import Draft as AnswerDraft
from requests.models import Answer, Extension, Message, RightsRequest, Submission
from requests.models.submission import Direction
from requests.terms import DateKind, Ending, ExtensionReason, Right, Status

REQUESTER, SYSTEM = "requester", "system"
By = User | str

MOVES: dict[Status, frozenset[Status]] = {
    Status.RECEIVED: frozenset({Status.IN_PROGRESS, Status.CLOSED}),
    Status.IN_PROGRESS: frozenset({Status.WAITING, Status.IN_REVIEW, Status.CLOSED}),
    Status.WAITING: frozenset({Status.IN_PROGRESS, Status.IN_REVIEW, Status.CLOSED}),
    Status.IN_REVIEW: frozenset({Status.IN_PROGRESS, Status.CLOSED}),
    Status.CLOSED: frozenset(),
}


class NotAllowed(Exception):
    """A step that cannot be taken now. Its text tells staff why, and what to do next."""

    def __init__(self, why: str | Promise) -> None:
        super().__init__(str(why))


def actor(by: By) -> str:
    """How the record names who did it."""
    return by.as_actor if isinstance(by, User) else by


def _need(by: By, verb: str) -> None:
    if isinstance(by, User) and not roles.may(by, verb):
        raise NotAllowed(_("Your role cannot do this. Ask a colleague whose role can."))


def _need_reachable(rights_request: RightsRequest) -> None:
    """A question or a new date that nobody can be told of is none."""
    if not rights_request.submission.email:
        raise NotAllowed(_("The requester left no address to write to. Answer in time, or call them."))


def _move(rights_request: RightsRequest, to: Status, kind: str, *, by: By, detail: dict | None = None, **changes):
    """Change the status if the table allows it and nobody was faster; write the one event."""
    came_from = Status(rights_request.status)
    if to not in MOVES[came_from]:
        raise NotAllowed(_("This request has moved on meanwhile. Look at it again before the next step."))
    changes["status"] = to
    if to is not Status.WAITING:
        changes.setdefault("waiting_since", None)
    if not RightsRequest.objects.filter(pk=rights_request.pk, status=came_from).update(**changes):
        raise NotAllowed(_("Somebody else was faster. Look at this request again before the next step."))
    for name, value in changes.items():
        setattr(rights_request, name, value)
    record(rights_request.pk, kind, by=actor(by), **(detail or {}))


@transaction.atomic
def take(rights_request: RightsRequest, *, by: User) -> None:
    """Make it mine. A request that somebody already works on changes hands."""
    _need(by, "take")
    if rights_request.status == Status.RECEIVED:
        _move(rights_request, Status.IN_PROGRESS, "taken", by=by, handler=by)
        return
    others = RightsRequest.objects.open().filter(pk=rights_request.pk, handler=rights_request.handler_id)
    if rights_request.handler_id == by.pk or not others.update(handler=by):
        raise NotAllowed(_("It is yours already, it is closed, or somebody else was faster."))
    rights_request.handler = by
    record(rights_request.pk, "taken", by=actor(by))


@transaction.atomic
def turn_into(rights_request: RightsRequest, right: Right, *, about_marketing: bool = False, by: User) -> None:
    """Say which right an unsure request is about. Its clock has run from receipt all the time."""
    _need(by, "turn_into")
    if rights_request.right != Right.UNSURE or right is Right.UNSURE or not rights_request.is_open:
        raise NotAllowed(_("Only an open request that is not sure yet can be turned into a right."))
    rights_request.right = right
    rights_request.about_marketing = about_marketing
    rights_request.level = assurance.least_level(right, about_marketing=about_marketing)
    rights_request.save(update_fields=["right", "about_marketing", "level"])
    clock.set_dates(rights_request)
    identity.ask_for(rights_request.submission, rights_request.needs, by=by)
    record(rights_request.pk, "turned_into", by=actor(by), right=right)


@transaction.atomic
def ask(rights_request: RightsRequest, text: str, *, by: User) -> None:
    """Put a question to the requester. The clock of the law goes on."""
    _need(by, "ask")
    _need_reachable(rights_request)
    _move(rights_request, Status.WAITING, "asked", by=by, waiting_since=timezone.now())
    question = _write(rights_request, Direction.TO_REQUESTER, text, by=by)
    letters.question(rights_request, question)


@transaction.atomic
def reply(rights_request: RightsRequest, text: str) -> None:
    """The requester writes to us; an open question is answered by it."""
    if rights_request.status == Status.WAITING:
        _move(rights_request, Status.IN_PROGRESS, "replied", by=REQUESTER)
    else:
        record(rights_request.pk, "wrote", by=REQUESTER)
    _write(rights_request, Direction.FROM_REQUESTER, text, by=None)


@transaction.atomic
def note(rights_request: RightsRequest, text: str, *, by: User) -> None:
    """An internal note; it never leaves the staff desk."""
    _need(by, "note")
    _write(rights_request, Direction.INTERNAL, text, by=by)
    record(rights_request.pk, "noted", by=actor(by))


def _write(rights_request: RightsRequest, direction: Direction, text: str, *, by: User | None) -> Message:
    return Message.objects.create(
        submission_id=rights_request.submission_id,
        rights_request=rights_request,
        direction=direction,
        content_key=rights_request.content_key,
        text=text,
        written_by=by,
    )


@transaction.atomic
def enter_contact_on_file(rights_request: RightsRequest, email: str, on_file_since: date, *, by: User) -> None:
    """A verifier enters a contact from the controller's own record. Answers above T0 are told to it alone."""
    _need(by, "enter_contact_on_file")
    if why_not := identity.why_not_contact(rights_request.submission, on_file_since):
        raise NotAllowed(why_not)
    identity.enter_contact(rights_request.submission, email, on_file_since, by=by)


@transaction.atomic
def extend(
    rights_request: RightsRequest, of: DateKind, reason: ExtensionReason, promised_on: date, *, by: User
) -> None:
    """Take more time (policy §9): before the date passes, within the bound of the law, with a reason, and told."""
    _need(by, "extend")
    locked = RightsRequest.objects.select_for_update().get(pk=rights_request.pk)
    if not locked.is_open:
        raise NotAllowed(_("This request is closed; there is nothing to extend."))
    _need_reachable(rights_request)
    if why_not := clock.why_not_extend(locked, of, reason, promised_on):
        raise NotAllowed(why_not)
    extension = Extension.objects.create(
        rights_request=locked,
        of=of,
        reason=reason,
        was_on=clock.current_date(locked, of),
        promised_on=promised_on,
        notified_on=timezone.localdate(),
        decided_by=by,
    )
    clock.set_dates(locked)
    rights_request.refresh_from_db()
    record(locked.pk, "extended", by=actor(by), of=of, reason=reason, until=promised_on.isoformat())
    letters.more_time(locked, extension)


@transaction.atomic
def answer(rights_request: RightsRequest, draft: AnswerDraft, *, by: User) -> Answer:
    """Draft the answer. It goes to a second person where `releasing` demands one, and out at once where not."""
    _need(by, releasing.verb_for(draft.ending))
    if why_not := releasing.why_not_answer(rights_request, draft):
        raise NotAllowed(why_not)
    made = Answer(
        rights_request=rights_request,
        ending=draft.ending,
        grounds=list(draft.grounds),
        record_key=rights_request.record_key,
        letter=draft.letter(rights_request),
        needs_second_person=releasing.needs_second_person(rights_request, draft.ending),
        drafted_by=by,
    )
    if made.needs_second_person:
        _move(rights_request, Status.IN_REVIEW, "drafted", by=by, detail={"ending": draft.ending})
        made.save(force_insert=True)
    else:
        made.save(force_insert=True)
        _send_out(made, rights_request, by=by)
    return made


@transaction.atomic
def release(rights_request: RightsRequest, *, by: User) -> None:
    """A second person has read the draft and lets it go. Closes the request."""
    _need(by, "release")
    draft = Answer.objects.in_review().select_for_update().filter(rights_request=rights_request).first()
    if draft is None or rights_request.status != Status.IN_REVIEW:
        raise NotAllowed(_("There is no draft in review here."))
    if draft.drafted_by_id == by.pk:
        raise NotAllowed(_("Who drafted an answer cannot release it. Ask another approver."))
    if why_not := releasing.why_not_release(rights_request, draft):
        raise NotAllowed(why_not)
    _send_out(draft, rights_request, by=by)


@transaction.atomic
def send_back(rights_request: RightsRequest, why: str, *, by: User) -> None:
    """Not yet: the draft goes back with a note."""
    _need(by, "send_back")
    _move(rights_request, Status.IN_PROGRESS, "sent_back", by=by)
    Answer.objects.in_review().filter(rights_request=rights_request).update(sent_back_at=timezone.now())
    _write(rights_request, Direction.INTERNAL, why, by=by)


@transaction.atomic
def withdraw(rights_request: RightsRequest, *, by: By, why: str = "") -> None:
    """The requester may withdraw at any time before the answer (policy §6); staff may do it on her behalf, and
    then say how they were told."""
    _need(by, "withdraw")
    Answer.objects.in_review().filter(rights_request=rights_request).update(sent_back_at=timezone.now())
    _close(rights_request, Ending.WITHDRAWN, by=by)
    if isinstance(by, User):
        _write(rights_request, Direction.INTERNAL, why, by=by)
    letters.closed(rights_request)


def _send_out(made: Answer, rights_request: RightsRequest, *, by: User) -> None:
    now = timezone.now()
    Answer.objects.filter(pk=made.pk, released_at=None).update(released_by=by, released_at=now)
    _close(rights_request, Ending(made.ending), by=by)
    letters.answer_ready(rights_request)


def _close(rights_request: RightsRequest, ending: Ending, *, by: By) -> None:
    """End it, and set when each life ends. Proof ends when the last request that shares it has closed."""
    now = timezone.now()
    submission = Submission.objects.select_for_update().get(pk=rights_request.submission_id)
    _move(
        rights_request,
        Status.CLOSED,
        "closed",
        by=by,
        detail={"ending": ending},
        ending=ending,
        closed_at=now,
    )
    DataKey.objects.filter(pk=rights_request.record_key_id).update(ends_at=retention.record_ends_at(now))
    set_ends_of_lives(submission, now)


def set_ends_of_lives(submission: Submission, now: datetime) -> None:
    """Write down when proof, contact and content of a submission end: now that all is closed, or not yet."""
    requests = list(submission.rights_requests.all())
    all_closed = not any(rights_request.is_open for rights_request in requests)
    proof_ends = contact_ends = None
    if all_closed:
        closed = [(Ending(one.ending), one.closed_at) for one in requests if one.closed_at]
        proof_ends = retention.proof_ends_at(closed)
        contact_ends = retention.contact_ends_at(max(at for _ending, at in closed))
    Submission.objects.filter(pk=submission.pk).update(closed_at=now if all_closed else None)
    alive = DataKey.objects.alive()
    alive.filter(owner=submission.pk, life__in=[Life.CONTACT, Life.CONTENT]).update(ends_at=contact_ends)
    if submission.check_made_id:
        alive.filter(owner=submission.check_made_id, life=Life.PROOF).update(ends_at=proof_ends)
