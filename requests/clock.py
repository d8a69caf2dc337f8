"""The clock of a request: brings its rows to the pure date engine (`deadlines.py`), and its dates back to rows.

"Where is the due date decided?" In `deadlines.schedule`. Here it is only asked and written down.
"""

from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import record
from primevox_privacy.outbox.models import Letter
from primevox_privacy.staff.models import User
from requests import deadlines, leeway, patience, post, regimes, words
from requests.deadlines import Promise, Schedule
from requests.models import Appeal, DueDate, Extension, Pause, RightsRequest
from requests.terms import DateKind, ExtensionReason, FeeOutcome, Right
from requests.turns import in_turn
from verification.levels import AssuranceLevel
from verification.models import CheckState

Timed = RightsRequest | Appeal  # what has dates that can be moved


def right_for_dates(rights_request: RightsRequest) -> Right:
    """An objection to direct marketing has the dates of an opt-out: stopping takes no study of a file."""
    return Right.OPT_OUT if rights_request.about_marketing else Right(rights_request.right)


def schedule_of(rights_request: RightsRequest) -> Schedule:
    """All dates as they stand. An extension counts from when its letter was handed over to the mail server."""
    is_new = rights_request._state.adding
    extended_on, promises = (None, ()) if is_new else _told_of(rights_request)
    submission = rights_request.submission
    return deadlines.schedule(
        right_for_dates(rights_request),
        submission.residence or None,
        submission.received_at,
        extended_on=extended_on,
        promises=promises,
        clock_starts_on=None if is_new else _clock_starts_on(rights_request),
        stopped=() if is_new else _stopped(rights_request),
    )


def schedule_of_appeal(appeal: Appeal) -> Schedule:
    """All dates of a second look as they stand, by the law of the residence on the day it was asked for."""
    extended_on, promises = (None, ()) if appeal._state.adding else _told_of(appeal)
    residence = appeal.rights_request.submission.residence or None
    return deadlines.schedule(
        deadlines.APPEAL, residence, appeal.received_at, extended_on=extended_on, promises=promises
    )


def _told_of(one: Timed) -> tuple[date | None, tuple[Promise, ...]]:
    """The first day on which we told of moving the law's date, and every new date with the day on which we told it."""
    told = list(one.extensions.told().order_by("told_at"))
    by_law = (_told_on(extension) for extension in told if extension.of == DateKind.STATUTORY)
    return min(by_law, default=None), tuple((_told_on(extension), extension.promised_on) for extension in told)


def _told_on(extension: Extension) -> date:
    assert extension.told_at
    return timezone.localdate(extension.told_at)


def waits_for_answers(rights_request: RightsRequest) -> bool:
    """Whether the law's clock rests while we wait for proof of identity or an answer that we need."""
    clock = regimes.by_id(rights_request.regime).clock
    return clock.waits_for_answers and clock.waits(rights_request.received_on)


def _clock_starts_on(rights_request: RightsRequest) -> date | None:
    """The day on which the clock of the few laws that wait for proof or money began. Our 14 days never wait."""
    after = (_clock_after_proof(rights_request), _clock_after_fee(rights_request))
    return max((day for day in after if day), default=None)


def _clock_after_proof(rights_request: RightsRequest) -> date | None:
    check = rights_request.submission.check_made
    if rights_request.needs is AssuranceLevel.T0 or check is None or not waits_for_answers(rights_request):
        return None
    came_in = check.given_at or check.decided_at
    return timezone.localdate(came_in) if check.state == CheckState.PASSED and came_in else None


def _clock_after_fee(rights_request: RightsRequest) -> date | None:
    fee = rights_request.fees.filter(outcome=FeeOutcome.ACCEPTED).first()
    if fee is None:
        return None
    told_on = timezone.localdate(fee.assessed_at)
    residence = rights_request.submission.residence or None
    return deadlines.clock_after_fee(residence, rights_request.received_on, told_on, fee.paid_on)


def _stopped(rights_request: RightsRequest) -> tuple[tuple[date, date], ...]:
    """The days between a question that stops the clock and its answer. One that is still open stops nothing yet: the
    earlier date leads until we know."""
    over = rights_request.pauses.exclude(answered_on=None).order_by("asked_on")
    return tuple((pause.asked_on, pause.answered_on) for pause in over if pause.answered_on)


def due_rows(rights_request: RightsRequest, schedule: Schedule) -> list[DueDate]:
    """The rows of a schedule, not yet saved; sets on the request the law they rest on and the leading date."""
    dates, leading = schedule.dates, schedule.leading
    rights_request.regime, rights_request.law_version = schedule.regime.id, regimes.LAW_VERSION
    if rights_request.reopened_on:
        leading = deadlines.after_appeal(rights_request.reopened_on)
        dates = (*dates, leading)
    rights_request.leading_on = leading.due_on
    rights_request.leading_by_law = leading.kind in (DateKind.STATUTORY, DateKind.EXTENDED)
    rights_request.at_once = leading.kind is not DateKind.AFTER_APPEAL and any(due.at_once for due in dates)
    rights_request.look_on = timezone.localdate()
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
    by_law = ["regime", "law_version", "leading_by_law", "at_once"]
    rights_request.save(update_fields=[*by_law, "leading_on", "look_on"])


def set_dates_of_appeal(appeal: Appeal) -> None:
    """Compute all dates of a second look anew. Inside the transaction of the verb that changed something."""
    dates = schedule_of_appeal(appeal)
    appeal.received_on, appeal.leading_on = dates.received_on, dates.leading.due_on
    appeal.leading_by_law = dates.leading.kind is not DateKind.TARGET
    appeal.look_on = timezone.localdate()
    rows = zip(dates.as_json()["dates"], dates.dates, strict=True)
    appeal.dates = [{**row, "reason": due.reason} for row, due in rows]
    if not appeal._state.adding:
        appeal.save(update_fields=["received_on", "leading_on", "leading_by_law", "look_on", "dates"])


def look_soon(one: Timed) -> date:
    """Who has it now is told of its dates tomorrow, or today if that is still to come."""
    return min(one.look_on, timezone.localdate() + timedelta(days=1))


def date_by_law(rights_request: RightsRequest) -> date | None:
    """The date that a law sets, as it stands. A request that an appeal opened again has none any more: its own was
    that of the first answer."""
    due = rights_request.date_of(DateKind.EXTENDED) or rights_request.date_of(DateKind.STATUTORY)
    return due.due_on if due and not rights_request.reopened_on else None


def current_date(schedule: Schedule, of: DateKind) -> date:
    """The target or the statutory date as it stands. Raises LookupError where there is none."""
    due = schedule.date_of(DateKind.EXTENDED) if of is DateKind.STATUTORY else None
    due = due or schedule.date_of(of)
    if due is None:
        raise LookupError(of)
    return due.due_on


def why_not_extend(
    rights_request: RightsRequest, of: DateKind, reason: ExtensionReason, promised_on: date
) -> str | None:
    """Why this extension is not allowed, in words for staff; None if it is (policy §9 and the law's bound)."""
    if rights_request.reopened_on:
        return _("An appeal opened this request again. Its date cannot be moved once more.")
    return why_not_move(rights_request, schedule_of(rights_request), of, reason, promised_on)


def why_not_move(
    one: Timed, schedule: Schedule, of: DateKind, reason: ExtensionReason, promised_on: date
) -> str | None:
    """The same for a request or an appeal with these dates."""
    today = timezone.localdate()
    if one.extensions.untold().filter(of=of).exists():
        return _("A new date was decided already. It counts once its letter has left.")
    if of is DateKind.STATUTORY and reason is ExtensionReason.WAITING_FOR_YOU:
        return _("Waiting for the requester moves our own target only, not the date set by law.")
    try:
        now_due = current_date(schedule, of)
    except LookupError:
        return _("No law sets a date for this request, so there is none to extend. Extend our target instead.")
    if today > now_due:
        return _("That date has passed, so it can no longer be extended. Answer as soon as you can.")
    if promised_on <= now_due:
        return _("Choose a day after %(day)s, the date as it stands.") % {"day": words.day(now_due)}
    bound: date | None
    if of is DateKind.TARGET:
        bound = leeway.longest_promise(schedule)
    else:
        more = schedule.more_time
        if more is None or schedule.date_of(DateKind.EXTENDED):
            return _("The law allows no (further) extension here.")
        if today > more.tell_by:
            return _("The last day to tell the requester of an extension has passed.")
        bound = more.until
    if bound and promised_on > bound:
        return _("The limit is %(day)s. Choose that day or an earlier one.") % {"day": words.day(bound)}
    return None


# --- More time -------------------------------------------------------------------------------------------
def take_more_time(
    one: Timed,
    of: DateKind,
    reason: ExtensionReason,
    promised_on: date,
    letter: Letter | None,
    *,
    by: User | None,
) -> None:
    """Write down an extension that `why_not_move` allows, with the letter that tells of it. Part of a verb, which
    records it. Who has no mail reads of it on their page. `by`: None where a notice of the sweep brings it along."""

    Extension.objects.create(
        rights_request=None if isinstance(one, Appeal) else one,
        appeal=one if isinstance(one, Appeal) else None,
        of=of,
        reason=reason,
        was_on=current_date(schedule_of_appeal(one) if isinstance(one, Appeal) else schedule_of(one), of),
        promised_on=promised_on,
        letter=Letter.objects.get(key=letter.key) if letter else None,
        decided_by=by,
    )


def time_to_answer(rights_request: RightsRequest) -> date | None:
    """The target that gives the requester the whole plan of reminders and notice for a question asked today, within
    the bound of the law; None where the target as it stands does, or cannot be moved any more (policy §9)."""
    today = timezone.localdate()
    reaches_them = today + post.days_more(rights_request.submission)
    wait = patience.plan(reaches_them, date_by_law(rights_request))
    if wait is None:
        return None
    until = min(wait.ends_on, leeway.longest_promise(schedule_of(rights_request)))
    reason = ExtensionReason.WAITING_FOR_YOU
    return until if why_not_extend(rights_request, DateKind.TARGET, reason, until) is None else None


def give_time(rights_request: RightsRequest, until: date | None, letter: Letter | None, *, by: User) -> None:
    """Move our target with a letter that asks for something (`time_to_answer`). Part of a verb."""
    if until:
        reason = ExtensionReason.WAITING_FOR_YOU
        take_more_time(rights_request, DateKind.TARGET, reason, until, letter, by=by)


def said_of(until: date | None) -> dict[str, str]:
    """What the record says of a new target that a letter brings along."""
    return {"until": until.isoformat()} if until else {}


def count_extensions_told() -> None:
    """Every extension whose letter was handed over moves its date from now on; until then the old date leads. Asking
    again is harmless."""
    has_left = Q(letter=None) | Q(letter__sent_at__isnull=False)
    untold = Extension.objects.untold().filter(has_left).select_related("letter", "appeal__rights_request")
    for extension in untold.order_by("decided_at"):
        _count(extension.moves, extension)


@in_turn
def _count(one: Timed, extension: Extension) -> None:
    told_at = extension.letter.sent_at if extension.letter else extension.decided_at
    if not Extension.objects.untold().filter(pk=extension.pk).update(told_at=told_at):
        return
    about, said = one.pk, {"of": extension.of, "until": extension.promised_on.isoformat()}
    if isinstance(one, Appeal):
        about, said["appeal"] = one.rights_request_id, str(one.pk)
        set_dates_of_appeal(Appeal.objects.select_related("rights_request__submission").get(pk=one.pk))
    else:
        set_dates(RightsRequest.objects.select_related("submission__check_made").get(pk=one.pk))
    record(about, "extended", by="system", **said)


# --- Clocks that rest ------------------------------------------------------------------------------------
def pause(rights_request: RightsRequest) -> None:
    """From today on the law's clock waits for an answer. Part of a verb."""
    Pause.objects.get_or_create(
        rights_request=rights_request, answered_on=None, defaults={"asked_on": timezone.localdate()}
    )


def end_pause(rights_request: RightsRequest) -> None:
    """The answer is in: the days in between are not counted. Part of a verb; does nothing where no clock rested."""
    if Pause.objects.filter(rights_request=rights_request, answered_on=None).update(answered_on=timezone.localdate()):
        set_dates(rights_request)
