"""How the terms are said to people. The words of `terms.py` never change; these may."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from requests.terms import DateKind, Ending, ExtensionReason, Right, Role, Status
from verification.levels import AssuranceLevel
from verification.models import EvidenceKind

# What the requester reads, and below it the name that laws use.
ASKED = {
    Right.KNOW: (_("Know what you hold about me"), _("Right to know")),
    Right.ACCESS: (_("Get a copy of my data"), _("Right of access")),
    Right.CORRECT: (_("Correct something"), _("Right to correction")),
    Right.DELETE: (_("Delete my data"), _("Right to deletion")),
    Right.RESTRICT: (_("Limit what you do with my data"), _("Right to restriction")),
    Right.OBJECT: (_("Stop a use of my data"), _("Right to object")),
    Right.PORTABILITY: (_("Move my data elsewhere"), _("Right to portability")),
    Right.WITHDRAW_CONSENT: (_("Take back my consent"), _("Right to withdraw consent")),
    Right.OPT_OUT: (
        _("Stop selling or sharing my data, or using it for ads"),
        _("Right to opt out of sale, sharing and targeted advertising"),
    ),
    Right.LIMIT_SENSITIVE: (_("Limit the use of my sensitive data"), _("Right to limit sensitive data")),
    Right.RETALIATION: (_("Tell you that I was treated worse for asking"), _("Non-retaliation")),
    Right.UNSURE: (_("I am not sure"), _("We will find the right one for you")),
}
RIGHTS = {right: legal for right, (_asked, legal) in ASKED.items()} | {Right.UNSURE: _("Not sure yet")}
SHORT_RIGHTS = {
    Right.KNOW: _("Know"),
    Right.ACCESS: _("Access"),
    Right.CORRECT: _("Correct"),
    Right.DELETE: _("Delete"),
    Right.RESTRICT: _("Restrict"),
    Right.OBJECT: _("Object"),
    Right.PORTABILITY: _("Portability"),
    Right.WITHDRAW_CONSENT: _("Withdraw consent"),
    Right.OPT_OUT: _("Opt out"),
    Right.LIMIT_SENSITIVE: _("Limit sensitive data"),
    Right.RETALIATION: _("Retaliation"),
    Right.UNSURE: _("Not sure yet"),
}

STATUS_FOR_STAFF = {
    Status.RECEIVED: _("New"),
    Status.IN_PROGRESS: _("In progress"),
    Status.WAITING: _("Question asked"),
    Status.IN_REVIEW: _("In review"),
    Status.CLOSED: _("Closed"),
}
STATUS_SENTENCE = {
    Status.RECEIVED: _("We have your request."),
    Status.IN_PROGRESS: _("We are working on it."),
    Status.WAITING: _("We have a question for you."),
    Status.IN_REVIEW: _("Almost ready: a second person reads our answer."),
    Status.CLOSED: _("Closed."),
}
ENDINGS = {
    Ending.FULFILLED: _("Done"),
    Ending.PARTLY: _("Done in part"),
    Ending.REFUSED: _("Refused"),
    Ending.NOTHING_HELD: _("Nothing held"),
    Ending.IDENTITY_NOT_SHOWN: _("Identity not shown"),
    Ending.NO_ANSWER: _("No answer from the requester"),
    Ending.WITHDRAWN: _("Taken back"),
    Ending.MERGED: _("Joined with another request"),
    Ending.NOT_YOU: _("Not sent by this person"),
    Ending.NOT_A_REQUEST: _("Not a request"),
    Ending.OUT_OF_SCOPE: _("Out of scope"),
}
ENDING_SENTENCE = {
    Ending.FULFILLED: _("We did what you asked for."),
    Ending.PARTLY: _("We did a part of what you asked for."),
    Ending.REFUSED: _("We did not do what you asked for. Our answer says why, and what you can do."),
    Ending.NOTHING_HELD: _("We looked and found nothing about you."),
    Ending.IDENTITY_NOT_SHOWN: _("We could not be sure that it was you who asked, so we did nothing."),
    Ending.NO_ANSWER: _("We closed this because we heard nothing more from you. You can ask again any time."),
    Ending.WITHDRAWN: _("You took this request back. You can ask again any time."),
    Ending.MERGED: _("We joined this with your other request and answer them together."),
    Ending.NOT_YOU: _("We stopped this request, because you told us that it was not you."),
    Ending.NOT_A_REQUEST: _("We closed this, because it asked for nothing that we could do."),
    Ending.OUT_OF_SCOPE: _("This portal cannot help with this. Our answer says who can."),
}
DATE_KINDS = {
    DateKind.TARGET: _("Our own target"),
    DateKind.ACKNOWLEDGEMENT: _("We confirm receipt by"),
    DateKind.STATUTORY: _("Set by law"),
    DateKind.EXTENDED: _("Set by law, extended"),
}
EXTENSION_REASONS = {
    ExtensionReason.COMPLEX: _("The request is complex"),
    ExtensionReason.SEVERAL_REQUESTS: _("There are several requests"),
    ExtensionReason.WAITING_FOR_YOU: _("We are waiting for the requester (our target only)"),
}
EXTENSION_REASON_IN_LETTER = {
    ExtensionReason.COMPLEX: _("Your request is complex, and we want to answer it fully."),
    ExtensionReason.SEVERAL_REQUESTS: _("We have several requests from you to answer together."),
    ExtensionReason.WAITING_FOR_YOU: _("We are waiting for your answer to our question."),
}
LEVELS = {
    AssuranceLevel.T0: _("No proof needed"),
    AssuranceLevel.T1: _("Code to a contact on file"),
    AssuranceLevel.T2: _("Two matched facts"),
    AssuranceLevel.T3: _("Three matched facts and a signed statement"),
    AssuranceLevel.T4: _("Document with photo"),
}
FACTS = {
    EvidenceKind.ACCOUNT_NUMBER: _("Account number"),
    EvidenceKind.SERVICE_ADDRESS: _("Service address"),
    EvidenceKind.PHONE_ON_ACCOUNT: _("A telephone number on the account"),
    EvidenceKind.SERVICE_BEGAN: _("Month and year when service began"),
    EvidenceKind.STATEMENT: _("Signed statement"),
    EvidenceKind.DOCUMENT: _("Document"),
    EvidenceKind.AUTHORITY: _("Proof of authority"),
}
METHODS = {
    "matched_facts": _("Compared the facts with our record"),
    "mail_code": _("A code sent to an address we already had"),
    "callback": _("Called back the number of record"),
    "letter_of_record": _("Letter to the address of record came back"),
    "in_person": _("Saw the person and a photo ID"),
}
ROLES = {
    Role.TRIAGE: _("Triage"),
    Role.VERIFIER: _("Verifier"),
    Role.APPROVER: _("Approver"),
    Role.AUDITOR: _("Auditor"),
    Role.ADMINISTRATOR: _("Administrator"),
}

# One line of a timeline for each kind of event that the requester may read; other kinds are for staff alone.
TIMELINE = {
    "received": _("We received your request."),
    "contact_confirmed": _("You confirmed how we reach you."),
    "taken": _("Somebody in our team started to work on it."),
    "turned_into": _("We found out which right your request is about."),
    "identity_given": _("You sent what shows who you are."),
    "identity_asked_again": _("We asked you once more to show who you are."),
    "identity_passed": _("We are sure that it is you."),
    "identity_not_shown": _("We could not be sure that it is you."),
    "asked": _("We asked you a question."),
    "replied": _("You answered our question."),
    "wrote": _("You wrote to us."),
    "extended": _("We told you that we need more time."),
    "drafted": _("Our answer is drafted; a second person reads it."),
    "closed": pgettext_lazy("timeline", "We closed the request."),
    "answer_read": _("You opened our answer."),
    "proof_destroyed": _("We destroyed what you sent to show who you are."),
}
TOOK_BACK = _("You took the request back.")
TOOK_BACK_FOR_YOU = _("We took the request back for you, as you told us to.")
TIMELINE_FOR_STAFF = {
    **TIMELINE,
    "received": _("Received"),
    "contact_confirmed": _("The requester confirmed their contact"),
    "taken": _("Taken"),
    "turned_into": _("Turned into a right"),
    "identity_given": _("The requester gave proof of identity"),
    "identity_looked_at": _("Looked at the proof of identity"),
    "identity_asked_again": _("Asked for proof again"),
    "identity_passed": _("Identity shown"),
    "identity_not_shown": _("Identity not shown"),
    "identity_no_record": _("No record to compare with"),
    "contact_on_file_entered": _("Entered a contact on file"),
    "asked": _("Asked the requester"),
    "replied": _("The requester replied"),
    "wrote": _("The requester wrote"),
    "noted": _("Internal note"),
    "extended": _("Extended"),
    "drafted": _("Answer drafted"),
    "sent_back": _("Draft sent back"),
    "closed": pgettext_lazy("timeline for staff", "Closed"),
    "statement_kept": _("The signed statement was kept, as the law wants"),
    "answer_read": _("The requester opened the answer"),
    "proof_destroyed": _("Proof of identity destroyed"),
}


def day(on: date) -> str:
    """A date in words, with its weekday, in the language in use: Monday 7 December 2026."""
    return date_format(on, "DATE_WITH_WEEKDAY")
