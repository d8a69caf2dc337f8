"""What a requester sees of the files in our answers: what there is, until when, and what was downloaded. Reads only."""

from typing import Any

from django.utils import timezone

from requests import joining, packages, words
from requests.models import Package, RightsRequest


def overview(rights_request: RightsRequest) -> list[dict[str, Any]]:
    """The files of each answer, the last first."""
    downloads = packages.downloads(rights_request)
    return [
        {
            "pk": package.pk,
            "until": words.moment(package.package_key.ends_at) if package.package_key.ends_at else "",
            "is_open": packages.is_open(package),
            "longer_until": words.moment(longer) if (longer := packages.longer_until(package)) else "",
            "gone_on": _day_gone(package),
            "files": [
                {
                    "pk": one.pk,
                    "name": one.name,
                    "size": words.size(one.size),
                    "sha256": one.sha256,
                    "downloaded": [words.moment(event.at) for event in downloads.get(str(one.pk), [])],
                }
                for one in sorted(package.files.all(), key=lambda one: one.added_at)
            ],
        }
        for package in packages.delivered(rights_request)
    ]


def _day_gone(package: Package) -> str:
    gone_at = package.package_key.destroyed_at
    return words.day(timezone.localdate(gone_at)) if gone_at else ""


def open_until(rights_request: RightsRequest) -> str:
    """Until when files of our answers can be opened; empty when there are none."""
    if joining.is_shut(rights_request):
        return ""
    delivered = [one for one in packages.delivered(rights_request) if packages.is_open(one)]
    ends = [one.package_key.ends_at for one in delivered if one.package_key.ends_at]
    return words.moment(max(ends)) if ends else ""
