"""Destroying what was given to show who somebody is (policy §8), and certifying it.

This cannot be undone. The order makes it safe to be killed at any line and run again:

1. a certificate row is begun with the counts of what is about to go, papers included, which go earlier: originals
   when they are drawn anew, clean pages with the decision. A second run finds it and keeps the counts;
2. each key of the check (papers and their clean pages first, then proof) is destroyed, with files, rows and indexes
   under it (`sealed/forgetting.py`);
3. the certificate is finished and signed, and the event recorded, in one transaction.

From step 2 on nothing can be read. Backups and archived logs still hold the wrapped key until the operator lets
them expire; `beyond_recovery_on` is the day by which that has happened, and rests on BACKUP_DAYS being kept.
"""

import hashlib
import logging
import uuid
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from primevox_privacy import signed
from primevox_privacy.ledger.models import record
from primevox_privacy.sealed import forgetting
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from verification import clean_pages
from verification.models import Certificate, Check, Evidence, Paper

logger = logging.getLogger(__name__)
RULE = "Primevox privacy policy, section 8: deleted as soon as practical after processing the request"


def destroy_owed(now: datetime | None = None) -> int:
    """Destroy and certify every check that is due; how many. Papers of decided checks go before the rest."""
    now = now or timezone.now()
    for paper in clean_pages.with_ended_keys(now):
        clean_pages.destroy_ended(paper, now)
    return sum(_tried(check, now) for check in Check.objects.to_destroy(now))


def _tried(check: Check, now: datetime) -> bool:
    """Destroy one check; a fault of its own does not hold up the others, and the next sweep tries again."""
    try:
        return destroy(check, now=now) is not None
    except OSError as fault:
        logger.error("check %s could not be destroyed yet: %s", check.pk, type(fault).__name__)
        return False


def destroy(check: Check, *, now: datetime | None = None) -> Certificate | None:
    """Destroy the proof of `check` and certify it; None while a part of it is held, or is needed again. May be
    repeated; see the top of this file."""
    due = DataKey.objects.filter(pk=check.proof_key_id, ends_at__lte=now or timezone.now())
    if not due.exists():
        return None
    certificate, keys = _begin(check.pk)
    for paper in Paper.objects.filter(check_made=check):
        clean_pages.forget_leftovers(paper)
    if not all(key.emptied_at is not None or forgetting.destroy(key) for key in keys):
        return None
    if certificate.finished_at is None:
        _finish(certificate, keys)
    return certificate


def _begin(check_id: uuid.UUID) -> tuple[Certificate, list[DataKey]]:
    """The certificate with the counts of what there was before anything went, and the keys to destroy."""
    proof = DataKey.objects.filter(owner=check_id, life=Life.PROOF)
    keys = [*clean_pages.keys_of([check_id]).order_by("made_at", "pk"), *proof]
    counts = {"keys": len(keys), **_counts(check_id, proof)}
    certificate, _ = Certificate.objects.get_or_create(check_made_id=check_id, defaults={"classes": counts})
    return certificate, keys


def _counts(check_id: uuid.UUID, proof: Iterable[DataKey]) -> Counter[str]:
    """How many of what was given. Papers say themselves how many they were and had pages: most are gone by now."""
    total: Counter[str] = Counter()
    for key in proof:
        total += forgetting.count(key)
    papers = Paper.objects.filter(check_made=check_id)
    total["clean pages"] = papers.aggregate(drawn=Sum("pages_drawn"))["drawn"] or 0
    total["facts and statements"] -= Evidence.objects.filter(paper__in=papers).count()
    return +total


@transaction.atomic
def _finish(certificate: Certificate, keys: list[DataKey]) -> None:
    gone_at = max(key.destroyed_at for key in keys if key.destroyed_at)
    certificate.beyond_recovery_on = timezone.localdate(gone_at) + timedelta(days=settings.BACKUP_DAYS)
    statement = {
        "kind": "certificate of destruction",
        "certificate": str(certificate.pk),
        "check": str(certificate.check_made_id),
        "classes": certificate.classes,
        "gone_from_use_at": gone_at.isoformat(timespec="seconds"),
        "beyond_recovery_on": certificate.beyond_recovery_on.isoformat(),
        "rule": RULE,
        "keys_destroyed": [hashlib.sha256(str(key.pk).encode()).hexdigest() for key in keys],
    }
    certificate.signed_text = signed.sign(statement)
    certificate.finished_at = timezone.now()
    finished = Certificate.objects.filter(pk=certificate.pk, finished_at=None).update(
        signed_text=certificate.signed_text,
        finished_at=certificate.finished_at,
        beyond_recovery_on=certificate.beyond_recovery_on,
    )
    if finished:
        record(certificate.check_made_id, "proof_destroyed", by="system", certificate=str(certificate.pk))
