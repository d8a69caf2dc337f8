"""What people type, and the words they get back when something is missing. Forms translate, never decide."""

from requests.forms.appealing import AppealForm
from requests.forms.asking import WISHES, DetailsForm, ReachForm, ResidenceForm, RightsForm
from requests.forms.coming_back import (
    CodeForm,
    IdentityForm,
    MessageForm,
    NotMeForm,
    PaperForm,
    ReferenceForm,
    SignedTextForm,
)
from requests.forms.who import ABOUT_FORMS, WhoForm

__all__ = [
    "ABOUT_FORMS",
    "WISHES",
    "AppealForm",
    "CodeForm",
    "DetailsForm",
    "IdentityForm",
    "MessageForm",
    "NotMeForm",
    "PaperForm",
    "ReachForm",
    "ReferenceForm",
    "ResidenceForm",
    "RightsForm",
    "SignedTextForm",
    "WhoForm",
]
