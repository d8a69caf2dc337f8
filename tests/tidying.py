"""Rows that tests took back are given back to the server now and then, or every test is slower than the one before."""

from itertools import count

import psycopg
from django.db import connection

OFTEN = 40  # tests
_tests = count(1)


def after_a_test() -> None:
    if next(_tests) % OFTEN == 0:
        tidy()


def tidy() -> None:
    """On a connection of its own; what another holds on to is passed over."""
    server = connection.settings_dict
    if connection.vendor != "postgresql" or not server["NAME"].startswith("test_"):
        return
    given = {"host": server["HOST"], "port": server["PORT"] or 5432, "user": server["USER"]}
    with psycopg.connect(dbname=server["NAME"], password=server["PASSWORD"], autocommit=True, **given) as ours:
        ours.execute("VACUUM (SKIP_LOCKED, PROCESS_TOAST)")
