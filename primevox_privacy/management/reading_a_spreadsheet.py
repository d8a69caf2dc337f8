"""What commands that read a CSV file have in common: how it is opened, how far they are, and what is left out."""

import sys
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from primevox_privacy.spreadsheet import NotReadable, Wrong

SHOWN_AT_MOST = 50  # lines that are left out; beyond, only their number
STEP = 1_000_000  # bytes between two moves of the progress bar
WIDTH = 40


class SpreadsheetCommand(BaseCommand, ABC):
    """Subclasses take the lines in and say what became of them. Prints places, never values."""

    @abstractmethod
    def take_in(self, lines: Iterable[str], options: dict[str, Any]) -> tuple[str, int]:
        """Read and, unless it is a dry run, write; in words what became of it, and how many lines were left out."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="read and try every line, write nothing")
        parser.add_argument("--encoding", default="utf-8-sig")
        parser.add_argument("--delimiter", default=",")
        parser.add_argument("--no-progress", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        self.left_out = 0
        try:
            # A byte that does not fit the encoding spoils its own line only.
            how = {"encoding": options["encoding"], "errors": "surrogateescape", "newline": ""}
            with options["file"].open("rb") as raw, TextIOWrapper(raw, **how) as text:
                shows = not options["no_progress"] and sys.stderr.isatty()
                size = options["file"].stat().st_size if shows else 0
                said, wrong = self.take_in(self._lines(raw, text, size), options)
        except NotReadable as why:
            raise CommandError(str(why)) from None
        except OSError as fault:
            raise CommandError(f"The file cannot be opened ({type(fault).__name__}).") from None
        except (UnicodeError, LookupError, TypeError):
            raise CommandError("The file cannot be read so: check --encoding and --delimiter.") from None
        begun = "Nothing was written. It would be" if options["dry_run"] else "Done"
        self.stdout.write(f"{begun}: {said}, {wrong} left out.")
        if wrong:
            raise CommandError(f"{wrong} {'line was' if wrong == 1 else 'lines were'} left out; see above.")

    def leave_out(self, wrong: Wrong) -> None:
        self.left_out += 1
        if self.left_out <= SHOWN_AT_MOST:
            self.stderr.write(str(wrong))
        elif self.left_out == SHOWN_AT_MOST + 1:
            self.stderr.write("… and more")

    def _lines(self, raw: BufferedReader, text: TextIOWrapper, size: int) -> Iterator[str]:
        """The lines of the file, with a progress bar where its size is given."""
        shown = 0
        for line in text:
            yield line
            if size and raw.tell() >= shown + STEP:
                shown = raw.tell()
                self._bar(shown / size)
        if size:
            self._bar(1)
            self.stderr.write("")

    def _bar(self, share: float) -> None:
        filled = round(WIDTH * min(share, 1))
        self.stderr.write(f"\r[{'#' * filled}{'.' * (WIDTH - filled)}] {share:4.0%}", ending="")
