"""`manage.py check_signed FILE`: did we sign this receipt or certificate? Exit 0 if so, 1 if not."""

import json
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from primevox_privacy import signed


class Command(BaseCommand):
    help = "Checks a signed receipt or certificate. Exit 0: ours and unchanged. Exit 1: not."

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args, **options) -> None:
        try:
            text = options["file"].read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"Cannot read this file as text: {type(error).__name__}.") from None
        try:
            statement = signed.check(text)
        except signed.NotOurs as reason:
            self.stderr.write(str(reason))
            sys.exit(1)
        self.stdout.write("Ours and unchanged. It states:")
        self.stdout.write(json.dumps(statement, indent=1, ensure_ascii=False))
