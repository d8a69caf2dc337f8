"""Single keys at the desk, for whoever turns them on; and the panel of a new request. What Chromium does with them is
in `test_journey_keys.py`."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from primevox_privacy.staff import keys
from primevox_privacy.staff.models import User
from requests import stopping, workflow
from requests.answers import Draft
from requests.models import RightsRequest
from requests.terms import Ending, Right
from tests.cast import ask, fresh, prove, signed_in
from tests.test_case_page import page_of
from tests.test_staff_desk import QUEUE, do

pytestmark = pytest.mark.django_db
SETTINGS = "/admin/your-settings/"
TEMPLATES = settings.BASE_DIR / "templates" / "admin"


# --- On and off ----------------------------------------------------------------------------------------------------
def test_keys_are_off_until_tess_wants_them_and_off_again_when_she_does_not(tess):
    client = signed_in(tess)
    assert "keys.js" not in client.get(QUEUE).content.decode()
    client.post(SETTINGS, {"uses_keys": "on"})
    page = client.get(QUEUE).content.decode()
    assert "keys.js" in page
    assert "<dialog" in page
    client.post(SETTINGS, {})
    assert "keys.js" not in client.get(QUEUE).content.decode()


def test_reading_the_settings_changes_nothing(tess):
    signed_in(tess).get(f"{SETTINGS}?uses_keys=on")
    assert not User.objects.get(pk=tess.pk).uses_keys


@pytest.mark.parametrize("name", ["vera", "otto", "ada", "cora"])
def test_everybody_reads_every_key_without_script(name, request):
    page = signed_in(request.getfixturevalue(name)).get(SETTINGS).content.decode()
    assert "<kbd>j</kbd>" in page
    assert "/admin/your-sign-in/" in page


def test_each_key_that_a_page_bears_is_in_the_list():
    listed = {key.asks_for for _at, all_of_it in keys.PLACES for key in all_of_it}
    borne = {key for path in TEMPLATES.rglob("*.html") for key in re.findall(r'data-key="([^"{]+)"', path.read_text())}
    assert {"g t", "n", "Enter", "m", "v"} <= borne
    assert borne <= listed


# --- Keys of one's own -----------------------------------------------------------------------------------------------
def own(**changed: str) -> dict[str, str]:
    """The form with each key as the desk has it, but for these."""
    return {"uses_keys": "on"} | {f"key_{at}": changed.get(sign, sign) for at, sign in enumerate(keys.CHANGEABLE)}


def test_a_key_of_ones_own_stands_in_the_list_and_the_script_learns_of_it(tess):
    client = signed_in(tess)
    client.post(SETTINGS, own(r="w"))
    page = client.get(QUEUE).content.decode()
    assert 'data-own="{&quot;r&quot;: &quot;w&quot;}"' in page
    assert "<dt><kbd>w</kbd> </dt><dd>Write to the requester</dd>" in page
    assert "<kbd>r</kbd>" not in page


def test_two_keys_can_change_places_and_an_empty_box_is_the_key_of_the_desk_again(tess):
    client = signed_in(tess)
    client.post(SETTINGS, own(r="i", i="r"))
    assert User.objects.get(pk=tess.pk).own_keys == {"r": "i", "i": "r"}
    client.post(SETTINGS, own(r="", i=""))
    assert User.objects.get(pk=tess.pk).own_keys == {}


WRONG = {
    "twice": ({"r": "i"}, "Write to the requester: “i” stands here twice. Choose another key for one of them."),
    "a digit": ({"r": "1"}, "Write to the requester: “1” stands for something else already. Choose another key."),
    "help": ({"r": "?"}, "Write to the requester: “?” stands for something else already. Choose another key."),
    "the first of two": (
        {"r": "g"},
        "Write to the requester: “g” stands for something else already. Choose another key.",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_key_that_would_do_two_things_is_not_taken_and_what_was_typed_stays(case, tess):
    changed, said = WRONG[case]
    page = signed_in(tess).post(SETTINGS, own(**changed)).content.decode()
    assert said in page
    assert "<title>Error: " in page
    assert f'value="{changed["r"]}"' in page
    assert not User.objects.get(pk=tess.pk).own_keys


# --- A new request -------------------------------------------------------------------------------------------------
def understood(user, one: RightsRequest) -> str:
    """The panel; empty where the page has none."""
    page = " ".join(page_of(user, fresh(one)).split())
    return page.partition("What we understood")[2].partition("</section>")[0]


def test_what_was_understood_of_a_new_request_stands_on_top(tess):
    panel = understood(tess, ask(Right.DELETE))
    for said in (
        "Right to deletion",
        "Texas Data Privacy and Security Act",
        "Three matched facts",
        "cannot be brought",
    ):
        assert said in panel
    assert 'data-key="Enter"' in panel
    assert "/do/take/" in panel


def test_who_agrees_goes_on_with_the_next_one(tess):
    first = ask(Right.ACCESS, received_at=timezone.now() - timedelta(days=2))
    second = ask(Right.ACCESS, email="other@mail.example")
    client = signed_in(tess)
    client.post(f"{QUEUE}next/")
    assert "Agree, and take the next one" in understood(tess, first)
    answer = client.post(f"{QUEUE}next/")
    assert answer["Location"].endswith(f"/{second.pk}/change/")


def test_what_is_not_sure_has_to_be_said_first_and_each_right_has_a_key(tess):
    one = ask(Right.UNSURE)
    workflow.take(one, by=tess)
    panel = understood(tess, one)
    assert "Agree, and take" not in panel
    assert "Proof needed" not in panel, "that depends on the right"
    assert re.findall(r'data-key="(.)"', panel.partition("/do/turn_into/")[2]) == list("1234567890-")
    do(signed_in(tess), fresh(one), "turn_into", right="access")
    assert "Agree, and take" in understood(tess, one)


def test_what_may_be_the_same_persons_is_one_key_away(tess):
    one, other = ask(Right.ACCESS), ask(Right.ACCESS)
    assert f'/{one.pk}/beside/{other.pk}/" data-key="m"' in understood(tess, one)


@pytest.mark.parametrize("name", ["vera", "otto"])
def test_who_does_not_triage_has_no_such_panel(name, request):
    assert understood(request.getfixturevalue(name), ask(Right.ACCESS)) == ""


def test_once_somebody_began_the_panel_is_gone(tess, abe, vera):
    theirs, asked, frozen, proven = (ask(Right.ACCESS, email=f"{number}@mail.example") for number in range(4))
    workflow.take(theirs, by=abe)
    workflow.ask(asked, "Which line is it?", by=tess)
    stopping.freeze(frozen, "Odd.", by=tess)
    workflow.answer(_taken(proven, abe, vera), Draft(Ending.FULFILLED, text="Name: Rosa"), by=abe)
    assert [understood(tess, one) for one in (theirs, asked, frozen, proven)] == [""] * 4


def _taken(one: RightsRequest, abe, vera) -> RightsRequest:
    workflow.take(one, by=abe)
    return prove(fresh(one), vera)


def test_take_next_stands_on_every_case_for_whoever_may_take(tess, otto, answered):
    assert "Take next" in page_of(tess, answered)
    assert "Take next" not in page_of(otto, answered)
