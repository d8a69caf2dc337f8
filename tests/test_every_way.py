"""Every way through: random walks of all steps, by everybody, in any order and at any time. Whatever they do, what
`every_way.py` says of a case holds after each step.

A slice runs in `make test`; `PROVE=1` walks at least ten thousand steps and prints how many.
"""

import os
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test
from time_machine import travel

from primevox_privacy.ledger.models import record
from primevox_privacy.outbox import sending
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.models import DataKey
from primevox_privacy.sealed.tasks import end_lives
from requests import (
    acting_for,
    appeals,
    continuation,
    fees,
    grounds,
    holds,
    identity,
    joining,
    packages,
    raising,
    roles,
    sign_in,
    stopping,
    tasks,
    which_right,
    workflow,
)
from requests.answers import Draft
from requests.assurance import Sensitive
from requests.intake import Acting, Asked, take_in
from requests.models import Appeal, Hold, PackageFile, RightsRequest, StopLink
from requests.terms import (
    AppealOutcome,
    Authority,
    Capacity,
    DateKind,
    Ending,
    ExtensionReason,
    OutOfScope,
    Right,
)
from tests import every_way
from tests.cast import FACTS, ROSAS_MAIL, STATEMENT, person
from tests.every_way import Case
from tests.test_checks import paper
from tests.test_searching import TAX, system
from tests.walking import (
    CAST,
    DAY,
    KEYS,
    MINUTE,
    OPEN,
    approver,
    refused,
    somebody,
    taken,
    verifier,
    which,
    while_,
    words,
)
from tests.walking_at_the_desk import AtTheDesk
from verification import checks, destruction
from verification.levels import AssuranceLevel
from verification.models import EvidenceKind

PROVE = bool(os.environ.get("PROVE"))
ROUNDS, STEPS = (60, 60) if PROVE else (18, 40)
ENOUGH, MOST_WALKS = 10_000, 12  # steps; how often 60 rounds are walked anew until every step was taken once


class EveryWay(AtTheDesk):
    """All that anybody can do."""

    # --- Coming in ---------------------------------------------------------------------------------------------
    @initialize(right=st.sampled_from(list(Right)))
    def first(self, right: Right) -> None:
        self.take_in((right,), Capacity.SELF, "US-TX", ROSAS_MAIL)

    @precondition(lambda self: len(self.order) < 6)
    @rule(
        rights=st.lists(st.sampled_from(list(Right)), min_size=1, max_size=3, unique=True),
        capacity=st.sampled_from([Capacity.SELF, Capacity.SELF, Capacity.AGENT, Capacity.PARENT]),
        residence=st.sampled_from(["US-TX", "US-CA", "GB", ""]),
        email=st.sampled_from([ROSAS_MAIL, ROSAS_MAIL, "stan@look-alike.example", ""]),
    )
    def another(self, rights: list[Right], capacity: Capacity, residence: str, email: str) -> None:
        self.take_in(tuple(rights), capacity, residence, email)

    @precondition(lambda self: len(self.order) < 6)
    @rule(n=which)
    def the_same_again(self, n: int) -> None:
        case, _ = self.pick(n, status=OPEN)
        self.take_in((Right(case.right),), Capacity.SELF, "US-TX", ROSAS_MAIL)

    def take_in(self, rights: tuple[Right, ...], capacity: Capacity, residence: str, email: str) -> None:
        acting = None
        if capacity != Capacity.SELF:
            acting = Acting("Rosa Marquez", Authority.SIGNED_PERMISSION, subject_email=ROSAS_MAIL)
        asked = Asked(
            rights=rights,
            wishes=dict.fromkeys(rights, "As I said."),
            residence=residence,
            name="Rosa Marquez",
            email=email,
            capacity=capacity,
            acting=acting,
        )
        new: list[Case] = []

        def come_in() -> None:
            made = take_in(asked)
            new.extend(Case(one.pk, made.pk, capacity, one.right) for one in made.rights_requests.order_by("right"))
            self.seen.cases.update((case.pk, case) for case in new)

        self.step("take_in", come_in, new)
        self.order += new

    # --- Working -----------------------------------------------------------------------------------------------
    @rule(n=which, by=somebody)
    def take(self, n: int, by: str) -> None:
        case, one = self.pick(n, status=OPEN)
        self.step("take", lambda: workflow.take(one, by=self.by(by)), [case], by)

    @rule(n=which, right=st.sampled_from(list(Right)), by=somebody)
    def turn_into(self, n: int, right: Right, by: str) -> None:
        case, one = self.pick(n, status=OPEN)
        self.step("turn_into", lambda: which_right.turn_into(one, right, by=self.by(by)), [case], by)

    @rule(n=which, right=st.sampled_from(list(Right)), by=somebody)
    def change_right(self, n: int, right: Right, by: str) -> None:
        case, one = self.pick(n, status=OPEN)
        said = "You wrote of something else than you ticked."
        self.step("change_right", lambda: which_right.change(one, right, said, by=self.by(by)), [case], by)

    @rule(n=which, what=st.sampled_from(["raise_level", "lower_level"]), level=st.integers(0, 4), by=somebody)
    def ask_for_more_or_less(self, n: int, what: str, level: int, by: str) -> None:
        case, one = self.pick(n, status=OPEN)
        verb = getattr(raising, what)

        def change() -> None:
            verb(one, AssuranceLevel(level), "A neighbour called before.", by=self.by(by))
            if what == "raise_level":
                assert level > case.level > 0
                case.needs, case.less = level, None
            else:
                assert 0 < level < case.level
                case.less = (by, level)

        self.step(what, change, [case], by)

    @rule(
        n=which, what=st.sampled_from(["confirm_lower_level", "confirm_lower_level", "refuse_lower_level"]), by=somebody
    )
    def decide_less(self, n: int, what: str, by: str) -> None:
        waiting = [case for case in self.order if case.less]
        case = waiting[n % len(waiting)] if waiting and n % 8 else self.pick(n, status=OPEN)[0]
        one = RightsRequest.objects.select_related(*KEYS).get(pk=case.pk)

        def decide() -> None:
            getattr(raising, what)(one, by=self.by(by))
            assert case.less, "less than nobody proposed"
            proposed_by, level = case.less
            if what == "confirm_lower_level":
                assert by != proposed_by, "less proof by one person alone"
                case.needs = level
            case.less = None

        self.step(what, decide, [case], by)

    @rule(n=which, what=st.sampled_from(["confirm_lower_level", "refuse_lower_level"]))
    def less_by_two(self, n: int, what: str) -> None:
        """The straight way, so that walks get far."""
        able = [case for case in self.order if case.level > 1 and case.status in ("received", "in_progress", "waiting")]
        if able:
            self.this_one = able[n % len(able)]
            self.ask_for_more_or_less(n, "lower_level", self.this_one.level - 1, "abe")
            self.this_one = None
            self.decide_less(n - n % 8 + 1, what, "bea")

    @rule(n=which, by=somebody)
    def mark_sensitive(self, n: int, by: str) -> None:
        case, one = self.pick(n, status=OPEN)

        def mark() -> None:
            raising.mark_sensitive(one, [Sensitive.PAYMENT], by=self.by(by))
            if every_way.SENSITIVE[case.right] > case.level:
                case.needs = every_way.SENSITIVE[case.right]

        self.step("mark_sensitive", mark, [case], by)

    @rule(n=which, by=somebody, files=st.booleans())
    def ask(self, n: int, by: str, files: bool) -> None:
        case, one = self.pick(n, status=("received", "in_progress"))
        attached = [paper()] if files else []
        self.step("ask", lambda: workflow.ask(one, "Which account?", attached, by=self.by(by)), [case], by)

    @rule(n=which, by=somebody)
    def tell(self, n: int, by: str) -> None:
        case, one = self.pick(n)
        self.step("tell", lambda: workflow.tell(one, "We are on it.", by=self.by(by)), [case], by)

    @rule(n=which, files=st.booleans())
    def reply(self, n: int, files: bool) -> None:
        case, one = self.pick(n, status=("waiting",))
        self.step("reply", lambda: workflow.reply(one, "The first one.", [paper()] if files else []), [case])

    @rule(n=which, by=somebody)
    def note(self, n: int, by: str) -> None:
        case, one = self.pick(n)
        self.step("note", lambda: workflow.note(one, "Call billing.", by=self.by(by)), [case], by)

    @rule(
        n=which,
        of=st.sampled_from([DateKind.TARGET, DateKind.STATUTORY]),
        reason=st.sampled_from(list(ExtensionReason)),
        days=st.integers(1, 100),
        by=somebody,
    )
    def extend(self, n: int, of: DateKind, reason: ExtensionReason, days: int, by: str) -> None:
        case, one = self.pick(n, status=OPEN)
        until = one.received_on + timedelta(days=days)
        self.step("extend", lambda: workflow.extend(one, of, reason, until, by=self.by(by)), [case], by)

    @rule(
        n=which,
        ending=st.sampled_from([*Ending, Ending.FULFILLED, Ending.FULFILLED, Ending.REFUSED]),
        reason=words,
        ground=st.integers(0, 7),
        scope=st.sampled_from([None, OutOfScope.EMPLOYEE]),
        by=somebody,
    )
    def answer(self, n: int, ending: Ending, reason: str, ground: int, scope: OutOfScope | None, by: str) -> None:
        case, one = self.pick(n, status=("in_progress", "waiting"), frozen=False)
        offered = [found.id for found in grounds.grounds_for(Right(one.right), one.regime)]
        chosen = (offered[ground % len(offered)],) if ending == Ending.REFUSED and ground else ()
        draft = Draft(ending, text="Name: Rosa", reason=reason, grounds=chosen, out_of_scope=scope)
        self.step("answer", lambda: workflow.answer(one, draft, by=self.by(by)), [case], by)

    @rule(n=which, by=approver)
    def release(self, n: int, by: str) -> None:
        case, one = self.pick(n, status=("in_review",))
        self.step("release", lambda: workflow.release(one, by=self.by(by)), [case], by)

    @rule(n=which, by=approver)
    def send_back(self, n: int, by: str) -> None:
        case, one = self.pick(n, status=("in_review",))
        self.step("send_back", lambda: workflow.send_back(one, "The address is missing.", by=self.by(by)), [case], by)

    @rule(n=which, by=st.sampled_from(["", "", "tess", "vera", "otto"]))
    def withdraw(self, n: int, by: str) -> None:
        case, one = self.pick(n, status=OPEN)
        who = self.by(by) if by else workflow.REQUESTER
        self.step("withdraw", lambda: workflow.withdraw(one, by=who, why="She called."), [case], by)

    @rule(n=which, by=st.sampled_from(["", "", "tess", "vera", "ada"]))
    def undo(self, n: int, by: str) -> None:
        case, one = self.pick(n, ending=("withdrawn", "merged"))
        who = self.by(by) if by else workflow.REQUESTER
        self.step("undo", lambda: workflow.undo(one, by=who), [case], by)

    @rule(n=which, m=which, by=somebody)
    def merge(self, n: int, m: int, by: str) -> None:
        case, one = self.pick(n, status=OPEN)
        same = [other for other in self.order if other.right == case.right and other is not case] or self.order
        into = RightsRequest.objects.select_related("submission__check_made").get(pk=same[m % len(same)].pk)
        self.step("merge", lambda: joining.merge(one, into, by=self.by(by)), [case], by)

    # --- Identity ----------------------------------------------------------------------------------------------
    def check_of(self, one: RightsRequest) -> every_way.Checked:
        made = one.submission.check_made_id
        assert made
        return self.seen.checks[made]

    @rule(n=which, number=st.integers(1, 3), signed=st.booleans(), papers=st.booleans())
    def show_identity(self, n: int, number: int, signed: bool, papers: bool) -> None:
        case, one = self.pick(n, status=OPEN)
        if one.submission.check_made is None:
            return
        if papers:
            check = one.submission.check_made
            self.step("give_paper", lambda: checks.give_file(check, EvidenceKind.DOCUMENT, paper()))
        facts = dict(list(FACTS.items())[:number])
        self.step("show_identity", lambda: identity.show(one.submission, facts, STATEMENT if signed else None), [case])

    @rule(
        n=which,
        method=st.sampled_from(["matched_facts", "matched_facts", "callback", "letter_of_record", "in_person"]),
        matching=st.integers(0, 3),
    )
    def decide_identity(self, n: int, method: str, matching: int) -> None:
        case, one = self.pick(n, status=OPEN)
        check = one.submission.check_made
        if check is None:
            return
        given = {piece.kind for piece in check.evidence.filter(round=check.round)}
        right = [kind for kind in list(FACTS)[:matching] if kind in given]
        signed = EvidenceKind.STATEMENT in given
        by_facts = 3 if len(right) == 3 and signed else 2 if len(right) >= 2 else 0
        level = {"matched_facts": by_facts, "in_person": 4}.get(method, 1)
        known, before = self.check_of(one), self.check_of(one).level

        def decide() -> None:
            checks.decide(check, method, list(FACTS)[:matching], by=self.people["vera"])
            known.level = level

        if self.step("decide_identity", decide, [case], "vera") is None:
            known.level = before

    @rule(n=which, what=st.sampled_from(["not_shown", "no_record", "ask_identity_again"]))
    def decide_otherwise(self, n: int, what: str) -> None:
        case, one = self.pick(n, status=OPEN)
        check, vera = one.submission.check_made, self.people["vera"]
        if check is None:
            return
        steps: dict[str, Callable[[], Any]] = {
            "not_shown": lambda: checks.not_shown(check, "matched_facts", by=vera),
            "no_record": lambda: checks.no_record(check, by=vera),
            "ask_identity_again": lambda: identity.ask_again(one.submission, by=vera),
        }
        self.step(what, steps[what], [case], "vera")

    @rule(n=which, address=st.sampled_from([ROSAS_MAIL, ROSAS_MAIL, "old@mail.example"]), by=verifier)
    def enter_contact(self, n: int, address: str, by: str) -> None:
        case, one = self.pick(n, status=OPEN)
        since = date(2021, 3, 1)
        self.step(
            "enter_contact", lambda: workflow.enter_contact_on_file(one, address, since, by=self.by(by)), [case], by
        )

    @rule(n=which)
    def prove_at_once(self, n: int) -> None:
        """The straight way, so that walks get far."""
        fits = n - n % 8 + 1
        self.enter_contact(fits, ROSAS_MAIL, "vera")
        self.show_identity(fits, 3, True, bool(n % 2))
        self.decide_identity(fits, "matched_facts", 3)

    @rule(n=which)
    def show_authority(self, n: int) -> None:
        case, one = self.pick(n, status=OPEN)
        if self.step("show_authority", lambda: acting_for.give_papers(one.submission, [paper()]), [case]):
            self.seen.read.discard(case.submission)

    @rule(n=which)
    def read_authority(self, n: int) -> None:
        """Vera opens the paper that came last."""
        case, one = self.pick(n, status=OPEN)
        if papers := acting_for.papers_of(one.submission):
            last, vera = papers[-1], self.people["vera"].as_actor
            look = {"by": vera, "paper": str(last.pk)}
            self.step("read_authority", lambda: record(last.check_made_id, "paper_looked_at", **look), [case])
            self.seen.read.add(case.submission)

    @rule(
        n=which,
        accepted=st.booleans(),
        covers=st.lists(st.sampled_from(list(Right)), max_size=12, unique=True),
        days=st.sampled_from([None, 1, 30]),
    )
    def decide_authority(self, n: int, accepted: bool, covers: list[Right], days: int | None) -> None:
        case, one = self.pick(n, status=OPEN)
        until = self.now.astimezone(every_way.OFFICE).date() + timedelta(days=days) if days else None
        done = self.step(
            "decide_authority",
            lambda: acting_for.decide(one.submission, accepted, covers, until, by=self.people["vera"]),
            [case],
            "vera",
        )
        if done:
            assert case.submission in self.seen.read or not accepted, "accepted without a look at a paper"
            self.seen.authority[case.submission] = ({*covers} if accepted else set(), until)

    @rule(n=which)
    def ask_authority_anew(self, n: int) -> None:
        case, one = self.pick(n, status=OPEN)
        vera = self.people["vera"]
        if self.step("ask_authority_anew", lambda: acting_for.ask_anew(one.submission, by=vera), [case], "vera"):
            self.seen.authority.pop(case.submission)

    # --- Coming back -------------------------------------------------------------------------------------------
    @rule(n=which, on_file=st.booleans(), right=st.booleans())
    def come_back(self, n: int, on_file: bool, right: bool) -> None:
        case, one = self.pick(n)

        def come() -> None:
            asked = sign_in.ask_for_code(one.reference, to_contact_on_file=on_file)
            known = set(Letter.objects.values_list("pk", flat=True))
            sign_in.answer_waiting()
            letter = Letter.objects.exclude(pk__in=known).filter(code_key__isnull=False).first()
            digits = letter.code if letter and right else "not it"
            if sign_in.enter_code(asked, digits)[1] and not on_file:
                self.seen.confirmed.add(case.submission)

        self.step("come_back", come, [case])

    @rule(n=which, by=verifier)
    def new_code(self, n: int, by: str) -> None:
        case, one = self.pick(n, status=OPEN)
        self.step("new_code", lambda: continuation.replace(one.submission, by=self.by(by)), [case], by)

    # --- Money, files ------------------------------------------------------------------------------------------
    @rule(n=which, amount=st.sampled_from([Decimal(20), Decimal(100), Decimal(101)]), reason=words, by=approver)
    def assess_fee(self, n: int, amount: Decimal, reason: str, by: str) -> None:
        case, one = self.pick(n, status=("in_progress",))
        self.step("assess_fee", lambda: fees.assess(one, amount, fees.GROUNDS[0], reason, by=self.by(by)), [case], by)

    @rule(n=which, what=st.sampled_from(["accept_fee", "decline_fee", "waive_fee", "fee_paid"]), by=somebody)
    def answer_fee(self, n: int, what: str, by: str) -> None:
        case, one = self.pick(n, status=("waiting", "in_progress"))
        today = self.now.astimezone(every_way.OFFICE).date()
        steps: dict[str, Callable[[], Any]] = {
            "accept_fee": lambda: fees.accept(one, by=workflow.REQUESTER),
            "decline_fee": lambda: fees.decline(one),
            "waive_fee": lambda: fees.waive(one, by=self.by(by)),
            "fee_paid": lambda: fees.paid(one, today, by=self.by(by)),
        }
        self.step(what, steps[what], [case], by if what in ("waive_fee", "fee_paid") else "")

    @rule(n=which, by=somebody)
    def add_file(self, n: int, by: str) -> None:
        case, one = self.pick(n, status=("in_progress", "waiting"))
        self.step("add_file", lambda: packages.add(one, [paper()], by=self.by(by)), [case], by)

    @rule(n=which, by=somebody)
    def remove_file(self, n: int, by: str) -> None:
        case, one = self.pick(n, status=("in_progress", "waiting"))
        if found := PackageFile.objects.filter(package__rights_request=one).first():
            self.step("remove_file", lambda: packages.remove(one, found.pk, by=self.by(by)), [case], by)

    @rule(n=which)
    def download(self, n: int) -> None:
        case, one = self.pick(n, ending=("fulfilled", "partly"))
        if found := PackageFile.objects.filter(package__rights_request=one).first():
            self.step("download", lambda: _or_refused(packages.download(one, found.pk)), [case])

    @rule(n=which)
    def keep_longer(self, n: int) -> None:
        case, one = self.pick(n, ending=("fulfilled", "partly"))
        package = one.packages.order_by("noticed_at").first()
        if package:
            self.step("keep_longer", lambda: packages.keep_longer(one, package.pk), [case])

    # --- Stopping, holding, looking again ----------------------------------------------------------------------
    @rule(n=which, days=st.integers(0, 40), owner=approver, reason=words, by=approver)
    def place_hold(self, n: int, days: int, owner: str, reason: str, by: str) -> None:
        case, one = self.pick(n)
        until = self.now.astimezone(every_way.OFFICE).date() + timedelta(days=days)
        self.step("place_hold", lambda: holds.place(one, reason, self.by(owner), until, by=self.by(by)), [case], by)

    @rule(m=which, by=approver)
    def lift_hold(self, m: int, by: str) -> None:
        found = list(Hold.objects.order_by("placed_at"))
        if found:
            hold = found[m % len(found)]
            case = self.seen.cases[hold.rights_request_id]
            self.step("lift_hold", lambda: holds.lift(hold, by=self.by(by)), [case], by)

    @rule(n=which, reason=words, by=somebody)
    def freeze(self, n: int, reason: str, by: str) -> None:
        case, one = self.pick(n, frozen=False)
        self.step("freeze", lambda: stopping.freeze(one, reason, by=self.by(by)), [case], by)

    @rule(n=which, reason=words, by=approver)
    def free(self, n: int, reason: str, by: str) -> None:
        case, one = self.pick(n, frozen=True)
        self.step("free", lambda: stopping.free(one, reason, by=self.by(by)), [case], by)

    @rule(n=which, reason=words, by=approver)
    def end_not_you(self, n: int, reason: str, by: str) -> None:
        case, one = self.pick(n, frozen=True)
        self.step("end_not_you", lambda: stopping.end_not_you(one, reason, by=self.by(by)), [case], by)

    @rule(n=which)
    def say_not_me(self, n: int) -> None:
        case, one = self.pick(n)
        link = StopLink.objects.filter(submission=one.submission_id).order_by("made_at").last()
        if link:
            self.step("say_not_me", lambda: stopping.say_not_me(link, "It was Stan."), [case])

    @rule(n=which, by=st.sampled_from(["", "", "tess", "vera", "otto"]))
    def file_appeal(self, n: int, by: str) -> None:
        case, one = self.pick(n, ending=every_way.CAN_BE_APPEALED)
        who = self.by(by) if by else workflow.REQUESTER
        self.step("file_appeal", lambda: appeals.file(one, "Look again.", by=who), [case], by)

    @rule(m=which, by=approver)
    def take_appeal(self, m: int, by: str) -> None:
        if appeal := self.an_appeal(m):
            case = self.seen.cases[appeal.rights_request_id]
            self.step("take_appeal", lambda: appeals.take(appeal, by=self.by(by)), [case], by)

    @rule(m=which, outcome=st.sampled_from(list(AppealOutcome)), reasons=words, by=approver)
    def decide_appeal(self, m: int, outcome: AppealOutcome, reasons: str, by: str) -> None:
        if appeal := self.an_appeal(m):
            case = self.seen.cases[appeal.rights_request_id]
            self.step("decide_appeal", lambda: appeals.decide(appeal, outcome, reasons, by=self.by(by)), [case], by)

    @rule(m=which, of=st.sampled_from([DateKind.TARGET, DateKind.STATUTORY]), days=st.integers(15, 60), by=approver)
    def extend_appeal(self, m: int, of: DateKind, days: int, by: str) -> None:
        if appeal := self.an_appeal(m):
            case, until = self.seen.cases[appeal.rights_request_id], appeal.received_on + timedelta(days=days)
            reason = ExtensionReason.COMPLEX
            self.step("extend_appeal", lambda: appeals.extend(appeal, of, reason, until, by=self.by(by)), [case], by)

    def an_appeal(self, m: int) -> Appeal | None:
        found = list(Appeal.objects.order_by("received_at", "-decided_at"))
        return found[m % len(found)] if found else None

    # --- As it should go ---------------------------------------------------------------------------------------
    @rule(n=which, turns=st.lists(st.integers(0, 3), min_size=1, max_size=6))
    def as_it_should_go(self, n: int, turns: list[int]) -> None:
        """What people mostly do, step after step, so that walks get far; `turns` choose where it can go two ways."""
        self.this_one = self.order[n % len(self.order)]
        try:
            for turn in turns:
                self.now += MINUTE
                self.usual_step(self.this_one, turn)
        finally:
            self.this_one = None

    @rule(
        n=which,
        what=st.sampled_from(
            ["fee", "too much", "files", "sent back", "second look", "search", "anew", "held", "taken back"]
        ),
    )
    def far_down_the_road(self, n: int, what: str) -> None:
        """The straight way to steps that few walks come to by chance."""
        self.this_one = case = self.order[n % len(self.order)]
        ways: dict[str, Callable[[], None]] = {
            "fee": self.pays_a_fee,
            "too much": self.finds_it_too_much,
            "files": self.delivers_files,
            "sent back": self.sends_it_back,
            "second look": self.puts_off_a_second_look,
            "search": self.searches_twice,
            "anew": self.is_asked_anew,
            "held": self.is_held_for_a_while,
            "taken back": self.takes_it_back_and_thinks_again,
        }
        try:
            if self.comes_into_work(case):
                ways[what]()
        finally:
            self.this_one = None

    def pays_a_fee(self) -> None:
        self.assess_fee(0, Decimal(20), "Because.", "abe")
        self.answer_fee(0, "accept_fee", "abe")
        self.answer_fee(0, "fee_paid", "tess")

    def finds_it_too_much(self) -> None:
        self.assess_fee(0, Decimal(100), "Because.", "abe")
        self.answer_fee(0, "decline_fee", "abe")

    def sends_it_back(self) -> None:
        self.answer(0, Ending.REFUSED, "Because.", 1, None, "abe")
        self.send_back(0, "bea")

    def is_asked_anew(self) -> None:
        self.decide_otherwise(0, "ask_identity_again")
        self.ask_authority_anew(0)

    def is_held_for_a_while(self) -> None:
        self.place_hold(0, 30, "bea", "Because.", "abe")
        self.lift_hold(Hold.objects.count() - 1, "bea")

    def takes_it_back_and_thinks_again(self) -> None:
        self.withdraw(0, "")
        self.undo(0, "")

    @precondition(lambda self: len(self.order) < 6)
    @rule(right=st.sampled_from(list(Right)), again=st.booleans())
    def somebody_asks_for_her(self, right: Right, again: bool) -> None:
        """An agent shows a paper, and it is looked at; what it lacked is asked for once more."""
        self.take_in((right,), Capacity.AGENT, "US-TX", "stan@mail.example")
        self.this_one = self.order[-1]
        try:
            self.show_authority(0)
            self.read_authority(0)
            self.decide_authority(0, not again, [right], None)
            if again:
                self.ask_authority_anew(0)
        finally:
            self.this_one = None

    def comes_into_work(self, case: Case) -> bool:
        """Taken, proven, free, searched and waiting for nothing; not what is closed."""
        for _step in range(5):
            ready = case.status == "in_progress" and not case.is_frozen and identity.is_shown(self.pick(0)[1])
            if ready or case.status == "closed":
                break
            self.usual_step(case, 2)
        self.turn_into(0, Right.KNOW, "tess")
        self.owners_answer(0, ["found", "nothing_found"])
        return case.status == "in_progress"

    def delivers_files(self) -> None:
        for _file in range(2):
            self.add_file(0, "tess")
        self.remove_file(0, "tess")
        self.answer(0, Ending.FULFILLED, "Because.", 1, None, "abe")
        self.release(0, "bea")
        self.download(0)
        self.keep_longer(0)

    def puts_off_a_second_look(self) -> None:
        self.answer(0, Ending.REFUSED, "Because.", 1, None, "abe")
        self.release(0, "bea")
        self.file_appeal(0, "")
        assert self.this_one
        if looking := Appeal.objects.open().filter(rights_request=self.this_one.pk).first():
            found = list(Appeal.objects.order_by("received_at", "-decided_at"))
            self.extend_appeal(found.index(looking), DateKind.TARGET, 20, "cleo")

    @precondition(lambda self: 0 < len(self.order) < 6)
    @rule(n=which)
    def asked_twice(self, n: int) -> None:
        """Rosa forgot that she asked already; both are shown to be hers, and the later one joins the earlier."""
        first = self.order[n % len(self.order)]
        self.now += DAY
        self.take_in((Right(first.right),), Capacity.SELF, "US-TX", ROSAS_MAIL)
        try:
            for case in (first, self.order[-1]):
                self.this_one = case
                self.prove_at_once(0)
            same = [other for other in self.order if other.right == first.right and other is not self.this_one]
            self.merge(0, same.index(first), "tess")
        finally:
            self.this_one = None

    def usual_step(self, case: Case, turn: int) -> None:
        if case.is_frozen:
            self.free(0, "Because.", "bea")
        elif case.status == "closed":
            self.after_the_answer(case, turn)
        elif case.status == "in_review":
            self.release(0, "bea")
        elif case.status == "received":
            self.take(0, "tess")
        elif not identity.is_shown(self.pick(0)[1]):
            self.prove_at_once(0)
            self.show_authority(0)
            self.read_authority(0)
            self.decide_authority(0, True, [Right(case.right)], None)
        elif case.status == "waiting":
            self.answer_fee(0, ("accept_fee", "decline_fee", "waive_fee", "waive_fee")[turn], "abe")
            self.reply(0, False)
        else:
            self.finish(turn)

    def finish(self, turn: int) -> None:
        """Ask for money, or for what it took; or answer, with a file or without."""
        if turn == 0:
            self.assess_fee(0, Decimal(20), "Because.", "abe")
        self.answer_fee(0, "fee_paid", "tess")
        if turn == 1:
            self.add_file(0, "tess")
        self.turn_into(0, Right.KNOW, "tess")
        self.owners_answer(0, ["found", "nothing_found"])
        self.answer(
            0, (Ending.FULFILLED, Ending.PARTLY, Ending.NOTHING_HELD, Ending.REFUSED)[turn], "Because.", 1, None, "abe"
        )

    def after_the_answer(self, case: Case, turn: int) -> None:
        self.download(0)
        if turn == 0:
            self.keep_longer(0)
        self.file_appeal(0, "")
        if looking := Appeal.objects.open().filter(rights_request=case.pk).first():
            found = list(Appeal.objects.order_by("received_at", "-decided_at"))
            self.take_appeal(found.index(looking), "cleo")
            self.decide_appeal(found.index(looking), list(AppealOutcome)[turn % len(AppealOutcome)], "Because.", "cleo")

    # --- Time --------------------------------------------------------------------------------------------------
    @rule(passes=while_, sweeps=st.booleans())
    def time_passes(self, passes: timedelta, sweeps: bool) -> None:
        self.now += passes
        if sweeps:
            self.sweep()

    @precondition(lambda self: any(case.status == "waiting" for case in self.order))
    @rule()
    def a_month_without_a_word(self) -> None:
        for days in (14, 8):
            self.now += days * DAY
            self.sweep()

    def sweep(self) -> None:
        """All that runs by itself, at this moment."""
        self.on_screen.clear()

        def everything() -> None:
            sign_in.answer_waiting()
            tasks.owe_reminders()
            sending.send_owed()
            tasks.count_extensions_told()
            destruction.destroy_owed()
            end_lives()
            tasks.forget_old()

        alive = {key.pk: key for key in DataKey.objects.filter(destroyed_at=None)}
        swept_at = self.now
        self.step("sweep", everything)
        with travel(swept_at, tick=False):
            every_way.look_at_sweep(self.seen, alive, swept_at)


def _or_refused(found: PackageFile | None) -> PackageFile:
    if found is None:
        raise workflow.NotAllowed("It is not there.")
    return found


def steps() -> int:
    return taken.total() + refused.total()


def never_taken() -> set[str]:
    return (every_way.RECORDED.keys() | every_way.RECORDED_BESIDE.keys()) - taken.keys()


# What the table of roles calls by another name than the walk: one step may be several verbs there.
CALLED = {
    "accept_fee_for_requester": "accept_fee",
    "enter_contact_on_file": "enter_contact",
    "file_for_requester": "file_appeal",
    "finding_to_answer": "to_answer",
    "look_at_evidence": "read_authority",
    "new_continuation_code": "new_code",
    "refuse": "answer",
}


def test_the_walk_takes_every_verb_of_the_table_of_roles():
    taken_by_name = every_way.RECORDED.keys() | every_way.RECORDED_BESIDE.keys()
    of_answers = {verb for verb in roles.MAY if verb.startswith("end_")} - {"end_not_you"}
    assert {CALLED.get(verb, verb) for verb in roles.MAY.keys() - of_answers} <= taken_by_name


@pytest.fixture
def cast(db):
    EveryWay.people = {name: person(name.title(), role) for name, role in CAST.items()}
    ada, cora = EveryWay.people["ada"], EveryWay.people["cora"]
    system("Billing", ada, cora, "payment", exceptions=[TAX])
    system("Website", ada, None, "cookies", "identifiers")


def test_whatever_anybody_does_in_whatever_order_the_promises_hold(cast, capsys):
    taken.clear()
    refused.clear()
    walk = settings(
        max_examples=ROUNDS,
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=not PROVE,
        phases=[Phase.generate],  # a walk is read as it was taken: shrinking one takes longer than finding it
        report_multiple_bugs=False,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    for number in range(MOST_WALKS if PROVE else 1):
        run_state_machine_as_test(EveryWay, settings=walk)
        if PROVE:
            with capsys.disabled():
                print(f"\n{number + 1}: {steps()} steps; not taken yet: {', '.join(sorted(never_taken())) or 'none'}")
        if steps() >= ENOUGH and not never_taken():
            break
    if PROVE:
        with capsys.disabled():
            print(f"\n{steps()} steps, {taken.total()} of them taken: {dict(taken.most_common())}")
        assert steps() >= ENOUGH
        assert not never_taken()
