"""Somebody opened the address of a step that only a button takes: kept, or typed anew."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from requests.views.pages import at_the_desk


class OnlyByButton:
    """Says so in our words where a browser would show an empty page. Programs get the bare 405."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or request.method != "GET" or response.content:
            return response
        page = render(request, "requests/only_by_button.html", {"at_the_desk": at_the_desk(request)}, status=405)
        page["Allow"], page["Cache-Control"] = response["Allow"], "no-store"
        return page
