"""When the session of a member of staff ends: after 30 idle minutes, after eight hours in any case, or at once when
they or an administrator say so. What is remembered of one, an address and a browser, goes with it."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from primevox_privacy.ledger.models import record
from primevox_privacy.limits.models import address_of
from primevox_privacy.staff.models import User

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=8)
NOTED_EVERY = timedelta(minutes=1)  # so that not every page writes
BY_ITSELF = "X-By-Itself"  # what a page asks with nobody at it keeps no session open
SINCE, SEEN = "staff_since", "staff_seen"
ENDED = "staff_session_ended"


class EndOfSessions:
    """Closes what is over before a page of the desk is reached."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/admin/") and SESSION_KEY in request.session:
            now = timezone.now().timestamp()
            if _is_over(request, now):
                logout(request)
                request.session[ENDED] = True
            elif BY_ITSELF not in request.headers and now - request.session[SEEN] >= NOTED_EVERY.total_seconds():
                request.session[SEEN] = now
        return self.get_response(request)


def _is_over(request: HttpRequest, now: float) -> bool:
    """What did not begin at our own door has no beginning, and is over."""
    idle = now - request.session.get(SEEN, 0) > IDLE.total_seconds()
    return idle or now - request.session.get(SINCE, 0) > ABSOLUTE.total_seconds()


def begin(request: HttpRequest, user: User) -> None:
    """A session of a member of staff begins; its key is new already."""
    now = timezone.now().timestamp()
    request.session.update({SINCE: now, SEEN: now})
    moved(request, user)


def moved(request: HttpRequest, user: User) -> None:
    """Remember whose session this key is."""
    if not request.session.session_key:
        request.session.save()
    address = address_of(request)
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "ip": "0.0.0.0" if address == "unknown" else address,  # noqa: S104  (no address, and nothing listens)
            "created_at": datetime.fromtimestamp(request.session[SINCE], tz=UTC),
            "user_agent": request.META.get("HTTP_USER_AGENT", "")[:200],
        },
    )


def of(user: User) -> list[UserSession]:
    """The sessions that are open, the newest first; what ended by itself is let go."""
    return sorted(UserSession.objects.purge_and_list(user), key=lambda one: one.created_at, reverse=True)


def forget() -> None:
    """Let go of every session that is over, of staff and of requesters, and of the address and browser it came from.
    A row that the portal has no session for any more says nothing but where somebody was."""
    now = timezone.now()
    Session.objects.filter(expire_date__lte=now).delete()
    gone = ~Exists(Session.objects.filter(session_key=OuterRef("session_key")))
    UserSession.objects.filter(gone | Q(created_at__lte=now - ABSOLUTE)).delete()


@transaction.atomic
def end(user: User, *, by: User, one: int | None = None, but: str = "") -> int:
    """End one session of somebody, or all of them but the one with that key; how many ended."""
    found = UserSession.objects.filter(user=user).exclude(session_key=but)
    ended = list(found.filter(pk=one) if one is not None else found)
    for session in ended:
        session.end()
    if ended:
        record(uuid.UUID(str(user.pk)), "sessions_ended", by=by.as_actor, number=len(ended))
    return len(ended)
