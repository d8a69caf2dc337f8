"""Taking, asking, answering, releasing: the steps of every day."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from requests import appeals, identity, masking, packages, records, releasing, told_first, which_right, words, workflow
from requests.admin import which_contact
from requests.admin.steps.base import (
    CHOOSE,
    Group,
    KeyedRadios,
    NoFields,
    Step,
    StepForm,
    day_field,
    is_answerable,
    is_open,
    letter_done,
    others_draft,
    status,
)
from requests.answers import Draft
from requests.forms.fields import LONGEST_MESSAGE, email_field, leave_unmarked, text_box
from requests.inventory import in_force, progress
from requests.models import RightsRequest
from requests.terms import DateKind, Ending, ExtensionReason, Right, Status
from verification.levels import AssuranceLevel


class NoteForm(StepForm):
    text = text_box(
        _("Note for colleagues"), _("Write the note."), 8000, help_text=_("Only staff read it. It is never sent.")
    )


class SendBackForm(StepForm):
    text = text_box(_("What is missing"), _("Write what is missing."), 8000)


class WithdrawForm(StepForm):
    text = text_box(
        _("When and how the requester told us"), _("Write when and how the requester told us."), 8000, rows=2
    )


RIGHTS = [(right.value, label) for right, label in words.RIGHTS.items() if right is not Right.UNSURE]
KEYS_OF_RIGHTS = dict(zip((value for value, _label in RIGHTS), "1234567890-", strict=True))  # the same on every page


class TurnIntoForm(StepForm):
    right = forms.ChoiceField(
        label=_("It is a request for"),
        widget=KeyedRadios(KEYS_OF_RIGHTS),
        choices=RIGHTS,
        error_messages=CHOOSE,
    )
    about_marketing = forms.BooleanField(
        label=_("It is an objection to direct marketing alone"),
        required=False,
        help_text=_("It needs no proof of identity, and is done at once. For any other right, leave this."),
    )

    def clean_about_marketing(self) -> bool:
        ticked = self.cleaned_data["about_marketing"]
        if ticked and self.cleaned_data.get("right", Right.OBJECT) != Right.OBJECT:
            raise forms.ValidationError(gettext("Only an objection can be about direct marketing alone."))
        return ticked


class AnotherRightForm(TurnIntoForm):
    """Another right than was ticked; the requester reads why."""

    told = text_box(
        _("What you tell the requester"),
        _("Write what you understood, and why. The requester reads it."),
        LONGEST_MESSAGE,
        help_text=_("They read it on their page, and can say otherwise."),
    )

    def __init__(self, rights_request: RightsRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(rights_request, *args, **kwargs)
        choice = cast(forms.ChoiceField, self.fields["right"])
        choice.choices = [(value, label) for value, label in RIGHTS if value != rights_request.right]
        if rights_request.right == Right.OBJECT:
            del self.fields["about_marketing"]


class ExtendForm(StepForm):
    of = forms.ChoiceField(
        label=_("Which date"),
        choices=[(DateKind.TARGET.value, _("Our own target")), (DateKind.STATUTORY.value, _("Set by law"))],
        error_messages=CHOOSE,
    )
    reason = forms.ChoiceField(
        label=_("Why"),
        choices=[(word.value, label) for word, label in words.EXTENSION_REASONS.items()],
        error_messages=CHOOSE,
    )
    promised_on = day_field(_("New date"), help_text=_("The requester is told this date and the reason."))


class AnswerForm(StepForm):
    """What was found or done."""

    ending = forms.ChoiceField(
        label=_("Outcome"),
        choices=[(ending.value, words.ENDINGS[ending]) for ending in releasing.BY_ANSWER],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    text = text_box(
        _("Our answer"),
        None,
        20_000,
        required=False,
        rows=8,
        help_text=_("Stands in the sealed letter beside the standard words. For a copy of data: the data."),
    )
    reason = text_box(
        _("What was left out, and why"), None, 8000, required=False, help_text=_("Needed when done in part.")
    )
    no_call_records = forms.BooleanField(
        label=_("No call records are in this text"),
        required=False,
        help_text=_("Tick one of these two. Where call records had to stay out, choose “Done in part”."),
    )
    holds_call_records = forms.BooleanField(
        label=_("This answer holds call records"),
        required=False,
        help_text=_(
            "They leave only where a verifier called back the number of record, wrote to the address of record, or saw "
            "the person with a photo ID (47 CFR 64.2010). Matched facts and mailed codes are not enough."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        has_files = releasing.has_files(self.rights_request)
        if not has_files and Right(self.rights_request.right) not in releasing.DISCLOSURES:
            del self.fields["no_call_records"], self.fields["holds_call_records"]
        elif has_files:
            self.fields["no_call_records"].label = _("No call records are in this text and these files")
        for name in {"no_call_records", "holds_call_records"} & self.fields.keys():
            leave_unmarked(self.fields[name])  # one of the two is needed
        self._say_what_is_known()

    def _say_what_is_known(self) -> None:
        """What the inventory says stands there to begin with (policy §6): staff add the rest, or change it."""
        one, right = self.rights_request, Right(self.rights_request.right)
        if right is Right.KNOW:
            known = in_force.answer_to_know(one.submission.language, progress.categories_found(one))
            self.fields["text"].initial = known
        if right is Right.DELETE and (reasons := progress.kept(one)):
            self.fields["reason"].initial = "\n\n".join(reasons)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        ending, text = cleaned.get("ending"), cleaned.get("text", "")
        gives_data = Right(self.rights_request.right) in releasing.DISCLOSURES
        gives_data = gives_data and not releasing.has_files(self.rights_request)
        if gives_data and ending in (Ending.FULFILLED, Ending.PARTLY) and not text.strip():
            self.add_error("text", _("Write the data that the requester asked for."))
        if ending == Ending.PARTLY and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Write what was left out, and why."))
        if "no_call_records" in self.fields and cleaned["no_call_records"] is cleaned["holds_call_records"]:
            self.add_error("no_call_records", _("Tick one of the two once you have made sure."))
        return cleaned


class RefuseForm(StepForm):
    grounds = forms.MultipleChoiceField(
        label=_("On which ground"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one ground.")},
    )
    reason = text_box(_("Why, in your own words"), _("Write why, in plain words. The requester reads them."), 8000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = releasing.grounds_offered(self.rights_request)
        cast(forms.MultipleChoiceField, self.fields["grounds"]).choices = [
            (ground.id, f"{ground.summary} ({ground.cite})") for ground in offered
        ]


class NotShownForm(StepForm):
    reason = text_box(
        _("What else the requester can do"),
        None,
        8000,
        required=False,
        help_text=_("Never name the fact that did not match. The letter says the rest."),
    )


class ReleaseForm(StepForm):
    read = forms.BooleanField(
        label=_("I have read the letter and checked who gets it"),
        error_messages={"required": _("Read the letter, then tick this.")},
    )


class ContactForm(StepForm):
    email = email_field(_("E-mail address in our own record"))
    on_file_since = day_field(_("In our record since"))


def _beside_answer(one: RightsRequest) -> str:
    """What an answer leaves out, or has to wait for."""
    return " ".join(filter(None, [told_first.wait_said(one), progress.warning(one), _files_left_out(one)]))


def _files_left_out(one: RightsRequest) -> str:
    """Of a copy: files that are not with it, and whose owners blacked something out."""
    if Right(one.right) not in releasing.DISCLOSURES:
        return ""
    return " ".join(filter(None, [progress.not_with_answer(one), progress.blacked_out(one)]))


def _who_is_told(one: RightsRequest, ending: str) -> str:
    """Where the letter of an answer goes, masked; who has no mail reads it on the page or gets it by post."""
    submission, address = one.submission, one.submission.email
    if releasing.goes_to_contact_on_file(one, ending) and (contact := identity.contact_on_file(submission)):
        address = contact.email
    if not address:
        return gettext("their page; there is no e-mail address")
    return which_contact.beside(submission, address, masking.email(address))


def _beside_release(one: RightsRequest) -> str:
    """Which systems had not answered when it was drafted, and which files nobody looked into before they leave."""
    draft = one.answers.in_review().first()
    if draft is None:
        return ""
    leaves = gettext("What leaves: %(ending)s. It goes to %(to)s.") % {
        "ending": words.ENDINGS[Ending(draft.ending)],
        "to": _who_is_told(one, draft.ending),
    }
    said = [leaves, progress.said_to_reader(one, draft.ending, draft.drafted_at), _files_left_out(one)]
    if unopened := packages.unopened(one):
        counted = ngettext(
            "%(number)d file was opened by nobody but who added it.",
            "%(number)d files were opened by nobody but who added them.",
            unopened,
        )
        said.append(counted % {"number": unopened})
    return " ".join(filter(None, said))


STEPS = (
    Step(
        "take",
        _("Take it"),
        _("Take it"),
        NoFields,
        lambda one, given, by: workflow.take(one, by=by),
        lambda one, user: one.is_open and (one.handler_id != user.pk or one.status == Status.RECEIVED),
        done=_("This request is yours now."),
        while_frozen=True,
    ),
    Step(
        "release",
        _("Release the answer"),
        _("Release it"),
        ReleaseForm,
        lambda one, given, by: workflow.release(one, by=by),
        others_draft,
        _("The requester is told at once, and the request closes. This cannot be undone."),
        beside=_beside_release,
        done=_("The answer is released, and the request is closed."),
    ),
    Step(
        "send_back",
        _("Send the draft back"),
        _("Send it back"),
        SendBackForm,
        lambda one, given, by: workflow.send_back(one, given["text"], by=by),
        status(Status.IN_REVIEW),
        done=_("The draft went back with your note."),
        while_frozen=True,
    ),
    Step(
        "turn_into",
        _("Say which right it is"),
        _("Turn it into this right"),
        TurnIntoForm,
        lambda one, given, by: which_right.turn_into(
            one, Right(given["right"]), about_marketing=given["about_marketing"], by=by
        ),
        lambda one, user: one.is_open and one.right == Right.UNSURE,
        done=lambda one: _("It is a request for “%(right)s” now.") % {"right": words.RIGHTS[Right(one.right)]},
        while_frozen=True,
    ),
    Step(
        "change_right",
        _("It is about another right"),
        _("Change it, and tell the requester"),
        AnotherRightForm,
        lambda one, given, by: which_right.change(
            one, Right(given["right"]), given["told"], about_marketing=given.get("about_marketing", False), by=by
        ),
        which_right.is_offered,
        done=lambda one: (
            _("It is a request for “%(right)s” now. The requester is told.") % {"right": words.RIGHTS[Right(one.right)]}
        ),
        keys_unfold=True,
    ),
    Step(
        "answer",
        _("Answer"),
        _("Write the answer"),
        AnswerForm,
        lambda one, given, by: workflow.answer(
            one,
            Draft(
                Ending(given["ending"]),
                text=given["text"],
                reason=given["reason"],
                holds_call_records=given.get("holds_call_records", False),
            ),
            by=by,
        ),
        is_answerable,
        beside=_beside_answer,
        done=letter_done,
    ),
    Step(
        "refuse",
        _("Refuse"),
        _("Write the refusal"),
        RefuseForm,
        lambda one, given, by: workflow.answer(
            one, Draft(Ending.REFUSED, reason=given["reason"], grounds=tuple(given["grounds"])), by=by
        ),
        is_answerable,
        done=letter_done,
    ),
    Step(
        "end_identity_not_shown",
        _("End: identity not shown"),
        _("Write the letter"),
        NotShownForm,
        lambda one, given, by: workflow.answer(one, Draft(Ending.IDENTITY_NOT_SHOWN, reason=given["reason"]), by=by),
        lambda one, user: is_answerable(one, user) and one.needs > AssuranceLevel.T0 and identity.is_decided_below(one),
        group=Group.ENDING,
        done=letter_done,
    ),
    Step(
        "extend",
        _("Take more time"),
        _("Extend and tell the requester"),
        ExtendForm,
        lambda one, given, by: workflow.extend(
            one, DateKind(given["of"]), ExtensionReason(given["reason"]), given["promised_on"], by=by
        ),
        lambda one, user: one.is_open and identity.can_be_told(one.submission),
        done=_("The requester is told of the new date."),
    ),
    Step(
        "enter_contact_on_file",
        _("Enter a contact from our record"),
        _("Keep this contact"),
        ContactForm,
        lambda one, given, by: records.enter_typed(one, given["email"], given["on_file_since"], by=by),
        lambda one, user: one.needs > AssuranceLevel.T0 and (one.is_open or appeals.open_one(one) is not None),
        done=_("The contact is kept. Answers are told there."),
        while_frozen=True,
    ),
    Step(
        "note",
        _("Write an internal note"),
        _("Keep as internal note"),
        NoteForm,
        lambda one, given, by: workflow.note(one, given["text"], by=by),
        lambda one, user: True,
        group=Group.WRITE,
        key="i",
        done=_("The note is kept. Only staff read it."),
        while_frozen=True,
    ),
    Step(
        "withdraw",
        _("Withdraw on the requester's behalf"),
        _("Withdraw it"),
        WithdrawForm,
        lambda one, given, by: workflow.withdraw(one, by=by, why=given["text"]),
        is_open,
        _("Only when the requester told us so. The request closes, and they are told."),
        group=Group.ENDING,
        done=_("The request is taken back. For 24 hours this can be undone."),
    ),
)
