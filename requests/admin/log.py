"""The log: everything that is recorded, narrowed by what stands in the address; whether it is unaltered; and taking it
along. Nothing that is typed here says who a requester is."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from primevox_privacy.ledger import checking
from primevox_privacy.staff.models import User
from requests import access, happened, log, references, roles, words
from requests.forms.fields import A_DAY, day_field, leave_unmarked, line, pick
from requests.log import Asked, What
from requests.terms import WhyTaken
from requests.workflow import NotAllowed

BYTE_ORDER_MARK = "\ufeff"  # without it a spreadsheet takes the accents of a name for something else
TITLE = pgettext_lazy("of what happened", "Log")
CHOOSE = gettext_lazy("Choose one from the list.")


class AskedForm(forms.Form):
    """By what the log is narrowed. Nothing of it is needed."""

    what = forms.ChoiceField(
        label=gettext_lazy("What"), choices=list(log.GROUPS.items()), required=False, error_messages=pick(CHOOSE)
    )
    who = forms.ChoiceField(label=gettext_lazy("Who"), required=False, error_messages=pick(CHOOSE))
    since = day_field(gettext_lazy("First day"), required=False)
    until = day_field(gettext_lazy("Last day"), required=False)
    reference = line(gettext_lazy("Reference"), longest=40)

    def __init__(self, given: dict[str, str]) -> None:
        super().__init__(given)
        self.people = [("", _("Everybody")), *_people()]
        cast(forms.ChoiceField, self.fields["who"]).choices = self.people
        for field in self.fields.values():
            leave_unmarked(field)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("since", "until"):
            if (day := cleaned.get(name)) and day.year not in log.YEARS:
                self.add_error(name, A_DAY["invalid"])
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day comes before the first. Choose a later one."))
        return cleaned

    def asked(self) -> Asked:
        """Of a form without errors."""
        given = self.cleaned_data
        about = log.about(given["reference"]) if given["reference"].strip() else None
        return Asked(What(given["what"] or What.OPENED), given["who"], given["since"], given["until"], about)

    def as_query(self, **instead: str) -> str:
        """The same as it stands in an address; nothing else of an address is carried on."""
        given = {name: str(self.data.get(name, "")).strip() for name in self.fields} | instead
        return urlencode({name: value for name, value in given.items() if value})


class AlongForm(forms.Form):
    """Why the log is taken along: chosen, since the record keeps no text."""

    why = forms.ChoiceField(
        label=gettext_lazy("What you need it for"),
        choices=[("", gettext_lazy("Choose a reason")), *words.WHY_TAKEN_ALONG.items()],
        error_messages=pick(gettext_lazy("Choose what you need it for.")),
    )


def _people() -> list[tuple[str, str]]:
    """Everybody of staff who is or was here, as the record names them; the requester and the portal after them."""
    people = sorted(((person.as_actor, str(person)) for person in User.objects.filter(is_staff=True)), key=_by_name)
    return [*people, *((actor, str(said)) for actor, said in happened.OTHERS.items())]


def _by_name(person: tuple[str, str]) -> str:
    return person[1].casefold()


@access.staff
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """One page of the log. Looking at it is not recorded; it shows no case."""
    return _page(request)


@access.staff
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """The same page, with what a look at the seals came to: of the latest, or of the one case that it is narrowed to.
    Records nothing; a button, since it reads much."""
    _need(request, "see_log")
    form = AskedForm(request.GET.dict())
    asked = form.asked() if form.is_valid() else Asked()
    if "case" in request.POST and asked.about:
        found = checking.of_case(list(asked.about), is_over=log.record_is_over(asked.about[0]))
        return _page(request, case_checked=found)
    return _page(request, checked=checking.latest())


@access.staff
@require_http_methods(["GET", "HEAD", "POST"])
def take_along(request: HttpRequest) -> HttpResponse:
    """What would go along and what it is for; then the file."""
    _need(request, "take_log_along")
    form = AskedForm(request.GET.dict())
    if not form.is_valid():
        return _page(request)
    along = AlongForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and along.is_valid():
        if asked := access.ask_who_does(request, "take_log_along", for_file=True):
            return asked
        try:
            return _file(log.take_along(form.asked(), WhyTaken(along.cleaned_data["why"]), by=cast(User, request.user)))
        except NotAllowed as why:
            along.add_error(None, str(why))
    return _along_page(request, form, along)


def _need(request: HttpRequest, verb: str) -> None:
    if not roles.may(request.user, verb):
        raise PermissionDenied


def _file(written: str) -> HttpResponse:
    response = HttpResponse(f"{BYTE_ORDER_MARK}{written}", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="log-{timezone.localdate().isoformat()}.csv"'
    return response


def _page(request: HttpRequest, **results: Any) -> HttpResponse:
    _need(request, "see_log")
    form = AskedForm(request.GET.dict())
    context = {
        **admin.site.each_context(request),
        "title": TITLE,
        "form": form,
        "may_take_along": roles.may(request.user, "take_log_along"),
        "most_seals": number_format(checking.MOST_SEALS, force_grouping=True),
        **results,
    }
    if form.is_valid():
        context |= _shown(request, form, form.asked())
    context["views"] = _views(form, form.cleaned_data.get("what") or What.OPENED)
    return TemplateResponse(request, "admin/requests/log.html", context)


def _shown(request: HttpRequest, form: AskedForm, asked: Asked) -> dict[str, Any]:
    found = log.page(asked, before=request.GET.get("before", ""), after=request.GET.get("after", ""))
    since, until = log.days_of(asked, timezone.localdate())
    return {
        "lines": log.lines(found.events),
        "opens": log.opens(asked, timezone.localdate()) if asked.what is What.OPENED else None,
        "newer": found.newer and form.as_query(after=found.newer),
        "older": found.older and form.as_query(before=found.older),
        "query": form.as_query(),
        "along": form.as_query(since=since.isoformat(), until=until.isoformat()),
        "along_since": since,
        "along_until": until,
        "narrowed": bool(form.as_query(what="")),
        "case": references.spoken(references.plain(form.cleaned_data["reference"])) if asked.about else "",
    }


def _views(form: AskedForm, current: str) -> list[dict[str, Any]]:
    """The groups of kinds as links that keep everything else."""
    return [
        {"name": said, "query": form.as_query(what=what), "is_current": what == current}
        for what, said in log.GROUPS.items()
    ]


def _along_page(request: HttpRequest, form: AskedForm, along: AlongForm) -> HttpResponse:
    asked = form.asked()
    context = {
        **admin.site.each_context(request),
        "title": _("Take the log along"),
        "form": along,
        "facts": _facts(form, asked),
        "why_not": log.why_not_along(asked),
        "most": number_format(log.MOST_ROWS, force_grouping=True),
        "query": form.as_query(),
    }
    return TemplateResponse(request, "admin/requests/log_along.html", context)


def _facts(form: AskedForm, asked: Asked) -> list[tuple[Any, Any]]:
    """What it is narrowed to."""
    return [
        (form.fields["what"].label, log.GROUPS[asked.what]),
        (form.fields["who"].label, dict(form.people)[asked.actor]),
        (form.fields["since"].label, words.day(asked.since) if asked.since else log.DASH),
        (form.fields["until"].label, words.day(asked.until) if asked.until else log.DASH),
        (form.fields["reference"].label, form.cleaned_data["reference"].strip() or _("All")),
    ]
