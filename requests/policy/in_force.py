"""Which version of the policy holds on a day, and how long a change that matters is said (policy §15). Plain Python."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol, TypeVar

from requests.retention import policy_notice_until


class Version(Protocol):
    """What counts of a version here."""

    @property
    def effective_on(self) -> date: ...

    @property
    def material(self) -> bool: ...


V = TypeVar("V", bound=Version)


def _by_day(version: Version) -> date:
    return version.effective_on


def in_force(versions: Iterable[V], today: date) -> V | None:
    """The version that holds today: the latest whose day has come."""
    return max((one for one in versions if one.effective_on <= today), key=_by_day, default=None)


def before(versions: Iterable[V], version: Version) -> V | None:
    """The version that another one took the place of."""
    return max((one for one in versions if one.effective_on < version.effective_on), key=_by_day, default=None)


def after(versions: Iterable[V], version: Version) -> V | None:
    """The version that takes the place of another one."""
    return min((one for one in versions if one.effective_on > version.effective_on), key=_by_day, default=None)


def coming(versions: Iterable[V], today: date) -> list[V]:
    """Versions whose day has not come, the next one first."""
    return sorted((one for one in versions if one.effective_on > today), key=_by_day)


def changed_lately(versions: Iterable[V], today: date) -> V | None:
    """The last change that matters, while its thirty days run; smaller changes after it do not end them."""
    running = (one for one in worth_a_letter(versions, today) if one.effective_on <= today)
    return max(running, key=_by_day, default=None)


def worth_a_letter(versions: Iterable[V], today: date) -> list[V]:
    """Changes that matter and can be mailed: from loading to the last of the thirty days."""
    said = (one for one in versions if one.material and today <= policy_notice_until(one.effective_on))
    return sorted(said, key=_by_day)
