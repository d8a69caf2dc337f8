"""The queue of appeals: those to decide, what is due first, first. Nothing is typed over; one appeal has its page."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests import appeals, lateness, references, regimes, roles, words
from requests.admin import appeal as page
from requests.admin import time_left
from requests.admin.look_only import LookOnly
from requests.admin.narrowing import MineFilter
from requests.models import Appeal
from requests.terms import AppealOutcome, Ending, Right


class StateFilter(admin.SimpleListFilter):
    """What is to decide is what one comes for."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("decided", _("Decided")), ("all", _("All"))]

    def choices(self, changelist):
        for value, label in [(None, _("To decide")), *self.lookup_choices]:
            given, without = ({"state": value}, []) if value else ({}, ["state"])
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string(given, without),
                "display": label,
            }

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        return queryset.exclude(decided_at=None) if self.value() == "decided" else queryset.open()


class AppealAdmin(LookOnly):
    """The list shows, the page of an appeal acts."""

    list_display = ("time_left", "reference_said", "request_said", "right_said", "law", "first", "decided_by_whom")
    list_display_links = ("reference_said",)
    list_filter = (StateFilter, MineFilter)
    list_select_related = ("handler", "rights_request__submission")
    list_per_page = 50
    search_fields = ("reference",)  # shows the box; what it finds is decided below
    search_help_text = gettext_lazy("Whole reference of the appeal, or of its request")
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = None
    ordering = ("leading_on", "-leading_by_law", "received_on", "reference")

    # --- Who may look ------------------------------------------------------------------------------------
    is_for = staticmethod(roles.sees_cases)

    # --- Columns -----------------------------------------------------------------------------------------
    @admin.display(description=gettext_lazy("Time left"))
    def time_left(self, one: Appeal) -> str:
        if one.decided_at:
            return str(words.APPEAL_OUTCOMES[AppealOutcome(one.outcome)])
        today = time_left.today_of(one.rights_request.submission)
        return time_left.badge(one, map(lateness.from_json, one.dates), today)

    @admin.display(description=gettext_lazy("Appeal"))
    def reference_said(self, one: Appeal) -> str:
        return references.spoken(one.reference)

    @admin.display(description=gettext_lazy("Request"))
    def request_said(self, one: Appeal) -> str:
        return references.spoken(one.rights_request.reference)

    @admin.display(description=gettext_lazy("Right"))
    def right_said(self, one: Appeal) -> str:
        return str(words.SHORT_RIGHTS[Right(one.rights_request.right)])

    @admin.display(description=gettext_lazy("Law"))
    def law(self, one: Appeal) -> str:
        return regimes.by_id(one.rights_request.regime).short_name

    @admin.display(description=gettext_lazy("First answer"))
    def first(self, one: Appeal) -> str:
        return str(words.ENDINGS[Ending(one.first_ending)])

    @admin.display(description=gettext_lazy("Handler"), empty_value="–")
    def decided_by_whom(self, one: Any) -> str | None:
        if not (one.has_decider or one.decided_at):
            return format_html(
                '<span class="badge badge--missed">{}</span><br><span class="why">{}</span>',
                _("Nobody here may decide this"),
                _("add an approver"),
            )
        return str(one.handler) if one.handler else None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Appeal]:
        return super().get_queryset(request).annotate(has_decider=appeals.has_decider())

    # --- Search and pages --------------------------------------------------------------------------------
    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None):
        return super().changelist_view(request, {"title": _("Appeals"), **(extra_context or {})})

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """Exact only: a whole reference; open and decided alike."""
        if not search_term.strip():
            return queryset, False
        reference = references.normalised(search_term) or ""
        found = Q(reference=reference) | Q(rights_request__reference=reference)
        return self.get_queryset(request).filter(found), False

    def get_urls(self):
        pages = [
            path("<uuid:pk>/change/", self.admin_site.admin_view(page.show), name="requests_appeal_change"),
            path("<uuid:pk>/take/", self.admin_site.admin_view(page.take), name="requests_appeal_take"),
            path("<uuid:pk>/extend/", self.admin_site.admin_view(page.extend), name="requests_appeal_extend"),
            path("<uuid:pk>/decide/", self.admin_site.admin_view(page.decide), name="requests_appeal_decide"),
        ]
        stock = [each for each in super().get_urls() if each.name == "requests_appeal_changelist"]
        return [*pages, *stock]
