"""The list of answers to check before they are sent: question, answer, and the page that changes it."""

from typing import Any

from django.utils.translation import gettext as _
from django_countries import countries

from requests import acting_for, drafts, forms, regimes, words
from requests.terms import Authority, Capacity, Right

STEP_PAGES = {
    drafts.RIGHTS: "requests:ask",
    drafts.DETAILS: "requests:ask_details",
    drafts.WHO: "requests:ask_who",
    drafts.ABOUT: "requests:ask_about",
    drafts.WHERE: "requests:ask_where",
    drafts.REACH: "requests:ask_reach",
    drafts.CHECK: "requests:ask_check",
}


def rows(answers: dict[str, Any]) -> list[dict[str, Any]]:
    """Every answer that will be sent, in the order of the pages. What was left empty by choice is said to be."""
    asked = drafts.rights_of(answers)
    told = [_row(_("What you would like"), [words.ASKED[right][0] for right in asked], drafts.RIGHTS)]
    told += [row for right in asked for row in _details(right, answers)]
    if drafts.WHERE in drafts.steps(answers):
        told += _who(answers) + _reach(answers)
    return told


def _details(right: Right, answers: dict[str, Any]) -> list[dict[str, Any]]:
    wish = answers.get("wishes", {}).get(right.value)
    if right is Right.OPT_OUT:
        return [_row(_("Address or number to stop using"), [wish or ""], drafts.DETAILS)]
    if right not in forms.WISHES:
        return []
    said = [wish or _("left empty")]
    if right is Right.OBJECT and answers.get("about_marketing"):
        said.append(_("It is about advertising sent to me."))
    return [_row(forms.WISHES[right][0], said, drafts.DETAILS)]


def _who(answers: dict[str, Any]) -> list[dict[str, Any]]:
    """Who it is about, what lets somebody act for them, and where that person lives."""
    capacity = drafts.capacity_of(answers)
    told = [_row(_("Who it is about"), [words.WHO_IS_IT_ABOUT[capacity][0]], drafts.WHO)]
    if capacity is Capacity.NON_CUSTOMER:
        told.append(_row(_("How you were in touch with us"), [answers["encounter"]], drafts.ABOUT))
    if capacity in acting_for.FOR_SOMEBODY_ELSE:
        lines = [
            (_("Their name"), answers["subject_name"]),
            (_("Their e-mail address"), answers.get("subject_email")),
            (_("What lets you act for them"), words.AUTHORITIES[Authority(answers["authority"])]),
            (_("Since"), answers.get("from_on")),
            (_("Until"), answers.get("until_on")),
        ]
        told += [_row(question, [said], drafts.ABOUT) for question, said in lines if said]
        told.append(_row(_("Where they live"), [_place(answers["residence"])], drafts.WHERE))
    else:
        told.append(_row(_("Where you live"), [_place(answers["residence"])], drafts.WHERE))
    return told


def _reach(answers: dict[str, Any]) -> list[dict[str, Any]]:
    is_company = drafts.capacity_of(answers) is Capacity.COMPANY
    lines = [
        (_("Your name"), answers["name"], drafts.REACH),
        (_("Your e-mail address"), answers.get("email"), drafts.REACH),
        (_("Your telephone number"), answers.get("phone"), drafts.REACH),
        (_("Your postal address"), answers.get("postal_address"), drafts.REACH),
        (_("Also known to you by"), answers.get("also_known_by"), drafts.ABOUT if is_company else drafts.REACH),
    ]
    return [_row(question, [said], step) for question, said, step in lines if said]


def _row(question: Any, said: list[Any], step: str) -> dict[str, Any]:
    return {"question": question, "answers": said, "change": STEP_PAGES[step]}


def _place(residence: str) -> str:
    if not residence:
        return _("not said")
    country = str(countries.name(residence[:2]))
    return f"{regimes.SUBDIVISION_NAMES[residence]}, {country}" if "-" in residence else country
