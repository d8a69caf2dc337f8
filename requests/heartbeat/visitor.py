"""A browser within the portal. What it sends goes through every middleware, with cookies, CSRF and redirects; no page
knows it from another.

It asks the handler that gunicorn asks, without the signals around a request: those close the database connection, which
is the worker's here. Django's test client is not for this: it lets CSRF pass, and while it works it changes signal
receivers of the whole process, which other threads rely on. Going by the network would test whatever stands in front,
too, but a worker may not reach the public address, and the embedded default does not know its own.
"""

import io
import re
import secrets
import sys
from functools import lru_cache
from http.cookies import Morsel
from typing import Any, NamedTuple, cast
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpResponse
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import override

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
REDIRECTS = (301, 302, 303)
MOST_REDIRECTS = 5


class Page(NamedTuple):
    """What came back, after redirects. `name`: of the page, as `requests/urls.py` calls it; empty where it has none."""

    name: str
    path: str
    status: int
    text: str

    def __str__(self) -> str:
        return f"{self.name} {self.status}"


class Visitor:
    """Keeps cookies, fills in forms, follows redirects."""

    def __init__(self, cookies: dict[str, str] | None = None) -> None:
        self.cookies = dict(cookies or {})
        self._address = own_address()
        self._site = urlsplit(settings.PUBLIC_URL)

    def open(self, name: str, *args: Any) -> Page:
        with override(settings.LANGUAGE_CODE):
            return self._ask("GET", reverse(f"requests:{name}", args=args))

    def fill_in(self, page: Page, *, leads_to: str = "", **answers: str) -> Page:
        """Send a form of a page that was opened, with the token that stands in it; `leads_to`: one of another page."""
        token = TOKEN.search(page.text)
        with override(settings.LANGUAGE_CODE):
            path = reverse(f"requests:{leads_to}") if leads_to else page.path
        return self._ask("POST", path, {"csrfmiddlewaretoken": token[1] if token else "", **answers})

    def _ask(self, method: str, path: str, answers: dict[str, str] | None = None) -> Page:
        with override(settings.LANGUAGE_CODE):  # the language of a page is not that of whatever the worker does next
            for _redirect in range(MOST_REDIRECTS):
                status, leads_to, text = self._send(method, path, answers)
                if status not in REDIRECTS:
                    break
                method, path, answers = "GET", urlsplit(leads_to).path, None
            return Page(_name_of(path), path, status, text)

    def _send(self, method: str, path: str, answers: dict[str, str] | None) -> tuple[int, str, str]:
        request = WSGIRequest(self._environ(method, path, urlencode(answers or {}).encode()))
        response = cast(HttpResponse, portal().get_response(request))
        request.close()
        for morsel in response.cookies.values():
            self._remember(morsel)
        return response.status_code, response.headers.get("Location", ""), response.text

    def _remember(self, morsel: Morsel) -> None:
        if morsel["max-age"] == 0 or not morsel.value:
            self.cookies.pop(morsel.key, None)
        else:
            self.cookies[morsel.key] = morsel.value

    def _environ(self, method: str, path: str, body: bytes) -> dict[str, Any]:
        host = self._site.netloc
        scheme = "https" if settings.SECURE_SSL_REDIRECT else self._site.scheme
        return {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": self._site.hostname or "",
            "SERVER_PORT": str(self._site.port or (443 if scheme == "https" else 80)),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": self._address,
            "HTTP_HOST": host,
            "HTTP_ORIGIN": f"{scheme}://{host}",
            "HTTP_REFERER": f"{scheme}://{host}{path}",
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": scheme,
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }


@lru_cache
def portal() -> WSGIHandler:
    """The whole stack, put together once in a process."""
    return WSGIHandler()


def own_address() -> str:
    """One of the addresses kept for examples (RFC 3849), another each time: no visitor has it, so nobody's limits are
    used up, and nobody can use up its own."""
    return f"2001:db8:{secrets.randbits(16):x}:{secrets.randbits(16):x}::1"


def _name_of(path: str) -> str:
    try:
        return resolve(path).url_name or ""
    except Resolver404:
        return ""
