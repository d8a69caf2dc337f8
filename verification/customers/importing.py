"""Filling the sealed table from a file of the controller, line by line. What a line says is never printed.

Each batch is one transaction and has its turn, so an import may be killed anywhere and run again: what is there
already and unchanged is left as it lies. The columns:

    account_number, name             needed; the account number says which customer a line is about
    service_address, service_address_since
    service_began                    year and month, 2021-03
    email, email_since               more of them: email_2, email_2_since, …
    phone, phone_since, phone_sim_changed_on      more of them: phone_2, phone_2_since, …
"""

import hashlib
import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from primevox_privacy import spreadsheet
from primevox_privacy.ledger.models import record
from primevox_privacy.sealed import forgetting
from primevox_privacy.sealed.cipher import blind_index
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from primevox_privacy.spreadsheet import Columns, NotReadable, Wrong
from primevox_privacy.turns import wait_for_turn
from verification.customers import matching
from verification.customers.models import Customer, CustomerContact
from verification.customers.table import account_index, address_index, contact_index

BATCH = 500  # lines in one transaction
IMPORTING = uuid.UUID("5b0f6f5e-3d0c-4b52-9d0e-7c1a8f0f2a11")  # imports take turns on this id
NEEDED = ("account_number", "name")
PLAIN = (*NEEDED, "service_address", "service_address_since", "service_began")
TOLD = (*PLAIN, "email", "email_since", "phone", "phone_since", "phone_sim_changed_on")
CONTACT_COLUMN = re.compile(r"(?P<kind>email|phone)(?P<number>_[2-9])?(?P<about>_since|_sim_changed_on)?")
LONGEST_CELL = 500
SHORTEST_NUMBER = 8  # digits of a telephone number with its area code
OLDEST = date(1950, 1, 1)
FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d(. ])")
TELEPHONE = re.compile(r"[\d\s().+/-]+((ext\.?|x|#)\s*\d+)?\s*", re.IGNORECASE)


class _Needs(Exception):
    """What a cell needs to be."""


@dataclass(frozen=True)
class Row:
    """One line that can be taken in."""

    line: int
    plain: dict[str, str]
    contacts: tuple[tuple[str, str, date | None, date | None], ...]  # kind, address, since, SIM changed on
    service_address_since: date | None

    @property
    def index(self) -> str:
        return account_index(self.plain["account_number"])

    @property
    def digest(self) -> str:
        """Keyed, so that it says nothing to who reads the table."""
        told = [sorted(self.plain.items()), self.contacts, self.service_address_since]
        return blind_index("customer row", hashlib.sha256(repr(told).encode()).hexdigest())


@dataclass
class Result:
    """What became of an import."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    wrong: int = 0
    seen: set[bytes] = field(default_factory=set, repr=False)  # digests of account numbers, some 100 bytes each


# --- Reading -------------------------------------------------------------------------------------------------
def rows(lines: Iterable[str], delimiter: str = ",") -> Iterator[Row | Wrong]:
    """Each line as a row or as what is wrong with it. Raises NotReadable when the columns are not ours."""
    return spreadsheet.rows(lines, delimiter, Columns(NEEDED, TOLD, _is_ours), _row)


def _is_ours(name: str) -> bool:
    has_no_sim = name.startswith("email") and "_sim_" in name
    return name in PLAIN or (bool(CONTACT_COLUMN.fullmatch(name)) and not has_no_sim)


def _row(at: int, cells: dict[str, str]) -> Row | Wrong:
    read: dict[str, str | date | None] = {}
    for column, cell in cells.items():
        try:
            read[column] = _cell(column, cell)
        except _Needs as needs:
            return Wrong(at, column, str(needs))
    contacts = []
    for column in cells:
        found = CONTACT_COLUMN.fullmatch(column)
        if found is None or found["about"]:
            continue
        address, since, sim = (read.get(f"{column}{about}") for about in ("", "_since", "_sim_changed_on"))
        if address:
            contacts.append((found["kind"], address, since, sim))
        elif since or sim:
            return Wrong(at, column, "empty, though a day is given for it")
    plain = {name: str(read.get(name) or "") for name in PLAIN if name != "service_address_since"}
    return Row(at, plain, tuple(contacts), read.get("service_address_since"))  # type: ignore[arg-type]


def _cell(column: str, cell: str) -> str | date | None:
    """What a cell holds. Raises _Needs."""
    if why_not := spreadsheet.why_not_text(cell, LONGEST_CELL):
        raise _Needs(why_not)
    if not cell:
        if column in NEEDED:
            raise _Needs("empty")
        return None
    if FORMULA.match(cell):
        raise _Needs("looks like a formula of a spreadsheet")
    return _reader_of(column)(cell)


def _reader_of(column: str) -> Callable[[str], str | date]:
    if column.endswith(("_since", "_changed_on")):
        return _day
    if column == "service_began":
        return _month
    kind = CONTACT_COLUMN.fullmatch(column)
    if kind:
        return _email if kind["kind"] == "email" else _phone
    return _account if column == "account_number" else str


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _Needs("needs a day like 2021-03-15") from None
    if not OLDEST <= day <= timezone.localdate():
        raise _Needs("needs a day between 1950 and today")
    return day


def _month(text: str) -> str:
    if not re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])", text):
        raise _Needs("needs a month like 2021-03")
    return text


def _email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        raise _Needs("needs an e-mail address") from None
    return text


def _phone(text: str) -> str:
    if not TELEPHONE.fullmatch(text) or len(matching.phone(text)) < SHORTEST_NUMBER:
        raise _Needs("needs a telephone number with its area code")
    return text


def _account(text: str) -> str:
    if not matching.account_number(text):
        raise _Needs("needs letters or digits")
    return text


# --- Taking in -----------------------------------------------------------------------------------------------
def take_in(
    read: Iterable[Row | Wrong], *, dry_run: bool = False, complete: bool = False, told: Callable[[Wrong], None]
) -> Result:
    """Add and change customers; with `complete` those no longer in the file leave. `told` hears of each line that is
    left out. With `dry_run` nothing is written. Raises NotReadable, with nobody removed and the rest taken in, where
    `complete` would remove somebody only because a line could not be read."""
    result = Result()
    pieces = _without_doubles(read, result, told)
    while batch := list(islice(pieces, BATCH)):
        _store(batch, result, dry_run=dry_run)
    can_remove = complete and not result.wrong and bool(result.seen)
    if can_remove:
        result.removed = _remove_others(result.seen, dry_run=dry_run)
    if not dry_run:
        counts = {name: getattr(result, name) for name in ("added", "changed", "unchanged", "removed", "wrong")}
        record(uuid.uuid4(), "customers_imported", by="system", **counts)
    if complete and not can_remove:
        raise NotReadable("Nobody was removed: that needs a file in which every line can be read.")
    return result


def _without_doubles(read: Iterable[Row | Wrong], result: Result, told: Callable[[Wrong], None]) -> Iterator[Row]:
    for one in read:
        if isinstance(one, Row):
            mark = bytes.fromhex(one.index)[:16]
            if mark not in result.seen:
                result.seen.add(mark)
                yield one
                continue
            one = Wrong(one.line, "account_number", "stands in an earlier line already")
        result.wrong += 1
        told(one)


def _store(batch: list[Row], result: Result, *, dry_run: bool) -> None:
    with transaction.atomic():
        wait_for_turn(IMPORTING)
        wanted = {row.index: row for row in batch}
        there = {
            one.account_number_index: one
            for one in Customer.objects.select_related("customer_key").filter(account_number_index__in=wanted)
        }
        gone = [one for one in there.values() if one.customer_key.destroyed_at]
        left = [one.customer_key_id for one in there.values() if one.customer_key.ends_at and one not in gone]
        new = [row for index, row in wanted.items() if index not in there or there[index] in gone]
        changed = [
            (there[index], row)
            for index, row in wanted.items()
            if index in there and there[index] not in gone and there[index].row_digest != row.digest
        ]
        result.added += len(new)
        result.changed += len(changed)
        result.unchanged += len(batch) - len(new) - len(changed)
        if dry_run:
            return
        Customer.objects.filter(pk__in=[one.pk for one in gone]).delete()  # killed between key and row
        DataKey.objects.alive().filter(pk__in=left).update(ends_at=None)  # they came back before they were gone
        _add(new)
        _change(changed)


def _add(new: list[Row]) -> None:
    customers = [_filled(Customer(), row) for row in new]
    for customer in customers:
        customer.customer_key = DataKey.make(customer.pk, Life.CUSTOMER)
    DataKey.objects.bulk_create(customer.customer_key for customer in customers)
    Customer.objects.bulk_create(customers)
    _add_contacts(zip(customers, new, strict=True))


def _change(changed: list[tuple[Customer, Row]]) -> None:
    for customer, row in changed:
        _filled(customer, row).save()
    CustomerContact.objects.filter(customer__in=[customer.pk for customer, _row in changed]).delete()
    _add_contacts(changed)


def _filled(customer: Customer, row: Row) -> Customer:
    for name, value in row.plain.items():
        setattr(customer, name, value or None)
    customer.account_number_index = row.index
    customer.service_address_index = address_index(row.plain["name"], row.plain["service_address"])
    customer.service_address_since = row.service_address_since
    customer.row_digest, customer.changed_at = row.digest, timezone.now()
    return customer


def _add_contacts(pairs: Iterable[tuple[Customer, Row]]) -> None:
    CustomerContact.objects.bulk_create(
        CustomerContact(
            customer=customer,
            customer_key=customer.customer_key,
            kind=kind,
            address=address,
            address_index=contact_index(kind, address),
            on_file_since=since,
            sim_changed_on=sim,
        )
        for customer, row in pairs
        for kind, address, since, sim in row.contacts
    )


# --- Leaving -------------------------------------------------------------------------------------------------
def _remove_others(seen: set[bytes], *, dry_run: bool) -> int:
    """Whoever is not in the file leaves: their key ends now, and what lies under it is gone."""
    others = [
        key
        for key, index in Customer.objects.values_list("customer_key", "account_number_index").iterator()
        if bytes.fromhex(index)[:16] not in seen
    ]
    if not dry_run:
        for start in range(0, len(others), BATCH):
            keys = DataKey.objects.filter(pk__in=others[start : start + BATCH])
            keys.alive().update(ends_at=timezone.now())
            for key in keys:  # killed here, the sweep of lives goes on
                forgetting.destroy(key)
    return len(others)
