"""`manage.py health`: every check with its sentence. Exit 0: none is red. Exit 1: one is."""

import sys

from django.core.management.base import BaseCommand

from primevox_privacy.health import checks
from primevox_privacy.health.checks import State


class Command(BaseCommand):
    help = "Says whether everything is done by now that should be. Exit 0: nothing is red. Exit 1: something is."

    def handle(self, *args, **options) -> None:
        found = checks.look()
        for one in found:
            said = one.state.upper() if one.state is State.RED else one.state
            self.stdout.write(f"{said:<7} {one.name}: {one.said}")
        if any(one.state is State.RED for one in found):
            sys.exit(1)
