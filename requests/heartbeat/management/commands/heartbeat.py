"""`manage.py heartbeat`: send a test request now and watch it. For who deploys: worker and scheduler have to run."""

import time

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from requests.heartbeat import walking
from requests.heartbeat.models import Outcome, Walk
from requests.heartbeat.steps import STEPS

EACH = 1  # second between two looks


class Command(BaseCommand):
    help = (
        "Sends a test request, follows it to its destruction, and prints each step. Exit 1 names the step that broke."
    )

    def handle(self, *args, **options) -> None:
        walk = walking.begin()
        if walk is None:
            walk = Walk.objects.open().first()
            self.stdout.write("A test request is on its way already; this follows it.")
        if walk is None:
            raise CommandError("Another test request ended a moment ago. Try again.")
        told: list[str] = []
        while True:
            walking.go_on(walk)
            walk.refresh_from_db()
            self._tell(walk, told)
            if walk.outcome:
                break
            time.sleep(EACH)
        self._end(walk)

    def _tell(self, walk: Walk, told: list[str]) -> None:
        """The steps that are behind it and were not told yet."""
        for name in STEPS:
            if name in walk.seconds and name not in told:
                told.append(name)
                self.stdout.write(f"{'ok':8}{name:13}{walk.seconds[name]:>7.1f} s")

    def _end(self, walk: Walk) -> None:
        if walk.outcome == Outcome.PASSED:
            return
        waited = ((walk.ended_at or timezone.now()) - walk.since).total_seconds()
        self.stdout.write(f"{walk.outcome.upper():8}{walk.step:13}{waited:>7.1f} s  {walk.fault}")
        raise CommandError(f"{walk.step}: {STEPS[walk.step].look_at}")
