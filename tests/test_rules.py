"""The rules page: what holds, and every date and end of a made-up case, by the very code that works on real ones."""

import html
import inspect
import json
import re
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from time_machine import travel

from primevox_privacy.ledger.models import Event
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from requests import access, deadlines, regimes, retention, roles, words, workflow
from requests.admin import rules
from requests.answers import Draft
from requests.models import RightsRequest
from requests.terms import Ending, Right, Role
from tests.cast import ask, fresh, person, prove, signed_in

pytestmark = pytest.mark.django_db
INDEX = "/admin/rules/"
PAGES = [INDEX, *(f"{INDEX}{name}/" for name in ("playbooks", "laws", "retention", "permissions"))]


def text_of(answer) -> str:
    return html.unescape(" ".join(answer.content.decode().split()))


def plain(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text_of(answer)).split())


# --- The way there -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", [Role.TRIAGE, Role.VERIFIER, Role.APPROVER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_whoever_works_here_is_led_to_every_rule_from_their_first_page(role):
    client = signed_in(person("Someone", role))
    assert f'href="{INDEX}"' in text_of(client.get("/admin/"))
    page = text_of(client.get(INDEX))
    for address in PAGES[1:]:
        assert f'href="{address}"' in page
        assert client.get(address).status_code == 200


def test_only_who_may_open_the_levels_is_led_there(ada, otto):
    levels = f'href="{reverse("admin:requests_levelrule_changelist")}"'
    assert levels in text_of(signed_in(ada).get(INDEX))
    assert levels not in text_of(signed_in(otto).get(INDEX))


@pytest.mark.parametrize("address", PAGES)
def test_a_collector_reads_no_rules(cora, address):
    assert signed_in(cora).get(address).status_code == 403


@pytest.mark.parametrize("address", PAGES)
def test_rules_are_kept_in_no_cache_and_only_looked_at(otto, address):
    client = signed_in(otto)
    assert "no-store" in client.get(address)["Cache-Control"]
    assert client.post(address, {"text": "x"}).status_code == 405


# --- Laws and deadlines --------------------------------------------------------------------------------------------
def law_sample(client, right, residence, received) -> str:
    return plain(client.get(f"{INDEX}laws/", {"right": right, "residence": residence, "received": received}))


@pytest.mark.parametrize(
    ("right", "residence", "received"),
    [
        ("access", "US-TX", "2026-01-31"),
        ("delete", "DE", "2026-01-31"),  # a month without a 31st
        ("opt_out", "US-CA", "2026-12-20"),  # working days over holidays
        ("access", "CA-QC", "2026-03-02"),  # two laws at once
        ("withdraw_consent", "GB", "2026-06-01"),
        ("know", "none", "2026-09-01"),
        ("appeal", "US-CO", "2026-09-01"),
        ("unsure", "US-VA", "2026-09-01"),
    ],
)
def test_every_date_is_the_one_that_the_command_says_with_its_reason(otto, right, residence, received):
    said = StringIO()
    where = [] if residence == "none" else ["--residence", residence]
    call_command("explain_due_date", "--right", right, "--received", received, *where, stdout=said)
    told = json.loads(said.getvalue())
    page = law_sample(signed_in(otto), right, residence, received)
    assert told["dates"]
    for due in told["dates"]:
        assert words.day(date.fromisoformat(due["due_on"])) in page
        assert due["why"] in page
        assert " ".join(due["citation"].split()) in page
    assert regimes.by_id(told["regime"]).name in page
    assert page.count("(we work to this one)") == 1


def test_the_date_of_a_real_request_is_the_one_of_the_sample(otto):
    received = datetime(2026, 8, 3, 12, tzinfo=deadlines.HOME)
    one = ask(Right.DELETE, residence="US-CA", received_at=received)
    page = law_sample(signed_in(otto), "delete", "US-CA", "2026-08-03")
    for due in one.due_dates.all():
        assert words.day(due.due_on) in page


def test_what_could_still_move_a_date_is_said(otto):
    page = law_sample(signed_in(otto), "access", "US-TX", "2026-01-31")
    assert "What could still move a date" in page
    assert "allows more time" in page


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"right": "access", "residence": "US-TX", "received": "31.1."}, "Enter a day"),
        ({"right": "access", "residence": "US-TX", "received": "0001-01-01"}, "a day of our time"),
        ({"right": "nothing", "residence": "US-TX", "received": "2026-01-31"}, "Choose one from the list."),
        ({"right": "access", "residence": "XX", "received": "2026-01-31"}, "Choose a place from the list"),
        ({"right": "access"}, "Enter a day"),
    ],
)
def test_what_cannot_be_tried_is_said_at_its_field(otto, given, said):
    page = signed_in(otto).get(f"{INDEX}laws/", given)
    assert page.status_code == 200
    assert said in text_of(page)
    assert "<title>Error:" in text_of(page)
    assert "There is a problem" in text_of(page)
    assert "Every date of this case" not in text_of(page)


def test_what_was_typed_wrong_stays(otto):
    given = {"right": "delete", "residence": "US-TX", "received": "31.1."}
    page = text_of(signed_in(otto).get(f"{INDEX}laws/", given))
    assert 'value="31.1."' in page
    assert '<option value="delete" selected>' in page


def test_every_law_that_holds_today_stands_in_the_table_and_no_other(otto):
    page = text_of(signed_in(otto).get(f"{INDEX}laws/"))
    names = re.findall(r'<tr><th scope="row">(.*?)</th>', page)
    today = timezone.localdate()
    assert names == [law.name for law in regimes.all_regimes() if law.in_force(today) and law.id != "none"]
    assert len(names) > 20
    assert regimes.LAW_VERSION in page
    with travel(datetime(2019, 1, 1, 18, tzinfo=deadlines.HOME), tick=False):
        page = text_of(signed_in(otto).get(f"{INDEX}laws/"))
    assert "California" not in " ".join(re.findall(r'<tr><th scope="row">(.*?)</th>', page)), "that came in 2020"


def test_trying_a_rule_leaves_no_trace(otto):
    client = signed_in(otto)
    before = Event.objects.count()
    law_sample(client, "access", "US-TX", "2026-01-31")
    client.get(f"{INDEX}retention/", GONE)
    assert Event.objects.count() == before
    assert not RightsRequest.objects.exists()


# --- Retention -----------------------------------------------------------------------------------------------------
GONE = {"residence": "US-TX", "received": "2026-08-03", "closed": "2026-08-20", "ending": "refused"}


def test_every_number_of_the_module_stands_on_the_page(otto):
    page = plain(signed_in(otto).get(f"{INDEX}retention/"))
    for name, value in inspect.getmembers(retention):
        if name.isupper() and isinstance(value, timedelta | int):
            assert f"requests.retention.{name}" in page
            assert rules._said(name, value) in page


def test_a_number_that_changes_changes_on_the_page(otto, monkeypatch):
    monkeypatch.setattr(retention, "DRAFT", timedelta(days=3))
    page = plain(signed_in(otto).get(f"{INDEX}retention/"))
    assert "3 days" in page.partition("The numbers behind it")[2]


@pytest.mark.parametrize("residence", ["US-TX", "US-CA", "DE"])
def test_what_goes_when_is_what_happens_to_the_keys_of_a_real_request(otto, tess, abe, vera, bea, residence):
    one = prove(ask(Right.ACCESS, residence=residence), vera)
    workflow.take(one, by=abe)
    workflow.answer(one, Draft(Ending.NOTHING_HELD), by=abe)
    one = fresh(one)
    if one.is_open:
        workflow.release(one, by=bea)
        one = fresh(one)
    assert one.closed_at
    day = timezone.localtime(one.closed_at, deadlines.HOME).date().isoformat()
    given = {"residence": residence, "received": one.received_on.isoformat(), "closed": day, "ending": "nothing_held"}
    page = text_of(signed_in(otto).get(f"{INDEX}retention/", given))
    owners = [one.pk, one.submission_id, one.submission.check_made_id]
    keys = DataKey.objects.filter(owner__in=owners, life__in=[Life.CONTACT, Life.RECORD, Life.PROOF])
    assert keys.count() == 3
    for key in keys:
        assert key.ends_at
        assert words.day(timezone.localtime(key.ends_at).date()) in page, key.life


def test_files_that_were_given_and_a_withdrawal_have_ends_of_their_own(otto):
    client = signed_in(otto)
    page = plain(client.get(f"{INDEX}retention/", GONE | {"with_files": "on"}))
    assert f"{words.day(date(2026, 9, 3))}, 12:00 Files of the answer" in page
    page = plain(client.get(f"{INDEX}retention/", GONE | {"ending": "withdrawn"}))
    assert f"{words.day(date(2026, 8, 21))}, 12:00 It can be undone" in page
    assert "a second look" not in page.partition("What goes when")[2].partition("Try it")[0]


def test_nothing_is_closed_before_it_came(otto):
    page = text_of(signed_in(otto).get(f"{INDEX}retention/", GONE | {"closed": "2026-08-02"}))
    assert "Choose the day of receipt or a later one." in page
    assert "<title>Error:" in page


# --- Who may do what -------------------------------------------------------------------------------------------------
def test_the_table_of_roles_is_the_one_that_the_code_reads(otto):
    page = text_of(signed_in(otto).get(f"{INDEX}permissions/"))
    rows = re.findall(r"<tr><th scope=\"row\"><code>(\w+)</code>.*?</tr>", page)
    assert rows == list(roles.PERMISSIONS)
    for verb, row in re.findall(r"<tr><th scope=\"row\"><code>(\w+)</code>(.*?)</tr>", page):
        cells = ["●" in cell or "★" in cell for cell in re.findall(r"<td>(.*?)</td>", row)]
        assert cells == [role in roles.PERMISSIONS[verb] for role in Role] + [verb in roles.FRESH], verb


def test_every_page_of_the_rules_bears_its_access_rule():
    assert access.rule_readers(lambda request: None).access_rule == "staff"
    assert access.playbook_keepers(lambda request: None).access_rule == "staff"
