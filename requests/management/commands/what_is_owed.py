"""`manage.py what_is_owed`: what would leave now, or at another moment, if nobody did anything. A dry run."""

from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from requests import rehearsal
from requests.deadlines import HOME


class Command(BaseCommand):
    help = "Print what would leave by itself at a moment. Nothing is sent, nothing is kept, nothing is destroyed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--now", help="like 2026-12-01T09:00; no offset: the office in Texas; left out: now")

    def handle(self, *args: Any, **options: Any) -> None:
        at = moment(options["now"])
        with rehearsal.rehearsal():
            owed = rehearsal.owed_at(at) + rehearsal.ends_between(timezone.now() - timedelta(days=1), at)
        for one in owed:
            self.stdout.write(str(one))
        self.stdout.write(f"{len(owed)} owed by {timezone.localtime(at):%A %Y-%m-%d %H:%M}; a dry run, nothing left.")


def moment(given: str | None) -> datetime:
    """A moment as typed. Raises CommandError with what to type instead."""
    if not given:
        return timezone.now()
    try:
        at = datetime.fromisoformat(given)
    except ValueError:
        raise CommandError("Write the moment like 2026-12-01T09:00 or 2026-12-01T09:00-06:00.") from None
    return at if at.tzinfo else at.replace(tzinfo=HOME)
