"""What we ask beside the name of a right, each right its own few questions: what can be answered, what of it is kept,
and how it is told again, to the requester and to staff.

The answers of one right are a small dict of texts and lists, sealed as one value with the content. To know and to get a
copy need no word. What came in by another door, or before there were questions, is a plain text: `from_words` reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from requests import words
from requests.models import RightsRequest
from requests.terms import Right

Given = dict[str, Any]
MOST_ITEMS = 10  # corrections in one request
ASKED = frozenset(Right) - {Right.KNOW, Right.ACCESS}


class Scope(StrEnum):
    """All of it, or a part that is named."""

    ALL = "all"
    SOME = "some"


class DataForm(StrEnum):
    """Forms of a file that other programs can read (policy §6)."""

    CSV = "csv"
    JSON = "json"


class SendTo(StrEnum):
    """Who gets the data (policy §6: oneself, or another controller directly)."""

    SELF = "self"
    OTHER = "other"


class Use(StrEnum):
    """What we use data for (policy §4)."""

    MARKETING = "marketing"
    PERSONAL = "personal"
    IMPROVE = "improve"
    NEWS = "news"
    SAFETY = "safety"
    SERVICE = "service"
    LAW = "law"
    OTHER = "other"


class Consent(StrEnum):
    """What the policy rests on a consent (policy §3, §4)."""

    RECORDING = "recording"
    MARKETING = "marketing"
    COOKIES = "cookies"
    OTHER = "other"


# The question of each right, as the heading of its page and in the list of answers.
QUESTIONS: dict[Right, Any] = {
    Right.CORRECT: _("What should we correct?"),
    Right.DELETE: _("What should we delete?"),
    Right.RESTRICT: _("What should we limit?"),
    Right.OBJECT: _("Which use should we stop?"),
    Right.PORTABILITY: _("Where should the data go?"),
    Right.WITHDRAW_CONSENT: _("Which consent should no longer count?"),
    Right.OPT_OUT: _("Which e-mail address or telephone number should we stop using?"),
    Right.LIMIT_SENSITIVE: _("Which sensitive data should we limit?"),
    Right.RETALIATION: _("What happened?"),
    Right.UNSURE: _("Tell us in your own words what you would like"),
}
SCOPES: dict[Right, dict[Scope, Any]] = {
    Right.DELETE: {Scope.ALL: _("Everything that you can delete"), Scope.SOME: _("Only some of it")},
    Right.LIMIT_SENSITIVE: {Scope.ALL: _("All of it"), Scope.SOME: _("Only some of it")},
}
FORMS = {
    DataForm.CSV: (_("CSV"), _("Tables that you can open as a spreadsheet.")),
    DataForm.JSON: (_("JSON"), _("One file that other services can read in.")),
}
RECEIVERS = {SendTo.SELF: _("To me"), SendTo.OTHER: _("To another company")}
USES = {
    Use.MARKETING: (_("Advertising"), _("Such as messages about offers. We stop it with no proof.")),
    Use.PERSONAL: (_("Fitting the website to each visitor"), _("Such as showing what may interest them.")),
    Use.IMPROVE: (_("Studying and improving products"), _("Such as tests and research.")),
    Use.NEWS: (_("News about updates and outages"), ""),
    Use.SAFETY: (_("Keeping the website and services safe"), ""),
    Use.SERVICE: (_("Running the service, answering and billing"), ""),
    Use.LAW: (_("Following laws and protecting rights"), ""),
    Use.OTHER: (_("Another use"), _("Say below which one.")),
}
CONSENTS = {
    Consent.RECORDING: (_("Recording calls with sales or support"), ""),
    Consent.MARKETING: (_("Messages about offers and products"), ""),
    Consent.COOKIES: (_("Cookies, and counting visits to the website"), ""),
    Consent.OTHER: (_("Another consent"), _("Say below which one.")),
}
WHEN = _("When was that?")
WRITTEN = _("What was written")
WHICH_FORM = _("In which form?")
WRONG, RIGHT_IS = _("What is wrong or missing?"), _("What is right?")


# --- Reading -------------------------------------------------------------------------------------------------
def from_words(right: Right, text: str | None) -> Given:
    """A plain text, as the answers of its right."""
    said = (text or "").strip()
    if right is Right.OPT_OUT:
        return {"opt_out": said} if said else {}
    if right in SCOPES:
        return {"scope": Scope.SOME.value, "said": said} if said else {"scope": Scope.ALL.value}
    if right is Right.PORTABILITY:
        return {"send_to": SendTo.OTHER.value, "receiver": said} if said else {"send_to": SendTo.SELF.value}
    return {"said": said} if said else {}


def of_draft(answers: Mapping[str, Any]) -> dict[Right, Given]:
    """The answers of a draft, by right; also of one that was begun when each right had one box of text."""
    if "details" in answers or "detailed_for" not in answers:
        return {Right(right): given for right, given in answers.get("details", {}).items()}
    texts = answers.get("wishes", {})
    found = {Right(right): from_words(Right(right), texts.get(right)) for right in answers["detailed_for"]}
    if answers.get("about_marketing") and Right.OBJECT in found:
        found[Right.OBJECT]["uses"] = [Use.MARKETING.value]
    return found


def is_complete(right: Right, given: Given | None) -> bool:
    """Whether all is said without which nobody would know what to do."""
    if right not in ASKED:
        return True
    if not given:
        return False
    if "items" in given:
        items = items_of(given)
        return bool(items) and all(item["wrong"] and item["right"] for item in items)
    return True


def items_of(given: Given) -> list[dict[str, str]]:
    """The corrections in which something stands."""
    return [item for item in given.get("items", ()) if item["wrong"] or item["right"]]


def without_empty(given: Given) -> Given:
    """The answers as they are sent: a correction in which nothing stands is none."""
    return given | {"items": items_of(given)} if "items" in given else given


def parts(right: Right, given: Given, *, about_marketing: bool = False) -> list[tuple[bool, Given]]:
    """The requests that the answers of one right make, each with whether it is about direct marketing.

    An objection to marketing is absolute and needs no proof (GDPR art. 21(3)), so it does not wait for another
    use that was named with it: they become two.
    """
    if right is not Right.OBJECT:
        return [(False, given)]
    uses = given.get("uses", [])
    others = [use for use in uses if use != Use.MARKETING]
    if Use.MARKETING not in uses:
        return [(about_marketing, given)]
    if not others:
        return [(True, given)]
    return [(True, given | {"uses": [Use.MARKETING.value]}), (False, given | {"uses": others})]


# --- Telling again -------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Line:
    """A question with what was answered."""

    question: Any
    answers: list[Any]


def told(right: Right, given: Given) -> list[Line]:
    """The answers of one right, to whoever gave them."""
    lines = {
        Right.CORRECT: _corrections,
        Right.DELETE: _some_or_all,
        Right.LIMIT_SENSITIVE: _some_or_all,
        Right.PORTABILITY: _where_to,
        Right.OBJECT: _ticked,
        Right.WITHDRAW_CONSENT: _ticked,
    }.get(right, _in_words)
    return lines(right, given) + _days(given)


def told_of(rights_request: RightsRequest) -> list[Line]:
    """What was asked with one request, to the requester and to staff; also what came in as plain text."""
    right, wish = rights_request.sent_as, rights_request.wish
    return told(right, rights_request.details or (from_words(right, wish) if wish else {}))


def _corrections(right: Right, given: Given) -> list[Line]:
    items = items_of(given)
    if not items:
        return _in_words(right, given)
    lines = []
    for number, item in enumerate(items, 1):
        name = gettext("Correction %(number)d") % {"number": number} if len(items) > 1 else QUESTIONS[right]
        wrong = gettext("Wrong or missing: %(text)s") % {"text": item["wrong"]}
        lines.append(Line(name, [wrong, gettext("Right: %(text)s") % {"text": item["right"]}]))
    return lines


def _some_or_all(right: Right, given: Given) -> list[Line]:
    said = given.get("said") if given.get("scope") != Scope.ALL else SCOPES[right][Scope.ALL]
    return [Line(QUESTIONS[right], [said])] if said else []


def _where_to(right: Right, given: Given) -> list[Line]:
    lines = []
    if form := given.get("data_form"):
        lines.append(Line(WHICH_FORM, [FORMS[DataForm(form)][0]]))
    if send_to := given.get("send_to"):
        receiver = [given[name] for name in ("receiver", "receiver_reach") if given.get(name)]
        lines.append(Line(QUESTIONS[right], receiver or [RECEIVERS[SendTo(send_to)]]))
    return lines + _in_words(right, given)


def _ticked(right: Right, given: Given) -> list[Line]:
    ticked: list[Any] = [USES[Use(one)][0] for one in given.get("uses", ())]
    ticked += [CONSENTS[Consent(one)][0] for one in given.get("consents", ())]
    said = [given["said"]] if given.get("said") else []
    return [Line(QUESTIONS[right], ticked + said)] if ticked or said else []


def _in_words(right: Right, given: Given) -> list[Line]:
    question = QUESTIONS.get(right, WRITTEN)  # of an unsure request that became another
    said = [Line(question, [text]) for name in ("said", "opt_out") if (text := given.get(name))]
    return [*said, Line(WHEN, [given["happened_when"]])] if given.get("happened_when") else said


def _days(given: Given) -> list[Line]:
    days = {name: words.day(date.fromisoformat(given[name])) for name in ("data_from", "data_until") if given.get(name)}
    if len(days) == 2:
        return [Line(_("From which days"), [gettext("%(data_from)s to %(data_until)s") % days])]
    if "data_from" in days:
        return [Line(_("From which days"), [gettext("From %(data_from)s on") % days])]
    return [Line(_("From which days"), [gettext("Until %(data_until)s") % days])] if days else []
