"""`manage.py figures --year 2026 --format csv`: how many requests, of which kind, ended how and in how many days."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from requests import yearly


class Command(BaseCommand):
    help = "Prints the yearly figures: requests by right and law, how they ended, mean and median days to an answer."

    def add_arguments(self, parser) -> None:
        last = timezone.localdate().year - 1
        parser.add_argument("--year", type=int, default=last, help=f"the year of receipt; {last} if not given")
        parser.add_argument("--format", choices=yearly.FORMATS, default="text")

    def handle(self, *args, **options) -> None:
        self.stdout.write(yearly.FORMATS[options["format"]](options["year"]), ending="")
