"""Whatever staff read, and whatever is counted or told, is the same with a test request on its way as without one."""

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from time_machine import travel

from primevox_privacy.celery import periodic
from primevox_privacy.health import sweeps
from primevox_privacy.ledger import seals
from primevox_privacy.outbox.models import Letter
from primevox_privacy.staff.models import User
from requests import assigning, joining, on_time, reminders, undelivered, workflow
from requests.admin.narrowing import NARROWINGS
from requests.answers import Draft as AnswerDraft
from requests.clock import count_extensions_told
from requests.heartbeat import steps, walking
from requests.heartbeat.models import Walk
from requests.heartbeat.steps import STEPS
from requests.known_callers import Said, asked_before
from requests.models import Reminder, RightsRequest
from requests.terms import Ending, Right
from tests.cast import fresh, signed_in, submit
from tests.conftest import A_TUESDAY
from tests.test_heartbeat import SWEEPS

pytestmark = pytest.mark.django_db
QUEUE = "/admin/requests/rightsrequest/"
OF_OTHERS = {"law": ("us_tx_tdpsa",), "right": ("access", "delete")}  # the same statement for each of many answers
VIEWS = [f"?{name}={answer}" for name, one in NARROWINGS.items() for answer in OF_OTHERS.get(name, one.answers)]
PAGES = ["/admin/", QUEUE, f"{QUEUE}workload/", f"{QUEUE}handover/", f"{QUEUE}figures/", f"{QUEUE}letters/"]
PAGES += ["/admin/requests/appeal/", "/health/ready/"]
FILES = [f"{QUEUE}figures/2026/csv/", f"{QUEUE}figures/2026/json/"]
COMMANDS: tuple[tuple[str, dict[str, Any]], ...] = (("figures", {"year": 2026}), ("what_is_owed", {}))
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')
KEYS = re.compile(
    r".* ends and is destroyed\n|^\d+ owed", re.MULTILINE
)  # keys end and are destroyed, whoever's they are
LATER = timedelta(minutes=9)  # longer than a walk; by then no step of it is late, and no code out of date


@pytest.fixture(autouse=True)
def clock():
    with travel(A_TUESDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def people(tess, abe):
    """Requests in every state, among them one for the same right under the same address as the test request has."""
    twin = submit(Right.ACCESS, name=steps.NAME, email=settings.HEARTBEAT_EMAIL).rights_requests.get()
    late = submit(Right.DELETE, received_at=A_TUESDAY - timedelta(days=20)).rights_requests.get()
    workflow.take(fresh(late), by=tess)
    done = fresh(submit(Right.OPT_OUT, received_at=A_TUESDAY - timedelta(days=3)).rights_requests.get())
    workflow.take(done, by=abe)
    workflow.answer(fresh(done), AnswerDraft(Ending.FULFILLED, text="Stopped."), by=abe)
    return {"twin": fresh(twin), "desk": [tess, abe]}


def run_sweeps() -> None:
    for sweep in SWEEPS.values():
        sweep()
    count_extensions_told()
    undelivered.tell()
    seals.seal_new_events()


def everything(people: dict) -> dict[str, str]:
    """All that is listed, counted or told, byte for byte but for the tokens of forms."""
    cache.clear()
    found = dict[str, str]()
    for user in people["desk"]:
        desk = signed_in(user)
        found |= {f"{user} {page}": TOKEN.sub("", desk.get(page).content.decode()) for page in (*PAGES, *FILES)}
        found |= dict(searched(desk, user, [steps.NAME, settings.HEARTBEAT_EMAIL]))
        found[f"{user} takes"] = str(list(assigning.to_take(user).in_queue_order()))
        found[f"{user} hands over"] = TOKEN.sub("", handed_over(desk, user))
    found |= {view: TOKEN.sub("", desk.get(f"{QUEUE}{view}").content.decode()) for view in VIEWS}
    for command, given in COMMANDS:
        out = StringIO()
        call_command(command, stdout=out, **given)
        found[command] = KEYS.sub("", out.getvalue())
    reminders.owe()
    own = Letter.objects.exclude(about__in=RightsRequest.objects.synthetic().values("submission"))
    found["told"] = str(sorted((letter.key.split(":")[0], letter.kind, letter.text) for letter in own))
    found["reminders"] = str(list(Reminder.objects.order_by("pk").values_list()))
    found["shares"] = str(on_time.shares())
    found["doubles"] = str(joining.candidates(people["twin"]))
    found["callers"] = str(asked_before(Said(name="", email=settings.HEARTBEAT_EMAIL, phone="", also="")))
    found["load"] = str(assigning.share_out([people["twin"]], people["desk"]))
    return found


def searched(desk: Client, user: User, terms: list[str]) -> Iterator[tuple[str, str]]:
    for term in terms:
        answer = desk.post(f"{QUEUE}search/", {"q": term}, follow=True)
        yield f"{user} searches {term}", TOKEN.sub("", answer.content.decode())


def handed_over(desk: Client, user: User) -> str:
    to = [str(person.pk) for person in assigning.people()]
    return desk.post(f"{QUEUE}handover/", {"whose": "nobody", "to": to}).content.decode()


def differences(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return [name for name in before if before[name] != after[name]]


def test_with_and_without_a_test_request_everything_is_the_same(clock, people, settings):
    settings.HEARTBEAT = False
    run_sweeps()
    clock.move_to(A_TUESDAY + LATER)
    run_sweeps()
    for name in periodic():
        sweeps.ended(name)
    without = everything(people)

    settings.HEARTBEAT = True
    clock.move_to(A_TUESDAY)
    walking.walk_on()
    seen = set[str]()
    for minute in range(1, 20):
        walk = Walk.objects.get()
        at = walk.outcome or walk.step
        clock.move_to(A_TUESDAY + LATER)
        assert at in seen or differences(without, everything(people)) == [], at
        seen.add(at)
        if at == "passed":
            break
        clock.move_to(A_TUESDAY + minute * timedelta(minutes=1))
        run_sweeps()
        walking.walk_on()
    assert seen >= {"mail", "code", "reminder", "destruction", "passed"}
    assert seen <= {*STEPS, "passed"}


def test_staff_cannot_open_it_or_find_it_by_its_reference(tess):
    walking.walk_on()
    one = RightsRequest.objects.get()
    desk = signed_in(tess)
    assert desk.get(f"{QUEUE}{one.pk}/change/").status_code == 404
    assert "Nothing was found" in desk.post(f"{QUEUE}search/", {"q": one.reference}, follow=True).content.decode()


def test_nobody_is_given_it_in_bulk(tess, abe):
    walking.walk_on()
    one = RightsRequest.objects.get()
    signed_in(tess).post(QUEUE, {"action": "take_all", "_selected_action": [str(one.pk)]})
    signed_in(tess).post(f"{QUEUE}assign/", {"one": [str(one.pk)], "to": str(abe.pk), "sure": "1"})
    signed_in(tess).post(
        f"{QUEUE}handover/", {"whose": "nobody", "to": [str(abe.pk)], "give": [f"{one.pk}:{abe.pk}"], "sure": "1"}
    )
    assert RightsRequest.objects.get().handler is None


# --- Whoever adds a list ---------------------------------------------------------------------------------------------
ROOT = Path(settings.BASE_DIR)
ONE_OR_SOME_THAT_ARE_NAMED = re.compile(
    r"pk=|pk__in=|submission=|submission__in=|submission_id=|rights_request|named\(|\.get\(|bulk_create|none\(\)"
    r"|merged_into__in|check_made=check"
)
OF_WHOM = re.compile(r"of_people\(\)|synthetic\(\)")
NARROWED_NEXT = {
    "steps/ending.py",
    "appeals.py",
    "stopping.py",
    "unsent.py",
    "models/case.py",
}  # or never asked as it is


def asked_of_all(path: Path) -> Iterator[str]:
    """Statements that ask for requests without naming which, and without saying of whom."""
    text = path.read_text()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.stmt) and not hasattr(node, "body"):
            said = ast.get_source_segment(text, node) or ""
            if "RightsRequest.objects" in said and not (
                ONE_OR_SOME_THAT_ARE_NAMED.search(said) or OF_WHOM.search(said)
            ):
                yield f"{path.relative_to(ROOT)}:{node.lineno}: {said}"


def test_whoever_lists_requests_says_of_whom():
    """A list or a count that forgets it would show the test request, one day in a figure that somebody signs."""
    there = [
        path for path in sorted((ROOT / "requests").rglob("*.py")) if not {"migrations", "commands"} & set(path.parts)
    ]
    found = {path: list(asked_of_all(path)) for path in there}
    forgot = {str(path).rpartition("/requests/")[2].removeprefix("admin/") for path in found if found[path]}
    assert forgot == NARROWED_NEXT, found
