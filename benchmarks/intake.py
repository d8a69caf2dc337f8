"""What the ground floor costs: the final POST of a three-right submission beside a bare Django view.

    python benchmarks/intake.py [--requests 200] [--timeout 120]

Both views run under gunicorn with two workers on loopback, on a PostgreSQL database made for this run and dropped
after it. The bare view executes the very INSERTs that one submission made, under fresh ids, in one transaction: same
tables, rows, indexes and triggers, but no sealing, no dates, no rendered letter, no middleware, no form.
With REDIS_URL set the portal also rings the broker, as it does in production.
"""

import argparse
import functools
import http.client
import os
import re
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SERVER = os.environ.get("BENCHMARK_SERVER", "postgres://postgres@127.0.0.1:5432")
CLIENTS = (1, 8)
WARM_UP = 20  # requests before the clock starts
DIGEST, REFERENCE = re.compile(r"^[0-9a-f]{64}$"), re.compile(r"^[0-9A-Z]{9}$")
RECORDED = "BENCHMARK_RECORDED"  # names the file with the statements that the bare view repeats


# --- The bare view; gunicorn imports this module a second time for it --------------------------------------------
def bare(environ, start_response):
    """The WSGI application that inserts the same rows and nothing else."""
    return _bare_application()(environ, start_response)


@functools.cache
def _bare_application() -> Callable:
    import pickle

    import django
    from django.conf import settings

    os.environ["DJANGO_SETTINGS_MODULE"] = "primevox_privacy.settings"
    settings.MIDDLEWARE, settings.ROOT_URLCONF = [], __name__
    django.setup()
    from django.core.wsgi import get_wsgi_application
    from django.db import connection, transaction
    from django.http import HttpResponse
    from django.urls import path

    statements = pickle.loads(Path(os.environ[RECORDED]).read_bytes())

    def insert(request):
        fresh: dict = {}
        with transaction.atomic(), connection.cursor() as cursor:
            for sql, given in statements:
                cursor.execute(sql, _renewed(given, fresh))
        return HttpResponse("saved")

    globals()["urlpatterns"] = [path("insert/", insert)]
    return get_wsgi_application()


def _renewed(value, fresh: dict):
    """The same parameters under fresh ids: unique columns take them, and rows of one submission stay together."""
    if isinstance(value, list | tuple):
        return [_renewed(one, fresh) for one in value]
    if isinstance(value, uuid.UUID):
        return fresh.setdefault(value, uuid.uuid4())
    if isinstance(value, str):
        if DIGEST.match(value):
            return fresh.setdefault(value, secrets.token_hex(32))
        if REFERENCE.match(value):
            return fresh.setdefault(value, secrets.token_hex(5)[:9].upper())
        if value.endswith(":receipt"):
            return f"{uuid.uuid4()}:receipt"
    return value


# --- Setting up and tearing down ----------------------------------------------------------------------------------
@contextmanager
def own_database() -> Iterator[str]:
    name = f"benchmark_{secrets.token_hex(4)}"
    import psycopg

    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{SERVER}/{name}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def served(application: str) -> Iterator[int]:
    """gunicorn with two workers; the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    how = ["--workers=2", "--worker-class=gthread", "--threads=4", "--no-control-socket", "--log-level=error"]
    command = [sys.executable, "-m", "gunicorn", application, f"--bind=127.0.0.1:{port}", *how]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise SystemExit("gunicorn did not start") from None
            time.sleep(0.05)
        else:
            return


def drafts_ready_to_send(number: int) -> list[str]:
    """The cookies of people who have answered every question and only press Send."""
    from django.core.signing import get_cookie_signer

    from requests import drafts

    rights = ["access", "delete", "correct"]
    street = {"items": [{"wrong": "Elk Street", "right": "Elm Street"}]}
    answers = {"rights": rights, "details": {"correct": street, "delete": {"scope": "all"}}}
    reach = {"capacity": "self", "residence": "US-CA", "name": "Rosa Marquez", "also_known_by": "", "reached": True}
    signer = get_cookie_signer(salt=drafts.COOKIE)
    made = [drafts.keep(None, answers | reach | {"email": f"{uuid.uuid4()}@mail.example"}) for _ in range(number)]
    return [signer.sign(str(draft.pk)) for draft in made]


def record_statements(where: Path) -> int:
    """Keep what one submission writes; the number of rows."""
    import pickle

    from django.db import connection

    from requests import drafts, intake
    from requests.models import Draft

    kept, rows = [], 0

    def keep(execute, sql, params, many, context):
        nonlocal rows
        result = execute(sql, params, many, context)
        if sql.startswith(("INSERT", "UPDATE")):
            kept.append((sql, _plain(params)))
            rows += max(context["cursor"].rowcount, 0)
        return result

    drafts_ready_to_send(1)
    draft = Draft.objects.latest("touched_at")
    assert drafts.missing_step(draft.answers) is None
    with connection.execute_wrapper(keep):
        intake.send_draft(draft.pk, "en")
    where.write_bytes(pickle.dumps(kept))
    return rows


def _plain(value):
    """Parameters as pickle takes them."""
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return bytes(value) if isinstance(value, memoryview) else value


# --- Load ----------------------------------------------------------------------------------------------------------
def seconds_of(port: int, path: str, cookies: list[str], clients: int, deadline: float) -> tuple[list[float], float]:
    """POST once with each cookie, from so many clients; the seconds of each, and of all."""

    def one_client(mine: list[str]) -> list[float]:
        took = []
        for cookie in mine:
            if time.monotonic() > deadline:
                raise SystemExit("out of time: try fewer --requests")
            began = time.perf_counter()
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            token = "x" * 32
            client.request(
                "POST",
                path,
                "",
                {"Cookie": f"draft={cookie}; csrftoken={token}", "X-CSRFToken": token, "Content-Length": "0"},
            )
            response = client.getresponse()
            response.read()
            client.close()
            took.append(time.perf_counter() - began)
            if response.status not in (200, 302) or response.getheader("Location") not in (None, "/ask/sent/"):
                raise SystemExit(f"{path} answered {response.status} {response.getheader('Location')}")
        return took

    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as threads:
        took = [
            one for part in threads.map(one_client, [cookies[at::clients] for at in range(clients)]) for one in part
        ]
    return took, time.perf_counter() - began


def measure(application: str, path: str, requests: int, deadline: float) -> dict[int, tuple[float, float, float]]:
    """Requests a second, and the median and 95th percentile in milliseconds, by number of clients."""
    figures = {}
    with served(application) as port:
        seconds_of(port, path, drafts_ready_to_send(WARM_UP), 2, deadline)
        for clients in CLIENTS:
            took, whole = seconds_of(port, path, drafts_ready_to_send(requests), clients, deadline)
            cuts = statistics.quantiles(took, n=100)
            figures[clients] = (len(took) / whole, cuts[49] * 1000, cuts[94] * 1000)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=200, help="for each view and number of clients")
    parser.add_argument("--timeout", type=int, default=120, help="seconds for all")
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-")))
        for name in ("PRODUCTION", "DEMO", "EMAIL_URL"):
            os.environ.pop(name, None)
        os.environ |= {
            "DATABASE_URL": stack.enter_context(own_database()),
            "VAR_DIR": str(folder),
            "SUBMISSIONS_PER_HOUR": "100000000",
            "LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "primevox_privacy.settings",
            RECORDED: str(folder / "statements"),
        }
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        rows = record_statements(folder / "statements")
        deadline = time.monotonic() + given.timeout
        portal = measure("primevox_privacy.wsgi", "/ask/check/", given.requests, deadline)
        plain = measure("benchmarks.intake:bare", "/insert/", given.requests, deadline)
        connection.close()
    print(f"{given.requests} submissions of three rights each, {rows} rows each; gunicorn 2 workers, PostgreSQL")
    print(f"{'clients':>7}  {'view':6}  {'requests/s':>10}  {'p50 ms':>7}  {'p95 ms':>7}")
    for clients in CLIENTS:
        for name, figures in (("portal", portal), ("bare", plain)):
            rate, median, late = figures[clients]
            print(f"{clients:>7}  {name:6}  {rate:>10.1f}  {median:>7.1f}  {late:>7.1f}")
        print(f"{clients:>7}  ratio   {portal[clients][0] / plain[clients][0]:>10.2f}  (portal / bare, requests/s)")


if __name__ == "__main__":
    main()
