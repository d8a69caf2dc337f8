"""Ending a request without an answer, joining and undoing, stopping and going on."""

from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from primevox_privacy.staff.models import User
from requests import joining, notices, releasing, retention, stopping, waiting, words, workflow
from requests.admin.steps.base import CHOOSE, Group, NoFields, Step, StepForm, letter_done
from requests.answers import Draft
from requests.forms.fields import text_box
from requests.models import RightsRequest
from requests.terms import Ending, OutOfScope, Status

A_SECOND_READS = _("A second person reads the letter before it leaves.")


class ReasonForm(StepForm):
    reason = text_box(_("Why, in your own words"), _("Write why, in plain words. The requester reads them."), 8000)


class OutOfScopeForm(ReasonForm):
    why = forms.ChoiceField(
        label=_("What it is about"),
        choices=[(word.value, label) for word, label in words.OUT_OF_SCOPE.items()],
        widget=forms.RadioSelect,
        help_text=_("It decides where the letter sends the person."),
        error_messages=CHOOSE,
    )
    field_order = ("why", "reason")


class WhyForm(StepForm):
    text = text_box(_("Why"), _("Write why. A colleague needs to clear it up."), 8000, rows=3)


class ClearedForm(StepForm):
    text = text_box(_("How it was cleared up"), _("Write how it was cleared up."), 8000, rows=3)


class HowKnownForm(StepForm):
    text = text_box(_("How you know"), _("Write how you know."), 8000, rows=3)


class HowToldForm(StepForm):
    text = text_box(_("How and when you told them"), _("Write how and when you told them."), 8000, rows=3)


class MergeForm(StepForm):
    """Only what can be joined is offered; why others cannot stands beside them on the page. The verb decides."""

    into = forms.ModelChoiceField(
        RightsRequest.objects.select_related("submission__check_made"),
        label=_("Answer it together with"),
        error_messages=CHOOSE,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["into"]).choices = [
            (other.pk, _("%(reference)s, due %(day)s") % {"reference": other, "day": words.day(other.leading_on)})
            for other in joinable(self.rights_request)
        ]


def joinable(one: RightsRequest) -> list[RightsRequest]:
    """The duplicates that this request can be joined to now."""
    return [other for other in joining.candidates(one) if joining.can_join(one, other)]


def can_end(one: RightsRequest, user: User) -> bool:
    """Whether a letter without an answer can be drafted; which right it is about is no matter."""
    return one.status in (Status.IN_PROGRESS, Status.WAITING) and one.frozen_at is None


def notice_is_over(one: RightsRequest) -> bool:
    """Whether the seven days of a notice went by without a word."""
    ended_at = waiting.notice_ended_at(one) if one.is_open and one.frozen_at is None else None
    return ended_at is not None and ended_at <= timezone.now() and one.status != Status.IN_REVIEW


def can_undo(one: RightsRequest) -> bool:
    """Whether its closing can be taken back now."""
    until = retention.undo_until(one.ending, one.closed_at)
    return until is not None and timezone.now() < until and not releasing.is_not_theirs(one)


def _end_out_of_scope(one: RightsRequest, given: dict[str, Any], by: User) -> None:
    draft = Draft(Ending.OUT_OF_SCOPE, reason=given["reason"], out_of_scope=OutOfScope(given["why"]))
    workflow.answer(one, draft, by=by)


STEPS = (
    Step(
        "merge",
        _("Join it with a duplicate"),
        _("Join them"),
        MergeForm,
        lambda one, given, by: joining.merge(one, given["into"], by=by),
        lambda one, user: one.is_open and one.frozen_at is None and bool(joinable(one)),
        _("This request closes, and its page leads to the answer of the other. It can be undone for 24 hours."),
        group=Group.ENDING,
        done=_("They are joined. For 24 hours this can be undone."),
    ),
    Step(
        "give_notice",
        _("Notice given by telephone or post"),
        _("Record the notice"),
        HowToldForm,
        lambda one, given, by: notices.give(one, given["text"], by=by),
        lambda one, user: one.is_open and one.frozen_at is None and notices.why_not_give(one) is None,
        _("No mail reaches them, so tell them yourself: without an answer in seven days, their request may end."),
        group=Group.ENDING,
        done=_("It is recorded. Above you read from when it may end."),
    ),
    Step(
        "end_no_answer",
        _("End: no answer from the requester"),
        _("Close it and tell the requester"),
        NoFields,
        lambda one, given, by: workflow.answer(one, Draft(Ending.NO_ANSWER), by=by),
        lambda one, user: notice_is_over(one),
        _("We reminded them, and seven days went by since our notice. They are told, and can ask for a second look."),
        group=Group.ENDING,
        done=_("The request is closed, and the requester is told."),
    ),
    Step(
        "end_out_of_scope",
        _("End: out of scope"),
        _("Write the letter"),
        OutOfScopeForm,
        _end_out_of_scope,
        can_end,
        A_SECOND_READS,
        group=Group.ENDING,
        done=letter_done,
    ),
    Step(
        "end_not_a_request",
        _("End: not a request"),
        _("Write the letter"),
        ReasonForm,
        lambda one, given, by: workflow.answer(one, Draft(Ending.NOT_A_REQUEST, reason=given["reason"]), by=by),
        can_end,
        A_SECOND_READS,
        group=Group.ENDING,
        done=letter_done,
    ),
    Step(
        "undo",
        _("Undo the closing"),
        _("Open it again where it stood"),
        NoFields,
        lambda one, given, by: workflow.undo(one, by=by),
        lambda one, user: can_undo(one),
        _("The requester is told. Its dates are the same as before."),
        group=Group.ENDING,
        done=_("The request is open again where it stood."),
    ),
    Step(
        "freeze",
        _("Freeze everything"),
        _("Freeze it"),
        WhyForm,
        lambda one, given, by: stopping.freeze(one, given["text"], by=by),
        lambda one, user: one.frozen_at is None,
        _("Nothing leaves and nothing is deleted, for all that was asked together. The clock goes on."),
        group=Group.STOP,
        done=_("All that was asked together is frozen."),
    ),
    Step(
        "free",
        _("Go on: it is cleared up"),
        _("Go on"),
        ClearedForm,
        lambda one, given, by: stopping.free(one, given["text"], by=by),
        lambda one, user: one.frozen_at is not None,
        _("Everything that was asked together goes on."),
        group=Group.STOP,
        done=_("All that was asked together goes on."),
        while_frozen=True,
    ),
    Step(
        "end_not_you",
        _("It was not theirs"),
        _("End and shut all that was asked together"),
        HowKnownForm,
        lambda one, given, by: stopping.end_not_you(one, given["text"], by=by),
        lambda one, user: one.frozen_at is not None,
        _("Every open request of this submission ends. What was answered before stays shut for good."),
        group=Group.STOP,
        done=_("It is recorded that it was not theirs. Nothing of it opens any more."),
        while_frozen=True,
    ),
)
