"""Systems to search for one request: when the search begins, who answers what, and what an answer may say before."""

import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.models import DataKey
from primevox_privacy.sealed.tasks import end_lives
from requests import holds, identity, packages, reminders, stopping, tasks, workflow
from requests.answers import Draft
from requests.inventory import beginning, changing, checklist, in_force, passes, progress
from requests.inventory.models import Checklist, Finding, System, Task, TaskState
from requests.inventory.passes import Pass
from requests.models import RightsRequest
from requests.terms import Ending, Right, Role
from requests.workflow import NotAllowed
from tests.cast import FACTS, ROSAS_MAIL, ask, fresh, office_noon, person, prove, signed_in
from tests.papers import received
from verification import checks

pytestmark = pytest.mark.django_db

TAX = {"id": "1", "en": "Tax law makes us keep bills.", "es": "La ley fiscal nos obliga a guardar facturas."}
CASE, TASK = "/admin/requests/rightsrequest/{}/change/", "/admin/inventory/task/{}/"


def system(name: str, ada, owner=None, *categories: str, exceptions=(), active=True) -> System:
    given = {"name": name, "owner": owner, "categories": list(categories) or ["identifiers"], "active": active}
    given |= {"retention_en": "", "retention_es": "", "exceptions": list(exceptions)}
    return changing.change_system(None, given, "We found it", by=ada)


@pytest.fixture
def cyd(db):
    return person("Cyd", Role.COLLECTOR)


@pytest.fixture
def two_systems(ada, cora, cyd):
    return [system("Billing", ada, cora, "payment", exceptions=[TAX]), system("Website", ada, cyd, "cookies")]


@pytest.fixture
def searched(two_systems, tess, vera) -> RightsRequest:
    """Rosa's access, taken and proven."""
    return proven(Right.ACCESS, tess, vera)


def proven(right: Right, tess, vera) -> RightsRequest:
    one = ask(right)
    workflow.take(one, by=tess)
    return prove(fresh(one), vera)


@pytest.fixture
def to_delete(two_systems, tess, vera) -> RightsRequest:
    """A deletion whose wait is over."""
    one = proven(Right.DELETE, tess, vera)
    told_at = timezone.now() - timedelta(days=4)
    Letter.objects.filter(kind="identity_shown").update(sent_at=told_at)
    return one


def task_of(one: RightsRequest, name: str, kind: Pass = Pass.FIND) -> Task:
    return Task.objects.get(checklist__rights_request=one, system__name=name, kind=kind)


def answers(
    one: RightsRequest, name: str, outcome: TaskState, kind: Pass = Pass.FIND, note="", files=(), **more
) -> None:
    task = task_of(one, name, kind)
    assert task.owner
    if kind is Pass.FIND:
        checklist.look(fresh(one), task, by=task.owner)
    note = note or ("It is there" if outcome is TaskState.FOUND and not files else "")
    checklist.answer(fresh(one), task.pk, outcome, note, files, by=task.owner, **more)


# --- When it begins --------------------------------------------------------------------------------------------
def test_a_search_begins_once_somebody_took_it_and_identity_is_shown(two_systems, tess, vera):
    one = ask(Right.ACCESS)
    workflow.take(one, by=tess)
    assert not Checklist.objects.exists()
    prove(fresh(one), vera)
    assert {task.system.name for task in progress.tasks_of(one)} == {"Billing", "Website"}
    assert {task.state for task in progress.tasks_of(one)} == {TaskState.OPEN}
    assert Event.objects.get(kind="search_begun").detail == {"version": 3, "systems": 2}


def test_a_search_begins_with_the_taking_where_identity_was_shown_before(two_systems, tess, vera):
    one = prove(ask(Right.ACCESS), vera)
    assert not Checklist.objects.exists()
    workflow.take(one, by=tess)
    assert len(progress.tasks_of(one)) == 2


def test_nothing_is_searched_for_somebody_who_did_not_show_who_they_are(two_systems, tess, vera):
    one = ask(Right.ACCESS)
    workflow.take(one, by=tess)
    identity.show(one.submission, FACTS, "It is me")
    checks.not_shown(identity.check_of(fresh(one)), "matched_facts", by=vera)
    tasks.owe_reminders()
    assert not Checklist.objects.exists()


def test_what_a_signal_missed_the_minute_sweep_finds_and_finds_it_once(two_systems, tess, vera):
    one = proven(Right.ACCESS, tess, vera)
    Task.objects.all().delete()
    Checklist.objects.all().delete()
    beginning.begin_owed()
    beginning.begin_owed()
    assert len(progress.tasks_of(one)) == 2
    assert Checklist.objects.count() == 1


def test_without_a_system_no_list_is_made_and_the_case_says_what_to_do(tess, vera):
    one = proven(Right.ACCESS, tess, vera)
    assert not Checklist.objects.exists()
    assert "The inventory names no system yet" in signed_in(tess).get(CASE.format(one.pk)).content.decode()


@pytest.mark.parametrize("right", Right)
def test_the_table_names_every_right(right):
    assert (Pass.FIND in passes.PASSES[right]) is (right in passes.SEARCHED)
    assert (Pass.CARRY_OUT in passes.PASSES[right]) is (right is Right.DELETE)


@pytest.mark.parametrize("right", [Right.RETALIATION, Right.OPT_OUT, Right.WITHDRAW_CONSENT])
def test_what_needs_no_search_begins_none(two_systems, tess, vera, right):
    one = ask(right, wishes={right: "972-555-0143"})
    workflow.take(one, by=tess)
    if fresh(one).needs:
        prove(fresh(one), vera)
    assert not Checklist.objects.exists()


def test_an_objection_to_marketing_looks_only_where_marketing_looks(two_systems, tess):
    one = ask(Right.OBJECT, about_marketing=True)
    workflow.take(one, by=tess)
    assert [task.system.name for task in progress.tasks_of(one)] == ["Website"]


DUE = [
    # kind, leading date, due: today is 2 March
    (Pass.FIND, date(2026, 3, 16), date(2026, 3, 7)),  # five days
    (Pass.FIND, date(2026, 3, 8), date(2026, 3, 4)),  # four days before we answer
    (Pass.FIND, date(2026, 3, 4), date(2026, 3, 2)),  # never before today
    (Pass.CARRY_OUT, date(2026, 3, 16), date(2026, 3, 6)),
    (Pass.CARRY_OUT, date(2026, 3, 5), date(2026, 3, 3)),
]


@pytest.mark.parametrize(("kind", "leading_on", "due_on"), DUE)
def test_a_task_is_due_well_before_the_date_we_work_to(kind, leading_on, due_on):
    assert passes.due_on(kind, date(2026, 3, 2), leading_on) == due_on


def test_a_list_keeps_the_version_it_began_with(searched, ada):
    before = in_force.system("billing")
    given = {name: getattr(before, name) for name in changing.SYSTEM_WORDS} | {"name": "New billing"}
    changing.change_system(before, given, "Renamed", by=ada)
    assert {task.system.name for task in progress.tasks_of(searched)} == {"Billing", "Website"}
    assert Checklist.objects.get().edition.number == 3


# --- What owners learn -----------------------------------------------------------------------------------------
def test_owners_search_for_the_contact_of_our_own_record_and_for_nothing_given_as_proof(searched):
    assert Checklist.objects.get().search_for == ROSAS_MAIL


def test_without_a_contact_of_record_owners_wait_until_staff_say_what_to_search_for(two_systems, tess, vera):
    one = ask(Right.ACCESS)
    workflow.take(one, by=tess)
    identity.show(one.submission, FACTS, "It is me")
    checks.decide(identity.check_of(fresh(one)), "matched_facts", FACTS, by=vera)
    assert not Task.objects.ready().exists()
    assert progress.needs_words(one)
    assert "It is not said yet what to search for" in signed_in(tess).get(CASE.format(one.pk)).content.decode()
    address = f"/admin/requests/rightsrequest/{one.pk}/do/search_for/"
    signed_in(tess).post(address, {"search_for-text": "PV-1, Elm Street"})
    assert Task.objects.ready().count() == 2


def test_who_sees_proof_does_not_say_what_to_search_for(searched, vera):
    with pytest.raises(NotAllowed):
        checklist.search_for(searched, "PV-004417", by=vera)


@pytest.mark.parametrize("role", [Role.TRIAGE, Role.VERIFIER, Role.APPROVER, Role.AUDITOR])
def test_what_is_searched_for_is_masked_on_the_case_for_everybody(searched, role):
    page = signed_in(person("Someone", role)).get(CASE.format(searched.pk)).content.decode()
    assert "Searched for: <bdi>r…@m….example</bdi>" in page
    assert ROSAS_MAIL not in page


def test_what_staff_said_to_search_for_is_masked_line_by_line(searched, tess):
    checklist.search_for(searched, "rosa.old@mail.example\n972-555-0143, 14 Elm Street", by=tess)
    page = signed_in(tess).get(CASE.format(searched.pk)).content.decode()
    assert "Searched for: <bdi>r…@m….example, …43, …</bdi>" in page
    assert not any(word in page for word in ("rosa.old", "0143", "Elm"))


def test_who_says_why_sees_what_is_searched_for_and_that_is_recorded(searched, tess):
    assert f"Searched for: <bdi>{ROSAS_MAIL}</bdi>" in does(tess, searched, "show_contact", why="call")
    assert Event.objects.get(kind="contact_shown").actor == tess.as_actor
    assert ROSAS_MAIL not in signed_in(tess).get(CASE.format(searched.pk)).content.decode()


# --- Cora, who owns a system -----------------------------------------------------------------------------------
def test_cora_sees_her_own_tasks_alone(searched, cora):
    page = signed_in(cora).get("/admin/", follow=True).content.decode()
    assert "Billing" in page
    assert "Website" not in page


def test_the_page_of_a_task_shows_nothing_but_what_a_search_needs(searched, cora):
    browser, address = signed_in(cora), TASK.format(task_of(searched, "Billing").pk)
    closed = browser.get(address).content.decode()
    assert ROSAS_MAIL not in closed
    opened = browser.post(f"{address}look/").content.decode()
    assert ROSAS_MAIL in opened
    for page in (closed, opened):
        assert not any(word in page for word in ("Marquez", *FACTS.values(), "access", "Website"))


def test_looking_keeps_what_was_typed_before(searched, cora):
    address = TASK.format(task_of(searched, "Billing").pk)
    browser = signed_in(cora)
    button = re.search(r"<(?:button|input)[^>]*Show what to search for[^>]*>", browser.get(address).content.decode())
    assert button
    assert 'form="your-answer"' in button[0]
    assert f'formaction="{address}look/"' in button[0]
    said = browser.post(f"{address}look/", {"outcome": "nothing_found", "note": "The old shelf"}).content.decode()
    assert "The old shelf" in said
    assert re.search(r'<input[^>]*value="nothing_found"[^>]* checked', said) or re.search(
        r"<input[^>]* checked[^>]*nothing_found", said
    )
    assert "aria-invalid" not in said


def test_the_case_says_whose_answers_are_missing_and_who_is_late_first(searched, tess):
    Task.objects.filter(system__name="Website").update(due_on=timezone.localdate() - timedelta(days=1))
    address = CASE.format(searched.pk)
    assert "Answers of systems are missing from: Cyd (late), Cora." in signed_in(tess).get(address).content.decode()
    answers(searched, "Website", TaskState.NOTHING_FOUND)
    assert "Answers of systems are missing from: Cora." in signed_in(tess).get(address).content.decode()


def test_a_closed_case_misses_no_answer(searched, tess):
    workflow.withdraw(searched, by=workflow.REQUESTER)
    assert "are missing from" not in signed_in(tess).get(CASE.format(searched.pk)).content.decode()


def test_who_searches_before_a_deletion_reads_that_nothing_goes_yet(two_systems, tess, vera, cora):
    one = prove(ask(Right.DELETE), vera)
    workflow.take(one, by=tess)
    page = signed_in(cora).get(TASK.format(task_of(one, "Billing").pk)).content.decode()
    assert "Delete nothing yet: we ask you to once it is time." in page
    assert "Add copies of what you found" not in page


def test_each_look_is_recorded(searched, cora):
    task = task_of(searched, "Billing")
    for _time in range(2):
        signed_in(cora).post(TASK.format(task.pk) + "look/")
    looks = Event.objects.filter(about=searched.pk, kind="task_looked_at")
    assert [(event.actor, event.detail) for event in looks] == [(cora.as_actor, {"task": str(task.pk)})] * 2


def test_looking_at_a_task_by_its_address_changes_nothing(searched, cora):
    before = Event.objects.count()
    signed_in(cora).get(TASK.format(task_of(searched, "Billing").pk))
    assert Event.objects.count() == before


def test_an_owner_answers_once_they_looked_at_what_to_search_for(searched, cora, cyd):
    task, says = task_of(searched, "Billing"), "First look at what to search for."
    browser, address = signed_in(cora), TASK.format(task.pk)
    checklist.look(searched, task_of(searched, "Website"), by=cyd)
    assert says in browser.get(address).content.decode()
    unseen = browser.post(f"{address}answer/", {"outcome": "nothing_found", "note": "Not in the old shelf"})
    assert "Not in the old shelf" in unseen.content.decode()
    assert task_of(searched, "Billing").is_open
    assert says not in browser.post(f"{address}look/").content.decode()
    browser.post(f"{address}answer/", {"outcome": "nothing_found", "note": "Not in the old shelf"})
    assert task_of(searched, "Billing").state == TaskState.NOTHING_FOUND


@pytest.mark.parametrize("page", ["", "answered/", "look/", "answer/"])
def test_somebody_elses_task_is_as_if_it_were_not_there(searched, cora, page):
    browser, given = signed_in(cora), {"outcome": "nothing_found"}
    theirs, nobodys = task_of(searched, "Website").pk, searched.pk
    for call in (browser.get, browser.post):
        said = [call(TASK.format(pk) + page, given) for pk in (theirs, nobodys)]
        assert {one.status_code for one in said} <= {404, 405}
        assert said[0].status_code == said[1].status_code
        assert said[0].content.replace(str(theirs).encode(), b"") == said[1].content.replace(str(nobodys).encode(), b"")
    assert task_of(searched, "Website").is_open


def test_cora_opens_no_case_no_file_and_no_identity(searched, cora):
    browser, case = signed_in(cora), f"/admin/requests/rightsrequest/{searched.pk}"
    pages = [f"{case}/change/", f"{case}/identity/", "/admin/requests/rightsrequest/", "/admin/inventory/edition/"]
    assert {browser.get(page).status_code for page in pages} <= {403, 404}
    assert browser.post(f"{case}/do/answer_task/", {}).status_code in (403, 404)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COLLECTOR])
def test_nobody_else_has_a_page_of_tasks(searched, role):
    browser = signed_in(person("Someone", role))
    assert browser.get("/admin/inventory/task/").status_code == 403
    assert browser.get(TASK.format(task_of(searched, "Billing").pk)).status_code == 403


def test_while_it_is_frozen_or_closed_owners_have_nothing_to_do(searched, cora, tess, abe):
    stopping.freeze(searched, "We doubt it", by=tess)
    assert signed_in(cora).get(TASK.format(task_of(searched, "Billing").pk)).status_code == 404
    stopping.free(fresh(searched), "It is cleared up", by=abe)
    assert signed_in(cora).get(TASK.format(task_of(searched, "Billing").pk)).status_code == 200
    workflow.withdraw(fresh(searched), by="requester")
    assert signed_in(cora).get(TASK.format(task_of(searched, "Billing").pk)).status_code == 404


def test_cora_reads_for_a_week_that_a_task_is_no_longer_needed(searched, cora, cyd, tess):
    does(tess, searched, "leave_out_task", task=task_of(searched, "Website").pk, why="No account there")
    workflow.withdraw(fresh(searched), by="requester")
    for who, name, other in ((cora, "Billing", "Website"), (cyd, "Website", "Billing")):
        page = signed_in(who).get("/admin/inventory/task/").content.decode()
        assert name in page.partition("No longer needed")[2]
        assert other not in page
        assert "No account there" not in page
    week_ago = timezone.now() - timedelta(days=8)
    Task.objects.exclude(answered_at=None).update(answered_at=week_ago)
    RightsRequest.objects.update(closed_at=week_ago)
    for who in (cora, cyd):
        assert "No longer needed" not in signed_in(who).get("/admin/inventory/task/").content.decode()


def test_cora_can_read_what_she_answered_until_the_request_closes(searched, cora, cyd):
    answers(searched, "Billing", TaskState.FOUND, note="Two bills", files=[received("bills.csv", b"a,b")])
    address = TASK.format(task_of(searched, "Billing").pk) + "answered/"
    assert address in signed_in(cora).get("/admin/inventory/task/").content.decode()
    page = signed_in(cora).get(address).content.decode()
    for word in ("Something was found", "Two bills", "bills.csv"):
        assert word in page
    assert ROSAS_MAIL not in page
    assert signed_in(cyd).get(address).status_code == 404
    assert signed_in(cora).get(TASK.format(task_of(searched, "Website").pk) + "answered/").status_code == 404
    workflow.withdraw(fresh(searched), by="requester")
    assert signed_in(cora).get(address).status_code == 404


# --- Answers ---------------------------------------------------------------------------------------------------
def test_cora_sends_what_she_found_and_the_case_shows_it(searched, cora, tess):
    address = TASK.format(task_of(searched, "Billing").pk)
    signed_in(cora).post(f"{address}look/")
    given = {"outcome": "found", "note": "Two bills", "attached": SimpleUploadedFile("bills.csv", b"a,b\n1,2")}
    page = signed_in(cora).post(f"{address}answer/", given, follow=True)
    assert "Your answer is kept" in page.content.decode()
    task = task_of(searched, "Billing")
    assert (task.state, task.note, task.answered_by) == (TaskState.FOUND, "Two bills", cora)
    case = signed_in(tess).get(CASE.format(searched.pk)).content.decode()
    for word in ("1 of 2 systems have answered", "Two bills", "bills.csv", "Something was found"):
        assert word in case


def test_an_answer_that_lacks_something_keeps_what_was_typed(searched, cora):
    checklist.look(searched, task_of(searched, "Billing"), by=cora)
    address = TASK.format(task_of(searched, "Billing").pk) + "answer/"
    page = signed_in(cora).post(address, {"outcome": "cannot", "note": ""}).content.decode()
    assert "Write why it cannot be searched" in page
    page = signed_in(cora).post(address, {"note": "Kept text"}).content.decode()
    assert "Kept text" in page
    assert task_of(searched, "Billing").is_open


def test_who_found_something_says_what(searched, cora, tess):
    task, says = task_of(searched, "Billing"), "Add what you found as a file, or write it in the note."
    page = signed_in(cora).post(TASK.format(task.pk) + "answer/", {"outcome": "found", "note": " "}).content.decode()
    assert says in page
    assert 'aria-invalid="true"' in page
    assert says in does(tess, searched, "answer_task", task=task.pk, outcome="found", note="")
    checklist.look(searched, task, by=cora)
    with pytest.raises(NotAllowed, match="Add what you found"):
        checklist.answer(searched, task.pk, TaskState.FOUND, "", by=cora)
    assert task_of(searched, "Billing").is_open


def test_files_of_an_earlier_answer_say_what_was_found(searched, tess):
    answers(searched, "Billing", TaskState.FOUND, files=[received("bills.csv", b"a,b")])
    checklist.reopen(fresh(searched), task_of(searched, "Billing").pk, by=tess)
    task = task_of(searched, "Billing")
    checklist.answer(fresh(searched), task.pk, TaskState.FOUND, "", by=tess)
    assert not task_of(searched, "Billing").is_open


def test_a_task_is_answered_once(searched, cora):
    answers(searched, "Billing", TaskState.NOTHING_FOUND)
    with pytest.raises(NotAllowed):
        answers(searched, "Billing", TaskState.NOTHING_FOUND)


def test_nobody_answers_for_cora_but_who_works_on_the_request(searched, cyd, tess, vera):
    task = task_of(searched, "Billing")
    for other in (cyd, vera):
        with pytest.raises(NotAllowed):
            checklist.answer(searched, task.pk, TaskState.NOTHING_FOUND, "", by=other)
    checklist.answer(searched, task.pk, TaskState.NOTHING_FOUND, "Cora told me", by=tess)
    assert task_of(searched, "Billing").answered_by == tess


# --- What staff change -----------------------------------------------------------------------------------------
def does(who, one: RightsRequest, verb: str, **fields) -> str:
    form = {f"{verb}-{name}": value for name, value in fields.items()}
    address = f"/admin/requests/rightsrequest/{one.pk}/do/{verb}/"
    return signed_in(who).post(address, form, follow=True).content.decode()


def test_tess_adds_a_system_that_the_list_lacks(searched, ada, cora, tess):
    system("Call records", ada, cora, "metadata")
    assert "In the inventory, but not on this list: Call records" in " ".join(
        signed_in(tess).get(CASE.format(searched.pk)).content.decode().split()
    )
    does(tess, searched, "add_task", system="call-records")
    assert task_of(searched, "Call records").owner == cora
    with pytest.raises(NotAllowed):
        checklist.add(searched, "call-records", by=tess)


def test_a_system_is_left_out_with_a_reason_that_stays(searched, tess):
    task = task_of(searched, "Website")
    assert "Write why" in does(tess, searched, "leave_out_task", task=task.pk, why="")
    does(tess, searched, "leave_out_task", task=task.pk, why="She never had an account there")
    left = task_of(searched, "Website")
    assert (left.state, left.note) == (TaskState.LEFT_OUT, "She never had an account there")
    assert progress.said(searched) == "0 of 1 system has answered."


def test_a_task_is_given_to_somebody_else_and_opened_again(searched, cora, cyd, tess):
    does(tess, searched, "reassign_task", task=task_of(searched, "Billing").pk, owner=cyd.pk)
    assert task_of(searched, "Billing").owner == cyd
    answers(searched, "Billing", TaskState.NOTHING_FOUND)
    does(tess, searched, "reopen_task", task=task_of(searched, "Billing").pk)
    again = task_of(searched, "Billing")
    assert (again.is_open, again.answered_by) == (True, None)


VERBS = ["search_for", "add_task", "leave_out_task", "reassign_task", "reopen_task", "carry_out", "finding_to_answer"]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", [Role.AUDITOR, Role.VERIFIER])
def test_who_only_reads_or_verifies_changes_nothing_of_a_search(searched, role, verb):
    before = list(Task.objects.order_by("pk").values())
    assert "Your role cannot do this" in does(person("Someone", role), searched, verb)
    assert list(Task.objects.order_by("pk").values()) == before


# --- Files -----------------------------------------------------------------------------------------------------
def test_a_file_that_was_found_goes_with_the_answer_by_one_button(searched, tess):
    answers(searched, "Billing", TaskState.FOUND, files=[received("bills.csv", b"a,b")])
    does(tess, searched, "finding_to_answer", file=Finding.objects.get().pk)
    package = packages.in_the_making(searched)
    assert package
    (file,) = package.files.all()
    assert file.name == "bills.csv"
    assert b"".join(file.file.chunks()) == b"a,b"
    assert Finding.objects.get().in_answer_at


def test_who_answers_reads_which_finding_is_not_with_the_answer(searched, tess):
    answers(searched, "Billing", TaskState.FOUND, files=[received("bills.csv", b"a,b")])
    left_out = "Files that were found are not with the answer: Billing. Is that meant?"
    assert left_out in signed_in(tess).get(CASE.format(searched.pk)).content.decode()
    does(tess, searched, "finding_to_answer", file=Finding.objects.get().pk)
    assert left_out not in signed_in(tess).get(CASE.format(searched.pk)).content.decode()


def test_what_cora_blacked_out_is_read_by_who_answers_and_who_releases(searched, cora, tess, abe, bea):
    address = TASK.format(task_of(searched, "Billing").pk)
    signed_in(cora).post(f"{address}look/")
    given = {"outcome": "found", "note": "Two bills", "blacked_out": "Bill of May: the name of her neighbour"}
    signed_in(cora).post(f"{address}answer/", given)
    answered = signed_in(cora).get(f"{address}answered/").content.decode()
    case = signed_in(tess).get(CASE.format(searched.pk)).content.decode()
    assert "the name of her neighbour" in answered
    assert "the name of her neighbour" in case
    says_so = "Something was blacked out in what came from: Billing. Does the letter say so?"
    assert says_so in case
    answers(searched, "Website", TaskState.NOTHING_FOUND)
    workflow.answer(fresh(searched), Draft(Ending.PARTLY, text="Bills", reason="A name is blacked out"), by=abe)
    assert says_so in signed_in(bea).get(CASE.format(searched.pk)).content.decode()
    sealed = (
        Task.objects.filter(slug="billing").extra(select={"raw": "blacked_out"}).values_list("raw", flat=True).get()
    )
    assert b"neighbour" not in bytes(sealed)


def test_looking_keeps_what_was_typed_of_what_is_blacked_out(searched, cora):
    address = TASK.format(task_of(searched, "Billing").pk)
    said = signed_in(cora).post(f"{address}look/", {"blacked_out": "A neighbour"}).content.decode()
    assert "A neighbour</textarea>" in said


def test_only_of_what_was_found_something_is_blacked_out(searched, cora, tess):
    task, says = task_of(searched, "Billing"), "What was blacked out goes with “found” alone."
    signed_in(cora).post(TASK.format(task.pk) + "look/")
    given = {"outcome": "nothing_found", "blacked_out": "A neighbour"}
    assert says in signed_in(cora).post(TASK.format(task.pk) + "answer/", given).content.decode()
    assert says in does(tess, searched, "answer_task", task=task.pk, **given)
    assert task_of(searched, "Billing").is_open


def test_staff_enter_what_an_owner_blacked_out(searched, tess):
    task = task_of(searched, "Billing")
    does(tess, searched, "answer_task", task=task.pk, outcome="found", note="Bills", blacked_out="A neighbour")
    assert task_of(searched, "Billing").blacked_out == "A neighbour"


def test_opening_what_was_found_is_recorded_and_not_for_everybody(searched, tess, otto):
    answers(searched, "Billing", TaskState.FOUND, files=[received("bills.csv", b"a,b")])
    address = f"/admin/requests/rightsrequest/{searched.pk}/findings/{Finding.objects.get().pk}/"
    assert signed_in(otto).post(address).status_code == 404
    assert not Event.objects.filter(kind="finding_looked_at").exists()
    assert b"".join(signed_in(tess).post(address).streaming_content) == b"a,b"
    assert Event.objects.filter(kind="finding_looked_at", actor=tess.as_actor).count() == 1


def test_what_was_found_goes_when_the_request_closes(searched):
    answers(searched, "Billing", TaskState.FOUND, note="Two bills", files=[received("bills.csv", b"a,b")])
    key = Finding.objects.get().package_key_id
    workflow.withdraw(fresh(searched), by="requester")
    end_lives()
    assert DataKey.objects.get(pk=key).destroyed_at
    assert not Finding.objects.exists()
    assert task_of(searched, "Billing").note == "Two bills"


def test_a_hold_keeps_what_was_found(searched, abe):
    answers(searched, "Billing", TaskState.FOUND, files=[received("bills.csv", b"a,b")])
    holds.place(searched, "Dispute", abe, timezone.localdate() + timedelta(days=9), by=abe)
    workflow.withdraw(fresh(searched), by="requester")
    end_lives()
    assert Finding.objects.exists()


# --- Answering the request -------------------------------------------------------------------------------------
def test_an_answer_warns_while_systems_are_open_and_does_not_wait_for_them(searched, tess, abe):
    answers(searched, "Billing", TaskState.FOUND)
    assert "Not all systems have answered: Website" in signed_in(tess).get(CASE.format(searched.pk)).content.decode()
    workflow.answer(fresh(searched), Draft(Ending.PARTLY, text="Bills", reason="The rest follows"), by=abe)


def written(who, one: RightsRequest, ending: Ending) -> str:
    return does(who, one, "answer", ending=ending, text="Bills", reason="The rest follows", no_call_records="on")


@pytest.mark.parametrize("right", [Right.ACCESS, Right.KNOW, Right.PORTABILITY])
def test_nobody_is_told_that_all_is_done_while_a_system_is_silent(two_systems, tess, vera, abe, right):
    one = proven(right, tess, vera)
    answers(one, "Billing", TaskState.FOUND)
    page = written(abe, one, Ending.FULFILLED)
    assert page.count("Not all systems have answered: Website. Wait for them, leave a system out with a reason") == 2
    assert "Bills" in page
    assert not fresh(one).answers.exists()
    does(tess, one, "leave_out_task", task=task_of(one, "Website").pk, why="No account there")
    assert "The letter is written" in written(abe, one, Ending.FULFILLED)


def test_all_done_is_not_released_when_a_system_is_silent_again(searched, tess, abe, bea):
    for name in ("Billing", "Website"):
        answers(searched, name, TaskState.FOUND)
    written(abe, searched, Ending.FULFILLED)
    assert "Not all systems" not in signed_in(bea).get(CASE.format(searched.pk)).content.decode()
    checklist.reopen(fresh(searched), task_of(searched, "Website").pk, by=tess)
    assert "Not all systems have answered: Website" in signed_in(bea).get(CASE.format(searched.pk)).content.decode()
    assert "Not all systems have answered: Website" in does(bea, searched, "release", read="on")
    assert fresh(searched).is_open


def test_the_second_reader_sees_who_was_silent_and_who_answered_after_the_draft(searched, abe, bea):
    answers(searched, "Billing", TaskState.FOUND)
    written(abe, searched, Ending.PARTLY)
    page = signed_in(bea).get(CASE.format(searched.pk)).content.decode()
    assert "Not all systems have answered: Website. Does the letter say so?" in page
    answers(searched, "Website", TaskState.FOUND)
    page = signed_in(bea).get(CASE.format(searched.pk)).content.decode()
    assert "Answered after this letter was written: Website." in page
    assert "Billing. Does the letter" not in page
    does(bea, searched, "release", read="on")
    assert fresh(searched).ending == Ending.PARTLY


@pytest.mark.parametrize("outcome", [None, TaskState.FOUND])
def test_nobody_is_told_that_we_hold_nothing_before_that_is_so(searched, abe, outcome):
    answers(searched, "Billing", TaskState.NOTHING_FOUND)
    if outcome:
        answers(searched, "Website", outcome)
    with pytest.raises(NotAllowed):
        workflow.answer(fresh(searched), Draft(Ending.NOTHING_HELD), by=abe)


def test_an_answer_to_know_stands_there_already_from_the_inventory(two_systems, tess, vera):
    one = proven(Right.KNOW, tess, vera)
    answers(one, "Billing", TaskState.FOUND)
    answers(one, "Website", TaskState.NOTHING_FOUND)
    page = signed_in(tess).get(CASE.format(one.pk)).content.decode()
    assert "Card numbers, bank transfer details" in page
    assert "Small files that tell you apart" not in page


# --- Deleting: the second pass ---------------------------------------------------------------------------------
def found(one: RightsRequest) -> RightsRequest:
    answers(one, "Billing", TaskState.FOUND)
    answers(one, "Website", TaskState.NOTHING_FOUND)
    return fresh(one)


def test_only_systems_that_held_something_are_asked_to_delete(to_delete, tess):
    one = found(to_delete)
    assert "Now ask them to delete it" in signed_in(tess).get(CASE.format(one.pk)).content.decode()
    does(tess, one, "carry_out")
    assert [task.system.name for task in progress.tasks_of(one, Pass.CARRY_OUT)] == ["Billing"]


def test_nothing_is_deleted_before_every_system_was_searched(to_delete, tess):
    answers(to_delete, "Billing", TaskState.FOUND)
    with pytest.raises(NotAllowed):
        checklist.carry_out(fresh(to_delete), by=tess)


def test_nothing_is_deleted_while_the_person_can_still_say_no(two_systems, tess, vera):
    one = found(proven(Right.DELETE, tess, vera))
    with pytest.raises(NotAllowed, match="told"):
        checklist.carry_out(one, by=tess)


def test_a_hold_stops_the_second_pass_before_and_while_it_runs(to_delete, cora, tess, abe):
    one = found(to_delete)
    until = timezone.localdate() + timedelta(days=9)
    hold = holds.place(one, "Dispute", abe, until, by=abe)
    with pytest.raises(NotAllowed, match="hold"):
        checklist.carry_out(one, by=tess)
    holds.lift(hold, by=abe)
    checklist.carry_out(one, by=tess)
    holds.place(one, "Dispute again", abe, until, by=abe)
    task = task_of(one, "Billing", Pass.CARRY_OUT)
    assert signed_in(cora).get(TASK.format(task.pk)).status_code == 404
    with pytest.raises(NotAllowed, match="hold"):
        checklist.answer(one, task.pk, TaskState.DONE, "", by=cora)


def test_nobody_is_told_that_it_is_deleted_before_each_system_said_so(to_delete, tess, abe):
    for step in (lambda one: None, found, lambda one: checklist.carry_out(fresh(one), by=tess)):
        step(to_delete)
        with pytest.raises(NotAllowed, match="deleted what it held"):
            workflow.answer(fresh(to_delete), Draft(Ending.FULFILLED), by=abe)
    answers(to_delete, "Billing", TaskState.DONE, Pass.CARRY_OUT)
    assert workflow.answer(fresh(to_delete), Draft(Ending.FULFILLED), by=abe)


def test_what_is_kept_cites_the_inventory_and_is_never_called_all_done(to_delete, cora, tess, abe):
    one = found(to_delete)
    checklist.carry_out(one, by=tess)
    task = task_of(one, "Billing", Pass.CARRY_OUT)
    with pytest.raises(NotAllowed):
        checklist.answer(one, task.pk, TaskState.KEPT, "I like it", by=cora)
    signed_in(cora).post(TASK.format(task.pk) + "answer/", {"outcome": "kept", "exception": "1"})
    assert task_of(one, "Billing", Pass.CARRY_OUT).state == TaskState.KEPT
    with pytest.raises(NotAllowed, match="keeps something"):
        workflow.answer(fresh(one), Draft(Ending.FULFILLED), by=abe)
    assert TAX["en"] in signed_in(tess).get(CASE.format(one.pk)).content.decode()
    assert progress.kept(fresh(one)) == [TAX["en"]]
    workflow.answer(fresh(one), Draft(Ending.PARTLY, reason=TAX["en"]), by=abe)


def test_a_draft_is_not_released_when_a_task_was_opened_again_meanwhile(to_delete, tess, abe, bea):
    one = found(to_delete)
    checklist.carry_out(one, by=tess)
    answers(one, "Billing", TaskState.DONE, Pass.CARRY_OUT)
    workflow.answer(fresh(one), Draft(Ending.FULFILLED), by=abe)
    checklist.reopen(fresh(one), task_of(one, "Billing", Pass.CARRY_OUT).pk, by=tess)
    with pytest.raises(NotAllowed):
        workflow.release(fresh(one), by=bea)


# --- Reminders -------------------------------------------------------------------------------------------------
def letters(kind: str) -> list[Letter]:
    return list(Letter.objects.filter(kind=kind).order_by("owed_at"))


def on_day(days: int) -> None:
    reminders.owe(office_noon(days))


def test_an_owner_hears_of_a_new_task_next_working_morning_once(searched, cora):
    on_day(0)
    on_day(0)
    (letter,) = [one for one in letters("tasks_waiting") if one.address == cora.email]
    assert "1 task waits for you" in letter.subject
    assert ROSAS_MAIL not in letter.text
    assert "Billing" not in letter.text + letter.subject
    assert "/admin/inventory/task/" in letter.text


def test_an_owner_is_reminded_before_and_after_the_day_and_who_works_on_it_hears_what_is_late(searched, cora, tess):
    due = (task_of(searched, "Billing").due_on - timezone.localdate()).days
    told = []
    for day in range(due + 6):
        before = len(letters("tasks_waiting")), len(letters("tasks_late"))
        on_day(day)
        told.append((len(letters("tasks_waiting")) - before[0], len(letters("tasks_late")) - before[1]))
    assert told[0] == (2, 0), "one letter to each owner"
    assert sum(late for _owner, late in told[: due + 1]) == 0
    late = letters("tasks_late")
    assert {one.address for one in late} == {tess.email}
    assert 1 <= len(late) <= 3


def test_after_an_outage_only_the_latest_is_said(searched, cora):
    on_day(20)
    assert len([one for one in letters("tasks_waiting") if one.address == cora.email]) == 1


def test_an_answered_task_is_no_more_reminded_of(searched, cora):
    answers(searched, "Billing", TaskState.NOTHING_FOUND)
    on_day(20)
    assert not [one for one in letters("tasks_waiting") if one.address == cora.email]


def test_a_late_task_of_nobody_is_told_to_the_mailbox(searched, settings, tess):
    Task.objects.update(owner=None)
    tess.is_active = False
    tess.save()
    on_day(20)
    (letter,) = letters("tasks_late")
    assert letter.address == settings.COMPLIANCE_EMAIL
