"""What has to hold whatever anybody does, in whatever order: a second reading of the policy and of our decisions, by
hand and without asking the code that keeps them. `test_every_way.py` walks; this looks after every step."""

import calendar
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db import connection
from django.db.models import Q

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.models import DataKey
from requests.inventory.models import Task
from requests.models import Answer, Appeal, Hold, Package, RightsRequest
from verification.models import Check, Paper

# From where to where a request may go, and what the record then says. There is no other way.
MOVES = {
    ("received", "in_progress"): {"taken"},
    ("received", "waiting"): {"asked"},
    ("received", "closed"): {"closed"},
    ("in_progress", "waiting"): {"asked", "fee_told"},
    ("in_progress", "in_review"): {"drafted"},
    ("in_progress", "closed"): {"closed"},
    ("waiting", "in_progress"): {"replied", "fee_accepted", "fee_waived"},
    ("waiting", "in_review"): {"drafted"},
    ("waiting", "closed"): {"closed"},
    ("in_review", "in_progress"): {"sent_back"},
    ("in_review", "closed"): {"closed"},
    ("closed", "received"): {"undone"},
    ("closed", "in_progress"): {"undone", "appeal_overturned"},
    ("closed", "waiting"): {"undone"},
}
# What each step writes into the record of a request. A step about the whole submission writes it for each request.
RECORDED = {
    "take_in": {"received"},
    "take": {"taken"},
    "turn_into": {"turned_into"},
    "change_right": {"right_changed"},
    "ask": {"asked"},
    "tell": {"told"},
    "reply": {"replied", "wrote"},
    "note": {"noted"},
    "extend": {"extension_decided"},
    "answer": {"drafted", "closed"},
    "release": {"closed"},
    "send_back": {"sent_back"},
    "withdraw": {"closed"},
    "undo": {"undone"},
    "merge": {"closed"},
    "assess_fee": {"fee_told"},
    "accept_fee": {"fee_accepted"},
    "decline_fee": {"closed"},
    "waive_fee": {"fee_waived"},
    "fee_paid": {"fee_paid"},
    "place_hold": {"hold_placed"},
    "lift_hold": {"hold_lifted"},
    "freeze": {"frozen"},
    "free": {"freed"},
    "say_not_me": {"said_not_me"},
    "end_not_you": {"closed", "shut"},
    "add_file": {"files_added"},
    "remove_file": {"file_removed"},
    "download": {"file_downloaded"},
    "keep_longer": {"files_kept_longer"},
    "file_appeal": {"appealed"},
    "take_appeal": {"appeal_taken"},
    "extend_appeal": {"extension_decided"},
    "decide_appeal": {"appeal_upheld", "appeal_overturned"},
    "show_identity": {"statement_kept"},
    "mark_sensitive": {"marked_sensitive"},
    "raise_level": {"level_raised"},
    "lower_level": {"lower_level_proposed"},
    "confirm_lower_level": {"level_lowered"},
    "refuse_lower_level": {"lower_level_refused"},
    "sweep": {"hold_lifted", "extended", "extension_decided"},
    "log_request": {"received"},
    "assign": {"assigned"},
    "undo_assign": {"assignment_undone"},
    "take_next": {"taken"},
    "show_contact": {"contact_shown"},
    "look_at_file": {"paper_looked_at"},
    "look_at_answer_file": {"answer_file_looked_at"},
    "ask_for_document": {"document_asked"},
    "enter_codes": {"sent_back"},
    "decide_contact_change": {"sent_back"},
    "search_for": {"search_words_given"},
    "add_task": {"task_added"},
    "leave_out_task": {"task_left_out"},
    "reassign_task": {"task_reassigned"},
    "reopen_task": {"task_reopened"},
    "answer_task": {"task_answered"},
    "look_at_task": {"task_looked_at"},
    "take_back_task": {"task_taken_back"},
    "carry_out": {"deletion_asked_for"},
    "look_at_finding": {"finding_looked_at"},
    "to_answer": {"files_added"},
    "settle_letters": {"letters_settled"},
    "give_notice": {"notice_given"},
}
# Steps that ask for proof once more. Where our target leaves no time for it, it moves, and each date that moves is one
# event more (policy §9).
BRINGS_TIME = {
    "mark_sensitive",
    "raise_level",
    "ask_for_document",
    "ask_identity_again",
    "ask_authority_anew",
    "enter_codes",
    "decide_contact_change",
}
# Where a step makes a request ready to be worked on, its systems are searched from then on: one event more.
SEARCHES = "search_begun"
# The same for what is recorded about a check or a submission.
RECORDED_BESIDE = {
    "show_identity": {"identity_given"},
    "ask_identity_again": {"identity_asked_again"},
    "decide_identity": {"identity_passed"},
    "not_shown": {"identity_not_shown"},
    "no_record": {"identity_no_record"},
    "enter_contact": {"contact_on_file_entered"},
    "show_authority": {"paper_given"},
    "read_authority": {"paper_looked_at"},
    "decide_authority": {"authority_accepted", "authority_refused"},
    "ask_authority_anew": {"authority_asked_again"},
    "new_code": {"continuation_code_made"},
    "log_request": {"logged"},
    "propose_receipt": {"receipt_proposed"},
    "confirm_receipt": {"receipt_changed"},
    "decline_receipt": {"receipt_declined"},
    "ask_for_new_contact": {"contact_change_asked"},
    "print_letter": {"letter_printed"},
    "post_letter": {"letter_posted"},
    "told_otherwise": {"letters_settled"},
    "came_back": {"letter_refused"},
}
NEEDS_MORE = {"raise_level", "mark_sensitive", "ask_for_document"}
NEW_CONTACT = {"enter_codes", "decide_contact_change"}
CHECK_MOVES = {
    ("open", "given"): {"show_identity"},
    ("given", "open"): {"ask_identity_again", "file_appeal", "ask_for_document", *NEW_CONTACT},
    ("open", "passed"): {"decide_identity"},
    ("given", "passed"): {"decide_identity"},
    ("open", "not_shown"): {"not_shown"},
    ("given", "not_shown"): {"not_shown"},
    ("open", "no_record"): {"no_record"},
    ("given", "no_record"): {"no_record"},
    # On less than is needed now.
    ("passed", "open"): {"turn_into", "change_right", "ask_identity_again", "file_appeal", *NEEDS_MORE, *NEW_CONTACT},
    ("not_shown", "open"): {"turn_into", "change_right", "file_appeal", *NEEDS_MORE, *NEW_CONTACT},
    ("no_record", "open"): {"turn_into", "change_right", "file_appeal", *NEEDS_MORE, *NEW_CONTACT},
}
OF_THE_WHOLE = {"take_in", "freeze", "free", "say_not_me", "end_not_you", "show_identity", "sweep", *NEW_CONTACT}
# Steps that one role alone may take.
ONLY = {
    "release": {"abe", "bea", "cleo"},
    "send_back": {"abe", "bea", "cleo"},
    "take_appeal": {"abe", "bea", "cleo"},
    "extend_appeal": {"abe", "bea", "cleo"},
    "decide_appeal": {"abe", "bea", "cleo"},
    "assess_fee": {"abe", "bea", "cleo"},
    "place_hold": {"abe", "bea", "cleo"},
    "lift_hold": {"abe", "bea", "cleo"},
    "free": {"abe", "bea", "cleo"},
    "end_not_you": {"abe", "bea", "cleo"},
    "confirm_lower_level": {"abe", "bea", "cleo"},
    "enter_contact": {"vera"},
    "new_code": {"vera"},
    "decide_contact_change": {"vera"},
    "ask_for_document": {"vera"},
    "confirm_receipt": {"abe", "bea", "cleo"},
    "answer_task": {"cora", "tess", "abe", "bea", "cleo"},
    "look_at_task": {"cora"},
    "take_back_task": {"cora"},
}
READ_ONLY = {"otto", "ada"}  # an auditor reads; an administrator sees no case
ANYBODY = {"tess", "vera", "abe", "bea", "cleo"}  # who works on cases; cora only searches her systems

BY_ANSWER = {"fulfilled", "partly", "refused", "nothing_held", "identity_not_shown"}
TELL_NOTHING = {"no_answer", "out_of_scope", "not_a_request"}
CAN_BE_APPEALED = {"refused", "partly", "nothing_held", "identity_not_shown", "no_answer"}
CAN_BE_UNDONE = {"withdrawn", "merged"}
FOR_SOMEBODY_ELSE = {"agent", "parent", "company"}
SECRETS = {"know", "access", "portability", "delete"}  # wrong hands, or gone for good: two people look
NO_MATTER_WHO = {"policy_6", "policy_7_unfounded", "policy_7_repetitive", "policy_7_excessive"}
LEVELS = {
    **dict.fromkeys(("opt_out", "limit_sensitive", "withdraw_consent", "unsure"), 0),
    **dict.fromkeys(("object", "restrict", "retaliation"), 1),
    **dict.fromkeys(("know", "correct"), 2),
    **dict.fromkeys(("access", "portability", "delete"), 3),
}
# The same where it touches sensitive data.
SENSITIVE = LEVELS | dict.fromkeys(("object", "restrict", "retaliation"), 2) | dict.fromkeys(("know", "correct"), 3)
# Nothing leaves what is frozen but codes that somebody asks for, and warnings to a contact of our own record.
LEAVE_THE_FROZEN = {"code", "code_on_file", "check_code", "contact_changed", "acted_for", "identity_shown"}

DAY = timedelta(days=1)
OFFICE = ZoneInfo("America/Chicago")


def months_later(instant: datetime, months: int) -> datetime:
    """The same day some months later, or that month's last day."""
    years, month = divmod(instant.month - 1 + months, 12)
    year = instant.year + years
    return instant.replace(year=year, month=month + 1, day=min(instant.day, calendar.monthrange(year, month + 1)[1]))


@dataclass
class Case:
    """What was seen to happen to one request."""

    pk: uuid.UUID
    submission: uuid.UUID
    capacity: str
    right: str
    status: str = "received"
    ending: str = ""
    closed_at: datetime | None = None
    is_frozen: bool = False
    joined_to: uuid.UUID | None = None
    asked_at: datetime | None = None  # since when a question or a fee waits, or waited when it closed
    needs: int | None = None  # where staff decided otherwise than the table
    less: tuple[str, int] | None = None  # who proposed to ask for less, and for how little

    @property
    def level(self) -> int:
        return LEVELS[self.right] if self.needs is None else self.needs


@dataclass
class Look:
    """What was seen of an appeal."""

    case: Case
    first_ending: str
    decided_at: datetime | None = None


@dataclass
class Files:
    """What was seen of a package."""

    case: Case
    noticed_at: datetime | None = None
    longer: bool = False


@dataclass
class Checked:
    """What was done about identity in one check."""

    submission: uuid.UUID
    asked_at: datetime
    level: int = 0
    state: str = "open"
    decided_at: datetime | None = None
    decisions: list[datetime] = field(default_factory=list)
    last_known: datetime | None = None
    settled: datetime | None = None  # when its proof ends, once a newer check has taken its place
    is_replaced: bool = False


@dataclass
class Seen:
    """All that the walk has seen, in the model's own words."""

    cases: dict[uuid.UUID, Case] = field(default_factory=dict)
    looks: dict[uuid.UUID, Look] = field(default_factory=dict)
    files: dict[uuid.UUID, Files] = field(default_factory=dict)
    checks: dict[uuid.UUID, Checked] = field(default_factory=dict)
    holds: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)  # standing ones, and of which submission
    authority: dict[uuid.UUID, tuple[set[str], date | None]] = field(default_factory=dict)
    read: set[uuid.UUID] = field(default_factory=set)  # whose proof of authority was opened since the last came
    shut: set[uuid.UUID] = field(default_factory=set)  # submissions that were not theirs
    confirmed: set[uuid.UUID] = field(default_factory=set)
    letters: set[uuid.UUID] = field(default_factory=set)
    events: set[uuid.UUID] = field(default_factory=set)
    searched: set[uuid.UUID] = field(default_factory=set)  # requests whose systems are searched

    # --- When each life ends (the table "what lives how long") ----------------------------------------------
    def of(self, submission: uuid.UUID) -> list[Case]:
        return [case for case in self.cases.values() if case.submission == submission]

    def is_held(self, submission: uuid.UUID) -> bool:
        """A hold stands, or a freeze."""
        return submission in self.holds.values() or any(case.is_frozen for case in self.of(submission))

    def _last_done(self, case: Case) -> datetime:
        decided = [look.decided_at for look in self.looks.values() if look.case is case and look.decided_at]
        return max([*decided, *([case.closed_at] if case.closed_at else [])])

    def _is_done(self, case: Case) -> bool:
        looked_at = any(look.case is case and not look.decided_at for look in self.looks.values())
        return case.status == "closed" and not looked_at

    def record_ends(self, case: Case) -> datetime | None:
        """24 months after closing, or after the last decision on an appeal."""
        return months_later(self._last_done(case), 24) if self._is_done(case) else None

    def package_ends(self, files: Files) -> datetime | None:
        """14 days after the notice, once 14 more; what was never delivered goes with the closing."""
        if files.noticed_at is None:
            return files.case.closed_at
        return files.noticed_at + (28 if files.longer else 14) * DAY

    def contact_ends(self, submission: uuid.UUID) -> datetime | None:
        """With the last that its joined requests lead to: their answers stand there."""
        together, newest = {submission}, {submission}
        while newest:
            joined = {case.joined_to for each in newest for case in self.of(each) if case.joined_to}
            newest = {self.cases[pk].submission for pk in joined} - together
            together = together | newest
        ends = [self.answered_until(each) for each in together]
        return None if None in ends else max(each for each in ends if each)

    def answered_until(self, submission: uuid.UUID) -> datetime | None:
        """60 days after the last request closed; later while an appeal may be filed or a package is open."""
        cases = self.of(submission)
        if not all(self._is_done(case) for case in cases):
            return None
        last = max(self._last_done(case) for case in cases)
        appeals = [case.closed_at + 60 * DAY for case in cases if case.ending in CAN_BE_APPEALED and case.closed_at]
        packages = [self.package_ends(one) for one in self.files.values() if one.case in cases and one.noticed_at]
        return max([last + 60 * DAY, *appeals, *(each for each in packages if each)])

    def proof_ends(self, submission: uuid.UUID) -> datetime | None:
        """At the last closing, a day later where it can be undone. Only an appeal against "identity not shown"
        keeps it longer."""
        cases = self.of(submission)
        if any(case.status != "closed" for case in cases):
            return None
        again = [
            look for look in self.looks.values() if look.case in cases and look.first_ending == "identity_not_shown"
        ]
        if any(look.decided_at is None for look in again):
            return None
        closings = [
            case.closed_at + (DAY if case.ending in CAN_BE_UNDONE else timedelta()) for case in cases if case.closed_at
        ]
        return max([*closings, *(look.decided_at for look in again if look.decided_at)])

    def ends(self) -> dict[tuple[uuid.UUID, str], datetime | None]:
        """When each life ends that the model knows of, by owner and life."""
        expected: dict[tuple[uuid.UUID, str], datetime | None] = {}
        for case in self.cases.values():
            expected[case.pk, "record"] = self.record_ends(case)
            expected[case.submission, "contact"] = expected[case.submission, "content"] = self.contact_ends(
                case.submission
            )
        for pk, files in self.files.items():
            expected[pk, "package"] = self.package_ends(files)
        for pk, check in self.checks.items():
            check.last_known = check.settled if check.is_replaced else self.proof_ends(check.submission)
            expected[pk, "proof"] = check.last_known
        return expected

    def held_owners(self) -> dict[uuid.UUID, bool]:
        owners = {case.pk: case.submission for case in self.cases.values()}
        owners |= {case.submission: case.submission for case in self.cases.values()}
        owners |= {pk: files.case.submission for pk, files in self.files.items()}
        owners |= {pk: check.submission for pk, check in self.checks.items()}
        return {owner: self.is_held(submission) for owner, submission in owners.items()}


# --- Looking -------------------------------------------------------------------------------------------------------
OURS = [
    model
    for model in apps.get_models()
    if model.__module__.startswith(("requests.", "verification.", "primevox_privacy.")) and model.__name__ != "User"
]


def everything() -> dict[str, object]:
    """All rows of all our tables, sealed values and all, as a digest for each table."""
    if connection.vendor != "postgresql":
        return {model._meta.db_table: list(model._default_manager.order_by("pk").values_list()) for model in OURS}
    tables = [model._meta.db_table for model in OURS]
    of_each = (f"SELECT '{name}', sum(hashtextextended(t::text, 0)) FROM {name} t" for name in tables)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(of_each))
        return dict(cursor.fetchall())


def watch(seen: Seen, verb: str, about: Iterable[Case], now: datetime) -> None:
    """Look at what a step that was taken has left behind, compare it with what may be, and remember it."""
    about = list(about)
    submissions = {case.submission for case in about}
    known = set(seen.cases)
    was_frozen = {case.submission for case in seen.cases.values() if case.is_frozen}
    new_events = [event for event in Event.objects.all() if event.pk not in seen.events]
    of_requests = [event for event in new_events if event.about in known]
    if verb in BRINGS_TIME:
        later = Counter(event.about for event in of_requests if event.kind == "extension_decided")
        assert set(later.values()) <= {1}, f"{verb} moved a date twice"
        of_requests = [event for event in of_requests if event.kind != "extension_decided"]
    begun = Counter(event.about for event in of_requests if event.kind == SEARCHES)
    assert set(begun.values()) <= {1}, f"{verb} began a search twice"
    seen.searched.update(begun)
    of_requests = [event for event in of_requests if event.kind != SEARCHES]
    recorded = Counter(event.about for event in of_requests)
    kinds = {event.about: event.kind for event in of_requests}
    assert verb not in ("download", "keep_longer") or not submissions & seen.shut, "what was not theirs was opened"
    changed, ended = _see_requests(seen, verb, kinds, now)
    if verb == "end_not_you":
        seen.shut |= submissions
    for pk in recorded:
        assert seen.cases[pk].submission in submissions or verb == "sweep", f"{verb} reached another submission"
        assert recorded[pk] == 1 or verb == "sweep", f"{verb} left {recorded[pk]} events"
        assert kinds[pk] in RECORDED.get(verb, ()), f"{verb} recorded {kinds[pk]}"
    assert set(changed) <= set(recorded), f"{verb} changed something and recorded nothing"
    if verb in RECORDED and verb not in OF_THE_WHOLE and about:
        assert recorded[about[0].pk] == 1, f"{verb} recorded nothing"
    beside = [event.kind for event in new_events if event.kind in RECORDED_BESIDE.get(verb, ())]
    assert len(beside) == (verb in RECORDED_BESIDE), f"{verb} left {len(beside)} events"
    for event in new_events:
        seen.events.add(event.pk)
    _see_checks(seen, verb, now)
    _see_appeals(seen, now)
    _see_files_and_holds(seen, verb, now)
    for case in ended:
        _look_at_ending(seen, case, verb, case.submission in was_frozen, now)
    _look_at_letters(seen, was_frozen)


def _see_requests(
    seen: Seen, verb: str, kinds: dict[uuid.UUID, str], now: datetime
) -> tuple[list[uuid.UUID], list[Case]]:
    changed: list[uuid.UUID] = []
    ended: list[Case] = []
    for one in RightsRequest.objects.filter(pk__in=seen.cases):
        case = seen.cases[one.pk]
        if one.status != case.status:
            changed.append(one.pk)
            move = (case.status, one.status)
            assert move in MOVES, f"{verb} moved a request from {move[0]} to {move[1]}"
            assert kinds.get(one.pk) in MOVES[move], f"{verb} moved {move} and recorded {kinds.get(one.pk)}"
            assert case.submission not in seen.shut or move[0] != "closed", "what was not theirs is open again"
            case.status, case.ending = one.status, one.ending
            case.closed_at = now if one.status == "closed" else None
            case.joined_to = one.merged_into_id
            if one.status == "closed":
                ended.append(case)
            else:
                case.asked_at = now if one.status == "waiting" else None
        elif bool(one.frozen_at) != case.is_frozen:
            changed.append(one.pk)
        if one.status == "waiting" and verb == "free":
            case.asked_at = now  # nobody could answer while it was frozen
        case.is_frozen, case.right = bool(one.frozen_at), one.right
        assert one.ending == case.ending, "an ending changed without a move"
        assert (one.status == "closed") == bool(one.ending) == bool(one.closed_at), "closed without ending or instant"
        assert one.closed_at == case.closed_at, "the instant of closing is another than the step's"
        assert one.about_marketing or one.level == case.level, "another level than the right's"
    return changed, ended


def _see_checks(seen: Seen, verb: str, now: datetime) -> None:
    """A check is asked, given and decided; a newer one of the same submission takes its place."""
    for check in Check.objects.all():
        if check.pk not in seen.checks:
            for older in seen.checks.values():
                if older.submission == check.subject and not older.is_replaced:
                    older.is_replaced, older.settled = True, older.last_known
            seen.checks[check.pk] = Checked(check.subject, now)
        known = seen.checks[check.pk]
        if check.state != known.state:
            move = (known.state, check.state)
            assert verb in CHECK_MOVES[move], f"{verb} moved a check {move}"
            known.state = check.state
            if check.state in ("passed", "not_shown", "no_record"):
                known.decisions.append(now)
            elif check.state == "open":
                known.asked_at, known.level = now, 0
        elif verb == "free" and check.state == "open":
            known.asked_at = now
        assert check.level_reached == known.level, "a level that nobody showed"


def _see_appeals(seen: Seen, now: datetime) -> None:
    for appeal in Appeal.objects.all():
        look = seen.looks.setdefault(appeal.pk, Look(seen.cases[appeal.rights_request_id], appeal.first_ending))
        assert look.first_ending in CAN_BE_APPEALED
        if appeal.decided_at and look.decided_at is None:
            look.decided_at = now
            first = appeal.against
            assert first, "an appeal against nothing"
            assert appeal.decided_by_id not in (first.drafted_by_id, first.released_by_id), "decided their own appeal"
            assert appeal.outcome
        assert appeal.decided_at == look.decided_at, "a decision was changed"


def _see_files_and_holds(seen: Seen, verb: str, now: datetime) -> None:
    for package in Package.objects.all():
        files = seen.files.setdefault(package.pk, Files(seen.cases[package.rights_request_id]))
        if package.noticed_at and files.noticed_at is None:
            assert files.case.ending in ("fulfilled", "partly"), "files with an answer that delivers none"
            files.noticed_at = now
        assert not (files.longer and not package.kept_longer_at)
        files.longer = bool(package.kept_longer_at)
    for pk in set(seen.files) - set(Package.objects.values_list("pk", flat=True)):
        assert verb == "remove_file", "a package is gone"
        assert seen.files.pop(pk).noticed_at is None, "a delivered package is gone"
    standing = {hold.pk: hold for hold in Hold.objects.filter(lifted_at=None).select_related("rights_request")}
    today = now.astimezone(OFFICE).date()
    if verb == "sweep":
        assert all(hold.ends_on >= today for hold in standing.values()), "a hold outlived its last day"
    for pk in set(seen.holds) - set(standing):
        assert verb == "lift_hold" or Hold.objects.get(pk=pk).ends_on < today, "a hold was lifted too early"
    seen.holds = {pk: hold.rights_request.submission_id for pk, hold in standing.items()}


def _look_at_ending(seen: Seen, case: Case, verb: str, was_frozen: bool, now: datetime) -> None:
    """What has to be true of a request that has just ended like this."""
    check = next(
        (one for one in seen.checks.values() if one.submission == case.submission and not one.is_replaced), None
    )
    shown = case.level == 0 or (check is not None and check.state == "passed" and check.level >= case.level)
    if case.ending == "not_you":
        assert verb == "end_not_you"
        return
    assert not was_frozen, "something ended while it was frozen"
    if case.ending == "withdrawn":
        assert verb in ("withdraw", "decline_fee")
        return
    if case.ending == "merged":
        assert verb == "merge"
        assert shown, "joined before it was shown whose it is"
        return
    assert verb in ("answer", "release")
    assert case.ending in BY_ANSWER | TELL_NOTHING
    answer = Answer.objects.get(rights_request=case.pk, released_at=now, sent_back_at=None)
    assert answer.ending == case.ending
    _look_at_people(seen, case, answer, now)
    if case.ending == "no_answer":
        proof = [check.asked_at] if check and check.state == "open" and case.level else []
        waits = [*proof, *([case.asked_at] if case.asked_at else [])]
        assert any(since <= now - 21 * DAY for since in waits), "two weeks of reminders and a notice of one come first"
    elif case.ending == "identity_not_shown":
        assert check is not None
        assert check.state != "open", "not shown, says nobody"
        assert not shown, "it was shown"
    elif case.ending in BY_ANSWER and not (case.ending == "refused" and set(answer.grounds) <= NO_MATTER_WHO):
        nobody_there = case.ending == "nothing_held" and check is not None and check.state == "no_record"
        assert shown or (nobody_there and case.submission in seen.confirmed), "answered before identity was shown"
        silent = Task.objects.filter(checklist__rights_request=case.pk, state="open")
        assert case.ending == "partly" or not silent.filter(kind="find").exists(), "answered while a system was silent"
        assert case.right != "delete" or not silent.exists(), "deleted, says nobody who would know"
        if case.level and case.capacity in FOR_SOMEBODY_ELSE:
            covers, until = seen.authority.get(case.submission, (set(), None))
            assert case.right in covers, "answered without authority"
            assert until is None or until >= now.astimezone(OFFICE).date(), "the authority had run out"


def _look_at_people(seen: Seen, case: Case, answer: Answer, now: datetime) -> None:
    has_files = any(files.case is case and files.noticed_at == now for files in seen.files.values())
    two = (
        case.ending in ("refused", "identity_not_shown", "out_of_scope", "not_a_request")
        or (case.ending == "nothing_held" and case.level > 0)
        or (case.ending in ("fulfilled", "partly") and (case.right in SECRETS or has_files))
    )
    assert answer.released_by_id, "released by nobody"
    if two:
        assert answer.released_by_id != answer.drafted_by_id, "released by who drafted it"
    else:
        assert answer.needs_second_person or answer.released_by_id == answer.drafted_by_id


def _look_at_letters(seen: Seen, was_frozen: set[uuid.UUID]) -> None:
    frozen = was_frozen & {case.submission for case in seen.cases.values() if case.is_frozen}
    for letter in Letter.objects.exclude(pk__in=seen.letters):
        seen.letters.add(letter.pk)
        assert letter.about not in frozen or letter.kind in LEAVE_THE_FROZEN, f"{letter.kind} left while frozen"
    assert Letter.objects.count() == len(seen.letters), "a letter is gone"


# --- Lives -----------------------------------------------------------------------------------------------------------
def look_at_keys(seen: Seen) -> None:
    """Every key ends when the rule of its life says, and is held exactly while something holds it."""
    expected, held = seen.ends(), seen.held_owners()
    for key in DataKey.objects.filter(destroyed_at=None):
        if (key.owner, key.life) in expected:
            assert key.ends_at == expected[key.owner, key.life], f"{key.life} ends {key.ends_at} by the portal"
        if key.life == "document":
            check = check_of_paper(key)
            decided_at = next((at for at in seen.checks[check].decisions if at >= key.made_at), None)
            assert key.ends_at == decided_at, "papers outlive the decision"
            held[key.owner] = held[check]
        if key.owner in held and key.ends_at:
            assert key.held == held[key.owner], f"a {key.life} key is held: {key.held}"


def check_of_paper(key: DataKey) -> uuid.UUID:
    """Of which check a paper is that lies, as it came or as clean pages, under this key."""
    return Paper.objects.get(Q(original_key=key) | Q(pages_key=key)).check_made_id


def look_at_sweep(seen: Seen, before: dict[uuid.UUID, DataKey], now: datetime) -> None:
    """A sweep destroys exactly what has ended and is not held, with everything under it."""
    expected, held = seen.ends(), seen.held_owners()
    for key in DataKey.objects.filter(pk__in=before):
        ends = expected.get((key.owner, key.life), key.ends_at)
        if key.life == "document" and ends is None:
            ends = expected[check_of_paper(key), "proof"]  # at closing where nobody decided
        if key.life == "document":
            held[key.owner] = held[check_of_paper(key)]
        due = ends is not None and ends <= now and not held.get(key.owner, key.held)
        assert bool(key.destroyed_at) == due, f"{key.life}: destroyed {key.destroyed_at}, ends {ends}, held {key.held}"
        assert bool(key.emptied_at) == due
