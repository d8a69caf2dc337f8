"""The log: everything that is recorded, the newest first, narrowed by who, what, when and which request; and to take
along. Names of staff, references and reasons only: of requesters nothing stands in the record (policy §12).
"""

import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from primevox_privacy import spreadsheet
from primevox_privacy.ledger.models import PORTAL, Event, record
from primevox_privacy.staff import tries
from primevox_privacy.staff.models import User
from requests import happened, identity, references, words
from requests.models import RightsRequest
from requests.terms import Ending, WhyTaken
from requests.workflow import NotAllowed, need
from verification.models import Check

PAGE = 100
LONGEST = timedelta(days=366)  # what is taken along or counted at once
MOST_ROWS = 10_000
OF_LATE = timedelta(days=30)  # opens are counted over so long where no first day was chosen
YEARS = range(2000, 2101)  # days beyond them are a slip, and some cannot be counted from
DASH = "—"


class What(StrEnum):
    """Groups of kinds of events."""

    OPENED = "opened"
    DECISIONS = "decisions"
    LETTERS = "letters"
    ACCOUNTS = "accounts"
    SETTINGS = "settings"
    ALL = "all"


GROUPS = {
    What.OPENED: gettext_lazy("Who opened what, and why"),
    What.DECISIONS: gettext_lazy("Decisions"),
    What.LETTERS: gettext_lazy("Letters and messages"),
    What.ACCOUNTS: gettext_lazy("Accounts and keys"),
    What.SETTINGS: gettext_lazy("Settings"),
    What.ALL: gettext_lazy("All that happened"),
}
LOOKS = frozenset(
    {
        *("contact_shown", "identity_looked_at", "paper_looked_at", "customer_record_looked_at"),
        *("answer_file_looked_at", "task_looked_at", "finding_looked_at"),
    }
)
KINDS: Mapping[What, frozenset[str]] = {
    What.OPENED: LOOKS | {happened.TAKEN_ALONG},
    What.DECISIONS: frozenset(
        {
            *("identity_passed", "identity_not_shown", "identity_no_record", "customer_record_chosen"),
            *("contact_on_file_entered", "call_detail_opened", "authority_accepted", "authority_refused"),
            *("marked_sensitive", "level_raised", "lower_level_proposed", "level_lowered", "lower_level_refused"),
            *("turned_into", "right_changed", "extension_decided", "document_asked", "deletion_asked_for"),
            *("receipt_proposed", "receipt_changed", "receipt_declined", "contact_changed", "contact_change_refused"),
            *("drafted", "sent_back", "closed", "undone", "shut", "frozen", "freed", "hold_placed", "hold_lifted"),
            *("fee_told", "fee_waived", "appeal_taken", "appeal_upheld", "appeal_overturned"),
        }
    ),
    What.LETTERS: frozenset(
        {
            *("asked", "told", "replied", "wrote", "noted", "notice_given", "extended", "answer_read"),
            *("letter_refused", "letter_printed", "letter_posted", "letters_settled", "continuation_code_made"),
            "policy_notice_owed",
        }
    ),
    What.ACCOUNTS: frozenset({*tries.KINDS, "wrapping_key_rotated", "purges_replayed"}),
    What.SETTINGS: frozenset(
        {
            *("level_rule_proposed", "level_rule_confirmed", "level_rule_dropped", "inventory_changed", "absence_set"),
            *("policy_loaded", "policy_marked_material", "policy_taken_back"),
            *("requests_imported", "customers_imported"),
            *("playbook_proposed", "playbook_confirmed", "playbook_dropped"),
        }
    ),
}

ABOUT_ACCOUNTS = frozenset({*tries.KINDS, "absence_set"})


@dataclass(frozen=True)
class Asked:
    """What of the log somebody wants to see."""

    what: What = What.OPENED
    actor: str = ""  # as the record names who did it; empty: everybody
    since: date | None = None
    until: date | None = None
    about: tuple[uuid.UUID, ...] | None = None  # all of one case; nothing where there is no such case


def about(typed: str) -> tuple[uuid.UUID, ...]:
    """What the events of a request may be about, by a reference in any spelling; nothing where it is none of ours."""
    reference = references.normalised(typed)
    if reference is None:
        return ()
    found = RightsRequest.objects.of_people().named(reference).select_related("submission").first()
    return (found.pk, found.submission_id, *identity.checks_of(found.submission)) if found else ()


def record_is_over(request: uuid.UUID) -> bool:
    """Whether the life of a request's record has ended, after which its events say nothing any more (policy §11)."""
    return RightsRequest.objects.filter(pk=request, record_key__emptied_at__isnull=False).exists()


def events(asked: Asked) -> QuerySet[Event]:
    """In no order. Days are those of the office."""
    found = Event.objects.all()
    if asked.what is not What.ALL:
        found = found.filter(kind__in=KINDS[asked.what])
    if asked.actor:
        found = found.filter(actor=asked.actor)
    if asked.since:
        found = found.filter(at__gte=_midnight(asked.since))
    if asked.until:
        found = found.filter(at__lt=_midnight(asked.until + timedelta(days=1)))
    return found if asked.about is None else found.filter(about__in=asked.about)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


# --- Pages: by the place of an event, so that a page is as fast far back as at the front -----------------------------
class Page(NamedTuple):
    """Events, the newest first, and from where its neighbours go on; empty where there are none."""

    events: list[Event]
    newer: str
    older: str


def page(asked: Asked, *, before: str = "", after: str = "") -> Page:
    """Those next older than a place, or next newer; of a place that is none, and near the front, the newest."""
    found = events(asked)
    if start := _place(after):
        newer = list(found.filter(_after(*start)).order_by("at", "id")[: PAGE + 1])
        if len(newer) > PAGE:
            return _page(newer[PAGE - 1 :: -1], is_first=False, has_older=True)
        before = ""
    if end := _place(before):
        found = found.filter(_before(*end))
    older = list(found.order_by("-at", "-id")[: PAGE + 1])
    return _page(older[:PAGE], is_first=not _place(before), has_older=len(older) > PAGE)


def _page(shown: list[Event], *, is_first: bool, has_older: bool) -> Page:
    if not shown:
        return Page([], "", "")
    return Page(shown, "" if is_first else _said(shown[0]), _said(shown[-1]) if has_older else "")


def _before(at: datetime, pk: uuid.UUID) -> Q:
    return Q(at__lte=at) & (Q(at__lt=at) | Q(id__lt=pk))  # the first half is what an index can follow


def _after(at: datetime, pk: uuid.UUID) -> Q:
    return Q(at__gte=at) & (Q(at__gt=at) | Q(id__gt=pk))


def _said(event: Event) -> str:
    return f"{event.at.isoformat()}_{event.pk}"


def _place(said: str) -> tuple[datetime, uuid.UUID] | None:
    at, _between, pk = said.partition("_")
    try:
        moment, known = parse_datetime(at), uuid.UUID(pk)
    except ValueError:
        return None
    return (moment, known) if moment and moment.tzinfo and moment.year in YEARS else None


# --- In words ------------------------------------------------------------------------------------------------------
class Line(NamedTuple):
    """One event as people read it. `cases`: the requests it is about; `beside`: what it is about where it is none."""

    at: datetime
    who: str
    what: str
    cases: list[RightsRequest]
    beside: str
    why: str


class _Known(NamedTuple):
    """What the words of some events need."""

    who: Mapping[str, Any]
    cases: Mapping[uuid.UUID, list[RightsRequest]]
    accounts: Mapping[uuid.UUID, str]


def lines(found: Collection[Event]) -> list[Line]:
    """Each event in words; three statements, however many."""
    known = _known(found)
    return [_line(event, known) for event in found]


def _known(found: Collection[Event]) -> _Known:
    whose = {event.about for event in found if event.kind in ABOUT_ACCOUNTS}
    people = User.objects.in_bulk([*happened.people_in(found), *whose])
    who = happened.OTHERS | {person.as_actor: str(person) for person in people.values()}
    return _Known(who, _cases({event.about for event in found}), {pk: str(person) for pk, person in people.items()})


def _cases(about: set[uuid.UUID]) -> dict[uuid.UUID, list[RightsRequest]]:
    """The requests that these ids stand for: a request's own, its submission's, or that of a check."""
    checks = dict(Check.objects.filter(pk__in=about).values_list("pk", "subject"))
    ids = about | set(checks.values())
    requests = RightsRequest.objects.filter(Q(pk__in=ids) | Q(submission__in=ids)).order_by("reference")
    cases: dict[uuid.UUID, list[RightsRequest]] = {}
    for one in requests.select_related("submission").only("reference", "synthetic", "submission__capacity"):
        cases[one.pk] = [one]
        cases.setdefault(one.submission_id, []).append(one)
    return cases | {check: cases.get(subject, []) for check, subject in checks.items()}


def _line(event: Event, known: _Known) -> Line:
    cases = known.cases.get(event.about, [])
    capacity = cases[0].submission.capacity if cases else ""
    what = happened.said(event, capacity, known.who)
    if ending := event.detail.get("ending") if event.kind == "closed" else None:
        what = f"{what}: {words.ending_for_staff(Ending(ending), capacity)}"
    ours = [one for one in cases if not one.synthetic]  # what the portal asks of itself is nobody's case
    beside = "" if ours else _beside(event, cases, known)
    return Line(event.at, _who(event, known), what, ours, beside, happened.why(event))


def _who(event: Event, known: _Known) -> str:
    if event.salt is None:
        return _("no longer kept")
    if not event.actor:
        return _("nobody who was signed in")
    return str(known.who.get(event.actor) or _("somebody who works here no more"))


def _beside(event: Event, cases: list[RightsRequest], known: _Known) -> str:
    if cases:
        return _("the daily test request")
    if event.about in known.accounts:
        return _("Account of %(who)s") % {"who": known.accounts[event.about]}
    return _("no longer known") if event.kind in words.TIMELINE_FOR_STAFF and event.about != PORTAL else DASH


# --- Who opened how much ---------------------------------------------------------------------------------------------
def days_of(asked: Asked, today: date) -> tuple[date, date]:
    """The first and the last day of what is counted, and of what is offered to take along: of late where no first day
    was chosen, and never more than a year."""
    until = asked.until or today
    return max(asked.since or until - OF_LATE, until - LONGEST + timedelta(days=1)), until


class Opens(NamedTuple):
    """How often each person opened something from one day to another, most first."""

    since: date
    until: date
    by_person: list[tuple[str, int]]


def opens(asked: Asked, today: date) -> Opens:
    """Over the days that `days_of` says."""
    since, until = days_of(asked, today)
    looked = events(Asked(What.OPENED, asked.actor, since, until, asked.about)).filter(kind__in=LOOKS)
    counted = looked.filter(actor__startswith=happened.STAFF).order_by().values("actor").annotate(number=Count("pk"))
    times = {line["actor"]: line["number"] for line in counted}
    who = happened.names(actor.removeprefix(happened.STAFF) for actor in times)
    by_person = [(str(who.get(actor, _("somebody who works here no more"))), times[actor]) for actor in times]
    return Opens(since, until, sorted(by_person, key=lambda line: (-line[1], line[0])))


# --- To take along ---------------------------------------------------------------------------------------------------
HEAD = (
    gettext_lazy("When"),
    gettext_lazy("Who"),
    gettext_lazy("What"),
    gettext_lazy("Request"),
    gettext_lazy("Why"),
)


@transaction.atomic
def take_along(asked: Asked, why: WhyTaken, *, by: User) -> str:
    """The log as CSV, as the page shows it; who took what of it along, and why, is recorded. Raises NotAllowed without
    both days, for more than a year, and for more lines than anybody reads."""
    need(by, "take_log_along")
    if why_not := why_not_along(asked):
        raise NotAllowed(why_not)
    found = list(events(asked).order_by("-at", "-id")[: MOST_ROWS + 1])
    if len(found) > MOST_ROWS:
        most = number_format(MOST_ROWS, force_grouping=True)
        raise NotAllowed(_("These are more than %(most)s lines. Choose fewer days.") % {"most": most})
    said = {"what": asked.what, "since": str(asked.since), "until": str(asked.until), "rows": len(found)}
    said |= {"actor": asked.actor} if asked.actor else {}
    said |= {"case": str(asked.about[0])} if asked.about else {}
    record(PORTAL, happened.TAKEN_ALONG, by=by.as_actor, why=why, **said)
    return spreadsheet.written([map(str, HEAD), *_cells(found)])


def why_not_along(asked: Asked) -> str:
    """Why so much cannot be taken along; empty where it can, unless it has too many lines."""
    if not asked.since or not asked.until:
        return _("Choose the first and the last day.")
    if asked.until - asked.since >= LONGEST:
        return _("That is more than a year. Choose fewer days.")
    return ""


def _cells(found: list[Event]) -> Iterator[list[str]]:
    for start in range(0, len(found), 1_000):
        for line in lines(found[start : start + 1_000]):
            about = ", ".join(references.spoken(one.reference) for one in line.cases) or line.beside
            yield [timezone.localtime(line.at).isoformat(timespec="seconds"), line.who, line.what, about, line.why]
