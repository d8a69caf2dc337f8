"""Taking a submission in."""

import uuid
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from requests import drafts, intake
from requests.models import DueDate, RightsRequest, Submission
from requests.terms import Right
from tests.cast import ROSAS_MAIL, submit
from verification.levels import AssuranceLevel

pytestmark = pytest.mark.django_db
THREE = {
    "rights": ["access", "delete", "opt_out"],
    "details": {"delete": {"scope": "all"}, "opt_out": {"opt_out": "972-555-0143"}},
    "capacity": "self",
    "residence": "US-TX",
    "reached": True,
}


def draft_of(**answers):
    return drafts.keep(None, {"name": "Rosa Marquez", "email": ROSAS_MAIL} | answers)


def test_each_right_becomes_a_request_with_its_own_reference_and_clock():
    submission = submit(Right.ACCESS, Right.DELETE)
    references = {one.reference for one in submission.rights_requests.all()}
    assert len(references) == 2
    assert DueDate.objects.filter(rights_request__submission=submission, kind="target").count() == 2


def test_every_right_can_be_asked_for():
    submission = submit(*Right)
    assert {one.right for one in submission.rights_requests.all()} == set(Right)


def test_requests_of_one_submission_share_one_check_at_the_highest_level():
    submission = submit(Right.KNOW, Right.ACCESS, Right.OPT_OUT)
    assert submission.check_made.asked is AssuranceLevel.T3


@pytest.mark.parametrize("right", [Right.OPT_OUT, Right.LIMIT_SENSITIVE, Right.WITHDRAW_CONSENT])
def test_a_right_without_proof_makes_no_check(right):
    assert submit(right).check_made is None


def test_an_objection_to_marketing_needs_no_proof_and_any_other_does():
    assert submit(Right.OBJECT, about_marketing=True).check_made is None
    assert submit(Right.OBJECT).check_made.asked is AssuranceLevel.T1


def test_sending_a_draft_twice_makes_one_submission():
    draft = draft_of(**THREE)
    first, second = intake.send_draft(draft.pk, "en"), intake.send_draft(draft.pk, "en")
    assert first == second
    assert Submission.objects.count() == 1
    assert RightsRequest.objects.count() == 3


def test_a_draft_that_does_not_exist_sends_nothing():
    assert intake.send_draft(uuid.uuid4(), "en") is None


def test_a_sent_draft_forgets_its_answers():
    draft = draft_of(**THREE)
    intake.send_draft(draft.pk, "en")
    draft.refresh_from_db()
    assert draft.answers is None


def test_an_opt_out_alone_keeps_the_one_number_and_nothing_else():
    answers = {"rights": ["opt_out"], "details": {"opt_out": {"opt_out": "972-555-0143"}}}
    submission = intake.send_draft(drafts.keep(None, answers).pk, "en")
    assert (submission.phone, submission.email, submission.name) == ("972-555-0143", None, None)
    assert not Letter.objects.exists()


def test_the_opt_out_has_an_address_of_its_own_with_the_one_question(client):
    page = client.get("/ask/opt-out/").content.decode()
    assert "Which e-mail address or telephone number" in page
    assert 'type="checkbox"' not in page
    assert client.post("/ask/opt-out/", {"opt_out": "972-555-0143"}).url == "/ask/check/"
    assert "show that it is you" not in client.get("/ask/check/").content.decode()
    client.post("/ask/check/")
    assert RightsRequest.objects.get().right == Right.OPT_OUT


@pytest.mark.parametrize("typed", ["555 0123", "call me", "@"])
def test_an_opt_out_needs_an_address_or_a_whole_number(typed, client):
    page = client.post("/ask/opt-out/", {"opt_out": typed}).content.decode()
    assert "There is a problem" in page
    assert typed in page


def test_characters_that_turn_the_reading_direction_are_left_out(client):
    client.post("/ask/", {"rights": ["unsure"]})
    client.post("/ask/details/1/", {"said": "safe\u202etxt.exe"})
    assert "safetxt.exe" in client.get("/ask/details/1/").content.decode()


def test_an_opt_out_by_e_mail_address_gets_its_receipt_there():
    answers = {"rights": ["opt_out"], "details": {"opt_out": {"opt_out": ROSAS_MAIL}}}
    intake.send_draft(drafts.keep(None, answers).pk, "en")
    assert Letter.objects.get().address == ROSAS_MAIL


def test_the_day_of_receipt_is_the_earlier_of_texas_and_home():
    late_in_berlin = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
    assert str(submit(received_at=late_in_berlin, residence="DE").received_on) == "2026-02-28"


def test_a_submission_its_events_and_its_letter_stand_or_fall_together(monkeypatch):
    def broken(*args, **kwargs):
        raise DatabaseError

    monkeypatch.setattr(intake.outbox, "owe_all", broken)
    with pytest.raises(DatabaseError):
        submit(Right.ACCESS)
    assert not Submission.objects.exists()
    assert not Event.objects.exists()
    assert not DataKey.objects.exists()


def test_a_request_received_leaves_exactly_one_event():
    (one,) = submit(Right.ACCESS).rights_requests.all()
    assert [event.kind for event in Event.objects.about(one.pk)] == ["received"]


def test_each_life_has_a_key_of_its_own():
    submission = submit(Right.ACCESS)
    owners = DataKey.objects.filter(owner__in=[submission.pk, submission.check_made_id])
    assert {key.life for key in owners} == {Life.CONTACT, Life.CONTENT, Life.PROOF}


def test_from_the_fourth_submission_a_day_only_the_mails_are_folded():
    for _ in range(6):
        submit(Right.ACCESS)
    assert RightsRequest.objects.count() == 6
    assert Letter.objects.filter(kind="receipt").count() == 4


def test_over_the_limit_nothing_is_written_and_another_way_is_shown(client, settings):
    settings.SUBMISSIONS_PER_HOUR = 1
    for expected in (302, 429):
        client.cookies.load({drafts.COOKIE: signed_cookie(draft_of(**THREE))})
        page = client.post("/ask/check/")
        assert page.status_code == expected
    assert Submission.objects.count() == 1
    assert "972-600-1150" in page.content.decode()


def test_rosa_in_spanish_gets_spanish_mail():
    submit(Right.ACCESS, language="es")
    assert Letter.objects.get().language == "es"


def test_sending_three_rights_takes_one_commit_and_at_most_14_statements(flushed, client):
    """BEGIN, COMMIT and SAVEPOINT are not counted. The page is warm: the law was read before."""
    draft = draft_of(**THREE)
    client.cookies.load({drafts.COOKIE: signed_cookie(draft)})
    submit(Right.ACCESS)
    with CaptureQueriesContext(connection) as caught:
        assert client.post("/ask/check/").url == "/ask/sent/"
    statements = [query["sql"] for query in caught.captured_queries]
    work = [sql for sql in statements if not sql.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]
    assert RightsRequest.objects.count() == 4
    assert len(work) <= 14, "\n".join(sql[:150] for sql in work)
    assert statements[-1] == "COMMIT"
    before_begin = statements[: next(at for at, sql in enumerate(statements) if sql.startswith("BEGIN"))]
    assert all(sql.startswith("SELECT") for sql in before_begin)  # nothing commits by itself
    assert statements.count("COMMIT") == 1


def signed_cookie(draft) -> str:
    from django.core.signing import get_cookie_signer

    return get_cookie_signer(salt=drafts.COOKIE).sign(str(draft.pk))


@time_machine.travel("2026-11-23T12:00:00-06:00", tick=False)
def test_the_leading_date_in_texas_is_our_own_fourteen_days():
    (one,) = submit(Right.ACCESS).rights_requests.all()
    assert str(one.leading_on) == "2026-12-07"
    assert not one.leading_by_law
