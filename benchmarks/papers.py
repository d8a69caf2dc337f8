"""What hostile papers cost: memory of the process that has them drawn, and what other people notice meanwhile.

    python benchmarks/papers.py [--rounds 3] [--pages 200]

Every paper of `tests/test_papers_hostile.py` that gets past the form is drawn again and again, as the worker does it.
Printed: papers a second, the memory of the drawing process after the first round and after the last, the highest
memory of any child, and the 95th percentile of a page (the start) while nothing is drawn and while papers are.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
DRAWING = "--draw"


def ready() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "primevox_privacy.settings")
    import django

    django.setup()


def memory() -> float:
    """Megabytes that this process has in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000


def draw(rounds: int) -> None:
    """Draw all papers so many times, and print what it took."""
    ready()
    from tests.test_papers_hostile import PDFS, PHOTOS
    from verification import redraw
    from verification.papers import LONGEST_START, kind_of

    papers = [content() for _name, content, _outcome, _why in PHOTOS + PDFS]
    began, after = time.monotonic(), []
    for _round in range(rounds):
        for paper in papers:
            try:
                redraw.draw(kind_of(paper[:LONGEST_START]), paper)
            except redraw.NotDrawn:
                continue
        after.append(memory())
    took = time.monotonic() - began
    highest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    print(f"{rounds * len(papers) / took:.1f} papers a second, {len(papers)} kinds, {rounds} rounds")
    print(f"memory after the first round {after[0]:.0f} MB, after the last {after[-1]:.0f} MB")
    print(f"highest memory of a child {highest:.0f} MB (its limit: 512 MB of address space)")


def p95(number: int) -> float:
    """Milliseconds within which 95 of 100 visits to the first page are answered."""
    from django.test import Client

    client, took = Client(), []
    for _visit in range(number):
        began = time.perf_counter()
        assert client.get("/", headers={"host": "localhost"}).status_code == 200
        took.append((time.perf_counter() - began) * 1000)
    return statistics.quantiles(took, n=20)[-1]


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--rounds", type=int, default=3)
    given.add_argument("--pages", type=int, default=200)
    given.add_argument(DRAWING, action="store_true", help=argparse.SUPPRESS)
    chosen = given.parse_args()
    if chosen.draw:
        draw(chosen.rounds)
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ["VAR_DIR"] = folder
        ready()
        p95(20)
        quiet = p95(chosen.pages)
        drawing = subprocess.Popen([sys.executable, __file__, DRAWING, "--rounds", str(chosen.rounds)])
        busy = p95(chosen.pages)
        print(f"first page, 95th percentile: {quiet:.1f} ms while nothing is drawn, {busy:.1f} ms while papers are")
        ended = drawing.wait()
    sys.exit(ended)


if __name__ == "__main__":
    main()
