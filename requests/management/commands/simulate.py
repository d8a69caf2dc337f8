"""`manage.py simulate --days 60`: what would go out when in the days to come, if nobody did anything."""

from argparse import ArgumentParser
from datetime import datetime, time, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from requests import rehearsal
from requests.deadlines import HOME

LOOKED_AT = time(8, 5)  # local time of the office: just after the letters of the morning
LONGEST = 730  # days


class Command(BaseCommand):
    help = "Print day by day what would go out and end by itself. A dry run on the data at hand; the demo's, say."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=60, help="how many days ahead (60)")

    def handle(self, *args: Any, **options: Any) -> None:
        days = options["days"]
        if not 1 <= days <= LONGEST:
            raise CommandError(f"Choose 1 to {LONGEST} days.")
        total, before = 0, timezone.now()
        with rehearsal.rehearsal():
            for at in _mornings(before, days):
                owed = rehearsal.owed_at(at) + rehearsal.ends_between(before, at)
                for one in owed:
                    self.stdout.write(str(one))
                total, before = total + len(owed), at
        self.stdout.write(f"{total} in {days} days; a dry run, nothing left.")


def _mornings(now: datetime, days: int) -> list[datetime]:
    today = timezone.localtime(now, HOME).date()
    mornings = [datetime.combine(today + timedelta(days=n), LOOKED_AT, HOME) for n in range(days + 1)]
    return [at for at in mornings if at >= now][:days]
