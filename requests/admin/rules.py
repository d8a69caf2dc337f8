"""By which rules this house works, to look at and to try on a made-up case. Nothing here is changed; what can be
changed at the desk has pages of its own, and the index leads there.
"""

from datetime import date, datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from primevox_privacy.limits import models as limits
from primevox_privacy.staff.models import User
from requests import access, deadlines, keeping, regimes, retention, roles, what_we_keep, words
from requests.admin import why_dates
from requests.admin.rule_forms import LawSample, RetentionSample, rights_named
from requests.admin.steps import BY_VERB
from requests.models import PlaybookVersion, RightsRequest
from requests.playbooks import keeping as keeping_playbooks
from requests.regimes import Regime, Term
from requests.statute import APPEAL, Asked
from requests.terms import Right, Role
from verification import codes

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def _page(request: HttpRequest, name: str, title: Any, **more: Any) -> HttpResponse:
    context = {**admin.site.each_context(request), "title": title, **more}
    return TemplateResponse(request, f"admin/rules/{name}.html", context)


@access.rule_readers
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    return _page(
        request,
        "index",
        _("Rules"),
        playbooks=PlaybookVersion.objects.in_force().filter(in_use=True).count(),
        to_confirm=keeping_playbooks.to_confirm(user),
        laws=len(_in_force(timezone.localdate())),
        law_version=regimes.LAW_VERSION,
        may_set_levels=roles.may_set_levels(user),
        keeps_accounts=roles.may(user, "keep_accounts"),
    )


# --- Laws and deadlines --------------------------------------------------------------------------------------
@access.rule_readers
@require_safe
def laws(request: HttpRequest) -> HttpResponse:
    """The laws that hold today with the dates they set, and every date of a case that somebody makes up."""
    form = LawSample(request.GET or None, initial={"right": Right.ACCESS, "received": timezone.localdate()})
    return _page(
        request,
        "laws",
        _("Laws and deadlines"),
        form=form,
        sample=_dates(form) if form.is_valid() else None,
        laws=[_law(regime) for regime in _in_force(timezone.localdate())],
        law_version=regimes.LAW_VERSION,
        target=deadlines.TARGET // DAY,
    )


def _in_force(on: date) -> list[Regime]:
    """Laws alone: where none covers a person, our policy stands by itself."""
    laws = (regime for regime in regimes.all_regimes() if regime.id != "none")
    return [regime for regime in laws if regime.in_force(on)]


def _law(regime: Regime) -> dict[str, Any]:
    return {
        "name": regime.name,
        "places": len(regime.jurisdictions),
        "since": words.day(regime.effective_on) if regime.effective_on else "",
        "until": words.day(regime.ends_on) if regime.ends_on else "",
        "sets": _sets(regime),
        "more": _more(regime),
        "appeal": _appeal(regime),
        "citation": regime.citation,
        "unverified": regime.confidence != "verified",
    }


def _sets(regime: Regime) -> list[str]:
    """The dates that a law sets; none where our own target stands alone."""
    said = []
    if regime.response:
        said.append(_("Answer: %(time)s") % {"time": _time(regime.response)})
    if regime.opt_out and (regime.response is None or _time(regime.opt_out) != _time(regime.response)):
        said.append(_("Opting out: %(time)s") % {"time": _time(regime.opt_out)})
    if regime.acknowledgement:
        said.append(_("Receipt confirmed: %(time)s") % {"time": _time(regime.acknowledgement)})
    return said


def _time(term: Term) -> str:
    if term.unit == "months":
        said = ngettext("%(number)d month", "%(number)d months", term.amount)
    elif term.unit in ("business_days", "working_days"):
        said = ngettext("%(number)d working day", "%(number)d working days", term.amount)
    else:
        said = ngettext("%(number)d day", "%(number)d days", term.amount)
    within = said % {"number": term.amount}
    if not term.amount:
        return _("at once")
    return _("at once, at the latest %(time)s") % {"time": within} if term.at_once else within


def _more(regime: Regime) -> str:
    if regime.extension is None:
        return ""
    if regime.extension.total is None:
        return _("To the day that our notice names")
    return _("To %(time)s from receipt, in all") % {"time": _time(regime.extension.total)}


def _appeal(regime: Regime) -> str:
    appeal = regime.appeal
    said = _("Asked for within %(days)d days. Answered within %(answered)d.") % {
        "days": appeal.file_within,
        "answered": appeal.respond_within,
    }
    return said if appeal.by_law else _("By our policy: %(time)s") % {"time": said}


def _dates(form: LawSample) -> dict[str, Any]:
    """The same call that dates a real request, and `manage.py explain_due_date`."""
    given = form.cleaned_data
    asked: Asked = APPEAL if given["right"] == APPEAL else Right(given["right"])
    received_at = datetime.combine(given["received"], deadlines.NOON, deadlines.HOME)
    schedule = deadlines.schedule(asked, form.lives_in, received_at)
    return {
        "right": rights_named(given["right"]),
        "received": words.day(schedule.received_on),
        "law": schedule.regime.name,
        "dates": [
            {
                "label": words.DATE_KINDS[due.kind],
                "day": words.day(due.due_on),
                "at_once": due.at_once,
                "why": words.why(due.reason, due.why),
                "rule": regimes.law()["counting_rules"][due.rule]["text"],
                "citation": due.citation,
                "unverified": due.confidence != "verified",
                "leads": due is schedule.leading,
            }
            for due in schedule.dates
        ],
        "ways": why_dates.ways(schedule, at_any_time=True),
    }


# --- Retention -----------------------------------------------------------------------------------------------
# Each number of retention.py and of the few other places: its name, what it is for, and on what it rests.
NUMBERS: tuple[tuple[Any, str, Any, Any], ...] = (
    (retention, "UNDO", gettext_lazy("Taking back or joining can be undone for"), gettext_lazy("our own choice")),
    (
        retention,
        "CONTACT_AFTER_CLOSING",
        gettext_lazy("Contacts and texts, after the last closing"),
        gettext_lazy("our own choice, under policy §11"),
    ),
    (
        retention,
        "PACKAGE",
        gettext_lazy("Files of an answer, after the notice; as long again when asked"),
        gettext_lazy("our own choice, under policy §11"),
    ),
    (
        retention,
        "RECORD_MONTHS",
        gettext_lazy("The record of a request, after its closing"),
        gettext_lazy("policy §11, 11 CCR 7101"),
    ),
    (
        retention,
        "DRAFT",
        gettext_lazy("What was typed and not sent, after the last touch"),
        gettext_lazy("our own choice, under policy §11"),
    ),
    (retention, "POLICY_NOTICE", gettext_lazy("A change of the policy is said for"), gettext_lazy("policy §15")),
    (
        retention,
        "POLICY_LETTER",
        gettext_lazy("A letter about such a change stays longer by"),
        gettext_lazy("policy §15"),
    ),
    (codes, "LIFETIME", gettext_lazy("A code to sign in"), gettext_lazy("our own choice")),
    (limits, "KEPT", gettext_lazy("Tries that are counted against misuse"), gettext_lazy("our own choice")),
)


@access.rule_readers
@require_safe
def how_long(request: HttpRequest) -> HttpResponse:
    """What is kept how long, by which number, and what goes when of a case that somebody makes up."""
    today = timezone.localdate()
    form = RetentionSample(request.GET or None, initial={"received": today, "closed": today})
    return _page(
        request,
        "retention",
        _("Retention"),
        form=form,
        sample=_goes(form) if form.is_valid() else None,
        lines=what_we_keep.lines(),
        numbers=[
            {"name": f"{place.__name__}.{name}", "value": _said(name, getattr(place, name)), "what": what, "rests": on}
            for place, name, what, on in NUMBERS
        ],
        backup_days=settings.BACKUP_DAYS,
    )


def _said(name: str, value: Any) -> str:
    if name.endswith("_MONTHS"):
        return ngettext("%(number)d month", "%(number)d months", value) % {"number": value}
    if value % DAY:
        minutes = value // timedelta(minutes=1)
        return ngettext("%(number)d minute", "%(number)d minutes", minutes) % {"number": minutes}
    if value == DAY:
        return _("24 hours")
    return ngettext("%(number)d day", "%(number)d days", value // DAY) % {"number": value // DAY}


def _goes(form: RetentionSample) -> list[dict[str, Any]]:
    """What goes when of one request that was sent alone: by the functions that end the real keys."""
    given = form.cleaned_data
    closed_at = datetime.combine(given["closed"], deadlines.NOON, deadlines.HOME)
    law = regimes.regime_for(form.lives_in, given["received"])
    ends = [
        (_("It can be undone until then"), retention.undo_until(form.ended, closed_at)),
        (_("Proof of who asked"), retention.proof_ends_at([(form.ended, closed_at)])),
        (_("The record: letters, dates and how it ended"), retention.record_ends_at(closed_at)),
    ]
    needed = []
    if form.ended in keeping.APPEALABLE:
        needed.append(keeping.appeal_until(RightsRequest(regime=law.id, closed_at=closed_at)))
        ends.append((_("Until then a second look can be asked for"), needed[-1]))
    if given["with_files"]:
        needed.append(retention.package_ends_at(closed_at, kept_longer=False))
        ends.append((_("Files of the answer, where nobody asks for longer"), needed[-1]))
    ends.append((_("Names, contacts and texts"), retention.contact_ends_at(closed_at, needed)))
    coming = sorted((at, what) for what, at in ends if at)
    return [{"what": what, "at": at} for at, what in coming]


# --- Who may do what -----------------------------------------------------------------------------------------
@access.rule_readers
@require_safe
def permissions(request: HttpRequest) -> HttpResponse:
    """The table that the code reads (`roles.TABLE`)."""
    return _page(
        request,
        "permissions",
        _("Who may do what"),
        roles=[words.ROLES[role] for role in Role],
        lines=[
            {
                "verb": verb,
                "title": BY_VERB[verb].title if verb in BY_VERB else "",
                "may": [role in who for role in Role],
                "fresh": verb in roles.FRESH,
            }
            for verb, who in roles.PERMISSIONS.items()
        ],
    )
