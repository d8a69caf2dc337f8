"""Who has how much, who is away, and handing over all that somebody has: choose, read what would happen, do it."""

import uuid
from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Min, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from primevox_privacy.staff.models import User
from requests import absence, access, assigning, references, roles, words, workflow
from requests.admin.steps.base import CHOOSE, day_field
from requests.admin.whose_turn import waits_for_requester
from requests.models import RightsRequest
from requests.reminder_plan import UNASSIGNED, point_reached

SOON = timedelta(days=7)
MOST = 500  # handed over at once
NOBODY = "nobody"


# --- Who has how much ------------------------------------------------------------------------------------------------
@access.staff
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(request: HttpRequest, tried: "AbsenceForm | None" = None) -> HttpResponse:
    user, today = cast(User, request.user), timezone.localdate()
    lines = _lines(today)
    may_set = roles.may(user, "set_absence")
    context = {
        **admin.site.each_context(request),
        "title": _("Who has how much"),
        "lines": lines,
        "too_long": _too_long(today),
        "may_hand_over": roles.may(user, "hand_over"),
        "form": (tried or AbsenceForm(prefix="absence")) if may_set else None,
    }
    return TemplateResponse(request, "admin/requests/workload.html", context)


def _lines(today: date) -> list[dict[str, Any]]:
    """A line for each person who works on requests or still has some, and one for what nobody has."""
    counted = RightsRequest.objects.of_people().open().order_by().values("handler")
    loads = {
        line.pop("handler"): line
        for line in counted.annotate(
            open=Count("pk"),
            soon=Count("pk", filter=Q(leading_on__range=(today, today + SOON))),
            overdue=Count("pk", filter=Q(leading_on__lt=today)),
            waiting=Count("pk", filter=waits_for_requester()),
            oldest=Min("received_on"),
        )
    }
    working = set(assigning.people().values_list("pk", flat=True))
    people = User.objects.filter(pk__in=working | {pk for pk in loads if pk}).select_related("deputy")
    nothing: dict[str, Any] = {"open": 0, "soon": 0, "overdue": 0, "waiting": 0, "oldest": None}
    lines = [
        {
            "who": who,
            "pk": who.pk,
            "away": _away_said(who, today),
            "gone": who.pk not in working,
            **loads.get(who.pk, nothing),
        }
        for who in people.order_by("first_name", "last_name", "username")
    ]
    lines.append({"who": _("Nobody yet"), "pk": NOBODY, **loads.get(None, nothing)})
    for line in lines:
        line["oldest"] = words.day(line["oldest"]) if line["oldest"] else "–"
    return lines


def _away_said(who: User, today: date) -> str:
    """Away now or soon, until when, and who hears of their work."""
    if who.absent_from is None or (who.absent_until and who.absent_until < today):
        return ""
    said = {
        "first": words.day(who.absent_from),
        "last": words.day(who.absent_until) if who.absent_until else _("further notice"),
        "deputy": who.deputy or _("the mailbox"),
    }
    return _("Away from %(first)s until %(last)s. %(deputy)s hears of what is due.") % said


def is_too_long(one: RightsRequest, today: date) -> bool:
    """Whether nobody took it for as long as makes the mailbox be told of it."""
    if not one.is_open or one.handler_id is not None or timezone.now() - one.submission.received_at < timedelta(days=1):
        return False
    return point_reached(UNASSIGNED, one.received_on, today) is not None


def _too_long(today: date) -> int:
    """How many of those there are."""
    last = today + timedelta(days=max(UNASSIGNED.points))
    waiting = RightsRequest.objects.of_people().open().filter(handler=None, received_on__lte=last)
    return waiting.filter(submission__received_at__lte=timezone.now() - timedelta(days=1)).count()


# --- Away ------------------------------------------------------------------------------------------------
class AbsenceForm(forms.Form):
    who = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Who is away"), error_messages=CHOOSE)
    first = day_field(gettext_lazy("First day away"), required=False, help_text=gettext_lazy("Empty: they are back."))
    last = day_field(gettext_lazy("Last day away"), required=False, help_text=gettext_lazy("Empty: not known yet."))
    deputy = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Who hears of their work"),
        required=False,
        empty_label=gettext_lazy("Only the mailbox"),
        error_messages=CHOOSE,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("who", "deputy"):
            cast(forms.ModelChoiceField, self.fields[name]).queryset = assigning.people()


@access.staff
@require_POST
def set_absence(request: HttpRequest) -> HttpResponse:
    """Somebody is away, or back."""
    user, form = cast(User, request.user), AbsenceForm(request.POST, prefix="absence")
    if not roles.may(user, "set_absence"):
        raise Http404
    if form.is_valid():
        given = form.cleaned_data
        try:
            absence.set_absence(given["who"], given["first"], given["last"], given["deputy"], by=user)
        except workflow.NotAllowed as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _("It is kept. Their requests stay theirs until you hand them over."))
            return redirect("admin:requests_workload")
    return _page(request, form)


# --- Handing over ----------------------------------------------------------------------------------------
class HandoverForm(forms.Form):
    """From whom, and to whom; with several, each gets what makes their loads alike."""

    whose = forms.ChoiceField(label=gettext_lazy("Whose requests"), error_messages=CHOOSE)
    to = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=gettext_lazy("To whom"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("With several people, each request goes to whoever has least by then."),
        error_messages={
            "required": gettext_lazy("Choose at least one person."),
            "invalid_choice": gettext_lazy("Choose only people from the list. Who is away cannot be given anything."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        having = RightsRequest.objects.of_people().open().exclude(handler=None).values("handler")
        holders = User.objects.filter(pk__in=having).order_by("first_name", "last_name", "username")
        cast(forms.ChoiceField, self.fields["whose"]).choices = [
            *((str(who.pk), str(who)) for who in holders),
            (NOBODY, _("What nobody has yet")),
        ]
        here = [person.pk for person in assigning.people() if not person.is_away(today)]
        cast(forms.ModelMultipleChoiceField, self.fields["to"]).queryset = assigning.people().filter(pk__in=here)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if any(str(person.pk) == cleaned.get("whose") for person in cleaned.get("to") or ()):
            self.add_error("to", _("Choose somebody else: these requests are theirs now."))
        return cleaned

    @property
    def holder(self) -> User | None:
        whose = self.cleaned_data["whose"]
        return None if whose == NOBODY else User.objects.get(pk=whose)


@access.staff
def handover(request: HttpRequest) -> HttpResponse:
    """The form; what would happen; and, once somebody read that, what happened to each."""
    user = cast(User, request.user)
    if not roles.may(user, "hand_over"):
        raise Http404
    if request.method != "POST":
        return _handover(request, HandoverForm(initial={"whose": request.GET.get("whose", "")}))
    form = HandoverForm(request.POST)
    if not form.is_valid():
        return _handover(request, form)
    holder = form.holder
    if "sure" in request.POST:
        return _handover(request, form, results=_hand_over(request.POST.getlist("give"), holder, user))
    shared = assigning.share_out(list(assigning.of(holder)[:MOST]), list(form.cleaned_data["to"]))
    plan = [_row(one, to, assigning.why_not_assign(one, to)) for one, to in shared]
    return _handover(request, form, plan=plan)


def _row(one: RightsRequest, to: User, why_not: str | None) -> dict[str, Any]:
    return {"one": one, "reference": references.spoken(one.reference), "to": to, "why_not": why_not}


def _hand_over(given: list[str], holder: User | None, by: User) -> list[dict[str, Any]]:
    """Exactly what the page showed: who got another handler meanwhile is left as it is. Each is a step of its own."""
    pairs = {}
    for pair in given[:MOST]:
        one, _colon, to = pair.partition(":")
        try:
            pairs[uuid.UUID(one)] = uuid.UUID(to)
        except ValueError:
            continue
    people = {person.pk: person for person in assigning.people()}
    found = RightsRequest.objects.of_people().filter(pk__in=pairs).select_related("handler").in_queue_order()
    wanted = [(one, people[pairs[one.pk]]) for one in found if pairs[one.pk] in people]
    theirs = [(one, to) for one, to in wanted if one.handler == holder]
    said = assigning.assign_all(theirs, by=by)
    why_not = {one.pk: why for (one, _to), why in zip(theirs, said, strict=True)}
    return [_row(one, to, why_not[one.pk] if one.pk in why_not else _changed(one)) for one, to in wanted]


def _changed(one: RightsRequest) -> str:
    return _("Somebody else changed whose it is: %(who)s.") % {"who": one.handler or _("nobody")}


def _handover(
    request: HttpRequest,
    form: HandoverForm,
    plan: list[dict[str, Any]] | None = None,
    results: list[dict[str, Any]] | None = None,
) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("Hand over requests"),
        "form": form,
        "plan": plan,
        "going": sum(not row["why_not"] for row in plan or ()),
        "results": results,
        "done": sum(not row["why_not"] for row in results or ()),
        "most": MOST,
    }
    return TemplateResponse(request, "admin/requests/handover.html", context)
