"""Answers on their way: kept sealed for seven days, found again by a signed cookie of the same browser.

Which page follows which is decided here, from the answers alone.
"""

import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from primevox_privacy.sealed.lives import Life
from primevox_privacy.sealed.models import DataKey
from requests import retention
from requests.forms import WISHES
from requests.models import Draft
from requests.terms import Right

COOKIE = "draft"
RIGHTS, DETAILS, WHERE, REACH, CHECK = "rights", "details", "where", "reach", "check"


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


def keep(draft: Draft | None, answers: dict[str, Any]) -> Draft:
    """Seal the answers, in a new draft where there is none; its seven days begin anew."""
    now = timezone.now()
    ends_at = now + retention.DRAFT
    if draft is None:
        draft = Draft()
        draft.draft_key = DataKey.make(draft.pk, Life.DRAFT, ends_at=ends_at)
        draft.draft_key.save(force_insert=True)
    else:
        DataKey.objects.filter(pk=draft.draft_key_id).update(ends_at=ends_at)
    draft.answers = answers
    draft.touched_at = now
    draft.save()
    return draft


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


def steps(answers: dict[str, Any]) -> list[str]:
    """The pages this person sees, in order. An opt-out alone asks for one thing and nothing else."""
    rights = rights_of(answers)
    if rights == [Right.OPT_OUT]:
        return [RIGHTS, DETAILS, CHECK]
    needs_words = any(right in WISHES or right is Right.OPT_OUT for right in rights)
    return [RIGHTS, *([DETAILS] if needs_words else []), WHERE, REACH, CHECK]


def is_answered(step: str, answers: dict[str, Any]) -> bool:
    """Whether a page was filled in before."""
    marks = {RIGHTS: "rights", DETAILS: "detailed_for", WHERE: "residence", REACH: "email"}
    if step == DETAILS:
        return answers.get("detailed_for") == answers.get("rights")
    return step == CHECK or marks[step] in answers


def next_step(step: str, answers: dict[str, Any]) -> str:
    """The first page after `step` that still wants an answer; those answered before are kept."""
    order = steps(answers)
    after = order[order.index(step) + 1 :] if step in order else order
    return next((one for one in after if not is_answered(one, answers)), CHECK)


def missing_step(answers: dict[str, Any]) -> str | None:
    """The first page without an answer; None when all is there to be sent."""
    return next((one for one in steps(answers) if not is_answered(one, answers)), None)
