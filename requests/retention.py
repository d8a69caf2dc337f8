"""When each life ends. Plain Python; instants are UTC, months are calendar months.

Sources: policy §8 (proof: "deleted as soon as practical after processing"), policy §11 (retention), 11 CCR 7101
(24 months of records). What a life covers stands in `primevox_privacy/sealed/lives.py`.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from requests.terms import Ending

UNDO = timedelta(hours=24)  # a withdrawal or a merge can be taken back for so long
CAN_BE_UNDONE = frozenset({Ending.WITHDRAWN, Ending.MERGED})
CONTACT_AFTER_CLOSING = timedelta(days=60)
RECORD_MONTHS = 24
DRAFT = timedelta(days=7)


def proof_ends_at(closed: Iterable[tuple[Ending, datetime]]) -> datetime:
    """When proof goes, given how and when every request that shares it was closed: at the last closing, a day
    later where that can still be undone."""
    return max(at + (UNDO if ending in CAN_BE_UNDONE else timedelta()) for ending, at in closed)


def contact_ends_at(last_closed_at: datetime) -> datetime:
    """When contact and content of a submission go."""
    return last_closed_at + CONTACT_AFTER_CLOSING


def record_ends_at(closed_at: datetime) -> datetime:
    """When the record of a request is anonymised: the same day 24 months later, or that month's last day."""
    years, month = divmod(closed_at.month - 1 + RECORD_MONTHS, 12)
    day = closed_at.day
    while True:
        try:
            return closed_at.replace(year=closed_at.year + years, month=month + 1, day=day)
        except ValueError:
            day -= 1
