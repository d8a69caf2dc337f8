"""Takes the pictures of the README from a demo of its own, as the last part of `make pictures`."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
NOT_OURS = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "PUBLIC_URL", "PRODUCTION")  # the demo is on its own
COLOURS = 64  # enough for pages of words, and a quarter of the size
PATIENCE = 40  # seconds for what a worker does behind a page
PHONE: ViewportSize = {"width": 420, "height": 800}
DESK: ViewportSize = {"width": 1440, "height": 900}


@contextmanager
def demo() -> Iterator[tuple[str, str]]:
    """A demo in a folder and on a port of its own; its address, and what it printed once it serves."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    with tempfile.TemporaryDirectory() as var:
        environment = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
        environment |= {"DEMO": "1", "VAR_DIR": var, "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "manage.py", "demo", "--port", port]
        running = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            assert running.stdout
            said = ""
            while "Ctrl-C stops" not in said:
                line = running.stdout.readline()
                if not line:
                    raise SystemExit("The demo did not start.")
                said += line
            yield f"http://localhost:{port}", said
        finally:
            running.send_signal(signal.SIGINT)
            running.wait(PATIENCE)


def until(found: Callable[[], bool], what: str) -> None:
    """Wait for what a worker does behind a page."""
    for _ in range(PATIENCE * 2):
        if found():
            return
        time.sleep(0.5)
    raise SystemExit(f"{what} did not come.")


def serves(page: Page) -> bool:
    try:
        page.goto("/")
    except Exception:  # whatever the browser says of a port that nobody listens on yet
        return False
    return True


def take(page: Page, name: str) -> None:
    """The whole page, in few colours, so that the file is small."""
    taken = Image.open(BytesIO(page.screenshot(full_page=True))).convert("RGB")
    taken.quantize(COLOURS, dither=Image.Dither.NONE).save(PICTURES / f"{name}.png", optimize=True)


def goes_on(page: Page) -> None:
    page.click("main form button.button")


def codes(mail: Page) -> list[str]:
    """The codes on the page of mail sent, the newest first."""
    mail.goto("/demo/mail/")
    return re.findall(r"^\s*(\d{6})\s*$", mail.inner_text("main"), re.MULTILINE)


def comes_back(page: Page, reference: str) -> None:
    mail = page.context.new_page()
    before = len(codes(mail))
    page.goto("/your-request/")
    page.fill("#id_reference", reference)
    goes_on(page)
    until(lambda: len(codes(mail)) > before, "The code")
    page.fill("#id_code", codes(mail)[0])
    mail.close()
    goes_on(page)


def asks(page: Page) -> str:
    """A copy and a deletion, from the first page to the receipt; the first reference on it."""
    page.goto("/ask/")
    page.check("input[value=access]")
    page.check("input[value=delete]")
    goes_on(page)
    page.check("input[value=all]")
    goes_on(page)
    page.check("input[value=self]")
    goes_on(page)
    page.select_option("select", "US-TX")
    goes_on(page)
    page.fill("#id_name", "Rosa Marquez")
    page.fill("#id_email", "rosa.marquez@mail.example")
    goes_on(page)
    goes_on(page)
    take(page, "receipt")
    return page.locator(".reference").first.inner_text()


def destroyed(page: Page) -> bool:
    page.reload()
    return page.locator(".certificate").count() > 0


def requester(page: Page, answered: str) -> None:
    comes_back(page, asks(page))
    take(page, "hub")
    page.goto("/your-request/all/identity/")
    take(page, "identity")
    page.context.clear_cookies()
    comes_back(page, answered)
    until(lambda: destroyed(page), "The certificate")
    take(page, "certificate")
    page.click("form[action*='answer/open'] button")
    take(page, "answer")


def staff(page: Page, password: str, waiting: str) -> None:
    page.goto("/admin/login/")
    page.fill("#id_username", "vera")
    page.fill("#id_password", password)
    page.click("input[type=submit]")
    shown = page.context.new_page()
    shown.goto("/demo/codes/")
    code = shown.locator("main li").first.inner_text()
    shown.close()
    page.fill("#id_code", code)
    page.click("input[type=submit]")
    page.goto("/admin/requests/rightsrequest/")
    take(page, "queue")
    page.click(f"#result_list a:text('{waiting}')")
    take(page, "case")


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with demo() as (site, said), sync_playwright() as playwright:
        waiting, answered = re.findall(r"^ +(\w{3}-\w{3}-\w{3}) ", said, re.MULTILINE)
        password = re.search(r"password\s+(\S+)", said)
        assert password
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        phone, desk = (browser.new_context(base_url=site, viewport=size).new_page() for size in (PHONE, DESK))
        until(lambda: serves(phone), "The first page")
        requester(phone, answered)
        staff(desk, password.group(1), waiting)
        browser.close()


if __name__ == "__main__":
    main()
