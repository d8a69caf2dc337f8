"""Canaries: random words of 128 bits in every personal field, and two ways of searching for them.

`found_in` looks at bytes as a thief of a dump, a folder or a log would. `opened` tries every key that still exists
on every sealed value and file: what it does not find, nobody can read any more.
"""

import base64
import math
import secrets
import shutil
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.utils import timezone

from primevox_privacy.sealed import cipher, files
from primevox_privacy.sealed.fields import SealedTextField
from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey, SealedFile
from primevox_privacy.sealed.uploads import SealedUploadHandler
from requests import drafts, identity, references, workflow
from requests.answers import Draft
from requests.intake import Asked, take_in
from requests.models import Answer, Appeal, Hold, Message, RightsRequest, Submission
from requests.terms import Ending, Right, Role
from tests.cast import fresh, person
from verification import checks
from verification.models import FACTS, EvidenceKind

# Sealed fields that hold nothing which anybody typed, each with the reason.
NOT_TYPED = {
    "Letter.text": "rendered from templates that get dates, references and pages only",
    "Letter.code": "six digits that we made; blanked when they leave",
}


# --- Planting ----------------------------------------------------------------------------------------------------
class Canaries:
    """Remembers which word lies under which life."""

    def __init__(self) -> None:
        self.life: dict[str, Life] = {}

    def plant(self, life: Life) -> str:
        word = secrets.token_hex(16)
        self.life[word] = life
        return word

    def of(self, *lives: Life) -> set[str]:
        return {word for word, life in self.life.items() if life in lives}


class Stories:
    """Three submissions from first word to closing. The caller decides when it is."""

    def __init__(self) -> None:
        self.canaries = Canaries()
        self.vera = person("Vera", Role.VERIFIER)
        self.abe, self.bea = person("Abe", Role.APPROVER), person("Bea", Role.APPROVER)

    def tell(self) -> None:
        self.submissions = [self._answered(), self._refused(), self._withdrawn()]
        draft = drafts.keep(None, {"name": self._word(Life.DRAFT), "wishes": {"delete": self._word(Life.DRAFT)}})
        assert draft.submission_id is None, "somebody who has not sent anything yet"

    def _answered(self) -> Submission:
        """Two requests share one check; both are answered and released."""
        submission = self._asks("US-TX", Right.ACCESS, Right.DELETE)
        self._shows(submission, statement_life=Life.PROOF)
        for one in self._requests_of(submission):
            workflow.take(one, by=self.abe)
            self._talk(one)
            workflow.answer(one, Draft(Ending.FULFILLED, text=self._word(Life.RECORD)), by=self.abe)
            workflow.release(one, by=self.bea)
        return submission

    def _refused(self) -> Submission:
        """In California, where the law wants the signed statement kept with the record (11 CCR 7060)."""
        submission = self._asks("US-CA", Right.ACCESS)
        self._shows(submission, statement_life=Life.RECORD)
        (one,) = self._requests_of(submission)
        workflow.take(one, by=self.abe)
        reason, text = self._word(Life.RECORD), self._word(Life.RECORD)
        refusal = Draft(Ending.REFUSED, text=text, reason=reason, grounds=("policy_7_excessive",))
        workflow.answer(one, refusal, by=self.abe)
        workflow.release(fresh(one), by=self.bea)
        self._held_and_appealed(fresh(one))
        return submission

    def _withdrawn(self) -> Submission:
        submission = self._asks("US-TX", *Right)
        self._shows(submission, statement_life=Life.PROOF)
        for one in self._requests_of(submission):
            workflow.withdraw(one, by=workflow.REQUESTER)
        return submission

    def _word(self, life: Life) -> str:
        return self.canaries.plant(life)

    def _asks(self, residence: str, *rights: Right) -> Submission:
        return take_in(
            Asked(
                rights=rights,
                wishes={right: self._word(Life.CONTENT) for right in rights},
                residence=residence,
                name=self._word(Life.CONTACT),
                email=f"{self._word(Life.CONTACT)}@mail.example",
                phone=self._word(Life.CONTACT),
                also_known_by=self._word(Life.CONTACT),
            )
        )

    def _requests_of(self, submission: Submission) -> Iterator[RightsRequest]:
        for one in submission.rights_requests.all():
            yield fresh(one)

    def _shows(self, submission: Submission, statement_life: Life) -> None:
        """Facts, statement and a paper; a verifier looks, decides, and enters the contact on file."""
        check = submission.check_made
        assert check
        checks.give_file(check, EvidenceKind.DOCUMENT, self._upload())
        identity.show(submission, {kind: self._word(Life.PROOF) for kind in FACTS}, self._word(statement_life))
        checks.look(check, by=self.vera)
        on_file = f"{self._word(Life.CONTACT)}@mail.example"
        identity.enter_contact(submission, on_file, date(2021, 3, 1), by=self.vera)
        check.refresh_from_db()
        checks.decide(check, "matched_facts", FACTS, by=self.vera)

    def _upload(self):
        receiving = SealedUploadHandler()
        receiving.new_file("document", f"{self._word(Life.DOCUMENT)}.pdf", "application/pdf", None)
        content = f"%PDF-1.7 {self._word(Life.DOCUMENT)}".encode()
        receiving.receive_data_chunk(content, 0)
        return receiving.file_complete(len(content))

    def _talk(self, one: RightsRequest) -> None:
        workflow.ask(one, self._word(Life.CONTENT), by=self.abe)
        workflow.reply(one, self._word(Life.CONTENT))
        workflow.note(one, self._word(Life.CONTENT), by=self.abe)
        message = Message.objects.filter(rights_request=one).latest("written_at")
        pieces = iter([self._word(Life.CONTENT).encode()])
        message.file = SealedFile.store(one.content_key, self._word(Life.CONTENT), pieces)
        message.save(update_fields=["file"])

    def _held_and_appealed(self, one: RightsRequest) -> None:
        """No page or verb leads here yet; the columns stand already."""
        now = timezone.now()
        keys = {"rights_request": one, "record_key": one.record_key}
        Hold.objects.create(
            **keys,
            reason=self._word(Life.RECORD),
            owner=self.abe,
            ends_on=now.date(),
            lifted_at=now,
            lifted_by=self.abe,
        )
        Appeal.objects.create(
            **keys,
            reference=references.new_reference(),
            against=Answer.objects.get(rights_request=one),
            content_key=one.content_key,
            reason=self._word(Life.CONTENT),
            letter={"sections": [self._word(Life.RECORD)]},
            received_on=now.date(),
            target_on=now.date() + timedelta(days=14),
        )


# --- Searching bytes -----------------------------------------------------------------------------------------------
def written(word: str) -> Iterator[bytes]:
    """`word` as it may stand in a dump: plain, UTF-16, hex, base64 at each of three offsets, and its bare 16 bytes."""
    plain = word.encode()
    yield from (plain, word.upper().encode(), bytes.fromhex(word))
    yield from (word.encode("utf-16-le"), word.encode("utf-16-be"))
    yield from (plain.hex().encode(), plain.hex().upper().encode())
    for offset in range(3):
        coded = base64.b64encode(bytes(offset) + plain)
        yield coded[math.ceil(offset * 8 / 6) : (offset + len(plain)) * 8 // 6]


def found_in(places: Mapping[str, bytes], words: Iterable[str]) -> dict[str, str]:
    """Where a word stands, in whatever writing: `{word: place}`."""
    return {
        word: place
        for word in words
        for writing in written(word)
        for place, content in places.items()
        if writing in content
    }


def below(*folders: Path) -> bytes:
    """Names and bytes of all files below the folders."""
    found = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    return b"\n".join(str(path).encode() + b"\n" + path.read_bytes() for path in found)


# --- Searching through the keys ------------------------------------------------------------------------------------
class Sealed:
    """All sealed values and files as they are now. A copy survives what happens to rows and folders later."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.values = [
            (f"{model.__name__}.{field.name}", f"{model._meta.db_table}|{pk}|{field.column}", bytes(held))
            for model, field in sealed_fields()
            for pk, held in model._default_manager.exclude(**{field.name: None}).values_list("pk", field.name)
        ]
        self.belongs_to = {
            pk.hex: f"{field.model.__name__}.{field.name}"
            for field in file_fields()
            for pk in field.model._default_manager.exclude(**{field.name: None}).values_list(field.attname, flat=True)
        }
        if settings.SEALED_FILES_DIR.exists():
            shutil.copytree(settings.SEALED_FILES_DIR, folder)

    def opened(self, words: set[str]) -> dict[str, set[str]]:
        """What the keys that exist now give away: words by field, and by the field that points to a file."""
        keys = [key.opened() for key in DataKey.objects.alive()]
        found: dict[str, set[str]] = {}
        for field, context, held in self.values:
            for plain in _tried(keys, lambda key, held=held, context=context: cipher.unseal(key, held, context)):
                found.setdefault(field, set()).update(word for word in words if word.encode() in plain)
        for path in (path for path in self.folder.rglob("*") if path.is_file()):
            for plain in _tried(keys, lambda key, path=path: b"".join(files.read(path, key, _file_id(path)))):
                field = self.belongs_to.get(path.name, "a file that nothing points to")
                found.setdefault(field, set()).update(word for word in words if word.encode() in plain)
        return {field: inside for field, inside in found.items() if inside}


def _file_id(path: Path) -> str:
    return path.name if path.parent.name == "incoming" else str(uuid.UUID(path.stem))


def _tried(keys: list[bytes], opening) -> Iterator[bytes]:
    for key in keys:
        try:
            yield opening(key)
        except cipher.Unreadable:
            continue


def sealed_fields() -> list:
    """Every sealed field there is, taken from the models, so that a new one is searched without being named here."""
    return [
        (model, field)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, SealedTextField)
    ]


def file_fields() -> list:
    """Every foreign key to a sealed file."""
    return [
        field
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model is SealedFile
    ]


def names_of_fields() -> set[str]:
    return {f"{model.__name__}.{field.name}" for model, field in sealed_fields()} | {
        f"{field.model.__name__}.{field.name}" for field in file_fields()
    }
