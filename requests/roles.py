"""Who may do what: the one table of verbs and roles. Code, screens and tests read it.

What somebody may do here still has to be allowed by the state of the request (`workflow.MOVES`), and two verbs
ask for another person than the one before them (`release`, `decide_appeal`).
"""

from typing import Any

from requests.terms import Role

TRIAGE, VERIFIER, APPROVER, AUDITOR = Role.TRIAGE, Role.VERIFIER, Role.APPROVER, Role.AUDITOR

SEES_CASES = frozenset({TRIAGE, VERIFIER, APPROVER, AUDITOR})  # an administrator sees none
MAY: dict[str, frozenset[Role]] = {
    "take": frozenset({TRIAGE, VERIFIER, APPROVER}),
    "turn_into": frozenset({TRIAGE, APPROVER}),
    "ask": frozenset({TRIAGE, VERIFIER, APPROVER}),
    "note": frozenset({TRIAGE, VERIFIER, APPROVER}),
    "extend": frozenset({TRIAGE, APPROVER}),
    "answer": frozenset({TRIAGE, APPROVER}),
    "refuse": frozenset({TRIAGE, APPROVER}),
    "end_identity_not_shown": frozenset({TRIAGE, VERIFIER, APPROVER}),
    "release": frozenset({APPROVER}),
    "send_back": frozenset({APPROVER}),
    "withdraw": frozenset({TRIAGE, APPROVER}),
    "undo": frozenset({TRIAGE, APPROVER}),
    "tell": frozenset({TRIAGE, VERIFIER, APPROVER}),
    "settle_letters": frozenset({TRIAGE, VERIFIER, APPROVER}),
    "end_out_of_scope": frozenset({TRIAGE, APPROVER}),
    "end_not_a_request": frozenset({TRIAGE, APPROVER}),
    "end_no_answer": frozenset({TRIAGE, APPROVER}),
    "give_notice": frozenset({TRIAGE, APPROVER}),
    "merge": frozenset({TRIAGE, APPROVER}),
    "add_file": frozenset({TRIAGE, APPROVER}),
    "remove_file": frozenset({TRIAGE, APPROVER}),
    "look_at_file": frozenset({TRIAGE, VERIFIER, APPROVER}),
    "file_for_requester": frozenset({TRIAGE, APPROVER}),
    "take_appeal": frozenset({APPROVER}),
    "extend_appeal": frozenset({APPROVER}),
    "decide_appeal": frozenset({APPROVER}),
    "assess_fee": frozenset({APPROVER}),
    "accept_fee_for_requester": frozenset({TRIAGE, APPROVER}),
    "fee_paid": frozenset({TRIAGE, APPROVER}),
    "waive_fee": frozenset({TRIAGE, APPROVER}),
    "place_hold": frozenset({APPROVER}),
    "lift_hold": frozenset({APPROVER}),
    "freeze": frozenset({TRIAGE, VERIFIER, APPROVER}),
    "free": frozenset({APPROVER}),
    "end_not_you": frozenset({APPROVER}),
    "mark_sensitive": frozenset({TRIAGE, VERIFIER, APPROVER}),
    "raise_level": frozenset({TRIAGE, VERIFIER, APPROVER}),
    "lower_level": frozenset({TRIAGE, VERIFIER, APPROVER}),
    "confirm_lower_level": frozenset({APPROVER}),
    "refuse_lower_level": frozenset({TRIAGE, VERIFIER, APPROVER}),
    "decide_authority": frozenset({VERIFIER}),
    "new_continuation_code": frozenset({VERIFIER}),
    "enter_contact_on_file": frozenset({VERIFIER}),
    "look_at_evidence": frozenset({VERIFIER}),
    "decide_identity": frozenset({VERIFIER}),
    "ask_for_document": frozenset({VERIFIER}),
}


def roles_of(user: Any) -> frozenset[str]:
    return getattr(user, "roles", frozenset())


def may(user: Any, verb: str) -> bool:
    """Whether one of the user's roles allows the verb."""
    return bool(MAY[verb] & roles_of(user))


def may_set_levels(user: Any) -> bool:
    """Whether the user may change how sure we need to be: a setting, and no case."""
    return Role.ADMINISTRATOR in roles_of(user)


def sees_cases(user: Any) -> bool:
    return bool(SEES_CASES & roles_of(user))


def ensure_groups(sender, using: str, **kwargs) -> None:
    """A group for every role, after each `migrate`."""
    from django.contrib.auth.models import Group

    for role in Role:
        Group.objects.using(using).get_or_create(name=role.value)
