"""What a refusal may rest on."""

import re
from datetime import date

import pytest
from django_countries import countries

from requests.grounds import ground, grounds_for, is_offered
from requests.law_words import SENTENCES
from requests.regimes import SUBDIVISION_NAMES, all_regimes, authority_for, law
from requests.terms import Right

REGIMES = [regime.id for regime in all_regimes()]
POLICY = ("policy_6", "policy_7_unfounded", "policy_7_repetitive", "policy_7_excessive")
ROWS = [*law()["policy_grounds"], *law()["refusal_grounds"]]


def ids(right: Right, regime_id: str) -> set[str]:
    return {each.id for each in grounds_for(right, regime_id)}


@pytest.mark.parametrize("regime_id", REGIMES)
def test_the_grounds_of_the_policy_come_first_for_everybody(regime_id):
    for right in Right:
        assert tuple(each.id for each in grounds_for(right, regime_id))[:4] == POLICY


def test_where_no_law_stands_only_the_policy_gives_grounds():
    assert ids(Right.DELETE, "none") == set(POLICY)


def test_each_law_gives_its_grounds_for_the_right_they_belong_to():
    assert "ccpa_105d8" in ids(Right.DELETE, "us_ca_ccpa")
    assert "ccpa_105d8" not in ids(Right.ACCESS, "us_ca_ccpa")
    assert "ccpa_7026e" in ids(Right.OPT_OUT, "us_ca_ccpa")  # our one opt-out stands for their three
    assert "gdpr_22_2" in ids(Right.OPT_OUT, "eu_gdpr")
    assert "tx_201" in ids(Right.DELETE, "us_tx_tdpsa")
    assert "tx_201" not in ids(Right.DELETE, "us_va_vcdpa")


def test_a_request_not_yet_triaged_is_refused_on_our_own_grounds_only():
    assert ids(Right.UNSURE, "us_tx_tdpsa") == set(POLICY)


def test_identity_not_shown_is_never_a_ground():
    offered = [each for regime_id in REGIMES for right in Right for each in grounds_for(right, regime_id)]
    assert not {each.id for each in offered} & {"gdpr_11_2", "ccpa_140ak", "tx_052e"}
    words = re.compile(r"verif|authentic|identif(y|ied) the person", re.IGNORECASE)
    assert not [each.id for each in offered if words.search(each.summary + each.plain)]


def test_what_counsel_has_not_confirmed_is_never_offered():
    offered = {each.id for regime_id in REGIMES for right in Right for each in grounds_for(right, regime_id)}
    unverified = {row["id"] for row in ROWS if row["confidence"] == "unverified"}
    assert unverified == {"uk_same", "ccpa_7023", "ky_in_ne", "nz_49_53"}
    assert not offered & unverified
    assert not offered & {"tx_204", "pipeda_9_24"}  # a limit, and what must not be told


def test_every_ground_left_out_says_why():
    assert all(is_offered(row) or row["not_offered"].strip() for row in ROWS)


def test_an_unverified_ground_is_not_offered_even_if_nobody_wrote_down_why():
    assert not is_offered({"confidence": "unverified"})


def test_a_ground_is_found_again_by_the_id_a_refusal_keeps():
    assert ground("policy_6").cite == "policy section 6"
    assert ground("tx_052e").cite == "541.052(e)"  # even one that is no longer offered
    with pytest.raises(KeyError):
        ground("nothing")


def test_ids_are_unique_and_every_ground_names_its_place():
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    assert all(row["cite"].strip() and row["summary"].strip() for row in ROWS)
    known = {regime.id for regime in all_regimes()}
    assert all(set(row["regimes"]) <= known for row in law()["refusal_grounds"])


def reading_grade(text: str) -> float:
    """Flesch-Kincaid, syllables counted as groups of vowels without a silent e."""
    words = re.findall(r"[A-Za-z']+", text)
    sentences = len(re.findall(r"[.!?](?:\s|$)", text))
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", word.lower())))) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


def test_every_ground_offered_can_be_said_in_plain_words():
    offered = {each for regime_id in REGIMES for right in Right for each in grounds_for(right, regime_id)}
    hard = {each.id: round(reading_grade(each.plain), 1) for each in offered if reading_grade(each.plain) > 8}
    assert not hard
    assert len(offered) > 50


def test_every_sentence_of_the_law_file_that_people_read_can_be_translated():
    """The reasons of refusals, and how to turn to each authority."""
    plain = {row["plain"] for row in ROWS if row.get("plain")}
    places = [None, *SUBDIVISION_NAMES, *(code for code, _name in countries)]
    how = {authority_for(place, date(2026, 3, 1)).how for place in places} - {""}
    assert {*SENTENCES} == plain | how
