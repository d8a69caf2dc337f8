"""Lighthouse on each kind of public page: performance, accessibility, best practices, search; the goal is 100 in each.

    python benchmarks/lighthouse.py [--runs 3] [--pages / /ask/] [--timeout 120]

Needed: Node 18.20 or newer with npm, and Chromium. Lighthouse is installed once, below var/. The portal runs under
gunicorn with two workers on loopback, with static files as in production and an SQLite database of its own. Printed is
the median of the runs, and what kept a page from 100. It ends with 1 where a page has less in another category than
performance, which on a machine that does other things says little.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from intake import served  # noqa: E402  (beside this file)

LIGHTHOUSE = "lighthouse@12.8.2"
FOLDER = ROOT / "var" / "lighthouse"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
PAGES = (
    *("/", "/ask/", "/ask/delete/", "/ask/opt-out/", "/your-request/", "/your-request/paper/", "/other-ways/"),
    *("/what-we-ask/", "/what-we-hold/", "/privacy/", "/policy/", "/accessibility/", "/is-it-us/", "/check/", "/es/"),
)
HANGS_ON_THE_MACHINE = CATEGORIES[0]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
TRIES = 4  # where the browser was slow to begin, Lighthouse itself asks to run it again
FLAGS = "--headless=new --no-sandbox --disable-gpu"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--pages", nargs="+", default=PAGES)
    parser.add_argument("--timeout", type=int, default=120, help="seconds for one run of one page")
    given = parser.parse_args()
    if not (shutil.which("npm") and CHROMIUM):
        raise SystemExit(
            "Lighthouse needs Node 18.20 or newer with npm, and Chromium: `apt install nodejs npm chromium`."
        )
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-"))
        for name in ("PRODUCTION", "DEMO", "EMAIL_URL", "REDIS_URL", "DATABASE_URL"):
            os.environ.pop(name, None)
        os.environ |= {"VAR_DIR": folder, "COLLECT_MANIFEST": "1", "LOG_LEVEL": "ERROR"}
        for command in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"]):
            subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, check=True)
        site = f"http://localhost:{stack.enter_context(served('primevox_privacy.wsgi'))}"
        print(f"{LIGHTHOUSE}, median of {given.runs}; telephone, slow 4G as Lighthouse takes it")
        print(f"{'':20}" + "".join(f"{category:>16}" for category in CATEGORIES))
        reached = [
            shown(page, [run(f"{site}{page}", given.timeout) for _ in range(given.runs)]) for page in given.pages
        ]
    print(f"100 in all four: {sum(all(one.values()) for one in reached)} of {len(reached)} pages")
    if not all(is_whole for one in reached for category, is_whole in one.items() if category != HANGS_ON_THE_MACHINE):
        raise SystemExit(1)


def shown(page: str, reports: list[dict]) -> dict[str, bool]:
    """Print one page; in which categories it reached 100."""
    medians = [statistics.median(round(100 * one["categories"][of]["score"]) for one in reports) for of in CATEGORIES]
    print(f"{page:20}" + "".join(f"{median:>16g}" for median in medians), flush=True)
    for category, median in zip(CATEGORIES, medians, strict=True):
        if median < 100:
            print(f"    {category}: {', '.join(lost(reports[-1], category))}", flush=True)
    return {category: median == 100 for category, median in zip(CATEGORIES, medians, strict=True)}


def lost(report: dict, category: str) -> list[str]:
    """The audits that cost something."""
    weighed = [one["id"] for one in report["categories"][category]["auditRefs"] if one["weight"]]
    audits = (report["audits"][one] for one in weighed)
    return [f"{one['id']} {one['score']:g}" for one in audits if one["score"] is not None and one["score"] < 1]


def run(url: str, timeout: int) -> dict:
    """One report."""
    command = [installed(), url, "--quiet", "--output=json", f"--only-categories={','.join(CATEGORIES)}"]
    environ = os.environ | {"CHROME_PATH": CHROMIUM or ""}
    said = ""
    for _ in range(TRIES):
        done = subprocess.run(
            [*command, f"--chrome-flags={FLAGS}"], env=environ, capture_output=True, timeout=timeout, check=False
        )
        if not done.returncode:
            return json.loads(done.stdout)
        said = done.stderr.decode()[-800:]
    raise SystemExit(f"Lighthouse could not look at {url}:\n{said}")


def installed() -> str:
    """Where Lighthouse is, after it was fetched the first time."""
    found = FOLDER / "node_modules" / ".bin" / "lighthouse"
    if not found.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        fetch = ["npm", "install", "--no-save", "--no-package-lock", "--silent", "--prefix", str(FOLDER), LIGHTHOUSE]
        subprocess.run(fetch, check=True)
    return str(found)


if __name__ == "__main__":
    main()
