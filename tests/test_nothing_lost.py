"""Nothing is lost: submissions come in over HTTP while workers, beat and the moment of sending are killed.

`PROVE=1` (make prove) takes 200 submissions, `make test` a slice of them. SMTP knows no exactly-once, so a letter may
arrive again after a crash, always with the same Message-ID: how often is printed, not denied.
"""

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db.models import Count

from primevox_privacy.outbox.models import Letter
from requests.models import SignIn, Submission
from tests.real_parts import Part, Portal, Sink, Visitor, until

pytest_plugins = ["tests.real_parts"]

PROVE = bool(os.environ.get("PROVE"))
SUBMISSIONS = 200 if PROVE else 60
DOORS = 4  # visitors at a time
LEASE = 4  # seconds; a killed worker's letters go out again after it
KILLS_WHILE_SENDING = 12 if PROVE else 4  # half of them before the mail arrives, half after
ONE_IN = 8  # mails is such a moment
EVERY_FOURTH = 4  # visitor comes back for a code; more would be too many an hour for one address


class Chaos:
    """Kills at random moments, and at the two worst ones: when a letter is claimed and not yet handed over, and when
    it was handed over and is not yet marked."""

    def __init__(self, parts: list[Part], sink: Sink) -> None:
        self.parts, self.workers = parts, parts[:2]
        self.kills = self.kills_while_sending = 0
        self.dice = random.Random()
        sink.is_cut_off = lambda: self.kills_while_sending % 2 == 0 and self._kills_the_sender()
        sink.on_arrival = lambda mail: self.kills_while_sending % 2 == 1 and self._kills_the_sender()

    def _kills_the_sender(self) -> bool:
        if self.kills_while_sending >= KILLS_WHILE_SENDING or self.dice.randrange(ONE_IN):
            return False
        self.kills_while_sending += 1
        for worker in self.workers:
            worker.kill()
        return True

    def reign_until(self, over: Callable[[], bool]) -> None:
        while not over():
            time.sleep(self.dice.uniform(0.5, 2))
            self.dice.choice(self.parts).kill()
            self.kills += 1
            self._restart_the_dead()

    def is_over(self) -> bool:
        """Nothing is owed any more; asked again and again, it keeps restarting whom a mail still kills."""
        self._restart_the_dead()
        owed = Letter.objects.filter(sent_at=None, given_up_at=None), SignIn.objects.filter(answered_at=None)
        return not any(rows.exists() for rows in owed)

    def _restart_the_dead(self) -> None:
        for part in self.parts:
            if not part.is_alive():
                part.start_again()


def come(port: int, number: int) -> str:
    """Somebody asks; every fourth comes back at once for a code. Gives the address."""
    visitor, address = Visitor(port), f"visitor-{number}@mail.example"
    reference = visitor.asks_for_her_data(address)
    if number % EVERY_FOURTH == 0:
        assert visitor.post("/your-request/", reference=reference) == 302
    return address


@pytest.mark.postgres
@pytest.mark.redis
def test_every_letter_arrives_and_no_code_twice_though_workers_are_killed(portal: Portal, sink: Sink):
    parts = [
        portal.worker("first", OUTBOX_LEASE_SECONDS=str(LEASE)),
        portal.worker("second", OUTBOX_LEASE_SECONDS=str(LEASE)),
        portal.beat(),
    ]
    port = portal.web()
    chaos = Chaos(parts, sink)
    with ThreadPoolExecutor(DOORS) as doors:
        coming = [doors.submit(come, port, number) for number in range(SUBMISSIONS)]
        chaos.reign_until(lambda: all(one.done() for one in coming) and chaos.kills >= SUBMISSIONS / 10)
        addresses = {one.result() for one in coming}
    until(chaos.is_over, 120, "an empty outbox")

    arrived = Counter(mail["Message-ID"] for mail in sink.mails)
    letters = {letter.message_id: letter for letter in Letter.objects.all()}
    receipts = Letter.objects.filter(kind="receipt")
    codes = [letter for letter in letters.values() if letter.carries_code]
    repeats = {message_id: times for message_id, times in arrived.items() if times > 1}
    print(
        f"\n{SUBMISSIONS} submissions, {len(letters)} letters, {chaos.kills} kills at random and"
        f" {chaos.kills_while_sending} in the middle of sending;\n{len(sink.mails)} mails arrived, {len(arrived)}"
        f" different; {sum(repeats.values()) - len(repeats)} repeats with the same Message-ID;"
        f" {sum(code.message_id in arrived for code in codes)} of {len(codes)} codes arrived, none twice"
    )
    assert chaos.kills_while_sending > 1, "the worst moments were not tried"
    assert Submission.objects.count() == len(addresses) == SUBMISSIONS
    told = {str(mail["To"]) for mail in sink.mails}
    assert told - {settings.COMPLIANCE_EMAIL} == addresses  # so many kills can turn health red, which is told to us
    assert set(receipts.values_list("about", flat=True)) == set(Submission.objects.values_list("pk", flat=True))
    assert receipts.exclude(sent_at=None).count() == SUBMISSIONS
    assert {letter.message_id for letter in receipts} <= set(arrived), "a receipt was lost"
    assert not Letter.objects.values("key").annotate(rows=Count("pk")).filter(rows__gt=1).exists()
    assert set(arrived) <= set(letters), "a mail that no row owes"
    assert len(codes) == len(range(0, SUBMISSIONS, EVERY_FOURTH))
    assert not [code.message_id for code in codes if arrived[code.message_id] > 1], "a code came twice"
    assert not any(letter.code for letter in codes), "a code stayed in its row"
