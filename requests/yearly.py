"""The yearly figures of a year, read from the database and written as a table, CSV or JSON (11 CCR 7102).

Requests count in the year in which they came in. No name, no reference: right, law, days and outcomes.
"""

import csv
import io
import json
from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import Count
from django.utils import timezone

from requests import figures, on_time
from requests.figures import Counted, Figure, OfLaw, Row
from requests.models import Extension, RightsRequest
from requests.on_time import Share, Shares
from requests.terms import Ending, Right

COLUMNS = ("right", "law", "received", "open", *(figure.value for figure in Figure), "mean_days", "median_days")
NONE_ANSWERED = Shares(Share(0, 0), Share(0, 0))


def counted(year: int) -> Iterator[Counted]:
    """What the figures need of every request of the year."""
    columns = ("right", "regime", "received_on", "ending", "closed_at")
    came_in = RightsRequest.objects.of_people().filter(received_on__year=year).values_list(*columns)
    for right, regime, received_on, ending, closed_at in came_in.iterator():
        closed_on = timezone.localdate(closed_at) if closed_at else None
        yield Counted(Right(right), regime, received_on, Ending(ending) if ending else None, closed_on)


def table(year: int) -> list[list[str | int | float]]:
    """The figures, line by line, in the order of COLUMNS; a number of days is empty where nothing was answered."""
    return [_cells(row) for row in figures.rows(counted(year))]


def _cells(row: Row) -> list[str | int | float]:
    days = ["" if number is None else number for number in (row.mean_days, row.median_days)]
    return [row.right.value, row.regime, row.received, row.open, *(row.by_figure[one] for one in Figure), *days]


class LawLine(NamedTuple):
    """One law in a year: how much was answered in time, and how many requests were given more time."""

    of: OfLaw
    shares: Shares
    extended: int


def by_law(year: int) -> list[LawLine]:
    """For the page; the files keep to what regulators ask for."""
    shares, extended = on_time.of_year(year), _extended(year)
    return [
        LawLine(of, shares.get(of.regime, NONE_ANSWERED), extended.get(of.regime, 0))
        for of in figures.by_law(counted(year))
    ]


def _extended(year: int) -> dict[str, int]:
    """How many requests of the year were told of more time, by law. What was decided and not told moves no date."""
    told = Extension.objects.told().filter(rights_request__received_on__year=year, rights_request__synthetic=False)
    counted_by = told.order_by().values_list("rights_request__regime")
    return dict(counted_by.annotate(Count("rights_request", distinct=True)))


def as_csv(year: int) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([COLUMNS, *table(year)])
    return written.getvalue()


def as_json(year: int) -> str:
    lines = [dict(zip(COLUMNS, cells, strict=True)) for cells in table(year)]
    return json.dumps({"year": year, "figures": lines}, indent=2) + "\n"


def as_text(year: int) -> str:
    """For a terminal: columns as wide as what stands in them."""
    lines = [[str(cell) for cell in cells] for cells in (COLUMNS, *table(year))]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join(padded) + "\n"


FORMATS = {"text": as_text, "csv": as_csv, "json": as_json}
