"""The playbooks that we ship become version 1 of each: once, when there is none."""

from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.db import connections, transaction

from primevox_privacy.turns import wait_for_turn
from requests import deadlines
from requests.models import Playbook, PlaybookVersion
from requests.models.playbooks import LANGUAGES
from requests.playbooks.keeping import THE_PLAYBOOKS
from requests.terms import Purpose, Right

FILE = Path(__file__).with_name("shipped.yaml")
SHIPPED = "From the house, as this portal ships it"
SINCE = datetime(2023, 6, 1, tzinfo=deadlines.HOME)  # as the policy that they speak for; whatever the clock says now


def load_at_first_start(sender: Any, using: str, **kwargs: Any) -> None:
    """After each `migrate`; it may stop before our tables are there."""
    if PlaybookVersion._meta.db_table in connections[using].introspection.table_names():
        load()


@transaction.atomic
def load() -> bool:
    """Whether something was loaded. What staff made of it since is never touched."""
    wait_for_turn(THE_PLAYBOOKS)
    if Playbook.objects.exists():
        return False
    for entry in shipped():
        for language in LANGUAGES:
            book = Playbook.objects.create(
                purpose=Purpose(entry["purpose"]),
                right=Right(entry["right"]) if entry.get("right") else "",
                language=language,
                title=entry["title"],
            )
            text = _unwrapped(entry[language])
            book.versions.create(
                number=1, text=text, why=SHIPPED, effective_at=SINCE, proposed_at=SINCE, confirmed_at=SINCE
            )
    return True


def _unwrapped(text: str) -> str:
    """Lines of the file are as long as the file likes; only an empty one begins a paragraph."""
    return "\n\n".join(" ".join(block.split()) for block in text.strip().split("\n\n"))


def shipped() -> list[dict[str, Any]]:
    given: list[dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return given
