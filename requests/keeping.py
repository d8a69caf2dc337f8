"""When each life of a submission ends, worked out from all that is known now and written to its keys.

Whoever changes one of the facts (a closing, an appeal, a delivered file, a hold, a freeze) calls `settle` in the
same transaction. The rules themselves stand in `retention.py`; destroying is done elsewhere, when the time has come.
"""

import uuid
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from requests import regimes, retention
from requests.inventory.models import Finding
from requests.models import Appeal, Hold, Package, RightsRequest, Submission
from requests.terms import Ending
from verification import clean_pages
from verification.models import Check

APPEALABLE = frozenset(
    {Ending.REFUSED, Ending.PARTLY, Ending.NOTHING_HELD, Ending.IDENTITY_NOT_SHOWN, Ending.NO_ANSWER}
)


def settle(submission_id: uuid.UUID) -> None:
    """Write down when every life ends; nobody else can change the same submissions' ends until commit."""
    pages = _pages_leading_to(submission_id)
    locked = Submission.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=pages).order_by("pk")
    submission = next(one for one in locked if one.pk == submission_id)
    requests = list(submission.rights_requests.all())
    appeals = list(Appeal.objects.filter(rights_request__in=requests))
    packages = list(Package.objects.filter(rights_request__in=requests).select_related("rights_request"))
    in_appeal = {appeal.rights_request_id for appeal in appeals if appeal.decided_at is None}
    is_over = not in_appeal and not any(one.is_open for one in requests)
    closed_at = max((_last_done(one, appeals) for one in requests if one.closed_at), default=None)
    Submission.objects.filter(pk=submission.pk).update(closed_at=closed_at if is_over else None)

    if any(one.synthetic for one in requests):
        _nobodys_ends(submission, requests, closed_at if is_over else None)
        return
    for one in requests:
        done = not one.is_open and one.pk not in in_appeal
        _ends(one.pk, Life.RECORD, retention.record_ends_at(_last_done(one, appeals)) if done else None)
        found = Finding.objects.filter(task__checklist__rights_request=one).values("package_key")
        DataKey.objects.alive().filter(pk__in=found).update(ends_at=one.closed_at)  # as files never delivered
    for package in packages:
        _ends(package.pk, Life.PACKAGE, _package_ends(package))
    if submission.check_made_id:
        _ends(submission.check_made_id, Life.PROOF, _proof_ends(submission, requests, appeals))
    _hold(submission, requests)
    for page in pages:
        ends_at = _page_ends(page)
        _ends(page, Life.CONTACT, ends_at)
        _ends(page, Life.CONTENT, ends_at)


def _nobodys_ends(submission: Submission, requests: list[RightsRequest], ends_at: datetime | None) -> None:
    """A test request holds nobody's data, so no life of it outlasts its closing."""
    owners = [
        submission.pk,
        *(one.pk for one in requests),
        *Check.objects.filter(subject=submission.pk).values_list("pk", flat=True),
    ]
    DataKey.objects.alive().filter(owner__in=owners).update(ends_at=ends_at)
    _hold(submission, requests)


def _page_ends(submission_id: uuid.UUID) -> datetime | None:
    """When contact and content of a submission go. The page of a joined request leads to the answer of the other: it
    stays as long as that one's does."""
    others = _reached(submission_id, lambda pks: {"rights_requests__merged__submission__in": pks})
    alive = DataKey.objects.alive().filter(life=Life.CONTACT, owner__in=others)
    ends = [_answered_until(pk) for pk in {submission_id, *alive.values_list("owner", flat=True)}]
    return None if None in ends else max(each for each in ends if each)


def _answered_until(submission_id: uuid.UUID) -> datetime | None:
    """When contact and content of a submission would go if it led nowhere else; None while anything goes on."""
    requests = list(RightsRequest.objects.filter(submission=submission_id))
    appeals = list(Appeal.objects.filter(rights_request__in=requests))
    if any(one.is_open for one in requests) or any(appeal.decided_at is None for appeal in appeals):
        return None
    packages = Package.objects.filter(rights_request__in=requests).exclude(noticed_at=None)
    later = [appeal_until(one) for one in requests if one.ending in APPEALABLE]
    later += [ends for package in packages.select_related("rights_request") if (ends := _package_ends(package))]
    return retention.contact_ends_at(max(_last_done(one, appeals) for one in requests), later)


def _pages_leading_to(submission_id: uuid.UUID) -> set[uuid.UUID]:
    """This submission, and all whose requests were joined to it, however many times."""
    return _reached(submission_id, lambda pks: {"rights_requests__merged_into__submission__in": pks})


def _reached(submission_id: uuid.UUID, step: Callable[[set[uuid.UUID]], dict[str, Any]]) -> set[uuid.UUID]:
    """All that can be reached step by step, itself included. Two can lead to each other, each for another right."""
    newest = found = {submission_id}
    while newest:
        newest = set(Submission.objects.filter(**step(newest)).values_list("pk", flat=True)) - found
        found = found | newest
    return found


def appeal_until(rights_request: RightsRequest) -> datetime:
    """Until when an appeal can be filed: days from the closing, by the law of the residence or our policy."""
    assert rights_request.closed_at
    days = regimes.by_id(rights_request.regime).appeal.file_within
    return rights_request.closed_at + timedelta(days=days)


def _last_done(one: RightsRequest, appeals: list[Appeal]) -> datetime:
    decided = [appeal.decided_at for appeal in appeals if appeal.rights_request_id == one.pk and appeal.decided_at]
    return max([*decided, one.closed_at or timezone.now()])


def _package_ends(package: Package) -> datetime | None:
    """Files that were never delivered go with the closing of their request."""
    if package.noticed_at:
        return retention.package_ends_at(package.noticed_at, kept_longer=package.kept_longer_at is not None)
    return package.rights_request.closed_at


def _proof_ends(submission: Submission, requests: list[RightsRequest], appeals: list[Appeal]) -> datetime | None:
    """With the last request; an appeal keeps only the check that it began itself."""
    if any(one.is_open for one in requests):
        return None
    looking_again = [appeal for appeal in appeals if appeal.first_ending == Ending.IDENTITY_NOT_SHOWN]
    if any(appeal.decided_at is None for appeal in looking_again):
        return None
    ends = retention.proof_ends_at([(Ending(one.ending), one.closed_at) for one in requests if one.closed_at])
    return max([ends, *(appeal.decided_at for appeal in looking_again if appeal.decided_at)])


def _ends(owner: uuid.UUID, life: Life, ends_at: datetime | None) -> None:
    DataKey.objects.alive().filter(owner=owner, life=life).update(ends_at=ends_at)


def _hold(submission: Submission, requests: list[RightsRequest]) -> None:
    """A hold on one request, or a freeze, keeps everything of its submission: what they share cannot be told apart."""
    standing = Hold.objects.standing().filter(rights_request__in=requests).exists()
    held = standing or any(one.frozen_at for one in requests)
    keys_of(submission, requests).filter(destroyed_at=None).exclude(held=held).update(held=held)


def keys_of(submission: Submission, requests: Collection[RightsRequest]) -> QuerySet[DataKey]:
    """The keys, also destroyed ones, under which lies what these requests have alone and what their submission
    shares. Looked up by lists of ids, since a sub-select beside an OR reads the whole table."""
    checks = list(Check.objects.filter(subject=submission.pk).values_list("pk", flat=True))
    packages = Package.objects.filter(rights_request__in=requests).values_list("pk", flat=True)
    found = Finding.objects.filter(task__checklist__rights_request__in=requests).values_list("package_key", flat=True)
    owners = [submission.pk, *(one.pk for one in requests), *packages, *checks]
    elsewhere = [*clean_pages.keys_of(checks).values_list("pk", flat=True), *found]
    return DataKey.objects.filter(Q(owner__in=owners) | Q(pk__in=elsewhere))
