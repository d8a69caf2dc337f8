"""When the search for a request begins: once somebody works on it and identity is shown as far as it needs.

Not sooner. Before that it may be anybody who asks, and each owner of a system would learn of a person who never asked
(policy §8, §12). Not by a button either: the date we work to does not wait for somebody to press it. The two facts that
complete it ring at once; what they miss (an authority accepted, a fee waived) the minute sweep finds.
"""

from django.db.models import Q
from django.utils import timezone

from primevox_privacy.ledger.models import record
from requests import acting_for, identity, records
from requests.inventory import in_force, passes
from requests.inventory.models import Checklist, System, Task
from requests.inventory.passes import Pass
from requests.models import Fee, RightsRequest, Submission
from requests.terms import Right, Status
from requests.turns import in_turn
from verification.customers.directory import Unreachable
from verification.levels import AssuranceLevel
from verification.models import Check, CheckState, EvidenceKind

IN_WORK = (Status.IN_PROGRESS, Status.WAITING)


def is_ready(one: RightsRequest) -> bool:
    """Whether its systems may be searched now."""
    return (
        one.status in IN_WORK
        and one.handler_id is not None
        and one.frozen_at is None
        and Right(one.right) in passes.SEARCHED
        and identity.is_shown(one)
        and acting_for.why_not_answer(one) is None
        and not Fee.objects.unanswered().filter(rights_request=one).exists()
    )


def after_check(sender: type[Check], check: Check, **kwargs) -> None:
    """Identity was decided."""
    _begin_all(_candidates().filter(submission__check_made=check))


def after_taking(sender: type[RightsRequest], rights_request: RightsRequest, **kwargs) -> None:
    """Somebody works on it from now on."""
    _begin_all(_candidates().filter(pk=rights_request.pk))


def after_another_right(sender: type[RightsRequest], rights_request: RightsRequest, **kwargs) -> None:
    """What was asked of owners for the right before, and nobody has looked at, is asked no more."""
    Task.objects.filter(checklist__rights_request=rights_request).delete()
    Checklist.objects.filter(rights_request=rights_request).delete()
    after_taking(sender, rights_request)


def begin_owed() -> None:
    """What could begin by now and has not."""
    _begin_all(_candidates())


def _candidates():
    shown = Q(level=AssuranceLevel.T0) | Q(submission__check_made__state=CheckState.PASSED)
    waiting = RightsRequest.objects.of_people().filter(shown, status__in=IN_WORK, frozen_at=None)
    waiting = waiting.filter(checklist=None, right__in=passes.SEARCHED, handler__isnull=False)
    return waiting.select_related("submission__check_made", "content_key").order_by("pk")


def _begin_all(requests) -> None:
    if System.objects.exists():
        for one in requests:
            if is_ready(one):
                begin(one)


@in_turn
def begin(one: RightsRequest) -> Checklist | None:
    """A task for each system that holds a category in question. None while no system is entered: an empty list would
    look like one that is done."""
    systems = [system for system in in_force.systems() if asked_of(one, system)]
    if not systems or Checklist.objects.filter(rights_request=one).exists():
        return None
    made = open_list(one)
    for system in systems:
        give(made, system, Pass.FIND)
    record(one.pk, "search_begun", by="system", version=made.edition.number, systems=len(systems))
    return made


def asked_of(one: RightsRequest, system: System) -> bool:
    return passes.in_question(system.categories, about_marketing=one.about_marketing)


def open_list(one: RightsRequest) -> Checklist:
    """Its list, with what our own record says to search for where a verifier found the person there; else staff say
    it."""
    edition = in_force.edition()
    assert edition
    made = Checklist(rights_request=one, edition=edition, content_key=one.content_key)
    made.search_for = _on_record(one.submission)
    made.save(force_insert=True)
    return made


def _on_record(submission: Submission) -> str | None:
    """The contact on file, and of whom a verifier chose the account number, the name and every other contact: a system
    that knows one of them only would else say that it holds nothing. From the record, and never from what was given as
    proof (policy §8)."""
    contact, check = identity.contact_on_file(submission), submission.check_made
    if contact is None or check is None:
        return contact.email if contact else None
    try:
        customer = records.chosen(check)
    except Unreachable:
        customer = None
    if customer is None:
        return contact.email
    accounts = [fact.value for fact in customer.facts if fact.kind is EvidenceKind.ACCOUNT_NUMBER]
    contacts = [one.address for one in customer.contacts]
    return "\n".join(dict.fromkeys([*accounts, customer.name, contact.email or "", *contacts]))


def give(checklist: Checklist, system: System, kind: Pass) -> Task:
    """One task, for the owner of the system."""
    one = checklist.rights_request
    made = Task(
        checklist=checklist,
        kind=kind,
        system=system,
        slug=system.slug,
        owner=system.owner,
        due_on=passes.due_on(kind, timezone.localdate(), one.leading_on),
        content_key=one.content_key,
    )
    made.save(force_insert=True)
    return made
