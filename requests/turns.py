"""One step at a time: every verb of a case is one transaction in which nobody else takes a step on its submission."""

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.db import transaction

from primevox_privacy.turns import wait_for_turn
from requests.models import Appeal, Hold, RightsRequest, StopLink, Submission

Given = ParamSpec("Given")
Made = TypeVar("Made")


def in_turn(verb: Callable[Given, Made]) -> Callable[Given, Made]:
    """For a verb that is given a submission or something that belongs to one; several, in a list too, have their turn
    together."""

    @wraps(verb)
    @transaction.atomic
    def taken(*args: Given.args, **kwargs: Given.kwargs) -> Made:
        wait_for_turn(*_submissions_of(args), *_submissions_of(kwargs.values()))
        return verb(*args, **kwargs)

    return taken


def _submissions_of(given: Iterable[Any]) -> Iterator[UUID]:
    for one in given:
        if isinstance(one, Submission):
            yield one.pk
        elif isinstance(one, RightsRequest | StopLink):
            yield one.submission_id
        elif isinstance(one, Appeal | Hold):
            yield one.rights_request.submission_id
        elif isinstance(one, list | tuple):
            yield from _submissions_of(one)
