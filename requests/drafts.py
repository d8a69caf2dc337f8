"""Answers on their way: kept sealed for seven days, found again by a signed cookie of the same browser.

Which page follows which is decided here, from the answers alone.
"""

import uuid
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from requests import details, retention
from requests.models import Draft
from requests.terms import Capacity, Right

COOKIE = "draft"
RIGHTS, WHO, ABOUT, WHERE, REACH, CHECK = "rights", "who", "about", "where", "reach", "check"
DETAILS = "details"  # one page for each right that has questions: details/1, details/2
# What is asked differently, or not at all, once it is about somebody else. Name and addresses stay one's own.
OF_CAPACITY = frozenset(
    {
        *("subject_name", "subject_email", "authority", "from_on", "until_on", "encounter"),
        *("residence", "also_known_by", "reached"),
    }
)
OLD_DETAILS = frozenset({"wishes", "detailed_for", "about_marketing"})  # before each right had its own questions


def of_browser(request: HttpRequest) -> Draft | None:
    """The draft of this browser, sent or not."""
    draft_id = request.get_signed_cookie(COOKIE, default=None, max_age=retention.DRAFT)
    if not draft_id:
        return None
    return Draft.objects.select_related("draft_key").filter(pk=uuid.UUID(draft_id)).first()


def unsent(request: HttpRequest) -> Draft | None:
    draft = of_browser(request)
    return draft if draft and draft.submission_id is None else None


def answers_of(draft: Draft | None) -> dict[str, Any]:
    return (draft.answers if draft else None) or {}


def keep(draft: Draft | None, answers: dict[str, Any], pk: uuid.UUID | None = None) -> Draft:
    """Seal the answers, in a new draft where there is none; its seven days begin anew."""
    now = timezone.now()
    ends_at = now + retention.DRAFT
    if draft is None:
        draft = Draft(pk=pk or uuid.uuid4())
        draft.draft_key = DataKey.make(draft.pk, Life.DRAFT, ends_at=ends_at)
        draft.draft_key.save(force_insert=True)
    else:
        DataKey.objects.filter(pk=draft.draft_key_id).update(ends_at=ends_at)
    draft.answers = answers
    draft.touched_at = now
    draft.save()
    return draft


@transaction.atomic
def throw_away(draft: Draft) -> None:
    """Answers that are not wanted any more: nobody reads them from now on, and the next sweep destroys their key."""
    DataKey.objects.filter(pk=draft.draft_key_id).update(ends_at=timezone.now())
    draft.answers = None
    draft.save(update_fields=["answers"])


def kept_until(draft: Draft) -> date:
    """The day on which answers are deleted that nobody sent."""
    return timezone.localdate(draft.touched_at + retention.DRAFT)


def remember(response: HttpResponse, draft: Draft) -> None:
    """Give the browser the cookie that finds the draft again."""
    response.set_signed_cookie(
        COOKIE,
        str(draft.pk),
        max_age=retention.DRAFT,
        httponly=True,
        samesite="Lax",
        secure=settings.PRODUCTION,
    )


def rights_of(answers: dict[str, Any]) -> list[Right]:
    return [Right(value) for value in answers.get("rights", ())]


def capacity_of(answers: dict[str, Any]) -> Capacity:
    return Capacity(answers.get("capacity", Capacity.SELF))


def detailed(answers: dict[str, Any]) -> list[Right]:
    """The rights with questions of their own, in the order of their pages."""
    return [right for right in rights_of(answers) if right in details.ASKED]


def details_step(number: int) -> str:
    """The page with the questions of the `number`th of them. Its address tells nobody which right that is."""
    return f"{DETAILS}/{number}"


def number_of(step: str) -> int | None:
    """Which of those pages a step is; None for any other."""
    name, _slash, number = step.partition("/")
    return int(number) if name == DETAILS else None


def with_details(answers: dict[str, Any], right: Right, given: details.Given) -> dict[str, Any]:
    """The answers with those of one right; what a draft of old held as plain text is read once more and then gone."""
    known = details.of_draft(answers) | {right: given}
    kept = {name: value for name, value in answers.items() if name not in OLD_DETAILS}
    return kept | {"details": {one.value: said for one, said in known.items()}}


def changed(answers: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The answers with those of one page more. Once it is about somebody else, what was said for the one before
    goes."""
    if given.get("capacity", answers.get("capacity")) != answers.get("capacity"):
        answers = {name: value for name, value in answers.items() if name not in OF_CAPACITY}
    return answers | given


def steps(answers: dict[str, Any]) -> list[str]:
    """The pages this person sees, in order. An opt-out alone asks for one thing and nothing else."""
    rights = rights_of(answers)
    if rights == [Right.OPT_OUT]:
        return [RIGHTS, details_step(1), CHECK]
    more = [details_step(number) for number, _right in enumerate(detailed(answers), 1)]
    about = [ABOUT] if capacity_of(answers) is not Capacity.SELF else []
    return [RIGHTS, *more, WHO, *about, WHERE, REACH, CHECK]


def is_answered(step: str, answers: dict[str, Any]) -> bool:
    """Whether a page was filled in before."""
    if number := number_of(step):
        right = detailed(answers)[number - 1]
        return details.is_complete(right, details.of_draft(answers).get(right))
    if step == ABOUT:
        return bool(answers.get("subject_name") or answers.get("encounter"))
    marks = {RIGHTS: "rights", WHO: "capacity", WHERE: "residence", REACH: "reached"}
    return step == CHECK or marks[step] in answers


def next_step(step: str, answers: dict[str, Any]) -> str:
    """The first page after `step` that still wants an answer; those answered before are kept."""
    order = steps(answers)
    after = order[order.index(step) + 1 :] if step in order else order
    return next((one for one in after if not is_answered(one, answers)), CHECK)


def missing_step(answers: dict[str, Any]) -> str | None:
    """The first page without an answer; None when all is there to be sent."""
    return next((one for one in steps(answers) if not is_answered(one, answers)), None)
