"""The controller's own record of its customers: how it is filled, found in, and left."""

import csv
import io
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from time_machine import travel

from primevox_privacy.ledger.models import Event
from primevox_privacy.sealed import forgetting
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from primevox_privacy.sealed.tasks import end_lives
from verification.customers import directory, importing, matching
from verification.customers.directory import ContactKind, CustomerDirectory, Identifiers
from verification.customers.matching import Same
from verification.customers.models import Customer, CustomerContact
from verification.customers.table import SealedTable
from verification.models import EvidenceKind

MANY = 10_000 if os.environ.get("PROVE") else 2_000  # lines
HEAD = (
    "account_number,name,service_address,service_address_since,service_began,email,email_since,"
    "phone,phone_since,phone_sim_changed_on,phone_2,phone_2_since"
)
ROSA = (
    'PV-004417,Rosa Marquez,"12 Elm Street, Plano, TX 75074",2021-03-01,2021-03,rosa@known.example,2021-03-01,'
    "+1 972 555 0143,2021-03-01,,(972) 555-0144,2025-01-05"
)
OMAR = "PV-009901,Omar Haddad,5 Oak Road,2019-06-01,2019-06,omar@known.example,2019-06-01,214-555-0111,2019-06-01,,,"


@pytest.fixture
def file(tmp_path):
    def write(*lines: str, encoding: str = "utf-8") -> str:
        path = tmp_path / "customers.csv"
        path.write_bytes("\n".join(lines).encode(encoding))
        return str(path)

    return write


def run(path: str, *flags: str) -> tuple[str, str, str]:
    """What the command prints, what it complains of, and how it ends."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("import_customers", path, *flags, stdout=out, stderr=err)
    except CommandError as why:
        return out.getvalue(), err.getvalue(), str(why)
    return out.getvalue(), err.getvalue(), ""


def accounts() -> set[str]:
    return {one.account_number for one in Customer.objects.there().select_related("customer_key")}


# --- Filling -------------------------------------------------------------------------------------------------
def test_a_file_fills_the_record_and_tells_how_many(db, file):
    out, err, why = run(file(HEAD, ROSA, OMAR))
    assert out.strip() == "Done: 2 added, 0 changed, 0 unchanged, 0 removed, 0 left out."
    assert (err, why) == ("", "")
    assert accounts() == {"PV-004417", "PV-009901"}
    assert Event.objects.get(kind="customers_imported").detail["added"] == 2


def test_importing_the_same_file_again_changes_nothing(db, file):
    run(file(HEAD, ROSA, OMAR))
    before = list(Customer.objects.order_by("pk").values())
    out, *_rest = run(file(HEAD, ROSA, OMAR))
    assert "0 added, 0 changed, 2 unchanged" in out
    assert list(Customer.objects.order_by("pk").values()) == before
    assert CustomerContact.objects.count() == 5
    assert DataKey.objects.filter(life=Life.CUSTOMER).count() == 2


def test_a_changed_line_changes_its_customer_and_no_other(db, file):
    run(file(HEAD, ROSA, OMAR))
    moved = ROSA.replace("rosa@known.example,2021-03-01", "rosa@new.example,2026-09-01")
    assert "0 added, 1 changed, 1 unchanged" in run(file(HEAD, moved, OMAR))[0]
    (found,) = SealedTable().find(Identifiers(emails=("rosa@new.example",)))
    assert found.contacts[0].on_file_since == date(2026, 9, 1)
    assert SealedTable().find(Identifiers(emails=("rosa@known.example",))) == []


def test_the_account_number_says_who_a_line_is_about_however_it_is_written(db, file):
    run(file(HEAD, ROSA))
    assert "0 added, 1 changed" in run(file(HEAD, ROSA.replace("PV-004417", "pv 004417")))[0]
    assert Customer.objects.count() == 1


def test_who_is_not_in_the_file_stays_unless_it_is_complete(db, file):
    run(file(HEAD, ROSA, OMAR))
    assert "0 removed" in run(file(HEAD, ROSA))[0]
    assert len(accounts()) == 2
    assert "1 removed" in run(file(HEAD, ROSA), "--complete")[0]
    assert accounts() == {"PV-004417"}


def test_who_left_is_forgotten_with_key_rows_and_indexes(db, file):
    run(file(HEAD, ROSA, OMAR))
    run(file(HEAD, ROSA), "--complete")
    (gone,) = DataKey.objects.filter(life=Life.CUSTOMER).exclude(destroyed_at=None)
    assert gone.wrapped is None
    assert Customer.objects.count() == 1
    assert not CustomerContact.objects.filter(customer_key=gone).exists()


def test_a_leaving_that_is_killed_is_ended_by_the_sweep(db, file, monkeypatch):
    run(file(HEAD, ROSA, OMAR))
    with monkeypatch.context() as killed:
        killed.setattr(forgetting, "destroy", lambda key: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run(file(HEAD, ROSA), "--complete")
    assert SealedTable().find(Identifiers(account_numbers=("PV-009901",))) == []  # left, though still there
    end_lives()
    assert Customer.objects.count() == 1


def test_who_comes_back_before_they_are_gone_stays(db, file, monkeypatch):
    run(file(HEAD, ROSA, OMAR))
    with monkeypatch.context() as killed:
        killed.setattr(forgetting, "destroy", lambda key: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run(file(HEAD, ROSA), "--complete")
    run(file(HEAD, ROSA, OMAR))
    end_lives()
    assert accounts() == {"PV-004417", "PV-009901"}


def test_who_comes_back_after_their_key_went_is_added_anew(db, file):
    run(file(HEAD, ROSA))
    DataKey.objects.filter(life=Life.CUSTOMER).update(wrapped=None, destroyed_at="2026-11-01T00:00Z")
    assert "1 added" in run(file(HEAD, ROSA))[0]
    assert accounts() == {"PV-004417"}


def test_a_dry_run_counts_and_writes_nothing(db, file):
    run(file(HEAD, ROSA))
    changed = ROSA.replace("2021-03,", "2021-04,")
    out, *_rest = run(file(HEAD, changed, OMAR), "--dry-run")
    assert out.startswith("Nothing was written. It would be: 1 added, 1 changed, 0 unchanged, 0 removed")
    out, *_rest = run(file(HEAD, OMAR), "--dry-run", "--complete")
    assert "1 added, 0 changed, 0 unchanged, 1 removed" in out
    assert accounts() == {"PV-004417"}
    assert Event.objects.filter(kind="customers_imported").count() == 1


def test_a_customer_lies_sealed(db, file):
    run(file(HEAD, ROSA))
    with connection.cursor() as cursor:
        for table in ("customers_customer", "customers_customercontact"):
            cursor.execute(f"SELECT * FROM {table}")
            lying = b"".join(bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
                             for row in cursor.fetchall() for cell in row)  # fmt: skip
            for word in (b"Marquez", b"Elm Street", b"known.example", b"555 0143", b"555-0144", b"PV-004417"):
                assert word not in lying


def test_many_lines_come_in_and_stay_as_they_are(db, tmp_path):
    path = tmp_path / "many.csv"
    with path.open("w") as many:
        many.write("account_number,name,email,email_since,phone\n")
        for number in range(MANY):
            many.write(f"A{number},Person {number},p{number}@known.example,2020-01-01,972555{number:04d}\n")
    assert f"{MANY} added" in run(str(path))[0]
    assert f"{MANY} unchanged" in run(str(path))[0]
    (found,) = SealedTable().find(Identifiers(phones=("+1 972 555 1777",)))
    assert found.name == "Person 1777"


# --- Lines that are left out ---------------------------------------------------------------------------------
SECRET = "Zq-4711-secret"
BAD = [
    # what stands in the cell, in which column, what is said
    ("", "account_number", "empty"),
    ("—", "account_number", "needs letters or digits"),
    ("", "name", "empty"),
    (f"={SECRET}()", "name", "looks like a formula of a spreadsheet"),
    (f"@{SECRET}", "name", "looks like a formula of a spreadsheet"),
    (f"+{SECRET}", "service_address", "looks like a formula of a spreadsheet"),
    (f"-{SECRET}", "email", "looks like a formula of a spreadsheet"),
    (f"{SECRET}\x00", "name", "holds a character that cannot be seen"),
    (f"{SECRET}\u202e", "name", "holds a character that cannot be seen"),
    (SECRET * 50, "service_address", "longer than 500 characters"),
    (SECRET, "service_address_since", "needs a day like 2021-03-15"),
    ("2021-02-30", "email_since", "needs a day like 2021-03-15"),
    ("2999-01-01", "phone_since", "needs a day between 1950 and today"),
    ("1900-01-01", "phone_sim_changed_on", "needs a day between 1950 and today"),
    ("2021-13", "service_began", "needs a month like 2021-03"),
    (SECRET, "email", "needs an e-mail address"),
    (SECRET, "phone", "needs a telephone number with its area code"),
    ("555-0143", "phone_2", "needs a telephone number with its area code"),
    ("", "email", "empty, though a day is given for it"),
]


@pytest.mark.parametrize(("cell", "column", "why"), BAD)
def test_a_line_with_a_cell_that_does_not_do_is_left_out_and_never_echoed(db, file, cell, column, why):
    cells = next(iter(csv.reader([ROSA])))
    cells[HEAD.split(",").index(column)] = cell
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    out, err, end = run(file(HEAD, OMAR, line.getvalue().strip()))
    assert err.strip() == f"line 3, {column}: {why}"
    assert "1 added" in out, "the good line came in"
    assert end == "1 line was left out; see above."
    assert SECRET not in out + err + end


WRITTEN = datetime(2026, 11, 20, 12, tzinfo=UTC)  # a day after all that the example file tells of


def test_the_example_file_that_the_demo_loads_can_be_read(db):
    with travel(WRITTEN, tick=False):
        assert "5 added" in run(str(Path(importing.__file__).with_name("example.csv")))[0]


def test_a_telephone_number_may_begin_with_a_plus(db, file):
    assert "1 added" in run(file(HEAD, ROSA))[0]


def test_a_line_with_too_few_or_too_many_cells_is_left_out(db, file):
    _out, err, _end = run(file(HEAD, "PV-1,Rosa", OMAR, OMAR.replace("9901", "9902") + ",more"))
    assert err.splitlines() == [
        "line 2: 2 cells where the first line names 12 columns",
        "line 4: 13 cells where the first line names 12 columns",
    ]


def test_an_account_number_that_stands_there_twice_counts_once(db, file):
    out, err, _end = run(file(HEAD, ROSA, OMAR, ROSA.replace("PV-004417", "pv004417").replace("Rosa", "Eve")))
    assert err.strip() == "line 4, account_number: stands in an earlier line already"
    assert "2 added" in out
    assert SealedTable().find(Identifiers(account_numbers=("PV-004417",)))[0].name == "Rosa Marquez"


def test_lines_are_counted_as_an_editor_counts_them(db, file):
    two_lines = ROSA.replace("12 Elm Street, Plano", "12 Elm Street,\nPlano")
    _out, err, _end = run(file(HEAD, two_lines, "", "PV-1,Rosa"))
    assert [line.split(":")[0] for line in err.splitlines()] == ["line 2, service_address", "line 5"]


def test_one_byte_that_is_not_utf_8_spoils_its_own_line_only(db, file, tmp_path):
    path = tmp_path / "latin.csv"
    path.write_bytes(f"{HEAD}\n{ROSA.replace('Marquez', 'Márquez')}\n{OMAR}".encode("latin-1"))
    out, err, _end = run(str(path))
    assert err.strip() == "line 2, name: not in the encoding that was named (UTF-8 unless --encoding says otherwise)"
    assert "1 added" in out
    assert "1 added" in run(str(path), "--encoding", "latin-1")[0]
    assert SealedTable().find(Identifiers(account_numbers=("PV-004417",)))[0].name == "Rosa Márquez"


def test_a_file_as_a_spreadsheet_writes_it_is_read(db, file):
    lines = (HEAD.replace(",", ";"), OMAR.replace(",", ";"))
    assert "1 added" in run(file(*lines, encoding="utf-8-sig"), "--delimiter", ";")[0]
    assert "1 unchanged" in run(file(*lines, encoding="utf-16"), "--delimiter", ";", "--encoding", "utf-16")[0]


@pytest.mark.parametrize(
    ("lines", "flags", "said"),
    [
        ((f"{SECRET},Rosa", OMAR), (), "Column 1 of the first line is no column of ours."),
        ((HEAD.replace("name", SECRET), OMAR), (), "Column 2 of the first line is no column of ours."),
        (("account_number;name", "1;Rosa"), (), "Column 1 of the first line is no column of ours."),
        (("account_number,email_sim_changed_on", "1,"), (), "Column 2 of the first line is no column of ours."),
        (("account_number,phone", "1,2"), (), "The first line names no column name."),
        ((f"{HEAD},phone", ROSA), (), "A column stands there twice."),
        (("",), (), "The first line names no column account_number and no column name."),
        ((HEAD, ROSA), ("--encoding", "no-such"), "The file cannot be read so"),
        ((HEAD, ROSA), ("--delimiter", "::"), "The file cannot be read so"),
        ((HEAD, ROSA), ("--encoding", "utf-16"), "The file cannot be read so"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused_as_a_whole_in_words(db, file, lines, flags, said):
    _out, err, end = run(file(*lines), *flags)
    assert said in end
    assert SECRET not in err + end
    assert Customer.objects.count() == 0


def test_a_file_that_is_not_there_is_told_without_a_trace(db, tmp_path):
    assert run(str(tmp_path / "none.csv"))[2] == "The file cannot be opened (FileNotFoundError)."


@pytest.mark.parametrize("lines", [(HEAD,), (HEAD, OMAR, "PV-004417,")])
def test_nobody_leaves_because_a_file_was_empty_or_could_not_be_read(db, file, lines):
    run(file(HEAD, ROSA, OMAR))
    assert run(file(*lines), "--complete")[2].startswith("Nobody was removed")
    assert len(accounts()) == 2
    assert Event.objects.filter(kind="customers_imported").count() == 2, "what came in is on record"


def test_of_very_many_bad_lines_the_first_are_shown_and_all_are_counted(db, file):
    _out, err, end = run(file(HEAD, *["x"] * 200))
    assert len(err.splitlines()) == 51
    assert end.startswith("200 lines")


# --- Finding -------------------------------------------------------------------------------------------------
@pytest.fixture
def filled(db, file):
    run(file(HEAD, ROSA, OMAR))
    return directory.directory()


def named(found) -> list[str]:
    return [customer.name for customer in found]


@pytest.mark.parametrize(
    "given",
    [
        Identifiers(emails=(" ROSA@known.example",)),
        Identifiers(phones=("972.555.0144",)),
        Identifiers(account_numbers=("pv004417",)),
        Identifiers(names_and_addresses=(("MARQUEZ, Rosa", "12 elm st. Plano, Texas 75074"),)),
    ],
)
def test_a_customer_is_found_by_whatever_they_gave_however_they_wrote_it(filled, given):
    assert named(filled.find(given)) == ["Rosa Marquez"]


@pytest.mark.parametrize(
    "given",
    [
        Identifiers(),
        Identifiers(emails=("rosa@known.exampl",)),
        Identifiers(phones=("",), account_numbers=("",), names_and_addresses=(("Rosa Marquez", ""),)),
        Identifiers(names_and_addresses=(("Omar Haddad", "12 Elm Street, Plano, TX 75074"),)),
    ],
)
def test_nobody_is_found_by_a_part_or_by_nothing(filled, given):
    assert filled.find(given) == []


def test_who_fits_most_comes_first(filled):
    given = Identifiers(emails=("omar@known.example", "rosa@known.example"), account_numbers=("PV-004417",))
    assert named(filled.find(given)) == ["Rosa Marquez", "Omar Haddad"]


def test_no_more_candidates_are_offered_than_a_verifier_can_look_at(db, file):
    shared = [f"A{number},Person {number},agency@known.example" for number in range(9)]
    run(file("account_number,name,email", *shared))
    found = SealedTable().find(Identifiers(emails=("agency@known.example",)))
    assert len(found) == directory.MOST_CANDIDATES


def test_each_contact_and_fact_comes_with_its_day(filled):
    (rosa,) = filled.find(Identifiers(account_numbers=("PV-004417",)))
    assert [(one.kind, one.address, one.on_file_since) for one in rosa.contacts] == [
        (ContactKind.EMAIL, "rosa@known.example", date(2021, 3, 1)),
        (ContactKind.PHONE, "+1 972 555 0143", date(2021, 3, 1)),
        (ContactKind.PHONE, "(972) 555-0144", date(2025, 1, 5)),
        (ContactKind.ADDRESS, "12 Elm Street, Plano, TX 75074", date(2021, 3, 1)),
    ]
    assert [(one.kind, one.since) for one in rosa.facts] == [
        (EvidenceKind.ACCOUNT_NUMBER, None),
        (EvidenceKind.SERVICE_ADDRESS, date(2021, 3, 1)),
        (EvidenceKind.PHONE_ON_ACCOUNT, date(2021, 3, 1)),
        (EvidenceKind.PHONE_ON_ACCOUNT, date(2025, 1, 5)),
        (EvidenceKind.SERVICE_BEGAN, None),
    ]


def test_a_customer_is_fetched_again_by_an_opaque_id(filled):
    (rosa,) = filled.find(Identifiers(account_numbers=("PV-004417",)))
    assert filled.fetch(rosa.id) == rosa
    assert filled.fetch("not an id") is None
    assert filled.fetch("00000000-0000-0000-0000-000000000000") is None


def test_what_the_record_says_is_in_no_repr(filled):
    assert "Rosa" not in repr(filled.find(Identifiers(account_numbers=("PV-004417",))))


class Elsewhere:
    """Another source, as one more file would have it."""

    def find(self, given):
        return [directory.Customer("elsewhere", "Rosa")]

    def fetch(self, customer):
        return None


def test_another_source_is_named_by_the_settings(settings):
    settings.CUSTOMER_DIRECTORY = "tests.test_customers.Elsewhere"
    other: CustomerDirectory = directory.directory()
    assert named(other.find(Identifiers())) == ["Rosa"]


# --- Comparing -----------------------------------------------------------------------------------------------
SAME = [
    ("account_number", "pv 004417", "PV-004417", Same.YES),
    ("account_number", "PV-004418", "PV-004417", Same.NO),
    ("account_number", "--", "--", Same.NO),  # nothing is never the same as nothing
    ("phone_on_account", "(972) 555-0143", "+1 972 555 0143", Same.YES),
    ("phone_on_account", "1-972-555-0143 ext. 7", "9725550143", Same.YES),
    ("phone_on_account", "9725550143 x12", "9725550143", Same.YES),
    ("phone_on_account", "+44 (0)20 7946 0018", "00442079460018", Same.YES),
    ("phone_on_account", "011 44 20 7946 0018", "+442079460018", Same.YES),
    ("phone_on_account", "٩٧٢٥٥٥٠١٤٣", "972-555-0143", Same.YES),  # Arabic digits
    ("phone_on_account", "555-0143", "972-555-0143", Same.NO),
    ("service_address", "12 ELM STREET, Plano", "12 Elm St., Plano", Same.YES),
    ("service_address", "12 Elm Street", "12 Elm Street, Plano, TX 75074", Same.PART),
    ("service_address", "Plano", "12 Elm Street, Plano", Same.NO),  # a town alone is no address
    ("service_address", "14 Elm Street, Plano", "12 Elm Street, Plano", Same.NO),
    ("service_began", "March 2021", "2021-03", Same.YES),
    ("service_began", "marzo de 2021", "2021-03", Same.YES),
    ("service_began", "3/2021", "2021-03", Same.YES),
    ("service_began", "03/15/2021", "2021-03", Same.YES),
    ("service_began", "2021-03-15", "2021-03", Same.YES),
    ("service_began", "April 2021", "2021-03", Same.NO),
    ("service_began", "2021", "2021-03", Same.NO),
    ("service_began", "March 2021 or April 2021", "2021-03", Same.NO),
    ("name", "MÁRQUEZ, Rosa", "Rosa Marquez", Same.YES),
    ("name", "Rosa Marquez", "Rosa Maria Marquez", Same.PART),
    ("name", "Rosa", "Rosa Marquez", Same.NO),
    ("email", " Rosa@Mail.example ", "rosa@mail.example", Same.YES),
    ("email", "rosa@mail.example", "r0sa@mail.example", Same.NO),
    ("call_day", "12 May", "12 may", Same.YES),  # of a kind without a rule of its own
]


@pytest.mark.parametrize(("kind", "given", "on_record", "same"), SAME)
def test_the_machine_sees_past_spelling_and_no_further(kind, given, on_record, same):
    assert matching.same(kind, given, on_record) is same
