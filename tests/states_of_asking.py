"""The pages that everybody can open, and the question pages from the first to the receipt."""

from datetime import date, timedelta

from django.http import HttpResponseBase
from django.http.request import HttpHeaders

from primevox_privacy import signed
from primevox_privacy.limits.models import hit
from requests import details
from requests.policy import loading
from requests.terms import Capacity, Right
from requests.views.asking import DRAFTS_FOR_ONE_SUBMISSION, HOUR
from tests.asking import ANY_ANSWER
from tests.situation import (
    A_TUESDAY,
    AUTHORITY,
    FROM_HERE,
    SUBJECT,
    TYPED_NAME,
    TYPED_TEXT,
    Situation,
    state,
    states_from,
    upload,
)

REACH = {"name": TYPED_NAME, "email": "rosa@mail.example"}
SLIP = "rosa@gmial.com"
WHO, WHERE = {"capacity": "self"}, {"residence": "US-CA"}
WORDY = [right.value for right in Right if right is not Right.OPT_OUT]
ASKED = [right for right in Right if right in details.ASKED]
SAID = ANY_ANSWER | {"said": TYPED_TEXT, "wrong_1": TYPED_TEXT, "right_1": TYPED_TEXT, "happened_when": TYPED_TEXT}
SIGNAL = {"Sec-GPC": "1"}
ABOUT = {
    Capacity.NON_CUSTOMER: {"encounter": TYPED_TEXT},
    **{who: {"subject_name": SUBJECT, "authority": given} for who, given in AUTHORITY.items()},
}


# --- Pages that everybody can open -----------------------------------------------------------------------------
OPEN_PAGES = {
    "start": "/",
    "privacy_notice": "/privacy/",
    "what_we_ask": "/what-we-ask/",
    "what_we_hold": "/what-we-hold/",
    "accessibility": "/accessibility/",
    "other_ways": "/other-ways/",
    "is_it_us": "/is-it-us/",
    "policy_not_loaded": "/policy/",
    "check_signed": "/check/",
    "no_such_page": "/no-such-page/",
}
states_from(OPEN_PAGES, lambda here, name: here.opens(OPEN_PAGES[name]), "{}")


@state
def check_signed_with_nothing(here: Situation) -> HttpResponseBase:
    return here.sends("/check/")


@state
def check_signed_not_ours(here: Situation) -> HttpResponseBase:
    return here.sends("/check/", text=TYPED_TEXT)


@state
def check_signed_an_empty_file(here: Situation) -> HttpResponseBase:
    return here.sends("/check/", file=upload(content=b""))


@state
def check_signed_ours(here: Situation) -> HttpResponseBase:
    lines = {"kind": "certificate of destruction", "gone_from_use_at": "2026-03-10", "classes": {"keys": 1}}
    return here.sends("/check/", text=signed.sign(lines))


POLICY = "## 1. Sharing\n\nWe share it with nobody.\n\n## 2. Who\n\n| Who | What |\n| --- | --- |\n| We | All |\n"
FIRST_ON, CHANGED_ON, NEXT_ON = date(2023, 6, 1), A_TUESDAY.date(), A_TUESDAY.date() + timedelta(days=30)
POLICY_PAGES = {
    "policy_just_changed": "/policy/",
    "policy_older": f"/policy/{FIRST_ON}/",
    "policy_coming": f"/policy/{NEXT_ON}/",
    "start_while_the_policy_is_new": "/",
}


def with_three_policies(here: Situation, name: str) -> HttpResponseBase:
    """One in force for long, one that changed today in a way that matters, and one to come."""
    loading.load(POLICY, FIRST_ON)
    loading.load(POLICY.replace("nobody", "our printer"), CHANGED_ON, material=True)
    loading.load(POLICY.replace("2. Who", "2. Who sees it"), NEXT_ON)
    return here.opens(POLICY_PAGES[name])


states_from(POLICY_PAGES, with_three_policies, "{}")


# --- Questions -------------------------------------------------------------------------------------------------
@state
def rights(here: Situation) -> HttpResponseBase:
    return here.opens("/ask/")


@state
def rights_with_one_ticked(here: Situation) -> HttpResponseBase:
    return here.opens("/ask/delete/")


@state
def rights_with_nothing_ticked(here: Situation) -> HttpResponseBase:
    return here.sends("/ask/")


@state
def rights_with_what_is_not_listed(here: Situation) -> HttpResponseBase:
    return here.sends("/ask/", rights=["everything"])


def _filled_in(here: Situation, capacity: Capacity = Capacity.SELF, *, rights: list[str] | None = None) -> None:
    """Up to the page that is to be checked."""
    rights = rights or ["access"]
    here.sends("/ask/", rights=rights)
    for number, _right in enumerate([right for right in rights if Right(right) in details.ASKED], 1):
        here.sends(f"/ask/details/{number}/", **SAID)
    here.sends("/ask/who/", capacity=capacity.value)
    if capacity in ABOUT:
        here.sends("/ask/about/", **ABOUT[capacity])
    here.answers(("/ask/where/", WHERE), ("/ask/reach/", REACH))


@state
def rights_for_somebody_else(here: Situation) -> HttpResponseBase:
    _filled_in(here, Capacity.AGENT)
    return here.opens("/ask/")


@state
def too_many_from_one_network(here: Situation) -> HttpResponseBase:
    for _ in range(60 * DRAFTS_FOR_ONE_SUBMISSION):
        hit("drafts", FROM_HERE, HOUR)
    return here.sends("/ask/", rights=["access"])


def _details_of(here: Situation, right: Right) -> HttpResponseBase:
    return here.sends("/ask/", rights=[right.value])


def _details_with_nothing(here: Situation, right: Right) -> HttpResponseBase:
    _details_of(here, right)
    return here.sends("/ask/details/1/")


states_from(ASKED, _details_of, "details_of_{}")
states_from(ASKED, _details_with_nothing, "details_of_{}_with_nothing")


@state
def details_with_several_corrections(here: Situation) -> HttpResponseBase:
    _details_of(here, Right.CORRECT)
    return here.sends("/ask/details/1/", add="1", **SAID)


@state
def details_that_are_too_long(here: Situation) -> HttpResponseBase:
    _details_of(here, Right.CORRECT)
    return here.sends("/ask/details/1/", wrong_1="x" * 4001, right_1="Elm")


@state
def details_of_a_deletion_that_say_two_things(here: Situation) -> HttpResponseBase:
    _details_of(here, Right.DELETE)
    return here.sends("/ask/details/1/", scope="all", said=TYPED_TEXT, data_from="2030-01-02", data_until="2030-01-01")


@state
def details_of_portability_without_its_receiver(here: Situation) -> HttpResponseBase:
    _details_of(here, Right.PORTABILITY)
    return here.sends("/ask/details/1/", data_form="csv", send_to="other")


@state
def start_with_answers_not_sent(here: Situation) -> HttpResponseBase:
    _filled_in(here)
    return here.opens("/")


@state
def start_with_answers_thrown_away(here: Situation) -> HttpResponseBase:
    _filled_in(here)
    return here.sends("/ask/throw-away/")


@state
def start_with_the_signal(here: Situation) -> HttpResponseBase:
    here.browser.defaults |= HttpHeaders.to_wsgi_names(SIGNAL)
    return here.opens("/")


@state
def opt_out_with_the_signal(here: Situation) -> HttpResponseBase:
    start_with_the_signal(here)
    return here.opens("/ask/opt-out/")


@state
def opt_out_sent_with_the_signal(here: Situation) -> HttpResponseBase:
    start_with_the_signal(here)
    return here.sends("/ask/opt-out/", opt_out="972-555-0143")


@state
def opt_out(here: Situation) -> HttpResponseBase:
    return here.opens("/ask/opt-out/")


@state
def opt_out_with_nothing(here: Situation) -> HttpResponseBase:
    return here.sends("/ask/opt-out/")


@state
def opt_out_to_check(here: Situation) -> HttpResponseBase:
    return here.sends("/ask/opt-out/", opt_out="972-555-0143")


@state
def opt_out_sent(here: Situation) -> HttpResponseBase:
    opt_out_to_check(here)
    return here.sends("/ask/check/")


@state
def who(here: Situation) -> HttpResponseBase:
    return here.sends("/ask/", rights=["access"])


@state
def who_with_nothing_chosen(here: Situation) -> HttpResponseBase:
    who(here)
    return here.sends("/ask/who/")


def _about(here: Situation, capacity: Capacity) -> HttpResponseBase:
    who(here)
    return here.sends("/ask/who/", capacity=capacity.value)


def _about_with_nothing(here: Situation, capacity: Capacity) -> HttpResponseBase:
    _about(here, capacity)
    return here.sends("/ask/about/")


states_from(ABOUT, _about, "about_{}")
states_from(ABOUT, _about_with_nothing, "about_{}_with_nothing")


@state
def about_agent_with_days_that_cannot_be(here: Situation) -> HttpResponseBase:
    _about(here, Capacity.AGENT)
    days = {"from_on": "2030-01-01", "until_on": "2020-01-01", "subject_email": "rosa@"}
    return here.sends("/ask/about/", **ABOUT[Capacity.AGENT], **days)


@state
def where(here: Situation) -> HttpResponseBase:
    return _about(here, Capacity.SELF)


@state
def where_of_a_company(here: Situation) -> HttpResponseBase:
    _about(here, Capacity.COMPANY)
    return here.sends("/ask/about/", **ABOUT[Capacity.COMPANY])


@state
def where_with_nothing_chosen(here: Situation) -> HttpResponseBase:
    where(here)
    return here.sends("/ask/where/")


@state
def reach(here: Situation) -> HttpResponseBase:
    where(here)
    return here.sends("/ask/where/", **WHERE)


@state
def reach_with_nothing(here: Situation) -> HttpResponseBase:
    reach(here)
    return here.sends("/ask/reach/")


@state
def reach_with_slips(here: Situation) -> HttpResponseBase:
    reach(here)
    return here.sends("/ask/reach/", name=TYPED_NAME, email="rosa@", phone="972")


@state
def reach_for_a_child(here: Situation) -> HttpResponseBase:
    _about(here, Capacity.PARENT)
    here.sends("/ask/about/", **ABOUT[Capacity.PARENT])
    return here.sends("/ask/where/", **WHERE)


@state
def check(here: Situation) -> HttpResponseBase:
    _filled_in(here)
    return here.opens("/ask/check/")


@state
def check_with_a_slip(here: Situation) -> HttpResponseBase:
    _filled_in(here)
    here.sends("/ask/reach/", name=TYPED_NAME, email=SLIP)
    return here.opens("/ask/check/")


@state
def check_of_all(here: Situation) -> HttpResponseBase:
    _filled_in(here, rights=WORDY)
    return here.opens("/ask/check/")


def _check_of(here: Situation, capacity: Capacity) -> HttpResponseBase:
    _filled_in(here, capacity)
    return here.opens("/ask/check/")


def _sent_of(here: Situation, capacity: Capacity) -> HttpResponseBase:
    _filled_in(here, capacity)
    return here.sends("/ask/check/")


states_from(ABOUT, _check_of, "check_of_{}")
states_from(ABOUT, _sent_of, "sent_by_{}")


@state
def draft_gone(here: Situation) -> HttpResponseBase:
    """What was typed comes back to be copied: the draft has ended meanwhile."""
    return here.sends("/ask/details/1/", wrong_1=TYPED_TEXT)


@state
def sent(here: Situation) -> HttpResponseBase:
    _filled_in(here)
    return here.sends("/ask/check/")


@state
def sent_with_all(here: Situation) -> HttpResponseBase:
    _filled_in(here, rights=WORDY)
    return here.sends("/ask/check/")


@state
def sent_without_mail(here: Situation) -> HttpResponseBase:
    reach(here)
    here.sends("/ask/reach/", name=TYPED_NAME, postal_address="12 Elm Street, Plano")
    return here.sends("/ask/check/")


@state
def too_many_sent_from_one_network(here: Situation) -> HttpResponseBase:
    _filled_in(here)
    for _ in range(60):
        hit("submissions", FROM_HERE, HOUR)
    return here.sends("/ask/check/")


@state
def stood_too_long(here: Situation) -> HttpResponseBase:
    here.browser.handler.enforce_csrf_checks = True
    return here.sends("/ask/", rights=["access"])


@state
def step_of_a_button_opened_by_its_address(here: Situation) -> HttpResponseBase:
    return here.opens("/ask/throw-away/")
