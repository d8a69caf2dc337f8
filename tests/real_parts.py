"""The real parts that some tests run: a mail sink, worker, beat and portal, each process as an operator starts it.

Everything is given by environment variables, as in production: the test's own database and files, a Redis database
that nobody uses, free ports. Processes have groups of their own, so that `kill -9` takes children along and
nothing outlives its test. Tests load the fixtures by `pytest_plugins`; PYTEST_DONT_REWRITE, for they import it too.
"""

import email
import email.policy
import http.client
import logging
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode

import pytest
import redis
from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import connection

from tests import environment

T = TypeVar("T")
CLAIM = "primevox-tests-run-here"
REFERENCE = re.compile(r"[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{3}")
# Starts Celery with another clock: the first argument is the instant at which it wakes up.
AT_ANOTHER_TIME = """
import sys, time_machine
from datetime import datetime
time_machine.travel(datetime.fromisoformat(sys.argv.pop(1)), tick=True).start()
from celery.__main__ import main
main()
"""


def until(is_so: Callable[[], T], patience: float = 90, what: str = "") -> T:
    """Wait for something true, and give it back; a failure after `patience` seconds."""
    deadline = time.monotonic() + patience
    while not (found := is_so()):
        assert time.monotonic() < deadline, f"waited {patience} seconds in vain: {what or is_so}"
        time.sleep(0.05)
    return found


def free_port() -> int:
    with environment.socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# --- Mail ------------------------------------------------------------------------------------------------------
class Sink:
    """An SMTP server that keeps what arrives. `on_arrival` hears of each mail before the sender does; one for which
    `is_cut_off` says yes never arrives."""

    def __init__(self) -> None:
        logging.getLogger("mail.log").setLevel(logging.WARNING)  # the sink's own log: it is no part of the portal
        self.port = free_port()
        self.mails: list[EmailMessage] = []
        self.on_arrival: Callable[[EmailMessage], object] = lambda mail: None
        self.is_cut_off: Callable[[], bool] = lambda: False
        self._controller: Controller | None = None

    async def handle_DATA(self, server, session, envelope) -> str:
        if self.is_cut_off():
            return "451 cut off"
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append(mail)
        self.on_arrival(mail)
        return "250 taken"

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller:
            self._controller.stop()
            self._controller = None

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if address in str(mail["To"])]


@pytest.fixture
def sink() -> Iterator[Sink]:
    started = Sink()
    started.start()
    yield started
    started.stop()


# --- Redis -----------------------------------------------------------------------------------------------------
def claim_redis() -> redis.Redis:
    """A database of the local Redis that is empty, and ours until `give_back`."""
    for number in range(15, 0, -1):
        found = redis.Redis(port=6379, db=number)
        if found.dbsize() == 0 and found.set(CLAIM, os.getpid(), nx=True, ex=900):
            return found
        found.close()
    raise AssertionError("all Redis databases are in use")


def give_back(claimed: redis.Redis) -> None:
    claimed.flushdb()
    claimed.close()


def redis_url(claimed: redis.Redis) -> str:
    return f"redis://127.0.0.1:6379/{claimed.connection_pool.connection_kwargs['db']}"


@pytest.fixture
def own_redis() -> Iterator[redis.Redis]:
    claimed = claim_redis()
    yield claimed
    give_back(claimed)


# --- Processes -------------------------------------------------------------------------------------------------
class Part:
    """A process with its children."""

    def __init__(self, command: list[str], environ: dict[str, str], log: Path) -> None:
        self._command, self._environ, self.log = command, environ, log
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self._environ,
                cwd=settings.BASE_DIR,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """`kill -9` by default: no warning, no clean-up, children included."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, how)

    def wait(self) -> None:
        self._process.wait(10)

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> None:
        self.kill(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
        self.kill()
        self._process.wait(10)

    def start_again(self) -> None:
        self.kill()
        self._process.wait(10)
        self.start()


class Portal:
    """The portal's processes around the database of this test."""

    def __init__(self, folder: Path, redis_at: str, mail_port: int) -> None:
        self.folder, self.parts = folder, list[Part]()
        database = connection.settings_dict
        user = ":".join(filter(None, (database["USER"], database["PASSWORD"])))
        self.environ = {name: value for name, value in os.environ.items() if name not in ("PRODUCTION", "DEMO")} | {
            "DATABASE_URL": f"postgres://{user}@{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}",
            "REDIS_URL": redis_at,
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            "VAR_DIR": environment.VAR,  # the same secrets as this process
            "SEALED_FILES_DIR": str(settings.SEALED_FILES_DIR),
            "LEDGER_HEAD_FILE": str(settings.LEDGER_HEAD_FILE),
            "PURGE_LEDGER_FILE": str(settings.PURGE_LEDGER_FILE),
            "SWEEP_SECONDS": "0.5",
            "SUBMISSIONS_PER_HOUR": "1000000",
            "LOG_LEVEL": "DEBUG",
            "HEARTBEAT": "off",  # but for the tests that are about it
        }

    def _part(self, name: str, command: list[str], **more: str) -> Part:
        started = Part([sys.executable, *command], self.environ | more, self.folder / f"{name}.log")
        self.parts.append(started)
        return started

    def _celery(self, name: str, at: datetime | None, *arguments: str, **more: str) -> Part:
        start = ["-c", AT_ANOTHER_TIME, at.isoformat()] if at else ["-m", "celery"]
        return self._part(name, [*start, "-A", "primevox_privacy", *arguments], **more)

    def worker(self, name: str = "worker", at: datetime | None = None, **more: str) -> Part:
        """A Celery worker; `at`: the instant its clock shows when it starts."""
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        return self._celery(name, at, "worker", f"--hostname={name}@%h", "--concurrency=1", *quiet, **more)

    def beat(self, name: str = "beat", at: datetime | None = None) -> Part:
        """Celery's scheduler, with a memory of its own for each name."""
        return self._celery(name, at, "beat", f"--schedule={self.folder / name}.schedule", "--pidfile=")

    def web(self, **more: str) -> int:
        """gunicorn with two workers; the port it serves on."""
        port = free_port()
        how = ["--no-control-socket", "--worker-class=gthread", "--workers=2", "--threads=4", "--log-level=warning"]
        self._part(f"web{port}", ["-m", "gunicorn", "primevox_privacy.wsgi", f"--bind=127.0.0.1:{port}", *how], **more)
        until(lambda: environment.answers(port), what="gunicorn")
        return port

    def said(self) -> str:
        """What all processes wrote to their logs."""
        return "".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log")))

    def stop(self) -> None:
        for part in self.parts:
            part.kill()
            part.wait()


@pytest.fixture
def portal(flushed, sink: Sink, own_redis: redis.Redis, tmp_path: Path) -> Iterator[Portal]:
    """No process runs yet; each test starts those that it is about."""
    made = Portal(tmp_path, redis_url(own_redis), sink.port)
    yield made
    made.stop()


# --- A visitor ---------------------------------------------------------------------------------------------------
class Visitor:
    """A browser without script: keeps cookies, sends forms, follows nothing."""

    def __init__(self, port: int) -> None:
        self.port, self.page = port, ""
        self.cookies = {"csrftoken": "x" * 32}

    def _ask(self, method: str, path: str, body: str | None = None) -> int:
        served = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            sent = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            headers = {"Cookie": sent, "X-CSRFToken": self.cookies["csrftoken"], "Connection": "close"}
            if body is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            served.request(method, path, body, headers)
            response = served.getresponse()
            self.page = response.read().decode()
            for line in response.headers.get_all("Set-Cookie", []):
                name, _, value = line.partition(";")[0].partition("=")
                self.cookies[name] = value
            return response.status
        finally:
            served.close()

    def get(self, path: str) -> int:
        return self._ask("GET", path)

    def post(self, path: str, **fields: str | list[str]) -> int:
        return self._ask("POST", path, urlencode(fields, doseq=True))

    def asks_for_her_data(self, address: str) -> str:
        """The whole way from the first question to the receipt; the reference on it."""
        steps: tuple[tuple[str, dict[str, str]], ...] = (
            ("/ask/", {"rights": "access"}),
            ("/ask/who/", {"capacity": "self"}),
            ("/ask/where/", {"residence": "US-TX"}),
            ("/ask/reach/", {"name": "Rosa Marquez", "email": address}),
            ("/ask/check/", {}),
        )
        for path, fields in steps:
            assert self.post(path, **fields) == 302, path
        assert self.get("/ask/sent/") == 200
        found = REFERENCE.search(self.page)
        assert found, "no reference on the receipt"
        return found.group()
