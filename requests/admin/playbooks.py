"""Playbooks as staff read them, and as approvers change them: shown on a made-up case first, proposed, then confirmed
by somebody else."""

import uuid
from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from primevox_privacy.staff.models import User
from requests import access, roles, words
from requests.admin.playbook_forms import NewPlaybookForm, VersionForm
from requests.models import Playbook, PlaybookVersion
from requests.playbooks import keeping, texts
from requests.playbooks.keeping import NotKept
from requests.terms import Purpose, Right

LIST = "rules:playbooks"
TITLE = gettext_lazy("Playbooks")
SEE_IT_FIRST = gettext_lazy("This text was not shown on the sample case yet. Look at it now, then propose it.")


def _said(book: Playbook) -> dict[str, Any]:
    return {
        "purpose": words.PURPOSES[Purpose(book.purpose)],
        "right": words.RIGHTS[Right(book.right)] if book.right else _("Any right"),
        "language": dict(settings.LANGUAGES)[book.language],
    }


@access.rule_readers
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every playbook with the version in force and what waits, by what it is for."""
    held = {version.playbook_id: version for version in PlaybookVersion.objects.in_force()}
    proposed = PlaybookVersion.objects.proposed().select_related("proposed_by")
    waiting = {version.playbook_id: version for version in proposed}
    rows: dict[Purpose, list[dict[str, Any]]] = {purpose: [] for purpose in Purpose}
    for book in Playbook.objects.order_by("right", "title", "language"):
        row = {"one": book, "held": held.get(book.pk), "waiting": waiting.get(book.pk), **_said(book)}
        rows[Purpose(book.purpose)].append(row)
    context = {
        **admin.site.each_context(request),
        "title": TITLE,
        "purposes": [{"name": words.PURPOSES[purpose], "rows": rows[purpose]} for purpose in Purpose],
        "may_keep": roles.may(request.user, "keep_playbooks"),
    }
    return TemplateResponse(request, "admin/rules/playbooks.html", context)


@access.playbook_keepers
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A playbook that is not there yet."""
    form = NewPlaybookForm(request.POST or None)

    def save() -> PlaybookVersion:
        given = form.cleaned_data
        return keeping.begin(form.place, given["text"], given["why"], form.effective_at, by=cast(User, request.user))

    return _editor(request, form, save, None)


@access.rule_readers
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One playbook: what holds, what waits, what was, and the form for another version."""
    book = Playbook.objects.filter(pk=pk).first()
    if book is None:
        raise Http404
    if request.method != "POST":
        form = VersionForm(language=book.language, held=_newest(book)) if _may_keep(request) else None
        return _page(request, form, book)
    if not _may_keep(request):
        raise PermissionDenied
    return _propose(request, book)


def _propose(request: HttpRequest, book: Playbook) -> HttpResponse:
    form = VersionForm(request.POST, language=book.language, held=_newest(book))

    def save() -> PlaybookVersion:
        given = form.cleaned_data
        by = cast(User, request.user)
        return keeping.propose(book, given["text"], given["why"], form.effective_at, in_use=given["in_use"], by=by)

    return _editor(request, form, save, book)


def _may_keep(request: HttpRequest) -> bool:
    return roles.may(request.user, "keep_playbooks")


def _newest(book: Playbook) -> PlaybookVersion | None:
    """From what another version is begun: the newest that was confirmed."""
    return book.versions.settled().order_by("-number").first()


def _held(book: Playbook) -> PlaybookVersion | None:
    return PlaybookVersion.objects.in_force().filter(playbook=book).first()


def _editor(request: HttpRequest, form: VersionForm, save: Any, book: Playbook | None) -> HttpResponse:
    """First the sample, then, by another button, the proposal: of the very text that the sample was made of."""
    preview = None
    if form.is_valid():
        preview = _preview(form, book)
        if "propose" in request.POST and not form.was_shown:
            form.add_error("text", str(SEE_IT_FIRST))
        elif "propose" in request.POST:
            if asked := access.ask_who_does(request, "keep_playbooks"):
                return asked
            try:
                made = save()
            except NotKept as why:
                form.add_error(None, str(why))
                preview = None
            else:
                messages.success(request, _("Proposed. Another approver needs to confirm it before it can be used."))
                return redirect("rules:playbook", made.playbook_id)
    return _page(request, form, book, preview)


def _preview(form: VersionForm, book: Playbook | None) -> dict[str, Any]:
    """The proposed text on the sample case, beside the version in force. The form then knows what was shown."""
    if book is None:
        place = cast(NewPlaybookForm, form).place
        book = Playbook(purpose=place.purpose, right=place.right or "", language=place.language, title=place.title)
        held = None
    else:
        held = _held(book)
    form.data = {**cast(QueryDict, form.data).dict(), "seen": form.digest}
    return _beside(book, held, form.cleaned_data["text"])


def _beside(book: Playbook, held: PlaybookVersion | None, text: str) -> dict[str, Any]:
    facts = texts.sample(book.right)
    before = texts.filled(held.text, facts, book.language) if held else ""
    left, right = texts.side_by_side(before, texts.filled(text, facts, book.language))
    return {"held": held, "left": left, "right": right, "language": book.language}


def _page(
    request: HttpRequest, form: VersionForm | None, book: Playbook | None, preview: dict[str, Any] | None = None
) -> HttpResponse:
    held = waiting = None
    if book:
        held = _held(book)
        waiting = book.versions.proposed().select_related("proposed_by").first()
    context = {
        **admin.site.each_context(request),
        "title": book or _("A new playbook"),
        "book": book,
        **(_said(book) if book else {}),
        "held": held,
        "waiting": waiting,
        "own": waiting is not None and waiting.proposed_by_id == request.user.pk,
        "beside": _beside(book, held, waiting.text) if book and waiting else None,
        "may_keep": _may_keep(request),
        "form": form if waiting is None or (form and form.is_bound) else None,
        "failed": bool(form and form.errors),
        "preview": preview,
        "versions": book.versions.select_related("proposed_by", "confirmed_by").order_by("-number") if book else [],
    }
    return TemplateResponse(request, "admin/rules/playbook.html", context)


@access.playbook_keepers
@require_POST
@access.fresh
def confirm(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A second approver lets a version be used."""
    return _settle(request, pk, keeping.confirm, _("Confirmed. It can be used from its day on."))


@access.playbook_keepers
@require_POST
@access.fresh
def drop(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a proposal back, or refuse it."""
    return _settle(request, pk, keeping.drop, _("Dropped. What holds stays as it is."))


def _settle(request: HttpRequest, pk: uuid.UUID, verb: Callable[..., PlaybookVersion], said: str) -> HttpResponse:
    try:
        version = verb(pk, by=cast(User, request.user))
    except NotKept as why:
        messages.error(request, str(why))
        return redirect(LIST)
    messages.success(request, said)
    return redirect("rules:playbook", version.playbook_id)
