"""`manage.py rotate_keys`: wrap every data key by the newest wrapping key, while the portal goes on."""

import sys
import time

from django.core.management.base import BaseCommand

from primevox_privacy.sealed import cipher, rotation

SAY_EVERY = 2  # seconds


class Command(BaseCommand):
    help = (
        "Wraps every living data key by the first of WRAPPING_KEYS. The portal goes on; killed at any moment it can be"
        " run again. Exit 0: done. Exit 1: keys are left that an older version wraps, or that do not open."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing: say which versions are in use")
        parser.add_argument("--batch", type=int, default=rotation.BATCH, help="keys at a time")

    def handle(self, *args, **options) -> None:
        if not options["check"]:
            self._rotate(max(1, options["batch"]))
        self._say_what_is_in_use()

    def _rotate(self, batch: int) -> None:
        all_of_them, began = rotation.outdated().count(), time.monotonic()
        said_at, progress = began, rotation.Progress(0, [])
        for progress in rotation.rotate(batch):
            if time.monotonic() - said_at > SAY_EVERY:
                said_at = time.monotonic()
                self.stdout.write(f"{progress.wrapped} of {all_of_them} keys")
        took = time.monotonic() - began
        rate = f", {progress.wrapped / took:.0f} keys/s" if progress.wrapped else ""
        self.stdout.write(f"{progress.wrapped} keys wrapped anew{rate}.")
        for pk in progress.unreadable:
            self.stderr.write(f"Key {pk} does not open: what lies under it is lost, for its one owner.")

    def _say_what_is_in_use(self) -> None:
        newest, used = cipher.current_wrapping_version(), rotation.versions_in_use()
        for version in sorted({newest, *used}, reverse=True):
            of_it = " (newest)" if version == newest else ""
            missing = "" if rotation.is_opened_by(version) else ": NOT CONFIGURED, so none of them opens"
            self.stdout.write(f"Version {version}{of_it} wraps {used.get(version, 0)} keys{missing}.")
        if set(used) - {newest}:
            self.stderr.write("An older version is still in use: keep it configured.")
            sys.exit(1)
        self.stdout.write("No older version is in use. Keep it for restores until its backups have expired.")
