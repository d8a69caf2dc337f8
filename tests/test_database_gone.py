"""The database goes away while somebody asks: they hear that it is not saved, and what they typed can be sent again."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection

from requests.models import Submission
from tests.real_parts import Portal, Visitor, until
from tests.test_form_templates import Page

pytest_plugins = ["tests.real_parts"]
pytestmark = [pytest.mark.postgres, pytest.mark.redis]
TYPED = {"name": "Rosa Ñandú <b>", "email": "rosa@mail.example", "postal_address": "12 Elm Street\r\nPlano"}
NOT_SAVED = "Not saved yet: please send it again"


@pytest.fixture
def server() -> Iterator[psycopg.Connection]:
    """Whoever runs the database server, beside the database of the portal."""
    database = connection.settings_dict
    given = {name: database[key] for name, key in (("host", "HOST"), ("user", "USER"), ("password", "PASSWORD"))}
    with psycopg.connect(**given, port=database["PORT"] or 5432, dbname="postgres", autocommit=True) as opened:
        yield opened


def cut(server: psycopg.Connection) -> None:
    """Every connection of the portal, wherever it stands; the test's own stays."""
    server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> %s",
        [connection.settings_dict["NAME"], connection.connection.info.backend_pid],
    )


@contextmanager
def gone(server: psycopg.Connection) -> Iterator[None]:
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    cut(server)
    try:
        yield
    finally:
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


@pytest.fixture
def rosa(portal: Portal) -> Visitor:
    connection.ensure_connection()
    visitor = Visitor(portal.web())
    for path, fields in (
        ("/ask/", {"rights": "access"}),
        ("/ask/who/", {"capacity": "self"}),
        ("/ask/where/", {"residence": "US-TX"}),
    ):
        assert visitor.post(path, **fields) == 302
    return visitor


def form_of(visitor: Visitor) -> tuple[str, dict[str, str]]:
    """Where the form on the page leads, and what is in it."""
    page = Page(visitor.page)
    fields = {one.attrs["name"]: one.attrs.get("value", "") for one in page.all("input", type="hidden")}
    fields.pop("csrfmiddlewaretoken")
    return page.one("form").attrs["action"], fields


def sends_again(visitor: Visitor) -> int:
    path, fields = form_of(visitor)
    return visitor.post(path, **fields)


def test_what_she_typed_is_there_to_send_again_once_it_is_back(rosa, server):
    with gone(server):
        for _ in range(3):  # whichever worker answers
            assert rosa.post("/ask/reach/", **TYPED) == 503
        assert NOT_SAVED in rosa.page
        assert "compliance@primevox.net" in rosa.page, "another way to ask"
        assert form_of(rosa) == ("/ask/reach/", TYPED)
        assert sends_again(rosa) == 503, "it is still away"
        assert form_of(rosa) == ("/ask/reach/", TYPED)
    assert sends_again(rosa) == 302
    assert rosa.get("/ask/check/") == 200
    assert "Rosa Ñandú &lt;b&gt;" in rosa.page


def test_gone_while_her_request_is_written_nothing_is_kept_and_once_it_is_back_there_is_one(rosa, server):
    assert rosa.post("/ask/reach/", **TYPED) == 302
    answered: list[int] = []
    with connection.cursor() as cursor:
        cursor.execute("BEGIN; LOCK TABLE requests_rightsrequest IN ACCESS EXCLUSIVE MODE")
        sending = threading.Thread(target=lambda: answered.append(rosa.post("/ask/check/")))
        sending.start()
        until(lambda: waits_for_a_lock(server), what="she sends, and stands in the middle of it")
        with gone(server):
            sending.join(30)
            assert answered == [503]
            assert NOT_SAVED in rosa.page
            cursor.execute("ROLLBACK")
    assert Submission.objects.count() == 0
    assert sends_again(rosa) == 302
    assert rosa.post("/ask/check/") == 302, "pressed twice"
    assert Submission.objects.count() == 1
    assert rosa.get("/ask/sent/") == 200


def waits_for_a_lock(server: psycopg.Connection) -> bool:
    found = server.execute(
        "SELECT 1 FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'",
        [connection.settings_dict["NAME"]],
    )
    return found.fetchone() is not None


def test_a_page_that_only_shows_says_that_nothing_is_lost_and_never_that_something_was_sent(rosa, server):
    with gone(server):
        assert rosa.get("/ask/reach/") == 503
        assert "Nothing that you sent before is lost." in rosa.page
        assert "Not saved" not in rosa.page
        assert rosa.get("/other-ways/") == 200, "how to ask otherwise needs no database"
    assert rosa.get("/ask/reach/") == 200
