"""Doors: who may open which page, what a stranger learns (nothing), and that production does not start half locked."""

import base64
import os
import re
import subprocess
import sys
from datetime import timedelta
from types import FunctionType

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from django.utils.translation import override
from time_machine import travel

from primevox_privacy.celery import periodic
from primevox_privacy.health import sweeps
from primevox_privacy.ledger.models import Event
from primevox_privacy.outbox.models import Letter
from primevox_privacy.staff.models import User
from requests import roles
from requests.admin.steps import STEPS
from requests.models import Answer, Message, RightsRequest, SignIn, Submission
from requests.terms import Right, Role
from requests.views import asking
from tests.cast import ROSAS_MAIL, ask, fresh, person, signed_in
from tests.full_desk import patterns
from verification.models import Code

NOBODYS = "N0B0DYSXJ"  # well formed, and given to nobody


# --- All addresses -------------------------------------------------------------------------------------------
ROUTES = [pytest.param(route, one, id=route or "/") for route, one in patterns()]


def declares(view) -> str | None:
    """The access rule of a view: its own, or that of Django's admin site, which lets in staff only."""
    if rule := getattr(view, "access_rule", None):
        return rule
    if hasattr(view, "admin_site") or hasattr(view, "model_admin"):
        return "admin site"
    return "admin site" if _is_wrapped_by_the_admin_site(view) else None


def _is_wrapped_by_the_admin_site(view) -> bool:
    """`admin_view` leaves no mark, so we look for it among the functions that lie around the view."""
    if view.__code__.co_qualname == "AdminSite.admin_view.<locals>.inner":
        return True
    around = (cell.cell_contents for cell in view.__closure__ or ())
    return any(_is_wrapped_by_the_admin_site(one) for one in around if isinstance(one, FunctionType))


ADMIN_FOR_ALL = {"admin/login/", "admin/login/second/", "admin/welcome/", "admin/welcome/<str:token>/"}
WHILE_SETTING_UP = {"admin/your-sign-in/app/", "admin/your-sign-in/passkey/", "admin/confirm/"}  # each asks by itself


@pytest.mark.parametrize(("route", "pattern"), ROUTES)
def test_every_address_has_an_access_rule(route, pattern):
    known = ("anyone", "requester", "staff", "admin site")
    assert route in ADMIN_FOR_ALL | WHILE_SETTING_UP or declares(pattern.callback) in known


@pytest.mark.parametrize(("route", "pattern"), ROUTES)
def test_what_lies_under_admin_is_for_staff(route, pattern):
    if route.startswith("admin/") and route not in ADMIN_FOR_ALL | WHILE_SETTING_UP:
        assert declares(pattern.callback) in ("staff", "admin site")


def test_what_django_offers_under_admin_is_no_more_than_this():
    """A model that somebody registers brings pages; each one is looked at first."""
    offered = {route for route, one in patterns() if declares(one.callback) == "admin site"}
    own = {"", "(?P<url>.*)$", "^(?P<app_label>…)", "autocomplete", "jsi18n", "logout", "password_change", "r"}
    ours = {"inventory", "your-sign-in", "your-settings", "requests", "staff"}
    assert {route.split("/")[1] for route in offered} == own | ours


def addresses(one: RightsRequest, user: User) -> dict[str, str]:
    """Every address with real things in it."""
    made = {
        "<uuid:pk>": str(one.pk),
        "<uuid:paper>": str(one.pk),
        "<uuid:finding>": str(one.pk),
        "<uuid:other>": str(one.pk),
        "<int:year>": "2026",
        "<int:number>": "1",
        "<int:pk>": "1",
        "<str:token>": "0" * 32,
        "<slug:form>": "csv",
        "<slug:kind>": "category",
        "<slug:name>": "payment",
        "<slug:right>": "access",
        "<slug:sensitivity>": "sensitive",
        "<slug:capacity>": "agent",
        "<slug:verb>": "take",
        "<reference:reference>": one.reference,
        "<right:right>": "opt-out",
        "<day:effective_on>": "2023-06-01",
        "<path:object_id>": str(user.pk),
        "<id>": str(user.pk),
        "<path:content_type_id>/<path:object_id>": f"1/{user.pk}",
        "^(?P<app_label>…)/$": "staff/",
        "(?P<url>.*)$": "no/such/page",
    }
    filled = {}
    for route, _pattern in patterns():
        address = route
        for written, real in sorted(made.items(), key=lambda pair: -len(pair[0])):
            address = address.replace(written, real)
        assert "<" not in address, f"no example for {route}"
        filled[route] = f"/{address}"
    return filled


NOT_FOR_STRANGERS = re.compile(rf"Rosa|Marquez|{re.escape(ROSAS_MAIL)}|Tess|change_form|changelist")


@pytest.fixture
def swept(db):
    """Every sweep ran just now. They are waited for since the test database was made, which may be long ago."""
    for name in periodic():
        sweeps.ended(name)
    cache.clear()


@pytest.mark.usefixtures("swept")
def test_stan_gets_no_fault_and_nothing_of_anybody_at_any_address(rosas_request, tess):
    for route, address in addresses(rosas_request, tess).items():
        page = Client().get(address)
        said = page.content.decode()
        assert page.status_code < 500, address
        assert not NOT_FOR_STRANGERS.search(said), address
        assert rosas_request.reference not in said, address
        if route.startswith("admin/") and route not in ADMIN_FOR_ALL:
            assert page.status_code == 302, address
            assert page["Location"].startswith("/admin/login/" if "logout" not in address else "/admin/"), address


def test_stan_can_post_nothing_without_a_token(rosas_request, tess):
    strict = Client(enforce_csrf_checks=True)
    for address in addresses(rosas_request, tess).values():
        assert strict.post(address, {"text": "x"}).status_code in (403, 405), address


def test_stans_posts_change_nothing_of_rosas(rosas_request, tess):
    before = state()
    for address in addresses(rosas_request, tess).values():
        assert Client().post(address, {"text": "x", "read": "on"}).status_code < 500, address
    assert state() == before


def state() -> list:
    """What a verb would change."""
    rows = (RightsRequest, Submission, Event, Letter, Message, Answer, Code, Group, User)
    return [list(model.objects.order_by("pk").values()) for model in rows]


@pytest.mark.usefixtures("swept")
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_same_doors_stand_in_every_language(rosas_request, tess, language):
    with override(language):
        mine = addresses(rosas_request, tess)
    for address in mine.values():
        assert Client().get(address).status_code < 500, address


# --- Headers -------------------------------------------------------------------------------------------------
STRICT = {
    "default-src": "'none'",
    "style-src": "'self'",
    "script-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}


def assert_strict(page) -> None:
    rules = dict(rule.strip().split(" ", 1) for rule in page["Content-Security-Policy"].split(";"))
    assert rules == STRICT
    assert page["Referrer-Policy"] == "same-origin"
    assert page["X-Content-Type-Options"] == "nosniff"
    assert page["X-Frame-Options"] == "DENY"


def test_every_page_is_strict_about_what_it_loads(rosas_request, tess, ada):
    browsers = [Client(), signed_in(tess), signed_in(ada), requester(rosas_request)]
    for address in addresses(rosas_request, tess).values():
        for browser in browsers:
            assert_strict(browser.get(address))


def test_pages_of_refusal_are_strict_too(db, ada, rosas_request, monkeypatch):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    pages = [client.get("/no-such-page/"), client.post("/ask/"), signed_in(ada).get("/admin/requests/rightsrequest/")]
    monkeypatch.setattr(asking, "render", lambda *args: 1 / 0)
    pages.append(client.get("/"))
    assert [page.status_code for page in pages] == [404, 403, 403, 500]
    for page in pages:
        assert_strict(page)


def test_nothing_of_a_case_is_kept_by_a_browser_or_proxy(rosas_request, tess):
    places = [(signed_in(tess), f"/admin/requests/rightsrequest/{rosas_request.pk}/change/")]
    places += [(requester(rosas_request), "/your-request/all/"), (signed_in(tess), "/admin/requests/rightsrequest/")]
    for browser, address in places:
        page = browser.get(address)
        assert page.status_code == 200
        assert "no-store" in page["Cache-Control"], address


# --- Not yours and not there ---------------------------------------------------------------------------------
def requester(one: RightsRequest) -> Client:
    """A browser in which a code opened the session of this request's submission."""
    client, now = Client(), timezone.now().timestamp()
    session = client.session
    session.update({"submission": str(one.submission_id), "since": now, "seen": now, "proofs": {"typed": now}})
    session.save()
    return client


TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]+')


def answer_to(client: Client, method: str, address: str) -> tuple:
    page = getattr(client, method)(address, {"message": "hello", "code": "123456"})
    asked = address.split("/")[2].encode()  # stands in the link to the other language
    return page.status_code, TOKEN.sub(rb"\1", page.content).replace(asked, b""), page.get("Location")


OWN_PAGES = ["message/", "appeal/", "withdraw/", "answer/", "answer/open/", "answer/code/"]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("page", OWN_PAGES)
def test_stan_cannot_tell_rosas_request_from_one_that_does_not_exist(answered, page, method):
    stans = ask(Right.ACCESS, name="Stan", email="stan@mail.example")
    before = state()
    not_his, not_there = (
        answer_to(requester(stans), method, f"/your-request/{reference}/{page}")
        for reference in (answered.reference, NOBODYS)
    )
    assert not_his == not_there
    assert not_his[0] == {("answer/", "post"): 405, ("answer/open/", "get"): 302}.get((page, method), 404)
    assert state() == before


def test_with_a_session_over_rosa_finds_her_page_closed(rosas_request):
    browser = requester(rosas_request)
    assert browser.get("/your-request/all/").status_code == 200
    with travel(timezone.now() + timedelta(minutes=21), tick=False):
        assert browser.get("/your-request/all/").status_code == 302


def test_asking_for_a_code_answers_alike_whether_the_reference_is_there(rosas_request, django_assert_num_queries):
    said = []
    for reference in (rosas_request.reference, NOBODYS):
        client = Client()
        with travel(timezone.now(), tick=False):
            first = client.post("/your-request/", {"reference": reference})
            page = client.get(first["Location"])
        said.append((first.status_code, first["Location"], TOKEN.sub(rb"\1", page.content)))
    assert re.sub(rb"\d\d?:\d\d", b"", said[0][2]) == re.sub(rb"\d\d?:\d\d", b"", said[1][2])
    assert said[0][:2] == said[1][:2]
    assert SignIn.objects.count() == 2


# --- Roles ---------------------------------------------------------------------------------------------------
def place(one: RightsRequest, verb: str) -> str:
    return f"/admin/requests/rightsrequest/{one.pk}/do/{verb}/"


FILLED = {
    "text": "Please tell us more.", "ending": "nothing_held", "right": "delete", "of": "target", "reason": "complex",
    "promised_on": "2099-01-01", "grounds": "policy_6", "read": "on", "no_call_records": "on",
    "email": "a@b.example", "on_file_since": "2020-01-01",
}  # fmt: skip


def form_of(verb: str) -> dict[str, str]:
    return {f"{verb}-{name}": value for name, value in FILLED.items()}


NOT_THEIRS = [(role, step.verb) for role in Role for step in STEPS if role in roles.SEES_CASES - roles.MAY[step.verb]]


@pytest.mark.parametrize(("role", "verb"), NOT_THEIRS, ids=str)
def test_a_verb_is_closed_to_roles_that_may_not(rosas_request, role, verb):
    someone, before = signed_in(person("Someone", role)), None
    before = state()[:-1]
    page = someone.post(place(rosas_request, verb), form_of(verb), follow=True)
    assert "Your role cannot do this" in page.content.decode()
    assert state()[:-1] == before


@pytest.mark.parametrize("role", [role for role in Role if role != Role.VERIFIER])
def test_only_a_verifier_sees_or_decides_what_was_given(rosas_request, role):
    browser = signed_in(person("Someone", role))
    address = f"/admin/requests/rightsrequest/{rosas_request.pk}/identity/"
    before = Event.objects.count()
    decision = {"decision": "not_shown", "method": "matched_facts"}
    codes = {browser.get(address).status_code, browser.post(address).status_code}
    assert codes | {browser.post(address, decision).status_code} <= {403, 404}
    assert Event.objects.count() == before


def test_ada_who_administers_sees_no_case(rosas_request, ada):
    browser, desk = signed_in(ada), "/admin/requests/rightsrequest/"
    seen = [browser.get(desk), browser.get(f"{desk}{rosas_request.pk}/change/"), browser.get(desk + "?q=x")]
    seen += [browser.post(place(rosas_request, step.verb), form_of(step.verb)) for step in STEPS]
    assert {page.status_code for page in seen} <= {403, 404}
    assert not any(NOT_FOR_STRANGERS.search(page.content.decode()) for page in seen)
    assert rosas_request.reference not in browser.get("/admin/").content.decode()


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_the_bulk_action_is_closed_too(rosas_request, role):
    form = {"action": "take_all", "_selected_action": str(rosas_request.pk)}
    signed_in(person("Someone", role)).post("/admin/requests/rightsrequest/", form)
    assert fresh(rosas_request).handler is None


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_an_administrator_sees_accounts(db, role):
    assert signed_in(person("Someone", role)).get("/admin/staff/user/").status_code == 403


def test_somebody_switched_off_is_let_in_nowhere(rosas_request, tess):
    browser = signed_in(tess)
    User.objects.update(is_active=False)
    assert browser.get("/admin/requests/rightsrequest/").status_code == 302


def test_ada_cannot_give_herself_a_role_that_sees_cases(ada):
    address = f"/admin/staff/user/{ada.pk}/change/"
    roles_wanted = [group.pk for group in Group.objects.filter(name__in=list(Role))]
    form = {"username": "ada", "first_name": "Ada", "is_active": "on", "is_staff": "on", "groups": roles_wanted}
    signed_in(ada).post(address, form | {"is_superuser": "on", "user_permissions": [1]})
    again = User.objects.get(pk=ada.pk)
    assert again.roles == {Role.ADMINISTRATOR}
    assert not again.is_superuser
    assert not again.user_permissions.exists()


def test_ada_can_give_others_their_roles(ada, db):
    other = person("Newcomer")
    groups = [Group.objects.get(name=Role.TRIAGE).pk]
    form = {"username": "newcomer", "first_name": "Nora", "is_active": "on", "is_staff": "on", "groups": groups}
    signed_in(ada).post(f"/admin/staff/user/{other.pk}/change/", form)
    assert User.objects.get(pk=other.pk).roles == {Role.TRIAGE}


# --- Looking changes nothing ---------------------------------------------------------------------------------
def test_looking_at_any_address_changes_nothing(answered, tess, vera, abe):
    browsers = [signed_in(who) for who in (tess, vera, abe)] + [requester(answered)]
    before = state()
    for address in addresses(answered, tess).values():
        for browser in browsers:
            browser.get(address)
            browser.head(address)
    assert state()[:-1] == before[:-1]


@pytest.mark.parametrize("verb", [step.verb for step in STEPS])
def test_a_verb_is_not_taken_by_a_link(rosas_request, tess, verb):
    page = signed_in(tess).get(place(rosas_request, verb))
    assert page.status_code == 405
    assert "Back to the desk" in page.content.decode()


LED_BACK = [
    ("leave/", "/your-request/all/"),
    ("code/again/", "/your-request/code/"),
    ("code/on-file/", "/your-request/code/"),
    ("all/paper/", "/your-request/all/"),
    ("all/contact/codes/again/", "/your-request/all/contact/codes/"),
    ("all/contact/lost/", "/your-request/all/contact/codes/"),
    ("all/contact/cancel/", "/your-request/all/"),
    ("all/more-time/", "/your-request/all/"),
    (f"{NOBODYS}/message/keep/", "/your-request/all/"),
    (f"{NOBODYS}/message/throw-away/", "/your-request/all/"),
    ("all/paper/text/", "/your-request/all/"),
    (f"{NOBODYS}/undo/", "/your-request/all/"),
    (f"{NOBODYS}/answer/open/", "/your-request/all/"),
]


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize(("page", "to"), LED_BACK)
def test_whoever_reloads_the_address_of_a_button_is_led_back_and_nothing_changes(rosas_request, page, to, method):
    browser, before = requester(rosas_request), state()
    assert getattr(browser, method)(f"/your-request/{page}").url == to
    assert getattr(browser, method)(f"/es/your-request/{page}").url == f"/es{to}"
    assert state() == before
    assert browser.get("/your-request/all/").status_code == 200


@pytest.mark.parametrize(("page", "to"), LED_BACK)
def test_without_a_session_the_address_of_a_button_leads_to_the_sign_in(db, page, to):
    assert Client().get(f"/your-request/{page}", follow=True).redirect_chain[-1][0] == "/your-request/"


def test_no_other_method_presses_a_button(rosas_request):
    assert requester(rosas_request).put("/your-request/leave/").status_code == 405


# --- Production ----------------------------------------------------------------------------------------------
def key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


@pytest.fixture
def production(tmp_path) -> dict[str, str]:
    """An environment in which production starts."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    secrets = {"SECRET_KEY": key() + key(), "INDEX_KEY": key(), "CODE_PEPPER": key()}
    secrets |= {"WRAPPING_KEYS": f"1:{key()}", "SIGNING_KEYS": f"1:{key()}"}
    places = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'portal.sqlite3'}",
        "REDIS_URL": "redis://127.0.0.1:6379/9",
        "EMAIL_URL": "smtp://127.0.0.1:2525",
        "PUBLIC_URL": "https://privacy.example",
        "CLAMD_URL": "tcp://clamd.example:3310",
    }
    return kept | secrets | places | {"PRODUCTION": "1", "ALLOWED_HOSTS": "privacy.example", "VAR_DIR": str(tmp_path)}


def started(environment: dict[str, str], *command: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-W", "error", *command],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )


SETTINGS = ("-c", "import primevox_privacy.settings")


def test_production_has_nothing_that_django_would_warn_of(production):
    checked = started(production, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert (checked.returncode, checked.stderr) == (0, "")


def test_production_without_a_virus_scanner_says_so(production):
    checked = started(production | {"CLAMD_URL": ""}, "manage.py", "check")
    assert checked.returncode != 0
    assert "primevox.E003" in checked.stderr


NEEDED = [
    "SECRET_KEY", "WRAPPING_KEYS", "SIGNING_KEYS", "INDEX_KEY", "CODE_PEPPER",
    "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "PUBLIC_URL",
]  # fmt: skip


@pytest.mark.parametrize("empty", [False, True], ids=["missing", "empty"])
@pytest.mark.parametrize("name", NEEDED)
def test_production_does_not_start_without(production, name, empty):
    environment = {given: value for given, value in production.items() if given != name} | ({name: ""} if empty else {})
    refused = started(environment, *SETTINGS)
    assert refused.returncode != 0
    assert f"Set {name}" in refused.stderr


def test_a_secret_may_lie_in_a_file(production, tmp_path):
    (tmp_path / "pepper").write_text(production.pop("CODE_PEPPER"))
    assert started(production | {"CODE_PEPPER_FILE": str(tmp_path / "pepper")}, *SETTINGS).returncode == 0


MISWRITTEN = [
    ("WRAPPING_KEYS", "no version"),
    ("WRAPPING_KEYS", "1:c2hvcnQ="),
    ("SIGNING_KEYS", "one:" + key()),
    ("SIGNING_KEYS", "1:not base64!"),
]


@pytest.mark.parametrize(("name", "value"), MISWRITTEN, ids=range(len(MISWRITTEN)))
def test_a_key_miswritten_is_named_and_not_printed(production, name, value):
    refused = started(production | {name: value}, *SETTINGS)
    assert refused.returncode != 0
    assert name in refused.stderr
    assert value.partition(":")[2] not in refused.stderr or not value.partition(":")[2]


def test_the_demo_never_runs_in_production(production):
    refused = started(production | {"DEMO": "1"}, *SETTINGS)
    assert "DEMO" in refused.stderr
    assert refused.returncode != 0


def test_production_leaves_no_secret_of_its_own_making(production, tmp_path):
    started(production, *SETTINGS)
    assert not (tmp_path / "secrets").exists()


def test_without_any_environment_the_portal_starts_and_keeps_its_secrets(tmp_path):
    tell = "import primevox_privacy.settings as s; print(s.SECRET_KEY, s.WRAPPING_KEYS, s.DEBUG)"
    environment = {"VAR_DIR": str(tmp_path), "PATH": os.environ["PATH"]}
    first, again = (started(environment, "-c", tell).stdout for _ in range(2))
    assert first == again
    assert first.endswith("False\n")
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "secrets").iterdir()} == {0o600}
