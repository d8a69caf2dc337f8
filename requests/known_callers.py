"""Whether somebody who calls is known: how many records fit what they said, and what they asked before.

Whoever takes a call learns *that* something fits, never what stands on record: anybody can call with a number that they
found, and what a clerk does not see cannot be talked out of them (47 CFR 64.2010). Every look is recorded.
"""

import uuid
from dataclasses import dataclass

from primevox_privacy.staff.models import User
from requests import found_by
from requests.models import RightsRequest
from requests.workflow import need
from verification.customers import directory, matching
from verification.customers.directory import Customer, Identifiers
from verification.customers.matching import Same
from verification.models import EvidenceKind

LETTERS = "ABCDE"  # as many as a source offers at most
MOST_BEFORE = 10


@dataclass(frozen=True)
class Said:
    """What somebody says of themselves, as far as it can find them."""

    name: str = ""
    email: str = ""
    phone: str = ""
    also: str = ""

    @property
    def can_find(self) -> bool:
        return any(value.strip() for value in (self.email, self.phone, self.also))


@dataclass(frozen=True)
class Known:
    """A record that fits: which of the things said stand on it, and whether the name does."""

    letter: str
    fits: tuple[str, ...]  # `email`, `phone`, `also`
    name: Same | None  # None where no name was said


def look(about: uuid.UUID, said: Said, *, by: User) -> list[Known]:
    """Who may be calling. `about`: what is being taken down. Raises NotAllowed; Unreachable when the source is away."""
    need(by, "log_request")
    identifiers = Identifiers(
        emails=_filled(said.email, said.also if "@" in said.also else ""),
        phones=_filled(said.phone, said.also),
        account_numbers=_filled(said.also),
    )
    found = directory.look(about, identifiers, by=by)
    return [_known(letter, said, customer) for letter, customer in zip(LETTERS, found, strict=False)]


def _filled(*values: str) -> tuple[str, ...]:
    return tuple(value for value in values if value.strip())


def _known(letter: str, said: Said, customer: Customer) -> Known:
    held = [(contact.kind.value, contact.address) for contact in customer.contacts]
    held += [("account_number", fact.value) for fact in customer.facts if fact.kind == EvidenceKind.ACCOUNT_NUMBER]
    fits = tuple(what for what in ("email", "phone", "also") if _stands(getattr(said, what), held))
    return Known(letter, fits, matching.same("name", said.name, customer.name) if said.name.strip() else None)


def _stands(value: str, held: list[tuple[str, str]]) -> bool:
    rules = {"email": "email", "phone": EvidenceKind.PHONE_ON_ACCOUNT, "account_number": EvidenceKind.ACCOUNT_NUMBER}
    return any(matching.same(rules[kind], value, one) is Same.YES for kind, one in held if kind in rules)


def asked_before(said: Said) -> list[RightsRequest]:
    """Open requests that came with the same address or number: a hint at a duplicate, and no proof of anything."""
    found = RightsRequest.objects.none()
    if said.email.strip():
        found |= RightsRequest.objects.of_people().filter(submission__email_index=found_by.email(said.email))
    if said.phone.strip():
        found |= RightsRequest.objects.of_people().filter(submission__phone_index=found_by.phone(said.phone))
    return list(found.open().select_related("submission").in_queue_order()[:MOST_BEFORE])
