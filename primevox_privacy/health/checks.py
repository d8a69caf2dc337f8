"""The one list of checks. Each is a small function: is something not done by now that should be?

A finding has a name, for programs and for everybody; and a sentence without personal data, for staff. RED means that
somebody has to look now; NOTICE that something waits for staff, and turns red when nobody sees to it.

To add one, copy a function and name it in CHECKS. Upper floors are named there by string.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.db import Error, connection
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from primevox_privacy.health import sweeps
from primevox_privacy.ledger import seals
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed import replaying
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey

logger = logging.getLogger(__name__)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CERTIFIED = (Life.PROOF, Life.DOCUMENT)


class State(StrEnum):
    """How a check came out."""

    OK = "ok"
    NOTICE = "notice"
    RED = "red"


class Finding(NamedTuple):
    """What one check found."""

    name: str
    state: State
    said: str


Check = Callable[[datetime], Finding]


def database(now: datetime) -> Finding:
    """It answers. While it does not, nothing else can be looked at."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return Finding("database", State.RED, _("The database does not answer."))
    return Finding("database", State.OK, _("The database answers."))


def sweeps_ran(now: datetime) -> Finding:
    """Every line of the table of periodic work ran in time: five minutes, or two hours for what runs hourly."""
    late = sweeps.late(now)
    if not late:
        return Finding("sweeps", State.OK, _("All periodic work ran in time."))
    said = ngettext(
        "%(number)d piece of periodic work has not run in time: %(names)s. Do scheduler and worker run?",
        "%(number)d pieces of periodic work have not run in time: %(names)s. Do scheduler and worker run?",
        len(late),
    )
    return Finding("sweeps", State.RED, said % {"number": len(late), "names": ", ".join(sorted(late))})


def letters_left(now: datetime) -> Finding:
    """No letter has been owed for more than an hour."""
    if not (number := Letter.objects.overdue(now - HOUR).count()):
        return Finding("letters_owed", State.OK, _("No letter has been owed for more than an hour."))
    said = ngettext(
        "%(number)d letter has been owed for more than an hour. Does the mail server take mail?",
        "%(number)d letters have been owed for more than an hour. Does the mail server take mail?",
        number,
    )
    return Finding("letters_owed", State.RED, said % {"number": number})


def proof_is_destroyed(now: datetime) -> Finding:
    """What was given as proof of identity is gone a day after its end at the latest (policy §8)."""
    if not (number := DataKey.objects.over(now - DAY).filter(life__in=CERTIFIED).count()):
        return Finding("proof_overdue", State.OK, _("Proof of identity is destroyed in time."))
    said = ngettext(
        "Proof of identity of %(number)d check should have been destroyed more than a day ago.",
        "Proof of identity of %(number)d checks should have been destroyed more than a day ago.",
        number,
    )
    return Finding("proof_overdue", State.RED, said % {"number": number})


def lives_ended(now: datetime) -> Finding:
    """No other data is kept for more than a day past its end (policy §11)."""
    if not (number := DataKey.objects.over(now - DAY).exclude(life__in=CERTIFIED).count()):
        return Finding("data_overdue", State.OK, _("All data is deleted in time."))
    said = ngettext(
        "The data under %(number)d key should have been deleted more than a day ago.",
        "The data under %(number)d keys should have been deleted more than a day ago.",
        number,
    )
    return Finding("data_overdue", State.RED, said % {"number": number})


def record_is_sealed(now: datetime) -> Finding:
    """What happened is under a seal within ten minutes (policy §12)."""
    since = seals.unsealed_since(now)
    if since is None:
        return Finding("record_unsealed", State.OK, _("The record is sealed."))
    said = _("The record has not been sealed since %(at)s.") % {"at": _moment(since)}
    return Finding("record_unsealed", State.RED, said)


def purges_are_replayed(now: datetime) -> Finding:
    """What was destroyed has not come back with a backup."""
    if not replaying.is_restored():
        return Finding("restored", State.OK, _("Nothing that was destroyed has come back."))
    said = _("A backup brought back data that was destroyed. Run “manage.py replay_purges” before anybody works here.")
    return Finding("restored", State.RED, said)


def _moment(instant: datetime) -> str:
    return date_format(timezone.localtime(instant), "DATETIME_FORMAT")


CHECKS: tuple[Check | str, ...] = (
    database,
    sweeps_ran,
    letters_left,
    "requests.undelivered.to_requesters",
    "requests.undelivered.to_us",
    "requests.print_queue.letters_are_posted",
    proof_is_destroyed,
    "verification.overdue.certificates_are_written",
    "verification.overdue.papers_are_drawn",
    "verification.overdue.no_codes_are_guessed",
    lives_ended,
    record_is_sealed,
    purges_are_replayed,
    "requests.heartbeat.standing.comes_through",
)


def look(now: datetime | None = None) -> list[Finding]:
    """What every check finds now. A check that breaks is red itself."""
    now = now or timezone.now()
    found = list[Finding]()
    for one in CHECKS:
        check: Check = import_string(one) if isinstance(one, str) else one
        found.append(_tried(check, now))
        if found[0].state is State.RED:
            break  # the database is away
    return found


def _tried(check: Check, now: datetime) -> Finding:
    try:
        return check(now)
    except Exception as error:  # whatever it is: health says so instead of breaking
        logger.error("the check %s broke: %s", check.__name__, type(error).__name__)
        said = _("The check “%(name)s” could not be made.") % {"name": check.__name__}
        return Finding(check.__name__, State.RED, said)
