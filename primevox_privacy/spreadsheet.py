"""CSV as spreadsheets save and open it. Reading goes line by line: what is wrong is told by place, never by value. What
is written can be opened safely: no cell of it is ever worked out.
"""

import csv
import io
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

Row = TypeVar("Row")


class NotReadable(Exception):
    """The file as a whole cannot be read; says why, never what it holds."""


@dataclass(frozen=True)
class Wrong:
    """A line that is left out: where, and what it needs."""

    line: int
    field: str
    why: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.field}: {self.why}" if self.field else f"line {self.line}: {self.why}"


@dataclass(frozen=True)
class Columns:
    """What the first line may name."""

    needed: Collection[str]
    told: Collection[str]  # all of them, as somebody reads them who named another
    is_ours: Callable[[str], bool]

    def of(self, header: list[str]) -> list[str]:
        """What stands in a header that is none may be somebody's name: only places are told. Raises NotReadable."""
        names = [cell.strip().casefold() for cell in header]
        for place, name in enumerate(names, 1):
            if not self.is_ours(name):
                raise NotReadable(
                    f"Column {place} of the first line is no column of ours. The first line names the columns: "
                    f"{', '.join(self.told)}. Is it UTF-8, with commas? Else use --encoding or --delimiter."
                )
        if len(set(names)) < len(names):
            raise NotReadable("A column stands there twice.")
        if missing := [name for name in self.needed if name not in names]:
            raise NotReadable(f"The first line names no column {' and no column '.join(missing)}.")
        return names


def rows(
    lines: Iterable[str], delimiter: str, columns: Columns, read: Callable[[int, dict[str, str]], Row | Wrong]
) -> Iterator[Row | Wrong]:
    """Each line, by the names of its columns, as `read` makes a row of it or says what is wrong. Raises NotReadable
    when the columns are not ours."""
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        names = columns.of(next(reader, []))
    except csv.Error:
        raise NotReadable("The first line cannot be read as names of columns.") from None
    while True:
        at = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Wrong(at, "", "this cannot be read as a line of a CSV file; look at its quotation marks")
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            yield Wrong(at, "", f"{len(cells)} cells where the first line names {len(names)} columns")
        else:
            yield read(at, dict(zip(names, (cell.strip() for cell in cells), strict=True)))


def why_not_text(text: str, longest: int, *, lines: bool = False) -> str | None:
    """Why a cell cannot be taken as text; None if it can. `lines`: whether it may have several."""
    if any("\ud800" <= one <= "\udfff" for one in text):
        return "not in the encoding that was named (UTF-8 unless --encoding says otherwise)"
    if any(not one.isprintable() and not (lines and one in "\n\r\t") for one in text):
        return "holds a character that cannot be seen"
    return f"longer than {longest} characters" if len(text) > longest else None


BEGINS_FORMULA = tuple("=+-@|%＝＋－＠")


def guarded(cell: str) -> str:
    """The cell so that no spreadsheet takes it for a formula: an apostrophe goes before what could begin one, however
    much stands before it that cannot be seen."""
    seen = cell.lstrip().lstrip("\ufeff\u200b\u200c\u200d\u2060\x00").lstrip()
    return f"'{cell}" if seen.startswith(BEGINS_FORMULA) or cell[:1] in ("\t", "\r", "\n") else cell


def written(lines: Iterable[Iterable[str]]) -> str:
    """Lines as CSV, every cell guarded."""
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerows([guarded(cell) for cell in line] for line in lines)
    return made.getvalue()
