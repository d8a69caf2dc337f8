"""Files on the staff desk: those of messages, and those collected for or delivered with an answer. Each opening is
by a button, wants a second factor shown just now, and is recorded."""

import uuid
from typing import Any, cast

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from primevox_privacy.sealed.serving import as_download
from primevox_privacy.staff.models import User
from requests import access, attachments, packages, roles, words
from requests.models import Package, RightsRequest


def answer_files(one: RightsRequest) -> dict[str, Any]:
    """The context of `admin/requests/answer_files.html`: what is collected, and what was delivered, the last first."""
    downloads = packages.downloads(one)
    collected = packages.in_the_making(one)
    found = [collected] if collected else []
    if not one.merged_into_id:
        found += packages.delivered(one)
    return {
        "packages": [
            {
                "state": _state(package),
                "is_there": package.package_key.destroyed_at is None,
                "files": [
                    {
                        "pk": file.pk,
                        "name": file.name or _("name deleted"),
                        "size": words.size(file.size),
                        "digest": file.sha256[:12],
                        "added_by": file.added_by,
                        "downloaded": [words.moment(event.at) for event in downloads.get(str(file.pk), [])],
                    }
                    for file in sorted(package.files.all(), key=lambda file: file.added_at)
                ],
            }
            for package in found
        ]
    }


def _state(package: Package) -> str:
    key = package.package_key
    if package.noticed_at is None:
        return _("Collected. They leave with the answer.")
    if key.destroyed_at:
        return _("Deleted on %(moment)s") % {"moment": words.moment(key.destroyed_at)}
    return _("Open to the requester until %(moment)s") % {"moment": words.moment(key.ends_at) if key.ends_at else ""}


def _who(request: HttpRequest) -> User:
    """A member of staff who may open files; who may not learns nothing of them. Raises Http404."""
    user = cast(User, request.user)
    if not roles.may(user, "look_at_file"):
        raise Http404
    return user


@access.staff
@require_POST
def open_message_file(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """A file of a message."""
    user = _who(request)
    if asked := access.ask_who_does(request, "look_at_file", for_file=True):
        return asked
    with transaction.atomic():
        found = attachments.look(pk, by=user)
        if found is None:
            raise Http404
        return as_download(found.file, found.file.name)


@access.staff
@require_POST
def open_answer_file(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """A file of an answer, as it leaves or left."""
    user = _who(request)
    if asked := access.ask_who_does(request, "look_at_file", for_file=True):
        return asked
    with transaction.atomic():
        found = packages.look(pk, by=user)
        if found is None or found.file is None:
            raise Http404
        return as_download(found.file, found.name)
