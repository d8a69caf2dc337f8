"""The decision letter: made from a template for right and outcome, with the words staff add, kept as sent.

A letter is a short list of sections, each a heading and paragraphs, in the requester's language. Partly and
refused always carry what the policy (§6, §10) and the laws demand: decision, reason and rule, how to appeal, and
which authority can be reached. There is no way to leave these parts out.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from primevox_privacy import telephone
from requests import about_whom, deadlines, grounds, keeping, references, regimes, words
from requests.models import RightsRequest
from requests.terms import AppealOutcome, Ending, OutOfScope, Right

DID = {
    Right.KNOW: gettext_noop(
        "Below is what we hold about you, where it came from, what we use it for and who gets it."
    ),
    Right.ACCESS: gettext_noop("Below is the copy of your data that you asked for."),
    Right.CORRECT: gettext_noop("We corrected what you told us was wrong."),
    Right.DELETE: gettext_noop("We deleted your data."),
    Right.RESTRICT: gettext_noop("We limited what we do with your data, as you asked."),
    Right.OBJECT: gettext_noop("We stopped the use that you objected to."),
    Right.PORTABILITY: gettext_noop("Below is your data, in a form that you can take elsewhere."),
    Right.WITHDRAW_CONSENT: gettext_noop("Your consent is taken back. It no longer counts from today on."),
    Right.OPT_OUT: gettext_noop(
        "We no longer sell or share your data, or use it for ads, under the address or number you gave."
    ),
    Right.LIMIT_SENSITIVE: gettext_noop("We limited the use of your sensitive data, as you asked."),
    Right.RETALIATION: gettext_noop("We looked into how you were treated."),
}
DID_FOR_ANOTHER = DID | {
    Right.KNOW: gettext_noop("Below is what we hold, where it came from, what we use it for and who gets it."),
    Right.ACCESS: gettext_noop("Below is the copy of the data that you asked for."),
    Right.DELETE: gettext_noop("We deleted the data."),
    Right.RESTRICT: gettext_noop("We limited what we do with the data, as you asked."),
    Right.PORTABILITY: gettext_noop("Below is the data, in a form that can be taken elsewhere."),
    Right.WITHDRAW_CONSENT: gettext_noop("The consent is taken back. It no longer counts from today on."),
    Right.OPT_OUT: gettext_noop(
        "We no longer sell or share the data, or use it for ads, under the address or number you gave."
    ),
    Right.LIMIT_SENSITIVE: gettext_noop("We limited the use of the sensitive data, as you asked."),
    Right.RETALIATION: gettext_noop("We looked into what you told us."),
}
DECIDED = {
    Ending.FULFILLED: gettext_noop("We did what you asked for."),
    Ending.PARTLY: gettext_noop("We did a part of what you asked for, and left a part out."),
    Ending.REFUSED: gettext_noop("We did not do what you asked for."),
    Ending.NOTHING_HELD: gettext_noop("We looked for data about you and found nothing."),
    Ending.IDENTITY_NOT_SHOWN: gettext_noop(
        "We did not do what you asked for, because we could not be sure that it was you."
    ),
    Ending.NO_ANSWER: gettext_noop(
        "We closed your request without an answer, because what we asked you for did not come. We reminded you, and "
        "told you seven days before."
    ),
    Ending.OUT_OF_SCOPE: gettext_noop("This portal cannot help with what you asked, but somebody else can."),
    Ending.NOT_A_REQUEST: gettext_noop("We closed this, because it asked for nothing that we could do here."),
}
DECIDED_FOR_ANOTHER = DECIDED | {
    Ending.NOTHING_HELD: gettext_noop("We looked for the data and found nothing."),
    Ending.IDENTITY_NOT_SHOWN: gettext_noop(
        "We did not do what you asked for, because we could not be sure whose data it is."
    ),
}
WITH_AN_APPEAL = keeping.APPEALABLE
# Where to go with what our privacy policy does not cover (policy section 1).
WHERE_TO_GO = {
    OutOfScope.EMPLOYEE: gettext_noop(
        "You asked about your work with us. Please write to the people team at Primevox, or ask your manager whom to "
        "turn to. They hold those files, and the law gives you rights there too."
    ),
    OutOfScope.APPLICANT: gettext_noop(
        "You asked about a job application. Please reply to the person who wrote to you about the job, or write to the "
        "people team at Primevox."
    ),
    OutOfScope.CONTRACTOR: gettext_noop(
        "You asked about your work for us as a contractor. Please write to your contact at Primevox, or to the people "
        "team."
    ),
    OutOfScope.OTHER_COMPANY: gettext_noop(
        "The data you mean is held by another company. If you were called by, or called, a company that uses our "
        "service, please ask that company. If it is a site we only link to, please ask that site."
    ),
    OutOfScope.OTHER: gettext_noop("Our privacy policy does not cover this."),
}


@dataclass(frozen=True)
class Draft:
    """What staff chose and wrote. `text` is the answer itself, such as the copy of the data."""

    ending: Ending
    text: str = ""
    reason: str = ""
    grounds: tuple[str, ...] = field(default=())
    out_of_scope: OutOfScope | None = None
    holds_call_records: bool = False

    def letter(self, rights_request: RightsRequest) -> dict[str, Any]:
        """The letter as it will be sent: `{"language", "sections": [{"heading", "paragraphs"}]}`."""
        with override(rights_request.submission.language):
            sections = [_section(_("What we decided"), self._decision(rights_request))]
            if reasons := self._reasons():
                sections.append(_section(_("Why"), reasons))
            if self.text.strip():
                sections.append(_section(_("Our answer"), _paragraphs(self.text)))
            if self.out_of_scope:
                sections.append(_section(_("Where you can go"), [_(WHERE_TO_GO[self.out_of_scope])]))
            if self.ending in WITH_AN_APPEAL:
                sections.append(_section(_("What you can do"), _ways_on(rights_request)))
            elif self.ending in (Ending.OUT_OF_SCOPE, Ending.NOT_A_REQUEST):
                sections.append(_section(_("What you can do"), [_("You can send us a new request at any time.")]))
            return {"language": rights_request.submission.language, "sections": sections}

    def _decision(self, rights_request: RightsRequest) -> list[str]:
        for_another = about_whom.of(rights_request.submission.capacity).for_another
        decision = [_((DECIDED_FOR_ANOTHER if for_another else DECIDED)[self.ending])]
        if self.ending in (Ending.FULFILLED, Ending.PARTLY):
            decision.append(_((DID_FOR_ANOTHER if for_another else DID)[Right(rights_request.right)]))
        if self.ending is Ending.NOTHING_HELD:
            decision.append(_("We searched with the name, addresses and numbers that you gave us."))
        return decision

    def _reasons(self) -> list[str]:
        chosen = [grounds.ground(ground_id) for ground_id in self.grounds]
        ruled = [f"{_(ground.plain) if ground.plain else ground.summary} ({ground.cite})" for ground in chosen]
        if self.ending is Ending.IDENTITY_NOT_SHOWN:
            ruled.append(
                _("What you sent did not let us find a match in our records. To keep the data safe, we stopped there.")
            )
        return ruled + _paragraphs(self.reason)


APPEAL_DECIDED = {
    AppealOutcome.UPHELD: gettext_noop("Somebody who had no part in our first answer looked at it again. It stays."),
    AppealOutcome.OVERTURNED: gettext_noop(
        "Somebody who had no part in our first answer looked at it again. We changed our decision, and your request is "
        "open again."
    ),
    AppealOutcome.PARTLY_OVERTURNED: gettext_noop(
        "Somebody who had no part in our first answer looked at it again. We changed a part of our decision, and your "
        "request is open again for that part."
    ),
}


def appeal_letter(rights_request: RightsRequest, outcome: AppealOutcome, reasons: str) -> dict[str, Any]:
    """What a second look came to, and why (policy §10). Upheld, it names whom else the person can turn to."""
    with override(rights_request.submission.language):
        sections = [
            _section(_("What we decided"), [_(APPEAL_DECIDED[outcome])]),
            _section(_("Why"), _paragraphs(reasons)),
        ]
        if outcome is not AppealOutcome.OVERTURNED:
            sections.append(_section(_("What you can do"), authority_lines(rights_request)))
        if outcome is not AppealOutcome.UPHELD:
            until = deadlines.after_appeal(timezone.localdate()).due_on
            sections.append(
                _section(_("What happens next"), [_("We answer anew by %(until)s.") % {"until": words.day(until)}])
            )
        return {"language": rights_request.submission.language, "sections": sections}


def _section(heading: str, paragraphs: list[str]) -> dict[str, Any]:
    return {"heading": heading, "paragraphs": paragraphs}


def _paragraphs(text: str) -> list[str]:
    return [block.strip() for block in text.replace("\r\n", "\n").split("\n\n") if block.strip()]


def _ways_on(rights_request: RightsRequest) -> list[str]:
    """How to appeal (policy §10), the authority for the residence, and that asking again is always possible."""
    regime = regimes.by_id(rights_request.regime)
    until = timezone.localdate() + timedelta(days=regime.appeal.file_within)
    look_again = _(
        "You can ask us to look again until %(until)s, on your page or in any other way: %(email)s, %(phone)s. Name "
        "the reference %(reference)s. Somebody else will decide then."
    ) % {
        "until": words.day(until),
        "email": settings.COMPLIANCE_EMAIL,
        "phone": telephone.in_words(),
        "reference": references.spoken(rights_request.reference),
    }
    return [look_again, *authority_lines(rights_request), _("You can send us a new request at any time.")]


def authority_lines(rights_request: RightsRequest) -> list[str]:
    """Whom outside Primevox a person can turn to, by their residence (policy §10)."""
    residence = rights_request.submission.residence or None
    authority = regimes.authority_for(residence, rights_request.received_on)
    ways = [
        _("You can also turn to this authority: %(name)s, %(website)s")
        % {"name": authority.name, "website": authority.website}
    ]
    if authority.how:
        ways.append(_(authority.how))
    if rights_request.regime in ("eu_gdpr", "uk_gdpr"):
        ways.append(_("You can also go to court."))
    return ways
