"""`manage.py demo`: everything on the embedded default with demo data, until Ctrl-C. `make run` calls this."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from primevox_privacy.sealed.cipher import blind_index
from requests import demo, identity, words
from requests.models import RightsRequest

PATIENCE = 10  # seconds a process gets to end by itself


class Command(BaseCommand):
    help = "Starts portal, worker and scheduler with demo data. Ctrl-C stops all of it."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args, **options) -> None:
        if not settings.DEMO:
            raise CommandError("Set DEMO=1: this loads made-up cases and shows everybody's mail.")
        settings.PUBLIC_URL = f"http://localhost:{options['port']}"  # stands in the letters of the demo cases
        call_command("migrate", verbosity=0)
        demo.load()
        self._say(options["port"])
        self._run(options["port"])

    def _say(self, port: int) -> None:
        site = f"http://localhost:{port}"
        say = self.stdout.write
        say(f"\n  Portal        {site}/")
        say(f"  Staff desk    {site}/admin/")
        say(f"  Mail sent     {site}/demo/mail/   (exists only in the demo)\n")
        say(f"  Staff, all with the password  {demo.password()}")
        say(f"  and a code of the app with the secret  {demo.seed()}")
        say(f"  The codes stand at {site}/demo/codes/ too  (exists only in the demo)")
        for name, _first, _last, role in demo.STAFF:
            say(f"    {name:5} {words.ROLES[role]}")
        say("\n  References to come back with; the code lands on the page of mail sent:")
        for mailbox, what in (("rosa", "waits for an answer"), ("lena", "answered, proof destroyed")):
            index = blind_index(identity.EMAIL, f"{mailbox}@mail.example")
            one = RightsRequest.objects.filter(submission__email_index=index).order_by("received_on", "right").first()
            if one:
                say(f"    {one}  {what}")
        say("\n  Ctrl-C stops everything.\n")

    def _run(self, port: int) -> None:
        python = sys.executable
        serve = [
            python,
            "-m",
            "gunicorn",
            "primevox_privacy.wsgi",
            "--no-control-socket",
            "--worker-class=gthread",
        ]
        serve += ["--threads=4", f"--bind=localhost:{port}", "--log-level=warning"]
        environment = os.environ | {"PUBLIC_URL": f"http://localhost:{port}"}
        running = [
            subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, start_new_session=True)
            for command in (serve, [python, "manage.py", "work"])
        ]
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            while all(process.poll() is None for process in running):
                time.sleep(0.5)
            self.stderr.write("One part stopped by itself; stopping the rest. Is the port taken? Try PORT=8123.")
        except KeyboardInterrupt:
            pass
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # an impatient second Ctrl-C would leave parts running
            _stop(running)


def _stop(running: list[subprocess.Popen]) -> None:
    for process in running:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
    for process in running:
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
