"""How long personal data lives. Each life has a data key of its own for every owner."""

from enum import StrEnum


class Life(StrEnum):
    """What a data key covers, and when it ends. The owner of a key is an opaque id."""

    DOCUMENT = "document"  # per paper, one for the original and one for its clean pages; until identity is decided
    PROOF = "proof"  # per check: facts, statements, codes of checks; until the last request closes
    CONTACT = "contact"  # per submission: addresses and name; 60 days after the last request closed
    CONTENT = "content"  # per submission: free text and messages; as contact
    PACKAGE = "package"  # per request: delivered files; 14 days after the notice
    RECORD = "record"  # per request: letters as sent, what was decided; 24 months after closing
    DRAFT = "draft"  # per draft: answers not yet sent; 7 days
    SIGN_IN_CODE = "sign_in_code"  # per code: until used or 10 minutes; what a test request remembers: until it ends
    CUSTOMER = "customer"  # per customer: the imported record; until they leave the import, by no time of its own
    SECOND_FACTOR = "second_factor"  # per factor of a member of staff: its seed; until the factor is removed
