"""The continuation code: a way back for people without mail. 80 random bits in four groups that can be printed or
read out over the telephone; only a keyed digest is kept, and it is replaced only when asked for.

Like a code to a typed address it shows that somebody is who filed the request, and nothing about who that is.
"""

import hashlib
import hmac
import secrets

from django.conf import settings
from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import record
from primevox_privacy.outbox.models import Letter
from primevox_privacy.staff.models import User
from requests.models import RightsRequest, Submission
from requests.references import ALPHABET, plain
from requests.turns import in_turn
from requests.workflow import By, NotAllowed, actor, need

LENGTH, GROUP = 16, 4  # 16 Crockford characters are 80 bits


def new_code() -> str:
    """A code in groups: 4Q7H-Z2KD-9MXC-0TRP."""
    return in_groups("".join(secrets.choice(ALPHABET) for _character in range(LENGTH)))


def in_groups(code: str) -> str:
    """As it is printed and read out."""
    found = normalised(code) or ""
    return "-".join(found[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def normalised(typed: str) -> str | None:
    """The 16 characters of what was typed, mistaken letters put right; None if it cannot be a code."""
    found = plain(typed)
    return found if len(found) == LENGTH and set(found) <= set(ALPHABET) else None


def digest_of(submission_id: object, code: str) -> str:
    """What is kept of a code: keyed with the pepper outside the database, and bound to its submission."""
    message = f"continuation|{submission_id}|{normalised(code)}".encode()
    return hmac.new(settings.CODE_PEPPER, message, hashlib.sha256).hexdigest()


@in_turn
def replace(submission: Submission, *, by: By) -> str:
    """A new code in place of the one before, returned once. Staff give one to somebody whom they have called back.
    None is given out while the submission is frozen, nor once contact and content are gone. Raises NotAllowed."""
    need(by, "new_continuation_code")
    return _make(submission, by=by)


@in_turn
def first(submission: Submission, *, by: User) -> str:
    """The first code of somebody without mail whose request a member of staff has just taken down. Where there is one
    already, a new one is for `replace`. Raises NotAllowed."""
    need(by, "log_request")
    if Submission.objects.exclude(continuation_digest="").filter(pk=submission.pk).exists():
        raise NotAllowed(_("A code was given out already. Only a verifier can replace it."))
    return _make(submission, by=by)


@in_turn
def on_letter(submission: Submission, letter: Letter, *, by: User) -> str:
    """A code for a letter on paper while it is printed: the first of all, or another in place of the one that an
    earlier print of this letter bears, which nobody has posted. Raises NotAllowed."""
    need(by, "print_letter")
    if submission.continuation_digest and not Letter.objects.to_post().filter(pk=letter.pk, prints_code=True).exists():
        raise NotAllowed(_("A code was given out already. Only a verifier can replace it."))
    return _make(submission, by=by)


def _make(submission: Submission, *, by: By) -> str:
    if submission.contact_key.destroyed_at:
        raise NotAllowed(_("There is nothing left here to come back to."))
    if submission.rights_requests.exclude(frozen_at=None).exists():
        raise NotAllowed(_("Everything is paused here until it is cleared up. Nothing leaves until then."))
    code = new_code()
    submission.continuation_digest = digest_of(submission.pk, code)
    submission.save(update_fields=["continuation_digest"])
    record(submission.pk, "continuation_code_made", by=actor(by))
    return code


def opens(reference: str, typed: str) -> Submission | None:
    """The submission that reference and code open together. The same work is done whether it exists or not."""
    named = RightsRequest.objects.named(reference)
    submission_id, kept = named.values_list("submission", "submission__continuation_digest").first() or (reference, "")
    expected = digest_of(submission_id, typed)
    if not (hmac.compare_digest(expected, kept or "0" * 64) and kept):
        return None
    return Submission.objects.select_related("contact_key").get(pk=submission_id)
