"""What would go out by itself at some moment, without letting anything go: the sweeps run in a transaction that is
taken back, under a clock that says another day. Nothing leaves, nothing is destroyed, nothing is kept.

Nobody acts in a rehearsal: no staff, no requester. What it shows is what the portal owes if all stays as it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import time_machine
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.models import DataKey
from primevox_privacy.staff.models import User
from requests import clock, holds, references, reminders
from requests.models import Extension, Hold, RightsRequest


@dataclass(frozen=True)
class Owed:
    """One thing that would go out or happen, told without personal data."""

    at: datetime
    what: str  # the kind of a letter, or what happens
    about: str = ""  # references, as spoken
    to: str = ""  # requester, mailbox, or the name of a member of staff

    def __str__(self) -> str:
        about = f"  {self.about}" if self.about else ""
        to = f"  to {self.to}" if self.to else ""
        return f"{timezone.localtime(self.at):%a %Y-%m-%d %H:%M}  {self.what}{to}{about}"


class _TakenBack(Exception):
    pass


@contextmanager
def rehearsal() -> Iterator[None]:
    """Everything written inside is taken back."""
    try:
        with transaction.atomic():
            yield
            raise _TakenBack
    except _TakenBack:
        pass


def owed_at(at: datetime) -> list[Owed]:
    """What is owed by then and has not left. Inside a `rehearsal`, where it counts as sent from then on."""
    with time_machine.travel(at, tick=False):
        standing, untold = set(Hold.objects.standing()), set(Extension.objects.untold())
        holds.lift_ended()
        reminders.owe(at)
        waiting = Letter.objects.waiting(at).exclude(about__in=RightsRequest.objects.synthetic().values("submission"))
        waiting = list(waiting.select_related("address_key").order_by("kind", "key"))
        Letter.objects.filter(pk__in=[letter.pk for letter in waiting]).update(sent_at=at)
        clock.count_extensions_told()
        owed = [_letter(at, letter) for letter in waiting]
        for extension in sorted(untold - set(Extension.objects.untold()), key=lambda one: one.decided_at):
            reference = references.spoken(extension.moves.reference)
            owed.append(Owed(at, f"new date counts: {extension.promised_on}", reference))
        for hold in sorted(standing - set(Hold.objects.standing()), key=lambda one: one.placed_at):
            owed.append(Owed(at, "hold lifts itself", references.spoken(hold.rights_request.reference)))
        return owed


def _letter(at: datetime, letter: Letter) -> Owed:
    """Letters of a case are told by its references, our own by their subject, which holds nothing else."""
    of_it = RightsRequest.objects.filter(submission=letter.about).order_by("reference")
    if names := [references.spoken(one) for one in of_it.values_list("reference", flat=True)]:
        return Owed(at, letter.kind, ", ".join(names), "requester")
    staff = User.objects.filter(email=letter.address).first()
    to = "mailbox" if letter.address == settings.COMPLIANCE_EMAIL else str(staff or "staff")
    return Owed(at, letter.kind, letter.subject, to)


def ends_between(after: datetime, until: datetime) -> list[Owed]:
    """The lives that end in between, counted; held ones are left out, as they would be."""
    over = DataKey.objects.alive().filter(held=False, ends_at__gt=after, ends_at__lte=until)
    lives = sorted(over.values_list("life", flat=True))
    return [Owed(until, f"{lives.count(life)} x {life} ends and is destroyed") for life in dict.fromkeys(lives)]
