"""Where the case meets the vault: asking who somebody is, and knowing whether it was shown.

The vault decides how sure a check made us; here it is compared with what each request needs.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import Event, record
from primevox_privacy.sealed.cipher import blind_index
from primevox_privacy.sealed.models import DataKey
from primevox_privacy.staff.models import User
from requests import acting_for, assurance, found_by, letters, post, waiting
from requests.assurance import Record
from requests.models import RightsRequest, Submission
from requests.terms import Capacity, Ending, Status
from requests.turns import in_turn
from verification import checks
from verification.levels import AssuranceLevel
from verification.models import (
    FACTS,
    FACTS_OF_NON_CUSTOMERS,
    Check,
    CheckState,
    ContactOnFile,
    EvidenceKind,
)

FACTS_IN = {Record.ACCOUNT: FACTS, Record.ENCOUNTER: FACTS_OF_NON_CUSTOMERS}
EMAIL = found_by.EMAIL  # purpose of the blind index


@dataclass(frozen=True)
class Task:
    """What the requester is asked to do, and why."""

    level: AssuranceLevel
    facts: int
    statement: bool
    statement_is_kept: bool
    again: bool
    again_after: AssuranceLevel  # what was reached before, where that was too little; T0 where nothing was shown
    capacity: Capacity

    @property
    def by_code(self) -> bool:
        return self.level is AssuranceLevel.T1

    @property
    def by_document(self) -> bool:
        return self.level is AssuranceLevel.T4

    @property
    def one_more_fact(self) -> bool:
        """Whether another fact than those that fitted is enough."""
        before = assurance.facts_needed(self.again_after)
        return bool(before) and assurance.facts_needed(self.level) - before == 1

    @property
    def for_another(self) -> bool:
        return self.capacity in acting_for.FOR_SOMEBODY_ELSE


def facts_offered(capacity: Capacity) -> dict[Record, tuple[EvidenceKind, ...]]:
    """The facts that somebody can give, by the record of ours that they are compared with."""
    return {record: FACTS_IN[record] for record in assurance.COMPARED_WITH[capacity]}


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


def begin_anew(submission: Submission, level: AssuranceLevel) -> None:
    """Ask once more: in the same check while its proof is still kept, in a new one where it is destroyed or about
    to be. What waits for the requester or the verifier already stays as it is."""
    check = submission.check_made
    if check is not None and check.proof_key.ends_at is None and check.proof_key.destroyed_at is None:
        checks.raise_level(check, level)
        return
    submission.check_made = None
    check = checks.begin(submission.pk, level)
    check.proof_key.save(force_insert=True)
    check.save(force_insert=True)
    submission.check_made = check
    submission.save(update_fields=["check_made"])
    record(check.pk, "identity_asked_again", by="system", round=1)


def begin_after_new_contact(submission: Submission) -> bool:
    """Another contact took the place of the one before: what was shown with it is asked for once more, where something
    open still needs it. Whether it is."""
    check = submission.check_made
    if check is None or not DataKey.objects.alive().filter(pk=check.proof_key_id, ends_at=None).exists():
        return False
    return any(needs_it(one) for one in submission.rights_requests.all()) and checks.begin_anew(check)


def renew(submission: Submission) -> None:
    """A request was opened again: where its check never passed and its proof is gone, there is a new one."""
    check = submission.check_made
    if check is None or check.state == CheckState.PASSED or check.proof_key.destroyed_at is None:
        return
    needed = [one.needs for one in submission.rights_requests.open()]
    if needed and max(needed) > AssuranceLevel.T0:
        begin_anew(submission, max(needed))


def checks_of(submission: Submission) -> list[uuid.UUID]:
    """All checks of a submission, the first first; a second look can begin another."""
    return list(Check.objects.filter(subject=submission.pk).order_by("asked_at").values_list("pk", flat=True))


def needs_it(one: RightsRequest) -> bool:
    """Open, or looked at again because identity was not shown. Nothing is asked for while it is frozen."""
    if one.needs is AssuranceLevel.T0 or one.frozen_at:
        return False
    return one.is_open or one.appeals.open().filter(first_ending=Ending.IDENTITY_NOT_SHOWN).exists()


def task_of(submission: Submission) -> Task | None:
    """What waits for the requester, if anything: the check is open and a request still needs it."""
    check = submission.check_made
    if check is None or check.state != CheckState.OPEN:
        return None
    if check.asked is AssuranceLevel.T1 and acting_for.waits_for_decision(submission):
        return None  # the code decides at once, and papers go with that decision: the authority comes first
    requests = [one for one in submission.rights_requests.all() if needs_it(one)]
    if not requests:
        return None
    return Task(
        level=check.asked,
        facts=assurance.facts_needed(check.asked),
        statement=assurance.statement_needed(check.asked),
        statement_is_kept=any(_keeps_statement(one) for one in requests),
        again=check.round > 1,
        again_after=shown_below(check),
        capacity=Capacity(submission.capacity),
    )


def shown_below(check: Check) -> AssuranceLevel:
    """What the last decision on an open check had reached, which was less than is asked now; T0 where what was given
    last did not fit, or nothing was given."""
    said = [CheckState.GIVEN, CheckState.PASSED, CheckState.NOT_SHOWN, CheckState.NO_RECORD]
    last = Event.objects.about(check.pk).filter(kind__in=[f"identity_{state}" for state in said]).last()
    if last is None or last.kind != f"identity_{CheckState.PASSED}":
        return AssuranceLevel.T0
    return AssuranceLevel(last.detail["level"])


def _keeps_statement(rights_request: RightsRequest) -> bool:
    return (
        assurance.statement_needed(rights_request.needs) and rights_request.regime in assurance.STATEMENTS_ARE_KEPT_BY
    )


@in_turn
def show(submission: Submission, facts: Mapping[EvidenceKind, str], statement: str | None) -> None:
    """The requester shows who they are. Where the law wants signed statements kept, one goes to the record."""
    check = submission.check_made
    assert check is not None
    checks.give(check, facts, statement)
    if statement:
        for one in submission.rights_requests.select_related("record_key"):
            if needs_it(one) and _keeps_statement(one):
                one.signed_statement = {"text": statement}
                one.save(update_fields=["signed_statement"])
                record(one.pk, "statement_kept", by="requester")


def can_be_told(submission: Submission) -> bool:
    """Whether the requester learns of something: by mail or post, or on their page with a continuation code."""
    return bool(submission.email or submission.continuation_digest) or post.goes_by_post(submission)


def look_again(rights_request: RightsRequest) -> None:
    """What it needs and what was shown, now that it is our turn: a colleague may just have asked for more."""
    rights_request.refresh_from_db(fields=["level"])
    rights_request.submission.refresh_from_db(fields=["check_made"])


def is_shown(rights_request: RightsRequest) -> bool:
    """Whether the check reached what this request needs."""
    check = rights_request.submission.check_made
    if rights_request.needs is AssuranceLevel.T0:
        return True
    return check is not None and check.state == CheckState.PASSED and check.reached >= rights_request.needs


def was_ever_shown(submission: Submission) -> bool:
    """Whether any check of a submission passed, even one that was opened again or followed by another since."""
    if submission.check_made_id is None:
        return False
    return Event.objects.filter(about__in=checks_of(submission), kind=f"identity_{CheckState.PASSED}").exists()


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


@in_turn
def ask_again(submission: Submission, *, by: User) -> None:
    """What was given did not match. The requester may try again, and is told so."""
    check = submission.check_made
    assert check is not None
    checks.ask_again(check, by=by)
    waiting.ask_for_proof(submission, f"again:{check.pk}:{check.round}", by=by)


CONTACT_STOOD_DAYS = 30  # a contact that came into our record later than this before receipt proves nothing
OLDEST_CONTACT = date(1950, 1, 1)


def why_not_contact(submission: Submission, on_file_since: date) -> str | None:
    """Why a contact with this date cannot be entered now, in words for staff; None if it can."""
    if submission.contact_key.destroyed_at:
        return _("The contact details of this submission are deleted. A new request can be sent at any time.")
    if submission.rights_requests.filter(status=Status.IN_REVIEW).exists():
        return _("An answer waits for release. Send it back first: who releases has to see where it goes.")
    if on_file_since < OLDEST_CONTACT:
        return _("Check the day: nobody was our customer then.")
    if on_file_since > submission.received_on - timedelta(days=CONTACT_STOOD_DAYS):
        return _("It was in our record for less than 30 days when the request came. Use an older one, or another way.")
    return None


@in_turn
def enter_contact(submission: Submission, email: str, on_file_since: date, *, by: User) -> ContactOnFile:
    """A verifier enters a contact from the controller's own record. Where a code to it suffices, the requester is
    told that something waits for them; the letter is the same whatever was entered."""
    contact = checks.contact_on_file(submission.pk)
    if contact and contact.email != email:
        letters.contact_changed(submission, contact)
    made = checks.enter_contact_on_file(submission.pk, submission.contact_key, email, on_file_since, by=by)
    letters.somebody_acts_for_you(submission, made)
    letters.identity_shown(submission)
    acting_for.was_told(submission)
    task = task_of(submission)
    if contact is None and task and task.by_code:
        letters.task(submission, f"code:{submission.check_made_id}")
    return made


def contact_on_file(submission: Submission) -> ContactOnFile | None:
    return checks.contact_on_file(submission.pk)


def typed_is_on_file(submission: Submission) -> bool:
    """Whether the address typed into the form is the very one on file; a code to one then reached the other."""
    contact = contact_on_file(submission)
    return bool(contact and submission.email and blind_index(EMAIL, contact.email) == submission.email_index)
