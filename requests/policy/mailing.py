"""A change that matters, mailed to every address in the customer record (policy §15: "and/or send a notice").

One letter for each address and version, whoever runs this how often: the key of a letter holds a salted digest of the
address. Salt, addresses and texts lie under one data key of the version, which ends ten days after the notice does;
after that nobody can tell any more who got one. Letters leave evenly spread, so that a code somebody waits for never
stands behind thousands of them.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from primevox_privacy.ledger.models import record
from primevox_privacy.outbox import letters as outbox
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from primevox_privacy.turns import wait_for_turn
from requests import retention, undelivered, words
from requests.policy.models import PolicyVersion
from verification.customers import directory, matching
from verification.customers.directory import ContactKind

BATCH = 500  # addresses in one transaction
SALT_BYTES = 16


@dataclass
class Counted:
    """What a run has done so far."""

    owed: int = 0
    owed_before: int = 0
    without_mail: int = 0  # customers
    seen: set[bytes] = field(default_factory=set, repr=False)  # digests of addresses, some 100 bytes each


def owe(
    version: PolicyVersion, *, per_minute: int, language: str, dry_run: bool, told: Callable[[Counted], None]
) -> Counted:
    """Owe a letter to each address on file. `told` hears after each batch. Raises Unreachable and NotListed."""
    counted = Counted()
    version = _prepared(version, dry_run=dry_run)
    addresses = _addresses(counted)
    while batch := list(islice(addresses, BATCH)):
        with transaction.atomic():
            wait_for_turn(version.pk)
            new = _not_owed_yet(version, batch, counted)
            if not dry_run:
                _owe(version, new, timedelta(minutes=1) / per_minute, language)
        told(counted)
    if counted.owed and not dry_run:
        record(version.pk, "policy_notice_owed", by="system", owed=counted.owed, owed_before=counted.owed_before)
    return counted


@transaction.atomic
def _prepared(version: PolicyVersion, *, dry_run: bool) -> PolicyVersion:
    """The version with key and salt of its mailing; in a dry run they are not saved."""
    wait_for_turn(version.pk)
    version = PolicyVersion.objects.select_related("mailing_key").get(pk=version.pk)
    if version.mailing_key is None:
        version.mailing_key = DataKey.make(version.pk, Life.CONTACT, ends_at=_kept_until(version))
        version.salt = secrets.token_hex(SALT_BYTES)
        if not dry_run:
            version.mailing_key.save(force_insert=True)
            version.save(update_fields=["mailing_key", "salt"])
    return version


def _kept_until(version: PolicyVersion) -> datetime:
    after = retention.policy_letter_until(version.effective_on) + timedelta(days=1)
    return timezone.make_aware(datetime.combine(after, time.min))


def _addresses(counted: Counted) -> Iterator[str]:
    for customer in directory.everyone():
        found = [one.address for one in customer.contacts if one.kind is ContactKind.EMAIL]
        counted.without_mail += not found
        yield from found


def _not_owed_yet(version: PolicyVersion, addresses: Iterable[str], counted: Counted) -> dict[str, str]:
    """Addresses that have no letter of this version yet, by the key of the letter."""
    digests = {_digest(version, address): address for address in addresses}
    wanted = {_key(version, one): address for one, address in digests.items() if one not in counted.seen}
    counted.seen |= set(digests)
    there = set(Letter.objects.filter(key__in=wanted).values_list("key", flat=True))
    counted.owed_before += len(there)
    counted.owed += len(wanted) - len(there)
    return {key: address for key, address in wanted.items() if key not in there}


def _digest(version: PolicyVersion, address: str) -> bytes:
    """Salted, so that it tells nothing once the salt is gone. However it is written, an address is one address."""
    return hmac.digest(version.salt.encode(), matching.email(address).encode(), hashlib.sha256)[:16]


def _key(version: PolicyVersion, digest: bytes) -> str:
    return f"policy:{version.effective_on}:{digest.hex()}"


def _owe(version: PolicyVersion, new: dict[str, str], pace: timedelta, language: str) -> None:
    """One after the other, behind those that wait already."""
    assert version.mailing_key is not None
    last = Letter.objects.filter(about=version.pk, sent_at=None).aggregate(last=Max("not_before"))["last"]
    first = max(timezone.now(), last + pace) if last else timezone.now()
    said = _said(version, language)
    outbox.owe_all(
        [
            outbox.letter(
                undelivered.POLICY_NOTICE,
                key=key,
                about=version.pk,
                address=address,
                address_key=version.mailing_key,
                language=language,
                not_before=first + number * pace,
                **said,
            )
            for number, (key, address) in enumerate(new.items())
        ]
    )


def _said(version: PolicyVersion, language: str) -> dict[str, Any]:
    """What the letter says: the day, where to read of it, and in each other language how, for nobody told us theirs."""
    others = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            # Translators: stands in a mail in another language. Name your own language, as at the top of each page.
            others += [_("Would you like to read this in English? Choose “English” on that page.")] * (code != language)
    with override(language):
        page = settings.PUBLIC_URL + reverse("requests:policy_version", args=[version.effective_on])
        day, is_coming = words.day(version.effective_on), version.effective_on > timezone.localdate()
    return {"changes_on": day, "is_coming": is_coming, "page": page, "elsewhere": others}
