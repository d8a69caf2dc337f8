"""Customers as the controller's own record has them, sealed; found by blind index, exactly or not at all.

Each customer has a data key of their own, which ends when they leave the import.
"""

import uuid

from django.db import models
from django.utils import timezone

from primevox_privacy.sealed.fields import SealedTextField
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import KeyField


class CustomerQuerySet(models.QuerySet["Customer"]):
    def there(self):
        """Those that have not left."""
        return self.filter(customer_key__destroyed_at=None, customer_key__ends_at=None)


class Customer(models.Model):
    """One account."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer_key = KeyField(Life.CUSTOMER)
    account_number = SealedTextField(key="customer_key")
    account_number_index = models.CharField(max_length=64, unique=True)
    name = SealedTextField(key="customer_key")
    service_address = SealedTextField(key="customer_key")
    service_address_index = models.CharField(max_length=64, blank=True, db_index=True, help_text="with the name")
    service_address_since = models.DateField(null=True)
    service_began = SealedTextField(key="customer_key")  # year and month
    row_digest = models.CharField(max_length=64, help_text="keyed; of the row as imported, to know an unchanged one")
    changed_at = models.DateTimeField(default=timezone.now, help_text="when an import last changed it")

    objects = CustomerQuerySet.as_manager()

    def __str__(self) -> str:
        return f"customer {self.pk}"


class CustomerContact(models.Model):
    """A contact on file of one customer."""

    class Kind(models.TextChoices):
        EMAIL = "email"
        PHONE = "phone"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contacts")
    customer_key = KeyField(Life.CUSTOMER)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    address = SealedTextField(key="customer_key")
    address_index = models.CharField(max_length=64, db_index=True)
    on_file_since = models.DateField(null=True)
    sim_changed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=["email", "phone"]), name="customer_contact_is_known"),
            models.CheckConstraint(
                condition=models.Q(sim_changed_on=None) | models.Q(kind="phone"), name="only_a_telephone_has_a_sim"
            ),
        ]

    def __str__(self) -> str:
        return f"customer contact {self.pk}"
