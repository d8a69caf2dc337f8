"""Global Privacy Control: exactly one value counts, it is said, it makes the opt-out one step, and staff see it."""

import re
from datetime import date

import pytest
from django.test import Client

from requests.models import Draft, RightsRequest, Submission
from requests.terms import Right
from requests.views import opting_out
from tests.cast import signed_in
from tests.test_form_templates import Page
from tests.test_pages import looked_at

pytestmark = pytest.mark.django_db
OPT_OUT = "/ask/opt-out/"
NUMBER = {"opt_out": "972-555-0143"}
SAID = "Global Privacy Control"


def browser(value: str | None = "1") -> Client:
    return Client(headers={"Sec-GPC": value} if value is not None else {})


def page_of(client: Client) -> str:
    """What the page with the one question says of itself."""
    return Page(client.get(OPT_OUT).content.decode()).one("input", name="page_of").attrs["value"]


@pytest.mark.parametrize("value", [None, "", "0", "1 ", " 1", "true", "1,1", "1;", "2", "01", "yes", "١"])
@pytest.mark.parametrize("address", ["/", OPT_OUT])
def test_nothing_but_exactly_1_is_the_signal(value, address):
    assert SAID not in looked_at(browser(value).get(address)).html


@pytest.mark.parametrize("address", ["/", OPT_OUT, "/es/", "/es/ask/opt-out/"])
def test_the_signal_is_said_in_a_calm_panel(address):
    page = looked_at(browser().get(address))
    assert SAID in page.all("div", class_="panel")[0].text
    assert not page.all("div", role="alert")


@pytest.mark.parametrize("address", ["/", "/ask/", OPT_OUT])
@pytest.mark.parametrize("value", [None, "1"])
def test_pages_that_differ_say_so_to_caches(address, value):
    response = browser(value).get(address)
    assert "Sec-GPC" in re.split(r",\s*", response["Vary"])


def test_all_other_pages_are_the_same_with_and_without():
    for address in ("/your-request/", "/privacy/", "/accessibility/", "/other-ways/", "/what-we-ask/"):
        pages = [re.sub(r'value="\w{64}"', "", browser(value).get(address).content.decode()) for value in (None, "1")]
        assert pages[0] == pages[1], address


def test_one_field_and_one_button_file_it():
    client = browser()
    page = looked_at(client.get(OPT_OUT))
    assert [one.attrs["name"] for one in page.controls] == ["opt_out"]
    assert [button.text for button in page.all("button")] == ["Send my opt-out"]
    assert client.post(OPT_OUT, NUMBER | {"page_of": page_of(client)}).url == "/ask/sent/"
    one = RightsRequest.objects.select_related("content_key", "submission__contact_key").get()
    assert (one.right, one.details, one.submission.phone) == (Right.OPT_OUT, NUMBER, NUMBER["opt_out"])
    assert "We have your request" in client.get("/ask/sent/").content.decode()


def test_without_the_signal_it_is_checked_first():
    client = browser(None)
    assert client.post(OPT_OUT, NUMBER).url == "/ask/check/"
    assert not RightsRequest.objects.exists()


def test_who_ticks_only_the_opt_out_comes_to_the_one_step():
    assert browser().post("/ask/", {"rights": ["opt_out"]}).url == OPT_OUT
    assert browser(None).post("/ask/", {"rights": ["opt_out"]}).url == "/ask/details/1/"
    assert browser().post("/ask/", {"rights": ["opt_out", "access"]}).url == "/ask/details/1/"


def test_what_is_no_address_and_no_number_is_asked_again_and_sends_nothing():
    page = looked_at(browser().post(OPT_OUT, {"opt_out": "call me"}))
    assert "There is a problem" in page.html
    assert page.one("input", id="id_opt_out").attrs["value"] == "call me"
    assert not Submission.objects.exists()
    assert not Draft.objects.exists()


def test_pressing_twice_is_one_request_and_another_address_is_another():
    client = browser()
    sent = NUMBER | {"page_of": page_of(client)}
    for _press in range(2):
        assert client.post(OPT_OUT, sent).url == "/ask/sent/"
    assert Submission.objects.count() == 1
    client.post(OPT_OUT, sent | {"opt_out": "rosa@mail.example"})  # went back, and names another
    assert Submission.objects.count() == 2


def test_a_second_press_that_overtakes_the_first_is_the_same_request(monkeypatch):
    client = browser()
    sent = NUMBER | {"page_of": page_of(client)}
    client.post(OPT_OUT, sent)
    monkeypatch.setattr(opting_out.Draft.objects, "filter", lambda **_: Draft.objects.none())  # it looked too early
    assert client.post(OPT_OUT, sent).url == "/ask/sent/"
    assert Submission.objects.count() == 1


def test_stan_reaches_no_draft_of_somebody_else_by_naming_it():
    """What the page says of itself is signed, and names no draft."""
    rosa, stan = browser(None), browser()
    rosa.post("/ask/", {"rights": ["access"]})
    hers = Draft.objects.get()
    stan.post(OPT_OUT, NUMBER | {"page_of": str(hers.pk)})
    stan.post(OPT_OUT, NUMBER | {"page_of": opting_out.PAGE.sign(str(hers.pk))})
    hers.refresh_from_db()
    assert hers.submission_id is None
    assert hers.answers == {"rights": ["access"]}


def test_over_the_limit_nothing_is_written_and_another_way_is_shown(settings):
    settings.SUBMISSIONS_PER_HOUR = 1
    assert [browser().post(OPT_OUT, NUMBER).status_code for _person in range(2)] == [302, 429]
    assert Submission.objects.count() == 1
    assert Draft.objects.count() == 1


@pytest.mark.parametrize(("value", "seen"), [("1", True), (None, False), ("true", False)])
def test_whether_the_signal_was_there_stands_with_what_was_sent_and_staff_see_it(tess, value, seen):
    client = browser(value)
    client.post("/ask/", {"rights": ["access"]})
    client.post("/ask/who/", {"capacity": "self"})
    client.post("/ask/where/", {"residence": "US-CA"})
    client.post("/ask/reach/", {"name": "Rosa", "email": "rosa@mail.example"})
    client.post("/ask/check/")
    one = RightsRequest.objects.select_related("submission").get()
    assert one.submission.signal_seen is seen
    desk = signed_in(tess).get(f"/admin/requests/rightsrequest/{one.pk}/change/").content.decode()
    assert (SAID in desk) is seen


def test_a_one_step_opt_out_bears_the_signal():
    browser().post(OPT_OUT, NUMBER)
    assert Submission.objects.get().signal_seen


def test_machines_can_read_that_we_honor_it():
    response = Client().get("/.well-known/gpc.json")
    assert response["Content-Type"] == "application/json"
    told = response.json()
    assert set(told) == {"gpc", "lastUpdate"}
    assert told["gpc"] is True
    assert date.fromisoformat(told["lastUpdate"])
    assert Client().post("/.well-known/gpc.json").status_code == 405
