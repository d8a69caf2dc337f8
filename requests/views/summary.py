"""The list of answers to check before they are sent: question, answer, and the page that changes it."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django_countries import countries

from requests import about_whom, details, drafts, regimes, slips, words
from requests.terms import Authority, Capacity, Right

STEP_PAGES = {
    drafts.RIGHTS: "requests:ask",
    drafts.WHO: "requests:ask_who",
    drafts.ABOUT: "requests:ask_about",
    drafts.WHERE: "requests:ask_where",
    drafts.REACH: "requests:ask_reach",
    drafts.CHECK: "requests:ask_check",
}


def page_of(step: str) -> str:
    """The address of a page of questions, in the language in use."""
    if number := drafts.number_of(step):
        return reverse("requests:ask_details", args=[number])
    return reverse(STEP_PAGES[step])


def rows(answers: dict[str, Any]) -> list[dict[str, Any]]:
    """Every answer that will be sent, in the order of the pages."""
    asked = drafts.rights_of(answers)
    about = about_whom.of(drafts.capacity_of(answers))
    told = [_row(_("What you would like"), [about.asked(right)[0] for right in asked], drafts.RIGHTS)]
    for number, right in enumerate(drafts.detailed(answers), 1):
        told += _details(number, right, answers)
    if drafts.WHERE in drafts.steps(answers):
        told += _who(answers) + _reach(answers)
    return told


def _details(number: int, right: Right, answers: dict[str, Any]) -> list[dict[str, Any]]:
    given = details.without_empty(details.of_draft(answers).get(right, {}))
    step, is_address = drafts.details_step(number), right is Right.OPT_OUT
    return [_row(line.question, line.answers, step, is_address=is_address) for line in details.told(right, given)]


def _who(answers: dict[str, Any]) -> list[dict[str, Any]]:
    """Who it is about, what lets somebody act for them, and where that person lives."""
    capacity = drafts.capacity_of(answers)
    about = about_whom.of(capacity)
    told = [_row(_("Who it is about"), [words.WHO_IS_IT_ABOUT[capacity][0]], drafts.WHO)]
    if capacity is Capacity.NON_CUSTOMER:
        told.append(_row(_("How you were in touch with us"), [answers["encounter"]], drafts.ABOUT))
    if about.for_another:
        lines = [
            (about.name, answers["subject_name"]),
            (_("Their e-mail address"), answers.get("subject_email")),
            (about.authority_question, about.authority(Authority(answers["authority"]))),
            (_("Since"), answers.get("from_on")),
            (_("Until"), answers.get("until_on")),
        ]
        theirs = answers.get("subject_email")
        told += [_row(question, [said], drafts.ABOUT, is_address=said == theirs) for question, said in lines if said]
    return [*told, _row(about.where, [_place(answers["residence"])], drafts.WHERE)]


def _reach(answers: dict[str, Any]) -> list[dict[str, Any]]:
    capacity = drafts.capacity_of(answers)
    asked_in = drafts.ABOUT if capacity is Capacity.COMPANY else drafts.REACH
    email = answers.get("email")
    lines = [
        (_("Your name"), answers["name"], drafts.REACH),
        (_("Your e-mail address"), email, drafts.REACH),
        (_("Your telephone number"), answers.get("phone"), drafts.REACH),
        (_("Your postal address"), answers.get("postal_address"), drafts.REACH),
        (about_whom.of(capacity).used_with_us, answers.get("also_known_by"), asked_in),
    ]
    return [_row(question, [said], step, is_address=said == email) for question, said, step in lines if said]


def _row(question: Any, said: list[Any], step: str, *, is_address: bool = False) -> dict[str, Any]:
    """One answer; for what may be an e-mail address also what was probably meant, where it looks like a slip."""
    meant = slips.probably_meant(str(said[0])) if is_address and said else ""
    return {"question": question, "answers": said, "change": page_of(step), "meant": meant}


def _place(residence: str) -> str:
    if not residence:
        return _("not said")
    country = str(countries.name(residence[:2]))
    return f"{regimes.SUBDIVISION_NAMES[residence]}, {country}" if "-" in residence else country
