"""Which of somebody's addresses a masked one is: two different ones can look the same once they are masked."""

from django.utils.translation import gettext as _

from primevox_privacy.sealed.cipher import blind_index
from requests import changing_contact, identity
from requests.models import Submission
from requests.terms import ChangeOutcome


def which(submission: Submission, address: str | None) -> str:
    """What stands beside the mask of an e-mail address."""
    if not address:
        return ""
    index = blind_index(identity.EMAIL, address)
    on_file, change = identity.contact_on_file(submission), changing_contact.open_of(submission)
    if on_file and blind_index(identity.EMAIL, on_file.email) == index:
        return _("contact on file")
    if change and _has(change.after, index):
        return _("new contact, not decided yet")
    if submission.email_index == index:
        if submission.contact_changed_at:
            return _("new contact")
        return _("typed into the form, not the contact on file") if on_file else _("typed into the form")
    taken = submission.contact_changes.filter(outcome=ChangeOutcome.TAKEN).select_related("contact_key")
    return _("contact before") if any(_has(one.before, index) for one in taken) else _("another contact")


def beside(submission: Submission, address: str | None, said: str) -> str:
    """A masked address with what it is."""
    return _("%(mask)s (%(which)s)") % {"mask": said, "which": which(submission, address)} if address else ""


def _has(contact: dict[str, str] | None, index: str) -> bool:
    mail = (contact or {}).get("email")
    return bool(mail) and blind_index(identity.EMAIL, mail or "") == index
