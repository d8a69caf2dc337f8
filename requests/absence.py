"""Who is away, and who hears of their work meanwhile: the deputy, else only the mailbox, which hears of all anyway."""

import uuid
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import record
from primevox_privacy.staff.models import User
from requests.workflow import NotAllowed, actor, need


def stands_in(handler: User | None, today: date) -> User | None:
    """Who is told of a handler's work today: they themselves; while they are away their deputy, unless away, too."""
    if handler is None or not handler.is_away(today):
        return handler
    deputy = handler.deputy
    return deputy if deputy and deputy.is_active and not deputy.is_away(today) else None


@transaction.atomic
def set_absence(who: User, first: date | None, last: date | None, deputy: User | None, *, by: User) -> None:
    """Say from when to when somebody is away, and who hears of their work; without a first day they are back. Their
    requests stay theirs: handing them over is a step of its own."""
    need(by, "set_absence")
    if first is None and last is not None:
        raise NotAllowed(_("Enter the first day, too."))
    if first and last and last < first:
        raise NotAllowed(_("The last day comes before the first."))
    if deputy is not None and deputy.pk == who.pk:
        raise NotAllowed(_("Choose somebody else as deputy."))
    who.absent_from, who.absent_until, who.deputy = first, last, deputy if first else None
    who.save(update_fields=["absent_from", "absent_until", "deputy"])
    said = {"first": first.isoformat() if first else "", "last": last.isoformat() if last else ""}
    record(uuid.UUID(str(who.pk)), "absence_set", by=actor(by), **said)
