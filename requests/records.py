"""Whom the customer record offers for a submission, side by side with what was given, and which contact counts.

The machine finds and compares; a verifier decides. Nothing of the record reaches a page of the requester. A fact that a
correction is about never counts (11 CCR 7060(h)), nor, from T2 on, a contact that came into the record, or whose SIM
was changed, within the 30 days before the request.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from primevox_privacy.ledger.models import Event, record
from primevox_privacy.staff.models import User
from requests import acting_for, assurance, identity, words, workflow
from requests.assurance import Doubt
from requests.models import RightsRequest, Submission
from requests.terms import Right
from requests.turns import in_turn
from requests.workflow import NotAllowed, need
from verification import checks
from verification.customers import directory, matching
from verification.customers.directory import Contact, ContactKind, Customer, Identifiers, Unreachable
from verification.customers.matching import Same
from verification.levels import AssuranceLevel
from verification.models import FACTS, Check, Evidence, EvidenceKind

LETTERS = "ABCDE"  # as many as a source offers at most
FITS = (Same.YES, Same.PART)


class CannotCount(Exception):
    """A fact that must not count was counted. Its text tells the verifier which and why, never what it says."""

    def __init__(self, why: str | Promise) -> None:
        super().__init__(str(why))


@dataclass(frozen=True)
class Line:
    """One thing that was given, beside what stands on record."""

    kind: str  # a fact, `name`, `email` or `phone`
    given: str
    on_record: tuple[tuple[str, date | None, Doubt | None], ...]  # value, since when, why it does not count
    same: Same | None  # None where one side says nothing


@dataclass(frozen=True)
class Offered:
    """A contact of a candidate. `why_not` says why it cannot become the contact on file; None if it can."""

    number: int
    contact: Contact
    doubt: Doubt | None
    why_not: str | None


@dataclass(frozen=True)
class Candidate:
    """Somebody of the record who may be the person: record A, record B, …"""

    letter: str
    customer: Customer
    lines: tuple[Line, ...]
    contacts: tuple[Offered, ...]


# --- What was given ------------------------------------------------------------------------------------------
def _given(submission: Submission) -> dict[str, str]:
    """What somebody gave about the person whose data it is: facts of this round, and how they call and reach them. Of
    somebody who acts for another nothing counts here but what they say of that person."""
    check = submission.check_made
    kept = Evidence.objects.filter(check_made=check, kind__in=FACTS, proof_key__destroyed_at=None)
    facts = kept.filter(round=check.round).select_related("proof_key") if check else ()
    said: dict[str, str | None] = {piece.kind: piece.value for piece in facts}
    standing = acting_for.of(submission)
    if standing:
        said |= {"name": standing.subject_name, "email": standing.subject_email}
    else:
        said |= {"name": submission.name, "email": submission.email, "phone": submission.phone}
    said["also"] = submission.also_known_by
    return {kind: value for kind, value in said.items() if value}


def _identifiers(given: dict[str, str], submission: Submission) -> Identifiers:
    also, name = given.get("also", ""), given.get("name", "")
    places = [given.get(EvidenceKind.SERVICE_ADDRESS, "")]
    if acting_for.of(submission) is None:
        places.append(submission.postal_address or "")
    return Identifiers(
        emails=_filled([given.get("email", ""), also if "@" in also else ""]),
        phones=_filled([given.get("phone", ""), given.get(EvidenceKind.PHONE_ON_ACCOUNT, ""), also]),
        account_numbers=_filled([given.get(EvidenceKind.ACCOUNT_NUMBER, ""), also]),
        names_and_addresses=tuple((name, place) for place in places if name and place),
    )


def _filled(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value.strip()))


# --- Looking -------------------------------------------------------------------------------------------------
def look(submission: Submission, *, by: User, goes_on: bool = False) -> list[Candidate]:
    """The candidates, for a verifier's eyes. Every look is recorded, but not each page that one goes on over. Raises
    Unreachable when the source is away."""
    check = submission.check_made
    assert check is not None
    given = _given(submission)
    identifiers = _identifiers(given, submission)
    found = directory.directory().find(identifiers) if goes_on else directory.look(check.pk, identifiers, by=by)
    return [
        Candidate(letter, customer, _lines(given, customer, submission), _contacts(customer, submission))
        for letter, customer in zip(LETTERS, found, strict=False)
    ]


def _lines(given: dict[str, str], customer: Customer, submission: Submission) -> tuple[Line, ...]:
    held: dict[str, list[tuple[str, date | None, Doubt | None]]] = {"name": [(customer.name, None, None)]}
    for fact in customer.facts:
        held.setdefault(fact.kind, []).append((fact.value, fact.since, None))
    for contact in customer.contacts:
        entry = (contact.address, contact.on_file_since, _doubt(contact, submission))
        if contact.kind is ContactKind.EMAIL:
            held.setdefault("email", []).append(entry)
        elif contact.kind is ContactKind.PHONE:
            held.setdefault("phone", []).append(entry)
    if "phone" in held:
        held[EvidenceKind.PHONE_ON_ACCOUNT] = held["phone"]
    kinds = ["name", "email", "phone", *FACTS]
    return tuple(
        _line(kind, given.get(kind, ""), held.get(kind, [])) for kind in kinds if given.get(kind) or held.get(kind)
    )


def _line(kind: str, given: str, held: list[tuple[str, date | None, Doubt | None]]) -> Line:
    """Of several that stand on record, such as telephone numbers, the one that was given; else all of them."""
    rule = EvidenceKind.PHONE_ON_ACCOUNT if kind == "phone" else kind
    found = {entry: matching.same(rule, given, entry[0]) for entry in held}
    for same in (Same.YES, Same.PART):
        if fitting := tuple(entry for entry in held if found[entry] is same):
            return Line(kind, given, fitting, same)
    return Line(kind, given, tuple(held), Same.NO if given and held else None)


def _doubt(contact: Contact, submission: Submission) -> Doubt | None:
    level = submission.check_made.asked if submission.check_made else AssuranceLevel.T0
    return assurance.contact_doubt(level, submission.received_on, contact.on_file_since, contact.sim_changed_on)


def _contacts(customer: Customer, submission: Submission) -> tuple[Offered, ...]:
    return tuple(
        Offered(number, contact, _doubt(contact, submission), _why_not(contact, submission))
        for number, contact in enumerate(customer.contacts)
    )


def _why_not(contact: Contact, submission: Submission) -> str | None:
    if contact.kind is not ContactKind.EMAIL:
        return _("The portal sends mail only. Call or write to it yourself, and record that as the way you checked.")
    if doubt := _doubt(contact, submission):
        return str(words.CONTACT_DOUBTS[doubt])
    if contact.on_file_since is None:
        return str(words.CONTACT_DOUBTS[Doubt.NOT_DATED])
    return identity.why_not_contact(submission, contact.on_file_since)


# --- Choosing ------------------------------------------------------------------------------------------------
@in_turn
def choose(rights_request: RightsRequest, customer: str, number: int, *, by: User) -> None:
    """Take a candidate's contact as the contact on file, with its day. Only of somebody whom the record offers for this
    submission. Raises NotAllowed, also when the source is away."""
    need(by, "enter_contact_on_file")
    submission = rights_request.submission
    try:
        found = directory.directory().find(_identifiers(_given(submission), submission))
    except Unreachable:
        raise NotAllowed(AWAY) from None
    chosen = next((one for one in found if one.id == customer), None)
    if submission.check_made is None or chosen is None or number not in range(len(chosen.contacts)):
        raise NotAllowed(_("The record no longer offers this. Look in it again."))
    contact = chosen.contacts[number]
    if why_not := _why_not(contact, submission):
        raise NotAllowed(why_not)
    assert contact.on_file_since is not None
    record(submission.check_made.pk, "customer_record_chosen", by=by.as_actor, customer=chosen.id)
    workflow.enter_contact_on_file(rights_request, contact.address, contact.on_file_since, by=by)


def chosen(check: Check) -> Customer | None:
    """Whom a verifier chose last, as the record has them now; None where nobody did, or they left the record. Raises
    Unreachable."""
    found = Event.objects.filter(about=check.pk, kind="customer_record_chosen").order_by("-at").first()
    return directory.directory().fetch(found.detail["customer"]) if found else None


AWAY = gettext_lazy(
    "The customer record does not answer now. Try again in a few minutes, or compare in the system of record."
)


def enter_typed(rights_request: RightsRequest, email: str, on_file_since: date, *, by: User) -> None:
    """A contact from a system of record that the directory does not reach, as a verifier types it. One that the
    directory knows since a later day is not taken: that would make a new address old. Raises NotAllowed."""
    need(by, "enter_contact_on_file")
    check = rights_request.submission.check_made
    if check and _is_newer_on_record(email, on_file_since):
        record(check.pk, "customer_record_looked_at", by=by.as_actor, customers=[])  # what is said now came from it
        raise NotAllowed(_("The customer record has this address with a later day, or none. Choose it there instead."))
    workflow.enter_contact_on_file(rights_request, email, on_file_since, by=by)


def _is_newer_on_record(email: str, on_file_since: date) -> bool:
    try:
        found = directory.directory().find(Identifiers(emails=(email,)))
    except Unreachable:
        return False
    known = [
        contact.on_file_since
        for customer in found
        for contact in customer.contacts
        if contact.kind is ContactKind.EMAIL and matching.same("email", email, contact.address) is Same.YES
    ]
    return bool(known) and not any(day and day <= on_file_since for day in known)


def who_fits(submission: Submission) -> Customer | None:
    """Whom the facts that were given fit, two or more of them and better than anybody else; for nobody's eyes. Raises
    Unreachable."""
    given = _given(submission)
    fits = {
        customer: sum(line.kind in FACTS and line.same in FITS for line in _lines(given, customer, submission))
        for customer in directory.directory().find(_identifiers(given, submission))
    }
    best = [customer for customer, number in fits.items() if number == max(fits.values())]
    return best[0] if len(best) == 1 and fits[best[0]] >= 2 else None


# --- Deciding ------------------------------------------------------------------------------------------------
def corrects(submission: Submission) -> bool:
    """Whether a fact may be in dispute here: an open request asks to have something corrected."""
    return submission.rights_requests.open().filter(right=Right.CORRECT).exists()


def decide(
    submission: Submission,
    method: str,
    matched: Collection[EvidenceKind],
    disputed: Collection[EvidenceKind] = (),
    *,
    by: User,
) -> AssuranceLevel:
    """Record what the verifier compared. Raises CannotCount for a fact that is in dispute, or that rests on a contact
    too new to show anything; CheckNotAllowed as `checks.decide`."""
    check = submission.check_made
    if check is None:
        raise checks.CheckNotAllowed
    if set(matched) & set(disputed):
        raise CannotCount(_("A fact that the correction is about cannot count. Take one of the two ticks away."))
    if EvidenceKind.PHONE_ON_ACCOUNT in matched and (doubt := _doubt_of_phone(submission)):
        record(check.pk, "customer_record_looked_at", by=by.as_actor, customers=[])  # what is said now came from it
        said = {"what": words.FACTS[EvidenceKind.PHONE_ON_ACCOUNT], "why": words.CONTACT_DOUBTS[doubt]}
        raise CannotCount(_("%(what)s: %(why)s.") % said)
    return checks.decide(check, method, matched, disputed, by=by)


def _doubt_of_phone(submission: Submission) -> Doubt | None:
    """Why the number that was given does not count, as the record has it. None where another entry of it does count, or
    the record knows nothing of it: then the verifier compared it elsewhere."""
    given = _given(submission)
    number = given.get(EvidenceKind.PHONE_ON_ACCOUNT, "")
    try:
        found = directory.directory().find(_identifiers(given, submission))
    except Unreachable:
        return None
    doubts = [
        _doubt(contact, submission)
        for customer in found
        for contact in customer.contacts
        if contact.kind is ContactKind.PHONE
        and matching.same(EvidenceKind.PHONE_ON_ACCOUNT, number, contact.address) is Same.YES
    ]
    return doubts[0] if doubts and all(doubts) else None
