"""What is owed at another moment, told without letting anything go."""

from datetime import datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.models import DataKey
from requests import workflow
from requests.models import Reminder, RightsRequest
from requests.references import spoken
from requests.terms import DateKind, ExtensionReason, Right
from tests.cast import ROSAS_MAIL, ask

pytestmark = pytest.mark.django_db
RECEIVED = datetime(2026, 3, 2, 10, tzinfo=ZoneInfo("America/Chicago"))


def said(command: str, **options) -> str:
    out = StringIO()
    call_command(command, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def rosas(tess):
    with time_machine.travel(RECEIVED, tick=False):
        one = ask(Right.ACCESS, residence="US-TX", received_at=RECEIVED)
        workflow.take(one, by=tess)
        Letter.objects.update(sent_at=RECEIVED)
        yield one


def everything() -> dict[str, object]:
    rows = (Letter, Reminder, Event, DataKey)
    return {model.__name__: model.objects.count() for model in rows} | {
        "looks": list(RightsRequest.objects.values_list("look_on", "leading_on"))
    }


def test_what_is_owed_next_week_is_told_and_nothing_has_changed(rosas, tess):
    before = everything()
    text = said("what_is_owed", now="2026-03-09T09:00")
    assert f"task_waiting  to requester  {spoken(rosas.reference)}" in text
    assert "digest  to mailbox" in text
    assert f"digest  to {tess}" in text
    assert everything() == before
    assert not mail.outbox


def test_no_personal_data_is_told(rosas):
    text = said("simulate", days=60)
    assert ROSAS_MAIL not in text
    assert "Rosa" not in text


def test_sixty_days_show_each_letter_once_and_in_order(rosas):
    lines = [line.split("  ", 1) for line in said("simulate", days=60).splitlines()[:-1]]
    days = [datetime.strptime(when, "%a %Y-%m-%d %H:%M") for when, _what in lines]
    assert days == sorted(days)
    assert len(lines) == len({(when, what) for when, what in lines})
    kinds = [what.split("  ")[0] for _when, what in lines]
    assert kinds.count("task_waiting") == 2
    assert kinds.count("closing_notice") == 1
    assert kinds.count("law_missed") >= 2
    assert "statutory_danger" in kinds


def test_a_new_date_counts_in_the_rehearsal_and_not_after_it(rosas, tess):
    until = rosas.received_on + timedelta(days=20)
    workflow.extend(rosas, DateKind.TARGET, ExtensionReason.COMPLEX, until, by=tess)
    assert f"new date counts: {until}" in said("what_is_owed", now="2026-03-02T12:00")
    assert RightsRequest.objects.get().leading_on == rosas.leading_on


@pytest.mark.parametrize("given", ["tomorrow", "2026-13-01", "09:00"])
def test_a_moment_that_nobody_can_read_says_how_to_write_one(given):
    with pytest.raises(CommandError, match="2026-12-01T09:00"):
        said("what_is_owed", now=given)


@pytest.mark.parametrize("days", [0, -1, 731])
def test_only_days_that_make_sense_are_simulated(days):
    with pytest.raises(CommandError, match="Choose"):
        said("simulate", days=days)
