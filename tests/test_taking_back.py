"""The owner of a system takes an answer back while nothing rests on it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from primevox_privacy.ledger.models import Event
from requests import holds, stopping, workflow
from requests.answers import Draft
from requests.inventory import checklist
from requests.inventory.models import Finding, Task, TaskState
from requests.inventory.passes import Pass
from requests.models import RightsRequest
from requests.terms import Ending
from tests.cast import fresh, signed_in
from tests.papers import received
from tests.test_searching import TASK, answers, cyd, searched, task_of, to_delete, two_systems

__all__ = ["cyd", "searched", "to_delete", "two_systems"]
pytestmark = pytest.mark.django_db


def takes_back(one: RightsRequest, client, name: str = "Billing", kind: Pass = Pass.FIND) -> Task:
    client.post(TASK.format(task_of(one, name, kind).pk) + "take-back/")
    return task_of(one, name, kind)


def test_cora_takes_back_a_slip_and_answers_anew(searched, cora):
    files = [received("bills.csv", b"of somebody else")]
    answers(searched, "Billing", TaskState.FOUND, files=files, blacked_out="A neighbour")
    client = signed_in(cora)
    page = client.get(TASK.format(task_of(searched, "Billing").pk) + "answered/").content.decode()
    assert "Take your answer back" in page
    task = takes_back(searched, client)
    assert (task.state, task.note, task.blacked_out, task.findings.count()) == (TaskState.OPEN, None, None, 0)
    assert Event.objects.get(kind="task_taken_back").actor == cora.as_actor
    answers(searched, "Billing", TaskState.NOTHING_FOUND)


def test_files_of_an_earlier_answer_stay(searched, cora, tess):
    answers(searched, "Billing", TaskState.FOUND, files=[received("bills.csv", b"hers")])
    checklist.reopen(searched, task_of(searched, "Billing").pk, by=tess)
    answers(searched, "Billing", TaskState.FOUND, files=[received("more.csv", b"of somebody else")])
    takes_back(searched, signed_in(cora))
    assert checklist.files_of(task_of(searched, "Billing")) == ["bills.csv"]


@pytest.mark.parametrize("rests", ["answer", "file", "frozen", "hold", "closed"])
def test_what_something_rests_on_is_not_taken_back(rests, searched, cora, tess, abe):
    answers(searched, "Billing", TaskState.FOUND, files=[received("bills.csv", b"hers")])
    if rests == "answer":
        workflow.answer(fresh(searched), Draft(Ending.PARTLY, text="Bills", reason="One waits"), by=abe)
    elif rests == "file":
        checklist.to_answer(fresh(searched), Finding.objects.get().pk, by=tess)
    elif rests == "frozen":
        stopping.freeze(fresh(searched), "Odd.", by=tess)
    elif rests == "hold":
        holds.place(fresh(searched), "A court", abe, timezone.localdate() + timedelta(days=9), by=abe)
    else:
        workflow.withdraw(fresh(searched), by=tess, why="Told us.")
    assert takes_back(searched, signed_in(cora)).state == TaskState.FOUND


def test_what_a_deletion_was_asked_for_on_is_not_taken_back(to_delete, cora, tess):
    answers(to_delete, "Billing", TaskState.FOUND)
    answers(to_delete, "Website", TaskState.NOTHING_FOUND)
    checklist.carry_out(fresh(to_delete), by=tess)
    assert takes_back(to_delete, signed_in(cora)).state == TaskState.FOUND
    answers(to_delete, "Billing", TaskState.DONE, Pass.CARRY_OUT)
    assert takes_back(to_delete, signed_in(cora), kind=Pass.CARRY_OUT).state == TaskState.OPEN


def test_nobody_takes_back_what_another_answered(searched, cora, cyd, tess):
    answers(searched, "Billing", TaskState.NOTHING_FOUND)
    assert takes_back(searched, signed_in(cyd)).state == TaskState.NOTHING_FOUND
    assert takes_back(searched, signed_in(tess)).state == TaskState.NOTHING_FOUND
    task = task_of(searched, "Website")
    checklist.answer(fresh(searched), task.pk, TaskState.NOTHING_FOUND, "Cyd told me.", by=tess)
    assert takes_back(searched, signed_in(cyd), "Website").state == TaskState.NOTHING_FOUND
