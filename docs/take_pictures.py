"""Takes the pictures of the README from a demo of its own: `.venv/bin/python docs/take_pictures.py`."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
SITE = "http://localhost:8377"
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def started(var: str) -> tuple[subprocess.Popen, str]:
    """A demo, and what it printed once it serves."""
    environment = os.environ | {"DEMO": "1", "VAR_DIR": var, "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "manage.py", "demo", "--port", "8377"]
    demo = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    said = ""
    assert demo.stdout
    while "Ctrl-C stops" not in said:
        said += demo.stdout.readline()
    time.sleep(6)  # the worker destroys what the demo's closed case left
    return demo, said


def take(page: Page, name: str) -> None:
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


def codes(page: Page) -> list[str]:
    """The codes on the page of mail sent, the newest first."""
    page.goto(f"{SITE}/demo/mail/")
    return re.findall(r"^\s*(\d{6})\s*$", page.inner_text("main"), re.MULTILINE)


def next_code(page: Page, before: int) -> str:
    """The code that comes after `before` others."""
    for _ in range(40):
        if len(found := codes(page)) > before:
            return found[0]
        time.sleep(0.5)
    raise SystemExit("no code arrived")


def come_back(page: Page, reference: str) -> None:
    mail = page.context.new_page()
    before = len(codes(mail))
    page.goto(f"{SITE}/your-request/")
    page.fill("#id_reference", reference)
    page.click("main form button")
    page.fill("#id_code", next_code(mail, before))
    mail.close()
    page.click("main form button")


def requester(page: Page, answered: str) -> None:
    page.goto(f"{SITE}/ask/")
    page.check("input[value=access]")
    page.click("main form button")
    page.select_option("select", "US-TX")
    page.click("main form button")
    page.fill("#id_name", "Rosa Marquez")
    page.fill("#id_email", "rosa.marquez@mail.example")
    page.click("main form button")
    page.click("main form button")
    take(page, "receipt")
    own = page.locator(".reference").first.inner_text()
    come_back(page, own)
    take(page, "hub")
    page.goto(f"{SITE}/your-request/all/identity/")
    take(page, "identity")
    page.context.clear_cookies()
    come_back(page, answered)
    take(page, "certificate")
    page.click("form[action*='answer/open'] button")
    take(page, "answer")


def staff(page: Page, password: str) -> None:
    page.goto(f"{SITE}/admin/login/")
    page.fill("#id_username", "abe")
    page.fill("#id_password", password)
    page.click("input[type=submit]")
    page.goto(f"{SITE}/admin/requests/rightsrequest/")
    take(page, "queue")
    page.click("#result_list tbody tr:nth-child(3) th a")
    take(page, "case")


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as var:
        demo, said = started(var)
        try:
            _waiting, answered = re.findall(r"^ +(\w{3}-\w{3}-\w{3}) ", said, re.MULTILINE)
            password = re.search(r"password\s+(\S+)", said)
            assert password
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
                phone = browser.new_context(viewport={"width": 420, "height": 800}).new_page()
                requester(phone, answered)
                desk = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
                staff(desk, password.group(1))
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait(20)


if __name__ == "__main__":
    main()
