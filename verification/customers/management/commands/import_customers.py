"""`manage.py import_customers FILE.csv`: fill the record that verifiers compare with. Prints places, never values."""

from collections.abc import Iterable
from typing import Any

from django.core.management.base import CommandParser

from primevox_privacy.management.reading_a_spreadsheet import SpreadsheetCommand
from verification.customers import importing


class Command(SpreadsheetCommand):
    help = "Add and change customers from a CSV file. Lines that cannot be read are left out and named by number."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--complete", action="store_true", help="whoever is not in the file leaves the record")

    def take_in(self, lines: Iterable[str], options: dict[str, Any]) -> tuple[str, int]:
        result = importing.take_in(
            importing.rows(lines, options["delimiter"]),
            dry_run=options["dry_run"],
            complete=options["complete"],
            told=self.leave_out,
        )
        said = f"{result.added} added, {result.changed} changed, {result.unchanged} unchanged, {result.removed} removed"
        return said, result.wrong
