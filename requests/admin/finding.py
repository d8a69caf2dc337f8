"""Exact search: a whole reference, name, address or number. What somebody typed never stands in an address: the search
is sent, and leads to what it found by a reference or by a keyed digest."""

import re
from typing import cast

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests import access, found_by, references
from requests.admin.saved_views import queue
from requests.models import ContactChange, Representation, RightsRequest, Submission

BY = {found_by.NAME: found_by.name, found_by.EMAIL: found_by.email, found_by.PHONE: found_by.phone}
BEFORE = (found_by.EMAIL, found_by.PHONE)  # also those of before a change of contact
DIGEST = re.compile(rf"(?P<by>{'|'.join(BY)})\.(?P<digest>[0-9a-f]{{64}})")
MOST = 500  # submissions of one person: more than anybody reads


@access.staff
@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """To the one case that was found, or to the queue with those that were."""
    typed = request.POST.get("q", "").strip()
    if not typed:
        return redirect(queue())
    term = as_term(typed)
    found = list(matching(RightsRequest.objects.of_people().order_by(), term).values_list("pk", flat=True)[:2])
    if len(found) == 1:
        return redirect("admin:requests_rightsrequest_change", found[0])
    return redirect(f"{queue()}?{urlencode({'q': term})}")


def as_term(typed: str) -> str:
    """What stands in the address instead of what was typed."""
    if reference := references.normalised(typed):
        return reference
    by = found_by.EMAIL if "@" in typed else found_by.PHONE if found_by.may_be_phone(typed) else found_by.NAME
    return f"{by}.{BY[by](typed)}"


def matching(requests: QuerySet[RightsRequest], term: str) -> QuerySet[RightsRequest]:
    """Those of `requests` that a term finds, open and closed alike; none for what is no term."""
    if reference := references.normalised(term):
        return cast("QuerySet[RightsRequest]", requests.named(reference))  # type: ignore[attr-defined]
    if not (given := DIGEST.fullmatch(term)):
        return requests.none()
    by, digest = given["by"], given["digest"]
    found = set(Submission.objects.filter(**{f"{by}_index": digest}).values_list("pk", flat=True)[:MOST])
    if by == found_by.EMAIL:
        acted_for = Representation.objects.filter(subject_email_index=digest)
        found |= set(acted_for.values_list("submission", flat=True)[:MOST])
    if by in BEFORE:
        changed = ContactChange.objects.filter(**{f"found_by_{by}": digest})
        found |= set(changed.values_list("submission", flat=True)[:MOST])
    return requests.filter(Q(submission__in=found))


def said(term: str) -> str:
    """What the page says it searched for: never the digest."""
    if reference := references.normalised(term):
        return _("Looked for by reference %(reference)s") % {"reference": references.spoken(reference)}
    words = {
        found_by.NAME: _("Looked for by name"),
        found_by.EMAIL: _("Looked for by e-mail address"),
        found_by.PHONE: _("Looked for by telephone number"),
    }
    given = DIGEST.fullmatch(term)
    return words[given["by"]] if given else _("Use the search box, so that no name stands in an address.")
