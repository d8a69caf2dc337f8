"""The facts of a case. Names, addresses and numbers are masked until somebody says what they need them for."""

from collections.abc import Callable
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django_countries import countries

from requests import acting_for, fees, identity, masking, raising, receipt_times, regimes, words
from requests.admin import which_contact
from requests.admin.authority import who_asks
from requests.admin.beside import step_said
from requests.admin.steps import changing_contact
from requests.assurance import Sensitivity
from requests.models import RightsRequest, Submission
from requests.terms import Channel, Right
from verification.levels import AssuranceLevel


def facts(one: RightsRequest, shown: bool = False) -> list[tuple[str, Any]]:
    """Name and value of each line that has one; `shown`: without masks, for somebody who said why."""
    submission = one.submission

    def masked(mask: Callable[[str], str], given: str | None) -> str:
        return (given if shown else mask(given)) if given else ""

    for_another = submission.capacity in acting_for.FOR_SOMEBODY_ELSE
    regime = regimes.by_id(one.regime)
    country = str(countries.name(submission.residence[:2])) if submission.residence else _("not said")
    place = regimes.SUBDIVISION_NAMES.get(submission.residence, "")
    lines: list[tuple[str, Any]] = [
        (_("Right"), words.RIGHTS[Right(one.right)]),
        (_("Sent as"), words.RIGHTS[one.sent_as] if one.asked_as else ""),
        (_("Law"), f"{regime.name} ({regime.citation})" if regime.citation else regime.name),
        (_("Residence"), ", ".join(filter(None, [place, country]))),
        (_("Step"), step_said(one, fees.waiting(one) is not None)),
        (_("Ending"), words.ending_for_staff(one.ending, submission.capacity) if one.ending else ""),
        (_("Received"), words.day(one.received_on)),
        *((_("Received, put right"), said) for said in receipt_times.history(one)),
        (_("Another time of receipt is proposed"), receipt_times.proposal(one)),
        (_("Reached us by"), words.CHANNELS[Channel(submission.channel)]),
        (_("Proof needed"), words.LEVELS[one.needs]),
        (_("Why this proof"), _why_this_proof(one)),
        (_("Data"), words.SENSITIVITIES[Sensitivity.SENSITIVE] if one.sensitive else ""),
        (_("Less proof is proposed"), raising.proposal(one)),
        (_("Handler"), one.handler),
        (_("Name of who asks") if for_another else _("Name"), masked(masking.words, submission.name)),
        (_("E-mail"), which_contact.beside(submission, submission.email, masked(masking.email, submission.email))),
        (_("Telephone typed into the form"), masked(masking.number, submission.phone)),
        (_("Also known to us by"), masked(masking.known_by, submission.also_known_by)),
        *who_asks(submission, shown),
        (_("Global Privacy Control"), _("Sent by the browser: do not sell or share") if submission.signal_seen else ""),
        (_("Wants to be reached at (new contact)"), masked(masking.known_by, changing_contact.wanted(one))),
        (_("Was reached at before"), masked(masking.known_by, changing_contact.before(one))),
        (_("Contact confirmed"), _("yes") if submission.contact_confirmed_at else _("not yet")),
    ]
    if one.needs > AssuranceLevel.T0:
        lines.append((_("Contact on file"), _on_file(submission, masked)))
    return [(name, value) for name, value in lines if value]


def _on_file(submission: Submission, masked: Callable[[Callable[[str], str], str | None], str]) -> str:
    contact = identity.contact_on_file(submission)
    if contact is None:
        return _("not entered yet")
    return _("%(email)s, in our record since %(day)s, entered by %(who)s") % {
        "email": masked(masking.email, contact.email),
        "day": words.day(contact.on_file_since),
        "who": contact.entered_by,
    }


def _why_this_proof(one: RightsRequest) -> str:
    """The reason in words; which version of the table it is stands small, for who looks it up."""
    version = one.level_rule.partition(" ")[2]
    if not version:
        return raising.why(one)
    small = _("Table of levels, version %(version)s") % {"version": version}
    return format_html('{} <span class="why" title="{}">{}</span>', raising.why(one), one.level_rule, small)
