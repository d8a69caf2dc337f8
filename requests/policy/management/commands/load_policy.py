"""`manage.py load_policy FILE --effective DATE [--material]`: take in what the controller published, word for word."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from requests import retention, words
from requests.policy import drawing, loading
from requests.policy.loading import Loaded, NotLoaded


def day(given: str) -> date:
    return date.fromisoformat(given)


class Command(BaseCommand):
    help = "Load a version of the privacy policy from a Markdown file. Older versions stay readable."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?")
        parser.add_argument("--effective", type=day, metavar="DATE", help="from which day it holds, as 2023-06-01")
        parser.add_argument("--material", action="store_true", help="a change that matters: said for thirty days")
        parser.add_argument("--dry-run", action="store_true", help="read and check, write nothing")
        parser.add_argument("--take-back", type=day, metavar="DATE", help="a version that was loaded by mistake goes")

    def handle(self, *args: Any, **options: Any) -> None:
        file, effective_on, take_back = options["file"], options["effective"], options["take_back"]
        if bool(take_back) == bool(file or effective_on) or bool(file) != bool(effective_on):
            raise CommandError("Give a FILE and --effective DATE, or --take-back DATE alone.")
        try:
            with transaction.atomic():
                said = self._take_back(take_back) if take_back else self._load(file, effective_on, options["material"])
                if options["dry_run"]:
                    transaction.set_rollback(True)
        except NotLoaded as why:
            raise CommandError(str(why)) from None
        except OSError as fault:
            raise CommandError(f"The file cannot be opened ({type(fault).__name__}).") from None
        self.stdout.write(f"Nothing was written. It would say: {said}" if options["dry_run"] else said)

    def _take_back(self, effective_on: date) -> str:
        loading.take_back(effective_on)
        return f"Taken back: the version of {effective_on}."

    def _load(self, file: Path, effective_on: date, material: bool) -> str:
        loaded = loading.load(loading.read(file.read_bytes()), effective_on, material=material)
        parts = len(drawing.draw(loaded.version.text).parts)
        return f"{_began(loaded)} {_holds(effective_on)} It has {parts} headings. {_notice(loaded)}".strip()


def _began(loaded: Loaded) -> str:
    if loaded.now_material:
        return f"Already loaded: the version of {loaded.version.effective_on}. It is marked as material from now on."
    begin = "Loaded" if loaded.is_new else "Already loaded"
    return f"{begin}: the version of {loaded.version.effective_on}."


def _holds(effective_on: date) -> str:
    verb = "takes effect" if effective_on > timezone.localdate() else "took effect"
    return f"It {verb} on {words.day(effective_on)}."


def _notice(loaded: Loaded) -> str:
    last = retention.policy_notice_until(loaded.version.effective_on)
    if not loaded.version.material:
        return ""
    if last < timezone.localdate():
        return f"The thirty days of its notice were over on {last}."
    return f"Its notice is shown until {last}. To mail it as well: manage.py mail_policy_notice"
