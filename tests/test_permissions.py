"""Who may open what: every address of the desk, every role, one's own case, somebody else's, and none at all."""

import re
import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from primevox_privacy.staff.models import User
from requests import appeals, roles, workflow
from requests.answers import Draft
from requests.models import Appeal, RightsRequest
from requests.terms import Ending, Right, Role
from tests.cast import ask, fresh, person, signed_in
from tests.test_doors import patterns

pytestmark = pytest.mark.django_db

NOBODY = "nobody"
# What an address needs, the first that fits; "" is for everybody who is signed in, None for whoever comes.
NEEDS = [
    (r"admin/(login|welcome)/", None),
    (r"admin/(autocomplete|staff/user/<path:object_id>/delete)/", NOBODY),
    (r"admin/staff/user/<path:object_id>/$", ""),  # leads on to the page that asks
    (r"admin/requests/levelrule/", "set_levels"),
    (r"admin/staff/", "keep_accounts"),
    (r"admin/requests/rightsrequest/<uuid:pk>/(identity|authority|papers/<uuid:paper>)/", "look_at_evidence"),
    (r"admin/requests/rightsrequest/<uuid:pk>/(record|call-detail)/", "look_at_evidence"),
    (r"admin/requests/rightsrequest/new/", "log_request"),
    (r"admin/requests/rightsrequest/letters/", "print_letter"),
    (r"admin/requests/rightsrequest/handover/", "hand_over"),
    (r"admin/requests/", "see_cases"),
    (r"admin/inventory/edition/.*new/", "keep_inventory"),
    (r"admin/inventory/task/", "see_own_tasks"),
    (r"admin/inventory/", "read_inventory"),
    (r"admin/", ""),
]
ROUTES = [route for route, _pattern in patterns() if route.startswith("admin/")]
NOT_THERE = {403, 404, 405}  # refused, or no such thing, or only a button leads there


def needs(route: str) -> str | None:
    return next(verb for begins, verb in NEEDS if re.match(begins, route))


def may(role: Role, route: str) -> bool:
    verb = needs(route)
    return not verb or role in roles.PERMISSIONS.get(verb, ())


def address(route: str, one: uuid.UUID, appeal: uuid.UUID, user: uuid.UUID) -> str:
    """The address of a case, of an appeal or of a person, as the route asks."""
    pk = appeal if "/appeal/" in route else user if "/staff/" in route else one
    made = {
        "<uuid:pk>": pk, "<uuid:paper>": uuid.uuid4(), "<uuid:finding>": uuid.uuid4(), "<uuid:other>": uuid.uuid4(),
        "<int:pk>": 1, "<int:year>": 2026, "<slug:form>": "csv",
        "<slug:right>": "access", "<slug:sensitivity>": "sensitive", "<slug:capacity>": "agent", "<slug:verb>": "take",
        "<slug:kind>": "category", "<slug:name>": "payment", "<int:number>": 1,
        "<str:token>": "0" * 32, "<path:content_type_id>/<path:object_id>": f"1/{user}", "<path:object_id>": user,
        "<id>": user, "^(?P<app_label>…)/$": "staff/", "(?P<url>.*)$": "no/such/page",
    }  # fmt: skip
    for written, real in made.items():
        route = route.replace(written, str(real))
    assert "<" not in route
    return f"/{route}"


def is_as_expected(role: Role, route: str, status: int, there: bool) -> bool:
    if status >= 500:
        return False
    if not may(role, route):
        return status in NOT_THERE or (status == 302 and not there)
    if "<uuid:pk>" in route and not there:
        return status in NOT_THERE | {302}
    return status != 403


def test_every_role_at_every_address_finds_what_the_table_of_roles_says():
    unexpected, tried = [], 0
    for role in Role:
        someone, other = person(f"Someone_{role}", role), person(f"Other_{role}", Role.TRIAGE)
        objects = {
            "own": (*case_of(someone), someone.pk),
            "other": (*case_of(other), other.pk),
            "missing": (uuid.uuid4(), uuid.uuid4(), uuid.uuid4()),
        }
        client = signed_in(someone)
        for route in ROUTES:
            for whose, (one, appeal, user) in objects.items():
                status = client.get(address(route, one, appeal, user)).status_code
                tried += 1
                if not is_as_expected(role, route, status, whose != "missing"):
                    unexpected.append((role.value, route, whose, status))
    print(f"\n{len(ROUTES)} addresses x {len(Role)} roles x 3 = {tried} tried, {len(unexpected)} unexpected")
    assert not unexpected, "\n".join(map(str, unexpected))


def case_of(handler: User) -> tuple[uuid.UUID, uuid.UUID]:
    """A case that is theirs, refused, and the appeal against that."""
    one = ask(Right.OPT_OUT, wishes={Right.OPT_OUT: "972-555-0177"})
    tess, abe = person(f"T{one.reference}", Role.TRIAGE), person(f"A{one.reference}", Role.APPROVER)
    workflow.take(one, by=tess)
    workflow.answer(fresh(one), Draft(Ending.REFUSED, reason="No.", grounds=("policy_7_unfounded",)), by=tess)
    workflow.release(fresh(one), by=abe)
    appeal = appeals.file(fresh(one), "It is mine.", by=workflow.REQUESTER)
    for row in (RightsRequest.objects.filter(pk=one.pk), Appeal.objects.filter(pk=appeal.pk)):
        row.update(handler=handler)
    return one.pk, appeal.pk


@pytest.mark.parametrize("route", [route for route in ROUTES if needs(route) is not None])
def test_nobody_is_let_in_by_a_session_without_a_second_factor(route, tess):
    client = Client()
    client.force_login(tess)
    page = client.get(address(route, uuid.uuid4(), uuid.uuid4(), tess.pk))
    assert page.status_code == 302
    assert page.url.startswith("/admin/")


def test_a_collector_opens_nothing_but_their_own_sign_in_and_tasks():
    may_open = {route for route in ROUTES if may(Role.COLLECTOR, route)} - {"admin/staff/user/<path:object_id>/"}
    assert not [route for route in may_open if route.startswith(("admin/requests/", "admin/staff/"))]
    may_do = {verb for verb, who in roles.PERMISSIONS.items() if Role.COLLECTOR in who}
    assert may_do == {"answer_task", "see_own_tasks"}


def test_the_table_knows_every_role_and_the_document_says_the_same():
    assert roles.as_table() in (Path(settings.BASE_DIR) / "docs" / "permissions.md").read_text()


def test_whoever_opens_papers_needs_a_passkey_and_nobody_else():
    wanted = {role for role in Role if roles.needs_passkey(type("One", (), {"roles": frozenset({role})})())}
    assert wanted == {Role.VERIFIER}
