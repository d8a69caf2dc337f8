"""`manage.py replay_purges [FILE]`: after a restore, destroy again what was destroyed since the backup."""

import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from primevox_privacy.sealed import replaying


class Command(BaseCommand):
    help = (
        "Destroys again every key that the purge ledger names. Run it after each restore, before the portal opens;"
        " killed at any moment it can be run again. Exit 0: done. Exit 1: some lines were not obeyed, or (--check)"
        " keys are there that the ledger names."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="default: PURGE_LEDGER_FILE")
        parser.add_argument("--check", action="store_true", help="destroy nothing: say how many are there again")

    def handle(self, *args, **options) -> None:
        file = options["file"] or settings.PURGE_LEDGER_FILE
        if not file.exists():
            raise CommandError("This purge ledger is not there. Name the file that survived the restore.")
        if options["check"]:
            self._check(file)
            return
        try:
            came_to = replaying.replay(file)
        except OSError as error:
            raise CommandError(f"Stopped by {type(error).__name__}. What is done stays done: run it again.") from None
        self.stdout.write(f"{came_to.named} lines and rows name a destroyed key; {came_to.destroyed} keys were there")
        self.stdout.write("again and are destroyed now." if came_to.destroyed else "again.")
        for fault in came_to.faults:
            self.stderr.write(f"Line {fault.line} {fault.why}: not obeyed.")
        if came_to.faults:
            sys.exit(1)

    def _check(self, file: Path) -> None:
        there = replaying.not_replayed(file)
        if there:
            self.stderr.write(f"{there} keys are there again that were destroyed. Run `manage.py replay_purges`.")
            sys.exit(1)
        self.stdout.write("No key is there that the purge ledger names.")
