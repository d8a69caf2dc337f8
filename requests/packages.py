"""Files in an answer: collected by staff, fixed while the answer is in review, open to the requester for 14 days
after the notice, once 14 days longer when they ask (policy §6). Every download is recorded and shown.
"""

import hashlib
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import Event, record
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey, SealedFile
from primevox_privacy.sealed.uploads import SealedUpload
from primevox_privacy.staff.models import User
from requests import joining, keeping, retention
from requests.models import Package, PackageFile, RightsRequest
from requests.terms import Status
from requests.turns import in_turn
from requests.workflow import REQUESTER, NotAllowed, actor, need

MOST_FILES = 20
COLLECTING = (Status.IN_PROGRESS, Status.WAITING)


def in_the_making(rights_request: RightsRequest) -> Package | None:
    """The files collected so far for the answer to come."""
    collected = rights_request.packages.filter(noticed_at=None, package_key__destroyed_at=None)
    return collected.prefetch_related("files__package_key", "files__added_by").first()


def delivered(rights_request: RightsRequest) -> list[Package]:
    """What was delivered with each answer, the last first, whether its files are still there or not."""
    sent = joining.answered_with(rights_request).packages.exclude(noticed_at=None).select_related("package_key")
    return list(sent.prefetch_related("files__package_key", "files__added_by").order_by("-noticed_at"))


def is_open(package: Package) -> bool:
    """Whether its files can still be opened."""
    key = package.package_key
    return key.destroyed_at is None and (key.ends_at is None or key.ends_at > timezone.now())


def longer_until(package: Package) -> datetime | None:
    """Until when its files can be kept longer; None when they cannot."""
    if package.noticed_at is None or package.kept_longer_at or not is_open(package):
        return None
    return retention.package_ends_at(package.noticed_at, kept_longer=True)


# --- Staff collect -------------------------------------------------------------------------------------------
@in_turn
def add(rights_request: RightsRequest, uploads: Iterable[SealedUpload | SealedFile], *, by: User) -> None:
    """Put files to the answer. Raises NotAllowed when it is in review or closed, or when there are too many."""
    need(by, "add_file")
    _need_collecting(rights_request)
    package = in_the_making(rights_request) or _new_package(rights_request)
    pieces = list(uploads)
    if package.files.count() + len(pieces) > MOST_FILES:
        raise NotAllowed(_("An answer carries at most %(most)d files.") % {"most": MOST_FILES})
    for upload in pieces:
        _keep(package, upload, by)
    record(rights_request.pk, "files_added", by=actor(by), number=len(pieces))
    keeping.settle(rights_request.submission_id)


def _need_collecting(rights_request: RightsRequest) -> None:
    """Who releases an answer has to see its files as they will leave."""
    collecting = RightsRequest.objects.filter(pk=rights_request.pk, status__in=COLLECTING)
    if not collecting.exists():
        raise NotAllowed(_("Files can be changed while the request is in work, and not while an answer is in review."))


def _new_package(rights_request: RightsRequest) -> Package:
    """One whose files went with an earlier closing makes place for it."""
    rights_request.packages.filter(noticed_at=None).delete()
    package = Package(rights_request=rights_request)
    package.package_key = DataKey.make(package.pk, Life.PACKAGE)
    package.package_key.save(force_insert=True)
    package.save(force_insert=True)
    return package


def _keep(package: Package, upload: SealedUpload | SealedFile, by: User) -> None:
    digest = hashlib.sha256()

    def passed() -> Iterator[bytes]:
        for piece in upload.chunks():
            digest.update(piece)
            yield piece

    stored = SealedFile.store(package.package_key, upload.name or "", passed())
    PackageFile.objects.create(
        package=package,
        package_key=package.package_key,
        name=upload.name or "",
        file=stored,
        size=stored.size,
        sha256=digest.hexdigest(),
        added_by=by,
    )


@in_turn
def remove(rights_request: RightsRequest, file_id: uuid.UUID, *, by: User) -> None:
    """Take a file out again, before the answer is in review. Raises NotAllowed."""
    need(by, "remove_file")
    _need_collecting(rights_request)
    found = PackageFile.objects.filter(
        pk=file_id, package__rights_request=rights_request, package__noticed_at=None
    ).first()
    if found is None:
        raise NotAllowed(_("This file is not there any more."))
    stored = found.file
    found.delete()
    if stored:
        path = stored.path
        transaction.on_commit(lambda: path.unlink(missing_ok=True))
        stored.delete()
    _drop_if_empty(found.package)
    record(rights_request.pk, "file_removed", by=actor(by))


def _drop_if_empty(package: Package) -> None:
    """Nothing to deliver, so no package; its key goes with the next sweep."""
    if not package.files.exists():
        package.delete()
        DataKey.objects.filter(pk=package.package_key_id).update(ends_at=timezone.now())


def look(file_id: uuid.UUID, *, by: User) -> PackageFile | None:
    """A file for staff, collected or delivered: who releases an answer sees exactly what leaves. Recorded. None when
    there is no such file."""
    need(by, "look_at_file")
    found = _files().filter(pk=file_id).first()
    if found:
        record(found.package.rights_request_id, "answer_file_looked_at", by=actor(by), file=str(found.pk))
    return found


def unopened(rights_request: RightsRequest) -> int:
    """How many of the files that go with the answer to come nobody opened but who added them."""
    collected = _files().filter(package__rights_request=rights_request, package__noticed_at=None)
    looks = Event.objects.filter(about=rights_request.pk, kind="answer_file_looked_at")
    seen = {(look.detail["file"], look.actor) for look in looks}
    return sum(
        not any(file == str(one.pk) and who != one.added_by.as_actor for file, who in seen)
        for one in collected.select_related("added_by")
    )


def _files() -> QuerySet[PackageFile]:
    there = PackageFile.objects.filter(file__isnull=False, package_key__destroyed_at=None)
    return there.select_related("package__rights_request", "package_key", "file__key")


# --- The requester downloads ---------------------------------------------------------------------------------
@transaction.atomic
def download(rights_request: RightsRequest, file_id: uuid.UUID) -> PackageFile | None:
    """The file, for the requester who has just shown that it is theirs; recorded. None when it is not there, not
    theirs or gone."""
    found = _files().filter(pk=file_id, package__in=_open_to(rights_request)).first()
    if found:
        record(rights_request.pk, "file_downloaded", by=REQUESTER, file=str(found.pk))
    return found


def _open_to(rights_request: RightsRequest) -> list[Package]:
    if joining.is_shut(rights_request):
        return []
    return [package for package in delivered(rights_request) if is_open(package)]


def downloads(rights_request: RightsRequest) -> dict[str, list[Event]]:
    """Every download, by file; also those by way of a request that was joined to this one."""
    together = joining.answered_together(rights_request)
    found: dict[str, list[Event]] = {}
    for event in Event.objects.filter(about__in=together, kind="file_downloaded").order_by("at"):
        found.setdefault(event.detail.get("file", ""), []).append(event)
    return found


@in_turn
def keep_longer(rights_request: RightsRequest, package_id: uuid.UUID) -> None:
    """The requester wants 14 days more; once, while the files are there. Raises NotAllowed."""
    package = next((one for one in _open_to(rights_request) if one.pk == package_id), None)
    if package is None:
        raise NotAllowed(_("These files are no longer there. You can ask for them again with a new request."))
    unextended = Package.objects.filter(pk=package.pk, kept_longer_at=None)
    if not unextended.update(kept_longer_at=timezone.now()):
        raise NotAllowed(_("You asked for more time already. It can be given once."))
    record(rights_request.pk, "files_kept_longer", by=REQUESTER)
    keeping.settle(package.rights_request.submission_id)
