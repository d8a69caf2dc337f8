"""When each life ends. Plain Python; instants are UTC, months are calendar months.

Sources: policy §8 (proof: "deleted as soon as practical after processing"), policy §11 (retention), policy §15 (thirty
days), 11 CCR 7101 (24 months of records). What a life covers stands in `primevox_privacy/sealed/lives.py`; how people
read of it, in `what_we_keep.py`.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from requests.terms import Ending

UNDO = timedelta(hours=24)  # a withdrawal or a merge can be taken back for so long
CAN_BE_UNDONE = frozenset({Ending.WITHDRAWN, Ending.MERGED})
CONTACT_AFTER_CLOSING = timedelta(days=60)
PACKAGE = timedelta(days=14)  # a delivered file stays so long after the notice; once more when asked
RECORD_MONTHS = 24
DRAFT = timedelta(days=7)
POLICY_NOTICE = timedelta(days=30)  # policy §15: how long a change of the policy is said
POLICY_LETTER = timedelta(days=10)  # a letter about it is kept so much longer: a mail server may say "not now" for five


def undo_until(ending: str, closed_at: datetime | None) -> datetime | None:
    """Until when a closing can be taken back; None where it cannot, or nothing is closed."""
    return closed_at + UNDO if closed_at and ending in CAN_BE_UNDONE else None


def proof_ends_at(closed: Iterable[tuple[Ending, datetime]]) -> datetime:
    """When proof goes, given how and when every request that shares it was closed: at the last closing, a day
    later where that can still be undone."""
    return max(at + (UNDO if ending in CAN_BE_UNDONE else timedelta()) for ending, at in closed)


def contact_ends_at(last_closed_at: datetime, needed_until: Iterable[datetime]) -> datetime:
    """When contact and content of a submission go: 60 days after the last closing, later where an appeal can still
    be filed or a delivered file is still open."""
    return max(last_closed_at + CONTACT_AFTER_CLOSING, *needed_until, last_closed_at)


def package_ends_at(noticed_at: datetime, *, kept_longer: bool) -> datetime:
    """When delivered files go."""
    return noticed_at + PACKAGE * (2 if kept_longer else 1)


def policy_notice_until(effective_on: date) -> date:
    """The last of the thirty days; the day on which the change takes effect is the first."""
    return effective_on + POLICY_NOTICE - timedelta(days=1)


def policy_letter_until(effective_on: date) -> date:
    """The last day on which letters about a change of the policy are kept."""
    return policy_notice_until(effective_on) + POLICY_LETTER


def record_ends_at(closed_at: datetime) -> datetime:
    """When the record of a request is anonymised: the same day 24 months later, or that month's last day."""
    years, month = divmod(closed_at.month - 1 + RECORD_MONTHS, 12)
    day = closed_at.day
    while True:
        try:
            return closed_at.replace(year=closed_at.year + years, month=month + 1, day=day)
        except ValueError:
            day -= 1
