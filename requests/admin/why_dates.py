"""Why a date is what it is, step by step, and what could still move it: for the case page and the appeal page."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from requests import clock, deadlines, leeway, receipts, regimes, words
from requests.deadlines import HOME, Schedule
from requests.leeway import Leeway
from requests.models import Extension, RightsRequest
from requests.terms import DateKind, ExtensionReason


def why_dates(one: RightsRequest) -> dict[str, Any]:
    """Everything that made the dates of a request."""
    schedule = clock.schedule_of(one)
    law, dates = _law(one), _dates(one, schedule)
    return {
        "clock": {
            "received": _received(one),
            "receipt_rule": regimes.law()["receipt_rule"]["text"],
            "receipt_unverified": regimes.law()["receipt_rule"]["confidence"] != "verified",
            "law": law,
            "dates": dates,
            "unverified": law["unverified"] or any(date["unverified"] for date in dates),
            "extensions": extensions_of(one),
            "pauses": _pauses(one),
            "ways": ways(schedule) if one.is_open and not one.reopened_on else [],
            "closed": not one.is_open,
        }
    }


def _received(one: RightsRequest) -> str:
    at = one.submission.received_at
    zones = dict.fromkeys([HOME.key, regimes.zone_of(one.submission.residence or None)])
    local = [f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}" for zone in zones if zone]
    day = words.day(one.received_on)
    if len(local) == 1:
        return _("%(day)s (%(local)s)") % {"day": day, "local": local[0]}
    return _("%(day)s (%(local)s; the earlier day counts)") % {"day": day, "local": " / ".join(local)}


def _law(one: RightsRequest) -> dict[str, Any]:
    regime = regimes.by_id(one.regime)
    return {
        "name": regime.name,
        "citation": regime.citation,
        "since": words.day(regime.effective_on) if regime.effective_on else "",
        "version": one.law_version,
        "unverified": regime.confidence != "verified",
    }


def _dates(one: RightsRequest, schedule: Schedule) -> list[dict[str, Any]]:
    """The dates as they stand in their rows; the engine adds the rule's text and how sure its source is."""
    rules = regimes.law()["counting_rules"]
    rows = sorted(one.due_dates.all(), key=lambda due: (due.due_on, due.kind))
    leads = [row for row in rows if row.due_on == one.leading_on and row.kind != DateKind.ACKNOWLEDGEMENT]
    by_law = [row for row in leads if (row.kind in (DateKind.STATUTORY, DateKind.EXTENDED)) is one.leading_by_law]
    return [
        {
            "label": words.DATE_KINDS[DateKind(row.kind)],
            "day": words.day(row.due_on),
            "at_once": row.at_once,
            "why": words.why(row.reason, row.why),
            "rule": rules[row.rule]["text"] if row.rule in rules else "",
            "citation": row.citation,
            "unverified": is_unverified(schedule, DateKind(row.kind)),
            "ends": _ends(one, row.due_on),
            "leads": row in by_law[:1],
            "kept": receipts.confirmed_on(one.submission) if row.kind == DateKind.ACKNOWLEDGEMENT else "",
        }
        for row in rows
    ]


def _ends(one: RightsRequest, due_on: date) -> str:
    """When that day is over, where it is over for the requester before it is at the office; else empty."""
    zone = regimes.zone_of(one.submission.residence or None)
    ends_at = deadlines.due_instant(due_on, zone).astimezone(HOME)
    if ends_at == deadlines.due_instant(due_on, None):
        return ""
    said = {"zone": zone, "day": words.day(ends_at.date()), "time": f"{ends_at:%H:%M}"}
    return _("In %(zone)s that day ends at %(time)s Texas time on %(day)s.") % said


def is_unverified(schedule: Schedule, kind: DateKind) -> bool:
    """Whether counsel still has to confirm what a date rests on."""
    due = schedule.date_of(kind)
    return due is not None and due.confidence != "verified"


def extensions_of(one: clock.Timed) -> list[dict[str, Any]]:
    return [
        {
            "label": words.DATE_KINDS[DateKind(extension.of)],
            "was": words.day(extension.was_on),
            "until": words.day(extension.promised_on),
            "reason": words.EXTENSION_REASONS[extension.reason],
            "decided": _decided(extension),
            "told_on": words.day(timezone.localdate(extension.told_at)) if extension.told_at else "",
            "refused": bool(extension.letter and extension.letter.given_up_at),
        }
        for extension in one.extensions.select_related("decided_by", "letter").order_by("decided_at")
    ]


def _decided(extension: Extension) -> str:
    """Who moved a date; where a question did, of which day it is."""
    said = {"who": extension.decided_by, "day": words.day(timezone.localdate(extension.decided_at))}
    if extension.decided_by is None:
        return _("Moved with our notice of %(day)s, since they were silent.") % said
    if extension.reason == ExtensionReason.WAITING_FOR_YOU:
        return _("Moved with our question of %(day)s, asked by %(who)s.") % said
    return _("Decided by %(who)s on %(day)s.") % said


def _pauses(one: RightsRequest) -> list[dict[str, str]]:
    return [
        {"asked": words.day(pause.asked_on), "answered": words.day(pause.answered_on) if pause.answered_on else ""}
        for pause in one.pauses.order_by("asked_on")
    ]


def ways(schedule: Schedule, *, at_any_time: bool = False) -> list[dict[str, Any]]:
    """What could still move a date today; or what could at any time, of a case that is made up."""
    return [
        {
            "moves": words.DATE_KINDS[way.moves],
            "why": words.why(way.reason, way.why),
            "citation": way.citation,
            "unverified": way.confidence != "verified",
            "conditions": _needed(way),
        }
        for way in leeway.leeway(schedule, None if at_any_time else timezone.localdate())
    ]


def _needed(way: Leeway) -> list[str]:
    """What the law wants for it, as sentences: the data holds its ground first, then what the notice states."""
    if not way.conditions:
        return []
    ground, *stated = way.conditions
    return [
        _("The law wants as its ground: %(ground)s.") % {"ground": ground},
        *(_("The notice states: %(stated)s.") % {"stated": one} for one in stated),
    ]
