"""Showing a contact to staff: masked until somebody says what they need it for (policy §11: no more than is needed).

Each look is one event with its reason, by which the auditor sees who looked and why; it is shown for that one answer.
"""

from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import record
from primevox_privacy.staff.models import User
from requests.models import RightsRequest
from requests.models.submission import Direction
from requests.terms import WhyShown
from requests.turns import in_turn
from requests.workflow import NotAllowed, actor, need, write

SHOWN = "contact_shown"


@in_turn
def show_contact(rights_request: RightsRequest, why: WhyShown, in_words: str = "", *, by: User) -> None:
    """Record that somebody looks at names, addresses and numbers of a case, and why. Words stay as an internal note."""
    need(by, "show_contact")
    if why is WhyShown.OTHER and not in_words.strip():
        raise NotAllowed(_("Write what you need it for."))
    record(rights_request.pk, SHOWN, by=actor(by), why=why)
    if in_words.strip():
        write(rights_request, Direction.INTERNAL, in_words, by=by)
