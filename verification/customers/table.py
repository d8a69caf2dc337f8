"""The built-in source: the sealed table that `manage.py import_customers` fills."""

import uuid
from collections import Counter
from collections.abc import Iterator

from django.db.models import QuerySet

from primevox_privacy.sealed.cipher import blind_index
from verification.customers import matching, models
from verification.customers.directory import MOST_CANDIDATES, Contact, ContactKind, Customer, Fact, Identifiers
from verification.customers.models import CustomerContact
from verification.models import EvidenceKind

ACCOUNT, NAME_AND_ADDRESS = "customer account number", "customer name and address"  # purposes of blind indexes
EMAIL, PHONE = "customer email", "customer phone"
AT_A_TIME = 500  # of everyone


def account_index(number: str) -> str:
    return blind_index(ACCOUNT, matching.account_number(number))


def address_index(name: str, address: str) -> str:
    """Of name and address together: an address alone is not one person's."""
    return blind_index(NAME_AND_ADDRESS, f"{matching.name(name)}|{matching.address(address)}") if address else ""


def contact_index(kind: str, address: str) -> str:
    if kind == CustomerContact.Kind.PHONE:
        return blind_index(PHONE, matching.phone(address))
    return blind_index(EMAIL, matching.email(address))


class SealedTable:
    """A `CustomerDirectory` over the sealed table."""

    def find(self, given: Identifiers) -> list[Customer]:
        fits: Counter[uuid.UUID] = Counter()
        there = models.Customer.objects.there()
        for field, indexes in (
            ("account_number_index", [account_index(number) for number in given.account_numbers]),
            ("service_address_index", [address_index(*both) for both in given.names_and_addresses]),
            ("contacts__address_index", [contact_index(CustomerContact.Kind.EMAIL, one) for one in given.emails]),
            ("contacts__address_index", [contact_index(CustomerContact.Kind.PHONE, one) for one in given.phones]),
        ):
            wanted = [index for index in indexes if index]
            fits.update(there.filter(**{f"{field}__in": wanted}).order_by("pk").values_list("pk", flat=True).distinct())
        best = [pk for pk, _number in fits.most_common(MOST_CANDIDATES)]
        rows = {row.pk: row for row in _with_contacts(there.filter(pk__in=best))}
        return [_as_customer(rows[pk]) for pk in best if pk in rows]

    def fetch(self, customer: str) -> Customer | None:
        try:
            pk = uuid.UUID(customer)
        except ValueError:
            return None
        return next((_as_customer(row) for row in _with_contacts(models.Customer.objects.there().filter(pk=pk))), None)

    def everyone(self) -> Iterator[Customer]:
        """A few at a time and always further on, so that other work commits in between."""
        there = models.Customer.objects.there().order_by("pk")
        rows = list(_with_contacts(there)[:AT_A_TIME])
        while rows:
            yield from map(_as_customer, rows)
            rows = list(_with_contacts(there.filter(pk__gt=rows[-1].pk))[:AT_A_TIME])


def _with_contacts(rows: QuerySet[models.Customer]) -> QuerySet[models.Customer]:
    return rows.select_related("customer_key").prefetch_related("contacts__customer_key")


def _as_customer(row: models.Customer) -> Customer:
    contacts = sorted(row.contacts.all(), key=lambda one: (one.kind, str(one.on_file_since or "9999"), str(one.pk)))
    offered = [Contact(ContactKind(one.kind), one.address, one.on_file_since, one.sim_changed_on) for one in contacts]
    facts = [Fact(EvidenceKind.ACCOUNT_NUMBER, row.account_number)]
    if row.service_address:
        offered.append(Contact(ContactKind.ADDRESS, row.service_address, row.service_address_since))
        facts.append(Fact(EvidenceKind.SERVICE_ADDRESS, row.service_address, row.service_address_since))
    facts += [
        Fact(EvidenceKind.PHONE_ON_ACCOUNT, one.address, one.on_file_since)
        for one in offered
        if one.kind is ContactKind.PHONE
    ]
    if row.service_began:
        facts.append(Fact(EvidenceKind.SERVICE_BEGAN, row.service_began))
    return Customer(str(row.pk), row.name, tuple(offered), tuple(facts))
