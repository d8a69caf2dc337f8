"""The page behind the "this was not me" link: one button, an optional note (policy §8)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from requests import forms, links, stopping
from requests.access import anyone
from requests.models import StopLink
from requests.models.submission import Whose

LINK = "not_me"  # in the session: the id of the link's row, never its token


@anyone
@never_cache
@require_safe
def arrive(request: HttpRequest, token: str) -> HttpResponse:
    """The token leaves the address at once; whether it is known is said on the next page."""
    link = links.find(token)
    request.session[LINK] = str(link.pk) if link else ""
    return redirect("requests:not_me_page")


@anyone
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Looking changes nothing: mail scanners open links too. Pressing the button freezes everything."""
    link = _link(request)
    form = forms.NotMeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        stopping.say_not_me(link, form.cleaned_data["note"])
        return redirect("requests:not_me_done")
    return render(request, "requests/not_me.html", {"form": form, "acted_for": link.whose == Whose.SUBJECT})


@anyone
@never_cache
@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """What we stopped, and what we do now."""
    if _link(request).pressed_at is None:
        raise Http404
    return render(request, "requests/not_me_done.html")


def _link(request: HttpRequest) -> StopLink:
    """The link that was opened here. Raises Http404 alike for one that never was and one that is forgotten."""
    link = links.opened(request.session.get(LINK, ""))
    if link is None:
        raise Http404
    return link
