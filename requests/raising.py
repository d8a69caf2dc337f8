"""Asking one request for more proof than the matrix does, or, by two persons, for less.

More is asked by anybody who works on it, with a written reason. Less is proposed by one and confirmed by another, and
never comes down to no proof where the matrix asks for some: the answer would go to whoever typed an address.
"""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import Event, record
from primevox_privacy.staff.models import User
from requests import assurance, identity, levels, words
from requests.assurance import Sensitive, Sensitivity
from requests.models import LevelChange, RightsRequest
from requests.terms import Capacity, Right, Status
from requests.turns import in_turn
from requests.waiting import ask_for_proof
from requests.workflow import NotAllowed, actor, need, need_not_frozen
from verification import checks
from verification.levels import AssuranceLevel

LEAST = AssuranceLevel.T1  # no two persons can do away with proof altogether


def why_not_change(rights_request: RightsRequest) -> str | None:
    """Why the level of this request cannot change now, in words for staff; None if it can."""
    now = RightsRequest.objects.filter(pk=rights_request.pk).values_list("status", flat=True).get()
    if now == Status.CLOSED:
        return _("This request is closed. What it needed stays as it was.")
    if now == Status.IN_REVIEW:
        return _("An answer waits for release. Send it back first: who releases has to see what it rests on.")
    if rights_request.right == Right.UNSURE:
        return _("First say which right this request is about.")
    if rights_request.needs is AssuranceLevel.T0:
        return _("This right needs no proof, ever. Nobody can ask for any.")
    return None


def _need_changeable(rights_request: RightsRequest) -> None:
    rights_request.refresh_from_db(fields=["status", "level", "level_rule", "sensitive", "right"])
    if why_not := why_not_change(rights_request):
        raise NotAllowed(why_not)


@in_turn
def mark_sensitive(rights_request: RightsRequest, kinds: Iterable[Sensitive], *, by: User) -> None:
    """It touches call records, recordings, identity documents or payments (policy §3): the matrix may ask for more."""
    need(by, "mark_sensitive")
    _need_changeable(rights_request)
    touched = sorted(kinds)
    if rights_request.sensitive or not touched:
        raise NotAllowed(_("It is marked already, or nothing was chosen."))
    right, capacity = Right(rights_request.right), Capacity(rights_request.submission.capacity)
    rule = levels.rules_for([right], capacity, sensitivity=Sensitivity.SENSITIVE)[right]
    rights_request.sensitive = True
    RightsRequest.objects.filter(pk=rights_request.pk).update(sensitive=True)
    if rule.level > rights_request.level:
        _needs_now(rights_request, rule.level, rule.name, by=by)
    elif rule.level == rights_request.level:  # no more than before, and for a reason of its own now
        rights_request.level_rule = rule.name
        RightsRequest.objects.filter(pk=rights_request.pk).update(level_rule=rule.name)
    record(rights_request.pk, "marked_sensitive", by=actor(by), kinds=touched, level=rights_request.level)


@in_turn
def raise_level(rights_request: RightsRequest, level: AssuranceLevel, why: str, *, by: User) -> None:
    """Ask for more, with a written reason. A document has a step of its own, with a reason that the requester reads."""
    need(by, "raise_level")
    _need_changeable(rights_request)
    if level > assurance.HIGHEST:
        raise NotAllowed(_("A document is asked for by a step of its own: the requester has to read why."))
    if level <= rights_request.needs:
        raise NotAllowed(_("That is no more than this request needs already."))
    if not why.strip():
        raise NotAllowed(_("Write why more is needed."))
    LevelChange.objects.waiting().filter(rights_request=rights_request).update(dropped_at=timezone.now())
    LevelChange.objects.create(
        rights_request=rights_request,
        was=rights_request.level,
        level=level,
        record_key=rights_request.record_key,
        reason=why.strip(),
        proposed_by=by,
        done_at=timezone.now(),
    )
    was = rights_request.level
    _needs_now(rights_request, level, rights_request.level_rule, by=by)
    record(rights_request.pk, "level_raised", by=actor(by), was=was, level=level)


@in_turn
def lower_level(rights_request: RightsRequest, level: AssuranceLevel, why: str, *, by: User) -> LevelChange:
    """Propose to ask for less. Nothing changes until another person confirms it."""
    need(by, "lower_level")
    need_not_frozen(rights_request)
    _need_changeable(rights_request)
    if not LEAST <= level < rights_request.needs:
        raise NotAllowed(_("Choose a level below the one that is needed now. T1 is the least."))
    if not why.strip():
        raise NotAllowed(_("Write why less is enough."))
    if LevelChange.objects.waiting().filter(rights_request=rights_request).exists():
        raise NotAllowed(_("A lower level is proposed already. Confirm or refuse that first."))
    made = LevelChange.objects.create(
        rights_request=rights_request,
        was=rights_request.level,
        level=level,
        record_key=rights_request.record_key,
        reason=why.strip(),
        proposed_by=by,
    )
    record(rights_request.pk, "lower_level_proposed", by=actor(by), was=made.was, level=level)
    return made


@in_turn
def confirm_lower_level(rights_request: RightsRequest, *, by: User) -> None:
    """A second person agrees: from now on less is enough."""
    need(by, "confirm_lower_level")
    need_not_frozen(rights_request)
    _need_changeable(rights_request)
    proposed = waiting(rights_request)
    if proposed is None or proposed.was != rights_request.level:
        raise NotAllowed(_("No lower level waits for a word. Look at this request again."))
    if proposed.proposed_by_id == by.pk:
        raise NotAllowed(_("Who proposed to ask for less cannot confirm it. Ask a colleague."))
    LevelChange.objects.filter(pk=proposed.pk).update(confirmed_by=by, done_at=timezone.now())
    RightsRequest.objects.filter(pk=rights_request.pk).update(level=proposed.level)
    rights_request.level = proposed.level
    submission = rights_request.submission
    if submission.check_made:
        needed = max((one.needs for one in submission.rights_requests.open()), default=AssuranceLevel.T0)
        checks.ask_no_more_than(submission.check_made, needed)
    record(rights_request.pk, "level_lowered", by=actor(by), was=proposed.was, level=proposed.level)


@in_turn
def refuse_lower_level(rights_request: RightsRequest, *, by: User) -> None:
    """The proposal is refused, or taken back by who made it."""
    need(by, "refuse_lower_level")
    if not LevelChange.objects.waiting().filter(rights_request=rights_request).update(dropped_at=timezone.now()):
        raise NotAllowed(_("No lower level waits for a word. Look at this request again."))
    record(rights_request.pk, "lower_level_refused", by=actor(by))


def waiting(rights_request: RightsRequest) -> LevelChange | None:
    """The proposal to ask for less that waits for a second person, if there is one."""
    related = LevelChange.objects.select_related("record_key", "proposed_by")
    return related.waiting().filter(rights_request=rights_request).first()


def proposal(rights_request: RightsRequest) -> str:
    """What waits for a second person, in words for staff; empty if nothing does."""
    proposed = waiting(rights_request)
    if proposed is None:
        return ""
    return f"{AssuranceLevel(proposed.level).name}, {proposed.proposed_by}: {proposed.reason or ''}"


def _needs_now(rights_request: RightsRequest, level: AssuranceLevel, rule: str, *, by: User) -> None:
    """The request needs `level`; what was shown on less is asked for once more, and the requester is told."""
    RightsRequest.objects.filter(pk=rights_request.pk).update(level=level, level_rule=rule)
    rights_request.level, rights_request.level_rule = level, rule
    submission = rights_request.submission
    before = submission.check_made and (submission.check_made.state, submission.check_made.asked)
    identity.ask_for(submission, level, by=by)
    check = submission.check_made
    if check and before != (check.state, check.asked) and identity.task_of(submission):
        ask_for_proof(submission, f"level:{check.pk}:{check.round}:{level}", by=by)


def why(rights_request: RightsRequest) -> str:
    """Why the request needs what it needs, in words for staff: the rule, or the person who decided otherwise."""
    done = LevelChange.objects.filter(rights_request=rights_request, done_at__isnull=False)
    last = done.select_related("record_key", "proposed_by", "confirmed_by").order_by("-done_at").first()
    if last is not None and last.level == rights_request.level:
        who = f"{last.proposed_by}, {last.confirmed_by}" if last.confirmed_by else str(last.proposed_by)
        said = f"{who}: {last.reason or ''}"
        return f"{said} {_stays(rights_request)}" if _marked_after(rights_request, last) else said
    rule = levels.rule_named(rights_request.level_rule)
    if rule is None:
        return _("As our table of levels had it then.")
    said = f"{rule.reason} ({words.rests_on(rule.rests_on)})" if rule.rests_on else rule.reason
    is_of_other_data = rights_request.sensitive and rule.cell.sensitivity is not Sensitivity.SENSITIVE
    return f"{said} {_stays(rights_request)}" if is_of_other_data else said


def _marked_after(rights_request: RightsRequest, change: LevelChange) -> bool:
    """Whether it was marked as touching sensitive data after somebody had asked for another level."""
    marks = Event.objects.filter(about=rights_request.pk, kind="marked_sensitive", at__gte=change.done_at)
    return rights_request.sensitive and marks.exists()


def _stays(rights_request: RightsRequest) -> str:
    return _("It touches sensitive data, too, and stays at %(level)s.") % {"level": rights_request.needs.name}


def offers(rights_request: RightsRequest, *, more: bool) -> list[tuple[int, str]]:
    """The levels above, or below, what is needed now, as choices."""
    able = [level for level in AssuranceLevel if LEAST <= level <= assurance.HIGHEST]
    fitting = [one for one in able if (one > rights_request.needs if more else one < rights_request.needs)]
    return [(level.value, f"{level.name}: {words.LEVELS[level]}") for level in fitting]
