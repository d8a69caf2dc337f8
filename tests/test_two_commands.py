"""`make run` and what stands behind it: the whole demo on the embedded default, with nothing but Python."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests import environment
from tests.real_parts import Visitor, free_port, until

ROSA = "rosa@two-commands.example"


class Demo:
    """`manage.py demo` in a folder of its own, with an environment of nothing else."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self._said = folder / "said.log"
        with self._said.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-u", "manage.py", "demo", "--port", str(self.port)],
                env={"PATH": os.environ["PATH"], "DEMO": "1", "VAR_DIR": str(folder / "var")},
                cwd=settings.BASE_DIR,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_as_in_a_terminal,
            )

    @property
    def said(self) -> str:
        return self._said.read_text(errors="replace")

    def alive(self) -> list[int]:
        """Every process that was started with our folder in its environment."""
        mark = f"VAR_DIR={self.folder / 'var'}".encode()
        return [int(one.parent.name) for one in Path("/proc").glob("[0-9]*/environ") if mark in _bytes_of(one)]

    def stop(self) -> None:
        for left in self.alive():
            os.kill(left, signal.SIGKILL)
        self.process.wait(10)


def _as_in_a_terminal() -> None:
    """Ctrl-C arrives, even where the tests themselves run in the background, deaf to it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:  # it ended meanwhile, or is somebody else's
        return b""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    started = Demo(tmp_path_factory.mktemp("demo"))
    try:
        until(lambda: environment.answers(started.port) or started.process.poll() is not None, 60, "the demo")
        assert started.process.poll() is None, started.said
        yield started
    finally:
        started.stop()


def test_make_run_starts_the_demo_on_the_port_one_names():
    make = ["make", "--dry-run", "run", "PORT=8123"]
    planned = subprocess.run(make, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True).stdout
    assert re.search(r"DEMO=1 .*manage\.py demo --port 8123", planned)


def test_the_demo_says_where_everything_is(demo: Demo):
    site = f"http://localhost:{demo.port}"
    for expected in (f"{site}/\n", f"{site}/admin/\n", f"{site}/demo/mail/", "Ctrl-C stops everything."):
        assert expected in demo.said
    for name in ("tess", "vera", "abe", "bea", "otto", "ada"):
        assert re.search(rf"^ +{name} ", demo.said, re.MULTILINE)
    assert Visitor(demo.port).get("/health/ready/") == 200


def test_the_sign_in_it_prints_works(demo: Demo):
    (password,) = re.findall(r"with the password +(\S+)", demo.said)
    tess = Visitor(demo.port)
    assert tess.post("/admin/login/?next=/admin/", username="tess", password=password) == 302
    assert tess.get("/admin/requests/rightsrequest/") == 302, "a password alone opens nothing"
    assert tess.get("/demo/codes/") == 200
    code = re.findall(r"\b\d{6}\b", tess.page)[0]
    assert tess.post("/admin/login/second/", code=code) == 302
    assert tess.get("/admin/requests/rightsrequest/") == 200


def test_a_submission_leads_to_a_mail_that_can_be_read_in_the_demo(demo: Demo):
    rosa = Visitor(demo.port)
    reference = rosa.asks_for_her_data(ROSA)

    def arrived() -> bool:
        return rosa.get("/demo/mail/") == 200 and ROSA in rosa.page and reference in rosa.page

    until(arrived, what="the receipt, sent by the embedded worker")


def test_control_c_stops_all_of_it(demo: Demo):
    assert len(demo.alive()) >= 3, "the command, the portal, the worker"
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(25) == 0, demo.said
    until(lambda: not demo.alive(), 5, "that all processes end")
    assert not environment.answers(demo.port)
    assert "Traceback" not in demo.said
