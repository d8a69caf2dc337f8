"""The desk with 100,000 requests: few statements a page, and none that reads a large table from end to end."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from time_machine import travel

from requests.admin.narrowing import as_query
from requests.admin.saved_views import BUILT_IN
from requests.terms import Right, Role
from tests.cast import ask, person, signed_in
from tests.conftest import A_TUESDAY
from tests.many_requests import fill, name_of, settle, tidy

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
SIZE = 100_000
TODAY, QUEUE = "/admin/", "/admin/requests/rightsrequest/"
LARGE = {
    "requests_rightsrequest",
    "requests_submission",
    "requests_duedate",
    "verification_check",
    "ledger_event",
    "outbox_letter",
}
VIEWS = ["", *(as_query(wanted) for name, wanted in BUILT_IN.values())]
OTHERS = ["state=closed", "state=all", "handler=nobody", "waits=us", "right=access", "p=15", "handler=me&waits=us"]


@pytest.fixture(scope="module")
def many(django_db_setup, django_db_blocker) -> Iterator[Any]:
    """Taken back at the end, so that the next file finds its database empty."""
    with django_db_blocker.unblock():
        tidy()
        yield from _filled()
        tidy()


def _filled() -> Iterator[Any]:
    with transaction.atomic():
        with travel(A_TUESDAY, tick=True):
            tess = person("Tess", Role.TRIAGE)
            like = ask(Right.ACCESS, email="nobody@mail.example")
            fill(like, range(10, SIZE), today=timezone.localdate(), handler=tess)
        settle()
        yield tess
        transaction.set_rollback(True)


@pytest.fixture
def desk(many):
    client = signed_in(many)
    client.get(TODAY)  # what is looked at now and then is looked at
    return client


def scans(node: dict[str, Any], limit: float = float("inf")) -> Iterator[str]:
    """Tables that a plan reads from end to end. A LIMIT that ends a scan within its first tenth is no such reading."""
    if node["Node Type"] == "Limit":
        limit = node["Total Cost"]
    elif node["Node Type"] == "Seq Scan" and limit > node["Total Cost"] / 10:
        yield node["Relation Name"]
    for below in node.get("Plans", ()):
        yield from scans(below, limit if node["Node Type"] == "Limit" else float("inf"))


def read_from_end_to_end(sql: str) -> list[str]:
    """The large tables of which a statement reads every row."""
    if not sql.lstrip("( ").upper().startswith("SELECT"):
        return []
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + sql.replace("%", "%%"), [])
        (found,) = cursor.fetchone()
    return [name for name in scans(found[0]["Plan"]) if name in LARGE]


def looked_at(act) -> Any:
    with CaptureQueriesContext(connection) as caught:
        answer = act()
    statements = [query["sql"] for query in caught.captured_queries]
    assert len(statements) <= 12, "\n".join(sql[:150] for sql in statements)
    whole = {sql: tables for sql in statements if (tables := read_from_end_to_end(sql))}
    assert not whole, whole
    return answer


def test_a_reading_from_end_to_end_would_be_seen(many):
    assert read_from_end_to_end("SELECT count(*) FROM ledger_event") == ["ledger_event"]
    assert read_from_end_to_end("SELECT id FROM ledger_event WHERE digest = 'x' LIMIT 50") == ["ledger_event"]
    assert read_from_end_to_end("SELECT id FROM ledger_event LIMIT 50") == []


@pytest.mark.parametrize("query", VIEWS + OTHERS)
def test_each_view_is_found_by_an_index(desk, query):
    page = looked_at(lambda: desk.get(f"{QUEUE}?{query}"))
    assert page.status_code == 200
    assert "field-reference_said" in page.content.decode()


def test_today_is_found_by_indexes(desk):
    page = looked_at(lambda: desk.get(TODAY)).content.decode()
    assert "1,000+" in page


@pytest.mark.parametrize("by", ["name", "email", "phone"])
def test_a_person_is_found_by_an_index(desk, by):
    from requests.models import Submission

    digest = Submission.objects.exclude(**{f"{by}_index": ""}).values_list(f"{by}_index", flat=True)[5]
    page = looked_at(lambda: desk.get(QUEUE, {"q": f"{by}.{digest}"}))
    assert 1 <= page.content.decode().count("field-reference_said") <= 2


def test_a_reference_is_found_by_an_index(desk, many):
    one = ask(Right.ACCESS)
    answer = looked_at(lambda: desk.post(f"{QUEUE}search/", {"q": one.reference}))
    assert answer["Location"] == f"{QUEUE}{one.pk}/change/"


def test_the_next_one_is_found_by_an_index(many):
    from requests import assigning

    with CaptureQueriesContext(connection) as caught:
        assert assigning.take_next(by=many)
    statements = [query["sql"] for query in caught.captured_queries]
    assert not [sql for sql in statements if read_from_end_to_end(sql)]


def test_one_among_many_is_found_by_name(desk):
    page = desk.get(QUEUE, {"q": f"name.{name_of(20)}"}).content.decode()
    assert re.findall(r"Z[-Z]+\w\w", page)
