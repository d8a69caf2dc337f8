"""The log: who did what, when and why, whether it is unaltered, and taking it along."""

import ast
import csv
import io
import re
import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from time_machine import travel

from primevox_privacy import spreadsheet
from primevox_privacy.ledger import checking, seals, triggers
from primevox_privacy.ledger.models import PORTAL, Event, Seal, event, record
from primevox_privacy.sealed.models import DataKey
from primevox_privacy.staff.models import User
from primevox_privacy.staff.second_factor import TOTP
from requests import happened, log, roles, showing, words, workflow
from requests.heartbeat.models import Outcome
from requests.log import KINDS, Asked, What
from requests.models import RightsRequest
from requests.references import spoken
from requests.terms import Right, Role, WhyShown, WhyTaken
from requests.workflow import NotAllowed
from tests.cast import ROSAS_MAIL, ask, fresh, person, prove, signed_in, submit
from tests.passkeys import app_of, code
from tests.test_staff_sessions import asks, carried
from verification.models import CheckState

pytestmark = pytest.mark.django_db
QUEUE = "/admin/requests/rightsrequest/"
LOG, CHECK, ALONG = f"{QUEUE}log/", f"{QUEUE}log/check/", f"{QUEUE}log/take-along/"
ROOT = Path(settings.BASE_DIR)
LATER = timedelta(minutes=6)
WHOLE_YEAR = {"what": "all", "since": "2026-01-01", "until": "2026-12-31"}


def read(client, **asked) -> str:
    return " ".join(client.get(LOG, asked).content.decode().split())


def rows(page: str) -> list[str]:
    """What stands in each line of the table, without its tags."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in body.split("</tr>") if line.strip()]


@pytest.fixture
def desk(otto):
    return signed_in(otto)


@pytest.fixture
def looked(rosas_request, vera):
    """Vera looked at Rosa's contact to call her."""
    showing.show_contact(rosas_request, WhyShown.CALL, by=vera)
    return rosas_request


# --- Who sees it ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", Role)
def test_the_log_is_for_who_audits_and_who_approves_and_only_they_find_a_way_there(role, looked):
    client, allowed = signed_in(person("Someone", role)), role in (Role.AUDITOR, Role.APPROVER)
    for answer in (client.get(LOG), client.post(CHECK), client.get(ALONG)):
        assert answer.status_code == (200 if allowed else 403)
    for page in ("/admin/", QUEUE, f"{QUEUE}{looked.pk}/change/"):
        assert (f'href="{LOG}' in client.get(page, follow=True).content.decode()) is allowed


def test_an_administrator_reads_nothing_of_a_case_there(ada, looked):
    page = signed_in(ada).get(LOG)
    assert page.status_code == 403
    assert spoken(looked.reference) not in page.content.decode()


# --- What stands in it ---------------------------------------------------------------------------------------------
def test_a_look_is_told_with_who_what_which_request_and_why(desk, looked):
    (line,) = rows(read(desk))
    for said in ("Tuesday 15 September 2026, 12:00", "Vera", "Looked at names and contacts", "To call them"):
        assert said in line
    assert spoken(looked.reference) in line
    assert f'href="{QUEUE}{looked.pk}/change/"' in read(desk)


def test_why_somebody_opened_a_paper_is_told_in_the_words_they_chose(desk, rosas_request, vera):
    record(rosas_request.submission.check_made_id, "paper_looked_at", by=vera.as_actor, reason="second")
    (line,) = rows(read(desk))
    assert "A colleague asked me to look, too" in line
    assert spoken(rosas_request.reference) in line


def test_what_is_about_all_that_was_asked_at_once_names_each_request(desk, vera):
    submission = submit(Right.ACCESS, Right.DELETE)
    record(submission.pk, "contact_on_file_entered", by=vera.as_actor)
    (line,) = rows(read(desk, what="decisions"))
    assert all(spoken(one.reference) in line for one in submission.rights_requests.all())


def test_how_a_case_closed_is_told_with_its_ending(desk, tess):
    one = ask(Right.OPT_OUT)
    workflow.take(one, by=tess)
    workflow.withdraw(fresh(one), by=workflow.REQUESTER)
    assert "requester Closed: Taken back" in rows(read(desk, what="decisions"))[0]


def test_what_is_about_no_case_has_no_request_and_an_account_is_named(desk, tess, ada):
    record(PORTAL, "wrapping_key_rotated", by="system", to=2, keys=5)
    record(tess.pk, "sign_in_failed", by="", door="password")
    record(tess.pk, "invited", by=ada.as_actor)
    invited, failed, rotated = rows(read(desk, what="accounts"))
    assert "Ada Sent an invitation Account of Tess" in invited
    assert "nobody who was signed in A try to sign in failed Account of Tess" in failed
    assert "the portal Keys wrapped anew —" in rotated


def test_after_the_life_of_the_record_a_line_says_what_is_left_and_keeps_its_reference(desk, looked, tess):
    record(looked.pk, "turned_into", by=tess.as_actor, right="access")
    Event.objects.forget()
    page = read(desk, what="all")
    assert "no longer kept Looked at names and contacts" in page.replace('</bdi></td><th scope="row">', " ")
    assert "no longer kept Turned into a right" in " ".join(rows(page))
    assert spoken(looked.reference) in page
    assert "Vera" not in "".join(rows(page))


def test_what_is_about_a_case_that_nobody_knows_any_more_says_so(desk, vera):
    record(uuid.uuid4(), "identity_looked_at", by=vera.as_actor)
    assert "no longer known" in rows(read(desk))[0]


def test_the_daily_test_request_is_named_so_and_its_reference_is_not_shown(desk, rosas_request):
    RightsRequest.objects.filter(pk=rosas_request.pk).update(synthetic=True)
    page = read(desk, what="all")
    assert "the daily test request" in page
    assert spoken(rosas_request.reference) not in page


def test_who_was_here_and_is_no_more_is_still_named(desk, looked, vera):
    vera.is_active = False
    vera.save()
    assert "Vera" in rows(read(desk))[0]


def test_nothing_about_rosa_is_on_the_page_or_in_the_file(otto, answered):
    client, given = signed_in(otto), {**WHOLE_YEAR}
    written = client.post(f"{ALONG}?{urlencode(given)}", {"why": "audit"}).content.decode()
    assert written.count("\n") > 5
    for text in (client.get(LOG, {"what": "all"}).content.decode(), written):
        for secret in ("Rosa", "Marquez", ROSAS_MAIL, "rosa@", "PV-004417", "Elm Street", "972-555"):
            assert secret not in text


# --- Filters -------------------------------------------------------------------------------------------------------
@pytest.fixture
def several(rosas_request, vera, tess, ada):
    """A look by Vera on Monday, a letter by Tess on Tuesday, a try to sign in, and a setting by Ada."""
    with travel(datetime(2026, 9, 14, 23, 30, tzinfo=timezone.get_default_timezone())):
        showing.show_contact(rosas_request, WhyShown.CALL, by=vera)
    other = ask(Right.OPT_OUT)
    workflow.tell(other, "We work on it.", by=tess)
    record(tess.pk, "sign_in_failed", by="", door="password")
    record(uuid.uuid4(), "inventory_changed", by=ada.as_actor, version=2, what="billing")
    return {"rosas": rosas_request, "other": other, "vera": vera, "tess": tess}


CASES = [
    ({}, {"contact_shown"}),
    ({"what": "opened"}, {"contact_shown"}),
    ({"what": "letters"}, {"told"}),
    ({"what": "accounts"}, {"sign_in_failed"}),
    ({"what": "settings"}, {"inventory_changed"}),
    ({"what": "decisions"}, set()),
    ({"what": "all"}, {"contact_shown", "told", "sign_in_failed", "inventory_changed", "received"}),
    ({"what": "all", "who": "vera"}, {"contact_shown"}),
    ({"what": "all", "who": "tess"}, {"told"}),
    ({"what": "letters", "who": "vera"}, set()),
    ({"what": "all", "who": "requester"}, {"received"}),
    ({"since": "2026-09-14"}, {"contact_shown"}),
    ({"since": "2026-09-15"}, set()),  # half past eleven at night, at the office, is still Monday
    ({"until": "2026-09-14"}, {"contact_shown"}),
    ({"until": "2026-09-13"}, set()),
    ({"what": "letters", "since": "2026-09-15", "until": "2026-09-15"}, {"told"}),
    ({"what": "all", "reference": "rosas"}, {"contact_shown", "received"}),
    ({"what": "all", "reference": "other"}, {"told", "received"}),
    ({"what": "letters", "reference": "rosas"}, set()),
]


@pytest.mark.parametrize(("asked", "kinds"), CASES)
def test_each_filter_shows_what_it_says(asked, kinds, several, desk):
    given = dict(asked)
    if "reference" in given:
        given["reference"] = several[given["reference"]].reference
    if given.get("who") in several:
        given["who"] = several[given["who"]].as_actor
    told = "\n".join(rows(read(desk, **given)))
    of_all = {"contact_shown", "told", "sign_in_failed", "inventory_changed", "received"}
    assert {kind for kind in of_all if str(words.EVENTS[kind]) in told} == kinds


@pytest.mark.parametrize("spell", [str.lower, spoken, lambda one: f" {one[:4]} {one[4:]} ", lambda one: one])
def test_a_reference_is_found_in_any_spelling(spell, looked, desk):
    assert len(rows(read(desk, reference=spell(looked.reference)))) == 1


@pytest.mark.parametrize("typed", ["N0B0DYSXJ", "nonsense", "Rosa Marquez"])
def test_a_reference_that_is_none_and_one_that_is_not_there_read_alike(typed, looked, desk):
    page = read(desk, what="all", reference=typed)
    assert rows(page) == []
    assert "No event fits. Look at the reference and the days again" in page


WRONG = [
    ({"since": "yesterday"}, "id_since", "Enter a day, like 2026-12-24."),
    ({"until": "2026-02-31"}, "id_until", "Enter a day, like 2026-12-24."),
    ({"until": "9999-12-31"}, "id_until", "Enter a day, like 2026-12-24."),
    ({"since": "0001-01-01"}, "id_since", "Enter a day, like 2026-12-24."),
    ({"since": "2026-09-15", "until": "2026-09-14"}, "id_until", "The last day comes before the first."),
    ({"what": "everything"}, "id_what", "Choose one from the list."),
    ({"who": "staff:nobody"}, "id_who", "Choose one from the list."),
    ({"reference": "A" * 41}, "id_reference", "Write no more than 40 characters."),
]


@pytest.mark.parametrize(("asked", "field", "said"), WRONG)
def test_what_cannot_be_looked_for_is_said_above_and_beside_it_and_the_rest_is_kept(asked, field, said, looked, desk):
    page = read(desk, **{"reference": looked.reference, **asked})
    assert f'<li><a href="#{field}">{said}' in page
    assert page.count(said) == 2
    assert "<title>Error:" in page
    assert "<tbody>" not in page
    if "reference" not in asked:
        assert f'value="{looked.reference}"' in page


def test_whoever_has_chosen_keeps_it_while_turning_to_another_group(desk, looked, vera):
    page = read(desk, who=vera.as_actor, since="2026-09-01")
    link = re.search(r'href="([^"]*what=letters[^"]*)"', page)
    assert link
    assert "since=2026-09-01" in link[1]
    assert urlencode({"who": vera.as_actor}) in link[1]


def test_how_often_each_person_opened_something_is_said_for_the_days_that_are_shown(desk, several, rosas_request, abe):
    for _ in range(2):
        record(rosas_request.pk, "finding_looked_at", by=abe.as_actor)
    record(rosas_request.pk, "file_downloaded", by="requester")
    page = read(desk)
    assert "From Sunday 16 August 2026 to Tuesday 15 September 2026" in page
    assert page.index("Abe: 2 times") < page.index("Vera: 1 time<")
    assert "Vera: 1 time" not in read(desk, since="2026-09-15")
    assert "Opened, by person" not in read(desk, what="all")


def test_the_case_page_leads_to_all_of_its_case(desk, looked):
    page = desk.get(f"{QUEUE}{looked.pk}/change/").content.decode()
    assert f'{LOG}?what=all&amp;reference={looked.reference}">All of this case in the log' in page


# --- Pages ---------------------------------------------------------------------------------------------------------
def many(number: int, moments: int) -> list[Event]:
    """So many looks, at so few moments."""
    now = timezone.now()
    made = []
    for place in range(number):
        one = event(PORTAL, "identity_looked_at", by="system")
        one.at = now + timedelta(seconds=place * moments // number)
        one.digest = one.leaf()
        made.append(one)
    return Event.objects.bulk_create(made)


def walked(asked: Asked, turn: str, start: str = "") -> Iterator[log.Page]:
    """Page after page, in one direction."""
    here = log.page(asked, **({turn: start} if start else {}))
    while True:
        yield here
        place = here.older if turn == "before" else here.newer
        if not place:
            return
        here = log.page(asked, **{turn: place})


@pytest.mark.parametrize("moments", [1, 3, 450])
def test_turning_pages_loses_and_doubles_no_event_however_many_share_a_moment(moments, monkeypatch):
    made = {one.pk for one in many(450, moments)}
    pages = list(walked(Asked(), "before"))
    assert [len(page.events) for page in pages] == [100, 100, 100, 100, 50]
    seen = [one.pk for page in pages for one in page.events]
    assert len(seen) == 450
    assert set(seen) == made
    back = list(walked(Asked(), "after", pages[-1].newer))
    assert [one.pk for one in back[0].events] == [one.pk for one in pages[3].events]
    assert [one.pk for one in back[-1].events] == [one.pk for one in pages[0].events]
    assert len(back) == 4


def test_exactly_one_page_has_no_neighbour(desk):
    many(100, 5)
    page = log.page(Asked())
    assert (len(page.events), page.newer, page.older) == (100, "", "")
    assert "Older" not in read(desk)


PLACES = ["2026_nonsense", "x", f"9999-12-31T23:59:59-12:00_{PORTAL}", f"0001-01-01T00:00:00+14:00_{PORTAL}"]


@pytest.mark.parametrize("place", [*PLACES, f"2026-09-15T12:00:00_{PORTAL}"])
def test_a_place_that_is_none_shows_the_newest(place, desk):
    many(101, 5)
    for turn in ("before", "after"):
        assert len(rows(read(desk, **{turn: place}))) == 100


def test_the_buttons_lead_to_older_events_and_back(desk):
    many(150, 5)
    first = read(desk)
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older
    second = desk.get(older[1].replace("&amp;", "&")).content.decode()
    assert len(rows(second)) == 50
    newer = re.search(r'rel="prev" href="([^"]+)"', second)
    assert newer
    assert rows(desk.get(newer[1].replace("&amp;", "&")).content.decode()) == rows(first)


def test_a_page_takes_at_most_12_statements_however_many_cases_are_on_it(desk, tess, vera):
    for _ in range(6):
        one = ask(Right.ACCESS)
        prove(one, vera)
        showing.show_contact(one, WhyShown.CALL, by=tess)
    for asked in ({}, {"what": "all"}, {"what": "all", "reference": one.reference}):
        desk.get(LOG, asked)
        with CaptureQueriesContext(connection) as caught:
            desk.get(LOG, asked)
        assert len(caught) <= 12, "\n".join(query["sql"][:120] for query in caught.captured_queries)


# --- Is it unaltered? ----------------------------------------------------------------------------------------------
def seal() -> Seal:
    made = seals.seal_new_events()
    assert made
    return made


@pytest.fixture
def sealed(looked, tess):
    """Some events of Rosa's case under three seals, and a database whose guards somebody has taken away."""
    seal()
    for _ in range(2):
        workflow.note(fresh(looked), "Called.", by=tess)
        seal()
    triggers.remove(connection)
    return looked


def checked(client, button: str = "all", **asked) -> str:
    page = client.post(f"{CHECK}?{urlencode(asked)}", {button: "1"}).content.decode()
    return " ".join(page.partition('id="came-to"')[2].partition("</section>")[0].split())


def test_one_press_says_that_the_record_is_whole_from_when_to_when_and_how_much(desk, sealed):
    said = checked(desk)
    number = Event.objects.count()
    assert "The record is whole" in said
    assert f"<dd>{number}</dd></div><div><dt>Seals over them</dt><dd>3</dd>" in said
    assert "<dt>Last seal</dt><dd>Tuesday 15 September 2026, 12:0" in said
    assert "These are all seals there are." in said
    assert Event.objects.count() == number


def test_what_is_too_new_for_a_seal_is_said_and_is_no_fault(desk, sealed, tess):
    workflow.note(fresh(sealed), "Again.", by=tess)
    said = checked(desk)
    assert "The record is whole" in said
    assert "wait for their seal</dt><dd>1</dd>" in said


def test_before_the_first_seal_nothing_is_called_whole(desk, looked):
    assert "Nothing is under a seal yet" in checked(desk)


def altered(one: RightsRequest) -> None:
    Event.objects.filter(about=one.pk, kind="contact_shown").update(actor="system")


def altered_with_its_digest(one: RightsRequest) -> None:
    there = Event.objects.get(about=one.pk, kind="contact_shown")
    there.actor = "system"
    there.digest = there.leaf()
    there.save()


def taken_away(one: RightsRequest) -> None:
    Event.objects.filter(about=one.pk, kind="contact_shown").delete()


def seal_taken_away(one: RightsRequest) -> None:
    Seal.objects.filter(number=2).delete()


def signature_of_another(one: RightsRequest) -> None:
    Seal.objects.filter(number=1).update(signature=Seal.objects.get(number=2).signature)


def end_cut_off(one: RightsRequest) -> None:
    last = Seal.objects.get(number=3)
    Event.objects.filter(pk__in=last.leaves).delete()
    last.delete()


def head_file_lost(one: RightsRequest) -> None:
    settings.LEDGER_HEAD_FILE.unlink()


def slipped_in(one: RightsRequest) -> None:
    made = event(one.pk, "told", by="system")
    made.at = timezone.now() - timedelta(minutes=20)
    made.digest = made.leaf()
    made.save(force_insert=True)


ATTACKS = [
    (altered, "was altered"),
    (altered_with_its_digest, "has another digest than was sealed"),
    (taken_away, "is missing"),
    (seal_taken_away, "seal 2 is missing"),
    (signature_of_another, "seal 1 does not bear our signature"),
    (end_cut_off, "seal 3 is not the one written outside the database"),
    (head_file_lost, "the head file outside the database is missing"),
    (slipped_in, "was never sealed"),
]


@pytest.mark.parametrize(("attack", "told"), ATTACKS)
def test_what_somebody_changed_in_the_database_is_told_with_what_to_do(attack, told, desk, sealed):
    attack(sealed)
    said = checked(desk)
    assert "Something is wrong with the record" in said
    assert told in said
    assert "Tell whoever runs the portal at once" in said
    assert "The record is whole" not in said


def test_the_button_and_the_command_agree_on_what_is_whole_and_what_is_not(sealed):
    out = io.StringIO()
    call_command("verify_ledger", stdout=out)
    assert checking.latest().faults == []
    altered(sealed)
    with pytest.raises(SystemExit):
        call_command("verify_ledger", stdout=out, stderr=out)
    assert checking.latest().faults[0] in out.getvalue()


@pytest.mark.parametrize("most", [1, 2, 3, 4, 5, 6, 7])
def test_a_long_record_is_looked_at_as_far_as_it_can_be_and_the_page_says_so(most, looked, monkeypatch):
    monkeypatch.setattr(checking, "SLICE", 2)
    for _ in range(7):
        record(PORTAL, "health_red", by="system")
        seal()
    made = checking.latest(most_seals=most)
    assert (made.seals, made.whole, made.faults) == (most, most == 7, [])


def test_looking_stops_once_there_were_enough_events(looked):
    for _ in range(4):
        many(10, 1)
        seal()
    made = checking.latest(most_events=15)
    assert (made.seals, made.events, made.whole, made.faults) == (2, 20, False, [])


def test_a_fault_outside_of_what_was_looked_at_is_not_called_whole(desk, sealed, monkeypatch):
    monkeypatch.setattr(checking.latest, "__defaults__", (2, 20_000))
    altered(sealed)
    said = checked(desk)
    assert "What is older was not looked at." in said
    assert "These are all seals there are." not in said


def test_a_head_file_longer_than_what_is_read_of_it_is_no_fault(sealed, monkeypatch):
    monkeypatch.setattr(checking, "HEAD_TAIL", 150)  # in the middle of the last line but one
    assert checking.latest().faults == []


def test_of_one_case_it_is_said_that_its_events_lie_unchanged_under_seals(desk, sealed):
    said = checked(desk, "case", what="all", reference=sealed.reference)
    assert f"The events of {spoken(sealed.reference)} are unchanged" in said
    assert "<dt>Seals over them</dt><dd>3</dd>" in said


@pytest.mark.parametrize(
    ("attack", "told"),
    [(altered, "was altered"), (altered_with_its_digest, "another digest"), (slipped_in, "was never sealed")],
)
def test_of_one_case_what_was_changed_is_told(attack, told, desk, sealed):
    attack(sealed)
    said = checked(desk, "case", what="all", reference=sealed.reference)
    assert "Something is wrong with the record" in said
    assert told in said


def test_an_event_whose_transaction_took_long_is_found_under_a_later_seal(looked):
    late = event(looked.pk, "noted", by="system")
    seal()
    with travel(timezone.now() + timedelta(minutes=20)):
        late.save(force_insert=True)
        seal()
        made = checking.of_case([looked.pk])
    assert (made.faults, made.seals) == ([], 2)


def test_a_record_that_has_ended_is_no_fault_of_its_case(sealed):
    Event.objects.filter(about=sealed.pk).forget()
    assert checking.of_case([sealed.pk], is_over=True).faults == []


def test_an_event_that_somebody_made_silent_before_its_time_is_told(desk, sealed):
    Event.objects.filter(about=sealed.pk, kind="contact_shown").forget()
    asked = {"what": "all", "reference": sealed.reference}
    assert "says nothing any more, before its time" in checked(desk, "case", **asked)
    now = timezone.now()
    ended = {"wrapped": None, "ends_at": now, "destroyed_at": now, "emptied_at": now}
    DataKey.objects.filter(pk=sealed.record_key_id).update(**ended)
    assert "are unchanged" in checked(desk, "case", **asked)


def test_only_a_button_checks(desk):
    assert desk.get(CHECK).status_code == 405


# --- Taking it along -----------------------------------------------------------------------------------------------
def along(client, why: str = "audit", **asked):
    return client.post(f"{ALONG}?{urlencode(WHOLE_YEAR | asked)}", {"why": why})


def test_otto_takes_along_what_the_page_shows_and_that_is_recorded_with_its_reason(desk, otto, looked):
    answer = along(desk, what="opened")
    head, line = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert head == ["When", "Who", "What", "Request", "Why"]
    assert line[0].startswith("2026-09-15T12:0")
    assert line[0].endswith("-05:00")
    assert line[1:] == ["Vera", "Looked at names and contacts", spoken(looked.reference), "To call them"]
    assert answer["Content-Disposition"] == 'attachment; filename="log-2026-09-15.csv"'
    taken = Event.objects.get(kind=happened.TAKEN_ALONG)
    assert (taken.actor, taken.about) == (otto.as_actor, PORTAL)
    assert taken.detail == {
        "why": "audit", "what": "opened", "since": "2026-01-01", "until": "2026-12-31", "rows": 1,
    }  # fmt: skip
    assert "Otto Took the log along — For an audit" in rows(read(desk))[0]


def test_the_log_leaves_only_with_a_second_factor_shown_just_now(otto, looked):
    app_of(otto)
    client = signed_in(otto, TOTP)
    with travel(timezone.now() + LATER, tick=False):
        page = along(client)
        assert asks(page)
        assert "saves the file and stays on this page" in page.content.decode()
        assert carried(page) == {"why": "audit"}
        assert not Event.objects.filter(kind=happened.TAKEN_ALONG).exists()
        answer = client.post(f"{ALONG}?{urlencode(WHOLE_YEAR)}", {**carried(page), "confirm_code": code()})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert Event.objects.filter(kind=happened.TAKEN_ALONG).count() == 1
    assert "take_log_along" in roles.FRESH


def test_without_a_reason_nothing_leaves(desk, looked):
    page = along(desk, why="")
    assert "Choose what you need it for." in page.content.decode()
    assert not Event.objects.filter(kind=happened.TAKEN_ALONG).exists()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"since": ""}, "Choose the first and the last day."),
        ({"until": ""}, "Choose the first and the last day."),
        ({"since": "2025-01-01"}, "That is more than a year."),
        ({"since": "2025-12-30"}, "That is more than a year."),
    ],
)
def test_no_more_than_a_year_leaves_at_once(asked, said, desk, looked):
    assert said in desk.get(ALONG, WHOLE_YEAR | asked).content.decode()
    assert said in along(desk, **asked).content.decode()
    assert not Event.objects.filter(kind=happened.TAKEN_ALONG).exists()


def test_more_lines_than_may_leave_are_refused_and_not_cut_off(desk, otto, looked, monkeypatch):
    monkeypatch.setattr(log, "MOST_ROWS", 3)
    many(4, 1)
    assert "more than 3 lines" in along(desk).content.decode()
    assert not Event.objects.filter(kind=happened.TAKEN_ALONG).exists()


def test_who_may_not_take_it_along_cannot_by_the_verb_either(tess, looked):
    asked = Asked(What.ALL, since=date(2026, 1, 1), until=date(2026, 12, 31))
    with pytest.raises(NotAllowed):
        log.take_along(asked, WhyTaken.AUDIT, by=tess)


@pytest.mark.parametrize(
    ("asked", "since", "until"),
    [
        ({}, "2026-08-16", "2026-09-15"),
        ({"until": "2026-08-31"}, "2026-08-01", "2026-08-31"),
        ({"since": "2026-09-01"}, "2026-09-01", "2026-09-15"),
        ({"since": "2020-01-01", "until": "2026-08-31"}, "2025-08-31", "2026-08-31"),
    ],
)
def test_what_is_offered_to_take_along_is_never_more_than_may_leave(asked, since, until, desk, looked):
    with travel(timezone.now() - timedelta(days=30)):
        showing.show_contact(looked, WhyShown.CALL, by=User.objects.get(username="vera"))
    link = re.search(r'href="([^"]*take-along/[^"]*)"', read(desk, **asked))
    assert link
    assert f"since={since}&amp;until={until}" in link[1]
    answer = desk.post(link[1].replace("&amp;", "&"), {"why": "audit"})
    assert answer["Content-Type"].startswith("text/csv")


def test_of_one_case_only_that_case_leaves(desk, several):
    answer = along(desk, reference=several["rosas"].reference).content.decode()
    assert spoken(several["rosas"].reference) in answer
    assert spoken(several["other"].reference) not in answer
    assert Event.objects.get(kind=happened.TAKEN_ALONG).detail["case"] == str(several["rosas"].pk)


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "＝1", "\ufeff=1", "|calc", "=cmd|'/C'!A0"]


@pytest.mark.parametrize("cell", FORMULAS)
def test_no_cell_is_worked_out_as_a_formula(cell):
    assert spreadsheet.guarded(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Vera", "—", "2026-09-15T12:00:00-05:00", "K7Q-2MX-9RT", "a=b"])
def test_a_cell_that_is_no_formula_stays_as_it_is(cell):
    assert spreadsheet.guarded(cell) == cell


def test_a_name_that_looks_like_a_formula_leaves_as_text(desk, rosas_request):
    mallory = person("Mallory", Role.VERIFIER)
    mallory.first_name = "=HYPERLINK(1)"
    mallory.save()
    showing.show_contact(rosas_request, WhyShown.CALL, by=mallory)
    _head, line = csv.reader(io.StringIO(along(desk, what="opened").content.decode("utf-8-sig")))
    assert line[1] == "'=HYPERLINK(1)"


# --- Words for everything that is recorded ---------------------------------------------------------------------------
# Functions that are given a kind and record it, and which of their arguments it is.
RECORDS = {"record": 1, "event": 1, "move": 2, "reopen": 2, "_change": 2, "_freeze": 1, "_answer": 2, "_tell": 1}
NAMED = {"reopen", "_end"}  # and those that are given it by name
MADE_OF = {
    "f'identity_{state}'": [f"identity_{state}" for state in CheckState if state not in ("open", "given")],
    "f'heartbeat_{outcome}'": [f"heartbeat_{outcome}" for outcome in Outcome],
}


def kinds_of(node: ast.expr, constants: dict[str, list[str]]) -> list[str] | None:
    """What kinds an argument can be; nothing where it is handed on by a function that was given it; None: unknown."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.IfExp):
        return [*(kinds_of(node.body, constants) or []), *(kinds_of(node.orelse, constants) or [])]
    if isinstance(node, ast.JoinedStr):
        return MADE_OF.get(ast.unparse(node))
    return constants.get(ast.unparse(node).rpartition(".")[2])


def constants_of(tree: ast.Module) -> dict[str, list[str]]:
    """Names that stand for kinds in a file, and parameters that bear one."""
    found: dict[str, list[str]] = {"TAKEN_ALONG": [happened.TAKEN_ALONG]}
    for node in ast.walk(tree):
        if isinstance(node, ast.arguments):
            found |= {one.arg: [] for one in [*node.args, *node.kwonlyargs] if one.arg == "kind"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant | ast.IfExp):
            found |= {ast.unparse(target): kinds_of(node.value, {}) or [] for target in node.targets}
    return found


def recorded() -> tuple[set[str], list[str]]:
    """Every kind that is recorded anywhere, and places where it cannot be told which."""
    kinds, unknown = set[str](), []
    for floor in ("requests", "verification", "primevox_privacy"):
        for path in sorted((ROOT / floor).rglob("*.py")):
            if path.name == "reminding.py":
                continue  # its `_tell` owes letters, whose kinds are others
            tree = ast.parse(path.read_text())
            constants = constants_of(tree)
            for node in ast.walk(tree):
                if isinstance(node, ast.arguments):
                    defaults = zip(node.kwonlyargs, node.kw_defaults, strict=True)
                    given = [default for one, default in defaults if one.arg == "kind" and default]
                elif isinstance(node, ast.Call):
                    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                    is_method = ast.unparse(node.func).startswith("self.")
                    given = node.args[RECORDS[name] :][:1] if name in RECORDS and not is_method else []
                    given += [word.value for word in node.keywords if word.arg == "kind" and name in NAMED]
                else:
                    continue
                for one in given:
                    found = kinds_of(one, constants)
                    if found is None:
                        unknown.append(f"{path.relative_to(ROOT)}: {ast.unparse(node)[:90]}")
                    kinds.update(found or [])
    return kinds - {""}, unknown


def test_every_kind_that_is_recorded_anywhere_has_words_for_staff():
    kinds, unknown = recorded()
    assert unknown == [], unknown
    assert kinds - set(words.EVENTS) == set()
    assert len(kinds) > 100


def test_words_of_the_log_speak_of_the_requester_and_never_to_them():
    assert not [said for said in map(str, words.EVENTS.values()) if re.search(r"\b[Yy]ou(r)?\b", said)]


def test_every_group_is_made_of_kinds_that_are_there():
    assert set().union(*KINDS.values()) - set(words.EVENTS) == set()
    assert set(KINDS) == set(What) - {What.ALL}


def test_each_look_that_staff_can_take_is_among_those_that_were_opened():
    looks = {kind for kind in words.EVENTS if kind.endswith(("_looked_at", "_shown")) and kind != "identity_not_shown"}
    assert looks == log.LOOKS
