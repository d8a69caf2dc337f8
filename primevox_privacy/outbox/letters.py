"""Writing a letter: rendered when it is owed, in the requester's language, and kept as sent.

A kind has two templates, `emails/KIND.subject.txt` and `emails/KIND.txt`; the HTML part is made from the same
text when it leaves. Templates get dates, references and addresses of pages, never anything that somebody typed.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from primevox_privacy import telephone
from primevox_privacy.celery import ring
from primevox_privacy.outbox.models import Letter
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey

CODE_GOES_HERE = "{{code}}"  # replaced at sending, so that the kept text never holds a code
OUR_OWN_KEPT = timedelta(days=30)


def letter(
    kind: str,
    *,
    key: str,
    about: uuid.UUID,
    address: str,
    address_key: DataKey,
    language: str = "en",
    code: str | None = None,
    code_key: DataKey | None = None,
    not_before: datetime | None = None,
    by_post: bool = False,
    **context: Any,
) -> Letter:
    """A letter, not yet saved."""
    context |= {
        "site": settings.PUBLIC_URL,
        "compliance_email": settings.COMPLIANCE_EMAIL,
        "code_goes_here": CODE_GOES_HERE,
        "by_post": by_post,
    }
    with override(language):
        context["compliance_phone"] = telephone.in_words()
        subject = " ".join(render_to_string(f"emails/{kind}.subject.txt", context).split())
        text = render_to_string(f"emails/{kind}.txt", context).strip() + "\n"
    made = Letter(
        key=key,
        kind=kind,
        about=about,
        address=address,
        address_key=address_key,
        language=language,
        subject=subject,
        text=text,
        code=code,
        code_key=code_key,
        by_post=by_post,
    )
    if not_before:
        made.not_before = not_before
    return made


def owe(kind: str, **given: Any) -> None:
    """Write down that a letter is owed. Asking twice with the same key is harmless."""
    owe_all([letter(kind, **given)])


def owe_all(letters: list[Letter]) -> None:
    """Write down several letters in one statement, and wake the worker once they are committed."""
    Letter.objects.bulk_create(letters, ignore_conflicts=True)
    transaction.on_commit(wake)


def wake() -> None:
    ring("primevox_privacy.outbox.tasks.send_owed")


@transaction.atomic
def owe_to_us(kind: str, *, key: str, address: str = "", **context: Any) -> bool:
    """A mail of our own, about no case: to a member of staff, or without `address` to the compliance mailbox. False
    when one with this key is owed already."""
    if Letter.objects.filter(key=key).exists():
        return False
    about = uuid.uuid4()
    kept = DataKey.make(about, Life.CONTACT, ends_at=timezone.now() + OUR_OWN_KEPT)
    kept.save(force_insert=True)
    owe(kind, key=key, about=about, address=address or settings.COMPLIANCE_EMAIL, address_key=kept, **context)
    return True
