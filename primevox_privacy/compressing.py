"""Pages go over the wire compressed, so that they are quick on a telephone: a third of the bytes."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class CompressedPages(GZipMiddleware):
    """Compresses the pages of requesters, and nothing else.

    Whoever watches the wire and makes a browser ask again and again could guess a secret from sizes, if a page echoes
    what they chose beside that secret (BREACH). So: Django masks the token of each form anew, and gives each answer
    a random length; our cookies do not travel with what another site loads; these pages echo no part of an address.
    Pages of staff echo what was searched for beside what people told us in confidence: they stay as they are. Files
    do too, so that a browser can say how much is still to come.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_page = not response.streaming and response.get("Content-Type", "").startswith("text/html")
        if not is_page or request.path.startswith("/admin/"):
            return response
        return super().process_response(request, response)
