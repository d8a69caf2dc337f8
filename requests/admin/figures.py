"""The yearly figures, to look at and to take along. Nothing here is about one person."""

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from requests import access, regimes, words, yearly
from requests.terms import Right

FIRST_YEAR = 2000
TYPES = {"csv": "text/csv", "json": "application/json"}


@access.staff
@require_safe
def page(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """The table of a year; the last whole year is what regulators ask for, and this one stands beside it."""
    this_year = timezone.localdate().year
    year = this_year if year is None else year
    if not FIRST_YEAR <= year <= this_year:
        raise Http404
    context = {
        **admin.site.each_context(request),
        "title": _("Figures of %(year)d") % {"year": year},
        "year": year,
        "years": range(this_year - 2, this_year + 1),
        "columns": [words.FIGURE_COLUMNS[name] for name in yearly.COLUMNS],
        "laws": [{"law": regimes.by_id(line.of.regime).short_name, **line._asdict()} for line in yearly.by_law(year)],
        "lines": [_in_words(*line) for line in yearly.table(year)],
    }
    return TemplateResponse(request, "admin/requests/figures.html", context)


def _in_words(right: object, law: object, *numbers: object) -> list[object]:
    """A line as people read it; the files keep the words of the data."""
    return [words.SHORT_RIGHTS[Right(str(right))], regimes.by_id(str(law)).short_name, *numbers]


@access.staff
@require_safe
@access.fresh
def download(request: HttpRequest, year: int, form: str) -> HttpResponse:
    """The same as CSV or JSON."""
    if form not in TYPES or not FIRST_YEAR <= year <= timezone.localdate().year:
        raise Http404
    response = HttpResponse(yearly.FORMATS[form](year), content_type=TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="figures-{year}.{form}"'
    return response
