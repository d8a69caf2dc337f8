"""What somebody else did to a case since a page of it was shown.

`workflow.overtaken` notices that a step no longer fits. This notices that it would still fit, but that whoever typed
had something else before them: an answer sent back and written anew, a note, a reply. Their step then waits for a
second look, with both texts side by side.
"""

from datetime import datetime

from django.utils.dateparse import parse_datetime

from primevox_privacy.ledger.models import Event
from primevox_privacy.staff.models import User
from requests import identity
from requests.models import RightsRequest
from requests.turns import in_turn

# Looks and clearing away: they change nothing that somebody could have had before them. Nor does what the portal does
# by itself because of something that had been decided before: a new date counts, a search begins.
CHANGES_NOTHING = frozenset(
    {
        *("contact_shown", "identity_looked_at", "paper_looked_at", "customer_record_looked_at"),
        *("answer_file_looked_at", "file_opened", "file_downloaded", "answer_read"),
        *("paper_drawn", "proof_destroyed", "statement_kept"),
        *("extended", "search_begun"),
    }
)


class ChangedMeanwhile(Exception):
    """Somebody changed the case since this version was shown."""

    def __init__(self, since: datetime, events: list[Event]) -> None:
        super().__init__()
        self.since, self.events = since, events


def _events(one: RightsRequest):
    return Event.objects.about(one.pk, one.submission_id, *identity.checks_of(one.submission))


def newest(one: RightsRequest) -> str:
    """The version as a page carries it: when the last thing happened to it."""
    last = _events(one).last()
    return last.at.isoformat() if last else ""


def since(one: RightsRequest, shown: str, *, but: User) -> tuple[datetime, list[Event]] | None:
    """What others did after that version, if anything; a version that nobody carries is as good as none."""
    at = _moment(shown)
    if at is None:
        return None
    events = _events(one).filter(at__gt=at).exclude(kind__in=CHANGES_NOTHING).exclude(actor=but.as_actor)
    found = list(events)
    return (at, found) if found else None


@in_turn
def need_newest(one: RightsRequest, shown: str, *, but: User) -> None:
    """Part of a step, in its transaction. Raises ChangedMeanwhile."""
    if changed := since(one, shown, but=but):
        raise ChangedMeanwhile(*changed)


def _moment(shown: str) -> datetime | None:
    try:
        at = parse_datetime(shown)
    except ValueError:
        return None
    return at if at and at.tzinfo else None
