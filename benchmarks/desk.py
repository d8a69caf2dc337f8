"""How long the pages of the desk take, with a thousand, a hundred thousand and a million requests.

    python benchmarks/desk.py [--sizes 1000 100000 1000000]

One in ten is on the desk. Prints for Today, the queue, each of its views and a search the statements and the processor
time of a page (the best of three; see `sweep.py`), passing on 200 requests at once, and how much longer the largest
takes than the smallest. Makes a database of its own on PostgreSQL and drops it.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
RUNS = 3
QUEUE = "/admin/requests/rightsrequest/"
BULK = 200


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

        settings.ALLOWED_HOSTS = ["testserver"]
        call_command("migrate", verbosity=0)
        taken = _sizes(sizes)
    print(f"\n{sizes[-1]:,} / {sizes[0]:,} requests:")
    for page, seconds in taken[sizes[-1]].items():
        print(f"  {page:<28} {seconds / taken[sizes[0]][page]:.2f} times as long")


def _sizes(sizes: list[int]) -> dict[int, dict[str, float]]:
    """Grow, and measure at each size."""
    from django.utils import timezone

    from requests.terms import Right, Role
    from tests.cast import ask, person, signed_in
    from tests.many_requests import fill, settle

    tess, like, present, taken = person("Tess", Role.TRIAGE), ask(Right.ACCESS), 10, {}
    for size in sizes:
        fill(like, range(present, size), today=timezone.localdate(), handler=tess)
        settle()
        present, client = size, signed_in(tess)
        print(f"\n{size:,} requests")
        taken[size] = {name: _page(client, name, path) for name, path in _pages().items()}
        taken[size]["pass on 200"] = _bulk(client, tess)
    return taken


def _pages() -> dict[str, str]:
    from requests.admin.narrowing import as_query
    from requests.admin.saved_views import BUILT_IN
    from tests.many_requests import name_of

    views = {f"queue: {name}": f"{QUEUE}?{as_query(wanted)}" for name, (_said, wanted) in BUILT_IN.items()}
    return {"Today": "/admin/", "queue": QUEUE, **views, "search": f"{QUEUE}?q=name.{name_of(20)}"}


def _page(client: Any, name: str, path: str) -> float:
    """The best of some, after one that fills what is looked at now and then."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from sweep import spent

    client.get(path)
    times = []
    for _ in range(RUNS):
        with CaptureQueriesContext(connection) as caught:
            began = spent()
            answer = client.get(path)
            times.append(spent() - began)
        assert answer.status_code == 200
    print(f"  {name:<28} {len(caught):>2} statements, {min(times) * 1000:7.1f} ms")
    return min(times)


def _bulk(client: Any, tess: Any) -> float:
    """Pass on 200 that nobody has to somebody new, and take that back."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from sweep import spent

    from requests.models import RightsRequest
    from requests.terms import Role
    from tests.cast import person

    to = person(f"Una{RightsRequest.objects.count()}", Role.TRIAGE)
    ids = [str(pk) for pk in RightsRequest.objects.open().in_queue_order().values_list("pk", flat=True)[:BULK]]
    with CaptureQueriesContext(connection) as caught:
        began = spent()
        answer = client.post(f"{QUEUE}assign/", {"chosen": ids, "to": str(to.pk), "sure": "1"})
        took = spent() - began
    assert answer.content.decode().count(f"{to} has it now.") == len(ids)
    print(f"  pass on {len(ids):<20} {len(caught):>4} statements, {took:.2f} s")
    client.post(f"{QUEUE}assign/undo/", {"chosen": ids})
    return took


if __name__ == "__main__":
    main()
