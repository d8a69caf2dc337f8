"""Cases that come from a spreadsheet: whole or not at all, once, by the law of their day, and nobody is written to."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from primevox_privacy.spreadsheet import NotReadable
from requests import in_flight, reminders, waiting
from requests.models import RightsRequest, Submission
from requests.terms import Role, Status
from tests.cast import ROSAS_MAIL, fresh, office_noon, person

pytestmark = pytest.mark.django_db
HEAD = "external_id,received,right,name,email,phone,postal_address,residence,words,handler,language,channel\n"
SECRET = "Rosa Marquez"


def days_ago(days: int) -> str:
    return (timezone.localdate() - timedelta(days=days)).isoformat()


def line(**more: str) -> str:
    given = {
        "external_id": "C-1",
        "received": days_ago(3),
        "right": "access",
        "name": SECRET,
        "email": ROSAS_MAIL,
        "phone": "",
        "postal_address": "",
        "residence": "US-TX",
        "words": "A copy.",
        "handler": "",
        "language": "",
        "channel": "",
    } | more
    return ",".join(f'"{value}"' for value in given.values()) + "\n"


def read(*lines: str, **how) -> tuple[in_flight.Result, list[str]]:
    wrong: list[str] = []
    told = in_flight.take_in_all(in_flight.rows([HEAD, *lines]), told=lambda one: wrong.append(str(one)), **how)
    return told, wrong


def only() -> RightsRequest:
    return fresh(RightsRequest.objects.get())


# --- What comes in -------------------------------------------------------------------------------------------------
def test_a_line_becomes_a_case_whose_clock_runs_from_its_receipt():
    read(line())
    one = only()
    assert one.received_on == timezone.localdate() - timedelta(days=3)
    assert one.leading_on == one.received_on + timedelta(days=14)
    assert (one.submission.name, one.submission.email, one.wish) == (SECRET, ROSAS_MAIL, "A copy.")
    assert set(Event.objects.filter(about=one.submission_id).values_list("kind", flat=True)) == {"imported"}


def test_several_rights_of_one_line_share_a_submission():
    read(line(right="access+delete"))
    assert set(Submission.objects.get().rights_requests.values_list("right", flat=True)) == {"access", "delete"}


def test_the_law_of_the_day_of_receipt_counts():
    """Kentucky's law came into force on 1 January 2026."""
    read(line(residence="US-KY", received="2025-12-30"), line(external_id="C-2", residence="US-KY"))
    assert {one.regime for one in RightsRequest.objects.all()} == {"none", "us_ky_kcdpa"}


def test_dates_that_have_passed_come_in_overdue():
    result, _wrong = read(line(received=days_ago(40)))
    assert result.overdue == 1
    assert only().leading_on < timezone.localdate()


def test_an_hour_is_read_as_the_offices_unless_it_bears_an_offset():
    read(line(received=f"{days_ago(3)}T09:30"), line(external_id="C-2", received=f"{days_ago(3)}T09:30+00:00"))
    hours = {timezone.localtime(one.received_at).hour for one in Submission.objects.all()}
    assert hours == {9, 4}


def test_who_works_on_it_has_it_on_their_desk(tess):
    read(line(handler="tess"))
    assert (only().handler, only().status) == (tess, Status.IN_PROGRESS)


# --- Nobody is written to ------------------------------------------------------------------------------------------
def test_nobody_is_written_to_nor_reminded_of_what_they_do_not_know(time_machine):
    read(line(residence=""))
    assert not Letter.objects.exists()
    for days in (4, 8, 15, 22):
        reminders.owe(office_noon(days))
    assert not Letter.objects.filter(about=Submission.objects.get().pk).exists()
    assert waiting.proof_of(only().submission) is None


def test_receipts_go_out_once_when_somebody_says_so_also_to_who_came_before():
    read(line())
    result, _wrong = read(line(), line(external_id="C-2", email="other@mail.example"), send_receipts=True)
    assert (result.known, result.added, result.receipts) == (1, 1, 2)
    again, _wrong = read(line(), send_receipts=True)
    assert again.receipts == 0
    assert Letter.objects.filter(kind="receipt").count() == 2


def test_proof_is_waited_for_from_the_first_letter_on():
    read(line(residence="", received=days_ago(40)))
    read(line(residence="", received=days_ago(40)), send_receipts=True)
    assert timezone.localdate(waiting.proof_of(only().submission).since) == timezone.localdate()


# --- Once, and whole -----------------------------------------------------------------------------------------------
def test_the_same_file_read_again_changes_nothing():
    read(line())
    result, _wrong = read(line(words="Something else."))
    assert (result.added, result.known) == (0, 1)
    assert only().wish == "A copy."


def test_an_id_that_stands_twice_in_a_file_comes_in_once():
    result, wrong = read(line(), line())
    assert (result.added, result.wrong) == (1, 1)
    assert wrong == ["line 3, external_id: stands in an earlier line already"]


def test_the_external_id_is_kept_as_a_keyed_digest_alone():
    read(line(external_id="ROSA-MARQUEZ-1"))
    assert "ROSA" not in Submission.objects.values_list("imported_as", flat=True).get()


def test_a_dry_run_tries_everything_and_writes_nothing(tess):
    result, wrong = read(line(handler="tess"), line(external_id="C-2", right="x"), dry_run=True)
    assert (result.added, result.wrong, len(wrong)) == (1, 1, 1)
    assert not Submission.objects.exists()
    assert not Event.objects.exists()


def test_a_line_that_breaks_on_the_way_leaves_nothing_half(monkeypatch, tess):
    monkeypatch.setattr("requests.workflow.move", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        read(line(handler="tess"))
    assert not Submission.objects.exists()


WRONG = [
    ({"external_id": ""}, "external_id: empty"),
    ({"name": " "}, "name: empty"),
    ({"received": "yesterday"}, "received: needs a day like"),
    ({"received": "2019-01-01"}, "received: That is more than a year ago"),
    ({"received": "2030-01-01"}, "received: That is still to come"),
    ({"right": "erase"}, "right: needs one of: know, access"),
    ({"right": "unsure", "words": ""}, "words: empty"),
    ({"email": ""}, "email: one way to reach them"),
    ({"email": "rosa@"}, "email: needs an e-mail address"),
    ({"residence": "Texas"}, "residence: needs a code like US-TX"),
    ({"handler": "nobody"}, "handler: nobody who works on cases"),
    ({"handler": "otto"}, "handler: nobody who works on cases"),
    ({"language": "xx"}, "language: needs one of: en, es"),
    ({"channel": "web"}, "channel: needs one of: phone"),
    ({"channel": "fax"}, "channel: needs one of: web"),
    ({"words": "x" * 4001}, "words: longer than 4000"),
    ({"words": "My number is 078-05-1120."}, "words: seems to hold a social security number"),
    ({"name": "Rosa\x07"}, "name: holds a character"),
    ({"name": "Rosa\udcff"}, "name: not in the encoding"),
]


@pytest.mark.parametrize(("more", "said"), WRONG)
def test_a_line_that_cannot_be_read_is_left_out_and_named_by_its_place(otto, more, said):
    result, (wrong,) = read(line(**more), line(external_id="C-2"))
    assert wrong.startswith(f"line 2, {said}")
    assert SECRET not in wrong
    assert (result.added, result.wrong) == (1, 1)


def test_a_line_with_too_few_cells_is_named():
    assert read("C-1,2026-01-01\n")[1] == ["line 2: 2 cells where the first line names 12 columns"]


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("Rosa Marquez,received\n", "Column 1 of the first line is no column of ours"),
        ("external_id,received,right\n", "names no column name"),
        ("name,name\n", "stands there twice"),
    ],
)
def test_a_file_with_other_columns_is_not_read(head, said):
    with pytest.raises(NotReadable, match=said) as refused:
        list(in_flight.rows([head]))
    assert "Marquez" not in str(refused.value)


# --- The command ---------------------------------------------------------------------------------------------------
def run(path, *options: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("import_requests", str(path), *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_command_counts_and_its_dry_run_says_that_nothing_was_written(tmp_path):
    path = tmp_path / "cases.csv"
    path.write_text(HEAD + line(received=days_ago(40)))
    assert run(path, "--dry-run")[0].startswith("Nothing was written. It would be: 1 added, 0 known already, 1 request")
    assert run(path)[0].startswith("Done: 1 added")
    assert run(path, "--send-receipts")[0].startswith("Done: 0 added, 1 known already, 0 requests overdue, 1 receipts")


def test_the_command_names_what_it_left_out_and_ends_with_a_fault(tmp_path):
    path = tmp_path / "cases.csv"
    path.write_text(HEAD + line() + line(external_id="C-2", right="x"))
    err = StringIO()
    with pytest.raises(CommandError, match="1 line was left out"):
        call_command("import_requests", str(path), stdout=StringIO(), stderr=err)
    assert "line 3, right: needs one of" in err.getvalue()
    assert Submission.objects.count() == 1


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"nothing,of,ours\n"])
def test_a_file_that_is_none_of_ours_is_told_in_words(tmp_path, content):
    path = tmp_path / "cases.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError):
        run(path)
    with pytest.raises(CommandError, match="cannot be opened"):
        run(tmp_path / "missing.csv")


def test_a_stranger_to_cases_is_no_handler():
    person("Ada", Role.ADMINISTRATOR)
    assert read(line(handler="ada"))[0].wrong == 1
