"""Exact search at the desk: by reference, name, address and number. What somebody types stands in no address."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from primevox_privacy.sealed import forgetting
from requests import appeals, found_by
from requests.admin.finding import as_term
from requests.models import Submission
from requests.references import spoken
from requests.terms import Authority, Capacity, Ending, Right
from tests.cast import ROSAS_MAIL, ask, signed_in, submit

pytestmark = pytest.mark.django_db
QUEUE = "/admin/requests/rightsrequest/"
SEARCH = f"{QUEUE}search/"


def leads_to(client, typed: str) -> str:
    return client.post(SEARCH, {"q": typed})["Location"]


def case(one) -> str:
    return f"{QUEUE}{one.pk}/change/"


@pytest.mark.parametrize(
    "typed",
    [
        "Rosa Márquez",
        "  marquez,  ROSA ",
        "Rosa@Mail.Example ",
        "972-555-0143",
        "(972) 555 0143",
        "+1 972 555-0143",
        "0019725550143",
    ],
)
def test_tess_finds_rosa_by_whole_name_address_or_number_however_it_is_written(tess, typed):
    one = ask(Right.ACCESS, name="Rosa Marquez", email=ROSAS_MAIL, phone="972.555.0143")
    ask(Right.ACCESS, name="Rosa Maria Marquez", email="other@mail.example", phone="972-555-0144")
    assert leads_to(signed_in(tess), typed) == case(one)


def test_names_in_any_script_are_found(tess):
    one = ask(Right.ACCESS, name="山田 花子")
    assert leads_to(signed_in(tess), "花子 山田") == case(one)


def test_a_reference_is_found_as_written_and_as_it_is_said(tess, rosas_request):
    for typed in (
        rosas_request.reference,
        spoken(rosas_request.reference).lower(),
        f" {spoken(rosas_request.reference)} ",
    ):
        assert leads_to(signed_in(tess), typed) == case(rosas_request)


def test_the_reference_of_an_appeal_leads_to_its_request(tess, vera, abe, bea, answered):
    from requests.models import RightsRequest

    RightsRequest.objects.filter(pk=answered.pk).update(ending=Ending.PARTLY)
    answered.refresh_from_db()
    appeal = appeals.file(answered, "Something is missing.", by="requester")
    assert leads_to(signed_in(tess), spoken(appeal.reference)) == case(answered)


def test_closed_requests_are_found_too(tess, answered):
    assert leads_to(signed_in(tess), answered.reference) == case(answered)


def test_several_of_one_person_are_listed(tess):
    submit(Right.ACCESS, Right.DELETE)
    client = signed_in(tess)
    address = leads_to(client, "rosa marquez")
    page = client.get(address).content.decode()
    assert "Looked for by name" in page
    assert page.count("field-reference_said") == 2


def test_who_is_acted_for_is_found_by_their_address(tess):
    from requests.intake import Acting

    acting = Acting("Omar Haddad", Authority.POWER_OF_ATTORNEY, "omar@mail.example")
    one = ask(Right.ACCESS, name="Gia Conti", email="gia@agents.example", capacity=Capacity.AGENT, acting=acting)
    assert leads_to(signed_in(tess), "omar@mail.example") == case(one)


def test_what_was_typed_stands_in_no_address(tess):
    submit(Right.ACCESS, Right.DELETE, phone="972-555-0143")
    for typed in ("Rosa Marquez", ROSAS_MAIL, "972-555-0143", "Nobody Known"):
        address = leads_to(signed_in(tess), typed)
        assert not any(part in address.lower() for part in ("rosa", "marquez", "555", "nobody"))


def test_part_of_a_name_finds_nobody_and_the_page_says_what_is_found(tess, rosas_request):
    client = signed_in(tess)
    page = client.get(leads_to(client, "Rosa")).content.decode()
    assert "Nothing was found. Only whole references, names, addresses and numbers are found." in page
    assert spoken(rosas_request.reference) not in page


@pytest.mark.parametrize("term", ["rosa@mail.example", "name.", "name.zz", "phone." + "0" * 63, "'; --"])
def test_what_is_no_term_in_an_address_finds_nothing_and_breaks_nothing(tess, rosas_request, term):
    page = signed_in(tess).get(QUEUE, {"q": term})
    assert page.status_code == 200
    assert spoken(rosas_request.reference) not in page.content.decode()


def test_searching_for_nothing_shows_the_queue(tess):
    assert leads_to(signed_in(tess), "  ") == QUEUE


def test_an_administrator_cannot_search(ada, rosas_request):
    assert signed_in(ada).post(SEARCH, {"q": rosas_request.reference}).status_code == 403


def test_what_finds_a_person_dies_with_their_contact(rosas_request):
    submission = rosas_request.submission
    assert submission.name_index
    forgetting.destroy(submission.contact_key)
    left = Submission.objects.get(pk=submission.pk)
    assert (left.name_index, left.email_index, left.phone_index) == ("", "", "")


# --- Those who were there before names had an index --------------------------------------------------------------
def fill() -> None:
    with connection.schema_editor() as editor:
        import_module("requests.migrations.0014_find_those_who_are_there").fill(apps, editor)


def test_who_was_there_before_is_found_by_name_and_number_afterwards(tess):
    one = ask(Right.ACCESS, phone="(972) 555-0143")
    Submission.objects.update(name_index="", phone_index="as it was written")
    fill()
    for typed in ("Rosa Marquez", "972 555 0143"):
        assert leads_to(signed_in(tess), typed) == case(one)


def test_filling_goes_on_past_what_is_destroyed_and_past_what_does_not_open(tess):
    gone, broken, there = (ask(Right.ACCESS, name=name) for name in ("Gone", "Broken", "There"))
    forgetting.destroy(gone.submission.contact_key)
    other = there.submission.contact_key
    type(other).objects.filter(pk=broken.submission.contact_key_id).update(wrapped=bytes(other.wrapped))
    Submission.objects.update(name_index="")
    fill()
    found = dict(Submission.objects.values_list("pk", "name_index"))
    assert [bool(found[one.submission_id]) for one in (gone, broken, there)] == [False, False, True]


def test_no_more_than_a_batch_is_read_at_once_and_all_are_filled(monkeypatch):
    monkeypatch.setattr(import_module("requests.migrations.0014_find_those_who_are_there"), "BATCH", 2)
    for number in range(5):
        ask(Right.ACCESS, name=f"Person {number}")
    Submission.objects.update(name_index="")
    fill()
    assert not Submission.objects.filter(name_index="").exists()


# --- One form for all ways to write it ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rosa Márquez", "MARQUEZ ROSA"),
        ("O’Brien, Pat", "pat o'brien"),
        ("Straße", "STRASSE"),
        ("Jean-Luc", "jean luc"),
    ],
)
def test_a_name_is_the_same_however_it_is_written(one, other):
    assert found_by.name(one) == found_by.name(other)


@pytest.mark.parametrize(("one", "other"), [("Rosa Marquez", "Rosa Marques"), ("Rosa", "Rosa Rosa"), ("An Na", "Anna")])
def test_different_names_stay_different(one, other):
    assert found_by.name(one) != found_by.name(other)


def test_nothing_is_found_by_nothing():
    assert (found_by.name(" – "), found_by.email(" "), found_by.phone("")) == ("", "", "")


def test_what_is_searched_for_is_known_by_its_look():
    said = {typed: as_term(typed).split(".")[0] for typed in ("Rosa", "a@b.example", "972-555-0143", "Apt 123456")}
    assert said == {"Rosa": "name", "a@b.example": "email", "972-555-0143": "phone", "Apt 123456": "name"}
