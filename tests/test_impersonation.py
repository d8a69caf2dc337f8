"""Fourteen ways of asking as somebody else. In each Stan comes by the doors that people use, with what he knows, and
reaches neither Rosa's data nor a deletion; what he tried stands in the record, and somebody is told of it.

What he must not see are words planted in our answer, its file, our own record and its contact. They are looked for in
every page that he opens and in every mail that reaches one of his mailboxes.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from primevox_privacy.staff.models import User
from requests import details, documents, identity, joining, packages, raising, reminders, sign_in, stopping, workflow
from requests.answers import Draft
from requests.models import Answer, PackageFile, RightsRequest
from requests.references import spoken
from requests.terms import Capacity, Ending, Right
from requests.workflow import NotAllowed
from tests import hostile_files as made
from tests.asking import ANY_ANSWER
from tests.cast import ask, deliver, fresh, office_noon, signed_in, submit
from tests.papers import received
from tests.test_coming_back import CODE
from tests.test_continuation import PRINTED
from tests.test_not_me import link_in, presses
from tests.test_staff_desk import QUEUE, do
from verification import clean_pages
from verification.customers import importing
from verification.levels import AssuranceLevel
from verification.models import Evidence, EvidenceKind

pytestmark = pytest.mark.django_db

HUB, IDENTITY, CODE_ON_FILE, AUTHORITY, DOCUMENT = (
    f"/your-request/all/{page}" for page in ("", "identity/", "identity/code/", "authority/", "document/")
)
ON_FILE, LONG_AGO = "kestrel-0417@on-file.example", "2021-03-01"
STANS = "kestre1-0417@on-file.example"  # looks like hers, and is his
MAILBOX = "compliance@primevox.net"
ANSWER, FILE = "heron-88d1 is what we hold", b"name,number\negret-3a07,972-555-0196\n"
FACTS = {
    EvidenceKind.ACCOUNT_NUMBER: "PV-771204",
    EvidenceKind.SERVICE_ADDRESS: "9 Bittern Lane, Plano",
    EvidenceKind.PHONE_ON_ACCOUNT: "972-555-0196",
}
GUESSES = dict(zip(FACTS, ("PV-000001", "1 Main Street, Plano", "972-555-0196"), strict=True))  # her number is public
SECRET = ("heron-88d1", "egret-3a07", "kestrel-0417", *FACTS.values())
DONE = frozenset({Ending.FULFILLED, Ending.PARTLY})


MONDAY = datetime(2026, 3, 9, 12, tzinfo=ZoneInfo("America/Chicago"))


@pytest.fixture(autouse=True)
def a_monday(time_machine):
    time_machine.move_to(MONDAY)


@dataclass
class Team:
    tess: User
    vera: User
    abe: User
    bea: User


@pytest.fixture
def team(tess, vera, abe, bea) -> Team:
    """Those who work here, and Rosa in our record of customers."""
    row = {
        "account_number": FACTS[EvidenceKind.ACCOUNT_NUMBER],
        "name": "Rosa Marquez",
        "service_address": FACTS[EvidenceKind.SERVICE_ADDRESS],
        "service_address_since": LONG_AGO,
        "email": ON_FILE,
        "email_since": LONG_AGO,
        "phone": FACTS[EvidenceKind.PHONE_ON_ACCOUNT],
        "phone_since": LONG_AGO,
    }
    in_the_record(row)
    return Team(tess, vera, abe, bea)


def in_the_record(row: dict[str, str]) -> None:
    lines = [",".join(row), ",".join(f'"{value}"' for value in row.values())]
    importing.take_in(importing.rows(lines), told=lambda wrong: pytest.fail(str(wrong)))


# --- Stan ----------------------------------------------------------------------------------------------------------
@dataclass
class Stan:
    """A stranger with a browser, some mailboxes that he reads, and a memory of all that he saw."""

    mails: list
    reads: tuple[str, ...] = (STANS,)
    browser: Client = field(default_factory=Client)
    pages: list[str] = field(default_factory=list)

    def opens(self, address: str) -> str:
        return self._sees(self.browser.get(address, follow=True))

    def sends(self, address: str, **given) -> str:
        return self._sees(self.browser.post(address, given, follow=True))

    def _sees(self, response: Any) -> str:
        assert response.status_code < 500
        content = b"".join(response.streaming_content) if response.streaming else response.content
        said = content.decode("utf-8", "replace")
        self.pages.append(f"{response.headers}\n{said}")
        return said

    def asks(self, *rights: Right, email: str = STANS, **who: str) -> list[RightsRequest]:
        """From the first page to the receipt, as Rosa. His requests, in the order in which he named the rights."""
        before = set(RightsRequest.objects.values_list("pk", flat=True))
        self.sends("/ask/", rights=list(rights))
        for number, _right in enumerate([right for right in rights if right in details.ASKED], 1):
            self.sends(f"/ask/details/{number}/", **(ANY_ANSWER | {"said": email, "opt_out": email}))
        self.sends("/ask/who/", capacity=who.get("capacity", Capacity.SELF))
        if "authority" in who:
            self.sends("/ask/about/", **{name: who[name] for name in ("subject_name", "subject_email", "authority")})
        self.sends("/ask/where/", residence="US-TX")
        self.sends("/ask/reach/", name="Rosa Marquez", email=email)
        assert "We have your request" in self.sends("/ask/check/")
        his = {one.right: fresh(one) for one in RightsRequest.objects.exclude(pk__in=before)}
        return [his[right] for right in rights]

    def newest_code(self) -> str:
        """The last one that came to a mailbox that he reads; a guess where none came."""
        deliver()
        his = [mail for mail in self.mails if set(mail.to) & set(self.reads)]
        return next((found.group(1) for mail in reversed(his) if (found := CODE.search(mail.body))), "000000")

    def comes_back(self, one: RightsRequest) -> None:
        self.sends("/your-request/", reference=one.reference)
        sign_in.answer_waiting()
        assert "Your requests" in self.sends("/your-request/code/", code=self.newest_code())

    def shows(self, facts: dict[EvidenceKind, str]) -> None:
        signed = {"signed_name": "Rosa Marquez", "declared": "on"}
        said = self.sends(IDENTITY, **{kind.value: value for kind, value in facts.items()}, **signed)
        assert "We will check what you sent" in said

    def writes(self, one: RightsRequest, text: str) -> None:
        assert "We have your message" in self.sends(f"/your-request/{one.reference}/message/", message=text)

    def tries_every_door(self, one: RightsRequest) -> None:
        """Each page of his session and each button that opens something, for this request and its siblings."""
        for page in (HUB, IDENTITY, CODE_ON_FILE, AUTHORITY, DOCUMENT):
            self.opens(page)
        self.sends(CODE_ON_FILE, send="1")
        self.sends(CODE_ON_FILE, code=self.newest_code())
        for reference in one.submission.rights_requests.values_list("reference", flat=True):
            case = f"/your-request/{reference}/"
            for page in ("message/", "fee/", "withdraw/", "undo/", "appeal/", "answer/", "answer/code/", "files/code/"):
                self.opens(case + page)
            self.sends(f"{case}answer/open/")
            self.sends(f"{case}answer/code/", code=self.newest_code())
            self.opens(f"{case}answer/")
            for file in PackageFile.objects.all():
                self.sends(f"{case}answer/files/{file.pk}/")
                self.sends(f"{case}files/code/", code=self.newest_code())
        self.opens(HUB)

    def saw(self, word: str) -> bool:
        his = [mail for mail in self.mails if set(mail.to) & set(self.reads)]
        return any(word in text for text in (*self.pages, *(f"{mail.subject}\n{mail.message()}" for mail in his)))


@pytest.fixture
def stan(mailoutbox) -> Stan:
    return Stan(mailoutbox)


# --- The desk ------------------------------------------------------------------------------------------------------
def enters_contact(team: Team, one: RightsRequest, email: str = ON_FILE, since: str = LONG_AGO) -> str:
    return page_of(do(signed_in(team.vera), one, "enter_contact_on_file", email=email, on_file_since=since))


def compares(team: Team, one: RightsRequest) -> str:
    """Vera looks at what was given, beside what stands on record."""
    return page_of(signed_in(team.vera).post(f"{QUEUE}{one.pk}/identity/", {"records": "1"}))


def decides(team: Team, one: RightsRequest, decision: str, method: str = "matched_facts", matched=()) -> str:
    given = {"round": identity.check_of(fresh(one)).round, "decision": decision, "method": method}
    given["matched"] = [kind.value for kind in matched]
    return page_of(signed_in(team.vera).post(f"{QUEUE}{one.pk}/identity/", given))


def page_of(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def case(team: Team, one: RightsRequest) -> str:
    return page_of(signed_in(team.tess).get(f"{QUEUE}{one.pk}/change/"))


def answered(team: Team, one: RightsRequest) -> str:
    """Abe does what was asked and Bea releases it. Empty once it left; else why it cannot."""
    try:
        if fresh(one).handler is None:
            workflow.take(fresh(one), by=team.abe)
        if one.right == Right.ACCESS and packages.in_the_making(fresh(one)) is None:
            packages.add(fresh(one), [received("copy.csv", FILE)], by=team.abe)
        workflow.answer(fresh(one), Draft(Ending.FULFILLED, text=ANSWER), by=team.abe)
        workflow.release(fresh(one), by=team.bea)
    except NotAllowed as why:
        return str(why)
    return ""


def hers_answered(team: Team, email: str = ON_FILE) -> RightsRequest:
    """Rosa's own access: shown with what she knows, answered, told to the contact on file."""
    one = ask(Right.ACCESS, email=email)
    identity.show(one.submission, FACTS, "Signed: Rosa Marquez")
    enters_contact(team, one)
    decides(team, one, "passed", matched=FACTS)
    assert answered(team, one) == ""
    return fresh(one)


# --- What has to be true at the end --------------------------------------------------------------------------------
def told(kind: str, address: str = ON_FILE) -> Letter:
    """The newest letter of a kind to that address; it has left."""
    deliver()
    found = [letter for letter in Letter.objects.filter(kind=kind).order_by("-owed_at") if letter.address == address]
    assert found, f"no {kind} to {address}"
    assert found[0].sent_at
    return found[0]


def not_me(letter: Letter) -> None:
    """Rosa presses the button in it."""
    presses(Client(), link_in(letter))
    told("stopped", MAILBOX)


def told_who_looked(time_machine) -> None:
    """On a working morning the mailbox reads who looked at what was given."""
    time_machine.move_to(office_noon(1))
    reminders.owe()
    told("looks", MAILBOX)


def reaches_nothing(stan: Stan, *requests: RightsRequest, knows: tuple[str, ...] = (), events: set[str]) -> None:
    """He tries every door once more, saw nothing, nothing is deleted, and the record says what happened."""
    for one in requests:
        stan.tries_every_door(fresh(one))
    deliver()
    assert [word for word in SECRET if word not in knows and stan.saw(word)] == []
    assert not RightsRequest.objects.filter(right=Right.DELETE, ending__in=DONE).exists()
    assert not Answer.objects.filter(rights_request__right=Right.DELETE, released_at__isnull=False).exists()
    assert not Event.objects.filter(kind__in=["answer_read", "file_downloaded"]).exists()
    about = {about for one in requests for about in (one.pk, one.submission_id, *identity.checks_of(one.submission))}
    assert events <= set(Event.objects.filter(about__in=about).values_list("kind", flat=True))


# --- The scripts ---------------------------------------------------------------------------------------------------
BOTH = (Right.ACCESS, Right.DELETE)
NOT_SHOWN = "Identity is not shown at the level"


def look_alike_mailbox(stan: Stan, team: Team, time_machine) -> None:
    access, delete = stan.asks(*BOTH)
    stan.comes_back(access)
    stan.shows(GUESSES)
    assert "differs" in compares(team, access)
    enters_contact(team, access)
    assert "ticked as matching. Two reach T2" in decides(team, access, "passed")
    decides(team, access, "not_shown")
    assert NOT_SHOWN in answered(team, access)
    assert NOT_SHOWN in answered(team, delete)
    stan.browser = Client()
    stan.sends("/your-request/", reference=access.reference)
    stan.sends("/your-request/code/on-file/")
    sign_in.answer_waiting()
    stan.sends("/your-request/code/", code=stan.newest_code())
    unasked = told("code_on_file")
    time_machine.move_to(timezone.now() + timedelta(hours=2))  # as many codes as go out in one were sent
    stan.browser = Client()
    stan.comes_back(access)
    reaches_nothing(stan, access, delete, events={"identity_given", "identity_looked_at", "identity_not_shown"})
    not_me(unasked)
    assert "frozen" in desk(team, access)


def shared_mailbox(stan: Stan, team: Team, time_machine) -> None:
    """Rosa typed the mailbox of her household; Stan lives there."""
    stan.reads = ("home@shared.example",)
    hers = hers_answered(team, email="home@shared.example")
    stan.comes_back(hers)
    reaches_nothing(stan, hers, events={"closed", "contact_confirmed"})
    not_me(told("code_on_file"))
    assert releases_nothing_more(stan, hers)


def known_facts(stan: Stan, team: Team, time_machine) -> None:
    """He knows all three, and signs."""
    access, delete = stan.asks(*BOTH)
    stan.comes_back(access)
    stan.shows(FACTS)
    enters_contact(team, access)
    decides(team, access, "passed", matched=FACTS)
    warning = told("identity_shown")
    assert answered(team, access) == ""
    assert "Delete nothing before" in answered(team, delete)
    reaches_nothing(stan, access, delete, events={"identity_passed", "closed"})
    not_me(warning)
    time_machine.move_to(timezone.now() + timedelta(hours=73))
    assert "frozen" in answered(team, delete)
    stan.browser = Client()
    stan.comes_back(access)
    reaches_nothing(stan, access, delete, events={"said_not_me"})


def hijacked_mailbox(stan: Stan, team: Team, time_machine) -> None:
    """He reads the very mailbox on file, and its codes. That stops a use, and shows nothing."""
    stan.reads = (ON_FILE,)
    access, delete = stan.asks(*BOTH, email=ON_FILE)
    (restrict,) = stan.asks(Right.RESTRICT, email=ON_FILE)
    for one in (access, restrict):
        compares(team, one)
        enters_contact(team, one)
    stan.comes_back(restrict)
    stan.sends(CODE_ON_FILE, send="1")
    stan.sends(CODE_ON_FILE, code=stan.newest_code())
    assert identity.is_shown(fresh(restrict))
    stan.browser = Client()
    stan.comes_back(access)
    stan.shows(GUESSES)
    assert "ticked as matching. Two reach T2" in decides(team, access, "passed")
    decides(team, access, "not_shown")
    for one in (access, delete):
        assert NOT_SHOWN in answered(team, one)
    reaches_nothing(stan, access, delete, knows=("kestrel-0417",), events={"identity_given", "identity_not_shown"})
    told("identity_shown")
    told_who_looked(time_machine)


def blank_passport(stan: Stan, team: Team, time_machine) -> None:
    access, delete = stan.asks(*BOTH)
    for one in (access, delete):
        documents.ask_for(fresh(one), "Two customers fit.", by=team.vera)
    stan.comes_back(access)
    stan.sends(DOCUMENT, papers=[paper(made.jpeg(made.Image.new("RGB", (900, 600), "white")))])
    clean_pages.draw_owed()
    assert "it may be a blank page" in compares(team, access)
    enters_contact(team, access)
    looks_at_papers(team, access)
    decides(team, access, "not_shown", method="document")
    for one in (access, delete):
        assert NOT_SHOWN in answered(team, one)
    reaches_nothing(stan, access, delete, events={"paper_given", "paper_looked_at", "identity_not_shown"})
    told_who_looked(time_machine)


def one_document_for_two_people(stan: Stan, team: Team, time_machine) -> None:
    """The desk is warned. Even a verifier who is taken in opens nothing for him."""
    access, delete = stan.asks(*BOTH)
    (omars,) = stan.asks(Right.ACCESS)
    for one in (access, delete, omars):
        documents.ask_for(fresh(one), "Two customers fit.", by=team.vera)
    for one in (omars, access):
        stan.browser = Client()
        stan.comes_back(one)
        stan.sends(DOCUMENT, papers=[paper(made.jpeg())])
    clean_pages.draw_owed()
    for one in (access, omars):
        assert "The same paper was given in another request" in compares(team, one)
    enters_contact(team, access)
    looks_at_papers(team, access)
    decides(team, access, "passed", method="document")
    warning = told("identity_shown")
    assert answered(team, access) == ""
    assert "Delete nothing before" in answered(team, delete)
    assert NOT_SHOWN in answered(team, omars)
    reaches_nothing(stan, access, delete, events={"paper_given", "paper_looked_at", "identity_passed"})
    not_me(warning)
    time_machine.move_to(timezone.now() + timedelta(hours=73))
    assert "frozen" in answered(team, delete)


def agent_letter_without_authority(stan: Stan, team: Team, time_machine) -> None:
    """He calls himself her agent, names a mailbox of his own as hers, and sends a letter that she never wrote."""
    named = {"subject_name": "Rosa Marquez", "subject_email": STANS, "authority": "signed_permission"}
    access, delete = stan.asks(*BOTH, email="stan@agents.example", capacity=Capacity.AGENT, **named)
    stan.reads = (STANS, "stan@agents.example")
    stan.comes_back(access)
    stan.sends(AUTHORITY, papers=[paper(made.jpeg())])
    clean_pages.draw_owed()
    stan.shows(FACTS)
    enters_contact(team, access)
    warning = told("acted_for")
    assert "Decide the authority first" in decides(team, access, "passed", matched=FACTS)
    desk_of_vera, address = signed_in(team.vera), f"{QUEUE}{access.pk}/authority/"
    desk_of_vera.post(address, {"authority": "accepted", "covers": [right.value for right in BOTH]})
    assert "first needs to decide whether they may" in answered(team, access), "Vera has not read it"
    looks_at_papers(team, access, EvidenceKind.AUTHORITY)
    desk_of_vera.post(address, {"authority": "not_accepted"})
    decides(team, access, "passed", matched=FACTS)
    for one in (access, delete):
        assert "does not cover this request" in answered(team, one)
    reaches_nothing(stan, access, delete, events={"paper_given", "authority_refused"})
    not_me(warning)


def urgency_note(stan: Stan, team: Team, time_machine) -> None:
    """No hurry opens a step: not to the one who drafts, nor to the one who would ask for less."""
    access, delete = stan.asks(*BOTH)
    stan.comes_back(access)
    stan.writes(access, "I am in hospital and go into surgery at noon. Send it NOW or my lawyer calls.")
    assert "surgery at noon" in case(team, access)
    for one in (access, delete):
        assert NOT_SHOWN in answered(team, one)
    raising.lower_level(fresh(access), AssuranceLevel.T1, "She is in hospital.", by=team.abe)
    with pytest.raises(NotAllowed, match="Ask a colleague"):
        raising.confirm_lower_level(fresh(access), by=team.abe)
    assert "Less proof is proposed" in case(team, access)
    raising.refuse_lower_level(fresh(access), by=team.bea)
    do(signed_in(team.tess), access, "freeze", text="He presses us.")
    for one in (access, delete):
        assert "frozen" in answered(team, one)
        assert "frozen" in desk(team, one)
    reaches_nothing(stan, access, delete, events={"wrote", "lower_level_proposed", "lower_level_refused", "frozen"})


def contact_change_after_the_check(stan: Stan, team: Team, time_machine) -> None:
    """Rosa has shown who she is. Then Stan has her address changed: in our record, and by a verifier he takes in."""
    stan.reads = ("home@shared.example", STANS)
    submission = submit(*BOTH, email="home@shared.example")
    access, delete = (fresh(submission.rights_requests.get(right=right)) for right in BOTH)
    identity.show(access.submission, FACTS, "Signed: Rosa Marquez")
    enters_contact(team, access)
    decides(team, access, "passed", matched=FACTS)
    deliver()
    yesterday = (date.today() - timedelta(days=1)).isoformat()
    in_the_record({"account_number": "PV-771204", "name": "Rosa Marquez", "email": STANS, "email_since": yesterday})
    stan.comes_back(access)
    stan.writes(access, f"My mailbox is {STANS} now. Write there.")
    for since in (yesterday, LONG_AGO):
        assert "30 days" in enters_contact(team, access, STANS, since) or since == LONG_AGO
        assert contact_of(access) == ON_FILE, "the record knows it is new"
    others = "stan@elsewhere.example"
    stan.reads += (others,)
    enters_contact(team, access, others, LONG_AGO)
    assert contact_of(access) == others, "Vera is taken in"
    warning = told("contact_changed")
    assert "The contact on file was changed" in answered(team, access)
    assert "Delete nothing before" in answered(team, delete)
    reaches_nothing(stan, access, delete, events={"contact_on_file_entered"})
    not_me(warning)
    time_machine.move_to(timezone.now() + timedelta(hours=73))
    for one in (access, delete):
        assert "frozen" in answered(team, one)
    stan.browser = Client()
    stan.comes_back(access)
    reaches_nothing(stan, access, delete, events={"contact_on_file_entered", "said_not_me"})


def delivery_address_change(stan: Stan, team: Team, time_machine) -> None:
    """Her answer lies ready. He writes, then calls, to have it sent to him."""
    stan.reads = ("home@shared.example", STANS, "stan@elsewhere.example")
    hers = hers_answered(team, email="home@shared.example")
    stan.comes_back(hers)
    stan.writes(hers, f"Please send the answer to {STANS} instead.")
    told("wrote_after_closing", MAILBOX)
    for mailbox in (STANS, "stan@elsewhere.example"):
        enters_contact(team, hers, mailbox, LONG_AGO)
        assert contact_of(hers) == ON_FILE
    reaches_nothing(stan, hers, events={"wrote"})
    unsure = do(signed_in(team.vera), hers, "new_continuation_code")
    assert "First call back the number of our own record" in page_of(unsure)
    given = page_of(do(signed_in(team.vera), hers, "new_continuation_code", made_sure="on"))
    (code,) = set(PRINTED.findall(given))
    stan.browser = Client()
    assert "Your requests" in stan.sends("/your-request/paper/", reference=hers.reference, code=code)
    reaches_nothing(stan, hers, events={"continuation_code_made"})
    not_me(told("code_on_file"))
    assert releases_nothing_more(stan, hers)


def two_requests_at_once(stan: Stan, team: Team, time_machine) -> None:
    """Hers is shown. His, under her address, is neither lifted by that nor joined to it."""
    hers = ask(Right.ACCESS, email=ON_FILE, residence="")
    identity.show(hers.submission, FACTS, "Signed: Rosa Marquez")
    enters_contact(team, hers)
    decides(team, hers, "passed", matched=FACTS)
    access, delete, _opt_out = stan.asks(*BOTH, Right.OPT_OUT)
    his_in_her_name, _delete = Stan(stan.mails).asks(*BOTH, email=ON_FILE)  # in another browser: he typed that himself
    assert "duplicate?" in desk(team, his_in_her_name)
    assert "a hint and proves nothing" in case(team, his_in_her_name)
    stan.comes_back(access)
    for one in (access, his_in_her_name):
        with pytest.raises(NotAllowed, match=r"First both need to be shown|date moves back"):
            joining.merge(fresh(one), fresh(hers), by=team.tess)
    for one in (access, delete, his_in_her_name):
        assert not identity.is_shown(fresh(one))
        assert NOT_SHOWN in answered(team, one)
    reaches_nothing(stan, access, delete, events={"received", "contact_confirmed"})
    assert answered(team, hers) == ""
    reaches_nothing(stan, access, delete, events={"received"})
    told("answer_ready")
    assert told("receipt").about != hers.submission_id, "what he sent under her address was told there"


def erasure_sabotage(stan: Stan, team: Team, time_machine) -> None:
    """He wants nothing but her account gone, and knows enough to pass."""
    (delete,) = stan.asks(Right.DELETE)
    stan.comes_back(delete)
    stan.shows(FACTS)
    enters_contact(team, delete)
    decides(team, delete, "passed", matched=FACTS)
    assert "has not been told yet" in answered(team, delete)
    warning = told("identity_shown")
    time_machine.move_to(timezone.now() + timedelta(hours=71))
    assert "Delete nothing before" in answered(team, delete)
    not_me(warning)
    time_machine.move_to(timezone.now() + timedelta(hours=200))
    assert "frozen" in answered(team, delete)
    stopping.end_not_you(fresh(delete), "She called from the number of record.", by=team.abe)
    assert fresh(delete).ending == Ending.NOT_YOU
    stan.browser = Client()
    stan.comes_back(delete)
    reaches_nothing(stan, delete, events={"identity_passed", "said_not_me", "closed"})


def retry_after_not_me(stan: Stan, team: Team, time_machine) -> None:
    """She stopped him. He goes on where he was, then begins anew."""
    access, delete = stan.asks(*BOTH)
    stan.comes_back(access)
    stan.shows(FACTS)
    enters_contact(team, access)
    decides(team, access, "passed", matched=FACTS)
    not_me(told("identity_shown"))
    for one in (access, delete):
        assert "frozen" in answered(team, one)
        stan.writes(one, "It was me. Go on.")
        assert "frozen" in desk(team, one)
    reaches_nothing(stan, access, delete, events={"said_not_me", "wrote"})
    do(signed_in(team.abe), access, "end_not_you", text="She called from the number of record.")
    stan.browser = Client()
    again, delete_again = stan.asks(*BOTH)
    assert not identity.is_shown(again)
    assert NOT_SHOWN in answered(team, again)
    stan.comes_back(again)
    stan.shows(FACTS)
    enters_contact(team, again)
    decides(team, again, "passed", matched=FACTS)
    not_me(told("identity_shown"))
    for one in (again, delete_again):
        assert "frozen" in answered(team, one)
    reaches_nothing(stan, again, delete_again, events={"identity_passed", "said_not_me"})


def staff_lowering_the_level_alone(stan: Stan, team: Team, time_machine) -> None:
    """Somebody here means to help him, and is alone."""
    access, delete = stan.asks(*BOTH)
    stan.comes_back(access)
    for one, helper in ((access, team.abe), (delete, team.vera)):
        its_desk = signed_in(helper)
        do(its_desk, one, "lower_level", level="1", reason="I know her.")
        do(its_desk, one, "confirm_lower_level")
        assert fresh(one).needs is AssuranceLevel.T3
        assert "Less proof is proposed" in case(team, one)
        assert "I know her." in case(team, one)
        assert "less proof proposed" in desk(team, one)
        assert NOT_SHOWN in answered(team, one)
    reaches_nothing(stan, access, delete, events={"lower_level_proposed"})


def contact_of(one: RightsRequest) -> str | None:
    contact = identity.contact_on_file(fresh(one).submission)
    return contact.email if contact else None


def desk(team: Team, one: RightsRequest) -> str:
    """What stands in its row of the queue."""
    page = page_of(signed_in(team.tess).get(f"{QUEUE}?state=all"))
    return next(row for row in page.split("<tr") if spoken(one.reference) in row)


def releases_nothing_more(stan: Stan, one: RightsRequest) -> bool:
    """Once she said no, not even a code leaves for it."""
    letters = Letter.objects.filter(kind="code_on_file").count()
    stan.sends(f"/your-request/{one.reference}/answer/open/")
    return Letter.objects.filter(kind="code_on_file").count() == letters


def paper(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("paper.jpg", content)


def looks_at_papers(team: Team, one: RightsRequest, kind: EvidenceKind = EvidenceKind.DOCUMENT) -> None:
    check = identity.check_of(fresh(one))
    for piece in Evidence.objects.filter(check_made=check, kind=kind):
        signed_in(team.vera).post(f"{QUEUE}{one.pk}/papers/{piece.pk}/", {"reason": "compare"})


SCRIPTS: dict[str, Callable[[Stan, Team, object], None]] = {
    "look-alike mailbox": look_alike_mailbox,
    "shared mailbox": shared_mailbox,
    "known facts": known_facts,
    "hijacked mailbox": hijacked_mailbox,
    "blank passport": blank_passport,
    "one document for two people": one_document_for_two_people,
    "agent letter without authority": agent_letter_without_authority,
    "urgency note": urgency_note,
    "contact change after the check": contact_change_after_the_check,
    "delivery address change": delivery_address_change,
    "two requests at once": two_requests_at_once,
    "erasure sabotage": erasure_sabotage,
    "retry after “not me”": retry_after_not_me,
    "staff lowering the level alone": staff_lowering_the_level_alone,
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_stan_who_asks_as_rosa_reaches_neither_data_nor_deletion_and_is_noticed(script, stan, team, time_machine):
    SCRIPTS[script](stan, team, time_machine)


def test_all_fourteen_scripts_are_told():
    assert len(SCRIPTS) == len(set(SCRIPTS.values())) == 14
