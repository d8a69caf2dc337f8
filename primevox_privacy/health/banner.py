"""What the desk shows of health, and what the public address says: looked at anew every few seconds at most, so that
nobody can burden the database by asking."""

from datetime import timedelta

from django.core.cache import cache
from django.utils.translation import get_language

from primevox_privacy.health import checks
from primevox_privacy.health.checks import Finding, State

FRESH = timedelta(seconds=20)


def standing() -> list[Finding]:
    """Every finding, at most 20 seconds old, in the language of who asks."""
    return cache.get_or_set(f"health:{get_language()}", checks.look, FRESH.total_seconds()) or []


def names(found: list[Finding], state: State) -> list[str]:
    return [one.name for one in found if one.state is state]


def to_show() -> list[Finding]:
    """What staff should notice, the worst first."""
    return sorted((one for one in standing() if one.state is not State.OK), key=lambda one: one.state != State.RED)
