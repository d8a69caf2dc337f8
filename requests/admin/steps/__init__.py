"""The steps that a case page offers, in the order of the page. One file for each kind of work."""

from primevox_privacy.staff.models import User
from requests import roles
from requests.admin.steps import (
    appealing,
    changing_contact,
    coming_back,
    documents,
    ending,
    fees,
    files,
    holds,
    levels,
    messages,
    passing_on,
    receipt,
    searching,
    showing,
    undelivered,
    working,
)
from requests.admin.steps.base import HEADINGS, Group, Step, StepForm
from requests.admin.steps.next import PAPER_WAITS, identity_waits, next_of, paper_waits
from requests.models import RightsRequest

STEPS: tuple[Step, ...] = (
    *working.STEPS,
    *passing_on.STEPS,
    *levels.STEPS,
    *receipt.STEPS,
    *documents.STEPS,
    *searching.STEPS,
    *messages.STEPS,
    *showing.STEPS,
    *changing_contact.STEPS,
    *undelivered.STEPS,
    *files.STEPS,
    *ending.STEPS,
    *fees.STEPS,
    *appealing.STEPS,
    *holds.STEPS,
    *coming_back.STEPS,
)
BY_VERB = {step.verb: step for step in STEPS}


def offered_to(user: User, one: RightsRequest) -> list[Step]:
    """The steps that this person may take on this request now; while it is frozen, those that are allowed then."""
    return [
        step
        for step in STEPS
        if roles.may(user, step.verb) and (step.while_frozen or one.frozen_at is None) and step.offered(one, user)
    ]


__all__ = [
    "BY_VERB",
    "HEADINGS",
    "PAPER_WAITS",
    "STEPS",
    "Group",
    "Step",
    "StepForm",
    "identity_waits",
    "next_of",
    "offered_to",
    "paper_waits",
]
