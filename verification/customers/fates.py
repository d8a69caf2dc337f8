"""What becomes of each field of the customer record: all of it goes when the customer leaves the import."""

from primevox_privacy.fates import Gone

LEFT = Gone("customer")
FATE = {
    "Customer.*": LEFT,
    "Customer.account_number": LEFT,
    "Customer.account_number_index": LEFT,
    "Customer.service_address": LEFT,
    "Customer.service_address_index": LEFT,
    "CustomerContact.*": LEFT,
    "CustomerContact.address": LEFT,
    "CustomerContact.address_index": LEFT,
}
