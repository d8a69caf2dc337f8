"""Canaries are random words of 128 bits in every personal field (`stories.py`). Two ways of searching for them.

`found_in` looks at bytes as a thief of a dump, a folder or a log would. `opened` tries every key that still exists
on every sealed value and file: what it does not find, nobody can read any more.
"""

import base64
import math
import shutil
import uuid
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from django.apps import apps
from django.conf import settings

from primevox_privacy.sealed import cipher, files
from primevox_privacy.sealed.fields import SealedTextField
from primevox_privacy.sealed.models import DataKey, SealedFile

# Sealed fields that hold nothing which anybody typed, each with the reason.
NOT_TYPED = {
    "Letter.text": "rendered from templates that get dates, references and pages only",
    "Letter.code": "six digits that we made; blanked when they leave",
    "PolicyVersion.salt": "random bytes that we made, to tell letters of a mailing apart",
    "Customer.service_began": "a month, and nothing else is taken in",
    "Walk.cookies": "what a test of our own remembers between two steps; about nobody",
    "Walk.code": "six digits that we made and mailed to ourselves; gone when the test ends",
}


BEGINNING = 16  # hexadecimal digits that all words of one telling share: who finds these has found any of them


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
    """Where any word stands, in whatever writing: `{how it begins: place}`."""
    return {
        beginning: place
        for beginning in {word[:BEGINNING] for word in words}
        for writing in written(beginning)
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
