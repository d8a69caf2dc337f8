"""Steps that only a button takes."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect

from requests.access import View


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
