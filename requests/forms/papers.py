"""Papers that show something: photos and PDFs only, known by their content."""

from typing import Any, cast

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from primevox_privacy.sealed.uploads import SealedUpload
from requests import words
from requests.forms.files import FilesField, FromRequester, is_paper
from requests.models import Submission
from verification.checks import MOST_PAPERS


class PapersField(FilesField):
    """One or several papers, each a photo or a PDF."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(most=MOST_PAPERS, allows=is_paper, **kwargs)

    def _hint(self) -> str:
        return gettext("Up to %(number)d files, each up to %(size)s: PDF, or photos (JPEG, PNG, HEIC).") % {
            "number": self.most,
            "size": words.size(settings.UPLOAD_MAX_BYTES),
        }

    def _why_not_one(self, upload: SealedUpload) -> str | None:
        if not upload.too_big and upload.size and not is_paper(upload):
            return gettext("“%(name)s” is neither a photo nor a PDF. Send a JPEG, PNG, HEIC or PDF file.") % {
                "name": upload.name
            }
        return super()._why_not_one(upload)


class DocumentForm(FromRequester):
    """A document with photo, as a photo, scan or PDF."""

    submit_label = _("Send for checking")
    why = _("nothing less was enough to be sure. Our reason stands above.")
    papers = PapersField(label=_("Photo or scan of the document"))

    def __init__(self, submission: Submission, *args: Any, room: int = MOST_PAPERS, **kwargs: Any) -> None:
        super().__init__(submission, *args, **kwargs)
        cast(PapersField, self.fields["papers"]).most = room


class AuthorityForm(FromRequester):
    """Show that you may act for them."""

    submit_label = _("Send it for checking")
    why = _("nobody else may see or change what we hold about somebody, unless they or the law allow it.")
    papers = PapersField(label=_("Photo or scan of the paper"))
