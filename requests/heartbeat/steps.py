"""The steps of a walk, in order. Each is a small function that says whether it is done; one that is not is tried again
by the next sweep, so each may be begun twice.

What a step does, people do too: it opens pages and fills in forms, and for the rest it looks whether the sweeps have
done their part. Two things only somebody inside can do. It reads the code when it is made, because nobody reads its
mailbox: codes stay random, and those of people are told to nobody. And it moves the day on which proof was asked for,
because nobody waits three days for the reminder: of its own check, and of no other.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from primevox_privacy import signed
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.models import DataKey
from requests import drafts, letters, patience, references
from requests.heartbeat.models import Walk
from requests.heartbeat.visitor import Page, Visitor
from requests.models import Draft, RightsRequest, Submission
from requests.terms import Ending, Right, Status
from verification.models import Certificate, Check, CheckState

NAME = "Primevox test request"
ANSWERS: dict[str, dict[str, str]] = {  # of each page on the way, by its name
    "ask_who": {"capacity": "self"},
    "ask_where": {"residence": "US-TX"},
    "ask_reach": {"name": NAME},
    "ask_check": {},
}
QUEUE = "requests.admin.narrowing.narrowed"  # what the queue shows; named by string, since nobody imports a door
NEW: dict[str, str] = {"step": Status.RECEIVED}


class Broken(Exception):
    """A step went wrong in a way that trying again does not mend. Its text is ours."""


class NotNow(Exception):
    """A step could not be taken this time. Its text is ours."""


# --- Asking ----------------------------------------------------------------------------------------------------
def fill_in_form(walk: Walk) -> bool:
    """From the first page to the receipt. Answers that another worker left half way are thrown away."""
    draft = draft_of(walk)
    if draft is None or draft.submission_id is None:
        if draft:
            drafts.throw_away(draft)
        page = _ask(walk)
        draft = draft_of(walk)
        if draft is None or draft.submission_id is None or _reference(draft.submission) not in page.text:
            raise Broken("no receipt")
    walk.submission = draft.submission
    walk.save(update_fields=["submission"])
    return True


def _ask(walk: Walk) -> Page:
    visitor = Visitor()
    _reached(visitor.open("start"), "start")
    page = _reached(visitor.open("ask"), "ask")
    page = _reached(visitor.fill_in(page, rights=Right.ACCESS), *ANSWERS)
    _mark(walk, visitor)
    for _page in ANSWERS:
        if page.name not in ANSWERS:
            break
        more = {"email": settings.HEARTBEAT_EMAIL} if page.name == "ask_reach" else {}
        page = _reached(visitor.fill_in(page, **ANSWERS[page.name], **more), *ANSWERS, "sent")
    return _reached(page, "sent")


@transaction.atomic
def _mark(walk: Walk, visitor: Visitor) -> None:
    """Before anything is sent, what will be sent is marked as nobody's. Only here, and in the database alone: no page
    takes this mark from whoever asks."""
    request = HttpRequest()
    request.COOKIES = visitor.cookies
    draft = drafts.unsent(request)
    if draft is None:
        raise Broken("no draft")
    Draft.objects.filter(pk=draft.pk).update(synthetic=True)
    walk.draft = draft.pk
    walk.save(update_fields=["draft"])


# --- Mail and code -----------------------------------------------------------------------------------------------
def receipt_leaves(walk: Walk) -> bool:
    return _has_left(Letter.objects.filter(key=letters.receipt_key(_submission(walk))).first())


def come_back(walk: Walk) -> bool:
    """Ask for a code with the reference; once its mail has left, type it."""
    submission, reference = _submission(walk), _reference(_submission(walk))
    if not walk.cookies:
        visitor = Visitor()
        page = _reached(visitor.open("sign_in"), "sign_in")
        _reached(visitor.fill_in(page, reference=reference), "code")
        walk.cookies = visitor.cookies
        walk.save(update_fields=["cookies"])
    walk.refresh_from_db(fields=["code"])
    if not walk.code:
        return False
    if not _has_left(Letter.objects.filter(kind="code", about=submission.pk).order_by("-owed_at").first()):
        return False
    visitor = Visitor(walk.cookies)
    page = _reached(visitor.open("code"), "code", "sign_in")
    if page.name == "sign_in":  # it was let in, and the worker died before it could write down where it was
        walk.cookies, walk.code = None, None
        walk.save(update_fields=["cookies", "code"])
        return False
    page = _reached(visitor.fill_in(page, code=walk.code), "hub")
    if reference not in page.text:
        raise Broken("not on its page")
    walk.cookies = visitor.cookies
    walk.save(update_fields=["cookies"])
    return True


def keep_code(sender: type[Submission], submission: Submission, digits: str, **kwargs: Any) -> None:
    """A code was made for a test request; the walk that asked for it gets to know it, sealed."""
    walk = Walk.objects.open().select_related("walk_key").filter(submission=submission).first()
    if walk:
        walk.code = digits
        walk.save(update_fields=["code"])


# --- Queue and reminder --------------------------------------------------------------------------------------------
def is_in_queue(walk: Walk) -> bool:
    """The queue, and its view of what is new, find it where they look for what people asked."""
    for given in ({}, NEW):
        found = import_string(QUEUE)(given, None, synthetic=True).in_queue_order()
        if not found.filter(submission=walk.submission_id).exists():
            raise Broken("not in the queue")
    return True


def reminder_leaves(walk: Walk) -> bool:
    """As if proof had been asked for three days ago, the sweep of reminders writes to the requester."""
    check = _submission(walk).check_made
    if check is None:
        raise Broken("no proof asked for")
    _bring_near(check, timedelta(days=patience.REMINDED_AFTER[0]))
    reminder = Letter.objects.filter(kind="task_waiting", about=check.subject).first()
    return reminder is not None and _has_left(reminder)


def _bring_near(check: Check, days: timedelta) -> None:
    """Of a test request alone: its check counts as asked for so many days before."""
    synthetic = RightsRequest.objects.synthetic().open().values("submission__check_made")
    asked_at = timezone.now() - days
    own = Check.objects.filter(pk=check.pk, pk__in=synthetic, state=CheckState.OPEN)
    own.filter(asked_at__gt=asked_at + timedelta(days=1)).update(asked_at=asked_at)


# --- The end ---------------------------------------------------------------------------------------------------------
def take_back(walk: Walk) -> bool:
    """By the requester's own button; then they leave."""
    one = _request(walk)
    if one.is_open:
        visitor = Visitor(walk.cookies)
        page = _reached(visitor.open("withdraw", one.reference), "withdraw")
        page = _reached(visitor.fill_in(page), "hub")
        _reached(visitor.fill_in(page, leads_to="sign_out"), "start")
        one = _request(walk)
    if (one.status, one.ending) != (Status.CLOSED, Ending.WITHDRAWN):
        raise Broken("not closed")
    forget_answers(walk)
    return True


def is_destroyed(walk: Walk) -> bool:
    """The sweeps have destroyed every key of it, its proof is certified, and nothing can be read any more."""
    submission, one = _submission(walk), _request(walk)
    owners = [pk for pk in (submission.pk, one.pk, submission.check_made_id, walk.draft) if pk]
    certificate = Certificate.objects.filter(check_made=submission.check_made_id, finished_at__isnull=False).first()
    if certificate is None or DataKey.objects.filter(owner__in=owners, emptied_at=None).exists():
        return False
    try:
        signed.check(certificate.signed_text)
    except signed.NotOurs:
        raise Broken("certificate not signed") from None
    if submission.email or Letter.objects.filter(about=submission.pk).exclude(text=None).exists():
        raise Broken("not forgotten")
    return True


def forget_answers(walk: Walk) -> None:
    """Of a walk, what was sent or not sent is of no use any more."""
    if draft := draft_of(walk):
        drafts.throw_away(draft)


def draft_of(walk: Walk) -> Draft | None:
    return Draft.objects.filter(pk=walk.draft).select_related("draft_key").first() if walk.draft else None


# --- What all of them need -------------------------------------------------------------------------------------------
def _submission(walk: Walk) -> Submission:
    assert walk.submission_id
    return Submission.objects.select_related("contact_key", "check_made").get(pk=walk.submission_id)


def _request(walk: Walk) -> RightsRequest:
    return RightsRequest.objects.synthetic().get(submission=walk.submission_id)


def _reference(submission: Submission | None) -> str:
    assert submission
    return references.spoken(submission.rights_requests.get().reference)


def _reached(page: Page, *names: str) -> Page:
    """The page, if it is one of these. What the portal itself calls a fault of the moment is tried again."""
    if page.status >= 500:
        raise NotNow(str(page))
    if page.status != 200 or page.name not in names:
        raise Broken(str(page))
    return page


def _has_left(letter: Letter | None) -> bool:
    """Whether the mail server took it. A code counts as sent before it is; who has it then holds it under a lease."""
    if letter is None:
        raise Broken("no letter owed")
    if letter.given_up_at:
        raise Broken("letter refused")
    return letter.sent_at is not None and letter.leased_until is None


class Step(NamedTuple):
    """One step: what it is called, what takes it, how long it may take, and where to look when it does not end."""

    name: str
    said: Any
    take: Callable[[Walk], bool]
    within: timedelta
    look_at: Any


STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        Step(
            "form",
            _("the form"),
            fill_in_form,
            timedelta(minutes=5),
            _("Try to send a request yourself. Does ALLOWED_HOSTS name the host of PUBLIC_URL?"),
        ),
        Step(
            "mail",
            _("the receipt by mail"),
            receipt_leaves,
            timedelta(minutes=15),
            _("Does the mail server take mail, and mail to HEARTBEAT_EMAIL? Does the worker run?"),
        ),
        Step(
            "code",
            _("the code to come back"),
            come_back,
            timedelta(minutes=9),  # a code is good for ten
            _("Does the worker run, and does mail leave within minutes? Try to come back to a request yourself."),
        ),
        Step(
            "queue",
            _("the queue"),
            is_in_queue,
            timedelta(minutes=5),
            _("Look whether new requests stand in the queue: people may be waiting whom nobody sees."),
        ),
        Step(
            "reminder",
            _("the reminder"),
            reminder_leaves,
            timedelta(minutes=15),
            _("Does the sweep “owe_reminders” end well? Its log says what breaks it."),
        ),
        Step(
            "taking_back",
            _("taking it back"),
            take_back,
            timedelta(minutes=5),
            _("Try to take a request back yourself."),
        ),
        Step(
            "destruction",
            _("its destruction"),
            is_destroyed,
            timedelta(minutes=15),
            _("Do the sweeps “destroy_owed” and “end_lives” end well? Can PURGE_LEDGER_FILE be written?"),
        ),
    )
}
