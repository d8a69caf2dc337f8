"""Whose work it is: passing requests on to somebody, one by one or all that one person has.

Who is given a request has not begun it: it stays where it stands until they take it, and so does what the requester
reads. Everything else about a request stays as it is, so nothing here releases, refuses or decides.
"""

from collections.abc import Sequence

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import record
from primevox_privacy.staff.models import User
from requests import clock, roles
from requests.models import RightsRequest
from requests.turns import in_turn
from requests.workflow import NotAllowed, actor, need, overtaken


def people() -> QuerySet[User]:
    """Who can be given a request: whoever signs in and may take one."""
    able = User.objects.filter(is_active=True, is_staff=True, groups__name__in=roles.MAY["take"])
    return able.distinct().order_by("first_name", "last_name", "username")


def why_not_assign(one: RightsRequest, to: User) -> str | None:
    """Why it cannot be passed to this person, in words for staff; None if it can."""
    if not (to.is_active and to.is_staff and roles.may(to, "take")):
        return _("%(who)s does not work on requests.") % {"who": to}
    if to.is_away(timezone.localdate()):
        return _("%(who)s is away.") % {"who": to}
    if not one.is_open:
        return _("It is closed.")
    if one.handler_id == to.pk:
        return _("%(who)s has it already.") % {"who": to}
    return None


@in_turn
def assign(rights_request: RightsRequest, to: User, *, by: User) -> None:
    """Give it to somebody. They are told of its dates from tomorrow on."""
    need(by, "assign")
    if why_not := why_not_assign(rights_request, to):
        raise NotAllowed(why_not)
    was = rights_request.handler_id
    unchanged = RightsRequest.objects.open().filter(pk=rights_request.pk, handler=was)
    if not unchanged.update(handler=to, look_on=clock.look_soon(rights_request)):
        raise overtaken(rights_request)
    rights_request.handler = to
    record(rights_request.pk, "assigned", by=actor(by), to=str(to.pk), was=str(was or ""))


# --- All that somebody has -----------------------------------------------------------------------------------------
def of(who: User | None) -> QuerySet[RightsRequest]:
    """Everything open that this person has, or that nobody has, in the order of the queue."""
    return RightsRequest.objects.open().filter(handler=who).select_related("handler").in_queue_order()


def share_out(requests: Sequence[RightsRequest], to: Sequence[User]) -> list[tuple[RightsRequest, User]]:
    """Each request with who gets it: always whoever has least by then, so that what is due first is spread, too."""
    having = RightsRequest.objects.open().filter(handler__in=to).values_list("handler").annotate(Count("pk")).order_by()
    load = dict.fromkeys((person.pk for person in to), 0) | dict(having)
    shared = []
    for one in requests:
        least = min(to, key=lambda person: (load[person.pk], to.index(person)))
        load[least.pk] += 1
        shared.append((one, least))
    return shared
