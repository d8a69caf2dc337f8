"""People in front of Chromium, and the whole portal behind it: gunicorn, worker and beat on PostgreSQL, Redis, SMTP.

A `Person` looks at every page it comes to (`look`): no script or policy error, no answer of 500, every hint that a
field names is there, nothing to scroll sideways on a small screen, and no violation that axe finds in light or dark.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any, ClassVar, Literal
from uuid import uuid4

import psycopg
import redis
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser, ConsoleMessage, FilePayload, Locator, Playwright, Response, ViewportSize

from tests import environment
from tests.hands import Keyboard, Mouse
from tests.passkeys import STEP, Passkey, code
from tests.real_parts import Portal, Sink, redis_url, until

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 320, "height": 640}
MODES = ("no-script", "keyboard", "phone", "dark", "forced-colours")
MODE = os.environ.get("MODE", "")  # in which all requesters live; without it, the mix that each story says
MODE_WITH_SCRIPT = "" if MODE == "no-script" else MODE  # for the one story of what only a script does
PASSWORD = "a-long-password-for-trying-out"
PUBLIC_URL = "https://privacy.example"  # what letters say; a proxy that is not there leads from it to gunicorn
STAFF = {"Tess": "triage", "Vera": "verifier", "Abe": "approver", "Bea": "approver", "Ada": "administrator"}
NOT_ME = "/not-me/"
CODE = re.compile(r"^\d{6}$", re.MULTILINE)
PREPARE = """
import sys, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.contrib.auth.hashers import make_password
from requests.terms import Role
from tests.cast import person
from tests.passkeys import Passkey, app_of
hashed = make_password(sys.argv[1])
for given in sys.argv[2:]:
    name, role = given.split(":")
    made = person(name, Role(role))
    made.password = hashed
    made.save()
    Passkey(name).of(made) if role == Role.VERIFIER else app_of(made)
"""
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
AXE = Axe()
ALL_RULES: dict[str, Any] = {}
OF_COLOUR = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}  # else dark is as light
THEMES: tuple[tuple[Literal["light", "dark"], dict[str, Any]], ...] = (("light", ALL_RULES), ("dark", OF_COLOUR))
AXE_RUN = """async rules => {
    await Promise.all(document.getAnimations().map(one => one.finished));
    return (await axe.run({resultTypes: ['violations'], preload: false, ...rules})).violations;
}"""
KINDS = """() => {
    const kind = one => one ? [one.tagName, one.className, one.getAttribute('role'), one.type].join(' ') : '';
    return [...new Set([...document.querySelectorAll('*')].map(
        one => [kind(one.parentElement), kind(one), ...one.getAttributeNames()].join(' ')))];
}"""
FOLDS = "folded => document.querySelectorAll(folded ? 'details[data-was-shut]' : 'details:not([open])')"
UNFOLD = f"() => ({FOLDS})(false).forEach(d => {{ d.open = true; d.dataset.wasShut = '' }})"
FOLD = f"() => ({FOLDS})(true).forEach(d => {{ d.open = false; delete d.dataset.wasShut }})"
NAMES_NOTHING = """() => [...document.querySelectorAll('[aria-describedby], [aria-labelledby]')].flatMap(one =>
    ['aria-describedby', 'aria-labelledby'].flatMap(name => (one.getAttribute(name) || '').split(/\\s+/))
        .filter(id => id && !document.getElementById(id)))"""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Person:
    """Somebody with a browser of their own. `script`: whether it runs any; `keyboard`: they have no mouse.

    All requesters of a run live in one mode when MODE names it: `MODE=keyboard pytest tests/test_journey.py`.
    """

    _known_to_axe: ClassVar[set[str]] = set()

    def __init__(
        self,
        browser: Browser,
        site: str,
        *,
        script: bool = True,
        phone: bool = False,
        dark: bool = False,
        forced_colours: bool = False,
        keyboard: bool = False,
        mode: str = MODE,
        at_the_desk: bool = False,
    ) -> None:
        if not at_the_desk:
            script, phone, dark = script and mode != "no-script", phone or mode == "phone", dark or mode == "dark"
            forced_colours, keyboard = forced_colours or mode == "forced-colours", keyboard or mode == "keyboard"
        self._script, self._phone, self._at_the_desk = script, phone, at_the_desk
        self.hands = Keyboard() if keyboard else Mouse()
        self.context = browser.new_context(
            base_url=site,
            java_script_enabled=script,
            viewport=PHONE if phone else DESK,
            color_scheme="dark" if dark else "light",
            forced_colors="active" if forced_colours else "none",
            locale="en-US",
        )
        self.context.set_default_timeout(60_000)
        self.faults: list[str] = []
        self.context.on("console", self._hear)
        self.context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))
        self.context.on("response", self._receive)
        self.page = self.context.new_page()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):  # a refused style or script is an error here, too
            self.faults.append(f"console: {message.text}")

    def _receive(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status}: {response.url}")

    # --- What they do -----------------------------------------------------------------------------------------
    def opens(self, path: str) -> None:
        self.page.goto(path)
        self.look()

    def follows(self, link: str, inside: Locator | None = None) -> None:
        """Follow a link by its words; `…` stands for any more of them."""
        self._goes(self._part("link", link, inside))

    def presses(self, button: str, inside: Locator | None = None) -> None:
        self._goes(self._part("button", button, inside))

    def goes_back(self) -> None:
        self.page.go_back()
        self.look()

    def fills_in(self, answers: dict[str, Any], inside: Locator | None = None) -> None:
        """Answer questions by their labels: True ticks, text is typed or, from a list, chosen."""
        for label, answer in answers.items():
            self.hands.answer((inside or self.page.locator("body")).get_by_label(words(label)).first, answer)

    def reloads_until(self, text: str, patience: float = 60) -> None:
        """Load the page anew until it says something."""
        deadline = time.monotonic() + patience
        while not self.page.get_by_text(text).count():
            assert time.monotonic() < deadline, f"waited in vain for {text!r}"
            time.sleep(0.2)
            self.page.reload()
        self.look()

    def chooses(self, label: str, files: dict[str, bytes], inside: Locator | None = None) -> None:
        """Choose files from their disk."""
        control = (inside or self.page.locator("body")).get_by_label(words(label)).first
        payloads = [FilePayload(name=name, mimeType="", buffer=one) for name, one in files.items()]
        self.hands.choose_files(control, payloads)

    def saves(self, name: str, role: Any = "button") -> bytes:
        """What lands on their disk when they press a button or follow a link."""
        with self.page.expect_download() as arriving:
            self.hands.press(self._part(role, name, None))
        return Path(arriving.value.path()).read_bytes()

    def _part(self, role: Any, name: str, inside: Locator | None) -> Locator:
        """Folded away, it is there once they have unfolded it."""
        around = inside or self.page.locator("body")
        part = around.get_by_role(role, name=words(name)).first
        if not self._at_the_desk and not part.count():
            folded = around.get_by_role(role, name=words(name), include_hidden=True)
            for fold in folded.locator("xpath=ancestor::details[not(@open)]/summary").all()[:1]:
                self.hands.press(fold)
        return part

    def _goes(self, to: Locator) -> None:
        with self.page.expect_navigation():
            self.hands.press(to)
        self.look()

    # --- What they see ----------------------------------------------------------------------------------------
    @property
    def text(self) -> str:
        """What stands in the main part of the page; a requester unfolds all of it."""
        if not self._at_the_desk:
            self.page.evaluate(UNFOLD)
        read = self.page.locator("main").first.inner_text()
        self.page.evaluate(FOLD)
        return " ".join(read.split())

    def sees(self, *texts: str) -> None:
        for text in texts:
            assert text in self.text, f"{text!r} is not on {self.page.url}:\n{self.text}"

    def is_at(self, heading: str) -> None:
        said = " ".join(self.page.get_by_role("heading", level=1).inner_text().split())
        assert said == heading, f"{said!r} instead of {heading!r} at {self.page.url}"

    def look(self) -> None:
        """Everything that has to be so on each page."""
        self.page.evaluate(UNFOLD)
        found = [f"no such id: {name}" for name in self.page.evaluate(NAMES_NOTHING)]
        found += self._too_wide()
        if self._script and not (MODE and self._at_the_desk):  # at the desk nothing depends on the mode
            found += self._axe()
        self.page.evaluate(FOLD)
        found += self.faults
        assert not found, f"{self.page.url}\n" + "\n".join(found)

    def _too_wide(self) -> list[str]:
        if self._at_the_desk:
            return []
        if not self._phone:
            self.page.set_viewport_size(PHONE)
        beyond = self.page.evaluate(TOO_WIDE)
        if not self._phone:
            self.page.set_viewport_size(DESK)
        return [f"{beyond} pixels beyond a small screen"] if beyond > 0 else []

    def _axe(self) -> list[str]:
        """A page of which every kind of element stood on pages before is passed over, since axe is slow: each state of
        each page has it to itself in `test_pages_in_chromium` and `test_desk_in_chromium`."""
        kinds = set(self.page.evaluate(KINDS))
        if kinds <= self._known_to_axe:
            return []
        self._known_to_axe.update(kinds)
        self.page.evaluate(AXE.axe_script)
        return [one for theme, rules in THEMES for one in self._violations(theme, rules)]

    def _violations(self, scheme: Literal["light", "dark"], rules: dict[str, Any]) -> list[str]:
        self.page.emulate_media(color_scheme=scheme)
        violations = self.page.evaluate(AXE_RUN, rules)
        return [f"axe, {scheme}: {one['id']}: {node['html']}" for one in violations for node in one["nodes"]]


class Clerk(Person):
    """A member of staff at the desk, with an app or a passkey to show that it is them."""

    _shown: ClassVar[set[tuple[str, str, int]]] = set()  # by whom which time step of the app was used

    def __init__(self, browser: Browser, site: str, name: str) -> None:
        super().__init__(browser, site, at_the_desk=True)
        self.name, self.used = name, list[str]()
        self.has_passkey = STAFF.get(name) == "verifier"
        if self.has_passkey:
            self.holds(Passkey(name, site))
        self.opens("/admin/")
        self.fills_in({"Username": name.lower(), "Password": PASSWORD})
        self.presses("Continue")
        self._shows("Use your passkey", "Sign in")

    def holds(self, passkey: Passkey | None = None) -> None:
        """A virtual authenticator that is unlocked without asking, with this passkey on it."""
        wire = self.context.new_cdp_session(self.page)
        wire.send("WebAuthn.enable")
        made = wire.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        if passkey:
            given = {"authenticatorId": made["authenticatorId"], "credential": passkey.in_chromium()}
            wire.send("WebAuthn.addCredential", given)

    def _shows(self, by_passkey: str, by_code: str) -> None:
        """Show the second factor that they have."""
        if self.has_passkey:
            super()._goes(self._part("button", by_passkey, None))
        else:
            self.fills_in({"Code": self.next_code()})
            super()._goes(self._part("button", by_code, None))

    def next_code(self) -> str:
        """A code of their app that they have not used: each works once."""
        while True:
            for steps in (0, 1, -1):
                at = (self.page.url.partition("/admin/")[0], self.name, int(time.time()) // STEP + steps)
                if at not in self._shown:
                    self._shown.add(at)
                    self.used.append(code(steps))
                    return self.used[-1]
            time.sleep(1)

    def _goes(self, to: Locator) -> None:
        """Whoever took longer than five minutes is asked who they are, and goes on where they were."""
        super()._goes(to)
        if self.page.get_by_role("heading", level=1, name="Confirm that it is you").count():
            self._shows("Confirm with your passkey", "Confirm")

    def goes_to_queue(self, state: str = "") -> None:
        self.opens(f"/admin/requests/rightsrequest/{state}")

    def goes_to(self, reference: str) -> None:
        self.goes_to_queue("?state=all")
        self.follows(reference)

    def takes_all(self, references: list[str]) -> None:
        """The bulk action of the queue."""
        self.goes_to_queue()
        for reference in references:
            self.page.get_by_role("row").filter(has_text=reference).get_by_role("checkbox").check()
        self.fills_in({"Action:…": "Take the selected requests"})
        self.presses("Go")

    def does(self, step: str, button: str, answers: dict[str, Any] | None = None) -> None:
        """Take one of the steps of a case: what comes next without a question is a button, the others unfold."""
        form = self.page.locator("details").filter(has=self.page.locator("summary", has_text=words(step)))
        if not form.count():
            self.presses(step)
            return
        form.locator("summary").click()
        self.fills_in(answers or {}, form)
        self.presses(button, form)


def words(said: str) -> re.Pattern[str]:
    """The words of a label or button: all of them, or those before `…`. A mark like “(optional)” may follow."""
    spaced = r"\s+".join(re.escape(word) for word in said.removesuffix("…").split())
    return re.compile(rf"^\s*{spaced}" + ("" if said.endswith("…") else r":?\s*(\(optional\))?\s*$"))


# --- Mail --------------------------------------------------------------------------------------------------------
def body_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return body.get_content().replace("\r\n", "\n")


def code_in(mail: EmailMessage) -> str:
    found = CODE.search(body_of(mail))
    assert found, body_of(mail)
    return found.group()


def link_in(mail: EmailMessage) -> str:
    """The path of the one page to which a mail leads, beside the one that stops everything."""
    (link,) = (path for path in _paths_in(mail) if not path.startswith(NOT_ME))
    return link


def stop_link_in(mail: EmailMessage) -> str:
    """The path of "this was not me"."""
    (link,) = (path for path in _paths_in(mail) if path.startswith(NOT_ME))
    return link


def _paths_in(mail: EmailMessage) -> list[str]:
    lines = body_of(mail).splitlines()
    return [line.removeprefix(PUBLIC_URL) for line in lines if line.startswith(PUBLIC_URL)]


# --- The portal --------------------------------------------------------------------------------------------------
class Stack(Portal):
    """All parts of the portal, around a database that is theirs alone."""

    def __init__(self, folder: Path, claimed: redis.Redis, sink: Sink, database: str) -> None:
        super().__init__(folder, redis_url(claimed), sink.port)
        self.sink = sink
        self.environ |= {
            "DATABASE_URL": database,
            "PUBLIC_URL": PUBLIC_URL,
            "SWEEP_SECONDS": "3",  # what rings is done at once; sweeping all the time leaves little for the browser
            "LOG_LEVEL": "WARNING",
            "SEALED_FILES_DIR": str(folder / "sealed"),
            "LEDGER_HEAD_FILE": str(folder / "head.jsonl"),
            "DJANGO_SETTINGS_MODULE": "primevox_privacy.settings",
        }

    def start(self) -> None:
        self.worker()
        self.beat()
        self.site = f"http://localhost:{self.web()}"  # passkeys refuse an address of numbers

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *command],
            env=self.environ,
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def mail(self, address: str, subject: str, number: int = 1) -> EmailMessage:
        """The mail with this subject to an address, the `number`th of its kind, once it has arrived."""

        def arrived() -> list[EmailMessage]:
            return [mail for mail in self.sink.to(address) if mail["Subject"] == subject][number - 1 :]

        return until(arrived, what=f"{subject!r} to {address}")[0]


@contextmanager
def prepared_database() -> Iterator[str]:
    """The name of a database with all tables and the staff, to be copied: making one takes as long as a story."""
    people = [f"{name}:{role}" for name, role in STAFF.items()]
    with own_database() as database:
        environ = os.environ | {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "primevox_privacy.settings"}
        command = [sys.executable, "-c", PREPARE, PASSWORD, *people]
        made = subprocess.run(
            command, env=environ, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=300, check=False
        )
        assert made.returncode == 0, made.stderr
        yield database.rpartition("/")[2]


@contextmanager
def own_database(like: str = "template1") -> Iterator[str]:
    """A new database on the server of the tests, a copy of another, and its URL; dropped in the end."""
    server = connection.settings_dict
    user = ":".join(filter(None, (server["USER"], server["PASSWORD"])))
    base = f"postgres://{user}@{server['HOST']}:{server['PORT'] or 5432}"
    name = f"journey_{uuid4().hex[:12]}"
    with psycopg.connect(f"{base}/postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
        try:
            yield f"{base}/{name}"
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def chromium(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=environment.CHROMIUM, args=ARGUMENTS)
