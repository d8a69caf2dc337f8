"""Steps beside the straight way of a request: who has it, how its person is reached, when it came, where it is
searched, what leaves on paper."""

import uuid
from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import cycle, islice
from typing import Any

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from time_machine import travel

from primevox_privacy.outbox.models import Letter
from requests import (
    assigning,
    attachments,
    changing_contact,
    documents,
    fees,
    logged,
    notices,
    packages,
    print_queue,
    receipt_times,
    showing,
    undelivered,
    workflow,
)
from requests.intake import Asked
from requests.inventory import checklist, taking_back
from requests.inventory.models import Finding, System, Task, TaskState
from requests.models import Attachment, PackageFile, RightsRequest
from requests.terms import Channel, Right, WhyShown
from tests.cast import ROSAS_MAIL
from tests.every_way import Case
from tests.test_checks import paper
from tests.test_searching import system
from tests.walking import DAY, OPEN, Walk, approver, somebody, verifier, which, words
from verification.codes import Outcome

ON_PAPER = "12 Elm Street\nPlano, TX 75074"
NEW_MAIL = "rosa@new.example"
SYSTEMS = 3  # as many as a walk comes to know
searcher = st.sampled_from(["cora", "cora", "cora", "tess", "abe", "vera", "otto", "ada"])
systems = st.sampled_from(["billing", "archive", "nowhere"])


class AtTheDesk(Walk):
    """What staff do all day between a request and its answer; and what reaches them by other doors."""

    def ask(self, n: int, by: str, files: bool) -> None:
        raise NotImplementedError

    def prove_at_once(self, n: int) -> None:
        raise NotImplementedError

    # --- By other doors ----------------------------------------------------------------------------------------
    @precondition(lambda self: len(self.order) < 6)
    @rule(
        right=st.sampled_from(list(Right)),
        channel=st.sampled_from([Channel.PHONE, Channel.POST, Channel.IN_PERSON, Channel.WEB]),
        mail=st.booleans(),
        days=st.sampled_from([0, 1, 9, -1]),
        why=words,
        by=somebody,
    )
    def log_request(
        self, right: Right, channel: Channel, mail: bool, days: int, why: str, by: str, *, on_paper: bool = True
    ) -> None:
        asked = Asked(
            rights=(right,),
            wishes={right: "As I said."},
            residence="US-TX",
            name="Rosa Marquez",
            email=ROSAS_MAIL if mail else "",
            postal_address=ON_PAPER if on_paper else "",
            phone="972 555 0143",
            channel=channel,
        )
        new: list[Case] = []

        def take_down() -> None:
            made = logged.take_down(asked, self.now - days * DAY, as_id=uuid.uuid4(), why_late=why, by=self.by(by))
            one = made.submission.rights_requests.get()
            new.append(Case(one.pk, one.submission_id, "self", one.right))
            self.seen.cases[one.pk] = new[0]

        self.step("log_request", take_down, new, by)
        self.order += new

    # --- Whose work it is --------------------------------------------------------------------------------------
    @rule(n=which, to=somebody, by=somebody)
    def assign(self, n: int, to: str, by: str) -> None:
        case, one = self.pick(n, status=OPEN)
        self.step("assign", lambda: assigning.assign(one, self.by(to), by=self.by(by)), [case], by)

    @rule(n=which, to=somebody, by=somebody)
    def undo_assign(self, n: int, to: str, by: str) -> None:
        case, one = self.pick(n, status=OPEN)
        if n % 2:
            self.step("assign", lambda: assigning.assign(one, self.by(to), by=self.by(by)), [case], by)
        self.step("undo_assign", lambda: assigning.undo_assign(one, by=self.by(by)), [case], by)

    @rule(by=somebody)
    def take_next(self, by: str) -> None:
        found: list[Case] = []

        def take() -> None:
            if one := assigning.take_next(by=self.by(by)):
                found.append(self.seen.cases[one.pk])

        self.step("take_next", take, found, by)

    @rule(n=which, why=st.sampled_from(list(WhyShown)), text=words, by=somebody)
    def show_contact(self, n: int, why: WhyShown, text: str, by: str) -> None:
        case, one = self.pick(n)
        self.step("show_contact", lambda: showing.show_contact(one, why, text, by=self.by(by)), [case], by)

    @rule(n=which, by=somebody)
    def look_at_file(self, n: int, by: str) -> None:
        case, one = self.pick(n)
        sent = Attachment.objects.filter(message__submission=one.submission_id, message__rights_request=one).first()
        if sent:
            self.step("look_at_file", lambda: attachments.look(sent.pk, by=self.by(by)), [case], by)
        collected = PackageFile.objects.filter(package__rights_request=one, package__package_key__destroyed_at=None)
        if found := collected.filter(file__isnull=False).first():
            self.step("look_at_answer_file", lambda: packages.look(found.pk, by=self.by(by)), [case], by)

    @rule(n=which, why=words, by=verifier)
    def ask_for_document(self, n: int, why: str, by: str) -> None:
        case, one = self.pick(n, status=("received", "in_progress", "waiting"))

        def ask() -> None:
            documents.ask_for(one, why, by=self.by(by))
            case.needs, case.less = 4, None

        self.step("ask_for_document", ask, [case], by)

    # --- When it reached us ------------------------------------------------------------------------------------
    @rule(n=which, days=st.integers(-1, 20), why=words, by=somebody)
    def propose_receipt(self, n: int, days: int, why: str, by: str) -> None:
        case, one = self.pick(n, status=OPEN)
        then = self.now - days * DAY
        self.step("propose_receipt", lambda: receipt_times.propose(one, then, why, by=self.by(by)), [case], by)

    @rule(n=which, confirms=st.booleans(), by=approver)
    def settle_receipt(self, n: int, confirms: bool, by: str) -> None:
        case, one = self.pick(n, status=OPEN)
        if receipt := receipt_times.waiting(one):
            proposed_by = receipt.proposed_by.username

            def confirm() -> None:
                receipt_times.confirm(one, by=self.by(by))
                assert by != proposed_by, "a receipt time moved by one person alone"

            verb = "confirm_receipt" if confirms else "decline_receipt"
            self.step(verb, confirm if confirms else lambda: receipt_times.decline(one, by=self.by(by)), [case], by)

    # --- How they are reached ----------------------------------------------------------------------------------
    @rule(n=which, wanted=st.sampled_from([NEW_MAIL, NEW_MAIL, "stan@elsewhere.example", ""]))
    def ask_for_new_contact(self, n: int, wanted: str) -> None:
        case, one = self.pick(n)
        ways = {"email": wanted} if wanted else {"phone": "972 555 0100", "postal_address": ON_PAPER}
        self.step("ask_for_new_contact", lambda: changing_contact.ask(one.submission, ways), [case])

    @rule(n=which, what=st.sampled_from(["send_again", "leave_to_staff", "cancel"]))
    def go_on_with_new_contact(self, n: int, what: str) -> None:
        case, one = self.pick(n)
        verb = getattr(changing_contact, what)
        self.step(f"new_contact_{what}", lambda: verb(one.submission), [case])

    @rule(n=which, old=st.booleans(), new=st.booleans())
    def enter_codes(self, n: int, old: bool, new: bool) -> None:
        """With what the mails say, or with a guess."""
        case, one = self.pick(n)

        def enter() -> None:
            sent = {
                kind: Letter.objects.filter(about=one.submission_id, kind=kind).order_by("-owed_at").first()
                for kind in ("code_of_old", "code_of_new")
            }
            said = [
                (letter.code if letter and is_read else None) or "not it"
                for letter, is_read in zip(sent.values(), (old, new), strict=True)
            ]
            outcomes = changing_contact.enter_codes(one.submission, *said)
            if all(outcome is Outcome.MATCHED for outcome in outcomes.values()):
                assert old, "the old address was not asked"
                assert new, "the new address was not asked"
                self.seen.confirmed.add(case.submission)

        self.step("enter_codes", enter, [case])

    @rule(n=which, accepted=st.booleans(), reason=words, by=verifier)
    def decide_contact_change(self, n: int, accepted: bool, reason: str, by: str) -> None:
        case, one = self.pick(n)

        def decide() -> None:
            changing_contact.decide(one, accepted, reason, by=self.by(by))
            if accepted:
                self.seen.confirmed.discard(case.submission)

        self.step("decide_contact_change", decide, [case], by)

    @rule(n=which, by_two_codes=st.booleans())
    def moves_house(self, n: int, by_two_codes: bool) -> None:
        """The straight way, so that walks get far."""
        fits = n - n % 8 + 1
        self.ask_for_new_contact(fits, NEW_MAIL)
        if by_two_codes:
            self.enter_codes(fits, True, True)
        else:
            self.go_on_with_new_contact(fits, "leave_to_staff")
            self.decide_contact_change(fits, bool(n % 16), "She called from the number we have.", "vera")

    # --- Where it is searched ----------------------------------------------------------------------------------
    def a_task(self, one: RightsRequest, m: int, *, is_open: bool = True) -> Task | None:
        tasks = Task.objects.filter(checklist__rights_request=one).select_related("owner").order_by("slug", "kind")
        found = [task for task in tasks if task.is_open == is_open] or list(tasks)
        return found[m % len(found)] if found else None

    @rule(n=which, text=words, by=somebody)
    def search_for(self, n: int, text: str, by: str) -> None:
        case, one = self.pick(n, status=("in_progress", "waiting"))
        self.step("search_for", lambda: checklist.search_for(one, text, by=self.by(by)), [case], by)

    @rule(n=which, slug=systems, by=somebody)
    def add_task(self, n: int, slug: str, by: str) -> None:
        case, one = self.pick(n, status=("in_progress", "waiting"))
        self.step("add_task", lambda: checklist.add(one, slug, by=self.by(by)), [case], by)

    @rule(n=which, m=which, what=st.sampled_from(["leave_out", "reassign", "reopen"]), to=searcher, by=somebody)
    def change_task(self, n: int, m: int, what: str, to: str, by: str) -> None:
        case, one = self.pick(n, status=("in_progress", "waiting"))
        if task := self.a_task(one, m, is_open=what != "reopen"):
            steps: dict[str, Callable[[], Any]] = {
                "leave_out": lambda: checklist.leave_out(one, task.pk, "It came after.", by=self.by(by)),
                "reassign": lambda: checklist.reassign(one, task.pk, self.by(to), by=self.by(by)),
                "reopen": lambda: checklist.reopen(one, task.pk, by=self.by(by)),
            }
            self.step(f"{what}_task", steps[what], [case], by)

    @rule(n=which, m=which, outcome=st.sampled_from(list(TaskState)), note=words, files=st.booleans(), by=searcher)
    def answer_task(self, n: int, m: int, outcome: TaskState, note: str, files: bool, by: str) -> None:
        case, one = self.pick(n, status=("in_progress", "waiting"))
        if task := self.a_task(one, m):
            found = [paper()] if files else []

            def answer() -> None:
                checklist.answer(one, task.pk, outcome, note, found, exception="1", by=self.by(by))
                assert by != "cora" or task.owner == self.by("cora"), "cora answered a task that is not hers"

            self.step("answer_task", answer, [case], by)

    @rule(n=which, m=which)
    def take_back_task(self, n: int, m: int) -> None:
        case, one = self.pick(n, status=("in_progress", "waiting"))
        if task := self.a_task(one, m, is_open=False):
            self.step("take_back_task", lambda: taking_back.take_back(one, task.pk, by=self.by("cora")), [case], "cora")

    @rule(n=which, by=searcher)
    def look_at_task(self, n: int, by: str) -> None:
        case, one = self.pick(n, status=("in_progress", "waiting"))
        if task := self.a_task(one, n):
            self.step("look_at_task", lambda: checklist.look(one, task, by=self.by(by)), [case], by)

    @rule(n=which, by=somebody)
    def carry_out(self, n: int, by: str) -> None:
        case, one = self.pick(n, status=("in_progress", "waiting"))
        self.step("carry_out", lambda: checklist.carry_out(one, by=self.by(by)), [case], by)

    @rule(n=which, what=st.sampled_from(["look_at_finding", "to_answer"]), by=somebody)
    def take_finding(self, n: int, what: str, by: str) -> None:
        case, one = self.pick(n, status=("in_progress", "waiting"))
        there = Finding.objects.filter(task__checklist__rights_request=one, package_key__destroyed_at=None)
        if found := there.first():
            verb = getattr(checklist, what)
            self.step(what, lambda: verb(one, found.pk, by=self.by(by)), [case], by)

    @rule(n=which, outcomes=st.lists(st.sampled_from(["found", "found", "nothing_found", "cannot"]), min_size=2))
    def owners_answer(self, n: int, outcomes: list[str]) -> None:
        """The straight way: each owner says what is there; of a deletion also what became of it."""
        case, _one = self.pick(n, status=("in_progress",))
        before, self.this_one = self.this_one, case
        try:
            self.search_for(0, "Because.", "tess")
            for outcome in islice(cycle(outcomes), SYSTEMS):
                self.answer_task(0, 0, TaskState(outcome), "Because.", bool(n % 2), "tess")
            self.carry_out(0, "tess")
            for _system in range(SYSTEMS):
                self.answer_task(0, 0, TaskState.KEPT if n % 4 == 1 else TaskState.DONE, "", False, "tess")
        finally:
            self.this_one = before

    def searches_twice(self) -> None:
        """What was found is looked at and goes with the answer; another system is left out, or looked into again."""
        if not System.objects.filter(slug="archive").exists():
            system("Archive", self.by("ada"), None, "payment")
        self.add_task(0, "archive", "tess")
        for what, by in (("reassign", "tess"), ("leave_out", "abe"), ("reopen", "tess"), ("reassign", "abe")):
            self.change_task(0, 0, what, "cora", by)
        self.look_at_task(0, "cora")
        self.answer_task(0, 0, TaskState.FOUND, "Because.", True, "cora")
        self.take_back_task(0, 0)
        self.answer_task(0, 0, TaskState.FOUND, "Because.", True, "cora")
        self.take_finding(0, "look_at_finding", "tess")
        self.take_finding(0, "to_answer", "tess")

    @precondition(lambda self: len(self.order) < 6)
    @rule(turn=st.booleans())
    def deletes(self, turn: bool) -> None:
        """Rosa wants it gone; she is told, has time to say no, and then each system says what became of it."""
        self.log_request(Right.DELETE, Channel.PHONE, True, 0, "Because.", "tess")
        self.this_one = self.order[-1]
        try:
            self.step("take", lambda: workflow.take(self.pick(0)[1], by=self.by("tess")), [self.this_one], "tess")
            self.prove_at_once(1)
            for _day in range(4):
                self.now += DAY
                self.sweep()
            self.owners_answer(4 if turn else 1, ["found", "cannot" if turn else "found"])
        finally:
            self.this_one = None

    # --- On paper, and by telephone ----------------------------------------------------------------------------
    def on_paper(self, m: int, found: Callable[[], Iterable[Letter]]) -> Letter | None:
        with travel(self.now, tick=False):
            letters = list(found())
        return letters[m % len(letters)] if letters else None

    def about(self, letter: Letter) -> list[Case]:
        return [case for case in self.order if case.submission == letter.about][:1]

    @rule(m=which, again=st.booleans(), posts=st.booleans(), by=somebody)
    def print_letter(self, m: int, again: bool, posts: bool, by: str) -> None:
        if letter := self.on_paper(m, print_queue.waiting):
            about = self.about(letter)
            self.step(
                "print_letter",
                lambda: print_queue.print_all([letter.pk], with_new_code=again, by=self.by(by)),
                about,
                by,
            )
            on = timezone.localdate(self.now) - timedelta(days=m % 2)
            if posts:
                self.step("post_letter", lambda: print_queue.post_all([letter.pk], on, by=self.by(by)), about, by)

    @rule(m=which, how=words, by=somebody)
    def told_otherwise(self, m: int, how: str, by: str) -> None:
        if letter := self.on_paper(m, print_queue.waiting):
            self.step(
                "told_otherwise",
                lambda: print_queue.told_otherwise(letter.pk, how, by=self.by(by)),
                self.about(letter),
                by,
            )

    @rule(m=which, how=words, by=somebody)
    def a_letter_comes_back(self, m: int, how: str, by: str) -> None:
        if letter := self.on_paper(m, print_queue.posted_of_late):
            about = self.about(letter)
            self.step("came_back", lambda: print_queue.came_back(letter.pk, by=self.by(by)), about, by)
            one = RightsRequest.objects.select_related("content_key").get(pk=about[0].pk)
            self.step("settle_letters", lambda: undelivered.settle(one, how, by=self.by(by)), about, by)

    @rule(n=which, how=words, by=somebody)
    def give_notice(self, n: int, how: str, by: str) -> None:
        case, one = self.pick(n, status=("waiting",))
        self.step("give_notice", lambda: notices.give(one, how, by=self.by(by)), [case], by)

    @precondition(lambda self: len(self.order) < 6)
    @rule(right=st.sampled_from(list(Right)), what=st.sampled_from(["receipt", "paper", "silence"]), turn=st.booleans())
    def comes_by_another_door(self, right: Right, what: str, turn: bool) -> None:
        """The straight way of who has no mail: when it came is put right, letters go by post and come back, and who
        is silent is told by telephone what happens."""
        channel = Channel.PHONE if what == "silence" else Channel.POST
        self.log_request(right, channel, False, 0, "Because.", "tess", on_paper=what != "silence")
        self.this_one = self.order[-1]
        try:
            if what == "receipt":
                self.propose_receipt(0, 3, "It bears a stamp.", "abe")
                self.settle_receipt(0, turn, "bea")
            elif what == "paper":
                self.print_letter(0, False, True, "tess")
                self.a_letter_comes_back(0, "She called.", "tess")
            else:
                self.ask(0, "tess", False)
                for _week in range(3):
                    self.now += 7 * DAY
                    self.sweep()
                self.give_notice(0, "By telephone.", "tess")
        finally:
            self.this_one = None

    @rule(n=which, how=words, by=somebody)
    def accept_fee_for_requester(self, n: int, how: str, by: str) -> None:
        case, one = self.pick(n, status=("waiting",))
        self.step("accept_fee", lambda: fees.accept(one, by=self.by(by), how=how), [case], by)
