"""What is said differently to those who ask for somebody else: a person, a child, a company. All other words stand
in `words.py`. Pages and mails get one of these as `about` and ask no further."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from requests import words
from requests.terms import Authority, Capacity, Ending, Right


@dataclass(frozen=True)
class AboutWhom:
    """The words for one capacity. Empty where they are said to nobody."""

    # Who it is
    show_identity: Any
    show_identity_button: Any
    why_identity: Any
    why_code: Any
    code_needed: Any
    code_went: Any
    identity_needed: Any
    identity_next: Any
    also_told: Any
    next_step: Any
    identity_once_more: Any
    proof_kept: Any
    proof_gone: Any
    deletion_waits: Any
    # What lets somebody act
    show_authority: Any = ""
    authority_looked_at: Any = ""
    which_paper: Any = ""
    # The answer
    answer_only_for: Any = ""
    files_only_for: Any = ""
    # Asking
    name: Any = ""
    name_missing: Any = ""
    authority_question: Any = ""
    used_with_us: Any = ""
    where: Any = ""
    # Said to those whom somebody acts for
    acted_for: Any = ""
    somebody_asks: Any = ""
    # In place of what `words.py` says
    for_another: bool = False
    asked_for: Mapping[Right, Any] = field(default_factory=dict)
    authorities: Mapping[Authority, Any] = field(default_factory=dict)
    endings: Mapping[Ending, Any] = field(default_factory=dict)
    timeline: Mapping[str, Any] = field(default_factory=dict)

    def asked(self, right: Right) -> tuple[Any, Any]:
        """What the requester reads of a right, and the name that laws use."""
        said, legal = words.ASKED[right]
        return self.asked_for.get(right, said), legal

    def authority(self, kind: Authority) -> Any:
        return self.authorities.get(kind, words.AUTHORITIES[kind])

    def ended(self, ending: Ending) -> Any:
        return self.endings.get(ending, words.ENDING_SENTENCE[ending])

    def happened(self, kind: str) -> Any:
        return self.timeline.get(kind, words.TIMELINE[kind])


ONESELF = AboutWhom(
    show_identity=_("Show us that it is you"),
    show_identity_button=_("Show that it is me"),
    why_identity=_(
        "Somebody could ask in your name. They could then read your data, or have it changed or deleted, and you would "
        "not know."
    ),
    why_code=_(
        "Somebody could ask in your name and change what we do with your data. So we send a code to a contact that we "
        "already had before you asked."
    ),
    code_needed=_("We need a code from a contact that we already had before you asked. It takes about a minute."),
    code_went=_("If we already have a way to reach this person, we sent a code there."),
    identity_needed=_("We need to check who you are."),
    identity_next=_("We ask you to show that it is you. Your page tells you how."),
    also_told=_(
        "So that nobody asks in your name, we also write to addresses of yours that we already have. Our mail does "
        "not say what you asked."
    ),
    next_step=_(
        "Next, show us that it is you. It can wait, but it helps us to go on. Open this page and type your reference:"
    ),
    identity_once_more=_("We ask you once more to show that it is you. What you send for that is destroyed after."),
    proof_kept=_(
        "What you send to show who you are: papers until we have decided, the rest until your last request here is "
        "closed. If you take it back: one day longer."
    ),
    proof_gone=_("What you sent to show who you are: destroyed. See the certificate above."),
    deletion_waits=_(
        "A deletion cannot be undone. So we wait until %(day)s before we delete, in case this was not you."
    ),
    answer_only_for=_("Our answer is only for the person it is about."),
    files_only_for=_("What we sent is only for the person it is about."),
    used_with_us=_("Another address, number or customer number you used with us"),
    where=_("Where do you live?"),
)
NO_CUSTOMER = replace(ONESELF, used_with_us=_("Another address or number you used with us"))
PERSON = AboutWhom(
    for_another=True,
    show_identity=_("Show us who it is about"),
    show_identity_button=_("Show who it is about"),
    why_identity=_(
        "All facts are about the person you act for, not about you. They show us whose data we look for. Our answer "
        "goes to a contact of theirs that we already had."
    ),
    why_code=_(
        "So that nobody asks against their will, we send a code to a contact of the person you act for. We had it "
        "before you asked. Let them give you the code."
    ),
    code_needed=_(
        "We need a code that we send to a contact of theirs. They can give it to you. It takes about a minute."
    ),
    code_went=ONESELF.code_went,
    identity_needed=_("We need to check that you may make this request, and whose data it is."),
    identity_next=_(
        "We ask you to show that you may make this request, and whose data it is. Your page tells you how."
    ),
    also_told=_(
        "So that nobody asks against their will, we also write to addresses that we already have for them. Our mail "
        "does not say what you asked."
    ),
    next_step=_(
        "Next, show us that you may make it, and whose data it is. It can wait, but it helps us to go on. Open this "
        "page and type your reference:"
    ),
    identity_once_more=_("We ask you once more to show whose data it is. What you send for that is destroyed after."),
    proof_kept=_(
        "What you send for our checks: papers until we have decided, the rest until your last request here is closed. "
        "If you take it back: one day longer."
    ),
    proof_gone=_("What you sent for our checks: destroyed. See the certificate above."),
    deletion_waits=_(
        "A deletion cannot be undone. So we wait until %(day)s before we delete, in case this is not wanted."
    ),
    show_authority=_("Show that you may act for them"),
    authority_looked_at=_("We look at whether you may act for this person."),
    which_paper=_(
        "A photo, scan or PDF of the paper that shows it. It can be the permission they signed, a power of attorney or "
        "an order of a court."
    ),
    answer_only_for=ONESELF.answer_only_for,
    files_only_for=ONESELF.files_only_for,
    name=_("Their name"),
    name_missing=_("Enter their name."),
    authority_question=_("What lets you act for them?"),
    used_with_us=_("An address, number or customer number they used with us"),
    where=_("Where does the person live that you act for?"),
    acted_for=_(
        "This is the privacy team of Primevox. You get this because somebody sent us a privacy request and says that "
        "they act for you."
    ),
    somebody_asks=_(
        "Somebody made a privacy request and says that they act for you. If you do not want that, stop it here."
    ),
    asked_for={
        Right.KNOW: _("Know what you hold"),
        Right.ACCESS: _("Get a copy of the data"),
        Right.DELETE: _("Delete the data"),
        Right.RESTRICT: _("Limit what you do with the data"),
        Right.OBJECT: _("Stop a use of the data"),
        Right.PORTABILITY: _("Move the data elsewhere"),
        Right.WITHDRAW_CONSENT: _("Take back a consent"),
        Right.OPT_OUT: _("Stop selling or sharing the data, or using it for ads"),
        Right.LIMIT_SENSITIVE: _("Limit the use of sensitive data"),
        Right.RETALIATION: _("Tell you of worse treatment for asking"),
    },
    endings={
        Ending.NOTHING_HELD: _("We looked and found nothing."),
        Ending.IDENTITY_NOT_SHOWN: _("We could not be sure whose data it is, so we did nothing."),
    },
    timeline={
        "identity_given": _("You sent facts for our check."),
        "identity_asked_again": _("We asked you once more for facts."),
        "identity_passed": _("We are sure whose data it is."),
        "identity_not_shown": _("We could not be sure whose data it is."),
        "proof_destroyed": _("We destroyed what you sent for our checks."),
    },
)
CHILD = replace(
    PERSON,
    why_identity=_(
        "All facts are about the child, not about you. They show us whose data we look for. Our answer goes to a "
        "contact that we already had for the child."
    ),
    why_code=_(
        "So that nobody asks without your family knowing, we send a code to a contact that we had for the child before "
        "you asked. Whoever reads it there can give you the code."
    ),
    code_needed=_(
        "We need a code that we send to a contact that we already had for the child. It takes about a minute."
    ),
    also_told=_(
        "So that nobody asks without your family knowing, we also write to addresses that we already have for the "
        "child. Our mail does not say what you asked."
    ),
    show_authority=_("Show that you may act for the child"),
    authority_looked_at=_("We look at whether you may act for the child."),
    which_paper=_(
        "A photo, scan or PDF of the paper that shows it, such as a birth certificate or an order of a court."
    ),
    name=_("The child’s name"),
    name_missing=_("Enter the child’s name."),
    authority_question=_("Who are you to the child?"),
    used_with_us=_("An address, number or customer number used with us for the child"),
    where=_("Where does your child live?"),
    acted_for=_(
        "This is the privacy team of Primevox. You get this because somebody sent us a privacy request for a child. "
        "Our records have this address for that child."
    ),
    somebody_asks=_(
        "Somebody made a privacy request for a child, and we have your address for that child. If you do not want the "
        "request, stop it here."
    ),
)
BUSINESS = replace(
    PERSON,
    show_identity=_("Show us which company it is about"),
    show_identity_button=_("Show which company it is about"),
    why_identity=_(
        "All facts are about the company, not about you. They show us whose data we look for. Our answer goes to a "
        "contact of the company that we already had."
    ),
    why_code=_(
        "So that nobody asks without the company knowing, we send a code to a contact of the company. We had it before "
        "you asked. Somebody there can give you the code."
    ),
    code_needed=_(
        "We need a code that we send to a contact of the company. Somebody there can give it to you. It takes about a "
        "minute."
    ),
    code_went=_("If we already have a way to reach this company, we sent a code there."),
    also_told=_(
        "So that nobody asks without the company knowing, we also write to addresses of the company that we already "
        "have. Our mail does not say what you asked."
    ),
    show_authority=_("Show that you may act for the company"),
    authority_looked_at=_("We look at whether you may act for the company."),
    which_paper=_(
        "A photo, scan or PDF of the paper that shows it, such as a page of the company register or a letter of the "
        "company."
    ),
    answer_only_for=_("Our answer is only for the company it is about."),
    files_only_for=_("What we sent is only for the company it is about."),
    name=_("Name of the company"),
    name_missing=_("Enter the name of the company."),
    authority_question=_("What lets you act for it?"),
    used_with_us=_("Its customer number"),
    where=_("Where is the company?"),
    acted_for=_(
        "This is the privacy team of Primevox. You get this because somebody sent us a privacy request for a company. "
        "Our records have this address for that company."
    ),
    somebody_asks=_(
        "Somebody made a privacy request for a company, and we have your address for that company. If you do not want "
        "the request, stop it here."
    ),
    authorities={Authority.SIGNED_PERMISSION: _("A permission that the company signed")},
)
BY_CAPACITY = {
    Capacity.SELF: ONESELF,
    Capacity.NON_CUSTOMER: NO_CUSTOMER,
    Capacity.AGENT: PERSON,
    Capacity.PARENT: CHILD,
    Capacity.COMPANY: BUSINESS,
}


def of(capacity: str) -> AboutWhom:
    """The words for who asks in this capacity."""
    return BY_CAPACITY[Capacity(capacity)]
