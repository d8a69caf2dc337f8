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

from requests import grounds, references, regimes, words
from requests.models import RightsRequest
from requests.terms import Ending, Right

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
DECIDED = {
    Ending.FULFILLED: gettext_noop("We did what you asked for."),
    Ending.PARTLY: gettext_noop("We did a part of what you asked for, and left a part out."),
    Ending.REFUSED: gettext_noop("We did not do what you asked for."),
    Ending.NOTHING_HELD: gettext_noop("We looked for data about you and found nothing."),
    Ending.IDENTITY_NOT_SHOWN: gettext_noop(
        "We did not do what you asked for, because we could not be sure that it was you."
    ),
}
WITH_A_WAY_ON = frozenset({Ending.PARTLY, Ending.REFUSED, Ending.NOTHING_HELD, Ending.IDENTITY_NOT_SHOWN})


@dataclass(frozen=True)
class Draft:
    """What staff chose and wrote. `text` is the answer itself, such as the copy of the data."""

    ending: Ending
    text: str = ""
    reason: str = ""
    grounds: tuple[str, ...] = field(default=())

    def letter(self, rights_request: RightsRequest) -> dict[str, Any]:
        """The letter as it will be sent: `{"language", "sections": [{"heading", "paragraphs"}]}`."""
        with override(rights_request.submission.language):
            sections = [_section(_("What we decided"), self._decision(rights_request))]
            if reasons := self._reasons():
                sections.append(_section(_("Why"), reasons))
            if self.text.strip():
                sections.append(_section(_("Our answer"), _paragraphs(self.text)))
            if self.ending in WITH_A_WAY_ON:
                sections.append(_section(_("What you can do"), _ways_on(rights_request)))
            return {"language": rights_request.submission.language, "sections": sections}

    def _decision(self, rights_request: RightsRequest) -> list[str]:
        decision = [_(DECIDED[self.ending])]
        if self.ending in (Ending.FULFILLED, Ending.PARTLY):
            decision.append(_(DID[Right(rights_request.right)]))
        if self.ending is Ending.NOTHING_HELD:
            decision.append(_("We searched with the name, addresses and numbers that you gave us."))
        return decision

    def _reasons(self) -> list[str]:
        chosen = [grounds.ground(ground_id) for ground_id in self.grounds]
        ruled = [f"{ground.plain or ground.summary} ({ground.cite})" for ground in chosen]
        if self.ending is Ending.IDENTITY_NOT_SHOWN:
            ruled.append(
                _("What you sent did not let us match you with our records. To keep your data safe, we stopped there.")
            )
        return ruled + _paragraphs(self.reason)


def _section(heading: str, paragraphs: list[str]) -> dict[str, Any]:
    return {"heading": heading, "paragraphs": paragraphs}


def _paragraphs(text: str) -> list[str]:
    return [block.strip() for block in text.replace("\r\n", "\n").split("\n\n") if block.strip()]


def _ways_on(rights_request: RightsRequest) -> list[str]:
    """How to appeal (policy §10), the authority for the residence, and that asking again is always possible."""
    regime = regimes.by_id(rights_request.regime)
    residence = rights_request.submission.residence or None
    authority = regimes.authority_for(residence, rights_request.received_on)
    until = timezone.localdate() + timedelta(days=regime.appeal.file_within)
    ways = [
        _(
            "You can ask us to look again until %(until)s. Somebody else will decide then. Write to %(email)s or call "
            "%(phone)s, and name the reference %(reference)s."
        )
        % {
            "until": words.day(until),
            "email": settings.COMPLIANCE_EMAIL,
            "phone": settings.COMPLIANCE_PHONE,
            "reference": references.spoken(rights_request.reference),
        },
        _("You can also turn to this authority: %(name)s, %(website)s")
        % {
            "name": authority.name,
            "website": authority.website,
        },
    ]
    if authority.how:
        ways.append(authority.how)
    if rights_request.regime == "eu_gdpr" or rights_request.regime == "uk_gdpr":
        ways.append(_("You can also go to court."))
    return [*ways, _("You can send us a new request at any time.")]
