"""Asking for a second look."""

from django.utils.translation import gettext_lazy as _

from requests.forms.fields import LONGEST_MESSAGE, text_box
from requests.forms.files import FilesField, FromRequester, is_readable


class AppealForm(FromRequester):
    """Ask us to look again: why, and what may help."""

    submit_label = _("Ask us to look again")
    reason = text_box(
        _("What did we get wrong, or miss?"),
        _("Write why we should look again. A sentence is enough."),
        LONGEST_MESSAGE,
        help_text=_("Only our privacy team reads it. It is deleted with your messages."),
    )
    attached = FilesField(label=_("Files that may help us"), required=False, allows=is_readable)
