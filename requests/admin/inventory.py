"""What we hold and where, as staff read it, and as an administrator changes it: a preview first, then a new version."""

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from primevox_privacy.staff.models import User
from requests import access, roles, words
from requests.admin.inventory_forms import FactForm, SystemForm, changes, said_of
from requests.admin.look_only import LookOnly
from requests.inventory import changing, in_force
from requests.inventory.changing import NotChanged
from requests.inventory.models import Edition, Fact, FactKind, System

LIST = "admin:inventory_edition_changelist"
TITLE = gettext_lazy("What we hold, and where")
KINDS = {
    FactKind.CATEGORY: gettext_lazy("Categories of data"),
    FactKind.SOURCE: gettext_lazy("Sources"),
    FactKind.PURPOSE: gettext_lazy("Purposes"),
    FactKind.RECIPIENT: gettext_lazy("Recipients"),
}


class InventoryAdmin(LookOnly):
    """Look by default. No row is typed over: each change is a new version with who, when and why."""

    is_for = staticmethod(lambda user: roles.may(user, "read_inventory"))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not roles.may(request.user, "read_inventory"):
            raise PermissionDenied
        return _list(request)

    def get_urls(self):
        wrap = self.admin_site.admin_view
        pages = [
            path("version/<int:number>/", wrap(version), name="inventory_edition_version"),
            path("systems/new/", wrap(new_system), name="inventory_new_system"),
            path("systems/<slug:name>/", wrap(change_system), name="inventory_system"),
            path("<slug:kind>/new/", wrap(new_fact), name="inventory_new_fact"),
            path("<slug:kind>/<slug:name>/", wrap(change_fact), name="inventory_fact"),
        ]
        return [*(page for page in super().get_urls() if page.name == "inventory_edition_changelist"), *pages]


# --- Reading -------------------------------------------------------------------------------------------------
def _list(request: HttpRequest, edition: Edition | None = None) -> HttpResponse:
    """As it holds now, or held in one edition."""
    until = edition.number if edition else None
    facts = in_force.facts(until=until, also_past=edition is None)
    titles = {one.slug: one.title_en for one in facts[FactKind.CATEGORY]}
    context = {
        **admin.site.each_context(request),
        "title": TITLE,
        "edition": edition or in_force.edition(),
        "is_past": edition is not None and edition != in_force.edition(),
        "kinds": [{"kind": kind.value, "heading": KINDS[kind], "facts": facts[kind]} for kind in FactKind],
        "systems": [
            {"one": one, "categories": [titles.get(slug, slug) for slug in one.categories]}
            for one in in_force.systems(until=until, also_past=edition is None)
        ],
        "editions": Edition.objects.select_related("made_by").order_by("-number"),
        "may_change": edition is None and roles.may(request.user, "keep_inventory"),
    }
    return TemplateResponse(request, "admin/requests/inventory.html", context)


@access.inventory_readers
@require_safe
def version(request: HttpRequest, number: int) -> HttpResponse:
    """The whole inventory as it was in one edition."""
    edition = Edition.objects.select_related("made_by").filter(number=number).first()
    if edition is None:
        raise Http404
    return _list(request, edition)


# --- Changing ------------------------------------------------------------------------------------------------
@access.inventory_readers
@require_http_methods(["GET", "HEAD", "POST"])
def new_fact(request: HttpRequest, kind: str) -> HttpResponse:
    return _fact_page(request, _kind(kind), None)


@access.inventory_readers
@require_http_methods(["GET", "HEAD", "POST"])
def change_fact(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    fact = in_force.fact(_kind(kind), name)
    if fact is None:
        raise Http404
    return _fact_page(request, _kind(kind), fact)


@access.inventory_readers
@require_http_methods(["GET", "HEAD", "POST"])
def new_system(request: HttpRequest) -> HttpResponse:
    return _system_page(request, None)


@access.inventory_readers
@require_http_methods(["GET", "HEAD", "POST"])
def change_system(request: HttpRequest, name: str) -> HttpResponse:
    system = in_force.system(name)
    if system is None:
        raise Http404
    return _system_page(request, system)


def _kind(kind: str) -> FactKind:
    try:
        return FactKind(kind)
    except ValueError:
        raise Http404 from None


def _fact_page(request: HttpRequest, kind: FactKind, fact: Fact | None) -> HttpResponse:
    form = FactForm(fact, request.POST or None)
    versions = Fact.objects.filter(kind=kind, slug=fact.slug) if fact else Fact.objects.none()

    def save(given: dict[str, Any], by: User) -> Any:
        return changing.change_fact(kind, form.before, given, given["reason"], by=by)

    return _editor(request, form, save, versions, KINDS[kind], fact)


def _system_page(request: HttpRequest, system: System | None) -> HttpResponse:
    form = SystemForm(system, request.POST or None)
    versions = System.objects.filter(slug=system.slug) if system else System.objects.none()

    def save(given: dict[str, Any], by: User) -> Any:
        return changing.change_system(form.before, given, given["reason"], by=by)

    return _editor(request, form, save, versions, _("Systems"), system)


def _editor(request: HttpRequest, form: Any, save: Any, versions: Any, group: Any, entry: Any) -> HttpResponse:
    """First what would change, then, by another button, the new version. Others only read."""
    user = cast(User, request.user)
    may_change, preview = roles.may(user, "keep_inventory"), None
    if not may_change and (entry is None or request.method == "POST"):
        raise PermissionDenied
    if form.is_valid():
        preview = changes(form)
        if "save" in request.POST:
            try:
                made = save(form.cleaned_data, user)
            except NotChanged as why:
                form.add_error(None, str(why))
                preview = None
            else:
                said = _("Done. Version %(number)d holds from now on.") % {"number": made.edition.number}
                messages.success(request, said)
                return redirect(LIST)
        elif not preview:
            form.add_error(None, _("Nothing is different from the version that holds now."))
    context = {
        **admin.site.each_context(request),
        "title": TITLE,
        "group": group,
        "entry": entry,
        "said": said_of(entry) if entry else [],
        "form": form if may_change else None,
        "preview": preview,
        "versions": [
            {"one": one, "day": words.day(timezone.localdate(one.edition.made_at))}
            for one in versions.select_related("edition__made_by").order_by("-edition__number")
        ],
    }
    return TemplateResponse(request, "admin/requests/inventory_entry.html", context)
