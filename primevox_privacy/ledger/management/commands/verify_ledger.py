"""`manage.py verify_ledger`: is the record whole? Exit 0 if so, 1 naming the first bad place."""

import sys

from django.core.management.base import BaseCommand

from primevox_privacy.ledger import seals
from primevox_privacy.ledger.models import Event, Seal


class Command(BaseCommand):
    help = "Checks every event and seal of the record. Exit 0: whole. Exit 1: names the first bad place."

    def handle(self, *args, **options) -> None:
        fault = next(seals.faults(), None)
        if fault:
            self.stderr.write(f"The record is not whole: {fault}.")
            sys.exit(1)
        self.stdout.write(f"The record is whole: {Event.objects.count()} events, {Seal.objects.count()} seals.")
