"""The words of this field, once. Plain Python: no Django, no clock, no network.

Values are stored in the database and sent over machine channels, so a value never changes its meaning.
How each is said to people stands in `requests/words.py`.
"""

from enum import StrEnum


class Right(StrEnum):
    """What a person can ask for (policy §6)."""

    KNOW = "know"
    ACCESS = "access"
    CORRECT = "correct"
    DELETE = "delete"
    RESTRICT = "restrict"
    PORTABILITY = "portability"
    WITHDRAW_CONSENT = "withdraw_consent"
    OBJECT = "object"
    OPT_OUT = "opt_out"
    LIMIT_SENSITIVE = "limit_sensitive"
    RETALIATION = "retaliation"
    UNSURE = "unsure"  # free text, turned into a right by triage; its clock runs from receipt all the same


class Capacity(StrEnum):
    """In whose name somebody asks (policy §6, §8, §14)."""

    SELF = "self"
    NON_CUSTOMER = "non_customer"
    AGENT = "agent"
    PARENT = "parent"
    COMPANY = "company"


class Channel(StrEnum):
    """Through which door a request reached us (policy §6, §16)."""

    WEB = "web"
    EMAIL = "email"
    PHONE = "phone"
    POST = "post"
    IN_PERSON = "in_person"
    DRP = "drp"


class Status(StrEnum):
    """Where a request stands. Few on purpose: how it ended is its `Ending`."""

    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"  # a question went to the requester
    IN_REVIEW = "in_review"  # drafted; a second person decides
    CLOSED = "closed"


class Ending(StrEnum):
    """How a closed request ended."""

    FULFILLED = "fulfilled"
    PARTLY = "partly"
    REFUSED = "refused"
    NOTHING_HELD = "nothing_held"
    IDENTITY_NOT_SHOWN = "identity_not_shown"
    NO_ANSWER = "no_answer"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    NOT_YOU = "not_you"
    NOT_A_REQUEST = "not_a_request"
    OUT_OF_SCOPE = "out_of_scope"


class DateKind(StrEnum):
    """Which promise or law a date comes from."""

    TARGET = "target"
    ACKNOWLEDGEMENT = "acknowledgement"
    STATUTORY = "statutory"
    EXTENDED = "extended"
    AFTER_APPEAL = "after_appeal"  # our target once an appeal has opened a request again


class ExtensionReason(StrEnum):
    """Why more time is taken (policy §9)."""

    COMPLEX = "complex"
    SEVERAL_REQUESTS = "several_requests"
    WAITING_FOR_YOU = "waiting_for_you"  # moves the target only


class ChangeOutcome(StrEnum):
    """What became of a wish to be reached elsewhere."""

    TAKEN = "taken"
    REFUSED = "refused"
    CANCELLED = "cancelled"  # by the requester, or because they asked anew
    STOPPED = "stopped"  # by a freeze


class AppealOutcome(StrEnum):
    """What the second look came to (policy §10)."""

    UPHELD = "upheld"
    OVERTURNED = "overturned"
    PARTLY_OVERTURNED = "partly_overturned"


class Authority(StrEnum):
    """What lets somebody act for another (policy §6, §8, §14)."""

    SIGNED_PERMISSION = "signed_permission"
    POWER_OF_ATTORNEY = "power_of_attorney"
    COURT_ORDER = "court_order"
    PARENT = "parent"
    GUARDIAN = "guardian"
    OFFICER = "officer"
    ACCOUNT_MANAGER = "account_manager"


class OutOfScope(StrEnum):
    """Why the policy does not cover a request (policy §1), which decides where to send the person."""

    EMPLOYEE = "employee"
    APPLICANT = "applicant"
    CONTRACTOR = "contractor"
    OTHER_COMPANY = "other_company"  # a company that uses our service, or another site, holds the data
    OTHER = "other"


class FeeOutcome(StrEnum):
    """What became of a fee that was told (policy §7)."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    WAIVED = "waived"


class Purpose(StrEnum):
    """For what a playbook is: an answer with its ending, a refusal, a question, a message."""

    FULFILLED = "fulfilled"
    PARTLY = "partly"
    NOTHING_HELD = "nothing_held"
    REFUSED = "refused"
    ASK = "ask"
    TELL = "tell"


class WhyShown(StrEnum):
    """What somebody of staff needs a contact for."""

    CALL = "call"
    LETTER = "letter"
    COMPARE = "compare"
    OTHER = "other"


class WhyTaken(StrEnum):
    """What somebody of staff takes the log along for."""

    AUDIT = "audit"
    AUTHORITY = "authority"
    INCIDENT = "incident"
    ASKED = "asked"  # somebody asked who looked at their request


class Role(StrEnum):
    """What a member of staff is there for."""

    TRIAGE = "triage"
    VERIFIER = "verifier"
    APPROVER = "approver"
    AUDITOR = "auditor"  # reads only
    ADMINISTRATOR = "administrator"  # settings and people; no case content, no evidence
    COLLECTOR = "collector"  # searches one system for us; sees no case, only what they are asked for
