"""What one sweep of reminders costs, with ten thousand, a hundred thousand and a million open requests.

    python benchmarks/sweep.py [--sizes 10000 100000 1000000] [--owing 1000]

`--owing` of them owe something: nobody took them, their proof is waited for, their date is near. The others are open
and owe nothing today. Each sweep runs in a transaction that is taken back, so that the next size owes the same.
Makes a database of its own on PostgreSQL and drops it; prints the plan of the query that finds what is owed.
"""

import argparse
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SERVER = os.environ.get("BENCHMARK_SERVER", "postgres://postgres@127.0.0.1:5432")
RUNS = 3
AT_ONCE = 100_000  # rows
NOW = datetime(2026, 3, 11, 15, tzinfo=UTC)  # a Wednesday morning at the office
OF_ITS_OWN = {
    "id": "gen_random_uuid()",
    "reference": "lpad(upper(to_hex(n)), 9, 'Z')",
    "status": "'in_progress'",
    "leading_on": "DATE '2026-03-20' + n %% 60",
    "look_on": "DATE '2026-03-12' + n %% 50",
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    options.add_argument("--owing", type=int, default=1_000)
    chosen = options.parse_args()
    with own_database():
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        like = owe_something(chosen.owing)
        best = {}
        present = chosen.owing
        for size in sorted(chosen.sizes):
            grow(like, present, size)
            present = size
            best[size] = measure()
        smallest, largest = min(best), max(best)
        by_clock, worked = (many / few for many, few in zip(best[largest], best[smallest], strict=True))
        print(
            f"\n{largest:,} / {smallest:,} open requests: {by_clock:.2f} times as long by the clock,"
            f" {worked:.2f} times the processor time"
        )


@contextmanager
def own_database() -> Iterator[None]:
    name = f"benchmark_{secrets.token_hex(4)}"
    ask_server(f"CREATE DATABASE {name}")
    try:
        with tempfile.TemporaryDirectory() as var:
            os.environ |= {
                "DATABASE_URL": f"{SERVER}/{name}",
                "VAR_DIR": var,
                "DJANGO_SETTINGS_MODULE": "primevox_privacy.settings",
                "LOG_LEVEL": "WARNING",
            }
            yield
    finally:
        from django.db import connection

        connection.close()
        ask_server(f"DROP DATABASE {name} WITH (FORCE)")


def ask_server(statement: str) -> None:
    subprocess.run(["psql", "-q", f"{SERVER}/postgres", "-c", statement], check=True)


def owe_something(number: int) -> str:
    """Requests that owe something today; gives the id of another that the rest are like."""
    import time_machine

    from requests.intake import Asked, take_in
    from requests.models import RightsRequest
    from requests.terms import Right

    for n in range(number):
        received_at = NOW - timedelta(days=4 + n % 9)
        asked = Asked(rights=(Right.ACCESS,), name="N", email=f"n{n}@mail.example", residence="US-TX")
        with time_machine.travel(received_at, tick=False):
            take_in(asked, received_at=received_at)
    RightsRequest.objects.update(look_on=NOW.date())
    asked = Asked(rights=(Right.OPT_OUT,), name="N", email="n@mail.example", residence="")
    like = take_in(asked, received_at=NOW).rights_requests.get()
    RightsRequest.objects.filter(pk=like.pk).update(look_on=NOW.date() + timedelta(days=1))
    return str(like.pk)


def grow(like: str, present: int, size: int) -> None:
    """More requests that are open and owe nothing, each with a date of its own."""
    from django.db import connection

    from requests.models import RightsRequest

    columns = [str(field.column) for field in RightsRequest._meta.concrete_fields]
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(OF_ITS_OWN.get(column, f'"{column}"') for column in columns)
    statement = f"""
        WITH new AS (
          INSERT INTO requests_rightsrequest ({names})
          SELECT {values} FROM requests_rightsrequest, generate_series(%(first)s, %(last)s) AS n WHERE id = %(like)s
          RETURNING id, leading_on
        )
        INSERT INTO requests_duedate (id, rights_request_id, kind, due_on, rule, citation, why, reason, at_once)
        SELECT gen_random_uuid(), id, 'target', leading_on, 'portal_14_days', '', '', '{{}}', false FROM new
    """
    with connection.cursor() as cursor:
        for first in range(present, size, AT_ONCE):
            last = min(first + AT_ONCE, size) - 1
            cursor.execute(statement, {"first": first, "last": last, "like": like})
        cursor.execute("VACUUM ANALYZE")  # or the server would do it meanwhile


def spent() -> float:
    """Seconds of processor time of this process and of the server's that answers it; what else the machine does
    hardly changes them. Where the server runs elsewhere: of the clock."""
    from django.db import connection

    stat = Path(f"/proc/{connection.connection.info.backend_pid}/stat")
    if not stat.exists() or "postgres" not in (text := stat.read_text()):
        return time.perf_counter()
    user, system = text.rpartition(")")[2].split()[11:13]
    return time.process_time() + (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def measure() -> tuple[float, float]:
    """Seconds of a sweep that writes down all that is owed, by the clock and of processor time: the best of three."""
    import time_machine
    from django.db import transaction

    from primevox_privacy.outbox.models import Letter
    from requests import clock, reminders
    from requests.models import RightsRequest

    owing, worked, idle, letters = [], [], [], 0
    with time_machine.travel(NOW, tick=True):
        for _ in range(RUNS):
            with transaction.atomic():
                before, began, began_work = Letter.objects.count(), time.perf_counter(), spent()
                reminders.owe(NOW)
                owing.append(time.perf_counter() - began)
                worked.append(spent() - began_work)
                letters, began = Letter.objects.count() - before, time.perf_counter()
                reminders.owe(NOW)
                clock.count_extensions_told()
                idle.append(time.perf_counter() - began)
                transaction.set_rollback(True)
        due = RightsRequest.objects.open().filter(look_on__lte=NOW.date()).order_by("look_on", "pk")
        plan = due.values_list("pk").explain()
    rows = RightsRequest.objects.count()
    print(
        f"\n{rows:>9,} open requests: {letters} letters owed in {min(owing):.2f} s, {min(worked):.2f} s of it processor"
        f" time; the next sweep, with nothing owed, took {min(idle) * 1000:.1f} ms"
    )
    print("\n".join(f"          {line}" for line in plan.splitlines()))
    assert "Index" in plan, "what is owed is not found by an index"
    return min(owing), min(worked)


if __name__ == "__main__":
    main()
