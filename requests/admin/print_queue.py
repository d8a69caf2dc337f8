"""Letters on paper: print what is ticked, say when it was posted, and what came back."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language_info, gettext_lazy, ngettext, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from primevox_privacy import telephone
from primevox_privacy.outbox.models import Letter
from primevox_privacy.staff.models import User
from requests import access, print_queue, references, roles, words
from requests.forms.fields import LONGEST_MESSAGE, day_field, line
from requests.models import RightsRequest
from requests.print_queue import Printed
from requests.workflow import NotAllowed

TITLE = gettext_lazy("Letters to print")


class PostForm(forms.Form):
    """What goes with the ticked letters: the day of posting, or how they were told otherwise."""

    posted_on = day_field(gettext_lazy("Posted on"))
    how = line(
        gettext_lazy("How and when you told them"),
        None,
        LONGEST_MESSAGE,
        help_text=gettext_lazy("Only for a letter that need not leave any more. It stays as an internal note."),
    )


@access.staff
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """What waits, and what was posted. Each button acts on what is ticked, or on the one letter beside it."""
    user = cast(User, request.user)
    if not roles.may(user, "print_letter"):
        raise PermissionDenied
    if request.method != "POST":
        return _list_page(request, PostForm(initial={"posted_on": timezone.localdate()}))
    for button, act in BUTTONS.items():
        if button in request.POST:
            return act(request, user)
    return redirect("admin:requests_letters")


def _ids(values: list[str]) -> list[uuid.UUID]:
    """Those that can be ids at all; the others name no letter."""
    found = []
    for value in values:
        try:
            found.append(uuid.UUID(value))
        except ValueError:
            continue
    return found


def _one(request: HttpRequest, button: str) -> uuid.UUID:
    return next(iter(_ids([request.POST[button]])), uuid.UUID(int=0))


def _kept(request: HttpRequest, why: NotAllowed) -> HttpResponse:
    """The same page with what was ticked and typed, and why it did not do."""
    form = PostForm(request.POST)
    form.add_error(None, str(why))
    return _list_page(request, form)


def _print(request: HttpRequest, user: User) -> HttpResponse:
    return _printed(request, _ids(request.POST.getlist("letter")), user)


def _print_with_new_code(request: HttpRequest, user: User) -> HttpResponse:
    if asked := access.ask_who_does(request, "new_continuation_code"):
        return asked
    return _printed(request, [_one(request, "new_code")], user, with_new_code=True)


def _printed(request: HttpRequest, ids: list[uuid.UUID], user: User, *, with_new_code: bool = False) -> HttpResponse:
    try:
        printed = print_queue.print_all(ids, with_new_code=with_new_code, by=user)
    except NotAllowed as why:
        return _kept(request, why)
    context = {"letters": [_sheet(one) for one in printed], "title": TITLE}
    return TemplateResponse(request, "admin/requests/print.html", context)


def _post(request: HttpRequest, user: User) -> HttpResponse:
    form = PostForm(request.POST)
    if not form.is_valid():
        return _list_page(request, form)
    try:
        number = print_queue.post_all(_ids(request.POST.getlist("letter")), _day(form), by=user)
    except NotAllowed as why:
        return _kept(request, why)
    said = ngettext("%(number)d letter counts as posted.", "%(number)d letters count as posted.", number)
    messages.success(request, said % {"number": number})
    return redirect("admin:requests_letters")


def _day(form: PostForm) -> date:
    day: date = form.cleaned_data["posted_on"]
    return day


def _told(request: HttpRequest, user: User) -> HttpResponse:
    try:
        print_queue.told_otherwise(_one(request, "told"), request.POST.get("how", ""), by=user)
    except NotAllowed as why:
        return _kept(request, why)
    messages.success(request, _("Thank you. The letter need not leave any more."))
    return redirect("admin:requests_letters")


def _came_back(request: HttpRequest, user: User) -> HttpResponse:
    try:
        print_queue.came_back(_one(request, "came_back"), by=user)
    except NotAllowed as why:
        return _kept(request, why)
    messages.success(request, _("It is noted. Reach them in another way: the page of the request says so."))
    return redirect("admin:requests_letters")


BUTTONS: dict[str, Callable[[HttpRequest, User], HttpResponse]] = {
    "print": _print,
    "new_code": _print_with_new_code,
    "posted": _post,
    "told": _told,
    "came_back": _came_back,
}


def _list_page(request: HttpRequest, form: PostForm) -> HttpResponse:
    owed, left = list(print_queue.waiting()), list(print_queue.posted_of_late()[:50])
    cases = _cases({letter.about for letter in (*owed, *left)})
    ticked = set(request.POST.getlist("letter"))
    context = {
        **admin.site.each_context(request),
        "title": TITLE,
        "form": form,
        "waiting": [_row(letter, cases, ticked) for letter in owed],
        "posted": [_row(letter, cases, ticked) for letter in left],
        "may_replace": roles.may(request.user, "new_continuation_code"),
        "has_address": bool(settings.COMPLIANCE_POSTAL_ADDRESS),
    }
    return TemplateResponse(request, "admin/requests/print_queue.html", context)


def _cases(about: set[uuid.UUID]) -> dict[uuid.UUID, list[RightsRequest]]:
    cases: dict[uuid.UUID, list[RightsRequest]] = {}
    for one in RightsRequest.objects.filter(submission__in=about).order_by("reference"):
        cases.setdefault(one.submission_id, []).append(one)
    return cases


def _row(letter: Letter, cases: dict[uuid.UUID, list[RightsRequest]], ticked: set[str]) -> dict[str, Any]:
    ours = cases.get(letter.about, [])
    return {
        "letter": letter,
        "owed": words.moment(letter.owed_at),
        "printed": words.moment(letter.printed_at) if letter.printed_at else "",
        "posted": words.day(timezone.localdate(letter.sent_at)) if letter.sent_at else "",
        "cases": ours,
        "named": ", ".join(references.spoken(one.reference) for one in ours),
        "frozen": any(one.frozen_at for one in ours),
        "ticked": str(letter.pk) in ticked or (not ticked and letter.printed_at is None),
    }


def _sheet(printed: Printed) -> dict[str, Any]:
    """One letter as it lies in its envelope, in the language of its reader."""
    letter = printed.letter
    with override(letter.language):
        return {
            "language": letter.language,
            "dir": "rtl" if get_language_info(letter.language)["bidi"] else "ltr",
            "sender": ["Primevox", *settings.COMPLIANCE_POSTAL_ADDRESS.splitlines()],
            "address": (letter.address or "").splitlines(),
            "day": words.day(timezone.localdate()),
            "subject": letter.subject,
            "paragraphs": [block.strip() for block in (letter.text or "").split("\n\n") if block.strip()],
            "code": printed.code,
            "phone": telephone.in_words(),
        }
