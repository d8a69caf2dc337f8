"""The queue: open requests, what is due first, first."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from primevox_privacy.sealed.cipher import blind_index
from primevox_privacy.staff.models import User
from requests import changing_contact, hub, identity, references, regimes, roles, undelivered, words, workflow
from requests.admin import (
    beside,
    case,
    compare,
    figures,
    files,
    intake,
    papers,
    print_queue,
    searching,
    time_left,
    together,
    workload,
)
from requests.admin import identity as identity_pages
from requests.admin import records as record_pages
from requests.models import RightsRequest
from requests.models.case import QUEUE_ORDER
from requests.terms import Right, Status
from verification.levels import AssuranceLevel


class StateFilter(admin.SimpleListFilter):
    """Open is what one comes for, and what is frozen waits for us even when it was answered; closed and all are a click
    away."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("closed", _("Closed")), ("all", _("All"))]

    def choices(self, changelist):
        for value, label in [(None, _("Open")), *self.lookup_choices]:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string(
                    {"state": value} if value else {}, [] if value else ["state"]
                ),
                "display": label,
            }

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        return queryset.closed() if self.value() == "closed" else queryset.on_the_desk()


class MineFilter(admin.SimpleListFilter):
    """Whose work it is."""

    title = gettext_lazy("handler")
    parameter_name = "handler"

    def lookups(self, request, model_admin):
        return [("me", _("Mine")), ("nobody", _("Nobody yet"))]

    def queryset(self, request, queryset):
        if self.value() == "me":
            return queryset.filter(handler=request.user)
        return queryset.filter(handler=None) if self.value() == "nobody" else queryset


class StepFilter(admin.SimpleListFilter):
    """Where it stands."""

    title = gettext_lazy("step")
    parameter_name = "step"

    def lookups(self, request, model_admin):
        return [(status.value, label) for status, label in words.STATUS_FOR_STAFF.items() if status != Status.CLOSED]

    def queryset(self, request, queryset):
        return queryset.filter(status=self.value()) if self.value() in list(Status) else queryset


class FlagFilter(admin.SimpleListFilter):
    """What is frozen waits for somebody to clear it up; where a letter did not arrive, somebody has to reach them."""

    title = gettext_lazy("flag")
    parameter_name = "flag"

    def lookups(self, request, model_admin):
        return [
            ("frozen", _("Frozen")),
            ("undelivered", _("Letter not delivered")),
            ("contact", _("New contact to decide")),
        ]

    def queryset(self, request, queryset):
        if self.value() == "undelivered":
            return queryset.filter(undelivered.waits())
        if self.value() == "contact":
            return queryset.filter(changing_contact.waits())
        return queryset.exclude(frozen_at=None) if self.value() == "frozen" else queryset


class QueueAdmin(admin.ModelAdmin):
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
    )
    list_display_links = ("reference_said",)
    list_filter = (StateFilter, StepFilter, MineFilter, FlagFilter)
    list_select_related = ("handler", "submission__check_made")
    list_per_page = 50
    search_fields = ("reference",)  # shows the box; what it finds is decided below
    search_help_text = gettext_lazy("Whole reference, or whole e-mail address of the requester")
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = ("take_all",)

    # --- Who may look: no field is ever changed here -----------------------------------------------------
    def has_module_permission(self, request: HttpRequest) -> bool:
        return roles.sees_cases(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return roles.sees_cases(request.user)

    def has_take_permission(self, request: HttpRequest) -> bool:
        return roles.may(request.user, "take")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

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
    def waiting_for(self, one: RightsRequest) -> str:
        return {hub.YOU: _("requester"), hub.US: _("us"), hub.NOBODY: "–"}[hub.waits_for(one)]

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

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None):
        context = {
            "title": _("Queue"),
            "may_log": roles.may(request.user, "log_request"),
            "may_print": roles.may(request.user, "print_letter"),
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    def get_queryset(self, request: HttpRequest) -> QuerySet[RightsRequest]:
        return beside.with_flags(RightsRequest.objects.in_queue_order()).prefetch_related("due_dates")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return QUEUE_ORDER

    # --- Search, actions, pages ----------------------------------------------------------------------------
    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """Exact only: a whole reference, or a whole address by its blind index; open and closed alike."""
        term = search_term.strip()
        if not term:
            return queryset, False
        queryset = self.get_queryset(request)
        if reference := references.normalised(term):
            return queryset.filter(reference=reference), False
        return queryset.filter(submission__email_index=blind_index(identity.EMAIL, term)), False

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

    def get_urls(self):
        pages = [
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
