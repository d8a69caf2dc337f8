"""An e-mail address with a slip in it: asked about before it is sent, and never refused."""

import pytest

from requests.models import Submission
from requests.slips import probably_meant
from tests.asking import answers_details
from tests.test_pages import looked_at


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("rosa@gmial.com", "rosa@gmail.com"),  # two letters changed places
        ("rosa@gmai.com", "rosa@gmail.com"),  # one is missing
        ("rosa@gmaill.com", "rosa@gmail.com"),  # one too many
        ("rosa@gnail.com", "rosa@gmail.com"),  # the key beside it
        ("rosa@gmail.con", "rosa@gmail.com"),
        ("rosa@gmial.con", "rosa@gmail.com"),  # both
        ("Rosa.M+x@GMIAL.com", "Rosa.M+x@gmail.com"),  # what stands before the @ stays as it is
        ("rosa@yaho.com", "rosa@yahoo.com"),
        ("rosa@hotmial.com", "rosa@hotmail.com"),
        ("rosa@outlok.com", "rosa@outlook.com"),
        ("rosa@comcast.nett", "rosa@comcast.net"),
        ("rosa@small-firm.con", "rosa@small-firm.com"),  # wherever it is, no address ends in .con
        ("rosa@gmail.co", "rosa@gmail.com"),
        # Nothing to ask about.
        ("rosa@gmail.com", ""),
        ("rosa@GMAIL.com", ""),
        ("rosa@mail.com", ""),  # one letter from gmail.com, and real
        ("rosa@ymail.com", ""),
        ("rosa@mail.example", ""),
        ("rosa@yahoo.ca", ""),
        ("rosa@hotmail.es", ""),
        ("rosa@small-firm.com", ""),
        ("rosa@aol.com", ""),
        ("972-555-0143", ""),
        ("@gmial.com", ""),
        ("rosa@gmial", ""),
        ("", ""),
    ],
)
def test_what_was_probably_meant(typed, meant):
    assert probably_meant(typed) == meant


def fill_in(client, email: str, *rights: str) -> None:
    """Up to the page that is to be checked."""
    client.post("/ask/", {"rights": rights or ["access"]})
    answers_details(client)
    client.post("/ask/who/", {"capacity": "self"})
    client.post("/ask/where/", {"residence": "US-CA"})
    client.post("/ask/reach/", {"name": "Rosa Marquez", "email": email})


@pytest.mark.django_db
def test_rosa_is_asked_whether_she_meant_another_address_and_may_send_hers_all_the_same(client):
    fill_in(client, "rosa@gmial.com")
    page = looked_at(client.get("/ask/check/"))
    assert "Did you mean rosa@gmail.com?" in page.html
    assert client.post("/ask/check/").status_code == 302
    assert Submission.objects.get().email == "rosa@gmial.com"


@pytest.mark.django_db
def test_who_opts_out_is_asked_too(client):
    client.post("/ask/opt-out/", {"opt_out": "rosa@gmial.com"})
    assert "Did you mean rosa@gmail.com?" in looked_at(client.get("/ask/check/")).html


@pytest.mark.django_db
def test_nobody_is_asked_about_an_address_without_a_slip(client):
    fill_in(client, "rosa@mail.example")
    assert "Did you mean" not in client.get("/ask/check/").content.decode()
