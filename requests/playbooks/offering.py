"""Which playbooks somebody who writes can start from: in the language of the requester, else in English."""

from dataclasses import dataclass

from django.utils import timezone

from requests.models import PlaybookVersion, RightsRequest
from requests.playbooks import texts
from requests.terms import Ending, Purpose

DEFAULT = "en"


@dataclass(frozen=True)
class Use:
    """Where a playbook goes: into which box of which step, and which ending it speaks of."""

    verb: str
    box: str
    ending: Ending | None = None


USES = {
    Purpose.FULFILLED: Use("answer", "text", Ending.FULFILLED),
    Purpose.PARTLY: Use("answer", "reason", Ending.PARTLY),
    Purpose.NOTHING_HELD: Use("answer", "text", Ending.NOTHING_HELD),
    Purpose.REFUSED: Use("refuse", "reason"),
    Purpose.ASK: Use("ask", "text"),
    Purpose.TELL: Use("tell", "text"),
}
VERBS = frozenset(use.verb for use in USES.values())


def offered(rights_request: RightsRequest) -> dict[str, list[PlaybookVersion]]:
    """For each step that writes, the versions in force for this request; those for its right stand before those for
    any."""
    language = rights_request.submission.language
    versions = PlaybookVersion.objects.in_force().select_related("playbook").filter(in_use=True)
    fitting = versions.filter(
        playbook__right__in=["", rights_request.right], playbook__language__in=[DEFAULT, language]
    )
    chosen: dict[tuple[str, str, str], PlaybookVersion] = {}
    for version in fitting:
        book = version.playbook
        place = (book.purpose, book.right, book.title)
        if place not in chosen or book.language == language:
            chosen[place] = version
    by_verb: dict[str, list[PlaybookVersion]] = {verb: [] for verb in VERBS}
    order = list(Purpose)
    for version in sorted(
        chosen.values(),
        key=lambda one: (
            order.index(Purpose(one.playbook.purpose)),
            not one.playbook.right,
            one.playbook.title.casefold(),
        ),
    ):
        by_verb[USES[Purpose(version.playbook.purpose)].verb].append(version)
    return by_verb


def filled_for(rights_request: RightsRequest, version: PlaybookVersion) -> str:
    """The text of a version for this request, in the language of the text."""
    return texts.filled(version.text, texts.facts_of(rights_request), version.playbook.language)


def names_a_past_day(rights_request: RightsRequest, version: PlaybookVersion) -> bool:
    """Whether the text says by when we answer, and that day is over: nobody is to be promised yesterday."""
    return "{due}" in version.text and rights_request.leading_on < timezone.localdate()
