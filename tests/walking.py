"""How a walk is walked: each step is taken at a moment of the walk's own clock, and either refused, with all left as it
was, or looked at afterwards by `every_way.py`."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core import mail
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine
from time_machine import travel

from primevox_privacy.staff.models import User
from requests import acting_for, workflow
from requests.models import RightsRequest
from requests.terms import Role
from tests import every_way
from tests.every_way import ANYBODY, ONLY, READ_ONLY, Case, Seen
from verification.checks import CheckNotAllowed

START = datetime(2026, 3, 2, 15, tzinfo=UTC)
REFUSALS = (workflow.NotAllowed, CheckNotAllowed, acting_for.AuthorityDecided, acting_for.AuthorityUnread)
CAST = {
    "tess": Role.TRIAGE,
    "vera": Role.VERIFIER,
    "abe": Role.APPROVER,
    "bea": Role.APPROVER,
    "cleo": Role.APPROVER,
    "otto": Role.AUDITOR,
    "ada": Role.ADMINISTRATOR,
    "cora": Role.COLLECTOR,
}
OPEN = ("received", "in_progress", "waiting", "in_review")

somebody = st.sampled_from(["tess", "tess", "abe", "abe", "bea", "bea", "cleo", "vera", "otto", "ada"])
approver = st.sampled_from(["abe", "bea", "cleo", "abe", "bea", "cleo", "tess", "vera", "otto", "ada"])
verifier = st.sampled_from(["vera", "vera", "vera", "tess", "bea"])
which = st.integers(0, 255)
words = st.sampled_from(["Because.", "Because.", "Because.", "Because.", " "])
KEYS = ("submission__check_made", "content_key", "record_key")
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
while_ = st.sampled_from(
    [MINUTE, 12 * MINUTE, HOUR, 23 * HOUR, *(days * DAY for days in (1, 1, 3, 7, 8, 14, 15, 21, 28, 60, 61, 200, 731))]
)
taken: Counter[str] = Counter()  # how often each step was taken, for the figure
refused: Counter[str] = Counter()


class Walk(RuleBasedStateMachine):
    """One walk, in a transaction of its own that is rolled back in the end."""

    people: dict[str, User]

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.now, self.seen = START, Seen()
        self.order: list[Case] = []
        self.on_screen: dict[Any, RightsRequest] = {}  # as somebody has it on the screen
        self.this_one: Case | None = None  # what `as_it_should_go` works on
        mail.outbox = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def sweep(self) -> None:
        """All that runs by itself, at this moment."""
        raise NotImplementedError

    # --- Taking steps ------------------------------------------------------------------------------------------
    def step(self, verb: str, call: Callable[[], Any], about: Iterable[Case] = (), by: str = "") -> Any:
        """Take a step and look at what it left; or be refused, and find everything as it was."""
        with travel(self.now, tick=False):
            before = every_way.everything()
            try:
                made = call()
            except REFUSALS:
                assert every_way.everything() == before, f"{verb} was refused and changed something"
                refused[verb] += 1
                return None
            assert by not in READ_ONLY, f"{by} did {verb}"
            assert not by or by in ONLY.get(verb, ANYBODY), f"{by} did {verb}"
            every_way.watch(self.seen, verb, about, self.now)
            every_way.look_at_keys(self.seen)
        taken[verb] += 1
        self.now += SECOND  # so that what was done before can be told from what was done after
        return made if made is not None else True

    def pick(self, n: int, *, status: Iterable[str] = (), ending: Iterable[str] = (), frozen: bool | None = None):
        """A case, mostly one where the step makes sense, as the database or a screen from before has it."""
        if self.this_one:
            return self.this_one, RightsRequest.objects.select_related(*KEYS).get(pk=self.this_one.pk)
        fitting = [
            case
            for case in self.order
            if (not status or case.status in status)
            and (not ending or case.ending in ending)
            and (frozen is None or case.is_frozen == frozen)
        ]
        among = fitting if fitting and n % 8 else self.order
        case = among[n // 8 % len(among)]
        fresh = RightsRequest.objects.select_related(*KEYS)
        one = fresh.get(pk=case.pk)
        if n % 16 == 9 and case.pk in self.on_screen:
            return case, self.on_screen[case.pk]
        self.on_screen[case.pk] = fresh.get(pk=case.pk)
        return case, one

    def by(self, name: str) -> User:
        return self.people[name]
