"""The steps that a case page offers, in the order of the page. One file for each kind of work."""

from primevox_privacy.staff.models import User
from requests import roles
from requests.admin.steps import appealing, coming_back, ending, fees, files, holds, messages, working
from requests.admin.steps.base import Step, StepForm
from requests.models import RightsRequest

STEPS: tuple[Step, ...] = (
    *working.STEPS,
    *messages.STEPS,
    *files.STEPS,
    *ending.STEPS,
    *fees.STEPS,
    *appealing.STEPS,
    *holds.STEPS,
    *coming_back.STEPS,
)
BY_VERB = {step.verb: step for step in STEPS}


def offered_to(user: User, one: RightsRequest) -> list[Step]:
    """The steps that this person may take on this request now."""
    return [step for step in STEPS if roles.may(user, step.verb) and step.offered(one, user)]


__all__ = ["BY_VERB", "STEPS", "Step", "StepForm", "offered_to"]
