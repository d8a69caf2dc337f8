"""Who may open what: every address of the desk, every role, one's own case, somebody else's, and none at all."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from primevox_privacy.staff.models import User
from requests import roles
from requests.inventory.models import Task
from requests.models import KeptText, PlaybookVersion, Presence, RightsRequest, SavedView
from requests.terms import Role
from tests.cast import person, signed_in
from tests.full_desk import Desk, Things, patterns
from tests.test_doors import declares, requester, swept

__all__ = ["swept"]

pytestmark = pytest.mark.django_db

NOBODY = "nobody"
# What an address needs, the first that fits; "" is for everybody who is signed in, None for whoever comes.
NEEDS = [
    (r"admin/(login|welcome)/", None),
    (r"admin/(autocomplete|staff/user/<path:object_id>/delete)/", NOBODY),
    (r"admin/staff/user/<path:object_id>/$", ""),  # leads on to the page that asks
    (r"admin/requests/levelrule/", "set_levels"),
    (r"admin/rules/playbooks/(new|versions)/", "keep_playbooks"),
    (r"admin/rules/", "read_rules"),
    (r"admin/staff/", "keep_accounts"),
    (r"admin/requests/rightsrequest/<uuid:pk>/(identity|authority|papers/<uuid:paper>)/", "look_at_evidence"),
    (r"admin/requests/rightsrequest/<uuid:pk>/(record|call-detail)/", "look_at_evidence"),
    (r"admin/requests/rightsrequest/log/take-along/", "take_log_along"),
    (r"admin/requests/rightsrequest/log/", "see_log"),
    (r"admin/requests/rightsrequest/new/", "log_request"),
    (r"admin/requests/rightsrequest/letters/", "print_letter"),
    (r"admin/requests/rightsrequest/handover/", "hand_over"),
    (r"admin/requests/", "see_cases"),
    (r"admin/inventory/edition/.*new/", "keep_inventory"),
    (r"admin/inventory/task/", "see_own_tasks"),
    (r"admin/inventory/", "read_inventory"),
    (r"admin/", ""),
]
# What a button needs whose address nobody can look at.
TO_PRESS = [
    (r".*/rightsrequest/(next|<uuid:pk>/do/<slug:verb>)/", "take"),
    (r".*/rightsrequest/assign/$", "assign"),
    (r".*/rightsrequest/assign/undo/", "undo_assign"),
    (r".*/workload/away/", "set_absence"),
    (r".*/(message|answer)-files/", "look_at_file"),
    (r".*/findings/", "look_at_finding"),
    (r".*/appeal/<uuid:pk>/take/", "take_appeal"),
    (r".*/appeal/<uuid:pk>/extend/", "extend_appeal"),
    (r".*/appeal/<uuid:pk>/decide/", "decide_appeal"),
]
ROUTES = [route for route, _pattern in patterns() if route.startswith("admin/")]
OUTSIDE = [(route, declares(one.callback)) for route, one in patterns() if not route.startswith("admin/")]
NOT_THERE = {403, 404, 405}  # refused, or no such thing, or only a button leads there
ONE_S_OWN = ("/task/", "/views/")  # nobody else's are there, whatever the role


def needs(route: str, table: Any = NEEDS) -> str | None:
    return next(verb for begins, verb in table if re.match(begins, route))


def may(role: Role, route: str) -> bool:
    verb = needs(route)
    return not verb or role in roles.PERMISSIONS.get(verb, ())


def may_press(role: Role, route: str) -> bool:
    verb = needs(route, [*TO_PRESS, (".*", "")])
    return may(role, route) and (not verb or role in roles.PERMISSIONS[verb])


def is_as_expected(role: Role, route: str, status: int, whose: str) -> bool:
    if status >= 500:
        return False
    if not may(role, route):
        return status in NOT_THERE or (status == 302 and whose == "missing")
    if "<uuid:pk>" in route and (whose == "missing" or (whose == "other" and any(part in route for part in ONE_S_OWN))):
        return status in NOT_THERE | {302}
    return status != 403


def kept() -> list[Any]:
    """What pressing a button could change."""
    rows = (Event, Letter, KeptText, PlaybookVersion, Presence, SavedView, Task)
    return [model.objects.count() for model in rows] + list(
        User.objects.order_by("pk").values_list("password", "email")
    )


def pressed(client: Client, address: str) -> tuple[int, bool]:
    """What a button answers, and whether anything changed; all of it is taken back."""
    with transaction.atomic():
        before = kept()
        status = client.post(address).status_code
        changed = kept() != before
        transaction.set_rollback(True)
    return status, changed


def is_pressed_as_expected(role: Role, route: str, status: int, changed: bool, whose: str) -> bool:
    if not may_press(role, route):
        return not changed and status in {200, 302} | NOT_THERE  # the page again, where it says why and keeps the text
    if route.startswith("admin/staff/user/<uuid:pk>/") and whose == "own":
        return status == 403  # nobody opens their own account anew
    return is_as_expected(role, route, status, whose)


def test_every_role_at_every_address_finds_what_the_table_of_roles_says():
    """Looked at; and, where nobody can look, pressed."""
    unexpected, tried, desk = [], {"looked at": 0, "pressed": 0}, Desk()
    others = desk.things_of(person("Other", Role.TRIAGE))
    for role in Role:
        someone = person(f"Someone_{role}", role)
        objects = {"own": desk.things_of(someone), "other": others, "missing": Things()}
        client = signed_in(someone)
        for route in ROUTES:
            for whose, things in objects.items():
                address = things.address(route)
                status = client.get(address).status_code
                tried["looked at"] += 1
                if not is_as_expected(role, route, status, whose):
                    unexpected.append((role.value, "get", route, whose, status))
                if status != 405 or "logout" in route:
                    continue
                status, changed = pressed(client, address)
                tried["pressed"] += 1
                if not is_pressed_as_expected(role, route, status, changed, whose):
                    unexpected.append((role.value, "post", route, whose, status, changed))
    print(f"\n{len(ROUTES)} addresses x {len(Role)} roles x 3: {tried}, {len(unexpected)} unexpected")
    assert not unexpected, "\n".join(map(str, unexpected))


def opens(rule: str | None, route: str, who: str, whose: str, status: int) -> bool:
    """Whether an address outside the desk answers as it should: pages of a case only within a session of that case."""
    if rule == "anyone":
        return status < 500
    if who != "requester":
        return status == 302
    if "<reference" in route and whose != "own":
        return status in {302, 404}
    return status < 500 and status != 403


@pytest.mark.usefixtures("swept")
def test_outside_the_desk_a_case_is_there_only_for_who_asked_whoever_else_they_are():
    unexpected, tried, desk = [], 0, Desk()
    own, other = (desk.things_of(person(name, Role.TRIAGE)) for name in ("One", "Two"))
    objects = {"own": own, "other": other, "missing": Things()}
    browsers_of_staff = {role.value: signed_in(person(f"Someone_{role}", role)) for role in Role}
    browsers = browsers_of_staff | {"nobody": Client(), "requester": requester(RightsRequest.objects.get(pk=own.case))}
    for who, client in browsers.items():
        for route, rule in OUTSIDE:
            said = {}
            for whose, things in objects.items():
                if "leave/" in route or (who in browsers_of_staff and whose != "own"):
                    continue
                page = client.get(things.address(route))
                said[whose] = page.status_code, page.get("Location")
                tried += 1
                if not opens(rule, route, who, whose, page.status_code):
                    unexpected.append((who, route, whose, page.status_code))
            if rule == "requester" and said.get("other") != said.get("missing"):
                unexpected.append((who, route, said))
        if who == "requester":
            for route in ROUTES:
                status = client.get(own.address(route)).status_code
                tried += 1
                if status != 302 and needs(route) is not None:
                    unexpected.append((who, route, "own", status))
    print(f"\n{len(OUTSIDE)} addresses x {len(browsers)} visitors x 3, {tried} tried, {len(unexpected)} unexpected")
    assert not unexpected, "\n".join(map(str, unexpected))


@pytest.mark.parametrize("route", [route for route in ROUTES if needs(route) is not None])
def test_nobody_is_let_in_by_a_session_without_a_second_factor(route, tess):
    client = Client()
    client.force_login(tess)
    page = client.get(Things(user=tess.pk).address(route))
    assert page.status_code == 302
    assert page.url.startswith("/admin/")


def test_a_collector_opens_nothing_but_their_own_sign_in_and_tasks():
    may_open = {route for route in ROUTES if may(Role.COLLECTOR, route)} - {"admin/staff/user/<path:object_id>/"}
    assert not [route for route in may_open if route.startswith(("admin/requests/", "admin/staff/"))]
    may_do = {verb for verb, who in roles.PERMISSIONS.items() if Role.COLLECTOR in who}
    assert may_do == {"answer_task", "see_own_tasks", "take_back_task"}


def test_the_table_knows_every_role_and_the_document_says_the_same():
    assert roles.as_table() in (Path(settings.BASE_DIR) / "docs" / "permissions.md").read_text()


def test_whoever_opens_papers_needs_a_passkey_and_nobody_else():
    wanted = {role for role in Role if roles.needs_passkey(type("One", (), {"roles": frozenset({role})})())}
    assert wanted == {Role.VERIFIER}
