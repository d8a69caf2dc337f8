"""`manage.py mail_policy_notice`: tell every address on file of a change that matters. Prints counts only."""

import sys
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from primevox_privacy.outbox.models import Letter
from requests.policy import in_force, mailing
from requests.policy.mailing import Counted
from requests.policy.models import PolicyVersion
from verification.customers.directory import NotListed, Unreachable

PER_MINUTE = 300


class Command(BaseCommand):
    help = "Owe one letter about a material change to each e-mail address on file. May be stopped and run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--effective", type=date.fromisoformat, metavar="DATE", help="which version, if several")
        parser.add_argument(
            "--language", default=settings.LANGUAGE_CODE, choices=[code for code, _ in settings.LANGUAGES]
        )
        parser.add_argument("--per-minute", type=int, default=PER_MINUTE, help="how many leave in a minute, at most")
        parser.add_argument("--dry-run", action="store_true", help="count, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["per_minute"] < 1:
            raise CommandError("--per-minute needs a number from 1 on.")
        version, dry_run = _version(options["effective"]), options["dry_run"]
        how = {name: options[name] for name in ("per_minute", "language", "dry_run")}
        try:
            counted = mailing.owe(version, told=self._progress, **how)
        except NotListed:
            raise CommandError(
                "This customer directory cannot go through everyone. Send the notice from where customers are kept."
            ) from None
        except Unreachable:
            raise CommandError(
                "The customer directory does not answer. What is owed is kept; run this again."
            ) from None
        began = "Nothing was written. It would be" if dry_run else f"The version of {version.effective_on}"
        self.stdout.write(
            f"{began}: {counted.owed} letters owed now, {counted.owed_before} owed before; "
            f"{counted.without_mail} customers have no e-mail address."
        )
        if not dry_run:
            self.stdout.write(_standing(version))

    def _progress(self, counted: Counted) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{counted.owed + counted.owed_before} addresses …", ending="")


def _version(effective_on: date | None) -> PolicyVersion:
    """The version to tell of. Raises CommandError where none or several could be meant."""
    possible = in_force.worth_a_letter(PolicyVersion.objects.without_text(), timezone.localdate())
    named = [one for one in possible if effective_on in (None, one.effective_on)]
    if len(named) == 1:
        return named[0]
    if named:
        days = ", ".join(str(one.effective_on) for one in named)
        raise CommandError(f"Several changes could be meant: name one with --effective ({days}).")
    raise CommandError("No material change is new or coming, so there is nothing to tell.")


def _standing(version: PolicyVersion) -> str:
    letters = Letter.objects.filter(about=version.pk)
    refused = letters.filter(refused_at__isnull=False).count()
    sent = letters.filter(sent_at__isnull=False).count()
    waiting = letters.filter(sent_at=None, given_up_at=None).count()
    return f"Of all its letters {sent} were sent, {waiting} wait, {refused} were refused."
