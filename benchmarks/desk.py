"""How long the pages of the desk take, with a thousand, a hundred thousand and a million requests.

    python benchmarks/desk.py [--sizes 1000 100000 1000000]

Twice: with the same thousand on the desk and ever more that were closed, as years go by; and with one in ten of all on
the desk, where pages fill and there is more to count. Prints for Today, the queue, each of its views and a search the
statements of a page and its time, by the clock and of processor time (the best of three; see `sweep.py`), the same for
passing on 200 requests at once and taking that back, and how much longer the largest takes than the smallest. Makes a
database of its own on PostgreSQL and drops it.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
RUNS = 3
QUEUE = "/admin/requests/rightsrequest/"
BULK = 200
Took = tuple[float, float]  # seconds by the clock, and of processor time


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--sizes", type=int, nargs="+", default=[1_000, 100_000, 1_000_000])
    sizes = sorted(options.parse_args().sizes)
    from sweep import own_database

    with own_database():
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command
        from django.db import connection

        from primevox_privacy.ledger import triggers
        from tests.many_requests import ONE_IN_TEN, THE_FIRST_THOUSAND

        settings.ALLOWED_HOSTS = ["testserver"]
        for said, desk in {"the same thousand": THE_FIRST_THOUSAND, "one in ten": ONE_IN_TEN}.items():
            print(f"\n--- On the desk: {said}")
            call_command("migrate", verbosity=0)
            _compare(sizes, _sizes(sizes, desk))
            triggers.remove(connection)
            call_command("flush", interactive=False, verbosity=0)


def _compare(sizes: list[int], taken: dict[int, dict[str, Took]]) -> None:
    print(f"\n{sizes[-1]:,} / {sizes[0]:,} requests:")
    for page, longest in taken[sizes[-1]].items():
        if shortest := taken[sizes[0]].get(page):
            by_clock, worked = (many / few for many, few in zip(longest, shortest, strict=True))
            print(f"  {page:<28} {by_clock:.2f} times as long by the clock, {worked:.2f} times the processor time")


def _sizes(sizes: list[int], desk: Any) -> dict[int, dict[str, Took]]:
    """Grow, and measure at each size."""
    from django.utils import timezone

    from requests.terms import Right, Role
    from tests.cast import ask, person, signed_in
    from tests.many_requests import fill, settle

    tess, like, present, taken = person("Tess", Role.TRIAGE), ask(Right.ACCESS), 10, {}
    for size in sizes:
        fill(like, range(present, size), today=timezone.localdate(), handler=tess, desk=desk)
        settle()
        present, client = size, signed_in(tess)
        print(f"\n{size:,} requests")
        taken[size] = {name: _page(client, name, path) for name, path in _pages().items()}
        taken[size] |= _bulk(client, tess)
    return taken


def _pages() -> dict[str, str]:
    from requests.admin.narrowing import as_query
    from requests.admin.saved_views import BUILT_IN
    from tests.many_requests import name_of

    views = {f"queue: {name}": f"{QUEUE}?{as_query(wanted)}" for name, (_said, wanted) in BUILT_IN.items()}
    return {"Today": "/admin/", "queue": QUEUE, **views, "search": f"{QUEUE}?q=name.{name_of(20)}"}


def _page(client: Any, name: str, path: str) -> Took:
    """The best of some, after one that fills what is looked at now and then."""
    client.get(path)
    return _best(name, [_took(lambda: client.get(path)) for _ in range(RUNS)])


def _took(act: Callable[[], Any]) -> tuple[Took, int, str]:
    """How long it took, with how many statements, and the page."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from sweep import spent

    with CaptureQueriesContext(connection) as caught:
        began, began_work = time.perf_counter(), spent()
        answer = act()
        took = time.perf_counter() - began, spent() - began_work
    assert answer.status_code == 200
    return took, len(caught), answer.content.decode()


def _best(name: str, runs: list[tuple[Took, int, str]]) -> Took:
    by_clock, worked = (min(times) for times in zip(*(took for took, _statements, _page in runs), strict=True))
    _took, statements, _page = runs[-1]
    print(
        f"  {name:<28} {statements:>3} statements, {by_clock * 1000:7.1f} ms by the clock,"
        f" {worked * 1000:7.1f} ms of processor time"
    )
    return by_clock, worked


def _bulk(client: Any, tess: Any) -> dict[str, Took]:
    """Pass on 200 to somebody new, and take that back; at the smallest size fewer are there."""
    from requests.models import RightsRequest
    from requests.terms import Role
    from tests.cast import person

    to = person(f"Una{RightsRequest.objects.count()}", Role.TRIAGE)
    ids = [str(pk) for pk in RightsRequest.objects.open().in_queue_order().values_list("pk", flat=True)[:BULK]]
    given = {"chosen": ids, "to": str(to.pk), "sure": "1"}
    passed, back = [], []
    for _ in range(RUNS):
        passed.append(_took(lambda: client.post(f"{QUEUE}assign/", given)))
        back.append(_took(lambda: client.post(f"{QUEUE}assign/undo/", given)))
    assert passed[-1][2].count(f"{to} has it now.") == len(ids)
    again = ("has it again.", "Nobody has it now, as before.")
    assert sum(back[-1][2].count(said) for said in again) == len(ids)
    return {
        f"pass on {len(ids)}": _best(f"pass on {len(ids)}", passed),
        f"undo {len(ids)}": _best(f"undo {len(ids)}", back),
    }


if __name__ == "__main__":
    main()
