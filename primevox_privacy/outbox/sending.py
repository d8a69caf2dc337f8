"""Claim, send, mark. Any worker may be killed between any two of these lines.

A letter under a lease belongs to one worker for LEASE; when that worker dies the lease runs out and the letter is
sent again with the same Message-ID. SMTP knows no exactly-once: the window is between handing over and marking.
"""

import smtplib
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from primevox_privacy.outbox.letters import CODE_GOES_HERE
from primevox_privacy.outbox.models import Letter

LEASE = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=1)
BATCH = 500
OURS = "X-Primevox-Portal"  # the mailbox reader ignores mail that bears it


def send_owed(now: datetime | None = None) -> int:
    """Send what is waiting; how many left. One connection serves the whole round."""
    now = now or timezone.now()
    waiting = list(Letter.objects.waiting(now).order_by("not_before").values_list("pk", flat=True)[:BATCH])
    if not waiting:
        return 0
    connection = get_connection()
    try:
        return sum(_send_one(pk, connection) for pk in waiting)
    finally:
        connection.close()


def _send_one(pk, connection) -> bool:
    letter = _claim(pk)
    if letter is None:
        return False
    try:
        _hand_over(letter, connection)
    except smtplib.SMTPException as error:
        connection.close()
        _note_fault(letter, error, for_good=_is_final(error))
        return False
    except OSError as error:
        connection.close()
        _note_fault(letter, error, for_good=False)
        return False
    Letter.objects.filter(pk=pk).update(sent_at=timezone.now(), leased_until=None, fault="")
    return True


def _claim(pk) -> Letter | None:
    """Make the letter ours by a conditional update; None if somebody else was faster or its code is out of date."""
    now = timezone.now()
    claim: dict = {"attempts": F("attempts") + 1, "leased_until": now + LEASE}
    letter = Letter.objects.select_related("address_key", "code_key").get(pk=pk)
    if letter.carries_code:
        if letter.code is None or _code_is_over(letter, now):
            Letter.objects.waiting(now).filter(pk=pk).update(given_up_at=now, code=None)
            return None
        claim |= {"sent_at": now, "code": None}  # at most once: it counts as sent from here on
    if not Letter.objects.waiting(now).filter(pk=pk).update(**claim):
        return None
    return letter


def _code_is_over(letter: Letter, now: datetime) -> bool:
    return letter.code_key is None or letter.code_key.ends_at is None or letter.code_key.ends_at <= now


def _hand_over(letter: Letter, connection) -> None:
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


def _is_final(error: smtplib.SMTPException) -> bool:
    """Whether the mail server refused for good (RFC 5321: replies from 500 on)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500


def _note_fault(letter: Letter, error: Exception, *, for_good: bool) -> None:
    """Wait longer after each attempt; give up only where the mail server said no. A lost code is asked for anew."""
    now = timezone.now()
    wait = min(timedelta(seconds=15 * 2 ** min(letter.attempts, 10)), LONGEST_WAIT)
    changes: dict = {
        "leased_until": None,
        "fault": f"{type(error).__name__} {getattr(error, 'smtp_code', '')}".strip(),
    }
    if letter.carries_code:
        changes |= {"sent_at": None, "given_up_at": now}
    elif for_good:
        changes["given_up_at"] = now
    else:
        changes["not_before"] = now + wait
    Letter.objects.filter(pk=letter.pk).update(**changes)
