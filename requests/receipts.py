"""The signed receipt: what a requester can show to anybody, that we had their request and when.

It is signed at the moment of receipt, in the transaction that writes the submission, so that nobody can move that day
later. It holds references, dates and a digest, and nothing of what was asked. The digest is salted: who has the receipt
alone can try no wishes against it. Salt and content stand in the text that only the requester gets, so that they can
show later what they asked.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from primevox_privacy import signed
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.cipher import blind_index
from requests import letters, references, words
from requests.models import RightsRequest, Submission
from requests.terms import Channel

KIND = "receipt"
SALT = "receipt salt"
AT_ONCE = frozenset({Channel.WEB, Channel.DRP, Channel.PHONE, Channel.IN_PERSON})  # they read or hear their reference


def confirmed_at(submission: Submission) -> datetime | None:
    """When receipt was confirmed, as laws want it (11 CCR 7021(a)): at once, in the way it was asked, or when the
    receipt's letter left. None while it has not, and where that came back."""
    if submission.channel in AT_ONCE:
        return submission.received_at
    left = Letter.objects.filter(key=letters.receipt_key(submission), refused_at=None)
    return left.values_list("sent_at", flat=True).first()


def confirmed_on(submission: Submission) -> str:
    """The same in words, so that nobody waits for what is done; empty while it is not."""
    at = confirmed_at(submission)
    return _("Done on %(day)s.") % {"day": words.day(timezone.localdate(at))} if at else ""


def sign(submission: Submission, requests: Iterable[RightsRequest]) -> str:
    """The signed text of a submission that is being taken in."""
    in_order = sorted(requests, key=lambda one: one.reference)
    spoken = [references.spoken(one.reference) for one in in_order]
    statement = {
        "kind": KIND,
        "references": spoken,
        "received_at": submission.received_at.astimezone(UTC).isoformat(timespec="seconds"),
        "received_on": submission.received_on.isoformat(),
        "answer_by": {name: one.leading_on.isoformat() for name, one in zip(spoken, in_order, strict=True)},
        "content_sha256": digest_of(content_of(submission, in_order)),
    }
    return signed.sign(statement)


def content_of(submission: Submission, requests: Iterable[RightsRequest]) -> str:
    """What the digest is made of: each right with what was answered about it, as it was sent, and the salt. One line
    of JSON."""
    asked = {
        references.spoken(one.reference): {
            "right": one.sent_as.value,
            "answers": one.details or {},
            "wish": one.wish or "",
        }
        for one in requests
    }
    return signed.canonical({"asked": asked, "salt": blind_index(SALT, str(submission.pk))}).decode()


def content_that_fits(submission: Submission, requests: Iterable[RightsRequest]) -> str:
    """The same later, for the text that goes with the receipt; empty once it is deleted."""
    if not submission.signed_receipt or submission.content_key.destroyed_at:
        return ""
    content = content_of(submission, requests)
    kept = signed.check(submission.signed_receipt)["content_sha256"]
    return content if digest_of(content) == kept else ""


def digest_of(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()
