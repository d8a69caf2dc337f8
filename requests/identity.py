"""Where the case meets the vault: asking who somebody is, and knowing whether it was shown.

The vault decides how sure a check made us; here it is compared with what each request needs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import record
from primevox_privacy.sealed.cipher import blind_index
from primevox_privacy.staff.models import User
from requests import assurance, letters
from requests.models import RightsRequest, Submission
from requests.terms import Status
from verification import checks
from verification.levels import AssuranceLevel
from verification.models import Check, CheckState, ContactOnFile, EvidenceKind

EMAIL = "email"  # purpose of the blind index


@dataclass(frozen=True)
class Task:
    """What the requester is asked to do, and why."""

    level: AssuranceLevel
    facts: int
    statement: bool
    statement_is_kept: bool
    again: bool

    @property
    def by_code(self) -> bool:
        return self.level is AssuranceLevel.T1


def ask_for(submission: Submission, level: AssuranceLevel, *, by: User) -> None:
    """Ask for `level`, on top of what the submission's check asks already. T0 asks nothing, ever."""
    if level is AssuranceLevel.T0:
        return
    if submission.check_made is None:
        check = checks.begin(submission.pk, level)
        check.proof_key.save(force_insert=True)
        check.save(force_insert=True)
        submission.check_made = check
        submission.save(update_fields=["check_made"])
    else:
        checks.raise_level(submission.check_made, level, by=by)


def task_of(submission: Submission) -> Task | None:
    """What waits for the requester, if anything: the check is open and a request still needs it."""
    check = submission.check_made
    requests = [one for one in submission.rights_requests.all() if one.is_open and one.needs > AssuranceLevel.T0]
    if check is None or check.state != CheckState.OPEN or not requests:
        return None
    return Task(
        level=check.asked,
        facts=assurance.facts_needed(check.asked),
        statement=assurance.statement_needed(check.asked),
        statement_is_kept=any(_keeps_statement(one) for one in requests),
        again=check.round > 1,
    )


def _keeps_statement(rights_request: RightsRequest) -> bool:
    return (
        assurance.statement_needed(rights_request.needs) and rights_request.regime in assurance.STATEMENTS_ARE_KEPT_BY
    )


@transaction.atomic
def show(submission: Submission, facts: Mapping[EvidenceKind, str], statement: str | None) -> None:
    """The requester shows who they are. Where the law wants signed statements kept, one goes to the record."""
    check = submission.check_made
    assert check is not None
    checks.give(check, facts, statement)
    if statement:
        for one in submission.rights_requests.select_related("record_key"):
            if one.is_open and _keeps_statement(one):
                one.signed_statement = {"text": statement}
                one.save(update_fields=["signed_statement"])
                record(one.pk, "statement_kept", by="requester")


def is_shown(rights_request: RightsRequest) -> bool:
    """Whether the check reached what this request needs."""
    check = rights_request.submission.check_made
    if rights_request.needs is AssuranceLevel.T0:
        return True
    return check is not None and check.state == CheckState.PASSED and check.reached >= rights_request.needs


def is_decided_below(rights_request: RightsRequest) -> bool:
    """Whether the check was decided, on less than this request needs."""
    check = rights_request.submission.check_made
    return check is not None and check.is_decided and not is_shown(rights_request)


def state_of(rights_request: RightsRequest) -> CheckState | None:
    check = rights_request.submission.check_made
    return CheckState(check.state) if check else None


def check_of(rights_request: RightsRequest) -> Check:
    """The check of a request that has one. Raises CheckNotAllowed for a request that needs none."""
    if rights_request.submission.check_made is None:
        raise checks.CheckNotAllowed
    return rights_request.submission.check_made


@transaction.atomic
def ask_again(submission: Submission, *, by: User) -> None:
    """What was given did not match. The requester may try again, and is told so."""
    check = submission.check_made
    assert check is not None
    checks.ask_again(check, by=by)
    letters.identity_task(submission, f"again:{check.pk}:{check.round}")


CONTACT_STOOD_DAYS = 30  # a contact that came into our record later than this before receipt proves nothing
OLDEST_CONTACT = date(1950, 1, 1)


def why_not_contact(submission: Submission, on_file_since: date) -> str | None:
    """Why a contact with this date cannot be entered now, in words for staff; None if it can."""
    if submission.rights_requests.filter(status=Status.IN_REVIEW).exists():
        return _("An answer waits for release. Send it back first: who releases has to see where it goes.")
    if on_file_since < OLDEST_CONTACT:
        return _("Check the day: nobody was our customer then.")
    if on_file_since > submission.received_on - timedelta(days=CONTACT_STOOD_DAYS):
        return _("It was in our record for less than 30 days when the request came. Use an older one, or another way.")
    return None


@transaction.atomic
def enter_contact(submission: Submission, email: str, on_file_since: date, *, by: User) -> ContactOnFile:
    """A verifier enters a contact from the controller's own record. Where a code to it suffices, the requester is
    told that something waits for them; the letter is the same whatever was entered."""
    contact = checks.contact_on_file(submission.pk)
    if contact and contact.email != email:
        letters.contact_changed(submission, contact)
    made = checks.enter_contact_on_file(submission.pk, submission.contact_key, email, on_file_since, by=by)
    task = task_of(submission)
    if contact is None and task and task.by_code:
        letters.identity_task(submission, f"code:{submission.check_made_id}")
    return made


def contact_on_file(submission: Submission) -> ContactOnFile | None:
    return checks.contact_on_file(submission.pk)


def typed_is_on_file(submission: Submission) -> bool:
    """Whether the address typed into the form is the very one on file; a code to one then reached the other."""
    contact = contact_on_file(submission)
    return bool(contact and submission.email and blind_index(EMAIL, contact.email) == submission.email_index)
