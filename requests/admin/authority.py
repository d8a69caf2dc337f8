"""Who asks, for whom and on what authority: what the desk shows of it, and the form that decides it."""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from primevox_privacy.staff.models import User
from requests import acting_for, masking, words
from requests.admin import papers
from requests.admin.steps.base import CHOOSE, day_field
from requests.forms.fields import leave_unmarked, text_box
from requests.models import Representation, Submission
from requests.terms import Authority, Capacity, Right
from verification.levels import AssuranceLevel
from verification.models import EvidenceKind

ACCEPTED, NOT_ACCEPTED = "accepted", "not_accepted"


class AuthorityForm(forms.Form):
    """Whether the authority stands, which rights it covers, and until when."""

    authority = forms.ChoiceField(
        label=gettext_lazy("Authority"),
        choices=[(ACCEPTED, ""), (NOT_ACCEPTED, gettext_lazy("Not accepted"))],
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
    reason = text_box(
        gettext_lazy("How you know that they may act"),
        None,
        8000,
        required=False,
        rows=3,
        help_text=gettext_lazy("Needed to accept it, since no paper is here. It is kept as an internal note."),
    )

    def __init__(self, standing: Representation, *args: Any, **kwargs: Any) -> None:
        asked = [Right(one.right) for one in standing.submission.rights_requests.all() if one.needs > AssuranceLevel.T0]
        kwargs["initial"] = {"covers": asked, "until_on": standing.until_on}
        super().__init__(*args, **kwargs)
        cast(forms.MultipleChoiceField, self.fields["covers"]).choices = [
            (right.value, words.RIGHTS[right]) for right in asked
        ]
        of_whom = words.THEY_MAY_ACT[Capacity(standing.submission.capacity)]
        cast(forms.ChoiceField, self.fields["authority"]).choices = [
            (ACCEPTED, of_whom),
            (NOT_ACCEPTED, gettext_lazy("Not accepted")),
        ]
        if not acting_for.needs_reason(standing):
            del self.fields["reason"]
        for name in ("covers", "reason"):  # needed once it is accepted
            if name in self.fields:
                leave_unmarked(self.fields[name])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("authority") == ACCEPTED and not cleaned.get("covers") and "covers" not in self.errors:
            self.add_error("covers", _("Choose at least one right that it covers."))
        asks_reason = "reason" in self.fields and "reason" not in self.errors
        if cleaned.get("authority") == ACCEPTED and asks_reason and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("No paper is here. Write how you know that they may act."))
        return cleaned

    def decide(self, submission: Submission, *, by: User) -> None:
        """Raises what the verb raises."""
        given = self.cleaned_data
        rights = [Right(right) for right in given["covers"]]
        accepted, reason = given["authority"] == ACCEPTED, given.get("reason", "")
        acting_for.decide(submission, accepted, rights, given["until_on"], by=by, reason=reason)


def who_asks(submission: Submission, shown: bool = False) -> list[tuple[str, Any]]:
    """In whose name somebody asks, and how else they can be reached: lines of a case's facts, masked until shown."""
    standing = acting_for.of(submission)
    return [
        (_("Asks"), words.CAPACITIES[Capacity(submission.capacity)]),
        *(_lines_of(standing, shown) if standing else ()),
        (_("In touch with us by"), submission.encounter),
        (_("Postal address"), _masked(masking.words, submission.postal_address, shown)),
    ]


def _masked(mask: Callable[[str], str], given: str | None, shown: bool) -> str:
    return (given if shown else mask(given)) if given else ""


def _lines_of(standing: Representation, shown: bool = True) -> list[tuple[str, Any]]:
    decided = {None: _("not decided yet"), True: _("accepted"), False: _("not accepted")}[standing.accepted]
    said = f"{words.AUTHORITIES_FOR_STAFF[Authority(standing.authority)]}: {decided}"
    if standing.accepted:
        said += f" ({', '.join(str(words.SHORT_RIGHTS[Right(right)]) for right in standing.covers)})"
    return [
        (_("Acts for"), _masked(masking.words, standing.subject_name, shown)),
        (_("E-mail that they named for this person"), _masked(masking.email, standing.subject_email, shown)),
        (_("Authority"), said),
        (_("Since"), words.day(standing.from_on) if standing.from_on else ""),
        (_("Until"), words.day(standing.until_on) if standing.until_on else ""),
        (_("This person said no on"), words.day(localdate(standing.objected_at)) if standing.objected_at else ""),
    ]


def panel(submission: Submission, tried: AuthorityForm | None, *, by: User) -> dict[str, Any]:
    """What the identity page shows of it: for whom, the papers, and the decision or the form that makes it, with what
    has to come before it. Of a paper it tells size and time, never the name that it came with."""
    standing = acting_for.of(submission)
    if standing is None:
        return {}
    return {
        "standing": standing,
        "whether": words.WHETHER_THEY_MAY_ACT[Capacity(submission.capacity)],
        "first": acting_for.why_not_decide(standing, accepted=True, by=by, reason="-"),
        "authority": [line for line in _lines_of(standing) if line[1]],
        "papers": papers.listed(submission.check_made, EvidenceKind.AUTHORITY),
        "authority_form": tried or AuthorityForm(standing),
    }
