"""When something reached us, by a door that no machine watches: how far back a member of staff may put it, and how two
persons put right what was written down wrong.

The clock runs from receipt by any door (policy §9), so a letter counts from the day it arrived and not from the day on
which somebody read it. What is still to come has not arrived. A later time gives us more days and an earlier one takes
some away; so nobody moves it alone, both times stay on record, and whoever was told a date is told the new one.
"""

from datetime import datetime, timedelta

from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import Event, record
from primevox_privacy.staff.models import User
from requests import clock, deadlines, letters, receipts, words
from requests.models import ReceiptChange, RightsRequest, Submission
from requests.regimes import zone_of
from requests.terms import Channel
from requests.turns import in_turn
from requests.workflow import NotAllowed, need, need_not_frozen

WATCHED = frozenset({Channel.WEB, Channel.DRP})  # a machine noted when these came in
REASON_AFTER = timedelta(days=7)  # what lay here longer wants a written reason
LONGEST_AGO = timedelta(days=366)  # no law counts requests over more than twelve months (Cal. Civ. Code 1798.130(b))


def why_not(received_at: datetime) -> str | None:
    """Why something cannot have reached us then, in words for staff; None if it can."""
    ago = timezone.now() - received_at
    if ago < timedelta():
        return _("That is still to come. Enter when it reached us.")
    if ago > LONGEST_AGO:
        return _("That is more than a year ago. Look at the year once more.")
    return None


def wants_reason(received_at: datetime) -> bool:
    """Whether it lay here so long that somebody has to write down why."""
    return timezone.now() - received_at > REASON_AFTER


# --- Putting it right ----------------------------------------------------------------------------------------
def why_not_change(submission: Submission) -> str | None:
    """Why the time of receipt stays, in words for staff; None if it can be put right."""
    if submission.channel in WATCHED:
        return _("The portal itself noted when this came in.")
    if not submission.rights_requests.open().exists():
        return _("All that was asked together is closed. Its dates stay as they were.")
    return None


def _why_not_then(submission: Submission, received_at: datetime) -> str | None:
    """Why it cannot have reached us then."""
    if received_at == submission.received_at:
        return _("That is the time as it stands.")
    if why := why_not(received_at):
        return why
    requests = submission.rights_requests.values("pk")
    noted_at = Event.objects.filter(about__in=requests, kind="received").aggregate(first=Min("at"))["first"]
    if noted_at and received_at > noted_at:
        return _("It was written down here on %(at)s. It cannot have come later.") % {"at": words.moment(noted_at)}
    return None


@in_turn
def propose(rights_request: RightsRequest, received_at: datetime, why: str, *, by: User) -> ReceiptChange:
    """Say when it really reached us, with a written reason. Nothing changes until another person confirms it."""
    need(by, "propose_receipt")
    submission = Submission.objects.get(pk=rights_request.submission_id)
    if why_not := why_not_change(submission) or _why_not_then(submission, received_at):
        raise NotAllowed(why_not)
    if not why.strip():
        raise NotAllowed(_("Write how you know."))
    if waiting(rights_request):
        raise NotAllowed(_("Another time is proposed already. Confirm or decline that first."))
    made = ReceiptChange.objects.create(
        submission=submission,
        rights_request=rights_request,
        was_at=submission.received_at,
        received_at=received_at,
        record_key=rights_request.record_key,
        reason=why.strip(),
        proposed_by=by,
    )
    record(submission.pk, "receipt_proposed", by=by.as_actor, **_said(made))
    return made


@in_turn
def confirm(rights_request: RightsRequest, *, by: User) -> None:
    """A second person agrees: all dates are counted anew from there, and a date that moved is told (policy §9)."""
    need(by, "confirm_receipt")
    need_not_frozen(rights_request)
    proposed = waiting(rights_request)
    submission = Submission.objects.select_related("check_made", "contact_key").get(pk=rights_request.submission_id)
    if proposed is None or proposed.was_at != submission.received_at:
        raise NotAllowed(_("No other time waits for a word. Look at this request again."))
    if why_not := why_not_change(submission):
        raise NotAllowed(why_not)
    if proposed.proposed_by_id == by.pk:
        raise NotAllowed(_("Who proposed another time cannot confirm it. Ask a colleague."))
    ReceiptChange.objects.filter(pk=proposed.pk).update(confirmed_by=by, done_at=timezone.now())
    moved = _count_from(submission, proposed.received_at)
    record(submission.pk, "receipt_changed", by=by.as_actor, **_said(proposed))
    if moved:
        letters.receipt_changed(submission, moved, f"receipt:{proposed.pk}")
    rights_request.refresh_from_db(fields=["received_on", "leading_on"])


@in_turn
def decline(rights_request: RightsRequest, *, by: User) -> None:
    """The proposal is declined, or taken back by who made it."""
    need(by, "decline_receipt")
    submission_id = rights_request.submission_id
    if not ReceiptChange.objects.waiting().filter(submission=submission_id).update(dropped_at=timezone.now()):
        raise NotAllowed(_("No other time waits for a word. Look at this request again."))
    record(submission_id, "receipt_declined", by=by.as_actor)


def _count_from(submission: Submission, received_at: datetime) -> list[RightsRequest]:
    """Count every date of what is open anew; gives back the requests whose leading date moved."""
    submission.received_at = received_at
    submission.received_on = deadlines.received_on(received_at, zone_of(submission.residence or None))
    submission.save(update_fields=["received_at", "received_on"])
    moved = []
    for one in submission.rights_requests.open().order_by("reference"):
        one.submission, before = submission, one.leading_on
        one.received_on = submission.received_on
        one.save(update_fields=["received_on"])
        clock.set_dates(one)
        if one.leading_on != before:
            moved.append(one)
    submission.signed_receipt = receipts.sign(submission, submission.rights_requests.select_related("content_key"))
    submission.save(update_fields=["signed_receipt"])
    return moved


def _said(change: ReceiptChange) -> dict[str, str]:
    return {"was": change.was_at.isoformat(), "received": change.received_at.isoformat()}


def waiting(rights_request: RightsRequest) -> ReceiptChange | None:
    """The proposal that waits for a second person, if there is one."""
    related = ReceiptChange.objects.select_related("record_key", "proposed_by")
    return related.waiting().filter(submission=rights_request.submission_id).first()


def proposal(rights_request: RightsRequest) -> str:
    """What waits for a second person, in words for staff; empty if nothing does."""
    proposed = waiting(rights_request)
    if proposed is None:
        return ""
    return f"{words.moment(proposed.received_at)}, {proposed.proposed_by}: {proposed.reason or ''}"


def history(rights_request: RightsRequest) -> list[str]:
    """Each time that stood before, with the two persons who moved it and why."""
    done = ReceiptChange.objects.filter(submission=rights_request.submission_id, done_at__isnull=False)
    return [
        _("%(was)s before; %(who)s, %(second)s: %(why)s")
        % {
            "was": words.moment(one.was_at),
            "who": one.proposed_by,
            "second": one.confirmed_by,
            "why": one.reason or _("the reason is deleted"),
        }
        for one in done.select_related("record_key", "proposed_by", "confirmed_by").order_by("done_at")
    ]
