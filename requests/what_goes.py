"""What of a case is gone, goes now, goes later, or stays, and by which rule (policy §8, §11), as staff read it.

Reads only. When a life ends is worked out in `keeping.py` and written to its keys; the rules stand in `retention.py`.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from requests import keeping, retention, words
from requests.models import Hold, RightsRequest

HOUR = timedelta(hours=1)
IN_ORDER = ((Life.DOCUMENT,), (Life.PROOF,), (Life.PACKAGE,), (Life.CONTACT, Life.CONTENT), (Life.RECORD,))


class Line(NamedTuple):
    """One kind of data of a case: what becomes of it, and the rule that says so."""

    what: str
    becomes: str
    rule: str


class WhatGoes(NamedTuple):
    """`held`: what keeps all that is left, and until when; empty where nothing does."""

    held: str
    lines: list[Line]


def of(one: RightsRequest) -> WhatGoes:
    """In the order in which things go; what was never there has no line. The last one says what is kept for good.
    What requests of one submission share goes with the last of them."""
    keys = list(keeping.keys_of(one.submission, [one]))
    held, until = _held_by(one) if any(key.held for key in keys) else ("", None)
    sorted_out = [(lives[0], [key for key in keys if key.life in lives]) for lives in IN_ORDER]
    lines = [_line(life, theirs, until) for life, theirs in sorted_out if theirs]
    figures = Line(_("Right, law, dates and outcome, without the person"), _("Stays"), _("For the figures."))
    return WhatGoes(held, [*lines, figures])


def _line(life: Life, keys: Sequence[DataKey], held_until: date | None) -> Line:
    what, rule = _rule(life)
    alive = [key for key in keys if key.destroyed_at is None]
    if not alive:
        gone_at = max(key.destroyed_at for key in keys if key.destroyed_at)
        return Line(what, _("Gone since %(day)s") % {"day": _day(gone_at)}, rule)
    ends = [key.ends_at for key in alive]
    ends_at = None if None in ends else max(each for each in ends if each)
    outlives = ends_at and held_until and timezone.localdate(ends_at) > held_until  # the hold is over by then
    is_held = any(key.held for key in alive) and not outlives
    return Line(what, _held(ends_at) if is_held else _when(life, ends_at), rule)


def _when(life: Life, ends_at: datetime | None) -> str:
    if ends_at is None:
        return _("Goes once identity is decided") if life is Life.DOCUMENT else _("Stays while this goes on")
    if ends_at <= timezone.now():
        return _("Goes now: within minutes")
    return _("Goes later: on %(day)s") % {"day": _day(ends_at)}


def _held(ends_at: datetime | None) -> str:
    if ends_at is None:
        return _("Held")
    said = _("Held: it was due on %(day)s") if ends_at <= timezone.now() else _("Held: else it goes on %(day)s")
    return said % {"day": _day(ends_at)}


def _held_by(one: RightsRequest) -> tuple[str, date | None]:
    """What keeps it, and until when. A freeze has no end of its own; of several holds the last one counts. What was
    due goes once they are over."""
    if one.submission.rights_requests.filter(frozen_at__isnull=False).exists():
        return _("What is still here stays while it is frozen."), None
    hold = Hold.objects.standing().over(one.submission_id).order_by("-ends_on").first()
    if hold is None:
        return "", None
    said = _("What is still here stays while a hold stands: until %(day)s, unless it is lifted before.")
    return said % {"day": words.day(hold.ends_on)}, hold.ends_on


def _rule(life: Life) -> tuple[str, str]:
    """What lies under the keys of a life, and the rule by which it goes. Contact and content go together."""
    return {
        Life.DOCUMENT: (
            _("Papers that show who they are"),
            _("Each original once a clean copy is drawn, the copies when identity is decided (policy §8)."),
        ),
        Life.PROOF: (
            _("Facts that show who they are"),
            _("When the last request is closed; %(hours)s hours later where that can be undone (policy §8).")
            % {"hours": retention.UNDO // HOUR},
        ),
        Life.PACKAGE: (
            _("Files of the answer, and files found in systems"),
            _("%(days)s days after the notice, or %(longer)s if the requester asks; undelivered ones at the closing.")
            % {"days": retention.PACKAGE.days, "longer": 2 * retention.PACKAGE.days},
        ),
        Life.CONTACT: (
            _("Name, contacts, what they wrote, messages, internal notes, and the mails we sent"),
            _(
                "%(days)s days after the last request is closed; later while an appeal can be filed or runs, or files "
                "wait."
            )
            % {"days": retention.CONTACT_AFTER_CLOSING.days},
        ),
        Life.RECORD: (
            _("Letters, a statement that the law wants kept, and reasons"),
            _("%(months)s months after the request is closed (house standard: California’s rule, 11 CCR 7101).")
            % {"months": retention.RECORD_MONTHS},
        ),
    }[life]


def _day(at: datetime) -> str:
    return words.day(timezone.localdate(at))
