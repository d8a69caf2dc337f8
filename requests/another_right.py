"""Another right than the one that was ticked: somebody chose “correct” and wrote “delete it all”.

Said while nobody has worked on it yet, and told to the requester at once in words that staff write, so that they can
say otherwise. What was asked at first stays beside it. Once work has begun, staff ask instead: what was done, shown or
searched for one right is not taken for another.
"""

from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import Event, record
from primevox_privacy.staff.models import User
from requests import letters, references, roles, signals, workflow
from requests.models import RightsRequest
from requests.models.submission import Direction
from requests.terms import Right, Status
from requests.turns import in_turn
from requests.workflow import NotAllowed, actor, need, need_not_frozen

BEFORE_WORK = (
    "taken",
    "assigned",
    "assignment_undone",
    "turned_into",
    "right_changed",
    "contact_shown",
    "noted",
    "told",
)


def is_new(one: RightsRequest) -> bool:
    """Whether nobody has worked on it yet, beyond reading it and saying whose it is."""
    if one.frozen_at or one.status not in (Status.RECEIVED, Status.IN_PROGRESS):
        return False
    return not Event.objects.filter(about=one.pk, actor__startswith="staff:").exclude(kind__in=BEFORE_WORK).exists()


def is_offered(one: RightsRequest, user: User) -> bool:
    return one.right != Right.UNSURE and roles.may(user, "change_right") and is_new(one)


@in_turn
def change(one: RightsRequest, right: Right, told: str, *, about_marketing: bool = False, by: User) -> None:
    """It is about `right`. Its clock has run from receipt all the time; `told` is what the requester reads."""
    need(by, "change_right")
    need_not_frozen(one)
    one.refresh_from_db()
    if why_not := _why_not(one, right):
        raise NotAllowed(why_not)
    workflow.become(one, right, about_marketing=about_marketing, by=by)
    record(one.pk, "right_changed", by=actor(by), right=right)
    letters.message(one, workflow.write(one, Direction.TO_REQUESTER, told, by=by))
    signals.right_changed.send(RightsRequest, rights_request=one)


def _why_not(one: RightsRequest, right: Right) -> str | None:
    if one.right == Right.UNSURE:
        return _("It is not said yet which right it is. Say that first.")
    if not is_new(one):
        return _("Somebody works on it already. Ask the requester what they meant.")
    if right in (Right.UNSURE, one.right):
        return _("Choose another right than the one it is about.")
    same = RightsRequest.objects.open().filter(submission=one.submission_id, right=right).exclude(pk=one.pk).first()
    if same:
        return _("They asked for that together with this one, as %(other)s.") % {
            "other": references.spoken(same.reference)
        }
    return None
