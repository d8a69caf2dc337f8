"""The yearly figures: every ending counts once."""

import csv
import io
import json
import re
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from requests import figures, words, workflow, yearly
from requests.answers import Draft
from requests.figures import Counted, Figure
from requests.terms import DateKind, Ending, ExtensionReason, Right
from tests.cast import ask, deliver, fresh, signed_in

PAGE = "/admin/requests/rightsrequest/figures/"
COUNTS_AS = [
    (Ending.FULFILLED, Figure.COMPLIED),
    (Ending.NOTHING_HELD, Figure.COMPLIED),  # looked, and said so
    (Ending.PARTLY, Figure.COMPLIED_IN_PART),
    (Ending.REFUSED, Figure.DENIED),
    (Ending.NO_ANSWER, Figure.DENIED),  # what was asked for was not done
    (Ending.IDENTITY_NOT_SHOWN, Figure.DENIED_UNVERIFIED),
    (Ending.WITHDRAWN, Figure.TAKEN_BACK),
    (Ending.MERGED, Figure.NOT_COUNTED),  # the other one counts
    (Ending.NOT_YOU, Figure.NOT_COUNTED),  # nobody's request
    (Ending.NOT_A_REQUEST, Figure.NOT_COUNTED),
    (Ending.OUT_OF_SCOPE, Figure.NOT_COUNTED),
]


def one(ending: Ending | None, days: int = 10, right: Right = Right.ACCESS, regime: str = "none") -> Counted:
    closed_on = date(2026, 3, 1 + days) if ending else None
    return Counted(right, regime, date(2026, 3, 1), ending, closed_on)


def test_the_table_names_every_ending():
    assert {ending for ending, _figure in COUNTS_AS} == set(Ending)


@pytest.mark.parametrize(("ending", "figure"), COUNTS_AS)
def test_an_ending_counts_exactly_once(ending, figure):
    (row,) = figures.rows([one(ending)])
    assert {name: number for name, number in row.by_figure.items() if number} == {figure: 1}
    assert (row.received, row.open) == (1, 0)


def test_an_open_request_counts_as_received_and_open_alone():
    (row,) = figures.rows([one(None)])
    assert (row.received, row.open, sum(row.by_figure.values()), row.mean_days) == (1, 1, 0, None)


def test_every_line_adds_up():
    (row,) = figures.rows([one(ending) for ending, _figure in COUNTS_AS] + [one(None)])
    assert row.received == row.open + sum(row.by_figure.values()) == 12


def test_days_run_from_receipt_to_closing_of_what_was_answered():
    days = [one(Ending.FULFILLED, 2), one(Ending.REFUSED, 3), one(Ending.FULFILLED, 13), one(Ending.WITHDRAWN, 1)]
    (row,) = figures.rows(days)
    assert (row.mean_days, row.median_days) == (6.0, 3.0)


def test_each_right_under_each_law_has_a_line():
    given = [one(Ending.FULFILLED), one(None, right=Right.KNOW), one(None, regime="eu_gdpr"), one(Ending.REFUSED)]
    assert [(row.right, row.regime, row.received) for row in figures.rows(given)] == [
        (Right.ACCESS, "eu_gdpr", 1),
        (Right.ACCESS, "none", 2),
        (Right.KNOW, "none", 1),
    ]


def test_each_law_has_a_line_of_its_own_whatever_the_right():
    given = [one(Ending.FULFILLED, 2), one(Ending.REFUSED, 9, right=Right.KNOW), one(Ending.WITHDRAWN, 1), one(None)]
    assert figures.by_law([*given, one(None, regime="eu_gdpr")]) == [("eu_gdpr", 1, 0, None), ("none", 4, 2, 5.5)]


def test_every_column_has_words():
    assert set(words.FIGURE_COLUMNS) == set(yearly.COLUMNS)


# --- Of the database -----------------------------------------------------------------------------------------
@pytest.fixture
def year(db, tess):
    """An opt-out that is done, one that Rosa took back, and one that is open."""
    done, taken_back, _open = (ask(Right.OPT_OUT) for _ in range(3))
    workflow.take(done, by=tess)
    workflow.answer(done, Draft(Ending.FULFILLED), by=tess)
    workflow.withdraw(taken_back, by=workflow.REQUESTER)
    return timezone.localdate().year


def printed(**options) -> str:
    out = io.StringIO()
    call_command("figures", stdout=out, **options)
    return out.getvalue()


def expected() -> SimpleNamespace:
    return SimpleNamespace(right="opt_out", received="3", open="1", complied="1", taken_back="1", denied="0")


def test_the_command_prints_csv(year):
    (line,) = csv.DictReader(io.StringIO(printed(year=year, format="csv")))
    assert vars(expected()).items() <= line.items()
    assert (line["law"], line["mean_days"], line["median_days"]) == ("us_tx_tdpsa", "0.0", "0.0")


def test_the_command_prints_json(year):
    said = json.loads(printed(year=year, format="json"))
    assert said["year"] == year
    assert vars(expected()).items() <= {name: str(cell) for name, cell in said["figures"][0].items()}.items()


def test_the_command_prints_a_table_and_last_year_when_none_is_named(year):
    assert "opt_out" in printed(year=year)
    assert "opt_out" not in printed()
    assert printed().split() == list(yearly.COLUMNS)


def test_the_command_knows_no_other_format():
    with pytest.raises(CommandError):
        call_command("figures", "--format", "pdf")


def test_no_figure_says_anything_about_rosa(year):
    for form in yearly.FORMATS:
        assert "rosa" not in printed(year=year, format=form).lower()


@pytest.mark.parametrize("name", ["tess", "otto"])
def test_who_sees_cases_sees_the_figures_and_takes_them_along(name, year, request):
    client = signed_in(request.getfixturevalue(name))
    assert "Opt out" in client.get(PAGE).content.decode()
    assert client.get(f"{PAGE}{year}/csv/").content.decode() == printed(year=year, format="csv")
    assert client.get(f"{PAGE}{year}/json/").content.decode() == printed(year=year, format="json")


def law_line(client) -> list[str]:
    body = client.get(PAGE).content.decode().partition('id="by_law"')[2].partition("</table>")[0]
    return [" ".join(cell.split()) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", body.partition("<tbody>")[2])]


def test_the_page_says_by_law_how_much_was_in_time_and_who_was_given_more_time(year, otto, tess):
    late = ask(Right.OPT_OUT, received_at=timezone.now() - timedelta(days=40))
    workflow.take(late, by=tess)
    workflow.answer(fresh(late), Draft(Ending.FULFILLED), by=tess)
    asked = ask(Right.ACCESS)
    until = timezone.localdate() + timedelta(days=20)
    workflow.extend(asked, DateKind.TARGET, ExtensionReason.COMPLEX, until, by=tess)
    law, received, answered, target, by_law, extended, median = law_line(signed_in(otto))
    assert law == "TDPSA"
    assert (received, answered, target, extended) == ("5", "2", "50% (1 of 2)", "0")
    assert (by_law, median) == ("100% (2 of 2)", "20.0")
    deliver()
    assert law_line(signed_in(otto))[5] == "1"


def test_an_administrator_sees_no_figures_and_nobody_sees_those_of_a_year_to_come(year, ada, otto):
    assert signed_in(ada).get(PAGE).status_code == 403
    assert signed_in(otto).get(f"{PAGE}{year + 1}/").status_code == 404
    assert signed_in(otto).get(f"{PAGE}{year}/pdf/").status_code == 404
