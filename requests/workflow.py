"""The one place that moves a request. A table says what is allowed; a verb does it; the update itself checks
that nobody was faster. Nothing else writes `status`.

Every verb is one transaction and takes its turn (`turns.py`): the move, its event, the letters it owes, and when
each life ends. `by` is a member of staff, REQUESTER or SYSTEM; what a role may do stands in `roles.py`. Verbs of one
noun stand in a file of theirs and move requests through `move`, `close` and `reopen`: `appeals`, `fees`, `joining`,
`stopping`.
"""

from collections.abc import Iterable
from datetime import date

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import Event, record
from primevox_privacy.sealed.models import DataKey, SealedFile
from primevox_privacy.sealed.uploads import SealedUpload
from primevox_privacy.staff.models import User
from requests import clock, identity, keeping, letters, releasing, retention, roles, signals, words
from requests.answers import Draft as AnswerDraft
from requests.models import Answer, Attachment, Fee, Message, Package, RightsRequest, Submission
from requests.models.submission import Direction
from requests.terms import DateKind, Ending, ExtensionReason, FeeOutcome, Status
from requests.turns import in_turn

REQUESTER, SYSTEM = "requester", "system"
By = User | str

MOVES: dict[Status, frozenset[Status]] = {
    Status.RECEIVED: frozenset({Status.IN_PROGRESS, Status.WAITING, Status.CLOSED}),
    Status.IN_PROGRESS: frozenset({Status.WAITING, Status.IN_REVIEW, Status.CLOSED}),
    Status.WAITING: frozenset({Status.IN_PROGRESS, Status.IN_REVIEW, Status.CLOSED}),
    Status.IN_REVIEW: frozenset({Status.IN_PROGRESS, Status.CLOSED}),
    Status.CLOSED: frozenset({Status.RECEIVED, Status.IN_PROGRESS, Status.WAITING}),  # by `reopen` alone
}
CAN_BE_REOPENED = retention.CAN_BE_UNDONE | keeping.APPEALABLE  # by an undo within a day; by an appeal


class NotAllowed(Exception):
    """A step that cannot be taken now. Its text tells staff why, and what to do next."""

    def __init__(self, why: str | Promise) -> None:
        super().__init__(str(why))


def actor(by: By) -> str:
    """How the record names who did it."""
    return by.as_actor if isinstance(by, User) else by


def need(by: By, verb: str) -> None:
    """Raise NotAllowed unless the role of a member of staff allows the verb."""
    if isinstance(by, User) and not roles.may(by, verb):
        raise NotAllowed(_("Your role cannot do this. Ask a colleague whose role can."))


def need_not_frozen(rights_request: RightsRequest) -> None:
    """Nothing leaves while somebody's "this was not me", or our own doubt, is not cleared up. Who presses that a
    moment later has their turn after this step; who pressed a moment ago is noticed."""
    if RightsRequest.objects.filter(pk=rights_request.pk, frozen_at__isnull=False).exists():
        raise NotAllowed(_("This request is frozen. Nothing leaves until it is free again."))


def _need_reachable(rights_request: RightsRequest) -> None:
    """A question or a new date that nobody can be told of is none."""
    if not identity.can_be_told(rights_request.submission):
        raise NotAllowed(_("The requester left no way to be told. Answer in time, or call them."))


def overtaken(rights_request: RightsRequest) -> NotAllowed:
    """Somebody was faster: who, with what, and when."""
    last = Event.objects.filter(about=rights_request.pk).order_by("-at").first()
    if last is None:
        return NotAllowed(_("This request has moved on meanwhile. Look at it again before the next step."))
    pk = last.actor.removeprefix("staff:")
    staff = User.objects.filter(pk=pk).first() if pk != last.actor else None
    who = str(staff) if staff else _("the requester") if last.actor == REQUESTER else _("the portal")
    return NotAllowed(
        _("Somebody was faster: %(who)s, at %(time)s, “%(what)s”. Look at this request again before the next step.")
        % {
            "who": who,
            "time": timezone.localtime(last.at).strftime("%H:%M"),
            "what": words.TIMELINE_FOR_STAFF.get(last.kind, last.kind),
        }
    )


# --- Moving ----------------------------------------------------------------------------------------------
def move(
    rights_request: RightsRequest, to: Status, kind: str, *, by: By, detail: dict | None = None, **changes
) -> None:
    """Change the status if the table allows it and nobody was faster; write the one event."""
    came_from = Status(rights_request.status)
    if came_from is Status.CLOSED or to not in MOVES[came_from]:
        raise overtaken(rights_request)
    _change(rights_request, to, kind, by=by, detail=detail, **changes)


def close(rights_request: RightsRequest, ending: Ending, *, by: By, **changes) -> None:
    """End it, and set when each life ends. Proof ends when the last request that shares it has closed."""
    now = timezone.now()
    move(
        rights_request,
        Status.CLOSED,
        "closed",
        by=by,
        detail={"ending": ending},
        ending=ending,
        closed_at=now,
        closed_from=rights_request.status,
        **changes,
    )
    Answer.objects.in_review().filter(rights_request=rights_request).update(sent_back_at=now)
    outcome = FeeOutcome.DECLINED if ending is Ending.WITHDRAWN else FeeOutcome.WAIVED
    Fee.objects.unanswered().filter(rights_request=rights_request).update(outcome=outcome, answered_at=now)
    keeping.settle(rights_request.submission_id)


def reopen(rights_request: RightsRequest, to: Status, kind: str, *, by: By, **changes) -> None:
    """Take up again what was closed, with its history. What ends with a closing does not end now."""
    if rights_request.status != Status.CLOSED or rights_request.ending not in CAN_BE_REOPENED:
        raise overtaken(rights_request)
    assert to in MOVES[Status.CLOSED]
    changes |= {"ending": "", "closed_at": None, "closed_from": "", "merged_into": None}
    if to is Status.WAITING:
        changes["waiting_since"] = timezone.now()
    _change(rights_request, to, kind, by=by, **changes)
    identity.renew(rights_request.submission)
    keeping.settle(rights_request.submission_id)


def _change(rights_request: RightsRequest, to: Status, kind: str, *, by: By, detail: dict | None = None, **changes):
    was = {"status": rights_request.status, "closed_at": rights_request.closed_at}
    changes["status"] = to
    if to is not Status.WAITING:
        changes.setdefault("waiting_since", None)
    if not RightsRequest.objects.filter(pk=rights_request.pk, **was).update(**changes):
        raise overtaken(rights_request)
    for name, value in changes.items():
        setattr(rights_request, name, value)
    record(rights_request.pk, kind, by=actor(by), **(detail or {}))


# --- Working ---------------------------------------------------------------------------------------------
@in_turn
def take(rights_request: RightsRequest, *, by: User) -> None:
    """Make it mine. A request that somebody already works on changes hands."""
    need(by, "take")
    if rights_request.status == Status.RECEIVED:
        soon = clock.look_soon(rights_request)
        move(rights_request, Status.IN_PROGRESS, "taken", by=by, handler=by, look_on=soon)
        signals.request_taken.send(RightsRequest, rights_request=rights_request)
        return
    if rights_request.handler_id == by.pk:
        raise NotAllowed(_("It is yours already."))
    others = RightsRequest.objects.open().filter(pk=rights_request.pk, handler=rights_request.handler_id)
    if not others.update(handler=by, look_on=clock.look_soon(rights_request)):
        raise overtaken(rights_request)
    rights_request.handler = by
    record(rights_request.pk, "taken", by=actor(by))
    signals.request_taken.send(RightsRequest, rights_request=rights_request)


@in_turn
def ask(
    rights_request: RightsRequest,
    text: str,
    files: Iterable[SealedUpload] = (),
    *,
    by: User,
    stops_clock: bool = False,
) -> None:
    """Put a question to the requester, with time for the answer: where our target ends before their reminders and
    notice would, the same letter moves it (policy §9). The clock of the law goes on; `stops_clock`: it rests where
    that law lets it, because we cannot go on without the answer."""
    need(by, "ask")
    need_not_frozen(rights_request)
    _need_reachable(rights_request)
    until = clock.time_to_answer(rights_request)
    move(rights_request, Status.WAITING, "asked", by=by, detail=clock.said_of(until), waiting_since=timezone.now())
    question = write(rights_request, Direction.TO_REQUESTER, text, files, by=by)
    letter = letters.question(rights_request, question, until)
    clock.give_time(rights_request, until, letter, by=by)
    if stops_clock and clock.waits_for_answers(rights_request):
        clock.pause(rights_request)


@in_turn
def tell(rights_request: RightsRequest, text: str, files: Iterable[SealedUpload] = (), *, by: User) -> None:
    """Write to the requester without asking anything; whether the request is open or closed."""
    need(by, "tell")
    need_not_frozen(rights_request)
    _need_reachable(rights_request)
    message = write(rights_request, Direction.TO_REQUESTER, text, files, by=by)
    record(rights_request.pk, "told", by=actor(by))
    letters.message(rights_request, message)


@in_turn
def reply(rights_request: RightsRequest, text: str, files: Iterable[SealedUpload] = ()) -> None:
    """The requester writes to us, as long as messages are kept; an open question is answered by it. A fee is answered
    by its own verb."""
    rights_request.refresh_from_db(fields=["status", "ending", "closed_at"])
    asks_for_money = Fee.objects.unanswered().filter(rights_request=rights_request).exists()
    if rights_request.status == Status.WAITING and not asks_for_money:
        move(rights_request, Status.IN_PROGRESS, "replied", by=REQUESTER)
        clock.end_pause(rights_request)
    else:
        record(rights_request.pk, "wrote", by=REQUESTER)
    written = write(rights_request, Direction.FROM_REQUESTER, text, files, by=None)
    if not rights_request.is_open:
        letters.wrote_after_closing(rights_request, written)


@in_turn
def note(rights_request: RightsRequest, text: str, *, by: User) -> None:
    """An internal note; it never leaves the staff desk."""
    need(by, "note")
    write(rights_request, Direction.INTERNAL, text, by=by)
    record(rights_request.pk, "noted", by=actor(by))


def write(
    rights_request: RightsRequest,
    direction: Direction,
    text: str,
    files: Iterable[SealedUpload] = (),
    *,
    by: User | None,
) -> Message:
    """Keep a message, sealed, with its files. Part of a verb, which records it."""
    if not DataKey.objects.alive().select_for_update(no_key=True).filter(pk=rights_request.content_key_id).exists():
        raise NotAllowed(_("The messages of this request are deleted. A new request can be sent at any time."))
    message = Message.objects.create(
        submission_id=rights_request.submission_id,
        rights_request=rights_request,
        direction=direction,
        content_key=rights_request.content_key,
        text=text,
        written_by=by,
    )
    for upload in files:
        stored = SealedFile.store(rights_request.content_key, upload.name or "", upload.chunks())
        Attachment.objects.create(message=message, content_key=rights_request.content_key, file=stored)
    return message


@in_turn
def enter_contact_on_file(rights_request: RightsRequest, email: str, on_file_since: date, *, by: User) -> None:
    """A verifier enters a contact from the controller's own record. Answers above T0 are told to it alone."""
    need(by, "enter_contact_on_file")
    submission = rights_request.submission
    why_not = identity.why_not_contact(submission, on_file_since)
    if why_not := why_not or releasing.why_not_replace_contact(submission, email):
        raise NotAllowed(why_not)
    identity.enter_contact(submission, email, on_file_since, by=by)


@in_turn
def extend(
    rights_request: RightsRequest, of: DateKind, reason: ExtensionReason, promised_on: date, *, by: User
) -> None:
    """Take more time (policy §9): before the date passes, within the bound of the law, with a reason, and told. The
    new date counts once its letter was handed over to the mail server (`clock.count_extensions_told`)."""
    need(by, "extend")
    need_not_frozen(rights_request)  # more time that the requester cannot be told of is none
    locked = RightsRequest.objects.get(pk=rights_request.pk)
    if not locked.is_open:
        raise NotAllowed(_("This request is closed; there is nothing to extend."))
    _need_reachable(rights_request)
    if why_not := clock.why_not_extend(locked, of, reason, promised_on):
        raise NotAllowed(why_not)
    letter = letters.more_time(locked, reason, promised_on)
    clock.take_more_time(locked, of, reason, promised_on, letter, by=by)
    record(locked.pk, "extension_decided", by=actor(by), of=of, reason=reason, until=promised_on.isoformat())


@in_turn
def answer(rights_request: RightsRequest, draft: AnswerDraft, *, by: User) -> Answer:
    """Draft the answer. It goes to a second person where `releasing` demands one, and out at once where not."""
    need(by, releasing.verb_for(draft.ending))
    need_not_frozen(rights_request)
    identity.look_again(rights_request)
    if Answer.objects.in_review().filter(rights_request=rights_request).exists():
        raise overtaken(rights_request)  # a draft waits for its second reader
    if why_not := releasing.why_not_answer(rights_request, draft):
        raise NotAllowed(why_not)
    made = Answer(
        rights_request=rights_request,
        ending=draft.ending,
        grounds=list(draft.grounds),
        record_key=rights_request.record_key,
        letter=draft.letter(rights_request),
        holds_call_records=draft.holds_call_records,
        needs_second_person=releasing.needs_second_person(rights_request, draft.ending),
        drafted_by=by,
    )
    if made.needs_second_person:
        move(rights_request, Status.IN_REVIEW, "drafted", by=by, detail={"ending": draft.ending})
        made.save(force_insert=True)
    else:
        made.save(force_insert=True)
        _send_out(made, rights_request, by=by)
    return made


@in_turn
def release(rights_request: RightsRequest, *, by: User) -> None:
    """A second person has read the draft and lets it go. Closes the request."""
    need(by, "release")
    need_not_frozen(rights_request)
    draft = Answer.objects.in_review().filter(rights_request=rights_request).first()
    if draft is None:
        raise overtaken(rights_request)
    if draft.drafted_by_id == by.pk:
        raise NotAllowed(_("Who drafted an answer cannot release it. Ask another approver."))
    _send_out(draft, rights_request, by=by)


@in_turn
def send_back(rights_request: RightsRequest, why: str, *, by: User) -> None:
    """Not yet: the draft goes back with a note."""
    need(by, "send_back")
    if not Answer.objects.in_review().filter(rights_request=rights_request).exists():
        raise overtaken(rights_request)
    move(rights_request, Status.IN_PROGRESS, "sent_back", by=by)
    Answer.objects.in_review().filter(rights_request=rights_request).update(sent_back_at=timezone.now())
    write(rights_request, Direction.INTERNAL, why, by=by)


def take_back_drafts(submission: Submission) -> None:
    """Who asks has to be shown anew, so no answer that rests on it may leave. Part of a verb."""
    for one in submission.rights_requests.filter(status=Status.IN_REVIEW).select_related("submission__check_made"):
        if not identity.is_shown(one):
            move(one, Status.IN_PROGRESS, "sent_back", by=SYSTEM)
            Answer.objects.in_review().filter(rights_request=one).update(sent_back_at=timezone.now())


def _send_out(made: Answer, rights_request: RightsRequest, *, by: User) -> None:
    if why_not := releasing.why_not_release(rights_request, made):
        raise NotAllowed(why_not)
    now = timezone.now()
    Answer.objects.filter(pk=made.pk, released_at=None).update(released_by=by, released_at=now)
    collected = Package.objects.filter(rights_request=rights_request, noticed_at=None)
    collected.filter(package_key__destroyed_at=None).update(answer=made, noticed_at=now)
    close(rights_request, Ending(made.ending), by=by)
    letters.answer_ready(rights_request)


# --- Taking back -----------------------------------------------------------------------------------------
@in_turn
def withdraw(rights_request: RightsRequest, *, by: By, why: str = "") -> None:
    """The requester may withdraw at any time before the answer (policy §6); staff may do it on her behalf, and
    then say how they were told. Not while frozen: who asks may not be the one whose request it is."""
    need(by, "withdraw")
    need_not_frozen(rights_request)
    close(rights_request, Ending.WITHDRAWN, by=by)
    if isinstance(by, User):
        write(rights_request, Direction.INTERNAL, why, by=by)
    letters.closed(rights_request)


@in_turn
def undo(rights_request: RightsRequest, *, by: By) -> None:
    """Within 24 hours a withdrawal or a merge is taken back: the request stands where it stood, dates and all. A
    draft that was in review has gone back to who wrote it."""
    need(by, "undo")
    need_not_frozen(rights_request)
    if releasing.is_not_theirs(rights_request):
        raise NotAllowed(_("The person whose data it is said that they never asked. It stays closed."))
    closed_at = rights_request.closed_at
    until = retention.undo_until(rights_request.ending, closed_at)
    if until is None:
        raise overtaken(rights_request)
    if timezone.now() >= until:
        raise NotAllowed(_("That was more than 24 hours ago, so it can no longer be undone. Send a new request."))
    stood = Status(rights_request.closed_from)
    reopen(rights_request, Status.IN_PROGRESS if stood is Status.IN_REVIEW else stood, "undone", by=by)
    settled_by_it = Fee.objects.filter(rights_request=rights_request, answered_at=closed_at)
    settled_by_it.update(outcome="", answered_at=None)
    letters.undone(rights_request)
