"""Another version of a playbook: one person proposes it, a second one confirms it, and before that nobody can use it.

Approvers keep playbooks: they release what is begun with one, and wherever anything is released there are two of them.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from primevox_privacy.ledger.models import record
from primevox_privacy.staff.models import User
from primevox_privacy.turns import wait_for_turn
from requests import roles
from requests.models import Playbook, PlaybookVersion
from requests.playbooks import texts
from requests.terms import Purpose, Right

THE_PLAYBOOKS = uuid.UUID("5c0d6d55-5f2b-4a0e-9d0a-3c1a7b1f0e21")  # who changes one takes turns on this id


class NotKept(Exception):
    """A version that cannot be proposed, confirmed or dropped. Its text tells an approver why."""

    def __init__(self, why: str | Promise) -> None:
        super().__init__(str(why))


@dataclass(frozen=True)
class Place:
    """For what a new playbook is to be there."""

    purpose: Purpose
    right: Right | None  # None: for any
    language: str
    title: str


def _need(by: User) -> None:
    if not roles.may(by, "keep_playbooks"):
        raise NotKept(_("Your role cannot do this. Ask a colleague whose role can."))


@transaction.atomic
def begin(place: Place, text: str, why: str, effective_at: datetime, *, by: User) -> PlaybookVersion:
    """A playbook that was not there, with its first version, proposed. Raises NotKept."""
    _need(by)
    wait_for_turn(THE_PLAYBOOKS)
    made, is_new = Playbook.objects.get_or_create(
        purpose=place.purpose, right=place.right or "", language=place.language, title=place.title.strip()
    )
    if not is_new:
        raise NotKept(_("A playbook with this title is there already. Open it, and propose another version."))
    return propose(made, text, why, effective_at, in_use=True, by=by)


@transaction.atomic
def propose(
    playbook: Playbook, text: str, why: str, effective_at: datetime, *, in_use: bool = True, by: User
) -> PlaybookVersion:
    """Another version of a playbook. Nobody can use it until somebody else confirms it. Raises NotKept."""
    _need(by)
    text = texts.tidied(text)
    if not text or not why.strip():
        raise NotKept(_("A version needs its text, and why it is there."))
    if wrong := texts.problems(text, playbook.language):
        raise NotKept(" ".join(wrong))
    wait_for_turn(THE_PLAYBOOKS)
    versions = playbook.versions.all()
    if versions.proposed().exists():
        raise NotKept(_("A version waits already. Confirm it or drop it first."))
    held = versions.settled().order_by("-number").first()
    if held and (held.text, held.in_use) == (text, in_use):
        raise NotKept(_("Nothing is different from the newest version that was confirmed."))
    made = PlaybookVersion.objects.create(
        playbook=playbook,
        number=(versions.aggregate(Max("number"))["number__max"] or 0) + 1,
        text=text,
        in_use=in_use,
        why=why.strip(),
        effective_at=max(effective_at, timezone.now()),
        proposed_by=by,
    )
    record(made.pk, "playbook_proposed", by=by.as_actor, playbook=str(playbook.pk), number=made.number)
    return made


@transaction.atomic
def confirm(pk: uuid.UUID, *, by: User) -> PlaybookVersion:
    """A second person lets a version be used, from its day on, at the earliest now. Raises NotKept."""
    version = _waiting(pk, by)
    if version.proposed_by_id == by.pk:
        raise NotKept(_("Who proposed a version cannot confirm it. Ask another approver."))
    now = timezone.now()
    version.confirmed_by, version.confirmed_at = by, now
    version.effective_at = max(version.effective_at, now)
    version.save(update_fields=["confirmed_by", "confirmed_at", "effective_at"])
    _record(version, "playbook_confirmed", by)
    return version


@transaction.atomic
def drop(pk: uuid.UUID, *, by: User) -> PlaybookVersion:
    """A proposal is taken back, or refused. It stays in the list and can never be used. Raises NotKept."""
    version = _waiting(pk, by)
    version.dropped_at = timezone.now()
    version.save(update_fields=["dropped_at"])
    _record(version, "playbook_dropped", by)
    return version


def _record(version: PlaybookVersion, kind: str, by: User) -> None:
    record(version.pk, kind, by=by.as_actor, playbook=str(version.playbook_id), number=version.number)


def _waiting(pk: uuid.UUID, by: User) -> PlaybookVersion:
    _need(by)
    wait_for_turn(THE_PLAYBOOKS)
    version = PlaybookVersion.objects.proposed().filter(pk=pk).first()
    if version is None:
        raise NotKept(_("This version no longer waits: somebody else was faster. Look again."))
    return version


def to_confirm(user: User) -> int:
    """How many versions wait for this person: proposed by others, where they may confirm."""
    if not roles.may(user, "keep_playbooks"):
        return 0
    return PlaybookVersion.objects.proposed().exclude(proposed_by=user).count()
