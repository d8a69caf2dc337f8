"""A server that gives again what the portal answered: each page at its own address with the portal's own headers, and
the style sheet and script beside it as whitenoise serves them in production. So Chromium meets pages that no address
leads to, such as those with errors or those of a request that was closed, under the same content security policy."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import unquote
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.conf import settings
from django.contrib import admin
from django.db import connections
from playwright.sync_api import Browser
from whitenoise import WhiteNoise
from whitenoise.compress import main as compress

ASKED_BY = {"HTTP_ACCEPT_ENCODING": "gzip, deflate, br, zstd"}  # as by every browser of these years


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


class Shelf:
    """`put(answer)` gives the address at which Chromium finds it; each address bears the latest."""

    def __init__(self, folder: Path, *more: Path) -> None:
        shutil.copytree(settings.BASE_DIR / "static", folder)
        compress(["--quiet", str(folder)])
        for other in more:
            shutil.copytree(other, folder, dirs_exist_ok=True)
        self._kept: dict[str, tuple[str, list[tuple[str, str]], bytes]] = {}
        self._server = make_server(
            "localhost",
            0,
            WhiteNoise(self._answer, root=folder, prefix="static/"),
            server_class=_Server,
            handler_class=_Quiet,
        )
        self.site = f"http://localhost:{self._server.server_port}"

    def put(self, answer: Any) -> str:
        path = getattr(answer, "request", {}).get("PATH_INFO", "/when-it-broke/")  # some come from no address
        self._kept[path] = f"{answer.status_code} {answer.reason_phrase}", list(answer.items()), answer.content
        return f"{self.site}{path}"

    def _answer(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        path = unquote(environ["PATH_INFO"].encode("latin-1").decode())
        status, headers, body = self._kept.get(path, ("404 Not Found", [], b""))
        start_response(status, headers)
        return [body]

    @contextmanager
    def serving(self) -> Iterator["Shelf"]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    with Shelf(tmp_path_factory.mktemp("shelf") / "static").serving() as shelf:
        yield shelf


@pytest.fixture(scope="module")
def desk_shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """One with the style sheets of Django's admin, too."""
    of_admin = Path(admin.__file__).parent / "static"
    with Shelf(tmp_path_factory.mktemp("shelf") / "static", of_admin).serving() as shelf:
        yield shelf


@pytest.fixture(scope="module")
def database_beside_chromium(browser: Browser) -> Iterator[None]:
    """Playwright's loop runs in this thread, which Django takes for a place where it must not wait, and where it opens
    a connection of its own: closed here, while that loop still runs, or nobody could drop the database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield
        connections.close_all()
