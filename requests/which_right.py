"""Which right a request is about, where staff say it: of one that was sent as “not sure”, or where somebody ticked
“correct” and wrote “delete it all”.

Another right than the one that was ticked is said only while nobody has worked on it, and told to the requester at
once in words that staff write, so that they can say otherwise. What was asked at first stays beside it. Once work has
begun, staff ask instead: what was done, shown or searched for one right is not taken for another.
"""

from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import Event, record
from primevox_privacy.staff.models import User
from requests import clock, identity, letters, levels, references, roles, signals, workflow
from requests.models import RightsRequest
from requests.models.submission import Direction
from requests.terms import Capacity, Right, Status
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
    """Whether this person may say that it is about another right than the one that was ticked."""
    return one.right != Right.UNSURE and roles.may(user, "change_right") and is_new(one)


@in_turn
def turn_into(one: RightsRequest, right: Right, *, about_marketing: bool = False, by: User) -> None:
    """Say which right an unsure request is about. Its clock has run from receipt all the time."""
    need(by, "turn_into")
    unsure = RightsRequest.objects.open().filter(pk=one.pk, right=Right.UNSURE)
    if right is Right.UNSURE or not unsure.exists():
        raise NotAllowed(_("Only an open request that is not sure yet can be turned into a right."))
    _become(one, right, about_marketing=about_marketing, by=by)
    record(one.pk, "turned_into", by=actor(by), right=right)
    signals.request_taken.send(RightsRequest, rights_request=one)


@in_turn
def change(one: RightsRequest, right: Right, told: str, *, about_marketing: bool = False, by: User) -> None:
    """It is about `right`. Its clock has run from receipt all the time; `told` is what the requester reads."""
    need(by, "change_right")
    need_not_frozen(one)
    one.refresh_from_db()
    if why_not := _why_not_changed(one, right):
        raise NotAllowed(why_not)
    was = one.right
    _become(one, right, about_marketing=about_marketing, by=by)
    record(one.pk, "right_changed", by=actor(by), right=right, was=was)
    letters.message(one, workflow.write(one, Direction.TO_REQUESTER, told, by=by))
    signals.right_changed.send(RightsRequest, rights_request=one)


def _become(one: RightsRequest, right: Right, *, about_marketing: bool, by: User) -> None:
    """Dates, level and proof of another right, and what it was sent as."""
    if about_marketing and right is not Right.OBJECT:
        raise NotAllowed(_("Only an objection can be about direct marketing alone."))
    one.asked_as = one.sent_as
    one.right = right
    one.about_marketing = about_marketing
    rule = levels.rules_for([right], Capacity(one.submission.capacity), about_marketing=about_marketing)[right]
    one.level, one.level_rule = rule.level, rule.name
    one.save(update_fields=["asked_as", "right", "about_marketing", "level", "level_rule"])
    clock.set_dates(one)
    identity.ask_for(one.submission, one.needs, by=by)


def _why_not_changed(one: RightsRequest, right: Right) -> str | None:
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
