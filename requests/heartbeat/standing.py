"""What health says of the test request, from rows alone: so it is said though no sweep runs."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from primevox_privacy.health import sweeps
from primevox_privacy.health.checks import Finding, State
from requests.heartbeat.models import Outcome, Walk
from requests.heartbeat.steps import STEPS

NAME = "heartbeat"
LONGEST_WITHOUT = timedelta(hours=36)
SWEEPS_MAY_BE_LATE = timedelta(minutes=5)  # which end a walk whose time is over; where they do not, it is late


def comes_through(now: datetime) -> Finding:
    """The last test request came through, and it is not long ago. One failed stays red until a later one has."""
    walk = Walk.objects.open().first()
    if walk and now > walk.since + STEPS[walk.step].within + SWEEPS_MAY_BE_LATE:
        return Finding(NAME, State.RED, _stands_at(walk))
    judged = Walk.objects.judged().order_by("-began_at").first()
    if judged and judged.outcome == Outcome.FAILED:
        return Finding(NAME, State.RED, _stands_at(judged))
    if not settings.HEARTBEAT:
        return Finding(NAME, State.OK, _("The daily test request is turned off."))
    first = Walk.objects.order_by("began_at").first()
    if first is None:
        return Finding(NAME, State.OK, _("No test request has been sent yet."))
    last = (judged or first).began_at
    if now > max(last, sweeps.awake_since(now)) + LONGEST_WITHOUT:
        said = _("Since %(at)s no test request has come through. Does the sweep “walk_on” run each minute?")
        return Finding(NAME, State.RED, said % {"at": _moment(last)})
    return Finding(NAME, State.OK, _("The daily test request comes through."))


def _stands_at(walk: Walk) -> str:
    """At which step, since when, and where to look."""
    step = STEPS[walk.step]
    said = _("Since %(since)s the test request of %(began)s does not get past %(step)s. %(look_at)s")
    return said % {
        "began": _moment(walk.began_at),
        "step": step.said,
        "since": _moment(walk.since),
        "look_at": step.look_at,
    }


def _moment(instant: datetime) -> str:
    return date_format(timezone.localtime(instant), "DATETIME_FORMAT")
