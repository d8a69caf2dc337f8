"""How the house is built, as far as a machine can see it. What is said here rests under everything else."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from primevox_privacy.celery import app
from primevox_privacy.fates import Blank, Gone, fates_of
from primevox_privacy.sealed.fields import SealedTextField
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import KeyField
from requests import (
    acting_for,
    appeals,
    assigning,
    changing_contact,
    continuation,
    documents,
    fees,
    holds,
    identity,
    joining,
    logged,
    notices,
    packages,
    print_queue,
    raising,
    receipt_times,
    roles,
    showing,
    stopping,
    undelivered,
    which_right,
    workflow,
)
from requests.inventory import checklist, taking_back
from requests.terms import Role
from verification import checks

ROOT = Path(settings.BASE_DIR)
FLOORS = ("primevox_privacy", "verification", "requests")  # from the ground up
OURS = [model for model in apps.get_models() if model.__module__.split(".")[0] in FLOORS]
NOT_OURS = {".git", ".venv", "var", "__pycache__", ".hypothesis", ".mypy_cache", ".ruff_cache", ".pytest_cache"}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def sources(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def named(path: Path) -> str:
    """The dotted name of a source file."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported(path: Path) -> set[str]:
    """The dotted names that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{named(path)} imports relatively"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@cache
def strings(path: Path) -> frozenset[str]:
    constants = (node.value for node in ast.walk(tree(path)) if isinstance(node, ast.Constant))
    return frozenset(value for value in constants if isinstance(value, str))


# --- Floors --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("floor", FLOORS)
def test_imports_go_down_only(floor):
    above = FLOORS[FLOORS.index(floor) + 1 :]
    upward = [(named(path), name) for path in sources(floor) for name in imported(path) if name.split(".")[0] in above]
    assert upward == []


def test_the_ground_floor_names_upper_floors_only_where_everything_is_put_together():
    upper = re.compile(rf"({'|'.join(FLOORS[1:])})\.[a-z_]+(\.\w+)*")
    naming = {path.name for path in sources(FLOORS[0]) for text in strings(path) if upper.fullmatch(text)}
    assert naming == {"urls.py", "celery.py", "settings.py", "checks.py"}


@pytest.mark.parametrize("floor", FLOORS)
def test_no_rooms_of_a_floor_import_each_other_in_a_circle(floor):
    rooms = {path.name for path in (ROOT / floor).iterdir() if (path / "__init__.py").exists()}
    needs: dict[str, set[str]] = {room: set() for room in rooms}
    for room in rooms:
        for name in {name for path in sources(f"{floor}/{room}") for name in imported(path)}:
            parts = name.split(".")
            if parts[0] == floor and parts[1] in rooms - {room}:
                needs[room].add(parts[1])
    assert circle(needs) == set()


def circle(needs: dict[str, set[str]]) -> set[str]:
    """The nodes that are left when those that need nobody are taken away, again and again."""
    while free := {node for node, wanted in needs.items() if not wanted & set(needs)}:
        needs = {node: wanted for node, wanted in needs.items() if node not in free}
    return set(needs)


DOORS = ("requests.views", "requests.forms", "requests.admin")


def test_only_doors_and_put_together_files_import_doors():
    inside = [path for path in sources("requests") if not named(path).startswith((*DOORS, "requests.urls"))]
    through = {
        (named(path), name)
        for path in inside
        for name in imported(path)
        if name.startswith(DOORS) or name in ("requests.views", "requests.admin")
    }
    assert through == set()


def test_nobody_needs_the_http_library_that_bears_our_name():
    whole = {(named(path), name) for floor in FLOORS for path in sources(floor) for name in imported(path)}
    assert [where for where, name in whole if name == "requests"] == []


# --- Policy --------------------------------------------------------------------------------------------------
POLICY = [
    *(f"requests/{name}.py" for name in ("terms", "regimes", "counting", "reasons", "statute", "deadlines")),
    *(
        f"requests/{name}.py"
        for name in ("leeway", "lateness", "assurance", "grounds", "retention", "references", "figures")
    ),
    "requests/policy/in_force.py",
    "requests/inventory/passes.py",
    "verification/levels.py",
    "verification/papers.py",
    "verification/customers/matching.py",
    "primevox_privacy/sealed/lives.py",
]
MODULES = {named(ROOT / path) for path in POLICY}
REACHES_OUT = {"socket", "ssl", "urllib", "http", "smtplib", "subprocess", "os", "asyncio", "time", "threading"}
CLOCK = {"now", "today", "utcnow", "localdate", "localtime", "time_ns", "monotonic"}


@pytest.mark.parametrize("path", POLICY)
def test_policy_imports_plain_python_and_policy_only(path):
    for name in imported(ROOT / path):
        top, module = name.split(".")[0], name.rsplit(".", 1)[0]
        allowed = top in sys.stdlib_module_names - REACHES_OUT or top in ("yaml", "holidays")
        assert allowed or {name, module} & MODULES, f"{path} imports {name}"


@pytest.mark.parametrize("path", POLICY)
def test_policy_asks_no_clock(path):
    asked = {node.attr for node in ast.walk(tree(ROOT / path)) if isinstance(node, ast.Attribute)} & CLOCK
    assert asked == set()


# --- Status --------------------------------------------------------------------------------------------------
WRITES = {"update", "create", "get_or_create", "update_or_create", "RightsRequest"}


def status_writes(path: Path) -> Iterator[int]:
    """Lines that write a `status` of a row."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if called in WRITES and any(keyword.arg == "status" for keyword in node.keywords):
                yield node.lineno
            if called == "setattr" and isinstance(node.args[1], ast.Constant) and node.args[1].value == "status":
                yield node.lineno
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            key = getattr(target, "slice", None) if isinstance(target, ast.Subscript) else None
            if target and "status" in (getattr(target, "attr", ""), getattr(key, "value", "")):
                yield node.lineno  # type: ignore[attr-defined]


def test_status_is_written_in_workflow_and_nowhere_else():
    writing = {named(path) for floor in FLOORS for path in sources(floor) if any(status_writes(path))}
    assert writing == {"requests.workflow"}


@pytest.mark.parametrize(
    "line",
    [
        "one.status = 'closed'",
        "RightsRequest.objects.filter(pk=1).update(status='closed')",
        "RightsRequest(status='closed')",
        "setattr(one, 'status', 'closed')",
        "changes['status'] = 'closed'",
    ],
)
def test_every_way_to_write_status_would_be_seen(line, tmp_path):
    (tmp_path / "x.py").write_text(line)
    assert list(status_writes(tmp_path / "x.py")) == [1]


# --- Fates ---------------------------------------------------------------------------------------------------
FORGOTTEN_BY_HAND = {"Event", "SealedFile"}  # by requests.tasks.forget_old; with the key that it lies under


def columns(model: type[models.Model]) -> dict[str, models.Field]:
    return {field.name: field for field in model._meta.concrete_fields}


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_field_has_a_fate_and_every_fate_its_field(model):
    fates = fates_of(model)
    assert "*" in fates or not set(columns(model)) - set(fates)
    assert set(fates) - {"*"} <= set(columns(model))


def test_every_fate_names_a_model_that_is_there():
    for package in {model.__module__.rsplit(".models", 1)[0] for model in OURS}:
        there = {model.__name__ for model in OURS if model.__module__.startswith(f"{package}.models")}
        assert {name.split(".")[0] for name in import_module(f"{package}.fates").FATE} <= there


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_what_ends_with_a_life_lies_under_a_key_of_that_life(model):
    ending = {fate.life for fate in fates_of(model).values() if isinstance(fate, Blank | Gone)}
    keys = {field.life for field in columns(model).values() if isinstance(field, KeyField)}
    if model.__name__ not in FORGOTTEN_BY_HAND:
        assert ending <= set(Life) & keys


def sealed_fields() -> list[SealedTextField]:
    return [field for model in OURS for field in columns(model).values() if isinstance(field, SealedTextField)]


@pytest.mark.parametrize("field", sealed_fields(), ids=str)
def test_what_is_sealed_ends_with_the_life_of_its_key(field):
    fates, key = fates_of(field.model), field.model._meta.get_field(field.key)
    fate = fates.get(field.name) or fates["*"]
    assert isinstance(fate, Blank | Gone)
    assert isinstance(key, KeyField)
    assert key.life == fate.life or field.model.__name__ in FORGOTTEN_BY_HAND


@pytest.mark.parametrize("field", sealed_fields(), ids=str)
def test_what_is_sealed_lies_in_a_row_that_knows_its_id_before_it_is_saved(field):
    """The id is bound into the sealed value."""
    assert isinstance(field.model._meta.pk, models.UUIDField)
    assert field.model._meta.pk.has_default()


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_a_blind_index_goes_with_what_it_finds(model):
    for name in columns(model):
        if name.endswith("_index"):
            assert fates_of(model)[name] == fates_of(model)[name.removesuffix("_index")]


def test_every_life_is_used():
    code = "\n".join(path.read_text() for floor in FLOORS for path in sources(floor) if path.name != "lives.py")
    assert {life for life in Life if f"Life.{life.name}" not in code} == set()


# --- Dependencies --------------------------------------------------------------------------------------------
LOCKS = ("requirements.txt", "requirements-dev.txt")
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==\S+( ; .+?)?( \\\n    --hash=sha256:[0-9a-f]{64})+$")


def pinned(lock: str) -> list[str]:
    return re.split(r"\n(?! )", (ROOT / lock).read_text().rstrip("\n"))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_of_a_lock_file_is_pinned_by_hash(lock):
    assert [line for line in pinned(lock) if not PIN.match(line)] == []
    assert len(pinned(lock)) > 20


@pytest.mark.parametrize("lock", LOCKS)
def test_no_dependency_needs_the_http_library(lock):
    names = {found["name"] for line in pinned(lock) if (found := PIN.match(line))}
    assert "django" in names
    assert "requests" not in names


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_names_no_address(lock):
    assert not re.search(r"://|--(extra-)?index|--find-links|\bgit\+|^-", (ROOT / lock).read_text(), re.MULTILINE)


def texts() -> Iterator[tuple[str, str]]:
    """Every text file of the repository but this one."""
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        if path.is_file() and not NOT_OURS & set(parts) and path != Path(__file__):
            try:
                yield str(path.relative_to(ROOT)), path.read_text()
            except UnicodeDecodeError:
                continue


REGISTRIES = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|rubygems\.org|proxy\.golang|crates\.io")


def test_no_file_names_a_package_registry():
    assert [name for name, text in texts() if REGISTRIES.search(text)] == []


OUTSIDE = re.compile(r"shared/design|\bissue #?\d|issues show|(mission|decisions|threats|style|stack|journeys)\.md")


def test_no_file_cites_a_note_outside_the_repository():
    assert [(name, found[0]) for name, text in texts() if (found := OUTSIDE.search(text))] == []


# --- Verbs ---------------------------------------------------------------------------------------------------
CALLS = {
    "refuse": workflow.answer,
    "end_identity_not_shown": workflow.answer,
    "end_no_answer": workflow.answer,
    "end_out_of_scope": workflow.answer,
    "end_not_a_request": workflow.answer,
    "show_contact": showing.show_contact,
    "assign": assigning.assign,
    "undo_assign": assigning.undo_assign,
    "merge": joining.merge,
    "add_file": packages.add,
    "remove_file": packages.remove,
    "look_at_file": packages.look,
    "file_for_requester": appeals.file,
    "take_appeal": appeals.take,
    "decide_appeal": appeals.decide,
    "assess_fee": fees.assess,
    "accept_fee_for_requester": fees.accept,
    "fee_paid": fees.paid,
    "waive_fee": fees.waive,
    "place_hold": holds.place,
    "lift_hold": holds.lift,
    "freeze": stopping.freeze,
    "free": stopping.free,
    "end_not_you": stopping.end_not_you,
    "mark_sensitive": raising.mark_sensitive,
    "raise_level": raising.raise_level,
    "lower_level": raising.lower_level,
    "confirm_lower_level": raising.confirm_lower_level,
    "refuse_lower_level": raising.refuse_lower_level,
    "decide_authority": acting_for.decide,
    "settle_letters": undelivered.settle,
    "new_continuation_code": continuation.replace,
    "decide_contact_change": changing_contact.decide,
    "enter_contact_on_file": identity.enter_contact,
    "give_notice": notices.give,
    "log_request": logged.take_down,
    "print_letter": print_queue.print_all,
    "post_letter": print_queue.post_all,
    "propose_receipt": receipt_times.propose,
    "confirm_receipt": receipt_times.confirm,
    "decline_receipt": receipt_times.decline,
    "extend_appeal": appeals.extend,
    "look_at_evidence": checks.look,
    "decide_identity": checks.decide,
    "ask_for_document": documents.ask_for,
    "search_for": checklist.search_for,
    "add_task": checklist.add,
    "turn_into": which_right.turn_into,
    "change_right": which_right.change,
    "leave_out_task": checklist.leave_out,
    "reassign_task": checklist.reassign,
    "reopen_task": checklist.reopen,
    "answer_task": checklist.answer,
    "take_back_task": taking_back.take_back,
    "carry_out": checklist.carry_out,
    "look_at_finding": checklist.look_at_finding,
    "finding_to_answer": checklist.to_answer,
}


@pytest.mark.parametrize("verb", roles.MAY)
def test_every_verb_of_the_table_of_roles_is_something_one_can_do(verb):
    assert callable(CALLS.get(verb) or getattr(workflow, verb))


@pytest.mark.parametrize("verb", roles.MAY)
def test_every_verb_of_the_table_of_roles_is_asked_for_somewhere(verb):
    assert [path for path in sources("requests") if path.name != "roles.py" and verb in strings(path)]


def test_auditors_and_administrators_may_do_nothing_in_a_case():
    able = frozenset().union(*roles.MAY.values())
    assert able == {Role.TRIAGE, Role.VERIFIER, Role.APPROVER, Role.COLLECTOR}
    assert Role.COLLECTOR not in roles.SEES_CASES
    assert Role.ADMINISTRATOR not in roles.SEES_CASES


NOUNS = ("workflow", "appeals", "assigning", "fees", "holds", "joining", "packages", "raising", "stopping", "documents")


@pytest.mark.parametrize(
    "noun", [*NOUNS, "which_right", "changing_contact", "showing", "inventory/checklist", "inventory/taking_back"]
)
def test_every_verb_that_staff_can_call_asks_for_the_role_first(noun):
    """A `by` that may be a member of staff means that `need` is called with a verb of the table."""
    plumbing = {"move", "close", "reopen", "need", "write"}
    for node in tree(ROOT / f"requests/{noun}.py").body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_") or node.name in plumbing:
            continue
        by = [ast.unparse(arg.annotation) for arg in node.args.kwonlyargs if arg.arg == "by" and arg.annotation]
        needs = [call for call in ast.walk(node) if isinstance(call, ast.Call) and ast.unparse(call.func) == "need"]
        assert bool(by) == bool(needs), node.name


# --- Periodic work -------------------------------------------------------------------------------------------
def test_every_periodic_line_names_a_task_that_is_there():
    app.finalize()
    app.loader.import_default_modules()
    assert app.conf.beat_schedule, "the table is filled"
    assert {line["task"] for line in app.conf.beat_schedule.values()} <= set(app.tasks)


# --- Templates -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.*")), ids=lambda path: path.name)
def test_a_template_comment_ends_on_its_line(path):
    """One that runs on is no comment to Django: people would read it."""
    assert [line for line in path.read_text().splitlines() if line.count("{#") != line.count("#}")] == []
