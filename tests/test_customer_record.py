"""On the identity page: whom our record offers, side by side with what was given, and what may count."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from primevox_privacy.ledger.models import Event
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from requests import identity, records, workflow
from requests.intake import Acting
from requests.inventory.models import Checklist
from requests.models import RightsRequest
from requests.records import CannotCount
from requests.terms import Authority, Capacity, Right, Role
from requests.workflow import NotAllowed
from tests.cast import FACTS, ROSAS_MAIL, STATEMENT, ask, fresh, person, signed_in, submit
from tests.conftest import A_TUESDAY
from tests.test_searching import system
from verification import checks
from verification.customers import importing
from verification.customers.directory import Unreachable
from verification.customers.matching import Same
from verification.levels import AssuranceLevel
from verification.models import CheckState, EvidenceKind

ACCOUNT, ADDRESS, PHONE = FACTS
LONG_AGO = "2021-03-01"
KNOWN = "rosa@known.example"
ROW = {
    "account_number": "PV-004417",
    "name": "Rosa Marquez",
    "service_address": "12 Elm Street, Plano",
    "service_address_since": LONG_AGO,
    "service_began": "2021-03",
    "email": KNOWN,
    "email_since": LONG_AGO,
    "phone": "(972) 555-0143",
    "phone_since": LONG_AGO,
    "phone_sim_changed_on": "",
}


@pytest.fixture
def on_record(db):
    """Put customers into the record."""

    def put(*changes: dict[str, str]) -> None:
        rows = [ROW | change for change in changes or ({},)]
        lines = [",".join(ROW), *(",".join(f'"{value}"' for value in row.values()) for row in rows)]
        result = importing.take_in(importing.rows(lines), told=lambda wrong: pytest.fail(str(wrong)))
        assert result.added == len(rows)

    return put


@pytest.fixture
def given(rosas_request):
    """Rosa gave her three facts and signed."""
    identity.show(rosas_request.submission, FACTS, STATEMENT)
    return fresh(rosas_request)


def recently(days: int) -> str:
    """A day so many days before the one on which the tests run."""
    return (A_TUESDAY.date() - timedelta(days)).isoformat()


def page(one: RightsRequest, user, **pressed) -> str:
    return signed_in(user).post(f"/admin/requests/rightsrequest/{one.pk}/identity/", pressed).content.decode()


def looks() -> list[str]:
    return list(Event.objects.filter(kind="customer_record_looked_at").values_list("actor", flat=True))


# --- Looking -------------------------------------------------------------------------------------------------
def test_what_was_given_stands_beside_what_is_on_record(on_record, given, vera):
    on_record({"service_address": "14 Elm Street, Plano"})
    (rosa,) = records.look(given.submission, by=vera)
    assert rosa.letter == "A"
    compared = {line.kind: line.same for line in rosa.lines}
    assert compared == {
        "name": Same.YES,
        "email": Same.NO,
        "phone": None,  # she typed none
        ACCOUNT: Same.YES,
        ADDRESS: Same.NO,
        PHONE: Same.YES,
        EvidenceKind.SERVICE_BEGAN: None,
    }


def test_two_who_fit_are_record_a_and_record_b(on_record, given, vera):
    on_record({"account_number": "PV-9", "email": ROSAS_MAIL, "phone": "214 555 0100"}, {})
    shown = page(given, vera, records="1")
    assert shown.index("Record A") < shown.index("Record B")
    (best, other) = records.look(given.submission, by=vera)
    assert "PV-004417" in [fact.value for fact in best.customer.facts]
    assert "PV-9" in [fact.value for fact in other.customer.facts]


def test_nothing_of_the_record_is_shown_before_the_button_and_each_look_is_recorded(on_record, given, vera):
    on_record()
    address = f"/admin/requests/rightsrequest/{given.pk}/identity/"
    before = signed_in(vera).get(address).content.decode() + page(given, vera)
    assert KNOWN not in before
    assert looks() == []
    assert KNOWN in page(given, vera, records="1")
    assert looks() == [vera.as_actor]
    page(given, vera, records="1")
    assert len(looks()) == 2


def test_facts_whose_key_went_a_moment_ago_find_nobody_and_break_nothing(on_record, given, vera):
    on_record()
    assert records.who_fits(given.submission).name == "Rosa Marquez"
    key = DataKey.objects.filter(pk=given.submission.check_made.proof_key_id)
    key.update(wrapped=None, destroyed_at=timezone.now())
    assert records.who_fits(fresh(given).submission) is None
    assert records.look(fresh(given).submission, by=vera) == []


def test_nobody_on_record_is_told_in_words(given, vera):
    assert "It holds nobody under what was given" in page(given, vera, records="1")


def test_a_record_that_is_away_is_told_in_words_and_typing_still_works(given, vera, monkeypatch):
    def away(self, given):
        raise Unreachable

    monkeypatch.setattr("verification.customers.table.SealedTable.find", away)
    assert "does not answer now" in page(given, vera, records="1")
    records.enter_typed(given, KNOWN, date(2021, 3, 1), by=vera)
    assert identity.contact_on_file(given.submission).email == KNOWN
    with pytest.raises(NotAllowed):
        records.choose(given, "any", 0, by=vera)
    assert records.decide(given.submission, "matched_facts", list(FACTS), by=vera) is AssuranceLevel.T3


def test_of_who_acts_for_another_only_what_they_say_of_that_person_counts(on_record, vera):
    on_record({}, {"account_number": "PV-9", "name": "Gia", "email": "gia@mail.example", "phone": "214 555 0100"})
    acting = Acting("Rosa Marquez", Authority.SIGNED_PERMISSION, KNOWN)
    submission = submit(Right.ACCESS, capacity=Capacity.AGENT, acting=acting, name="Gia", email="gia@mail.example")
    found = records.look(fresh(submission.rights_requests.get()).submission, by=vera)
    assert [candidate.customer.name for candidate in found] == ["Rosa Marquez"]


def test_an_account_number_or_address_said_beside_finds_too(on_record, vera):
    on_record()
    for also in ("pv004417", KNOWN, "972 555 0143"):
        one = ask(Right.ACCESS, also_known_by=also, email="new@mail.example", name="R.")
        assert len(records.look(one.submission, by=vera)) == 1


@pytest.mark.parametrize("who", ["tess", "abe", "otto", "ada"])
def test_only_a_verifier_looks_in_the_record(on_record, given, who, request):
    on_record()
    browser = signed_in(request.getfixturevalue(who))
    address = f"/admin/requests/rightsrequest/{given.pk}"
    answers = [browser.post(f"{address}/identity/", {"records": "1"}), browser.post(f"{address}/record/", {})]
    assert {answer.status_code for answer in answers} <= {403, 404}
    assert looks() == []


def test_nothing_of_the_record_reaches_the_requester(on_record, given, vera, client):
    on_record()
    (rosa,) = records.look(given.submission, by=vera)
    records.choose(given, rosa.customer.id, 0, by=vera)
    now = given.submission.received_at.timestamp()
    session = client.session
    session.update({"submission": str(given.submission_id), "since": now, "seen": now, "proofs": {"typed": now}})
    session.save()
    for address in ("", "identity/"):
        said = client.get(f"/your-request/all/{address}", follow=True).content.decode()
        for word in (KNOWN, "known.example", "555-0143", "2021-03", "Record A"):
            assert word not in said


# --- The contact on file -------------------------------------------------------------------------------------
def test_choosing_a_candidate_fills_the_contact_on_file_with_its_day(on_record, given, vera):
    on_record()
    (rosa,) = records.look(given.submission, by=vera)
    address = f"/admin/requests/rightsrequest/{given.pk}/record/"
    done = signed_in(vera).post(address, {"customer": rosa.customer.id, "number": "0"}, follow=True)
    assert "The contact on file is entered" in done.content.decode()
    contact = identity.contact_on_file(given.submission)
    assert (contact.email, contact.on_file_since) == (KNOWN, date(2021, 3, 1))
    chosen = Event.objects.get(kind="customer_record_chosen")
    assert (chosen.about, chosen.detail) == (given.submission.check_made_id, {"customer": rosa.customer.id})


def test_a_contact_of_somebody_whom_the_record_does_not_offer_here_is_not_taken(on_record, given, vera):
    on_record({}, {"account_number": "PV-9", "name": "Omar", "service_address": "", "email": "omar@known.example",
                   "service_address_since": "", "phone": "214 555 0100"})  # fmt: skip
    omar = ask(Right.ACCESS, email="omar@known.example", name="Omar")
    (other,) = records.look(omar.submission, by=vera)
    for customer, number in ((other.customer.id, "0"), ("no id", "0"), ("", ""), (other.customer.id, "-1")):
        address = f"/admin/requests/rightsrequest/{given.pk}/record/"
        said = signed_in(vera).post(address, {"customer": customer, "number": number}, follow=True)
        assert "no longer offers this" in said.content.decode()
    assert identity.contact_on_file(given.submission) is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"email_since": recently(10)}, "less than 30 days"),
        ({"email_since": ""}, "does not say since when"),
    ],
)
def test_a_contact_that_is_too_new_or_undated_cannot_become_the_contact_on_file(on_record, given, vera, change, said):
    on_record(change)
    (rosa,) = records.look(given.submission, by=vera)
    assert said in rosa.contacts[0].why_not
    assert said in page(given, vera, records="1")
    with pytest.raises(NotAllowed):
        records.choose(given, rosa.customer.id, 0, by=vera)
    assert identity.contact_on_file(given.submission) is None


def test_a_telephone_is_called_by_people_and_never_mailed(on_record, given, vera):
    on_record()
    (rosa,) = records.look(given.submission, by=vera)
    with pytest.raises(NotAllowed):
        records.choose(given, rosa.customer.id, 1, by=vera)


def test_a_new_address_is_not_made_old_by_typing_it(on_record, given, vera):
    on_record({"email_since": recently(10)})
    address = f"/admin/requests/rightsrequest/{given.pk}/do/enter_contact_on_file/"
    typed = {"enter_contact_on_file-email": KNOWN.upper(), "enter_contact_on_file-on_file_since": LONG_AGO}
    said = signed_in(vera).post(address, typed).content.decode()
    assert "The customer record has this address with a later day" in said
    assert identity.contact_on_file(given.submission) is None


def test_an_address_that_the_record_does_not_know_can_still_be_typed(on_record, given, vera):
    on_record()
    records.enter_typed(given, "rosa@older.example", date(2019, 1, 1), by=vera)
    assert identity.contact_on_file(given.submission).email == "rosa@older.example"


# --- What may count ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"phone_since": recently(10)}, "less than 30 days"),
        ({"phone_sim_changed_on": recently(5)}, "SIM was changed"),
        ({"phone_since": ""}, "does not say since when"),
    ],
)
def test_a_number_that_is_too_new_or_moved_to_another_sim_is_no_fact(on_record, given, vera, change, said):
    on_record(change)
    assert said in page(given, vera, records="1")
    with pytest.raises(CannotCount, match=said):
        records.decide(given.submission, "matched_facts", list(FACTS), by=vera)
    assert fresh(given).submission.check_made.state == CheckState.GIVEN
    assert records.decide(given.submission, "matched_facts", [ACCOUNT, ADDRESS], by=vera) is AssuranceLevel.T2


def test_the_page_says_so_at_the_field_and_the_look_is_recorded(on_record, given, vera):
    on_record({"phone_sim_changed_on": recently(5)})
    said = page(given, vera, decision="passed", method="matched_facts", matched=list(FACTS), round="1")
    assert "SIM was changed" in said
    assert KNOWN not in said
    assert looks() == [vera.as_actor]


def test_the_same_number_on_an_older_line_counts(on_record, given, vera):
    on_record({"phone_since": recently(10)}, {"account_number": "PV-9"})
    assert records.decide(given.submission, "matched_facts", list(FACTS), by=vera) is AssuranceLevel.T3


@pytest.fixture
def correcting(db):
    one = ask(Right.CORRECT, wishes={Right.CORRECT: "My street is Elm Street, not Elk Street."})
    identity.show(one.submission, FACTS, None)
    return fresh(one)


def test_the_fact_that_a_correction_is_about_never_counts(correcting, vera):
    with pytest.raises(CannotCount):
        records.decide(correcting.submission, "matched_facts", [ACCOUNT, ADDRESS], [ADDRESS], by=vera)
    with pytest.raises(checks.CheckNotAllowed):
        checks.decide(correcting.submission.check_made, "matched_facts", [ACCOUNT, ADDRESS], [ADDRESS], by=vera)
    assert fresh(correcting).submission.check_made.state == CheckState.GIVEN
    level = records.decide(correcting.submission, "matched_facts", [ACCOUNT, PHONE], [ADDRESS], by=vera)
    assert level is AssuranceLevel.T2


def test_the_page_asks_which_fact_is_in_dispute_only_where_something_is_corrected(correcting, given, vera):
    assert "Facts that the correction is about" not in page(given, vera)
    assert "Facts that the correction is about" in page(correcting, vera)
    ticked = {"decision": "passed", "method": "matched_facts", "matched": [ACCOUNT, ADDRESS], "disputed": [ADDRESS]}
    assert "Take one of the two ticks away" in page(correcting, vera, round="1", **ticked)
    assert fresh(correcting).submission.check_made.state == CheckState.GIVEN
    page(correcting, vera, round="1", **ticked | {"matched": [ACCOUNT, PHONE]})
    assert identity.is_shown(fresh(correcting))


def test_what_was_looked_at_is_told_in_the_record_without_a_name(on_record, given, vera):
    on_record()
    (rosa,) = records.look(given.submission, by=vera)
    event = Event.objects.get(kind="customer_record_looked_at")
    assert event.detail == {"customers": [rosa.customer.id]}
    assert DataKey.objects.filter(owner=rosa.customer.id, life=Life.CUSTOMER).exists()


def test_a_contact_from_the_record_is_told_when_identity_is_shown(on_record, given, vera, tess):
    on_record()
    (rosa,) = records.look(given.submission, by=vera)
    records.choose(given, rosa.customer.id, 0, by=vera)
    records.decide(given.submission, "matched_facts", list(FACTS), by=vera)
    workflow.take(fresh(given), by=tess)
    assert identity.is_shown(fresh(given))


def test_after_choosing_the_verifier_goes_on_with_what_they_looked_at(on_record, given, vera):
    on_record()
    page(given, vera, records="1")
    (customer,) = Event.objects.get(kind="customer_record_looked_at").detail["customers"]
    address = f"/admin/requests/rightsrequest/{given.pk}/record/"
    shown = signed_in(vera).post(address, {"customer": customer, "number": "0"}).content.decode()
    assert "PV-004417" in shown
    assert "Record the decision" in shown
    assert looks() == [vera.as_actor]
    assert Event.objects.filter(kind="identity_looked_at").count() == 1


def test_who_has_not_looked_is_shown_nothing_after_choosing(on_record, given, vera):
    on_record()
    (rosa,) = records.look(given.submission, by=vera)  # at the record alone
    address = f"/admin/requests/rightsrequest/{given.pk}/record/"
    answer = signed_in(vera).post(address, {"customer": rosa.customer.id, "number": "0"})
    assert answer.status_code == 302
    assert Event.objects.filter(kind="identity_looked_at").count() == 0


def test_a_quarter_of_an_hour_later_it_is_another_look(on_record, given, vera, time_machine):
    on_record()
    page(given, vera, records="1")
    (customer,) = Event.objects.get(kind="customer_record_looked_at").detail["customers"]
    browser = signed_in(vera)
    time_machine.move_to(timezone.now() + timedelta(minutes=16), tick=False)
    address = f"/admin/requests/rightsrequest/{given.pk}/record/"
    assert browser.post(address, {"customer": customer, "number": "0"}).status_code == 302


# --- What owners of systems search for -------------------------------------------------------------------------------
def test_owners_search_for_everything_by_which_the_record_knows_whom_a_verifier_chose(
    given, on_record, vera, tess, ada
):
    system("Billing", ada, person("Cora", Role.COLLECTOR))
    on_record()
    (rosa,) = records.look(given.submission, by=vera)
    records.choose(given, rosa.customer.id, 0, by=vera)
    checks.decide(identity.check_of(fresh(given)), "matched_facts", FACTS, by=vera)
    workflow.take(fresh(given), by=tess)
    said = Checklist.objects.get().search_for.splitlines()
    assert said == ["PV-004417", "Rosa Marquez", KNOWN, "(972) 555-0143", "12 Elm Street, Plano"]
