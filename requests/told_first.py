"""The person whose data it is hears of it first (policy §8): when identity was shown, the contact of our own record
is told, with a "this was not me" link. What cannot be taken back, a deletion, then waits, so that there is time to
press it; the wait is over before the date that we work to. So does every answer to a contact that took the place of
another: the one before is told, and may be the only one that is really theirs.
"""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from primevox_privacy.outbox.models import Letter
from requests import records
from requests.models import RightsRequest, Submission
from requests.terms import Ending, Right
from verification import checks
from verification.customers import directory, matching
from verification.customers.directory import ContactKind
from verification.customers.matching import Same
from verification.levels import AssuranceLevel
from verification.models import Check, CheckState, ContactOnFile

DELETES = frozenset({Ending.FULFILLED, Ending.PARTLY})


def letter_key(check: Check, contact: ContactOnFile, other: str = "") -> str:
    """One letter to a contact for each time that identity was shown; `other` tells one that is only warned."""
    return ":".join(filter(None, ["shown", str(check.pk), str(check.round), str(contact.pk), other]))


def others_on_file(submission: Submission, check: Check, contact: ContactOnFile) -> list[str]:
    """The other addresses that the customer record has of the person: whom a verifier chose, or where they typed
    a contact themselves, whom the given facts fit. Nobody alone decides who is told. None while the record does not
    answer: the contact in use is told all the same."""
    try:
        customer = records.chosen(check) or records.who_fits(submission)
    except directory.Unreachable:
        return []
    addresses = [one.address for one in customer.contacts if one.kind is ContactKind.EMAIL] if customer else []
    return [address for address in addresses if matching.same("email", address, contact.email) is not Same.YES]


def changed_key(before: ContactOnFile) -> str:
    """One letter to each contact that another took the place of."""
    return f"contact_changed:{before.pk}"


def _told_at(rights_request: RightsRequest) -> datetime | None:
    check, contact = rights_request.submission.check_made, checks.contact_on_file(rights_request.submission_id)
    if check is None or contact is None:
        return None
    return Letter.objects.filter(key=letter_key(check, contact)).values_list("sent_at", flat=True).first()


def waits_until(rights_request: RightsRequest) -> datetime | None:
    """Until when a deletion has to wait; None where nobody was told yet, or no deletion is asked for."""
    told_at = _told_at(rights_request)
    if rights_request.right != Right.DELETE or told_at is None:
        return None
    return _wait_after(told_at, rights_request)


def _wait_after(told_at: datetime, rights_request: RightsRequest) -> datetime:
    last_day = timezone.make_aware(datetime.combine(rights_request.leading_on, time.min))
    return min(told_at + timedelta(hours=settings.ERASURE_WAIT_HOURS), max(last_day, told_at))


def why_not_delete(rights_request: RightsRequest, ending: str) -> str | None:
    """Why nothing may be deleted yet, in words for staff; None if it may."""
    if rights_request.right != Right.DELETE or ending not in DELETES or rights_request.needs is AssuranceLevel.T0:
        return None
    until = waits_until(rights_request)
    if until is None:
        return _(
            "The person has not been told yet that identity was shown. The letter goes to the contact on file; enter "
            "one if there is none, and delete nothing before it has left."
        )
    if timezone.now() < until:
        return _(
            "A deletion cannot be taken back, so the person whose data it is has until %(until)s to say that it was "
            "not them. Delete nothing before."
        ) % {"until": _said(until)}
    return None


def wait_said(rights_request: RightsRequest) -> str:
    """What staff read before they delete anything; empty where no deletion waits, or nothing can be decided yet."""
    check = rights_request.submission.check_made
    is_shown = check is not None and check.state == CheckState.PASSED and check.reached >= rights_request.needs
    if not rights_request.is_open or not is_shown:
        return ""
    if why_not_delete(rights_request, Ending.FULFILLED) is None:
        return ""
    until = waits_until(rights_request)
    if until is None:
        return _("Delete nothing yet: the person has not been told.")
    return _("Delete nothing before %(until)s: the person was told and can still say no.") % {"until": _said(until)}


def why_not_to_new_contact(rights_request: RightsRequest) -> str | None:
    """Why nothing may go to a contact that took the place of another yet, in words for staff; None if it may. Where the
    one before could not be reached by mail, what counts is that somebody reached them otherwise."""
    replaced = ContactOnFile.objects.filter(subject=rights_request.submission_id, replaced_at__isnull=False)
    owed = Letter.objects.filter(key__in=[changed_key(before) for before in replaced.defer("email")])
    told = [letter.sent_at or letter.settled_at for letter in owed.defer("text", "address")]
    if not told:
        return None
    if None in told:
        return _("The contact on file was changed, and the one before has not been told yet. Nothing leaves before.")
    until = _wait_after(max(at for at in told if at), rights_request)
    if timezone.now() < until:
        return _(
            "The contact on file was changed. Whoever reads the one before has until %(until)s to say that it was not "
            "them. Nothing leaves before."
        ) % {"until": _said(until)}
    return None


def _said(at: datetime) -> str:
    return date_format(timezone.localtime(at), "DATETIME_WITH_WEEKDAY")
