"""Who has how much, who is away, and handing over what somebody has."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from time_machine import travel

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from requests import absence, assigning, identity, reminders, stopping, workflow
from requests.models import RightsRequest
from requests.references import spoken
from requests.terms import Right, Role
from requests.workflow import NotAllowed
from tests.cast import FACTS, STATEMENT, ask, fresh, office_noon, person, signed_in
from tests.test_case_page import page_of
from tests.test_staff_desk import QUEUE

pytestmark = pytest.mark.django_db
WORKLOAD, HANDOVER = f"{QUEUE}workload/", f"{QUEUE}handover/"
TODAY = date(2026, 9, 15)


def had_by(user, *days_ago: int) -> list[RightsRequest]:
    """Requests of these ages that this person took."""
    made = []
    for days in days_ago:
        one = ask(Right.ACCESS, received_at=timezone.now() - timedelta(days=days))
        workflow.take(one, by=user)
        made.append(fresh(one))
    return made


def row(page: str, name: str) -> list[str]:
    """The numbers in the line of a person."""
    line = next(part for part in page.split("<tr>") if f'<th scope="row">{name}' in part)
    return [cell.partition("</td>")[0] for cell in line.split("<td>")[1:]]


# --- Passing on ------------------------------------------------------------------------------------------------------
def test_tess_passes_a_request_on_and_it_stays_where_it_stands(tess, abe, rosas_request):
    assigning.assign(rosas_request, abe, by=tess)
    one = fresh(rosas_request)
    assert (one.handler, one.status) == (abe, "received")
    assert Event.objects.get(kind="assigned").detail == {"to": str(abe.pk), "was": ""}


@pytest.mark.parametrize(
    ("who", "why"), [("otto", "does not work on requests"), ("vera", "is away"), ("abe", "has it already")]
)
def test_a_request_is_not_given_to_who_cannot_work_on_it(tess, abe, who, why, rosas_request, request):
    somebody = request.getfixturevalue(who)
    if who == "vera":
        absence.set_absence(somebody, TODAY, None, None, by=tess)
    assigning.assign(rosas_request, abe, by=tess)
    with pytest.raises(NotAllowed, match=why):
        assigning.assign(fresh(rosas_request), somebody, by=tess)


def test_a_closed_request_is_given_to_nobody(tess, abe, answered):
    with pytest.raises(NotAllowed, match="closed"):
        assigning.assign(answered, tess, by=abe)


def test_who_was_faster_is_noticed(tess, abe, bea, rosas_request):
    seen = fresh(rosas_request)
    workflow.take(rosas_request, by=bea)
    with pytest.raises(NotAllowed, match="Bea"):
        assigning.assign(seen, abe, by=tess)


# --- Who has how much ------------------------------------------------------------------------------------------------
def test_each_person_has_a_line_with_what_is_open_soon_overdue_and_oldest(tess, abe, bea):
    had_by(abe, 30, 10, 1)
    ask(Right.ACCESS)
    page = signed_in(tess).get(WORKLOAD).content.decode()
    opened, soon, overdue, waiting, oldest, _hand_over = row(page, "Abe")
    assert (opened, soon, waiting) == ("3", "1", "3")  # proof was asked for with each
    assert ">1</span>" in overdue
    assert oldest == "Sunday 16 August 2026"
    assert row(page, "Bea")[0] == "0"
    assert row(page, "Nobody yet")[0] == "1"


def test_what_waits_for_the_requester_is_the_same_here_and_in_the_queue(tess, abe, bea):
    proof_open, proof_given, question, frozen = had_by(abe, 4, 3, 2, 1)
    identity.show(proof_given.submission, FACTS, STATEMENT)
    workflow.ask(question, "Which number?", by=abe)
    stopping.freeze(frozen, "Odd.", by=abe)
    client = signed_in(tess)
    assert row(client.get(WORKLOAD).content.decode(), "Abe")[3] == "2"
    queue = client.get(f"{QUEUE}?waits=requester").content.decode()
    assert spoken(proof_open.reference) in queue
    assert queue.count("field-reference_said") == 2


def test_it_takes_at_most_12_statements_however_many_people_and_requests(tess, abe, bea, vera):
    for user in (tess, abe, bea, vera):
        had_by(user, 3, 2)
    client = signed_in(tess)
    client.get(WORKLOAD)
    with CaptureQueriesContext(connection) as caught:
        client.get(WORKLOAD)
    assert len(caught) <= 12, "\n".join(query["sql"][:120] for query in caught.captured_queries)


def test_an_auditor_reads_it_and_an_administrator_does_not(otto, ada):
    page = signed_in(otto).get(WORKLOAD).content.decode()
    assert "Hand over" not in page
    assert "Somebody is away" not in page
    assert signed_in(ada).get(WORKLOAD).status_code == 403


def test_what_nobody_has_taken_for_a_day_is_said_here_and_on_its_page(tess):
    late, new = ask(Right.ACCESS, received_at=timezone.now() - timedelta(days=1)), ask(Right.KNOW)
    assert "1 request has had nobody for a day or longer." in signed_in(tess).get(WORKLOAD).content.decode()
    assert "Nobody has taken this request" in page_of(tess, late)
    assert "Nobody has taken this request" not in page_of(tess, new)
    since_last_evening = ask(Right.DELETE, received_at=timezone.now() - timedelta(hours=15))
    assert "Nobody has taken this request" not in page_of(tess, since_last_evening)
    workflow.take(late, by=tess)
    assert "had nobody" not in signed_in(tess).get(WORKLOAD).content.decode()
    assert "Nobody has taken this request" not in page_of(tess, late)


# --- Away ------------------------------------------------------------------------------------------------------------
def test_somebody_is_away_from_the_first_day_to_the_last(abe):
    abe.absent_from, abe.absent_until = TODAY, TODAY + timedelta(days=1)
    assert [abe.is_away(TODAY + timedelta(days=days)) for days in (-1, 0, 1, 2)] == [False, True, True, False]
    abe.absent_until = None
    assert abe.is_away(date(2030, 1, 1))


def test_tess_says_that_abe_is_away_and_the_page_says_who_hears_of_his_work(tess, abe, bea):
    given = {
        "absence-who": abe.pk,
        "absence-first": "2026-09-15",
        "absence-last": "2026-09-25",
        "absence-deputy": bea.pk,
    }
    page = signed_in(tess).post(f"{WORKLOAD}away/", given, follow=True).content.decode()
    assert "Away from Tuesday 15 September 2026 until Friday 25 September 2026. Bea hears of what is due." in page
    assert Event.objects.get(kind="absence_set").about == abe.pk


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"first": "2026-09-20", "last": "2026-09-19"}, "The last day comes before the first."),
        ({"last": "2026-09-19"}, "Enter the first day, too."),
        ({"first": "soon"}, "Enter a day, like 2026-12-24."),
        ({"first": "2026-09-20", "deputy": "abe"}, "Choose somebody else as deputy."),
    ],
)
def test_days_that_cannot_be_are_refused_in_words_and_kept(tess, abe, given, said):
    form = {"absence-who": abe.pk} | {f"absence-{name}": value for name, value in given.items()}
    if given.get("deputy"):
        form["absence-deputy"] = abe.pk
    assert said in signed_in(tess).post(f"{WORKLOAD}away/", form).content.decode()
    abe.refresh_from_db()
    assert abe.absent_from is None


def test_who_is_back_has_no_deputy_any_more(tess, abe, bea):
    absence.set_absence(abe, TODAY, None, bea, by=tess)
    absence.set_absence(abe, None, None, bea, by=tess)
    abe.refresh_from_db()
    assert (abe.absent_from, abe.deputy) == (None, None)


def test_only_who_hands_out_work_says_who_is_away(vera, abe):
    given = {"absence-who": abe.pk, "absence-first": "2026-09-15"}
    assert signed_in(vera).post(f"{WORKLOAD}away/", given).status_code == 404
    with pytest.raises(NotAllowed):
        absence.set_absence(abe, TODAY, None, None, by=vera)


def told() -> set[str]:
    """Who gets a digest on the next working days."""
    with travel(office_noon(1)):
        reminders.owe()
    return {letter.key.split(":")[1] for letter in Letter.objects.filter(kind="digest")}


def test_while_abe_is_away_bea_hears_of_what_is_due(tess, abe, bea):
    had_by(abe, 10)
    absence.set_absence(abe, TODAY, None, bea, by=tess)
    assert told() == {"mailbox", str(bea.pk)}
    addresses = {letter.address for letter in Letter.objects.filter(kind="digest")}
    assert bea.email in addresses
    assert abe.email not in addresses


@pytest.mark.parametrize("deputy", ["none", "away", "gone"])
def test_where_no_deputy_is_here_the_mailbox_alone_hears(tess, abe, bea, deputy):
    had_by(abe, 10)
    absence.set_absence(abe, TODAY, None, None if deputy == "none" else bea, by=tess)
    if deputy == "away":
        absence.set_absence(bea, TODAY, None, None, by=tess)
    if deputy == "gone":
        bea.is_active = False
        bea.save()
    assert told() == {"mailbox"}


def test_who_is_here_hears_of_their_own_work(abe):
    had_by(abe, 10)
    assert told() == {"mailbox", str(abe.pk)}


def test_a_date_of_the_law_in_danger_is_told_to_the_deputy(tess, abe, bea):
    had_by(abe, 44)  # 45 days in Texas
    absence.set_absence(abe, TODAY, None, bea, by=tess)
    reminders.owe(office_noon())
    danger = {letter.key.split(":")[1] for letter in Letter.objects.filter(kind="statutory_danger")}
    assert danger == {"mailbox", str(bea.pk)}


# --- Handing over ----------------------------------------------------------------------------------------------------
def confirmed(client, whose, page: str, *to):
    """Press the button below what would happen."""
    give = [part.partition('"')[0] for part in page.split('name="give" value="')[1:]]
    form = {"whose": whose, "to": [one.pk for one in to], "give": give, "sure": "yes"}
    return client.post(HANDOVER, form).content.decode()


def test_all_that_abe_has_is_shared_out_so_that_loads_come_out_alike(tess, abe, bea, vera):
    had_by(abe, 3, 2, 1)
    had_by(vera, 1)
    client = signed_in(tess)
    page = client.post(HANDOVER, {"whose": abe.pk, "to": [bea.pk, vera.pk]}).content.decode()
    assert "Hand over 3 requests" in page
    assert RightsRequest.objects.filter(handler=abe).count() == 3  # only read until now
    done = confirmed(client, abe.pk, page, bea, vera)
    assert "3 requests were handed over" in done
    counts = [RightsRequest.objects.filter(handler=who).count() for who in (abe, bea, vera)]
    assert counts == [0, 2, 2]


def test_what_changed_hands_after_the_preview_is_left_as_it_is_and_said(tess, abe, bea):
    first, second = had_by(abe, 3, 2)
    client = signed_in(tess)
    page = client.post(HANDOVER, {"whose": abe.pk, "to": [bea.pk]}).content.decode()
    workflow.take(first, by=tess)
    done = confirmed(client, abe.pk, page, bea)
    assert "1 request was handed over" in done
    assert "Somebody else changed whose it is: Tess." in done
    assert [fresh(one).handler for one in (first, second)] == [tess, bea]


def test_what_nobody_has_can_be_shared_out_too(tess, abe):
    one = ask(Right.ACCESS)
    client = signed_in(tess)
    page = client.post(HANDOVER, {"whose": "nobody", "to": [abe.pk]}).content.decode()
    confirmed(client, "nobody", page, abe)
    assert fresh(one).handler == abe


def test_who_is_away_is_not_offered(tess, abe, bea):
    had_by(abe, 3)
    absence.set_absence(bea, TODAY, None, None, by=tess)
    page = signed_in(tess).get(f"{HANDOVER}?whose={abe.pk}").content.decode()
    assert f'<option value="{abe.pk}" selected>' in page
    assert f'value="{bea.pk}"' not in page
    assert (
        "Who is away cannot be given anything."
        in signed_in(tess).post(HANDOVER, {"whose": abe.pk, "to": [bea.pk]}).content.decode()
    )


def test_nothing_goes_back_to_whom_it_comes_from(tess, abe):
    had_by(abe, 3)
    page = signed_in(tess).post(HANDOVER, {"whose": abe.pk, "to": [abe.pk]}).content.decode()
    assert "Choose somebody else: these requests are theirs now." in page


def test_pairs_that_no_page_made_give_nothing_to_anybody(tess, abe, otto):
    (one,) = had_by(abe, 3)
    form = {"whose": abe.pk, "to": [tess.pk], "sure": "yes"}
    for give in ("x", f"{one.pk}", f"{one.pk}:x", f"{one.pk}:{otto.pk}"):
        page = signed_in(tess).post(HANDOVER, form | {"give": give}).content.decode()
        assert "0 requests were handed over" in page
    assert fresh(one).handler == abe


@pytest.mark.parametrize("role", [Role.VERIFIER, Role.AUDITOR])
def test_who_hands_out_no_work_has_no_such_page(role):
    assert signed_in(person("Someone", role)).get(HANDOVER).status_code == 404
