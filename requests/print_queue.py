"""The print queue: letters to people without mail are printed and posted by hand, and count from the day of posting.

A code to come back is never kept, so a letter that bears one makes it while it is printed. A first code is printed for
whoever has none. Printed again before it was posted, the letter bears another one, and the first print is waste.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from primevox_privacy.health.checks import Finding, State
from primevox_privacy.ledger.models import record
from primevox_privacy.outbox.models import Letter
from primevox_privacy.staff.models import User
from primevox_privacy.turns import wait_for_turn
from requests import continuation, patience
from requests.models import Submission
from requests.models.submission import Direction
from requests.turns import in_turn
from requests.workflow import NotAllowed, need, write

SHOWN_AFTER = timedelta(days=60)  # so long a letter may still come back


@dataclass(frozen=True)
class Printed:
    """One letter as it goes to the printer, with a code that only this print knows."""

    letter: Letter
    code: str = ""


def waiting() -> QuerySet[Letter]:
    """What is to be printed and posted, the oldest first."""
    return Letter.objects.to_post().order_by("owed_at")


def posted_of_late() -> QuerySet[Letter]:
    """What may still come back."""
    since = timezone.now() - SHOWN_AFTER
    known = Letter.objects.filter(by_post=True, sent_at__gt=since, refused_at=None).exclude(address=None)
    return known.select_related("posted_by").order_by("-sent_at")


@transaction.atomic
def print_all(letters: Iterable[uuid.UUID], *, with_new_code: bool = False, by: User) -> list[Printed]:
    """Print letters, each with the code that it needs. Raises NotAllowed for the first that cannot be printed."""
    found = list(waiting().filter(pk__in=letters).select_related("address_key"))
    if not found:
        raise NotAllowed(_("Tick at least one letter that is still to be posted."))
    wait_for_turn(*(letter.about for letter in found))
    submissions = Submission.objects.select_related("contact_key").in_bulk([letter.about for letter in found])
    return [_print(submissions[letter.about], letter, with_new_code, by=by) for letter in found]


@in_turn
def _print(submission: Submission, letter: Letter, with_new_code: bool, *, by: User) -> Printed:
    need(by, "print_letter")
    if submission.rights_requests.exclude(frozen_at=None).exists():
        raise NotAllowed(_("A ticked letter belongs to a frozen request. Nothing leaves until it is free again."))
    if not waiting().filter(pk=letter.pk).exists():
        raise NotAllowed(_("A ticked letter was posted meanwhile. Load the page anew."))
    code = ""
    if with_new_code and not letter.prints_code:
        code = continuation.replace(submission, by=by)
    elif letter.prints_code or not submission.continuation_digest:
        code = continuation.on_letter(submission, letter, by=by)
    changes = {"printed_at": timezone.now(), "prints_code": letter.prints_code or bool(code)}
    Letter.objects.filter(pk=letter.pk).update(**changes)
    record(submission.pk, "letter_printed", by=by.as_actor, letter=str(letter.pk), code=bool(code))
    return Printed(letter, code)


def why_not_posted(letter: Letter, on: date) -> str | None:
    """Why a letter cannot have been posted on that day, in words for staff; None if it can."""
    if letter.printed_at is None:
        return _("Print it first.")
    if on > timezone.localdate():
        return _("That day is still to come.")
    if on < timezone.localdate(letter.owed_at):
        return _("That is before the letter was written.")
    return None


@transaction.atomic
def post_all(letters: Iterable[uuid.UUID], on: date, *, by: User) -> int:
    """Say that letters were posted on that day; how many. Raises NotAllowed for the first that cannot have been."""
    found = list(waiting().filter(pk__in=letters))
    if not found:
        raise NotAllowed(_("Tick at least one letter that is still to be posted."))
    for letter in found:
        if why_not := why_not_posted(letter, on):
            raise NotAllowed(f"“{letter.subject}”: {why_not}")
    wait_for_turn(*(letter.about for letter in found))
    submissions = Submission.objects.in_bulk([letter.about for letter in found])
    for letter in found:
        _post(submissions[letter.about], letter, on, by=by)
    return len(found)


@in_turn
def _post(submission: Submission, letter: Letter, on: date, *, by: User) -> None:
    """From here on it counts as sent: a new date is told, and a notice runs (`post.py`)."""
    need(by, "post_letter")
    noon = timezone.make_aware(datetime.combine(on, time(12)))
    sent_at = min(max(noon, letter.owed_at), timezone.now())
    if Letter.objects.to_post().filter(pk=letter.pk).update(sent_at=sent_at, posted_by=by):
        record(submission.pk, "letter_posted", by=by.as_actor, letter=str(letter.pk), on=on.isoformat())


def told_otherwise(letter: uuid.UUID, how: str, *, by: User) -> None:
    """They know already, by telephone or in person: the letter need not leave. How is noted. Raises NotAllowed."""
    found = waiting().filter(pk=letter).first()
    if found is None:
        raise NotAllowed(_("That letter no longer waits. Load the page anew."))
    if not how.strip():
        raise NotAllowed(_("Write how and when you told them."))
    _tell_otherwise(Submission.objects.get(pk=found.about), found, how, by=by)


@in_turn
def _tell_otherwise(submission: Submission, letter: Letter, how: str, *, by: User) -> None:
    need(by, "settle_letters")
    now = timezone.now()
    if Letter.objects.to_post().filter(pk=letter.pk).update(given_up_at=now, settled_at=now):
        first = submission.rights_requests.select_related("content_key").order_by("reference")[0]
        write(first, Direction.INTERNAL, how, by=by)
        record(submission.pk, "letters_settled", by=by.as_actor)


def came_back(letter: uuid.UUID, *, by: User) -> None:
    """The post brought it back: its reader does not know what it says, so somebody reaches them otherwise."""
    found = posted_of_late().filter(pk=letter).first()
    if found is None:
        raise NotAllowed(_("That letter is no longer listed. Load the page anew."))
    _came_back(Submission.objects.get(pk=found.about), found, by=by)


@in_turn
def _came_back(submission: Submission, letter: Letter, *, by: User) -> None:
    need(by, "post_letter")
    if Letter.objects.filter(pk=letter.pk, refused_at=None).update(refused_at=timezone.now()):
        record(submission.pk, "letter_refused", by=by.as_actor, letter=str(letter.pk))


# --- Health --------------------------------------------------------------------------------------------------
def letters_are_posted(now: datetime) -> Finding:
    """A letter to be printed waits for staff at once; red when a whole working day has passed over it."""
    owed = list(Letter.objects.to_post().values_list("owed_at", flat=True))
    if not owed:
        return Finding("letters_to_post", State.OK, _("No letter waits to be printed and posted."))
    said = ngettext(
        "%(number)d letter waits to be printed and posted.",
        "%(number)d letters wait to be printed and posted.",
        len(owed),
    )
    today = timezone.localdate(now)
    is_late = patience.working_days_before(today, 1) > timezone.localdate(min(owed))
    return Finding("letters_to_post", State.RED if is_late else State.NOTICE, said % {"number": len(owed)})
