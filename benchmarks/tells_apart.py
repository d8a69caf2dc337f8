"""Whether the time of an answer tells who we know: pairs of the same request, one about somebody known, one not.

    python benchmarks/tells_apart.py [--rounds 200] [--timeout 180]

The portal runs under gunicorn with two workers on loopback, on a PostgreSQL database made for this run and dropped
after it. One client asks, known and unknown in turn and in random order, so that whatever else the machine does falls
on both. Each known one is another person, with an earlier request and, for codes, a live code in the mail.
"""

import argparse
import http.client
import os
import random
import re
import secrets
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from intake import own_database, served  # noqa: E402  (beside this file)

GOAL = 0.05  # the medians of a pair differ by no more
WARM_UP = 20  # of each kind, before the clock counts
CSRF = "x" * 32
PAPER_CODE, WRONG_CODE = "4Q7H-Z2KD-9MXC-0TRP", "000000"
visitors = count(1)

Asking = tuple[str, str, dict[str, str], str]  # method, address, form, cookies


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200, help="of each kind")
    parser.add_argument("--timeout", type=int, default=180, help="seconds for all")
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-"))
        for name in ("PRODUCTION", "DEMO", "EMAIL_URL", "REDIS_URL"):
            os.environ.pop(name, None)
        os.environ |= {
            "DATABASE_URL": stack.enter_context(own_database()),
            "VAR_DIR": folder,
            "SUBMISSIONS_PER_HOUR": "100000000",
            "TRUSTED_PROXIES": "1",  # each asks from an address of their own
            "LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "primevox_privacy.settings",
        }
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        deadline, rounds = time.monotonic() + given.timeout, given.rounds + WARM_UP
        port = stack.enter_context(served("primevox_privacy.wsgi"))
        print(f"{given.rounds} rounds of each kind; gunicorn 2 workers, PostgreSQL; milliseconds")
        print(f"{'':22}  {'known':>15}  {'unknown':>15}  ratio of medians")
        print(f"{'':22}  {'p50':>7} {'p95':>7}  {'p50':>7} {'p95':>7}")
        far = [name for name, made in PAIRS.items() if not told_apart(name, measure(port, made, rounds, deadline))]
        connection.close()
    print(f"medians within {GOAL:.0%}: " + ("all" if not far else f"all but {', '.join(far)}"))


def told_apart(name: str, took: dict[bool, list[float]]) -> bool:
    """Print one pair; whether it stays within the goal."""
    cuts = {known: statistics.quantiles(took[known], n=100) for known in (True, False)}
    ratio = cuts[True][49] / cuts[False][49]
    figures = "  ".join(f"{cuts[known][49] * 1000:>7.1f} {cuts[known][94] * 1000:>7.1f}" for known in (True, False))
    print(f"{name:22}  {figures}  {ratio:>6.3f}", flush=True)
    return abs(ratio - 1) <= GOAL


def measure(port: int, made: Callable[[int, int], dict[bool, list[Asking]]], rounds: int, deadline: float):
    """The seconds of each answer, of the known and of the unknown."""
    waiting = made(port, rounds)
    took: dict[bool, list[float]] = {True: [], False: []}
    statuses: dict[bool, set[tuple]] = {True: set(), False: set()}
    for turn in range(rounds):
        for known in random.sample((True, False), 2):
            if time.monotonic() > deadline:
                raise SystemExit("out of time: try fewer --rounds")
            began = time.perf_counter()
            status, location, _cookies = send(port, waiting[known][turn])
            seconds = time.perf_counter() - began
            statuses[known].add((status, location))
            if turn >= WARM_UP:
                took[known].append(seconds)
    if statuses[True] != statuses[False] or len(statuses[True]) != 1 or 429 in next(iter(statuses[True])):
        raise SystemExit(f"known and unknown were answered {statuses}")
    return took


def send(port: int, asking: Asking) -> tuple[int, str | None, str]:
    """Ask once, from an address of one's own; the status, where it leads, and the cookies that came."""
    method, address, form, cookies = asking
    client, visitor = http.client.HTTPConnection("127.0.0.1", port, timeout=30), next(visitors)
    headers = {
        "Cookie": "; ".join(filter(None, [f"csrftoken={CSRF}", cookies])),
        "X-CSRFToken": CSRF,
        "X-Forwarded-For": f"10.{visitor >> 16 & 255}.{visitor >> 8 & 255}.{visitor & 255}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    client.request(method, address, urlencode(form) if method == "POST" else None, headers)
    response = client.getresponse()
    response.read()
    came = "; ".join(re.findall(r"(sessionid=[^;]+)", response.getheader("Set-Cookie") or ""))
    client.close()
    return response.status, response.getheader("Location"), came


# --- Who is known ---------------------------------------------------------------------------------------------------
def somebody() -> str:
    return f"{uuid.uuid4()}@mail.example"


def known_people(number: int) -> Iterator[tuple[str, str]]:
    """So many people with a request each: their address and its reference."""
    from requests.intake import Asked, take_in
    from requests.terms import Right

    for _ in range(number):
        address = somebody()
        made = take_in(Asked(rights=(Right.ACCESS,), name="Rosa Marquez", email=address, residence="US-TX"))
        yield address, made.rights_requests.get().reference


def references_of(number: int) -> dict[bool, list[str]]:
    from requests.references import new_reference

    return {True: [one for _, one in known_people(number)], False: [new_reference() for _ in range(number)]}


# --- What is asked ---------------------------------------------------------------------------------------------------
def a_request(port: int, number: int) -> dict[bool, list[Asking]]:
    """The last POST of a request, under an address that asked before, or never did."""
    from django.core.signing import get_cookie_signer

    from requests import drafts

    answers = {"rights": ["access"], "capacity": "self", "residence": "US-TX", "name": "Rosa Marquez"}
    signer = get_cookie_signer(salt=drafts.COOKIE)

    def asking(address: str) -> Asking:
        draft = drafts.keep(None, answers | {"also_known_by": "", "reached": True, "email": address})
        return "POST", "/ask/check/", {}, f"draft={signer.sign(str(draft.pk))}"

    known = [asking(address) for address, _reference in known_people(number)]
    return {True: known, False: [asking(somebody()) for _ in range(number)]}


def a_reference(port: int, number: int) -> dict[bool, list[Asking]]:
    """Asking for a code."""
    return {
        known: [("POST", "/your-request/", {"reference": one}, "") for one in references]
        for known, references in references_of(number).items()
    }


def a_code(port: int, number: int) -> dict[bool, list[Asking]]:
    """A wrong code, ten minutes not yet over; behind the known ones a code is in the mail."""
    from requests import sign_in

    def asking(asked: Asking) -> Asking:
        _status, _location, session = send(port, asked)
        return "POST", "/your-request/code/", {"code": WRONG_CODE}, session

    asked = {known: [asking(one) for one in waiting] for known, waiting in a_reference(port, number).items()}
    sign_in.answer_waiting()
    return asked


def a_code_on_paper(port: int, number: int) -> dict[bool, list[Asking]]:
    return {
        known: [("POST", "/your-request/paper/", {"reference": one, "code": PAPER_CODE}, "") for one in references]
        for known, references in references_of(number).items()
    }


def a_link(port: int, number: int) -> dict[bool, list[Asking]]:
    """Opening a "this was not me" link."""
    from primevox_privacy.outbox.models import Letter

    people = [reference for _, reference in known_people(number)]
    receipts = Letter.objects.filter(kind="receipt").select_related("address_key").order_by("-owed_at")[: len(people)]
    known = [re.search(r"/not-me/[0-9a-f]{32}/", letter.text or "") for letter in receipts]
    unknown = [f"/not-me/{secrets.token_hex(16)}/" for _ in people]
    return {
        True: [("GET", found.group(), {}, "") for found in known if found],
        False: [("GET", address, {}, "") for address in unknown],
    }


PAIRS: dict[str, Callable[[int, int], dict[bool, list[Asking]]]] = {
    "start of a request": a_request,
    "reference": a_reference,
    "wrong code": a_code,
    "wrong code on paper": a_code_on_paper,
    "“not me” link": a_link,
}

if __name__ == "__main__":
    main()
