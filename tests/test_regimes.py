"""The law as data: its shape, and which law covers whom on which day."""

import re
from dataclasses import FrozenInstanceError
from datetime import date
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from requests.counting import COUNTING
from requests.regimes import (
    LAW_VERSION,
    LAW_WORDS,
    SUBDIVISION_NAMES,
    all_regimes,
    authority_for,
    by_id,
    known_subdivisions,
    law,
    regime_for,
    regimes_for,
    zone_of,
)
from requests.terms import Right

D = date.fromisoformat
TODAY = D("2026-11-23")
MARKS = {"verified", "secondary", "unverified"}
ENTRIES = law()["regimes"]
LAW_RIGHTS = {
    "know",
    "access",
    "correct",
    "delete",
    "restrict",
    "portability",
    "withdraw_consent",
    "object",
    "opt_out_sale",
    "opt_out_targeted_ads",
    "opt_out_profiling",
    "limit_sensitive",
    "non_retaliation",
    "appeal",
}


def blocks(node):
    """Every mapping inside the data, however deep."""
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from blocks(each)


# --- the file ---


def test_the_law_data_says_which_version_it_is():
    assert re.fullmatch(r"\d{4}-\d\d-\d\d\.\d+", LAW_VERSION)


def test_no_residence_belongs_to_two_laws_at_a_time():
    in_time = sorted(
        (code, regime.effective_on, regime.ends_on or date.max)
        for regime in all_regimes()
        for code in regime.jurisdictions
    )
    for (code, _begins, ends), (next_code, next_begins, _ends) in pairwise(in_time):
        assert code != next_code or ends < next_begins, code
    assert len({entry["id"] for entry in ENTRIES}) == len(ENTRIES) == 32


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["id"])
def test_every_law_has_what_a_request_needs(entry):
    needed = {
        "id",
        "name",
        "short_name",
        "citation",
        "jurisdictions",
        "effective",
        "rights",
        "response",
        "extension",
        "acknowledgement",
        "opt_out",
        "clock",
        "appeal",
        "fee",
        "verification",
        "agents",
        "refusal",
        "records",
        "authority",
        "opt_out_signal",
    }
    assert needed <= set(entry)
    assert set(entry["rights"]["items"]) == LAW_RIGHTS
    assert all(entry[key] for key in ("name", "short_name", "citation"))
    assert all(re.fullmatch(r"[A-Z]{2}(-[A-Z]{2})?", code) for code in entry["jurisdictions"])
    assert bool(entry["jurisdictions"]) is bool(entry["effective"]["date"]) is (entry["id"] != "none")


def test_every_right_granted_says_where_and_every_later_day_is_a_day():
    for entry in ENTRIES:
        for word, row in entry["rights"]["items"].items():
            assert not row["available"] or row["cite"].strip(), (entry["id"], word)
            days = [row[key] for key in ("from", "until") if key in row]
            days += [change["from"] for change in row.get("changes", ())]
            assert all(D(day) for day in days)
            assert "stop within" not in str(row.get("cite")), "terms are data, not prose"


def test_every_term_counts_by_a_known_rule_and_a_known_calendar():
    terms = [block for entry in ENTRIES for block in blocks(entry) if "counting" in block]
    assert len(terms) > 60
    assert {term["counting"] for term in terms} <= set(COUNTING)
    assert {term.get("holiday_calendar") for term in terms} <= {None, *law()["holiday_calendars"]}


def test_every_term_covers_rights_that_exist():
    for entry in ENTRIES:
        covered = entry["response"]["applies_to"]
        assert covered == "all" or set(covered) <= LAW_RIGHTS, entry["id"]


def test_every_mark_of_confidence_and_every_source_is_explained():
    known = set(law()["sources"])
    for block in blocks(law()):
        mark = block.get("confidence", "verified")
        assert mark in MARKS or isinstance(mark, dict)
        sources = block.get("sources", [])
        assert isinstance(sources, dict) or set(sources) <= known
    assert set(law()["confidence_levels"]) == MARKS


def test_the_law_data_names_no_package_registry():
    text = str(law())
    assert not re.search(r"pypi\.org|npmjs|crates\.io|rubygems", text)


# --- which law, whose authority ---


@pytest.mark.parametrize(
    ("residence", "on", "regime_id"),
    [
        (None, TODAY, "none"),
        ("", TODAY, "none"),
        ("US", TODAY, "none"),  # no state, no law
        ("US-NY", TODAY, "none"),
        ("US-CA", TODAY, "us_ca_ccpa"),
        ("us-ca ", TODAY, "us_ca_ccpa"),
        ("US-CA", D("2019-12-31"), "none"),  # the day before
        ("US-CA", D("2020-01-01"), "us_ca_ccpa"),  # the first day counts
        ("DE", TODAY, "eu_gdpr"),
        ("DE-BY", TODAY, "eu_gdpr"),  # a part falls back to its country
        ("GB-SCT", TODAY, "uk_gdpr"),
        ("CA", TODAY, "ca_pipeda"),
        ("CA-ON", TODAY, "ca_pipeda"),
        ("CA-QC", TODAY, "ca_qc_law25"),
        ("IN", TODAY, "none"),  # not before 2027
        ("IN", D("2027-05-14"), "in_dpdp"),
        ("ZZ", TODAY, "none"),
    ],
)
def test_the_most_specific_law_in_force_covers_a_residence(residence, on, regime_id):
    assert regime_for(residence, on).id == regime_id


def test_in_quebec_two_laws_stand_side_by_side():
    assert [regime.id for regime in regimes_for("CA-QC", TODAY)] == ["ca_qc_law25", "ca_pipeda"]


def test_every_law_names_an_authority_and_how_to_reach_it():
    places = [code for regime in all_regimes() for code in regime.jurisdictions]
    for residence in [None, "US-NY", *places]:
        authority = authority_for(residence, D("2028-01-01"))
        assert authority.name, residence
        assert authority.website.startswith("http"), residence
        assert authority.how.endswith((".", "/")), residence
        assert authority.confidence in MARKS


def test_where_no_law_stands_the_texas_attorney_general_is_named():
    assert authority_for("US-NY", TODAY).name == authority_for(None, TODAY).name == "Texas Attorney General"


def test_in_the_union_the_authority_is_the_countrys():
    assert authority_for("FR", TODAY).name == authority_for("RE", TODAY).name == "CNIL"
    assert authority_for("IE", TODAY).name == "Data Protection Commission"
    assert "Ombudsman" in authority_for("AX", TODAY).name


def test_a_law_is_found_again_by_the_id_a_request_keeps():
    assert by_id("us_tx_tdpsa").short_name == "TDPSA"
    with pytest.raises(KeyError):
        by_id("us_zz")


def test_a_law_once_read_cannot_be_changed():
    texas: Any = by_id("us_tx_tdpsa")
    with pytest.raises(FrozenInstanceError):
        texas.id = "mine"
    with pytest.raises(TypeError):
        texas.rights["know"] = None


# --- rights ---


def test_each_of_our_rights_has_its_words_in_the_law_file():
    assert set(LAW_WORDS) == set(Right)
    assert {word for words in LAW_WORDS.values() for word in words} == LAW_RIGHTS - {"appeal"}


@pytest.mark.parametrize(
    ("residence", "right", "on", "granted"),
    [
        ("US-TX", Right.OPT_OUT, TODAY, True),
        ("DE", Right.OPT_OUT, TODAY, True),  # as objection to direct marketing
        ("US-TX", Right.OBJECT, TODAY, False),
        ("US-TX", Right.RETALIATION, TODAY, True),
        ("US-TX", Right.UNSURE, TODAY, False),
        ("US-UT", Right.CORRECT, D("2026-06-30"), False),
        ("US-UT", Right.CORRECT, D("2026-07-01"), True),
        ("CA-QC", Right.PORTABILITY, D("2024-09-21"), False),
        ("CA-QC", Right.PORTABILITY, D("2024-09-22"), True),
        ("US-MD", Right.DELETE, D("2026-03-31"), False),
        ("US-MD", Right.DELETE, D("2026-04-01"), True),
        ("ZA", Right.ACCESS, D("2021-06-30"), False),
        ("ZA", Right.ACCESS, D("2021-07-01"), True),
        (None, Right.RESTRICT, TODAY, True),  # policy section 6
    ],
)
def test_a_right_is_granted_from_its_own_day_on(residence, right, on, granted):
    regime = regime_for(residence, on)
    assert regime.grants(right, on) is granted
    assert (regime.granted(right, on) is not None) is granted


def test_a_right_can_end():
    row = by_id("us_tx_tdpsa").rights["know"]
    ended = type(row)(row.citation, row.confidence, None, D("2026-12-31"), None)
    assert ended.in_force(D("2026-12-31"))
    assert not ended.in_force(D("2027-01-01"))


def test_the_policy_grants_every_right_it_names_in_section_6():
    policy = by_id("none")
    named = set(Right) - {Right.UNSURE, Right.LIMIT_SENSITIVE}
    assert {right for right in Right if policy.grants(right, TODAY)} == named


# --- appeals and extensions ---


def test_every_appeal_has_its_numbers():
    for regime in all_regimes():
        assert regime.appeal.file_within == 60, regime.id
        assert regime.appeal.respond_within in (45, 60, 90), regime.id
        assert regime.appeal.citation
    longer = {regime.id: regime.appeal.extended_total for regime in all_regimes() if regime.appeal.extended_total}
    assert longer == {"us_co_cpa": 105, "us_mn_mcdpa": 105}


def test_where_the_law_has_no_appeal_the_policy_gives_one():
    for residence in (None, "DE", "US-CA", "US-UT"):
        appeal = regime_for(residence, TODAY).appeal
        assert (appeal.by_law, appeal.respond_within, appeal.citation) == (False, 45, "policy section 10")


def test_an_extension_is_never_shorter_than_the_first_term():
    for regime in all_regimes():
        if regime.extension and regime.extension.total:
            assert regime.response
            assert regime.extension.total.amount > regime.response.amount
            assert regime.extension.total.unit == regime.response.unit


# --- places ---


def test_the_form_knows_every_state_and_province():
    assert len(known_subdivisions("US")) == 50 + 1 + 5
    assert len(known_subdivisions("CA")) == 13
    assert known_subdivisions("DE") == ()
    assert SUBDIVISION_NAMES["US-TX"] == "Texas"
    assert SUBDIVISION_NAMES["CA-QC"] == "Quebec"


@pytest.mark.parametrize(
    ("residence", "zone"),
    [
        (None, None),
        ("US-CA", "America/Los_Angeles"),
        ("US-TX", None),  # El Paso
        ("US", None),
        ("CA-ON", None),
        ("CA-AB", "America/Edmonton"),
        ("DE-BY", "Europe/Berlin"),
        ("GB-SCT", "Europe/London"),
        ("ES", None),  # the Canary Islands
        ("NZ", None),  # the Chatham Islands
        ("ZZ", None),
    ],
)
def test_a_residence_has_a_zone_only_where_it_has_exactly_one(residence, zone):
    assert zone_of(residence) == zone


def test_every_zone_in_the_table_exists():
    assert all(ZoneInfo(zone) for zone in law()["zones"].values())
    assert not {"US", "CA"} & set(law()["zones"])
