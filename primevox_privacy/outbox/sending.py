"""Claim, send, mark. Any worker may be killed between any two of these lines.

A letter under a lease belongs to one worker for LEASE; when that worker dies the lease runs out and the letter is
sent again with the same Message-ID. SMTP knows no exactly-once: the window is between handing over and marking.
"""

import logging
import smtplib
from contextlib import closing
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from primevox_privacy.ledger.models import record
from primevox_privacy.outbox.letters import CODE_GOES_HERE
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.cipher import Unreadable

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
LONGEST_WAIT = timedelta(hours=1)
LONGEST_TRYING = timedelta(days=5)  # RFC 5321, 4.5.4.1: at least four to five days
BATCH = 500
OURS = "X-Primevox-Portal"  # the mailbox reader ignores mail that bears it


def send_owed(now: datetime | None = None) -> int:
    """Send what is waiting; how many left. One connection serves the whole round."""
    now = now or timezone.now()
    waiting = list(Letter.objects.waiting(now).order_by("not_before").values_list("pk", flat=True)[:BATCH])
    if not waiting:
        return 0
    left = 0
    with closing(get_connection()) as connection:
        for pk in waiting:
            if not _is_there(connection):
                break  # before a code is claimed: it travels at most once, so an outage would cost it
            left += _send_one(pk, connection)
    return left


def _is_there(connection) -> bool:
    """Whether the mail server answers; asked before each letter, and costs nothing while it does."""
    try:
        connection.open()
    except (smtplib.SMTPException, OSError) as error:
        logger.warning("mail server away (%s); the next round tries again", type(error).__name__)
        return False
    return True


def _send_one(pk, connection) -> bool:
    letter = _claim(pk)
    if letter is None:
        return False
    try:
        _hand_over(letter, connection)
    except Exception as error:  # whatever it is, it concerns this letter and not the others of the round
        connection.close()
        _note_fault(letter, error)
        return False
    Letter.objects.filter(pk=pk).update(sent_at=timezone.now(), leased_until=None, fault="")
    return True


def _claim(pk) -> Letter | None:
    """Make the letter ours by a conditional update; None if somebody else was faster or its code is out of date."""
    now = timezone.now()
    claim: dict = {"attempts": F("attempts") + 1, "leased_until": now + LEASE}
    letter = Letter.objects.select_related("address_key", "code_key").get(pk=pk)
    if letter.carries_code:
        if _code_is_over(letter, now) or letter.code is None:
            Letter.objects.waiting(now).filter(pk=pk).update(given_up_at=now, code=None)
            return None
        claim |= {"sent_at": now, "code": None}  # at most once: it counts as sent from here on
    if not Letter.objects.waiting(now).filter(pk=pk).update(**claim):
        return None
    return letter


def _code_is_over(letter: Letter, now: datetime) -> bool:
    return letter.code_key is None or letter.code_key.ends_at is None or letter.code_key.ends_at <= now


def _hand_over(letter: Letter, connection) -> None:
    if letter.address is None or letter.text is None:
        raise Unreadable("the life of this address is over")
    text = letter.text.replace(CODE_GOES_HERE, letter.code or "")
    message = EmailMultiAlternatives(
        letter.subject,
        text,
        settings.DEFAULT_FROM_EMAIL,
        [letter.address],
        headers={"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated", OURS: "1"},
        connection=connection,
    )
    with override(letter.language):
        paragraphs = [block.strip() for block in text.split("\n\n") if block.strip()]
        html = render_to_string("emails/letter.html", {"paragraphs": paragraphs, "language": letter.language})
    message.attach_alternative(html, "text/html")
    message.send()


def _is_refused(letter: Letter, error: Exception) -> bool:
    """Whether the mail server will not take it: it said no for good (RFC 5321: replies from 500 on), or "not now" to
    this mailbox for five days. A refused sender or password is ours to mend, so it refuses no letter."""
    for_good = timezone.now() - letter.owed_at > LONGEST_TRYING
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return for_good or all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and (for_good or error.smtp_code >= 500)


def _note_fault(letter: Letter, error: Exception) -> None:
    """Wait longer after each attempt; give up only where the mail server refuses, or the address is forgotten. A lost
    code is asked for anew. What is refused waits for staff from this moment on (`undelivered`)."""
    now, is_refused = timezone.now(), _is_refused(letter, error)
    wait = min(timedelta(seconds=15 * 2 ** min(letter.attempts, 10)), LONGEST_WAIT)
    changes: dict = {"leased_until": None, "fault": f"{type(error).__name__} {_reply(error)}".strip()}
    if letter.carries_code:
        changes |= {"sent_at": None, "given_up_at": now}
    elif is_refused or isinstance(error, Unreadable):
        changes["given_up_at"] = now
    else:
        changes["not_before"] = now + wait
    if is_refused:
        changes["refused_at"] = now
    with transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(**changes)
        if is_refused:
            record(letter.about, "letter_refused", by="system", letter=str(letter.pk))


def _reply(error: Exception) -> str:
    """The mail server's reply as a number, never its text, which repeats the address."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return str(max((code for code, _ in error.recipients.values()), default=""))
    return str(getattr(error, "smtp_code", ""))
