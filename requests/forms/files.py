"""Several files in one field: how many, how big, of which kind, and our words for each thing that can be wrong.

What somebody sends is known by its content, never by its name or by what a browser says of it.
"""

import codecs
from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.functional import lazy
from django.utils.translation import gettext

from primevox_privacy.sealed.uploads import SealedUpload, broke_off
from requests import attachments, words
from requests.models import Submission
from verification.papers import LONGEST_START, kind_of

MOST_FILES = 5  # with one message
NOT_WHOLE = "not whole"
TEXT_CONTROLS = frozenset("\t\n\r\f")


def uploads_of(request: HttpRequest) -> MultiValueDict:
    """What was uploaded, marked where it broke off, so that no form takes a part for the whole."""
    files = request.FILES.copy()
    if broke_off(request):
        files.setlist(NOT_WHOLE, [])
    return files


def is_readable(upload: SealedUpload) -> bool:
    """Whether it is a PDF, a JPEG, PNG or HEIC photo, or plain text in UTF-8."""
    return is_paper(upload) or _is_text(upload.chunks())


def is_paper(upload: SealedUpload) -> bool:
    """Whether it is a PDF or a photo."""
    return bool(kind_of(next(upload.chunks(), b"")[:LONGEST_START]))


def _is_text(pieces: Iterable[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        texts = [decoder.decode(piece) for piece in pieces] + [decoder.decode(b"", final=True)]
    except UnicodeDecodeError:
        return False
    return not any(ord(character) < 32 and character not in TEXT_CONTROLS for text in texts for character in text)


class FilesInput(forms.FileInput):
    """A browser's own chooser, for several files; works without script."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return NOT_WHOLE if NOT_WHOLE in files else files.getlist(name)


class FilesField(forms.FileField):
    """Any number of files up to `most`. Its value is a list of SealedUpload; empty where none was chosen."""

    widget = FilesInput

    def __init__(
        self, *, most: int = MOST_FILES, allows: Callable[[SealedUpload], bool] | None = None, **kwargs: Any
    ) -> None:
        self.most, self.allows = most, allows
        self.room: int | None = None  # bytes still free for what this person sends; None: no such limit
        kwargs.setdefault("help_text", lazy(self._hint, str)())
        super().__init__(**kwargs)

    def _hint(self) -> str:
        limits = {"number": self.most, "size": words.size(settings.UPLOAD_MAX_BYTES)}
        if self.allows:
            said = gettext("Up to %(number)d files, each up to %(size)s: PDF, photos (JPEG, PNG, HEIC) or plain text.")
        else:
            said = gettext("Up to %(number)d files of any kind, each up to %(size)s.")
        return said % limits

    def bound_data(self, _data: Any, initial: Any) -> Any:
        return initial  # a page cannot hand files back

    def clean(self, data: Any, initial: Any = None) -> list[SealedUpload]:
        if data == NOT_WHOLE:
            raise forms.ValidationError(
                gettext("Your files did not arrive whole. They may be too big. Choose them once more.")
            )
        if not data and self.required:
            raise forms.ValidationError(gettext("No file arrived. Choose one or several."))
        if why_not := self._why_not(list(data or ())):
            raise forms.ValidationError(why_not)
        return list(data or ())

    def _why_not(self, uploads: list[SealedUpload]) -> list[str]:
        """One sentence or two for each file that cannot be taken."""
        if len(uploads) > self.most:
            return [
                gettext("You chose %(number)d files. Choose no more than %(most)d at a time.")
                % {"number": len(uploads), "most": self.most}
            ]
        if found := [why_not for upload in uploads if (why_not := self._why_not_one(upload))]:
            return found
        if self.room is not None and sum(upload.size or 0 for upload in uploads) > self.room:
            return [
                gettext("Together your files are too big: there is room for %(room)s more. Send fewer or smaller ones.")
                % {"room": words.size(self.room)}
            ]
        return []

    def _why_not_one(self, upload: SealedUpload) -> str | None:
        name = {"name": upload.name, "size": words.size(settings.UPLOAD_MAX_BYTES)}
        if upload.too_big:
            return gettext("“%(name)s” is too big. A file can have up to %(size)s.") % name
        if not upload.size:
            return gettext("“%(name)s” is empty. Choose another file.") % name
        if self.allows and not self.allows(upload):
            return (
                gettext("“%(name)s” is a kind of file that we cannot open. Send a PDF, a photo or plain text.") % name
            )
        return None


class WithFiles(forms.Form):
    """A form with files: after a mistake elsewhere it says that the files need to be chosen again."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in self._files_fields():
            if self.errors and cleaned.get(name):
                self.add_error(name, gettext("Choose your files once more. This page could not keep them."))
        return cleaned

    def _files_fields(self) -> dict[str, FilesField]:
        return {name: field for name, field in self.fields.items() if isinstance(field, FilesField)}


class FromRequester(WithFiles):
    """A form by which a requester sends files: no more than one submission may send in all, and in an hour."""

    def __init__(self, submission: Submission, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submission = submission
        for field in self._files_fields().values():
            field.room = attachments.room(submission)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in self._files_fields():
            if attachments.too_often(self.submission, len(cleaned.get(name) or ())):
                self.add_error(
                    name, gettext("You sent many files within an hour. Send these later, or go on without files.")
                )
        return cleaned
