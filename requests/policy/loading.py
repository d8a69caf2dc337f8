"""Taking in a version that the controller published. What was in force is kept; what never was can be taken back."""

import hashlib
import re
import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from primevox_privacy.ledger.models import record
from primevox_privacy.outbox.models import Letter
from primevox_privacy.turns import wait_for_turn
from requests.policy import in_force
from requests.policy.models import PolicyVersion

LOADING = uuid.UUID("0d7a3f7e-6a53-4a0c-8a4b-2f3c9f1f7c55")  # loads take turns on this id
LONGEST = 1_000_000  # bytes
CAN_BE_TAKEN_BACK = timedelta(hours=24)  # a slip of the hand, noticed
FRONT_MATTER = re.compile(r"\A---\n\w[^\n]*:[^\n]*\n(?:[^\n]*\n)*?---\n")


class NotLoaded(Exception):
    """Why a file is not taken in, and what to do."""


@dataclass(frozen=True)
class Loaded:
    """What became of a file."""

    version: PolicyVersion
    is_new: bool
    now_material: bool = False  # it was there already, and is marked from now on


def read(given: bytes) -> str:
    """The text of a file. Raises NotLoaded."""
    if len(given) > LONGEST:
        raise NotLoaded(f"The file is larger than {LONGEST} bytes. Is it the policy?")
    try:
        text = given.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise NotLoaded("The file is not UTF-8 text. Save it as UTF-8 and load it again.") from None
    if "\0" in text:
        raise NotLoaded("The file holds zero bytes, so it is no text.")
    if not body_of(text).strip():
        raise NotLoaded("The file is empty.")
    return text


def body_of(text: str) -> str:
    """Without the lines between two `---` at its head, which describe the file and are no part of the policy."""
    return FRONT_MATTER.sub("", text, count=1)


@transaction.atomic
def load(text: str, effective_on: date, *, material: bool = False) -> Loaded:
    """Take in a version. The same again changes nothing. Raises NotLoaded."""
    wait_for_turn(LOADING)
    digest = hashlib.sha256(text.encode()).hexdigest()
    there = PolicyVersion.objects.filter(effective_on=effective_on).first()
    if there:
        return _again(there, digest, material=material)
    versions = list(PolicyVersion.objects.without_text())
    made = PolicyVersion(effective_on=effective_on, text=text, digest=digest, material=material)
    for other in filter(None, (in_force.before(versions, made), in_force.after(versions, made))):
        if other.digest == digest:
            raise NotLoaded(
                f"This very text is loaded already, as the version of {other.effective_on}. Nothing would change."
            )
    made.save(force_insert=True)
    record(made.pk, "policy_loaded", by="system", effective_on=str(effective_on), digest=digest, material=material)
    return Loaded(made, is_new=True)


def _again(there: PolicyVersion, digest: str, *, material: bool) -> Loaded:
    """A day that has its version already."""
    if there.digest != digest:
        if can_be_taken_back(there):
            how = f"Take that one back first: load_policy --take-back {there.effective_on}"
        else:
            how = "What was in force is kept. Load this one with the day from which it holds."
        raise NotLoaded(f"Another text is loaded as the version of {there.effective_on}. {how}")
    if material and not there.material:
        PolicyVersion.objects.filter(pk=there.pk).update(material=True)
        record(there.pk, "policy_marked_material", by="system")
        there.material = True
        return Loaded(there, is_new=False, now_material=True)
    return Loaded(there, is_new=False)


def can_be_taken_back(version: PolicyVersion) -> bool:
    """Nobody was told of it, and it was never in force or came in a moment ago."""
    if Letter.objects.filter(about=version.pk).exists():
        return False
    is_young = timezone.now() - version.loaded_at < CAN_BE_TAKEN_BACK
    return is_young or version.effective_on > timezone.localdate()


@transaction.atomic
def take_back(effective_on: date) -> None:
    """A version that was loaded by mistake goes. Raises NotLoaded."""
    wait_for_turn(LOADING)
    version = PolicyVersion.objects.filter(effective_on=effective_on).first()
    if version is None:
        raise NotLoaded(f"No version of {effective_on} is loaded.")
    if not can_be_taken_back(version):
        raise NotLoaded(f"The version of {effective_on} was in force or was mailed, so it is kept.")
    record(version.pk, "policy_taken_back", by="system", effective_on=str(effective_on), digest=version.digest)
    version.delete()
