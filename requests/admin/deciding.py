"""What a verifier fills in to decide a check."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests import words
from requests.admin.steps.base import KeyedRadios
from requests.forms.fields import leave_unmarked, text_box
from verification import checks
from verification.levels import AssuranceLevel
from verification.methods import METHODS
from verification.models import Check, EvidenceKind


class DecisionForm(forms.Form):
    """What the verifier saw, and what follows."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[
            ("passed", gettext_lazy("Identity is shown")),
            (
                "again",
                gettext_lazy(
                    "Ask once more: names the method, never the fact. Our own date may move, and the letter says so"
                ),
            ),
            ("not_shown", gettext_lazy("Identity is not shown")),
            (
                "no_record",
                gettext_lazy("We hold nothing under what was given, so there is nobody to compare with"),
            ),
        ],
        widget=KeyedRadios({"passed": "p", "not_shown": "f"}),
        error_messages={"required": gettext_lazy("Choose one.")},
    )
    method = forms.ChoiceField(
        label=gettext_lazy("How it was checked"),
        choices=[(name, words.METHODS[name]) for name, method in METHODS.items() if method.BY_STAFF],
        error_messages={"required": gettext_lazy("Choose one.")},
    )
    matched = forms.MultipleChoiceField(
        label=gettext_lazy("Facts that match our record"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    customer = forms.CharField(
        label=gettext_lazy("The record you compared with"),
        help_text=gettext_lazy("Not needed where you took a contact of it."),
        required=False,
        widget=forms.Select,
    )
    why = text_box(
        gettext_lazy("Why it is the same person though the names differ"),
        None,
        2000,
        required=False,
        help_text=gettext_lazy("Kept as an internal note."),
    )
    disputed = forms.MultipleChoiceField(
        label=gettext_lazy("Facts that the correction is about"),
        help_text=gettext_lazy("What somebody wants to have corrected cannot show who they are."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    lower = forms.BooleanField(label=gettext_lazy("Decide at the lower level all the same"), required=False)
    round = forms.IntegerField(widget=forms.HiddenInput)  # which facts were on the screen

    def __init__(
        self, check: Check, given: list[EvidenceKind], *args: Any, corrects: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.check_made, self.given = check, given
        for name in ("matched", "disputed"):
            cast(forms.MultipleChoiceField, self.fields[name]).choices = [
                (kind, words.FACTS_FOR_STAFF[kind]) for kind in given
            ]
        leave_unmarked(self.fields["matched"])  # "shown" needs them
        leave_unmarked(self.fields["why"])  # it stands there when it is needed
        if not given:
            del self.fields["matched"]
        if not given or not corrects:
            del self.fields["disputed"]
        if not self.is_bound:
            del self.fields["lower"]  # offered once what was ticked reaches less than was asked
            del self.fields["why"]  # asked once the names turn out to differ

    def offer(self, candidates: list[dict[str, Any]]) -> None:
        """The records on the page, to say which of them it was."""
        if not candidates or "matched" not in self.fields:
            del self.fields["customer"]
            return
        records = [(each["customer"], _("Record %(letter)s") % each) for each in candidates]
        cast(forms.Select, self.fields["customer"].widget).choices = [("", "–"), *records]

    def ask_why(self, said: str) -> None:
        self.fields["why"] = self.why_asked
        self.add_error("why", said)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if set(cleaned.get("matched", ())) & set(cleaned.get("disputed", ())):
            self.add_error(
                "matched", _("A fact that the correction is about cannot count. Take one of the two ticks away.")
            )
        self.why_asked = self.fields["why"]
        if not cleaned.get("why"):
            del self.fields["why"]
        falls_short = self._falls_short(cleaned)
        if not cleaned.get("lower"):
            if falls_short:
                self.add_error("lower", falls_short)
            else:
                del self.fields["lower"]
        return cleaned

    def _falls_short(self, cleaned: dict[str, Any]) -> str:
        """Why what was ticked shows less than was asked; empty where it does not, or shows nothing at all."""
        check, method = self.check_made, cleaned.get("method")
        if self.errors or check.is_decided or method is None or cleaned.get("decision") != "passed":
            return ""
        matched, disputed = ([EvidenceKind(kind) for kind in cleaned.get(name, ())] for name in ("matched", "disputed"))
        reached = checks.would_reach(check, method, matched, disputed)
        if not AssuranceLevel.T0 < reached < check.asked:
            return ""
        said = {"reached": reached.name, "asked": check.asked.name}
        if method == "matched_facts" and len(matched) == 2 and len(self.given) > len(matched) + len(disputed):
            return (
                _(
                    "These facts reach %(reached)s; %(asked)s is asked. Tick the third one if it matches, ask once "
                    "more, or tick “Decide at the lower level all the same”."
                )
                % said
            )
        return (
            _(
                "This reaches %(reached)s; %(asked)s is asked. Ask once more, or tick “Decide at the lower level all "
                "the same”."
            )
            % said
        )
