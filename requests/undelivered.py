"""Letters that the mail server refused: their reader does not know what they say, so somebody reaches them otherwise.

Nothing is written down for this but the letter itself (`refused_at`, `settled_at`). Queue, case page and health ask for
it; the sweep tells the handler, or the mailbox where there is none, once for each submission.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from primevox_privacy.health.checks import Finding, State
from primevox_privacy.ledger.models import record
from primevox_privacy.outbox import letters as outbox
from primevox_privacy.outbox.models import Letter
from primevox_privacy.staff.models import User
from requests import absence, references
from requests.models import RightsRequest, Submission
from requests.models.submission import Direction
from requests.turns import in_turn
from requests.workflow import NotAllowed, actor, need, write

A_DAY = timedelta(days=1)
POLICY_NOTICE = "policy_notice"  # a kind of letter to every customer: about no case, and its page says the same
VIEW = "?flag=undelivered&state=all"  # of the queue: an answer is often told when the request is closed


def of(submission_id: UUID) -> QuerySet[Letter]:
    """Letters of a submission that wait for somebody to reach their reader, the oldest first."""
    return Letter.objects.undelivered().filter(about=submission_id).order_by("refused_at")


def waits(submission: str = "submission") -> Exists:
    """For queries of requests: does a letter of their submission wait?"""
    return Exists(Letter.objects.undelivered().filter(about=OuterRef(submission)))


@in_turn
def settle(rights_request: RightsRequest, how: str, *, by: User) -> None:
    """They were reached in another way; how and when stays as an internal note. Raises NotAllowed."""
    need(by, "settle_letters")
    if not how.strip():
        raise NotAllowed(_("Write how and when you reached them."))
    if not of(rights_request.submission_id).update(settled_at=timezone.now()):
        raise NotAllowed(_("No letter waits any more. Somebody else has reached them."))
    write(rights_request, Direction.INTERNAL, how, by=by)
    record(rights_request.pk, "letters_settled", by=actor(by))


# --- Told once ---------------------------------------------------------------------------------------------------
def tell() -> None:
    """Owe a mail about each submission with letters that were refused. May be repeated."""
    first = {letter.about: letter for letter in _to_requesters().order_by("-refused_at")}
    for about, letter in first.items():
        requests = list(
            RightsRequest.objects.filter(submission=about).select_related("handler__deputy").order_by("reference")
        )
        outbox.owe_to_us(
            "undelivered",
            key=f"undelivered:{letter.pk}",
            address=next(_handlers(requests), ""),
            references=[references.spoken(one.reference) for one in requests],
            view=VIEW,
        )


def _handlers(requests: list[RightsRequest]) -> Iterator[str]:
    """Addresses of those who handle them, open requests first."""
    for one in sorted(requests, key=lambda one: not one.is_open):
        hears = absence.stands_in(one.handler, timezone.localdate())
        if hears and hears.is_active and hears.email:
            yield hears.email


# --- Health ------------------------------------------------------------------------------------------------------
def _to_requesters() -> QuerySet[Letter]:
    of_people = RightsRequest.objects.of_people().filter(submission=OuterRef("about"))
    return Letter.objects.undelivered().filter(Exists(of_people))


def to_requesters(now: datetime) -> Finding:
    """A refused letter waits for staff at once; red when nobody has seen to it for a day. Not sooner: anybody can type
    an address that is not there."""
    refused = _to_requesters()
    if not (number := refused.count()):
        return Finding("letters_refused", State.OK, _("No letter to a requester waits because it was refused."))
    said = ngettext(
        "%(number)d letter to a requester could not be delivered. Reach them in another way.",
        "%(number)d letters to requesters could not be delivered. Reach them in another way.",
        number,
    )
    state = State.RED if refused.filter(refused_at__lt=now - A_DAY).exists() else State.NOTICE
    return Finding("letters_refused", state, said % {"number": number})


def to_us(now: datetime) -> Finding:
    """The mail server took our own mail to staff and to the mailbox during the last day."""
    of_late = Letter.objects.undelivered().filter(refused_at__gt=now - A_DAY).exclude(kind=POLICY_NOTICE)
    number = of_late.exclude(Exists(Submission.objects.filter(pk=OuterRef("about")))).count()
    if not number:
        return Finding("own_letters_refused", State.OK, _("Our own mail to staff arrives."))
    said = ngettext(
        "%(number)d mail to our own staff or mailbox was refused. Are the addresses of staff right?",
        "%(number)d mails to our own staff or mailbox were refused. Are the addresses of staff right?",
        number,
    )
    return Finding("own_letters_refused", State.RED, said % {"number": number})
