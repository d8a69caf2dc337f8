"""Asking for a document: the last resort."""

from django.utils.translation import gettext_lazy as _

from requests import documents
from requests.admin.steps.base import Step, StepForm
from requests.forms.fields import text_box
from requests.models import RightsRequest

LONGEST_REASON = 2000


class DocumentForm(StepForm):
    text = text_box(
        _("Why nothing less is enough"),
        _("Write why a document is needed. The requester reads it."),
        LONGEST_REASON,
        rows=3,
        help_text=_("The requester reads it. Never name the fact that did not match."),
    )


def _can_ask(one: RightsRequest) -> bool:
    return documents.why_not_ask(one) is None


STEPS = (
    Step(
        "ask_for_document",
        _("Ask for a document"),
        _("Ask for it"),
        DocumentForm,
        lambda one, given, by: documents.ask_for(one, given["text"], by=by),
        lambda one, user: _can_ask(one),
        _("The last resort: facts and a code come first. Whatever was shown until now no longer suffices."),
        done=_("The requester is asked for a document, and reads why."),
    ),
)
