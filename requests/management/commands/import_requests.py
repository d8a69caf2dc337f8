"""`manage.py import_requests FILE.csv`: take in cases that are on their way already. Prints places, never values."""

from collections.abc import Iterable
from typing import Any

from django.core.management.base import CommandParser

from primevox_privacy.management.reading_a_spreadsheet import SpreadsheetCommand
from requests import in_flight


class Command(SpreadsheetCommand):
    help = "Take in cases from a CSV file, see docs/import.md. Lines that cannot be read are left out and named."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--send-receipts", action="store_true", help="write to whoever has got no receipt yet")

    def take_in(self, lines: Iterable[str], options: dict[str, Any]) -> tuple[str, int]:
        result = in_flight.take_in_all(
            in_flight.rows(lines, options["delimiter"]),
            dry_run=options["dry_run"],
            send_receipts=options["send_receipts"],
            told=self.leave_out,
        )
        said = (
            f"{result.added} added, {result.known} known already, {result.overdue} requests overdue, "
            f"{result.receipts} receipts owed"
        )
        return said, result.wrong
