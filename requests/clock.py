"""The clock of a request: brings its rows to the pure date engine (`deadlines.py`), and its dates back to rows.

"Where is the due date decided?" In `deadlines.schedule`. Here it is only asked and written down.
"""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from requests import deadlines, leeway
from requests.deadlines import Schedule
from requests.models import DueDate, RightsRequest
from requests.terms import DateKind, ExtensionReason, FeeOutcome, Right


def right_for_dates(rights_request: RightsRequest) -> Right:
    """An objection to direct marketing has the dates of an opt-out: stopping takes no study of a file."""
    return Right.OPT_OUT if rights_request.about_marketing else Right(rights_request.right)


def schedule_of(rights_request: RightsRequest) -> Schedule:
    """All dates as they stand, extensions included."""
    extensions = [] if rights_request._state.adding else list(rights_request.extensions.order_by("decided_at"))
    told = min((one.notified_on for one in extensions if one.of == DateKind.STATUTORY), default=None)
    submission = rights_request.submission
    return deadlines.schedule(
        right_for_dates(rights_request),
        submission.residence or None,
        submission.received_at,
        extended_on=told,
        promises=tuple((one.notified_on, one.promised_on) for one in extensions),
        clock_starts_on=_clock_after_fee(rights_request),
    )


def _clock_after_fee(rights_request: RightsRequest) -> date | None:
    """Where an accepted fee makes the clock of the few laws that wait for it begin. Our 14 days never wait."""
    if rights_request._state.adding:
        return None
    fee = rights_request.fees.filter(outcome=FeeOutcome.ACCEPTED).first()
    if fee is None:
        return None
    told_on = timezone.localdate(fee.assessed_at)
    residence = rights_request.submission.residence or None
    return deadlines.clock_after_fee(residence, rights_request.received_on, told_on, fee.paid_on)


def due_rows(rights_request: RightsRequest, schedule: Schedule) -> list[DueDate]:
    """The rows of a schedule, not yet saved; sets the leading date on the request."""
    dates, leading = schedule.dates, schedule.leading
    if rights_request.reopened_on:
        leading = deadlines.after_appeal(rights_request.reopened_on)
        dates = (*dates, leading)
    rights_request.leading_on = leading.due_on
    rights_request.leading_by_law = leading.kind in (DateKind.STATUTORY, DateKind.EXTENDED)
    return [
        DueDate(
            rights_request=rights_request,
            kind=due.kind,
            due_on=due.due_on,
            rule=due.rule,
            citation=due.citation,
            why=due.why,
            reason=due.reason,
            at_once=due.at_once,
        )
        for due in dates
    ]


def set_dates(rights_request: RightsRequest) -> None:
    """Compute all dates anew and replace the rows. Inside the transaction of the verb that changed something."""
    rows = due_rows(rights_request, schedule_of(rights_request))
    rights_request.due_dates.all().delete()
    DueDate.objects.bulk_create(rows)
    rights_request.save(update_fields=["leading_on", "leading_by_law"])


def current_date(rights_request: RightsRequest, of: DateKind) -> date:
    """The target or the statutory date as it stands. Raises LookupError where there is none."""
    schedule = schedule_of(rights_request)
    due = schedule.date_of(DateKind.EXTENDED) if of is DateKind.STATUTORY else None
    due = due or schedule.date_of(of)
    if due is None:
        raise LookupError(of)
    return due.due_on


def why_not_extend(
    rights_request: RightsRequest, of: DateKind, reason: ExtensionReason, promised_on: date
) -> str | None:
    """Why this extension is not allowed, in words for staff; None if it is (policy §9 and the law's bound)."""
    today = timezone.localdate()
    if rights_request.reopened_on:
        return _("An appeal opened this request again. Its date cannot be moved once more.")
    if of is DateKind.STATUTORY and reason is ExtensionReason.WAITING_FOR_YOU:
        return _("Waiting for the requester moves our own target only, not the date set by law.")
    try:
        now_due = current_date(rights_request, of)
    except LookupError:
        return _("No law sets a date for this request, so there is none to extend. Extend our target instead.")
    if today > now_due:
        return _("That date has passed, so it can no longer be extended. Answer as soon as you can.")
    if promised_on <= now_due:
        return _("Choose a day after %(day)s, the date as it stands.") % {"day": now_due.isoformat()}
    schedule = schedule_of(rights_request)
    bound: date | None
    if of is DateKind.TARGET:
        bound = leeway.longest_promise(schedule)
    else:
        more = deadlines.extension_bound(schedule)
        if more is None or schedule.date_of(DateKind.EXTENDED):
            return _("The law allows no (further) extension here.")
        if today > more.tell_by:
            return _("The last day to tell the requester of an extension has passed.")
        bound = more.until
    if bound and promised_on > bound:
        return _("The limit is %(day)s. Choose that day or an earlier one.") % {"day": bound.isoformat()}
    return None
