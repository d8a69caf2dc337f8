"""A second factor that was shown more than five minutes ago opens no file and lets nothing out: it is asked for once
more, and then the step goes on. The other doors with a star stand in `test_staff_sessions.py`."""

from datetime import timedelta

import pytest
from django.utils import timezone
from time_machine import travel

from primevox_privacy.ledger.models import Event
from primevox_privacy.staff import second_factor
from requests import appeals, packages, roles, workflow
from requests.admin.steps import BY_VERB
from requests.answers import Draft
from requests.inventory.models import Finding, TaskState
from requests.models import Appeal, Attachment, PackageFile, RightsRequest
from requests.terms import Ending, Status
from tests.cast import fresh, prove, signed_in
from tests.papers import received
from tests.passkeys import app_of, code
from tests.test_documents import asked, given, viewer  # noqa: F401  (fixtures)
from tests.test_packages import COPY, content_of
from tests.test_searching import answers, cyd, searched, two_systems  # noqa: F401  (fixtures)
from tests.test_staff_desk import QUEUE
from tests.test_staff_sessions import asks, carried

pytestmark = pytest.mark.django_db


def minutes_later(minutes: int):
    return travel(timezone.now() + timedelta(minutes=minutes), tick=False)


def of_a_message(one: RightsRequest) -> str:
    workflow.reply(one, "See the bill.", [received("your-data.csv", COPY)])
    return f"{QUEUE}message-files/{Attachment.objects.get().pk}/"


def of_an_answer(one: RightsRequest, vera, abe) -> str:
    workflow.take(prove(one, vera), by=abe)
    packages.add(fresh(one), [received("your-data.csv", COPY)], by=abe)
    return f"{QUEUE}answer-files/{PackageFile.objects.get().pk}/"


def of_a_system(one: RightsRequest) -> str:
    answers(one, "Billing", TaskState.FOUND, files=[received("your-data.csv", COPY)])
    return f"{QUEUE}{one.pk}/findings/{Finding.objects.get().pk}/"


@pytest.fixture(params=["message", "answer", "system"])
def address(request, vera, abe) -> str:
    """Where somebody on the desk opens a file."""
    if request.param == "system":
        return of_a_system(request.getfixturevalue("searched"))
    one = request.getfixturevalue("rosas_request")
    return of_a_message(one) if request.param == "message" else of_an_answer(one, vera, abe)


def test_a_file_opens_only_with_a_second_factor_shown_just_now(address, abe):
    app_of(abe)
    client, before = signed_in(abe, second_factor.TOTP), Event.objects.count()
    with minutes_later(6):
        page = client.post(address)
        assert asks(page)
        assert "saves the file and stays on this page" in page.content.decode()
        assert Event.objects.count() == before
        assert content_of(client.post(address, {**carried(page), "confirm_code": code()})) == COPY
        assert content_of(client.post(address)) == COPY
    assert Event.objects.count() == before + 2


def test_a_paper_opens_only_with_a_second_factor_shown_just_now(asked, given, vera):  # noqa: F811
    client = signed_in(vera)
    with minutes_later(6):
        assert asks(client.post(viewer(asked, given), {"reason": "compare"}))
    assert not Event.objects.filter(kind="paper_looked_at").exists()


def test_who_may_not_open_a_file_is_not_asked_who_they_are(rosas_request, otto):
    client = signed_in(otto)
    with minutes_later(6):
        assert client.post(of_a_message(rosas_request)).status_code == 404


def test_a_second_look_is_decided_only_with_a_second_factor_shown_just_now(rosas_request, tess, abe, bea):
    workflow.take(rosas_request, by=tess)
    refusal = Draft(Ending.REFUSED, reason="Asked three times.", grounds=("policy_7_repetitive",))
    workflow.answer(fresh(rosas_request), refusal, by=tess)
    workflow.release(fresh(rosas_request), by=abe)
    appeal = appeals.file(fresh(rosas_request), "It is mine.", by=workflow.REQUESTER)
    appeals.take(appeal, by=bea)
    client = signed_in(bea)
    with minutes_later(6):
        address = f"/admin/requests/appeal/{appeal.pk}/decide/"
        decision = {"outcome": "upheld", "reasons": "It stays as it was decided."}
        assert asks(client.post(address, decision))
    assert Appeal.objects.get().decided_at is None
    assert fresh(rosas_request).status == Status.CLOSED


# By whom each verb with a star is tried here, in `test_staff_sessions.py` or in `test_log.py`.
TRIED = {
    "look_at_file", "look_at_finding", "look_at_evidence", "decide_appeal",
    "release", "take_figures_along", "take_log_along", "set_levels", "keep_accounts", "keep_playbooks",
    "new_continuation_code",
}  # fmt: skip


def test_every_verb_with_a_star_is_tried_or_is_a_step_of_the_case_page():
    assert set(BY_VERB) >= roles.FRESH - TRIED
    assert TRIED <= roles.FRESH
