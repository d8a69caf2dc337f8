"""Steps that only a button takes."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect, render

from requests.access import View
from requests.views.pages import at_the_desk


def by_button(*, back_to: str) -> Callable[[View], View]:
    """Only a press takes this step. Whoever reloads its address, kept it, or changes the language there is led to the
    page called `back_to`, and nothing has changed."""

    def deciding(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method in ("GET", "HEAD"):
                return redirect(back_to)
            if request.method != "POST":
                return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
            return view(request, *args, **kwargs)

        return guarded

    return deciding


class OnlyByButton:
    """Middleware: where no such page is named, says so in our words instead of a browser's empty page. Programs get
    the bare 405."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or request.method != "GET" or response.content:
            return response
        page = render(request, "requests/only_by_button.html", {"at_the_desk": at_the_desk(request)}, status=405)
        page["Allow"], page["Cache-Control"] = response["Allow"], "no-store"
        return page
