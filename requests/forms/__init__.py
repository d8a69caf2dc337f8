"""What people type, and the words they get back when something is missing. Forms translate, never decide."""

from requests.forms.appealing import AppealForm
from requests.forms.asking import ReachForm, ResidenceForm, RightsForm
from requests.forms.changing_contact import ContactCodesForm, ContactForm
from requests.forms.coming_back import (
    CodeForm,
    IdentityForm,
    MessageForm,
    NotMeForm,
    PaperForm,
    ReferenceForm,
    SignedTextForm,
)
from requests.forms.details import DETAILS_FORMS
from requests.forms.opting_out import OptOutAtOnceForm, OptOutForm
from requests.forms.who import ABOUT_FORMS, WhoForm

__all__ = [
    "ABOUT_FORMS",
    "DETAILS_FORMS",
    "AppealForm",
    "CodeForm",
    "ContactCodesForm",
    "ContactForm",
    "IdentityForm",
    "MessageForm",
    "NotMeForm",
    "OptOutAtOnceForm",
    "OptOutForm",
    "PaperForm",
    "ReachForm",
    "ReferenceForm",
    "ResidenceForm",
    "RightsForm",
    "SignedTextForm",
    "WhoForm",
]
