"""What we hold, as data in versions: the facts of the policy, who changes them, and who reads them."""

from datetime import timedelta

import pytest
from django.test import Client

from primevox_privacy.ledger.models import Event
from requests.inventory import changing, in_force, loading
from requests.inventory.changing import NotChanged
from requests.inventory.models import Edition, Fact, FactKind, System
from requests.terms import Role
from tests.cast import person, signed_in

pytestmark = pytest.mark.django_db


# --- The facts of the policy -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "number", "section"),
    [
        (FactKind.CATEGORY, 8, "3"),
        (FactKind.SOURCE, 3, "2"),
        (FactKind.PURPOSE, 9, "4"),
        (FactKind.RECIPIENT, 3, "5"),
    ],
)
def test_the_first_version_holds_all_that_the_policy_names(kind, number, section):
    held = in_force.facts()[kind]
    assert len(held) == number
    assert {one.section for one in held} == {section}
    assert all(one.title_en and one.title_es and one.text_en and one.text_es for one in held)


def test_starting_again_loads_nothing_twice_and_overwrites_nothing():
    Fact.objects.filter(slug="payment").update(title_en="Changed by Ada")
    assert not loading.load()
    assert Edition.objects.count() == 1
    assert in_force.fact(FactKind.CATEGORY, "payment").title_en == "Changed by Ada"


def test_production_starts_without_any_system():
    assert in_force.systems() == []


# --- The page for everybody --------------------------------------------------------------------------------------
@pytest.mark.parametrize(("prefix", "language"), [("", "en"), ("/es", "es")])
def test_rosa_reads_what_we_hold_in_her_language(prefix, language):
    page = Client().get(f"{prefix}/what-we-hold/").content.decode()
    for facts in in_force.facts().values():
        for one in facts:
            assert one.title(language) in page
            assert one.text(language) in page


def test_a_change_of_a_system_does_not_make_the_facts_younger(ada, time_machine):
    before = in_force.facts_changed_at()
    time_machine.move_to(before + timedelta(days=1), tick=True)  # the first facts are as old as the database
    changing.change_system(None, SYSTEM_GIVEN, "Because", by=ada)
    assert in_force.facts_changed_at() == before
    changing.change_fact(FactKind.CATEGORY, payment(), given_of(payment(), title_en="New words"), "Because", by=ada)
    assert in_force.facts_changed_at() != before


def test_every_page_leads_to_what_we_hold():
    assert 'href="/what-we-hold/"' in Client().get("/").content.decode()


def test_an_answer_to_know_begins_with_what_the_policy_names():
    said = in_force.answer_to_know("en", {"payment"})
    assert "Card numbers" in said
    assert "caller ID" not in said
    assert said.count("\n–") == 1 + 3 + 9 + 3


# --- Versions -----------------------------------------------------------------------------------------------------
SYSTEM = {
    "name": "Billing", "categories": ["payment", "commercial"], "retention_en": "Seven years",
    "retention_es": "Siete años", "exceptions_en": "Tax law makes us keep bills for seven years.",
    "exceptions_es": "La ley fiscal nos obliga a guardar las facturas siete años.", "active": "on",
    "reason": "We found where bills lie", "owner": "",
}  # fmt: skip
LIST, NEW = "/admin/inventory/edition/", "/admin/inventory/edition/systems/new/"
PAYMENT = "/admin/inventory/edition/category/payment/"


def as_form(fact: Fact, **other) -> dict[str, str]:
    words = {name: getattr(fact, name) for name in changing.FACT_WORDS if name != "active"}
    return words | {"made_from": str(fact.pk), "active": "on", "reason": "Said more plainly"} | other


def payment() -> Fact:
    found = in_force.fact(FactKind.CATEGORY, "payment")
    assert found
    return found


def test_ada_sees_what_would_change_before_anything_does(ada):
    page = signed_in(ada).post(PAYMENT, as_form(payment(), title_en="How you pay us")).content.decode()
    assert "What would change" in page
    assert "How you pay us" in page
    assert Edition.objects.count() == 1


def test_a_change_is_a_new_version_with_who_when_and_why(ada):
    before = payment()
    page = signed_in(ada).post(PAYMENT, as_form(before, title_en="How you pay us", save="x"), follow=True)
    assert "Version 2 holds from now on" in page.content.decode()
    now = payment()
    assert (now.title_en, now.edition.number, now.edition.made_by) == ("How you pay us", 2, ada)
    assert now.edition.reason == "Said more plainly"
    assert Fact.objects.get(pk=before.pk).title_en == "How you pay"
    assert Event.objects.get(kind="inventory_changed").detail == {"version": 2, "what": "category/payment"}
    assert "How you pay us" in Client().get("/what-we-hold/").content.decode()


def test_the_version_before_can_still_be_read_whole(ada, otto):
    changing.change_fact(FactKind.CATEGORY, payment(), given_of(payment(), title_en="New words"), "Because", by=ada)
    page = signed_in(otto).get("/admin/inventory/edition/version/1/").content.decode()
    assert "How you pay" in page
    assert "New words" not in page
    assert "It holds no more" in page


def given_of(fact: Fact, **other) -> dict:
    return {name: getattr(fact, name) for name in changing.FACT_WORDS} | other


def test_whoever_was_slower_is_told_and_loses_nothing(ada):
    form = as_form(payment(), title_en="Mine", save="x")
    changing.change_fact(FactKind.CATEGORY, payment(), given_of(payment(), title_en="Theirs"), "Because", by=ada)
    page = signed_in(ada).post(PAYMENT, form).content.decode()
    assert "Somebody else changed this meanwhile" in page
    assert 'value="Mine"' in page
    assert payment().title_en == "Theirs"


@pytest.mark.parametrize("missing", ["reason", "title_en", "text_es", "section"])
def test_a_version_without_a_reason_or_with_a_gap_is_not_made(ada, missing):
    page = signed_in(ada).post(PAYMENT, as_form(payment(), title_en="Other", save="x") | {missing: ""})
    assert 'class="field-error"' in page.content.decode()
    assert Edition.objects.count() == 1


def test_a_version_that_changes_nothing_is_not_made(ada):
    page = signed_in(ada).post(PAYMENT, as_form(payment(), save="x")).content.decode()
    assert "Nothing is different" in page
    assert Edition.objects.count() == 1


def test_what_holds_no_more_leaves_the_public_page_and_stays_in_the_list(ada):
    changing.change_fact(FactKind.CATEGORY, payment(), given_of(payment(), active=False), "We stopped", by=ada)
    assert "How you pay" not in Client().get("/what-we-hold/").content.decode()
    assert "holds no more" in signed_in(ada).get(LIST).content.decode()


# --- Systems ------------------------------------------------------------------------------------------------------
def test_without_a_system_the_desk_says_what_to_do(ada, tess):
    assert "enter each system that holds data" in signed_in(ada).get(LIST).content.decode()
    assert "Ask an administrator" in signed_in(tess).get(LIST).content.decode()


def test_ada_enters_a_system_with_its_owner(ada, cora):
    browser = signed_in(ada)
    assert "What would change" in browser.post(NEW, SYSTEM | {"owner": str(cora.pk)}).content.decode()
    browser.post(NEW, SYSTEM | {"owner": str(cora.pk), "save": "x"})
    (system,) = in_force.systems()
    assert (system.name, system.slug, system.owner) == ("Billing", "billing", cora)
    assert system.categories == ["payment", "commercial"]
    assert system.exception("1", "en") == "Tax law makes us keep bills for seven years."
    assert system.exception("1", "es").startswith("La ley")


SYSTEM_GIVEN = {
    "name": "Billing", "owner": None, "categories": ["payment"], "retention_en": "", "retention_es": "",
    "exceptions": [], "active": True,
}  # fmt: skip


def test_only_who_collects_can_own_a_system(ada, tess):
    with pytest.raises(NotChanged):
        changing.change_system(None, SYSTEM_GIVEN | {"owner": tess}, "Because", by=ada)
    page = signed_in(ada).post(NEW, SYSTEM | {"owner": str(tess.pk), "save": "x"})
    assert page.status_code == 200
    assert not System.objects.exists()


def test_each_exception_is_written_in_both_languages(ada):
    page = signed_in(ada).post(NEW, SYSTEM | {"exceptions_es": "", "save": "x"}).content.decode()
    assert "as many lines here as in English" in page
    assert not System.objects.exists()


def test_an_exception_keeps_its_name_while_its_words_stay(ada):
    first = changing.exceptions_of(None, ["Tax", "Dispute"], ["Impuestos", "Conflicto"])
    system = System(slug="x", exceptions=first)
    again = changing.exceptions_of(system, ["Dispute", "Safety"], ["Conflicto", "Seguridad"])
    assert [one["id"] for one in first] == ["1", "2"]
    assert again[0]["id"] == "2"
    assert again[1]["id"] == "3"


# --- Who may ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", Role)
def test_who_sees_cases_reads_the_inventory_and_so_does_who_keeps_it(role):
    browser = signed_in(person("Someone", role))
    pages = [browser.get(LIST), browser.get(PAYMENT), browser.get("/admin/inventory/edition/version/1/")]
    expected = 403 if role is Role.COLLECTOR else 200
    assert {page.status_code for page in pages} == {expected}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_but_an_administrator_changes_it(role):
    someone = person("Someone", role)
    browser = signed_in(someone)
    assert browser.post(PAYMENT, as_form(payment(), title_en="Other", save="x")).status_code == 403
    assert browser.post(NEW, SYSTEM | {"save": "x"}).status_code == 403
    assert browser.get(NEW).status_code == 403
    with pytest.raises(NotChanged):
        changing.change_fact(FactKind.CATEGORY, payment(), given_of(payment(), title_en="x"), "y", by=someone)
    assert Edition.objects.count() == 1
