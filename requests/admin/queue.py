"""The queue: open requests, what is due first, first."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from primevox_privacy.staff.models import User
from requests import identity, references, regimes, roles, words, workflow
from requests.admin import (
    beside,
    bulk,
    case,
    compare,
    figures,
    files,
    finding,
    intake,
    log,
    narrowing,
    next_one,
    papers,
    print_queue,
    saved_views,
    searching,
    time_left,
    together,
    workload,
)
from requests.admin import identity as identity_pages
from requests.admin import records as record_pages
from requests.admin.look_only import LookOnly
from requests.admin.narrowing import FILTERS
from requests.models import RightsRequest
from requests.models.case import QUEUE_ORDER
from requests.terms import Right
from verification.levels import AssuranceLevel


class CappedPaginator(Paginator):
    """Counts as far as somebody turns pages: twenty of them. Whoever looks for more narrows the queue."""

    @cached_property
    def count(self) -> int:
        return min(self.counted, saved_views.COUNTED_TO)

    @property
    def is_capped(self) -> bool:
        return self.counted > saved_views.COUNTED_TO

    @cached_property
    def counted(self) -> int:
        """One more than the cap where there is more."""
        found = cast("QuerySet[RightsRequest]", self.object_list)
        return found.order_by().values("pk")[: saved_views.COUNTED_TO + 1].count()


class QueueList(ChangeList):
    """What stands in the columns is worked out for the page alone, not for what is only counted."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = beside.with_flags(self.queryset).prefetch_related("due_dates")
        if self.multi_page and not (self.show_all and self.can_show_all):
            first = (self.page_num - 1) * self.list_per_page
            rows = rows[first : first + self.list_per_page]
        self.result_list = rows


class QueueAdmin(LookOnly):
    """Nothing here is typed over: the list shows, the case page acts."""

    list_display = (
        "time_left",
        "reference_said",
        "right_said",
        "law",
        "step",
        "waiting_for",
        "level_said",
        "flags_said",
        "handler_said",
        "last_event",
    )
    list_display_links = ("reference_said",)
    list_filter = FILTERS
    paginator = CappedPaginator
    list_select_related = ("handler", "submission__check_made")
    list_per_page = 50
    search_fields = ("reference",)  # shows the box; what it finds is decided below
    search_help_text = gettext_lazy("Whole reference, name, e-mail address or telephone number")
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = ("take_all", "pass_on")

    # --- Who may look: no field is ever changed here -----------------------------------------------------
    is_for = staticmethod(roles.sees_cases)

    def has_take_permission(self, request: HttpRequest) -> bool:
        return roles.may(request.user, "take")

    def has_assign_permission(self, request: HttpRequest) -> bool:
        return roles.may(request.user, "assign")

    # --- Columns -----------------------------------------------------------------------------------------
    @admin.display(description=gettext_lazy("Time left"))
    def time_left(self, one: RightsRequest) -> str:
        if not one.is_open:
            return words.ending_for_staff(one.ending, one.submission.capacity)
        return time_left.badge(one, one.due_dates.all(), time_left.today_of(one.submission))

    @admin.display(description=gettext_lazy("Reference"))
    def reference_said(self, one: RightsRequest) -> str:
        return references.spoken(one.reference)

    @admin.display(description=gettext_lazy("Right"))
    def right_said(self, one: RightsRequest) -> str:
        return str(words.SHORT_RIGHTS[Right(one.right)])

    @admin.display(description=gettext_lazy("Law"))
    def law(self, one: RightsRequest) -> str:
        return regimes.by_id(one.regime).short_name

    @admin.display(description=gettext_lazy("Step"))
    def step(self, one: Any) -> str:
        return beside.step_said(one, one.fee_waits)

    @admin.display(description=gettext_lazy("Waits for"))
    def waiting_for(self, one: Any) -> str:
        if not one.is_open and not one.frozen_at:
            return "–"
        return _("requester") if one.waits_for_requester else _("us")

    @admin.display(description=gettext_lazy("Proof"))
    def level_said(self, one: RightsRequest) -> str:
        if one.right == Right.UNSURE:
            return "–"
        if one.needs is AssuranceLevel.T0:
            return _("none needed")
        return _("%(level)s, shown") % {"level": one.needs.name} if identity.is_shown(one) else one.needs.name

    @admin.display(description=gettext_lazy("Notice"))
    def flags_said(self, one: RightsRequest) -> str:
        return beside.flags(one)

    @admin.display(description=gettext_lazy("Handler"), empty_value="–")
    def handler_said(self, one: RightsRequest) -> str | None:
        return str(one.handler) if one.handler else None

    @admin.display(description=gettext_lazy("Last event"))
    def last_event(self, one: RightsRequest) -> str:
        return beside.last_event(one)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None):
        given, term = request.GET.dict(), request.GET.get("q", "").strip()
        context = {
            "title": _("Queue"),
            "views": saved_views.views_of(cast(User, request.user), given) if request.method == "GET" else [],
            "shown": "" if term else narrowing.as_query(given),
            "may_log": roles.may(request.user, "log_request"),
            "may_print": roles.may(request.user, "print_letter"),
            "may_see_log": roles.may(request.user, "see_log"),
            "may_take": roles.may(request.user, "take"),
            "is_whole": not term and not narrowing.known(given),
            "searched": finding.said(term) if term else "",
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def get_queryset(self, request: HttpRequest) -> QuerySet[RightsRequest]:
        return RightsRequest.objects.of_people().in_queue_order().select_related(*self.list_select_related)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return QueueList

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return QUEUE_ORDER

    # --- Search, actions, pages ----------------------------------------------------------------------------
    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """Exact only (`finding`); open and closed alike."""
        term = search_term.strip()
        return (finding.matching(self.get_queryset(request), term) if term else queryset), False

    @admin.action(description=gettext_lazy("Take the selected requests"), permissions=["take"])
    def take_all(self, request: HttpRequest, queryset: QuerySet[RightsRequest]) -> None:
        """Loops over the verb, and says for each that was left out why."""
        taken = 0
        for one in queryset:
            try:
                workflow.take(one, by=cast(User, request.user))
                taken += 1
            except workflow.NotAllowed as why:
                self.message_user(request, f"{references.spoken(one.reference)}: {why}", messages.WARNING)
        if taken:
            said = ngettext("%(number)d request is yours now.", "%(number)d requests are yours now.", taken)
            self.message_user(request, said % {"number": taken}, messages.SUCCESS)

    @admin.action(description=gettext_lazy("Pass on the selected requests"), permissions=["assign"])
    def pass_on(self, request: HttpRequest, queryset: QuerySet[RightsRequest]) -> HttpResponse:
        """To the page that asks to whom."""
        return bulk.ask(request, queryset.values_list("pk", flat=True)[: bulk.MOST])

    def get_urls(self):
        view = self.admin_site.admin_view
        pages = [
            path("search/", view(finding.search), name="requests_search"),
            path("next/", view(next_one.take_next), name="requests_take_next"),
            path("assign/", view(bulk.assign), name="requests_assign"),
            path("assign/undo/", view(bulk.undo), name="requests_undo_assign"),
            path("views/save/", view(saved_views.save), name="requests_save_view"),
            path("views/<uuid:pk>/rename/", view(saved_views.rename), name="requests_rename_view"),
            path("views/<uuid:pk>/remove/", view(saved_views.remove), name="requests_remove_view"),
            path("letters/", self.admin_site.admin_view(print_queue.page), name="requests_letters"),
            path("new/", self.admin_site.admin_view(intake.page), name="requests_log"),
            path("<uuid:pk>/do/<slug:verb>/", self.admin_site.admin_view(case.do), name="requests_do"),
            path("<uuid:pk>/keep/<slug:verb>/", self.admin_site.admin_view(together.keep), name="requests_keep"),
            path("<uuid:pk>/beside/<uuid:other>/", self.admin_site.admin_view(compare.page), name="requests_compare"),
            path("<uuid:pk>/here/", self.admin_site.admin_view(together.tell), name="requests_here"),
            path(
                "<uuid:pk>/identity/",
                self.admin_site.admin_view(identity_pages.page),
                name="requests_identity",
            ),
            path(
                "<uuid:pk>/authority/",
                self.admin_site.admin_view(identity_pages.decide_authority),
                name="requests_authority",
            ),
            path("<uuid:pk>/record/", self.admin_site.admin_view(identity_pages.choose), name="requests_record"),
            path(
                "<uuid:pk>/call-detail/",
                self.admin_site.admin_view(record_pages.open_call_detail),
                name="requests_call_detail",
            ),
            path(
                "<uuid:pk>/papers/<uuid:paper>/",
                self.admin_site.admin_view(papers.page),
                name="requests_paper",
            ),
            path(
                "message-files/<uuid:pk>/",
                self.admin_site.admin_view(files.open_message_file),
                name="requests_message_file",
            ),
            path(
                "answer-files/<uuid:pk>/",
                self.admin_site.admin_view(files.open_answer_file),
                name="requests_answer_file",
            ),
            path(
                "<uuid:pk>/findings/<uuid:finding>/",
                self.admin_site.admin_view(searching.open_finding),
                name="requests_finding",
            ),
            path("workload/", self.admin_site.admin_view(workload.page), name="requests_workload"),
            path("workload/away/", self.admin_site.admin_view(workload.set_absence), name="requests_absence"),
            path("handover/", self.admin_site.admin_view(workload.handover), name="requests_handover"),
            path("log/", self.admin_site.admin_view(log.page), name="requests_events"),
            path("log/check/", self.admin_site.admin_view(log.check), name="requests_check_events"),
            path("log/take-along/", self.admin_site.admin_view(log.take_along), name="requests_take_events"),
            path("figures/", self.admin_site.admin_view(figures.page), name="requests_figures"),
            path("figures/<int:year>/", self.admin_site.admin_view(figures.page), name="requests_figures_of"),
            path(
                "figures/<int:year>/<slug:form>/",
                self.admin_site.admin_view(figures.download),
                name="requests_figures_file",
            ),
            path(
                "<uuid:pk>/change/",
                self.admin_site.admin_view(case.show),
                name="requests_rightsrequest_change",
            ),
        ]
        stock = [page for page in super().get_urls() if page.name == "requests_rightsrequest_changelist"]
        return [*pages, *stock]
