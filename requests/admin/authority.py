"""Who asks, for whom and on what authority: what the desk shows of it, and the form that decides it."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests import acting_for, words
from requests.admin.steps.base import CHOOSE, day_field
from requests.models import Representation, Submission
from requests.terms import Authority, Capacity, Right
from verification.levels import AssuranceLevel
from verification.models import Evidence
from verification.papers import LONGEST_START, kind_of

ACCEPTED, NOT_ACCEPTED = "accepted", "not_accepted"


class AuthorityForm(forms.Form):
    """Whether the authority stands, which rights it covers, and until when."""

    authority = forms.ChoiceField(
        label=gettext_lazy("Authority"),
        choices=[
            (ACCEPTED, gettext_lazy("Accepted: they may act for this person")),
            (NOT_ACCEPTED, gettext_lazy("Not accepted")),
        ],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    covers = forms.MultipleChoiceField(
        label=gettext_lazy("Rights that it covers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": gettext_lazy("Choose only rights that are asked for here.")},
    )
    until_on = day_field(
        gettext_lazy("Until"), required=False, help_text=gettext_lazy("Empty: the authority names no end.")
    )

    def __init__(self, standing: Representation, *args: Any, **kwargs: Any) -> None:
        asked = [Right(one.right) for one in standing.submission.rights_requests.all() if one.needs > AssuranceLevel.T0]
        kwargs["initial"] = {"covers": asked, "until_on": standing.until_on}
        super().__init__(*args, **kwargs)
        cast(forms.MultipleChoiceField, self.fields["covers"]).choices = [
            (right.value, words.RIGHTS[right]) for right in asked
        ]
        self.fields["covers"].mark_optional = False  # type: ignore[attr-defined]  # needed once it is accepted

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("authority") == ACCEPTED and not cleaned.get("covers") and "covers" not in self.errors:
            self.add_error("covers", _("Choose at least one right that it covers."))
        return cleaned

    def decision(self) -> tuple[bool, list[Right], Any]:
        given = self.cleaned_data
        return given["authority"] == ACCEPTED, [Right(right) for right in given["covers"]], given["until_on"]


def who_asks(submission: Submission) -> list[tuple[str, Any]]:
    """In whose name somebody asks, and how else they can be reached: lines of a case's facts."""
    standing = acting_for.of(submission)
    return [
        (_("Asks"), words.CAPACITIES[Capacity(submission.capacity)]),
        *(_lines_of(standing) if standing else ()),
        (_("In touch with us by"), submission.encounter),
        (_("Postal address"), submission.postal_address),
    ]


def _lines_of(standing: Representation) -> list[tuple[str, Any]]:
    decided = {None: _("not decided yet"), True: _("accepted"), False: _("not accepted")}[standing.accepted]
    said = f"{words.AUTHORITIES[Authority(standing.authority)]}: {decided}"
    if standing.accepted:
        said += f" ({', '.join(str(words.SHORT_RIGHTS[Right(right)]) for right in standing.covers)})"
    return [
        (_("Acts for"), standing.subject_name),
        (_("E-mail that they named for this person"), standing.subject_email),
        (_("Authority"), said),
        (_("Since"), words.day(standing.from_on) if standing.from_on else ""),
        (_("Until"), words.day(standing.until_on) if standing.until_on else ""),
        (_("This person said no on"), words.day(standing.objected_at.date()) if standing.objected_at else ""),
    ]


def panel(submission: Submission, tried: AuthorityForm | None) -> dict[str, Any]:
    """What the identity page shows of it: for whom, the papers, and the decision or the form that makes it. Of a
    paper it tells size and time, never the name that it came with."""
    standing = acting_for.of(submission)
    if standing is None:
        return {}
    papers = acting_for.papers_of(submission)
    return {
        "standing": standing,
        "authority": [line for line in _lines_of(standing) if line[1]],
        "papers": [
            {"pk": piece.pk, "given_at": piece.given_at, "size": piece.file.size} for piece in papers if piece.file
        ],
        "authority_form": tried or AuthorityForm(standing),
    }


def file_name(paper: Evidence) -> str:
    """A name that says nothing but the kind, which is told from the content."""
    assert paper.file is not None
    start = next(paper.file.chunks(), b"")[:LONGEST_START]
    return ".".join(filter(None, ["paper", kind_of(start)]))
