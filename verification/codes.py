"""One-time codes: six digits, ten minutes, one live at a time, five tries, used once.

The digest is keyed with a pepper outside the database and bound to subject, purpose and row, so a stolen table
says nothing. Tries of one subject take turns, and each is counted by one atomic statement before the comparison:
parallel guesses gain nothing. Whoever has the right code forgives no wrong try before it.
"""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from primevox_privacy.limits.models import hit, lately
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from primevox_privacy.turns import wait_for_turn
from verification.models import Code, CodePurpose

LIFETIME = timedelta(minutes=10)
TRIES_A_CODE = 5
SENDS_AN_HOUR, SENDS_A_DAY = 3, 5
FAILURES_A_DAY, FAILURES_FOR_LIFE = 10, 30  # then by post, by telephone, or through staff
FAILED, EVERYWHERE, MINUTE = "failed codes", "the whole portal", timedelta(minutes=1)  # a count for health


class Outcome(Enum):
    """What came of typing a code."""

    MATCHED = "matched"
    WRONG = "wrong"
    USED_OR_REPLACED = "used or replaced"
    OUT_OF_DATE = "out of date"
    TOO_MANY = "too many tries"


class TooManyCodes(Exception):
    """As many codes as are allowed were sent. Wait, or use another way."""


def _digest(code: Code, digits: str) -> str:
    message = f"{code.pk}|{code.subject}|{code.purpose}|{digits}".encode()
    return hmac.new(settings.CODE_PEPPER, message, hashlib.sha256).hexdigest()


def _failures_reached(subject: uuid.UUID) -> bool:
    made = Code.objects.filter(subject=subject)
    today = made.filter(made_at__gt=timezone.now() - timedelta(days=1))
    return _failures(today) >= FAILURES_A_DAY or _failures(made) >= FAILURES_FOR_LIFE


def _failures(of: QuerySet[Code]) -> int:
    """Every try but the one that matched."""
    counted = of.aggregate(tries=Sum("tries", default=0), matched=Count("pk", filter=Q(used_at__isnull=False)))
    return counted["tries"] - counted["matched"]


def failed() -> None:
    """Somebody typed a code that did not fit, here or on another door with codes."""
    hit(FAILED, EVERYWHERE, MINUTE)


def failed_lately() -> int:
    """How many did within the life of a code, over the whole portal, for whatever reference."""
    return lately(FAILED, EVERYWHERE, MINUTE, LIFETIME)


@transaction.atomic
def issue(subject: uuid.UUID, purpose: CodePurpose, *, to_contact_on_file: bool) -> tuple[Code, str]:
    """A new code for `subject`, replacing any live one of this purpose. Raises TooManyCodes, and ValueError for the
    code of a check that would go to an address somebody typed: that shows nothing, and no such code is ever made.

    The digits are returned once, to be sealed into a letter, and stored nowhere else.
    """
    if purpose == CodePurpose.CHECK and not to_contact_on_file:
        raise ValueError("the code of a check goes to a contact on file")
    wait_for_turn(subject)
    now = timezone.now()
    before = Code.objects.filter(subject=subject, purpose=purpose)
    sent = list(before.filter(made_at__gt=now - timedelta(days=1)).values_list("made_at", flat=True))
    in_last_hour = sum(made_at > now - timedelta(hours=1) for made_at in sent)
    if in_last_hour >= SENDS_AN_HOUR or len(sent) >= SENDS_A_DAY or _failures_reached(subject):
        raise TooManyCodes
    _replace(before, now)
    code = Code(subject=subject, purpose=purpose, to_contact_on_file=to_contact_on_file, expires_at=now + LIFETIME)
    code.code_key = DataKey.make(code.pk, Life.SIGN_IN_CODE, ends_at=code.expires_at)
    digits = f"{secrets.randbelow(10**6):06d}"
    code.digest = _digest(code, digits)
    code.code_key.save(force_insert=True)
    code.save(force_insert=True)
    return code, digits


def _replace(codes: QuerySet[Code], now: datetime) -> None:
    live = codes.filter(used_at=None, replaced_at=None)
    DataKey.objects.filter(owner__in=live.values("pk")).update(ends_at=now)  # a letter still waiting stays
    live.update(replaced_at=now, digest="")


def revoke(subject: uuid.UUID) -> None:
    """What was sent to the address that somebody typed works no more: another one has taken its place."""
    _replace(Code.objects.filter(subject=subject, to_contact_on_file=False), timezone.now())


@transaction.atomic
def attempt(subject: uuid.UUID, purpose: CodePurpose, typed: str) -> tuple[Outcome, Code | None]:
    """Try a code; spaces and dashes do not count. The matching code comes back once, and never again.

    The same statements run whether there is a code or not, so that the time tells nobody which.
    """
    wait_for_turn(subject)
    outcome, code = _try(subject, purpose, typed)
    if outcome is Outcome.MATCHED and code and not _use(code):
        outcome = Outcome.USED_OR_REPLACED
    if outcome is Outcome.MATCHED:
        return outcome, code
    failed()
    return outcome, None


@transaction.atomic
def attempt_together(subject: uuid.UUID, typed: Mapping[CodePurpose, str]) -> dict[CodePurpose, Outcome]:
    """Try codes that count only together: all are used up, or none. One that fits beside one that does not costs no
    try, since whoever types it has it."""
    wait_for_turn(subject)
    tried = {purpose: _try(subject, purpose, digits) for purpose, digits in typed.items()}
    fitting = [code for outcome, code in tried.values() if outcome is Outcome.MATCHED and code]
    if len(fitting) == len(tried):
        for code in fitting:
            _use(code)
    else:
        Code.objects.filter(pk__in=[code.pk for code in fitting]).update(tries=F("tries") - 1)
        failed()
    return {purpose: outcome for purpose, (outcome, _code) in tried.items()}


def _use(code: Code) -> bool:
    """Whether it was still there to be used."""
    live = Code.objects.filter(pk=code.pk, used_at=None, replaced_at=None)
    return bool(live.update(used_at=timezone.now(), digest=""))


def _try(subject: uuid.UUID, purpose: CodePurpose, typed: str) -> tuple[Outcome, Code | None]:
    """Count one try and compare. A code that fits is not used up yet."""
    now = timezone.now()
    latest = Code.objects.filter(subject=subject, purpose=purpose).order_by("-made_at").first()
    compared = latest or Code(subject=subject, purpose=purpose)
    live = Code.objects.filter(pk=compared.pk, used_at=None, replaced_at=None, expires_at__gt=now)
    tries = 0 if _failures_reached(subject) else TRIES_A_CODE
    counted = live.filter(tries__lt=tries).update(tries=F("tries") + 1)
    digits = "".join(character for character in typed if character.isdecimal())
    matched = hmac.compare_digest(_digest(compared, digits), compared.digest)
    if latest is None:
        return Outcome.WRONG, None
    if latest.used_at or latest.replaced_at:
        return Outcome.USED_OR_REPLACED, None
    if latest.expires_at <= now:
        return Outcome.OUT_OF_DATE, None
    if not counted:
        return Outcome.TOO_MANY, None
    if not matched:
        return Outcome.WRONG, None
    return Outcome.MATCHED, latest
