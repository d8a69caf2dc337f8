"""The portal asks itself once a day. Each step that breaks is named, and the next walk that comes through clears it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from time_machine import travel

from primevox_privacy.health import checks
from primevox_privacy.health.checks import State
from primevox_privacy.outbox import sending
from primevox_privacy.sealed.models import DataKey
from primevox_privacy.sealed.tasks import end_lives
from requests import reminders, sign_in
from requests.heartbeat import standing, walking
from requests.heartbeat.models import Outcome, Walk
from requests.models import RightsRequest
from tests.conftest import A_TUESDAY
from verification import destruction

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def clock():
    with travel(A_TUESDAY, tick=False) as clock:
        yield clock


SWEEPS = {
    "codes": sign_in.answer_waiting,
    "mail": sending.send_owed,
    "reminders": reminders.owe,
    "proof": destruction.destroy_owed,
    "lives": end_lives,
}


def a_minute(clock, *, without: str = "") -> None:
    clock.shift(MINUTE)
    for name, sweep in SWEEPS.items():
        if name != without:
            sweep()
    walking.walk_on()


def walks_through(clock, minutes: int = 15, **more) -> Walk:
    walking.walk_on()
    for _minute in range(minutes):
        a_minute(clock, **more)
        if not Walk.objects.open().exists():
            break
    return Walk.objects.latest("began_at")


def health() -> checks.Finding:
    return next(one for one in checks.look() if one.name == "heartbeat")


def test_a_walk_goes_from_the_form_to_the_certificate(clock):
    walk = walks_through(clock)
    assert (walk.outcome, walk.fault) == (Outcome.PASSED, "")
    print(walk.seconds)
    assert health().state is State.OK
