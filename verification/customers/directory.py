"""What a source of customers looks like. Two methods: find whom somebody may be, and fetch one again. A source that can
go through everyone, for a letter to all, has a third.

What it says is for a verifier's eyes and for comparing; nothing of it ever reaches a page of the requester.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol, runtime_checkable

from django.conf import settings
from django.utils.module_loading import import_string

from primevox_privacy.ledger.models import record
from primevox_privacy.staff.models import User
from verification.models import EvidenceKind

MOST_CANDIDATES = 5  # more than this is no help to a verifier, and too much to show


class Unreachable(Exception):
    """The source does not answer now. Carries no data."""


class ContactKind(StrEnum):
    """How a contact on file is reached."""

    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"


class NotListed(Exception):
    """The source cannot go through everyone."""


@dataclass(frozen=True)
class Identifiers:
    """What somebody gave that can find a customer. Empty ones are left out by whoever fills this."""

    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    account_numbers: tuple[str, ...] = ()
    names_and_addresses: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Contact:
    """A contact on file, with the days that decide whether it counts."""

    kind: ContactKind
    address: str = field(repr=False)
    on_file_since: date | None = None
    sim_changed_on: date | None = None  # the last time the SIM of this number was changed, where that is known


@dataclass(frozen=True)
class Fact:
    """Something to compare with what was given, and since when it stands on record."""

    kind: EvidenceKind
    value: str = field(repr=False)
    since: date | None = None


@dataclass(frozen=True)
class Customer:
    """One customer as the record has them. `id` is opaque, and the same each time."""

    id: str
    name: str = field(repr=False)
    contacts: tuple[Contact, ...] = ()
    facts: tuple[Fact, ...] = ()


class CustomerDirectory(Protocol):
    """What each source looks like. Both may raise Unreachable."""

    def find(self, given: Identifiers) -> list[Customer]:
        """Whoever fits at least one identifier, those who fit most first; at most MOST_CANDIDATES."""
        ...

    def fetch(self, customer: str) -> Customer | None:
        """The customer of this id, as the record has them now."""
        ...


@runtime_checkable
class WholeDirectory(Protocol):
    """A source that can go through everyone, too."""

    def everyone(self) -> Iterator[Customer]:
        """Each customer once, a few at a time. May raise Unreachable."""
        ...


def directory() -> CustomerDirectory:
    """The source that the settings name."""
    made: CustomerDirectory = import_string(settings.CUSTOMER_DIRECTORY)()
    return made


def everyone() -> Iterator[Customer]:
    """All customers on record, for a letter to each. Raises NotListed, and Unreachable."""
    source = directory()
    if not isinstance(source, WholeDirectory):
        raise NotListed
    return source.everyone()


def look(check: uuid.UUID, given: Identifiers, *, by: User) -> list[Customer]:
    """Whom the record offers for a check, for a verifier's eyes. Every look is recorded (policy §8)."""
    found = directory().find(given)
    record(check, "customer_record_looked_at", by=by.as_actor, customers=[customer.id for customer in found])
    return found
