"""How the terms are said to people. The words of `terms.py` never change; these may."""

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format, number_format, time_format
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from primevox_privacy.staff import tries
from requests import reasons
from requests.assurance import Doubt, Sensitive, Sensitivity
from requests.figures import Figure
from requests.reasons import Reason
from requests.terms import (
    AppealOutcome,
    Authority,
    Capacity,
    Channel,
    DateKind,
    Ending,
    ExtensionReason,
    FeeOutcome,
    OutOfScope,
    Purpose,
    Right,
    Role,
    Status,
    WhyShown,
    WhyTaken,
)
from verification.clean_pages import Flag
from verification.levels import AssuranceLevel
from verification.models import CheckState, EvidenceKind, WhyRefused

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
FEE_WAITS_FOR_STAFF = _("A fee waits for the requester")
FEE_WAITS = _("We told you of a fee and wait for your word.")
FEE_OUTCOMES = {
    FeeOutcome.ACCEPTED: _("Accepted"),
    FeeOutcome.DECLINED: _("Declined: the request was taken back"),
    FeeOutcome.WAIVED: _("Waived"),
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
PURPOSES = {
    Purpose.FULFILLED: _("Answer: done"),
    Purpose.PARTLY: _("Answer: done in part"),
    Purpose.NOTHING_HELD: _("Answer: nothing held"),
    Purpose.REFUSED: _("Refusal"),
    Purpose.ASK: _("Question to the requester"),
    Purpose.TELL: _("Message to the requester"),
}
NOT_WANTED = {
    Capacity.AGENT: _("Not wanted by the person it is about"),
    Capacity.PARENT: _("Not wanted for the child it is about"),
    Capacity.COMPANY: _("Not wanted by the company it is about"),
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
    Ending.NOT_YOU: _("We closed this request. If you have questions, call or write to us."),
    Ending.NOT_A_REQUEST: _("We closed this, because it asked for nothing that we could do."),
    Ending.OUT_OF_SCOPE: _("This portal cannot help with this. Our answer says who can."),
}
# Below it: what it means, and what the requester can do.
ENDING_MEANS = {
    Ending.FULFILLED: _("Our answer says what we did. If something is missing, write to us."),
    Ending.PARTLY: _("Our answer says what we left out, why, and what you can do about it."),
    Ending.REFUSED: _("You can turn to somebody outside Primevox, too. Our answer says to whom."),
    Ending.NOTHING_HELD: _("We searched with what you gave us. With another address or number, send a new request."),
    Ending.IDENTITY_NOT_SHOWN: _("We gave nothing out. You can send a new request and show it in another way."),
    Ending.NO_ANSWER: _("We reminded you, and told you seven days before. Nothing of yours was given out or changed."),
    Ending.WITHDRAWN: _("We stopped working on it."),
    Ending.MERGED: _("You need not do anything. No date moved back."),
    Ending.NOT_YOU: _("We give out nothing, and delete nothing because of it."),
    Ending.NOT_A_REQUEST: _("Our answer says why. You can send us a new request at any time."),
    Ending.OUT_OF_SCOPE: _("Our answer says why, and where you can go. You can send us a new request at any time."),
}
# Whoever reads it may be the very person that was objected to, so it never says that anybody spoke up, or who.
FROZEN = _("We paused this to clear something up.")
SHOWN_BELOW = _("We have looked at what you sent, and we need a little more for this request.")
DATE_KINDS = {
    DateKind.TARGET: _("Our own target"),
    DateKind.ACKNOWLEDGEMENT: _("We confirm receipt by"),
    DateKind.STATUTORY: _("Set by law"),
    DateKind.EXTENDED: _("Set by law, extended"),
    DateKind.AFTER_APPEAL: _("Our own target after the appeal"),
}
EXTENSION_REASONS = {
    ExtensionReason.COMPLEX: _("The request is complex"),
    ExtensionReason.SEVERAL_REQUESTS: _("There are several requests"),
    ExtensionReason.WAITING_FOR_YOU: _("We are waiting for the requester (our target only)"),
}
EXTENSION_REASON_IN_LETTER = {
    ExtensionReason.COMPLEX: _("Your request is complex, and we want to answer it fully."),
    ExtensionReason.SEVERAL_REQUESTS: _("We have several requests from you to answer together."),
    ExtensionReason.WAITING_FOR_YOU: _("We are waiting for something that we asked you for."),
}
# What the requester chooses from, and a line below it.
WHO_IS_IT_ABOUT = {
    Capacity.SELF: (_("Me, I am a customer"), _("I have or had an account with you.")),
    Capacity.NON_CUSTOMER: (_("Me, I am not a customer"), _("Such as a call, a message or a form on your website.")),
    Capacity.AGENT: (_("Somebody I act for"), _("They, a court or the law allow me to.")),
    Capacity.PARENT: (_("My child"), _("I am a parent or legal guardian.")),
    Capacity.COMPANY: (_("A company whose account I manage"), _("I speak for the company.")),
}
FIGURE_COLUMNS = {
    "right": _("Right"),
    "law": _("Law"),
    "received": _("Received"),
    "open": _("Still open"),
    Figure.COMPLIED: _("Done"),
    Figure.COMPLIED_IN_PART: _("Done in part"),
    Figure.DENIED: _("Denied"),
    Figure.DENIED_UNVERIFIED: _("Denied: identity not shown"),
    Figure.TAKEN_BACK: _("Taken back"),
    Figure.NOT_COUNTED: _("Not counted"),
    "mean_days": _("Mean days"),
    "median_days": _("Median days"),
}
# How it reached us, for staff.
CHANNELS = {
    Channel.WEB: _("Our pages"),
    Channel.EMAIL: _("An e-mail"),
    Channel.PHONE: _("A call"),
    Channel.POST: _("A letter"),
    Channel.IN_PERSON: _("A visit"),
    Channel.DRP: _("The machine channel for agents"),
}
CAPACITIES = {
    Capacity.SELF: _("For themselves, as a customer"),
    Capacity.NON_CUSTOMER: _("For themselves, not a customer"),
    Capacity.AGENT: _("For somebody else"),
    Capacity.PARENT: _("For a child"),
    Capacity.COMPANY: _("For a company"),
}
AUTHORITIES = {
    Authority.SIGNED_PERMISSION: _("A permission that they signed"),
    Authority.POWER_OF_ATTORNEY: _("A power of attorney"),
    Authority.COURT_ORDER: _("An order of a court"),
    Authority.PARENT: _("I am the parent"),
    Authority.GUARDIAN: _("I am the legal guardian"),
    Authority.OFFICER: _("I am an officer or owner of the company"),
    Authority.ACCOUNT_MANAGER: _("I manage its account with you"),
}
AUTHORITIES_FOR_STAFF = AUTHORITIES | {
    Authority.PARENT: _("Parent"),
    Authority.GUARDIAN: _("Legal guardian"),
    Authority.OFFICER: _("Officer or owner of the company"),
    Authority.ACCOUNT_MANAGER: _("Manages its account with us"),
}
WHETHER_THEY_MAY_ACT = {
    Capacity.AGENT: _("Whether they may act for this person"),
    Capacity.PARENT: _("Whether they may act for this child"),
    Capacity.COMPANY: _("Whether they may act for this company"),
}
THEY_MAY_ACT = {
    Capacity.AGENT: _("Accepted: they may act for this person"),
    Capacity.PARENT: _("Accepted: they may act for this child"),
    Capacity.COMPANY: _("Accepted: they may act for this company"),
}
OUT_OF_SCOPE = {
    OutOfScope.EMPLOYEE: _("It is about somebody’s work for us"),
    OutOfScope.APPLICANT: _("It is about a job application"),
    OutOfScope.CONTRACTOR: _("It is about a contractor"),
    OutOfScope.OTHER_COMPANY: _("Another company holds the data"),
    OutOfScope.OTHER: _("Something else that the policy does not cover"),
}
APPEAL_OUTCOMES = {
    AppealOutcome.UPHELD: _("The first answer stays"),
    AppealOutcome.OVERTURNED: _("The first answer is overturned"),
    AppealOutcome.PARTLY_OVERTURNED: _("The first answer is overturned in part"),
}
APPEAL_OUTCOME_SENTENCE = {
    AppealOutcome.UPHELD: _("We looked again, and our answer stays."),
    AppealOutcome.OVERTURNED: _("We looked again and changed our decision."),
    AppealOutcome.PARTLY_OVERTURNED: _("We looked again and changed a part of our decision."),
}
LEVELS = {
    AssuranceLevel.T0: _("No proof needed"),
    AssuranceLevel.T1: _("Code to a contact on file"),
    AssuranceLevel.T2: _("Two matched facts"),
    AssuranceLevel.T3: _("Three matched facts and a signed statement"),
    AssuranceLevel.T4: _("Document with photo"),
}
# The same to requesters: what is asked of them.
ASKED_FOR = {
    AssuranceLevel.T0: _("No proof"),
    AssuranceLevel.T1: _("A code that we send to an address we already have"),
    AssuranceLevel.T2: _("Two facts that we can compare with our records"),
    AssuranceLevel.T3: _("Three facts that we can compare with our records, and a signed statement"),
    AssuranceLevel.T4: _("A document with photo"),
}
FACTS = {
    EvidenceKind.ACCOUNT_NUMBER: _("Account number"),
    EvidenceKind.SERVICE_ADDRESS: _("Service address"),
    EvidenceKind.PHONE_ON_ACCOUNT: _("A telephone number on the account"),
    EvidenceKind.SERVICE_BEGAN: _("Month and year when service began"),
    EvidenceKind.OWN_NUMBER: _("A telephone number of yours that was in a call with us or our customers"),
    EvidenceKind.OTHER_NUMBER: _("The number you called, or that called you"),
    EvidenceKind.CALL_DAY: _("The day of a call or message"),
    EvidenceKind.SITE_ADDRESS: _("An address that you typed into a form on our website"),
    EvidenceKind.STATEMENT: _("Signed statement"),
    EvidenceKind.DOCUMENT: _("Document"),
    EvidenceKind.AUTHORITY: _("Proof of authority"),
}
FACTS_FOR_STAFF = FACTS | {
    EvidenceKind.OWN_NUMBER: _("A telephone number of theirs that was in a call with us or our customers"),
    EvidenceKind.OTHER_NUMBER: _("The number they called, or that called them"),
    EvidenceKind.SITE_ADDRESS: _("An address that they typed into a form on our website"),
}
CHECK_FOR_STAFF = {
    CheckState.OPEN: _("Waiting for the requester to show who they are."),
    CheckState.GIVEN: _("The requester gave proof. A verifier needs to compare it."),
    CheckState.PASSED: _("Shown."),
    CheckState.NOT_SHOWN: _("Not shown."),
    CheckState.NO_RECORD: _("We hold no record to compare with."),
}
WAITING_FOR_WHO_IT_IS_ABOUT = _("Waiting for the requester to show who it is about.")
CONTACT_DOUBTS = {
    Doubt.NOT_DATED: _("does not count: our record does not say since when"),
    Doubt.TOO_NEW: _("does not count: in our record for less than 30 days when the request came"),
    Doubt.SIM_CHANGED: _("does not count: its SIM was changed in the 30 days before the request came, or after"),
}
SENSITIVE = {
    Sensitive.CALL_RECORDS: _("Call records"),
    Sensitive.RECORDINGS: _("Recordings of calls or messages"),
    Sensitive.IDENTITY_DOCUMENTS: _("Identity documents"),
    Sensitive.PAYMENT: _("Payment data"),
}
SENSITIVITIES = {
    Sensitivity.ORDINARY: _("ordinary"),
    Sensitivity.SENSITIVE: _("sensitive"),
}
METHODS = {
    "matched_facts": _("Compared the facts with our record"),
    "mail_code": _("A code sent to an address we already had"),
    "callback": _("Called back the number of record"),
    "letter_of_record": _("Letter to the address of record came back"),
    "in_person": _("Saw the person and a photo ID"),
    "document": _("Looked at a document with photo"),
    "signed_statement": _("A signed statement; gives no level alone"),
    "proof_of_authority": _("Proof of authority; gives no level"),
}
REASONS_TO_LOOK = {
    "compare": _("To compare it with our record"),
    "authority": _("To see whether they may act"),
    "second": _("A colleague asked me to look, too"),
    "again": _("To look once more before I decide"),
}
PAPER_FLAGS = {
    Flag.BLANK: _("Nothing can be seen on it: it may be a blank page."),
    Flag.SMALL: _("It is very small. Look whether anything can be read on it."),
    Flag.SEEN_ELSEWHERE: _("The same paper was given in another request that is still open."),
    Flag.NOT_SCANNED: _("Not scanned: no scanner was configured when it came."),
}
WHY_REFUSED_FOR_STAFF = {
    WhyRefused.NOT_A_PAPER: _("Destroyed unopened: neither a photo nor a PDF."),
    WhyRefused.EMPTY: _("Destroyed unopened: it was empty."),
    WhyRefused.INFECTED: _("Destroyed unopened: the virus scanner found something in it."),
    WhyRefused.LOCKED: _("Destroyed: it was locked with a password."),
    WhyRefused.NOT_READABLE: _("Destroyed: it could not be read."),
    WhyRefused.TOO_MANY_PAGES: _("Destroyed: it had too many pages."),
    WhyRefused.TOO_LARGE: _("Destroyed: the picture was too large to open safely."),
    WhyRefused.TOO_HEAVY: _("Destroyed: it took more time or memory than is safe."),
}
WHY_REFUSED = {
    WhyRefused.NOT_A_PAPER: _("It is neither a photo nor a PDF. Send a JPEG, PNG, HEIC or PDF file."),
    WhyRefused.EMPTY: _("It is empty. Choose another file."),
    WhyRefused.INFECTED: _("Our virus check found something in it, so nobody opened it. Send a new photo."),
    WhyRefused.LOCKED: _("It is locked with a password. Save it without one, or take a photo of it."),
    WhyRefused.NOT_READABLE: _("We could not read it. It may be damaged. Take a new photo and send that."),
    WhyRefused.TOO_MANY_PAGES: _("It has too many pages. Send only the page that shows who you are; ten are the most."),
    WhyRefused.TOO_LARGE: _("The picture is too large for us to open. Take a new photo with your telephone."),
    WhyRefused.TOO_HEAVY: _("It is too big a task for us to open it safely. Take a photo of the paper and send that."),
}
ROLES = {
    Role.TRIAGE: _("Triage"),
    Role.VERIFIER: _("Verifier"),
    Role.APPROVER: _("Approver"),
    Role.AUDITOR: _("Auditor"),
    Role.ADMINISTRATOR: _("Administrator"),
    Role.COLLECTOR: _("Collector"),
}

# One line of a timeline for each kind of event that the requester may read; other kinds are for staff alone.
TIMELINE = {
    "received": _("We received your request."),
    "contact_confirmed": _("You confirmed how we reach you."),
    "taken": _("Somebody in our team started to work on it."),
    "turned_into": _("We read what you wrote, and know now which request it is."),
    "right_changed": _("We read your request as another one than you ticked, and wrote to you why."),
    "identity_given": _("You sent what shows who you are."),
    "document_asked": _("We asked you to show a document, and told you why."),
    "paper_given": _("You sent a paper."),
    "paper_drawn": _("We drew a clean copy of your paper and deleted the original."),
    "paper_refused": _("We could not use a paper that you sent, and deleted it."),
    "paper_removed": _("You took a paper back. We deleted it."),
    "identity_asked_again": _("We asked you once more to show who you are."),
    "identity_passed": _("We are sure that it is you."),
    "identity_not_shown": _("We could not be sure that it is you."),
    "asked": _("We asked you a question."),
    "replied": _("You answered our question."),
    "wrote": _("You wrote to us."),
    "extended": _("We told you of a new date."),
    "receipt_changed": _("We put right the day on which your request reached us."),
    "notice_given": _("We told you that we may close the request if we hear nothing."),
    "drafted": _("Our answer is drafted; a second person reads it."),
    "closed": pgettext_lazy("timeline", "We closed the request."),
    "answer_read": _("You opened our answer."),
    "proof_destroyed": _("We destroyed what you sent to show who you are."),
    "told": _("We wrote to you."),
    "undone": _("The request was taken up again where it stood."),
    "authority_accepted": _("We found that you may make this request."),
    "authority_refused": _("We found that the proof of your authority is not enough."),
    "authority_asked_again": _("We will look at the proof of your authority once more."),
    "appealed": _("You asked us to look again."),
    "appeal_taken": _("Somebody who had no part in our first answer looks at it again."),
    "appeal_upheld": _("We looked again, and our answer stays."),
    "appeal_overturned": _("We looked again, changed our decision, and opened the request again."),
    "fee_told": _("We told you of a fee, and why."),
    "fee_accepted": _("You accepted the fee."),
    "fee_waived": _("There is no fee after all."),
    "fee_paid": _("We received the fee."),
    "said_not_me": FROZEN,
    "frozen": FROZEN,
    "freed": _("It is cleared up, and we go on."),
    "file_downloaded": _("You downloaded a file."),
    "file_opened": _("You opened a file that we sent you."),
    "files_kept_longer": _("You asked us to keep the files 14 days longer."),
    "continuation_code_made": _("A new code to come back without mail was made."),
    "contact_change_asked": _("You asked us to reach you in another way."),
    "contact_change_left_to_staff": _("You could not use both codes, so our team looks at the new contact."),
    "contact_change_cancelled": _("You dropped the change. We reach you as before."),
    "contact_change_stopped": _("The change of how we reach you was stopped."),
    "contact_change_refused": _("We could not be sure that the new contact is yours. We reach you as before."),
    "contact_changed": _("We reach you in a new way from now on."),
    "identity_begun_anew": _("As we reach you in a new way, we ask you once more for proof."),
}
WE_WROTE, YOU_WROTE = _("We wrote"), _("You wrote")
ASKED_FOR_A_LITTLE_MORE = _("We asked you for a little more.")
TOOK_BACK = _("You took the request back.")
TOOK_BACK_FOR_YOU = _("We took the request back for you, as you told us to.")
TIMELINE_FOR_STAFF = {
    **TIMELINE,
    "received": _("Received"),
    "logged": _("Taken down by hand"),
    "imported": _("Came from a spreadsheet"),
    "contact_confirmed": _("The requester confirmed their contact"),
    "taken": _("Taken"),
    "assigned": _("Passed on to somebody"),
    "assignment_undone": _("Passing on was undone"),
    "turned_into": _("Turned into a right"),
    "right_changed": _("Changed to another right"),
    "identity_given": _("The requester gave proof of identity"),
    "paper_given": _("The requester sent a paper"),
    "identity_looked_at": _("Looked at the proof of identity"),
    "identity_asked_again": _("Asked for proof again"),
    "identity_passed": _("Identity shown"),
    "identity_not_shown": _("Identity not shown"),
    "identity_no_record": _("No record to compare with"),
    "contact_on_file_entered": _("Entered a contact on file"),
    "customer_record_looked_at": _("Looked in the customer record"),
    "customer_record_chosen": _("Chose a customer record and its contact"),
    "call_detail_opened": _("Recorded a way that opens call records"),
    "marked_sensitive": _("Marked as touching sensitive data"),
    "level_raised": _("More proof asked for"),
    "lower_level_proposed": _("Less proof proposed; a second person decides"),
    "level_lowered": _("Less proof is enough: confirmed by a second person"),
    "lower_level_refused": _("Less proof: refused or taken back"),
    "asked": _("Asked the requester"),
    "replied": _("The requester replied"),
    "wrote": _("The requester wrote"),
    "noted": _("Internal note"),
    "extension_decided": _("More time decided"),
    "receipt_proposed": _("Another time of receipt proposed; a second person decides"),
    "receipt_changed": _("Time of receipt put right: confirmed by a second person"),
    "receipt_declined": _("Another time of receipt: declined or taken back"),
    "extended": _("New date told, so it counts"),
    "notice_given": _("Notice given by telephone or post"),
    "drafted": _("Answer drafted"),
    "sent_back": _("Draft sent back"),
    "closed": pgettext_lazy("timeline for staff", "Closed"),
    "statement_kept": _("The signed statement was kept, as the law wants"),
    "answer_read": _("The requester opened the answer"),
    "proof_destroyed": _("Proof of identity destroyed"),
    "told": _("Wrote to the requester"),
    "undone": _("Undone: open again"),
    "authority_accepted": _("Authority accepted"),
    "authority_refused": _("Authority not accepted"),
    "authority_asked_again": _("Authority to be decided anew"),
    "appealed": _("Appeal filed"),
    "appeal_taken": _("Appeal taken"),
    "appeal_upheld": _("Appeal decided: upheld"),
    "appeal_overturned": _("Appeal decided: overturned, open again"),
    "letter_refused": _("A letter could not be delivered"),
    "letter_printed": _("Letter printed"),
    "letter_posted": _("Letter posted"),
    "letters_settled": _("Reached in another way"),
    "fee_told": _("Fee told"),
    "fee_accepted": _("Fee accepted"),
    "fee_waived": _("Fee waived"),
    "fee_paid": _("Fee paid"),
    "said_not_me": _("“This was not me”: frozen"),
    "frozen": _("Frozen"),
    "freed": _("Free again"),
    "shut": ENDINGS[Ending.NOT_YOU],
    "hold_placed": _("Hold placed"),
    "hold_lifted": _("Hold lifted"),
    "files_added": _("Files added to the answer"),
    "file_removed": _("File removed from the answer"),
    "answer_file_looked_at": _("Opened a file of the answer"),
    "file_downloaded": _("The requester downloaded a file"),
    "file_opened": _("The requester opened a file of a message"),
    "files_kept_longer": _("The requester keeps the files 14 days longer"),
    "continuation_code_made": _("New continuation code"),
    "contact_change_asked": _("The requester wants to be reached elsewhere"),
    "contact_change_left_to_staff": _("The old contact is lost: a verifier decides on the new one"),
    "contact_change_cancelled": _("The requester dropped the new contact"),
    "contact_change_stopped": _("The change of contact ended with the freeze"),
    "contact_change_refused": _("New contact not accepted"),
    "contact_changed": _("The contact of the requester changed"),
    "identity_begun_anew": _("Proof asked for once more, since the contact changed"),
    "paper_looked_at": _("Opened a paper"),
    "paper_drawn": _("Paper drawn anew; the original is destroyed"),
    "paper_refused": _("A paper could not be used; it is destroyed"),
    "paper_removed": _("The requester took a paper back"),
    "paper_seen_before": _("The same paper was given in another request"),
    "document_asked": _("Asked for a document"),
    "search_begun": _("Search of systems begun"),
    "search_words_given": _("Said what to search for"),
    "task_added": _("One system more to search"),
    "task_left_out": _("A system left out of the search"),
    "task_reassigned": _("A task given to somebody else"),
    "task_reopened": _("A task opened again"),
    "task_taken_back": _("The owner of a system took an answer back"),
    "task_looked_at": _("Looked at what to search for"),
    "task_answered": _("A system answered"),
    "deletion_asked_for": _("Systems asked to delete"),
    "finding_looked_at": _("Opened a file that was found"),
    "contact_shown": _("Looked at names and contacts"),
}
WHY_SHOWN = {
    WhyShown.CALL: _("To call them"),
    WhyShown.LETTER: _("To check a letter or an address"),
    WhyShown.COMPARE: _("To compare with another request"),
    WhyShown.OTHER: _("For something else"),
}
WHY_TAKEN_ALONG = {
    WhyTaken.AUDIT: _("For an audit"),
    WhyTaken.AUTHORITY: _("An authority or a court asked for it"),
    WhyTaken.INCIDENT: _("To clear something up that went wrong"),
    WhyTaken.ASKED: _("Somebody asked who looked at their request"),
}
# One line of the log for every kind of event there is: those of a case, those of an account, and what is about no case.
EVENTS = {
    **TIMELINE_FOR_STAFF,
    **tries.KINDS,
    "sign_in_failed": _("A try to sign in failed"),
    "sign_in_closed": _("Too many tries to sign in: closed for 15 minutes"),
    "invited": _("Sent an invitation"),
    "sessions_ended": _("Ended sessions"),
    "absence_set": _("Set or ended an absence"),
    "level_rule_proposed": _("Another level proposed, or set"),
    "level_rule_confirmed": _("A lower level confirmed"),
    "level_rule_dropped": _("A proposed level dropped"),
    "inventory_changed": _("Changed what we hold, and where"),
    "policy_loaded": _("A version of the policy loaded"),
    "policy_marked_material": _("A version of the policy marked as an important change"),
    "policy_taken_back": _("A version of the policy taken back"),
    "policy_notice_owed": _("Letters about a change of the policy made ready"),
    "requests_imported": _("Requests taken in from a spreadsheet"),
    "customers_imported": _("The customer record filled from a file"),
    "wrapping_key_rotated": _("Keys wrapped anew"),
    "purges_replayed": _("Destroyed again after a backup was restored"),
    "health_red": _("Something did not work as it should, and the mailbox was told"),
    "heartbeat_passed": _("The daily test request came through"),
    "heartbeat_failed": _("The daily test request did not come through"),
    "heartbeat_interrupted": _("The daily test request was interrupted"),
    "log_taken_along": _("Took the log along"),
    "playbook_proposed": _("Proposed a text of a playbook"),
    "playbook_confirmed": _("Confirmed a text of a playbook"),
    "playbook_dropped": _("Dropped a proposed text of a playbook"),
}
# What two cases are compared by.
COMPARED = {
    "name": _("Name"),
    "email": _("E-mail typed into the form"),
    "phone": _("Telephone typed into the form"),
    "known_by": _("Also known to us by"),
    "address": _("Postal address"),
    "on_file": _("Contact on file"),
    "asks": _("Asks"),
    "right": _("Right"),
    "law": _("Law"),
    "residence": _("Residence"),
    "received": _("Received"),
    "due": _("Due"),
    "step": _("Step"),
    "level": _("Proof needed"),
    "proof": _("Proof"),
    "handler": _("Handler"),
}
# Which letter the button was pressed from, by the words of `Whose`.
SAID_NOT_ME_FOR_STAFF = {
    "typed": _("“This was not me”: pressed in the mail to the requester. Frozen"),
    "subject": _("“This was not me”: pressed in the mail to the person it is about. Frozen"),
    "on_file": _("“This was not me”: pressed in the mail to a contact of our record. Frozen"),
    "page": _("“This was not me”: pressed on the page of the requests. Frozen"),
}
# What stands in a signed text, as the page that checks it tells it.
SIGNED_KINDS = {"receipt": _("receipt"), "certificate of destruction": _("certificate of destruction")}
SIGNED_LINES = {
    "kind": _("kind"),
    "references": _("references"),
    "certificate": _("certificate"),
    "check": _("check"),
    "classes": _("what there was, and how much"),
    "gone_from_use_at": _("gone from use at"),
    "beyond_recovery_on": _("beyond recovery on"),
    "rule": _("rule"),
    "keys_destroyed": _("keys destroyed"),
    "received_at": _("received at"),
    "received_on": _("day of receipt"),
    "answer_by": _("we answer by"),
    "content_sha256": _("digest of what was asked"),
}


def ending_for_staff(ending: str, capacity: str) -> str:
    """How it ended. What somebody asked for another is not wanted, where their own was not sent by them."""
    not_wanted = NOT_WANTED.get(Capacity(capacity)) if ending == Ending.NOT_YOU else None
    return str(not_wanted or ENDINGS[Ending(ending)])


def rests_on(source: str) -> str:
    """What a level rests on, for staff. California's rules stand for everybody: they are our house standard."""
    standard, _sign, rest = source.partition("; ")
    if not standard.startswith("us_ca_ccpa"):
        return source
    return gettext("house standard: California’s rules (%(citation)s)") % {"citation": rest}


def dollars(amount: Decimal) -> str:
    """Money in words: 25.00 US dollars."""
    return gettext("%(amount)s US dollars") % {"amount": number_format(amount, 2)}


def why(reason: Reason, written: str) -> str:
    """Why a date is what it is, in the language in use. `written`: the sentence in the record, for a reason that we
    no longer know how to say."""
    return reasons.say(reason, gettext, day) if reason.get("key") in reasons.SAY else written


def day(on: date) -> str:
    """A date in words, with its weekday, in the language in use: Monday 7 December 2026."""
    return date_format(on, "DATE_WITH_WEEKDAY")


def size(of: int) -> str:
    """How big a file is: 10 MB, 1.2 MB, 34 KB, 512 bytes. `of` counts bytes; a megabyte is a million of them."""
    for unit, name in ((1_000_000, _("%(number)s MB")), (1000, _("%(number)s KB"))):
        if of >= unit:
            return str(name) % {"number": number_format(round(of / unit, 1) if of % unit else of // unit)}
    return ngettext("%(number)d byte", "%(number)d bytes", of) % {"number": of}


def moment(at: datetime) -> str:
    """A day and the time of it in words, as they are at our office: Monday 7 December 2026, 3:15 p.m."""
    local = timezone.localtime(at)
    return f"{day(local.date())}, {time_format(local, 'TIME_FORMAT')}"
