"""Identity shown by what somebody knows: with which record of ours a verifier compared it.

Facts that match nothing show nothing. So a record was chosen, or a contact of one was entered; and where that record
bears another name than was given, the verifier says in words why it is the same person all the same. Somebody who is
no customer has no record: what they know of a call is compared with the call.
"""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import Event, record
from primevox_privacy.staff.models import User
from requests import identity, records, workflow
from requests.models import RightsRequest, Submission
from requests.records import Candidate, CannotCount
from requests.turns import in_turn
from requests.workflow import need
from verification import checks
from verification.customers.directory import Unreachable
from verification.customers.matching import Same
from verification.levels import AssuranceLevel
from verification.models import FACTS, Check, EvidenceKind

CHOSEN = "customer_record_chosen"


class NamesDiffer(CannotCount):
    """The name on the record is another than the one that was given, and nobody said why that is so."""


def decide(
    one: RightsRequest,
    method: str,
    matched: Collection[EvidenceKind],
    disputed: Collection[EvidenceKind] = (),
    *,
    customer: str = "",
    why: str = "",
    by: User,
) -> AssuranceLevel:
    """Record what the verifier compared, with which record (`customer`), and `why` as an internal note. Raises
    CannotCount as `records.decide`, and where it was compared with nothing; NamesDiffer where it needs a reason. That
    these told something of the record stays recorded, so they come before the step itself."""
    need(by, "decide_identity")
    check, why = identity.check_of(one), why.strip()
    found = None
    reached = not check.is_decided and checks.would_reach(check, method, matched, disputed) > AssuranceLevel.T0
    if reached and method == "matched_facts" and set(matched) & set(FACTS):
        found = _chosen(check, one.submission, customer, by=by)
        if found is None and (customer or identity.contact_on_file(one.submission) is None):
            raise CannotCount(
                _("With which record? Look in the customer record and choose one, or enter a contact on file first.")
            )
        if found and _names_differ(found) and not why:
            record(check.pk, "customer_record_looked_at", by=by.as_actor, customers=[])  # what is said now came from it
            raise NamesDiffer(_("The name on record differs from the one that was given. Write why it is this person."))
    records.need_countable(one.submission, matched, disputed, by=by)
    return _decide(one, method, matched, disputed, chosen=found if customer else None, why=why, by=by)


@in_turn
def _decide(
    one: RightsRequest,
    method: str,
    matched: Collection[EvidenceKind],
    disputed: Collection[EvidenceKind],
    *,
    chosen: Candidate | None,
    why: str,
    by: User,
) -> AssuranceLevel:
    if chosen:
        record(identity.check_of(one).pk, CHOSEN, by=by.as_actor, customer=chosen.customer.id)
    level = records.decide(one.submission, method, matched, disputed, by=by)
    if why:
        workflow.note(one, why, by=by)
    return level


def _chosen(check: Check, submission: Submission, customer: str, *, by: User) -> Candidate | None:
    """The record that a verifier names now, or whose contact they took before. None where the source does not offer it
    any more, or is away."""
    if not customer:
        last: Any = Event.objects.filter(about=check.pk, kind=CHOSEN).order_by("-at").first()
        if last is None:
            return None
        customer = last.detail["customer"]
    try:
        found = records.look(submission, by=by, goes_on=True)
    except Unreachable:
        return None
    return next((one for one in found if one.customer.id == customer), None)


def _names_differ(found: Candidate) -> bool:
    return any(line.kind == "name" and line.same is Same.NO for line in found.lines)
