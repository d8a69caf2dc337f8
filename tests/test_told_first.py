"""The person whose data it is hears of it first; a deletion waits; and who looked at proof is told every day."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from primevox_privacy.ledger.models import Event, record
from primevox_privacy.outbox.models import Letter
from requests import identity, looks, records, reminders, stopping, told_first, undelivered, workflow
from requests.answers import Draft
from requests.links import find
from requests.models import StopLink
from requests.terms import Ending, Right
from requests.workflow import NotAllowed
from tests.cast import FACTS, ROSAS_MAIL, STATEMENT, ask, deliver, fresh, prove, signed_in, submit
from tests.test_staff_desk import QUEUE
from verification import checks
from verification.customers import importing
from verification.customers.directory import Contact, ContactKind, Customer, Unreachable
from verification.models import EvidenceKind

pytestmark = pytest.mark.django_db
ON_FILE = "rosa.marquez@on-file.example"
DONE = Draft(Ending.FULFILLED, text="All of it.")
NINE = datetime(2026, 3, 10, 9, tzinfo=ZoneInfo("America/Chicago"))  # a Tuesday


@pytest.fixture
def hers(time_machine, vera, abe):
    """A deletion, identity shown, taken by Abe."""
    time_machine.move_to(NINE, tick=False)
    one = ask(Right.DELETE, residence="")
    identity.show(one.submission, FACTS, STATEMENT)
    identity.enter_contact(one.submission, ON_FILE, date(2021, 3, 1), by=vera)
    checks.decide(identity.check_of(one), "matched_facts", FACTS, by=vera)
    workflow.take(fresh(one), by=abe)
    return fresh(one)


def letters_of_it() -> list[Letter]:
    return list(Letter.objects.filter(kind="identity_shown"))


def test_when_identity_is_shown_the_contact_on_file_is_told_with_a_link_to_stop(hers):
    (letter,) = letters_of_it()
    assert letter.address == ON_FILE
    link = StopLink.objects.filter(submission=hers.submission_id).latest("made_at")
    assert "/not-me/" in letter.text
    stopping.say_not_me(link)
    assert fresh(hers).frozen_at
    assert find("no such token") is None


def test_a_contact_that_is_entered_after_the_decision_is_told_then(vera):
    one = ask(Right.ACCESS)
    identity.show(one.submission, FACTS, STATEMENT)
    checks.decide(identity.check_of(one), "matched_facts", FACTS, by=vera)
    assert letters_of_it() == []
    identity.enter_contact(fresh(one).submission, ON_FILE, date(2021, 3, 1), by=vera)
    assert [letter.address for letter in letters_of_it()] == [ON_FILE]


def test_where_identity_was_not_shown_nobody_is_told(vera):
    one = ask(Right.ACCESS)
    identity.show(one.submission, FACTS, STATEMENT)
    identity.enter_contact(one.submission, ON_FILE, date(2021, 3, 1), by=vera)
    checks.not_shown(identity.check_of(one), "matched_facts", by=vera)
    assert letters_of_it() == []


def test_nothing_is_deleted_before_the_letter_has_left(hers, abe):
    with pytest.raises(NotAllowed, match="has not been told yet"):
        workflow.answer(hers, DONE, by=abe)


def test_a_deletion_waits_three_days_after_the_letter_left(hers, abe, bea, time_machine):
    deliver()
    with pytest.raises(NotAllowed, match="Friday 13 March 2026, 09:00"):
        workflow.answer(hers, DONE, by=abe)
    time_machine.move_to(NINE + timedelta(hours=72, minutes=1), tick=False)
    workflow.answer(fresh(hers), DONE, by=abe)
    workflow.release(fresh(hers), by=bea)
    assert fresh(hers).ending == Ending.FULFILLED


def test_the_wait_ends_before_the_date_that_we_work_to(hers, abe, time_machine):
    late = NINE + timedelta(days=13)  # due on the 24th
    time_machine.move_to(late, tick=False)
    deliver()
    until = told_first.waits_until(fresh(hers))
    assert until == datetime(2026, 3, 24, tzinfo=NINE.tzinfo)
    assert timezone.localdate(until) <= hers.leading_on


def test_a_new_contact_makes_a_deletion_wait_anew(hers, abe, vera, time_machine):
    deliver()
    time_machine.move_to(NINE + timedelta(hours=80), tick=False)
    identity.enter_contact(hers.submission, "older@on-file.example", date(2020, 1, 1), by=vera)
    with pytest.raises(NotAllowed, match="has not been told yet"):
        workflow.answer(fresh(hers), DONE, by=abe)


def test_an_answer_waits_where_its_contact_took_the_place_of_another(time_machine, vera, abe, bea):
    """Whoever reads the one before may be the only one who is really meant."""
    time_machine.move_to(NINE, tick=False)
    one = prove(ask(Right.ACCESS, residence=""), vera)
    workflow.take(one, by=abe)
    workflow.enter_contact_on_file(fresh(one), "other@on-file.example", date(2020, 1, 1), by=vera)
    with pytest.raises(NotAllowed, match="has not been told yet"):
        workflow.answer(fresh(one), DONE, by=abe)
    deliver()
    with pytest.raises(NotAllowed, match=r"changed.*Friday 13 March 2026, 09:00"):
        workflow.answer(fresh(one), DONE, by=abe)
    time_machine.move_to(NINE + timedelta(hours=72, minutes=1), tick=False)
    workflow.answer(fresh(one), DONE, by=abe)
    workflow.release(fresh(one), by=bea)
    assert fresh(one).ending == Ending.FULFILLED


def test_where_the_contact_before_takes_no_mail_it_counts_when_they_were_reached_otherwise(time_machine, vera, abe):
    time_machine.move_to(NINE, tick=False)
    one = prove(ask(Right.ACCESS, residence=""), vera)
    workflow.take(one, by=abe)
    workflow.enter_contact_on_file(fresh(one), "other@on-file.example", date(2020, 1, 1), by=vera)
    changed = Letter.objects.filter(kind="contact_changed")
    changed.update(refused_at=timezone.now(), given_up_at=timezone.now())
    time_machine.move_to(NINE + timedelta(days=4), tick=False)
    with pytest.raises(NotAllowed, match="has not been told yet"):
        workflow.answer(fresh(one), DONE, by=abe)
    undelivered.settle(fresh(one), "Called her on Friday.", by=vera)
    with pytest.raises(NotAllowed, match="Tuesday 17 March 2026, 09:00"):
        workflow.answer(fresh(one), DONE, by=abe)


@pytest.mark.parametrize("right", [right for right in Right if right not in (Right.DELETE, Right.UNSURE)])
def test_no_other_right_waits(right):
    (one,) = submit(right).rights_requests.all()
    assert told_first.why_not_delete(one, Ending.FULFILLED) is None


def test_a_refusal_of_a_deletion_does_not_wait(hers, abe):
    draft = Draft(Ending.REFUSED, reason="Done in May.", grounds=("policy_7_repetitive",))
    workflow.answer(hers, draft, by=abe)
    assert fresh(hers).status == "in_review"


# --- Who looks -------------------------------------------------------------------------------------------
def test_every_working_morning_the_mailbox_reads_who_looked_how_often(vera, tess, time_machine):
    time_machine.move_to(NINE, tick=False)
    one, other = prove(ask(Right.ACCESS), vera), ask(Right.ACCESS)
    for each in (one, one, other):
        checks.look(identity.check_of(each), by=vera)
    time_machine.move_to(NINE + timedelta(days=1), tick=False)
    reminders.owe()
    reminders.owe()
    (letter,) = Letter.objects.filter(kind="looks")
    assert letter.address == "compliance@primevox.net"
    assert f"{vera}: 3 looks, into the proof of 2 persons" in letter.text
    assert ROSAS_MAIL not in letter.text
    time_machine.move_to(NINE + timedelta(days=2), tick=False)
    reminders.owe()
    assert Letter.objects.filter(kind="looks").count() == 1, "each look is told once"


def test_what_was_looked_at_before_a_weekend_or_an_outage_is_told_after_it(vera, time_machine):
    friday = NINE + timedelta(days=3)
    time_machine.move_to(friday, tick=False)
    checks.look(identity.check_of(ask(Right.ACCESS)), by=vera)
    for days in (1, 2):
        time_machine.move_to(friday + timedelta(days=days), tick=False)
        looks.owe(timezone.localdate())
    assert not Letter.objects.filter(kind="looks").exists()
    time_machine.move_to(friday + timedelta(days=3), tick=False)
    looks.owe(timezone.localdate())
    assert Letter.objects.filter(kind="looks").count() == 1


def test_other_steps_are_no_looks(tess, rosas_request):
    record(rosas_request.pk, "noted", by=tess.as_actor)
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert looks.looks(timezone.localdate(), tomorrow) == []
    assert Event.objects.filter(kind="noted").exists()


# --- Other contacts on file ------------------------------------------------------------------------------
class TwoAddresses:
    """A source that has two addresses of Rosa."""

    is_away = False
    rosa = Customer(
        "customer-1",
        "Rosa Marquez",
        contacts=tuple(
            Contact(ContactKind.EMAIL, address, date(2021, 3, 1)) for address in (ON_FILE, "rosa@work.example")
        ),
    )

    def find(self, given):
        return [self.rosa]

    def fetch(self, customer):
        if TwoAddresses.is_away:
            raise Unreachable
        return self.rosa if customer == self.rosa.id else None


@pytest.mark.parametrize(("is_away", "told"), [(False, [ON_FILE, "rosa@work.example"]), (True, [ON_FILE])])
def test_every_other_address_that_the_record_has_of_her_is_told_too(is_away, told, vera, settings, monkeypatch):
    settings.CUSTOMER_DIRECTORY = "tests.test_told_first.TwoAddresses"
    monkeypatch.setattr(TwoAddresses, "is_away", is_away)
    one = ask(Right.ACCESS)
    identity.show(one.submission, FACTS, STATEMENT)
    records.choose(fresh(one), "customer-1", 0, by=vera)
    assert letters_of_it() == []
    checks.decide(identity.check_of(fresh(one)), "matched_facts", FACTS, by=vera)
    assert sorted(letter.address for letter in letters_of_it()) == told
    links = StopLink.objects.filter(submission=one.submission_id, whose="on_file")
    assert links.count() == len(told)


def rows_of_rosa_and_her_household() -> list[str]:
    return [
        "account_number,name,service_address,phone,email,email_since",
        'PV-004417,Rosa Marquez,"12 Elm Street, Plano",972-555-0143,rosa@own.example,2021-03-01',
        'PV-009902,Omar Marquez,"12 Elm Street, Plano",972-555-0143,omar@own.example,2021-03-01',
    ]


@pytest.mark.parametrize(("account_number", "told"), [("PV-004417", ["rosa@own.example"]), (None, [])])
def test_who_is_told_does_not_hang_on_the_contact_that_a_verifier_types(account_number, told, vera):
    """Vera was taken in and typed Stan's mailbox. The facts that he knows lead to Rosa; where they fit a housemate as
    well, nobody is told of somebody else's request."""
    importing.take_in(importing.rows(rows_of_rosa_and_her_household()), told=lambda wrong: pytest.fail(str(wrong)))
    facts = {
        EvidenceKind.ACCOUNT_NUMBER: account_number or "",
        EvidenceKind.SERVICE_ADDRESS: "12 Elm Street, Plano",
        EvidenceKind.PHONE_ON_ACCOUNT: "972-555-0143",
    }
    one = ask(Right.ACCESS, email="stan@elsewhere.example", name="Rosa Marquez")
    identity.show(one.submission, facts, STATEMENT)
    records.enter_typed(fresh(one), "stan@elsewhere.example", date(2021, 3, 1), by=vera)
    checks.decide(identity.check_of(fresh(one)), "matched_facts", facts, by=vera)
    assert sorted(letter.address for letter in letters_of_it()) == [*told, "stan@elsewhere.example"]


# --- On the desk -------------------------------------------------------------------------------------------------
def case_page(one, who) -> str:
    return signed_in(who).get(f"{QUEUE}{one.pk}/change/").content.decode()


def test_staff_read_that_a_deletion_waits_before_they_write_the_answer(hers, abe):
    deliver()
    page = case_page(hers, abe)
    said = "Delete nothing before Friday 13 March 2026"
    assert page.count(said) == 3  # what comes next, the clock, and the form of the answer
    assert said in page.partition("/do/answer/")[2].partition("</form>")[0]


def test_staff_read_that_nobody_was_told_yet(hers, abe):
    assert "Delete nothing yet: the person has not been told." in case_page(hers, abe)


def test_once_the_wait_is_over_nothing_is_said_of_it(hers, abe, time_machine):
    deliver()
    time_machine.move_to(NINE + timedelta(days=4), tick=False)
    assert "Delete nothing" not in case_page(hers, abe)
