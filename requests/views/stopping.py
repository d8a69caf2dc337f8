"""The page behind the "this was not me" link: one button, an optional note (policy §8)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from requests import about_whom, forms, links, stopping, words
from requests.access import anyone, requester
from requests.models import Submission
from requests.models.submission import Whose

LINK = "not_me"  # in the session: the id of the link's row, never its token
PRESSED = "pressed_not_me"  # in the session: they stopped it themselves, on their page


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
    """Looking changes nothing: mail scanners open links too. Pressing the button freezes everything; after that, and
    until it goes on, there is no button any more."""
    link = links.opened(request.session.get(LINK, ""))
    if link is None:
        return _without_link(request)
    form = forms.NotMeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        stopping.say_not_me(link, form.cleaned_data["note"])
        return redirect("requests:not_me_done")
    stopped_at = stopping.stopped_at(link)
    if stopped_at and not form.errors:
        return render(request, "requests/not_me_stopped.html", {"stopped": words.moment(stopped_at)})
    about = about_whom.of(link.submission.capacity)
    theirs = link.whose != Whose.TYPED and about.for_another  # the letter went to those whom somebody acts for
    if theirs:
        form.submit_label = _("I do not want this: stop everything")
    return render(request, "requests/not_me.html", {"form": form, "about": about if theirs else None})


@requester
@require_http_methods(["GET", "HEAD", "POST"])
def page_here(request: HttpRequest, submission: Submission) -> HttpResponse:
    """The same button on the page of the requests themselves, for whom a code let in."""
    form = forms.NotMeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        stopping.say_not_me_here(submission, form.cleaned_data["note"])
        request.session[PRESSED] = True
        return redirect("requests:not_me_here")
    if (stopped_at := stopping.frozen_since(submission)) and not form.errors:
        if request.session.get(PRESSED):
            return render(request, "requests/not_me_done.html")
        return render(request, "requests/not_me_stopped.html", {"stopped": words.moment(stopped_at)})
    return render(request, "requests/not_me.html", {"form": form, "here": True})


@anyone
@never_cache
@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """What we stopped, and what we do now."""
    link = links.opened(request.session.get(LINK, ""))
    if link is None:
        return _without_link(request)
    if link.pressed_at is None:
        return redirect("requests:not_me_page")
    return render(request, "requests/not_me_done.html")


def _without_link(request: HttpRequest) -> HttpResponse:
    """What the link is for, and what to do without it: the same for one that never was and one that is forgotten."""
    return render(request, "requests/not_me_without_link.html", status=404)
