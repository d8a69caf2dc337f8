"""One story for every ending, and for all that people may leave with us on the way: a canary in every place where
somebody types, each with the moment at which its life ends (the table "which life each field has").

All of them close at one moment; what has to have begun earlier did. A canary is a random word of 128 bits, the first
half of which all share.
"""

import secrets
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone
from time_machine import travel

from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.uploads import SealedUpload, SealedUploadHandler
from requests import (
    acting_for,
    appeals,
    changing_contact,
    continuation,
    drafts,
    fees,
    holds,
    identity,
    joining,
    kept_texts,
    packages,
    raising,
    receipt_times,
    reminders,
    stopping,
    unsent,
    workflow,
)
from requests.answers import Draft
from requests.intake import Acting, Asked, take_in
from requests.inventory import changing, checklist, progress
from requests.inventory.models import TaskState
from requests.models import Appeal, RightsRequest, StopLink, Submission
from requests.terms import AppealOutcome, Authority, Capacity, Channel, Ending, OutOfScope, Right, Role
from requests.workflow import REQUESTER
from tests.canaries import BEGINNING
from tests.cast import fresh, office_noon, person, reads_papers
from tests.papers import drawn
from verification import checks
from verification.customers import importing
from verification.levels import AssuranceLevel
from verification.models import FACTS, EvidenceKind

DAY = timedelta(days=1)
Ends = dict[Life, timedelta | None]  # how long after the closing; None: not while it is open

AFTER_CLOSING: Ends = {
    Life.DOCUMENT: timedelta(),
    Life.PROOF: timedelta(),
    Life.PACKAGE: 14 * DAY,
    Life.CONTACT: 60 * DAY,
    Life.CONTENT: 60 * DAY,
    Life.RECORD: 731 * DAY,  # 24 months
    Life.DRAFT: 7 * DAY,
    Life.CUSTOMER: None,  # ends with the import that leaves them out
}
CAN_BE_UNDONE: Ends = AFTER_CLOSING | {Life.PROOF: DAY}
HELD_FOR = 100 * DAY
HELD: Ends = {life: max(ends, HELD_FOR + DAY) for life, ends in AFTER_CLOSING.items() if ends is not None}
OPEN_AGAIN: Ends = dict.fromkeys(Life) | {Life.DOCUMENT: timedelta()}
SILENT = 23 * DAY  # until a request may end for want of an answer


class Canaries:
    """Remembers under which life each word lies, and when that ends."""

    def __init__(self) -> None:
        self.beginning = secrets.token_hex(BEGINNING // 2)
        self.life: dict[str, Life] = {}
        self.ends: dict[str, timedelta | None] = {}

    def plant(self, life: Life, ends: Ends) -> str:
        word = self.beginning + secrets.token_hex(8)
        self.life[word], self.ends[word] = life, ends[life]
        return word

    def of(self, *lives: Life) -> set[str]:
        return {word for word, life in self.life.items() if life in lives}

    def alive(self, after: timedelta) -> set[str]:
        """What can still be read so long after the closing."""
        return {word for word, ends in self.ends.items() if ends is None or ends > after}


class Stories:
    """Every way a request can end, from first word to closing. The caller decides when it is."""

    def __init__(self) -> None:
        self.canaries = Canaries()
        self.lives: Ends = AFTER_CLOSING
        self.vera = person("Vera", Role.VERIFIER)
        self.abe, self.bea, self.cleo = (person(name, Role.APPROVER) for name in ("Abe", "Bea", "Cleo"))

    def tell(self) -> None:
        silent = self._falls_silent()
        self._answered()
        self._partly_after_a_fee()
        self._refused_and_upheld()
        self._nothing_held()
        self._not_shown_and_overturned()
        workflow.answer(fresh(silent), Draft(Ending.NO_ANSWER), by=self.abe)
        self._withdrawn()
        self._merged()
        self._not_you()
        self._out_of_scope()
        self._not_a_request()
        self._held()
        self._on_record()
        begun = {"name": self._word(Life.DRAFT), "details": {"delete": {"said": self._word(Life.DRAFT)}}}
        draft = drafts.keep(None, begun)
        assert draft.submission_id is None, "somebody who has not sent anything yet"
        endings = {*RightsRequest.objects.values_list("ending", flat=True)} - {""}
        assert endings | {*Appeal.objects.values_list("first_ending", flat=True)} == {*Ending}, "an ending is missing"

    # --- The stories -------------------------------------------------------------------------------------------
    def _answered(self) -> None:
        """Two requests share one check; files go with the answer of one. An agent asks, with a proof of authority."""
        acting = Acting(
            subject_name=self._word(Life.CONTACT),
            subject_email=f"{self._word(Life.CONTACT)}@mail.example",
            authority=Authority.SIGNED_PERMISSION,
        )
        submission = self._asks("US-TX", Right.ACCESS, Right.DELETE, capacity=Capacity.AGENT, acting=acting)
        check = submission.check_made
        assert check
        paper = checks.give_file(check, EvidenceKind.AUTHORITY, self._upload(Life.DOCUMENT))
        drawn(paper, self._word(Life.DOCUMENT).encode(), self._word(Life.DOCUMENT).encode())
        reads_papers(next(iter(self._requests_of(submission))), self.vera)
        acting_for.decide(submission, True, [Right.ACCESS, Right.DELETE], None, by=self.vera)
        self._shows(submission)
        access, delete = self._taken(submission)
        self._talk(access)
        packages.add(fresh(access), [self._upload(Life.PACKAGE)], by=self.abe)
        for one in (access, delete):
            self._released(fresh(one), Draft(Ending.FULFILLED, text=self._word(Life.RECORD)))

    def _partly_after_a_fee(self) -> None:
        submission = self._asks("US-TX", Right.KNOW)
        (one,) = self._requests_of(submission)
        changing_contact.ask(submission, {"email": f"{self._word(Life.CONTACT)}@mail.example"})
        assert changing_contact.cancel(submission)
        raising.raise_level(one, AssuranceLevel.T3, self._word(Life.RECORD), by=self.vera)
        self._shows(fresh(one).submission)
        (one,) = self._taken(submission)
        fees.assess(one, Decimal(20), fees.GROUNDS[0], self._word(Life.RECORD), by=self.abe)
        fees.accept(fresh(one), by=REQUESTER)
        reason, text = self._word(Life.RECORD), self._word(Life.RECORD)
        self._released(fresh(one), Draft(Ending.PARTLY, text=text, reason=reason))

    def _refused_and_upheld(self) -> None:
        """In California, where the law wants the signed statement kept with the record (11 CCR 7060)."""
        submission = self._asks("US-CA", Right.ACCESS)
        self._shows(submission, statement_life=Life.RECORD)
        (one,) = self._taken(submission)
        reason, text = self._word(Life.RECORD), self._word(Life.RECORD)
        self._released(one, Draft(Ending.REFUSED, text=text, reason=reason, grounds=("policy_7_excessive",)))
        appeal = appeals.file(fresh(one), self._word(Life.CONTENT), by=REQUESTER, files=(self._upload(Life.CONTENT),))
        appeals.decide(appeal, AppealOutcome.UPHELD, self._word(Life.RECORD), by=self.cleo)

    def _nothing_held(self) -> None:
        """Somebody who is no customer says how they were in touch."""
        more = {"capacity": Capacity.NON_CUSTOMER, "encounter": self._word(Life.CONTENT)}
        submission = self._asks("US-TX", Right.KNOW, **more)
        check = self._gives(submission, Life.PROOF)
        Submission.objects.filter(pk=submission.pk).update(contact_confirmed_at=timezone.now())
        checks.no_record(check, by=self.vera)
        (one,) = self._taken(submission)
        self._released(one, Draft(Ending.NOTHING_HELD))

    def _not_shown_and_overturned(self) -> None:
        """What was given first goes with the closing; the appeal begins a new check, and opens the request again."""
        self.lives = OPEN_AGAIN
        submission = self._asks("US-TX", Right.ACCESS)
        self.lives = OPEN_AGAIN | {Life.PROOF: timedelta()}
        check = self._gives(submission, Life.PROOF)
        checks.not_shown(check, "matched_facts", by=self.vera)
        self.lives = OPEN_AGAIN
        (one,) = self._taken(submission)
        self._released(one, Draft(Ending.IDENTITY_NOT_SHOWN, reason=self._word(Life.RECORD)))
        appeal = appeals.file(fresh(one), self._word(Life.CONTENT), by=REQUESTER)
        self._shows(fresh(one).submission)
        appeals.decide(appeal, AppealOutcome.OVERTURNED, self._word(Life.RECORD), by=self.cleo)
        assert fresh(one).is_open
        self._searched(one)
        self.lives = AFTER_CLOSING

    def _searched(self, one: RightsRequest) -> None:
        """The owner of the only system says what they found. Then it is out of use: nothing else is searched."""
        ada, cora = person("Ada", Role.ADMINISTRATOR), person("Cora", Role.COLLECTOR)
        given = {"name": "Billing", "owner": cora, "categories": ["payment"], "active": True}
        given |= {"retention_en": "", "retention_es": "", "exceptions": []}
        system = changing.change_system(None, given, "It holds data", by=ada)
        workflow.take(fresh(one), by=self.abe)
        changing.change_system(system, given | {"active": False}, "It is out of use", by=ada)
        checklist.search_for(fresh(one), self._word(Life.CONTENT), by=self.abe)
        (task,) = progress.tasks_of(one)
        found = [self._upload(Life.PACKAGE)]
        checklist.look(fresh(one), task, by=cora)
        checklist.answer(
            fresh(one),
            task.pk,
            TaskState.FOUND,
            self._word(Life.CONTENT),
            found,
            blacked_out=self._word(Life.CONTENT),
            by=cora,
        )

    def _falls_silent(self) -> RightsRequest:
        """Asked long ago, reminded, and given notice a week ago."""
        with travel(timezone.now() - SILENT, tick=False):
            (one,) = self._taken(self._asks("US-TX", Right.RETALIATION))
            self._gives(one.submission, Life.PROOF)
            workflow.ask(fresh(one), self._word(Life.CONTENT), by=self.abe)
        with travel(office_noon((15 * DAY - SILENT).days), tick=False):
            reminders.owe()
            Letter.objects.filter(kind="closing_notice").update(sent_at=timezone.now())
        return one

    def _withdrawn(self) -> None:
        """Everything that can be asked, and taken back. By staff, who say how they know."""
        self.lives = CAN_BE_UNDONE
        submission = self._asks("US-TX", *Right)
        self._shows(submission)
        for one in self._requests_of(submission):
            workflow.withdraw(one, by=self.abe, why=self._word(Life.CONTENT))
        self.lives = AFTER_CLOSING

    def _merged(self) -> None:
        first, second = (self._asks("US-TX", Right.CORRECT) for _ in range(2))
        on_file = f"{self._word(Life.CONTACT)}@mail.example"
        self._shows(first, on_file=on_file)
        self.lives = CAN_BE_UNDONE
        self._shows(second, on_file=on_file)
        self.lives = AFTER_CLOSING
        (into,), (one,) = self._taken(first), self._taken(second)
        joining.merge(one, into, by=self.abe)
        self._released(fresh(into), Draft(Ending.FULFILLED, text=self._word(Life.RECORD)))

    def _not_you(self) -> None:
        submission = self._asks("US-TX", Right.ACCESS)
        self._gives(submission, Life.PROOF)
        stopping.say_not_me(StopLink.objects.get(submission=submission), self._word(Life.CONTENT))
        (one,) = self._requests_of(submission)
        stopping.free(one, self._word(Life.CONTENT), by=self.abe)
        stopping.freeze(fresh(one), self._word(Life.CONTENT), by=self.abe)
        stopping.end_not_you(fresh(one), self._word(Life.CONTENT), by=self.abe)

    def _out_of_scope(self) -> None:
        """A letter from somebody without mail, who gets a code on paper; when it came is looked at again."""
        submission = self._asks(
            "US-TX", Right.ACCESS, email="", postal_address=self._word(Life.CONTACT), channel=Channel.POST
        )
        continuation.replace(submission, by=REQUESTER)
        (one,) = self._taken(submission)
        receipt_times.propose(one, submission.received_at - DAY, self._word(Life.RECORD), by=self.vera)
        receipt_times.decline(one, by=self.abe)
        self._released(
            one, Draft(Ending.OUT_OF_SCOPE, reason=self._word(Life.RECORD), out_of_scope=OutOfScope.EMPLOYEE)
        )

    def _not_a_request(self) -> None:
        (one,) = self._taken(self._asks("", Right.UNSURE))
        self._released(one, Draft(Ending.NOT_A_REQUEST, reason=self._word(Life.RECORD)))

    def _held(self) -> None:
        """A dispute keeps everything, papers too; then it goes at once."""
        self.lives = HELD
        submission = self._asks("US-TX", Right.DELETE)
        (one,) = self._taken(submission)
        until = timezone.localdate() + HELD_FOR
        holds.place(one, self._word(Life.RECORD), self.abe, until, by=self.bea)
        self._shows(submission)
        packages.add(fresh(one), [self._upload(Life.PACKAGE)], by=self.abe)
        self._released(fresh(one), Draft(Ending.PARTLY, text=self._word(Life.RECORD), reason=self._word(Life.RECORD)))
        self.lives = AFTER_CLOSING

    def _on_record(self) -> None:
        """A customer of the controller's own record."""
        account, name, address, mail = (self._word(Life.CUSTOMER) for _ in range(4))
        row = f"{account},{name},{address},2021-03,{mail}@known.example"
        lines = ["account_number,name,service_address,service_began,email", row]
        assert importing.take_in(importing.rows(lines), told=lambda wrong: None).added == 1

    # --- What they are made of ---------------------------------------------------------------------------------
    def _word(self, life: Life) -> str:
        return self.canaries.plant(life, self.lives)

    def _asks(self, residence: str, *rights: Right, **more) -> Submission:
        given = {
            "name": self._word(Life.CONTACT),
            "email": f"{self._word(Life.CONTACT)}@mail.example",
            "phone": self._word(Life.CONTACT),
            "also_known_by": self._word(Life.CONTACT),
        }
        if more.get("email") == "":
            self._forget(given.pop("email"))
        wishes = {right: self._word(Life.CONTENT) for right in rights}
        details = {right: {"said": self._word(Life.CONTENT)} for right in rights}
        return take_in(Asked(rights=rights, details=details, wishes=wishes, residence=residence, **(given | more)))

    def _forget(self, unused: str) -> None:
        word = unused.partition("@")[0]
        del self.canaries.life[word], self.canaries.ends[word]

    def _requests_of(self, submission: Submission) -> Iterator[RightsRequest]:
        for one in submission.rights_requests.order_by("right"):
            yield fresh(one)

    def _taken(self, submission: Submission) -> list[RightsRequest]:
        requests = list(self._requests_of(submission))
        for one in requests:
            workflow.take(one, by=self.abe)
        return requests

    def _released(self, one: RightsRequest, draft: Draft) -> None:
        if workflow.answer(one, draft, by=self.abe).needs_second_person:
            workflow.release(fresh(one), by=self.bea)

    def _gives(self, submission: Submission, statement_life: Life):
        """Facts, statement and a paper."""
        check = submission.check_made
        assert check
        checks.give_file(check, EvidenceKind.DOCUMENT, self._upload(Life.DOCUMENT))
        identity.show(submission, {kind: self._word(Life.PROOF) for kind in FACTS}, self._word(statement_life))
        check.refresh_from_db()
        return check

    def _shows(self, submission: Submission, statement_life: Life = Life.PROOF, on_file: str = "") -> None:
        """A verifier looks at what was given, enters the contact on file, and decides."""
        check = self._gives(submission, statement_life)
        checks.look(check, by=self.vera)
        on_file = on_file or f"{self._word(Life.CONTACT)}@mail.example"
        identity.enter_contact(submission, on_file, date(2021, 3, 1), by=self.vera)
        check.refresh_from_db()
        checks.decide(check, "matched_facts", FACTS, by=self.vera)
        told_at = timezone.now() - timedelta(days=4)  # long enough ago for a deletion
        Letter.objects.filter(kind="identity_shown", about=submission.pk).update(sent_at=told_at)

    def _upload(self, life: Life) -> SealedUpload:
        receiving = SealedUploadHandler()
        receiving.new_file("document", f"{self._word(life)}.pdf", "application/pdf", None)
        content = f"%PDF-1.7 {self._word(life)}".encode()
        receiving.receive_data_chunk(content, 0)
        return receiving.file_complete(len(content))

    def _talk(self, one: RightsRequest) -> None:
        workflow.ask(fresh(one), self._word(Life.CONTENT), [self._upload(Life.CONTENT)], by=self.abe)
        workflow.reply(fresh(one), self._word(Life.CONTENT), [self._upload(Life.CONTENT)])
        workflow.note(fresh(one), self._word(Life.CONTENT), by=self.abe)
        workflow.tell(fresh(one), self._word(Life.CONTENT), by=self.abe)
        assert unsent.keep(fresh(one), self._word(Life.DRAFT))
        kept_texts.keep(fresh(one), "note", {"text": self._word(Life.DRAFT)}, by=self.abe)
