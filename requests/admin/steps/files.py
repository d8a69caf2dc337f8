"""Collecting the files of an answer, until it goes to review."""

import uuid
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from requests import packages, words
from requests.admin.steps.base import CHOOSE, Group, Step, StepForm, status
from requests.forms.files import FilesField, WithFiles


class AddFilesForm(StepForm, WithFiles):
    attached = FilesField(label=_("Files for the requester"), most=packages.MOST_FILES)


class RemoveFileForm(StepForm):
    file = forms.ChoiceField(label=_("Which file"), widget=forms.RadioSelect, error_messages=CHOOSE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        package = packages.in_the_making(self.rights_request)
        cast(forms.ChoiceField, self.fields["file"]).choices = [
            (str(one.pk), f"{one.name} ({words.size(one.size)})") for one in (package.files.all() if package else ())
        ]


STEPS = (
    Step(
        "add_file",
        _("Add files to the answer"),
        _("Add them"),
        AddFilesForm,
        lambda one, given, by: packages.add(one, given["attached"], by=by),
        status(*packages.COLLECTING),
        _("The requester gets them with the answer, and can download them for 14 days. Call records never leave so."),
        group=Group.FILES,
        done=_("The files are with the answer."),
        while_frozen=True,
    ),
    Step(
        "remove_file",
        _("Remove a file from the answer"),
        _("Remove it"),
        RemoveFileForm,
        lambda one, given, by: packages.remove(one, uuid.UUID(given["file"]), by=by),
        lambda one, user: one.status in packages.COLLECTING and packages.in_the_making(one) is not None,
        group=Group.FILES,
        done=_("The file is removed from the answer."),
        while_frozen=True,
    ),
)
