"""Who may do what: the one table of verbs and roles. Code, screens, tests and `docs/permissions.md` read it.

What somebody may do here still has to be allowed by the state of the request (`workflow.MOVES`), and two verbs
ask for another person than the one before them (`release`, `decide_appeal`). A verb with a star wants a second factor
that was shown within five minutes: it lets something out, opens a paper or a file, or changes who gets in.

`see_log` is more than `see_cases`, since the log says of colleagues what they opened: for who audits and who approves.
"""

from typing import Any

from requests.terms import Role

TABLE = """
                              triage  verifier  approver  auditor  administrator  collector  fresh
see_cases                       x        x         x         x           .            .        .
take_figures_along              x        x         x         x           .            .        *
see_log                         .        .         x         x           .            .        .
take_log_along                  .        .         x         x           .            .        *
log_request                     x        x         x         .           .            .        .
take                            x        x         x         .           .            .        .
assign                          x        x         x         .           .            .        .
undo_assign                     x        x         x         .           .            .        .
hand_over                       x        .         x         .           .            .        .
set_absence                     x        .         x         .           .            .        .
turn_into                       x        .         x         .           .            .        .
change_right                    x        .         x         .           .            .        .
ask                             x        x         x         .           .            .        .
note                            x        x         x         .           .            .        .
show_contact                    x        x         x         .           .            .        .
extend                          x        .         x         .           .            .        .
answer                          x        .         x         .           .            .        .
refuse                          x        .         x         .           .            .        .
end_identity_not_shown          x        x         x         .           .            .        .
release                         .        .         x         .           .            .        *
send_back                       .        .         x         .           .            .        .
withdraw                        x        .         x         .           .            .        .
undo                            x        .         x         .           .            .        .
tell                            x        x         x         .           .            .        .
settle_letters                  x        x         x         .           .            .        .
end_out_of_scope                x        .         x         .           .            .        .
end_not_a_request               x        .         x         .           .            .        .
end_no_answer                   x        .         x         .           .            .        .
give_notice                     x        .         x         .           .            .        .
merge                           x        .         x         .           .            .        .
add_file                        x        .         x         .           .            .        .
remove_file                     x        .         x         .           .            .        .
look_at_file                    x        x         x         .           .            .        *
file_for_requester              x        .         x         .           .            .        .
take_appeal                     .        .         x         .           .            .        .
extend_appeal                   .        .         x         .           .            .        .
decide_appeal                   .        .         x         .           .            .        *
assess_fee                      .        .         x         .           .            .        .
accept_fee_for_requester        x        .         x         .           .            .        .
fee_paid                        x        .         x         .           .            .        .
waive_fee                       x        .         x         .           .            .        .
place_hold                      .        .         x         .           .            .        .
lift_hold                       .        .         x         .           .            .        *
freeze                          x        x         x         .           .            .        .
free                            .        .         x         .           .            .        .
end_not_you                     .        .         x         .           .            .        .
mark_sensitive                  x        x         x         .           .            .        .
raise_level                     x        x         x         .           .            .        .
lower_level                     x        x         x         .           .            .        .
confirm_lower_level             .        .         x         .           .            .        .
refuse_lower_level              x        x         x         .           .            .        .
propose_receipt                 x        x         x         .           .            .        .
confirm_receipt                 .        .         x         .           .            .        .
decline_receipt                 x        x         x         .           .            .        .
print_letter                    x        x         x         .           .            .        .
post_letter                     x        x         x         .           .            .        .
decide_authority                .        x         .         .           .            .        .
new_continuation_code           .        x         .         .           .            .        *
decide_contact_change           .        x         .         .           .            .        *
enter_contact_on_file           .        x         .         .           .            .        .
look_at_evidence                .        x         .         .           .            .        *
decide_identity                 .        x         .         .           .            .        .
ask_for_document                .        x         .         .           .            .        .
search_for                      x        .         x         .           .            .        .
add_task                        x        .         x         .           .            .        .
leave_out_task                  x        .         x         .           .            .        .
reassign_task                   x        .         x         .           .            .        .
reopen_task                     x        .         x         .           .            .        .
answer_task                     x        .         x         .           .            x        .
take_back_task                  .        .         .         .           .            x        .
carry_out                       x        .         x         .           .            .        .
look_at_finding                 x        .         x         .           .            .        *
finding_to_answer               x        .         x         .           .            .        .
set_levels                      .        .         .         .           x            .        *
keep_accounts                   .        .         .         .           x            .        *
read_inventory                  x        x         x         x           x            .        .
keep_inventory                  .        .         .         .           x            .        .
keep_playbooks                  .        .         x         .           .            .        *
read_rules                      x        x         x         x           x            .        .
see_own_tasks                   .        .         .         .           .            x        .
"""


def _read(table: str) -> tuple[dict[str, frozenset[Role]], frozenset[str]]:
    """Who may, by verb; and the verbs with a star."""
    head, *lines = [line.split() for line in table.strip().splitlines()]
    columns = [Role(name) for name in head[:-1]]
    may = {
        verb: frozenset(role for role, mark in zip(columns, marks[:-1], strict=True) if mark == "x")
        for verb, *marks in lines
    }
    return may, frozenset(verb for verb, *marks in lines if marks[-1] == "*")


PERMISSIONS, FRESH = _read(TABLE)
SEES_CASES = PERMISSIONS["see_cases"]  # an administrator sees none
SETTINGS = frozenset(
    {"set_levels", "keep_accounts", "read_inventory", "keep_inventory", "keep_playbooks", "read_rules"}
)
LOG = frozenset({"see_log", "take_log_along"})
ABOUT_NO_CASE = SETTINGS | LOG | {"see_cases", "take_figures_along", "hand_over", "set_absence", "see_own_tasks"}
MAY = {verb: who for verb, who in PERMISSIONS.items() if verb not in ABOUT_NO_CASE}


def roles_of(user: Any) -> frozenset[str]:
    return getattr(user, "roles", frozenset())


def may(user: Any, verb: str) -> bool:
    """Whether one of the user's roles allows the verb."""
    return bool(PERMISSIONS[verb] & roles_of(user))


def may_set_levels(user: Any) -> bool:
    """Whether the user may change how sure we need to be: a setting, and no case."""
    return may(user, "set_levels")


def needs_passkey(user: Any) -> bool:
    """Whether the user opens papers: then a code that can be read out is not enough to sign in."""
    return may(user, "look_at_evidence")


def sees_cases(user: Any) -> bool:
    return may(user, "see_cases")


def as_table() -> str:
    """The table as `docs/permissions.md` has it."""
    head = ["", *Role, "fresh"]
    lines = [
        [f"`{verb}`", *("●" if role in who else "" for role in Role), "★" if verb in FRESH else ""]
        for verb, who in PERMISSIONS.items()
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in [head, ["---"] * len(head), *lines])


def ensure_groups(sender, using: str, **kwargs) -> None:
    """A group for every role, after each `migrate`."""
    from django.contrib.auth.models import Group

    for role in Role:
        Group.objects.using(using).get_or_create(name=role.value)
