"""Who looked at what people gave to show who they are, and how often: told to the mailbox each working morning
(policy §8, §12). Names of staff and numbers only; whose it was stands in the record.
"""

from collections import Counter
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from primevox_privacy.staff.models import User
from requests import letters
from requests.patience import is_working_day

KINDS = ("identity_looked_at", "paper_looked_at", "customer_record_looked_at")
LONGEST = timedelta(days=7)  # what one letter looks back, after an outage


def owe(today: date) -> None:
    """One letter a working day, about everything since the one before; none when nobody looked."""
    key = f"looks:{today.isoformat()}"
    if not is_working_day(today) or Letter.objects.filter(key=key).exists():
        return
    since = _told_until(today)
    if found := looks(since, today):
        letters.looks(key, since, found)


def _told_until(today: date) -> date:
    """The first day that no letter has told of."""
    oldest = today - LONGEST
    before = Letter.objects.filter(kind="looks", owed_at__gte=_midnight(oldest)).order_by("-owed_at").first()
    if before:
        return max(oldest, date.fromisoformat(before.key.partition(":")[2]))
    return oldest


def looks(since: date, until: date) -> list[tuple[str, int, int]]:
    """Who looked how often, and into how many checks, from the first day to the day before the last; most first."""
    events = Event.objects.filter(kind__in=KINDS, at__gte=_midnight(since), at__lt=_midnight(until))
    times, into = Counter[str](), dict[str, set]()
    for actor, about in events.values_list("actor", "about"):
        times[actor] += 1
        into.setdefault(actor, set()).add(about)
    names = {user.as_actor: str(user) for user in User.objects.filter(pk__in=_pks(times))}
    return [(names.get(actor, actor), number, len(into[actor])) for actor, number in times.most_common()]


def _pks(actors: Counter[str]) -> list[str]:
    return [actor.removeprefix("staff:") for actor in actors if actor.startswith("staff:")]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
