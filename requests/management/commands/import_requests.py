"""`manage.py import_requests FILE.csv`: take in cases that are on their way already. Prints places, never values."""

from io import TextIOWrapper
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from requests import in_flight
from verification.customers.importing import NotReadable, Wrong

SHOWN_AT_MOST = 50  # lines that are left out; beyond, only their number


class Command(BaseCommand):
    help = "Take in cases from a CSV file, see docs/import.md. Lines that cannot be read are left out and named."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="try every line, write nothing")
        parser.add_argument("--send-receipts", action="store_true", help="write to whoever has got no receipt yet")
        parser.add_argument("--encoding", default="utf-8-sig")
        parser.add_argument("--delimiter", default=",")

    def handle(self, *args: Any, **options: Any) -> None:
        self.left_out = 0
        try:
            # A byte that does not fit the encoding spoils its own line only.
            how = {"encoding": options["encoding"], "errors": "surrogateescape", "newline": ""}
            with options["file"].open("rb") as raw, TextIOWrapper(raw, **how) as text:
                result = in_flight.take_in_all(
                    in_flight.rows(text, options["delimiter"]),
                    dry_run=options["dry_run"],
                    send_receipts=options["send_receipts"],
                    told=self._left_out,
                )
        except NotReadable as why:
            raise CommandError(str(why)) from None
        except OSError as fault:
            raise CommandError(f"The file cannot be opened ({type(fault).__name__}).") from None
        except (UnicodeError, LookupError, TypeError):
            raise CommandError("The file cannot be read so: check --encoding and --delimiter.") from None
        said = "Nothing was written. It would be" if options["dry_run"] else "Done"
        self.stdout.write(
            f"{said}: {result.added} added, {result.known} known already, {result.overdue} requests overdue, "
            f"{result.receipts} receipts owed, {result.wrong} left out."
        )
        if result.wrong:
            raise CommandError(f"{result.wrong} lines were left out; see above.")

    def _left_out(self, wrong: Wrong) -> None:
        self.left_out += 1
        if self.left_out <= SHOWN_AT_MOST:
            self.stderr.write(str(wrong))
        elif self.left_out == SHOWN_AT_MOST + 1:
            self.stderr.write("… and more")
