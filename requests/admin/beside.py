"""What stands beside the facts of a case: frozen, duplicates, joined with, what can be undone and until when."""

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import Event
from primevox_privacy.staff.models import User
from requests import (
    changing_contact,
    fees,
    identity,
    joining,
    masking,
    releasing,
    retention,
    undelivered,
    waiting,
    words,
)
from requests.admin import which_contact, whose_turn
from requests.models import Appeal, Fee, Hold, LevelChange, Representation, RightsRequest
from requests.terms import AppealOutcome, Ending, Status
from verification.levels import AssuranceLevel
from verification.models import CheckState, Evidence, EvidenceKind, Paper


def beside(one: RightsRequest, shown: bool = False) -> dict[str, Any]:
    """The context of `admin/requests/beside.html` and of the banners."""
    return {
        "frozen": _frozen(one),
        "is_shut": one.frozen_at is None and one.ending != Ending.NOT_YOU and releasing.is_not_theirs(one),
        "undelivered": _undelivered(one, shown),
        "duplicates": _duplicates(one) if one.is_open else [],
        "merged_from": one.merged.order_by("reference"),
        "undo_until": _undo_until(one),
        "no_answer_from": _no_answer_from(one),
        "appeals": _appeals(one),
        "message_waits": _waits_to_be_read(one),
    }


def _undelivered(one: RightsRequest, shown: bool) -> list[dict[str, Any]]:
    """Letters that the mail server refused, each with where it was to go."""
    return [
        {
            "subject": letter.subject,
            "address": which_contact.beside(
                one.submission, letter.address, (letter.address if shown else masking.email(letter.address or "")) or ""
            ),
            "refused_at": letter.refused_at,
            "by_post": letter.by_post,
        }
        for letter in undelivered.of(one.submission_id).select_related("address_key")
    ]


def step_said(one: RightsRequest, fee_waits: bool) -> str:
    """Where it stands, in the words of staff: what waits for the requester may be a question or a fee."""
    if one.status == Status.WAITING and fee_waits:
        return str(words.FEE_WAITS_FOR_STAFF)
    return str(words.STATUS_FOR_STAFF[Status(one.status)])


def _frozen(one: RightsRequest) -> dict[str, Any] | None:
    """Who stopped it, and when."""
    if one.frozen_at is None:
        return None
    last = Event.objects.filter(about=one.pk, kind__in=["said_not_me", "frozen"]).order_by("-at").first()
    staff = User.objects.filter(pk=last.actor.removeprefix("staff:")).first() if last and _by_staff(last) else None
    return {"at": timezone.localtime(one.frozen_at), "who": staff}


def _by_staff(event: Event) -> bool:
    return event.actor.startswith("staff:")


def _duplicates(one: RightsRequest) -> list[dict[str, Any]]:
    """Requests that may be the same person's, each with why it can or cannot be joined."""
    return [
        {
            "other": other,
            "received": words.day(other.received_on),
            "due": words.day(other.leading_on),
            "step": step_said(other, fees.waiting(other) is not None),
            "proof": _proof(other),
            "why_not": joining.why_not(one, other),
        }
        for other in joining.candidates(one)
    ]


def _proof(one: RightsRequest) -> str:
    if one.needs is AssuranceLevel.T0:
        return _("contact confirmed") if one.submission.contact_confirmed_at else _("contact not confirmed yet")
    return _("identity shown") if identity.is_shown(one) else _("identity not shown yet")


def _undo_until(one: RightsRequest) -> Any:
    until = None if releasing.is_not_theirs(one) else retention.undo_until(one.ending, one.closed_at)
    return timezone.localtime(until) if until and timezone.now() < until else None


def _appeals(one: RightsRequest) -> list[dict[str, Any]]:
    """Each second look, with what it came to or by when it is due."""
    return [
        {
            "one": appeal,
            "said": words.APPEAL_OUTCOMES[AppealOutcome(appeal.outcome)]
            if appeal.decided_at
            else _("to decide by %(day)s") % {"day": words.day(appeal.leading_on)},
        }
        for appeal in one.appeals.order_by("received_at")
    ]


def _waits_to_be_read(one: RightsRequest) -> bool:
    """The same as the queue says of it."""
    return RightsRequest.objects.filter(whose_turn.has_unread_message(), pk=one.pk).exists()


def _no_answer_from(one: RightsRequest) -> str:
    """From which day the requester's silence may end it; empty where no notice runs."""
    ended_at = waiting.notice_ended_at(one) if one.is_open else None
    return words.day(timezone.localdate(ended_at)) if ended_at and timezone.now() < ended_at else ""


# --- In the queue, worked out by the one statement that reads its page -----------------------------------------
def with_flags(requests: Any) -> Any:
    """Each request with what staff should notice first: on hold, an open appeal, perhaps a duplicate, less
    proof that waits for a second person; who is to act; and what happened last."""
    holds = Hold.objects.standing().filter(rights_request__submission=OuterRef("submission"))
    appeals = Appeal.objects.open().filter(rights_request=OuterRef("pk"))
    mail, phone = OuterRef("submission__email_index"), OuterRef("submission__phone_index")
    same = Q(submission__email_index=mail) & ~Q(submission__email_index="")
    same |= Q(submission__phone_index=phone) & ~Q(submission__phone_index="")
    others = RightsRequest.objects.of_people().open().filter(same, right=OuterRef("right")).exclude(pk=OuterRef("pk"))
    money = Fee.objects.unanswered().filter(rights_request=OuterRef("pk"))
    less = LevelChange.objects.waiting().filter(rights_request=OuterRef("pk"))
    undecided = Representation.objects.filter(submission=OuterRef("submission"), accepted=None)
    last = Event.objects.filter(about=OuterRef("pk")).order_by("-at")
    papers = Evidence.objects.filter(
        check_made=OuterRef("submission__check_made"),
        kind=EvidenceKind.AUTHORITY,
        paper__in=Paper.objects.usable(),
        paper__pages_key__destroyed_at=None,
    )
    return requests.annotate(
        is_held=Exists(holds),
        is_appealed=Exists(appeals),
        has_double=Exists(others),
        fee_waits=Exists(money),
        less_proposed=Exists(less),
        paper_waits=Exists(undecided) & Exists(papers),
        letter_waits=undelivered.waits(),
        contact_waits=changing_contact.waits(),
        message_waits=whose_turn.said_of_each(whose_turn.has_unread_message()),
        waits_for_requester=whose_turn.said_of_each(whose_turn.waits_for_requester()),
        last_kind=last.values("kind")[:1],
        last_at=last.values("at")[:1],
    )


def last_event(one: Any) -> str:
    """What happened last, and on which day."""
    if one.last_at is None:
        return "–"
    said = words.TIMELINE_FOR_STAFF.get(one.last_kind, one.last_kind)
    day = date_format(timezone.localtime(one.last_at), "SHORT_DAY")
    return format_html('{}<br><span class="why">{}</span>', said, day)


def flags(one: Any) -> str:
    """The flags in words; what is frozen stands out by shape and word."""
    check = one.submission.check_made
    said = {
        _("proof to compare"): one.is_open
        and one.frozen_at is None
        and one.needs > AssuranceLevel.T0
        and check is not None
        and check.state == CheckState.GIVEN,
        _("message from requester"): one.message_waits,
        _("paper to look at"): one.is_open and one.needs > AssuranceLevel.T0 and one.paper_waits,
        _("on hold"): one.is_held,
        _("letter not delivered"): one.letter_waits,
        _("new contact to decide"): one.contact_waits,
        _("appeal open"): one.is_appealed,
        _("duplicate?"): one.is_open and one.has_double,
        _("less proof proposed"): one.is_open and one.less_proposed,
    }
    others = ", ".join(word for word, stands in said.items() if stands)
    if not one.frozen_at:
        return others or "–"
    frozen = format_html('<span class="badge badge--frozen">{}</span>', _("frozen"))
    return format_html("{}<br>{}", frozen, others) if others else frozen
